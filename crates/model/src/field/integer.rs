//! Whole numbers.

use super::{fold, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// JSON numbers above 2^53 change silently in a browser.
const MAX: i64 = 9_007_199_254_740_991;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let number = match raw {
        // Imports bring numbers as text.
        Json::String(text) => whole(&fold(text)).ok_or_else(|| wrong(field, "not_a_whole_number"))?,
        other => strict(field, other)?,
    };
    within(field, number, -MAX, MAX).map(Value::Int)
}

/// A JSON integer.
pub(super) fn strict(field: &FieldDef, raw: &Json) -> Result<i64, FieldError> {
    match raw {
        Json::Number(number) => number.as_i64().ok_or_else(|| wrong(field, "not_a_whole_number")),
        _ => Err(wrong(field, "not_a_number")),
    }
}

/// Refuses a number outside of what the kind can hold.
pub(super) fn within(field: &FieldDef, number: i64, min: i64, max: i64) -> Result<i64, FieldError> {
    if number < min {
        return Err(wrong(field, "below_min").with("min", min));
    }
    if number > max {
        return Err(wrong(field, "above_max").with("max", max));
    }
    Ok(number)
}

fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}
