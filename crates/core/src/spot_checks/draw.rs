//! The draw, once for a manager and a week.

use super::{DRAWN, FOLLOW_UP, SPOT_CHECK, WEEKS, Week, allowed, filter, members};
use kedun_ledger::lot::{Seed, roll_hash};
use kedun_model::{Act as ActName, Problem, RecordId, moment};
use kedun_vault::{Act, Enrolled, NewRecord, Query, Result, Scope, Task, Tx, Vault};
use serde_json::json;

/// Draws the check of a week that is over, or answers the one that was drawn.
///
/// # Errors
/// Not found and forbidden for who leads nobody; a period that is no week, is not over or is too long ago.
pub async fn draw(vault: &Vault, scope: &Scope, period: &str) -> Result<RecordId> {
    allowed(scope)?;
    let week = Week::parse(period, scope.catalog().zone())
        .ok_or_else(|| Problem::invalid("period", "not_a_week"))?;
    if let Some(drawn) = drawn_before(scope, week).await? {
        return Ok(drawn);
    }
    let now = Week::of(scope.now(), scope.catalog().zone())
        .ok_or_else(|| Problem::invalid("period", "not_a_week"))?;
    if week >= now {
        return Err(Problem::invalid("period", "week_not_over").into());
    }
    if std::iter::successors(Some(now), |week| Some(week.before())).take(WEEKS + 1).all(|known| known != week)
    {
        return Err(Problem::invalid("period", "week_too_old").into());
    }
    let roll = roll(scope, week).await?;
    // Taking the roll left a row, so there is something to sign when nothing was signed since.
    let head = match vault.head_after(week.ends()).await? {
        Some(head) => head,
        None => {
            vault.checkpoint().await?;
            vault.head_after(week.ends()).await?.ok_or(Problem::Conflict("no_head_yet"))?
        }
    };
    let (manager, department) = whose(scope);
    let period = week.to_string();
    let seed = Seed::new(&head.root, head.size, &[&manager, &department, &period]);
    let drawn = seed.draw(&roll, DRAWN);
    let hash = roll_hash(&roll).hex();
    let size = i64::try_from(head.size).unwrap_or(i64::MAX);
    let mut tx = scope.begin().await?;
    if !tx.take_name(&format!("{SPOT_CHECK}/{manager}/{period}")).await? {
        // Two windows of one manager: the other was faster, and its draw is the draw.
        drop(tx);
        return drawn_before(scope, week).await?.ok_or_else(|| Problem::Conflict("drawn_before").into());
    }
    let entry = tx.entry().to_owned();
    let new = NewRecord {
        fields: members([
            ("period", json!(period)),
            ("manager", json!(manager)),
            ("team", json!(scope.department())),
            ("state", json!(if drawn.is_empty() { "done" } else { "open" })),
            ("drawn_at", json!(moment::text(scope.now()))),
            ("size", json!(size)),
            ("root", json!(head.root.hex())),
            ("population", json!(roll.len())),
            ("roll_hash", json!(hash)),
            ("drawn", json!(json!(drawn).to_string())),
            ("entry", json!(entry)),
        ]),
        owner: Some(scope.person().clone()),
        department: scope.department().cloned(),
        ..NewRecord::default()
    };
    let house = vault.system_for(Task::Casework, scope.person());
    let id = tx.as_house(&house, async |tx: &mut Tx| tx.create(SPOT_CHECK, new).await).await?;
    let told = json!({
        "check": id, "manager": manager, "department": department, "period": period, "size": size,
        "zone": scope.catalog().zone(), "root": head.root.hex(), "seed": seed.hex(), "roll": roll, "roll_hash": hash, "drawn": drawn,
    });
    tx.commit(Act::new("spot_check.draw", SPOT_CHECK).on(&id, None).count(drawn.len()).payload(told)).await?;
    Ok(id)
}

/// The roll of a week: the follow-ups that were recorded in it by the people the caller leads. When something is said to
/// have happened does not matter, because whoever writes it down chooses that.
pub(super) async fn roll(scope: &Scope, week: Week) -> Result<Vec<String>> {
    let bound = |op: &str, at: i64| json!({ "field": "created_at", "op": op, "value": moment::text(at) });
    let recorded = json!({ "all": [bound("ge", week.begins()), bound("lt", week.ends())] });
    let query = Query { filter: Some(filter(recorded)?), ..Query::default() };
    let led = |one: &Enrolled| {
        one.author != *scope.person()
            && scope
                .departments_of(&one.author)
                .0
                .is_some_and(|department| scope.caller().may(ActName::SpotChecksRun, Some(&department)))
    };
    let mut roll: Vec<String> = scope
        .roll(FOLLOW_UP, &query)
        .await?
        .into_iter()
        .filter(led)
        .map(|one| one.record.to_string())
        .collect();
    roll.sort();
    roll.dedup();
    Ok(roll)
}

/// Whose draw it is, as the seed names them.
fn whose(scope: &Scope) -> (String, String) {
    (scope.person().to_string(), scope.department().map(ToString::to_string).unwrap_or_default())
}

async fn drawn_before(scope: &Scope, week: Week) -> Result<Option<RecordId>> {
    let known = json!({ "all": [
        { "field": "period", "op": "eq", "value": week.to_string() },
        { "field": "manager", "op": "eq", "value": scope.person() },
    ] });
    let query = Query { filter: Some(filter(known)?), limit: 1, ..Query::default() };
    let found = scope.query(SPOT_CHECK, &query).await?;
    Ok(found.records.first().map(|record| RecordId::new(record.id())))
}
