//! Deciding on what somebody else asked for, whatever it is.

mod comparison;

pub use comparison::{Comparison, Count, FieldNow, Reason, compare};

use crate::{erasures, exports};
use kedun_model::flow::{Decision, Kind, Snapshot};
use kedun_model::{Problem, RecordId};
use kedun_vault::{Act, Result, Scope, TaskView, Vault, VaultError};

/// Decides on a request. An approved erasure is carried out before this answers; an approved export is rendered as soon
/// as there is time.
///
/// # Errors
/// Not found for who may not decide; `own_request`; `snapshot_changed`; `already_decided`; `expired`; a rejection without
/// a comment; for an erasure `on_hold`: the approval stands then, and the case goes on when the hold is gone.
pub async fn decide(
    vault: &Vault,
    scope: &Scope,
    task: &str,
    decision: Decision,
    hash: &Snapshot,
    comment: &str,
) -> Result<TaskView> {
    let mut tx = scope.begin().await?;
    let (case, kind, approved) = tx.decide(task, decision, hash, comment).await?;
    let case = RecordId::new(case);
    match kind {
        Kind::Export => exports::decided(vault, &mut tx, &case, approved, comment).await?,
        Kind::Erasure => erasures::decided(vault, &mut tx, &case, approved, comment).await?,
        Kind::Reveal | Kind::Handover | Kind::Business => return Err(Problem::NotFound.into()),
    }
    let action = if approved { "task.approve" } else { "task.reject" };
    tx.commit(Act::new(action, "task").on(&case, None)).await?;
    if kind == Kind::Export {
        exports::after_decision(vault, &case, approved).await?;
    } else if approved {
        carried_out(erasures::execute(vault, &case).await)?;
    }
    scope.one_task(task).await
}

/// The decision stands whoever carries it out: the house may be at it already.
fn carried_out<T>(outcome: Result<T>) -> Result<()> {
    match outcome {
        Err(error) if error.is_overtaken() => Ok(()),
        // On PostgreSQL it may hear of it only when it spends the approval itself.
        Err(VaultError::Problem(Problem::Conflict("already_spent" | "already_decided"))) => Ok(()),
        outcome => outcome.map(drop),
    }
}
