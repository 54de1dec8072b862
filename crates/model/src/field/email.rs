//! E-mail addresses, folded to lower case.
//!
//! RFC 5321 lets the part before the `@` depend on case; no provider people use does, and two spellings of one
//! mailbox must be one duplicate.

use super::{fold, text, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let given = text::clean(field, raw)?;
    text::no_stars(field, &given)?;
    normalise(&given).map(Value::Text).ok_or_else(|| wrong(field, "email_format"))
}

pub(super) fn normalise(given: &str) -> Option<String> {
    let folded = fold(given);
    let (local, domain) = folded.rsplit_once('@')?;
    let sound = folded.len() <= 254 && is_local(local) && is_domain(domain);
    sound.then_some(folded)
}

fn is_local(local: &str) -> bool {
    local.len() <= 64
        && local.split('.').all(|atom| {
            // Without the star, which RFC 5322 allows: it would let a mask pass as an address.
            !atom.is_empty()
                && atom.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'+-/=?^_`{|}~".contains(c))
        })
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    labels.len() >= 2
        && labels.iter().all(is_label)
        && labels.last().is_some_and(|top| top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit()))
}
