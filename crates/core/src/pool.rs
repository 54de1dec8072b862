//! The public pool: customers whom nobody followed up in time fall to it by themselves.
//!
//! **Invariant:** the day that a record shows is the first on which it falls: one rule, read again within the change, so
//! that whoever followed up a moment ago keeps their customer. What falls is taken back one by one only, so what speaks
//! against the calendar is heard first: a restore, a standstill, a clock that was set, and the sheer number (`vault`'s
//! `grace.rs`).

use kedun_model::filter::Filter;
use kedun_model::{ObjectName, Problem, RecordId, moment};
use kedun_vault::{
    Act, GRACE_MS, GraceReason, MAX_LIMIT, PoolLook, Query, Result, Scope, Task, Vault, VaultError,
};
use serde_json::json;

/// So many may fall at once in any house.
const FEW: usize = 20;
/// More than [`FEW`] fall at once only if they are no more than one of so many that somebody owns; or after a grace.
const ONE_OF: i64 = 5;

/// Looks at the pool and lets fall what is due, each record in a change of its own; answers how many. While a grace lasts
/// nobody falls. What cannot fall now (somebody changed it at the same moment, or it is damaged) is passed over and comes
/// again the next time.
///
/// # Errors
/// The database or the log fails.
pub async fn recycle(vault: &Vault) -> Result<usize> {
    let house = vault.system(Task::Recycle);
    let look = house.pool_look().await?;
    if let Some(span) = look.stood_still(house.now()) {
        give_grace(&house, &look, GraceReason::StoodStill, span, None).await?;
        return Ok(0);
    }
    let look = house.look_at_pool(look).await?;
    if look.grace.is_some_and(|grace| grace.until > house.now()) {
        return Ok(0);
    }
    let noticed = look.grace.is_some_and(|grace| grace.reason == GraceReason::TooMany);
    let mut falling = Vec::new();
    for object in objects(&house) {
        let due = due(&house, &object).await?;
        if !noticed && are_too_many(&house, &object, due.len()).await? {
            let many = Some((&object, due.len()));
            give_grace(&house, &look, GraceReason::TooMany, GRACE_MS, many).await?;
            return Ok(0);
        }
        falling.extend(due.into_iter().map(|id| (object.clone(), id)));
    }
    let mut fallen = 0;
    for (object, id) in falling {
        match fall(&house, object.as_str(), &id).await {
            Ok(fell) => fallen += usize::from(fell),
            Err(error @ VaultError::LedgerUnavailable(_)) => return Err(error),
            Err(error) if error.is_unreachable() => return Err(error),
            Err(error) => tracing::warn!(record = %id, %error, "a record could not fall to the pool"),
        }
    }
    // Only now: a run that was cut off goes on, and those who were given notice are given no second one.
    if look.grace.is_some() {
        house.spend_grace().await?;
    }
    Ok(fallen)
}

fn objects(house: &Scope) -> Vec<ObjectName> {
    let objects = house.catalog().objects.values().map(|published| &published.def);
    objects.filter(|def| def.pooled && def.pool_after_days.is_some()).map(|def| def.name.clone()).collect()
}

/// Whether so many falling at once are more than a house loses by neglect.
async fn are_too_many(house: &Scope, object: &ObjectName, due: usize) -> Result<bool> {
    if due <= FEW {
        return Ok(false);
    }
    let owned: i64 = house.loads(object).await?.values().sum();
    Ok(i64::try_from(due).unwrap_or(i64::MAX).saturating_mul(ONE_OF) > owned)
}

/// Gives a grace and says so, in the log of the house and in that of the server: for how many of what, where it is too many.
async fn give_grace(
    house: &Scope,
    look: &PoolLook,
    reason: GraceReason,
    span: i64,
    many: Option<(&ObjectName, usize)>,
) -> Result<()> {
    let mut tx = house.begin().await?;
    let Some(grace) = tx.give_grace(look, reason, span).await? else { return Ok(()) };
    let (object, due) = many.unzip();
    let about = json!({ "reason": reason, "until": grace.until, "looked_at": look.at, "object": object });
    let act = Act::new("pool.grace", "pool").payload(about);
    let act = match due {
        Some(due) => act.count(due),
        None => act,
    };
    tx.commit(act).await?;
    let until = moment::text(grace.until);
    tracing::warn!(?reason, until, ?due, "nobody falls to the pool before that");
    Ok(())
}

/// What is due and not held, by id. It is listed whole before the first falls: a page that follows another would miss some.
async fn due(house: &Scope, object: &ObjectName) -> Result<Vec<RecordId>> {
    let over = json!({ "field": "pool_due_at", "op": "le", "value": moment::text(house.now()) });
    let mut query = Query {
        filter: Some(Filter::parse(&over).map_err(Problem::Invalid)?),
        fields: Some(Vec::new()),
        limit: MAX_LIMIT,
        ..Query::default()
    };
    let mut due = Vec::new();
    loop {
        let page = house.query(object.as_str(), &query).await?;
        due.extend(page.records.iter().map(|record| RecordId::new(record.id())));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    let held = house.held_of(object).await?;
    due.retain(|id| !held.contains(id));
    Ok(due)
}

async fn fall(house: &Scope, object: &str, id: &RecordId) -> Result<bool> {
    let mut tx = house.begin().await?;
    if !tx.fall(object, id).await? {
        return Ok(false);
    }
    let act = Act::new("record.release", object).on(id, None).purpose("not_followed_up");
    tx.commit(act).await.map(|_| true)
}
