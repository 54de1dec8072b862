//! 0–5 stars.

use super::integer;
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let stars = integer::strict(field, raw)?;
    integer::within(field, stars, 0, 5).map(Value::Int)
}
