//! The directory, departments and roles; accounts for those who manage them.

use super::reply::{Answer, created, ok};
use crate::extract::at_most;
use crate::extract::{Asked, Body, Caller, Places};
use crate::register::{Route, Table};
use kedun_model::{DepartmentId, PersonId, RoleName};
use kedun_vault::{Act, NewPerson};
use serde::Deserialize;
use serde_json::{Value as Json, json};

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/people", "The directory.")
                .asks(&["q", "limit"])
                .answers(200, "People"),
            list,
        )
        .add(
            Route::new("POST", "/api/v1/people", "Opens an account.")
                .takes("NewPerson")
                .answers(201, "PersonRef"),
            add,
        )
        .add(Route::new("GET", "/api/v1/people/{id}", "One person.").answers(200, "Person"), one)
        .add(
            Route::new("PATCH", "/api/v1/people/{id}", "Changes roles or department.")
                .takes("PersonPatch")
                .answers(200, "PersonRef"),
            change,
        )
        .add(
            Route::new("DELETE", "/api/v1/people/{id}/sessions", "Ends every session of a person.")
                .answers(204, ""),
            super::sessions::end_all,
        )
        .add(
            Route::new("GET", "/api/v1/departments", "The departments.").answers(200, "Departments"),
            departments,
        )
        .add(Route::new("GET", "/api/v1/roles", "The roles.").answers(200, "Roles"), roles)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    q: String,
    #[serde(default)]
    limit: Option<usize>,
}

async fn list(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    ok(json!({ "people": scope.people(&which.q, at_most(which.limit, 100, kedun_vault::MAX_LIMIT)?).await? }))
}

async fn one(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(scope.one_person(&PersonId::new(id))?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    login: String,
    name: String,
    #[serde(default)]
    staff_no: String,
    department: String,
    password: String,
    #[serde(default)]
    roles: Vec<String>,
}

async fn add(Caller(scope): Caller, Body(body): Body<New>) -> Answer {
    let department = DepartmentId::new(body.department);
    if !scope.departments().iter().any(|d| d.id == department.as_str()) {
        return Err(kedun_model::Problem::invalid("department", "unknown_record").into());
    }
    let mut tx = scope.begin().await?;
    let id = tx
        .add_person(NewPerson {
            login: body.login,
            name: body.name,
            staff_no: body.staff_no,
            department: Some(department),
            password: body.password,
            roles: body.roles.into_iter().map(RoleName::from).collect(),
            language: String::new(),
        })
        .await?;
    tx.commit(Act::new("person.add", "person").payload(json!({ "person": id }))).await?;
    created(json!({ "id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    #[serde(default)]
    roles: Option<Vec<String>>,
    #[serde(default)]
    department: Option<String>,
}

async fn change(Caller(scope): Caller, Places(id): Places<String>, Body(body): Body<Patch>) -> Answer {
    let person = PersonId::new(id);
    if body.roles.is_none() && body.department.is_none() {
        return Err(kedun_model::Problem::invalid("body", "required").into());
    }
    let mut tx = scope.begin().await?;
    if let Some(roles) = body.roles {
        let roles: Vec<RoleName> = roles.into_iter().map(RoleName::from).collect();
        tx.set_roles(&person, &roles).await?;
    }
    if let Some(department) = body.department {
        tx.set_department(&person, &DepartmentId::new(department)).await?;
    }
    tx.commit(Act::new("person.change", "person").payload(json!({ "person": person }))).await?;
    ok(json!({ "id": person }))
}

async fn departments(Caller(scope): Caller) -> Answer {
    ok(json!({ "departments": scope.departments() }))
}

async fn roles(Caller(scope): Caller) -> Answer {
    let roles: Vec<Json> = scope
        .catalog()
        .roles
        .values()
        .map(|p| json!({ "name": p.def.name, "label": p.def.label, "administrator": p.def.administrator }))
        .collect();
    ok(json!({ "roles": roles }))
}
