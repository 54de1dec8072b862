//! Days and months of the house, as text: `2026-11-24`, `2026-11`.

const DAY_MS: i64 = 86_400_000;
/// Asia/Shanghai has no daylight saving.
const ZONE_MS: i64 = 8 * 3_600_000;

/// The day of a moment (UTC ms), `ahead` days later.
pub(super) fn day(at: i64, ahead: i64) -> String {
    let midnight = ((at + ZONE_MS).div_euclid(DAY_MS) + ahead) * DAY_MS;
    kedun_model::moment::text(midnight).chars().take(10).collect()
}

/// When the day of a moment began, `ahead` days later, RFC 3339.
pub(super) fn begins(at: i64, ahead: i64) -> String {
    let midnight = ((at + ZONE_MS).div_euclid(DAY_MS) + ahead) * DAY_MS - ZONE_MS;
    kedun_model::moment::text(midnight)
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
    fn a_day_begins_at_midnight_in_shanghai() {
        let at = kedun_model::moment::parse("2026-11-23T16:00:00Z").unwrap_or_default();
        assert_eq!((day(at, 0).as_str(), day(at - 1, 0).as_str()), ("2026-11-24", "2026-11-23"));
        assert_eq!(begins(at + 5, -1), "2026-11-22T16:00:00.000Z");
    }

    #[test]
    fn december_is_followed_by_january() {
        assert_eq!(next_month("2026-12").as_deref(), Some("2027-01"));
        assert_eq!(next_month("2026-09").as_deref(), Some("2026-10"));
    }
}
