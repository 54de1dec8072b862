//! Customers that nobody followed up for a while: whose they are, and those that wait longest.

use super::funnel::stage_field;
use super::{Whose, calendar, filter};
use kedun_model::definition::{Column, Outcome};
use kedun_vault::{GroupBy, Grouping, Named, Query, RecordView, Result, Scope};
use serde::Serialize;
use serde_json::json;

/// How many of them are listed.
const LISTED: usize = 12;

/// Customers without a follow-up.
#[derive(Serialize)]
pub struct Quiet {
    /// For how many days at least.
    pub days: u32,
    /// How many.
    pub total: i64,
    /// Whose they are, most first.
    pub people: Vec<QuietOf>,
    /// Those that wait longest.
    pub customers: Vec<RecordView>,
}

/// How many are one person's.
#[derive(Serialize)]
pub struct QuietOf {
    /// The owner.
    pub person: Named,
    /// How many.
    pub count: i64,
}

pub(super) async fn quiet(scope: &Scope, whose: Whose, days: u32) -> Result<Quiet> {
    let def = scope.object("customer")?.clone();
    let stage = stage_field(&def)?;
    // A lost one may rest.
    let lost: Vec<&str> = def
        .column_field(Column::Stage)
        .map(|f| {
            f.options.iter().filter(|o| o.outcome == Some(Outcome::Lost)).map(|o| o.value.as_str()).collect()
        })
        .unwrap_or_default();
    let zone = scope.catalog().zone();
    let before = calendar::begins(zone, scope.now(), 1 - i64::from(days));
    let quiet = json!({ "all": [
        whose.owned(),
        { "field": "pool", "op": "empty" },
        { "not": { "field": stage, "op": "in", "value": lost } },
        // Who got it only lately has not let it wait.
        { "field": "owned_since", "op": "lt", "value": before },
        { "any": [
            { "field": "last_follow_up", "op": "lt", "value": before },
            { "field": "last_follow_up", "op": "empty" },
        ] },
    ] });
    let filter = filter(&quiet)?;
    let grouping = Grouping {
        filter: Some(filter.clone()),
        by: vec![GroupBy { field: "owner".to_owned(), day: false }],
        sums: Vec::new(),
    };
    let query = Query {
        filter: Some(filter),
        sort: vec![("last_follow_up".to_owned(), false)],
        limit: LISTED,
        ..Query::default()
    };
    let groups = scope.group("customer", &grouping).await?;
    let customers = scope.query("customer", &query).await?.records;
    let total = groups.iter().map(|group| group.count).sum();
    let mut people: Vec<QuietOf> = groups
        .into_iter()
        .filter_map(|group| {
            let person = group.key.first().and_then(|key| key.who()).cloned()?;
            Some(QuietOf { person, count: group.count })
        })
        .collect();
    people.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.person.id.cmp(&b.person.id)));
    Ok(Quiet { days, total, people, customers })
}
