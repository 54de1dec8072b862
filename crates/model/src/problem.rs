//! What can be wrong with an input, named so that a person can mend it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One mistake in one field. `code` is stable; the sentence is made from it in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name, or a path such as `filter.all[1].value`.
    pub field: String,
    /// Stable code of the broken rule (`required`, `phone_format`, …).
    pub code: String,
    /// Facts the sentence needs (`max: 200`); never a value of a customer's field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

impl FieldError {
    /// A mistake without further facts.
    pub fn new(field: impl Into<String>, code: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), facts: BTreeMap::new() }
    }

    /// Adds a fact for the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, fact: impl ToString) -> Self {
        self.facts.insert(name.to_owned(), fact.to_string());
        self
    }
}

/// Why the rules refuse an act; `server` turns it into a problem document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The input breaks rules; every broken one is listed.
    #[error("invalid input: {}", .0.iter().map(|e| format!("{}: {}", e.field, e.code)).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    /// The thing does not exist for this caller (absent or out of scope: no oracle).
    #[error("not found")]
    NotFound,
    /// The caller may know of the thing but not do this to it.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// The state of the thing does not allow the act now.
    #[error("conflict: {0}")]
    Conflict(&'static str),
}

impl Problem {
    /// A single broken rule.
    pub fn invalid(field: impl Into<String>, code: impl Into<String>) -> Self {
        Problem::Invalid(vec![FieldError::new(field, code)])
    }
}
