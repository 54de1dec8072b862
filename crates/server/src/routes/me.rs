//! The caller: who they are, their factors, their day.

use super::reply::{Answer, empty, ok};
use crate::app::App;
use crate::extract::{Body, Caller, Enrolling, Newcomer, Places};
use crate::register::{Route, Table};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(Route::new("GET", "/api/v1/me", "Who the caller is.").answers(200, "Me"), me)
        .add(
            Route::new("PUT", "/api/v1/me/language", "Sets the language.").takes("Language").answers(204, ""),
            language,
        )
        .add(
            Route::new("PUT", "/api/v1/me/password", "Changes the password.")
                .takes("Password")
                .answers(204, ""),
            password,
        )
        .add(
            Route::new(
                "POST",
                "/api/v1/me/totp",
                "Begins to enrol a second factor, or another in its place.",
            )
            .answers(200, "Enrolment"),
            begin_totp,
        )
        .add(
            Route::new("POST", "/api/v1/me/totp/confirmation", "Finishes enrolling.")
                .takes("Confirmation")
                .answers(204, ""),
            confirm_totp,
        )
        .add(
            Route::new("DELETE", "/api/v1/me/totp", "Gives the second factor up.")
                .takes("Code")
                .answers(204, ""),
            give_up_totp,
        )
        .add(
            Route::new("GET", "/api/v1/me/preferences", "What the caller has arranged.")
                .answers(200, "Preferences"),
            preferences,
        )
        .add(
            Route::new(
                "PUT",
                "/api/v1/me/preferences/{preference}",
                "Keeps a view, columns, a tour, what was read.",
            )
            .takes("Preference")
            .answers(204, ""),
            keep_preference,
        )
        .add(
            Route::new("DELETE", "/api/v1/me/preferences/{preference}", "Drops one of them.")
                .answers(204, ""),
            drop_preference,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/me/standing",
                "What is left of the caller's reveals, and their own risk.",
            )
            .answers(200, "Standing"),
            standing,
        )
        .add(Route::new("GET", "/api/v1/today", "The caller's working day.").answers(200, "Today"), today)
}

async fn me(State(app): State<App>, Newcomer(scope): Newcomer) -> Answer {
    let me = scope.myself()?;
    let vault = app.vault()?;
    let mut objects: Vec<&str> = scope.caller().grants.iter().map(|g| g.grant.object.as_str()).collect();
    objects.sort_unstable();
    objects.dedup();
    let acts: Vec<&str> = scope.caller().acts.keys().map(|a| a.as_str()).collect();
    let roles: Vec<_> = me
        .roles
        .iter()
        .map(|name| {
            let label = scope.catalog().roles.iter().find(|(known, _)| known.as_str() == name);
            json!({ "name": name, "label": label.map(|(_, role)| &role.def.label) })
        })
        .collect();
    let digits: String = me.staff_no.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    let device = scope.device().unwrap_or_default();
    let code: String = device.chars().filter(char::is_ascii_alphanumeric).rev().take(6).collect();
    ok(json!({
        "person": {
            "id": me.id, "login": me.login, "name": me.name, "staff_no": me.staff_no, "department": me.department,
            "roles": roles,
        },
        "watermark": { "name": me.name, "staff_no": digits, "device": code.to_uppercase() },
        "draft_key": scope.draft_key()?,
        "idle_seconds": vault.options().idle_seconds,
        "totp": me.totp,
        "objects": objects,
        "acts": acts,
        "utc_offset_minutes": scope.catalog().zone().offset_minutes(),
        "catalog": scope.catalog().hash.first_chunk().map(|first| u32::from_be_bytes(*first)),
        "language": Some(me.language).filter(|l| !l.is_empty()),
        "must_choose_password": scope.must_choose_password(),
        "must_enrol_second_factor": scope.must_enrol_second_factor(),
        "second_factor": vault.second_factor().await?,
        "demo": app.is_demo(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    language: String,
}

async fn language(Newcomer(scope): Newcomer, Body(body): Body<Language>) -> Answer {
    scope.set_language(&body.language).await?;
    empty()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Password {
    current: String,
    new: String,
}

async fn password(Newcomer(scope): Newcomer, Body(body): Body<Password>) -> Answer {
    scope.change_password(&body.current, &body.new).await?;
    empty()
}

async fn begin_totp(Enrolling(scope): Enrolling) -> Answer {
    let (secret, uri) = scope.begin_totp("Kedun").await?;
    ok(json!({ "secret": secret, "uri": uri }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    code: String,
    #[serde(default)]
    current: Option<String>,
}

async fn confirm_totp(Enrolling(scope): Enrolling, Body(body): Body<Confirmation>) -> Answer {
    scope.confirm_totp(&body.code, body.current.as_deref()).await?;
    empty()
}

async fn give_up_totp(Enrolling(scope): Enrolling, Body(body): Body<Code>) -> Answer {
    scope.give_up_totp(&body.code).await?;
    empty()
}

async fn preferences(Caller(scope): Caller) -> Answer {
    ok(json!({ "preferences": scope.preferences().await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preference {
    value: serde_json::Value,
}

async fn keep_preference(
    Caller(scope): Caller,
    Places(name): Places<String>,
    Body(body): Body<Preference>,
) -> Answer {
    scope.keep_preference(&name, &body.value).await?;
    empty()
}

async fn drop_preference(Caller(scope): Caller, Places(name): Places<String>) -> Answer {
    scope.drop_preference(&name).await?;
    empty()
}

async fn today(Caller(scope): Caller) -> Answer {
    ok(kedun_core::followups::today(&scope).await?)
}

async fn standing(State(app): State<App>, Caller(scope): Caller) -> Answer {
    let vault = app.vault()?;
    ok(kedun_core::standing::standing(&scope, &vault.catalog().rules).await?)
}
