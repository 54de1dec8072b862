//! The board: how the work of a team stands, in numbers and in the few records that want somebody today.
//!
//! **Invariant:** every number is a grouping through the caller's scope ([`Scope::group`]). Somebody whose role does not
//! show what a part is made of has no such part; nobody gets a part of a number.

mod activity;
mod calendar;
mod forecast;
mod funnel;
mod pool;
mod quiet;

pub use activity::{Activity, PersonActivity};
pub use forecast::{Forecast, Month};
pub use funnel::{Funnel, Stage};
pub use pool::{PoolDay, PoolOutlook};
pub use quiet::{Quiet, QuietOf};

use kedun_model::filter::Filter;
use kedun_model::role::RowScope;
use kedun_model::{FieldError, Problem, Verb};
use kedun_vault::{Result, Scope, VaultError};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// Most days of activity on one board.
pub const MOST_DAYS: u32 = 31;
/// Most days for which nobody may have followed up before a customer counts as quiet.
pub const MOST_QUIET: u32 = 365;

/// Of which time the board is.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Days of activity, today among them: 1 to [`MOST_DAYS`].
    pub days: u32,
    /// Days after which a customer without a follow-up counts as quiet: 1 to [`MOST_QUIET`].
    pub quiet: u32,
}

/// Whose work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The caller's own.
    Own,
    /// That of the people below the caller, and their own.
    Team,
    /// Everybody's.
    All,
}

/// The board. A part is absent where the caller's role does not show what it is made of.
#[derive(Serialize)]
pub struct Board {
    /// Whose work it shows.
    pub whose: Whose,
    /// When it was counted, RFC 3339.
    pub at: String,
    /// Opportunities by stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funnel: Option<Funnel>,
    /// Who followed up how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
    /// Customers nobody followed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// What open opportunities may bring, by month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Forecast>,
    /// When customers fall to the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<PoolOutlook>,
}

/// Counts the board.
///
/// # Errors
/// A window that is too long or empty; the database fails.
pub async fn board(scope: &Scope, window: Window) -> Result<Board> {
    let mut errors = Vec::new();
    for (name, value, most) in [("days", window.days, MOST_DAYS), ("quiet", window.quiet, MOST_QUIET)] {
        if !(1..=most).contains(&value) {
            errors.push(FieldError::new(name, "days_out_of_range"));
        }
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    let whose = whose(scope);
    // Beside each other, so that their rows of the log share a commit.
    let (funnel, activity, quiet, forecast, pool) = tokio::join!(
        funnel::funnel(scope, whose),
        activity::activity(scope, whose, window.days),
        quiet::quiet(scope, whose, window.quiet),
        forecast::forecast(scope, whose),
        pool::pool(scope, whose),
    );
    Ok(Board {
        whose,
        at: kedun_model::moment::text(scope.now()),
        funnel: shown(funnel)?,
        activity: shown(activity)?,
        quiet: shown(quiet)?,
        forecast: shown(forecast)?,
        pool: shown(pool)?,
    })
}

/// Whose customers the caller reads by their place, and not because somebody shared one.
fn whose(scope: &Scope) -> Whose {
    let customer = "customer".into();
    scope.caller().grants_for(&customer, Verb::Read).fold(Whose::Own, |whose, held| match held.grant.scope {
        RowScope::All => Whose::All,
        RowScope::Department | RowScope::DepartmentTree if whose == Whose::Own => Whose::Team,
        _ => whose,
    })
}

impl Whose {
    /// The records of theirs, for an object that has owners.
    fn owned(self) -> Json {
        match self {
            Whose::Own => json!({ "field": "owner", "op": "me" }),
            Whose::Team => json!({ "any": [
                { "field": "owner", "op": "me" },
                { "field": "relation", "op": "eq", "value": "subordinates" },
            ] }),
            Whose::All => json!({ "field": "owner", "op": "not_empty" }),
        }
    }
}

/// A part that the caller's role does not show is no failure of the board.
fn shown<T>(part: Result<T>) -> Result<Option<T>> {
    match part {
        Ok(part) => Ok(Some(part)),
        Err(VaultError::Problem(Problem::NotFound)) => Ok(None),
        Err(VaultError::Problem(Problem::Invalid(errors)))
            if errors.iter().all(|e| {
                matches!(e.code.as_str(), "unknown_field" | "fields_never_visible_together" | "sum_too_large")
            }) =>
        {
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

fn filter(json: &Json) -> Result<Filter> {
    Ok(Filter::parse(json).map_err(Problem::Invalid)?)
}
