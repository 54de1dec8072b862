//! The clock of an answer: working days, Monday to Friday, in the zone of the house.

/// The zone of the house (Asia/Shanghai has no daylight saving), ms.
const ZONE_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;
/// The first of January 1970 was a Thursday; Monday is 0.
const EPOCH_WEEKDAY: i64 = 3;

/// The end of the `days`-th working day after `from`, UTC ms. Public holidays are not known: with them the answer is due
/// earlier than it must be, never later.
pub(super) fn after_working_days(from: i64, days: u32) -> i64 {
    let mut day = (from + ZONE_MS).div_euclid(DAY_MS);
    let mut left = days;
    while left > 0 {
        day += 1;
        if (day + EPOCH_WEEKDAY).rem_euclid(7) < 5 {
            left -= 1;
        }
    }
    (day + 1) * DAY_MS - ZONE_MS - 1
}

#[cfg(test)]
mod tests {
    use super::after_working_days;
    use kedun_model::moment;

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
            let from = moment::parse(from).unwrap();
            assert_eq!(moment::text(after_working_days(from, days)), due);
        }
    }
}
