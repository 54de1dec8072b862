//! The register: every export there was, for who keeps watch over them; and its monthly review, which is an act of a
//! person and stays as a record.
//!
//! **Invariant:** a review is of a month that is over, says what the register held at that moment, and is made once.

use super::{EXPORT, ExportView, clear, state, view};
use jiff::civil::Date;
use kedun_model::filter::Filter;
use kedun_model::{Act as ActName, FieldError, PersonId, Problem, RecordId, Zone, moment};
use kedun_vault::{Act, NewRecord, Query, RecordView, Result, Scope, Task, Tx, Vault};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// The object of the reviews.
pub const REVIEW: &str = "review";
/// What is reviewed here.
const KIND: &str = "exports";
/// Months that a list of reviews looks back.
const MONTHS: usize = 12;
/// Longest finding, in characters.
const LONGEST_NOTE: usize = 500;
/// Cases read at once.
const PAGE: usize = 200;

/// A month of the calendar, by the company's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month of a moment (UTC ms); none outside of the calendar.
    pub fn of(at: i64, zone: Zone) -> Option<Month> {
        let date = zone.on_the_wall(at)?.date();
        Some(Month { year: date.year(), month: date.month() })
    }

    /// Reads `2026-10`.
    pub fn parse(text: &str) -> Option<Month> {
        let (year, month) = text.split_once('-')?;
        let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let found = Month { year: year.parse().ok()?, month: month.parse().ok()? };
        (found.year >= 1970 && (1..=12).contains(&found.month)).then_some(found)
    }

    fn before(self) -> Month {
        if self.month == 1 {
            Month { year: self.year - 1, month: 12 }
        } else {
            Month { month: self.month - 1, ..self }
        }
    }

    fn after(self) -> Month {
        if self.month == 12 {
            Month { year: self.year + 1, month: 1 }
        } else {
            Month { month: self.month + 1, ..self }
        }
    }

    /// Its first moment, UTC ms.
    fn begins(self, zone: Zone) -> i64 {
        Date::new(self.year, self.month, 1)
            .ok()
            .and_then(|date| zone.moment(date.at(0, 0, 0, 0)))
            .unwrap_or(0)
    }

    fn conditions(self, zone: Zone) -> [Json; 2] {
        let bound = |op: &str, at: i64| json!({ "field": "created_at", "op": op, "value": moment::text(at) });
        [bound("ge", self.begins(zone)), bound("lt", self.after().begins(zone))]
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Which exports are wanted; what is not said does not matter.
#[derive(Clone, Debug, Default)]
pub struct SoughtExports {
    /// Ordered in this month.
    pub month: Option<Month>,
    /// By whom.
    pub person: Option<PersonId>,
    /// How far they are.
    pub state: Option<String>,
}

/// A page of the register.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterPage {
    /// The exports, newest first.
    pub exports: Vec<ExportView>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
}

/// What a month of the register holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Exports ordered.
    pub exports: i64,
    /// Rows in files that were made.
    pub rows: i64,
    /// Exports with personal fields in clear.
    pub clear: i64,
    /// Downloads of the files.
    pub downloads: i64,
}

/// A review that was made.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewView {
    /// Its id.
    pub id: String,
    /// Who made it.
    pub reviewer: Json,
    /// When, RFC 3339.
    pub reviewed_at: String,
    /// What they found.
    pub note: String,
    /// What the register held then.
    #[serde(flatten)]
    pub counts: Counts,
}

/// How it stands with the review of one month.
#[derive(Clone, Debug, Serialize)]
pub struct MonthView {
    /// `2026-10`.
    pub period: String,
    /// `open` while the month lasts, `due`, `reviewed`.
    pub state: &'static str,
    /// How many exports it has now.
    pub exports: i64,
    /// The review, once it is made.
    pub review: Option<ReviewView>,
}

/// Every export, newest first, for who keeps the register.
///
/// # Errors
/// Forbidden; a damaged cursor; a state that does not exist.
pub async fn register(
    scope: &Scope,
    sought: &SoughtExports,
    limit: usize,
    cursor: Option<String>,
) -> Result<RegisterPage> {
    scope.require(ActName::ExportsRegister, None)?;
    let page = scope
        .query(
            EXPORT,
            &Query {
                filter: filter(sought, scope.catalog().zone())?,
                sort: vec![("created_at".to_owned(), true)],
                limit: limit.clamp(1, PAGE),
                cursor,
                ..Query::default()
            },
        )
        .await?;
    Ok(RegisterPage { exports: page.records.iter().map(view).collect(), next_cursor: page.next_cursor })
}

fn filter(sought: &SoughtExports, zone: Zone) -> Result<Option<Filter>> {
    let mut conditions: Vec<Json> =
        sought.month.map(|month| month.conditions(zone)).into_iter().flatten().collect();
    if let Some(person) = &sought.person {
        conditions.push(json!({ "field": "requester", "op": "eq", "value": person }));
    }
    if let Some(state) = &sought.state {
        conditions.push(json!({ "field": "state", "op": "eq", "value": state }));
    }
    if conditions.is_empty() {
        return Ok(None);
    }
    Ok(Some(Filter::parse(&json!({ "all": conditions })).map_err(Problem::Invalid)?))
}

/// How it stands with the reviews of the last months, newest first: since the first export there was.
///
/// # Errors
/// Forbidden without the register.
pub async fn reviews(scope: &Scope) -> Result<Vec<MonthView>> {
    scope.require(ActName::ExportsRegister, None)?;
    let first = Query { sort: vec![("created_at".to_owned(), false)], limit: 1, ..Query::default() };
    let first = scope.query(EXPORT, &first).await?;
    let zone = scope.catalog().zone();
    let Some(first) = first.records.first().and_then(|case| Month::of(case.created_at(), zone)) else {
        return Ok(Vec::new());
    };
    let Some(now) = Month::of(scope.now(), zone) else { return Ok(Vec::new()) };
    let made = made(scope).await?;
    let mut months = Vec::new();
    let mut month = now;
    while month >= first && months.len() < MONTHS {
        let period = month.to_string();
        let review =
            made.iter().find(|record| record.clear_text("period") == Some(period.as_str())).map(review_view);
        let state = match &review {
            Some(_) => "reviewed",
            None if month == now => "open",
            None => "due",
        };
        let count = Query {
            filter: filter(&SoughtExports { month: Some(month), ..SoughtExports::default() }, zone)?,
            limit: 1,
            count: true,
            ..Query::default()
        };
        let exports = scope.query(EXPORT, &count).await?.count.unwrap_or(0);
        months.push(MonthView { period, state, exports, review });
        month = month.before();
    }
    Ok(months)
}

/// Reviews a month that is over, with a finding.
///
/// # Errors
/// Forbidden without the register; `period` that is none or `not_over`; a finding that is missing or too long;
/// `already_reviewed`.
pub async fn review(vault: &Vault, scope: &Scope, period: &str, note: &str) -> Result<ReviewView> {
    scope.require(ActName::ExportsRegister, None)?;
    let month = Month::parse(period).ok_or_else(|| Problem::invalid("period", "not_a_month"))?;
    if Month::of(scope.now(), scope.catalog().zone()).is_none_or(|now| month >= now) {
        return Err(Problem::invalid("period", "not_over").into());
    }
    let note = note.trim();
    if note.is_empty() {
        return Err(Problem::invalid("note", "required").into());
    }
    if note.chars().count() > LONGEST_NOTE {
        let error = FieldError::new("note", "too_long").with("max", LONGEST_NOTE);
        return Err(Problem::Invalid(vec![error]).into());
    }
    let counts = counts(scope, month).await?;
    let mut tx = scope.begin().await?;
    if !tx.take_name(&format!("{REVIEW}/{KIND}/{month}")).await? {
        return Err(Problem::Conflict("already_reviewed").into());
    }
    let fields = Map::from_iter([
        ("period".to_owned(), json!(month.to_string())),
        ("kind".to_owned(), json!(KIND)),
        ("reviewer".to_owned(), json!(scope.person())),
        ("reviewed_at".to_owned(), json!(moment::text(scope.now()))),
        ("note".to_owned(), json!(note)),
        ("exports".to_owned(), json!(counts.exports)),
        ("rows".to_owned(), json!(counts.rows)),
        ("clear".to_owned(), json!(counts.clear)),
        ("downloads".to_owned(), json!(counts.downloads)),
    ]);
    let house = vault.system_for(Task::Casework, scope.person());
    let new = NewRecord { fields, ..NewRecord::default() };
    let id: RecordId = tx.as_house(&house, async |tx: &mut Tx| tx.create(REVIEW, new).await).await?;
    let exports = usize::try_from(counts.exports).unwrap_or(0);
    let act = Act::new("export.review", REVIEW).on(&id, None).count(exports);
    tx.commit(act.payload(json!({ "period": month.to_string() }))).await?;
    Ok(review_view(&scope.get(REVIEW, &id).await?))
}

async fn made(scope: &Scope) -> Result<Vec<RecordView>> {
    let of_exports = json!({ "field": "kind", "op": "eq", "value": KIND });
    let query = Query {
        filter: Some(Filter::parse(&of_exports).map_err(Problem::Invalid)?),
        sort: vec![("period".to_owned(), true)],
        limit: PAGE,
        ..Query::default()
    };
    Ok(scope.query(REVIEW, &query).await?.records)
}

async fn counts(scope: &Scope, month: Month) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut cursor = None;
    loop {
        let query = Query {
            filter: filter(
                &SoughtExports { month: Some(month), ..SoughtExports::default() },
                scope.catalog().zone(),
            )?,
            sort: vec![("created_at".to_owned(), true)],
            limit: PAGE,
            cursor,
            ..Query::default()
        };
        let page = scope.query(EXPORT, &query).await?;
        for case in &page.records {
            counts.exports += 1;
            if matches!(state(case), "ready" | "expired") {
                counts.rows += number(case, "rows");
            }
            counts.clear += i64::from(clear(case, "clear").as_bool().unwrap_or(false));
            counts.downloads += number(case, "downloads");
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(counts);
        }
    }
}

fn number(record: &RecordView, name: &str) -> i64 {
    clear(record, name).as_i64().unwrap_or(0)
}

fn review_view(record: &RecordView) -> ReviewView {
    let text = |name: &str| record.clear_text(name).unwrap_or_default().to_owned();
    ReviewView {
        id: record.id().to_owned(),
        reviewer: clear(record, "reviewer"),
        reviewed_at: text("reviewed_at"),
        note: text("note"),
        counts: Counts {
            exports: number(record, "exports"),
            rows: number(record, "rows"),
            clear: number(record, "clear"),
            downloads: number(record, "downloads"),
        },
    }
}

/// What is asked for when a month is reviewed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewing {
    /// `2026-10`.
    pub period: String,
    /// What was found.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::{Month, Zone};

    #[test]
    fn a_month_begins_at_midnight_in_china() {
        let month = Month::parse("2026-01").unwrap();
        assert_eq!(kedun_model::moment::text(month.begins(Zone::Shanghai)), "2025-12-31T16:00:00.000Z");
        assert_eq!(Month::of(month.begins(Zone::Shanghai), Zone::Shanghai), Some(month));
        assert_eq!(Month::of(month.begins(Zone::Shanghai) - 1, Zone::Shanghai), Some(month.before()));
        assert_eq!(month.before().to_string(), "2025-12");
        assert_eq!(month.before().after(), month);
    }

    #[test]
    fn what_is_no_month_is_none() {
        for text in ["", "2026", "2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "+026-10", "0000-01"]
        {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }
}
