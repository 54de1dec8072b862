//! Phones, e-mails, ID numbers, names, accounts: what identifies a person.

use super::*;

#[test]
fn phones_of_every_spelling_become_e164() {
    for (raw, e164) in [
        ("13812345678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("+86 138-1234-5678", "+8613812345678"),
        ("+8613812345678", "+8613812345678"),
        ("86-13812345678", "+8613812345678"),
        ("8613812345678", "+8613812345678"),
        ("(+86)13812345678", "+8613812345678"),
        ("（+86）138 1234 5678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("＋８６－１３８－１２３４－５６７８", "+8613812345678"),
        ("\u{202d}13812345678\u{202c}", "+8613812345678"),
        ("19912345678", "+8619912345678"),
        ("01052345678", "+8601052345678"),
        ("010-12345678", "+8601012345678"),
        ("+86 10 1234 5678", "+8601012345678"),
        ("+8601012345678", "+8601012345678"),
        ("010-52345678", "+8601052345678"),
        ("010-5234-5678", "+8601052345678"),
        ("(010) 5234 5678", "+8601052345678"),
        ("+86 10 5234 5678", "+8601052345678"),
        ("+86 (0)10 5234 5678", "+8601052345678"),
        ("+86 010 5234 5678", "+8601052345678"),
        ("021-62345678", "+8602162345678"),
        ("0755-26012345", "+86075526012345"),
        ("0891-6321234", "+8608916321234"),
        ("+86 755 26012345", "+86075526012345"),
        ("400-123-4567", "+864001234567"),
        ("4001234567", "+864001234567"),
        ("+864001234567", "+864001234567"),
        ("800 820 8820", "+868008208820"),
        ("010-52345678-88", "+8601052345678;ext=88"),
        ("010-52345678转88", "+8601052345678;ext=88"),
        ("010-52345678 ext. 88", "+8601052345678;ext=88"),
        ("+8601052345678;ext=88", "+8601052345678;ext=88"),
        ("0755-2601234-8", "+8607552601234;ext=8"),
        ("+86-0755-2601234-8", "+8607552601234;ext=8"),
        ("+86-755-2601234-8", "+8607552601234;ext=8"),
        ("400-123-4567-8888", "+864001234567;ext=8888"),
        ("+1 415 555 2671", "+14155552671"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("00442079460958", "+442079460958"),
        ("+852 2345 6789", "+85223456789"),
        ("+886 2 2345 6789", "+886223456789"),
    ] {
        accepts(FieldKind::Phone, raw, e164);
    }
}

#[test]
fn what_is_no_phone_is_refused() {
    for raw in [
        "12345",
        "12812345678",
        "1381234567",
        "138123456789",
        "0",
        "+",
        "+86",
        "52345678",
        "010-12345",
        "010-1234567x",
        "abc",
        "+8612345678901",
        "+86138123456789",
        "+0123456789",
        "+1234567890123456",
        "138-1234-5678-99",
        "13812345678 or 13912345678",
        "13812345678/9",
        "+44+2079460958",
        "转88",
        "010-52345678转",
        "010-52345678-1234567",
        "00",
    ] {
        refuses(FieldKind::Phone, raw, "phone_format");
    }
    refuses(FieldKind::Phone, 13_812_345_678_i64, "not_text");
    refuses(FieldKind::Phone, "1".repeat(10_000), "phone_format");
}

#[test]
fn what_a_mask_shows_never_comes_back_as_a_value() {
    for (kind, real) in [
        (FieldKind::Phone, json!("13812345678")),
        (FieldKind::Phone, json!("010-52345678")),
        (FieldKind::Email, json!("zhang.san@corp.com")),
        (FieldKind::IdNumber, json!("11010519491231002X")),
        (FieldKind::PersonName, json!("张三")),
        (FieldKind::Account, json!("zhangsan_88")),
        (FieldKind::Text, json!("secret")),
        (FieldKind::LongText, json!("a\nsecret")),
        (FieldKind::Url, json!("https://example.com")),
        (FieldKind::Date, json!("1990-01-02")),
        (FieldKind::Integer, json!(7)),
    ] {
        let field = sealed(kind);
        let value = parse(&field, &real).unwrap().unwrap();
        let mask = crate::mask::mask(kind, &value);
        assert!(parse(&field, &json!(mask)).is_err(), "{kind:?} {mask}");
    }
    let masked = json!({"province": "广东省", "city": "深圳市", "district": "南山区", "detail": "****"});
    assert_eq!(stored(&sealed(FieldKind::Address), masked), Err("masked_value".to_owned()));
    assert_eq!(
        stored(&sealed(FieldKind::Phone), json!({"masked": "138****5678"})),
        Err("not_text".to_owned())
    );
}

#[test]
fn emails_are_folded_and_checked() {
    accepts(FieldKind::Email, " Zhang.San+crm@Corp.COM ", "zhang.san+crm@corp.com");
    accepts(FieldKind::Email, "ｚｓ＠ｃｏｒｐ．ｃｏｍ", "zs@corp.com");
    accepts(FieldKind::Email, "a@sub-domain.example.xn--fiqs8s", "a@sub-domain.example.xn--fiqs8s");
    let long = format!("{}@corp.com", "a".repeat(65));
    let longest = FieldDef { max_length: Some(1_000), ..field(FieldKind::Email) };
    let labels = |n: usize| json!(format!("a@{}com", "abcdefghi.".repeat(n)));
    assert!(parse(&longest, &labels(24)).is_ok());
    assert_eq!(stored(&longest, labels(25)), Err("email_format".to_owned()));
    for raw in [
        "corp.com",
        "@corp.com",
        "a@",
        "a@corp",
        "a b@corp.com",
        "a@@corp.com",
        "a@b@corp.com",
        ".a@corp.com",
        "a.@corp.com",
        "a..b@corp.com",
        "a@-corp.com",
        "a@corp-.com",
        "a@corp..com",
        "a@127.0.0.1",
        "a@corp.c",
        "<a@corp.com>",
        "张三@corp.com",
        long.as_str(),
    ] {
        refuses(FieldKind::Email, raw, "email_format");
    }
}

#[test]
fn id_numbers_carry_a_check_character_and_a_birth_date() {
    accepts(FieldKind::IdNumber, "11010519491231002X", "11010519491231002X");
    accepts(FieldKind::IdNumber, "110105 19491231 002x", "11010519491231002X");
    accepts(FieldKind::IdNumber, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X");
    refuses(FieldKind::IdNumber, "110105194912310021", "id_number_checksum");
    refuses(FieldKind::IdNumber, "11010519491231003X", "id_number_checksum");
    refuses(FieldKind::IdNumber, "11010519490229002X", "id_number_date");
    refuses(FieldKind::IdNumber, "11010519491331002X", "id_number_date");
    refuses(FieldKind::IdNumber, "11010500001231002X", "id_number_date");
    for raw in [
        "1101051949123100",
        "110105491231002",
        "0101051949123100XX",
        "1101051949123100X2",
        "11010519491231002Ⅹ",
    ] {
        refuses(FieldKind::IdNumber, raw, "id_number_format");
    }
}

/// One changed digit, or two neighbours exchanged, is always noticed: that is what MOD 11-2 is for.
#[test]
fn a_slip_of_the_pen_in_an_id_number_is_noticed() {
    let good: Vec<char> = "11010519491231002X".chars().collect();
    for at in 0..17 {
        for digit in '0'..='9' {
            let mut bad = good.clone();
            bad[at] = digit;
            let same = bad == good;
            assert_eq!(
                parse(&field(FieldKind::IdNumber), &json!(bad.iter().collect::<String>())).is_ok(),
                same
            );
        }
    }
    for at in 0..16 {
        let mut bad = good.clone();
        bad.swap(at, at + 1);
        let same = bad == good;
        assert_eq!(parse(&field(FieldKind::IdNumber), &json!(bad.iter().collect::<String>())).is_ok(), same);
    }
}

#[test]
fn names_and_accounts_keep_their_spelling() {
    accepts(FieldKind::PersonName, "\u{3000}张 三 ", "张 三");
    accepts(FieldKind::PersonName, "阿依古丽·买买提", "阿依古丽·买买提");
    accepts(FieldKind::PersonName, "Jean  Luc", "Jean Luc");
    accepts(FieldKind::Account, "ZhangSan_88", "ZhangSan_88");
    refuses(FieldKind::PersonName, "张*", "masked_value");
    refuses(FieldKind::Account, "z****8", "masked_value");
}

#[test]
fn blind_texts_are_one_per_thing() {
    let blind = |kind, raw: &str| blind_text(kind, &parse(&sealed(kind), &json!(raw)).unwrap().unwrap());
    assert_eq!(blind(FieldKind::Phone, "138 1234 5678"), blind(FieldKind::Phone, "+8613812345678"));
    assert_eq!(blind(FieldKind::Email, "A@Corp.com"), blind(FieldKind::Email, "a@corp.com"));
    assert_eq!(blind(FieldKind::Account, "ZhangSan"), blind(FieldKind::Account, "zhangsan"));
    assert_eq!(blind(FieldKind::PersonName, "Li  Lei"), blind(FieldKind::PersonName, "li lei"));
    assert_eq!(blind(FieldKind::LongText, "text"), None);
    assert_eq!(blind_text(FieldKind::Boolean, &Value::Bool(true)), None);
}

#[test]
fn the_last_four_are_those_of_numbers_only() {
    let last = |raw: &str| last4(&Value::Text(raw.to_owned()));
    assert_eq!(last("+8613812345678").as_deref(), Some("5678"));
    assert_eq!(last("+8601052345678;ext=88").as_deref(), Some("5678"));
    assert_eq!(last("11010519491231002X").as_deref(), Some("002X"));
    assert_eq!(last("a@corp.com"), None);
    assert_eq!(last("12345"), None);
    assert_eq!(last4(&Value::Int(12_345_678)), None);
}

#[test]
fn a_search_text_is_read_as_what_it_could_be() {
    assert_eq!(guess_phone("138-1234 5678").as_deref(), Some("+8613812345678"));
    assert_eq!(guess_phone("张三"), None);
    assert_eq!(guess_phone("5678"), None);
    assert_eq!(guess_email(" A@Corp.com").as_deref(), Some("a@corp.com"));
    assert_eq!(guess_email("corp.com"), None);
    assert_eq!(guess_last4("５６７８").as_deref(), Some("5678"));
    assert_eq!(guess_last4("002x").as_deref(), Some("002X"));
    assert_eq!(guess_last4("56789"), None);
    assert_eq!(guess_last4("XXXX"), None);
    assert_eq!(guess_last4("张三丰好"), None);
    assert_eq!(guess_id_number("11010519491231002x").as_deref(), Some("11010519491231002X"));
    assert_eq!(guess_id_number("110105194912310021"), None);
}
