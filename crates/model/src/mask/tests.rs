use super::*;
use proptest::prelude::*;

fn masked(kind: FieldKind, text: &str) -> String {
    mask(kind, &Value::Text(text.to_owned()))
}

#[test]
fn masks_are_those_of_the_table() {
    for (kind, text, expected) in [
        (FieldKind::Phone, "+8613812341234", "138****1234"),
        (FieldKind::Phone, "+8601052341234", "010****1234"),
        (FieldKind::Phone, "+86075526011234", "0755****1234"),
        (FieldKind::Phone, "+8601052341234;ext=88", "010****1234"),
        (FieldKind::Phone, "+864001231234", "400****1234"),
        (FieldKind::Phone, "+442079460958", "+44****58"),
        (FieldKind::Phone, "+14155552671", "+1****71"),
        (FieldKind::Phone, "+85223456789", "+852****89"),
        (FieldKind::Phone, "13812341234", "****"),
        (FieldKind::Phone, "张三", "****"),
        (FieldKind::Email, "zhang@corp.com", "z***@corp.com"),
        (FieldKind::Email, "z@corp.com", "***@corp.com"),
        (FieldKind::Email, "zhang", "****"),
        (FieldKind::IdNumber, "11010519491231002X", "1****************X"),
        (FieldKind::IdNumber, "1234", "****"),
        (FieldKind::PersonName, "张三", "张*"),
        (FieldKind::PersonName, "张三丰", "张*"),
        (FieldKind::PersonName, "欧阳锋", "欧阳*"),
        (FieldKind::PersonName, "欧阳", "欧*"),
        (FieldKind::PersonName, "张", "*"),
        (FieldKind::PersonName, "", "*"),
        (FieldKind::PersonName, "John Smith", "J*"),
        (FieldKind::Account, "zhangsan8", "z****8"),
        (FieldKind::Account, "abc", "****"),
        (FieldKind::Text, "secret", "****"),
        (FieldKind::LongText, "secret", "****"),
        (FieldKind::Url, "https://a.com", "****"),
    ] {
        assert_eq!(masked(kind, text), expected, "{kind:?} {text}");
    }
    assert_eq!(mask(FieldKind::Date, &Value::Date("1990-01-02".to_owned())), "****");
    assert_eq!(mask(FieldKind::Money, &Value::Int(5)), "****");
    assert_eq!(
        mask(FieldKind::Phone, &Value::Int(5)),
        "****",
        "a kind that does not fit its value hides all"
    );
}

#[test]
fn an_address_ends_at_the_district() {
    let show = |province: &str, city: &str, district: &str, detail: &str| {
        let [province, city, district, detail] = [province, city, district, detail].map(str::to_owned);
        mask(FieldKind::Address, &Value::Address(Address { province, city, district, detail }))
    };
    assert_eq!(show("广东省", "深圳市", "南山区", "科技园 1 号"), "广东省深圳市南山区****");
    assert_eq!(show("北京市", "", "朝阳区", "建国路 1 号"), "北京市朝阳区****");
    assert_eq!(show("上海市", "上海市", "普陀区", "曹杨路 1 号"), "上海市普陀区****");
    assert_eq!(show("广东省", "深圳市", "南山区", ""), "广东省深圳市****");
    assert_eq!(show("广东省", "", "", ""), "****");
    assert_eq!(show("", "", "", "科技园 1 号"), "****");
    assert_eq!(show("广东省", "深圳市", "南山区科技园1号", "501 室"), "广东省深圳市****");
    assert_eq!(
        show("甘肃省", "临夏回族自治州", "积石山保安族东乡族撒拉族自治县", "x"),
        "甘肃省临夏回族自治州积石山保安族东乡族撒拉族自治县****"
    );
    assert_eq!(show("", "", "很长的一个地址写在了错误的格子里面所以不显示", "x"), "****");
}

/// Longest run of original characters, in order, that the mask may keep (stars are never original).
fn kept(original: &str, mask: &str) -> usize {
    let mut rest = original.chars();
    mask.chars().filter(|c| *c != '*').filter(|c| rest.any(|other| other == *c)).count()
}

const KINDS: [FieldKind; 8] = [
    FieldKind::Phone,
    FieldKind::Email,
    FieldKind::IdNumber,
    FieldKind::PersonName,
    FieldKind::Account,
    FieldKind::Text,
    FieldKind::LongText,
    FieldKind::Select,
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\+[0-9]{1,18}(;ext=[0-9]{1,6})?",
        "[0-9]{17}[0-9X]",
        "[a-z]{1,9}@[a-z]{1,9}\\.[a-z]{2,3}",
        "\\p{Han}{1,5}",
        "\\PC{1,8}",
    ]
    .prop_filter("a value of stars cannot be parsed", |text| !text.is_empty() && !text.contains('*'))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_mask_holds_the_whole_or_more_than_its_budget(text in texts()) {
        for kind in KINDS {
            let mask = masked(kind, &text);
            prop_assert!(!mask.contains(&text), "{kind:?}: {mask}");
            let shown = mask.chars().filter(|c| *c != '*').count();
            let budget = match kind {
                FieldKind::Phone => 8,
                // The domain stays; of the mailbox one character.
                FieldKind::Email => text.rsplit_once('@').map_or(0, |(_, domain)| domain.chars().count() + 2),
                FieldKind::IdNumber | FieldKind::PersonName | FieldKind::Account => 2,
                _ => 0,
            };
            prop_assert!(shown <= budget, "{kind:?}: {mask}");
            prop_assert!(kept(&text, &mask) <= budget);
            prop_assert!(mask.contains('*'));
        }
    }

    #[test]
    fn no_phone_mask_leaves_fewer_than_two_digits_to_guess(digits in "[0-9]{7,15}") {
        let mask = masked(FieldKind::Phone, &format!("+{digits}"));
        let shown = mask.chars().filter(char::is_ascii_digit).count();
        prop_assert!(shown + 2 <= digits.len(), "{mask}");
    }

    #[test]
    fn no_address_mask_holds_the_detail_or_the_whole(parts in prop::array::uniform4("[a-z一-龥0-9]{0,12}")) {
        let whole = parts.concat();
        let [province, city, district, detail] = parts;
        let mask = mask(FieldKind::Address, &Value::Address(Address { province, city, district, detail }));
        prop_assert!(whole.is_empty() || !mask.contains(&whole));
        prop_assert!(!mask.chars().any(char::is_numeric));
        prop_assert!(mask.ends_with("****"));
    }
}
