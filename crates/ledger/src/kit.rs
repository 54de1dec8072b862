//! The auditor's kit: a folder with everything needed to verify the log offline.
//!
//! ```text
//! README.txt                      how to verify
//! keys.json                       origin and verifier keys, for convenience; trust your own copy
//! checkpoint                      the newest signed head
//! checkpoints/000, x001/000, …    every signed head, in the order of signing
//! tile/L/N[.p/W]                  hash tiles (C2SP tlog-tiles)
//! tile/entries/N[.p/W]            entry bundles
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{Note, NoteVerifier};
use crate::tile::{TILE_WIDTH, Tile, TileError, encode_bundle};
use crate::tree::{Hash, root_of};

/// Why a kit could not be written.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// A file cannot be written.
    #[error("cannot write {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder is not empty: mixing two kits would make both wrong.
    #[error("{0} is not empty")]
    NotEmpty(PathBuf),
    /// No key was given.
    #[error("a kit needs at least one verifier key")]
    NoKey,
    /// A head cannot be read. Its signature is the auditor's to judge, its form is ours.
    #[error("head {number} of the kit")]
    Head {
        /// Place in the order of signing, from 0.
        number: u64,
        /// Why.
        source: CheckpointError,
    },
    /// A bundle cannot be packed.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// `keys.json` cannot be written as JSON.
    #[error("keys.json")]
    Json(#[from] serde_json::Error),
}

/// The content of `keys.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitKeys {
    /// The log.
    pub origin: String,
    /// Its verifier keys, newest last.
    pub keys: Vec<String>,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KitSummary {
    /// Entries.
    pub entries: u64,
    /// Heads.
    pub checkpoints: u64,
}

const README: &str = "\
Kedun: auditor's kit of an audit log
====================================

This folder holds the whole log: every entry, the hash tree over them, and every
head that was signed. Check it on your own machine, without a network:

    kedun-audit verify <this folder> --key <verifier key>

Use a verifier key that you were given at another time or by another way than
this folder. keys.json repeats the key only so that you can see whether it
differs. Compare `checkpoint` with the heads that you were sent day by day.

The formats are public: c2sp.org/tlog-tiles, c2sp.org/tlog-checkpoint and
c2sp.org/signed-note. Entries are canonical CBOR; they hold names of fields and
pseudonyms, no values.
";

/// Where head `number` (in the order of signing, from 0) lies in a kit.
#[must_use]
pub(crate) fn head_path(number: u64) -> String {
    let bundle = Tile::new(0, number, TILE_WIDTH).map(|t| t.bundle_path()).unwrap_or_default();
    bundle.replacen("tile/entries", "checkpoints", 1)
}

/// Writes a kit entry by entry; holds one tile per level and one bundle in memory.
pub struct KitWriter {
    folder: PathBuf,
    bundle: Vec<Vec<u8>>,
    levels: Vec<(u64, Vec<Hash>)>,
    newest: Option<(u64, String)>,
    summary: KitSummary,
}

impl KitWriter {
    /// Begins a kit in a folder, which is made if need be and must be empty.
    ///
    /// # Errors
    /// [`KitError::NotEmpty`], [`KitError::NoKey`], [`KitError::Io`].
    pub fn create(folder: &Path, origin: &str, keys: &[NoteVerifier]) -> Result<Self, KitError> {
        if keys.is_empty() {
            return Err(KitError::NoKey);
        }
        let failed = |source| KitError::Io { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        if fs::read_dir(folder).map_err(failed)?.next().is_some() {
            return Err(KitError::NotEmpty(folder.to_owned()));
        }
        let summary = KitSummary { entries: 0, checkpoints: 0 };
        let kit =
            Self { folder: folder.to_owned(), bundle: Vec::new(), levels: Vec::new(), newest: None, summary };
        kit.write("README.txt", README.as_bytes())?;
        let keys =
            KitKeys { origin: origin.to_owned(), keys: keys.iter().map(ToString::to_string).collect() };
        kit.write("keys.json", serde_json::to_string_pretty(&keys)?.as_bytes())?;
        Ok(kit)
    }

    /// Writes a whole kit: heads in the order of signing, entries with their stored leaf hashes in the
    /// order of the log.
    ///
    /// # Errors
    /// As the single steps; the first error of `entries` ends it.
    pub fn write_all<B, E>(
        folder: &Path,
        origin: &str,
        keys: &[NoteVerifier],
        heads: impl IntoIterator<Item = impl AsRef<str>>,
        entries: impl IntoIterator<Item = Result<(B, Hash), E>>,
    ) -> Result<KitSummary, E>
    where
        B: AsRef<[u8]>,
        E: From<KitError>,
    {
        let mut kit = Self::create(folder, origin, keys)?;
        for head in heads {
            kit.head(head.as_ref())?;
        }
        for entry in entries {
            let (bytes, leaf) = entry?;
            kit.entry(bytes.as_ref(), leaf)?;
        }
        Ok(kit.finish()?)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), KitError> {
        let path = self.folder.join(path);
        let failed = |source| KitError::Io { path: path.clone(), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, bytes).map_err(failed)
    }

    /// Adds a signed head, in the order of signing.
    ///
    /// # Errors
    /// [`KitError::Head`] if it has not the form of one, [`KitError::Io`].
    pub fn head(&mut self, text: &str) -> Result<(), KitError> {
        let number = self.summary.checkpoints;
        let failed = |source| KitError::Head { number, source };
        let note = Note::parse(text).map_err(|e| failed(e.into()))?;
        let head: Checkpoint = note.text().parse().map_err(failed)?;
        self.write(&head_path(number), text.as_bytes())?;
        self.summary.checkpoints += 1;
        if self.newest.as_ref().is_none_or(|(size, _)| head.size >= *size) {
            self.newest = Some((head.size, text.to_owned()));
        }
        Ok(())
    }

    /// Adds the next entry with the leaf hash **as stored**, not recomputed: an auditor shall see what the
    /// store holds, also where it is wrong.
    ///
    /// # Errors
    /// [`KitError::Tile`] for an entry over 65,535 bytes, [`KitError::Io`].
    pub fn entry(&mut self, bytes: &[u8], leaf: Hash) -> Result<(), KitError> {
        self.bundle.push(bytes.to_vec());
        self.summary.entries += 1;
        let mut node = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push((0, Vec::new()));
            }
            self.levels[level].1.push(node);
            if self.levels[level].1.len() < usize::from(TILE_WIDTH) {
                break;
            }
            node = root_of(&self.levels[level].1);
            self.flush(level)?;
        }
        Ok(())
    }

    /// Writes the open tile of a level, and with level 0 the open bundle.
    fn flush(&mut self, level: usize) -> Result<(), KitError> {
        let (index, hashes) = &mut self.levels[level];
        let coordinates =
            (u8::try_from(level).unwrap_or(u8::MAX), u16::try_from(hashes.len()).unwrap_or(u16::MAX));
        let tile = Tile::new(coordinates.0, *index, coordinates.1)?;
        let bytes: Vec<u8> = hashes.drain(..).flat_map(|h| h.0).collect();
        *index += 1;
        self.write(&tile.to_string(), &bytes)?;
        if level == 0 {
            let bundle = encode_bundle(&self.bundle)?;
            self.bundle.clear();
            self.write(&tile.bundle_path(), &bundle)?;
        }
        Ok(())
    }

    /// Writes the partial tiles and the newest head.
    ///
    /// # Errors
    /// [`KitError::Io`].
    pub fn finish(mut self) -> Result<KitSummary, KitError> {
        for level in 0..self.levels.len() {
            if !self.levels[level].1.is_empty() {
                self.flush(level)?;
            }
        }
        if let Some((_, text)) = &self.newest {
            self.write("checkpoint", text.as_bytes())?;
        }
        Ok(self.summary)
    }
}
