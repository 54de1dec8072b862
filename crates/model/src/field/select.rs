//! One choice.

use super::{text, wrong};
use crate::definition::{Choice, FieldDef};
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

pub(super) fn parse(
    field: &FieldDef,
    raw: &Json,
    usable: &dyn Fn(&Choice) -> bool,
) -> Result<Value, FieldError> {
    choice(field, raw, usable).map(|choice| Value::Text(choice.value.clone()))
}

/// The choice that was named, if it may be used.
pub(super) fn choice<'a>(
    field: &'a FieldDef,
    raw: &Json,
    usable: &dyn Fn(&Choice) -> bool,
) -> Result<&'a Choice, FieldError> {
    let given = text::given(field, raw)?.trim();
    let choice = field.options.iter().find(|choice| choice.value == given);
    match choice {
        Some(choice) if usable(choice) => Ok(choice),
        Some(_) => Err(wrong(field, "inactive_option")),
        None => Err(wrong(field, "unknown_option")),
    }
}
