//! The name of a natural person: one text, no first and last part.

use super::text;
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let name = text::clean(field, raw)?;
    text::no_stars(field, &name)?;
    Ok(Value::Text(name.split_whitespace().collect::<Vec<_>>().join(" ")))
}
