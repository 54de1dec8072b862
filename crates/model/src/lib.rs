//! The vocabulary of Kedun and its rules, as plain values and pure functions.
//!
//! **Invariant:** nothing here does I/O, is async, reads a clock or draws randomness; time, ids and the
//! caller arrive as arguments, so that every rule can be property-tested and read by an auditor.

pub mod alert;
pub mod class;
pub mod company;
pub mod content;
pub mod definition;
pub mod field;
pub mod filter;
pub mod flow;
pub mod id;
pub mod mask;
pub mod members;
pub mod moment;
pub mod notice;
pub mod own_words;
pub mod package;
pub mod policy;
pub mod preference;
pub mod problem;
pub mod retention;
pub mod role;
pub mod value;

pub use class::Class;
pub use company::{Company, Zone};
pub use content::{Content, ContentKind};
pub use definition::{FieldDef, FieldKind, Label, ObjectDef};
pub use id::{DepartmentId, FieldId, GrantId, ObjectName, PersonId, RecordId, RoleName, SubjectId};
pub use problem::{FieldError, Problem};
pub use role::{Act, FieldRights, Grant, Right, RoleDef, RowScope, Show, Verb};
pub use value::Value;
