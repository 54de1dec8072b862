//! Identifiers, one type per noun, so that a person can never be passed where a record is meant.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps text that came from our own store or generator.
            pub fn new(text: impl Into<String>) -> Self { Self(text.into()) }
            /// The id as text, the form in which it is stored and sent.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl From<&str> for $name { fn from(text: &str) -> Self { Self(text.to_owned()) } }
        impl From<String> for $name { fn from(text: String) -> Self { Self(text) } }
    )+};
}

ids! {
    /// A record of any object (UUIDv7 text).
    RecordId,
    /// A person with an account (UUIDv7 text).
    PersonId,
    /// A department of the company.
    DepartmentId,
    /// The immutable short id of a field inside its object (`f3`); names may change, ids may not.
    FieldId,
    /// The name of an object (`customer`).
    ObjectName,
    /// The name of a role (`rep`).
    RoleName,
    /// A grant inside a role (`rep/customer-own`).
    GrantId,
    /// The owner of a data key: one person or one company file (the root record's id).
    SubjectId,
}
