//! Numbers: the board, and records grouped by what the caller may see.

use super::reply::{Answer, ok};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places};
use crate::problem::Fault;
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_core::insight::{self, Window};
use kedun_model::filter::Filter;
use kedun_model::members;
use kedun_vault::{GroupBy, Grouping, Sum};
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// Days of activity, when nobody says.
const DAYS: u32 = 7;
/// Days after which a customer counts as quiet, when nobody says.
const QUIET: u32 = 14;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/insight/board", "How the work of the caller or their team stands.")
                .asks(&["days", "quiet"])
                .answers(200, "Board"),
            board,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/objects/{object}/groups",
                "Counts and adds up records by what they have in common.",
            )
            .takes("Grouping")
            .answers(200, "Groups"),
            groups,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    days: Option<u32>,
    #[serde(default)]
    quiet: Option<u32>,
}

async fn board(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    let window = Window { days: which.days.unwrap_or(DAYS), quiet: which.quiet.unwrap_or(QUIET) };
    ok(insight::board(&scope, window).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    #[serde(default)]
    filter: Option<Json>,
    #[serde(default, deserialize_with = "members::list")]
    by: Vec<Key>,
    #[serde(default, deserialize_with = "members::list")]
    sums: Vec<Summand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    field: String,
    #[serde(default)]
    every: Every,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Every {
    #[default]
    Value,
    Day,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Summand {
    field: String,
    #[serde(default)]
    weight: Option<String>,
}

async fn groups(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(object): Places<String>,
    Body(asking): Body<Asking>,
) -> Answer {
    let filter = match asking.filter {
        Some(json) if !json.is_null() => Some(Filter::parse(&json).map_err(Fault::Invalid)?),
        _ => None,
    };
    app.count_filter(&scope, &object, filter.as_ref())?;
    let by = asking.by.into_iter().map(|k| GroupBy { field: k.field, day: k.every == Every::Day }).collect();
    let sums = asking.sums.into_iter().map(|s| Sum { field: s.field, weight: s.weight }).collect();
    ok(json!({ "groups": scope.group(&object, &Grouping { filter, by, sums }).await? }))
}
