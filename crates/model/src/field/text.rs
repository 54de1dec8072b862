//! Plain text, one line or several.

use super::{fold, wrong};
use crate::definition::{FieldDef, FieldKind};
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// Longest text of a field that says nothing else.
const DEFAULT_MAX: usize = 200;
/// Longest long text of a field that says nothing else.
const DEFAULT_MAX_LONG: usize = 10_000;

pub(super) fn one_line(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let text = clean(field, raw)?;
    not_only_a_mask(field, &text)?;
    Ok(Value::Text(text))
}

pub(super) fn paragraphs(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    // Line ends of every system become one, so that the same text has the same hash.
    let text = given(field, raw)?.replace("\r\n", "\n").replace('\r', "\n");
    let text = fold::trim(&text);
    if text.chars().any(|c| is_forbidden(c) && c != '\n' && c != '\t') {
        return Err(wrong(field, "control_character"));
    }
    not_only_a_mask(field, text)?;
    fits(field, text)?;
    Ok(Value::Text(text.to_owned()))
}

/// One line of trimmed text without control characters, within the field's length.
pub(super) fn clean(field: &FieldDef, raw: &Json) -> Result<String, FieldError> {
    let text = fold::trim(given(field, raw)?);
    if text.chars().any(is_forbidden) {
        return Err(wrong(field, "control_character"));
    }
    fits(field, text)?;
    Ok(text.to_owned())
}

/// The text itself.
pub(super) fn given<'a>(field: &FieldDef, raw: &'a Json) -> Result<&'a str, FieldError> {
    raw.as_str().ok_or_else(|| wrong(field, "not_text"))
}

/// Refuses a text that holds the stars of a mask: a masked value sent back must never overwrite the real one.
pub(super) fn no_stars(field: &FieldDef, text: &str) -> Result<(), FieldError> {
    if text.contains(['*', '＊']) { Err(wrong(field, "masked_value")) } else { Ok(()) }
}

/// Free text may hold stars, but a sealed one is shown as stars only, and these must not come back.
fn not_only_a_mask(field: &FieldDef, text: &str) -> Result<(), FieldError> {
    if field.class.is_sealed() && text.chars().all(|c| c == '*') {
        return Err(wrong(field, "masked_value"));
    }
    Ok(())
}

fn fits(field: &FieldDef, text: &str) -> Result<(), FieldError> {
    let default = if field.kind == FieldKind::LongText { DEFAULT_MAX_LONG } else { DEFAULT_MAX };
    let max = field.max_length.unwrap_or(default);
    if text.chars().nth(max).is_some() {
        return Err(wrong(field, "too_long").with("max", max));
    }
    Ok(())
}

/// Control characters, line separators, and marks that turn the reading direction: they make a list show
/// something else than what is stored.
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || fold::is_invisible(c)
}
