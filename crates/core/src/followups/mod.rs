//! Following up: logging a visit or a call in one act, with the next plan; finishing a plan; the timeline; today.

mod timeline;
mod today;

pub use timeline::{Moment, MomentKind, Timeline, timeline};
pub use today::{Today, today};

use kedun_model::{Problem, RecordId, SubjectId};
use kedun_vault::{Act, NewRecord, RecordView, Result, Scope};
use serde_json::{Map, Value as Json, json};

/// Logs a follow-up: the record, the customer's last and next follow-up, and the next plan, in one change.
///
/// # Errors
/// The broken rules by field; a customer that is out of scope.
pub async fn log(
    scope: &Scope,
    fields: Map<String, Json>,
    next: Option<&Map<String, Json>>,
) -> Result<RecordView> {
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
    let mut tx = scope.begin().await?;
    let id = tx.create("follow_up", NewRecord { fields, ..NewRecord::default() }).await?;
    let mut due = None;
    if let Some(plan) = next {
        let mut plan = plan.clone();
        plan.insert("customer".to_owned(), json!(customer));
        due = plan.get("due_at").and_then(Json::as_str).and_then(kedun_model::moment::parse);
        tx.create("plan", NewRecord { fields: plan, ..NewRecord::default() }).await?;
    }
    tx.followed_up("customer", &customer, at, due).await?;
    let act = Act::new("record.create", "follow_up")
        .on(&id, Some(&SubjectId::new(customer.as_str())))
        .fields(names);
    let committed = tx.commit(act).await?;
    committed.view(&id).await?.ok_or_else(|| Problem::NotFound.into())
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
    let committed = tx.commit(act).await?;
    committed.view(&id).await?.ok_or_else(|| Problem::NotFound.into())
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
