//! Which operators a kind takes, and what their operands mean.

use super::{Projected, blind_text, fold, project, read, takes_blind, wrong};
use crate::class::Class;
use crate::definition::{Blind, FieldDef, FieldKind};
use crate::filter::{MAX_VALUES, Op};
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// Longest text to look for, in characters.
const MAX_NEEDLE: usize = 200;
/// Longest "last/next N days": ten years.
const MAX_DAYS: u64 = 3_650;

/// The operand of a condition, in the form in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// The operator takes none.
    None,
    /// One. For a sealed field the normalised text that the vault turns into a token.
    One(Projected),
    /// A list, not empty, without repetitions.
    Many(Vec<Projected>),
    /// Low and high, both included.
    Range(Projected, Projected),
    /// A number of days.
    Days(u32),
}

const TEXT: &[Op] = &[
    Op::Eq,
    Op::Ne,
    Op::In,
    Op::NotIn,
    Op::Empty,
    Op::NotEmpty,
    Op::Contains,
    Op::NotContains,
    Op::StartsWith,
];
const LONG_TEXT: &[Op] = &[Op::Empty, Op::NotEmpty];
const NUMBER: &[Op] = &[
    Op::Eq,
    Op::Ne,
    Op::In,
    Op::NotIn,
    Op::Empty,
    Op::NotEmpty,
    Op::Gt,
    Op::Ge,
    Op::Lt,
    Op::Le,
    Op::Between,
];
const BOOLEAN: &[Op] = &[Op::Eq, Op::Ne, Op::Empty, Op::NotEmpty];
const CHOICE: &[Op] = &[Op::Eq, Op::Ne, Op::In, Op::NotIn, Op::Empty, Op::NotEmpty];
const TIME: &[Op] = &[
    Op::Eq,
    Op::Ne,
    Op::Empty,
    Op::NotEmpty,
    Op::Gt,
    Op::Ge,
    Op::Lt,
    Op::Le,
    Op::Between,
    Op::Today,
    Op::Past,
    Op::Future,
    Op::LastDays,
    Op::NextDays,
];
const PERSON: &[Op] = &[Op::Eq, Op::Ne, Op::In, Op::NotIn, Op::Empty, Op::NotEmpty, Op::Me];
const DEPARTMENT: &[Op] = &[Op::Eq, Op::Ne, Op::In, Op::NotIn, Op::Empty, Op::NotEmpty, Op::MyDepartment];
const ADDRESS: &[Op] = &[Op::Empty, Op::NotEmpty, Op::Contains, Op::NotContains];
const SEALED_EXACT: &[Op] = &[Op::Eq, Op::Empty, Op::NotEmpty];

/// The operators that a filterable field takes. On `multi_select`, `eq` means "has" and `in` "has one of". Sealed
/// fields know equality by token and whether there is a value, and even that only with the exact blind index: order or parts of a sealed
/// value must not be asked out of it by filtering.
pub fn operators(kind: FieldKind, class: Class, blind: &[Blind]) -> &'static [Op] {
    if class.is_sealed() {
        return if blind.contains(&Blind::Exact) && takes_blind(kind, Blind::Exact) {
            SEALED_EXACT
        } else {
            &[]
        };
    }
    match kind {
        FieldKind::Text
        | FieldKind::PersonName
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::IdNumber
        | FieldKind::Account
        | FieldKind::Url => TEXT,
        FieldKind::LongText => LONG_TEXT,
        FieldKind::Integer
        | FieldKind::Decimal
        | FieldKind::Money
        | FieldKind::Percent
        | FieldKind::Rating => NUMBER,
        FieldKind::Boolean => BOOLEAN,
        FieldKind::Select | FieldKind::MultiSelect | FieldKind::Reference => CHOICE,
        FieldKind::Date | FieldKind::Datetime => TIME,
        FieldKind::Person => PERSON,
        FieldKind::Department => DEPARTMENT,
        FieldKind::Address => ADDRESS,
    }
}

/// Reads the operand of a condition on a field.
///
/// # Errors
/// An operator the kind does not take, or an operand the kind cannot hold; `field` is the field's name.
pub fn operand(field: &FieldDef, op: Op, raw: &Json) -> Result<Operand, FieldError> {
    if !operators(field.kind, field.class, &field.blind).contains(&op) {
        return Err(wrong(field, "operator_not_allowed"));
    }
    match op {
        Op::Empty | Op::NotEmpty | Op::Today | Op::Past | Op::Future | Op::Me | Op::MyDepartment => {
            if raw.is_null() { Ok(Operand::None) } else { Err(wrong(field, "unexpected_value")) }
        }
        Op::Eq | Op::Ne | Op::Gt | Op::Ge | Op::Lt | Op::Le => one(field, raw).map(Operand::One),
        Op::In | Op::NotIn => many(field, raw),
        Op::Between => range(field, raw),
        Op::LastDays | Op::NextDays => days(field, raw),
        Op::Contains | Op::NotContains | Op::StartsWith => needle(field, raw),
    }
}

fn one(field: &FieldDef, raw: &Json) -> Result<Projected, FieldError> {
    let missing = || wrong(field, "value_required");
    // A retired choice can still be looked for, since old records hold it. A choice list is given as one choice.
    let value = if field.kind == FieldKind::MultiSelect {
        super::select::parse(field, raw, &|_| true)?
    } else {
        read(field, raw, &|_| true)?.ok_or_else(missing)?
    };
    if field.class.is_sealed() {
        return blind_text(field.kind, &value).map(Projected::Text).ok_or_else(missing);
    }
    match (field.kind, value) {
        (FieldKind::MultiSelect, Value::Text(choice)) => Ok(Projected::Ref(choice)),
        (kind, value) => project(kind, &value).ok_or_else(missing),
    }
}

fn many(field: &FieldDef, raw: &Json) -> Result<Operand, FieldError> {
    let Json::Array(items) = raw else { return Err(wrong(field, "not_a_list")) };
    if items.is_empty() {
        return Err(wrong(field, "value_required"));
    }
    if items.len() > MAX_VALUES {
        return Err(wrong(field, "too_many").with("max", MAX_VALUES));
    }
    let mut parts: Vec<Projected> = Vec::with_capacity(items.len());
    for item in items {
        let part = one(field, item)?;
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    Ok(Operand::Many(parts))
}

fn range(field: &FieldDef, raw: &Json) -> Result<Operand, FieldError> {
    let Some([low, high]) = raw.as_array().map(Vec::as_slice) else {
        return Err(wrong(field, "not_a_range"));
    };
    let (low, high) = (one(field, low)?, one(field, high)?);
    let reversed = match (&low, &high) {
        (Projected::Num(low), Projected::Num(high)) | (Projected::Time(low), Projected::Time(high)) => {
            low > high
        }
        _ => true,
    };
    if reversed { Err(wrong(field, "range_reversed")) } else { Ok(Operand::Range(low, high)) }
}

fn days(field: &FieldDef, raw: &Json) -> Result<Operand, FieldError> {
    let days = raw.as_u64().ok_or_else(|| wrong(field, "not_a_number"))?;
    match u32::try_from(days) {
        Ok(count) if (1..=MAX_DAYS).contains(&days) => Ok(Operand::Days(count)),
        _ => Err(wrong(field, "days_out_of_range").with("max", MAX_DAYS)),
    }
}

fn needle(field: &FieldDef, raw: &Json) -> Result<Operand, FieldError> {
    let text = raw.as_str().ok_or_else(|| wrong(field, "not_text"))?;
    if text.chars().any(char::is_control) {
        // PostgreSQL takes no NUL in a text parameter; and nothing stored holds one.
        return Err(wrong(field, "control_character"));
    }
    let mut text = fold(text);
    if field.kind == FieldKind::Phone {
        // Stored without separators, so "138 1234" must be looked for without them.
        text.retain(|c| !matches!(c, ' ' | '-' | '(' | ')'));
    }
    if text.is_empty() {
        return Err(wrong(field, "value_required"));
    }
    if text.chars().nth(MAX_NEEDLE).is_some() {
        return Err(wrong(field, "too_long").with("max", MAX_NEEDLE));
    }
    Ok(Operand::One(Projected::Text(text)))
}
