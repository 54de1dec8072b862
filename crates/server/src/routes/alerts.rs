//! Alerts: what the rules found, for whoever is in charge, and what is done about it.

use super::reply::{Answer, ok};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places, at_most};
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_core::alerts::{self, AlertState, Response, Sought};
use kedun_model::alert::Severity;
use kedun_model::{PersonId, RecordId};
use serde::Deserialize;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/alerts", "The alerts that the caller may see, newest first.")
                .asks(&["state", "severity", "person", "limit", "cursor"])
                .answers(200, "Alerts"),
            list,
        )
        .add(
            Route::new("GET", "/api/v1/alerts/{id}", "One alert with all its evidence.")
                .answers(200, "Alert"),
            one,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/alerts/{id}/responses",
                "Answers an alert: ends the person's sessions, acknowledges or closes it.",
            )
            .takes("AlertResponse")
            .answers(200, "Alert"),
            respond,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    state: Option<Wanted>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    Open,
    Acknowledged,
    Closed,
    All,
}

async fn list(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    let state = match which.state {
        Some(Wanted::Open) => Some(AlertState::Open),
        Some(Wanted::Acknowledged) => Some(AlertState::Acknowledged),
        Some(Wanted::Closed) => Some(AlertState::Closed),
        Some(Wanted::All) | None => None,
    };
    let sought = Sought { state, severity: which.severity, person: which.person.map(PersonId::new) };
    ok(alerts::list(&scope, &sought, at_most(which.limit, 20, 100)?, which.cursor).await?)
}

async fn one(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(alerts::one(&scope, &RecordId::new(id)).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    action: Response,
    #[serde(default)]
    note: String,
}

async fn respond(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Answered>,
) -> Answer {
    ok(alerts::respond(&app.vault()?, &scope, &RecordId::new(id), body.action, &body.note).await?)
}
