//! What a text in the search box could be. Sealed values are found by token only, so a query must first be
//! brought into the normal form of a kind.

use super::{email, fold, id_number, phone};

/// The query as a phone number in normal form.
pub fn guess_phone(q: &str) -> Option<String> {
    phone::normalise(q)
}

/// The query as an e-mail address in normal form.
pub fn guess_email(q: &str) -> Option<String> {
    email::normalise(q)
}

/// The query as the last four characters of a phone or ID number.
pub fn guess_last4(q: &str) -> Option<String> {
    let q = fold(q).to_ascii_uppercase();
    let body = q.strip_suffix('X').unwrap_or(&q);
    (q.len() == 4 && body.len() >= 3 && body.chars().all(|c| c.is_ascii_digit())).then_some(q)
}

/// The query as an ID number in normal form.
pub fn guess_id_number(q: &str) -> Option<String> {
    id_number::normalise(q).ok()
}
