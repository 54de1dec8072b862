//! The term of a request: who answers is told once when it draws near, and once when it is over.

use super::{REQUEST, customer_of};
use kedun_model::filter::Filter;
use kedun_model::{Problem, RecordId, SubjectId, moment};
use kedun_vault::{Act, MAX_LIMIT, Query, RecordView, Result, Scope, Signal, Task, Vault};
use serde_json::json;

/// A term draws near so long before it ends, ms.
const NEAR_MS: i64 = 3 * 86_400_000;

/// Tells of every request without an answer whose term draws near or is over, each once, also over several processes
/// and after a stop. Answers of how many it told.
///
/// # Errors
/// The database or the log fails.
pub async fn remind(vault: &Vault) -> Result<usize> {
    let house = vault.system(Task::Rights);
    let filter = json!({ "all": [
        { "field": "state", "op": "not_in", "value": ["answered", "refused"] },
        { "field": "due_at", "op": "le", "value": moment::text(house.now() + NEAR_MS) },
    ] });
    let mut query = Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        sort: vec![("due_at".to_owned(), false)],
        limit: MAX_LIMIT,
        ..Query::default()
    };
    let mut told = 0;
    loop {
        let page = house.query(REQUEST, &query).await?;
        for record in &page.records {
            told += usize::from(tell(&house, record).await?);
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(told),
        }
    }
}

async fn tell(house: &Scope, record: &RecordView) -> Result<bool> {
    let (id, customer) = (RecordId::new(record.id()), customer_of(record)?);
    let over = record.clear_text("due_at").and_then(moment::parse).is_some_and(|due| due <= house.now());
    let stage = if over { "over" } else { "near" };
    let mut tx = house.begin().await?;
    if !tx.take_name(&format!("term/{id}/{stage}")).await? {
        return Ok(false);
    }
    tx.tell(Signal::RequestWaits { id: id.clone(), by: None });
    let act = Act::new("rights.remind", REQUEST).on(&id, Some(&SubjectId::new(customer.as_str())));
    tx.commit(act.purpose(stage).payload(json!({ "customer": customer }))).await?;
    Ok(true)
}
