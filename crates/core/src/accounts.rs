//! Accounts that come back.

use crate::handover;
use kedun_model::{PersonId, Problem};
use kedun_vault::{Act, OneTime, Result, Scope, Vault};
use serde_json::json;

/// Lets a frozen account in again, with a one-time password.
///
/// # Errors
/// Forbidden, not found, `account_active`; `handover_open` while their records are on the way to somebody else.
pub async fn let_in_again(vault: &Vault, scope: &Scope, person: &PersonId) -> Result<OneTime> {
    // The rights first: whoever may not do it learns nothing of a handover. And before the change begins, because the
    // question leaves a row of its own.
    scope.require(kedun_model::Act::PeopleManage, None)?;
    if handover::is_open_for(vault, person).await? {
        return Err(Problem::Conflict("handover_open").into());
    }
    let mut tx = scope.begin().await?;
    let once = tx.let_in_again(person).await?;
    tx.commit(Act::new("person.let_in_again", "person").payload(json!({ "person": person }))).await?;
    Ok(once)
}
