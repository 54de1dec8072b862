//! Verification of a whole log: streaming, offline, and naming the exact entry that is wrong.
//!
//! Three witnesses are played against each other: the entries' own bytes, the stored hash tiles, and the
//! signed heads. Where two agree, the third is at fault. Rows, leaf hashes and nodes may all have been
//! rewritten together; then the signed heads still bound the range.

mod folder;
mod lines;
mod report;
mod shift;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

pub use folder::verify_kit;
pub use report::{Failure, FailureKind, Report};

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::entry::Entry;
use crate::note::NoteVerifier;
use crate::sequencer::RowId;
use crate::tree::{Hash, leaf_hash, to_hex};
use lines::{Blame, Lines, Slot};
use report::Findings;
use shift::{Mismatch, Shift};

/// A clock may step back this far between two entries, in milliseconds, without a warning: several
/// processes write, and their clocks differ a little.
pub const CLOCK_TOLERANCE_MS: i64 = 120_000;

/// Why a log could not be verified at all. A log that was verified and found wrong is no error but a
/// [`Report`] that is not ok.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file or folder cannot be read, for another reason than that it is missing.
    #[error("cannot read {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder is no auditor's kit.
    #[error("{path} is not an auditor's kit: {reason}")]
    NotAKit {
        /// The folder.
        path: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// A head was given after the entries that it covers. Give all heads first: the verifier does not keep
    /// what it would need to check it.
    #[error("the head at {size} came when {read} entries were already read")]
    LateHead {
        /// Size of the head.
        size: u64,
        /// Entries read.
        read: u64,
    },
}

/// Stored hashes as the verifier looks at them; `None` where the store has none.
pub trait NodeReader {
    /// Hash `index` of tile level `level` (0 are leaf hashes), as it is **stored in the tiles**, never
    /// recomputed from the rows.
    fn node(&mut self, level: u8, index: u64) -> Option<Hash>;
}

impl<F: FnMut(u8, u64) -> Option<Hash>> NodeReader for F {
    fn node(&mut self, level: u8, index: u64) -> Option<Hash> {
        self(level, index)
    }
}

/// For a log of which only rows and heads are at hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNodes;

impl NodeReader for NoNodes {
    fn node(&mut self, _level: u8, _index: u64) -> Option<Hash> {
        None
    }
}

/// One row as stored.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The index that the store gives it.
    pub index: u64,
    /// The id that the store gives it, if it keeps it apart from the bytes.
    pub id: Option<RowId>,
    /// The entry's bytes.
    pub bytes: &'a [u8],
    /// The leaf hash stored for this index, if the [`NodeReader`] does not have it. It must not come from
    /// a column of the same row, which would move with it.
    pub leaf: Option<Hash>,
}

struct Head {
    name: String,
    size: u64,
    root: Hash,
}

/// Verifies a log in one pass: first every head ([`head`](Self::head)), then every row in index order
/// ([`row`](Self::row)), then [`finish`](Self::finish). Keeps about 24 bytes per entry (the row ids, to
/// find doubles) and 32 kB of hashes, never the entries.
pub struct Verifier<N> {
    origin: String,
    keys: Vec<NoteVerifier>,
    nodes: N,
    pending: BTreeMap<u64, Head>,
    /// Newest head in signing order, to see one that goes backwards.
    latest: Option<(String, u64)>,
    unmatched: Vec<Head>,
    matched: u64,
    next: u64,
    lines: Lines,
    shift: Shift,
    mismatches: Vec<Mismatch>,
    ids: Vec<(RowId, u64)>,
    clock: Option<i64>,
    heads: u64,
    rows: u64,
    findings: Findings,
}

impl<N: NodeReader> Verifier<N> {
    /// A verifier of the log `origin`, whose heads are signed by one of `keys` (several after a rotation).
    #[must_use]
    pub fn new(origin: &str, keys: Vec<NoteVerifier>, nodes: N) -> Self {
        Self {
            origin: origin.to_owned(),
            keys,
            nodes,
            pending: BTreeMap::new(),
            latest: None,
            unmatched: Vec::new(),
            matched: 0,
            next: 0,
            lines: Lines::default(),
            shift: Shift::None,
            mismatches: Vec::new(),
            ids: Vec::new(),
            clock: None,
            heads: 0,
            rows: 0,
            findings: Findings::default(),
        }
    }

    /// Takes a signed head, in the order in which they were signed. `name` is what failures call it.
    ///
    /// # Errors
    /// [`VerifyError::LateHead`] if rows beyond it were already read.
    pub fn head(&mut self, name: &str, text: &str) -> Result<(), VerifyError> {
        let head = match SignedCheckpoint::open(text, &self.keys) {
            Ok(signed) if signed.checkpoint().origin == self.origin => signed.checkpoint().clone(),
            Ok(signed) => {
                let message =
                    format!("{name} is a head of {:?}, not of this log", signed.checkpoint().origin);
                self.findings.fail(Failure::new(FailureKind::HeadForged, message));
                return Ok(());
            }
            Err(error) => {
                let kind = match error {
                    CheckpointError::Note(crate::note::NoteError::Malformed(_)) => FailureKind::HeadMalformed,
                    _ => FailureKind::HeadForged,
                };
                self.findings.fail(Failure::new(kind, format!("{name}: {error}")));
                return Ok(());
            }
        };
        self.heads += 1;
        if let Some((before, size)) = self.latest.as_ref().filter(|(_, size)| head.size < *size) {
            let message = format!(
                "{name} (size {}) was signed after {before} (size {size}): an older head again",
                head.size
            );
            self.findings.fail(Failure::new(FailureKind::HeadReplayed, message).range(head.size, *size));
        } else {
            self.latest = Some((name.to_owned(), head.size));
        }
        if head.size < self.next {
            return Err(VerifyError::LateHead { size: head.size, read: self.next });
        }
        if let Some(other) = self.pending.get(&head.size) {
            if other.root != head.root {
                let message = format!(
                    "{} and {name} are both signed at size {} with different roots {} and {}",
                    other.name, head.size, other.root, head.root
                );
                self.findings.fail(Failure::new(FailureKind::Fork, message));
                // Either may be the one that fits the entries; the stray one is already named.
                self.unmatched.push(Head { name: name.to_owned(), size: head.size, root: head.root });
            }
            return Ok(());
        }
        self.pending.insert(head.size, Head { name: name.to_owned(), size: head.size, root: head.root });
        self.check_head();
        Ok(())
    }

    /// The largest size among the heads given so far: where the log must reach.
    #[must_use]
    pub fn signed_size(&self) -> u64 {
        self.latest.as_ref().map_or(0, |(_, size)| *size)
    }

    /// Takes the next row; rows come in the order of their indices.
    pub fn row(&mut self, row: Row<'_>) {
        if row.index < self.next {
            let message = format!("index {} comes again", row.index);
            let failure = Failure::new(FailureKind::IndexRepeated, message).entry(row.index);
            self.findings.fail(failure.id(row.id));
            return;
        }
        if row.index > self.next {
            self.gap(row.index);
        }
        self.rows += 1;
        let computed = leaf_hash(row.bytes);
        let stored = row.leaf.or_else(|| self.nodes.node(0, row.index));
        let genuine = stored.is_none_or(|s| s == computed);
        let id = self.read_entry(&row, genuine).or(row.id);
        self.push(Slot { computed: Some(computed), stored, truth: None, id, reported: false });
    }

    /// Notes what the store says wrongly beside an entry, where it is not part of the tree: columns, details. The message
    /// goes on after the entry's name.
    pub fn beside(&mut self, kind: FailureKind, index: u64, id: Option<RowId>, message: &str) {
        let failure = Failure::new(kind, format!("entry {index}: {message}"));
        self.findings.fail(failure.entry(index).id(id));
    }

    /// A row that its place in the store shows to be absent.
    fn absent(&mut self, reported: bool) {
        let stored = self.nodes.node(0, self.next);
        self.push(Slot { computed: None, stored, truth: None, id: None, reported });
    }

    fn gap(&mut self, until: u64) {
        let from = self.next;
        let message = match until - from {
            1 => format!("entry {from} is missing"),
            n => format!("{n} entries from {from} to {} are missing", until - 1),
        };
        self.findings.fail(Failure::new(FailureKind::EntryMissing, message).range(from, until));
        while self.next < until {
            if self.nodes.node(0, self.next).is_none() {
                // Without the leaf hash the tree cannot be carried on; the rows can still be looked at.
                self.lines.lost = true;
                self.settle_open();
                self.next = until;
                break;
            }
            self.absent(true);
        }
    }

    /// Looks into an entry. What is wrong with its content is said only if its bytes are the signed ones;
    /// of a changed entry the change is the news.
    fn read_entry(&mut self, row: &Row<'_>, genuine: bool) -> Option<RowId> {
        let entry = match Entry::decode(row.bytes) {
            Ok(entry) => entry,
            Err(error) => {
                if genuine {
                    let failure =
                        Failure::new(FailureKind::EntryMalformed, format!("entry {}: {error}", row.index));
                    self.findings.fail(failure.entry(row.index).id(row.id));
                }
                return None;
            }
        };
        self.ids.push((entry.id, row.index));
        if !genuine {
            return Some(entry.id);
        }
        if let Some(id) = row.id.filter(|id| *id != entry.id) {
            let message = format!("the row with id {} holds the entry {}", to_hex(&id), to_hex(&entry.id));
            self.findings.fail(Failure::new(FailureKind::RowId, message).entry(row.index).id(Some(id)));
        }
        if let Some(before) = self.clock.filter(|before| before.saturating_sub(entry.at) > CLOCK_TOLERANCE_MS)
        {
            let back = before.saturating_sub(entry.at) / 1000;
            let message =
                format!("the clock went back {back} s between entry {} and the one before", row.index);
            let warning = Failure::new(FailureKind::ClockBack, message).entry(row.index).id(Some(entry.id));
            self.findings.warn(warning);
        }
        self.clock = Some(entry.at);
        self.findings.time(entry.at);
        Some(entry.id)
    }

    fn push(&mut self, slot: Slot) {
        self.lines.open.push(slot);
        self.next += 1;
        if self.next.is_multiple_of(256) {
            let closed = self.lines.close(self.next, &mut self.nodes, &mut self.findings);
            if let Some(slots) = closed {
                self.judge(self.next - slots.len() as u64, &slots);
            }
        }
        self.check_head();
    }

    /// Compares the trees so far with a head of this very size.
    fn check_head(&mut self) {
        let Some(head) = self.pending.remove(&self.next) else { return };
        if self.lines.lost {
            return;
        }
        // Several heads may claim this size (a fork, already reported): one of them may be true.
        let mut rivals: Vec<Head> = self.unmatched.extract_if(.., |h| h.size == self.next).collect();
        rivals.insert(0, head);
        let fits = rivals.iter().find_map(|h| Some((h, self.lines.blame(&h.root)?)));
        let Some((head, blame)) = fits else {
            self.unmatched.append(&mut rivals);
            return;
        };
        for stray in self.unmatched.extract_if(.., |h| h.size < self.next) {
            let message = format!(
                "{} (size {}) and {} (size {}) are signed heads of two histories: entries from {} on were \
                 rewritten after the first was signed",
                stray.name, stray.size, head.name, head.size, self.matched
            );
            self.findings.fail(Failure::new(FailureKind::Fork, message).range(self.matched, stray.size));
        }
        self.matched = self.next;
        self.settle(blame);
    }

    fn settle(&mut self, blame: Blame) {
        let settled = self.lines.settle(blame, &mut self.findings);
        for (first, slots) in settled {
            self.judge(first, &slots);
        }
    }

    /// Names what is wrong in slots whose truth is known.
    fn judge(&mut self, first: u64, slots: &[Slot]) {
        // Bounded: past this the report is full anyway.
        let room = Findings::MOST * 10;
        self.shift = shift::judge(first, slots, self.shift, &mut self.mismatches, room, &mut self.findings);
    }

    fn settle_open(&mut self) {
        let first = self.next - self.lines.open.len() as u64;
        let mut slots = std::mem::take(&mut self.lines.open);
        for slot in &mut slots {
            // A row of which nothing is stored or signed yet has no truth to be measured by.
            if slot.stored.is_some() || slot.computed.is_none() {
                slot.truth = Some(slot.by_tiles());
            }
        }
        self.judge(first, &slots);
    }

    /// Ends the verification.
    #[must_use]
    pub fn finish(mut self) -> Report {
        let root = (!self.lines.lost).then(|| self.lines.root());
        self.settle_open();
        self.lines.give_up(&mut self.findings);
        self.name_mismatches();
        self.name_doubles();
        if let Some(head) = self.pending.values().next_back().filter(|h| h.size > self.next) {
            let message = format!(
                "the log ends at {} entries, but {} was signed over {}: the entries from {} on were cut off",
                self.next, head.name, head.size, self.next
            );
            self.findings.fail(Failure::new(FailureKind::Truncated, message).range(self.next, head.size));
        }
        if let Some(head) = self.unmatched.iter().filter(|h| h.size <= self.next).min_by_key(|h| h.size) {
            let message = format!(
                "{} (size {}) does not fit the entries: something in {}..{} was rewritten after it was signed \
                 (the last head that fits is at {})",
                head.name, head.size, self.matched, head.size, self.matched
            );
            self.findings.fail(Failure::new(FailureKind::Rewritten, message).range(self.matched, head.size));
        }
        self.findings.into_report(self.origin, self.rows, self.heads, self.matched, root)
    }

    /// Tells entries that stand in each other's place from entries that were changed.
    fn name_mismatches(&mut self) {
        let places: HashMap<Hash, u64> = self.mismatches.iter().map(|m| (m.truth, m.index)).collect();
        for found in std::mem::take(&mut self.mismatches) {
            let (kind, message) = match found.computed.map(|c| places.get(&c)) {
                None => (FailureKind::EntryMissing, format!("entry {} is missing", found.index)),
                Some(Some(home)) => (
                    FailureKind::EntryMoved,
                    format!("index {} holds the entry that belongs at {home}", found.index),
                ),
                Some(None) => (
                    FailureKind::EntryChanged,
                    format!("entry {} is not the one that was logged: its hash does not fit", found.index),
                ),
            };
            self.findings.fail(Failure::new(kind, message).entry(found.index).id(found.id));
        }
    }

    fn name_doubles(&mut self) {
        // UUIDv7s come nearly sorted, which a merge sort turns to account.
        self.ids.sort();
        for pair in self.ids.windows(2) {
            if let [(id, first), (again, second)] = pair
                && id == again
            {
                let message = format!("entries {first} and {second} have the same row id");
                self.findings
                    .fail(Failure::new(FailureKind::DuplicateId, message).entry(*second).id(Some(*id)));
            }
        }
    }
}
