//! Exports: ordering, watching, taking back, fetching.

use super::once::key_of;
use super::reply::{Answer, created, empty, ok, with};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places, at_most};
use crate::problem::Fault;
use crate::register::{Route, Table};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use kedun_core::exports::{self, Month, Reviewing, SoughtExports, Wanted};
use kedun_model::filter::Filter;
use kedun_model::{PersonId, Problem, RecordId};
use serde::Deserialize;
use serde_json::json;

/// How many exports a list shows when nobody says.
const SHOWN: usize = 50;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("POST", "/api/v1/exports", "Orders an export; large or clear ones wait for approval.")
                .takes("NewExport")
                .heeds(&["Idempotency-Key"])
                .answers(202, "Export"),
            order,
        )
        .add(
            Route::new("GET", "/api/v1/exports", "The caller's own exports, newest first.")
                .asks(&["limit"])
                .answers(200, "Exports"),
            list,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/exports/register",
                "Every export, newest first, for who keeps the register.",
            )
            .asks(&["month", "person", "state", "limit", "cursor"])
            .answers(200, "Register"),
            register,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/exports/reviews",
                "How it stands with the monthly reviews of the register.",
            )
            .answers(200, "Reviews"),
            reviews,
        )
        .add(
            Route::new("POST", "/api/v1/exports/reviews", "Reviews a month of the register that is over.")
                .takes("Reviewing")
                .answers(201, "Review"),
            review,
        )
        .add(Route::new("GET", "/api/v1/exports/{id}", "One export.").answers(200, "Export"), one)
        .add(
            Route::new("POST", "/api/v1/exports/{id}/cancellation", "Takes an order back.").answers(204, ""),
            cancel,
        )
        .add(
            Route::new("GET", "/api/v1/exports/{id}/file", "The file, for who ordered it, for 72 hours.")
                .answers(200, "Sheet"),
            file,
        )
        .add(
            Route::new("POST", "/api/v1/exports/traces", "Which exports a leaked text was copied from.")
                .takes("Leak")
                .answers(200, "Traces"),
            trace,
        )
}

async fn order(
    State(app): State<App>,
    Caller(scope): Caller,
    headers: HeaderMap,
    Body(wanted): Body<Wanted>,
) -> Answer {
    let vault = app.vault()?;
    let key = key_of(&headers)?;
    let request = json!(["export", wanted]).to_string();
    if let Some(key) = key
        && let Some(case) = scope.made_before(key, &request).await?
    {
        return with(StatusCode::ACCEPTED, exports::one(&scope, &case).await?);
    }
    // How many rows an order has is told to whoever orders it.
    let filter = wanted.filter.as_ref().and_then(|filter| Filter::parse(filter).ok());
    app.count_filter(&scope, &wanted.object, filter.as_ref())?;
    let once = key.map_or_else(|| scope.clone(), |key| scope.clone().once(key, &request));
    with(StatusCode::ACCEPTED, exports::order(&vault, &once, wanted).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    limit: Option<usize>,
}

async fn list(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    ok(json!({ "exports": exports::list(&scope, at_most(which.limit, SHOWN, 200)?).await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wished {
    #[serde(default)]
    month: Option<String>,
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    cursor: Option<String>,
}

async fn register(Caller(scope): Caller, Asked(wished): Asked<Wished>) -> Answer {
    let month = wished
        .month
        .map(|text| Month::parse(&text).ok_or_else(|| Problem::invalid("month", "not_a_month")))
        .transpose()
        .map_err(Fault::from)?;
    let sought = SoughtExports { month, person: wished.person.map(PersonId::new), state: wished.state };
    ok(exports::register(&scope, &sought, at_most(wished.limit, SHOWN, 200)?, wished.cursor).await?)
}

async fn reviews(Caller(scope): Caller) -> Answer {
    ok(json!({ "months": exports::reviews(&scope).await? }))
}

async fn review(State(app): State<App>, Caller(scope): Caller, Body(body): Body<Reviewing>) -> Answer {
    created(exports::review(&app.vault()?, &scope, &body.period, &body.note).await?)
}

async fn one(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(exports::one(&scope, &RecordId::new(id)).await?)
}

async fn cancel(State(app): State<App>, Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    exports::cancel(&app.vault()?, &scope, &RecordId::new(id)).await?;
    empty()
}

async fn file(State(app): State<App>, Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    let file = exports::file(&app.vault()?, &scope, &RecordId::new(id)).await?;
    super::reply::file(&file.name, &file.media, file.body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leak {
    text: String,
}

async fn trace(Caller(scope): Caller, Body(leak): Body<Leak>) -> Answer {
    ok(json!({ "traced": exports::trace(&scope, leak.text.as_bytes()).await? }))
}
