//! Registering a request: by the customer through their link, or by a colleague who took a call or a letter.

use super::{CUSTOMER, REQUEST, RightsView, view, words};
use kedun_model::{Act as ActName, Problem, RecordId, SubjectId, Verb, moment};
use kedun_vault::{Act, NewRecord, Paper, Result, Scope, Signal, Task, Tx, Vault};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// Most complaints of one customer that wait for an answer.
const MOST_COMPLAINTS: usize = 3;

/// What a customer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// To see and keep what is held about them (PIPL 45).
    Copy,
    /// To have it mended (PIPL 46).
    Correction,
    /// To have it destroyed (PIPL 47).
    Erasure,
    /// To complain (PIPL 50, 65).
    Complaint,
}

impl Kind {
    /// The name as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Copy => "copy",
            Kind::Correction => "correction",
            Kind::Erasure => "erasure",
            Kind::Complaint => "complaint",
        }
    }
}

/// How a request reached the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By phone.
    Phone,
    /// By e-mail.
    Email,
    /// Face to face.
    InPerson,
    /// By letter.
    Letter,
}

impl Channel {
    /// The name as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Phone => "phone",
            Channel::Email => "email",
            Channel::InPerson => "in_person",
            Channel::Letter => "letter",
        }
    }
}

/// A request that a colleague registers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What is asked for.
    pub kind: Kind,
    /// How it came.
    pub channel: Channel,
    /// In the customer's words.
    #[serde(default)]
    pub text: Option<String>,
}

/// A request about to be written.
pub(super) struct New<'a> {
    pub(super) customer: &'a RecordId,
    pub(super) kind: &'static str,
    pub(super) channel: &'static str,
    pub(super) text: Option<&'a str>,
    /// How they proved who they are; `pending` waits for a colleague who checks it.
    pub(super) identity: &'static str,
    pub(super) registered_by: Option<&'a str>,
    /// When it reached the house, UTC ms; its term begins there.
    pub(super) received_at: i64,
    pub(super) answered: bool,
}

/// Registers what a customer asked a colleague for. Whoever may change the customer may do so, and whoever answers.
///
/// # Errors
/// Not found; forbidden; `rights_open`; words that are missing or too long.
pub async fn register(
    vault: &Vault,
    scope: &Scope,
    customer: &RecordId,
    wanted: &Wanted,
) -> Result<RightsView> {
    register_received(vault, scope, customer, wanted, scope.now()).await
}

/// As [`register`], for what reached the house earlier than it is written down.
pub(crate) async fn register_received(
    vault: &Vault,
    scope: &Scope,
    customer: &RecordId,
    wanted: &Wanted,
    received_at: i64,
) -> Result<RightsView> {
    if scope.require(ActName::RightsAnswer, None).is_ok() {
        if scope.asker(customer).await?.is_none() {
            return Err(Problem::NotFound.into());
        }
    } else if !scope.get(CUSTOMER, customer).await?.may(Verb::Edit) {
        return Err(Problem::Forbidden("edit").into());
    }
    let text = given(wanted.kind.as_str(), wanted.text.as_deref())?;
    let house = vault.system_for(Task::Rights, scope.person());
    let new = New {
        customer,
        kind: wanted.kind.as_str(),
        channel: wanted.channel.as_str(),
        text,
        identity: if wanted.kind == Kind::Complaint { "not_needed" } else { "pending" },
        registered_by: Some(scope.person().as_str()),
        received_at,
        answered: false,
    };
    let mut tx = scope.begin().await?;
    let id = tx
        .as_house(&house, async |tx: &mut Tx| {
            none_open(tx, customer, wanted.kind).await?;
            write(tx, &new).await
        })
        .await?;
    tx.commit(act(&id, &new)).await?;
    Ok(view(&house.get(REQUEST, &id).await?))
}

/// The words of a request. Only a copy and an erasure speak for themselves.
pub(super) fn given<'a>(kind: &str, text: Option<&'a str>) -> Result<Option<&'a str>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match (kind, text) {
        ("correction" | "complaint", None) => Err(Problem::invalid("text", "required").into()),
        (_, None) => Ok(None),
        (_, Some(text)) => words("text", text).map(Some),
    }
}

/// One request of a kind at a time; a few complaints.
pub(super) async fn none_open(tx: &mut Tx, customer: &RecordId, kind: Kind) -> Result<()> {
    let most = if kind == Kind::Complaint { MOST_COMPLAINTS } else { 1 };
    let open = tx.open_requests(customer, kind.as_str()).await?;
    if open >= most { Err(Problem::Conflict("rights_open").into()) } else { Ok(()) }
}

/// What the log says of it.
pub(super) fn act(id: &RecordId, new: &New<'_>) -> Act {
    let subject = SubjectId::new(new.customer.as_str());
    Act::new("rights.request", REQUEST)
        .on(id, Some(&subject))
        .purpose(new.kind)
        .payload(json!({ "customer": new.customer, "channel": new.channel, "identity": new.identity }))
}

/// Writes the case, its words and, for a complaint, the complaint; within the rights of the task that keeps requests.
pub(super) async fn write(tx: &mut Tx, new: &New<'_>) -> Result<RecordId> {
    let now = tx.scope().now();
    let complaint = match new.kind {
        "complaint" => Some(complain(tx, new, now).await?),
        _ => None,
    };
    let tail: String = kedun_vault::new_id().chars().filter(char::is_ascii_hexdigit).collect();
    let number = format!("RR-{}", tail[tail.len().saturating_sub(8)..].to_ascii_uppercase());
    let state = match (new.answered, new.identity) {
        (true, _) => "answered",
        (false, "pending") => "identity",
        (false, _) => "open",
    };
    let fields = json!({
        "number": number,
        "customer": new.customer,
        "kind": new.kind,
        "state": state,
        "channel": new.channel,
        "received_at": moment::text(new.received_at),
        "due_at": moment::text(tx.scope().catalog().company.answer_by(new.received_at)),
        "identity": new.identity,
        "registered_by": new.registered_by,
        "answered_at": new.answered.then(|| moment::text(now)),
        "linked_case": complaint,
    });
    let Json::Object(mut fields) = fields else { return Err(Problem::NotFound.into()) };
    fields.retain(|_, value| !value.is_null());
    let id = tx.create(REQUEST, NewRecord { fields, ..NewRecord::default() }).await?;
    if let Some(text) = new.text {
        keep_text(tx, &id, new.customer, "words", text).await?;
    }
    if !new.answered {
        let by = Some(tx.scope().person().clone());
        tx.tell(Signal::RequestWaits { id: id.clone(), by });
    }
    Ok(id)
}

/// Keeps words of a request.
pub(super) async fn keep_text(
    tx: &mut Tx,
    request: &RecordId,
    customer: &RecordId,
    part: &str,
    text: &str,
) -> Result<()> {
    let paper = Paper {
        part: part.to_owned(),
        name: String::new(),
        media: "text/plain".to_owned(),
        body: text.as_bytes().to_vec(),
    };
    tx.keep_paper(request, customer, &paper, None).await
}

async fn complain(tx: &mut Tx, new: &New<'_>, now: i64) -> Result<RecordId> {
    let mut fields = Map::from_iter([
        ("customer".to_owned(), json!(new.customer)),
        ("title".to_owned(), json!("个人信息处理投诉")),
        ("category".to_owned(), json!("privacy")),
        ("received_at".to_owned(), json!(moment::text(now))),
        ("due_at".to_owned(), json!(moment::text(tx.scope().catalog().company.answer_by(now)))),
        ("content".to_owned(), json!(new.text.unwrap_or_default())),
    ]);
    let channel = match new.channel {
        "link" => Some("web"),
        "phone" | "email" | "in_person" => Some(new.channel),
        _ => None,
    };
    if let Some(channel) = channel {
        fields.insert("channel".to_owned(), json!(channel));
    }
    tx.create("complaint", NewRecord { fields, ..NewRecord::default() }).await
}
