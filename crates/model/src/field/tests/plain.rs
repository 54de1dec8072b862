//! Texts, numbers, choices, times, links and addresses.

use super::*;

#[test]
fn blank_input_is_no_value() {
    for kind in KINDS {
        for raw in [json!(null), json!(""), json!("  \u{3000}\n\t"), json!("\u{feff}")] {
            assert_eq!(stored(&field(kind), raw.clone()), Ok(Json::Null), "{kind:?} {raw}");
        }
    }
    accepts(FieldKind::MultiSelect, json!([]), Json::Null);
    accepts(FieldKind::Address, json!({}), Json::Null);
    accepts(FieldKind::Address, json!({"city": " ", "detail": null}), Json::Null);
    assert_eq!(required(&field(FieldKind::Text)), FieldError::new("it", "required"));
}

#[test]
fn texts_are_trimmed_and_measured_in_characters() {
    accepts(FieldKind::Text, " 客盾 ", "客盾");
    accepts(FieldKind::Text, "盾".repeat(200), "盾".repeat(200));
    let error = parse(&field(FieldKind::Text), &json!("盾".repeat(201))).unwrap_err();
    assert_eq!(error, FieldError::new("it", "too_long").with("max", 200));
    let short = FieldDef { max_length: Some(2), ..field(FieldKind::Text) };
    assert_eq!(stored(&short, json!("👍👍")), Ok(json!("👍👍")));
    assert_eq!(stored(&short, json!("👍👍👍")), Err("too_long".to_owned()));
    for raw in ["a\u{0}b", "a\nb", "a\tb", "a\u{202e}b", "a\u{2028}b", "a\u{7f}b", "a\u{200b}b"] {
        refuses(FieldKind::Text, raw, "control_character");
    }
    refuses(FieldKind::Text, 5, "not_text");
    refuses(FieldKind::Text, json!(["a"]), "not_text");
    accepts(FieldKind::Text, "****", "****");
}

#[test]
fn long_texts_keep_their_lines() {
    accepts(FieldKind::LongText, "a\r\nb\rc\n\td ", "a\nb\nc\n\td");
    accepts(FieldKind::LongText, "长".repeat(10_000), "长".repeat(10_000));
    refuses(FieldKind::LongText, "长".repeat(10_001), "too_long");
    refuses(FieldKind::LongText, "a\u{1b}[31m", "control_character");
}

#[test]
fn urls_are_http_only() {
    accepts(FieldKind::Url, "HTTPS://Example.COM/Path?q=1#x", "https://example.com/Path?q=1#x");
    accepts(FieldKind::Url, "http://127.0.0.1:8080", "http://127.0.0.1:8080");
    accepts(FieldKind::Url, "http://[::1]:80/", "http://[::1]:80/");
    accepts(FieldKind::Url, "https://例子.中国/路径", "https://例子.中国/路径");
    for raw in ["ftp://a.com", "file://a/etc", "javascript://a.com/%0aalert(1)"] {
        refuses(FieldKind::Url, raw, "url_scheme");
    }
    for raw in [
        "example.com",
        "javascript:alert(1)",
        "http://",
        "http:///a",
        "https://good.com@evil.com",
        "https://a b.com",
        "https://a.com/a b",
        "https://a.com/\"><script>",
        "https://a.com:0",
        "https://a.com:99999",
        "https://a..com",
        "http://[::1",
        "https://a.com\\b",
    ] {
        refuses(FieldKind::Url, raw, "url_format");
    }
}

#[test]
fn whole_numbers() {
    accepts(FieldKind::Integer, 42, 42);
    accepts(FieldKind::Integer, " -４２ ", -42);
    refuses(FieldKind::Integer, 4.5, "not_a_whole_number");
    refuses(FieldKind::Integer, "4.5", "not_a_whole_number");
    refuses(FieldKind::Integer, "--4", "not_a_whole_number");
    refuses(FieldKind::Integer, json!(u64::MAX), "not_a_whole_number");
    refuses(FieldKind::Integer, 9_007_199_254_740_992_i64, "above_max");
    refuses(FieldKind::Integer, true, "not_a_number");
    let bounded = FieldDef { min: Some(1), max: Some(5), ..field(FieldKind::Integer) };
    assert_eq!(parse(&bounded, &json!(0)), Err(FieldError::new("it", "below_min").with("min", 1)));
    assert_eq!(parse(&bounded, &json!(6)), Err(FieldError::new("it", "above_max").with("max", 5)));
    assert!(parse(&bounded, &json!(1)).is_ok() && parse(&bounded, &json!(5)).is_ok());
}

#[test]
fn money_is_whole_fen() {
    accepts(FieldKind::Money, 123_456_789, 123_456_789);
    accepts(FieldKind::Money, -1_000_000_000_000_000_i64, -1_000_000_000_000_000_i64);
    refuses(FieldKind::Money, 1_000_000_000_000_001_i64, "above_max");
    refuses(FieldKind::Money, -1_000_000_000_000_001_i64, "below_min");
    refuses(FieldKind::Money, 12.5, "not_a_whole_number");
    refuses(FieldKind::Money, 12.0, "not_a_whole_number");
    refuses(FieldKind::Money, "12", "not_a_number");
}

#[test]
fn percents_and_ratings() {
    accepts(FieldKind::Percent, 1250, 1250);
    refuses(FieldKind::Percent, 12.5, "not_a_whole_number");
    refuses(FieldKind::Percent, 100_000_001, "above_max");
    accepts(FieldKind::Rating, 0, 0);
    accepts(FieldKind::Rating, 5, 5);
    refuses(FieldKind::Rating, 6, "above_max");
    refuses(FieldKind::Rating, -1, "below_min");
}

#[test]
fn decimals_are_exact() {
    for (raw, expected) in [
        (json!("12.50"), "12.5"),
        (json!("0012"), "12"),
        (json!("-0.0"), "0"),
        (json!("+3"), "3"),
        (json!("0.1000000"), "0.1"),
        (json!("-999999999999.999999"), "-999999999999.999999"),
        (json!(0.1), "0.1"),
        (json!(-0.0), "0"),
        (json!(123_456_789.123_456), "123456789.123456"),
        (json!(123_456_789_012_i64), "123456789012"),
    ] {
        accepts(FieldKind::Decimal, raw, expected);
    }
    refuses(FieldKind::Decimal, "0.1234567", "too_many_places");
    refuses(FieldKind::Decimal, 1e-7, "too_many_places");
    refuses(FieldKind::Decimal, "1000000000000", "too_large");
    refuses(FieldKind::Decimal, 1e300, "decimal_as_text");
    refuses(FieldKind::Decimal, 123_456_789_012.5, "decimal_as_text");
    for raw in ["", ".", "1.", ".5", "1e5", "1,000", "NaN", "一", "1.2.3", "-"] {
        if !raw.is_empty() {
            refuses(FieldKind::Decimal, raw, "not_a_number");
        }
    }
    let positive = FieldDef { min: Some(0), max: Some(1), ..field(FieldKind::Decimal) };
    assert_eq!(stored(&positive, json!("-0.000001")), Err("below_min".to_owned()));
    assert_eq!(stored(&positive, json!("1.000001")), Err("above_max".to_owned()));
    assert_eq!(stored(&positive, json!("1.000000")), Ok(json!("1")));
}

#[test]
fn booleans_are_not_guessed() {
    accepts(FieldKind::Boolean, true, true);
    refuses(FieldKind::Boolean, "true", "not_a_boolean");
    refuses(FieldKind::Boolean, 1, "not_a_boolean");
}

#[test]
fn choices_must_be_active_unless_they_stay() {
    accepts(FieldKind::Select, "a", "a");
    refuses(FieldKind::Select, "z", "unknown_option");
    refuses(FieldKind::Select, "old", "inactive_option");
    refuses(FieldKind::Select, 1, "not_text");
    accepts(FieldKind::MultiSelect, json!(["c", "a", "c"]), json!(["a", "c"]));
    refuses(FieldKind::MultiSelect, json!(["a", "z"]), "unknown_option");
    refuses(FieldKind::MultiSelect, "a", "not_a_list");

    let one = field(FieldKind::Select);
    let old = Value::Text("old".to_owned());
    assert_eq!(parse_over(&one, &json!("old"), Some(&old)), Ok(Some(old.clone())));
    assert!(parse_over(&one, &json!("old"), Some(&Value::Text("a".to_owned()))).is_err());
    let many = field(FieldKind::MultiSelect);
    let kept = Value::Many(vec!["a".to_owned(), "old".to_owned()]);
    assert!(parse_over(&many, &json!(["b", "old"]), Some(&kept)).is_ok());
    assert!(parse_over(&many, &json!(["b", "old"]), None).is_err());
}

#[test]
fn days_exist() {
    accepts(FieldKind::Date, "2026-11-24", "2026-11-24");
    accepts(FieldKind::Date, "2024-02-29", "2024-02-29");
    for raw in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "1900-02-29"] {
        refuses(FieldKind::Date, raw, "no_such_day");
    }
    for raw in ["2026-1-1", "2026/11/24", "24.11.2026", "2026-11-24T00:00:00Z", "20261124", "+2026-1-24"] {
        refuses(FieldKind::Date, raw, "date_format");
    }
    refuses(FieldKind::Date, 20_261_124, "not_text");
}

#[test]
fn moments_are_rfc_3339() {
    accepts(FieldKind::Datetime, "2026-11-24T14:05:00+08:00", "2026-11-24T06:05:00Z");
    accepts(FieldKind::Datetime, "2026-11-24t06:05:00.123456z", "2026-11-24T06:05:00.123Z");
    assert_eq!(
        parse(&field(FieldKind::Datetime), &json!("1970-01-01T00:00:01Z")),
        Ok(Some(Value::Time(1_000)))
    );
    for raw in [
        "2026-11-24",
        "2026-11-24 06:05:00Z",
        "2026-11-24T06:05Z",
        "2026-11-24T06:05:00",
        "2026-02-30T06:05:00Z",
        "2026-11-24T25:05:00Z",
        "2026-11-24T06:05:00+8",
        "2026-11-24T06:05:00+08:00[Asia/Shanghai]",
        "2026-11-24T06:05:00.Z",
        "2026-11-24T06:05:00Zz",
        "T",
        "+002026-11-24T06:05:00Z",
        "-000001-11-24T06:05:00Z",
        "2026-11-24T",
    ] {
        refuses(FieldKind::Datetime, raw, "datetime_format");
    }
}

#[test]
fn links_are_ids_bare_or_in_an_object() {
    for kind in [FieldKind::Reference, FieldKind::Person, FieldKind::Department] {
        accepts(kind, "0192-ab", "0192-ab");
        accepts(kind, json!({"id": "0192-ab", "name": "张三"}), "0192-ab");
        for raw in [
            json!({}),
            json!({"id": 5}),
            json!({"id": ""}),
            json!(7),
            json!("a b"),
            json!("a'b"),
            json!("号"),
        ] {
            refuses(kind, raw, "not_an_id");
        }
        refuses(kind, "a".repeat(65), "not_an_id");
    }
}

#[test]
fn addresses_have_known_parts_only() {
    let full = json!({"province": "广东省", "city": "深圳市", "district": "南山区", "detail": "科技园 1 号"});
    accepts(FieldKind::Address, full.clone(), full);
    accepts(
        FieldKind::Address,
        json!({"city": " 深圳市 "}),
        json!({"province": "", "city": "深圳市", "district": "", "detail": ""}),
    );
    refuses(FieldKind::Address, json!({"street": "x"}), "unknown_key");
    refuses(FieldKind::Address, json!({"city": 5}), "not_text");
    refuses(FieldKind::Address, json!({"city": "盾".repeat(101)}), "too_long");
    refuses(FieldKind::Address, json!({"detail": "a\u{0}"}), "control_character");
    refuses(FieldKind::Address, "深圳市", "not_an_address");
}

#[test]
fn projections_compare_like_the_values() {
    let project = |kind, raw: Json| project(kind, &parse(&field(kind), &raw).unwrap().unwrap());
    assert_eq!(project(FieldKind::Text, json!("ＡＢＣ  客盾")), Some(Projected::Text("abc 客盾".to_owned())));
    assert_eq!(project(FieldKind::Decimal, json!("-1.5")), Some(Projected::Num(-1_500_000)));
    assert_eq!(
        project(FieldKind::Decimal, json!("999999999999.999999")),
        Some(Projected::Num(999_999_999_999_999_999))
    );
    assert_eq!(project(FieldKind::Money, json!(5)), Some(Projected::Num(5)));
    assert_eq!(project(FieldKind::Date, json!("1970-01-02")), Some(Projected::Time(86_400_000)));
    assert_eq!(project(FieldKind::Date, json!("1969-12-31")), Some(Projected::Time(-86_400_000)));
    assert_eq!(project(FieldKind::Select, json!("a")), Some(Projected::Ref("a".to_owned())));
    assert_eq!(project(FieldKind::Boolean, json!(true)), Some(Projected::Num(1)));
    let many = parse(&field(FieldKind::MultiSelect), &json!(["b", "a"])).unwrap().unwrap();
    assert_eq!(
        project_all(FieldKind::MultiSelect, &many),
        [Projected::Ref("a".to_owned()), Projected::Ref("b".to_owned())]
    );
    let long = project(FieldKind::LongText, json!("盾".repeat(5_000)));
    assert_eq!(long, Some(Projected::Text("盾".repeat(PROJECTED_CHARS))));
}
