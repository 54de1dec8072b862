//! What was frozen when somebody asked, beside what it would be now: so that who decides knows before whether the
//! approval would still hold.

use crate::exports;
use kedun_model::flow::State;
use kedun_model::{PersonId, Problem, RecordId};
use kedun_vault::{Act, Result, Scope, Task, TaskView, Vault, VaultError, snapshot_hash};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Then and now.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// When "now" was, RFC 3339.
    pub at: String,
    /// Whether what was asked for could be carried out as it is now.
    pub holds: bool,
    /// Why not; in the order in which they were found.
    pub reasons: Vec<Reason>,
    /// What is counted, then and now.
    pub counts: Vec<Count>,
    /// The fields that were asked for, and whether the requester still takes them out.
    pub fields: Vec<FieldNow>,
}

/// Why an approval would be void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It was decided, used, cancelled or is too old: there is nothing to compare any more.
    Settled,
    /// The requester's account is frozen.
    RequesterGone,
    /// The requester may no longer take this out.
    RightsChanged,
    /// There are more rows than were approved.
    MoreRows,
    /// The thing itself is another one than was frozen.
    SnapshotChanged,
    /// Something in it must be kept for the time being.
    OnHold,
    /// It is not there any more.
    Gone,
}

/// A number then and now.
#[derive(Clone, Debug, Serialize)]
pub struct Count {
    /// `rows`, or the object whose records are counted.
    pub what: String,
    /// When it was frozen.
    pub then: i64,
    /// Now; none where it cannot be counted.
    pub now: Option<i64>,
}

/// A field of the request.
#[derive(Clone, Debug, Serialize)]
pub struct FieldNow {
    /// Its name.
    pub name: String,
    /// Whether the requester still takes it out.
    pub now: bool,
}

impl Comparison {
    fn empty(scope: &Scope) -> Comparison {
        let at = kedun_model::moment::text(scope.now());
        Comparison { at, holds: false, reasons: Vec::new(), counts: Vec::new(), fields: Vec::new() }
    }

    fn because(&mut self, reason: Reason) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

/// Compares what somebody asked for with what it would be now.
///
/// # Errors
/// Not found for who neither asked nor may decide.
pub async fn compare(vault: &Vault, scope: &Scope, task: &str) -> Result<Comparison> {
    let task = scope.one_task(task).await?;
    let mut found = Comparison::empty(scope);
    if task.state == State::Open.as_str() || task.state == State::Approved.as_str() {
        match task.kind.as_str() {
            "export" => of_export(vault, &task, &mut found).await?,
            "erasure" => of_erasure(scope, &task, &mut found).await?,
            _ => return Err(Problem::NotFound.into()),
        }
    } else {
        found.because(Reason::Settled);
    }
    found.holds = found.reasons.is_empty();
    scope.log(Act::new("task.compare", "task").on(&RecordId::new(task.target.as_str()), None)).await?;
    Ok(found)
}

/// Counted with the requester's present rights, as it would be when the file is written.
async fn of_export(vault: &Vault, task: &TaskView, found: &mut Comparison) -> Result<()> {
    let then = task.snapshot["rows"].as_i64().unwrap_or(0);
    let mut count = Count { what: "rows".to_owned(), then, now: None };
    let names: Vec<String> = task.snapshot["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect();
    let requester = PersonId::new(task.requester.id.as_str());
    let order = match vault.system(Task::Casework).kept_order(&RecordId::new(task.target.as_str())).await {
        Ok(order) => order,
        Err(VaultError::Problem(Problem::NotFound)) => {
            found.because(Reason::Settled);
            return Ok(());
        }
        Err(other) => return Err(other),
    };
    let theirs = match vault.on_behalf(&requester, Task::Export) {
        Ok(theirs) => theirs,
        Err(VaultError::NoSession) => {
            found.because(Reason::RequesterGone);
            found.counts.push(count);
            return Ok(());
        }
        Err(other) => return Err(other),
    };
    let mut lost: BTreeSet<String> = BTreeSet::new();
    match exports::present(&theirs, &order).await {
        Ok(present) => {
            count.now = Some(present.rows);
            if present.rows > then {
                found.because(Reason::MoreRows);
            }
            if snapshot_hash(&present.snapshot).to_string() != task.snapshot_hash {
                found.because(Reason::SnapshotChanged);
            }
        }
        Err(VaultError::Problem(Problem::Invalid(errors))) => {
            // More rows than may ever leave at once are also more than were approved.
            let too_many = errors.iter().any(|e| e.code == "too_many");
            found.because(if too_many { Reason::MoreRows } else { Reason::RightsChanged });
            lost.extend(errors.iter().filter_map(|e| e.field.strip_prefix("fields.").map(str::to_owned)));
        }
        Err(VaultError::Problem(Problem::Forbidden(_) | Problem::NotFound)) => {
            found.because(Reason::RightsChanged);
            lost.extend(names.iter().cloned());
        }
        Err(other) => return Err(other),
    }
    found.counts.push(count);
    found.fields = names.into_iter().map(|name| FieldNow { now: !lost.contains(&name), name }).collect();
    Ok(())
}

/// Counted anew. More or less of it is destroyed as it is then: only a hold stops an approved erasure.
async fn of_erasure(scope: &Scope, task: &TaskView, found: &mut Comparison) -> Result<()> {
    let text = |name: &str| task.snapshot[name].as_str().unwrap_or_default();
    let then = &task.snapshot["preview"]["records"];
    let now = match scope.erasure_preview(text("object"), &RecordId::new(text("record"))).await {
        Ok(preview) => Some(preview),
        Err(VaultError::Problem(Problem::NotFound)) => {
            found.because(Reason::Gone);
            None
        }
        // Who asked for it may have lost the act since; then and its state are still theirs to read.
        Err(VaultError::Problem(Problem::Forbidden(_))) => None,
        Err(other) => return Err(other),
    };
    if now.as_ref().is_some_and(|preview| !preview.holds.is_empty()) {
        found.because(Reason::OnHold);
    }
    let objects: BTreeSet<String> = then
        .as_object()
        .into_iter()
        .flat_map(|records| records.keys().cloned())
        .chain(now.iter().flat_map(|preview| preview.records.keys().cloned()))
        .collect();
    for object in objects {
        let then = then[&object].as_i64().unwrap_or(0);
        let now = now.as_ref().map(|preview| preview.records.get(&object).copied().unwrap_or(0));
        found.counts.push(Count { what: object, then, now });
    }
    Ok(())
}
