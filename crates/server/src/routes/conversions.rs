//! Converting a record into one of another object: a lead into a customer.

use super::once::{key_of, made_by_another};
use super::records::if_match;
use super::reply::{Answer, ok, records};
use crate::app::App;
use crate::extract::{Body, Caller, Places};
use crate::limits::Counted;
use crate::problem::Fault;
use crate::register::{Route, Table};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use kedun_core::intake::{self, Intake};
use kedun_model::{ObjectName, RecordId, members};
use kedun_vault::Conversion;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new(
                "POST",
                "/api/v1/objects/{object}/records/{id}/conversions",
                "Converts it into a record of another object.",
            )
            .takes("NewConversion")
            .heeds(&["If-Match", "Idempotency-Key"])
            .answers(201, "Conversion"),
            convert,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/objects/{object}/records/{id}/conversions/previews",
                "What converting it would take along, and who is known already.",
            )
            .takes("ConversionTrial")
            .counts_as(Counted::Search)
            .answers(200, "ConversionPreview"),
            preview,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    #[serde(default)]
    revision: Option<i64>,
    #[serde(default)]
    into: Option<RecordId>,
    #[serde(default)]
    fields: Map<String, Json>,
    #[serde(default)]
    also: BTreeMap<ObjectName, Map<String, Json>>,
    #[serde(default, deserialize_with = "members::maybe")]
    intake: Option<Intake>,
}

async fn convert(
    State(app): State<App>,
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    headers: HeaderMap,
    Body(body): Body<New>,
) -> Answer {
    let vault = app.vault()?;
    let id = RecordId::new(id);
    let request = json!([object, id, body.into, body.fields, body.also, body.intake]).to_string();
    let asked = Conversion {
        revision: if_match(&headers)?.or(body.revision),
        into: body.into,
        fields: body.fields,
        also: body.also,
    };
    let refusing = |refused| app.count_duplicate(&scope, refused);
    let Some(key) = key_of(&headers)? else {
        let made = intake::convert(&vault, &scope, &object, &id, &asked, body.intake.as_ref()).await;
        return records(StatusCode::CREATED, made.map_err(refusing)?);
    };
    if scope.made_before(key, &request).await?.is_none() {
        let once = scope.clone().once(key, &request);
        match intake::convert(&vault, &once, &object, &id, &asked, body.intake.as_ref()).await {
            Ok(made) => return records(StatusCode::CREATED, made),
            Err(refused) => {
                made_by_another(&scope, key, &request, refused).await.map(drop).map_err(refusing)?;
            }
        }
    }
    records(StatusCode::CREATED, intake::converted(&scope, &object, &id, &asked).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trial {
    #[serde(default)]
    fields: Map<String, Json>,
}

async fn preview(
    State(app): State<App>,
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Body(body): Body<Trial>,
) -> Answer {
    let vault = app.vault()?;
    let prospect = intake::prospect(&vault, &scope, &object, &RecordId::new(id), &body.fields).await?;
    let matches: Vec<Json> = prospect.duplicates.iter().map(super::search::matched).collect();
    let mut shown = serde_json::to_value(&prospect).map_err(|_| Fault::Internal)?;
    shown["matches"] = Json::Array(matches);
    ok(shown)
}
