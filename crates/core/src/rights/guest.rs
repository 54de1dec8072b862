//! The customer's own page: what the holder of a link is told, and what they may do. Each of it leaves a row of the log.

use super::register::{New, act, given, none_open, write};
use super::{CUSTOMER, FileView, Kind, REQUEST, about, clear, text_of};
use crate::intake;
use kedun_model::company::Contact;
use kedun_model::{Label, Problem, RecordId, SubjectId, moment};
use kedun_vault::{Act, Catalog, CodeOf, Guest, Paper, Proof, RecordView, Result, Shown, Vault};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

/// A notice in force, for everybody.
#[derive(Clone, Debug, Serialize)]
pub struct PublicNotice {
    /// What it covers.
    pub purpose: String,
    /// Its version.
    pub version: i64,
    /// SHA-256 of the published notice in both languages, hex.
    pub hash: String,
    /// Its title.
    pub title: Label,
    /// Its text.
    pub body: Label,
}

/// What the holder of a link sees: no name, no number, nothing that was entered about them.
#[derive(Clone, Debug, Serialize)]
pub struct GuestPage {
    /// Until when the link opens it, UTC ms.
    pub expires_at: i64,
    /// How many wrong proofs are left.
    pub tries_left: i64,
    /// The key that receipts and certificates are signed with.
    pub key: String,
    /// Minutes east of UTC of the company's clock.
    pub utc_offset_minutes: i32,
    /// Consents, newest first.
    pub consents: Vec<GuestConsent>,
    /// Requests, newest first.
    pub requests: Vec<GuestRequest>,
}

/// A consent as the customer sees it.
#[derive(Clone, Debug, Serialize)]
pub struct GuestConsent {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub purpose: String,
    /// The title of the notice for that purpose, while one is in force.
    pub title: Option<Label>,
    /// `collect` or `sensitive`.
    pub kind: String,
    /// On what basis.
    pub basis: String,
    /// How it was given.
    pub channel: Option<String>,
    /// The notice that was shown.
    pub notice_version: Option<String>,
    /// When it was given.
    pub given_at: Option<String>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<String>,
}

/// A request as the customer sees it.
#[derive(Clone, Debug, Serialize)]
pub struct GuestRequest {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// What was asked for.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// When it was received.
    pub received_at: Option<String>,
    /// When there must be an answer.
    pub due_at: Option<String>,
    /// When it was answered.
    pub answered_at: Option<String>,
    /// The ground of a refusal.
    pub refusal: Option<String>,
    /// Whether there is an answer to be read, after the check.
    pub readable: bool,
    /// Whether there is a certificate.
    pub certificate: bool,
}

/// What a customer asks for on their page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What.
    pub kind: Kind,
    /// In their words.
    #[serde(default)]
    pub text: Option<String>,
}

/// An answer, after the check.
#[derive(Clone, Debug, Serialize)]
pub struct GuestAnswer {
    /// In words.
    pub text: Option<String>,
    /// Files to be fetched.
    pub files: Vec<FileView>,
}

/// Who keeps the house, for everybody: what PIPL 17 and 52 want known.
#[derive(Clone, Debug, Serialize)]
pub struct PublicCompany {
    /// Its name; none while nobody has said it.
    pub name: Option<Label>,
    /// Where it is.
    pub address: Option<String>,
    /// Who is in charge of personal information; none while nobody has said it.
    pub contact: Option<Contact>,
    /// Working days within which a request is answered.
    pub answer_days: u32,
    /// Minutes east of UTC of its clock.
    pub utc_offset_minutes: i32,
}

/// Who keeps the house.
pub fn company(catalog: &Catalog) -> PublicCompany {
    let company = &catalog.company;
    let known = catalog.company_version > 0;
    PublicCompany {
        name: known.then(|| company.name.clone()),
        address: Some(company.address.clone()).filter(|address| !address.is_empty()),
        contact: known.then(|| company.contact.clone()),
        answer_days: company.answer_days,
        utc_offset_minutes: catalog.zone().offset_minutes(),
    }
}

/// The notices in force, in both languages.
pub fn notices(catalog: &Catalog) -> Vec<PublicNotice> {
    catalog
        .notices
        .iter()
        .map(|(purpose, published)| PublicNotice {
            purpose: purpose.to_string(),
            version: published.version,
            hash: published.hash.clone(),
            title: published.def.title.clone(),
            body: published.def.body.clone(),
        })
        .collect()
}

/// The page of a link.
///
/// # Errors
/// The database fails.
pub async fn page(vault: &Vault, guest: &Guest) -> Result<GuestPage> {
    let scope = guest.scope();
    let catalog = vault.catalog();
    let consents = intake::all_consents_of(scope, CUSTOMER, guest.customer()).await?;
    let requests = about(scope, guest.customer()).await?;
    Ok(GuestPage {
        expires_at: guest.expires_at(),
        tries_left: guest.tries_left(),
        key: vault.ledger_key(),
        utc_offset_minutes: catalog.zone().offset_minutes(),
        consents: consents.iter().map(|record| consent(&catalog, record)).collect(),
        requests: requests.iter().map(request).collect(),
    })
}

/// Withdraws a consent at once; needs no more than the link, as giving it needed no more than a word (PIPL 15). The
/// register keeps it as a request that is answered already.
///
/// # Errors
/// Not found; `already_withdrawn`.
pub async fn withdraw(vault: &Vault, guest: &Guest, consent: &RecordId) -> Result<GuestPage> {
    let scope = guest.scope();
    let known = intake::all_consents_of(scope, CUSTOMER, guest.customer()).await?;
    let record = known.iter().find(|c| c.id() == consent.as_str()).ok_or(Problem::NotFound)?;
    if record.field("withdrawn_at").is_some() {
        return Err(Problem::Conflict("already_withdrawn").into());
    }
    let new = New {
        customer: guest.customer(),
        kind: "withdrawal",
        channel: "link",
        text: None,
        identity: "not_needed",
        registered_by: None,
        received_at: scope.now(),
        answered: true,
    };
    let copies = intake::copies(vault, CUSTOMER, guest.customer(), record).await?;
    let mut tx = scope.begin().await?;
    tx.hold_copies().await?;
    let fields = Map::from_iter([
        ("withdrawn_at".to_owned(), json!(moment::text(scope.now()))),
        ("state".to_owned(), json!("withdrawn")),
        ("withdrawn_through".to_owned(), json!("link")),
        ("withdrawal_reason".to_owned(), json!("not_said")),
    ]);
    tx.update(intake::CONSENT, consent, Some(record.revision()), &fields).await.map_err(intake::overtaken)?;
    intake::stop_copies(&mut tx, CUSTOMER, record, guest.customer()).await?;
    intake::withdraw_copies(vault, &mut tx, &copies, &fields).await?;
    write(&mut tx, &new).await?;
    let subject = SubjectId::new(guest.customer().as_str());
    let act = Act::new("consent.withdraw", intake::CONSENT).on(guest.customer(), Some(&subject));
    tx.commit(act.payload(json!({ "consent": consent }))).await.map_err(intake::overtaken)?;
    page(vault, guest).await
}

/// Registers what the customer asks for. A complaint needs the link; a correction the digits or the code; a copy and an
/// erasure both. Who shows nothing has it checked by a colleague instead, and then nothing is told here before.
///
/// # Errors
/// `check_failed`, `check_locked`, `check_required`; `rights_open`; words that are missing or too long.
pub async fn ask(guest: &Guest, asked: &Asked, shown: &Shown) -> Result<GuestRequest> {
    let scope = guest.scope();
    let text = given(asked.kind.as_str(), asked.text.as_deref())?;
    // Once before a try is spent, and once more in the change that writes it.
    none_open(&mut scope.begin().await?, guest.customer(), asked.kind).await?;
    let by_hand = shown.digits.is_none() && shown.code.is_none();
    let identity = match (asked.kind, by_hand) {
        (Kind::Complaint, _) => "not_needed",
        (_, true) => "pending",
        (kind, false) => {
            let needed = if kind == Kind::Correction { Proof::One } else { Proof::Both };
            match (guest.prove(shown, needed, CodeOf::Link).await?, shown.digits.is_some()) {
                (Proof::Both, _) => "digits_and_code",
                (_, true) => "digits",
                (_, false) => "code",
            }
        }
    };
    let new = New {
        customer: guest.customer(),
        kind: asked.kind.as_str(),
        channel: "link",
        text,
        identity,
        registered_by: None,
        received_at: guest.scope().now(),
        answered: false,
    };
    let mut tx = scope.begin().await?;
    none_open(&mut tx, guest.customer(), asked.kind).await?;
    let id = write(&mut tx, &new).await?;
    tx.commit(act(&id, &new)).await?;
    Ok(request(&scope.get(REQUEST, &id).await?))
}

/// The answer to a request of this customer, after the digits or the code were shown.
///
/// # Errors
/// Not found; as [`Guest::prove`].
pub async fn read_answer(guest: &Guest, id: &RecordId, shown: &Shown) -> Result<GuestAnswer> {
    of_this_customer(guest, id).await?;
    guest.prove(shown, Proof::One, CodeOf::Link).await?;
    let scope = guest.scope();
    let text = text_of(scope, id, "answer").await?;
    let files = scope
        .paper_list(id)
        .await?
        .into_iter()
        .map(|(part, name, size, expires_at)| FileView { part, name, size, expires_at })
        .collect();
    scope.log(told("rights.told", guest, id)).await?;
    Ok(GuestAnswer { text, files })
}

/// A file of a copy, after the digits and the code of the copy were shown. The code comes from who answered and the link
/// from somebody else: nobody of the house holds all that opens a customer's file in clear.
///
/// # Errors
/// Not found, also when its time is over; `same_hand` when one colleague made both; as [`Guest::prove`].
pub async fn file(guest: &Guest, id: &RecordId, part: &str, shown: &Shown) -> Result<Paper> {
    let record = of_this_customer(guest, id).await?;
    if clear(&record, "handler")["id"] == json!(guest.made_by()) {
        guest.scope().log(told("rights.fetch", guest, id).denied()).await?;
        return Err(Problem::Conflict("same_hand").into());
    }
    // What is not there any more costs no try; its code has gone with it.
    if !guest.scope().paper_list(id).await?.iter().any(|(known, ..)| known == part) {
        return Err(Problem::NotFound.into());
    }
    guest.prove(shown, Proof::Both, CodeOf::Copy(id)).await?;
    let paper = guest.scope().paper(id, part).await?.ok_or(Problem::NotFound)?;
    guest.scope().log(told("rights.fetch", guest, id)).await?;
    Ok(paper)
}

/// The signed statement about a request: the hashes of a copy, or the certificate of an erasure. It names nobody's data.
///
/// # Errors
/// Not found.
pub async fn certificate(vault: &Vault, guest: &Guest, id: &RecordId) -> Result<String> {
    let record = of_this_customer(guest, id).await?;
    let text = match (record.clear_text("kind"), record.clear_text("linked_case")) {
        (Some("erasure"), Some(case)) => {
            let house = vault.system(kedun_vault::Task::Casework);
            house.certificate(crate::erasures::ERASURE, case).await?
        }
        _ => guest.scope().certificate(REQUEST, id.as_str()).await?,
    };
    guest.scope().log(told("rights.certificate", guest, id)).await?;
    Ok(text)
}

/// A request, if it is this customer's; another's does not exist.
async fn of_this_customer(guest: &Guest, id: &RecordId) -> Result<RecordView> {
    let known = about(guest.scope(), guest.customer()).await?;
    known.into_iter().find(|r| r.id() == id.as_str()).ok_or_else(|| Problem::NotFound.into())
}

fn told(action: &'static str, guest: &Guest, id: &RecordId) -> Act {
    Act::new(action, REQUEST).on(id, Some(&SubjectId::new(guest.customer().as_str())))
}

fn consent(catalog: &Catalog, record: &RecordView) -> GuestConsent {
    let text = |name: &str| record.clear_text(name).map(str::to_owned);
    let purpose = text("purpose").unwrap_or_default();
    GuestConsent {
        id: record.id().to_owned(),
        title: catalog.notices.get(purpose.as_str()).map(|n| n.def.title.clone()),
        purpose,
        kind: text("kind").unwrap_or_default(),
        basis: text("basis").unwrap_or_default(),
        channel: text("channel"),
        notice_version: text("notice_version"),
        given_at: text("given_at"),
        withdrawn_at: text("withdrawn_at"),
    }
}

fn request(record: &RecordView) -> GuestRequest {
    let text = |name: &str| record.clear_text(name).map(str::to_owned);
    let said = |name: &str| text(name).unwrap_or_default();
    let (kind, state) = (said("kind"), said("state"));
    let settled = matches!(state.as_str(), "answered" | "refused");
    GuestRequest {
        id: record.id().to_owned(),
        number: said("number"),
        received_at: text("received_at"),
        due_at: text("due_at"),
        answered_at: text("answered_at"),
        refusal: text("refusal"),
        readable: settled && kind != "withdrawal" && !(kind == "erasure" && state == "answered"),
        certificate: state == "answered" && matches!(kind.as_str(), "copy" | "erasure"),
        kind,
        state,
    }
}
