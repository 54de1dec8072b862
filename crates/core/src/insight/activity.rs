//! Who followed up how often: by person and day, and by what means.

use super::{Whose, calendar, filter};
use kedun_model::definition::Label;
use kedun_vault::{GroupBy, Grouping, Named, Result, Scope};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Follow-ups of a team.
#[derive(Serialize)]
pub struct Activity {
    /// The days, oldest first; today is the last.
    pub days: Vec<String>,
    /// The means that there are, in the order of the definition.
    pub kinds: Vec<Kind>,
    /// Everybody, also who did nothing; the busiest first.
    pub people: Vec<PersonActivity>,
}

/// A means of following up.
#[derive(Serialize)]
pub struct Kind {
    /// The option.
    pub value: String,
    /// Its words.
    pub label: Label,
}

/// Follow-ups of one person.
#[derive(Serialize)]
pub struct PersonActivity {
    /// Who wrote them down.
    pub person: Named,
    /// All of them.
    pub total: i64,
    /// For each day.
    pub by_day: Vec<i64>,
    /// For each means.
    pub by_kind: Vec<i64>,
}

pub(super) async fn activity(scope: &Scope, whose: Whose, days: u32) -> Result<Activity> {
    let def = scope.object("follow_up")?.clone();
    let options = def.field("kind").map(|f| f.options.clone()).unwrap_or_default();
    let now = scope.now();
    let zone = scope.catalog().zone();
    let days: Vec<String> = (0..i64::from(days)).rev().map(|back| calendar::day(zone, now, -back)).collect();
    let since = calendar::begins(zone, now, 1 - i64::try_from(days.len()).unwrap_or(1));
    let until = calendar::begins(zone, now, 1);
    let theirs = match whose {
        Whose::Own => json!({ "field": "created_by", "op": "me" }),
        Whose::Team | Whose::All => whose.owned(),
    };
    let grouping = Grouping {
        filter: Some(filter(&json!({ "all": [
            theirs,
            { "field": "at", "op": "ge", "value": since },
            { "field": "at", "op": "lt", "value": until },
        ] }))?),
        by: vec![
            GroupBy { field: "created_by".to_owned(), day: false },
            GroupBy { field: "at".to_owned(), day: true },
            GroupBy { field: "kind".to_owned(), day: false },
        ],
        sums: Vec::new(),
    };
    let groups = scope.group("follow_up", &grouping).await?;
    let empty = |person: Named| PersonActivity {
        person,
        total: 0,
        by_day: vec![0; days.len()],
        by_kind: vec![0; options.len()],
    };
    let members = match whose {
        Whose::Own => vec![Named { id: scope.person().to_string(), name: scope.name_of(scope.person()) }],
        Whose::Team => scope.team("follow_up", true),
        Whose::All => scope.team("follow_up", false),
    };
    let mut people: BTreeMap<String, PersonActivity> =
        members.into_iter().map(|named| (named.id.clone(), empty(named))).collect();
    for group in &groups {
        let [who, day, kind] = group.key.as_slice() else { continue };
        let Some(who) = who.who() else { continue };
        let person = people.entry(who.id.clone()).or_insert_with(|| empty(who.clone()));
        person.total += group.count;
        let day = day.text().and_then(|day| days.iter().position(|known| known == day));
        let kind = kind.text().and_then(|kind| options.iter().position(|known| known.value == kind));
        if let Some(count) = day.and_then(|at| person.by_day.get_mut(at)) {
            *count += group.count;
        }
        if let Some(count) = kind.and_then(|at| person.by_kind.get_mut(at)) {
            *count += group.count;
        }
    }
    let mut people: Vec<PersonActivity> = people.into_values().collect();
    people.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.person.id.cmp(&b.person.id)));
    let kinds = options.into_iter().map(|o| Kind { value: o.value, label: o.label }).collect();
    Ok(Activity { days, kinds, people })
}
