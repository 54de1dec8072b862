//! The company's days: its zone, the days on which it works, and those on which it does not.

use super::zone::{Zone, date_of};
use crate::problem::FieldError;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most holidays, and most working days in their place: those of ten years.
pub const MOST_DAYS: usize = 400;
/// The first of January 1970 was a Thursday; Monday is 0.
const EPOCH_WEEKDAY: i64 = 3;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the days")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// The days of a week, Monday first.
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    fn of(day: i64) -> Weekday {
        let nth = usize::try_from((day + EPOCH_WEEKDAY).rem_euclid(7)).unwrap_or(0);
        Weekday::ALL[nth % 7]
    }
}

/// On which days the company works. What a definition does not say has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calendar {
    /// Where it is day.
    pub zone: Zone,
    /// The days of the week on which people work.
    pub working_week: BTreeSet<Weekday>,
    /// Days without work on any day of the week, as `2026-10-01`.
    pub holidays: Vec<String>,
    /// Days that are worked though the week says otherwise (调休), as `2026-10-10`.
    pub makeup_days: Vec<String>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            zone: Zone::default(),
            working_week: Weekday::ALL.into_iter().take(5).collect(),
            holidays: Vec::new(),
            makeup_days: Vec::new(),
        }
    }
}

impl Calendar {
    /// Every broken rule, by path below the calendar.
    pub(super) fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.working_week.is_empty() {
            errors.push(FieldError::new("calendar.working_week", "required"));
        }
        for (name, days) in [("holidays", &self.holidays), ("makeup_days", &self.makeup_days)] {
            if days.len() > MOST_DAYS {
                let error = FieldError::new(format!("calendar.{name}"), "too_many");
                errors.push(error.with("max", MOST_DAYS));
                continue;
            }
            for (nth, day) in days.iter().enumerate() {
                let path = format!("calendar.{name}[{nth}]");
                if let Some(code) = fault(day) {
                    errors.push(FieldError::new(path, code));
                } else if days.iter().take(nth).any(|other| other == day) {
                    errors.push(FieldError::new(path, "day_twice"));
                } else if name == "makeup_days" && self.holidays.contains(day) {
                    errors.push(FieldError::new(path, "day_is_holiday"));
                }
            }
        }
        errors
    }

    /// The same with its days in order.
    pub(super) fn in_order(mut self) -> Self {
        self.holidays.sort();
        self.makeup_days.sort();
        self
    }

    /// Whether a moment (UTC ms) lies on a day that is a holiday. An ordinary weekend is none.
    pub fn is_holiday(&self, at: i64) -> bool {
        !self.holidays.is_empty() && listed(&self.holidays, self.zone.day_of(at))
    }

    /// Whether people work on a day of [`Zone::day_of`].
    pub fn is_working_day(&self, day: i64) -> bool {
        if listed(&self.holidays, day) {
            return false;
        }
        self.working_week.contains(&Weekday::of(day)) || listed(&self.makeup_days, day)
    }

    /// The end of the `days`-th working day after the day of `from`, UTC ms.
    pub fn after_working_days(&self, from: i64, days: u32) -> i64 {
        let mut day = self.zone.day_of(from);
        let mut left = days;
        // A definition that never works is refused; whatever is stored must not make this run for ever.
        for _ in 0..i64::from(days) * 7 + 7 * MOST_DAYS as i64 {
            if left == 0 {
                break;
            }
            day += 1;
            left -= u32::from(self.is_working_day(day));
        }
        self.zone.begins(day + 1) - 1
    }
}

fn listed(days: &[String], day: i64) -> bool {
    !days.is_empty() && date_of(day).map(|date| date.to_string()).is_some_and(|text| days.contains(&text))
}

/// Why a text is no day of this century.
fn fault(text: &str) -> Option<&'static str> {
    let written = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !written {
        return Some("date_format");
    }
    match text.parse::<Date>() {
        Err(_) => Some("no_such_day"),
        Ok(date) if !(2000..=2100).contains(&date.year()) => Some("date_out_of_range"),
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment;

    fn at(text: &str) -> i64 {
        moment::parse(text).unwrap()
    }

    #[test]
    fn weekends_do_not_count_and_the_day_ends_at_midnight_in_shanghai() {
        for (from, days, due) in [
            // A Thursday morning in Shanghai.
            ("2026-11-26T02:00:00Z", 1, "2026-11-27T15:59:59.999Z"),
            ("2026-11-26T02:00:00Z", 2, "2026-11-30T15:59:59.999Z"),
            ("2026-11-26T02:00:00Z", 15, "2026-12-17T15:59:59.999Z"),
            // A Saturday: the first working day is the Monday.
            ("2026-11-28T02:00:00Z", 1, "2026-11-30T15:59:59.999Z"),
            // Still Thursday in London, Friday already in Shanghai.
            ("2026-11-26T17:00:00Z", 1, "2026-11-30T15:59:59.999Z"),
        ] {
            assert_eq!(moment::text(Calendar::default().after_working_days(at(from), days)), due);
        }
    }

    #[test]
    fn a_holiday_puts_the_end_off_and_a_day_in_its_place_brings_it_back() {
        let golden_week = Calendar {
            holidays: (1..=7).map(|day| format!("2026-10-0{day}")).collect(),
            makeup_days: vec!["2026-09-27".to_owned(), "2026-10-10".to_owned()],
            ..Calendar::default()
        };
        for (from, days, due) in [
            // Wednesday the last of September, then nothing until Thursday the eighth.
            ("2026-09-30T02:00:00Z", 1, "2026-10-08T15:59:59.999Z"),
            // Saturday the tenth is worked.
            ("2026-09-30T02:00:00Z", 3, "2026-10-10T15:59:59.999Z"),
            ("2026-09-30T02:00:00Z", 4, "2026-10-12T15:59:59.999Z"),
            // A Saturday before a Sunday that is worked.
            ("2026-09-26T02:00:00Z", 1, "2026-09-27T15:59:59.999Z"),
        ] {
            assert_eq!(moment::text(golden_week.after_working_days(at(from), days)), due, "{from} {days}");
        }
        assert!(golden_week.is_holiday(at("2026-09-30T16:00:00Z")), "midnight in Shanghai");
        assert!(!golden_week.is_holiday(at("2026-09-30T15:59:59Z")));
        assert!(!golden_week.is_holiday(at("2026-10-11T02:00:00Z")), "an ordinary Sunday is no holiday");
    }

    #[test]
    fn the_week_and_the_zone_are_the_company_s() {
        let dubai = Calendar {
            zone: Zone::Dubai,
            working_week: [Weekday::Sunday, Weekday::Monday].into(),
            ..Calendar::default()
        };
        // Friday evening in UTC; Saturday in Dubai.
        assert_eq!(
            moment::text(dubai.after_working_days(at("2026-11-27T20:30:00Z"), 1)),
            "2026-11-29T19:59:59.999Z"
        );
        let never = Calendar { working_week: BTreeSet::new(), ..Calendar::default() };
        assert!(never.after_working_days(0, 15) > 0, "what is refused still ends");
    }

    #[test]
    fn a_day_that_is_none_is_named_by_its_place() {
        let calendar = Calendar {
            working_week: BTreeSet::new(),
            holidays: ["2026-10-01", "2026-02-30", "1 May", "2126-01-01", "2026-10-01"]
                .map(String::from)
                .into(),
            makeup_days: ["2026-10-01", "2026-10-10"].map(String::from).into(),
            ..Calendar::default()
        };
        let errors: Vec<_> = calendar.check().into_iter().map(|e| (e.field, e.code)).collect();
        let said: Vec<_> = errors.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
        assert_eq!(
            said,
            [
                ("calendar.working_week", "required"),
                ("calendar.holidays[1]", "no_such_day"),
                ("calendar.holidays[2]", "date_format"),
                ("calendar.holidays[3]", "date_out_of_range"),
                ("calendar.holidays[4]", "day_twice"),
                ("calendar.makeup_days[0]", "day_is_holiday"),
            ]
        );
        let many = Calendar { holidays: vec![String::new(); MOST_DAYS + 1], ..Calendar::default() };
        assert_eq!(many.check().len(), 1);
    }
}
