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

    /// What serde found wrong at a place. Its message is read for the rule and the name of a missing or unknown member;
    /// the value that it quotes stays behind.
    pub fn of_shape(path: impl Into<String>, message: &str) -> Self {
        let path = path.into();
        let quoted = message.split('`').nth(1).unwrap_or_default();
        // For an unknown member the path may or may not end in its name already.
        let inside = |path: String| match (path.is_empty(), path.ends_with(quoted)) {
            (true, _) => quoted.to_owned(),
            (false, true) => path,
            (false, false) => format!("{path}.{quoted}"),
        };
        let (code, field) = if message.starts_with("unknown field") {
            ("unknown_field", inside(path))
        } else if message.starts_with("missing field") {
            ("required", inside(path))
        } else if message.starts_with("unknown variant") {
            ("unknown_option", path)
        } else {
            ("wrong_type", path)
        };
        let field = if field.is_empty() { "body".to_owned() } else { field.chars().take(100).collect() };
        Self::new(field, code)
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

#[cfg(test)]
mod tests {
    use super::FieldError;

    #[test]
    fn a_mistake_of_shape_names_its_place_and_repeats_no_value() {
        for (path, message, field, code) in [
            ("fields[0]", "missing field `kind`", "fields[0].kind", "required"),
            ("", "missing field `login`", "login", "required"),
            ("device.zz", "unknown field `zz`, expected `id` or `name`", "device.zz", "unknown_field"),
            ("device", "unknown field `zz`, expected `id` or `name`", "device.zz", "unknown_field"),
            ("level", "unknown variant `13800138000`, expected `read` or `edit`", "level", "unknown_option"),
            ("q", "invalid type: integer `13800138000`, expected a string", "q", "wrong_type"),
            ("", "invalid type: null, expected struct SignIn", "body", "wrong_type"),
        ] {
            let error = FieldError::of_shape(path, message);
            assert_eq!((error.field.as_str(), error.code.as_str()), (field, code));
            assert!(error.facts.is_empty());
        }
    }
}
