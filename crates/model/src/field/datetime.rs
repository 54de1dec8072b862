//! Moments: RFC 3339 outside, UTC milliseconds inside.

use super::{date, text, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use jiff::Timestamp;
use serde_json::Value as Json;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let given = text::given(field, raw)?.trim().to_ascii_uppercase();
    millisecond(&given).map(Value::Time).ok_or_else(|| wrong(field, "datetime_format"))
}

/// Reads RFC 3339 only: the reader behind it takes more (missing seconds, zone names), on which clients differ.
pub(super) fn millisecond(text: &str) -> Option<i64> {
    let (day, time) = text.split_once('T')?;
    date::day(day)?;
    let (clock, offset) = match time.strip_suffix('Z') {
        Some(clock) => (clock, None),
        None => {
            let at = time.find(['+', '-'])?;
            (time.get(..at)?, Some(time.get(at + 1..)?))
        }
    };
    let (hms, fraction) = match clock.split_once('.') {
        Some((hms, fraction)) => (hms, Some(fraction)),
        None => (clock, None),
    };
    let digits = |text: &str| !text.is_empty() && text.len() <= 9 && text.chars().all(|c| c.is_ascii_digit());
    let colons = |text: &str, parts: usize| {
        text.len() == parts * 3 - 1
            && text.chars().enumerate().all(|(i, c)| if i % 3 == 2 { c == ':' } else { c.is_ascii_digit() })
    };
    let sound = colons(hms, 3) && fraction.is_none_or(digits) && offset.is_none_or(|o| colons(o, 2));
    if !sound {
        return None;
    }
    let moment = text.parse::<Timestamp>().ok()?;
    // Years past 9999 or before 0 would not print as four digits again.
    print(moment.as_millisecond()).map(|_| moment.as_millisecond())
}

/// RFC 3339 in UTC.
pub(super) fn print(at: i64) -> Option<String> {
    let text = Timestamp::from_millisecond(at).ok()?.to_string();
    if text.starts_with('-') { None } else { Some(text) }
}
