//! The receipt of a consent: a statement signed with the log's key, which a stranger verifies (control LB-03).

use super::CUSTOMER;
use crate::intake;
use kedun_model::{Problem, RecordId, SubjectId, moment};
use kedun_vault::{Act, Guest, RecordView, Result, Scope, Vault};
use serde_json::json;

/// The receipt of a consent, for a colleague who may see it.
///
/// # Errors
/// Not found.
pub async fn receipt(
    vault: &Vault,
    scope: &Scope,
    object: &str,
    id: &RecordId,
    consent: &RecordId,
) -> Result<String> {
    let known = intake::consents(scope, object, id).await?;
    signed(vault, scope, (object, id), consent, &known).await
}

/// The receipt of a consent, for the customer.
///
/// # Errors
/// Not found.
pub async fn guest_receipt(vault: &Vault, guest: &Guest, consent: &RecordId) -> Result<String> {
    let known = intake::all_consents_of(guest.scope(), CUSTOMER, guest.customer()).await?;
    signed(vault, guest.scope(), (CUSTOMER, guest.customer()), consent, &known).await
}

async fn signed(
    vault: &Vault,
    scope: &Scope,
    (object, id): (&str, &RecordId),
    consent: &RecordId,
    known: &[RecordView],
) -> Result<String> {
    let kept = intake::kept_in(object).ok_or(Problem::NotFound)?;
    let record = known.iter().find(|c| c.id() == consent.as_str()).ok_or(Problem::NotFound)?;
    let text = |name: &str| record.clear_text(name);
    let body = json!({
        "consent": consent,
        object: id,
        "purpose": text("purpose"),
        "kind": text("kind"),
        "basis": text("basis"),
        "channel": text("channel"),
        "notice": { "version": text("notice_version"), "sha256": text("notice_hash") },
        "given_at": text("given_at"),
        "withdrawn_at": text("withdrawn_at"),
        "issued_at": moment::text(scope.now()),
        "log": { "key": vault.ledger_key() },
    });
    let note = scope.sign_receipt(kept, consent, &body).await?;
    let subject = SubjectId::new(id.as_str());
    scope.log(Act::new("consent.receipt", kept).on(id, Some(&subject))).await?;
    Ok(note)
}
