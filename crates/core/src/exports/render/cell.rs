//! What stands in one cell.

use crate::exports::mark::without_marks;
use crate::exports::words;
use jiff::civil::{Date, DateTime};
use kedun_model::{FieldDef, FieldKind, Zone, moment};
use kedun_vault::FieldView;
use serde_json::Value as Json;

/// Digits that a spreadsheet keeps of a number.
const EXACT_DIGITS: usize = 15;
/// Characters that a cell of a workbook holds, less what the mark needs.
const MOST_CHARS: usize = 32_000;

/// A value on its way into a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// Text, already harmless.
    Text(String),
    /// A number, and how it is written where there are only texts.
    Number(f64, Style, String),
    /// A day.
    Day(Date),
    /// A moment by the company's clock.
    Moment(DateTime),
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is.
    Plain,
    /// In yuan, two places.
    Money,
    /// In percent.
    Percent,
}

/// The cell of a field.
pub(super) fn cell(def: &FieldDef, view: Option<&FieldView>, zone: Zone, english: bool) -> Cell {
    match view {
        None => Cell::Empty,
        Some(FieldView::Masked { masked }) => text(masked),
        Some(FieldView::Clear { value }) => clear(def, value, zone, english),
    }
}

fn clear(def: &FieldDef, value: &Json, zone: Zone, english: bool) -> Cell {
    let label = |value: &Json| {
        let value = value.as_str().unwrap_or_default();
        let choice = def.options.iter().find(|c| c.value == value);
        choice.map_or(value, |c| if english { &c.label.en } else { &c.label.zh }).to_owned()
    };
    match def.kind {
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::PersonName
        | FieldKind::Email
        | FieldKind::IdNumber
        | FieldKind::Account
        | FieldKind::Url => text(value.as_str().unwrap_or_default()),
        FieldKind::Phone => text(&national(value.as_str().unwrap_or_default())),
        FieldKind::Integer | FieldKind::Rating => whole(value, 1, Style::Plain),
        FieldKind::Money => whole(value, 100, Style::Money),
        FieldKind::Percent => whole(value, 10_000, Style::Percent),
        FieldKind::Decimal => decimal(value.as_str().unwrap_or_default()),
        FieldKind::Boolean => value.as_bool().map_or(Cell::Empty, |b| text(words::yes_no(b, english))),
        FieldKind::Select => text(&label(value)),
        FieldKind::MultiSelect => {
            let labels: Vec<String> = value.as_array().into_iter().flatten().map(label).collect();
            text(&labels.join(words::comma(english)))
        }
        FieldKind::Date => value.as_str().and_then(|d| d.parse().ok()).map_or(Cell::Empty, Cell::Day),
        FieldKind::Datetime => {
            let wall = value.as_str().and_then(moment::parse).and_then(|at| zone.on_the_wall(at));
            wall.map_or(Cell::Empty, Cell::Moment)
        }
        FieldKind::Reference => text(value["title"].as_str().unwrap_or_default()),
        FieldKind::Person | FieldKind::Department => text(value["name"].as_str().unwrap_or_default()),
        FieldKind::Address => {
            let part = |name: &str| value[name].as_str().unwrap_or_default();
            text(&[part("province"), part("city"), part("district"), part("detail")].concat())
        }
    }
}

/// Home numbers without the country: that is what people dial.
fn national(e164: &str) -> String {
    let (number, extension) = e164.split_once(";ext=").unwrap_or((e164, ""));
    let number = number.strip_prefix("+86").unwrap_or(number);
    if extension.is_empty() { number.to_owned() } else { format!("{number}-{extension}") }
}

fn whole(value: &Json, unit: i64, style: Style) -> Cell {
    let Some(amount) = value.as_i64() else { return Cell::Empty };
    // Amounts are bounded by 10^15, which a double holds.
    let number = amount as f64 / unit as f64;
    let sign = if amount < 0 { "-" } else { "" };
    let (size, hundred) = (amount.unsigned_abs(), 100);
    let written = match style {
        Style::Plain => amount.to_string(),
        Style::Money => format!("{sign}{}.{:02}", size / hundred, size % hundred),
        Style::Percent => format!("{sign}{}.{:02}%", size / hundred, size % hundred),
    };
    Cell::Number(number, style, written)
}

fn decimal(written: &str) -> Cell {
    let digits = written.chars().filter(char::is_ascii_digit).count();
    match written.parse::<f64>() {
        Ok(number) if digits <= EXACT_DIGITS => Cell::Number(number, Style::Plain, written.to_owned()),
        _ => text(written),
    }
}

fn text(text: &str) -> Cell {
    let text = harmless(&without_marks(text));
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// Text that no spreadsheet computes: where it begins with what starts a formula (OWASP, CSV injection), an apostrophe
/// stands before it. Blanks and unseen characters before it do not help.
pub(super) fn harmless(text: &str) -> String {
    let unseen =
        |c: char| c == ' ' || c == '\u{3000}' || c == '\u{FEFF}' || ('\u{200B}'..='\u{2060}').contains(&c);
    let begins = text.trim_start_matches(unseen);
    let dangerous =
        begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '|', '%']);
    let cut: String = text.chars().take(MOST_CHARS).collect();
    if dangerous { format!("'{cut}") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn def(kind: &str) -> FieldDef {
        serde_json::from_value(json!({ "id": "f1", "name": "x", "label": { "zh": "某", "en": "X" }, "kind": kind, "class": "L2",
            "options": if kind == "select" { json!([{ "value": "a", "label": { "zh": "=甲", "en": "A" } }]) } else { json!([]) } }))
        .unwrap()
    }

    fn of(kind: &str, value: Json) -> Cell {
        cell(&def(kind), Some(&FieldView::Clear { value }), Zone::Shanghai, false)
    }

    #[test]
    fn ex_05_what_begins_like_a_formula_is_text_and_a_negative_number_is_a_number() {
        for bad in [
            "=1+1",
            "+1",
            "-1+cmd|' /C calc'!A0",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "  =1",
            "\u{200B}=1",
            "＝1",
        ] {
            let Cell::Text(text) = of("text", json!(bad)) else { panic!("{bad:?}") };
            assert_eq!(text, format!("'{bad}"));
        }
        assert_eq!(of("text", json!("上海-浦东")), Cell::Text("上海-浦东".into()));
        assert_eq!(of("integer", json!(-5)), Cell::Number(-5.0, Style::Plain, "-5".into()));
        assert_eq!(of("decimal", json!("-12.5")), Cell::Number(-12.5, Style::Plain, "-12.5".into()));
        assert_eq!(
            of("money", json!(-1_234_567)),
            Cell::Number(-12_345.67, Style::Money, "-12345.67".into())
        );
        assert_eq!(of("money", json!(-5)), Cell::Number(-0.05, Style::Money, "-0.05".into()));
        assert_eq!(of("percent", json!(1250)), Cell::Number(0.125, Style::Percent, "12.50%".into()));
        assert_eq!(of("select", json!("a")), Cell::Text("'=甲".into()));
        assert_eq!(of("phone", json!("+12025550100")), Cell::Text("'+12025550100".into()));
    }

    #[test]
    fn values_read_as_people_write_them() {
        assert_eq!(of("phone", json!("+8613800138000")), Cell::Text("13800138000".into()));
        assert_eq!(of("phone", json!("+8602163412345;ext=88")), Cell::Text("02163412345-88".into()));
        let Cell::Moment(at) = of("datetime", json!("2026-11-24T18:53:34.123Z")) else { panic!() };
        assert_eq!(at.strftime("%Y-%m-%d %H:%M").to_string(), "2026-11-25 02:53");
        assert_eq!(of("boolean", json!(true)), Cell::Text("是".into()));
        let address =
            json!({ "province": "上海市", "city": "", "district": "浦东新区", "detail": "世纪大道 1 号" });
        assert_eq!(of("address", address), Cell::Text("上海市浦东新区世纪大道 1 号".into()));
        assert_eq!(of("decimal", json!("123456789012.345678")), Cell::Text("123456789012.345678".into()));
        let masked = FieldView::Masked { masked: "138****5678".into() };
        assert_eq!(
            cell(&def("phone"), Some(&masked), Zone::Shanghai, false),
            Cell::Text("138****5678".into())
        );
        assert_eq!(cell(&def("phone"), None, Zone::Shanghai, false), Cell::Empty);
    }
}
