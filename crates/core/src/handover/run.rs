//! Running a handover: in chunks, each with its row in the log, from wherever it was left.

use super::{HANDOVER, HandoverView, inventory, leaver_of, linked, one, propose, runnable, state, text};
use kedun_model::{PersonId, Problem, RecordId};
use kedun_vault::{
    Act, HandoverItem, ItemState, Query, RecordView, Result, Scope, Signal, Task, Tx, Vault, VaultError,
};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Records that share one commit and one row in the log.
const CHUNK: i64 = 50;

/// Starts a handover, or starts it again after it stopped with something left. The records move in [`run`], which the
/// caller puts into the background.
///
/// # Errors
/// Not found; forbidden; `finished`.
pub async fn execute(vault: &Vault, scope: &Scope, case: &RecordId) -> Result<HandoverView> {
    let seen = runnable(scope, case).await?.revision();
    let house = vault.system_for(Task::Casework, scope.person());
    let mut tx = scope.begin().await?;
    tx.as_house(&house, async |tx: &mut Tx| {
        tx.retry_items(case).await?;
        let fields = Map::from_iter([
            ("state".to_owned(), json!("running")),
            ("run_by".to_owned(), json!(scope.person())),
            ("results".to_owned(), Json::Null),
        ]);
        // Against what was judged: one that has come to its end meanwhile does not begin again.
        tx.update(HANDOVER, case, Some(seen), &fields).await
    })
    .await?;
    tx.commit(Act::new("handover.execute", HANDOVER).on(case, None)).await?;
    one(vault, scope, case).await
}

/// Goes on with every handover that was started and has not come to an end: what was just executed, and what a stop of
/// the process interrupted. One that ended with something left waits for people and is not tried again by itself.
/// Answers the cases that are finished now.
///
/// # Errors
/// The database fails for the list; a case that fails is logged and left for the next time.
pub async fn resume(vault: &Vault) -> Result<Vec<RecordId>> {
    let filter = json!({ "field": "state", "op": "eq", "value": "running" });
    let query = Query {
        filter: Some(kedun_model::filter::Filter::parse(&filter).map_err(Problem::Invalid)?),
        limit: kedun_vault::MAX_LIMIT,
        ..Query::default()
    };
    let mut finished = Vec::new();
    for record in vault.system(Task::Casework).query(HANDOVER, &query).await?.records {
        if record.clear_text("results").is_some() {
            continue;
        }
        let case = RecordId::new(record.id());
        match run(vault, &case).await {
            Ok(true) => finished.push(case),
            Ok(false) => {}
            Err(error) => tracing::error!(case = %case, %error, "a handover stopped and will go on"),
        }
    }
    Ok(finished)
}

/// Moves what waits and, when nothing is left, signs the certificate. Safe to call again at any point: what has moved
/// stays moved, what the leaver came to own in between is planned and moves too. Answers whether it is finished; if
/// not, the case says why.
///
/// # Errors
/// The database fails; then everything up to the last chunk stays done.
pub async fn run(vault: &Vault, case: &RecordId) -> Result<bool> {
    let handover = vault.system(Task::Casework).get(HANDOVER, case).await?;
    if state(&handover) != "running" {
        return Ok(state(&handover) == "done");
    }
    let leaver = leaver_of(&handover)?;
    let operator = linked(&handover, "run_by").unwrap_or_else(|| leaver.clone());
    let house = vault.system_for(Task::Handover, &operator);
    late_comers(vault, &house, &handover, &leaver, &operator).await?;
    let reason = handover.clear_text("reason").unwrap_or("other").to_owned();
    while chunk(&house, case, &leaver, &reason).await? > 0 {
        vault.signal(Signal::HandoverChanged { id: case.to_string() });
    }
    let left = house.still_owned_by(&leaver).await?;
    if left > 0 {
        stop(vault, &operator, case, left).await?;
    } else {
        finish(vault, &operator, &handover, &leaver).await?;
    }
    vault.signal(Signal::HandoverChanged { id: case.to_string() });
    Ok(left == 0)
}

/// What the leaver owns and the plan does not know: a request that was under way when the account was frozen. It comes
/// into the plan and into the inventory in one change, for the certificate has both.
async fn late_comers(
    vault: &Vault,
    house: &Scope,
    handover: &RecordView,
    leaver: &PersonId,
    operator: &PersonId,
) -> Result<()> {
    let case = RecordId::new(handover.id());
    let mut tx = house.begin().await?;
    let late: BTreeSet<RecordId> =
        tx.owned_by(leaver, Some(&case)).await?.into_iter().map(|owned| owned.id).collect();
    if late.is_empty() {
        return Ok(());
    }
    // Judged as of now and among all of them, and only the unknown ones are added: the plan that people edited stays.
    let owned = tx.owned_by(leaver, None).await?;
    let mut items = propose::Proposer::new(house, leaver, operator).await?.plan(&owned).await?;
    items.retain(|item| late.contains(&item.record));
    let mut found = inventory(handover);
    for (object, more) in tx.inventory_of(leaver, Some(&case)).await? {
        *found.records.entry(object).or_default() += more;
    }
    tx.plan_items(&case, &items).await?;
    let fields = Map::from_iter([("inventory".to_owned(), json!(text(&found)?))]);
    let casework = vault.system_for(Task::Casework, operator);
    // Against the revision that was read: of two processes that find them at once, one counts them.
    tx.as_house(&casework, async |tx: &mut Tx| {
        tx.update(HANDOVER, &case, Some(handover.revision()), &fields).await
    })
    .await?;
    tx.commit(Act::new("handover.inventory", HANDOVER).on(&case, None).count(items.len())).await.map(drop)
}

/// Moves the next records, all of one object; answers how many were settled.
async fn chunk(house: &Scope, case: &RecordId, leaver: &PersonId, reason: &str) -> Result<usize> {
    let mut tx = house.begin().await?;
    let waiting = tx.waiting_items(case, CHUNK).await?;
    let Some(object) = waiting.first().map(|i| i.object.clone()) else { return Ok(0) };
    let mut moved: BTreeMap<&str, usize> = BTreeMap::new();
    let mut settled = 0;
    for item in waiting.iter().filter(|i| i.object == object) {
        let (state, why) = one_record(&mut tx, item, leaver, reason).await?;
        tx.settle_item(case, &item.record, state, why).await?;
        settled += 1;
        if let (ItemState::Moved, Some(heir)) = (state, &item.heir) {
            *moved.entry(heir.as_str()).or_default() += 1;
        }
    }
    let act = Act::new("handover.transfer", object.as_str())
        .count(moved.values().sum())
        .payload(json!({ "handover": case, "heirs": moved }));
    tx.commit(act).await?;
    Ok(settled)
}

async fn one_record(
    tx: &mut Tx,
    item: &HandoverItem,
    leaver: &PersonId,
    reason: &str,
) -> Result<(ItemState, Option<&'static str>)> {
    let Some(heir) = &item.heir else { return Ok((ItemState::Refused, Some("no_heir"))) };
    if !tx.scope().may_own(heir, &item.object) {
        return Ok((ItemState::Refused, Some("cannot_own")));
    }
    match tx.hand_over(item.object.as_str(), &item.record, leaver, heir, reason).await {
        Ok(()) => Ok((ItemState::Moved, None)),
        // What the rules refuse is a result; what the database refuses ends the chunk, and nothing of it happened.
        Err(VaultError::Problem(Problem::NotFound)) => Ok((ItemState::Elsewhere, Some("not_found"))),
        Err(VaultError::Problem(Problem::Conflict("owned_by_another"))) => {
            Ok((ItemState::Elsewhere, Some("owned_by_another")))
        }
        // Somebody changed the record between its reading and its writing: the next run moves it.
        Err(busy @ VaultError::Problem(Problem::Conflict("revision_conflict"))) => Err(busy),
        Err(VaultError::Problem(Problem::Conflict(code) | Problem::Forbidden(code))) => {
            Ok((ItemState::Refused, Some(code)))
        }
        Err(VaultError::Problem(_)) => Ok((ItemState::Refused, Some("invalid"))),
        Err(other) => Err(other),
    }
}

/// Something is left: the case stays open and says what and why.
async fn stop(vault: &Vault, operator: &PersonId, case: &RecordId, left: i64) -> Result<()> {
    let outcome = vault.system(Task::Casework).handover_outcome(case).await?;
    let mut tx = vault.system_for(Task::Casework, operator).begin().await?;
    let results = text(&json!({ "left": left, "refused": outcome.refused }))?;
    tx.update(HANDOVER, case, None, &Map::from_iter([("results".to_owned(), json!(results))])).await?;
    let act = Act::new("handover.stop", HANDOVER)
        .on(case, None)
        .count(usize::try_from(left).unwrap_or(usize::MAX))
        .payload(json!({ "refused": outcome.refused }));
    tx.commit(act).await.map(drop)
}

/// Nothing is left: the certificate, the row for the whole, and the case is closed.
async fn finish(vault: &Vault, operator: &PersonId, handover: &RecordView, leaver: &PersonId) -> Result<()> {
    let case = RecordId::new(handover.id());
    let house = vault.system_for(Task::Casework, operator);
    let outcome = house.handover_outcome(&case).await?;
    let progress = house.handover_progress(&case).await?;
    // Read anew: what came late is in it, and of two runs that end at once, one signs against its revision.
    let present = house.get(HANDOVER, &case).await?;
    if state(&present) == "done" {
        return Ok(());
    }
    let inventory = inventory(&present);
    let checkpoint = vault.checkpoint().await?;
    let now = kedun_model::moment::text(vault.clock().now());
    let named = |person: &PersonId| json!({ "id": person, "name": house.name_of(person) });
    let heirs: Vec<Json> = outcome
        .heirs
        .iter()
        .map(|(heir, records)| json!({ "person": named(heir), "records": records }))
        .collect();
    let mut body = json!({
        "handover": case,
        "number": handover.clear_text("number"),
        "person": named(leaver),
        "reason": handover.clear_text("reason"),
        "operator": named(operator),
        "frozen_at": handover.clear_text("frozen_at"),
        "finished_at": now,
        "account": "frozen",
        "ended": inventory.ended,
        "inventory": inventory.records,
        "looks": inventory.looks,
        "progress": progress,
        "heirs": heirs,
        "left": 0,
        "log": { "key": vault.ledger_key(), "checkpoint": checkpoint },
    });
    let mut tx = house.begin().await?;
    body["log"]["entry"] = json!(tx.entry());
    let fields = Map::from_iter([
        ("state".to_owned(), json!("done")),
        ("finished_at".to_owned(), json!(now)),
        ("moved".to_owned(), json!(progress.moved)),
        ("assignments".to_owned(), json!(text(&outcome.heirs)?)),
        ("results".to_owned(), json!(text(&json!({ "left": 0 }))?)),
    ]);
    match tx.update(HANDOVER, &case, Some(present.revision()), &fields).await {
        // Another process has closed it in between and signs.
        Err(error) if error.is_overtaken() => return Ok(()),
        other => other?,
    };
    // On PostgreSQL it is known only when the update is sent, which is here or with the commit.
    let certificate = match tx.certify(HANDOVER, case.as_str(), &body).await {
        Err(error) if error.is_overtaken() => return Ok(()),
        other => other?,
    };
    let act = Act::new("handover.done", HANDOVER)
        .on(&case, None)
        .count(usize::try_from(progress.moved).unwrap_or(0))
        .payload(json!({ "heirs": outcome.heirs, "certificate": certificate }));
    match tx.commit(act).await {
        Err(error) if error.is_overtaken() => Ok(()),
        outcome => outcome.map(drop),
    }
}
