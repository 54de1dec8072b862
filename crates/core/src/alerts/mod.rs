//! Alerts: what the rules found, whom it reaches, and what people did about it (reference/compliance.md part D).
//!
//! **Invariant:** nobody answers an alert about themselves, and an alert goes past the person it is about to whoever is
//! in charge of them.

mod respond;
mod watcher;

pub use respond::{Response, respond};
pub use watcher::{Watcher, run};

use kedun_model::alert::{Alert, Evidence, Severity};
use kedun_model::filter::Filter;
use kedun_model::{DepartmentId, PersonId, Problem, RecordId, moment};
use kedun_vault::{Named, Query, RecordView, Result, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// The object of the alerts.
pub const ALERT: &str = "alert";
/// Evidence shown with an alert in a list; the whole of it comes with the alert itself.
const GLIMPSE: usize = 10;
/// Characters that a record of evidence takes at most; beyond it the oldest goes.
const MOST_EVIDENCE: usize = 20_000;

/// An alert as its reader may see it.
#[derive(Clone, Debug, Serialize)]
pub struct AlertView {
    /// Its id.
    pub id: String,
    /// The rule (`R01`).
    pub rule: String,
    /// The version of the rules that were in force.
    pub rules_version: u32,
    /// `medium`, `high`, `critical`.
    pub severity: String,
    /// When it was tipped, RFC 3339.
    pub at: String,
    /// Whom it is about.
    pub person: Json,
    /// What was counted: reveals, distinct records, exports.
    pub count: u64,
    /// In this time, seconds.
    pub window_seconds: i64,
    /// What was counted, oldest first; in a list only the latest.
    pub evidence: Vec<EvidenceView>,
    /// `open`, `acknowledged`, `closed`.
    pub state: String,
    /// What was done about it, oldest first.
    pub responses: Vec<ResponseView>,
    /// Whether the reader may answer it.
    pub answerable: bool,
}

/// One fact that was counted: names and numbers, never a value.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceView {
    /// When, RFC 3339.
    pub at: String,
    /// `reveal`, `file_read`, `denied_scope`, `export`.
    pub kind: String,
    /// Which record; its title only where the reader may read it, its object there and for who may ask who can see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordRef>,
    /// Which field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How many rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

/// A record in evidence.
#[derive(Clone, Debug, Serialize)]
pub struct RecordRef {
    /// Its id.
    pub id: String,
    /// Its object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Something that was done about an alert.
#[derive(Clone, Debug, Serialize)]
pub struct ResponseView {
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: Named,
    /// `end_sessions`, `acknowledge`, `close`.
    pub action: String,
    /// What they say of it.
    pub note: String,
    /// How many sessions ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u64>,
}

/// A page of alerts.
#[derive(Clone, Debug, Serialize)]
pub struct AlertPage {
    /// The alerts, newest first.
    pub alerts: Vec<AlertView>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
}

/// How far an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Nobody has answered.
    Open,
    /// Somebody looks into it.
    Acknowledged,
    /// It is settled.
    Closed,
}

impl AlertState {
    /// The name as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            AlertState::Open => "open",
            AlertState::Acknowledged => "acknowledged",
            AlertState::Closed => "closed",
        }
    }
}

/// Which alerts are wanted; what is not said does not matter.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// How far they are.
    pub state: Option<AlertState>,
    /// How grave they are.
    pub severity: Option<Severity>,
    /// Whom they are about.
    pub person: Option<PersonId>,
}

impl Sought {
    fn filter(&self) -> Result<Option<Filter>> {
        let conditions: Vec<Json> = [
            self.state.map(|state| ("state", json!(state.as_str()))),
            self.severity.map(|severity| ("severity", json!(severity))),
            self.person.as_ref().map(|person| ("person", json!(person))),
        ]
        .into_iter()
        .flatten()
        .map(|(field, value)| json!({ "field": field, "op": "eq", "value": value }))
        .collect();
        if conditions.is_empty() {
            return Ok(None);
        }
        Ok(Some(Filter::parse(&json!({ "all": conditions })).map_err(Problem::Invalid)?))
    }
}

/// What the record keeps of the finding.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Found {
    version: u32,
    count: u64,
    window_ms: i64,
    items: Vec<Evidence>,
}

/// What the record keeps of a response.
#[derive(Serialize, Deserialize)]
struct Kept {
    at: i64,
    by: PersonId,
    action: String,
    #[serde(default)]
    note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sessions: Option<u64>,
}

/// The alerts that the caller may see, newest first.
///
/// # Errors
/// Not found for who may see none; a damaged cursor.
pub async fn list(scope: &Scope, sought: &Sought, limit: usize, cursor: Option<String>) -> Result<AlertPage> {
    let query = Query {
        filter: sought.filter()?,
        sort: vec![("at".to_owned(), true)],
        limit: limit.clamp(1, 100),
        cursor,
        ..Query::default()
    };
    let page = scope.query(ALERT, &query).await?;
    Ok(AlertPage { alerts: views(scope, &page.records, GLIMPSE).await?, next_cursor: page.next_cursor })
}

/// One alert with all its evidence.
///
/// # Errors
/// Not found, also for what is out of the caller's scope.
pub async fn one(scope: &Scope, id: &RecordId) -> Result<AlertView> {
    let record = scope.get(ALERT, id).await?;
    let views = views(scope, std::slice::from_ref(&record), usize::MAX).await?;
    views.into_iter().next().ok_or_else(|| Problem::NotFound.into())
}

/// Whether an alert is addressed to the caller: they receive alerts for that department, and it is not about them.
/// Asked before the record is, so that somebody else's alert does not look as if they had tried to read it.
pub fn is_addressed_to(scope: &Scope, person: &PersonId, department: Option<&DepartmentId>) -> bool {
    person != scope.person() && scope.caller().may(kedun_model::Act::AlertsReceive, department)
}

async fn views(scope: &Scope, records: &[RecordView], most: usize) -> Result<Vec<AlertView>> {
    let found: Vec<Found> = records
        .iter()
        .map(|record| {
            let mut found: Found = kept(record, "evidence").unwrap_or_default();
            found.items.drain(..found.items.len().saturating_sub(most));
            found
        })
        .collect();
    let mut ids: Vec<RecordId> =
        found.iter().flat_map(|f| f.items.iter().filter_map(|item| item.record.clone())).collect();
    ids.sort();
    ids.dedup();
    let readable = scope.readable(&ids).await?;
    let askable = scope.askable(&ids).await?;
    let evidence = |item: Evidence| EvidenceView {
        at: moment::text(item.at),
        kind: item.kind,
        record: item.record.map(|id| {
            let known = readable.get(&id);
            RecordRef {
                object: known.map(|(object, _)| object).or_else(|| askable.get(&id)).map(ToString::to_string),
                title: known.map(|(_, title)| title.clone()),
                id: id.to_string(),
            }
        }),
        field: item.field,
        rows: item.rows,
    };
    Ok(records
        .iter()
        .zip(found)
        .map(|(record, found)| {
            let text = |name: &str| record.clear_text(name).unwrap_or_default().to_owned();
            AlertView {
                id: record.id().to_owned(),
                rule: text("rule"),
                rules_version: found.version,
                severity: text("severity"),
                at: text("at"),
                person: link(record, "person"),
                count: found.count,
                window_seconds: found.window_ms / 1000,
                evidence: found.items.into_iter().map(&evidence).collect(),
                state: text("state"),
                responses: responses(scope, record),
                answerable: linked(record, "person").is_some_and(|person| {
                    is_addressed_to(scope, &person, record.department().map(DepartmentId::new).as_ref())
                }) && text("state") != AlertState::Closed.as_str(),
            }
        })
        .collect())
}

fn responses(scope: &Scope, record: &RecordView) -> Vec<ResponseView> {
    let kept: Vec<Kept> = kept(record, "responses").unwrap_or_default();
    kept.into_iter()
        .map(|kept| ResponseView {
            at: moment::text(kept.at),
            by: Named { id: kept.by.to_string(), name: scope.name_of(&kept.by) },
            action: kept.action,
            note: kept.note,
            sessions: kept.sessions,
        })
        .collect()
}

fn kept<T: for<'de> Deserialize<'de>>(record: &RecordView, field: &str) -> Option<T> {
    record.clear_text(field).and_then(|text| serde_json::from_str(text).ok())
}

fn link(record: &RecordView, name: &str) -> Json {
    record
        .field(name)
        .and_then(|f| serde_json::to_value(f).ok())
        .map_or(Json::Null, |mut f| f["value"].take())
}

fn linked(record: &RecordView, name: &str) -> Option<PersonId> {
    link(record, name).get("id").and_then(Json::as_str).map(PersonId::new)
}

/// The fields of a new alert's record.
fn fields(alert: &Alert) -> Map<String, Json> {
    let mut found = Found {
        version: alert.version,
        count: alert.count,
        window_ms: alert.window_ms,
        items: alert.evidence.clone(),
    };
    let text = loop {
        let text = json!(found).to_string();
        if text.chars().count() <= MOST_EVIDENCE || found.items.is_empty() {
            break text;
        }
        found.items.remove(0);
    };
    Map::from_iter([
        ("rule".to_owned(), json!(alert.rule)),
        ("severity".to_owned(), json!(alert.severity)),
        ("person".to_owned(), json!(alert.person)),
        ("at".to_owned(), json!(moment::text(alert.at))),
        ("evidence".to_owned(), json!(text)),
        ("state".to_owned(), json!(AlertState::Open.as_str())),
    ])
}
