//! Following up: logging a visit or a call in one act, with the next plan; finishing a plan; the timeline; today.

mod timeline;
mod today;

pub use timeline::{Moment, MomentKind, Timeline, timeline};
pub(crate) use today::falling;
pub use today::{Today, today};

use kedun_model::{Problem, RecordId, SubjectId};
use kedun_vault::{Act, FieldView, NewRecord, RecordView, Result, Scope, VaultError};
use serde_json::{Map, Value as Json, json};

/// The kind of a follow-up that is only a note: nobody was met or spoken to, so it keeps no customer from the pool.
const NOTE: &str = "note";

/// What else happens with a follow-up, in the same change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Also<'a> {
    /// The plan that comes after it.
    pub next: Option<&'a Map<String, Json>>,
    /// The plan that it carries out. One that is gone or done meanwhile is left alone: what happened is worth more.
    pub completes: Option<&'a RecordId>,
}

/// Logs a follow-up: the record, the customer's last and next follow-up, the next plan and the end of the one that it
/// carries out, in one change.
///
/// # Errors
/// The broken rules by field; a customer that is out of scope.
pub async fn log(scope: &Scope, fields: Map<String, Json>, also: &Also<'_>) -> Result<RecordView> {
    let customer = reference(&fields, "customer")?;
    let now = scope.now();
    let mut fields = fields;
    let at = match fields.get("at") {
        Some(raw) if !raw.is_null() => {
            let text = raw.as_str().ok_or_else(|| Problem::invalid("at", "datetime_format"))?;
            kedun_model::moment::parse(text).ok_or_else(|| Problem::invalid("at", "datetime_format"))?
        }
        _ => {
            fields.insert("at".to_owned(), json!(kedun_model::moment::text(now)));
            now
        }
    };
    if at > now + 5 * 60_000 {
        return Err(Problem::invalid("at", "in_the_future").into());
    }
    let names: Vec<String> = fields.keys().cloned().collect();
    let note = fields.get("kind").and_then(Json::as_str) == Some(NOTE);
    let completes = match also.completes {
        Some(plan) if open_plan_of(scope, plan, &customer).await? => Some(plan),
        _ => None,
    };
    let mut tx = scope.begin().await?;
    let id = tx.create("follow_up", NewRecord { fields, ..NewRecord::default() }).await?;
    let mut due = None;
    if let Some(plan) = also.next {
        let mut plan = plan.clone();
        plan.insert("customer".to_owned(), json!(customer));
        due = plan.get("due_at").and_then(Json::as_str).and_then(kedun_model::moment::parse);
        tx.create("plan", NewRecord { fields: plan, ..NewRecord::default() }).await?;
    }
    if note {
        tx.planned("customer", &customer, due).await?;
    } else {
        tx.followed_up("customer", &customer, at, due).await?;
    }
    if let Some(plan) = completes {
        let done = Map::from_iter([
            ("status".to_owned(), json!("done")),
            ("follow_up".to_owned(), json!(id.as_str())),
        ]);
        tx.replan("plan", plan, None, &done).await?;
    }
    let act = Act::new("record.create", "follow_up")
        .on(&id, Some(&SubjectId::new(customer.as_str())))
        .fields(names);
    tx.commit_and_view(act, &id).await
}

/// Makes a plan and notes it on the customer.
///
/// # Errors
/// As [`log`].
pub async fn plan(scope: &Scope, fields: Map<String, Json>) -> Result<RecordView> {
    let customer = reference(&fields, "customer")?;
    let due = fields.get("due_at").and_then(Json::as_str).and_then(kedun_model::moment::parse);
    let names: Vec<String> = fields.keys().cloned().collect();
    let mut tx = scope.begin().await?;
    let id = tx.create("plan", NewRecord { fields, ..NewRecord::default() }).await?;
    tx.planned("customer", &customer, due).await?;
    let act =
        Act::new("record.create", "plan").on(&id, Some(&SubjectId::new(customer.as_str()))).fields(names);
    tx.commit_and_view(act, &id).await
}

/// Changes a plan: done, put off, opened again. The customer's next follow-up goes along.
///
/// # Errors
/// As [`kedun_vault::Tx::update`].
pub async fn replan(
    scope: &Scope,
    id: &RecordId,
    revision: Option<i64>,
    fields: &Map<String, Json>,
) -> Result<RecordView> {
    let mut tx = scope.begin().await?;
    let changed = tx.replan("plan", id, revision, fields).await?;
    tx.commit_and_view(Act::new("record.update", "plan").on(id, None).fields(changed), id).await
}

async fn open_plan_of(scope: &Scope, plan: &RecordId, customer: &RecordId) -> Result<bool> {
    let plan = match scope.get("plan", plan).await {
        Ok(plan) => plan,
        Err(VaultError::Problem(Problem::NotFound)) => return Ok(false),
        Err(other) => return Err(other),
    };
    let of = match plan.field("customer") {
        Some(FieldView::Clear { value }) => value["id"].as_str() == Some(customer.as_str()),
        _ => false,
    };
    Ok(of && plan.clear_text("status") == Some("open"))
}

fn reference(fields: &Map<String, Json>, name: &str) -> Result<RecordId> {
    let raw = fields.get(name);
    let id = raw.and_then(Json::as_str).or_else(|| raw.and_then(|r| r.get("id")).and_then(Json::as_str));
    match id {
        Some(id) if !id.is_empty() && id.len() <= 64 => Ok(RecordId::new(id)),
        Some(_) => Err(Problem::invalid(name, "unknown_record").into()),
        None => Err(Problem::invalid(name, "required").into()),
    }
}
