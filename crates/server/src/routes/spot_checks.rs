//! The weekly spot check of follow-ups: drawn by lot, scored in minutes, seen by whom it concerns.

use super::reply::{Answer, created, ok};
use crate::app::App;
use crate::extract::{Asked, Body, Caller, Places, at_most};
use crate::register::{Route, Table};
use axum::extract::State;
use kedun_core::spot_checks::{self, Scoring};
use kedun_model::RecordId;
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new(
                "GET",
                "/api/v1/spot_checks",
                "How it stands with the week that is over, what was drawn before, and how people came out.",
            )
            .answers(200, "SpotChecks")
            .asks(&["limit"]),
            list,
        )
        .add(
            Route::new(
                "PUT",
                "/api/v1/spot_checks/weeks/{week}",
                "Draws the check of a week that is over; drawn before, it is the same.",
            )
            .answers(200, "SpotCheck"),
            draw,
        )
        .add(
            Route::new("GET", "/api/v1/spot_checks/{id}", "One check with what was drawn.")
                .answers(200, "SpotCheck"),
            one,
        )
        .add(
            Route::new("POST", "/api/v1/spot_checks/{id}/scores", "Scores one of the drawn, once.")
                .takes("NewSpotScore")
                .answers(201, "SpotScore"),
            score,
        )
        .add(
            Route::new(
                "GET",
                "/api/v1/spot_checks/{id}/verification",
                "Draws again from the log and says whether it comes to the same.",
            )
            .answers(200, "SpotCheckVerification"),
            verify,
        )
        .add(
            Route::new("GET", "/api/v1/me/spot_scores", "What the caller's own follow-ups were scored.")
                .answers(200, "SpotScores")
                .asks(&["limit"]),
            mine,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    limit: Option<usize>,
}

async fn list(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    let most = spot_checks::SHOWN;
    ok(spot_checks::list(&scope, at_most(which.limit, most, most)?).await?)
}

async fn draw(State(app): State<App>, Caller(scope): Caller, Places(week): Places<String>) -> Answer {
    let id = spot_checks::draw(&app.vault()?, &scope, &week).await?;
    ok(spot_checks::one(&scope, &id).await?)
}

async fn one(Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(spot_checks::one(&scope, &RecordId::new(id)).await?)
}

async fn score(
    State(app): State<App>,
    Caller(scope): Caller,
    Places(id): Places<String>,
    Body(body): Body<Scoring>,
) -> Answer {
    created(spot_checks::score(&app.vault()?, &scope, &RecordId::new(id), &body).await?)
}

async fn verify(State(app): State<App>, Caller(scope): Caller, Places(id): Places<String>) -> Answer {
    ok(spot_checks::verify(&app.vault()?, &scope, &RecordId::new(id)).await?)
}

async fn mine(Caller(scope): Caller, Asked(which): Asked<Which>) -> Answer {
    let questions = spot_checks::questions(scope.catalog())?;
    let limit = at_most(which.limit, 50, kedun_vault::MAX_LIMIT)?;
    ok(json!({ "scores": spot_checks::of_mine(&scope, limit).await?, "questions": questions }))
}
