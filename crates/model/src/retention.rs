//! How long personal data are kept: the term of an object, from which moment it runs, and what happens at its end
//! (PIPL 19 and 47).
//!
//! **Invariant:** a term that cannot be counted never ends. What has no known beginning, or still goes on, is not due.

use crate::company::Zone;
use crate::id::ObjectName;
use jiff::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest term, in months: a hundred years.
pub const MAX_MONTHS: u32 = 1_200;

/// From which moment a term runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The last time that somebody worked on it.
    LastActivity,
    /// The last day in a field of records that belong to it (the end of its contracts). While one of them has no such
    /// day it goes on.
    Last {
        /// The object of those records.
        object: ObjectName,
        /// Their field, a date.
        field: String,
    },
}

/// So many months from a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Months of the calendar, by the company's clock.
    pub months: u32,
    /// From when.
    pub since: Since,
}

/// What happens at the end of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndAction {
    /// It is listed as due, and erased once two people want it.
    Erase,
}

/// How long the records of an object are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Months, where nothing else applies.
    pub months: u32,
    /// From when.
    pub since: Since,
    /// Other terms for other lawful bases; the longest that applies counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_basis: BTreeMap<String, Term>,
    /// What happens then.
    pub end: EndAction,
}

/// What is known of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// When somebody last worked on it, UTC ms.
    pub last_activity: i64,
    /// The lawful bases on which its data are kept.
    pub bases: Vec<String>,
    /// By object and field: the last day of those records (UTC ms), or none while one goes on. Absent without any.
    pub ends: BTreeMap<(ObjectName, String), Option<i64>>,
}

/// When a record's term is over, and by which basis when not by the ordinary term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// UTC ms.
    pub at: i64,
    /// The basis whose term is the longest.
    pub basis: Option<String>,
}

impl Retention {
    /// When the term of a record is over, in months of that zone's calendar; none while it cannot be counted.
    pub fn due(&self, clock: &Clock, zone: Zone) -> Option<Due> {
        let ordinary = Term { months: self.months, since: self.since.clone() };
        let mut due = Due { at: ordinary.over(clock, zone)?, basis: None };
        for (basis, term) in &self.by_basis {
            if !term.applies(basis, clock) {
                continue;
            }
            let at = term.over(clock, zone)?;
            if at > due.at {
                due = Due { at, basis: Some(basis.clone()) };
            }
        }
        Some(due)
    }

    /// Every object and field that a term runs from.
    pub fn ends(&self) -> impl Iterator<Item = (&ObjectName, &str)> {
        let all = std::iter::once(&self.since).chain(self.by_basis.values().map(|term| &term.since));
        all.filter_map(|since| match since {
            Since::LastActivity => None,
            Since::Last { object, field } => Some((object, field.as_str())),
        })
    }
}

impl Term {
    /// Whether it applies: the basis is recorded, or there is what its end would be counted from.
    fn applies(&self, basis: &str, clock: &Clock) -> bool {
        let counted = match &self.since {
            Since::LastActivity => false,
            Since::Last { object, field } => clock.ends.contains_key(&(object.clone(), field.clone())),
        };
        counted || clock.bases.iter().any(|known| known == basis)
    }

    fn over(&self, clock: &Clock, zone: Zone) -> Option<i64> {
        let since = match &self.since {
            Since::LastActivity => clock.last_activity,
            Since::Last { object, field } => match clock.ends.get(&(object.clone(), field.clone())) {
                Some(end) => (*end)?,
                // On that basis without such a record: what is left to count from is the work.
                None => clock.last_activity,
            },
        };
        months_after(since, self.months, zone)
    }
}

/// The moment so many months of the calendar later; none outside of the calendar.
fn months_after(at: i64, months: u32, zone: Zone) -> Option<i64> {
    let span = Span::new().try_months(i64::from(months)).ok()?;
    zone.moment(zone.on_the_wall(at)?.checked_add(span).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment;

    fn at(text: &str) -> i64 {
        moment::parse(text).unwrap()
    }

    fn terms() -> Retention {
        serde_json::from_value(serde_json::json!({
            "months": 36, "since": "last_activity", "end": "erase",
            "by_basis": {
                "contract": { "months": 36, "since": { "last": { "object": "contract", "field": "ends_at" } } },
                "legal_duty": { "months": 60, "since": "last_activity" },
            },
        }))
        .unwrap()
    }

    fn clock(bases: &[&str], end: Option<Option<&str>>) -> Clock {
        let key = (ObjectName::from("contract"), "ends_at".to_owned());
        Clock {
            last_activity: at("2024-02-29T02:00:00Z"),
            bases: bases.iter().map(|basis| (*basis).to_owned()).collect(),
            ends: end.map(|end| (key, end.map(at))).into_iter().collect(),
        }
    }

    #[test]
    fn a_term_is_counted_in_months_of_the_calendar() {
        let due = terms().due(&clock(&["consent"], None), Zone::Shanghai).unwrap();
        assert_eq!((moment::text(due.at).as_str(), due.basis), ("2027-02-28T02:00:00.000Z", None));
    }

    #[test]
    fn the_end_of_a_month_is_that_of_the_company_s_zone() {
        let since = Clock { last_activity: at("2026-01-30T15:30:00Z"), ..Clock::default() };
        let month = Retention { months: 1, ..terms() };
        for (zone, due) in [
            // Late on the thirtieth in Shanghai, early on the last in Tokyo; February ends on the 28th for both.
            (Zone::Shanghai, "2026-02-28T15:30:00.000Z"),
            (Zone::Tokyo, "2026-02-27T15:30:00.000Z"),
        ] {
            assert_eq!(moment::text(month.due(&since, zone).unwrap().at), due);
        }
    }

    #[test]
    fn the_longest_term_that_applies_counts() {
        let due = terms().due(&clock(&[], Some(Some("2026-06-30T00:00:00Z"))), Zone::Shanghai).unwrap();
        assert_eq!(
            (moment::text(due.at).as_str(), due.basis.as_deref()),
            ("2029-06-30T00:00:00.000Z", Some("contract"))
        );
        // A contract that ended long before the last contact shortens nothing.
        let due = terms().due(&clock(&[], Some(Some("2020-06-30T00:00:00Z"))), Zone::Shanghai).unwrap();
        assert_eq!(due.basis, None);
        let due =
            terms().due(&clock(&["legal_duty"], Some(Some("2026-06-30T00:00:00Z"))), Zone::Shanghai).unwrap();
        assert_eq!(
            (moment::text(due.at).as_str(), due.basis.as_deref()),
            ("2029-06-30T00:00:00.000Z", Some("contract"))
        );
        let due = terms().due(&clock(&["legal_duty"], None), Zone::Shanghai).unwrap();
        assert_eq!(due.basis.as_deref(), Some("legal_duty"));
    }

    #[test]
    fn what_goes_on_is_never_due() {
        assert_eq!(terms().due(&clock(&[], Some(None)), Zone::Shanghai), None);
        let beyond = Clock { last_activity: i64::MAX, ..Clock::default() };
        assert_eq!(terms().due(&beyond, Zone::Shanghai), None);
    }
}
