//! The whole API on one page.

mod alerts;
mod conversions;
mod definitions;
mod departments;
mod erasures;
mod events;
mod exports;
pub(crate) mod files;
mod handovers;
mod health;
mod insight;
mod ledger;
mod looks;
mod me;
mod objects;
mod once;
mod people;
mod pool;
mod public;
mod push;
mod records;
mod reply;
mod retention;
mod rights;
mod search;
mod sessions;
mod settings;
mod shares;
mod spot_checks;
mod tasks;
pub(crate) mod web;

use crate::register::{Route, Table};

/// Where the event stream is.
pub(crate) const EVENTS: &str = "/api/v1/events";

/// Every operation of the service.
pub fn table() -> Table {
    let table = Table::new()
        .add(
            Route::new("GET", "/healthz", "Whether the process is alive.").public().answers(200, "Alive"),
            health::alive,
        )
        .add(
            Route::new("GET", "/readyz", "Whether it is unsealed, migrated and can write its log.")
                .public()
                .answers(200, "Ready"),
            health::ready,
        )
        .add(
            Route::new("GET", "/metrics", "Numbers for Prometheus, for callers on this machine.")
                .public()
                .answers(200, "Text"),
            health::metrics,
        )
        .add(
            Route::new("GET", "/api/v1/openapi.json", "This document.").public().answers(200, "OpenApi"),
            health::openapi,
        );
    let table = sessions::routes(table);
    let table = me::routes(table);
    let table = push::routes(table);
    let table = objects::routes(table);
    let table = records::routes(table);
    let table = conversions::routes(table);
    let table = pool::routes(table);
    let table = shares::routes(table);
    let table = search::routes(table);
    let table = insight::routes(table);
    let table = files::routes(table);
    let table = exports::routes(table);
    let table = tasks::routes(table);
    let table = alerts::routes(table);
    let table = people::routes(table);
    let table = departments::routes(table);
    let table = handovers::routes(table);
    let table = erasures::routes(table);
    let table = retention::routes(table);
    let table = rights::routes(table);
    let table = public::routes(table);
    let table = definitions::routes(table);
    let table = settings::routes(table);
    let table = ledger::routes(table);
    let table = looks::routes(table);
    let table = spot_checks::routes(table);
    events::routes(table)
}
