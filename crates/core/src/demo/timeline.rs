//! What was done with a customer and what is to be done next.

use super::clock::{DAY, HOUR, MINUTE, at_work, at_work_ahead, midnight, moment};
use super::dossier::Target;
use super::story::{LOST, Story, WON};
use super::words::talk::{NOTES, Note, PLANS, TRADE_NOTES, TRADE_PLANS};

pub(super) fn write(story: &mut Story) {
    let times = times(story);
    let many = times.len();
    for (k, at) in times.into_iter().enumerate() {
        follow_up(story, k, many, at);
    }
    plan(story);
}

/// When the follow-ups were: the last one is decided already, the others lie before it.
fn times(story: &mut Story) -> Vec<i64> {
    let Some(last) = story.last else { return Vec::new() };
    let others = match story.stage {
        0 => story.random.between(0, 2),
        WON | LOST => story.random.between(2, 5),
        _ => story.random.between(1, 5),
    };
    let days = (last - story.created) / DAY;
    let mut times = vec![last];
    for _ in 0..others.min(days) {
        let ago = story.random.between(1, days.max(1));
        let at = at_work(&mut story.random, last - ago * DAY);
        if at > story.created && at < last {
            times.push(at);
        }
    }
    times.sort_unstable();
    times
}

fn follow_up(story: &mut Story, k: usize, many: usize, at: i64) {
    let who = if k == 0 { story.contacts.first().cloned() } else { story.somebody() };
    let note = note(story, k, many);
    let (kind, text, outcome) = note;
    let content = story.fill(text, who.as_ref());
    // It is written down a little later.
    let noted = (at + story.random.between(5, 90) * MINUTE).min(story.now());
    let mut draft = story.draft("follow_up", noted);
    draft.set("kind", kind).set("content", content).set("at", moment(at)).set("outcome", outcome);
    let minutes = match kind {
        "visit" => story.random.between(3, 18) * 10,
        "meeting" => story.random.between(3, 12) * 10,
        "call" if outcome != "no_answer" => story.random.between(2, 25),
        _ => 0,
    };
    if minutes > 0 {
        draft.set("duration", minutes);
    }
    draft.link("contact", who.map(|w| Target::Here(w.index)));
    // An opportunity, where there is one, was written before: link what happened after it.
    let opportunity = story.records.iter().position(|r| r.object == "opportunity" && r.created_at <= at);
    draft.link("opportunity", opportunity.map(Target::Here));
    story.add(draft);
}

/// The notes tell the story in order: the first is a first visit, the last belongs to the present stage.
fn note(story: &mut Story, k: usize, many: usize) -> Note {
    // A lost customer went as far as a quotation before.
    let furthest = if story.stage == LOST { 3 } else { story.stage };
    let phase = if k + 1 == many { story.stage } else { furthest * k / many.max(1) };
    let notes = match story.site.kind {
        "distributor" => TRADE_NOTES,
        _ => NOTES.get(phase).copied().unwrap_or_default(),
    };
    let fresh: Vec<Note> = notes.iter().filter(|n| !story.told.contains(&n.1)).copied().collect();
    let note = story.random.pick(if fresh.is_empty() { notes } else { &fresh });
    story.told.push(note.1);
    note
}

/// The next step: a twelfth of the customers are due today, a twelfth overdue, five twelfths later.
fn plan(story: &mut Story) {
    if story.pooled || story.stage == LOST {
        return;
    }
    let now = story.now();
    let due = match story.n % 12 {
        0 => midnight(now) + 9 * HOUR + story.random.between(0, 17) * HOUR / 2,
        1 => {
            let days = story.random.between(1, 5);
            at_work(&mut story.random, now - days * DAY)
        }
        2..=6 => {
            let days = story.random.between(1, 14);
            at_work_ahead(&mut story.random, now + days * DAY)
        }
        _ => return,
    };
    let who = story.somebody();
    let made = story.last.unwrap_or(story.created).min(due - HOUR).max(story.created);
    let (kind, what) = intention(story);
    let what = story.fill(what, who.as_ref());
    let mut draft = story.draft("plan", made);
    draft.set("what", what).set("kind", kind).set("due_at", moment(due)).set("status", "open");
    draft.link("contact", who.map(|w| Target::Here(w.index)));
    story.add(draft);
    done_plan(story);
    if let Some(root) = story.records.first_mut() {
        root.set("next_follow_up", moment(due));
    }
}

/// What is to be done next: how, and what.
fn intention(story: &mut Story) -> (&'static str, &'static str) {
    if story.site.kind == "distributor" {
        return story.random.pick(TRADE_PLANS);
    }
    PLANS.get(story.stage).map(|plans| story.random.pick(plans)).unwrap_or_default()
}

/// Some of what was done had been planned.
fn done_plan(story: &mut Story) {
    if !story.random.chance(80) {
        return;
    }
    let Some(index) = story.records.iter().rposition(|r| r.object == "follow_up") else { return };
    let Some(at) = story.records.get(index).map(|r| r.created_at) else { return };
    let who = story.somebody();
    let (kind, what) = intention(story);
    // What was planned as a call was not done as a visit.
    if story.records.get(index).and_then(|r| r.fields.get("kind")).is_none_or(|done| *done != kind) {
        return;
    }
    let what = story.fill(what, who.as_ref());
    let days = story.random.between(1, 6);
    let mut draft = story.draft("plan", (at - days * DAY).max(story.created));
    draft.updated_at = at;
    draft.set("what", what).set("kind", kind);
    draft.set("due_at", moment(at - HOUR)).set("status", "done");
    draft.link("contact", who.map(|w| Target::Here(w.index))).link("follow_up", Some(Target::Here(index)));
    story.add(draft);
}
