//! What goes into the blind indexes of a sealed value. The vault keys and cuts the tokens.

use super::{address, fold};
use crate::definition::{Blind, FieldKind};
use crate::value::Value;

/// Whether a kind can carry a blind index. A token of a kind with few values would give the value away by its
/// frequency alone, and only number-like texts have last four digits.
pub fn takes_blind(kind: FieldKind, blind: Blind) -> bool {
    match blind {
        Blind::Exact => !matches!(
            kind,
            FieldKind::LongText
                | FieldKind::Select
                | FieldKind::MultiSelect
                | FieldKind::Boolean
                | FieldKind::Rating
        ),
        Blind::Last4 => {
            matches!(kind, FieldKind::Phone | FieldKind::IdNumber | FieldKind::Account | FieldKind::Text)
        }
    }
}

/// The normalised text for the exact token; two spellings of one thing give one text. None for kinds that
/// take no such token ([`takes_blind`]).
pub fn blind_text(kind: FieldKind, value: &Value) -> Option<String> {
    if !takes_blind(kind, Blind::Exact) {
        return None;
    }
    match (kind, value) {
        (FieldKind::Phone | FieldKind::Email | FieldKind::IdNumber, Value::Text(text)) => Some(text.clone()),
        (_, Value::Text(text)) => Some(fold(text)),
        (_, Value::Int(number)) => Some(number.to_string()),
        (_, Value::Decimal(text) | Value::Date(text)) => Some(text.clone()),
        (_, Value::Time(at)) => Some(at.to_string()),
        (_, Value::Record(id)) => Some(id.to_string()),
        (_, Value::Person(id)) => Some(id.to_string()),
        (_, Value::Department(id)) => Some(id.to_string()),
        (_, Value::Address(parts)) => Some(address::joined(parts)),
        (_, Value::Bool(_) | Value::Many(_)) => None,
    }
}

/// The last four characters of a number-like text (phone without its extension, ID number), for the short token.
pub fn last4(value: &Value) -> Option<String> {
    let Value::Text(text) = value else { return None };
    let number = text.split(';').next().unwrap_or_default();
    let number = number.strip_prefix('+').unwrap_or(number);
    let body = number.strip_suffix('X').unwrap_or(number);
    // Below seven digits the last four are nearly the whole number.
    if body.len() < 7 || !body.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    number.get(number.len() - 4..).map(str::to_owned)
}
