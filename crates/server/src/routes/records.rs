//! Records: lists, one, changes, reveals, and what was.

use super::once::{key_of, made_by_another};
use super::reply::{Answer, created, empty, many, ok, records, text};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Perhaps, Places, at_most};
use crate::limits::Counted;
use crate::problem::Fault;
use crate::register::{Route, Table};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use kedun_core::followups::{self, Also};
use kedun_core::intake::{self, Intake};
use kedun_core::rights;
use kedun_model::filter::Filter;
use kedun_model::{FieldError, PersonId, Problem, RecordId, members};
use kedun_vault::{Act, Page, Query, RecordView, Scope, Vault};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

const ONE: &str = "/api/v1/objects/{object}/records/{id}";

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("POST", "/api/v1/objects/{object}/query", "A page of records.")
                .takes("Query")
                .counts_as(Counted::Read)
                .answers(200, "Page"),
            query,
        )
        .add(
            Route::new("GET", "/api/v1/objects/{object}/records", "A page of records.")
                .asks(&["limit", "cursor", "sort", "view"])
                .answers(200, "Page"),
            list,
        )
        .add(
            Route::new("POST", "/api/v1/objects/{object}/records", "Creates a record.")
                .takes("NewRecord")
                .heeds(&["Idempotency-Key"])
                .answers(201, "Record"),
            create,
        )
        .add(Route::new("GET", ONE, "One record.").answers(200, "Record"), one)
        .add(
            Route::new("PATCH", ONE, "Changes fields.")
                .takes("Patch")
                .heeds(&["If-Match"])
                .answers(200, "Record"),
            change,
        )
        .add(
            Route::new("DELETE", ONE, "Puts it into the recycle bin.").heeds(&["If-Match"]).answers(204, ""),
            delete,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/objects/{object}/records/{id}/restoration",
                "Takes it out of the recycle bin.",
            )
            .answers(200, "Record"),
            restore,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/objects/{object}/records/{id}/reveals",
                "Reveals one field for a purpose.",
            )
            .takes("Reveal")
            .counts_as(Counted::Reveal)
            .answers(200, "Revealed"),
            reveal,
        )
        .add(
            Route::new("GET", "/api/v1/objects/{object}/records/{id}/history", "What changed.")
                .answers(200, "History"),
            history,
        )
        .add(
            Route::new("POST", "/api/v1/objects/{object}/prints", "Notes what is about to be printed.")
                .takes("Prints")
                .answers(204, ""),
            prints,
        )
        .add(
            Route::new("GET", "/api/v1/objects/{object}/records/{id}/audience", "Who looked.")
                .counts_as(Counted::Search)
                .answers(200, "Audience"),
            audience,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/objects/{object}/records/{id}/explain",
                "Why somebody may or may not see it.",
            )
            .asks(&["person", "field", "who"])
            .answers(200, "Explanation"),
            explain,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/objects/{object}/records/{id}/timeline",
                "What happened, newest first.",
            )
            .asks(&["cursor"])
            .answers(200, "Timeline"),
            timeline,
        )
        .add(
            Route::new("GET", "/api/v1/objects/{object}/records/{id}/consents", "Consents.")
                .answers(200, "Consents"),
            consents,
        )
        .add(
            Route::new("POST", "/api/v1/objects/{object}/records/{id}/consents", "Adds a consent.")
                .takes("Intake")
                .answers(201, "Consents"),
            add_consent,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/objects/{object}/records/{id}/consents/{consent}/withdrawal",
                "Withdraws a consent, as whoever gave it told the caller.",
            )
            .may_take("Withdrawal")
            .answers(204, ""),
            withdraw,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/objects/{object}/records/{id}/consents/{consent}/receipt",
                "A signed statement of a consent.",
            )
            .answers(200, "Text"),
            receipt,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    #[serde(default)]
    filter: Option<Json>,
    #[serde(default, deserialize_with = "members::list")]
    sort: Vec<Sort>,
    #[serde(default)]
    fields: Option<Vec<String>>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    count: bool,
    #[serde(default)]
    view: Option<String>,
    #[serde(default)]
    deleted: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sort {
    field: String,
    #[serde(default)]
    dir: Direction,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Direction {
    #[default]
    Asc,
    Desc,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    sort: Option<String>,
    #[serde(default)]
    view: Option<String>,
}

fn sorted(text: &str) -> Vec<(String, bool)> {
    text.split(',')
        .filter(|s| !s.is_empty())
        .map(|s| s.strip_prefix('-').map_or_else(|| (s.to_owned(), false), |s| (s.to_owned(), true)))
        .collect()
}

/// A query from what was asked and, underneath, a saved view.
fn planned(scope: &Scope, object: &str, asking: Asking) -> Result<Query, Fault> {
    let mut filter = match asking.filter {
        Some(json) if !json.is_null() => Some(Filter::parse(&json).map_err(Fault::Invalid)?),
        _ => None,
    };
    let mut sort: Vec<(String, bool)> =
        asking.sort.into_iter().map(|s| (s.field, s.dir == Direction::Desc)).collect();
    if let Some(name) = &asking.view {
        let def = scope.object(object)?;
        let view = def.views.iter().find(|v| v.name == *name);
        let view = view.ok_or_else(|| Problem::invalid("view", "unknown_option"))?;
        filter = match (view.filter.clone(), filter) {
            (Some(a), Some(b)) => Some(Filter::All { all: vec![a, b] }),
            (a, b) => a.or(b),
        };
        if sort.is_empty() {
            sort = view.sort.iter().flat_map(|s| sorted(s)).collect();
        }
    }
    if asking.fields.as_ref().is_some_and(|names| names.len() > kedun_model::definition::MAX_FIELDS) {
        let most = kedun_model::definition::MAX_FIELDS;
        return Err(Fault::Invalid(vec![FieldError::new("fields", "too_many").with("max", most)]));
    }
    Ok(Query {
        filter,
        sort,
        fields: asking.fields,
        limit: at_most(asking.limit, 50, kedun_vault::MAX_LIMIT)?,
        cursor: asking.cursor,
        count: asking.count,
        deleted: asking.deleted,
    })
}

/// A page as it is answered; written straight into the body, without a tree in between.
#[derive(Serialize)]
struct PageBody {
    records: Vec<RecordView>,
    next_cursor: Option<String>,
    count: Option<Count>,
}

#[derive(Serialize)]
struct Count {
    value: i64,
    capped: bool,
}

fn page(page: Page) -> Answer {
    let count = page.count.map(|value| Count { value, capped: page.capped });
    let body = PageBody { records: page.records, next_cursor: page.next_cursor, count };
    many(StatusCode::OK, body.records.len(), body)
}

async fn query(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(object): Places<String>,
    Body(body): Body<Asking>,
) -> Answer {
    let query = planned(&scope, &object, body)?;
    app.count_filter(&scope, &object, query.filter.as_ref())?;
    page(scope.query(&object, &query).await?)
}

async fn list(Caller(scope): Caller, Places(object): Places<String>, Asked(asked): Asked<Listing>) -> Answer {
    let asking = Asking {
        filter: None,
        sort: Vec::new(),
        fields: None,
        limit: asked.limit,
        cursor: asked.cursor,
        count: false,
        view: asked.view,
        deleted: false,
    };
    let mut query = planned(&scope, &object, asking)?;
    if let Some(sort) = asked.sort {
        query.sort = sorted(&sort);
    }
    page(scope.query(&object, &query).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    fields: Map<String, Json>,
    #[serde(default, deserialize_with = "members::maybe")]
    intake: Option<Intake>,
    #[serde(default)]
    next: Option<Map<String, Json>>,
    #[serde(default)]
    completes: Option<String>,
}

async fn create(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(object): Places<String>,
    headers: HeaderMap,
    Body(body): Body<New>,
) -> Answer {
    let vault = app.vault()?;
    let refusing = |refused| app.count_duplicate(&scope, refused);
    let Some(key) = key_of(&headers)? else {
        return made(&make(&vault, &scope, &object, body).await.map_err(refusing)?);
    };
    let request = json!([object, body.fields, body.intake, body.next, body.completes]).to_string();
    if let Some(id) = scope.made_before(key, &request).await? {
        return made(&scope.get(&object, &id).await?);
    }
    match make(&vault, &scope.clone().once(key, &request), &object, body).await {
        Ok(record) => made(&record),
        Err(refused) => {
            let id = made_by_another(&scope, key, &request, refused).await.map_err(refusing)?;
            made(&scope.get(&object, &id).await?)
        }
    }
}

async fn make(vault: &Vault, scope: &Scope, object: &str, body: New) -> kedun_vault::Result<RecordView> {
    // Only what was done has a next step and carries out a plan; said of anything else it would be lost.
    if object != "follow_up" {
        for (name, said) in [("next", body.next.is_some()), ("completes", body.completes.is_some())] {
            if said {
                return Err(Problem::invalid(name, "unknown_field").into());
            }
        }
    }
    match object {
        "follow_up" => {
            let completes = body.completes.map(RecordId::new);
            let also = Also { next: body.next.as_ref(), completes: completes.as_ref() };
            followups::log(scope, body.fields, &also).await
        }
        "plan" => followups::plan(scope, body.fields).await,
        // A file comes with what it holds, and by its own way.
        "file" => Err(Problem::invalid("file", "required").into()),
        _ => intake::create(vault, scope, object, body.fields, body.intake.as_ref()).await,
    }
}

fn made(record: &RecordView) -> Answer {
    let mut response = records(StatusCode::CREATED, record)?;
    tag(&mut response, record);
    Ok(response)
}

fn tag(response: &mut Response, record: &RecordView) {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", record.revision())) {
        response.headers_mut().insert(header::ETAG, value);
    }
}

fn answer(record: &RecordView) -> Answer {
    let mut response = records(StatusCode::OK, record)?;
    tag(&mut response, record);
    Ok(response)
}

async fn one(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    answer(&scope.get(&object, &RecordId::new(id)).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    fields: Map<String, Json>,
    #[serde(default)]
    revision: Option<i64>,
}

pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Fault> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
    text.parse().map(Some).map_err(|_| Problem::invalid("if-match", "not_a_whole_number").into())
}

async fn change(
    State(app): State<App>,
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    headers: HeaderMap,
    Body(body): Body<Patch>,
) -> Answer {
    let revision = if_match(&headers)?.or(body.revision);
    let id = RecordId::new(id);
    let changed = match object.as_str() {
        "plan" => followups::replan(&scope, &id, revision, &body.fields).await,
        _ => intake::update(&scope, &object, &id, revision, &body.fields).await,
    };
    answer(&changed.map_err(|refused| app.count_duplicate(&scope, refused))?)
}

async fn delete(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let (id, revision) = (RecordId::new(id), if_match(&headers)?);
    let mut tx = scope.begin().await?;
    tx.set_deleted(&object, &id, revision, true).await?;
    tx.commit(Act::new("record.delete", object).on(&id, None)).await?;
    empty()
}

async fn restore(
    State(app): State<App>,
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
) -> Answer {
    let restored = intake::restore(&scope, &object, &RecordId::new(id)).await;
    answer(&restored.map_err(|refused| app.count_duplicate(&scope, refused))?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reveal {
    field: String,
    purpose: String,
}

async fn reveal(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Body(body): Body<Reveal>,
) -> Answer {
    let revealed = scope.reveal(&object, &RecordId::new(id), &body.field, &body.purpose).await?;
    ok(json!({ "value": revealed.value, "expires_at": revealed.expires_at, "quota": revealed.quota }))
}

async fn history(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    ok(json!({ "changes": scope.history(&object, &RecordId::new(id)).await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prints {
    records: Vec<RecordId>,
}

async fn prints(Caller(scope): Caller, Places(object): Places<String>, Body(body): Body<Prints>) -> Answer {
    scope.printed(&object, &body.records).await?;
    empty()
}

async fn audience(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    ok(json!({ "looks": scope.audience(&object, &RecordId::new(id)).await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    who: bool,
}

async fn explain(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Asked(about): Asked<About>,
) -> Answer {
    let record = RecordId::new(id);
    if about.who {
        let seers = scope.who_sees(&object, &record, about.field.as_deref()).await?;
        let mine = seers.who.iter().find(|seer| seer.person.id == scope.person().as_str());
        let verdict = match (mine, &about.field) {
            (None, _) => "none",
            (Some(_), None) => "visible",
            (Some(mine), Some(_)) => mine.right.as_str(),
        };
        let because = mine.map(|mine| mine.because.as_slice()).unwrap_or_default();
        return ok(
            json!({ "verdict": verdict, "because": because, "who": seers.who, "others": seers.others }),
        );
    }
    let person = about.person.map(PersonId::new);
    let (right, visible, because) =
        scope.explain(&object, &record, person.as_ref(), about.field.as_deref()).await?;
    let verdict = match (&about.field, visible) {
        (_, false) => "none",
        (None, true) => "visible",
        (Some(_), true) => right.as_str(),
    };
    ok(json!({ "verdict": verdict, "because": because }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    #[serde(default)]
    cursor: Option<String>,
}

/// Capabilities that hang on a customer do not exist under other objects.
fn customers_only(object: &str) -> Result<(), Fault> {
    if object == "customer" { Ok(()) } else { Err(Fault::NotFound) }
}

async fn timeline(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Asked(from): Asked<From>,
) -> Answer {
    customers_only(&object)?;
    ok(followups::timeline(&scope, &RecordId::new(id), from.cursor.as_deref()).await?)
}

async fn consents(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    let list = intake::consents(&scope, &object, &RecordId::new(id)).await?;
    ok(json!({ "consents": list.iter().map(plain).collect::<Vec<_>>() }))
}

/// A consent as a flat object: everything on it is clear to whoever may see it.
fn plain(record: &RecordView) -> Json {
    let full = serde_json::to_value(record).unwrap_or(Json::Null);
    let mut flat = Map::from_iter([("id".to_owned(), json!(record.id()))]);
    for name in [
        "purpose",
        "kind",
        "basis",
        "channel",
        "notice_version",
        "notice_hash",
        "given_at",
        "withdrawn_at",
        "withdrawn_through",
        "withdrawal_reason",
    ] {
        flat.insert(name.to_owned(), full["fields"][name]["value"].clone());
    }
    Json::Object(flat)
}

async fn add_consent(
    State(app): State<App>,
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Body(body): Body<Intake>,
) -> Answer {
    let vault = app.vault()?;
    let list = intake::add_consent(&vault, &scope, &object, &RecordId::new(id), &body).await?;
    created(json!({ "consents": list.iter().map(plain).collect::<Vec<_>>() }))
}

async fn withdraw(
    State(app): State<App>,
    Caller(scope): Caller,
    Places((object, id, consent)): Places<(String, String, String)>,
    Perhaps(told): Perhaps<intake::Withdrawal>,
) -> Answer {
    let vault = app.vault()?;
    intake::withdraw(&vault, &scope, &object, &RecordId::new(id), &RecordId::new(consent), &told).await?;
    empty()
}

async fn receipt(
    State(app): State<App>,
    Caller(scope): Caller,
    Places((object, id, consent)): Places<(String, String, String)>,
) -> Answer {
    let vault = app.vault()?;
    text(rights::receipt(&vault, &scope, &object, &RecordId::new(id), &RecordId::new(consent)).await?)
}
