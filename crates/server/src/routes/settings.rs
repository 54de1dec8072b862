//! What is set for the whole house and shown to its administrators. Thresholds of the alert rules and the company are
//! definitions (`/definitions/rules/alerts`, `/definitions/rules/company`); what stands here is set where the server is started.

use super::reply::{Answer, ok};
use crate::app::App;
use crate::extract::Caller;
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_model::{Act, Problem, Zone};
use serde_json::json;

pub(super) fn routes(table: Table) -> Table {
    table.add(
        Route::new("GET", "/api/v1/settings", "What is set for the house, for its administrators.")
            .answers(200, "Settings"),
        settings,
    )
}

async fn settings(State(app): State<App>, Caller(scope): Caller) -> Answer {
    let administers = [Act::PeopleManage, Act::RolesManage, Act::LedgerRead]
        .iter()
        .any(|act| scope.caller().may(*act, None));
    if !administers {
        return Err(Problem::Forbidden("settings").into());
    }
    let vault = app.vault()?;
    let options = vault.options();
    let zones = Zone::ALL.map(|zone| json!({ "name": zone, "utc_offset_minutes": zone.offset_minutes() }));
    ok(json!({
        "idle_seconds": options.idle_seconds,
        "absolute_seconds": options.absolute_seconds,
        "lock_after": options.lock_after,
        "second_factor": vault.second_factor().await?,
        "password_min": kedun_vault::SHORTEST_PASSWORD,
        "one_time_seconds": kedun_vault::ONE_TIME_MS / 1000,
        "zone": scope.catalog().zone(),
        "zones": zones,
        "rules_version": scope.catalog().rules.version,
    }))
}
