//! Inclusion and consistency proofs (RFC 6962 section 2.1, verified as in RFC 9162 section 2.1.3 and
//! 2.1.4), and the offline text proof of C2SP `tlog-proof@v1`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::note::NoteVerifier;
use crate::source::{HashSource, perfect_subtrees, range_root};
use crate::tile::{TILE_HEIGHT, Tile, plain_decimal};
use crate::tree::{Hash, HashError, node_hash};

/// Why a proof could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E: std::error::Error + 'static> {
    /// The entry or the smaller tree is not within the tree.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// A hash could not be read.
    #[error("cannot read the tree's hashes")]
    Source(#[source] E),
}

/// Sizes or an index that no proof fits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// The index is not below the size.
    #[error("entry {index} is not in a tree of {size}")]
    Index {
        /// Zero-based index of the entry.
        index: u64,
        /// Entries in the tree.
        size: u64,
    },
    /// The old size is over the new one.
    #[error("a tree of {new} cannot continue a tree of {old}")]
    Backwards {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
}

/// Why a proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Sizes or index out of range.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// The proof has too few or too many hashes.
    #[error("the proof has {found} hashes, which is not what these sizes need")]
    Length {
        /// Hashes in the proof.
        found: usize,
    },
    /// The hashes lead to another root.
    #[error("the proof leads to root {found}, not {expected}")]
    Root {
        /// Root in the head.
        expected: Hash,
        /// Root that the proof leads to.
        found: Hash,
    },
    /// The text is not a `tlog-proof@v1`.
    #[error("malformed proof: {0}")]
    Malformed(String),
    /// The checkpoint within is not validly signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl From<HashError> for ProofError {
    fn from(error: HashError) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// The ranges whose roots make up the inclusion proof, from the leaf's sibling upwards.
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<(u64, u64)>, RangeError> {
    if index >= size {
        return Err(RangeError::Index { index, size });
    }
    let (mut start, mut end, mut ranges) = (0, size, Vec::new());
    while end - start > 1 {
        let split = start + split_point(end - start);
        if index < split {
            ranges.push((split, end));
            end = split;
        } else {
            ranges.push((start, split));
            start = split;
        }
    }
    ranges.reverse();
    Ok(ranges)
}

/// The ranges whose roots make up the consistency proof, in the order of RFC 6962 section 2.1.2.
fn consistency_ranges(old: u64, new: u64) -> Result<Vec<(u64, u64)>, RangeError> {
    if old > new {
        return Err(RangeError::Backwards { old, new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end, mut whole, mut ranges) = (0, new, true, Vec::new());
    while old != end {
        let split = start + split_point(end - start);
        if old <= split {
            ranges.push((split, end));
            end = split;
        } else {
            ranges.push((start, split));
            start = split;
            whole = false;
        }
    }
    // The old tree itself is known to whoever holds its head; only a part of it must be sent.
    if !whole {
        ranges.push((start, end));
    }
    ranges.reverse();
    Ok(ranges)
}

/// The largest power of two below `n`, for n > 1.
const fn split_point(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

fn read_all<S: HashSource>(source: &S, ranges: &[(u64, u64)]) -> Result<Vec<Hash>, ProveError<S::Error>> {
    ranges.iter().map(|(start, end)| range_root(source, *start, *end).map_err(ProveError::Source)).collect()
}

fn tiles_of(ranges: &[(u64, u64)], size: u64) -> Vec<Tile> {
    let mut tiles = BTreeSet::new();
    for (level, index) in ranges.iter().flat_map(|(start, end)| perfect_subtrees(*start, *end)) {
        let tile_level = u8::try_from(level / TILE_HEIGHT).unwrap_or(u8::MAX);
        tiles.extend(Tile::containing(tile_level, index << (level % TILE_HEIGHT), size));
    }
    tiles.into_iter().collect()
}

/// The proof that entry `index` is in the tree of `size` entries: siblings from the leaf to the root.
///
/// # Errors
/// [`ProveError::Range`] if the index is not below the size, [`ProveError::Source`] from the store.
pub fn inclusion<S: HashSource>(
    source: &S,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, ProveError<S::Error>> {
    read_all(source, &inclusion_ranges(index, size)?)
}

/// The tiles that [`inclusion`] will read, to fetch beforehand from an asynchronous store.
///
/// # Errors
/// [`RangeError::Index`] if the index is not below the size.
pub fn tiles_for_inclusion(index: u64, size: u64) -> Result<Vec<Tile>, RangeError> {
    Ok(tiles_of(&inclusion_ranges(index, size)?, size))
}

/// The proof that the tree of `new` entries continues the tree of `old` entries. Empty if they are equal
/// in size or the old one is empty.
///
/// # Errors
/// [`ProveError::Range`] if `old > new`, [`ProveError::Source`] from the store.
pub fn consistency<S: HashSource>(source: &S, old: u64, new: u64) -> Result<Vec<Hash>, ProveError<S::Error>> {
    read_all(source, &consistency_ranges(old, new)?)
}

/// The tiles that [`consistency`] will read.
///
/// # Errors
/// [`RangeError::Backwards`] if `old > new`.
pub fn tiles_for_consistency(old: u64, new: u64) -> Result<Vec<Tile>, RangeError> {
    Ok(tiles_of(&consistency_ranges(old, new)?, new))
}

/// The root of the tree of the first `size` entries.
///
/// # Errors
/// From the store.
pub fn root_at<S: HashSource>(source: &S, size: u64) -> Result<Hash, S::Error> {
    range_root(source, 0, size)
}

fn same_root(expected: &Hash, found: Hash) -> Result<(), ProofError> {
    if *expected == found { Ok(()) } else { Err(ProofError::Root { expected: *expected, found }) }
}

/// Checks that `leaf` is entry `index` of the tree with this size and root.
///
/// # Errors
/// [`ProofError::Range`], [`ProofError::Length`] or [`ProofError::Root`].
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(RangeError::Index { index, size }.into());
    }
    let wrong_length = ProofError::Length { found: proof.len() };
    let (mut node, mut last, mut found) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            found = node_hash(sibling, &found);
            // An only child has no sibling on its level: climb to where it is a right child.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            found = node_hash(&found, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(wrong_length);
    }
    same_root(root, found)
}

/// Checks that the tree (`new`, `new_root`) continues the tree (`old`, `old_root`).
///
/// # Errors
/// [`ProofError::Range`], [`ProofError::Length`] or [`ProofError::Root`] (for the old root or the new).
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(RangeError::Backwards { old, new }.into());
    }
    let wrong_length = ProofError::Length { found: proof.len() };
    if old == new || old == 0 {
        if !proof.is_empty() {
            return Err(wrong_length);
        }
        // Everything continues the empty tree, but the empty tree has one root only.
        return if old == new {
            same_root(old_root, *new_root)
        } else {
            same_root(&Hash::empty_root(), *old_root)
        };
    }
    let mut hashes = proof.iter();
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    // A perfect old tree is its own first hash and is not repeated in the proof.
    let first = if old.is_power_of_two() { *old_root } else { *hashes.next().ok_or(wrong_length.clone())? };
    let (mut found_old, mut found_new) = (first, first);
    for hash in hashes {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            found_old = node_hash(hash, &found_old);
            found_new = node_hash(hash, &found_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            found_new = node_hash(&found_new, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(wrong_length);
    }
    same_root(old_root, found_old)?;
    same_root(new_root, found_new)
}

const MAGIC: &str = "c2sp.org/tlog-proof@v1";

/// A self-contained proof that one entry is in a signed tree (`.tlog-proof`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// Opaque data of the application. **Not authenticated** by the proof.
    pub extra: Option<Vec<u8>>,
    /// Zero-based index of the entry.
    pub index: u64,
    /// Inclusion proof.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, verbatim, with whatever cosignatures it carries.
    pub checkpoint: String,
}

impl LogProof {
    /// Checks offline that `leaf` is in the log: the checkpoint is signed by the log's key among `known`
    /// and the hashes lead to its root. Answers the checkpoint.
    ///
    /// # Errors
    /// [`ProofError::Checkpoint`] for the signature, otherwise as [`verify_inclusion`].
    pub fn verify(&self, leaf: Hash, known: &[NoteVerifier]) -> Result<Checkpoint, ProofError> {
        let head = SignedCheckpoint::open(&self.checkpoint, known)?.checkpoint().clone();
        verify_inclusion(leaf, self.index, head.size, &self.hashes, &head.root)?;
        Ok(head)
    }
}

/// The text form.
impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for LogProof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        let fail = |reason: &str| ProofError::Malformed(reason.to_owned());
        let (head, checkpoint) =
            text.split_once("\n\n").ok_or(fail("a blank line precedes the checkpoint"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(MAGIC) {
            return Err(fail("the first line names the format"));
        }
        let mut line = lines.next().ok_or(fail("the index is missing"))?;
        let mut extra = None;
        if let Some(encoded) = line.strip_prefix("extra ") {
            extra = Some(STANDARD.decode(encoded).map_err(|_| fail("the extra data is base64"))?);
            line = lines.next().ok_or(fail("the index is missing"))?;
        }
        let index =
            line.strip_prefix("index ").and_then(plain_decimal).ok_or(fail("an index line is expected"))?;
        let hashes = lines.map(str::parse).collect::<Result<Vec<Hash>, _>>()?;
        // A path through a tree of 2^64 leaves has at most 64 hashes (one more covers the odd edge).
        if hashes.len() > 64 {
            return Err(fail("more hashes than any tree is high"));
        }
        Ok(Self { extra, index, hashes, checkpoint: checkpoint.to_owned() })
    }
}
