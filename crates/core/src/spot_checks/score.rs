//! Scoring: a few questions and a remark, for the manager and for whose follow-up it is.

use super::{
    FOLLOW_UP, SPOT_CHECK, SPOT_SCORE, ScoreView, allowed, clear, drawn_of, members, one, questions,
    score_view, text,
};
use kedun_model::{FieldError, PersonId, Problem, RecordId, SubjectId, moment};
use kedun_vault::{Act, NewRecord, Query, Result, Scope, Task, Tx, Vault};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Longest remark, in characters.
const LONGEST_REMARK: usize = 300;

/// A score as it is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// Which of the drawn.
    pub follow_up: String,
    /// An answer to every question.
    pub answers: BTreeMap<String, String>,
    /// What there is to say.
    #[serde(default)]
    pub remark: Option<String>,
}

/// Scores one of the drawn follow-ups, once.
///
/// # Errors
/// Not found; forbidden for whoever did not draw it, and `own_follow_up`; answers that are missing or none of the
/// choices; a remark that is too long or holds personal data; `already_scored`.
pub async fn score(vault: &Vault, scope: &Scope, id: &RecordId, scoring: &Scoring) -> Result<ScoreView> {
    allowed(scope)?;
    let check = scope.get(SPOT_CHECK, id).await?;
    if check.owner() != Some(scope.person().as_str()) {
        return Err(Problem::Forbidden("spot_checks.run").into());
    }
    let follow_up = RecordId::new(scoring.follow_up.as_str());
    if !drawn_of(&check).contains(&follow_up) {
        return Err(Problem::invalid("follow_up", "unknown_record").into());
    }
    let (points, most) = worth(scope, scoring)?;
    let remark = scoring.remark.as_deref().unwrap_or_default().trim();
    if remark.chars().count() > LONGEST_REMARK {
        let error = FieldError::new("remark", "too_long").with("max", LONGEST_REMARK);
        return Err(Problem::Invalid(vec![error]).into());
    }
    if kedun_model::own_words::personal(remark) {
        return Err(Problem::invalid("remark", "personal_data").into());
    }
    let record = scope.get(FOLLOW_UP, &follow_up).await?;
    let author =
        record.created_by().map(|author| PersonId::new(author.id.as_str())).ok_or(Problem::NotFound)?;
    if author == *scope.person() {
        return Err(Problem::Forbidden("own_follow_up").into());
    }
    // Whose data it is about: the score goes when they are erased.
    let subject = clear(&record, "customer")["id"].as_str().map(SubjectId::new);
    let mut fields = members([
        ("period", json!(text(&check, "period"))),
        ("check", json!(id)),
        ("follow_up", json!(follow_up)),
        ("person", json!(author)),
        ("scored_by", json!(scope.person())),
        ("scored_at", json!(moment::text(scope.now()))),
        ("points", json!(points)),
        ("most", json!(most)),
    ]);
    if !remark.is_empty() {
        fields.insert("remark".to_owned(), json!(remark));
    }
    fields.extend(scoring.answers.iter().map(|(name, value)| (name.clone(), json!(value))));
    let new = NewRecord { fields, owner: Some(author), subject, ..NewRecord::default() };
    let house = vault.system_for(Task::Casework, scope.person());
    let mut tx = scope.begin().await?;
    if !tx.take_name(&format!("{SPOT_SCORE}/{id}/{follow_up}")).await? {
        return Err(Problem::Conflict("already_scored").into());
    }
    let made = tx.as_house(&house, async |tx: &mut Tx| tx.create(SPOT_SCORE, new).await).await?;
    tx.commit(Act::new("spot_check.score", SPOT_SCORE).on(&made, None).payload(json!({ "check": id })))
        .await?;
    if check.clear_text("state") != Some("done") && one(scope, id).await?.check.state == "done" {
        let mut tx = house.begin().await?;
        tx.update(SPOT_CHECK, id, None, &members([("state", json!("done"))])).await?;
        tx.commit(Act::new("spot_check.done", SPOT_CHECK).on(id, None)).await?;
    }
    let asked = questions(scope.catalog())?;
    Ok(score_view(&scope.get(SPOT_SCORE, &made).await?, &asked))
}

/// What the answers are worth, and what they could be.
fn worth(scope: &Scope, scoring: &Scoring) -> Result<(i64, i64)> {
    let asked = questions(scope.catalog())?;
    let mut errors = Vec::new();
    let (mut points, mut most) = (0, 0);
    for question in &asked {
        let at = format!("answers.{}", question.name);
        match scoring.answers.get(&question.name) {
            None => errors.push(FieldError::new(at, "required")),
            Some(given) => match question.options.iter().find(|option| option.value == *given) {
                Some(option) => points += option.points,
                None => errors.push(FieldError::new(at, "unknown_option")),
            },
        }
        most += question.most();
    }
    for name in scoring.answers.keys().filter(|name| !asked.iter().any(|question| question.name == **name)) {
        let name: String = name.chars().take(40).collect();
        errors.push(FieldError::new(format!("answers.{name}"), "unknown_field"));
    }
    if errors.is_empty() { Ok((points, most)) } else { Err(Problem::Invalid(errors).into()) }
}

/// What the caller's own follow-ups were scored, newest first.
///
/// # Errors
/// Not found for whoever is never scored.
pub async fn of_mine(scope: &Scope, limit: usize) -> Result<Vec<ScoreView>> {
    let mine = super::filter(json!({ "field": "person", "op": "me" }))?;
    let query =
        Query { filter: Some(mine), sort: vec![("scored_at".to_owned(), true)], limit, ..Query::default() };
    let asked = questions(scope.catalog())?;
    Ok(scope
        .query(SPOT_SCORE, &query)
        .await?
        .records
        .iter()
        .map(|record| score_view(record, &asked))
        .collect())
}
