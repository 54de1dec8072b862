//! Consents: what was told and agreed to, kept as records of their own, and taken back (PIPL 14, 15; controls LB-03, LB-04).
//!
//! Each object whose records are subjects of their own keeps its consents in an object of its own. A record has one
//! parent, and owner, rights, key and end all hang on it: so a lead's consents stand under the lead and go with it.
//!
//! **Invariant:** nobody's rights write a consent; the house does, and the log names who did it.

use super::{Basis, ConsentKind, Intake, check_intake};
use kedun_model::{FieldError, Problem, RecordId, SubjectId, Verb};
use kedun_vault::{Act, CONSENTS, NewRecord, RecordView, Result, Scope, Task, Tx, Vault, VaultError};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// The object in which consents of customers are kept.
pub const CONSENT: &str = "consent";

/// The object in which consents about the records of another are kept, if any are; its parent field bears the other's name.
#[must_use]
pub fn kept_in(object: &str) -> Option<&'static str> {
    CONSENTS.iter().find(|(subject, _)| *subject == object).map(|(_, consent)| *consent)
}

fn consent_object(object: &str) -> Result<&'static str> {
    kept_in(object).ok_or_else(|| Problem::NotFound.into())
}

/// The consents about somebody whom the caller may see, newest first.
///
/// # Errors
/// Not found, also for an object about which no consents are kept.
pub async fn consents(scope: &Scope, object: &str, id: &RecordId) -> Result<Vec<RecordView>> {
    consent_object(object)?;
    scope.get(object, id).await?;
    consents_of(scope, object, id).await
}

/// The consents about somebody, without asking whether they can be seen: for the holder of a customer's link.
pub(crate) async fn consents_of(scope: &Scope, object: &str, id: &RecordId) -> Result<Vec<RecordView>> {
    kept_of(scope, object, id, false).await
}

/// As [`consents_of`], with those that lie in the recycle bin: being there is no reason not to take a consent back.
pub(crate) async fn all_consents_of(scope: &Scope, object: &str, id: &RecordId) -> Result<Vec<RecordView>> {
    let mut found = kept_of(scope, object, id, false).await?;
    found.extend(kept_of(scope, object, id, true).await?);
    Ok(found)
}

async fn kept_of(scope: &Scope, object: &str, id: &RecordId, deleted: bool) -> Result<Vec<RecordView>> {
    let filter = json!({ "field": object, "op": "eq", "value": id });
    let mut query = kedun_vault::Query {
        filter: Some(kedun_model::filter::Filter::parse(&filter).map_err(Problem::Invalid)?),
        sort: vec![("created_at".to_owned(), true)],
        limit: kedun_vault::MAX_LIMIT,
        deleted,
        ..kedun_vault::Query::default()
    };
    // All of them: what is not found here cannot be taken back.
    let mut found = Vec::new();
    loop {
        let page = scope.query(consent_object(object)?, &query).await?;
        found.extend(page.records);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(found);
        }
    }
}

/// Adds a consent about somebody who is held already.
///
/// # Errors
/// Not found, an outdated notice.
pub async fn add_consent(
    vault: &Vault,
    scope: &Scope,
    object: &str,
    id: &RecordId,
    intake: &Intake,
) -> Result<Vec<RecordView>> {
    let kept = consent_object(object)?;
    // It is a change of the record: whoever may only look does not say for them what they agreed to.
    if !scope.get(object, id).await?.may(Verb::Edit) {
        return Err(Problem::Forbidden("edit").into());
    }
    let errors = check_intake(scope.catalog(), intake);
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    if !intake.consents.iter().any(|c| c.given) {
        return Err(Problem::invalid("consents", "required").into());
    }
    let mut tx = vault.system_for(Task::Casework, scope.person()).begin().await?;
    record_consents(&mut tx, scope, object, id, intake, scope.now()).await?;
    tx.commit(consent_act("consent.give", kept, id, scope).purpose(intake.purpose.clone())).await?;
    consents(scope, object, id).await
}

/// How a colleague was told of a withdrawal, and why if the customer said so.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// `phone`, `email`, `in_person`, `letter`.
    #[serde(default)]
    pub channel: Option<String>,
    /// One of the reasons that the definition names; nobody has to give one.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Withdraws a consent (PIPL 15); what was done before stays lawful, what follows must not use it. A colleague records
/// what the customer, or who is behind a lead, told them.
///
/// # Errors
/// Not found, forbidden to who may only look by a share, already withdrawn, an unknown channel or reason.
pub async fn withdraw(
    vault: &Vault,
    scope: &Scope,
    object: &str,
    id: &RecordId,
    consent: &RecordId,
    told: &Withdrawal,
) -> Result<()> {
    let kept = consent_object(object)?;
    // Whoever is on the telephone writes it down; who was only shown the record is not.
    if scope.get(object, id).await?.is_only_shown() {
        return Err(Problem::Forbidden("edit").into());
    }
    let known = consents_of(scope, object, id).await?;
    let Some(record) = known.iter().find(|c| c.id() == consent.as_str()) else {
        return Err(Problem::NotFound.into());
    };
    if record.field("withdrawn_at").is_some() {
        return Err(Problem::Conflict("already_withdrawn").into());
    }
    let copies = super::copies(vault, object, id, record).await?;
    let mut tx = vault.system_for(Task::Casework, scope.person()).begin().await?;
    tx.hold_copies().await?;
    let mut fields = Map::from_iter([
        ("withdrawn_at".to_owned(), json!(kedun_model::moment::text(scope.now()))),
        ("state".to_owned(), json!("withdrawn")),
        ("withdrawn_by".to_owned(), json!(scope.person())),
    ]);
    for (name, value) in [("withdrawn_through", &told.channel), ("withdrawal_reason", &told.reason)] {
        if let Some(value) = value {
            fields.insert(name.to_owned(), json!(value));
        }
    }
    // Against what was read: of two who are told at once, one writes it down.
    tx.update(kept, consent, Some(record.revision()), &fields).await.map_err(|error| {
        match overtaken(error) {
            VaultError::Problem(Problem::Invalid(errors)) => {
                let named = |field: &str| match field {
                    "withdrawn_through" => "channel".to_owned(),
                    "withdrawal_reason" => "reason".to_owned(),
                    other => other.to_owned(),
                };
                let errors = errors.into_iter().map(|e| FieldError { field: named(&e.field), ..e }).collect();
                Problem::Invalid(errors).into()
            }
            other => other,
        }
    })?;
    stop_copies(&mut tx, object, record, id).await?;
    super::withdraw_copies(vault, &mut tx, &copies, &fields).await?;
    tx.commit(consent_act("consent.withdraw", kept, id, scope)).await.map(drop).map_err(overtaken)
}

/// Of whom a consent that bears values was taken back, no export leaves any more that was made in clear before.
pub(crate) async fn stop_copies(
    tx: &mut Tx,
    object: &str,
    consent: &RecordView,
    id: &RecordId,
) -> Result<()> {
    match (consent.clear_text("kind"), kept_in(object)) {
        (Some("collect" | "sensitive"), Some(_)) => tx.drop_clear_copies(&SubjectId::new(id.as_str())).await,
        _ => Ok(()),
    }
}

/// Of two who are told of a withdrawal at once, the second comes too late; on PostgreSQL only the commit may tell.
pub(crate) fn overtaken(error: VaultError) -> VaultError {
    match error {
        error if error.is_overtaken() => Problem::Conflict("already_withdrawn").into(),
        other => other,
    }
}

fn consent_act(action: &'static str, kept: &str, id: &RecordId, scope: &Scope) -> Act {
    Act::new(action, kept).on(id, Some(&SubjectId::new(id.as_str()))).payload(json!({ "by": scope.person() }))
}

/// Writes the consents of an intake in the change that creates the record. The collector's own rights need not reach
/// the consent object: what is written here is the system's record of what they did.
pub(super) async fn write_consents(
    vault: &Vault,
    tx: &mut Tx,
    object: &str,
    id: &RecordId,
    intake: &Intake,
) -> Result<()> {
    if kept_in(object).is_none() {
        return Ok(());
    }
    let by = tx.scope().clone();
    let house = vault.system(Task::Casework);
    tx.as_house(&house, async |tx| record_consents(tx, &by, object, id, intake, by.now()).await).await
}

/// Records what was told and agreed to, as `by` collected it at that time.
pub(crate) async fn record_consents(
    tx: &mut Tx,
    by: &Scope,
    object: &str,
    id: &RecordId,
    intake: &Intake,
    at: i64,
) -> Result<()> {
    let kept = consent_object(object)?;
    let hash = by
        .catalog()
        .notices
        .get(&intake.notice.id)
        .map(|n| n.hash.clone())
        .ok_or_else(|| VaultError::from(Problem::invalid("intake.notice", "unknown_notice")))?;
    // A basis other than consent is recorded as well: that somebody was told, and why the data may be held.
    let mut kinds: Vec<ConsentKind> = intake.consents.iter().filter(|c| c.given).map(|c| c.kind).collect();
    if kinds.is_empty() {
        kinds.push(ConsentKind::Collect);
    }
    for kind in kinds {
        let basis = if kind == ConsentKind::Sensitive { Basis::Consent } else { intake.basis };
        let fields = json!({
            object: id,
            "purpose": intake.purpose,
            "kind": kind,
            "basis": basis,
            "channel": intake.channel,
            "notice_version": format!("{}/{}", intake.notice.id, intake.notice.version),
            "notice_hash": hash,
            "given_at": kedun_model::moment::text(at),
            "state": "valid",
        });
        let Json::Object(mut fields) = fields else { continue };
        if by.task().is_none() {
            fields.insert("recorded_by".to_owned(), json!(by.person()));
        }
        tx.create(kept, NewRecord { fields, created_at: Some(at), ..NewRecord::default() }).await?;
    }
    Ok(())
}
