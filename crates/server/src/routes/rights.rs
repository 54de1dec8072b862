//! What customers ask for of their own data: the register, the desk, and the links that customers are sent.

use super::reply::{Answer, created, empty, ok};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places, at_most};
use crate::problem::Fault;
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_core::rights::{self, Answered, How, Wanted, Which};
use kedun_model::flow::Decision;
use kedun_model::{Problem, RecordId, SubjectId, members};
use kedun_vault::Act;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// A link lives so many days when nobody says.
const DAYS: u32 = 30;
const LINKS: &str = "/api/v1/objects/{object}/records/{id}/links";
const OF_ONE: &str = "/api/v1/objects/{object}/records/{id}/rights_requests";

pub(super) fn routes(table: Table) -> Table {
    let table = table
        .add(
            Route::new("GET", LINKS, "The links that were made for a customer.")
                .answers(200, "CustomerLinks"),
            links,
        )
        .add(
            Route::new(
                "POST",
                LINKS,
                "Makes a customer a link to their own page; the secrets are shown once.",
            )
            .takes("NewCustomerLink")
            .answers(201, "MadeCustomerLink"),
            make_link,
        )
        .add(
            Route::new(
                "DELETE",
                "/api/v1/objects/{object}/records/{id}/links/{link}",
                "Ends a link at once.",
            )
            .answers(204, ""),
            end_link,
        )
        .add(
            Route::new("GET", OF_ONE, "What a customer has asked for.").answers(200, "RightsRequests"),
            of_customer,
        )
        .add(
            Route::new("POST", OF_ONE, "Registers what a customer asked a colleague for.")
                .takes("NewRightsRequest")
                .answers(201, "RightsRequest"),
            register,
        );
    desk(table)
}

fn desk(table: Table) -> Table {
    let at = |path: &'static str, summary: &'static str, body: &'static str| {
        Route::new("POST", path, summary).takes(body).answers(200, "RightsDetail")
    };
    table
        .add(
            Route::new("GET", "/api/v1/rights_requests", "What customers have asked for.")
                .asks(&["state", "limit"])
                .answers(200, "RightsRequests"),
            list,
        )
        .add(
            Route::new("GET", "/api/v1/rights_requests/{id}", "One request with its words.")
                .answers(200, "RightsDetail"),
            one,
        )
        .add(
            at(
                "/api/v1/rights_requests/{id}/identity",
                "Notes how it was made sure who asks.",
                "RightsIdentity",
            ),
            identify,
        )
        .add(
            at(
                "/api/v1/rights_requests/{id}/answers",
                "Answers: makes the copy, or says what was done.",
                "RightsAnswer",
            ),
            answer,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/rights_requests/{id}/numbers",
                "The numbers on file, to call back on; counts as a reveal.",
            )
            .answers(200, "NumbersOnFile"),
            numbers,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/rights_requests/{id}/copy_codes",
                "A new code for a copy whose code was lost.",
            )
            .answers(200, "RightsDetail"),
            copy_code,
        )
        .add(
            at("/api/v1/rights_requests/{id}/refusals", "Refuses, with ground and reason.", "RightsRefusal"),
            refuse,
        )
        .add(
            at(
                "/api/v1/rights_requests/{id}/proposals",
                "Proposes a correction to who is in charge.",
                "RightsProposal",
            ),
            propose,
        )
        .add(
            at("/api/v1/rights_requests/{id}/decisions", "Decides on a correction.", "RightsDecision"),
            decide,
        )
        .add(
            at(
                "/api/v1/rights_requests/{id}/erasures",
                "Begins the erasure that was asked for.",
                "RightsErasure",
            ),
            erase,
        )
}

fn customers_only(object: &str) -> Result<(), Fault> {
    if object == "customer" { Ok(()) } else { Err(Problem::NotFound.into()) }
}

async fn links(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    customers_only(&object)?;
    ok(json!({ "links": scope.links(&RecordId::new(id)).await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLink {
    #[serde(default)]
    days: Option<u32>,
}

async fn make_link(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Body(body): Body<NewLink>,
) -> Answer {
    customers_only(&object)?;
    let customer = RecordId::new(id);
    let mut tx = scope.begin().await?;
    let made = tx.make_link(&customer, body.days.unwrap_or(DAYS)).await?;
    let subject = SubjectId::new(customer.as_str());
    let act = Act::new("rights.invite", "customer").on(&customer, Some(&subject));
    tx.commit(act.payload(json!({ "link": made.id }))).await?;
    created(json!({ "id": made.id, "secret": made.token, "code": made.code, "expires_at": made.expires_at }))
}

async fn end_link(
    Caller(scope): Caller,
    Places((object, id, link)): Places<(String, String, String)>,
) -> Answer {
    customers_only(&object)?;
    let customer = RecordId::new(id);
    let mut tx = scope.begin().await?;
    tx.end_link(&customer, &link).await?;
    let subject = SubjectId::new(customer.as_str());
    let act = Act::new("rights.uninvite", "customer").on(&customer, Some(&subject));
    tx.commit(act.payload(json!({ "link": link }))).await?;
    empty()
}

async fn of_customer(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    customers_only(&object)?;
    ok(json!({ "requests": rights::of_customer(&scope, &RecordId::new(id)).await? }))
}

async fn register(
    State(app): State<App>,
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Body(wanted): Body<Wanted>,
) -> Answer {
    customers_only(&object)?;
    created(rights::register(&app.vault()?, &scope, &RecordId::new(id), &wanted).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filtered {
    #[serde(default)]
    state: Option<Wanting>,
    #[serde(default)]
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wanting {
    Open,
    All,
}

async fn list(Caller(scope): Caller, Asked(some): Asked<Filtered>) -> Answer {
    let which = match some.state {
        Some(Wanting::All) => Which::All,
        Some(Wanting::Open) | None => Which::Open,
    };
    let limit = at_most(some.limit, 100, kedun_vault::MAX_LIMIT)?;
    ok(json!({ "requests": rights::list(&scope, which, limit).await? }))
}

async fn one(State(app): State<App>, Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(rights::one(&app.vault()?, &scope, &RecordId::new(id)).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    how: How,
}

async fn identify(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Identity>,
) -> Answer {
    ok(rights::identify(&app.vault()?, &scope, &RecordId::new(id), body.how).await?)
}

async fn numbers(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(json!({ "numbers": rights::numbers(&scope, &RecordId::new(id)).await? }))
}

async fn copy_code(State(app): State<App>, Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(rights::new_copy_code(&app.vault()?, &scope, &RecordId::new(id)).await?)
}

async fn answer(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Answered>,
) -> Answer {
    ok(rights::answer(&app.vault()?, &scope, &RecordId::new(id), &body).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    ground: String,
    text: String,
}

async fn refuse(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Refusal>,
) -> Answer {
    ok(rights::refuse(&app.vault()?, &scope, &RecordId::new(id), &body.ground, &body.text).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    #[serde(deserialize_with = "members::one")]
    fields: Map<String, Json>,
}

async fn propose(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Correction>,
) -> Answer {
    ok(rights::propose(&app.vault()?, &scope, &RecordId::new(id), &body.fields).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    decision: Decision,
    hash: String,
    #[serde(default)]
    comment: Option<String>,
}

async fn decide(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Decided>,
) -> Answer {
    let comment = body.comment.unwrap_or_default();
    let vault = app.vault()?;
    ok(rights::decide(&vault, &scope, &RecordId::new(id), body.decision, &body.hash, &comment).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Erasing {
    ground: String,
    #[serde(default)]
    note: Option<String>,
}

async fn erase(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Erasing>,
) -> Answer {
    let note = body.note.unwrap_or_default();
    ok(rights::start_erasure(&app.vault()?, &scope, &RecordId::new(id), &body.ground, &note).await?)
}
