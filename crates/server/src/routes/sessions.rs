//! Signing in and out, sessions, devices.

use super::reply::{Answer, created, empty, ok};
use crate::app::App;
use crate::extract::{Body, Caller, Newcomer, Places, Stranger, cookie};
use crate::limits::Counted;
use crate::register::{Route, Table};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use kedun_model::{PersonId, members};
use kedun_vault::Credentials;
use serde::Deserialize;
use serde_json::json;

/// How long a browser remembers which device it is: the most that browsers allow, 400 days.
const DEVICE_SECONDS: u32 = 400 * 86_400;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("POST", "/api/v1/sessions", "Signs in.")
                .public()
                .counts_as(Counted::SignIn)
                .takes("SignIn")
                .answers(201, "SignedIn"),
            sign_in,
        )
        .add(Route::new("GET", "/api/v1/sessions", "The caller's sessions.").answers(200, "Sessions"), list)
        .add(Route::new("DELETE", "/api/v1/sessions/current", "Signs out.").answers(204, ""), sign_out)
        .add(
            Route::new("DELETE", "/api/v1/sessions/{id}", "Ends one of the caller's sessions.")
                .answers(204, ""),
            end,
        )
        .add(Route::new("GET", "/api/v1/devices", "The caller's devices.").answers(200, "Devices"), devices)
        .add(
            Route::new("DELETE", "/api/v1/devices/{id}", "Reports a device as lost; its sessions end.")
                .answers(204, ""),
            end_device,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    login: String,
    password: String,
    #[serde(default)]
    totp: Option<String>,
    #[serde(default, deserialize_with = "members::maybe")]
    device: Option<DeviceName>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceName {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

async fn sign_in(
    State(app): State<App>,
    Stranger: Stranger,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Answer {
    let vault = app.vault()?;
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("API");
    let device = body.device.unwrap_or(DeviceName { id: None, name: None });
    let name = device.name.filter(|n| !n.trim().is_empty()).unwrap_or_else(|| agent.to_owned());
    let signed_in = vault
        .sign_in(Credentials {
            login: body.login.chars().take(100).collect(),
            password: body.password.chars().take(200).collect(),
            totp: body.totp,
            device: name.chars().take(120).collect(),
            device_id: device.id.or_else(|| cookie(&headers, app.device_cookie())),
        })
        .await?;
    let mut response = created(json!({
        "token": signed_in.token,
        "person": { "id": signed_in.person, "name": signed_in.name },
        "device": signed_in.device,
        "expires_at": signed_in.expires_at,
        "idle_seconds": signed_in.idle_seconds,
    }))?;
    let seconds = (signed_in.expires_at - vault.clock().now()) / 1000;
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let cookie = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}",
        app.cookie(),
        signed_in.token
    );
    // Which device this is outlives the session, so that "my devices" counts machines and not sign-ins. It proves nothing.
    let device = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={DEVICE_SECONDS}{secure}",
        app.device_cookie(),
        signed_in.device
    );
    for cookie in [cookie, device] {
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

async fn list(Caller(scope): Caller) -> Answer {
    ok(json!({ "sessions": scope.sessions().await? }))
}

async fn sign_out(State(app): State<App>, Newcomer(scope): Newcomer) -> Answer {
    if let Some(id) = scope.session() {
        scope.end_session(id).await?;
    }
    let mut response = empty()?;
    let gone = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", app.cookie());
    if let Ok(cookie) = HeaderValue::from_str(&gone) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    // Not "storage": the browser's witness of the ledger must outlive a sign-out, and what others left there sealed is theirs.
    // The page deletes what is this person's (web/src/shell/signOut.ts).
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

async fn end(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    scope.end_session(&id).await?;
    empty()
}

async fn devices(Caller(scope): Caller) -> Answer {
    ok(json!({ "devices": scope.devices().await? }))
}

async fn end_device(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    scope.end_device(&id).await?;
    empty()
}

/// Ends every session of a person.
pub(super) async fn end_all(Caller(scope): Caller, Places(person): Places<String>) -> Answer {
    scope.end_sessions_of(&PersonId::new(person)).await?;
    empty()
}

/// Who within reach is signed in, and on what.
pub(super) async fn present(Caller(scope): Caller) -> Answer {
    ok(json!({ "people": scope.present().await? }))
}

/// Ends one session of a person.
pub(super) async fn end_of(
    Caller(scope): Caller,
    Places((person, session)): Places<(String, String)>,
) -> Answer {
    scope.end_session_of(&PersonId::new(person), &session).await?;
    empty()
}

/// Puts a device of a person out of use.
pub(super) async fn end_device_of(
    Caller(scope): Caller,
    Places((person, device)): Places<(String, String)>,
) -> Answer {
    scope.end_device_of(&PersonId::new(person), &device).await?;
    empty()
}
