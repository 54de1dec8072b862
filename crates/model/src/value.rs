//! What a field holds: the only dynamic type of the house.

use crate::id::{DepartmentId, PersonId, RecordId};
use serde::{Deserialize, Serialize};

/// A postal address down to the part that identifies somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// 省 / province-level unit.
    #[serde(default)]
    pub province: String,
    /// 市 / city.
    #[serde(default)]
    pub city: String,
    /// 区县 / district.
    #[serde(default)]
    pub district: String,
    /// Street and number.
    #[serde(default)]
    pub detail: String,
}

/// A parsed, normalised value. Built only by [`crate::field::parse`], so that nobody looks at raw input again.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Text-like kinds, normalised by their kind (phones E.164, e-mails folded, ID numbers upper-case).
    Text(String),
    /// Integers, ratings, percent in hundredths, money in 分, booleans as their own variant.
    Int(i64),
    /// An exact decimal in canonical text form (`12.5`).
    Decimal(String),
    /// Yes or no.
    Bool(bool),
    /// A calendar day, ISO text (`2026-11-24`).
    Date(String),
    /// A moment, UTC milliseconds.
    Time(i64),
    /// Several choices, in the order of the definition.
    Many(Vec<String>),
    /// A link to a record.
    Record(RecordId),
    /// A link to a person.
    Person(PersonId),
    /// A link to a department.
    Department(DepartmentId),
    /// A postal address.
    Address(Address),
}

impl std::fmt::Debug for Value {
    /// Never prints the content: values are customers' data and must not reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value(…)")
    }
}
