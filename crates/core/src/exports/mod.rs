//! Taking copies out: ordered with a purpose, approved by somebody else where it is large or clear, rendered with the
//! requester's present rights, marked, fetched for three days and gone (controls EX-01 to EX-05 and AC-04).
//!
//! ```text
//! waiting ──approve──▶ approved ──start──▶ running ──▶ ready ──▶ expired
//!    └──reject──▶ rejected   └────────cancel──────┴──▶ cancelled, failed
//! ```
//!
//! **Invariant:** a case moves on by its revision, so that of two who move it one is refused; and no file exists of a
//! case that is not ready.

mod closing;
mod fetch;
mod mark;
mod order;
mod register;
mod render;
mod run;
mod trace;
mod words;

pub(crate) use closing::without_looks;
pub use closing::{after_decision, cancel, decided, expire};
pub use fetch::file;
pub use order::{Wanted, order};
pub use register::{
    Counts, Month, MonthView, REVIEW, RegisterPage, ReviewView, Reviewing, SoughtExports, register, review,
    reviews,
};
pub use run::{Running, render_next, resume, start, work};
pub use trace::{Traced, trace};

use kedun_model::filter::Filter;
use kedun_model::{Problem, RecordId};
use kedun_vault::{FieldView, Query, RecordView, Result, Scope, VaultError};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// The object of the cases.
pub const EXPORT: &str = "export_case";

/// How long a file may be fetched, ms.
pub const FILE_LIVES_MS: i64 = 72 * 3_600_000;
/// How long an order waits for a decision, and a decision for its use, ms.
pub const APPROVAL_LIVES_MS: i64 = 72 * 3_600_000;

/// An export as its reader may see it.
#[derive(Clone, Debug, Serialize)]
pub struct ExportView {
    /// Its id.
    pub id: String,
    /// The number that stands on the file.
    pub number: String,
    /// `waiting`, `approved`, `running`, `ready`, `rejected`, `cancelled`, `expired`, `failed`.
    pub state: String,
    /// Percent of the rows.
    pub progress: i64,
    /// What is exported.
    pub object: String,
    /// How many rows: those found when it was ordered, and once it is ready those in the file.
    pub rows: i64,
    /// Which fields.
    pub fields: Json,
    /// Which rows; values of personal fields are withheld.
    pub filter: Json,
    /// A keyed hash of the filter as it is.
    pub filter_hash: Option<String>,
    /// Why.
    pub purpose: String,
    /// `xlsx` or `csv`.
    pub format: String,
    /// Whether personal fields are in clear.
    pub clear: bool,
    /// Whether somebody else must approve, or has.
    pub needs_approval: bool,
    /// Who asked.
    pub requester: Json,
    /// Who decided.
    pub approver: Json,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// What they said.
    pub comment: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was ordered.
    pub created_at: String,
    /// Until when the file may be fetched.
    pub expires_at: Option<String>,
    /// How often it was.
    pub downloads: i64,
    /// SHA-256 of the file.
    pub file_hash: Option<String>,
}

/// The caller's own exports, newest first; none for who can have none.
///
/// # Errors
/// The database fails.
pub async fn list(scope: &Scope, limit: usize) -> Result<Vec<ExportView>> {
    let mine = Filter::parse(&json!({ "field": "owner", "op": "me" })).map_err(Problem::Invalid)?;
    let query = Query {
        filter: Some(mine),
        sort: vec![("created_at".to_owned(), true)],
        limit: limit.clamp(1, 200),
        ..Query::default()
    };
    match scope.query(EXPORT, &query).await {
        Ok(page) => Ok(page.records.iter().map(view).collect()),
        Err(VaultError::Problem(Problem::NotFound)) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

/// One export: of the caller, or of somebody whose exports they may see.
///
/// # Errors
/// Not found.
pub async fn one(scope: &Scope, case: &RecordId) -> Result<ExportView> {
    Ok(view(&scope.get(EXPORT, case).await?))
}

/// What an order would be if it were given now, with the rights of whoever gave it.
pub(crate) struct Present {
    pub(crate) rows: i64,
    pub(crate) snapshot: Json,
}

/// What an order would be now.
///
/// # Errors
/// Forbidden, or the fields that may no longer leave.
pub(crate) async fn present(scope: &Scope, order: &kedun_vault::ExportOrder) -> Result<Present> {
    Ok(Present { rows: scope.export_size(order).await?, snapshot: scope.order_snapshot(order)? })
}

/// The number of a case as it stands on the file.
fn number(case: &str) -> String {
    let tail: String = case.chars().filter(char::is_ascii_hexdigit).collect();
    format!("EX-{}", tail[tail.len().saturating_sub(8)..].to_ascii_uppercase())
}

fn clear(record: &RecordView, name: &str) -> Json {
    match record.field(name) {
        Some(FieldView::Clear { value }) => value.clone(),
        _ => Json::Null,
    }
}

fn state(record: &RecordView) -> &str {
    record.clear_text("state").unwrap_or_default()
}

/// Who asked, by id.
fn requester(record: &RecordView) -> Option<kedun_model::PersonId> {
    clear(record, "requester")["id"].as_str().map(kedun_model::PersonId::new)
}

fn view(record: &RecordView) -> ExportView {
    let text = |name: &str| record.clear_text(name).map(str::to_owned);
    let number_of = |name: &str| clear(record, name).as_i64().unwrap_or(0);
    let parsed =
        |name: &str| record.clear_text(name).and_then(|t| serde_json::from_str(t).ok()).unwrap_or(Json::Null);
    let state = state(record).to_owned();
    let approver = clear(record, "approver");
    ExportView {
        id: record.id().to_owned(),
        number: number(record.id()),
        needs_approval: state == "waiting" || !approver.is_null(),
        state,
        progress: number_of("progress"),
        object: text("target_object").unwrap_or_default(),
        rows: number_of("rows"),
        fields: parsed("field_list"),
        filter: parsed("filter_text"),
        filter_hash: text("filter_hash"),
        purpose: text("purpose").unwrap_or_default(),
        format: text("format").unwrap_or_default(),
        clear: clear(record, "clear").as_bool().unwrap_or(false),
        requester: clear(record, "requester"),
        approver,
        decided_at: text("decided_at"),
        comment: text("decision_note"),
        failure: text("failure"),
        created_at: kedun_model::moment::text(record.created_at()),
        expires_at: text("expires_at"),
        downloads: number_of("downloads"),
        file_hash: text("file_hash"),
    }
}

fn damaged(what: &str) -> VaultError {
    VaultError::Damaged(format!("an export case: {what}"))
}
