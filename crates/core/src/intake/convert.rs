//! Converting what was collected as one thing into another (a lead into a customer): a subject of their own begins, so
//! what may be held of them is asked again, and what they agreed to goes along as it was given.
//!
//! **Invariant:** nothing personal goes over without a basis in force, and a consent that was taken back never does.

use super::{Basis, ConsentKind, Intake, blank, check_intake, consents_of, kept_in, write_consents};
use kedun_model::{Class, FieldError, ObjectName, Problem, RecordId, SubjectId};
use kedun_vault::{
    Act, CONSENTS, Carried, Conversion, Converted, Duplicate, FieldView, LeftBehind, NewRecord, RecordView,
    Result, Scope, Task, Tx, Vault,
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// What a conversion made.
#[derive(Serialize)]
pub struct Made {
    /// What it became, as the caller sees it.
    pub record: RecordView,
    /// What did not come along.
    pub left_behind: Vec<LeftBehind>,
}

/// What a conversion would do.
#[derive(Serialize)]
pub struct Prospect {
    /// The object that it leads to.
    pub to: ObjectName,
    /// What would come along.
    pub carried: Vec<Carried>,
    /// What would not.
    pub left_behind: Vec<LeftBehind>,
    /// What may be made beneath it.
    pub also: Vec<ObjectName>,
    /// Whether they have to be asked again: no consent or other basis in force covers what would come along.
    pub intake: bool,
    /// Who is known already.
    #[serde(skip)]
    pub duplicates: Vec<Duplicate>,
}

/// What is copied of a consent: what was said, when and to whom, never whose it is.
const COPIED: [&str; 8] =
    ["purpose", "kind", "basis", "channel", "notice_version", "notice_hash", "given_at", "proof"];

/// What a conversion would do, before anybody asks for it.
///
/// # Errors
/// As [`Scope::conversion_outlook`].
pub async fn prospect(
    vault: &Vault,
    scope: &Scope,
    object: &str,
    id: &RecordId,
    fields: &Map<String, Json>,
) -> Result<Prospect> {
    let outlook = scope.conversion_outlook(object, id, fields).await?;
    let asked = Conversion { fields: fields.clone(), ..Conversion::default() };
    let held = held(scope, &outlook.carried, &outlook.to, &asked);
    let goes = in_force(&vault.system(Task::Casework), object, id).await?;
    Ok(Prospect {
        intake: !uncovered(scope, &held, &goes, None).is_empty(),
        to: outlook.to,
        carried: outlook.carried,
        left_behind: outlook.left,
        also: outlook.also,
        duplicates: outlook.duplicates,
    })
}

/// Converts a record in one change: what it becomes, what is made beneath it, and the consents in force of the person.
/// `intake` is what they were told and agreed to just now, where that is wanted.
///
/// # Errors
/// As [`Tx::convert`]; `duplicate` for who is known already; `basis_required`, `separate_consent_required` and the
/// mistakes of an intake.
pub async fn convert(
    vault: &Vault,
    scope: &Scope,
    object: &str,
    id: &RecordId,
    asked: &Conversion,
    intake: Option<&Intake>,
) -> Result<Made> {
    if asked.into.is_none() {
        let known = scope.conversion_outlook(object, id, &asked.fields).await?.duplicates;
        if !known.is_empty() {
            return Err(Problem::Invalid(known.into_iter().map(duplicate).collect()).into());
        }
    }
    let house = vault.system(Task::Casework);
    let mut goes = in_force(&house, object, id).await?;
    let to = scope.object(object)?.conversion.as_ref().map(|conversion| conversion.to.clone());
    if let (Some(into), Some(to)) = (&asked.into, &to) {
        goes = wanted(goes, &there(&house, to.as_str(), into).await?);
    }
    let mut tx = scope.begin().await?;
    let mut made = tx.convert(object, id, asked).await?;
    // What was made is undone with the change. Somebody may have taken them down since the question above.
    if !made.known.is_empty() {
        let known = std::mem::take(&mut made.known);
        drop(tx);
        // That somebody is known is a look, here as in the question.
        scope.log_duplicates(made.to.as_str(), &asked.fields, &known).await?;
        return Err(Problem::Invalid(known.into_iter().map(duplicate).collect()).into());
    }
    let errors = uncovered(scope, &held(scope, &made.carried, &made.to, asked), &goes, intake);
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    let copied = tx.as_house(&house, async |tx| copy(tx, &goes, &made).await).await?;
    if let Some(intake) = intake {
        write_consents(vault, &mut tx, made.to.as_str(), &made.record, intake).await?;
    }
    let act = Act::new("record.convert", object)
        .on(id, Some(&SubjectId::new(id.as_str())))
        .fields(made.carried.iter().map(|c| c.from.clone()))
        .payload(json!({ "to": made.to, "record": made.record, "consents": copied }));
    let act = match intake {
        Some(intake) => act.purpose(intake.purpose.clone()),
        None => act,
    };
    let committed = tx.commit(act).await?;
    let record = match committed.view(&made.record).await? {
        Some(record) => record,
        None => scope.get(made.to.as_str(), &made.record).await?,
    };
    Ok(Made { record, left_behind: made.left })
}

/// What a conversion made that was carried out before, for whoever sends the same request again.
///
/// # Errors
/// Not found.
pub async fn converted(scope: &Scope, object: &str, id: &RecordId, asked: &Conversion) -> Result<Made> {
    let made = scope.conversion_before(object, id, asked).await?;
    let record = scope.get(made.to.as_str(), &made.record).await?;
    Ok(Made { record, left_behind: made.left })
}

fn duplicate(known: Duplicate) -> FieldError {
    let code = if known.pooled { "duplicate_in_pool" } else { "duplicate" };
    FieldError::new(format!("fields.{}", known.field), code).with("team", known.team.unwrap_or_default())
}

/// The personal values that the new subject would hold, by the path of each, with its class.
fn held(scope: &Scope, carried: &[Carried], to: &ObjectName, asked: &Conversion) -> BTreeMap<String, Class> {
    let path = |object: &ObjectName, field: &str| match object == to {
        true => format!("fields.{field}"),
        false => format!("also.{object}.{field}"),
    };
    let mut held: BTreeMap<String, Class> =
        carried.iter().map(|c| (path(&c.object, &c.field), c.class)).collect();
    for (object, fields) in std::iter::once((to, &asked.fields)).chain(&asked.also) {
        let Ok(def) = scope.object(object.as_str()) else { continue };
        for (name, _) in fields.iter().filter(|(_, raw)| !blank(raw)) {
            if let Some(field) = def.field(name) {
                held.insert(path(object, name), field.class);
            }
        }
    }
    held.retain(|_, class| class.is_sealed());
    held
}

/// What the person would have to be asked before this is held.
fn uncovered(
    scope: &Scope,
    held: &BTreeMap<String, Class>,
    goes: &[RecordView],
    intake: Option<&Intake>,
) -> Vec<FieldError> {
    let agreed = |kind: &str| goes.iter().any(|consent| consent.clear_text("kind") == Some(kind));
    let gives = |kind| intake.is_some_and(|i| i.consents.iter().any(|c| c.kind == kind && c.given));
    let mut errors = intake.map(|intake| check_intake(scope.catalog(), intake)).unwrap_or_default();
    if held.is_empty() {
        return errors;
    }
    match intake {
        None if !agreed("collect") => {
            let names: Vec<&str> = held.keys().map(String::as_str).collect();
            errors.push(FieldError::new("intake", "basis_required").with("fields", names.join(", ")));
        }
        Some(intake)
            if intake.basis == Basis::Consent && !agreed("collect") && !gives(ConsentKind::Collect) =>
        {
            errors.push(FieldError::new("intake.consents", "consent_required"));
        }
        _ => {}
    }
    if !agreed("sensitive") && !gives(ConsentKind::Sensitive) {
        let sensitive = held.iter().filter(|(_, class)| **class == Class::L4);
        errors.extend(sensitive.map(|(path, _)| FieldError::new(path.clone(), "separate_consent_required")));
    }
    errors
}

/// The consents about a record that were not taken back. Read by the house: the caller's rights need not reach them.
async fn in_force(house: &Scope, object: &str, id: &RecordId) -> Result<Vec<RecordView>> {
    let all = if kept_in(object).is_some() { consents_of(house, object, id).await? } else { Vec::new() };
    let stands = |consent: &RecordView| {
        consent.clear_text("state").is_none_or(|state| state == "valid")
            && consent.field("withdrawn_at").is_none()
    };
    Ok(all.into_iter().filter(stands).collect())
}

async fn there(house: &Scope, to: &str, into: &RecordId) -> Result<Vec<RecordView>> {
    if kept_in(to).is_some() { consents_of(house, to, into).await } else { Ok(Vec::new()) }
}

/// Where the same word stands a second time: a lead and the customer that it became are two records of one person, who
/// takes it back once.
pub(crate) async fn copies(
    vault: &Vault,
    object: &str,
    id: &RecordId,
    consent: &RecordView,
) -> Result<Vec<(&'static str, RecordView)>> {
    let house = vault.system(Task::Casework);
    let same = |other: &RecordView| {
        let names = ["purpose", "kind", "given_at", "notice_hash"];
        names.iter().all(|name| other.clear_text(name) == consent.clear_text(name))
    };
    let mut copies = Vec::new();
    for (other, id) in vault.converted(object, id).await? {
        let Some(kept) = kept_in(other.as_str()) else { continue };
        copies
            .extend(in_force(&house, other.as_str(), &id).await?.into_iter().filter(same).map(|c| (kept, c)));
    }
    Ok(copies)
}

/// Writes on the copies of a consent what was written on it when it was taken back.
pub(crate) async fn withdraw_copies(
    vault: &Vault,
    tx: &mut Tx,
    copies: &[(&'static str, RecordView)],
    fields: &Map<String, Json>,
) -> Result<()> {
    let house = vault.system(Task::Casework);
    tx.as_house(&house, async |tx| {
        for (kept, copy) in copies {
            let id = RecordId::new(copy.id());
            tx.update(kept, &id, Some(copy.revision()), fields).await?;
            let of = CONSENTS.iter().find(|(_, consent)| consent == kept).map_or("", |(subject, _)| *subject);
            if let Some(FieldView::Clear { value }) = copy.field(of)
                && let Some(subject) = value["id"].as_str()
            {
                super::stop_copies(tx, of, copy, &RecordId::new(subject)).await?;
            }
        }
        Ok(())
    })
    .await
}

/// Those that an existing record should get: nothing from before the same was taken back there.
fn wanted(goes: Vec<RecordView>, there: &[RecordView]) -> Vec<RecordView> {
    let is_same = |one: &RecordView, other: &RecordView| {
        ["purpose", "kind"].iter().all(|name| one.clear_text(name) == other.clear_text(name))
    };
    let ended = |one: &RecordView| {
        let given = one.clear_text("given_at").and_then(kedun_model::moment::parse);
        there.iter().any(|other| {
            let withdrawn = other.clear_text("withdrawn_at").and_then(kedun_model::moment::parse);
            is_same(one, other) && withdrawn.is_some() && given <= withdrawn
        })
    };
    goes.into_iter().filter(|one| !ended(one)).collect()
}

/// Writes the consents to the new record as they were given: time, notice, channel, basis, and who took them.
async fn copy(tx: &mut Tx, goes: &[RecordView], made: &Converted) -> Result<usize> {
    let Some(kept) = kept_in(made.to.as_str()) else { return Ok(0) };
    for consent in goes {
        // Whoever takes it back at this moment waits, or was first.
        if !tx.stands(&RecordId::new(consent.id()), consent.revision()).await? {
            return Err(Problem::Conflict("consent_changed").into());
        }
        let mut fields =
            Map::from_iter([(made.to.to_string(), json!(made.record)), ("state".to_owned(), json!("valid"))]);
        for name in COPIED {
            if let Some(text) = consent.clear_text(name) {
                fields.insert(name.to_owned(), json!(text));
            }
        }
        let by = consent.field("recorded_by").and_then(|f| serde_json::to_value(f).ok());
        if let Some(by) = by.as_ref().and_then(|by| by["value"]["id"].as_str()) {
            fields.insert("recorded_by".to_owned(), json!(by));
        }
        tx.create(kept, NewRecord { fields, ..NewRecord::default() }).await?;
    }
    Ok(goes.len())
}
