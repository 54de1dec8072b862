//! Leads: somebody asked, or might.

use super::clock::{DAY, HOUR, at_work, at_work_ahead, moment};
use super::customer::intake;
use super::dossier::{Dossier, Draft};
use super::identity::{self, Slot};
use super::story::{address_as, choose_good, fill, good_at, site};
use super::words::talk::NEEDS;
use super::{Demo, stream};

const SOURCES: &[(&str, u64)] = &[
    ("exhibition", 25),
    ("website", 30),
    ("hotline", 15),
    ("referral", 10),
    ("tender", 8),
    ("conference", 12),
];

pub(super) fn dossier(demo: &Demo, n: u32) -> Dossier {
    let mut random = demo.random(stream::LEAD, n);
    let now = demo.settings().now;
    let keeper = random.weighted(&demo.sellers);
    let site = site(&mut random, demo.team(keeper));
    let pooled = n % 10 == 7;
    let days = random.between(0, 90) * random.between(300, 1000) / 1000;
    let at = at_work(&mut random, now - days * DAY).min(now - HOUR / 2);
    let mut draft = Draft {
        object: "lead",
        owner: (!pooled).then(|| demo.login(keeper)),
        department: demo.person(keeper).map_or(0, |p| p.department),
        author: demo.login(keeper),
        pooled,
        parent: None,
        links: Vec::new(),
        fields: serde_json::Map::new(),
        created_at: at,
        updated_at: at,
    };
    let source = random.weighted(SOURCES);
    let name = identity::name(&mut random);
    draft.set("company", site.name.clone()).set("name", name.full.clone());
    draft.set("phone", identity::phone(&mut random, demo.settings().seed, Slot::Lead(n)));
    if random.chance(35) {
        draft.set("wechat", identity::wechat(&mut random, &name));
    }
    if random.chance(30) {
        draft.set("email", format!("{}@{}", name.pinyin, site.domain));
    }
    draft.set("city", site.place.city).set("industry", site.kind).set("source", source);
    let status = match (pooled, days) {
        (true, _) | (_, 0) => "new",
        _ => random.weighted(&[("new", 35), ("contacting", 40), ("qualified", 15), ("invalid", 10)]),
    };
    draft.set("status", status);
    // Nobody asks a stranger for a box of electrodes.
    let good =
        (0..5).map(|_| choose_good(&mut random, site.kind)).find(|g| good_at(*g).5 > 10_000).unwrap_or(0);
    draft.set("product_lines", vec![good_at(good).3]);
    if status == "invalid" {
        draft.set("invalid_reason", random.pick(&["wrong_number", "no_need", "duplicate", "refused"]));
    } else if !pooled && random.chance(50) {
        let ahead = random.between(0, 10);
        draft.set("next_follow_up", moment(at_work_ahead(&mut random, now + ahead * DAY)));
    }
    let quantity = random.between(1, 10);
    let amount = good_at(good).5 * quantity * 90;
    let needs: Vec<&str> =
        NEEDS.iter().filter(|(s, _)| s.is_empty() || *s == source).map(|(_, need)| *need).collect();
    let need = random.pick(&needs);
    let who = address_as(&name, "老师");
    let need = fill(&mut random, need, &who, "科室", good, quantity, amount);
    draft.set("need", need);
    Dossier { intake: intake(source, false, at), shares: Vec::new(), records: vec![draft] }
}
