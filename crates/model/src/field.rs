//! Field kinds: parsing, storing, masking, projecting.

use crate::definition::{FieldDef, FieldKind};
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// What a filterable or sortable field projects into the index tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projected {
    /// Folded text.
    Text(String),
    /// A number (decimals scaled by 10^6, percent and money as they are).
    Num(i64),
    /// UTC milliseconds.
    Time(i64),
    /// The id of a record, person or department, or a choice.
    Ref(String),
}
