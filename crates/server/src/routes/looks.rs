//! Who looks how much: counts by hour for whoever watches over people.

use super::reply::{Answer, ok};
use crate::extract::{Asked, Caller};
use crate::register::{Route, Table};
use kedun_vault::LookKind;
use serde::Deserialize;

/// Days that are counted when nobody says.
const DAYS: i64 = 7;

pub(super) fn routes(table: Table) -> Table {
    table.add(
        Route::new("GET", "/api/v1/looks/hours", "Looks by person and hour of the day; counts, no records.")
            .asks(&["kind", "days"])
            .answers(200, "LooksByHour"),
        hours,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    kind: Option<LookKind>,
    #[serde(default)]
    days: Option<i64>,
}

async fn hours(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    ok(scope.looks_by_hour(which.kind.unwrap_or(LookKind::Read), which.days.unwrap_or(DAYS)).await?)
}
