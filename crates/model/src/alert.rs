//! Alert rules over facts: pure and replayable. The same facts in the same order raise the same alerts, so an
//! auditor can run a rule over last year's ledger.
//!
//! Rule numbers are those of reference/compliance.md part D.

use crate::id::{DepartmentId, PersonId, RecordId};
use serde::{Deserialize, Serialize};

mod rules;
mod watch;

pub use rules::{DeniedScope, FileRate, IdleReveal, OffHours, RevealRate, Rules, SplitExport};
pub use watch::{MAX_EVENTS, MAX_EVIDENCE, MAX_PEOPLE, Measure, Watch};

/// Something a person did or tried, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// When, UTC milliseconds.
    pub at: i64,
    /// Who.
    pub person: PersonId,
    /// The person's department at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// What.
    pub kind: FactKind,
}

/// What was done or tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FactKind {
    /// A sealed value was shown in clear.
    Reveal {
        /// Of this record.
        record: RecordId,
        /// Of this field.
        field: String,
    },
    /// What a file holds was fetched.
    FileRead {
        /// The customer that it belongs to.
        customer: RecordId,
        /// The file.
        file: RecordId,
    },
    /// A record out of scope was asked for.
    DeniedScope {
        /// This record.
        record: RecordId,
    },
    /// Copies of records left, or were to leave, the system.
    Export {
        /// How many records.
        rows: u64,
        /// Whether the export had to be approved.
        needs_approval: bool,
        /// The most rows that need no approval.
        at_line: u64,
    },
    /// Work on a record that explains looking at it: a call, a visit, a follow-up, an edit.
    Activity {
        /// This record.
        record: RecordId,
    },
}

impl FactKind {
    /// The name used in evidence.
    pub fn as_str(&self) -> &'static str {
        match self {
            FactKind::Reveal { .. } => "reveal",
            FactKind::FileRead { .. } => "file_read",
            FactKind::DeniedScope { .. } => "denied_scope",
            FactKind::Export { .. } => "export",
            FactKind::Activity { .. } => "activity",
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look.
    Medium,
    /// Look now.
    High,
    /// Act now.
    Critical,
}

/// A fact that was counted. It names records and fields, never values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When.
    pub at: i64,
    /// What ([`FactKind::as_str`]).
    pub kind: String,
    /// Which record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// Which field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How many rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Which file of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<RecordId>,
}

impl Evidence {
    fn of(fact: &Fact) -> Evidence {
        let kind = fact.kind.as_str().to_owned();
        let bare = Evidence { at: fact.at, kind, record: None, field: None, rows: None, file: None };
        match &fact.kind {
            FactKind::Reveal { record, field } => {
                Evidence { record: Some(record.clone()), field: Some(field.clone()), ..bare }
            }
            FactKind::FileRead { customer, file } => {
                Evidence { record: Some(customer.clone()), file: Some(file.clone()), ..bare }
            }
            FactKind::DeniedScope { record } | FactKind::Activity { record } => {
                Evidence { record: Some(record.clone()), ..bare }
            }
            FactKind::Export { rows, .. } => Evidence { rows: Some(*rows), ..bare },
        }
    }
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The rule (`R01`).
    pub rule: String,
    /// The version of the rules that were in force.
    pub version: u32,
    /// How bad it is.
    pub severity: Severity,
    /// Whom it is about.
    pub person: PersonId,
    /// Their department at the time of the last fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// The time of the fact that tipped it, UTC milliseconds.
    pub at: i64,
    /// What was counted: reveals, distinct records, distinct files, exports.
    pub count: u64,
    /// The latest facts that were counted, oldest first, at most [`MAX_EVIDENCE`].
    pub evidence: Vec<Evidence>,
    /// The window that was looked at, in milliseconds.
    pub window_ms: i64,
}

#[cfg(test)]
mod tests;
