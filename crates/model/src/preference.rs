//! What a person arranges for themselves: views they saved, columns they chose, tours they saw, notifications they read.
//!
//! **Invariant:** no value of a customer is kept in one. A preference belongs to a person and outlives every erasure, so
//! a saved filter may hold choices, dates, numbers and ids, never what somebody typed about somebody.

use crate::definition::{FieldKind, ObjectDef};
use crate::filter::Filter;
use crate::id::ObjectName;
use crate::problem::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Longest name of a saved view, in characters.
pub const MOST_LABEL: usize = 40;
/// Most columns of one view.
const MOST_COLUMNS: usize = 60;
/// Most columns that stay while the others scroll.
const MOST_FROZEN: u8 = 5;
/// Most notifications that are remembered as read.
const MOST_READ: usize = 400;

/// What a preference is about, as its name says: `view.customer.k3`, `columns.customer.mine`, `tour.rep`,
/// `notifications`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preference {
    /// A view of an object that the person saved.
    View {
        /// The object.
        object: ObjectName,
    },
    /// Which columns a view of an object shows.
    Columns {
        /// The object.
        object: ObjectName,
    },
    /// A tour that was seen.
    Tour,
    /// Which notifications were read.
    Notifications,
}

/// A list as a person wants to find it again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedView {
    /// What the person calls it.
    pub label: String,
    /// The view of the definition that it narrows.
    #[serde(default)]
    pub based_on: Option<String>,
    /// The filter, as [`Filter::parse`] reads it.
    #[serde(default)]
    pub filter: Option<Json>,
    /// `name`, or `-name` for descending.
    #[serde(default)]
    pub sort: Option<String>,
}

/// Columns of a view, in their order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    names: Vec<String>,
    /// How many of them stay while the others scroll, after the title.
    #[serde(default)]
    frozen: u8,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tour {
    /// The version that was seen or skipped.
    seen: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notifications {
    /// What the notifications are of: kind and opaque id.
    read: Vec<String>,
}

impl Preference {
    /// What a name speaks of, or nothing for a name that nobody gives.
    pub fn named(name: &str) -> Option<Preference> {
        let parts: Vec<&str> = name.split('.').collect();
        let plain = |part: &str| {
            (1..=64).contains(&part.len())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        };
        if !parts.iter().all(|part| plain(part)) {
            return None;
        }
        match parts.as_slice() {
            ["view", object, _id] => Some(Preference::View { object: ObjectName::from(*object) }),
            ["columns", object, _view] => Some(Preference::Columns { object: ObjectName::from(*object) }),
            ["tour", _name] => Some(Preference::Tour),
            ["notifications"] => Some(Preference::Notifications),
            _ => None,
        }
    }

    /// The object it is about.
    pub fn object(&self) -> Option<&ObjectName> {
        match self {
            Preference::View { object } | Preference::Columns { object } => Some(object),
            Preference::Tour | Preference::Notifications => None,
        }
    }

    /// What is wrong with the shape of a value. Whether the fields of a view are there for the person, their query says.
    pub fn check(&self, value: &Json) -> Vec<FieldError> {
        match self {
            Preference::View { .. } => read::<SavedView>(value).map_or_else(one, |view| {
                let label = view.label.trim();
                if label.is_empty() {
                    one(FieldError::new("label", "required"))
                } else if label.chars().count() > MOST_LABEL {
                    one(FieldError::new("label", "too_long").with("max", MOST_LABEL))
                } else if label.chars().any(char::is_control) {
                    one(FieldError::new("label", "control_character"))
                } else {
                    Vec::new()
                }
            }),
            Preference::Columns { .. } => read::<Columns>(value).map_or_else(one, |columns| {
                if columns.names.len() > MOST_COLUMNS {
                    one(FieldError::new("names", "too_many").with("max", MOST_COLUMNS))
                } else if columns.names.iter().any(|name| !crate::definition::is_name(name)) {
                    one(FieldError::new("names", "unknown_field"))
                } else if columns.frozen > MOST_FROZEN {
                    one(FieldError::new("frozen", "too_large").with("max", MOST_FROZEN))
                } else {
                    Vec::new()
                }
            }),
            Preference::Tour => read::<Tour>(value).map_or_else(one, |_| Vec::new()),
            Preference::Notifications => read::<Notifications>(value).map_or_else(one, |seen| {
                let id = |text: &String| {
                    text.len() <= 80 && text.chars().all(|c| c.is_ascii_alphanumeric() || "._:-".contains(c))
                };
                if seen.read.len() > MOST_READ {
                    one(FieldError::new("read", "too_many").with("max", MOST_READ))
                } else if seen.read.iter().all(id) {
                    Vec::new()
                } else {
                    one(FieldError::new("read", "unknown_option"))
                }
            }),
        }
    }
}

/// The conditions of a filter that hold what somebody typed about somebody; a saved view has none.
pub fn personal(filter: &Filter, def: &ObjectDef) -> Vec<FieldError> {
    let typed = |name: &str| {
        def.field(name).is_some_and(|field| {
            field.class.is_sealed()
                || match field.kind {
                    FieldKind::Text
                    | FieldKind::LongText
                    | FieldKind::PersonName
                    | FieldKind::Phone
                    | FieldKind::Email
                    | FieldKind::IdNumber
                    | FieldKind::Account
                    | FieldKind::Url
                    | FieldKind::Address => true,
                    FieldKind::Integer
                    | FieldKind::Decimal
                    | FieldKind::Money
                    | FieldKind::Percent
                    | FieldKind::Rating
                    | FieldKind::Boolean
                    | FieldKind::Select
                    | FieldKind::MultiSelect
                    | FieldKind::Date
                    | FieldKind::Datetime
                    | FieldKind::Reference
                    | FieldKind::Person
                    | FieldKind::Department => false,
                }
        })
    };
    filter
        .conditions()
        .into_iter()
        .filter(|condition| typed(&condition.field) && condition.op.takes_value())
        .map(|condition| FieldError::new(format!("filter.{}", condition.field), "personal_value"))
        .collect()
}

fn read<T: serde::de::DeserializeOwned>(value: &Json) -> Result<T, FieldError> {
    T::deserialize(value).map_err(|_| FieldError::new("value", "not_an_object"))
}

fn one(error: FieldError) -> Vec<FieldError> {
    vec![error]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]
    use super::*;
    use serde_json::json;

    fn codes(name: &str, value: Json) -> Vec<String> {
        Preference::named(name)
            .unwrap()
            .check(&value)
            .into_iter()
            .map(|error| format!("{}: {}", error.field, error.code))
            .collect()
    }

    #[test]
    fn only_known_names_are_names() {
        for name in ["view.customer.k3", "columns.customer.mine", "tour.rep", "notifications"] {
            assert!(Preference::named(name).is_some(), "{name}");
        }
        for name in ["", "view", "view.customer", "view.a.b.c", "view..x", "tour.a b", "notes", "view.客户.x"]
        {
            assert_eq!(Preference::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_view_has_a_name_and_nothing_that_we_do_not_know() {
        assert!(codes("view.customer.a", json!({ "label": "重点", "sort": "-updated_at" })).is_empty());
        assert_eq!(codes("view.customer.a", json!({ "label": "  " })), ["label: required"]);
        assert_eq!(codes("view.customer.a", json!({ "label": "长".repeat(41) })), ["label: too_long"]);
        assert_eq!(
            codes("view.customer.a", json!({ "label": "a", "note": "138" })),
            ["value: not_an_object"]
        );
        assert_eq!(codes("view.customer.a", json!("text")), ["value: not_an_object"]);
    }

    #[test]
    fn columns_are_names_of_fields_and_few_stay() {
        let fine = json!({ "names": ["name", "level"], "frozen": 1 });
        assert!(codes("columns.customer.mine", fine).is_empty());
        let typed = json!({ "names": ["138 1234 5678"] });
        assert_eq!(codes("columns.customer.mine", typed), ["names: unknown_field"]);
        assert_eq!(
            codes("columns.customer.mine", json!({ "names": ["name"], "x": 1 })),
            ["value: not_an_object"]
        );
        assert_eq!(
            codes("columns.customer.mine", json!({ "names": [], "frozen": 9 })),
            ["frozen: too_large"]
        );
    }

    #[test]
    fn notifications_are_remembered_by_id_and_hold_no_sentence() {
        assert!(codes("notifications", json!({ "read": ["task:0193-a", "alert:x.1"] })).is_empty());
        assert_eq!(codes("notifications", json!({ "read": ["王先生 138"] })), ["read: unknown_option"]);
        assert_eq!(codes("notifications", json!({ "read": vec!["a"; 401] })), ["read: too_many"]);
    }
}
