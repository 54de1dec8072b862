//! Approvals.

use super::reply::{Answer, ok};
use crate::extract::{Asked, Caller, Places};
use crate::register::{Route, Table};
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
