//! Several choices, kept once each and in the order of the definition, so that equal sets are equal values.

use super::{select, wrong};
use crate::definition::{Choice, FieldDef};
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;
use std::collections::BTreeSet;

pub(super) fn parse(
    field: &FieldDef,
    raw: &Json,
    usable: &dyn Fn(&Choice) -> bool,
) -> Result<Option<Value>, FieldError> {
    let Json::Array(items) = raw else { return Err(wrong(field, "not_a_list")) };
    let mut chosen = BTreeSet::new();
    for item in items {
        chosen.insert(select::choice(field, item, usable)?.value.as_str());
    }
    let ordered: Vec<String> = field
        .options
        .iter()
        .map(|choice| choice.value.as_str())
        .filter(|value| chosen.remove(value))
        .map(str::to_owned)
        .collect();
    Ok(if ordered.is_empty() { None } else { Some(Value::Many(ordered)) })
}
