//! Tickets and complaints: owned by those who answer them, not by the customer's owner.

use super::around;
use super::clock::{DAY, HOUR, at_work, at_work_ahead, day, moment};
use super::dossier::{Draft, Target};
use super::story::{Story, WON};
use super::words::talk::{CASES, COMPLAINTS};

pub(super) fn write(story: &mut Story) {
    if story.pooled {
        return;
    }
    if story.stage == WON && story.random.chance(45) || story.n % 25 == 3 {
        ticket(story);
    }
    match story.n % 60 {
        20 => complaint(story, story.demo.legal.clone(), &["privacy", "harassment"]),
        50 => complaint(story, story.demo.service.clone(), &["service", "quality", "delivery"]),
        _ => {}
    }
}

/// A record that belongs to somebody else than the customer.
fn draft_of(story: &Story, object: &'static str, person: Option<usize>, at: i64) -> Draft {
    let mut draft = story.draft(object, at);
    if let Some(person) = person {
        draft.owner = Some(story.demo.login(person));
        draft.author = story.demo.login(person);
        draft.department = story.demo.person(person).map_or(0, |p| p.department);
    }
    draft
}

/// A moment within the last so many days, not before the customer.
fn lately(story: &mut Story, days: i64) -> i64 {
    let days = story.random.between(0, days);
    let now = story.now();
    let at = at_work(&mut story.random, now - days * DAY).min(now - HOUR / 2);
    at.max(story.created)
}

fn ticket(story: &mut Story) {
    let who = story.somebody();
    let (category, priority, title, description, resolution) = story.random.pick(CASES);
    let (title, description) = (story.fill(title, who.as_ref()), story.fill(description, who.as_ref()));
    let resolution = story.fill(resolution, who.as_ref());
    let open = story.random.chance(60);
    let at = lately(story, if open { 6 } else { 120 });
    let turn = story.random.below(1_000) as u32;
    let person = around(&story.demo.service, turn);
    let mut draft = draft_of(story, "ticket", person, at);
    let status = if open {
        story.random.weighted(&[("open", 40), ("working", 40), ("waiting", 20)])
    } else {
        story.random.weighted(&[("resolved", 40), ("closed", 55), ("cancelled", 5)])
    };
    let hours = match priority {
        "urgent" => 4,
        "high" => 24,
        "normal" => 72,
        _ => 120,
    };
    draft.set("title", title).set("number", format!("GD{}{:05}", day(at).replace('-', ""), story.n));
    draft.set("category", category).set("priority", priority).set("status", status);
    draft.set("serial_number", format!("SN{:02}{:06}", story.good, 100_000 + story.n));
    draft.set("due_at", moment(at + hours * HOUR)).set("description", description);
    if matches!(status, "resolved" | "closed") {
        draft.set("resolution", resolution);
        draft.updated_at = (at + hours * HOUR / 2).min(story.now());
        if story.random.chance(70) {
            draft.set("satisfaction", story.random.weighted(&[(5, 50), (4, 30), (3, 14), (2, 6)]));
        }
    }
    let contract = story.records.iter().position(|r| r.object == "contract" && r.created_at <= at);
    draft.link("product", Some(Target::Product(story.good))).link("contract", contract.map(Target::Here));
    draft.link("contact", who.map(|w| Target::Here(w.index)));
    story.add(draft);
}

fn complaint(story: &mut Story, people: Vec<usize>, about: &[&str]) {
    let fitting: Vec<_> = COMPLAINTS.iter().filter(|c| about.contains(&c.0)).copied().collect();
    let who = story.somebody();
    let (category, severity, channel, title, content, answer) = story.random.pick(&fitting);
    let (title, content) = (story.fill(title, who.as_ref()), story.fill(content, who.as_ref()));
    let answer = story.fill(answer, who.as_ref());
    let open = story.random.chance(65);
    let at = lately(story, if open { 9 } else { 150 });
    let person = around(&people, story.n / 60);
    let mut draft = draft_of(story, "complaint", person, at);
    let due = at_work_ahead(&mut story.random, at + 15 * DAY);
    draft.set("title", title).set("number", format!("TS{}{:05}", day(at).replace('-', ""), story.n));
    draft.set("category", category).set("severity", severity).set("channel", channel);
    draft.set("received_at", moment(at)).set("due_at", moment(due)).set("content", content);
    if open {
        draft.set("status", story.random.weighted(&[("open", 40), ("investigating", 60)]));
    } else {
        draft.set("status", story.random.weighted(&[("answered", 50), ("closed", 50)])).set("answer", answer);
        draft.updated_at = (at + 5 * DAY).min(story.now());
    }
    draft.link("contact", who.map(|w| Target::Here(w.index)));
    story.add(draft);
}
