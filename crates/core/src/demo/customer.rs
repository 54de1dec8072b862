//! A customer and its contacts; the rest of the dossier is written by the neighbours.

use super::clock::{DAY, day, moment};
use super::dossier::{DemoShare, Dossier, Draft, Intake};
use super::identity;
use super::story::{LOST, STAGES, Someone, Story, WON, address_as, good_at};
use super::words::goods::OFFICES;
use super::words::places::{BUILDINGS, STREETS};
use super::words::talk::REMARKS;
use super::{Demo, care, deals, timeline};
use kedun_model::notice::{Basis, Channel};
use kedun_model::policy::Shared;
use serde_json::json;

/// Where customers come from, and how often.
const SOURCES: &[(&str, u64)] = &[
    ("exhibition", 18),
    ("referral", 20),
    ("website", 12),
    ("hotline", 8),
    ("tender", 12),
    ("visit", 18),
    ("conference", 8),
    ("import", 4),
];
/// Why deals are lost; also used for opportunities.
pub(super) const LOST_REASONS: &[&str] =
    &["price", "competitor", "budget", "spec", "tender_lost", "no_contact"];
const LINES: &[&str] = &[
    "ultrasound",
    "monitor",
    "ventilator",
    "endoscopy",
    "ivd",
    "surgical",
    "rehab",
    "sterilize",
    "consumable",
];

pub(super) fn dossier(demo: &Demo, n: u32) -> Dossier {
    let mut story = Story::new(demo, n);
    let (source, sensitive) = root(&mut story);
    let at = story.created;
    contacts(&mut story);
    deals::write(&mut story);
    timeline::write(&mut story);
    care::write(&mut story);
    let shares = shares(&mut story);
    Dossier { intake: intake(source, sensitive, at), shares, records: story.records }
}

/// Writes the customer itself; says its source and whether it holds an ID number.
fn root(story: &mut Story) -> (&'static str, bool) {
    let mut draft = story.draft("customer", story.created);
    let source = story.random.weighted(SOURCES);
    draft.set("name", story.site.name.clone());
    reach(story, &mut draft);
    let sensitive = story.random.chance(if story.stage == WON { 40 } else { 2 });
    if sensitive {
        draft.set("id_number", identity::id_number(&mut story.random));
    }
    let address = address(story);
    draft.set("address", address).set("city", story.site.place.city);
    let level = match story.site.kind {
        "hospital_3" => story.random.weighted(&[("A", 55), ("B", 35), ("C", 10)]),
        "hospital_2" | "distributor" => story.random.weighted(&[("A", 25), ("B", 50), ("C", 25)]),
        _ => story.random.weighted(&[("A", 6), ("B", 40), ("C", 54)]),
    };
    draft.set("level", level).set("stage", STAGES.get(story.stage).copied().unwrap_or_default());
    draft.set("source", source).set("industry", story.site.kind);
    draft.set("product_lines", lines(story));
    if story.site.beds > 0 {
        draft.set("beds", story.site.beds);
    }
    if story.stage >= 2 || story.random.chance(50) {
        draft.set("deal_amount", story.amount);
    }
    if (1..WON).contains(&story.stage) {
        let ahead = story.random.between(10, 150);
        draft.set("expected_at", day(story.now() + ahead * DAY));
    }
    if let Some(last) = story.last {
        draft.set("last_follow_up", moment(last));
        draft.updated_at = last.max(draft.updated_at);
    }
    if !story.pooled && story.random.chance(4) {
        let ahead = story.random.between(20, 120);
        draft.set("protected_until", day(story.now() + ahead * DAY));
    }
    if story.stage == LOST {
        draft.set("lost_reason", story.random.pick(LOST_REASONS));
    }
    story.add(draft);
    (source, sensitive)
}

/// How the customer is reached: telephone, mail, WeChat.
fn reach(story: &mut Story, draft: &mut Draft) {
    if story.random.chance(88) {
        draft.set("phone", story.phone());
    }
    if story.random.chance(60) {
        let local = story.random.pick(&["shebeike", "caigou", "office", "contact", "info", "yuanban"]);
        draft.set("email", format!("{local}@{}", story.site.domain));
    }
    if story.random.chance(30) {
        let name = identity::name(&mut story.random);
        draft.set("wechat", identity::wechat(&mut story.random, &name));
    }
}

fn address(story: &mut Story) -> serde_json::Value {
    let street = story.random.pick(STREETS);
    let number = story.random.between(2, 1888);
    let building = story.random.pick(BUILDINGS);
    json!({
        "province": story.site.place.province,
        "city": story.site.place.city,
        "district": story.site.district,
        "detail": format!("{street}{number}号{building}"),
    })
}

/// The line of the product talked about, and sometimes another.
fn lines(story: &mut Story) -> Vec<&'static str> {
    let mut lines = vec![good_at(story.good).3];
    if story.random.chance(40) {
        let other = story.random.pick(LINES);
        if !lines.contains(&other) {
            lines.push(other);
        }
    }
    lines
}

/// One to three contacts; a remark about the customer needs the first of them.
fn contacts(story: &mut Story) {
    let many = story.random.weighted(&[(1, 45), (2, 35), (3, 20)]);
    for k in 0..many {
        contact(story, k == 0);
    }
    if story.random.chance(45) {
        let who = story.contacts.first().cloned();
        let remark = story.random.pick(REMARKS);
        let remark = story.fill(remark, who.as_ref());
        if let Some(root) = story.records.first_mut() {
            root.set("notes", remark);
        }
    }
}

fn contact(story: &mut Story, first: bool) {
    let days = story.random.between(0, 40);
    let at = if first {
        story.created
    } else {
        (story.created + days * DAY).min(story.now() - DAY).max(story.created)
    };
    let name = identity::name(&mut story.random);
    let (room, position, form) = story.post(first);
    let mut draft = story.draft("contact", at);
    draft.set("name", name.full.clone());
    if story.random.chance(92) {
        draft.set("phone", story.phone());
    }
    if story.random.chance(45) {
        draft.set("email", format!("{}@{}", name.pinyin, story.site.domain));
    }
    if story.random.chance(50) {
        draft.set("wechat", identity::wechat(&mut story.random, &name));
    }
    draft.set("position", position).set("department_text", room);
    draft.set("is_decision_maker", story.random.chance(if first { 55 } else { 20 }));
    draft.set(
        "attitude",
        story.random.weighted(&[("supporter", 30), ("neutral", 45), ("opponent", 6), ("unknown", 19)]),
    );
    if story.random.chance(60) {
        let channel = story.random.weighted(&[("phone", 45), ("wechat", 45), ("email", 9), ("none", 1)]);
        draft.set("preferred_channel", channel);
    }
    let index = story.add(draft);
    // An office buys for somebody: notes speak of the department of the first contact.
    let office = OFFICES.iter().any(|(office, ..)| *office == room);
    let room = story.contacts.first().filter(|_| office).map_or(room, |first| first.room);
    story.contacts.push(Someone { index, short: address_as(&name, form), room });
}

/// Interns work on what is shared with them; colleagues stand in for each other.
fn shares(story: &mut Story) -> Vec<DemoShare> {
    let mut shares = Vec::new();
    if story.pooled {
        return shares;
    }
    let demo = story.demo;
    if story.n % 12 == 5
        && let Some(intern) = demo.intern_near(story.keeper, story.n / 12)
    {
        let level = if story.n.is_multiple_of(5) { Shared::Edit } else { Shared::Read };
        shares.push(DemoShare {
            person: demo.login(intern),
            level,
            purpose: "协助整理资料和预约拜访",
            until: story.now() + story.random.between(14, 90) * DAY,
        });
    }
    if story.n % 30 == 17 {
        let colleague = story.random.weighted(&demo.sellers);
        if colleague != story.keeper {
            shares.push(DemoShare {
                person: demo.login(colleague),
                level: Shared::Edit,
                purpose: "联合跟进跨区域项目",
                until: story.now() + story.random.between(7, 60) * DAY,
            });
        }
    }
    shares
}

/// The ground of recording somebody, which follows from where they came from.
pub(super) fn intake(source: &str, sensitive: bool, at: i64) -> Intake {
    let (basis, channel) = match source {
        "exhibition" | "conference" => (Basis::Consent, Channel::Card),
        "website" => (Basis::Consent, Channel::Form),
        "hotline" | "referral" => (Basis::Consent, Channel::Phone),
        "tender" => (Basis::Public, Channel::Import),
        "import" => (Basis::Contract, Channel::Import),
        _ => (Basis::Consent, Channel::InPerson),
    };
    Intake { purpose: "sales_contact", basis, channel, sensitive, at }
}
