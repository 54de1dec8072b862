//! Moments of a working company: weekdays, office hours, the zone of Shanghai.

use super::random::Random;
use jiff::Timestamp;
use jiff::tz::Offset;

/// A minute in milliseconds.
pub(super) const MINUTE: i64 = 60_000;
/// An hour in milliseconds.
pub(super) const HOUR: i64 = 60 * MINUTE;
/// A day in milliseconds.
pub(super) const DAY: i64 = 24 * HOUR;
/// Shanghai is eight hours ahead all year.
const ZONE: i64 = 8 * HOUR;

/// RFC 3339 in UTC, as the API writes moments.
pub(super) fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|t| t.to_string()).unwrap_or_default()
}

/// The calendar day in Shanghai.
pub(super) fn day(at: i64) -> String {
    Timestamp::from_millisecond(at)
        .map(|t| Offset::constant(8).to_datetime(t).date().to_string())
        .unwrap_or_default()
}

/// Midnight in Shanghai that begins the day of `at`.
pub(super) fn midnight(at: i64) -> i64 {
    (at + ZONE).div_euclid(DAY) * DAY - ZONE
}

/// A moment within office hours of the day of `at`, or of the Friday before when that is a weekend.
pub(super) fn at_work(random: &mut Random, at: i64) -> i64 {
    let days = (at + ZONE).div_euclid(DAY);
    // The first day of the epoch was a Thursday.
    let back = match (days + 4).rem_euclid(7) {
        0 => 2,
        6 => 1,
        _ => 0,
    };
    (days - back) * DAY - ZONE + 9 * HOUR + random.between(0, 9 * 60 - 1) * MINUTE
}

/// As [`at_work`], or the next Monday when that is a weekend.
pub(super) fn at_work_ahead(random: &mut Random, at: i64) -> i64 {
    let days = (at + ZONE).div_euclid(DAY);
    let ahead = match (days + 4).rem_euclid(7) {
        0 => 1,
        6 => 2,
        _ => 0,
    };
    at_work(random, at + ahead * DAY)
}
