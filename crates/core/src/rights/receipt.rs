//! The receipt of a consent: a statement signed with the log's key, which a stranger verifies (control LB-03).

use crate::intake::{self, CONSENT};
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
    customer: &RecordId,
    consent: &RecordId,
) -> Result<String> {
    let known = intake::consents(scope, customer).await?;
    signed(vault, scope, customer, consent, &known).await
}

/// The receipt of a consent, for the customer.
///
/// # Errors
/// Not found.
pub async fn guest_receipt(vault: &Vault, guest: &Guest, consent: &RecordId) -> Result<String> {
    let known = intake::consents_of(guest.scope(), guest.customer()).await?;
    signed(vault, guest.scope(), guest.customer(), consent, &known).await
}

async fn signed(
    vault: &Vault,
    scope: &Scope,
    customer: &RecordId,
    consent: &RecordId,
    known: &[RecordView],
) -> Result<String> {
    let record = known.iter().find(|c| c.id() == consent.as_str()).ok_or(Problem::NotFound)?;
    let text = |name: &str| record.clear_text(name);
    let body = json!({
        "consent": consent,
        "customer": customer,
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
    let note = scope.sign_receipt(CONSENT, consent, &body).await?;
    let subject = SubjectId::new(customer.as_str());
    scope.log(Act::new("consent.receipt", CONSENT).on(customer, Some(&subject))).await?;
    Ok(note)
}
