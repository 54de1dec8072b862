//! The public pool: customers whom nobody followed up in time fall to it by themselves.
//!
//! **Invariant:** the day that a record shows is the day on which it falls: one rule, read again within the change, so
//! that whoever followed up a moment ago keeps their customer.

use kedun_model::filter::Filter;
use kedun_model::{ObjectName, Problem, RecordId, moment};
use kedun_vault::{Act, MAX_LIMIT, Query, Result, Scope, Task, Vault, VaultError};
use serde_json::json;

/// Lets fall what is due, each record in a change of its own; answers how many. What cannot fall now (somebody changed it
/// at the same moment, or it is damaged) is passed over and comes again the next time.
///
/// # Errors
/// The database or the log fails.
pub async fn recycle(vault: &Vault) -> Result<usize> {
    let house = vault.system(Task::Recycle);
    let objects: Vec<ObjectName> = house
        .catalog()
        .objects
        .values()
        .filter(|published| published.def.pooled && published.def.pool_after_days.is_some())
        .map(|published| published.def.name.clone())
        .collect();
    let mut fallen = 0;
    for object in objects {
        for id in due(&house, object.as_str()).await? {
            match fall(&house, object.as_str(), &id).await {
                Ok(fell) => fallen += usize::from(fell),
                Err(error @ VaultError::LedgerUnavailable(_)) => return Err(error),
                Err(error) if error.is_unreachable() => return Err(error),
                Err(error) => tracing::warn!(record = %id, %error, "a record could not fall to the pool"),
            }
        }
    }
    Ok(fallen)
}

/// What is due, by id. It is listed whole before the first falls: a page that follows another would miss some.
async fn due(house: &Scope, object: &str) -> Result<Vec<RecordId>> {
    let over = json!({ "field": "pool_due_at", "op": "le", "value": moment::text(house.now()) });
    let mut query = Query {
        filter: Some(Filter::parse(&over).map_err(Problem::Invalid)?),
        fields: Some(Vec::new()),
        limit: MAX_LIMIT,
        ..Query::default()
    };
    let mut due = Vec::new();
    loop {
        let page = house.query(object, &query).await?;
        due.extend(page.records.iter().map(|record| RecordId::new(record.id())));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(due),
        }
    }
}

async fn fall(house: &Scope, object: &str, id: &RecordId) -> Result<bool> {
    let mut tx = house.begin().await?;
    if !tx.fall(object, id).await? {
        return Ok(false);
    }
    let act = Act::new("record.release", object).on(id, None).purpose("not_followed_up");
    tx.commit(act).await.map(|_| true)
}
