//! Leaving: the freeze and the plan, its heirs, its execution in the background, its certificate.

use super::reply::{Answer, created, ok, text, with};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places, at_most};
use crate::register::{Route, Table};
use axum::extract::State;
use axum::http::StatusCode;
use kedun_core::handover::{self, HandoverView, PAGE};
use kedun_model::{PersonId, RecordId};
use kedun_vault::{HandoverItem, MAX_LIMIT};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

const ONE: &str = "/api/v1/handovers/{id}";

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("POST", "/api/v1/handovers", "Freezes an account and plans who takes over what.")
                .takes("NewHandover")
                .answers(201, "HandoverPlan"),
            begin,
        )
        .add(
            Route::new("GET", "/api/v1/handovers", "The handovers that the caller may see, newest first.")
                .answers(200, "Handovers")
                .asks(&["limit"]),
            list,
        )
        .add(
            Route::new("GET", ONE, "One handover with a part of its plan.")
                .answers(200, "HandoverPlan")
                .asks(&["from", "limit"]),
            one,
        )
        .add(
            Route::new("PATCH", ONE, "Gives records of the plan other heirs.")
                .takes("Assignments")
                .answers(200, "Handover"),
            assign,
        )
        .add(
            Route::new("POST", "/api/v1/handovers/{id}/execution", "Moves everything, in the background.")
                .answers(202, "Handover"),
            execute,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/handovers/{id}/certificate",
                "The signed certificate, when all has moved.",
            )
            .answers(200, "Text"),
            certificate,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    person: String,
    reason: String,
}

/// A handover with a part of its plan; `next_from` is where the next part begins.
#[derive(Serialize)]
struct Plan {
    #[serde(flatten)]
    handover: HandoverView,
    items: Vec<HandoverItem>,
    next_from: Option<usize>,
}

fn plan(handover: HandoverView, items: Vec<HandoverItem>, from: usize) -> Plan {
    let end = from + items.len();
    let more = i64::try_from(end).is_ok_and(|end| end < handover.progress.total);
    Plan { handover, next_from: (more && !items.is_empty()).then_some(end), items }
}

async fn begin(State(app): State<App>, Caller(scope): Caller, Body(body): Body<New>) -> Answer {
    let vault = app.vault()?;
    let (view, items) = handover::begin(&vault, &scope, &PersonId::new(body.person), &body.reason).await?;
    created(plan(view, items, 0))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    limit: Option<usize>,
}

async fn list(State(app): State<App>, Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    let list = handover::list(&app.vault()?, &scope, at_most(which.limit, 50, MAX_LIMIT)?).await?;
    ok(json!({ "handovers": list }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[serde(default)]
    from: usize,
    #[serde(default)]
    limit: Option<usize>,
}

async fn one(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Asked(part): Asked<Part>,
) -> Answer {
    let (vault, id) = (app.vault()?, RecordId::new(id));
    let view = handover::one(&vault, &scope, &id).await?;
    let limit = at_most(part.limit, PAGE, PAGE)?;
    let items = handover::items(&scope, &id, part.from, limit).await?;
    ok(plan(view, items, part.from))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    assignments: BTreeMap<String, String>,
}

async fn assign(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Patch>,
) -> Answer {
    let assignments: BTreeMap<_, _> =
        body.assignments.into_iter().map(|(r, p)| (RecordId::new(r), PersonId::new(p))).collect();
    ok(handover::assign(&app.vault()?, &scope, &RecordId::new(id), &assignments).await?)
}

async fn execute(State(app): State<App>, Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    let view = handover::execute(&app.vault()?, &scope, &RecordId::new(id)).await?;
    app.wake();
    with(StatusCode::ACCEPTED, view)
}

async fn certificate(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    text(handover::certificate(&scope, &RecordId::new(id)).await?)
}
