//! What must hold for any input.

use super::*;
use proptest::prelude::*;

/// Texts that come close to what the kinds read, and texts that do not.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,40}",
        "[+0-9 ()xX#.转;=-]{0,24}",
        "[0-9]{17}[0-9Xx]",
        "1[3-9][0-9]{9}",
        "0[1-9][0-9]{1,2}-?[2-9][0-9]{6,7}(-[0-9]{1,6})?",
        "[A-Za-z.*+_-]{0,8}@[a-z-]{0,6}\\.[a-z]{0,4}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?",
        "-?[0-9]{1,14}(\\.[0-9]{1,8})?",
        "https?://[a-z0-9.:@\\[\\]-]{0,20}[/?#a-z]{0,5}",
        "(a|b|c|old)",
    ]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        (-20_i64..20).prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        texts().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let keys = prop_oneof![
            Just("id".to_owned()),
            Just("province".to_owned()),
            Just("city".to_owned()),
            Just("district".to_owned()),
            Just("detail".to_owned()),
            any::<String>(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((keys, inner), 0..4)
                .prop_map(|pairs| Json::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_input_is_read_or_refused_and_what_is_read_is_canonical(raw in json()) {
        for kind in KINDS {
            let field = field(kind);
            let Ok(Some(value)) = parse(&field, &raw) else { continue };
            let stored = to_json(&value);
            prop_assert_eq!(from_json(kind, &stored), Some(value.clone()), "{:?} inverse", kind);
            // Choices that came in as retired cannot: parse refused them.
            prop_assert_eq!(parse(&field, &stored), Ok(Some(value.clone())), "{:?} idempotent", kind);
            let text = serde_json::to_string(&stored).unwrap();
            prop_assert_eq!(from_json(kind, &serde_json::from_str(&text).unwrap()), Some(value.clone()));
            prop_assert!(!project_all(kind, &value).is_empty(), "{:?} projects", kind);
            let _ = (blind_text(kind, &value), last4(&value), crate::mask::mask(kind, &value));
        }
    }

    #[test]
    fn an_error_never_repeats_the_input(raw in "[a-z*]{6,12}") {
        for kind in KINDS {
            for json in [json!(raw), json!([raw]), json!({ &raw: raw }), json!({"detail": [raw]})] {
                if let Err(error) = parse(&sealed(kind), &json) {
                    let said = serde_json::to_string(&error).unwrap();
                    prop_assert!(!said.contains(&raw), "{said}");
                }
            }
        }
    }

    #[test]
    fn stored_forms_of_any_shape_are_read_without_panic(raw in json()) {
        for kind in KINDS {
            if let Some(value) = from_json(kind, &raw) {
                let _ = (to_json(&value), project_all(kind, &value), blind_text(kind, &value), last4(&value));
                let _ = crate::mask::mask(kind, &value);
            }
        }
    }

    #[test]
    fn operands_of_any_shape_are_read_without_panic(raw in json(), op in 0..OPS.len()) {
        for kind in KINDS {
            let _ = operand(&field(kind), OPS[op], &raw);
            let _ = operand(&sealed(kind), OPS[op], &raw);
        }
    }

    #[test]
    fn folding_twice_is_folding_once(text in any::<String>()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once.clone());
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
    }

    #[test]
    fn guesses_are_in_normal_form(q in texts()) {
        if let Some(phone) = guess_phone(&q) {
            prop_assert_eq!(guess_phone(&phone), Some(phone.clone()));
            prop_assert!(last4(&Value::Text(phone)).is_some());
        }
        if let Some(email) = guess_email(&q) {
            prop_assert_eq!(guess_email(&email), Some(email.clone()));
        }
        if let Some(number) = guess_id_number(&q) {
            prop_assert_eq!(guess_id_number(&number), Some(number.clone()));
        }
        let _ = guess_last4(&q);
    }

    #[test]
    fn decimals_order_like_their_projections(a in -999_999_999_999_i64..999_999_999_999, b in 0..1_000_000_i64) {
        let text = format!("{a}.{b:06}");
        let value = parse(&field(FieldKind::Decimal), &json!(text)).unwrap().unwrap();
        let sign = if a < 0 { -1 } else { 1 };
        prop_assert_eq!(project(FieldKind::Decimal, &value), Some(Projected::Num(a * 1_000_000 + sign * b)));
    }
}

const OPS: [Op; 8] =
    [Op::Eq, Op::In, Op::Empty, Op::Contains, Op::StartsWith, Op::Between, Op::LastDays, Op::Me];
