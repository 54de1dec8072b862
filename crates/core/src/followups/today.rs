//! Today: what is due, what is late, what is new, what soon falls to the pool, what waits for a decision.

use kedun_model::Problem;
use kedun_model::filter::Filter;
use kedun_model::role::RowScope;
use kedun_vault::{Query, RecordView, Result, Scope};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// Days ahead of the pool in which somebody is warned.
const WARN_DAYS: i64 = 7;
/// Days for which an assignment counts as new.
const NEW_DAYS: u32 = 3;
const DAY_MS: i64 = 86_400_000;

/// The working day.
#[derive(Serialize)]
pub struct Today {
    /// Plans of today.
    pub due: Vec<RecordView>,
    /// Plans that are late.
    pub overdue: Vec<RecordView>,
    /// Customers that are new to the caller.
    pub new_assignments: Vec<RecordView>,
    /// Customers that fall to the pool within a week, soonest first.
    pub falling: Vec<RecordView>,
    /// Decisions that wait for the caller.
    pub waiting: usize,
    /// The people below the caller; absent for who leads nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<Team>,
}

/// The day of those whom the caller leads.
#[derive(Serialize)]
pub struct Team {
    /// Their customers that fall to the pool within a week, soonest first.
    pub falling: Vec<RecordView>,
    /// What they wrote down today, newest first.
    pub followed_up: Vec<RecordView>,
}

/// Reads the caller's day.
///
/// # Errors
/// The database fails.
pub async fn today(scope: &Scope) -> Result<Today> {
    let mine = json!({ "field": "owner", "op": "me" });
    let open = json!({ "field": "status", "op": "eq", "value": "open" });
    let plans = async |when: Json| {
        list(scope, "plan", json!({ "all": [mine, open, when] }), "due_at", false, 50).await
    };
    let due = plans(json!({ "field": "due_at", "op": "today" })).await?;
    let late: Vec<RecordView> = plans(json!({ "field": "due_at", "op": "past" })).await?;
    let overdue = late.into_iter().filter(|plan| !due.iter().any(|d| d.id() == plan.id())).collect();
    let new_assignments = list(
        scope,
        "customer",
        json!({ "all": [mine, { "field": "owned_since", "op": "last_days", "value": NEW_DAYS }] }),
        "updated_at",
        true,
        20,
    )
    .await?;
    let falling = falling(scope, mine.clone()).await?;
    let waiting = scope.tasks(true).await?.iter().filter(|t| t.decidable).count();
    Ok(Today { due, overdue, new_assignments, falling, waiting, team: team(scope).await? })
}

async fn team(scope: &Scope) -> Result<Option<Team>> {
    let leads = scope.caller().grants.iter().any(|held| {
        held.grant.object.as_str() == "customer"
            && matches!(held.grant.scope, RowScope::Department | RowScope::DepartmentTree)
    });
    if !leads {
        return Ok(None);
    }
    let theirs = json!({ "field": "relation", "op": "eq", "value": "subordinates" });
    let today = json!({ "all": [theirs, { "field": "at", "op": "today" }] });
    Ok(Some(Team {
        falling: falling(scope, theirs).await?,
        followed_up: list(scope, "follow_up", today, "at", true, 50).await?,
    }))
}

async fn falling(scope: &Scope, whose: Json) -> Result<Vec<RecordView>> {
    let horizon = scope.now() + WARN_DAYS * DAY_MS;
    let mut falling: Vec<RecordView> = list(scope, "customer", whose, "last_follow_up", false, 200)
        .await?
        .into_iter()
        .filter(|c| c.pool_due_at().is_some_and(|due| due <= horizon))
        .collect();
    falling.sort_by_key(RecordView::pool_due_at);
    falling.truncate(50);
    Ok(falling)
}

async fn list(
    scope: &Scope,
    object: &str,
    filter: Json,
    sort: &str,
    descending: bool,
    limit: usize,
) -> Result<Vec<RecordView>> {
    if scope.object(object).is_err() {
        return Ok(Vec::new());
    }
    let query = Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        sort: vec![(sort.to_owned(), descending)],
        limit,
        ..Query::default()
    };
    match scope.query(object, &query).await {
        Ok(page) => Ok(page.records),
        // Somebody whose role does not show these fields has no such list; that is no failure of their day.
        Err(kedun_vault::VaultError::Problem(Problem::Invalid(_) | Problem::NotFound)) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}
