//! The canonical stored form and its exact inverse. It is also what the API sends as `value`.

use super::datetime;
use crate::definition::FieldKind;
use crate::value::Value;
use serde_json::Value as Json;

/// The canonical JSON of a value.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Decimal(text) | Value::Date(text) => Json::from(text.as_str()),
        Value::Int(number) => Json::from(*number),
        Value::Bool(yes) => Json::from(*yes),
        Value::Time(at) => datetime::print(*at).map_or(Json::Null, Json::from),
        Value::Many(choices) => Json::from(choices.clone()),
        Value::Record(id) => Json::from(id.as_str()),
        Value::Person(id) => Json::from(id.as_str()),
        Value::Department(id) => Json::from(id.as_str()),
        Value::Address(address) => serde_json::json!({
            "province": address.province,
            "city": address.city,
            "district": address.district,
            "detail": address.detail,
        }),
    }
}

/// Reads the canonical form back. It checks shapes only: what is stored was parsed once, and rules may have
/// become stricter since.
pub fn from_json(kind: FieldKind, raw: &Json) -> Option<Value> {
    let text = || raw.as_str().map(str::to_owned);
    match kind {
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::PersonName
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::IdNumber
        | FieldKind::Account
        | FieldKind::Url
        | FieldKind::Select => text().map(Value::Text),
        FieldKind::Integer | FieldKind::Money | FieldKind::Percent | FieldKind::Rating => {
            raw.as_i64().map(Value::Int)
        }
        FieldKind::Decimal => text().map(Value::Decimal),
        FieldKind::Boolean => raw.as_bool().map(Value::Bool),
        FieldKind::MultiSelect => {
            let choices = raw.as_array()?.iter().map(|item| item.as_str().map(str::to_owned));
            choices.collect::<Option<Vec<_>>>().map(Value::Many)
        }
        FieldKind::Date => text().map(Value::Date),
        FieldKind::Datetime => datetime::millisecond(raw.as_str()?).map(Value::Time),
        FieldKind::Reference => text().map(|id| Value::Record(id.into())),
        FieldKind::Person => text().map(|id| Value::Person(id.into())),
        FieldKind::Department => text().map(|id| Value::Department(id.into())),
        FieldKind::Address => {
            if !raw.is_object() {
                return None;
            }
            serde_json::from_value(raw.clone()).ok().map(Value::Address)
        }
    }
}
