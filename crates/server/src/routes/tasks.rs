//! Approvals.

use super::reply::{Answer, ok};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places};
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_model::Problem;
use kedun_model::flow::{Decision, Snapshot};
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/tasks", "Requests that the caller made or may decide.")
                .asks(&["state"])
                .answers(200, "Tasks"),
            list,
        )
        .add(Route::new("GET", "/api/v1/tasks/{id}", "One request.").answers(200, "Task"), one)
        .add(
            Route::new(
                "GET",
                "/api/v1/tasks/{id}/comparison",
                "What was frozen, beside what it would be now.",
            )
            .answers(200, "Comparison"),
            comparison,
        )
        .add(
            Route::new("POST", "/api/v1/tasks/{id}/decisions", "Approves or rejects exactly what was shown.")
                .takes("TaskDecision")
                .answers(200, "Task"),
            decide,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    state: Option<Wanted>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    Open,
    All,
}

async fn list(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    ok(json!({ "tasks": scope.tasks(which.state == Some(Wanted::Open)).await? }))
}

async fn one(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(scope.one_task(&id).await?)
}

async fn comparison(State(app): State<App>, Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(kedun_core::approvals::compare(&app.vault()?, &scope, &id).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    decision: Decision,
    snapshot_hash: String,
    #[serde(default)]
    comment: Option<String>,
}

async fn decide(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Decided>,
) -> Answer {
    // What is no hash at all was never shown to anybody.
    let hash = Snapshot::parse(&body.snapshot_hash).ok_or(Problem::Conflict("snapshot_changed"))?;
    let comment = body.comment.unwrap_or_default();
    ok(kedun_core::approvals::decide(&app.vault()?, &scope, &id, body.decision, &hash, &comment).await?)
}
