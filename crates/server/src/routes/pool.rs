//! Transfer, claim, release.

use super::reply::{Answer, ok};
use crate::extract::{Body, Caller, Places, words};
use crate::register::{Route, Table};
use kedun_model::{PersonId, RecordId};
use kedun_vault::{Act, Committed};
use serde::Deserialize;
use serde_json::json;

/// Longest reason, in characters.
const MOST: usize = 200;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new(
                "POST",
                "/api/v1/objects/{object}/records/{id}/transfers",
                "Gives it to another owner.",
            )
            .takes("Transfer")
            .answers(200, "Moved"),
            transfer,
        )
        .add(
            Route::new("POST", "/api/v1/objects/{object}/records/{id}/claims", "Takes it from the pool.")
                .answers(200, "Moved"),
            claim,
        )
        .add(
            Route::new("POST", "/api/v1/objects/{object}/records/{id}/releases", "Puts it into the pool.")
                .takes("Release")
                .answers(200, "Moved"),
            release,
        )
}

/// The record as the caller sees it now, or that it is out of their sight.
async fn after(committed: Committed, id: &RecordId) -> Answer {
    match committed.view(id).await? {
        Some(record) => ok(record),
        None => ok(json!({ "id": id, "out_of_sight": true })),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transfer {
    to: String,
    reason: String,
}

async fn transfer(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Body(body): Body<Transfer>,
) -> Answer {
    let id = RecordId::new(id);
    let mut tx = scope.begin().await?;
    tx.transfer(&object, &id, &PersonId::new(body.to), words("reason", &body.reason, MOST)?).await?;
    after(tx.commit(Act::new("record.transfer", object).on(&id, None)).await?, &id).await
}

async fn claim(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    let id = RecordId::new(id);
    let mut tx = scope.begin().await?;
    tx.claim(&object, &id).await?;
    after(tx.commit(Act::new("record.claim", object).on(&id, None)).await?, &id).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    reason: String,
    #[serde(default)]
    pool: Option<String>,
}

async fn release(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Body(body): Body<Release>,
) -> Answer {
    let id = RecordId::new(id);
    let mut tx = scope.begin().await?;
    let pool = body.pool.as_deref().map(|pool| words("pool", pool, 60)).transpose()?;
    tx.release(&object, &id, pool, words("reason", &body.reason, MOST)?).await?;
    after(tx.commit(Act::new("record.release", object).on(&id, None)).await?, &id).await
}
