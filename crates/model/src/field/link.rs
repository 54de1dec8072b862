//! Links to a record, a person or a department: an id, bare or as `{id, …}` the way lists send it.
//! Whether the id exists and is visible is the vault's question.

use super::wrong;
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// Ids of our own are 36 characters; directory ids of departments may be longer.
const MAX: usize = 64;

pub(super) fn parse(field: &FieldDef, raw: &Json, make: impl Fn(&str) -> Value) -> Result<Value, FieldError> {
    let id = match raw {
        Json::Object(map) => map.get("id").and_then(Json::as_str),
        other => other.as_str(),
    };
    let id = id.map(str::trim).ok_or_else(|| wrong(field, "not_an_id"))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if id.is_empty() || id.len() > MAX || !id.chars().all(plain) {
        return Err(wrong(field, "not_an_id"));
    }
    Ok(make(id))
}
