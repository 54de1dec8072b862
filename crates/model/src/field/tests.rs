use super::*;
use crate::filter::Op;
use serde_json::json;

mod identity;
mod operators;
mod plain;
mod properties;

/// Every kind.
const KINDS: [FieldKind; 22] = [
    FieldKind::Text,
    FieldKind::LongText,
    FieldKind::PersonName,
    FieldKind::Phone,
    FieldKind::Email,
    FieldKind::IdNumber,
    FieldKind::Account,
    FieldKind::Url,
    FieldKind::Integer,
    FieldKind::Decimal,
    FieldKind::Money,
    FieldKind::Percent,
    FieldKind::Rating,
    FieldKind::Boolean,
    FieldKind::Select,
    FieldKind::MultiSelect,
    FieldKind::Date,
    FieldKind::Datetime,
    FieldKind::Reference,
    FieldKind::Person,
    FieldKind::Department,
    FieldKind::Address,
];

/// An L1 field `it` of a kind; choices are `a`, `b`, `c` and the inactive `old`.
fn field(kind: FieldKind) -> FieldDef {
    let label = json!({"zh": "", "en": ""});
    let options = if matches!(kind, FieldKind::Select | FieldKind::MultiSelect) {
        json!([
            {"value": "a", "label": label}, {"value": "b", "label": label}, {"value": "c", "label": label},
            {"value": "old", "label": label, "inactive": true},
        ])
    } else {
        json!([])
    };
    serde_json::from_value(
        json!({"id": "f1", "name": "it", "label": label, "kind": kind, "class": "L1", "options": options}),
    )
    .unwrap()
}

fn sealed(kind: FieldKind) -> FieldDef {
    FieldDef { class: crate::class::Class::L3, blind: vec![crate::definition::Blind::Exact], ..field(kind) }
}

/// The stored form of a value, or the code of the broken rule.
fn stored(field: &FieldDef, raw: Json) -> Result<Json, String> {
    match parse(field, &raw) {
        Ok(Some(value)) => Ok(to_json(&value)),
        Ok(None) => Ok(Json::Null),
        Err(error) => {
            assert_eq!(error.field, "it");
            Err(error.code)
        }
    }
}

#[track_caller]
fn accepts(kind: FieldKind, raw: impl Into<Json>, expected: impl Into<Json>) {
    let raw = raw.into();
    assert_eq!(stored(&field(kind), raw.clone()), Ok(expected.into()), "{kind:?} {raw}");
}

#[track_caller]
fn refuses(kind: FieldKind, raw: impl Into<Json>, code: &str) {
    let raw = raw.into();
    assert_eq!(stored(&field(kind), raw.clone()), Err(code.to_owned()), "{kind:?} {raw}");
}
