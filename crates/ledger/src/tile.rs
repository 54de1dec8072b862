//! C2SP `tlog-tiles`: the tree cut into tiles of 256 hashes, and entries into bundles of 256.
//!
//! A *tile level* `l` holds the hashes of perfect subtrees of `256^l` entries; the tree levels between are
//! recomputed. A tile is named by (level, index, width); only the rightmost tile of a level is narrower
//! than 256.

use std::fmt;
use std::str::FromStr;

use crate::tree::{HASH_LEN, Hash};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// The greatest length of an entry in bytes, set by the u16 prefix of a bundle.
pub const MAX_ENTRY: usize = 65_535;

/// Tree levels in one tile.
pub const TILE_HEIGHT: u32 = 8;

/// Why a tile or bundle was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not a path of this format.
    #[error("not a tile path: {path:?}: {reason}")]
    Path {
        /// What was given.
        path: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// Level over 63 or width outside 1 to 256.
    #[error("no tile has level {level} and width {width}")]
    Coordinates {
        /// Tile level.
        level: u8,
        /// Width in hashes.
        width: u16,
    },
    /// The bytes of a tile are not `width` hashes.
    #[error("{tile} must have {expected} bytes and has {found}")]
    Length {
        /// Path of the tile.
        tile: String,
        /// Bytes it must have.
        expected: usize,
        /// Bytes it has.
        found: usize,
    },
    /// A bundle ends in the middle of an entry.
    #[error("bundle ends inside entry {entry} (byte {offset} of {length})")]
    Cut {
        /// Place of the entry in the bundle, from 0.
        entry: usize,
        /// Where the entry begins.
        offset: usize,
        /// Bytes of the bundle.
        length: usize,
    },
    /// A bundle holds no entry or more than 256.
    #[error("a bundle holds 1 to 256 entries, not {0}")]
    Count(usize),
    /// An entry too long for the u16 prefix.
    #[error("entry {entry} has {length} bytes, the format allows {MAX_ENTRY}")]
    TooLong {
        /// Place of the entry in the bundle, from 0.
        entry: usize,
        /// Its bytes.
        length: usize,
    },
}

/// The coordinates of one hash tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

/// `000`, or `x001/x234/067`: three digits at a time, so that a folder never holds more than 1,000 names.
fn push_index(path: &mut String, index: u64) {
    let mut groups = Vec::new();
    let mut rest = index;
    loop {
        groups.push(rest % 1000);
        rest /= 1000;
        if rest == 0 {
            break;
        }
    }
    for (place, group) in groups.iter().enumerate().rev() {
        path.push_str(if place == 0 { "" } else { "x" });
        path.push_str(&format!("{group:03}"));
        path.push_str(if place == 0 { "" } else { "/" });
    }
}

/// A decimal number without sign or superfluous zeroes.
pub(crate) fn plain_decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

/// Reads `N[.p/W]`, strictly.
fn parse_index(text: &str) -> Result<(u64, u16), &'static str> {
    let (number, width) = match text.split_once(".p/") {
        None => (text, TILE_WIDTH),
        Some((number, width)) => {
            let width =
                plain_decimal(width).filter(|w| (1..=255).contains(w)).and_then(|w| u16::try_from(w).ok());
            (number, width.ok_or("a partial width is 1 to 255")?)
        }
    };
    let groups: Vec<&str> = number.split('/').collect();
    let mut index = 0u64;
    for (place, group) in groups.iter().enumerate() {
        let last = place + 1 == groups.len();
        let digits = if last { Some(*group) } else { group.strip_prefix('x') };
        let digits = digits.ok_or("all but the last element begin with x")?;
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err("an element has three digits");
        }
        let value: u64 = digits.parse().map_err(|_| "an element has three digits")?;
        if place == 0 && !last && value == 0 {
            return Err("the first element of several is not x000");
        }
        index =
            index.checked_mul(1000).and_then(|i| i.checked_add(value)).ok_or("the index is over 64 bits")?;
    }
    Ok((index, width))
}

impl Tile {
    /// A tile by its coordinates.
    ///
    /// # Errors
    /// [`TileError::Coordinates`] if level > 63 or width is not 1 to 256.
    pub const fn new(level: u8, index: u64, width: u16) -> Result<Self, TileError> {
        if level > 63 || width == 0 || width > TILE_WIDTH {
            return Err(TileError::Coordinates { level, width });
        }
        Ok(Self { level, index, width })
    }

    /// The tile that holds node `index` of tile level `level` in a tree of `size` entries, at the width it
    /// has in that tree; `None` if the tree has no such node yet.
    #[must_use]
    pub fn containing(level: u8, index: u64, size: u64) -> Option<Self> {
        let nodes = nodes_at(level, size);
        if index >= nodes {
            return None;
        }
        let tile = index / u64::from(TILE_WIDTH);
        let width = (nodes - tile * u64::from(TILE_WIDTH)).min(u64::from(TILE_WIDTH));
        Some(Self { level, index: tile, width: u16::try_from(width).unwrap_or(TILE_WIDTH) })
    }

    /// Tile level, 0 for leaves.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// Index within the level.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Hashes in the tile, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether the tile is full and so will never change.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Splits the bytes of this tile into hashes.
    ///
    /// # Errors
    /// [`TileError::Length`] if there are not exactly `32 × width` bytes.
    pub fn decode(&self, bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
        let expected = usize::from(self.width) * HASH_LEN;
        let (hashes, rest) = bytes.as_chunks::<HASH_LEN>();
        if bytes.len() != expected || !rest.is_empty() {
            return Err(TileError::Length { tile: self.to_string(), expected, found: bytes.len() });
        }
        Ok(hashes.iter().copied().map(Hash).collect())
    }

    /// The path of the entry bundle beside this (level 0) tile: `tile/entries/N[.p/W]`.
    #[must_use]
    pub fn bundle_path(&self) -> String {
        let mut path = String::from("tile/entries/");
        self.push_tail(&mut path);
        path
    }

    /// Reads `tile/entries/N[.p/W]` as the level 0 tile it goes with.
    ///
    /// # Errors
    /// [`TileError::Path`] for any other text.
    pub fn parse_bundle(path: &str) -> Result<Self, TileError> {
        let fail = |reason| TileError::Path { path: path.to_owned(), reason };
        let tail = path.strip_prefix("tile/entries/").ok_or(fail("it begins with tile/entries/"))?;
        let (index, width) = parse_index(tail).map_err(fail)?;
        Ok(Self { level: 0, index, width })
    }

    fn push_tail(&self, path: &mut String) {
        push_index(path, self.index);
        if !self.is_full() {
            path.push_str(&format!(".p/{}", self.width));
        }
    }
}

/// The path, `tile/L/N[.p/W]`.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut path = format!("tile/{}/", self.level);
        self.push_tail(&mut path);
        f.write_str(&path)
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        let fail = |reason| TileError::Path { path: path.to_owned(), reason };
        let tail = path.strip_prefix("tile/").ok_or(fail("it begins with tile/"))?;
        let (level, tail) = tail.split_once('/').ok_or(fail("a level and an index follow"))?;
        let level = plain_decimal(level).and_then(|l| u8::try_from(l).ok()).filter(|l| *l <= 63);
        let level = level.ok_or(fail("a level is 0 to 63"))?;
        let (index, width) = parse_index(tail).map_err(fail)?;
        Ok(Self { level, index, width })
    }
}

/// How many hashes tile level `level` has in a tree of `size` entries.
#[must_use]
pub fn nodes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * TILE_HEIGHT).unwrap_or(0)
}

/// The tiles to write when a tree grows from `old` to `new` entries: every tile that gains a hash, at its
/// width in the new tree, lower levels first. From 0 these are all tiles of the tree.
#[must_use]
pub fn tiles_between(old: u64, new: u64) -> Vec<Tile> {
    let mut tiles = Vec::new();
    for level in 0..=7 {
        let (before, after) = (nodes_at(level, old), nodes_at(level, new));
        if after == 0 {
            break;
        }
        let mut next = before;
        while next < after {
            let Some(tile) = Tile::containing(level, next, new) else { break };
            tiles.push(tile);
            next = (tile.index + 1).saturating_mul(u64::from(TILE_WIDTH));
        }
    }
    tiles
}

/// Packs entries into a bundle: each behind its length as big-endian u16.
///
/// # Errors
/// [`TileError::Count`] for none or more than 256 entries, [`TileError::TooLong`] for one over 65,535 bytes.
pub fn encode_bundle<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, TileError> {
    if entries.is_empty() || entries.len() > usize::from(TILE_WIDTH) {
        return Err(TileError::Count(entries.len()));
    }
    let mut bundle = Vec::with_capacity(entries.iter().map(|e| e.as_ref().len() + 2).sum());
    for (place, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len())
            .map_err(|_| TileError::TooLong { entry: place, length: entry.len() })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// Splits a bundle into its entries, without copying.
///
/// # Errors
/// [`TileError::Cut`] if it ends inside an entry, [`TileError::Count`] for none or more than 256 entries.
pub fn decode_bundle(bundle: &[u8]) -> Result<Vec<&[u8]>, TileError> {
    match split_bundle(bundle) {
        (entries, None) => Ok(entries),
        (_, Some(error)) => Err(error),
    }
}

/// As [`decode_bundle`], but with what could be read before the fault: the auditor wants to name it.
pub(crate) fn split_bundle(bundle: &[u8]) -> (Vec<&[u8]>, Option<TileError>) {
    let mut entries = Vec::new();
    let mut offset = 0;
    while offset < bundle.len() {
        let cut = TileError::Cut { entry: entries.len(), offset, length: bundle.len() };
        let Some((prefix, rest)) = bundle[offset..].split_first_chunk::<2>() else {
            return (entries, Some(cut));
        };
        let length = usize::from(u16::from_be_bytes(*prefix));
        let Some(entry) = rest.get(..length) else { return (entries, Some(cut)) };
        if entries.len() == usize::from(TILE_WIDTH) {
            return (entries, Some(TileError::Count(usize::from(TILE_WIDTH) + 1)));
        }
        entries.push(entry);
        offset += 2 + length;
    }
    let error = entries.is_empty().then_some(TileError::Count(0));
    (entries, error)
}
