//! Definitions: look, preview, publish, roll back. In force at once.

use super::reply::{Answer, created, ok};
use crate::extract::{Asked, Body, Caller, Places};
use crate::register::{Route, Table};
use kedun_model::members;
use kedun_vault::Act;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

const ONE: &str = "/api/v1/definitions/{kind}/{name}";

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/definitions", "The definitions in force.")
                .asks(&["kind", "bodies"])
                .answers(200, "Definitions"),
            list,
        )
        .add(Route::new("GET", ONE, "One definition.").asks(&["version"]).answers(200, "DefinitionView"), one)
        .add(
            Route::new("GET", "/api/v1/definitions/{kind}/{name}/versions", "Its versions, newest first.")
                .answers(200, "Definitions"),
            versions,
        )
        .add(
            Route::new("POST", "/api/v1/definitions/{kind}/{name}/previews", "What publishing would change.")
                .takes("Definition")
                .answers(200, "Preview"),
            preview,
        )
        .add(
            Route::new("POST", "/api/v1/definitions/{kind}/{name}/versions", "Publishes.")
                .takes("Definition")
                .answers(201, "PublishedDefinition"),
            publish,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/definitions/{kind}/{name}/rollbacks",
                "Publishes a former version again.",
            )
            .takes("Rollback")
            .answers(201, "PublishedDefinition"),
            roll_back,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    bodies: bool,
}

async fn list(Caller(scope): Caller, Asked(listed): Asked<Listed>) -> Answer {
    ok(json!({ "definitions": scope.definitions(listed.kind.as_deref(), listed.bodies).await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    version: Option<i64>,
}

async fn one(
    Caller(scope): Caller,
    Places((kind, name)): Places<(String, String)>,
    Asked(which): Asked<Which>,
) -> Answer {
    ok(scope.definition(&kind, &name, which.version).await?)
}

async fn versions(Caller(scope): Caller, Places((kind, name)): Places<(String, String)>) -> Answer {
    ok(json!({ "definitions": scope.versions(&kind, &name).await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publication {
    #[serde(deserialize_with = "members::one")]
    body: Map<String, Json>,
    #[serde(default)]
    based_on: Option<i64>,
}

async fn preview(
    Caller(scope): Caller,
    Places((kind, name)): Places<(String, String)>,
    Body(body): Body<Publication>,
) -> Answer {
    let preview = scope.preview(&kind, &name, &Json::Object(body.body)).await?;
    let english = scope.language() == "en";
    let problems: Vec<Json> = preview.problems.iter().map(|e| crate::problem::told(e, english)).collect();
    let mut said = json!({ "changes": preview.changes, "problems": problems });
    if let (Some(effects), Some(holders)) = (preview.effects, preview.holders.as_ref()) {
        (said["effects"], said["holders"]) = (json!(effects), json!(holders));
    }
    ok(said)
}

async fn publish(
    Caller(scope): Caller,
    Places((kind, name)): Places<(String, String)>,
    Body(body): Body<Publication>,
) -> Answer {
    let mut tx = scope.begin().await?;
    let version = tx.publish(&kind, &name, &Json::Object(body.body), body.based_on).await?;
    tx.commit(
        Act::new("definition.publish", "definition")
            .payload(json!({ "kind": kind, "name": name, "version": version })),
    )
    .await?;
    created(json!({ "kind": kind, "name": name, "version": version, "state": "published" }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rollback {
    to: i64,
    #[serde(default)]
    based_on: Option<i64>,
}

async fn roll_back(
    Caller(scope): Caller,
    Places((kind, name)): Places<(String, String)>,
    Body(body): Body<Rollback>,
) -> Answer {
    let mut tx = scope.begin().await?;
    let version = tx.roll_back(&kind, &name, body.to, body.based_on).await?;
    tx.commit(
        Act::new("definition.roll_back", "definition")
            .payload(json!({ "kind": kind, "name": name, "version": version, "to": body.to })),
    )
    .await?;
    created(json!({ "kind": kind, "name": name, "version": version, "state": "published" }))
}
