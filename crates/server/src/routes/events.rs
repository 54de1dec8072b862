//! The event stream. It holds no right of its own: whoever listens is asked again who they are whenever rights change,
//! and a session that has ended ends the stream.

use crate::app::App;
use crate::extract::{Caller, token};
use crate::problem::Fault;
use crate::push::Present;
use crate::register::{Route, Table};
use axum::extract::FromRequestParts as _;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use kedun_core::{alerts, rights};
use kedun_model::RecordId;
use kedun_vault::{Scope, Signal, Vault};
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::Interval;

/// How often a session is looked at that nobody has ended.
const LOOK_EVERY: Duration = Duration::from_secs(20);

pub(super) fn routes(table: Table) -> Table {
    table.add(
        Route::new("GET", super::EVENTS, "What happens, as it happens (server-sent events).")
            .answers(200, "Events"),
        events,
    )
}

struct Listening {
    vault: Vault,
    token: String,
    scope: Scope,
    /// What this person's pages were built from, as far as they were told.
    built: Option<Built>,
    signals: Receiver<Signal>,
    look: Interval,
    stopping: watch::Receiver<bool>,
    /// While it listens its person is here and is not knocked at.
    _present: Present,
}

/// The definitions in force and the roles that somebody holds.
type Built = ([u8; 32], Vec<String>);

fn built(scope: &Scope) -> Option<Built> {
    Some((scope.catalog().hash, scope.myself().ok()?.roles))
}

async fn events(
    State(app): State<App>,
    request: axum::extract::Request,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    let (mut parts, _) = request.into_parts();
    let Caller(scope) = Caller::from_request_parts(&mut parts, &app).await?;
    let vault = app.vault()?;
    let (token, _) = token(&parts, app.cookie()).ok_or(Fault::Vault(kedun_vault::VaultError::NoSession))?;
    let signals = vault.signals();
    let look = tokio::time::interval(LOOK_EVERY);
    let present = app.here().enter(scope.person())?;
    let built = built(&scope);
    let listening =
        Listening { vault, token, scope, built, signals, look, stopping: app.stopping(), _present: present };
    let stream = stream::unfold(listening, |mut listening| async move {
        let event = next(&mut listening).await?;
        Some((Ok(event), listening))
    });
    Ok(Sse::new(stream).keep_alive(
        KeepAlive::new().interval(Duration::from_secs(15)).event(Event::default().event("ping").data("{}")),
    ))
}

/// The next event for this listener; none when the session has ended.
async fn next(listening: &mut Listening) -> Option<Event> {
    loop {
        // Idle and absolute ends come without a signal, so the session is looked at every now and then, however busy the
        // house is.
        let signal = tokio::select! {
            biased;
            _ = listening.stopping.wait_for(|stopping| *stopping) => return None,
            _ = listening.look.tick() => Signal::RightsChanged,
            signal = listening.signals.recv() => match signal {
                Ok(signal) => signal,
                Err(RecvError::Closed) => return None,
                Err(RecvError::Lagged(_)) => Signal::RightsChanged,
            },
        };
        // What goes out next is judged by who listens now: another process may have ended the session.
        if matches!(signal, Signal::RightsChanged | Signal::Alert { .. }) {
            listening.scope = listening.vault.peek(&listening.token).await.ok()?;
            if listening.scope.must_choose_password() || listening.scope.must_enrol_second_factor() {
                return None;
            }
        }
        // Most of these signals are about somebody else, or only about the time.
        if matches!(signal, Signal::RightsChanged) {
            let now = built(&listening.scope);
            if now != listening.built {
                listening.built = now;
                return Some(Event::default().event("me").data("{}"));
            }
        }
        if let Some(event) = seen_by(&listening.vault, &listening.scope, signal).await {
            return Some(event);
        }
    }
}

async fn seen_by(vault: &Vault, scope: &Scope, signal: Signal) -> Option<Event> {
    let event =
        |name: &str, data: serde_json::Value| Some(Event::default().event(name).data(data.to_string()));
    match signal {
        Signal::Fact(_) | Signal::RightsChanged => None,
        Signal::TaskChanged { id } => {
            let task = scope.one_task(&id).await.ok()?;
            event(
                "task",
                json!({ "id": task.id, "kind": task.kind, "state": task.state, "decidable": task.decidable }),
            )
        }
        Signal::ExportChanged { id, person } if person == *scope.person() => {
            event("export", json!({ "id": id }))
        }
        Signal::ExportChanged { .. } => None,
        Signal::HandoverChanged { ref id } => {
            let case = RecordId::new(id.as_str());
            // Whoever merely listens has not tried to read it: ask quietly first.
            if !scope.sees("handover", &case).await.ok()? {
                return None;
            }
            let view = kedun_core::handover::one(vault, scope, &case).await.ok()?;
            let waits = scope.is_concerned(&signal).await.ok()?;
            event(
                "handover",
                json!({ "id": view.id, "state": view.state, "progress": view.progress, "waits": waits }),
            )
        }
        Signal::RecordsGiven { .. } if scope.is_concerned(&signal).await.ok()? => {
            event("given", json!({ "waits": true }))
        }
        // Whoever has the app open is reminded by it.
        Signal::RecordsGiven { .. } | Signal::PlanDue { .. } => None,
        Signal::RequestWaits { ref id, .. } => {
            if !scope.sees(rights::REQUEST, id).await.ok()? {
                return None;
            }
            let waits = scope.is_concerned(&signal).await.ok()?;
            event("rights", json!({ "id": id, "waits": waits }))
        }
        Signal::Alert { id, person, department } => {
            if !alerts::is_addressed_to(scope, &person, department.as_ref()) {
                return None;
            }
            let alert = alerts::one(scope, &RecordId::new(id)).await.ok()?;
            event("alert", serde_json::to_value(&alert).ok()?)
        }
    }
}
