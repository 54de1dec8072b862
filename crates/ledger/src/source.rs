//! Where the hashes of a tree are read from, and how roots of ranges are computed out of them.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, TileError};
use crate::tree::{Hash, node_hash};

/// Where the hashes of a tree are read from: a database, a folder, memory.
///
/// `hash(l, i)` is the root of the perfect subtree over entries `[i × 256^l, (i + 1) × 256^l)`: hash
/// `i % 256` of tile `i / 256` of level `l`.
pub trait HashSource {
    /// What can go wrong while reading.
    type Error: std::error::Error + 'static;

    /// One hash of a tile level.
    ///
    /// # Errors
    /// Whatever the source cannot read; a node that does not exist is an error too.
    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;

    /// Up to 128 consecutive hashes that never cross a tile; override it where one read can answer all.
    ///
    /// # Errors
    /// As [`hash`](Self::hash).
    fn hashes(&self, level: u8, start: u64, count: u16) -> Result<Vec<Hash>, Self::Error> {
        (0..u64::from(count)).map(|i| self.hash(level, start + i)).collect()
    }
}

impl<S: HashSource + ?Sized> HashSource for &S {
    type Error = S::Error;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        (**self).hash(level, index)
    }

    fn hashes(&self, level: u8, start: u64, count: u16) -> Result<Vec<Hash>, Self::Error> {
        (**self).hashes(level, start, count)
    }
}

/// A node that a [`MemoryHashes`] does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the tree has no node {index} at tile level {level}")]
pub struct NoSuchNode {
    /// Tile level.
    pub level: u8,
    /// Index within the level.
    pub index: u64,
}

/// Every hash of a tree in memory: for tests, for small logs, for replaying a batch.
#[derive(Debug, Clone, Default)]
pub struct MemoryHashes {
    levels: Vec<Vec<Hash>>,
}

impl MemoryHashes {
    /// An empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self { levels: Vec::new() }
    }

    /// Appends a leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[level];
            hashes.push(node);
            if !hashes.len().is_multiple_of(usize::from(TILE_WIDTH)) {
                break;
            }
            node = crate::tree::root_of(&hashes[hashes.len() - usize::from(TILE_WIDTH)..]);
        }
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |l| l.len() as u64)
    }

    /// The bytes of a tile, as served and stored; `None` if the tree does not have it (yet).
    #[must_use]
    pub fn tile(&self, tile: Tile) -> Option<Vec<u8>> {
        let start = usize::try_from(tile.index()).ok()?.checked_mul(usize::from(TILE_WIDTH))?;
        let end = start.checked_add(usize::from(tile.width()))?;
        let hashes = self.levels.get(usize::from(tile.level()))?.get(start..end)?;
        Some(hashes.iter().flat_map(|h| h.0).collect())
    }
}

impl HashSource for MemoryHashes {
    type Error = NoSuchNode;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, NoSuchNode> {
        let found = self.levels.get(usize::from(level)).zip(usize::try_from(index).ok());
        found.and_then(|(l, i)| l.get(i)).copied().ok_or(NoSuchNode { level, index })
    }
}

/// Why a hash could not be read from tiles.
#[derive(Debug, thiserror::Error)]
pub enum TileReadError<E: std::error::Error + 'static> {
    /// The store failed.
    #[error("cannot read {tile}")]
    Fetch {
        /// Path of the tile.
        tile: String,
        /// What the store said.
        source: E,
    },
    /// The store answered with the wrong number of bytes.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// The tree is too small to have this node.
    #[error(transparent)]
    NoSuchNode(#[from] NoSuchNode),
}

/// Reads hashes out of stored tiles for a tree of a known size, each tile once.
///
/// `fetch` gets the exact tile of that tree (full, or partial at its width) and answers its bytes. Where
/// the store is asynchronous, ask [`crate::proof::tiles_for_inclusion`] or
/// [`crate::proof::tiles_for_consistency`] first and answer from what was fetched.
pub struct TileHashes<F> {
    size: u64,
    fetch: F,
    seen: RefCell<HashMap<Tile, Vec<Hash>>>,
}

impl<F, E> TileHashes<F>
where
    F: Fn(Tile) -> Result<Vec<u8>, E>,
    E: std::error::Error + 'static,
{
    /// A reader for the tree of `size` entries.
    #[must_use]
    pub fn new(size: u64, fetch: F) -> Self {
        Self { size, fetch, seen: RefCell::new(HashMap::new()) }
    }
}

impl<F, E> HashSource for TileHashes<F>
where
    F: Fn(Tile) -> Result<Vec<u8>, E>,
    E: std::error::Error + 'static,
{
    type Error = TileReadError<E>;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let missing = NoSuchNode { level, index };
        let tile = Tile::containing(level, index, self.size).ok_or(missing.clone())?;
        let place = (index % u64::from(TILE_WIDTH)) as usize;
        if let Some(hashes) = self.seen.borrow().get(&tile) {
            return hashes.get(place).copied().ok_or_else(|| missing.into());
        }
        let bytes =
            (self.fetch)(tile).map_err(|source| TileReadError::Fetch { tile: tile.to_string(), source })?;
        let hashes = tile.decode(&bytes)?;
        let found = hashes.get(place).copied().ok_or(missing);
        self.seen.borrow_mut().insert(tile, hashes);
        Ok(found?)
    }
}

/// The root of a perfect subtree: tree level `level` (entries `2^level`), `index` counted at that level.
pub(crate) fn subtree_root<S: HashSource>(source: &S, level: u32, index: u64) -> Result<Hash, S::Error> {
    let tile_level = u8::try_from(level / TILE_HEIGHT).unwrap_or(u8::MAX);
    let within = level % TILE_HEIGHT;
    let mut row = source.hashes(tile_level, index << within, 1 << within)?;
    while row.len() > 1 {
        row =
            row.chunks(2).filter_map(|pair| pair.iter().copied().reduce(|l, r| node_hash(&l, &r))).collect();
    }
    match row.first() {
        Some(root) => Ok(*root),
        None => source.hash(tile_level, index << within),
    }
}

/// Cuts entries `[start, end)` into maximal perfect subtrees from left to right, as (tree level, index).
///
/// `start` must be a multiple of the largest power of two that fits, as it is for every range of a proof.
pub(crate) fn perfect_subtrees(start: u64, end: u64) -> Vec<(u32, u64)> {
    let mut parts = Vec::new();
    let mut at = start;
    while at < end {
        let fits = (end - at).ilog2();
        let level = if at == 0 { fits } else { fits.min(at.trailing_zeros()) };
        parts.push((level, at >> level));
        at += 1 << level;
    }
    parts
}

/// The Merkle tree hash of entries `[start, end)` (see [`perfect_subtrees`]).
pub(crate) fn range_root<S: HashSource>(source: &S, start: u64, end: u64) -> Result<Hash, S::Error> {
    let mut roots = Vec::new();
    for (level, index) in perfect_subtrees(start, end) {
        roots.push(subtree_root(source, level, index)?);
    }
    Ok(roots
        .into_iter()
        .rev()
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or_else(Hash::empty_root))
}
