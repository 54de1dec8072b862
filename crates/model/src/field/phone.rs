//! Phone numbers, normalised to E.164.
//!
//! Chinese landlines keep the zero of their area code (`+8601012345678`): people know 010, and without it the end
//! of the area code could not be told. Extensions follow RFC 3966 (`;ext=88`).

use super::{fold, text, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// Longest input worth looking at.
const MAX_INPUT: usize = 60;
const MAX_EXTENSION: usize = 6;
const EXTENSION_MARKS: [&str; 7] = [";ext=", "分机", "转", "extension", "ext", "x", "#"];

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let given = text::given(field, raw)?;
    text::no_stars(field, given)?;
    normalise(given).map(Value::Text).ok_or_else(|| wrong(field, "phone_format"))
}

/// The number in normal form, if it is one.
pub(super) fn normalise(given: &str) -> Option<String> {
    if given.chars().nth(MAX_INPUT).is_some() {
        return None;
    }
    let folded = fold(given).replace("(0)", "");
    let (number, extension) = split_extension(&folded)?;
    let groups = groups(number)?;
    if let Some(extension) = extension {
        return international(number, &groups.concat()).and_then(|e164| extend(e164, extension));
    }
    // "010-12345678-88": the last group is an extension when what stands before it is already complete. Asked
    // first where area code and number are told apart by dashes, since "0755-1234567-8" also reads as eight digits.
    let (last, before) = groups.split_last()?;
    let dashed = || international(number, &before.concat()).and_then(|e164| extend(e164, last));
    let apart = match before {
        [area, rest] => is_area_code(area) && rest.len() >= 7,
        ["86" | "0086", area, rest] => {
            (is_area_code(area) || is_area_code(&format!("0{area}"))) && rest.len() >= 7
        }
        _ => false,
    };
    if apart && let Some(found) = dashed() {
        return Some(found);
    }
    international(number, &groups.concat()).or_else(|| if before.is_empty() { None } else { dashed() })
}

fn split_extension(text: &str) -> Option<(&str, Option<&str>)> {
    for mark in EXTENSION_MARKS {
        if let Some((number, extension)) = text.split_once(mark) {
            let extension = extension.trim_matches(|c: char| matches!(c, ' ' | '.' | ':' | '-'));
            return Some((number, Some(extension)));
        }
    }
    Some((text, None))
}

/// Digit groups between separators, or none if anything else is in between.
fn groups(number: &str) -> Option<Vec<&str>> {
    let body = number.trim_matches(|c: char| matches!(c, ' ' | '('));
    let body = body.strip_prefix('+').unwrap_or(body);
    let is_separator =
        |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    if body.chars().any(|c| !c.is_ascii_digit() && !is_separator(c)) {
        return None;
    }
    Some(body.split(is_separator).filter(|group| !group.is_empty()).collect())
}

/// Normal form of the digits; `written` tells whether a plus stood before them.
fn international(written: &str, digits: &str) -> Option<String> {
    let plus = written.contains('+');
    match (plus, digits.strip_prefix("00")) {
        (true, _) => abroad_or_home(digits),
        (false, Some(digits)) => abroad_or_home(digits),
        // Without plus or 00 only Chinese numbers, with or without 86.
        (false, None) => national(digits).or_else(|| digits.strip_prefix("86").and_then(from_abroad)),
    }
}

fn abroad_or_home(digits: &str) -> Option<String> {
    match digits.strip_prefix("86") {
        Some(rest) => from_abroad(rest),
        None => {
            let code = country_code_length(digits)?;
            let sound = (7..=15).contains(&digits.len()) && digits.len() >= code + 4;
            sound.then(|| format!("+{digits}"))
        }
    }
}

/// A Chinese number as dialled at home.
fn national(digits: &str) -> Option<String> {
    let sound = is_mobile(digits) || is_service(digits) || is_landline(digits);
    sound.then(|| format!("+86{digits}"))
}

/// A Chinese number as dialled from abroad: the zero of the area code may be missing.
fn from_abroad(digits: &str) -> Option<String> {
    national(digits).or_else(|| {
        let with_zero = format!("0{digits}");
        is_landline(&with_zero).then(|| format!("+86{with_zero}"))
    })
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11
        && digits.starts_with('1')
        && digits.chars().nth(1).is_some_and(|c| ('3'..='9').contains(&c))
        && all_digits(digits)
}

fn is_service(digits: &str) -> bool {
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800")) && all_digits(digits)
}

fn is_landline(digits: &str) -> bool {
    let Some(area) = area_code_length(digits) else { return false };
    let rest = digits.get(area..).unwrap_or_default();
    matches!(rest.len(), 7 | 8) && all_digits(digits)
}

fn is_area_code(digits: &str) -> bool {
    area_code_length(digits) == Some(digits.len())
}

/// 010 and 02x are three digits long, 03xx–09xx four.
pub(crate) fn area_code_length(digits: &str) -> Option<usize> {
    let mut chars = digits.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('0'), Some('1'), Some('0')) | (Some('0'), Some('2'), Some(_)) => Some(3),
        (Some('0'), Some('3'..='9'), Some(_)) => Some(4),
        _ => None,
    }
}

/// Digits of the country code at the front (ITU-T E.164 zones).
pub(crate) fn country_code_length(digits: &str) -> Option<usize> {
    const TWO: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
        "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
        "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    let start = digits.get(..2)?;
    match start.chars().next()? {
        '0' => None,
        '1' | '7' => Some(1),
        _ if TWO.contains(&start) => Some(2),
        _ => Some(3),
    }
}

fn extend(e164: String, extension: &str) -> Option<String> {
    // A mobile has no extension; the digits after it are a mistake.
    let takes = !e164.strip_prefix("+86").is_some_and(is_mobile);
    let sound = takes && (1..=MAX_EXTENSION).contains(&extension.len()) && all_digits(extension);
    sound.then(|| format!("{e164};ext={extension}"))
}

fn all_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}
