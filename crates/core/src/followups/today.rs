//! Today: what is due, what is late, what is new, what soon falls to the pool, what waits for a decision.

use crate::exports::{self, ExportView};
use kedun_model::definition::Column;
use kedun_model::filter::Filter;
use kedun_model::role::RowScope;
use kedun_model::{Problem, moment};
use kedun_vault::{Fallen, Given, Query, RecordView, Result, Scope, TaskView};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// Days ahead of the pool in which somebody is warned.
const WARN_DAYS: i64 = 7;
/// Days for which an assignment counts as new.
const NEW_DAYS: u32 = 3;
/// Days for which it is said who gave what, and what fell to the pool.
const NEWS_DAYS: i64 = 14;
const DAY_MS: i64 = 86_400_000;
/// Most decisions, files and leads that are named.
const SHOWN: usize = 20;

/// The working day.
#[derive(Serialize)]
pub struct Today {
    /// Plans of today.
    pub due: Vec<RecordView>,
    /// Plans that are late.
    pub overdue: Vec<RecordView>,
    /// Customers that became the caller's lately, who did not make them.
    pub new_assignments: Vec<RecordView>,
    /// Customers that fall to the pool within a week, soonest first.
    pub falling: Vec<RecordView>,
    /// Leads of the caller whose next contact is of today or late, longest waiting first.
    pub leads_due: Vec<RecordView>,
    /// How many there are of each; the lists hold the first of them.
    pub counts: Counts,
    /// Decisions that wait for the caller.
    pub waiting: usize,
    /// The first of them.
    pub decisions: Vec<TaskView>,
    /// Exports that lie ready for the caller and were not fetched yet.
    pub ready: Vec<ExportView>,
    /// What others gave the caller, newest first.
    pub given: Vec<Given>,
    /// What fell to the pool because the caller did not follow it up.
    pub fallen: Vec<Fallen>,
    /// The people below the caller; absent for who leads nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<Team>,
}

/// How many there are, counted as far as lists count.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    /// Plans of today.
    pub due: i64,
    /// Plans that are late.
    pub overdue: i64,
    /// Customers that are new to the caller.
    pub new_assignments: i64,
    /// Customers that fall to the pool within a week.
    pub falling: i64,
    /// Leads whose next contact is of today or late.
    pub leads_due: i64,
}

/// The day of those whom the caller leads.
#[derive(Serialize)]
pub struct Team {
    /// Their customers that fall to the pool within a week, soonest first.
    pub falling: Vec<RecordView>,
    /// Whether there are more than these.
    pub more_falling: bool,
    /// What they wrote down today, newest first.
    pub followed_up: Vec<RecordView>,
    /// Whether there is more than this.
    pub more_followed_up: bool,
}

/// Reads the caller's day.
///
/// # Errors
/// The database fails.
pub async fn today(scope: &Scope) -> Result<Today> {
    let mine = json!({ "field": "owner", "op": "me" });
    let open = json!({ "field": "status", "op": "eq", "value": "open" });
    let plans = async |when: Json| {
        first(scope, "plan", json!({ "all": [mine, open, when] }), ("due_at", false), 50, true).await
    };
    let of_today = json!({ "field": "due_at", "op": "today" });
    let (due, due_count) = plans(of_today.clone()).await?;
    // What was due this morning is still of today; late is what other days left behind.
    let late = json!({ "all": [{ "field": "due_at", "op": "past" }, { "not": of_today }] });
    let (overdue, overdue_count) = plans(late).await?;
    let not_made = json!({ "not": { "field": "created_by", "op": "me" } });
    let since = json!({ "field": "owned_since", "op": "last_days", "value": NEW_DAYS });
    let new = json!({ "all": [mine, not_made, since] });
    let (new_assignments, new_count) = first(scope, "customer", new, ("updated_at", true), 20, true).await?;
    let (falling, falling_count) = falling(scope, mine.clone(), true).await?;
    let (leads_due, leads_count) = leads_due(scope, mine).await?;
    let mut decisions: Vec<TaskView> =
        scope.tasks(true).await?.into_iter().filter(|task| task.decidable).collect();
    let waiting = decisions.len();
    decisions.truncate(SHOWN);
    let mut ready = exports::list(scope, SHOWN).await?;
    ready.retain(|export| export.state == "ready" && export.downloads == 0);
    Ok(Today {
        due,
        overdue,
        new_assignments,
        falling,
        leads_due,
        counts: Counts {
            due: due_count,
            overdue: overdue_count,
            new_assignments: new_count,
            falling: falling_count,
            leads_due: leads_count,
        },
        waiting,
        decisions,
        ready,
        given: scope.given(scope.now() - NEWS_DAYS * DAY_MS).await?,
        fallen: scope.fallen(scope.now() - NEWS_DAYS * DAY_MS).await?,
        team: team(scope).await?,
    })
}

/// Leads have no plans: when one is next to be contacted stands in the lead itself. What is converted or invalid waits
/// for nobody.
async fn leads_due(scope: &Scope, mine: Json) -> Result<(Vec<RecordView>, i64)> {
    let Ok(lead) = scope.object("lead") else { return Ok((Vec::new(), 0)) };
    let states = lead.column_field(Column::Status).into_iter().flat_map(|status| &status.options);
    let over: Vec<&str> =
        states.filter(|state| state.outcome.is_some()).map(|state| state.value.as_str()).collect();
    let due = json!({ "any": [
        { "field": "next_follow_up", "op": "past" },
        { "field": "next_follow_up", "op": "today" },
    ] });
    let mut filter = vec![mine, due];
    if !over.is_empty() {
        filter.push(json!({ "not": { "field": "status", "op": "in", "value": over } }));
    }
    first(scope, "lead", json!({ "all": filter }), ("next_follow_up", false), SHOWN, true).await
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
    let (falling, falling_count) = falling(scope, theirs, false).await?;
    let (followed_up, followed_count) = first(scope, "follow_up", today, ("at", true), 50, false).await?;
    let more = |shown: usize, count: i64| i64::try_from(shown).is_ok_and(|shown| shown < count);
    Ok(Some(Team {
        more_falling: more(falling.len(), falling_count),
        more_followed_up: more(followed_up.len(), followed_count),
        falling,
        followed_up,
    }))
}

/// Customers that fall to the pool within a week, soonest first, and how many there are.
pub(crate) async fn falling(scope: &Scope, whose: Json, count: bool) -> Result<(Vec<RecordView>, i64)> {
    let soon = moment::text(scope.now() + WARN_DAYS * DAY_MS);
    let filter = json!({ "all": [whose, { "field": "pool_due_at", "op": "le", "value": soon }] });
    let mut found = first(scope, "customer", filter, ("last_follow_up", false), 50, count).await?;
    found.0.sort_by_key(RecordView::pool_due_at);
    Ok(found)
}

/// The first of a list, and how many there are in all; without the count, which is the dear part, how many are here, and
/// one more where there are more.
async fn first(
    scope: &Scope,
    object: &str,
    filter: Json,
    (sort, descending): (&str, bool),
    limit: usize,
    count: bool,
) -> Result<(Vec<RecordView>, i64)> {
    if scope.object(object).is_err() {
        return Ok((Vec::new(), 0));
    }
    let query = Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        sort: vec![(sort.to_owned(), descending)],
        limit,
        count,
        ..Query::default()
    };
    match scope.query(object, &query).await {
        Ok(page) => {
            let shown = i64::try_from(page.records.len()).unwrap_or(i64::MAX);
            let at_least = shown.saturating_add(i64::from(page.next_cursor.is_some()));
            Ok((page.records, page.count.unwrap_or(at_least)))
        }
        // Somebody whose role does not show these fields has no such list; that is no failure of their day.
        Err(kedun_vault::VaultError::Problem(Problem::Invalid(_) | Problem::NotFound)) => Ok((Vec::new(), 0)),
        Err(other) => Err(other),
    }
}
