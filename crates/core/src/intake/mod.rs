//! Collection: a record about a person begins with a notice, a purpose and a basis, or it does not begin (PIPL 13, 14,
//! 17, 29; controls LB-01 to LB-04).

mod consents;
mod convert;

use consents::write_consents;
pub use consents::{CONSENT, Withdrawal, add_consent, consents, kept_in, withdraw};
pub(crate) use consents::{all_consents_of, consents_of, overtaken, record_consents, stop_copies};
pub use convert::{Made, Prospect, convert, converted, prospect};
pub(crate) use convert::{copies, withdraw_copies};
use kedun_model::definition::Subject;
use kedun_model::notice::{Basis, Channel, ConsentKind};
use kedun_model::{
    Class, FieldDef, FieldError, FieldKind, ObjectDef, ObjectName, Problem, RecordId, Verb, members,
};
use kedun_vault::{Act, Catalog, Consented, Duplicate, NewRecord, RecordView, Result, Scope, Tx, Vault};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// What was told and agreed to when somebody's data was taken down.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// The notice that was shown.
    #[serde(deserialize_with = "members::one")]
    pub notice: NoticeRef,
    /// What the data is for.
    pub purpose: String,
    /// On what basis it is held.
    pub basis: Basis,
    /// How it was taken.
    pub channel: Channel,
    /// What was agreed to, each by itself.
    #[serde(default, deserialize_with = "members::list")]
    pub consents: Vec<Given>,
}

/// A notice by the version that was shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeRef {
    /// Its purpose, which names it.
    pub id: String,
    /// Its version.
    pub version: i64,
}

/// One agreement; one cannot stand for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// What it is about.
    pub kind: ConsentKind,
    /// Whether it was given.
    pub given: bool,
}

/// A notice as a form shows it.
#[derive(Clone, Debug, Serialize)]
pub struct NoticeView {
    /// Its id (the purpose).
    pub id: String,
    /// Its version.
    pub version: i64,
    /// What it covers.
    pub purpose: String,
    /// Its title in the reader's language.
    pub title: String,
    /// Its text in the reader's language.
    pub body: String,
    /// SHA-256 of the published notice in both languages, hex; consents keep it.
    pub hash: String,
    /// `zh-CN` or `en`.
    pub language: String,
}

/// The notice in force for a purpose.
///
/// # Errors
/// Not found.
pub fn notice(catalog: &Catalog, purpose: &str, language: &str) -> Result<NoticeView> {
    let published = catalog.notices.get(purpose).ok_or(Problem::NotFound)?;
    let english = language == "en";
    let pick = |label: &kedun_model::Label| if english { label.en.clone() } else { label.zh.clone() };
    Ok(NoticeView {
        id: purpose.to_owned(),
        version: published.version,
        purpose: purpose.to_owned(),
        title: pick(&published.def.title),
        body: pick(&published.def.body),
        hash: published.hash.clone(),
        language: if english { "en" } else { "zh-CN" }.to_owned(),
    })
}

/// Creates a record. One about a new person needs an intake; its consents are written in the same change.
///
/// # Errors
/// Every broken rule by field: `basis_required`, `separate_consent_required`, `notice_outdated`, `duplicate` and those
/// of the fields themselves.
pub async fn create(
    vault: &Vault,
    scope: &Scope,
    object: &str,
    fields: Map<String, Json>,
    intake: Option<&Intake>,
) -> Result<RecordView> {
    // Somebody who takes down the same number at the same moment was first: now they are known.
    for _ in 1..MOST_TRIES {
        let outcome = attempt(vault, scope, object, &fields, intake).await;
        if !matches!(&outcome, Err(error) if error.is_overtaken()) {
            return outcome;
        }
    }
    attempt(vault, scope, object, &fields, intake).await
}

/// How often somebody who was overtaken looks again.
const MOST_TRIES: usize = 5;

async fn attempt(
    vault: &Vault,
    scope: &Scope,
    object: &str,
    fields: &Map<String, Json>,
    intake: Option<&Intake>,
) -> Result<RecordView> {
    let def = scope.object(object)?.clone();
    let mut errors = check(scope.catalog(), &def, fields, intake);
    let mut tx = scope.begin().await?;
    let asks = def.subject == Subject::Own && scope.may_create(object);
    let known = if asks { Some(tx.known_already(object, fields).await?) } else { None };
    errors.extend(known.iter().flatten().filter(|d| d.object == object).map(duplicate));
    let outcome = if errors.is_empty() {
        write(vault, tx, &def, fields, intake).await
    } else {
        drop(tx);
        Err(Problem::Invalid(errors).into())
    };
    // That somebody is known is a look; and whoever is refused for another reason has learned that nobody is.
    if let Some(known) = known.filter(|known| outcome.is_err() || !known.is_empty()) {
        scope.log_duplicates(object, fields, &known).await?;
    }
    outcome
}

/// The field by which somebody is known already.
fn duplicate(known: &Duplicate) -> FieldError {
    let code = if known.pooled { "duplicate_in_pool" } else { "duplicate" };
    FieldError::new(&known.field, code).with("team", known.team.as_deref().unwrap_or_default())
}

async fn write(
    vault: &Vault,
    mut tx: Tx,
    def: &ObjectDef,
    fields: &Map<String, Json>,
    intake: Option<&Intake>,
) -> Result<RecordView> {
    let object = def.name.as_str();
    let id = tx.create(object, NewRecord { fields: fields.clone(), ..NewRecord::default() }).await?;
    let subject = kedun_model::SubjectId::new(id.as_str());
    match (def.subject, intake) {
        (Subject::Own, Some(intake)) => write_consents(vault, &mut tx, object, &id, intake).await?,
        (Subject::Own, None) => {}
        _ => beneath(vault, &mut tx, def, &id, fields, intake).await?,
    }
    let act = Act::new("record.create", object)
        .on(&id, (def.subject == Subject::Own).then_some(&subject))
        .fields(fields.keys().cloned());
    let act = match intake {
        Some(intake) => act.purpose(intake.purpose.clone()),
        None => act,
    };
    tx.commit_and_view(act, &id).await
}

/// A record that holds somebody's personal data beneath another (a contact, who signed) rests on what was agreed to above:
/// without a basis there it brings one, or it is not made.
async fn beneath(
    vault: &Vault,
    tx: &mut Tx,
    def: &ObjectDef,
    id: &RecordId,
    fields: &Map<String, Json>,
    intake: Option<&Intake>,
) -> Result<()> {
    // As the record stands now, in whatever form its parent was named. Whoever is a subject has its name.
    let subject = tx.subject_of(id).filter(|_| describes_person(def)).map(|s| RecordId::new(s.as_str()));
    let Some(subject) = subject else { return Ok(()) };
    let scope = tx.scope().clone();
    let Some((above, person)) = bearer(&scope, &subject).await? else { return Ok(()) };
    let agreed = scope.consented(&[&person]).await?.remove(&person).unwrap_or_default();
    let given = |kind| intake.is_some_and(|i| i.consents.iter().any(|c| c.kind == kind && c.given));
    let agreed = Consented {
        collect: agreed.collect || intake.is_some(),
        sensitive: agreed.sensitive || given(ConsentKind::Sensitive),
        ..agreed
    };
    let personal: Vec<_> = personal(def, fields).collect();
    let mut errors = uncovered(agreed, personal.iter().copied());
    if let Some(intake) = intake {
        errors.extend(check_intake(scope.catalog(), intake));
        if intake.basis == Basis::Consent && !personal.is_empty() && !given(ConsentKind::Collect) {
            errors.push(FieldError::new("intake.consents", "consent_required"));
        }
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    match intake {
        Some(intake) => write_consents(vault, tx, above.as_str(), &person, intake).await,
        None => Ok(()),
    }
}

/// Whether records of an object beneath another hold data of somebody who can be told by it.
fn describes_person(def: &ObjectDef) -> bool {
    let tells = |kind| {
        matches!(
            kind,
            FieldKind::PersonName
                | FieldKind::Phone
                | FieldKind::Email
                | FieldKind::IdNumber
                | FieldKind::Account
        )
    };
    def.subject == Subject::Parent && def.live_fields().any(|f| f.class >= Class::L3 && tells(f.kind))
}

/// The person whose consents bear a record, where consents of such are kept.
async fn bearer(scope: &Scope, id: &RecordId) -> Result<Option<(ObjectName, RecordId)>> {
    let person = scope.person_behind(id).await?;
    Ok(person.filter(|(object, _)| kept_in(object.as_str()).is_some()))
}

/// The personal fields that are given a value.
fn personal<'a>(def: &'a ObjectDef, fields: &'a Map<String, Json>) -> impl Iterator<Item = &'a FieldDef> {
    let filled = fields.iter().filter(|(_, raw)| !blank(raw));
    filled.filter_map(|(name, _)| def.field(name)).filter(|f| f.class >= Class::L3)
}

/// Changes a record. What could not have been collected without a basis, or without a consent of its own, cannot be
/// added afterwards without it.
///
/// # Errors
/// As [`kedun_vault::Tx::update`], `basis_required`, `separate_consent_required` and `duplicate`.
pub async fn update(
    scope: &Scope,
    object: &str,
    id: &RecordId,
    revision: Option<i64>,
    fields: &Map<String, Json>,
) -> Result<RecordView> {
    // Somebody who took down the same number at the same moment was first: now they are known.
    for _ in 1..MOST_TRIES {
        let outcome = change(scope, object, id, revision, fields).await;
        if revision.is_some() || !matches!(&outcome, Err(error) if error.is_overtaken()) {
            return outcome;
        }
    }
    change(scope, object, id, revision, fields).await
}

async fn change(
    scope: &Scope,
    object: &str,
    id: &RecordId,
    revision: Option<i64>,
    fields: &Map<String, Json>,
) -> Result<RecordView> {
    let def = scope.object(object)?.clone();
    if object == "file" {
        crate::files::may_be_called(fields)?;
    }
    may_hold(scope, object, id, fields).await?;
    let mut tx = scope.begin().await?;
    let changed = tx.update(object, id, revision, fields).await?;
    if def.subject == Subject::Own {
        let mut known = tx.known_besides(object, id, fields, &changed).await?;
        known.retain(|d| d.object == object);
        if !known.is_empty() {
            drop(tx);
            scope.log_duplicates(object, fields, &known).await?;
            return Err(Problem::Invalid(known.iter().map(duplicate).collect()).into());
        }
    }
    let subject = (def.subject == Subject::Own).then(|| kedun_model::SubjectId::new(id.as_str()));
    let act = Act::new("record.update", object).on(id, subject.as_ref()).fields(changed);
    tx.commit_and_view(act, id).await
}

/// Takes a record out of the recycle bin, unless the same person was taken down anew meanwhile.
///
/// # Errors
/// Not found, forbidden, `not_deleted`, `parent_deleted`, a duplicate by field.
pub async fn restore(scope: &Scope, object: &str, id: &RecordId) -> Result<RecordView> {
    let mut tx = scope.begin().await?;
    tx.set_deleted(object, id, None, false).await?;
    if scope.object(object)?.subject == Subject::Own {
        let mut known = tx.known_beside(object, id).await?;
        known.retain(|d| d.object == object);
        if !known.is_empty() {
            drop(tx);
            let asked = known.iter().map(|d| (d.field.clone(), Json::Null)).collect();
            scope.log_duplicates(object, &asked, &known).await?;
            return Err(Problem::Invalid(known.iter().map(duplicate).collect()).into());
        }
    }
    tx.commit(Act::new("record.restore", object).on(id, None)).await?;
    scope.get(object, id).await
}

/// Refuses personal values about somebody whose consents do not bear them, or who could not have been asked. What comes
/// back as it was shown, the mask of a value among it, is no new value.
pub(crate) async fn may_hold(
    scope: &Scope,
    object: &str,
    id: &RecordId,
    fields: &Map<String, Json>,
) -> Result<()> {
    let def = scope.object(object)?.clone();
    let borne = match def.subject {
        Subject::Own => kept_in(object).is_some(),
        _ => describes_person(&def),
    };
    if !borne || personal(&def, fields).next().is_none() {
        return Ok(());
    }
    let record = scope.get(object, id).await?;
    if !record.may(Verb::Edit) {
        return Err(Problem::Forbidden("edit").into());
    }
    let is_new = |f: &&FieldDef| fields.get(&f.name).is_some_and(|raw| !record.shows(&f.name, raw));
    let personal: Vec<_> = personal(&def, fields).filter(is_new).collect();
    if personal.is_empty() {
        return Ok(());
    }
    let Some((_, person)) = bearer(scope, id).await? else { return Ok(()) };
    let agreed = scope.consented(&[&person]).await?.remove(&person).unwrap_or_default();
    let errors = uncovered(agreed, personal.into_iter());
    if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors).into()) }
}

/// What somebody would have to be asked before these values of them are held.
fn uncovered<'a>(agreed: Consented, personal: impl Iterator<Item = &'a FieldDef> + Clone) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let names: Vec<&str> = personal.clone().map(|f| f.name.as_str()).collect();
    if !agreed.collect && !names.is_empty() {
        errors.push(FieldError::new("intake", "basis_required").with("fields", names.join(", ")));
    }
    if !agreed.sensitive {
        let sensitive = personal.filter(|f| f.class == Class::L4);
        errors.extend(sensitive.map(|f| FieldError::new(f.name.clone(), "separate_consent_required")));
    }
    errors
}

fn check(
    catalog: &Catalog,
    def: &ObjectDef,
    fields: &Map<String, Json>,
    intake: Option<&Intake>,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let filled = |class: fn(Class) -> bool| {
        fields
            .iter()
            .filter(|(_, raw)| !blank(raw))
            .filter_map(|(name, _)| def.field(name))
            .filter(|f| class(f.class))
            .map(|f| f.name.clone())
            .collect::<Vec<_>>()
    };
    let personal = filled(|c| c >= Class::L3);
    let sensitive = filled(|c| c == Class::L4);
    if def.subject != Subject::Own {
        return errors;
    }
    match intake {
        None if personal.is_empty() => {}
        None => errors.push(FieldError::new("intake", "basis_required").with("fields", personal.join(", "))),
        Some(intake) => {
            errors.extend(check_intake(catalog, intake));
            let agreed = |kind| intake.consents.iter().any(|c| c.kind == kind && c.given);
            if intake.basis == Basis::Consent && !personal.is_empty() && !agreed(ConsentKind::Collect) {
                errors.push(FieldError::new("intake.consents", "consent_required"));
            }
            if !agreed(ConsentKind::Sensitive) {
                errors.extend(
                    sensitive.into_iter().map(|name| FieldError::new(name, "separate_consent_required")),
                );
            }
        }
    }
    if intake.is_none() {
        errors.extend(
            filled(|c| c == Class::L4).into_iter().map(|n| FieldError::new(n, "separate_consent_required")),
        );
    }
    errors
}

fn check_intake(catalog: &Catalog, intake: &Intake) -> Vec<FieldError> {
    let mut errors = Vec::new();
    match catalog.notices.get(&intake.notice.id) {
        None => errors.push(FieldError::new("intake.notice", "unknown_notice")),
        Some(published) if published.version != intake.notice.version => {
            errors
                .push(FieldError::new("intake.notice", "notice_outdated").with("version", published.version));
        }
        Some(published) if published.def.purpose != intake.purpose => {
            errors.push(FieldError::new("intake.purpose", "purpose_not_covered"));
        }
        Some(_) => {}
    }
    errors
}

fn blank(raw: &Json) -> bool {
    match raw {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(list) => list.is_empty(),
        _ => false,
    }
}
