//! Shares of one record.

use super::reply::{Answer, created, empty, ok};
use crate::extract::{Body, Caller, Places};
use crate::register::{Route, Table};
use kedun_model::{PersonId, Problem, RecordId};
use kedun_vault::Act;
use serde::Deserialize;
use serde_json::json;

const SHARES: &str = "/api/v1/objects/{object}/records/{id}/shares";

pub(super) fn routes(table: Table) -> Table {
    table
        .add(Route::new("GET", SHARES, "With whom it is shared.").answers(200, "Shares"), list)
        .add(
            Route::new("POST", SHARES, "Shares it, for a purpose and until a date.")
                .takes("Share")
                .answers(201, "Shared"),
            share,
        )
        .add(
            Route::new("DELETE", "/api/v1/objects/{object}/records/{id}/shares/{share}", "Ends a share.")
                .answers(204, ""),
            unshare,
        )
}

async fn list(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    ok(json!({ "shares": scope.shares(&object, &RecordId::new(id)).await? }))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Read,
    Edit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    person: String,
    level: Level,
    purpose: String,
    until: String,
}

async fn share(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Body(body): Body<Share>,
) -> Answer {
    let id = RecordId::new(id);
    let until = kedun_model::moment::parse(&body.until)
        .ok_or_else(|| Problem::invalid("until", "datetime_format"))?;
    let mut tx = scope.begin().await?;
    let edit = matches!(body.level, Level::Edit);
    let share = tx.share(&object, &id, &PersonId::new(body.person), edit, &body.purpose, until).await?;
    tx.commit(Act::new("record.share", object).on(&id, None).purpose(body.purpose)).await?;
    created(json!({ "id": share }))
}

async fn unshare(
    Caller(scope): Caller,
    Places((object, id, share)): Places<(String, String, String)>,
) -> Answer {
    let id = RecordId::new(id);
    let mut tx = scope.begin().await?;
    tx.unshare(&object, &id, &share).await?;
    tx.commit(Act::new("record.unshare", object).on(&id, None)).await?;
    empty()
}
