//! Calendar days, `2026-11-24`. A day belongs to no zone.

use super::{fold, text, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use jiff::civil::Date;
use serde_json::Value as Json;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let given = fold(text::given(field, raw)?);
    if !shaped(&given) {
        return Err(wrong(field, "date_format"));
    }
    match day(&given) {
        Some(_) => Ok(Value::Date(given)),
        None => Err(wrong(field, "no_such_day")),
    }
}

/// Midnight UTC of the day, in milliseconds: days are compared as points on one line.
pub(super) fn instant(text: &str) -> Option<i64> {
    let midnight = jiff::tz::Offset::UTC.to_timestamp(day(text)?.at(0, 0, 0, 0)).ok()?;
    Some(midnight.as_millisecond())
}

pub(super) fn day(text: &str) -> Option<Date> {
    let number = |range| text.get(range).and_then(|digits: &str| digits.parse::<i16>().ok());
    let narrow = |n: i16| i8::try_from(n).ok();
    if !shaped(text) {
        return None;
    }
    Date::new(number(0..4)?, narrow(number(5..7)?)?, narrow(number(8..10)?)?).ok()
}

fn shaped(text: &str) -> bool {
    text.len() == 10
        && text.chars().enumerate().all(|(i, c)| if i == 4 || i == 7 { c == '-' } else { c.is_ascii_digit() })
}
