//! A WeChat or similar account name. Spelling is kept; comparison folds it.

use super::text;
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let account = text::clean(field, raw)?;
    text::no_stars(field, &account)?;
    Ok(Value::Text(account))
}
