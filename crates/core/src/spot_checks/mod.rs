//! The spot check: each week a manager reads five follow-ups of the people they lead, and scores them (control GV-09).
//!
//! **Invariant:** nobody picks. Which five follows by a published rule ([`kedun_ledger::lot`]) from the first head of the
//! log after the week's end, which nobody could choose; it is drawn once for a manager and a week, stands in the log, and
//! whoever draws again or alters what was drawn is found out ([`verify`]).

mod draw;
mod score;
mod verify;
mod week;

pub use draw::draw;
pub use score::{Scoring, of_mine, score};
pub use verify::{Verification, verify};
pub use week::Week;

use kedun_model::filter::Filter;
use kedun_model::{Act as ActName, FieldKind, Label, Problem, RecordId, Zone, moment};
use kedun_vault::{Catalog, FieldView, Query, RecordView, Result, Scope, VaultError};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The object of the checks.
pub const SPOT_CHECK: &str = "spot_check";
/// The object of the scores.
pub const SPOT_SCORE: &str = "spot_score";
/// What is checked.
const FOLLOW_UP: &str = "follow_up";
/// How many are drawn.
pub const DRAWN: usize = 5;
/// Weeks that can still be drawn after they are over.
const WEEKS: usize = 4;
/// Most checks that a list looks back: half a year.
pub const SHOWN: usize = 26;

/// A question of the score sheet, as the definition of the scores has it.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// The field that holds the answer.
    pub name: String,
    /// What is asked.
    pub label: Label,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Label>,
    /// The answers, with what each is worth.
    pub options: Vec<Answer>,
}

/// An answer that can be given.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// What is stored: its points, as text.
    pub value: String,
    /// What is shown.
    pub label: Label,
    /// Its points.
    pub points: i64,
}

impl Question {
    fn most(&self) -> i64 {
        self.options.iter().map(|option| option.points).max().unwrap_or(0)
    }
}

/// The questions in force: every choice of the scores whose answers are numbers. A designer adds one by adding a field.
pub fn questions(catalog: &Catalog) -> Result<Vec<Question>> {
    let def = catalog.object(&SPOT_SCORE.into())?;
    let question = |field: &kedun_model::FieldDef| {
        let options = field.options.iter().filter(|o| !o.inactive).map(|option| {
            let points = option.value.parse().ok()?;
            Some(Answer { value: option.value.clone(), label: option.label.clone(), points })
        });
        let options = options.collect::<Option<Vec<_>>>()?;
        let asked = field.kind == FieldKind::Select && !options.is_empty();
        asked.then(|| Question {
            name: field.name.clone(),
            label: field.label.clone(),
            help: field.help.clone(),
            options,
        })
    };
    Ok(def.live_fields().filter_map(question).collect())
}

/// A check, as lists show it.
#[derive(Clone, Debug, Serialize)]
pub struct CheckView {
    /// Its id.
    pub id: String,
    /// `2026-W47`.
    pub period: String,
    /// When the week began, RFC 3339.
    pub begins_at: String,
    /// When it was over, RFC 3339.
    pub ends_at: String,
    /// When it was drawn, UTC ms.
    pub drawn_at: i64,
    /// `open`, `done`.
    pub state: &'static str,
    /// How many follow-ups there were to draw from.
    pub population: i64,
    /// How many were drawn.
    pub drawn: usize,
    /// How many are scored.
    pub scored: usize,
    /// Points given so far.
    pub points: i64,
    /// Points that were possible.
    pub most: i64,
}

/// How one person came out over the checks of a list.
#[derive(Clone, Debug, Serialize)]
pub struct PersonScores {
    /// Who.
    pub person: Json,
    /// Follow-ups scored.
    pub scored: usize,
    /// Points given.
    pub points: i64,
    /// Points that were possible.
    pub most: i64,
}

/// How it stands with the week that is over.
#[derive(Clone, Debug, Serialize)]
pub struct WeekView {
    /// `2026-W47`.
    pub period: String,
    /// When it began, RFC 3339.
    pub begins_at: String,
    /// When it was over, RFC 3339.
    pub ends_at: String,
    /// `due` while nothing is drawn, `open`, `done`.
    pub state: &'static str,
    /// The check, once it is drawn.
    pub check: Option<String>,
}

/// A manager's checks.
#[derive(Clone, Debug, Serialize)]
pub struct ChecksView {
    /// The last week that is over.
    pub week: WeekView,
    /// What was drawn, newest first.
    pub checks: Vec<CheckView>,
    /// How people came out, lowest average first.
    pub people: Vec<PersonScores>,
}

/// A score.
#[derive(Clone, Debug, Serialize)]
pub struct ScoreView {
    /// Its id.
    pub id: String,
    /// The week.
    pub period: String,
    /// The follow-up, with its title as far as the caller may see it.
    pub follow_up: Json,
    /// Whose follow-up it is.
    pub person: Json,
    /// Who scored.
    pub scored_by: Json,
    /// When, RFC 3339.
    pub scored_at: String,
    /// Points given.
    pub points: i64,
    /// Points that were possible.
    pub most: i64,
    /// Answers by question.
    pub answers: BTreeMap<String, String>,
    /// What the manager says to it.
    pub remark: Option<String>,
}

/// A follow-up that was drawn.
#[derive(Debug, Serialize)]
pub struct Item {
    /// Its id.
    pub follow_up: String,
    /// Whether it is gone meanwhile (erased, handed to another department): there is nothing to score.
    pub gone: bool,
    /// The record as the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordView>,
    /// Its score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<ScoreView>,
}

/// A check with what was drawn.
#[derive(Debug, Serialize)]
pub struct CheckDetail {
    /// The check.
    #[serde(flatten)]
    pub check: CheckView,
    /// Entries of the log under the head that settled the draw.
    pub size: i64,
    /// The root of that head, hex.
    pub root: String,
    /// What was drawn, in the order of the lots.
    pub items: Vec<Item>,
    /// The score sheet.
    pub questions: Vec<Question>,
}

/// A manager's checks and how the people came out.
///
/// # Errors
/// Not found for who leads nobody.
pub async fn list(scope: &Scope, limit: usize) -> Result<ChecksView> {
    allowed(scope)?;
    let newest =
        Query { sort: vec![("period".to_owned(), true)], limit: limit.clamp(1, SHOWN), ..Query::default() };
    let records = scope.query(SPOT_CHECK, &newest).await?.records;
    let scores = scores_of(scope, &records).await?;
    let zone = scope.catalog().zone();
    let checks: Vec<CheckView> = records.iter().map(|record| check_view(record, &scores, zone)).collect();
    let mut people: BTreeMap<String, PersonScores> = BTreeMap::new();
    for (_, score) in &scores {
        let id = score.person["id"].as_str().unwrap_or_default().to_owned();
        let so_far = people.entry(id).or_insert_with(|| PersonScores {
            person: score.person.clone(),
            scored: 0,
            points: 0,
            most: 0,
        });
        so_far.scored += 1;
        so_far.points += score.points;
        so_far.most += score.most;
    }
    let mut people: Vec<PersonScores> = people.into_values().collect();
    people.sort_by_key(|one| one.points * 1_000 / one.most.max(1));
    let week = Week::of(scope.now(), scope.catalog().zone()).map(Week::before).ok_or(Problem::NotFound)?;
    let period = week.to_string();
    let drawn = checks.iter().find(|check| check.period == period);
    let week = WeekView {
        begins_at: moment::text(week.begins()),
        ends_at: moment::text(week.ends()),
        state: drawn.map_or("due", |check| check.state),
        check: drawn.map(|check| check.id.clone()),
        period,
    };
    Ok(ChecksView { week, checks, people })
}

/// One check with what was drawn. The follow-ups are read through the ordinary door: masked where the caller sees them
/// masked, and every one a row in the log.
///
/// # Errors
/// Not found.
pub async fn one(scope: &Scope, id: &RecordId) -> Result<CheckDetail> {
    let record = scope.get(SPOT_CHECK, id).await?;
    let mut scores: BTreeMap<String, ScoreView> = scores_of(scope, std::slice::from_ref(&record))
        .await?
        .into_iter()
        .map(|(_, score)| linked(score))
        .collect();
    let counted: Vec<(String, ScoreView)> =
        scores.values().map(|score| (record.id().to_owned(), score.clone())).collect();
    let mut items = Vec::new();
    for follow_up in drawn_of(&record) {
        let score = scores.remove(follow_up.as_str());
        // Where it is gone, its reading would only leave a denial about the one who does their duty.
        let record = match scope.sees(FOLLOW_UP, &follow_up).await? {
            true => Some(scope.get(FOLLOW_UP, &follow_up).await?),
            false => None,
        };
        items.push(Item { follow_up: follow_up.to_string(), gone: record.is_none(), record, score });
    }
    let mut check = check_view(&record, &counted, scope.catalog().zone());
    if items.iter().all(|item| item.gone || item.score.is_some()) {
        check.state = "done";
    }
    Ok(CheckDetail {
        check,
        size: number(&record, "size"),
        root: text(&record, "root"),
        items,
        questions: questions(scope.catalog())?,
    })
}

/// Whoever leads people may; for all others there is nothing here.
fn allowed(scope: &Scope) -> Result<()> {
    scope.object(SPOT_CHECK)?;
    scope.require(ActName::SpotChecksRun, scope.department())
}

/// The scores of some checks, each with its check.
async fn scores_of(scope: &Scope, checks: &[RecordView]) -> Result<Vec<(String, ScoreView)>> {
    if checks.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = checks.iter().map(RecordView::id).collect();
    let asked = questions(scope.catalog())?;
    let query = Query {
        filter: Some(filter(json!({ "field": "check", "op": "in", "value": ids }))?),
        sort: vec![("scored_at".to_owned(), false)],
        limit: kedun_vault::MAX_LIMIT,
        ..Query::default()
    };
    let page = scope.query(SPOT_SCORE, &query).await?;
    let of = |record: &RecordView| clear(record, "check")["id"].as_str().unwrap_or_default().to_owned();
    Ok(page.records.iter().map(|record| (of(record), score_view(record, &asked))).collect())
}

fn linked(score: ScoreView) -> (String, ScoreView) {
    (score.follow_up["id"].as_str().unwrap_or_default().to_owned(), score)
}

fn check_view(record: &RecordView, scores: &[(String, ScoreView)], zone: Zone) -> CheckView {
    let period = text(record, "period");
    let week = Week::parse(&period, zone);
    let mine = || scores.iter().filter(|(check, _)| check == record.id()).map(|(_, score)| score);
    let drawn = drawn_of(record).len();
    let scored = mine().count();
    let done = record.clear_text("state") == Some("done") || scored >= drawn;
    CheckView {
        id: record.id().to_owned(),
        begins_at: week.map(|week| moment::text(week.begins())).unwrap_or_default(),
        ends_at: week.map(|week| moment::text(week.ends())).unwrap_or_default(),
        drawn_at: record.created_at(),
        state: if done { "done" } else { "open" },
        population: number(record, "population"),
        drawn,
        scored,
        points: mine().map(|score| score.points).sum(),
        most: mine().map(|score| score.most).sum(),
        period,
    }
}

fn score_view(record: &RecordView, asked: &[Question]) -> ScoreView {
    let answers = asked
        .iter()
        .filter_map(|question| Some((question.name.clone(), record.clear_text(&question.name)?.to_owned())));
    ScoreView {
        id: record.id().to_owned(),
        period: text(record, "period"),
        follow_up: clear(record, "follow_up"),
        person: clear(record, "person"),
        scored_by: clear(record, "scored_by"),
        scored_at: text(record, "scored_at"),
        points: number(record, "points"),
        most: number(record, "most"),
        answers: answers.collect(),
        remark: record.clear_text("remark").map(str::to_owned),
    }
}

/// What was drawn, in the order of the lots.
fn drawn_of(record: &RecordView) -> Vec<RecordId> {
    let ids: Vec<String> =
        record.clear_text("drawn").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    ids.into_iter().map(RecordId::new).collect()
}

fn filter(json: Json) -> Result<Filter> {
    Filter::parse(&json).map_err(|errors| VaultError::from(Problem::Invalid(errors)))
}

fn clear(record: &RecordView, name: &str) -> Json {
    match record.field(name) {
        Some(FieldView::Clear { value }) => value.clone(),
        Some(FieldView::Masked { .. }) | None => Json::Null,
    }
}

fn text(record: &RecordView, name: &str) -> String {
    record.clear_text(name).unwrap_or_default().to_owned()
}

fn number(record: &RecordView, name: &str) -> i64 {
    clear(record, name).as_i64().unwrap_or(0)
}

fn members<const N: usize>(fields: [(&str, Json); N]) -> Map<String, Json> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
