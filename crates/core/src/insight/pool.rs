//! The pool countdown: how many customers fall on which day, and those that fall first.

use super::{Whose, calendar, filter};
use crate::followups;
use kedun_vault::{GroupBy, Grouping, RecordView, Result, Scope};
use serde::Serialize;

/// Days that are told one by one.
const AHEAD: i64 = 14;

/// When customers fall to the pool.
#[derive(Serialize)]
pub struct PoolOutlook {
    /// Those whose day has come or gone.
    pub due: i64,
    /// The days after today, each, also the empty ones.
    pub days: Vec<PoolDay>,
    /// Those that fall later.
    pub later: i64,
    /// Those that fall first.
    pub falling: Vec<RecordView>,
}

/// One day of it.
#[derive(Serialize)]
pub struct PoolDay {
    /// The day.
    pub day: String,
    /// How many.
    pub count: i64,
}

pub(super) async fn pool(scope: &Scope, whose: Whose) -> Result<PoolOutlook> {
    let owned = whose.owned();
    let grouping = Grouping {
        filter: Some(filter(&owned)?),
        by: vec![GroupBy { field: "pool_due_at".to_owned(), day: true }],
        sums: Vec::new(),
    };
    let groups = scope.group("customer", &grouping).await?;
    let zone = scope.catalog().zone();
    let today = calendar::day(zone, scope.now(), 0);
    let days = (1..=AHEAD).map(|n| PoolDay { day: calendar::day(zone, scope.now(), n), count: 0 }).collect();
    let mut outlook = PoolOutlook { due: 0, days, later: 0, falling: Vec::new() };
    for group in groups {
        // A missing time never means "now".
        let Some(day) = group.key.first().and_then(|key| key.text()) else { continue };
        if day <= today.as_str() {
            outlook.due += group.count;
        } else if let Some(place) = outlook.days.iter_mut().find(|known| known.day == day) {
            place.count += group.count;
        } else {
            outlook.later += group.count;
        }
    }
    outlook.falling = followups::falling(scope, owned, false).await?.0;
    outlook.falling.truncate(12);
    Ok(outlook)
}
