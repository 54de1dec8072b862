//! The tree of departments and sales teams.

use super::reply::{Answer, created, empty, ok};
use crate::extract::{Body, Caller, Places};
use crate::register::{Route, Table};
use kedun_model::DepartmentId;
use kedun_vault::{Act, DepartmentChange};
use serde::{Deserialize, Deserializer};
use serde_json::json;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(Route::new("GET", "/api/v1/departments", "The departments.").answers(200, "Departments"), list)
        .add(
            Route::new("POST", "/api/v1/departments", "Adds a department.")
                .takes("NewDepartment")
                .answers(201, "DepartmentRef"),
            add,
        )
        .add(
            Route::new("PATCH", "/api/v1/departments/{id}", "Renames or moves a department.")
                .takes("DepartmentPatch")
                .answers(200, "DepartmentRef"),
            change,
        )
        .add(
            Route::new("DELETE", "/api/v1/departments/{id}", "Removes an empty department.").answers(204, ""),
            remove,
        )
}

async fn list(Caller(scope): Caller) -> Answer {
    ok(json!({ "departments": scope.departments() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    #[serde(default)]
    parent: Option<String>,
}

async fn add(Caller(scope): Caller, Body(body): Body<New>) -> Answer {
    let parent = body.parent.map(DepartmentId::new);
    let mut tx = scope.begin().await?;
    let id = tx.open_department(&body.name, parent.as_ref()).await?;
    tx.commit(Act::new("department.add", "department").payload(json!({ "department": id }))).await?;
    created(json!({ "id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    #[serde(default)]
    name: Option<String>,
    // Said and null means topmost; not said means where it is.
    #[serde(default, deserialize_with = "said")]
    parent: Option<Option<String>>,
    #[serde(default)]
    position: Option<i64>,
}

fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

async fn change(Caller(scope): Caller, Places(id): Places<String>, Body(body): Body<Patch>) -> Answer {
    if body.name.is_none() && body.parent.is_none() && body.position.is_none() {
        return Err(kedun_model::Problem::invalid("body", "required").into());
    }
    let id = DepartmentId::new(id);
    let change = DepartmentChange {
        name: body.name,
        parent: body.parent.map(|parent| parent.map(DepartmentId::new)),
        position: body.position,
    };
    let mut tx = scope.begin().await?;
    tx.change_department(&id, &change).await?;
    tx.commit(Act::new("department.change", "department").payload(json!({ "department": id }))).await?;
    ok(json!({ "id": id }))
}

async fn remove(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    let id = DepartmentId::new(id);
    let mut tx = scope.begin().await?;
    tx.remove_department(&id).await?;
    tx.commit(Act::new("department.remove", "department").payload(json!({ "department": id }))).await?;
    empty()
}
