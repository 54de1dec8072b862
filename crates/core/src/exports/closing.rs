//! How a case moves without being rendered: decided, cancelled, expired.

use super::{APPROVAL_LIVES_MS, EXPORT, requester, state};
use kedun_model::{PersonId, Problem, RecordId};
use kedun_vault::{Act, RecordView, Result, Scope, Signal, Task, Tx, Vault, VaultError};
use serde_json::{Map, Value as Json, json};

/// How often a change is tried again that somebody else's came before.
const TRIES: usize = 5;

/// Notes a decision on the case, in the change that decides.
///
/// # Errors
/// The database fails.
pub async fn decided(
    vault: &Vault,
    tx: &mut Tx,
    case: &RecordId,
    approved: bool,
    comment: &str,
) -> Result<()> {
    let by = tx.scope().person().clone();
    let mut fields = Map::from_iter([
        ("state".to_owned(), json!(if approved { "approved" } else { "rejected" })),
        ("approver".to_owned(), json!(by)),
        ("decided_at".to_owned(), json!(kedun_model::moment::text(tx.scope().now()))),
    ]);
    let comment: String = comment.trim().chars().take(500).collect();
    if !comment.is_empty() {
        fields.insert("decision_note".to_owned(), json!(comment));
    }
    let house = vault.system_for(Task::Casework, &by);
    // Taking an order back ends its request in the same change, so whoever could decide found it waiting.
    if approved {
        return tx
            .as_house(&house, async |tx: &mut Tx| tx.update(EXPORT, case, None, &fields).await)
            .await
            .map(drop);
    }
    tx.as_house(&house, async |tx: &mut Tx| without_looks(tx, case, None, fields).await).await?;
    tx.drop_order(case).await
}

/// Moves a case that ends without rows that were taken out. No look says whom its filter names, so the filter goes with the
/// order: an erasure would never find it.
pub(crate) async fn without_looks(
    tx: &mut Tx,
    case: &RecordId,
    revision: Option<i64>,
    mut fields: Map<String, Json>,
) -> Result<()> {
    fields.insert("filter_text".to_owned(), Json::Null);
    tx.update(EXPORT, case, revision, &fields).await?;
    tx.forget_filter(case).await
}

/// Tells the requester of a decision that is durable, and destroys the key of an order that was refused.
///
/// # Errors
/// The databases fail.
pub async fn after_decision(vault: &Vault, case: &RecordId, approved: bool) -> Result<()> {
    let record = vault.system(Task::Casework).get(EXPORT, case).await?;
    if let Some(person) = requester(&record) {
        vault.signal(Signal::ExportChanged { id: case.to_string(), person });
    }
    if !approved {
        vault.forget_exports().await?;
    }
    Ok(())
}

/// Takes an order back, while it waits or runs.
///
/// # Errors
/// Not found; `not_requester`; `export_closed` when there is nothing left to take back.
pub async fn cancel(vault: &Vault, scope: &Scope, case: &RecordId) -> Result<()> {
    for _ in 0..TRIES {
        let record = scope.get(EXPORT, case).await?;
        if requester(&record).as_ref() != Some(scope.person()) {
            return Err(Problem::Forbidden("not_requester").into());
        }
        if !["waiting", "approved", "running"].contains(&state(&record)) {
            return Err(Problem::Conflict("export_closed").into());
        }
        let mut tx = scope.begin().await?;
        match tx.take_back(case.as_str()).await {
            // A small one was never asked for, a running one is past asking.
            Ok(()) | Err(VaultError::Problem(Problem::NotFound | Problem::Conflict(_))) => {}
            Err(other) => return Err(other),
        }
        let house = vault.system_for(Task::Casework, scope.person());
        match close(tx, &house, &record, "cancelled", None, Act::new("export.cancel", EXPORT)).await {
            Err(error) if error.is_overtaken() => {}
            Err(other) => return Err(other),
            Ok(()) => {
                vault.forget_exports().await?;
                return Ok(());
            }
        }
    }
    Err(Problem::Conflict("export_closed").into())
}

/// Ends what has outlived its time: files that may no longer be fetched or that an erasure has dropped, and orders that
/// nobody decided on. Their keys are destroyed. Answers the cases.
///
/// # Errors
/// The database fails.
pub async fn expire(vault: &Vault) -> Result<Vec<RecordId>> {
    let house = vault.system(Task::Casework);
    let now = house.now();
    let undecided = vault.export_cases("waiting", now - APPROVAL_LIVES_MS).await?;
    let mut over = undecided.clone();
    let mut tx = house.begin().await?;
    over.extend(tx.drop_expired_files().await?);
    for case in vault.export_cases("ready", now).await? {
        if !over.contains(&case) && !tx.holds_file(&case).await? {
            over.push(case);
        }
    }
    if over.is_empty() {
        drop(tx);
        vault.forget_exports().await?;
        return Ok(over);
    }
    let fields = Map::from_iter([("state".to_owned(), json!("expired"))]);
    for case in &over {
        tx.drop_order(case).await?;
        let moved = match undecided.contains(case) {
            true => without_looks(&mut tx, case, None, fields.clone()).await,
            false => tx.update(EXPORT, case, None, &fields).await.map(drop),
        };
        match moved {
            Ok(()) => told(&mut tx, case, None),
            // The case itself is gone; its file must go all the same.
            Err(VaultError::Problem(Problem::NotFound)) => {}
            Err(other) => return Err(other),
        }
    }
    tx.commit(Act::new("export.expire", EXPORT)).await?;
    vault.forget_exports().await?;
    Ok(over)
}

/// Closes a case against the revision that was read, and drops its order.
pub(super) async fn close(
    mut tx: Tx,
    house: &Scope,
    record: &RecordView,
    to: &str,
    failure: Option<&str>,
    act: Act,
) -> Result<()> {
    let case = RecordId::new(record.id());
    let mut fields = Map::from_iter([("state".to_owned(), json!(to))]);
    if let Some(failure) = failure {
        fields.insert("failure".to_owned(), Json::from(failure));
    }
    let revision = Some(record.revision());
    tx.as_house(house, async |tx: &mut Tx| without_looks(tx, &case, revision, fields).await).await?;
    tx.drop_order(&case).await?;
    told(&mut tx, &case, requester(record).as_ref());
    tx.commit(act.on(&case, None)).await.map(drop)
}

/// Tells the requester, once the change is durable.
pub(super) fn told(tx: &mut Tx, case: &RecordId, person: Option<&PersonId>) {
    if let Some(person) = person {
        tx.tell(Signal::ExportChanged { id: case.to_string(), person: person.clone() });
    }
}
