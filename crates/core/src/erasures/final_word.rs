//! The second certificate: the last copy of the key that was known is gone.

use super::destroy::{approver, body, cannot_go_on, log};
use super::{ERASURE, damaged, of_state};
use kedun_model::{RecordId, moment};
use kedun_vault::{Act, RecordView, Result, Task, Vault, VaultError};
use serde_json::json;

/// Removes the copies of the keyring that have outlived their time, and signs the final certificate of every case whose
/// last copy was among them. A copy that cannot be removed keeps its cases pending. Answers the cases.
///
/// # Errors
/// The database fails.
pub async fn finalize(vault: &Vault) -> Result<Vec<RecordId>> {
    let now = vault.clock().now();
    let oldest = vault.expire_keyring_copies().await?;
    let mut finished = Vec::new();
    for record in of_state(vault, &["done"]).await? {
        let case = RecordId::new(record.id());
        match last_word(vault, &case, &record, now, oldest).await {
            Ok(true) => finished.push(case),
            Ok(false) => {}
            Err(error) if cannot_go_on(&error) => return Err(error),
            // A case that is damaged keeps nobody else's waiting.
            Err(error) => tracing::error!(case = %case, %error, "a final certificate could not be signed"),
        }
    }
    Ok(finished)
}

/// Signs the final certificate of one case, if its time has come and nobody did; `oldest` is when the oldest copy of the
/// keyring that is left was made.
async fn last_word(
    vault: &Vault,
    case: &RecordId,
    record: &RecordView,
    now: i64,
    oldest: Option<i64>,
) -> Result<bool> {
    let time = |name: &str| record.clear_text(name).and_then(moment::parse);
    let (Some(t0), Some(t1)) = (time("t0"), time("t1")) else { return Ok(false) };
    if now < t1 || oldest.is_some_and(|made| made <= t0) || settled(vault, case).await? {
        return Ok(false);
    }
    let approver = approver(record).ok_or_else(|| damaged("no approver"))?;
    let checkpoint = vault.checkpoint().await?;
    let mut body = body(vault, record);
    body["keys"] = json!({ "state": "final", "final_at": moment::text(now) });
    body["t0"] = json!(record.clear_text("t0"));
    body["t1"] = json!(record.clear_text("t1"));
    let mut tx = vault.system_for(Task::Casework, &approver).begin().await?;
    // Of two servers over one database that come to it at once, one signs.
    if !tx.take_name(&format!("{ERASURE}/final/{case}")).await? {
        return Ok(false);
    }
    body["log"] = log(vault, &checkpoint, &tx);
    let certificate = tx.certify(ERASURE, case.as_str(), &body).await?;
    let act = Act::new("erasure.final", ERASURE).on(case, None);
    tx.commit(act.payload(json!({ "certificate": certificate }))).await?;
    Ok(true)
}

/// Whether the final certificate was signed already. One that is damaged is no reason to keep the others waiting.
async fn settled(vault: &Vault, case: &RecordId) -> Result<bool> {
    match vault.system(Task::Casework).certificate(ERASURE, case.as_str()).await {
        Ok(newest) => Ok(newest.contains("\"state\": \"final\"")),
        Err(VaultError::Damaged(what)) => {
            tracing::error!(case = %case, %what, "the certificate of an erasure is not the one that was signed");
            Ok(true)
        }
        Err(other) => Err(other),
    }
}
