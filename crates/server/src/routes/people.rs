//! The directory and roles; accounts for those who manage them.

use super::reply::{Answer, created, empty, ok};
use crate::app::App;
use crate::extract::at_most;
use crate::extract::{Asked, Body, Caller, Places};
use crate::register::{Route, Table};
use kedun_model::{DepartmentId, PersonId, RoleName};
use kedun_vault::{Act, NewPerson, OneTime, PeopleAsked};
use serde::Deserialize;
use serde_json::{Value as Json, json};

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/people", "The directory.")
                .asks(&["q", "department", "state", "role", "limit", "cursor"])
                .answers(200, "People"),
            list,
        )
        .add(
            Route::new("POST", "/api/v1/people", "Opens an account.")
                .takes("NewPerson")
                .answers(201, "OpenedAccount"),
            add,
        )
        .add(Route::new("GET", "/api/v1/people/{id}", "One person.").answers(200, "Person"), one)
        .add(
            Route::new("PATCH", "/api/v1/people/{id}", "Changes roles, department, name or staff number.")
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
            Route::new("DELETE", "/api/v1/people/{id}/sessions/{session}", "Ends one session of a person.")
                .answers(204, ""),
            super::sessions::end_of,
        )
        .add(
            Route::new(
                "DELETE",
                "/api/v1/people/{id}/devices/{device}",
                "Puts a device of a person out of use; its sessions end.",
            )
            .answers(204, ""),
            super::sessions::end_device_of,
        )
        .add(
            Route::new("GET", "/api/v1/people/present", "Who is signed in, for those who may end sessions.")
                .answers(200, "Presence"),
            super::sessions::present,
        )
        .add(
            Route::new("PUT", "/api/v1/people/{id}/state", "Freezes an account, or lets it in again.")
                .takes("AccountState")
                .answers(200, "AccountStateSet"),
            set_state,
        )
        .add(
            Route::new("POST", "/api/v1/people/{id}/password-resets", "Replaces a forgotten password.")
                .answers(201, "OneTime"),
            reset_password,
        )
        .add(
            Route::new("DELETE", "/api/v1/people/{id}/totp", "Takes a lost second factor off an account.")
                .answers(204, ""),
            reset_totp,
        )
        .add(Route::new("GET", "/api/v1/roles", "The roles.").answers(200, "Roles"), roles)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    q: String,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    state: StateAsked,
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateAsked {
    #[default]
    All,
    Active,
    Frozen,
}

async fn list(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    let asked = PeopleAsked {
        q: which.q,
        department: which.department.map(DepartmentId::new),
        active: match which.state {
            StateAsked::All => None,
            StateAsked::Active => Some(true),
            StateAsked::Frozen => Some(false),
        },
        role: which.role.map(RoleName::from),
        after: which.cursor.map(PersonId::new),
        limit: at_most(which.limit, 100, kedun_vault::MAX_LIMIT)?,
    };
    ok(scope.people_page(&asked).await?)
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
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

async fn add(Caller(scope): Caller, Body(body): Body<New>) -> Answer {
    let department = DepartmentId::new(body.department);
    if !scope.departments().iter().any(|d| d.id == department.as_str()) {
        return Err(kedun_model::Problem::invalid("department", "unknown_record").into());
    }
    let new = NewPerson {
        login: body.login,
        name: body.name,
        staff_no: body.staff_no,
        department: Some(department),
        password: String::new(),
        roles: body.roles.into_iter().map(RoleName::from).collect(),
        language: String::new(),
    };
    let mut tx = scope.begin().await?;
    let (id, once) = match body.password {
        Some(password) => (tx.add_person(NewPerson { password, ..new }).await?, None),
        None => tx.add_person_with_one_time(new).await.map(|(id, once)| (id, Some(once)))?,
    };
    tx.commit(Act::new("person.add", "person").payload(json!({ "person": id }))).await?;
    let mut said = json!({ "id": id });
    if let Some(once) = once {
        said["one_time"] = one_time(&once);
    }
    created(said)
}

/// A one-time password as the reply delivers it, this once.
fn one_time(once: &OneTime) -> Json {
    json!({ "password": once.expose(), "until": once.until() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    #[serde(default)]
    roles: Option<Vec<String>>,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    staff_no: Option<String>,
}

async fn change(Caller(scope): Caller, Places(id): Places<String>, Body(body): Body<Patch>) -> Answer {
    let person = PersonId::new(id);
    let renames = body.name.is_some() || body.staff_no.is_some();
    if body.roles.is_none() && body.department.is_none() && !renames {
        return Err(kedun_model::Problem::invalid("body", "required").into());
    }
    let mut tx = scope.begin().await?;
    let mut told = json!({ "person": person });
    if let Some(roles) = body.roles {
        let roles: Vec<RoleName> = roles.into_iter().map(RoleName::from).collect();
        let before = tx.set_roles(&person, &roles).await?;
        told["roles"] = json!({ "before": before, "after": roles });
    }
    if let Some(department) = body.department {
        told["department"] = json!(department);
        tx.set_department(&person, &DepartmentId::new(department)).await?;
    }
    if renames {
        tx.rename_person(&person, body.name.as_deref(), body.staff_no.as_deref()).await?;
    }
    tx.commit(Act::new("person.change", "person").payload(told)).await?;
    ok(json!({ "id": person }))
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Active,
    Frozen,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetState {
    state: State,
}

async fn set_state(
    axum::extract::State(app): axum::extract::State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<SetState>,
) -> Answer {
    let person = PersonId::new(id);
    match body.state {
        State::Active => {
            let once = kedun_core::accounts::let_in_again(&app.vault()?, &scope, &person).await?;
            ok(json!({ "id": person, "state": "active", "one_time": one_time(&once) }))
        }
        State::Frozen => {
            let mut tx = scope.begin().await?;
            let ended = tx.freeze(&person).await?;
            tx.commit(Act::new("person.freeze", "person").payload(json!({ "person": person }))).await?;
            ok(json!({ "id": person, "state": "frozen", "ended": ended }))
        }
    }
}

async fn reset_password(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    let person = PersonId::new(id);
    let mut tx = scope.begin().await?;
    let once = tx.reset_password(&person).await?;
    tx.commit(Act::new("password.reset", "person").payload(json!({ "person": person }))).await?;
    created(one_time(&once))
}

async fn reset_totp(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    let person = PersonId::new(id);
    let mut tx = scope.begin().await?;
    tx.reset_totp(&person).await?;
    tx.commit(Act::new("totp.reset", "person").payload(json!({ "person": person }))).await?;
    empty()
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
