//! What a verification found.

use serde::Serialize;

use crate::sequencer::RowId;
use crate::tree::{Hash, to_hex};

/// The kind of a finding; in JSON in `snake_case`, stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The bytes of an entry are not those that were logged.
    EntryChanged,
    /// An entry was deleted.
    EntryMissing,
    /// An entry was put in between.
    EntryInserted,
    /// An entry stands at another entry's index.
    EntryMoved,
    /// The signed bytes are no canonical entry.
    EntryMalformed,
    /// A row's id is not its entry's.
    RowId,
    /// Two entries with one id.
    DuplicateId,
    /// An index was given twice.
    IndexRepeated,
    /// A column beside an entry says something else than the entry.
    ColumnChanged,
    /// The details beside an entry are not those that it committed to.
    PayloadChanged,
    /// A stored hash was changed, the entries are right.
    TileChanged,
    /// Entries and their stored hashes were changed together; the range is where.
    Rewritten,
    /// Entries at the end are gone that a head covers.
    Truncated,
    /// Two signed heads that cannot both be true.
    Fork,
    /// A head that the trusted key did not sign.
    HeadForged,
    /// A head that cannot be read.
    HeadMalformed,
    /// An older head in the place of a newer one.
    HeadReplayed,
    /// No valid head at all.
    HeadMissing,
    /// A file of the kit is missing.
    FileMissing,
    /// A file of the kit does not have its format.
    FileDamaged,
    /// The kit names another key than the trusted one.
    KeyMismatch,
    /// Warning: time ran backwards by more than two minutes.
    ClockBack,
    /// Warning: nobody vouched for the key; the kit's own was used.
    KeyUntrusted,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What kind.
    pub kind: FailureKind,
    /// Zero-based index of the entry, or of the first of a range.
    pub entry: Option<u64>,
    /// End of the range, exclusive, where a range is meant.
    pub until: Option<u64>,
    /// Hexadecimal id of the row, where it is known.
    pub id: Option<String>,
    /// For people, in English.
    pub message: String,
}

impl Failure {
    pub(super) const fn new(kind: FailureKind, message: String) -> Self {
        Self { kind, entry: None, until: None, id: None, message }
    }

    pub(super) const fn entry(mut self, index: u64) -> Self {
        self.entry = Some(index);
        self
    }

    pub(super) const fn range(mut self, from: u64, until: u64) -> Self {
        self.entry = Some(from);
        self.until = Some(until);
        self
    }

    pub(super) fn id(mut self, id: Option<RowId>) -> Self {
        self.id = id.map(|id| to_hex(&id));
        self
    }
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// No failure. Warnings do not count.
    pub ok: bool,
    /// The log.
    pub origin: String,
    /// Entries read.
    pub entries: u64,
    /// Validly signed heads read.
    pub checkpoints: u64,
    /// Entries covered by the newest head that fits; those after it are logged, not yet signed.
    pub signed: u64,
    /// Root over the entries read; absent if a gap made it impossible to say.
    pub root: Option<Hash>,
    /// Earliest time in an entry, milliseconds since 1970 UTC.
    pub first_time: Option<i64>,
    /// Latest time in an entry.
    pub last_time: Option<i64>,
    /// What is wrong, at most 1,000.
    pub failures: Vec<Failure>,
    /// What deserves a look, at most 1,000.
    pub warnings: Vec<Failure>,
    /// Findings beyond those.
    pub omitted: u64,
}

impl Report {
    /// Adds a failure that was found outside the stream.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.ok = false;
        self.failures.push(failure);
    }
}

/// Findings while they are collected, bounded: a log rewritten from its first entry must not fill memory.
#[derive(Default)]
pub(super) struct Findings {
    failures: Vec<Failure>,
    warnings: Vec<Failure>,
    omitted: u64,
    times: Option<(i64, i64)>,
}

impl Findings {
    pub(super) const MOST: usize = 1000;

    pub(super) fn fail(&mut self, failure: Failure) {
        Self::keep(&mut self.failures, &mut self.omitted, failure);
    }

    pub(super) fn warn(&mut self, warning: Failure) {
        Self::keep(&mut self.warnings, &mut self.omitted, warning);
    }

    fn keep(list: &mut Vec<Failure>, omitted: &mut u64, finding: Failure) {
        if list.len() < Self::MOST {
            list.push(finding);
        } else {
            *omitted += 1;
        }
    }

    pub(super) fn time(&mut self, at: i64) {
        let (first, last) = self.times.unwrap_or((at, at));
        self.times = Some((first.min(at), last.max(at)));
    }

    pub(super) fn into_report(
        mut self,
        origin: String,
        entries: u64,
        checkpoints: u64,
        signed: u64,
        root: Option<Hash>,
    ) -> Report {
        self.failures.sort_by_key(|f| (f.entry.is_none(), f.entry));
        Report {
            ok: self.failures.is_empty(),
            origin,
            entries,
            checkpoints,
            signed,
            root,
            first_time: self.times.map(|t| t.0),
            last_time: self.times.map(|t| t.1),
            failures: self.failures,
            warnings: self.warnings,
            omitted: self.omitted,
        }
    }
}
