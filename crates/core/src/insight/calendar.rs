//! Days and months of the house, as text: `2026-11-24`, `2026-11`.

use kedun_model::Zone;

const DAY_MS: i64 = 86_400_000;

/// The day of a moment (UTC ms), `ahead` days later.
pub(super) fn day(zone: Zone, at: i64, ahead: i64) -> String {
    let midnight = (zone.day_of(at) + ahead) * DAY_MS;
    kedun_model::moment::text(midnight).chars().take(10).collect()
}

/// When the day of a moment began, `ahead` days later, RFC 3339.
pub(super) fn begins(zone: Zone, at: i64, ahead: i64) -> String {
    kedun_model::moment::text(zone.begins(zone.day_of(at) + ahead))
}

/// The month of a day.
pub(super) fn month(day: &str) -> &str {
    day.get(..7).unwrap_or(day)
}

/// The month after a month.
pub(super) fn next_month(month: &str) -> Option<String> {
    let (year, number) = month.split_once('-')?;
    let (year, number): (i32, u32) = (year.parse().ok()?, number.parse().ok()?);
    Some(if number >= 12 { format!("{:04}-01", year + 1) } else { format!("{year:04}-{:02}", number + 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_of_the_company_s_zone() {
        let at = kedun_model::moment::parse("2026-11-23T16:00:00Z").unwrap_or_default();
        assert_eq!(
            (day(Zone::Shanghai, at, 0).as_str(), day(Zone::Shanghai, at - 1, 0).as_str()),
            ("2026-11-24", "2026-11-23")
        );
        assert_eq!(begins(Zone::Shanghai, at + 5, -1), "2026-11-22T16:00:00.000Z");
        assert_eq!(day(Zone::Dubai, at, 0), "2026-11-23");
        assert_eq!(begins(Zone::Kolkata, at, 0), "2026-11-22T18:30:00.000Z");
    }

    #[test]
    fn december_is_followed_by_january() {
        assert_eq!(next_month("2026-12").as_deref(), Some("2027-01"));
        assert_eq!(next_month("2026-09").as_deref(), Some("2026-10"));
    }
}
