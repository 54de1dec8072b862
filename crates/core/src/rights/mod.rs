//! What customers ask for of their own data: a copy, a correction, an erasure, or to complain (PIPL 44 to 50; controls
//! DS-01, DS-02, DS-04, DS-06 and DS-09). Every request is a case with a clock; who answers is not who approves.
//!
//! **Invariant:** nothing of a customer is told before as much was proved as the request needs, and a refusal gives its
//! ground and its words.

mod archive;
mod collect;
mod desk;
mod guest;
mod hashing;
mod receipt;
mod register;
mod reminder;

pub(crate) use desk::erasure_settled;
pub use desk::{
    Answered, How, Number, answer, decide, identify, new_copy_code, numbers, propose, refuse, start_erasure,
};
pub use guest::{
    Asked, GuestAnswer, GuestConsent, GuestPage, GuestRequest, PublicCompany, PublicNotice, ask, certificate,
    company, file, notices, page, read_answer, withdraw,
};
pub use receipt::{guest_receipt, receipt};
pub(crate) use register::register_received;
pub use register::{Channel, Kind, Wanted, register};
pub use reminder::remind;

use kedun_model::filter::Filter;
use kedun_model::{Act as ActName, PersonId, Problem, RecordId, Show, SubjectId, Verb, field, mask::mask};
use kedun_vault::{Act, FieldView, Query, RecordView, Result, Scope, Task, Vault, VaultError, snapshot_hash};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// The object of the cases.
pub const REQUEST: &str = "rights_request";
/// The object that requests are about.
pub(crate) const CUSTOMER: &str = "customer";
/// Most words of a request, an answer or a refusal, in characters.
pub const MOST_WORDS: usize = 2_000;

/// A request as its readers see it.
#[derive(Clone, Debug, Serialize)]
pub struct RightsView {
    /// Its id.
    pub id: String,
    /// The number that people call it by.
    pub number: String,
    /// `copy`, `correction`, `erasure`, `withdrawal`, `complaint`.
    pub kind: String,
    /// `identity`, `open`, `proposed`, `erasing`, `answered`, `refused`.
    pub state: String,
    /// How it was made.
    pub channel: String,
    /// Whose; the title only for who may see the customer.
    pub customer: Json,
    /// When it was received.
    pub received_at: Option<String>,
    /// When the person must have an answer.
    pub due_at: Option<String>,
    /// How they proved who they are.
    pub identity: String,
    /// Who checked it.
    pub identity_by: Json,
    /// Who registered it, when not the customer.
    pub registered_by: Json,
    /// Who answered.
    pub handler: Json,
    /// When.
    pub answered_at: Option<String>,
    /// The ground of a refusal.
    pub refusal: Option<String>,
    /// The erasure or the complaint that it led to.
    pub linked_case: Option<String>,
    /// Whether it waits for the caller now; said by [`list`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<bool>,
}

/// One request with its words, and what the caller may do about it.
#[derive(Clone, Debug, Serialize)]
pub struct RightsDetail {
    /// The request.
    #[serde(flatten)]
    pub request: RightsView,
    /// The name of the customer, for who answers; none when the data were destroyed.
    pub name: Option<String>,
    /// Who is in charge of the customer.
    pub in_charge: Option<String>,
    /// What the customer wrote.
    pub words: Option<String>,
    /// What they were answered.
    pub answer: Option<String>,
    /// A correction that waits for who is in charge.
    pub proposal: Option<Proposal>,
    /// Why who is in charge refused the last proposal.
    pub objection: Option<String>,
    /// The files that were made for the customer.
    pub files: Vec<FileView>,
    /// The code that opens the copy, when it was made just now; it is told to the customer by a number on file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_code: Option<String>,
    /// Files that did not come along with the copy that was made just now, for their size; who answered hands them over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<usize>,
    /// What the caller may do now: `identify`, `answer`, `refuse`, `propose`, `decide`, `erase`, `call`, `copy_code`.
    pub acts: Vec<&'static str>,
}

/// A correction that somebody proposes.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// New values by field.
    pub fields: Json,
    /// What a decision names.
    pub hash: String,
    /// Who proposes it.
    pub by: Json,
}

/// A file of a request.
#[derive(Clone, Debug, Serialize)]
pub struct FileView {
    /// Which.
    pub part: String,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Until when it can be fetched, UTC ms.
    pub expires_at: Option<i64>,
}

/// Which requests of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those without an answer, the most urgent first.
    Open,
    /// All, newest first.
    All,
}

/// The requests that the caller may see.
///
/// # Errors
/// Not found for who may see none.
pub async fn list(scope: &Scope, which: Which, limit: usize) -> Result<Vec<RightsView>> {
    let filter = json!({ "field": "state", "op": "not_in", "value": ["answered", "refused"] });
    let query = Query {
        filter: match which {
            Which::Open => Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
            Which::All => None,
        },
        sort: match which {
            Which::Open => vec![("due_at".to_owned(), false)],
            Which::All => vec![("created_at".to_owned(), true)],
        },
        limit: limit.clamp(1, kedun_vault::MAX_LIMIT),
        ..Query::default()
    };
    let mut requests = Vec::new();
    for record in &scope.query(REQUEST, &query).await?.records {
        requests.push(RightsView { waits: Some(waits(scope, record).await?), ..view(record) });
    }
    Ok(requests)
}

async fn waits(scope: &Scope, record: &RecordView) -> Result<bool> {
    let proposer = clear(record, "proposed_by")["id"].as_str().map(PersonId::new);
    let state = record.clear_text("state").unwrap_or_default();
    scope.request_waits(state, &customer_of(record)?, proposer.as_ref()).await
}

/// The requests of one customer that the caller may see, newest first.
///
/// # Errors
/// Not found for a customer out of sight.
pub async fn of_customer(scope: &Scope, customer: &RecordId) -> Result<Vec<RightsView>> {
    if scope.require(ActName::RightsAnswer, None).is_err() {
        scope.get(CUSTOMER, customer).await?;
    }
    Ok(about(scope, customer).await?.iter().map(view).collect())
}

/// One request with its words.
///
/// # Errors
/// Not found.
pub async fn one(vault: &Vault, scope: &Scope, id: &RecordId) -> Result<RightsDetail> {
    let record = scope.get(REQUEST, id).await?;
    let request = view(&record);
    let customer = customer_of(&record)?;
    let answers = scope.require(ActName::RightsAnswer, None).is_ok();
    let in_charge = match scope.sees(CUSTOMER, &customer).await? {
        true => scope.get(CUSTOMER, &customer).await?.may(Verb::Edit),
        false => false,
    };
    let (name, owner) = match answers {
        true => scope.asker(&customer).await?.map_or((None, None), |(name, owner)| (Some(name), owner)),
        false => (None, None),
    };
    let mut detail = RightsDetail {
        name,
        in_charge: owner,
        words: None,
        answer: None,
        proposal: None,
        objection: None,
        files: Vec::new(),
        copy_code: None,
        left_out: None,
        acts: desk::acts(&request, answers, in_charge, scope.person().as_str()),
        request,
    };
    if answers || in_charge {
        let house = vault.system_for(Task::Rights, scope.person());
        detail.words = text_of(&house, id, "words").await?;
        detail.answer = text_of(&house, id, "answer").await?;
        detail.objection = text_of(&house, id, "objection").await?;
        if detail.request.state == "proposed"
            && let Some(fields) = proposed(&house, id).await?
        {
            let by = clear(&record, "proposed_by");
            let hash = proposal_hash(id, &fields);
            let fields = if answers { fields } else { as_seen(scope, &customer, fields).await? };
            detail.proposal = Some(Proposal { hash, fields, by });
        }
        let files = house.paper_list(id).await?;
        detail.files = files
            .into_iter()
            .map(|(part, name, size, expires_at)| FileView { part, name, size, expires_at })
            .collect();
        if answers && !detail.files.is_empty() && desk::answered_by(&detail.request, scope) {
            detail.acts.push("copy_code");
        }
        let act = Act::new("rights.words", REQUEST)
            .on(id, Some(&SubjectId::new(customer.as_str())))
            .looked([customer.clone()]);
        scope.log(act).await?;
    }
    Ok(detail)
}

/// Proposed values as who is in charge may see that field of the customer: in clear who could write it, else as they see
/// the present value. Whoever may not write all of them cannot approve them either.
async fn as_seen(scope: &Scope, customer: &RecordId, fields: Json) -> Result<Json> {
    let def = scope.catalog().object(&CUSTOMER.into())?.clone();
    let rights = scope.field_rights(CUSTOMER, customer).await?;
    let Json::Object(fields) = fields else { return Ok(Json::Null) };
    let seen = fields.into_iter().filter_map(|(name, value)| {
        let (field, right) = (def.field(&name)?, rights.get(&name)?);
        let shown = match right.show {
            Show::None => return None,
            _ if right.edit => value,
            Show::Clear => value,
            Show::Masked | Show::Reveal => match field::parse(field, &value) {
                Ok(Some(parsed)) => Json::from(mask(field.kind, &parsed)),
                _ => Json::Null,
            },
        };
        Some((name, shown))
    });
    Ok(Json::Object(seen.collect()))
}

/// Removes the files of copies whose time is over. Answers how many.
///
/// # Errors
/// The database fails.
pub async fn sweep(vault: &Vault) -> Result<u64> {
    let mut tx = vault.system(Task::Rights).begin().await?;
    let gone = tx.drop_expired_papers().await?;
    if gone > 0 {
        let count = usize::try_from(gone).unwrap_or(usize::MAX);
        tx.commit(Act::new("rights.expire", REQUEST).count(count)).await?;
    }
    Ok(gone)
}

/// The requests about a customer, for a scope that may list them.
pub(crate) async fn about(scope: &Scope, customer: &RecordId) -> Result<Vec<RecordView>> {
    let filter = json!({ "field": "customer", "op": "eq", "value": customer });
    let query = Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        sort: vec![("created_at".to_owned(), true)],
        limit: 100,
        ..Query::default()
    };
    Ok(scope.query(REQUEST, &query).await?.records)
}

pub(crate) fn customer_of(record: &RecordView) -> Result<RecordId> {
    clear(record, "customer")["id"].as_str().map(RecordId::new).ok_or_else(|| damaged("no customer"))
}

/// A paper as text.
pub(crate) async fn text_of(house: &Scope, request: &RecordId, part: &str) -> Result<Option<String>> {
    let paper = house.paper(request, part).await?;
    Ok(paper.and_then(|paper| String::from_utf8(paper.body).ok()))
}

async fn proposed(house: &Scope, request: &RecordId) -> Result<Option<Json>> {
    Ok(text_of(house, request, "proposal").await?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// What a decision on a correction names: exactly these values for exactly this request.
fn proposal_hash(request: &RecordId, fields: &Json) -> String {
    snapshot_hash(&json!({ "request": request, "fields": fields })).to_string()
}

pub(crate) fn clear(record: &RecordView, name: &str) -> Json {
    match record.field(name) {
        Some(FieldView::Clear { value }) => value.clone(),
        _ => Json::Null,
    }
}

pub(crate) fn view(record: &RecordView) -> RightsView {
    let text = |name: &str| record.clear_text(name).map(str::to_owned);
    let said = |name: &str| text(name).unwrap_or_default();
    RightsView {
        id: record.id().to_owned(),
        number: said("number"),
        kind: said("kind"),
        state: said("state"),
        channel: said("channel"),
        customer: clear(record, "customer"),
        received_at: text("received_at"),
        due_at: text("due_at"),
        identity: said("identity"),
        identity_by: clear(record, "identity_by"),
        registered_by: clear(record, "registered_by"),
        handler: clear(record, "handler"),
        answered_at: text("answered_at"),
        refusal: text("refusal"),
        linked_case: text("linked_case"),
        waits: None,
    }
}

fn damaged(what: &str) -> VaultError {
    VaultError::Damaged(format!("a request of a customer: {what}"))
}

/// Words of people: there, bounded, without control characters.
pub(crate) fn words<'a>(field: &str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    let wrong = match text {
        "" => "required",
        _ if text.chars().any(|c| c.is_control() && c != '\n') => "control_character",
        _ if text.chars().nth(MOST_WORDS).is_some() => "too_long",
        _ => return Ok(text),
    };
    Err(Problem::Invalid(vec![kedun_model::FieldError::new(field, wrong).with("max", MOST_WORDS)]).into())
}
