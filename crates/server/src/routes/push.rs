//! Whether the caller's device is knocked at when something waits and no page of ours is open.

use super::reply::{Answer, empty, ok};
use crate::app::App;
use crate::extract::{Body, Caller};
use crate::register::{Route, Table};
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kedun_model::Problem;
use serde::Deserialize;
use serde_json::json;

const PUSH: &str = "/api/v1/me/push";

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", PUSH, "Whether this device is knocked at when something waits.")
                .answers(200, "Push"),
            state,
        )
        .add(
            Route::new("PUT", PUSH, "Has this device knocked at, without a word.")
                .takes("PushPlace")
                .answers(204, ""),
            turn_on,
        )
        .add(Route::new("DELETE", PUSH, "Has this device left alone.").answers(204, ""), turn_off)
}

async fn state(State(app): State<App>, Caller(scope): Caller) -> Answer {
    if app.push().is_none() {
        return ok(json!({ "state": "unavailable" }));
    }
    let key = app.vault()?.knock_key().await?;
    ok(json!({
        "state": if scope.is_knocked_at().await? { "on" } else { "off" },
        "key": URL_SAFE_NO_PAD.encode(key.public()),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    endpoint: String,
}

async fn turn_on(State(app): State<App>, Caller(scope): Caller, Body(body): Body<Place>) -> Answer {
    let push = app.push().ok_or(Problem::Conflict("push_off"))?;
    if push.endpoint(&body.endpoint).is_none() {
        return Err(Problem::invalid("endpoint", "not_a_push_service").into());
    }
    scope.keep_push_place(&body.endpoint).await?;
    empty()
}

async fn turn_off(Caller(scope): Caller) -> Answer {
    scope.drop_push_place().await?;
    empty()
}
