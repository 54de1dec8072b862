//! The retention calendar: whose term is over when, what a legal hold keeps back, and the way from a term that is over to
//! an erasure that two people want (PIPL 19 and 47; control RT-01).
//!
//! **Invariant:** looking destroys nothing and beginning destroys nothing. What is due becomes an ordinary request for an
//! erasure, with its preview, its second person and its certificate.

use crate::erasures::{self, ERASURE};
use kedun_model::filter::Filter;
use kedun_model::retention::Retention;
use kedun_model::{FieldError, Label, ObjectName, Problem, RecordId, Zone, moment};
use kedun_vault::{Act, HoldView, Kept, Query, RecordView, Result, Scope, Tx, Vault, VaultError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// Months that the calendar looks ahead.
const MONTHS: usize = 24;
/// Most records whose erasure is begun at once.
pub const MOST_AT_ONCE: usize = 50;
/// The ground of an erasure whose term is over.
const GROUND: &str = "service_ended";
/// Why a record may be held.
pub const HOLD_GROUNDS: [&str; 5] = ["litigation", "investigation", "audit", "dispute", "law"];
/// Longest note of a hold, in characters.
const LONGEST_NOTE: usize = 200;

/// The terms of one object.
#[derive(Clone, Debug, Serialize)]
pub struct TermsView {
    /// The object.
    pub object: ObjectName,
    /// What people call it.
    pub label: Label,
    /// Its terms.
    pub terms: Retention,
    /// Records that have one.
    pub records: usize,
}

/// A month of the calendar.
#[derive(Clone, Debug, Serialize)]
pub struct MonthView {
    /// `2026-12`.
    pub month: String,
    /// Terms that are over in it.
    pub due: usize,
    /// Of those, how many a hold stops.
    pub held: usize,
}

/// The calendar.
#[derive(Clone, Debug, Serialize)]
pub struct Calendar {
    /// When it was counted, UTC ms.
    pub at: i64,
    /// The terms.
    pub terms: Vec<TermsView>,
    /// Terms that are over and that nothing holds back.
    pub overdue: usize,
    /// Of those, how many have an erasure under way.
    pub under_way: usize,
    /// Terms that are over and that a hold stops.
    pub held: usize,
    /// The coming months, this one first; what is overdue is in none of them.
    pub months: Vec<MonthView>,
    /// Terms that are over after those months.
    pub later: usize,
    /// Records whose term cannot be counted yet, because something goes on.
    pub going_on: usize,
}

/// A record whose term is over.
#[derive(Clone, Debug, Serialize)]
pub struct DueView {
    /// Its object.
    pub object: ObjectName,
    /// Its id.
    pub record: RecordId,
    /// Its title, as far as the caller may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The name of its department.
    pub department: Option<String>,
    /// When somebody last worked on it, UTC ms.
    pub last_activity_at: i64,
    /// When its term was over, UTC ms.
    pub due_at: i64,
    /// The lawful basis whose term counted, when not the ordinary one.
    pub basis: Option<String>,
    /// The erasure that is under way.
    pub erasure: Option<String>,
}

/// A part of what is due.
#[derive(Clone, Debug, Serialize)]
pub struct DuePage {
    /// The longest overdue first.
    pub records: Vec<DueView>,
    /// How many there are.
    pub total: usize,
    /// Where the next part begins.
    pub next_from: Option<usize>,
}

/// A record that somebody means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its object.
    pub object: String,
    /// Its id.
    pub record: String,
}

/// What came of beginning one erasure.
#[derive(Clone, Debug, Serialize)]
pub struct Begun {
    /// The record.
    pub record: String,
    /// The case that waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure: Option<String>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A hold with the title of what is held.
#[derive(Clone, Debug, Serialize)]
pub struct HeldView {
    /// The hold.
    #[serde(flatten)]
    pub hold: HoldView,
    /// The title, as far as the caller may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// The calendar as of now. It reads and changes nothing.
///
/// # Errors
/// Forbidden without the act of looking after retention.
pub async fn calendar(scope: &Scope) -> Result<Calendar> {
    let kept = scope.kept().await?;
    let cases = cases(scope).await?;
    let now = scope.now();
    let zone = scope.catalog().zone();
    let mut months: Vec<MonthView> =
        ahead(now, zone).map(|month| MonthView { month, due: 0, held: 0 }).collect();
    let mut calendar = Calendar {
        at: now,
        terms: terms(scope, &kept),
        overdue: 0,
        under_way: 0,
        held: 0,
        months: Vec::new(),
        later: 0,
        going_on: 0,
    };
    for one in &kept {
        let Some(due) = &one.due else {
            calendar.going_on += 1;
            continue;
        };
        if due.at <= now {
            calendar.held += usize::from(one.held);
            calendar.overdue += usize::from(!one.held);
            calendar.under_way += usize::from(!one.held && cases.contains_key(&one.record));
            continue;
        }
        let month = month_of(due.at, zone);
        match months.iter_mut().find(|known| known.month == month) {
            Some(found) => {
                found.due += 1;
                found.held += usize::from(one.held);
            }
            None => calendar.later += 1,
        }
    }
    calendar.months = months;
    scope.log(Act::new("retention.read", "retention").count(kept.len())).await?;
    Ok(calendar)
}

/// What is due now and not held, the longest overdue first.
///
/// # Errors
/// As [`calendar`].
pub async fn due(scope: &Scope, from: usize, limit: usize) -> Result<DuePage> {
    let mut due = over(scope).await?;
    let cases = cases(scope).await?;
    let total = due.len();
    let next_from = from.checked_add(limit).filter(|next| *next < total);
    due = due.into_iter().skip(from).take(limit).collect();
    let named: Vec<(ObjectName, RecordId)> =
        due.iter().map(|(one, _)| (one.object.clone(), one.record.clone())).collect();
    let titles = scope.titled(&named).await?;
    let departments: BTreeMap<String, String> =
        scope.departments().into_iter().map(|department| (department.id, department.name)).collect();
    let ids: Vec<&RecordId> = named.iter().map(|(_, id)| id).collect();
    let act = Act::new("retention.list", "retention").count(ids.len());
    scope.log(act.payload(json!({ "records": ids }))).await?;
    let view = |(one, at): (Kept, i64)| DueView {
        title: titles.get(&one.record).cloned(),
        department: one.department.as_ref().and_then(|id| departments.get(id.as_str()).cloned()),
        last_activity_at: one.last_activity,
        due_at: at,
        basis: one.due.and_then(|due| due.basis),
        erasure: cases.get(&one.record).cloned(),
        object: one.object,
        record: one.record,
    };
    Ok(DuePage { records: due.into_iter().map(view).collect(), total, next_from })
}

/// Begins the erasure of records whose term is over: each becomes a request that waits for somebody else. What is not due
/// any more, is held or has a request already is told and left.
///
/// # Errors
/// Forbidden without the acts of looking after retention and of asking for erasures; none or too many at once.
pub async fn begin(vault: &Vault, scope: &Scope, targets: &[Target]) -> Result<Vec<Begun>> {
    scope.require(kedun_model::Act::RetentionOversee, None)?;
    scope.require(kedun_model::Act::ErasuresRequest, None)?;
    if targets.is_empty() {
        return Err(Problem::invalid("records", "required").into());
    }
    if targets.len() > MOST_AT_ONCE {
        let error = FieldError::new("records", "too_many").with("max", MOST_AT_ONCE);
        return Err(Problem::Invalid(vec![error]).into());
    }
    let due = over(scope).await?;
    let mut begun = Vec::with_capacity(targets.len());
    for target in targets {
        let record = RecordId::new(target.record.as_str());
        let is_due = due.iter().any(|(one, _)| one.record == record && one.object.as_str() == target.object);
        let outcome = match is_due {
            false => Err(Problem::Conflict("not_due").into()),
            true => erasures::request(vault, scope, &target.object, &record, GROUND, "").await,
        };
        let (erasure, problem) = match outcome {
            Ok(case) => (Some(case.id), None),
            Err(VaultError::Problem(Problem::Conflict(code))) => (None, Some(code.to_owned())),
            Err(VaultError::Problem(Problem::NotFound)) => (None, Some("not_found".to_owned())),
            Err(other) => return Err(other),
        };
        begun.push(Begun { record: target.record.clone(), erasure, problem });
    }
    Ok(begun)
}

/// The holds in force.
///
/// # Errors
/// As [`calendar`].
pub async fn holds(scope: &Scope) -> Result<Vec<HeldView>> {
    let holds = scope.holds().await?;
    let named: Vec<(ObjectName, RecordId)> = holds
        .iter()
        .map(|hold| (ObjectName::from(hold.object.as_str()), RecordId::new(hold.record.as_str())))
        .collect();
    let titles = scope.titled(&named).await?;
    scope.log(Act::new("hold.list", "retention").count(holds.len())).await?;
    Ok(holds
        .into_iter()
        .map(|hold| HeldView { title: titles.get(&RecordId::new(hold.record.as_str())).cloned(), hold })
        .collect())
}

/// A hold that somebody wants.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// The object of the record.
    pub object: String,
    /// What is to be held.
    pub record: String,
    /// One of [`HOLD_GROUNDS`].
    pub ground: String,
    /// In their own words.
    #[serde(default)]
    pub note: Option<String>,
}

/// Places a hold: the record cannot be changed or destroyed, and its term does not end, until it is lifted.
///
/// # Errors
/// Forbidden without the act of looking after retention; an unknown ground; a note that is too long or holds personal data;
/// not found; `on_hold`.
pub async fn hold(scope: &Scope, new: &NewHold) -> Result<HeldView> {
    scope.require(kedun_model::Act::RetentionOversee, None)?;
    let Some(ground) = HOLD_GROUNDS.into_iter().find(|ground| *ground == new.ground) else {
        return Err(Problem::invalid("ground", "unknown_option").into());
    };
    let note = new.note.as_deref().unwrap_or_default().trim();
    if note.chars().count() > LONGEST_NOTE {
        let error = FieldError::new("note", "too_long").with("max", LONGEST_NOTE);
        return Err(Problem::Invalid(vec![error]).into());
    }
    if kedun_model::own_words::personal(note) {
        return Err(Problem::invalid("note", "personal_data").into());
    }
    let record = RecordId::new(new.record.as_str());
    let mut tx = scope.begin().await?;
    let id = tx.place_hold(&new.object, &record, ground, note).await?;
    let subject = kedun_model::SubjectId::new(record.as_str());
    let act = Act::new("hold.place", new.object.as_str()).on(&record, Some(&subject)).purpose(ground);
    tx.commit(act.payload(json!({ "hold": id }))).await?;
    let placed = holds(scope).await?.into_iter().find(|held| held.hold.id == id);
    placed.ok_or_else(|| Problem::NotFound.into())
}

/// Lifts a hold. The term goes on as if there had been none.
///
/// # Errors
/// Forbidden without the act of looking after retention; not found when it was lifted before.
pub async fn lift(scope: &Scope, id: &str) -> Result<()> {
    let mut tx: Tx = scope.begin().await?;
    let (object, record) = tx.lift_hold(id).await?;
    let subject = kedun_model::SubjectId::new(record.as_str());
    let act = Act::new("hold.lift", object.as_str()).on(&record, Some(&subject));
    tx.commit(act.payload(json!({ "hold": id }))).await.map(drop)
}

/// What is over and not held, with when; the longest overdue first.
async fn over(scope: &Scope) -> Result<Vec<(Kept, i64)>> {
    let now = scope.now();
    let mut due: Vec<(Kept, i64)> = scope
        .kept()
        .await?
        .into_iter()
        .filter(|one| !one.held)
        .filter_map(|one| one.due.as_ref().map(|due| due.at).filter(|at| *at <= now).map(|at| (one, at)))
        .collect();
    due.sort_by(|(a, at), (b, bt)| (at, &a.record).cmp(&(bt, &b.record)));
    Ok(due)
}

/// Erasures under way, by the record that they are about.
async fn cases(scope: &Scope) -> Result<BTreeMap<RecordId, String>> {
    let mut cases = BTreeMap::new();
    if scope.object(ERASURE).is_err() {
        return Ok(cases);
    }
    let open = json!({ "field": "state", "op": "in", "value": ["waiting", "approved"] });
    let mut query = Query {
        filter: Some(Filter::parse(&open).map_err(Problem::Invalid)?),
        limit: kedun_vault::MAX_LIMIT,
        ..Query::default()
    };
    loop {
        let page = scope.query(ERASURE, &query).await?;
        let target = |record: &RecordView| record.clear_text("target").map(RecordId::new);
        cases.extend(page.records.iter().filter_map(|case| Some((target(case)?, case.id().to_owned()))));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(cases),
        }
    }
}

fn terms(scope: &Scope, kept: &[Kept]) -> Vec<TermsView> {
    let objects = scope.catalog().objects.values();
    objects
        .filter_map(|published| {
            let def = &published.def;
            Some(TermsView {
                object: def.name.clone(),
                label: def.label.clone(),
                terms: def.retention.clone()?,
                records: kept.iter().filter(|one| one.object == def.name).count(),
            })
        })
        .collect()
}

fn month_of(at: i64, zone: Zone) -> String {
    moment::text(at.saturating_add(zone.offset_ms())).chars().take(7).collect()
}

/// This month and those that follow.
fn ahead(now: i64, zone: Zone) -> impl Iterator<Item = String> {
    let first = month_of(now, zone);
    let (year, month) = first.split_once('-').unwrap_or(("1970", "01"));
    let (year, month): (usize, usize) = (year.parse().unwrap_or(1970), month.parse().unwrap_or(1));
    (0..MONTHS).map(move |n| {
        let nth = month - 1 + n;
        format!("{:04}-{:02}", year + nth / 12, nth % 12 + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_begins_with_this_month_by_the_company_s_clock() {
        let at = moment::parse("2026-11-30T16:00:00Z").unwrap();
        let months: Vec<String> = ahead(at, Zone::Shanghai).collect();
        assert_eq!(
            (months[0].as_str(), months[1].as_str(), months[13].as_str()),
            ("2026-12", "2027-01", "2028-01")
        );
        assert_eq!(months.len(), MONTHS);
        assert_eq!(ahead(at, Zone::Dubai).next().as_deref(), Some("2026-11"));
    }
}
