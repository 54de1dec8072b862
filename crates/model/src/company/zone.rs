//! The zones that a company may live in: those without daylight saving, for days are grouped by one offset.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// A zone whose clocks are never changed, by its IANA name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the zones")]
pub enum Zone {
    #[default]
    #[serde(rename = "Asia/Shanghai")]
    Shanghai,
    #[serde(rename = "Asia/Hong_Kong")]
    HongKong,
    #[serde(rename = "Asia/Macau")]
    Macau,
    #[serde(rename = "Asia/Taipei")]
    Taipei,
    #[serde(rename = "Asia/Singapore")]
    Singapore,
    #[serde(rename = "Asia/Kuala_Lumpur")]
    KualaLumpur,
    #[serde(rename = "Asia/Manila")]
    Manila,
    #[serde(rename = "Asia/Tokyo")]
    Tokyo,
    #[serde(rename = "Asia/Seoul")]
    Seoul,
    #[serde(rename = "Asia/Bangkok")]
    Bangkok,
    #[serde(rename = "Asia/Ho_Chi_Minh")]
    HoChiMinh,
    #[serde(rename = "Asia/Jakarta")]
    Jakarta,
    #[serde(rename = "Asia/Kolkata")]
    Kolkata,
    #[serde(rename = "Asia/Dubai")]
    Dubai,
}

impl Zone {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Zone; 14] = [
        Zone::Shanghai,
        Zone::HongKong,
        Zone::Macau,
        Zone::Taipei,
        Zone::Singapore,
        Zone::KualaLumpur,
        Zone::Manila,
        Zone::Tokyo,
        Zone::Seoul,
        Zone::Bangkok,
        Zone::HoChiMinh,
        Zone::Jakarta,
        Zone::Kolkata,
        Zone::Dubai,
    ];

    /// The zone of an IANA name.
    pub fn named(name: &str) -> Option<Zone> {
        Zone::ALL.into_iter().find(|zone| zone.name() == name)
    }

    /// Its IANA name.
    pub fn name(self) -> &'static str {
        match self {
            Zone::Shanghai => "Asia/Shanghai",
            Zone::HongKong => "Asia/Hong_Kong",
            Zone::Macau => "Asia/Macau",
            Zone::Taipei => "Asia/Taipei",
            Zone::Singapore => "Asia/Singapore",
            Zone::KualaLumpur => "Asia/Kuala_Lumpur",
            Zone::Manila => "Asia/Manila",
            Zone::Tokyo => "Asia/Tokyo",
            Zone::Seoul => "Asia/Seoul",
            Zone::Bangkok => "Asia/Bangkok",
            Zone::HoChiMinh => "Asia/Ho_Chi_Minh",
            Zone::Jakarta => "Asia/Jakarta",
            Zone::Kolkata => "Asia/Kolkata",
            Zone::Dubai => "Asia/Dubai",
        }
    }

    /// Minutes east of UTC.
    pub fn offset_minutes(self) -> i32 {
        match self {
            Zone::Shanghai
            | Zone::HongKong
            | Zone::Macau
            | Zone::Taipei
            | Zone::Singapore
            | Zone::KualaLumpur
            | Zone::Manila => 8 * 60,
            Zone::Tokyo | Zone::Seoul => 9 * 60,
            Zone::Bangkok | Zone::HoChiMinh | Zone::Jakarta => 7 * 60,
            Zone::Kolkata => 5 * 60 + 30,
            Zone::Dubai => 4 * 60,
        }
    }

    /// Milliseconds east of UTC.
    pub fn offset_ms(self) -> i64 {
        i64::from(self.offset_minutes()) * MINUTE_MS
    }

    /// The day of a moment (UTC ms), counted from the first of January 1970.
    pub fn day_of(self, at: i64) -> i64 {
        at.saturating_add(self.offset_ms()).div_euclid(DAY_MS)
    }

    /// When a day of [`Zone::day_of`] begins, UTC ms.
    pub fn begins(self, day: i64) -> i64 {
        day.saturating_mul(DAY_MS).saturating_sub(self.offset_ms())
    }

    /// When the day of a moment began, UTC ms.
    pub fn midnight(self, at: i64) -> i64 {
        self.begins(self.day_of(at))
    }

    /// What the clock on the wall shows at a moment (UTC ms); none outside of the calendar.
    pub fn on_the_wall(self, at: i64) -> Option<DateTime> {
        let moment = jiff::Timestamp::from_millisecond(at).ok()?;
        Some(self.offset()?.to_datetime(moment))
    }

    /// The moment (UTC ms) at which the clock on the wall shows that; none outside of the calendar.
    pub fn moment(self, wall: DateTime) -> Option<i64> {
        Some(self.offset()?.to_timestamp(wall).ok()?.as_millisecond())
    }

    fn offset(self) -> Option<Offset> {
        Offset::from_seconds(self.offset_minutes() * 60).ok()
    }
}

/// The date of a day of [`Zone::day_of`]; none outside of the calendar.
pub(super) fn date_of(day: i64) -> Option<Date> {
    let moment = jiff::Timestamp::from_millisecond(day.checked_mul(DAY_MS)?).ok()?;
    Some(Offset::UTC.to_datetime(moment).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment;

    #[test]
    fn no_zone_of_the_list_changes_its_clocks() {
        for zone in Zone::ALL {
            let table = jiff::tz::TimeZone::get(zone.name()).unwrap();
            for year in 2000..=2040_i16 {
                for month in 1..=12 {
                    let noon = Date::new(year, month, 15).unwrap().at(12, 0, 0, 0);
                    let at = Offset::UTC.to_timestamp(noon).unwrap();
                    let seconds = table.to_offset(at).seconds();
                    assert_eq!(seconds, zone.offset_minutes() * 60, "{} in {year}-{month}", zone.name());
                }
            }
        }
    }

    #[test]
    fn a_zone_is_written_by_its_name_and_found_by_it() {
        for zone in Zone::ALL {
            assert_eq!(serde_json::to_value(zone).unwrap(), zone.name());
            assert_eq!(Zone::named(zone.name()), Some(zone));
        }
        for wrong in ["Europe/Berlin", "asia/shanghai", "", "UTC"] {
            assert_eq!(Zone::named(wrong), None);
            assert!(serde_json::from_value::<Zone>(wrong.into()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let at = moment::parse("2026-11-26T18:30:00Z").unwrap();
        for (zone, midnight, wall) in [
            (Zone::Shanghai, "2026-11-26T16:00:00.000Z", "2026-11-27T02:30:00"),
            (Zone::Tokyo, "2026-11-26T15:00:00.000Z", "2026-11-27T03:30:00"),
            (Zone::Kolkata, "2026-11-26T18:30:00.000Z", "2026-11-27T00:00:00"),
            (Zone::Dubai, "2026-11-25T20:00:00.000Z", "2026-11-26T22:30:00"),
        ] {
            assert_eq!(moment::text(zone.midnight(at)), midnight);
            assert_eq!(zone.on_the_wall(at).unwrap().to_string(), wall);
            assert_eq!(zone.moment(zone.on_the_wall(at).unwrap()), Some(at));
        }
        assert_eq!(Zone::Shanghai.on_the_wall(i64::MAX), None);
    }
}
