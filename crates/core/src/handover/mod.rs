//! Leaving: the account is frozen, what hangs on it ends, and every record finds a new owner (china.md section 3,
//! controls LV-02 and LV-03).
//!
//! The order is fixed: freeze, inventory and plan in one change; then people look at the plan; then it runs, in chunks
//! that each commit with their row in the log; at the end stands a signed certificate, and only if nothing is left.

mod propose;
mod run;

pub use run::{execute, resume, run};

use crate::exports;
use kedun_model::filter::Filter;
use kedun_model::{DepartmentId, FieldError, ObjectName, PersonId, Problem, RecordId};
use kedun_vault::{
    Act, Ended, HandoverItem, NewRecord, Progress, Query, RecordView, Result, Scope, Signal, Task, Tx, Vault,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The object of the cases.
pub const HANDOVER: &str = "handover";
/// Records of a plan that are shown at once.
pub const PAGE: usize = 200;
/// Records that are given other heirs in one change.
pub const MOST_ASSIGNED: usize = 500;

/// What was found and what ended when the account was frozen, and what came late; kept on the case.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Inventory {
    /// Records by object, with all that follows them.
    pub records: BTreeMap<ObjectName, i64>,
    /// What ended.
    pub ended: Endings,
    /// How often the leaver looked at records in the thirty days before, by how; nothing in a case of before it was counted.
    #[serde(default)]
    pub looks: BTreeMap<String, i64>,
}

/// Every kind of thing that let the leaver in or let something out for them, with how many of it ended.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Endings {
    /// Sessions.
    pub sessions: u64,
    /// Bearer tokens; each session has one.
    pub tokens: u64,
    /// Devices.
    pub devices: u64,
    /// Shares with them.
    pub shares_received: u64,
    /// Shares of their making; what they own ends to be shared when it moves, everything else at once.
    pub shares_given: u64,
    /// Requests for approval.
    pub requests: u64,
    /// Export files.
    pub export_files: u64,
}

/// A handover as its reader may see it.
#[derive(Clone, Debug, Serialize)]
pub struct HandoverView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// `planned`, `running`, `done`.
    pub state: String,
    /// Who leaves.
    pub person: Json,
    /// Why.
    pub reason: String,
    /// When the account was frozen.
    pub frozen_at: Option<String>,
    /// When everything had moved.
    pub finished_at: Option<String>,
    /// When it came to a stop with something left, UTC ms; none once it goes on.
    pub stopped_at: Option<i64>,
    /// Whether it stands still and waits for the caller, who may run it: it ended with something left, or somebody else
    /// planned it.
    pub waits: bool,
    /// Who ran it.
    pub run_by: Json,
    /// What was found, by object.
    pub inventory: BTreeMap<ObjectName, i64>,
    /// What ended.
    pub ended: Endings,
    /// How often the leaver looked at records in the thirty days before, by how.
    pub looks: BTreeMap<String, i64>,
    /// How far it is.
    pub progress: Progress,
    /// Why it is not finished, where it ran and is not.
    pub results: Json,
    /// Revision of the case.
    pub revision: i64,
    /// Where its certificate is, once there is one.
    pub certificate: Option<String>,
}

/// Freezes an account and plans what becomes of everything that hangs on it, in one change.
///
/// # Errors
/// Forbidden, also for oneself; not found; an unknown reason; `handover_open` when there is one already.
pub async fn begin(
    vault: &Vault,
    scope: &Scope,
    person: &PersonId,
    reason: &str,
) -> Result<(HandoverView, Vec<HandoverItem>)> {
    let leaver = scope.one_person(person)?;
    scope.require(kedun_model::Act::HandoversRun, scope.departments_of(person).0.as_ref())?;
    if person == scope.person() {
        return Err(Problem::Forbidden("freeze_oneself").into());
    }
    let before = cases_of(vault, person).await?;
    if before.iter().any(|case| matches!(state(case), "planned" | "running")) {
        return Err(Problem::Conflict("handover_open").into());
    }
    let looks = scope.looks_of(person).await?;
    let mut tx = scope.begin().await?;
    // Of two that begin at the same time one has the next number; the other finds it taken. Whoever comes back and leaves
    // again has the number after it.
    if !tx.take_name(&format!("{HANDOVER}/{person}/{}", before.len())).await? {
        return Err(Problem::Conflict("handover_open").into());
    }
    // Frozen first: from here on the leaver changes nothing, and what is counted is what there is. On PostgreSQL a request
    // of theirs may still be under way: what it makes is found when the handover runs.
    let shares_given = tx.shares_given_by(person).await?;
    let ended = tx.freeze(person).await?;
    tx.end_shares_given_by(person).await?;
    let requests = tx.end_requests_of(person).await?;
    let files = tx.drop_files_of(person).await?;
    let owned = tx.owned_by(person, None).await?;
    let inventory = Inventory {
        records: tx.inventory_of(person, None).await?,
        ended: endings(shares_given, ended, requests.len(), files.len()),
        looks,
    };
    let items = propose::Proposer::new(scope, person, scope.person()).await?.plan(&owned).await?;
    let now = kedun_model::moment::text(scope.now());
    let fields = json!({
        "number": number(&now),
        "person": person,
        "reason": reason,
        "state": "planned",
        "frozen_at": now,
        "run_by": scope.person(),
        "inventory": text(&inventory)?,
        "moved": 0,
    });
    let house = vault.system_for(Task::Casework, scope.person());
    let department = scope.departments_of(person).0;
    let case = tx
        .as_house(&house, async |tx: &mut Tx| {
            for request in requests.iter().filter(|r| r.kind == "export") {
                let fields = Map::from_iter([("state".to_owned(), json!("cancelled"))]);
                exports::without_looks(tx, &request.target, None, fields).await?;
            }
            for file in files.iter().filter(|f| requests.iter().all(|r| r.target != **f)) {
                let fields = Map::from_iter([("state".to_owned(), json!("expired"))]);
                tx.update("export_case", file, None, &fields).await?;
            }
            let new = NewRecord { fields: object(fields), department, ..NewRecord::default() };
            let case = tx.create(HANDOVER, new).await?;
            tx.plan_items(&case, &items).await?;
            Ok(case)
        })
        .await?;
    tx.tell(Signal::HandoverChanged { id: case.to_string() });
    let act = Act::new("handover.begin", HANDOVER)
        .on(&case, None)
        .count(items.len())
        .payload(json!({ "person": person, "reason": reason, "ended": inventory.ended }));
    tx.commit(act).await?;
    tracing::info!(case = %case, person = %leaver.id, records = items.len(), "a handover has begun");
    Ok((one(vault, scope, &case).await?, self::items(scope, &case, 0, PAGE).await?))
}

/// The handovers that the caller may see, newest first.
///
/// # Errors
/// Not found for who may see none.
pub async fn list(vault: &Vault, scope: &Scope, limit: usize) -> Result<Vec<HandoverView>> {
    let query =
        Query { sort: vec![("created_at".to_owned(), true)], limit: limit.clamp(1, 200), ..Query::default() };
    let page = scope.query(HANDOVER, &query).await?;
    let mut views = Vec::with_capacity(page.records.len());
    for record in &page.records {
        views.push(view(vault, scope, record).await?);
    }
    Ok(views)
}

/// One handover.
///
/// # Errors
/// Not found, also for what is out of the caller's scope.
pub async fn one(vault: &Vault, scope: &Scope, case: &RecordId) -> Result<HandoverView> {
    view(vault, scope, &scope.get(HANDOVER, case).await?).await
}

/// A part of the plan, in a fixed order, with titles as far as the caller may see the records.
///
/// # Errors
/// Not found.
pub async fn items(scope: &Scope, case: &RecordId, from: usize, limit: usize) -> Result<Vec<HandoverItem>> {
    scope.get(HANDOVER, case).await?;
    scope.handover_items(case, from, limit).await
}

/// Gives records of the plan other heirs, before or between runs.
///
/// # Errors
/// Not found; forbidden for who may not run it; heirs who cannot own the record, by record; `finished`.
pub async fn assign(
    vault: &Vault,
    scope: &Scope,
    case: &RecordId,
    assignments: &BTreeMap<RecordId, PersonId>,
) -> Result<HandoverView> {
    let handover = runnable(scope, case).await?;
    if assignments.len() > MOST_ASSIGNED {
        let error = FieldError::new("assignments", "too_many").with("max", MOST_ASSIGNED);
        return Err(Problem::Invalid(vec![error]).into());
    }
    let leaver = leaver_of(&handover)?;
    let owned: BTreeMap<_, _> =
        scope.owned_by(&leaver).await?.into_iter().map(|o| (o.id.clone(), o.object)).collect();
    let mut errors = Vec::new();
    for (record, heir) in assignments {
        match owned.get(record) {
            None => errors.push(FieldError::new(record.as_str(), "not_in_the_plan")),
            Some(object) if *heir == leaver || !scope.may_own(heir, object) => {
                errors.push(FieldError::new(record.as_str(), "cannot_own"));
            }
            Some(_) => {}
        }
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    let house = vault.system_for(Task::Casework, scope.person());
    let mut tx = scope.begin().await?;
    let missing = tx
        .as_house(&house, async |tx: &mut Tx| {
            let mut missing = Vec::new();
            for (record, heir) in assignments {
                if !tx.assign_item(case, record, heir, "by_hand").await? {
                    missing.push(FieldError::new(record.as_str(), "not_in_the_plan"));
                }
            }
            Ok(missing)
        })
        .await?;
    if !missing.is_empty() {
        return Err(Problem::Invalid(missing).into());
    }
    let act = Act::new("handover.assign", HANDOVER)
        .on(case, None)
        .count(assignments.len())
        .payload(json!({ "assignments": assignments }));
    tx.commit(act).await?;
    one(vault, scope, case).await
}

/// The signed certificate of a finished handover.
///
/// # Errors
/// Not found, also while it is not finished.
pub async fn certificate(scope: &Scope, case: &RecordId) -> Result<String> {
    scope.get(HANDOVER, case).await?;
    let text = scope.certificate(HANDOVER, case.as_str()).await?;
    scope.log(Act::new("handover.certificate", HANDOVER).on(case, None)).await?;
    Ok(text)
}

/// A case that the caller may run and that is not finished.
async fn runnable(scope: &Scope, case: &RecordId) -> Result<RecordView> {
    let handover = scope.get(HANDOVER, case).await?;
    let leaver = leaver_of(&handover)?;
    scope.require(kedun_model::Act::HandoversRun, scope.departments_of(&leaver).0.as_ref())?;
    if !matches!(state(&handover), "planned" | "running") {
        return Err(Problem::Conflict("finished").into());
    }
    Ok(handover)
}

/// Whether records of a person are on the way to others.
///
/// # Errors
/// The database fails.
pub async fn is_open_for(vault: &Vault, person: &PersonId) -> Result<bool> {
    Ok(cases_of(vault, person).await?.iter().any(|case| matches!(state(case), "planned" | "running")))
}

/// Every handover of a person's records that there ever was, for the house.
async fn cases_of(vault: &Vault, person: &PersonId) -> Result<Vec<RecordView>> {
    let filter = json!({ "field": "person", "op": "eq", "value": person });
    let query = Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        limit: kedun_vault::MAX_LIMIT,
        ..Query::default()
    };
    Ok(vault.system(Task::Casework).query(HANDOVER, &query).await?.records)
}

fn endings(shares_given: i64, ended: Ended, requests: usize, files: usize) -> Endings {
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    Endings {
        sessions: ended.sessions,
        tokens: ended.sessions,
        devices: ended.devices,
        shares_received: ended.shares,
        shares_given: u64::try_from(shares_given).unwrap_or(0),
        requests: count(requests),
        export_files: count(files),
    }
}

async fn view(vault: &Vault, scope: &Scope, record: &RecordView) -> Result<HandoverView> {
    let inventory = inventory(record);
    let id = RecordId::new(record.id());
    let text = |name: &str| record.clear_text(name).map(str::to_owned);
    let stopped = state(record) == "running" && record.clear_text("results").is_some();
    let planned = state(record) == "planned" && linked(record, "run_by").as_ref() != Some(scope.person());
    let department = record.department().map(DepartmentId::new);
    let may = scope.require(kedun_model::Act::HandoversRun, department.as_ref()).is_ok();
    Ok(HandoverView {
        id: id.to_string(),
        number: text("number").unwrap_or_default(),
        state: state(record).to_owned(),
        person: link(record, "person"),
        reason: text("reason").unwrap_or_default(),
        frozen_at: text("frozen_at"),
        finished_at: text("finished_at"),
        stopped_at: stopped.then(|| record.updated_at()),
        waits: may && (planned || stopped),
        run_by: link(record, "run_by"),
        inventory: inventory.records,
        ended: inventory.ended,
        looks: inventory.looks,
        progress: vault.system(Task::Casework).handover_progress(&id).await?,
        results: record
            .clear_text("results")
            .and_then(|t| serde_json::from_str(t).ok())
            .unwrap_or(Json::Null),
        revision: record.revision(),
        certificate: (state(record) == "done").then(|| format!("/api/v1/handovers/{id}/certificate")),
    })
}

fn inventory(record: &RecordView) -> Inventory {
    record.clear_text("inventory").and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default()
}

fn state(record: &RecordView) -> &str {
    record.clear_text("state").unwrap_or_default()
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

fn leaver_of(record: &RecordView) -> Result<PersonId> {
    linked(record, "person").ok_or_else(|| Problem::NotFound.into())
}

/// `HO-20261124-081416`: when the account was frozen, to the second.
fn number(now: &str) -> String {
    let digits: String = now.chars().filter(char::is_ascii_digit).take(14).collect();
    let (day, time) = digits.split_at(digits.len().min(8));
    format!("HO-{day}-{time}")
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| kedun_vault::VaultError::Damaged(e.to_string()))
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
