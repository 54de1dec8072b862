//! Destroying: a customer's data end, in every copy, on the word of two people, and a certificate says so (PIPL 47;
//! controls RT-03, RT-04 and DS-04).
//!
//! What is approved is a snapshot: the case, whom it concerns, on what ground, and what was there. Destruction has three
//! steps, each safe to come again after a stop: the rows go against the spent approval, the key dies, the certificate is
//! signed. A case between the first and the last has the state `approved` and a time `t0`.

mod destroy;
mod final_word;

pub use destroy::{execute, resume};
pub use final_word::finalize;

use crate::rights;
use kedun_model::filter::Filter;
use kedun_model::flow::Kind;
use kedun_model::{Problem, RecordId, own_words};
use kedun_vault::{
    Act, ErasurePreview, NewRecord, Query, RecordView, Result, Scope, Task, Tx, Vault, VaultError,
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// The object of the cases.
pub const ERASURE: &str = "erasure";

/// A person is answered within fifteen working days at home and thirty days in any case (GB/T 35273 8.7); an erasure within
/// so many days of the calendar, or sooner where the company answers sooner.
const ANSWER_WITHIN_MS: i64 = 15 * 86_400_000;
/// An approval that nobody used for so long is void.
const APPROVAL_LIVES_MS: i64 = 30 * 86_400_000;
/// Longest note.
const MAX_NOTE: usize = 200;

/// An erasure as its reader may see it.
#[derive(Clone, Debug, Serialize)]
pub struct ErasureView {
    /// Its id.
    pub id: String,
    /// `waiting`, `approved`, `done`, `rejected`.
    pub state: String,
    /// The object of the target.
    pub object: String,
    /// The target; gone when the case is done.
    pub record: String,
    /// On what ground.
    pub ground: String,
    /// Who registered it.
    pub requester: Json,
    /// Who decided.
    pub approver: Json,
    /// When it was received.
    pub received_at: Option<String>,
    /// When the person must have an answer.
    pub due_at: Option<String>,
    /// What it reaches, and what it reached.
    pub preview: Json,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// When the live data were gone.
    pub t0: Option<String>,
    /// When the last copy of the key is gone.
    pub t1: Option<String>,
    /// The task that decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Where its certificate is, once there is one.
    pub certificate: Option<String>,
}

/// Registers a request. It waits for somebody else's approval.
///
/// # Errors
/// Forbidden; not found; an unknown ground; a note that holds personal data; `erasure_open` when one is under way.
pub async fn request(
    vault: &Vault,
    scope: &Scope,
    object: &str,
    record: &RecordId,
    ground: &str,
    note: &str,
) -> Result<ErasureView> {
    scope.require(kedun_model::Act::ErasuresRequest, None)?;
    let note = note.trim();
    if note.chars().count() > MAX_NOTE {
        return Err(Problem::invalid("note", "too_long").into());
    }
    // The case outlives the customer, so it must not carry along what is to be destroyed.
    if own_words::personal(note) {
        return Err(Problem::invalid("note", "personal_data").into());
    }
    let preview = preview_json(&scope.erasure_preview(object, record).await?);
    let before = cases_of(vault, record).await?;
    if before.iter().any(|case| matches!(case.clear_text("state"), Some("waiting" | "approved"))) {
        return Err(Problem::Conflict("erasure_open").into());
    }
    let now = scope.now();
    let company = scope.catalog().company.clone();
    let fields = json!({
        "target": record,
        "target_object": object,
        "ground": ground,
        "state": "waiting",
        "requester": scope.person(),
        "received_at": kedun_model::moment::text(now),
        "due_at": kedun_model::moment::text(company.answer_by(now).min(now + ANSWER_WITHIN_MS)),
        "preview": preview.to_string(),
    });
    let Json::Object(fields) = fields else { return Err(Problem::NotFound.into()) };
    let house = vault.system_for(Task::Casework, scope.person());
    let mut tx = scope.begin().await?;
    // Of two requests at the same time one has the next number; the other finds it taken.
    if !tx.take_name(&format!("{ERASURE}/{record}/{}", before.len())).await? {
        return Err(Problem::Conflict("erasure_open").into());
    }
    let case = tx
        .as_house(&house, async |tx: &mut Tx| {
            tx.create(ERASURE, NewRecord { fields, ..NewRecord::default() }).await
        })
        .await?;
    let mut snapshot = snapshot(&case, object, record.as_str(), ground, &preview);
    if !note.is_empty() {
        snapshot["note"] = json!(note);
    }
    let (task, hash) = tx
        .ask(Kind::Erasure, kedun_model::Act::ErasuresApprove, case.as_str(), &snapshot, APPROVAL_LIVES_MS)
        .await?;
    tx.as_house(&house, async |tx: &mut Tx| {
        // The note is part of what is approved; kept with the hash it is the same text when the approval is spent.
        let mut kept = preview.clone();
        if !note.is_empty() {
            kept["note"] = json!(note);
        }
        let fields = Map::from_iter([
            ("snapshot_hash".to_owned(), json!(hash)),
            ("preview".to_owned(), json!(kept.to_string())),
        ]);
        tx.update(ERASURE, &case, None, &fields).await
    })
    .await?;
    let act = Act::new("erasure.request", ERASURE).on(&case, None).purpose(ground);
    tx.commit(act.payload(json!({ "target": record, "object": object, "task": task }))).await?;
    let mut view = view(&vault.system(Task::Casework).get(ERASURE, &case).await?);
    view.task = Some(task);
    Ok(view)
}

/// Notes a decision on the case, in the change that decides.
///
/// # Errors
/// The case is not waiting.
pub async fn decided(
    vault: &Vault,
    tx: &mut Tx,
    case: &RecordId,
    approved: bool,
    comment: &str,
) -> Result<()> {
    let by = tx.scope().person().clone();
    let house = vault.system_for(Task::Casework, &by);
    let mut fields = Map::from_iter([
        ("state".to_owned(), json!(if approved { "approved" } else { "rejected" })),
        ("approver".to_owned(), json!(by)),
    ]);
    if !approved {
        fields.insert("refusal".to_owned(), json!(comment.trim()));
    }
    tx.as_house(&house, async |tx: &mut Tx| tx.update(ERASURE, case, None, &fields).await).await?;
    match approved {
        true => Ok(()),
        false => rights::erasure_settled(vault, tx, case, false).await,
    }
}

/// What an erasure would destroy, and what holds it up, before anybody asks for it.
///
/// # Errors
/// Forbidden; not found.
pub async fn preview(scope: &Scope, object: &str, record: &RecordId) -> Result<Json> {
    let preview = preview_json(&scope.erasure_preview(object, record).await?);
    let subject = kedun_model::SubjectId::new(record.as_str());
    scope.log(Act::new("erasure.preview", object).on(record, Some(&subject))).await?;
    Ok(preview)
}

/// The cases that the caller may see, newest first.
///
/// # Errors
/// Not found for who may see none.
pub async fn list(scope: &Scope, limit: usize) -> Result<Vec<ErasureView>> {
    let query =
        Query { sort: vec![("created_at".to_owned(), true)], limit: limit.clamp(1, 200), ..Query::default() };
    Ok(scope.query(ERASURE, &query).await?.records.iter().map(view).collect())
}

/// One case.
///
/// # Errors
/// Not found.
pub async fn one(scope: &Scope, case: &RecordId) -> Result<ErasureView> {
    Ok(view(&scope.get(ERASURE, case).await?))
}

/// The newest signed certificate of a case: first that the live data are gone, later that the last key copy is.
///
/// # Errors
/// Not found, also before it is done.
pub async fn certificate(scope: &Scope, case: &RecordId) -> Result<String> {
    scope.get(ERASURE, case).await?;
    let text = scope.certificate(ERASURE, case.as_str()).await?;
    scope.log(Act::new("erasure.certificate", ERASURE).on(case, None)).await?;
    Ok(text)
}

/// Every case about a record that there ever was, for the house.
async fn cases_of(vault: &Vault, target: &RecordId) -> Result<Vec<RecordView>> {
    let filter = json!({ "field": "target", "op": "eq", "value": target });
    let query = Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        limit: kedun_vault::MAX_LIMIT,
        ..Query::default()
    };
    Ok(vault.system(Task::Casework).query(ERASURE, &query).await?.records)
}

/// The cases in some states, for the house.
async fn of_state(vault: &Vault, states: &[&str]) -> Result<Vec<RecordView>> {
    let filter = json!({ "field": "state", "op": "in", "value": states });
    let mut query = Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        limit: kedun_vault::MAX_LIMIT,
        ..Query::default()
    };
    let scope = vault.system(Task::Casework);
    let mut found = Vec::new();
    loop {
        let page = scope.query(ERASURE, &query).await?;
        found.extend(page.records);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(found),
        }
    }
}

/// What is approved. Built again from the case when the approval is spent: if the case says anything else by then, the
/// hash differs and nothing happens.
fn snapshot(case: &RecordId, object: &str, record: &str, ground: &str, preview: &Json) -> Json {
    json!({ "case": case, "object": object, "record": record, "ground": ground, "preview": preview })
}

fn preview_json(preview: &ErasurePreview) -> Json {
    let mut shown = json!({
        "records": preview.records,
        "history": preview.history,
        "holds": preview.holds,
        "key": preview.key,
    });
    if !preview.converted.is_empty() {
        let converted =
            preview.converted.iter().map(|(object, id)| json!({ "object": object, "record": id }));
        shown["converted"] = converted.collect();
    }
    shown
}

fn view(record: &RecordView) -> ErasureView {
    let text = |name: &str| record.clear_text(name).map(str::to_owned);
    let link = |name: &str| {
        let field = record.field(name).and_then(|f| serde_json::to_value(f).ok());
        field.map_or(Json::Null, |mut f| f["value"].take())
    };
    ErasureView {
        id: record.id().to_owned(),
        state: text("state").unwrap_or_default(),
        object: text("target_object").unwrap_or_default(),
        record: text("target").unwrap_or_default(),
        ground: text("ground").unwrap_or_default(),
        requester: link("requester"),
        approver: link("approver"),
        received_at: text("received_at"),
        due_at: text("due_at"),
        preview: text("preview").and_then(|t| serde_json::from_str(&t).ok()).unwrap_or(Json::Null),
        refusal: text("refusal"),
        t0: text("t0"),
        t1: text("t1"),
        task: None,
        certificate: (record.clear_text("state") == Some("done"))
            .then(|| format!("/api/v1/erasures/{}/certificate", record.id())),
    }
}

fn damaged(what: &str) -> VaultError {
    VaultError::Damaged(format!("an erasure case: {what}"))
}
