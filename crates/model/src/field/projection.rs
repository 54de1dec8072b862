//! What an index table holds of a value.

use super::{Projected, address, date, decimal, fold};
use crate::definition::FieldKind;
use crate::value::Value;

/// Longest projected text, in characters. PostgreSQL refuses index entries above 2,704 bytes.
pub const PROJECTED_CHARS: usize = 600;

/// The one index entry of a value; for `multi_select` the first of [`project_all`].
pub fn project(kind: FieldKind, value: &Value) -> Option<Projected> {
    project_all(kind, value).into_iter().next()
}

/// All index entries of a value: one per choice of a `multi_select`, else at most one.
pub fn project_all(kind: FieldKind, value: &Value) -> Vec<Projected> {
    let one = match value {
        Value::Many(choices) => return choices.iter().map(|choice| Projected::Ref(choice.clone())).collect(),
        Value::Text(choice) if kind == FieldKind::Select => Some(Projected::Ref(choice.clone())),
        Value::Text(text) => Some(Projected::Text(cut(fold(text)))),
        Value::Int(number) => Some(Projected::Num(*number)),
        Value::Decimal(text) => decimal::scaled(text).map(Projected::Num),
        Value::Bool(yes) => Some(Projected::Num(i64::from(*yes))),
        Value::Date(text) => date::instant(text).map(Projected::Time),
        Value::Time(at) => Some(Projected::Time(*at)),
        Value::Record(id) => Some(Projected::Ref(id.to_string())),
        Value::Person(id) => Some(Projected::Ref(id.to_string())),
        Value::Department(id) => Some(Projected::Ref(id.to_string())),
        Value::Address(parts) => Some(Projected::Text(cut(address::joined(parts)))),
    };
    one.into_iter().collect()
}

fn cut(text: String) -> String {
    match text.char_indices().nth(PROJECTED_CHARS) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}
