//! Telling a deleted or inserted row from changed ones, where the rows after it were renumbered.

use super::lines::Slot;
use super::report::{Failure, FailureKind, Findings};
use crate::sequencer::RowId;
use crate::tree::Hash;

/// By how many places the rows are off, carried from tile to tile so that one deletion is named once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    /// In place.
    None,
    /// Rows stand this many places too early: so many were deleted before them.
    Early(usize),
    /// Rows stand this many places too late: so many were inserted before them.
    Late(usize),
}

/// An index whose row is not the logged one.
#[derive(Debug, Clone)]
pub(super) struct Mismatch {
    pub(super) index: u64,
    pub(super) id: Option<RowId>,
    pub(super) computed: Option<Hash>,
    pub(super) truth: Hash,
}

fn wrong(slot: &Slot) -> bool {
    slot.truth.is_some() && slot.computed != slot.truth
}

/// Whether from `at` on every row is the one that belongs `by` places later. The last `by` rows of the
/// tile belong to the next tile and cannot be judged here.
fn early(slots: &[Slot], at: usize, by: usize) -> bool {
    by > 0
        && at + by < slots.len()
        && (at..slots.len() - by).all(|i| slots[i].computed == slots[i + by].truth)
}

/// Whether from `at` on every logged entry stands `by` places later.
fn late(slots: &[Slot], at: usize, by: usize) -> bool {
    by > 0
        && at + by < slots.len()
        && (at..slots.len() - by).all(|i| slots[i + by].computed == slots[i].truth)
}

/// Names what is wrong with a run of slots whose truth is known. Answers the shift at its end and the
/// mismatches that are no shift.
pub(super) fn judge(
    first: u64,
    slots: &[Slot],
    before: Shift,
    findings: &mut Findings,
) -> (Shift, Vec<Mismatch>) {
    for (slot, index) in slots.iter().zip(first..) {
        if slot.stored.is_some() && slot.truth.is_some() && slot.stored != slot.truth {
            let message = format!("the leaf hash stored for entry {index} was changed, the entry was not");
            findings.fail(Failure::new(FailureKind::TileChanged, message).entry(index).id(slot.id));
        }
    }
    let Some(at) = slots.iter().position(|s| wrong(s) && !s.reported) else {
        return (Shift::None, Vec::new());
    };
    match before {
        Shift::Early(by) if early(slots, 0, by) => return (before, Vec::new()),
        Shift::Late(by) if late(slots, 0, by) => return (before, Vec::new()),
        _ => {}
    }
    let here = first + at as u64;
    let distances = 1..slots.len() - at;
    if let Some(by) = distances.clone().find(|by| early(slots, at, *by)) {
        let until = here + by as u64;
        let message = format!("{by} deleted at index {here}; the rows after were moved up");
        findings.fail(Failure::new(FailureKind::EntryMissing, message).range(here, until));
        return (Shift::Early(by), Vec::new());
    }
    if let Some(by) = distances.clone().find(|by| late(slots, at, *by)) {
        let message = format!("{by} inserted at index {here}; the rows after were moved down");
        let failure = Failure::new(FailureKind::EntryInserted, message).range(here, here + by as u64);
        findings.fail(failure.id(slots[at].id));
        return (Shift::Late(by), Vec::new());
    }
    let mismatches = slots.iter().zip(first..).filter(|(slot, _)| wrong(slot) && !slot.reported);
    let mismatches = mismatches.filter_map(|(slot, index)| {
        Some(Mismatch { index, id: slot.id, computed: slot.computed, truth: slot.truth? })
    });
    (Shift::None, mismatches.collect())
}
