//! Two trees side by side: one as the entries say, one as the stored hashes say. Normally they are one;
//! where they part, the next signed head tells which is true.

use super::NodeReader;
use super::report::{Failure, FailureKind, Findings};
use crate::sequencer::RowId;
use crate::tile::{TILE_WIDTH, Tile};
use crate::tree::{Frontier, Hash, root_of};

/// Undecided tiles that are kept until a head decides; each takes some 30 kB.
const MOST_DISPUTES: usize = 256;

/// One index: what the row says, what the tile says, and what is true once that is known.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) computed: Option<Hash>,
    pub(super) stored: Option<Hash>,
    pub(super) truth: Option<Hash>,
    pub(super) id: Option<RowId>,
    /// Its absence has been reported with a whole range.
    pub(super) reported: bool,
}

impl Slot {
    /// The leaf if the rows are right.
    fn by_rows(&self) -> Hash {
        self.truth.or(self.computed).or(self.stored).unwrap_or_else(Hash::empty_root)
    }

    /// The leaf if the tiles are right.
    pub(super) fn by_tiles(&self) -> Hash {
        self.truth.or(self.stored).or(self.computed).unwrap_or_else(Hash::empty_root)
    }
}

/// Who is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blame {
    /// The tree of the entries fits the head: stored hashes were changed.
    Tiles,
    /// The tree of the stored hashes fits the head: entries were changed.
    Rows,
}

/// A full tile on which rows and tiles disagree, and nothing yet decides.
struct Dispute {
    first: u64,
    slots: Vec<Slot>,
    /// The stored hash of this tile one level up, if there is one.
    parent: Option<Hash>,
}

#[derive(Default)]
pub(super) struct Lines {
    /// The not yet full tile.
    pub(super) open: Vec<Slot>,
    /// A leaf is unknown: no root can be computed any more.
    pub(super) lost: bool,
    rows: Frontier,
    /// Present only where it differs from `rows`.
    tiles: Option<Frontier>,
    disputes: Vec<Dispute>,
    /// Per tile level from 1 on, the open tile as (by rows, by tiles).
    upper: Vec<Vec<(Hash, Hash)>>,
}

fn append(frontier: &mut Frontier, hash: Hash) {
    // Only full tiles are appended here, so the size is always a multiple of 256.
    if frontier.push_subtree(8, hash).is_err() {
        frontier.push(hash);
    }
}

impl Lines {
    /// The open tile is full. Answers its slots with their truth if that is already known.
    pub(super) fn close<N: NodeReader>(
        &mut self,
        end: u64,
        nodes: &mut N,
        findings: &mut Findings,
    ) -> Option<Vec<Slot>> {
        let mut slots = std::mem::take(&mut self.open);
        let width = u64::from(TILE_WIDTH);
        if self.lost || slots.len() as u64 != width {
            for slot in &mut slots {
                slot.truth = Some(slot.by_tiles());
            }
            return Some(slots);
        }
        let by_rows: Vec<Hash> = slots.iter().map(Slot::by_rows).collect();
        let by_tiles: Vec<Hash> = slots.iter().map(Slot::by_tiles).collect();
        let root_rows = root_of(&by_rows);
        let root_tiles = if by_rows == by_tiles { root_rows } else { root_of(&by_tiles) };
        let parent = nodes.node(1, end / width - 1);
        let truth = match parent {
            None if root_rows == root_tiles => Some((root_tiles, by_tiles)),
            Some(p) if p == root_tiles => Some((root_tiles, by_tiles)),
            Some(p) if p == root_rows => Some((root_rows, by_rows)),
            _ => None,
        };
        if let Some((root, leaves)) = truth {
            self.append_both(root, root);
            self.climb(end, (root, root), nodes, findings);
            for (slot, leaf) in slots.iter_mut().zip(leaves) {
                slot.truth = Some(leaf);
            }
            return Some(slots);
        }
        let other = parent.unwrap_or(root_tiles);
        self.append_both(root_rows, other);
        self.climb(end, (root_rows, other), nodes, findings);
        let dispute = Dispute { first: end - width, slots, parent };
        if self.disputes.len() < MOST_DISPUTES {
            self.disputes.push(dispute);
        } else {
            dispute.report_undecided(findings);
        }
        None
    }

    fn append_both(&mut self, by_rows: Hash, by_tiles: Hash) {
        if self.tiles.is_none() && by_rows != by_tiles {
            self.tiles = Some(self.rows.clone());
        }
        append(&mut self.rows, by_rows);
        if let Some(tiles) = &mut self.tiles {
            append(tiles, by_tiles);
        }
    }

    /// Checks the stored hashes of level 2 and up against those below.
    fn climb<N: NodeReader>(&mut self, end: u64, pair: (Hash, Hash), nodes: &mut N, findings: &mut Findings) {
        let (mut pair, mut level, mut index) = (pair, 1u8, end / u64::from(TILE_WIDTH));
        loop {
            let place = usize::from(level - 1);
            if self.upper.len() == place {
                self.upper.push(Vec::new());
            }
            let open = &mut self.upper[place];
            open.push(pair);
            if open.len() < usize::from(TILE_WIDTH) {
                return;
            }
            let full = std::mem::take(open);
            let root = |side: fn(&(Hash, Hash)) -> Hash| root_of(&full.iter().map(side).collect::<Vec<_>>());
            let (by_rows, by_tiles) = (root(|p| p.0), root(|p| p.1));
            index /= u64::from(TILE_WIDTH);
            level += 1;
            let stored = nodes.node(level, index - 1);
            if let Some(stored) = stored.filter(|s| *s != by_rows && *s != by_tiles) {
                let message = format!(
                    "hash {} of {} is {stored}, but the tile below it has root {by_tiles}",
                    (index - 1) % u64::from(TILE_WIDTH),
                    tile_path(level, index - 1),
                );
                let span = 1u64 << (8 * u32::from(level));
                findings.fail(
                    Failure::new(FailureKind::TileChanged, message).range((index - 1) * span, index * span),
                );
            }
            pair = (by_rows, by_tiles);
        }
    }

    fn root_with_open(&self, frontier: &Frontier, leaf: fn(&Slot) -> Hash) -> Hash {
        let mut frontier = frontier.clone();
        self.open.iter().for_each(|slot| frontier.push(leaf(slot)));
        frontier.root()
    }

    /// Who is wrong, if the head has this root; `None` if it fits neither tree.
    pub(super) fn blame(&self, root: &Hash) -> Option<Blame> {
        if self.root() == *root {
            return Some(Blame::Tiles);
        }
        let tiles = self.tiles.as_ref().unwrap_or(&self.rows);
        (self.root_with_open(tiles, Slot::by_tiles) == *root).then_some(Blame::Rows)
    }

    /// The root as the entries have it.
    pub(super) fn root(&self) -> Hash {
        self.root_with_open(&self.rows, Slot::by_rows)
    }

    /// A head has decided: both trees become the true one. Answers the disputed tiles with their truth.
    pub(super) fn settle(&mut self, blame: Blame, findings: &mut Findings) -> Vec<(u64, Vec<Slot>)> {
        for slot in &mut self.open {
            slot.truth = Some(if blame == Blame::Tiles { slot.by_rows() } else { slot.by_tiles() });
        }
        if let (Some(tiles), Blame::Rows) = (self.tiles.take(), blame) {
            self.rows = tiles;
        }
        for pair in self.upper.iter_mut().flatten() {
            *pair = if blame == Blame::Tiles { (pair.0, pair.0) } else { (pair.1, pair.1) };
        }
        std::mem::take(&mut self.disputes).into_iter().filter_map(|d| d.settle(blame, findings)).collect()
    }

    /// No head decides any more.
    pub(super) fn give_up(&mut self, findings: &mut Findings) {
        for dispute in std::mem::take(&mut self.disputes) {
            dispute.report_undecided(findings);
        }
    }
}

impl Dispute {
    fn end(&self) -> u64 {
        self.first + self.slots.len() as u64
    }

    fn settle(self, blame: Blame, findings: &mut Findings) -> Option<(u64, Vec<Slot>)> {
        let (first, end) = (self.first, self.end());
        match (blame, self.parent) {
            (Blame::Tiles, parent) => {
                if parent.is_some() {
                    let message = format!(
                        "hash {} of {} was changed: the entries below it fit the signed head",
                        first / u64::from(TILE_WIDTH) % u64::from(TILE_WIDTH),
                        tile_path(1, first / u64::from(TILE_WIDTH)),
                    );
                    findings.fail(Failure::new(FailureKind::TileChanged, message).range(first, end));
                }
                Some((first, with_truth(self.slots, Slot::by_rows)))
            }
            (Blame::Rows, None) => Some((first, with_truth(self.slots, Slot::by_tiles))),
            (Blame::Rows, Some(_)) => {
                let message = format!(
                    "entries in {first}..{end} were rewritten together with their hashes: the tile above and the \
                     signed head still hold the old ones"
                );
                findings.fail(Failure::new(FailureKind::Rewritten, message).range(first, end));
                None
            }
        }
    }

    fn report_undecided(self, findings: &mut Findings) {
        let (first, end) = (self.first, self.end());
        let changed =
            self.slots.iter().zip(first..).find(|(s, _)| s.computed != s.stored && s.stored.is_some());
        let hint = changed.map(|(_, index)| format!(", the first at entry {index}")).unwrap_or_default();
        let message =
            format!("entries and stored hashes disagree in {first}..{end}{hint}, and no signed head decides");
        findings.fail(Failure::new(FailureKind::Rewritten, message).range(first, end));
    }
}

fn with_truth(slots: Vec<Slot>, truth: fn(&Slot) -> Hash) -> Vec<Slot> {
    slots.into_iter().map(|slot| Slot { truth: Some(truth(&slot)), ..slot }).collect()
}

/// The path of the full tile that holds a node.
fn tile_path(level: u8, index: u64) -> String {
    Tile::new(level, index / u64::from(TILE_WIDTH), TILE_WIDTH)
        .map_or_else(|_| format!("tile level {level}"), |t| t.to_string())
}
