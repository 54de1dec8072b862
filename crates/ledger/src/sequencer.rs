//! The single writer's state: which index comes next, which tiles change, and which head may be signed.
//!
//! Nothing here touches a store. The caller prepares a step, commits its rows, tiles and head in one
//! database transaction (comparing the last signed head in the same statement, so that of two sequencers
//! one loses), and only then lets the step take effect. A crash in between leaves memory and store agreed.

use std::collections::HashSet;

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::entry::{Entry, EntryError};
use crate::note::NoteSigner;
use crate::proof::root_at;
use crate::source::{HashSource, perfect_subtrees, subtree_root};
use crate::tile::{TILE_WIDTH, Tile, nodes_at, tiles_between};
use crate::tree::{Frontier, FrontierError, HASH_LEN, Hash, leaf_hash, root_of};

/// Id of a ledger row, a UUIDv7.
pub type RowId = [u8; 16];

/// Why the sequencer refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SequencerError {
    /// The tree is smaller than what was already signed: a restored backup or lost rows. A restore must be
    /// declared, never silently continued.
    #[error("the tree has {size} entries, but a head of {signed} was already signed")]
    Rollback {
        /// Entries in the tree.
        size: u64,
        /// Entries in the last signed head.
        signed: u64,
    },
    /// At the size of the last signed head the tree has another root: history was changed.
    #[error("at {size} entries the tree has root {found}, but {signed} was already signed")]
    Fork {
        /// Size of the last signed head.
        size: u64,
        /// Its root.
        signed: Hash,
        /// The tree's root at that size.
        found: Hash,
    },
    /// The last signed head belongs to another log.
    #[error("the last signed head is of {found:?}, this log is {expected:?}")]
    Origin {
        /// This log.
        expected: String,
        /// The head's log.
        found: String,
    },
    /// A row is no valid entry.
    #[error("row {row} cannot be integrated")]
    Entry {
        /// Hexadecimal id of the row.
        row: String,
        /// Why.
        source: EntryError,
    },
    /// A row's id is not the id inside its entry.
    #[error("row {row} holds an entry with id {entry}")]
    RowId {
        /// Hexadecimal id of the row.
        row: String,
        /// Hexadecimal id in the entry.
        entry: String,
    },
    /// A row twice in one batch.
    #[error("row {0} comes twice")]
    Duplicate(String),
    /// A step that was prepared on another state.
    #[error("the step begins at {step}, the log is at {size}")]
    Stale {
        /// Where the step begins.
        step: u64,
        /// Where the log is.
        size: u64,
    },
    /// The hashes on the edge do not fit the size.
    #[error(transparent)]
    Frontier(#[from] FrontierError),
    /// The head cannot be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A stored hash cannot be read.
    #[error("cannot read the stored tree: {0}")]
    Source(String),
}

/// A row with the place it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Zero-based index in the log.
    pub index: u64,
    /// The row.
    pub row: RowId,
    /// Its leaf hash.
    pub leaf: Hash,
}

/// A tile to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileBytes {
    /// Coordinates and, by `to_string()`, path.
    pub tile: Tile,
    /// `32 × width` bytes.
    pub bytes: Vec<u8>,
}

/// The right edge: the frontier and the open tile of every level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Edge {
    frontier: Frontier,
    /// Hashes of the not yet full tile of each level (0 to 255 of them).
    open: Vec<Vec<Hash>>,
}

/// What integrating a batch will do; store it, then [`Sequencer::accept`] it.
#[derive(Debug, Clone)]
pub struct Step {
    /// Rows with their indices, consecutive.
    pub placed: Vec<Placed>,
    /// Tiles to write, full and partial, lower levels first.
    pub tiles: Vec<TileBytes>,
    /// The head after this step, to be signed by [`Sequencer::next_head`] once accepted.
    pub checkpoint: Checkpoint,
    begins: u64,
    edge: Edge,
}

/// The state of the single writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequencer {
    origin: String,
    edge: Edge,
    signed: Option<Checkpoint>,
}

/// A head ready to be stored; `replaces` is what the store must still hold for it to win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextHead {
    /// The signed head.
    pub head: SignedCheckpoint,
    /// The last signed head on which this one was decided. Compare and swap on it: where it has changed,
    /// another sequencer has signed and this head must be thrown away unseen.
    pub replaces: Option<Checkpoint>,
}

impl Sequencer {
    /// A log without entries.
    ///
    /// # Errors
    /// [`SequencerError::Checkpoint`] for an impossible origin.
    pub fn new(origin: &str) -> Result<Self, SequencerError> {
        Checkpoint::new(origin, 0, Hash::empty_root())?;
        Ok(Self { origin: origin.to_owned(), edge: Edge::default(), signed: None })
    }

    /// Rebuilds the state at `size` from stored tiles, and checks it against the last head ever signed.
    ///
    /// # Errors
    /// [`SequencerError::Rollback`] and [`SequencerError::Fork`] if the stored tree does not continue that
    /// head, [`SequencerError::Origin`] if it is of another log, [`SequencerError::Source`] from the store.
    pub fn restore<S: HashSource>(
        origin: &str,
        size: u64,
        source: &S,
        signed: Option<Checkpoint>,
    ) -> Result<Self, SequencerError> {
        let mut state = Self::new(origin)?;
        let read = |e: S::Error| SequencerError::Source(e.to_string());
        let mut edge = Vec::new();
        for (level, index) in perfect_subtrees(0, size) {
            edge.push(subtree_root(source, level, index).map_err(read)?);
        }
        state.edge.frontier = Frontier::from_edge(size, edge)?;
        for level in 0..=7 {
            let nodes = nodes_at(level, size);
            let first = nodes - nodes % u64::from(TILE_WIDTH);
            let hashes = (first..nodes).map(|i| source.hash(level, i));
            state.edge.open.push(hashes.collect::<Result<_, _>>().map_err(read)?);
        }
        if let Some(head) = &signed {
            if head.origin != origin {
                return Err(SequencerError::Origin {
                    expected: origin.to_owned(),
                    found: head.origin.clone(),
                });
            }
            if size < head.size {
                return Err(SequencerError::Rollback { size, signed: head.size });
            }
            let found = root_at(source, head.size).map_err(read)?;
            if found != head.root {
                return Err(SequencerError::Fork { size: head.size, signed: head.root, found });
            }
        }
        state.signed = signed;
        Ok(state)
    }

    /// Entries integrated so far: the index that the next row will get.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.edge.frontier.size()
    }

    /// The right edge of the tree.
    #[must_use]
    pub const fn frontier(&self) -> &Frontier {
        &self.edge.frontier
    }

    /// The last head that was signed.
    #[must_use]
    pub const fn signed(&self) -> Option<&Checkpoint> {
        self.signed.as_ref()
    }

    /// The present head, unsigned.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.edge.checkpoint(&self.origin)
    }

    /// Works out what integrating these rows, in this order, would do. Changes nothing.
    ///
    /// # Errors
    /// [`SequencerError::Entry`], [`SequencerError::RowId`] or [`SequencerError::Duplicate`], naming the
    /// row; the batch is refused whole.
    pub fn prepare<'a>(
        &self,
        rows: impl IntoIterator<Item = (RowId, &'a [u8])>,
    ) -> Result<Step, SequencerError> {
        let begins = self.size();
        let mut edge = self.edge.clone();
        let mut grown = Grown::new(&edge, begins);
        let mut placed = Vec::new();
        let mut seen = HashSet::new();
        for (row, bytes) in rows {
            let name = || crate::tree::to_hex(&row);
            let entry =
                Entry::decode(bytes).map_err(|source| SequencerError::Entry { row: name(), source })?;
            if entry.id != row {
                let entry = crate::tree::to_hex(&entry.id);
                return Err(SequencerError::RowId { row: name(), entry });
            }
            if !seen.insert(row) {
                return Err(SequencerError::Duplicate(name()));
            }
            let leaf = leaf_hash(bytes);
            placed.push(Placed { index: edge.frontier.size(), row, leaf });
            edge.push(leaf, &mut grown);
        }
        let tiles = tiles_between(begins, edge.frontier.size());
        let tiles = tiles.into_iter().map(|tile| TileBytes { tile, bytes: grown.bytes(tile) }).collect();
        let checkpoint = edge.checkpoint(&self.origin);
        Ok(Step { placed, tiles, checkpoint, begins, edge })
    }

    /// Lets a step take effect, after its rows and tiles have been committed.
    ///
    /// # Errors
    /// [`SequencerError::Stale`] if the log has moved since the step was prepared.
    pub fn accept(&mut self, step: Step) -> Result<(), SequencerError> {
        if step.begins != self.size() {
            return Err(SequencerError::Stale { step: step.begins, size: self.size() });
        }
        self.edge = step.edge;
        Ok(())
    }

    /// Signs the present head, unless that would contradict the last signed one. Changes nothing: store the
    /// head, then [`accept_head`](Self::accept_head) it.
    ///
    /// # Errors
    /// [`SequencerError::Rollback`], [`SequencerError::Fork`], or [`SequencerError::Checkpoint`] if the
    /// signer is not this log's.
    pub fn next_head(&self, signer: &NoteSigner) -> Result<NextHead, SequencerError> {
        let next = self.checkpoint();
        self.may_follow(&next)?;
        Ok(NextHead { head: SignedCheckpoint::sign(next, signer)?, replaces: self.signed.clone() })
    }

    /// Remembers a head as signed, after it has been committed.
    ///
    /// # Errors
    /// As [`next_head`](Self::next_head); [`SequencerError::Stale`] if it was decided on another last head.
    pub fn accept_head(&mut self, next: &NextHead) -> Result<(), SequencerError> {
        let head = next.head.checkpoint();
        if next.replaces != self.signed || head.size > self.size() {
            return Err(SequencerError::Stale { step: head.size, size: self.size() });
        }
        self.may_follow(head)?;
        self.signed = Some(head.clone());
        Ok(())
    }

    fn may_follow(&self, next: &Checkpoint) -> Result<(), SequencerError> {
        let Some(signed) = &self.signed else { return Ok(()) };
        if next.size < signed.size {
            return Err(SequencerError::Rollback { size: next.size, signed: signed.size });
        }
        if next.size == signed.size && next.root != signed.root {
            return Err(SequencerError::Fork { size: next.size, signed: signed.root, found: next.root });
        }
        Ok(())
    }
}

impl Edge {
    fn checkpoint(&self, origin: &str) -> Checkpoint {
        Checkpoint { origin: origin.to_owned(), size: self.frontier.size(), root: self.frontier.root() }
    }

    fn push(&mut self, leaf: Hash, grown: &mut Grown) {
        self.frontier.push(leaf);
        let mut node = leaf;
        for level in 0.. {
            grown.push(level, node);
            if self.open.len() == level {
                self.open.push(Vec::new());
            }
            let open = &mut self.open[level];
            open.push(node);
            if open.len() < usize::from(TILE_WIDTH) {
                break;
            }
            node = root_of(open);
            open.clear();
        }
    }
}

/// The hashes of every level from the beginning of its open tile onwards, while a batch is applied.
struct Grown {
    levels: Vec<(u64, Vec<Hash>)>,
}

impl Grown {
    fn new(edge: &Edge, size: u64) -> Self {
        let start = |level: usize| {
            let nodes = nodes_at(u8::try_from(level).unwrap_or(u8::MAX), size);
            nodes - nodes % u64::from(TILE_WIDTH)
        };
        Self {
            levels: edge.open.iter().enumerate().map(|(level, open)| (start(level), open.clone())).collect(),
        }
    }

    fn push(&mut self, level: usize, node: Hash) {
        if self.levels.len() == level {
            self.levels.push((0, Vec::new()));
        }
        self.levels[level].1.push(node);
    }

    fn bytes(&self, tile: Tile) -> Vec<u8> {
        let Some((start, hashes)) = self.levels.get(usize::from(tile.level())) else { return Vec::new() };
        let first = usize::try_from(tile.index() * u64::from(TILE_WIDTH) - start).unwrap_or(usize::MAX);
        let hashes = hashes.iter().skip(first).take(usize::from(tile.width()));
        let mut bytes = Vec::with_capacity(usize::from(tile.width()) * HASH_LEN);
        bytes.extend(hashes.flat_map(|h| h.0));
        bytes
    }
}
