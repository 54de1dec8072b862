//! Operators and operands.

use super::*;
use crate::class::Class;
use crate::definition::Blind;

const OPS: [Op; 21] = [
    Op::Eq,
    Op::Ne,
    Op::In,
    Op::NotIn,
    Op::Empty,
    Op::NotEmpty,
    Op::Contains,
    Op::NotContains,
    Op::StartsWith,
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
    Op::Me,
    Op::MyDepartment,
];

fn code(field: &FieldDef, op: Op, raw: Json) -> String {
    operand(field, op, &raw).unwrap_err().code
}

#[test]
fn a_sealed_field_gives_nothing_away_but_equality() {
    for kind in KINDS {
        for class in [Class::L3, Class::L4] {
            // Without the index nobody opens every record to find out, not even whether there is something in it.
            assert_eq!(operators(kind, class, &[Blind::Last4]), [] as [Op; 0]);
            let exact = operators(kind, class, &[Blind::Exact]);
            assert!(exact.iter().all(|op| matches!(op, Op::Eq | Op::Empty | Op::NotEmpty)), "{kind:?}");
        }
    }
    let phone = sealed(FieldKind::Phone);
    for op in OPS.into_iter().filter(|op| !matches!(op, Op::Eq | Op::Empty | Op::NotEmpty)) {
        assert_eq!(code(&phone, op, json!("13812345678")), "operator_not_allowed", "{op:?}");
    }
    assert_eq!(
        operand(&phone, Op::Eq, &json!("138 1234 5678")),
        Ok(Operand::One(Projected::Text("+8613812345678".to_owned())))
    );
    assert_eq!(code(&phone, Op::Eq, json!("138")), "phone_format");
    assert!(operators(FieldKind::Boolean, Class::L3, &[Blind::Exact]).iter().all(|op| *op != Op::Eq));
}

#[test]
fn an_operator_that_the_kind_does_not_take_is_refused_and_none_panics() {
    for kind in KINDS {
        let field = field(kind);
        let allowed = operators(kind, field.class, &[]);
        for op in OPS {
            for raw in [json!(null), json!("a"), json!(1), json!(["a"]), json!([1, 2]), json!({})] {
                let result = operand(&field, op, &raw);
                if !allowed.contains(&op) {
                    assert_eq!(result.unwrap_err().code, "operator_not_allowed", "{kind:?} {op:?}");
                }
            }
        }
    }
}

#[test]
fn operands_are_read_by_kind() {
    let money = field(FieldKind::Money);
    assert_eq!(operand(&money, Op::Gt, &json!(5)), Ok(Operand::One(Projected::Num(5))));
    assert_eq!(
        operand(&money, Op::Between, &json!([1, 2])),
        Ok(Operand::Range(Projected::Num(1), Projected::Num(2)))
    );
    assert_eq!(code(&money, Op::Between, json!([2, 1])), "range_reversed");
    assert_eq!(code(&money, Op::Between, json!([1])), "not_a_range");
    assert_eq!(code(&money, Op::Between, json!([1, null])), "value_required");
    assert_eq!(code(&money, Op::In, json!([])), "value_required");
    assert_eq!(code(&money, Op::In, json!(vec![1; 201])), "too_many");
    assert_eq!(
        operand(&money, Op::In, &json!([1, 2, 1])),
        Ok(Operand::Many(vec![Projected::Num(1), Projected::Num(2)]))
    );
    let bounded = FieldDef { min: Some(10), ..money };
    assert!(operand(&bounded, Op::Lt, &json!(5)).is_ok(), "the designer's bounds do not bind a filter");

    let day = field(FieldKind::Date);
    assert_eq!(operand(&day, Op::LastDays, &json!(7)), Ok(Operand::Days(7)));
    assert_eq!(code(&day, Op::LastDays, json!(0)), "days_out_of_range");
    assert_eq!(code(&day, Op::LastDays, json!(100_000)), "days_out_of_range");
    assert_eq!(code(&day, Op::LastDays, json!(-1)), "not_a_number");
    assert_eq!(operand(&day, Op::Today, &Json::Null), Ok(Operand::None));
    assert_eq!(code(&day, Op::Today, json!(1)), "unexpected_value");
    assert_eq!(code(&day, Op::Eq, json!("2026-02-30")), "no_such_day");

    let choice = field(FieldKind::Select);
    assert_eq!(operand(&choice, Op::Eq, &json!("old")), Ok(Operand::One(Projected::Ref("old".to_owned()))));
    assert_eq!(code(&choice, Op::Eq, json!("z")), "unknown_option");
    let choices = field(FieldKind::MultiSelect);
    assert_eq!(operand(&choices, Op::Eq, &json!("a")), Ok(Operand::One(Projected::Ref("a".to_owned()))));

    let person = field(FieldKind::Person);
    assert_eq!(operand(&person, Op::Me, &Json::Null), Ok(Operand::None));
    assert_eq!(operand(&person, Op::Eq, &json!("p1")), Ok(Operand::One(Projected::Ref("p1".to_owned()))));
}

#[test]
fn what_texts_are_searched_for_is_folded() {
    let text = field(FieldKind::Text);
    let one = |text: &str| Ok(Operand::One(Projected::Text(text.to_owned())));
    assert_eq!(operand(&text, Op::Contains, &json!("  ＡＢ  Ｃ ")), one("ab c"));
    assert_eq!(operand(&text, Op::Eq, &json!("ABC")), one("abc"));
    assert_eq!(operand(&field(FieldKind::Phone), Op::Contains, &json!("138 1234")), one("1381234"));
    assert_eq!(code(&text, Op::Contains, json!(" ")), "value_required");
    assert_eq!(code(&text, Op::Contains, json!("a\u{0}")), "control_character");
    assert_eq!(code(&text, Op::StartsWith, json!("a".repeat(201))), "too_long");
    assert_eq!(code(&text, Op::Contains, json!(5)), "not_text");
    assert_eq!(code(&text, Op::Eq, json!("")), "value_required");
}
