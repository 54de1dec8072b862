//! Yes or no.

use super::wrong;
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    raw.as_bool().map(Value::Bool).ok_or_else(|| wrong(field, "not_a_boolean"))
}
