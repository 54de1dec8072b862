//! The desk: checking who asks, answering, refusing with a ground, and passing a correction to who is in charge.

use super::archive::MOST_BYTES;
use super::collect::render;
use super::register::keep_text;
use super::{
    CUSTOMER, REQUEST, RightsDetail, RightsView, customer_of, damaged, one, proposal_hash, proposed, words,
};
use crate::erasures::{self, ERASURE};
use kedun_model::filter::Filter;
use kedun_model::flow::Decision;
use kedun_model::{Act as ActName, FieldError, Problem, RecordId, SubjectId, Verb, field, moment};
use kedun_vault::{Act, Query, RecordView, Result, Scope, Signal, Task, Tx, Vault, VaultError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// A copy can be fetched for so long, ms.
const COPY_LIVES_MS: i64 = 14 * 86_400_000;

/// How a colleague made sure who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// They came.
    InPerson,
    /// They were called back on the number on file.
    CalledBack,
    /// A document was shown and not kept.
    Document,
    /// Who is in charge knows them.
    Known,
}

impl How {
    fn as_str(self) -> &'static str {
        match self {
            How::InPerson => "in_person",
            How::CalledBack => "called_back",
            How::Document => "document",
            How::Known => "known",
        }
    }
}

/// How a request was settled.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// What the customer is told.
    #[serde(default)]
    pub text: Option<String>,
}

/// What the caller may do about a request in its present state.
pub(super) fn acts(request: &RightsView, answers: bool, in_charge: bool, me: &str) -> Vec<&'static str> {
    let mut acts = Vec::new();
    let (state, kind) = (request.state.as_str(), request.kind.as_str());
    // Whoever answers calls back on the number on file, and tells the code of a copy.
    if answers && (state != "refused" && (state != "answered" || kind == "copy")) {
        acts.push("call");
    }
    if answers && state == "identity" {
        acts.extend(["identify", "refuse"]);
    }
    if answers && state == "open" {
        match kind {
            "correction" => acts.extend(["propose", "answer", "refuse"]),
            "erasure" => acts.extend(["erase", "refuse"]),
            "complaint" => acts.push("answer"),
            _ => acts.extend(["answer", "refuse"]),
        }
    }
    // Whether it is their own proposal is asked again when they decide.
    if in_charge && state == "proposed" && request.handler["id"] != me {
        acts.push("decide");
    }
    acts
}

/// Notes that it was made sure who asks.
///
/// # Errors
/// Not found; forbidden; `rights_changed` when nothing waits for it.
pub async fn identify(vault: &Vault, scope: &Scope, id: &RecordId, how: How) -> Result<RightsDetail> {
    let record = at_the_desk(scope, id, &["identity"]).await?;
    let fields =
        [("identity", json!(how.as_str())), ("identity_by", json!(scope.person())), ("state", json!("open"))];
    settle(vault, scope, &record, &fields, &[], "rights.identify").await?;
    one(vault, scope, id).await
}

/// Answers: a copy is made, a complaint or a correction is answered in words. An erasure is carried out instead.
///
/// # Errors
/// Not found; forbidden; `rights_changed`; `needs_erasure`; words that are missing or too long.
pub async fn answer(
    vault: &Vault,
    scope: &Scope,
    id: &RecordId,
    answered: &Answered,
) -> Result<RightsDetail> {
    let record = at_the_desk(scope, id, &["open"]).await?;
    let customer = customer_of(&record)?;
    let kind = record.clear_text("kind").unwrap_or_default();
    let given = answered.text.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let text = match (kind, given) {
        ("erasure", _) => return Err(Problem::Conflict("needs_erasure").into()),
        ("copy", None) => None,
        (_, text) => Some(words("text", text.unwrap_or_default())?),
    };
    let now = scope.now();
    let rendered = match kind {
        "copy" => {
            let number = record.clear_text("number").unwrap_or_default();
            let held = scope.collect(&customer, MOST_BYTES).await?;
            Some(render(scope.catalog(), &customer, number, now, &held)?)
        }
        _ => None,
    };
    let house = vault.system_for(Task::Rights, scope.person());
    let mut tx = scope.begin().await?;
    let (mut code, mut certificate) = (None, None);
    tx.as_house(&house, async |tx: &mut Tx| {
        if let Some(rendered) = &rendered {
            code = Some(tx.make_copy_code(id, &customer, now + COPY_LIVES_MS).await?);
            tx.keep_paper(id, &customer, &rendered.archive, Some(now + COPY_LIVES_MS)).await?;
            let body = json!({
                "case": id,
                "request": record.clear_text("number"),
                "customer": customer,
                "received_at": record.clear_text("received_at"),
                "made_at": moment::text(now),
                "files": rendered.named(),
                "left_out": rendered.left_out,
                "log": { "key": vault.ledger_key(), "entry": tx.entry() },
            });
            certificate = Some(tx.certify(REQUEST, id.as_str(), &body).await?);
        }
        if let Some(text) = text {
            keep_text(tx, id, &customer, "answer", text).await?;
        }
        if let ("complaint", Some(case), Some(text)) = (kind, record.clear_text("linked_case"), text) {
            let fields = Map::from_iter([
                ("answer".to_owned(), json!(text)),
                ("status".to_owned(), json!("answered")),
            ]);
            tx.update("complaint", &RecordId::new(case), None, &fields).await?;
        }
        close(tx, &record, scope).await
    })
    .await?;
    let mut act = act("rights.answer", id, &customer).purpose(kind.to_owned());
    if let Some(certificate) = certificate {
        act = act.payload(json!({ "certificate": certificate }));
    }
    tx.commit(act).await.map_err(overtaken)?;
    let left_out = rendered.map(|copy| copy.left_out).filter(|left_out| *left_out > 0);
    Ok(RightsDetail { copy_code: code, left_out, ..one(vault, scope, id).await? })
}

/// A number on file.
#[derive(Clone, Debug, Serialize)]
pub struct Number {
    /// The field that it stands in.
    pub field: String,
    /// The number.
    pub value: String,
}

/// The numbers on file of who asks, to call back on. Each asking counts as a reveal.
///
/// # Errors
/// Not found; forbidden; `rights_changed` when there is nothing to call about any more.
pub async fn numbers(scope: &Scope, id: &RecordId) -> Result<Vec<Number>> {
    let record = scope.get(REQUEST, id).await?;
    scope.require(ActName::RightsAnswer, None)?;
    if !acts(&super::view(&record), true, false, scope.person().as_str()).contains(&"call") {
        return Err(Problem::Conflict("rights_changed").into());
    }
    let found = scope.numbers_on_file(&customer_of(&record)?).await?;
    Ok(found.into_iter().map(|(field, value)| Number { field, value }).collect())
}

/// A new code for a copy whose code was lost; the former one opens nothing any more. Only who answered makes one, so that
/// no third hand comes to hold it.
///
/// # Errors
/// Not found; forbidden; `rights_changed` when there is no copy to be fetched.
pub async fn new_copy_code(vault: &Vault, scope: &Scope, id: &RecordId) -> Result<RightsDetail> {
    let record = at_the_desk(scope, id, &["answered"]).await?;
    let customer = customer_of(&record)?;
    let house = vault.system_for(Task::Rights, scope.person());
    let expires_at = house.paper_list(id).await?.into_iter().filter_map(|(.., until)| until).min();
    let expires_at = expires_at.ok_or(Problem::Conflict("rights_changed"))?;
    if !answered_by(&super::view(&record), scope) {
        return Err(Problem::Forbidden("rights.answer").into());
    }
    let mut tx = scope.begin().await?;
    let mut code = None;
    tx.as_house(&house, async |tx: &mut Tx| {
        code = Some(tx.make_copy_code(id, &customer, expires_at).await?);
        Ok(())
    })
    .await?;
    tx.commit(act("rights.copy_code", id, &customer)).await.map_err(overtaken)?;
    Ok(RightsDetail { copy_code: code, ..one(vault, scope, id).await? })
}

/// Whether this person answered the request.
pub(super) fn answered_by(request: &RightsView, scope: &Scope) -> bool {
    request.state == "answered" && request.handler["id"] == json!(scope.person())
}

/// Refuses, with the ground in law and in words (PIPL 50).
///
/// # Errors
/// Not found; forbidden; `rights_changed`; an unknown ground; words that are missing or too long.
pub async fn refuse(
    vault: &Vault,
    scope: &Scope,
    id: &RecordId,
    ground: &str,
    text: &str,
) -> Result<RightsDetail> {
    let record = at_the_desk(scope, id, &["identity", "open"]).await?;
    // Nobody may be told that they have nothing to complain of; a complaint is answered.
    if record.clear_text("kind") == Some("complaint") {
        return Err(Problem::Conflict("rights_changed").into());
    }
    let text = words("text", text)?;
    if ground.is_empty() {
        return Err(Problem::invalid("ground", "required").into());
    }
    let fields = [
        ("state", json!("refused")),
        ("refusal", json!(ground)),
        ("handler", json!(scope.person())),
        ("answered_at", json!(moment::text(scope.now()))),
    ];
    settle(vault, scope, &record, &fields, &[("answer", text)], "rights.refuse").await.map_err(|error| {
        match error {
            VaultError::Problem(Problem::Invalid(errors)) => Problem::Invalid(
                errors
                    .into_iter()
                    .map(
                        |e| if e.field == "refusal" { FieldError { field: "ground".into(), ..e } } else { e },
                    )
                    .collect(),
            )
            .into(),
            other => other,
        }
    })?;
    one(vault, scope, id).await
}

/// Proposes new values to who is in charge of the customer; they are sealed until that person decides.
///
/// # Errors
/// Not found; forbidden; `rights_changed`; values that break rules; no value at all.
pub async fn propose(
    vault: &Vault,
    scope: &Scope,
    id: &RecordId,
    fields: &Map<String, Json>,
) -> Result<RightsDetail> {
    let record = at_the_desk(scope, id, &["open"]).await?;
    if record.clear_text("kind") != Some("correction") {
        return Err(Problem::Conflict("rights_changed").into());
    }
    let def = scope.catalog().object(&CUSTOMER.into())?.clone();
    let mut errors = Vec::new();
    if fields.is_empty() {
        errors.push(FieldError::new("fields", "required"));
    }
    for (name, raw) in fields {
        match def
            .field(name)
            .filter(|f| !f.locked && f.column.is_none_or(|c| c == kedun_model::definition::Column::Title))
        {
            None => errors.push(FieldError::new(name.chars().take(60).collect::<String>(), "unknown_field")),
            Some(f) => {
                if let Err(error) = field::parse_over(f, raw, None) {
                    errors.push(error);
                }
            }
        }
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    let values = Json::Object(fields.clone());
    let changes = [
        ("state", json!("proposed")),
        ("proposed_by", json!(scope.person())),
        ("handler", json!(scope.person())),
        ("proposal_hash", json!(proposal_hash(id, &values))),
    ];
    let text = values.to_string();
    settle(vault, scope, &record, &changes, &[("proposal", &text)], "rights.propose").await?;
    one(vault, scope, id).await
}

/// Decides on a proposed correction: by who may change the customer, and not by who proposed it. Approved values are
/// written with the rights of who approves, in the same change.
///
/// # Errors
/// Not found; `own_request`; `snapshot_changed`; `rights_changed`; a refusal without words; as an edit of the customer.
pub async fn decide(
    vault: &Vault,
    scope: &Scope,
    id: &RecordId,
    decision: Decision,
    hash: &str,
    comment: &str,
) -> Result<RightsDetail> {
    let record = scope.get(REQUEST, id).await?;
    let customer = customer_of(&record)?;
    if !scope.get(CUSTOMER, &customer).await?.may(Verb::Edit) {
        return Err(Problem::Forbidden("edit").into());
    }
    if record.clear_text("state") != Some("proposed") {
        return Err(Problem::Conflict("rights_changed").into());
    }
    if super::clear(&record, "proposed_by")["id"] == json!(scope.person()) {
        return Err(Problem::Forbidden("own_request").into());
    }
    let house = vault.system_for(Task::Rights, scope.person());
    let values = proposed(&house, id).await?.ok_or(Problem::Conflict("subject_destroyed"))?;
    // What is about to be written is exactly what was proposed and what the caller was shown.
    let now = proposal_hash(id, &values);
    if now != hash || record.clear_text("proposal_hash") != Some(now.as_str()) {
        return Err(Problem::Conflict("snapshot_changed").into());
    }
    if decision == Decision::Reject {
        let comment = words("comment", comment)?;
        let fields = [("state", json!("open"))];
        settle(vault, scope, &record, &fields, &[("objection", comment)], "rights.object").await?;
        return one(vault, scope, id).await;
    }
    let Json::Object(fields) = values else { return Err(damaged("its correction")) };
    // To be put right is no matter of consent (PIPL 46); what was not held before is collected, and is.
    let held = scope.get(CUSTOMER, &customer).await?;
    let collected: Map<String, Json> = fields
        .iter()
        .filter(|(name, _)| held.field(name).is_none())
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    crate::intake::may_hold(scope, CUSTOMER, &customer, &collected).await?;
    let mut tx = scope.begin().await?;
    let changed = tx.update(CUSTOMER, &customer, None, &fields).await?;
    tx.as_house(&house, async |tx: &mut Tx| {
        let text = Some(comment.trim()).filter(|t| !t.is_empty());
        if let Some(text) = text {
            keep_text(tx, id, &customer, "answer", words("comment", text)?).await?;
        }
        let fields = Map::from_iter([
            ("state".to_owned(), json!("answered")),
            ("answered_at".to_owned(), json!(moment::text(tx.scope().now()))),
        ]);
        tx.update(REQUEST, id, Some(record.revision()), &fields).await
    })
    .await
    .map_err(overtaken)?;
    let subject = SubjectId::new(customer.as_str());
    let act = Act::new("record.update", CUSTOMER).on(&customer, Some(&subject)).fields(changed);
    tx.commit(act.purpose("correction").payload(json!({ "request": id }))).await.map_err(overtaken)?;
    one(vault, scope, id).await
}

/// Begins the erasure that was asked for: it waits for somebody else's approval as every erasure does.
///
/// # Errors
/// As [`erasures::request`]; `rights_changed`.
pub async fn start_erasure(
    vault: &Vault,
    scope: &Scope,
    id: &RecordId,
    ground: &str,
    note: &str,
) -> Result<RightsDetail> {
    let record = at_the_desk(scope, id, &["open"]).await?;
    if record.clear_text("kind") != Some("erasure") {
        return Err(Problem::Conflict("rights_changed").into());
    }
    let customer = customer_of(&record)?;
    let case = match erasures::request(vault, scope, CUSTOMER, &customer, ground, note).await {
        Ok(case) => case.id,
        // One is under way, by another hand or from a try that was cut short: the request goes with it.
        Err(VaultError::Problem(Problem::Conflict("erasure_open"))) => {
            open_erasure(vault, &customer).await?.ok_or(Problem::Conflict("erasure_open"))?
        }
        Err(other) => return Err(other),
    };
    let fields =
        [("state", json!("erasing")), ("linked_case", json!(case)), ("handler", json!(scope.person()))];
    settle(vault, scope, &record, &fields, &[], "rights.erase").await?;
    one(vault, scope, id).await
}

async fn open_erasure(vault: &Vault, customer: &RecordId) -> Result<Option<String>> {
    let filter = json!({ "all": [
        { "field": "target", "op": "eq", "value": customer },
        { "field": "state", "op": "in", "value": ["waiting", "approved"] },
    ] });
    let query = Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        limit: 1,
        ..Query::default()
    };
    let page = vault.system(Task::Casework).query(ERASURE, &query).await?;
    Ok(page.records.first().map(|r| r.id().to_owned()))
}

/// Moves the requests on that an erasure was to answer, within the change that settles it. Done answers them, and nothing
/// is held any more that another request of this customer could be about; a rejection gives them back to the desk.
pub(crate) async fn erasure_settled(vault: &Vault, tx: &mut Tx, case: &RecordId, done: bool) -> Result<()> {
    let by = tx.scope().person().clone();
    let house = vault.system_for(Task::Rights, &by);
    tx.as_house(&house, async |tx: &mut Tx| {
        let now = json!(moment::text(tx.scope().now()));
        for (request, state) in tx.requests_of_erasure(case).await? {
            let fields = match (done, state.as_str()) {
                (false, "erasing") => vec![("state", json!("open"))],
                (false, _) => continue,
                (true, "erasing") => vec![("state", json!("answered")), ("answered_at", now.clone())],
                (true, _) => vec![
                    ("state", json!("refused")),
                    ("refusal", json!("not_held")),
                    ("handler", json!(by)),
                    ("answered_at", now.clone()),
                ],
            };
            let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            tx.update(REQUEST, &request, None, &fields).await?;
            if !done {
                tx.tell(Signal::RequestWaits { id: request, by: Some(by.clone()) });
            }
        }
        Ok(())
    })
    .await
}

/// A request in one of these states, for who answers.
async fn at_the_desk(scope: &Scope, id: &RecordId, states: &[&str]) -> Result<RecordView> {
    let record = scope.get(REQUEST, id).await?;
    scope.require(ActName::RightsAnswer, None)?;
    if !record.clear_text("state").is_some_and(|state| states.contains(&state)) {
        return Err(Problem::Conflict("rights_changed").into());
    }
    Ok(record)
}

/// One change of a request with its words.
async fn settle(
    vault: &Vault,
    scope: &Scope,
    record: &RecordView,
    fields: &[(&str, Json)],
    texts: &[(&str, &str)],
    action: &'static str,
) -> Result<()> {
    let (id, customer) = (RecordId::new(record.id()), customer_of(record)?);
    let house = vault.system_for(Task::Rights, scope.person());
    let fields: Map<String, Json> = fields.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
    let mut tx = scope.begin().await?;
    tx.as_house(&house, async |tx: &mut Tx| {
        for (part, text) in texts {
            keep_text(tx, &id, &customer, part, text).await?;
        }
        tx.update(REQUEST, &id, Some(record.revision()), &fields).await
    })
    .await
    .map_err(overtaken)?;
    // From one to the other of the two who have to go on with it; what one of them does is no news to that one.
    if matches!(action, "rights.propose" | "rights.object") {
        tx.tell(Signal::RequestWaits { id: id.clone(), by: Some(scope.person().clone()) });
    }
    tx.commit(act(action, &id, &customer)).await.map(drop).map_err(overtaken)
}

async fn close(tx: &mut Tx, record: &RecordView, scope: &Scope) -> Result<()> {
    let fields = Map::from_iter([
        ("state".to_owned(), json!("answered")),
        ("handler".to_owned(), json!(scope.person())),
        ("answered_at".to_owned(), json!(moment::text(scope.now()))),
    ]);
    let id = RecordId::new(record.id());
    tx.update(REQUEST, &id, Some(record.revision()), &fields).await.map(drop).map_err(overtaken)
}

/// Somebody else moved the request in between, which on PostgreSQL only the commit may tell; its record is not the caller's to see again in an error.
fn overtaken(error: VaultError) -> VaultError {
    match error {
        error if error.is_overtaken() => Problem::Conflict("rights_changed").into(),
        other => other,
    }
}

fn act(action: &'static str, id: &RecordId, customer: &RecordId) -> Act {
    Act::new(action, REQUEST)
        .on(id, Some(&SubjectId::new(customer.as_str())))
        .payload(json!({ "customer": customer }))
}
