//! Destroying: requests, where they stand, their certificates. Decisions are taken under `/tasks`.

use super::reply::{Answer, created, ok, text};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places, at_most};
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_core::erasures;
use kedun_model::RecordId;
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("POST", "/api/v1/erasures", "Registers that somebody's data are to be destroyed.")
                .takes("NewErasure")
                .answers(201, "Erasure"),
            request,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/erasures/previews",
                "What an erasure would destroy, and what holds it up.",
            )
            .takes("ErasureTarget")
            .answers(200, "ErasurePreview"),
            preview,
        )
        .add(
            Route::new("GET", "/api/v1/erasures", "The cases that the caller may see, newest first.")
                .answers(200, "Erasures")
                .asks(&["limit"]),
            list,
        )
        .add(Route::new("GET", "/api/v1/erasures/{id}", "One case.").answers(200, "Erasure"), one)
        .add(
            Route::new(
                "GET",
                "/api/v1/erasures/{id}/certificate",
                "The newest signed certificate of a case.",
            )
            .answers(200, "Text"),
            certificate,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    object: String,
    record: String,
    ground: String,
    #[serde(default)]
    note: Option<String>,
}

async fn request(State(app): State<App>, Caller(scope): Caller, Body(body): Body<New>) -> Answer {
    let record = RecordId::new(body.record);
    let note = body.note.unwrap_or_default();
    created(erasures::request(&app.vault()?, &scope, &body.object, &record, &body.ground, &note).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    object: String,
    record: String,
}

async fn preview(Caller(scope): Caller, Body(body): Body<Target>) -> Answer {
    ok(erasures::preview(&scope, &body.object, &RecordId::new(body.record)).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    limit: Option<usize>,
}

async fn list(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    ok(
        json!({ "erasures": erasures::list(&scope, at_most(which.limit, 50, kedun_vault::MAX_LIMIT)?).await? }),
    )
}

async fn one(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(erasures::one(&scope, &RecordId::new(id)).await?)
}

async fn certificate(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    text(erasures::certificate(&scope, &RecordId::new(id)).await?)
}
