//! Exact decimals with at most six places, kept as text.

use super::{fold, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// Projections are scaled by this.
pub(super) const SCALE: i64 = 1_000_000;
const PLACES: usize = 6;
/// Twelve digits before the point: scaled, that still fits 64 bits.
const WHOLE_DIGITS: usize = 12;
/// Below this every literal with six places survives the way through a double unchanged.
const EXACT_DOUBLE: f64 = 1e9;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let text = match raw {
        Json::String(text) => fold(text),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.to_string(),
            (None, Some(double)) if double.abs() < EXACT_DOUBLE => double.to_string(),
            // The JSON reader has already rounded it; as text it would have been exact.
            _ => return Err(wrong(field, "decimal_as_text")),
        },
        _ => return Err(wrong(field, "not_a_number")),
    };
    canonical(&text).map(Value::Decimal).map_err(|code| match code {
        "too_many_places" => wrong(field, code).with("max", PLACES),
        "too_large" => wrong(field, code).with("digits", WHOLE_DIGITS),
        _ => wrong(field, code),
    })
}

/// The number times 10^6.
pub(super) fn scaled(text: &str) -> Option<i64> {
    let (negative, whole, places) = split(text)?;
    let digits = format!("{whole}{places:0<PLACES$}");
    let number: i64 = digits.parse().ok()?;
    (places.len() <= PLACES).then_some(if negative { -number } else { number })
}

/// Without superfluous zeros and without a minus before zero.
fn canonical(text: &str) -> Result<String, &'static str> {
    let (negative, whole, places) = split(text).ok_or("not_a_number")?;
    let whole = whole.trim_start_matches('0');
    let places = places.trim_end_matches('0');
    if places.len() > PLACES {
        return Err("too_many_places");
    }
    if whole.len() > WHOLE_DIGITS {
        return Err("too_large");
    }
    let sign = if negative && !(whole.is_empty() && places.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if places.is_empty() { "" } else { "." };
    Ok(format!("{sign}{whole}{point}{places}"))
}

fn split(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    (plain(whole) && plain(places)).then_some((negative, whole, places))
}
