//! Thresholds. The defaults are ours; a company tunes them, and raises `version` when it does.

use super::MAX_EVENTS;
use crate::company::Calendar;
use crate::problem::FieldError;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// All rules. What a stored setting does not say has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Written into every alert.
    pub version: u32,
    /// R01.
    pub reveal_rate: RevealRate,
    /// R02.
    pub idle_reveal: IdleReveal,
    /// R03.
    pub off_hours: OffHours,
    /// R04.
    pub split_export: SplitExport,
    /// R06.
    pub file_rate: FileRate,
    /// R07.
    pub denied_scope: DeniedScope,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            version: 1,
            reveal_rate: RevealRate::default(),
            idle_reveal: IdleReveal::default(),
            off_hours: OffHours::default(),
            split_export: SplitExport::default(),
            file_rate: FileRate::default(),
            denied_scope: DeniedScope::default(),
        }
    }
}

impl Rules {
    /// Settings under which a rule could never fire, or for ever.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let most = u64::try_from(MAX_EVENTS).unwrap_or(u64::MAX);
        for (path, threshold) in [
            ("reveal_rate.more_than", self.reveal_rate.more_than),
            ("idle_reveal.at_least", self.idle_reveal.at_least),
            ("split_export.at_least", self.split_export.at_least),
            ("file_rate.more_than", self.file_rate.more_than),
            ("denied_scope.burst", self.denied_scope.burst),
            ("denied_scope.day", self.denied_scope.day),
        ] {
            if threshold == 0 || threshold >= most {
                errors.push(FieldError::new(path, "out_of_range").with("min", 1).with("max", most - 1));
            }
        }
        for (path, window) in [
            ("reveal_rate.window_ms", self.reveal_rate.window_ms),
            ("idle_reveal.window_ms", self.idle_reveal.window_ms),
            ("off_hours.window_ms", self.off_hours.window_ms),
            ("split_export.window_ms", self.split_export.window_ms),
            ("file_rate.window_ms", self.file_rate.window_ms),
            ("denied_scope.burst_window_ms", self.denied_scope.burst_window_ms),
            ("denied_scope.day_window_ms", self.denied_scope.day_window_ms),
        ] {
            if !(MINUTE..=7 * DAY).contains(&window) {
                errors.push(FieldError::new(path, "out_of_range").with("min", MINUTE).with("max", 7 * DAY));
            }
        }
        let hours = &self.off_hours;
        for (path, minute) in
            [("off_hours.from_minute", hours.from_minute), ("off_hours.to_minute", hours.to_minute)]
        {
            if minute > 24 * 60 {
                errors.push(FieldError::new(path, "out_of_range").with("min", 0).with("max", 24 * 60));
            }
        }
        if hours.from_minute == hours.to_minute || (hours.from_minute >= 24 * 60 && hours.to_minute == 0) {
            errors.push(FieldError::new("off_hours.to_minute", "night_is_empty"));
        }
        errors
    }

    /// How far back facts matter: what must be read to rebuild a [`super::Watch`].
    pub fn memory_ms(&self) -> i64 {
        [
            self.reveal_rate.window_ms,
            self.idle_reveal.window_ms,
            self.off_hours.window_ms,
            self.split_export.window_ms,
            self.file_rate.window_ms,
            self.denied_scope.burst_window_ms,
            self.denied_scope.day_window_ms,
        ]
        .into_iter()
        .fold(0, i64::max)
    }
}

/// R01: many reveals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RevealRate {
    /// Fires above this number.
    pub more_than: u64,
    /// In this time.
    pub window_ms: i64,
}

impl Default for RevealRate {
    fn default() -> Self {
        Self { more_than: 30, window_ms: HOUR }
    }
}

/// R02: reveals without any work to explain them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdleReveal {
    /// Fires from this number of reveals on, if there was no activity.
    pub at_least: u64,
    /// In this time.
    pub window_ms: i64,
}

impl Default for IdleReveal {
    fn default() -> Self {
        Self { at_least: 10, window_ms: 30 * MINUTE }
    }
}

/// R03: an export at night or on a holiday, by the company's clock and calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OffHours {
    /// Night begins at this minute of the day, included.
    pub from_minute: u32,
    /// Night ends at this minute of the day, not included.
    pub to_minute: u32,
    /// Days on which the whole day counts (`2026-10-01`), besides the company's holidays.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<String>,
    /// One alert covers this time.
    pub window_ms: i64,
    /// Said by definitions of before there was a company's clock; read, and neither heeded nor kept.
    #[serde(skip_serializing)]
    pub utc_offset_minutes: Option<i32>,
    /// The company's clock and holidays, as its definition has them; no part of the thresholds.
    #[serde(skip)]
    pub calendar: Calendar,
}

impl Default for OffHours {
    fn default() -> Self {
        Self {
            from_minute: 22 * 60,
            to_minute: 6 * 60,
            holidays: BTreeSet::new(),
            window_ms: 8 * HOUR,
            utc_offset_minutes: None,
            calendar: Calendar::default(),
        }
    }
}

impl OffHours {
    /// Whether a moment lies outside of working time.
    pub fn covers(&self, at: i64) -> bool {
        let local = at.saturating_add(self.calendar.zone.offset_ms());
        let minute = local.rem_euclid(DAY) / MINUTE;
        let (from, to) = (i64::from(self.from_minute), i64::from(self.to_minute));
        let night = if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
        night || self.calendar.is_holiday(at) || self.is_holiday(local)
    }

    fn is_holiday(&self, local: i64) -> bool {
        !self.holidays.is_empty()
            && jiff::Timestamp::from_millisecond(local)
                .is_ok_and(|t| self.holidays.contains(&Offset::UTC.to_datetime(t).date().to_string()))
    }
}

/// R04: exports that each need no approval and together would have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SplitExport {
    /// At least this many exports; a single one below the line cannot pass it.
    pub at_least: u64,
    /// In this time.
    pub window_ms: i64,
}

impl Default for SplitExport {
    fn default() -> Self {
        Self { at_least: 2, window_ms: DAY }
    }
}

/// R06: much of the book opened, where it is heaviest: many files. Different files are counted, for a list of photos
/// fetches each of those that are seen, and again the next day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileRate {
    /// Fires above this number of files.
    pub more_than: u64,
    /// In this time.
    pub window_ms: i64,
}

impl Default for FileRate {
    fn default() -> Self {
        Self { more_than: 60, window_ms: HOUR }
    }
}

/// R07: records out of scope asked for. Different records are counted: one stale bookmark is no probing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeniedScope {
    /// Fires (medium) from this number of records on …
    pub burst: u64,
    /// … in this time.
    pub burst_window_ms: i64,
    /// Fires (high) from this number of records on …
    pub day: u64,
    /// … in this time.
    pub day_window_ms: i64,
}

impl Default for DeniedScope {
    fn default() -> Self {
        Self { burst: 5, burst_window_ms: 10 * MINUTE, day: 15, day_window_ms: DAY }
    }
}
