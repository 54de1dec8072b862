//! Field kinds: parsing, storing, comparing and projecting. One file per kind; this file only dispatches.
//!
//! **Invariant:** [`parse`] is the only way from outside input to a [`Value`]. Forms, the API, imports, flows and
//! connectors all pass here, so a rule about a kind is written once.

use crate::definition::{FieldDef, FieldKind};
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

mod account;
mod address;
mod blind;
mod boolean;
mod date;
mod datetime;
mod decimal;
mod email;
mod fold;
mod id_number;
mod integer;
mod link;
mod money;
mod multi_select;
mod operator;
mod percent;
mod person_name;
pub(crate) mod phone;
mod projection;
mod rating;
mod search;
mod select;
mod stored;
mod text;
mod url;

pub use blind::{blind_text, last4, takes_blind};
pub use fold::fold;
pub use operator::{Operand, operand, operators};
pub use projection::{PROJECTED_CHARS, project, project_all};
pub use search::{guess_email, guess_id_number, guess_last4, guess_phone};
pub use stored::{from_json, to_json};

/// What a filterable or sortable field projects into the index tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projected {
    /// Folded text.
    Text(String),
    /// A number (decimals scaled by 10^6, percent and money as they are).
    Num(i64),
    /// UTC milliseconds.
    Time(i64),
    /// The id of a record, person or department, or a choice.
    Ref(String),
}

/// Whether a text is an e-mail address.
pub fn is_email(text: &str) -> bool {
    email::normalise(text).is_some()
}

/// The mistake of leaving a required field empty.
pub fn required(field: &FieldDef) -> FieldError {
    wrong(field, "required")
}

/// Reads raw input into a value; null, blank text, an empty list and an empty address are "no value".
///
/// # Errors
/// The first rule of the kind that the input breaks. Facts never carry the input itself.
pub fn parse(field: &FieldDef, raw: &Json) -> Result<Option<Value>, FieldError> {
    parse_over(field, raw, None)
}

/// Like [`parse`], but a choice that was retired may stay where the record already holds it: editing another
/// field of an old record must not force somebody to change this one.
///
/// # Errors
/// As [`parse`].
pub fn parse_over(
    field: &FieldDef,
    raw: &Json,
    present: Option<&Value>,
) -> Result<Option<Value>, FieldError> {
    let kept: &[String] = match present {
        Some(Value::Text(choice)) => std::slice::from_ref(choice),
        Some(Value::Many(choices)) => choices,
        _ => &[],
    };
    let usable = |choice: &crate::definition::Choice| !choice.inactive || kept.contains(&choice.value);
    let value = read(field, raw, &usable)?;
    if let Some(value) = &value {
        bounds(field, value)?;
    }
    Ok(value)
}

/// Reads by kind, without the designer's bounds (a filter may well ask for "below the minimum").
fn read(
    field: &FieldDef,
    raw: &Json,
    usable: &dyn Fn(&crate::definition::Choice) -> bool,
) -> Result<Option<Value>, FieldError> {
    if is_blank(raw) {
        return Ok(None);
    }
    match field.kind {
        FieldKind::Text => text::one_line(field, raw),
        FieldKind::LongText => text::paragraphs(field, raw),
        FieldKind::PersonName => person_name::parse(field, raw),
        FieldKind::Phone => phone::parse(field, raw),
        FieldKind::Email => email::parse(field, raw),
        FieldKind::IdNumber => id_number::parse(field, raw),
        FieldKind::Account => account::parse(field, raw),
        FieldKind::Url => url::parse(field, raw),
        FieldKind::Integer => integer::parse(field, raw),
        FieldKind::Decimal => decimal::parse(field, raw),
        FieldKind::Money => money::parse(field, raw),
        FieldKind::Percent => percent::parse(field, raw),
        FieldKind::Rating => rating::parse(field, raw),
        FieldKind::Boolean => boolean::parse(field, raw),
        FieldKind::Select => select::parse(field, raw, usable),
        FieldKind::MultiSelect => return multi_select::parse(field, raw, usable),
        FieldKind::Date => date::parse(field, raw),
        FieldKind::Datetime => datetime::parse(field, raw),
        FieldKind::Reference => link::parse(field, raw, |id| Value::Record(id.into())),
        FieldKind::Person => link::parse(field, raw, |id| Value::Person(id.into())),
        FieldKind::Department => link::parse(field, raw, |id| Value::Department(id.into())),
        FieldKind::Address => return address::parse(field, raw),
    }
    .map(Some)
}

/// The designer's smallest and largest number, in the unit in which the kind is stored (decimals: whole units).
fn bounds(field: &FieldDef, value: &Value) -> Result<(), FieldError> {
    let (number, scale) = match value {
        Value::Int(number) => (i128::from(*number), 1),
        Value::Decimal(text) => match decimal::scaled(text) {
            Some(number) => (i128::from(number), i128::from(decimal::SCALE)),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    if let Some(min) = field.min
        && number < i128::from(min) * scale
    {
        return Err(wrong(field, "below_min").with("min", min));
    }
    if let Some(max) = field.max
        && number > i128::from(max) * scale
    {
        return Err(wrong(field, "above_max").with("max", max));
    }
    Ok(())
}

fn is_blank(raw: &Json) -> bool {
    match raw {
        Json::Null => true,
        Json::String(text) => fold::trim(text).is_empty(),
        _ => false,
    }
}

fn wrong(field: &FieldDef, code: &str) -> FieldError {
    FieldError::new(field.name.as_str(), code)
}

#[cfg(test)]
mod tests;
