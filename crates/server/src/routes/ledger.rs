//! The log: heads, tiles, entries and proofs. Hashes are for everybody with a session, entries for the auditor.

use super::reply::{Answer, ok, text};
use crate::app::App;
use crate::extract::{Asked, Caller, Places, at_most};
use crate::problem::Fault;
use crate::register::{Route, Table};
use axum::extract::State;
use axum::response::IntoResponse;
use kedun_vault::SoughtEntries;
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/ledger/checkpoint", "The newest signed head.").answers(200, "Text"),
            checkpoint,
        )
        .add(Route::new("GET", "/api/v1/ledger/key", "The public key of the log.").answers(200, "Text"), key)
        .add(
            Route::new(
                "GET",
                "/api/v1/ledger/tile/{*path}",
                "A hash tile; or, for who reads the log, a bundle of entries.",
            )
            .answers(200, "Bytes"),
            tile,
        )
        .add(
            Route::new("GET", "/api/v1/ledger/heads", "When the last heads were signed.")
                .asks(&["limit"])
                .answers(200, "Heads"),
            heads,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/ledger/entries",
                "Rows of the log, from a place on or the newest first.",
            )
            .asks(&["from", "before", "limit", "action", "actor_of"])
            .answers(200, "Entries"),
            entries,
        )
        .add(
            Route::new("GET", "/api/v1/ledger/proof/{entry}", "A proof to be checked offline.")
                .answers(200, "Text"),
            proof,
        )
        .add(
            Route::new("GET", "/api/v1/ledger/consistency", "That one head continues another.")
                .asks(&["from", "to"])
                .answers(200, "Consistency"),
            consistency,
        )
}

async fn checkpoint(State(app): State<App>, Caller(_): Caller) -> Answer {
    text(app.vault()?.checkpoint().await?)
}

async fn key(State(app): State<App>, Caller(_): Caller) -> Answer {
    text(app.vault()?.ledger_key())
}

async fn heads(State(app): State<App>, Caller(_): Caller, Asked(which): Asked<Last>) -> Answer {
    ok(json!({ "heads": app.vault()?.ledger_heads(at_most(which.limit, 20, 200)?).await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    #[serde(default)]
    limit: Option<usize>,
}

async fn tile(State(app): State<App>, Caller(scope): Caller, Places(path): Places<String>) -> Answer {
    let bytes = if path.starts_with("entries/") {
        scope.ledger_bundle(&path).await?
    } else {
        app.vault()?.tile(&path).await?
    };
    Ok(([("content-type", "application/octet-stream")], bytes).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    from: Option<i64>,
    #[serde(default)]
    before: Option<i64>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    actor_of: Option<i64>,
}

async fn entries(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    let limit = at_most(which.limit, 100, kedun_vault::MAX_LIMIT)?;
    let Which { from, before, action, actor_of, limit: _ } = which;
    let entries = scope.ledger_entries(&SoughtEntries { from, before, action, actor_of }, limit).await?;
    ok(json!({ "entries": entries }))
}

async fn proof(Caller(scope): Caller, Places(entry): Places<String>) -> Answer {
    text(scope.ledger_proof(&entry).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heads {
    from: u64,
    to: u64,
}

async fn consistency(State(app): State<App>, Caller(_): Caller, Asked(heads): Asked<Heads>) -> Answer {
    if heads.from > heads.to {
        return Err(Fault::from(kedun_model::Problem::invalid("from", "out_of_range")));
    }
    ok(json!({ "hashes": app.vault()?.consistency(heads.from, heads.to).await? }))
}
