//! Alive, ready, counted, documented.

use super::reply::{Answer, ok, with};
use crate::app::App;
use crate::extract::Stranger;
use crate::problem::Fault;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::json;
use std::net::SocketAddr;

pub(super) async fn alive() -> Answer {
    ok(json!({ "status": "alive" }))
}

pub(super) async fn ready(State(app): State<App>, Stranger: Stranger) -> Answer {
    let Ok(vault) = app.vault() else {
        return with(StatusCode::SERVICE_UNAVAILABLE, json!({ "ready": false, "sealed": true }));
    };
    // What cannot be asked is not claimed: a database that is away tells nothing about its migrations.
    let pending = vault.pending_migrations().await;
    let writable = pending.is_ok() && vault.check_writable().await.is_ok();
    let ready = writable && matches!(pending, Ok(0));
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut said = json!({ "ready": ready, "sealed": false, "ledger_writable": writable });
    if let Ok(pending) = pending {
        said["pending_migrations"] = json!(pending);
    }
    with(status, said)
}

pub(super) async fn metrics(State(app): State<App>, request: axum::extract::Request) -> Answer {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    // Through a proxy on this machine everybody comes from loopback; then it says for whom it asks.
    let forwarded =
        ["forwarded", "x-forwarded-for", "via"].iter().any(|name| request.headers().contains_key(*name));
    if forwarded || peer.is_none_or(|ConnectInfo(peer)| !peer.ip().to_canonical().is_loopback()) {
        return Err(Fault::NotFound);
    }
    Ok(([("content-type", "text/plain; version=0.0.4")], app.metrics()).into_response())
}

pub(super) async fn openapi(Stranger: Stranger) -> Answer {
    Ok(([("content-type", "application/json")], crate::openapi::document().to_string()).into_response())
}
