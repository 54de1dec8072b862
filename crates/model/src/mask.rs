//! Masks: what is shown of a value to somebody who may know that it exists, not what it is.
//!
//! **Invariant:** a mask never holds the whole value, and never more of it than the budget of its kind
//! (reference/china.md section 5). The number of stars tells nothing about the length of what they hide, except
//! for ID numbers, which are all equally long.

use crate::definition::FieldKind;
use crate::field::phone::{area_code_length, country_code_length};
use crate::value::{Address, Value};

/// Shown where nothing may be kept.
const ALL: &str = "****";
/// Longest part of an address that can be an administrative unit (积石山保安族东乡族撒拉族自治县 has 15 characters).
const UNIT_CHARS: usize = 16;

const COMPOUND_SURNAMES: [&str; 54] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公羊", "澹台", "公冶", "宗政", "濮阳", "淳于",
    "单于", "太叔", "申屠", "公孙", "仲孙", "轩辕", "令狐", "钟离", "宇文", "长孙", "慕容", "鲜于", "闾丘",
    "司徒", "司空", "司寇", "亓官", "仉督", "子车", "颛孙", "端木", "巫马", "公西", "漆雕", "乐正", "壤驷",
    "公良", "拓跋", "夹谷", "宰父", "谷梁", "段干", "百里", "东郭", "南门", "呼延", "赫连", "西门", "南宫",
    "独孤", "夏侯",
];

/// The mask of a value.
pub fn mask(kind: FieldKind, value: &Value) -> String {
    match (kind, value) {
        (FieldKind::Phone, Value::Text(text)) => phone(text),
        (FieldKind::Email, Value::Text(text)) => email(text),
        (FieldKind::IdNumber, Value::Text(text)) => id_number(text),
        (FieldKind::PersonName, Value::Text(text)) => person_name(text),
        (FieldKind::Account, Value::Text(text)) => account(text),
        (FieldKind::Address, Value::Address(parts)) => address(parts),
        _ => ALL.to_owned(),
    }
}

/// `138****1234`, `010****1234`, `400****1234`; abroad the country code and the last two digits.
fn phone(text: &str) -> String {
    let number = text.split(';').next().unwrap_or_default();
    let Some(digits) = number.strip_prefix('+') else { return ALL.to_owned() };
    if digits.len() < 7 || !digits.chars().all(|c| c.is_ascii_digit()) {
        return ALL.to_owned();
    }
    let (head, tail) = match digits.strip_prefix("86") {
        Some(home) if home.len() >= 10 => {
            (home.get(..area_code_length(home).unwrap_or(3)), home.get(home.len() - 4..))
        }
        _ => {
            let code = country_code_length(digits).unwrap_or(0);
            return match (digits.get(..code), digits.get(digits.len() - 2..)) {
                (Some(code), Some(tail)) => format!("+{code}{ALL}{tail}"),
                _ => ALL.to_owned(),
            };
        }
    };
    match (head, tail) {
        (Some(head), Some(tail)) => format!("{head}{ALL}{tail}"),
        _ => ALL.to_owned(),
    }
}

/// `z***@corp.com`. A mailbox of one letter shows none, else the mask would be the address.
fn email(text: &str) -> String {
    let Some((local, domain)) = text.rsplit_once('@') else { return ALL.to_owned() };
    let mut chars = local.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(_)) => format!("{first}***@{domain}"),
        (Some(_), None) => format!("***@{domain}"),
        _ => ALL.to_owned(),
    }
}

/// First and last character only; birth date and region are in between.
fn id_number(text: &str) -> String {
    match (text.chars().next(), text.chars().last()) {
        (Some(first), Some(last)) if text.chars().count() == 18 => {
            format!("{first}{}{last}", "*".repeat(16))
        }
        _ => ALL.to_owned(),
    }
}

/// The surname, and one star whatever follows.
fn person_name(text: &str) -> String {
    let mut chars = text.chars();
    let (Some(first), Some(second)) = (chars.next(), chars.next()) else { return "*".to_owned() };
    let compound =
        chars.next().is_some() && COMPOUND_SURNAMES.iter().any(|name| name.chars().eq([first, second]));
    if compound { format!("{first}{second}*") } else { format!("{first}*") }
}

/// First and last character, from four characters on.
fn account(text: &str) -> String {
    match (text.chars().next(), text.chars().last()) {
        (Some(first), Some(last)) if text.chars().nth(3).is_some() => format!("{first}{ALL}{last}"),
        _ => ALL.to_owned(),
    }
}

/// Down to the district. A part that holds digits or is longer than any unit's name is somebody's whole address in
/// the wrong box, so the mask ends before it. Without a detail the finest part is what must be hidden.
fn address(parts: &Address) -> String {
    let units: Vec<&str> =
        [&parts.province, &parts.city, &parts.district].into_iter().map(String::as_str).collect();
    let given = units.iter().filter(|unit| !unit.is_empty()).count();
    let shown = if parts.detail.is_empty() { given.saturating_sub(1) } else { given };
    let mut units: Vec<&str> = units.into_iter().filter(|unit| !unit.is_empty()).take(shown).collect();
    // 直辖市: the city of Shanghai lies in the province of Shanghai; said once.
    units.dedup();
    let mut mask: String = units
        .into_iter()
        .take_while(|unit| unit.chars().nth(UNIT_CHARS).is_none() && !unit.chars().any(char::is_numeric))
        .collect();
    mask.push_str(ALL);
    mask
}

#[cfg(test)]
mod tests;
