//! Postal addresses in four parts, because masks and lists show only the coarse ones.

use super::{fold, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::{Address, Value};
use serde_json::Value as Json;

/// Longest part, in characters.
const MAX: usize = 100;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Option<Value>, FieldError> {
    let Json::Object(map) = raw else { return Err(wrong(field, "not_an_address")) };
    let mut address = Address::default();
    for (key, raw) in map {
        let part = match key.as_str() {
            "province" => &mut address.province,
            "city" => &mut address.city,
            "district" => &mut address.district,
            "detail" => &mut address.detail,
            // The key is the caller's text; naming it would put it into an error message.
            _ => return Err(wrong(field, "unknown_key")),
        };
        *part = read(field, raw)?;
    }
    Ok(if address == Address::default() { None } else { Some(Value::Address(address)) })
}

fn read(field: &FieldDef, raw: &Json) -> Result<String, FieldError> {
    let text = match raw {
        Json::Null => "",
        Json::String(text) => fold::trim(text),
        _ => return Err(wrong(field, "not_text")),
    };
    if text.chars().any(|c| c.is_control() || fold::is_invisible(c)) {
        return Err(wrong(field, "control_character"));
    }
    if text.contains("**") {
        return Err(wrong(field, "masked_value"));
    }
    if text.chars().nth(MAX).is_some() {
        return Err(wrong(field, "too_long").with("max", MAX));
    }
    Ok(text.to_owned())
}

/// All parts as one folded text.
pub(super) fn joined(address: &Address) -> String {
    fold(
        &[&address.province, &address.city, &address.district, &address.detail].map(String::as_str).join(" "),
    )
}
