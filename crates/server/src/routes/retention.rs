//! How long data are kept: the calendar, what is due, legal holds. Erasing itself is under `/erasures` and `/tasks`.

use super::reply::{Answer, created, empty, ok};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places, at_most};
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_core::retention::{self, NewHold, Target};
use serde::Deserialize;
use serde_json::json;

/// Records on a page when nobody says how many.
const SHOWN: usize = 50;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/retention", "The terms, and how many records reach theirs by month.")
                .answers(200, "Retention"),
            calendar,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/retention/due",
                "Records whose term is over, the longest overdue first.",
            )
            .answers(200, "RetentionDue")
            .asks(&["from", "limit"]),
            due,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/retention/erasures",
                "Begins the erasure of records whose term is over; each waits for a second person.",
            )
            .takes("RetentionErasures")
            .answers(201, "RetentionBegun"),
            begin,
        )
        .add(
            Route::new("GET", "/api/v1/retention/holds", "The legal holds in force, newest first.")
                .answers(200, "Holds"),
            holds,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/retention/holds",
                "Holds a record: nothing of it is changed or destroyed.",
            )
            .takes("NewHold")
            .answers(201, "Hold"),
            hold,
        )
        .add(
            Route::new("DELETE", "/api/v1/retention/holds/{hold}", "Lifts a hold; the term goes on.")
                .answers(204, ""),
            lift,
        )
}

async fn calendar(Caller(scope): Caller) -> Answer {
    ok(retention::calendar(&scope).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[serde(default)]
    from: Option<usize>,
    #[serde(default)]
    limit: Option<usize>,
}

async fn due(Caller(scope): Caller, Asked(part): Asked<Part>) -> Answer {
    let limit = at_most(part.limit, SHOWN, kedun_vault::MAX_LIMIT)?;
    ok(retention::due(&scope, part.from.unwrap_or(0), limit).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    records: Vec<Target>,
}

async fn begin(State(app): State<App>, Caller(scope): Caller, Body(body): Body<Begin>) -> Answer {
    created(json!({ "begun": retention::begin(&app.vault()?, &scope, &body.records).await? }))
}

async fn holds(Caller(scope): Caller) -> Answer {
    ok(json!({ "holds": retention::holds(&scope).await? }))
}

async fn hold(Caller(scope): Caller, Body(body): Body<NewHold>) -> Answer {
    created(retention::hold(&scope, &body).await?)
}

async fn lift(Caller(scope): Caller, Places(hold): Places<String>) -> Answer {
    retention::lift(&scope, &hold).await?;
    empty()
}
