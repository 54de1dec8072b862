//! Chinese resident identity numbers (GB 11643-1999): 17 digits and a check character (ISO 7064 MOD 11-2).
//! Residence permits of Hong Kong, Macau and Taiwan people and of foreigners use the same scheme.

use super::{fold, text, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let given = text::clean(field, raw)?;
    text::no_stars(field, &given)?;
    normalise(&given).map(Value::Text).map_err(|code| wrong(field, code))
}

/// The number in upper case without spaces, or the code of the rule it breaks.
pub(super) fn normalise(given: &str) -> Result<String, &'static str> {
    let number: String = fold(given).chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let number = number.to_ascii_uppercase();
    let shaped = number.len() == 18
        && !number.starts_with('0')
        && number.chars().enumerate().all(|(i, c)| c.is_ascii_digit() || (i == 17 && c == 'X'));
    if !shaped {
        return Err("id_number_format");
    }
    let part =
        |range: std::ops::Range<usize>| number.get(range).and_then(|digits| digits.parse::<i16>().ok());
    let born = match (part(6..10), part(10..12), part(12..14)) {
        (Some(year), Some(month), Some(day)) if year >= 1800 => {
            let narrow = |n: i16| i8::try_from(n).unwrap_or(0);
            jiff::civil::Date::new(year, narrow(month), narrow(day)).ok()
        }
        _ => None,
    };
    if born.is_none() {
        return Err("id_number_date");
    }
    let sum: u32 = number.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(10).unwrap_or(0) * weight).sum();
    let expected = usize::try_from(sum % 11).ok().and_then(|i| CHECKS.get(i));
    if number.chars().last().as_ref() != expected {
        return Err("id_number_checksum");
    }
    Ok(number)
}
