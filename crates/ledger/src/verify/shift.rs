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

/// Whether from `at` on every row is the one that belongs `by` places later, and the `by` entries skipped
/// are nowhere: else two rows that changed places would look like a deletion. The last `by` rows belong to
/// the next tile and cannot be judged here.
fn early(slots: &[Slot], at: usize, by: usize) -> bool {
    let moved =
        at + by < slots.len() && (at..slots.len() - by).all(|i| slots[i].computed == slots[i + by].truth);
    moved && slots[at..at + by].iter().all(|gone| slots[at..].iter().all(|s| s.computed != gone.truth))
}

/// Whether from `at` on every logged entry stands `by` places later, the last `by` of them in the next tile.
fn late(slots: &[Slot], at: usize, by: usize) -> bool {
    let end = slots.len().saturating_sub(by);
    let moved = at < end && (at..end).all(|i| slots[i + by].computed == slots[i].truth);
    moved && slots[end..].iter().all(|pushed| slots[at..].iter().all(|s| s.computed != pushed.truth))
}

/// Whether an earlier mismatch, in the tile before, belongs to a shift that is seen only now: too few rows
/// were left in its tile to tell.
fn explained(mismatch: &Mismatch, first: u64, slots: &[Slot], shift: Shift) -> bool {
    let at = |by: usize| usize::try_from(mismatch.index + by as u64 - first).ok().and_then(|i| slots.get(i));
    match shift {
        Shift::None => false,
        Shift::Early(by) if mismatch.index + by as u64 >= first => {
            at(by).is_some_and(|s| s.truth == mismatch.computed)
        }
        Shift::Late(by) if mismatch.index + by as u64 >= first => {
            at(by).is_some_and(|s| s.computed == Some(mismatch.truth))
        }
        // Before everything the shift can explain.
        Shift::Early(_) | Shift::Late(_) => false,
    }
}

/// Names what is wrong with a run of slots whose truth is known. Mismatches that are no shift are added to
/// `mismatches`, which holds at most `room`. Answers the shift at the end of the run.
pub(super) fn judge(
    first: u64,
    slots: &[Slot],
    before: Shift,
    mismatches: &mut Vec<Mismatch>,
    room: usize,
    findings: &mut Findings,
) -> Shift {
    for (slot, index) in slots.iter().zip(first..) {
        if slot.stored.is_some() && slot.truth.is_some() && slot.stored != slot.truth {
            let message = format!("the leaf hash stored for entry {index} was changed, the entry was not");
            findings.fail(Failure::new(FailureKind::TileChanged, message).entry(index).id(slot.id));
        }
    }
    let Some(at) = slots.iter().position(|s| wrong(s) && !s.reported) else { return Shift::None };
    match before {
        Shift::Early(by) if by > 0 && early(slots, 0, by) => return before,
        Shift::Late(by) if by > 0 && late(slots, 0, by) => return before,
        _ => {}
    }
    let distances = 1..slots.len() - at;
    let shift = distances.clone().find(|by| early(slots, at, *by)).map(Shift::Early);
    let shift = shift.or_else(|| distances.clone().find(|by| late(slots, at, *by)).map(Shift::Late));
    let Some(shift) = shift else {
        let found = slots.iter().zip(first..).filter(|(slot, _)| wrong(slot) && !slot.reported);
        let found = found.filter_map(|(slot, index)| {
            Some(Mismatch { index, id: slot.id, computed: slot.computed, truth: slot.truth? })
        });
        mismatches.extend(found.take(room.saturating_sub(mismatches.len())));
        return Shift::None;
    };
    let (mut here, mut id) = (first + at as u64, slots[at].id);
    if at == 0 {
        while let Some(last) = mismatches.pop_if(|m| m.index + 1 == here && explained(m, first, slots, shift))
        {
            (here, id) = (last.index, last.id);
        }
    }
    findings.fail(shift.named(here, id));
    shift
}

impl Shift {
    fn named(self, here: u64, id: Option<RowId>) -> Failure {
        match self {
            Self::Late(by) => {
                let message = format!("{by} inserted at index {here}; the rows after were moved down");
                Failure::new(FailureKind::EntryInserted, message).range(here, here + by as u64).id(id)
            }
            // `None` is never named; it would read as nothing deleted.
            Self::Early(by) => Self::deleted(by, here),
            Self::None => Self::deleted(0, here),
        }
    }

    fn deleted(by: usize, here: u64) -> Failure {
        let message = format!("{by} deleted at index {here}; the rows after were moved up");
        Failure::new(FailureKind::EntryMissing, message).range(here, here + by as u64)
    }
}
