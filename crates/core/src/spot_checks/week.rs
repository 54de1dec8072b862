//! Weeks of the calendar (ISO 8601), by the company's clock.

use jiff::civil::{ISOWeekDate, Weekday};
use kedun_model::Zone;

const DAY_MS: i64 = 86_400_000;
const WEEK_MS: i64 = 7 * DAY_MS;

/// A week, Monday to Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week {
    /// Its first moment, UTC ms.
    begins: i64,
    /// Where it is that week.
    zone: Zone,
}

impl Week {
    /// The week of a moment (UTC ms); none outside of the calendar.
    pub fn of(at: i64, zone: Zone) -> Option<Week> {
        let date = zone.on_the_wall(at)?.date().iso_week_date();
        Week::monday(ISOWeekDate::new(date.year(), date.week(), Weekday::Monday).ok()?, zone)
    }

    /// Reads `2026-W47`.
    pub fn parse(text: &str, zone: Zone) -> Option<Week> {
        let (year, week) = text.split_once("-W")?;
        let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(week, 2) {
            return None;
        }
        let year: i16 = year.parse().ok().filter(|year| *year >= 1970)?;
        Week::monday(ISOWeekDate::new(year, week.parse().ok()?, Weekday::Monday).ok()?, zone)
    }

    fn monday(date: ISOWeekDate, zone: Zone) -> Option<Week> {
        Some(Week { begins: zone.moment(date.date().at(0, 0, 0, 0))?, zone })
    }

    /// The week before.
    #[must_use]
    pub fn before(self) -> Week {
        Week { begins: self.begins - WEEK_MS, ..self }
    }

    /// Its first moment, UTC ms.
    pub fn begins(self) -> i64 {
        self.begins
    }

    /// The first moment after it, UTC ms.
    pub fn ends(self) -> i64 {
        self.begins + WEEK_MS
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let date = self.zone.on_the_wall(self.begins).unwrap_or_default().date().iso_week_date();
        write!(f, "{:04}-W{:02}", date.year(), date.week())
    }
}

#[cfg(test)]
mod tests {
    use super::Week;
    use kedun_model::Zone;

    #[test]
    fn a_week_begins_on_monday_at_midnight_in_china_and_years_may_have_53() {
        let week = Week::parse("2026-W53", Zone::Shanghai).unwrap();
        assert_eq!(kedun_model::moment::text(week.begins()), "2026-12-27T16:00:00.000Z");
        assert_eq!(Week::of(week.begins(), Zone::Shanghai), Some(week));
        assert_eq!(Week::of(week.ends(), Zone::Shanghai).unwrap().to_string(), "2027-W01");
        assert_eq!(Week::of(week.begins() - 1, Zone::Shanghai), Some(week.before()));
        assert_eq!(week.before().to_string(), "2026-W52");
        let tokyo = Week::parse("2026-W53", Zone::Tokyo).unwrap();
        assert_eq!(tokyo.begins(), week.begins() - 3_600_000);
        assert_eq!(
            (tokyo.to_string(), Week::of(week.ends() - 1, Zone::Tokyo).unwrap().to_string()),
            ("2026-W53".into(), "2027-W01".into())
        );
    }

    #[test]
    fn what_is_no_week_is_none() {
        for text in [
            "", "2026", "2026-W00", "2026-W54", "2025-W53", "2026-W1", "26-W10", "2026-10", "+026-W10",
            "0000-W01",
        ] {
            assert_eq!(Week::parse(text, Zone::Shanghai), None, "{text}");
        }
    }
}
