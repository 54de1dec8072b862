//! The customer's own page, without an account: notices for everybody, the rest for who holds a link.

use super::reply::{Answer, created, file as saved, ok, text};
use crate::app::App;
use crate::extract::{Body, Holder, LINK, Places, Stranger};
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_core::rights::{self, Kind};
use kedun_model::{RecordId, members};
use kedun_vault::Shown;
use serde::Deserialize;
use serde_json::json;

const HEADERS: &[&str] = &["X-Kedun-Link"];

pub(super) fn routes(table: Table) -> Table {
    let open = |method: &'static str, path: &'static str, summary: &'static str| {
        Route::new(method, path, summary).public().heeds(HEADERS)
    };
    debug_assert!(HEADERS.iter().all(|name| name.eq_ignore_ascii_case(LINK)));
    table
        .add(
            Route::new(
                "GET",
                "/api/v1/public/notices",
                "Who keeps the house, and its notices in force, in both languages.",
            )
            .public()
            .answers(200, "PublicNotices"),
            notices,
        )
        .add(
            open("GET", "/api/v1/public/rights", "The page of who holds a link.").answers(200, "GuestPage"),
            page,
        )
        .add(
            open("GET", "/api/v1/public/rights/receipts/{consent}", "A signed statement of a consent.")
                .answers(200, "Text"),
            receipt,
        )
        .add(
            open("POST", "/api/v1/public/rights/withdrawals", "Withdraws a consent, at once.")
                .takes("GuestWithdrawal")
                .answers(200, "GuestPage"),
            withdraw,
        )
        .add(
            open(
                "POST",
                "/api/v1/public/rights/requests",
                "Asks for a copy, a correction, an erasure, or complains.",
            )
            .takes("GuestAsks")
            .answers(201, "GuestRequest"),
            ask,
        )
        .add(
            open("POST", "/api/v1/public/rights/requests/{id}/answers", "Reads the answer, after a check.")
                .takes("GuestReads")
                .answers(200, "GuestAnswer"),
            answer,
        )
        .add(
            open(
                "POST",
                "/api/v1/public/rights/requests/{id}/files",
                "Fetches a file of a copy, after a check.",
            )
            .takes("GuestFetches")
            .answers(200, "Bytes"),
            file,
        )
        .add(
            open(
                "GET",
                "/api/v1/public/rights/requests/{id}/certificate",
                "The signed statement about a request.",
            )
            .answers(200, "Text"),
            certificate,
        )
}

async fn notices(_: Stranger, State(app): State<App>) -> Answer {
    let catalog = app.vault()?.catalog();
    ok(json!({ "company": rights::company(&catalog), "notices": rights::notices(&catalog) }))
}

async fn page(State(app): State<App>, Holder(guest): Holder) -> Answer {
    ok(rights::page(&app.vault()?, &guest).await?)
}

async fn receipt(State(app): State<App>, Holder(guest): Holder, Places(consent): Places<String>) -> Answer {
    text(rights::guest_receipt(&app.vault()?, &guest, &RecordId::new(consent)).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawn {
    consent: String,
}

async fn withdraw(State(app): State<App>, Holder(guest): Holder, Body(body): Body<Withdrawn>) -> Answer {
    ok(rights::withdraw(&app.vault()?, &guest, &RecordId::new(body.consent)).await?)
}

/// What somebody shows of themselves.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    #[serde(default)]
    digits: Option<String>,
    #[serde(default)]
    code: Option<String>,
}

impl Check {
    fn shown(self) -> Shown {
        let there = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Shown { digits: there(self.digits), code: there(self.code) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asks {
    kind: Kind,
    #[serde(default)]
    text: Option<String>,
    #[serde(default, deserialize_with = "members::one")]
    check: Check,
}

async fn ask(Holder(guest): Holder, Body(body): Body<Asks>) -> Answer {
    let asked = rights::Asked { kind: body.kind, text: body.text };
    created(rights::ask(&guest, &asked, &body.check.shown()).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reads {
    #[serde(deserialize_with = "members::one")]
    check: Check,
}

async fn answer(Holder(guest): Holder, Places(id): Places<String>, Body(body): Body<Reads>) -> Answer {
    ok(rights::read_answer(&guest, &RecordId::new(id), &body.check.shown()).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fetches {
    part: String,
    #[serde(deserialize_with = "members::one")]
    check: Check,
}

async fn file(Holder(guest): Holder, Places(id): Places<String>, Body(body): Body<Fetches>) -> Answer {
    let paper = rights::file(&guest, &RecordId::new(id), &body.part, &body.check.shown()).await?;
    // Never shown in place: it holds somebody's data, and ours says what runs on this origin.
    saved(&paper.name, "application/octet-stream", paper.body)
}

async fn certificate(State(app): State<App>, Holder(guest): Holder, Places(id): Places<String>) -> Answer {
    text(rights::certificate(&app.vault()?, &guest, &RecordId::new(id)).await?)
}
