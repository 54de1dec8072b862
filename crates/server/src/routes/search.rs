//! Finding, and the check for duplicates.

use super::reply::{Answer, ok, records};
use crate::extract::{Body, Caller, Places, at_most};
use crate::limits::Counted;
use crate::register::{Route, Table};
use axum::http::StatusCode;
use kedun_vault::{Duplicate, RecordView, Sought};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// What a search without an object looks through.
const EVERYWHERE: [&str; 3] = ["customer", "contact", "lead"];

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("POST", "/api/v1/search", "Finds by name, phone, e-mail, ID or last four digits.")
                .takes("Search")
                .counts_as(Counted::Search)
                .answers(200, "Found"),
            all,
        )
        .add(
            Route::new("POST", "/api/v1/objects/{object}/search", "Finds within one object.")
                .takes("Search")
                .counts_as(Counted::Search)
                .answers(200, "Found"),
            within_object,
        )
        .add(
            Route::new("POST", "/api/v1/objects/{object}/duplicates", "Whether somebody is known already.")
                .takes("Duplicates")
                .counts_as(Counted::Search)
                .answers(200, "Matches"),
            duplicates,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    q: String,
    #[serde(default)]
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Hits<'a> {
    results: Vec<Hit<'a>>,
    /// Whether there are more sealed names than were looked at.
    partial: bool,
}

#[derive(Serialize)]
struct Hit<'a> {
    record: &'a RecordView,
    matched: &'static str,
}

fn answer(sought: Sought) -> Answer {
    let results = sought.found.iter().map(|f| Hit { record: &f.record, matched: f.matched }).collect();
    records(StatusCode::OK, Hits { results, partial: sought.partial })
}

async fn all(Caller(scope): Caller, Body(body): Body<Search>) -> Answer {
    answer(scope.search(&EVERYWHERE, &body.q, at_most(body.limit, 20, 50)?).await?)
}

async fn within_object(
    Caller(scope): Caller,
    Places(object): Places<String>,
    Body(body): Body<Search>,
) -> Answer {
    scope.object(&object)?;
    answer(scope.search(&[object.as_str()], &body.q, at_most(body.limit, 20, 50)?).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    fields: Map<String, Json>,
}

async fn duplicates(
    Caller(scope): Caller,
    Places(object): Places<String>,
    Body(body): Body<Fields>,
) -> Answer {
    let found = scope.duplicates(&object, &body.fields).await?;
    let matches: Vec<Json> = found.iter().map(matched).collect();
    ok(json!({ "matches": matches }))
}

/// Somebody who is known already, as far as the caller is told.
pub(super) fn matched(known: &Duplicate) -> Json {
    json!({
        "kind": "exact", "field": known.field, "object": known.object, "visible": known.visible,
        "record": known.record, "team": known.team, "pooled": known.pooled,
    })
}
