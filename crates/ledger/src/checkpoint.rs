//! C2SP `tlog-checkpoint`: the head of a log (origin, size, root), and its signed form.

use std::fmt;
use std::str::FromStr;

use crate::note::{Note, NoteError, NoteSigner, NoteVerifier};
use crate::tile::plain_decimal;
use crate::tree::{Hash, HashError};

/// The head of a log: "the tree of `origin` with `size` entries has this root". Its text is three lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Unique identity of the log, by custom a URL without scheme; equal to the name of the signing key.
    pub origin: String,
    /// Entries in the tree.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: Hash,
}

/// Why a checkpoint was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The origin is empty or has control characters.
    #[error("an origin is one non-empty line without control characters: {0:?}")]
    Origin(String),
    /// Not exactly three lines. Extension lines are legal in the format and refused by us: nobody can
    /// audit what they say.
    #[error("a checkpoint has exactly three lines, this has {0}")]
    Lines(usize),
    /// The last line does not end in a newline.
    #[error("a checkpoint ends in a newline")]
    Unfinished,
    /// The size is not a plain decimal number below 2^64.
    #[error("not a tree size: {0:?}")]
    Size(String),
    /// The root is not 32 bytes of canonical base64.
    #[error("not a root hash: {0}")]
    Root(#[from] HashError),
    /// Size 0 with a root other than that of the empty tree.
    #[error("the empty tree has one root only, not {0}")]
    EmptyRoot(Hash),
    /// The note around it is malformed or not signed as it must be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Signed by a known key, but not by the key of this log.
    #[error("the head of {origin:?} is signed by {signers} and not by its own key")]
    ForeignKey {
        /// The origin that it claims.
        origin: String,
        /// The known keys that signed.
        signers: String,
    },
}

fn valid_origin(origin: &str) -> bool {
    !origin.is_empty() && !origin.chars().any(char::is_control)
}

impl Checkpoint {
    /// A checkpoint, checked.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] and [`CheckpointError::EmptyRoot`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if !valid_origin(origin) {
            return Err(CheckpointError::Origin(origin.to_owned()));
        }
        if size == 0 && root != Hash::empty_root() {
            return Err(CheckpointError::EmptyRoot(root));
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

/// The note text: three lines, each ended by a newline.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Unfinished)?;
        let lines: Vec<&str> = body.split('\n').collect();
        let [origin, size, root] = lines[..] else { return Err(CheckpointError::Lines(lines.len())) };
        let size = plain_decimal(size).ok_or_else(|| CheckpointError::Size(size.to_owned()))?;
        Self::new(origin, size, root.parse()?)
    }
}

/// A checkpoint together with the note that proves it. The only ways to have one are to sign or to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Signs a head. Prefer [`crate::sequencer::Sequencer::next_head`], which refuses to go backwards.
    ///
    /// # Errors
    /// [`CheckpointError::ForeignKey`] if the key's name is not the origin, [`CheckpointError::Origin`].
    pub fn sign(checkpoint: Checkpoint, signer: &NoteSigner) -> Result<Self, CheckpointError> {
        let checkpoint = Checkpoint::new(&checkpoint.origin, checkpoint.size, checkpoint.root)?;
        if signer.verifier().name() != checkpoint.origin {
            let signers = signer.verifier().name().to_owned();
            return Err(CheckpointError::ForeignKey { origin: checkpoint.origin, signers });
        }
        let note = Note::sign(&checkpoint.to_string(), signer)?;
        Ok(Self { checkpoint, note })
    }

    /// Adds the signature of another key to the same head: the coming key during rotation.
    #[must_use]
    pub fn also_sign(self, signer: &NoteSigner) -> Self {
        Self { checkpoint: self.checkpoint, note: self.note.also_sign(signer) }
    }

    /// Reads and verifies a signed checkpoint: at least one known key whose name is the origin has signed.
    ///
    /// # Errors
    /// Any [`CheckpointError`]; nothing of the text is answered unless the signature holds.
    pub fn open(text: &str, known: &[NoteVerifier]) -> Result<Self, CheckpointError> {
        let note = Note::parse(text)?;
        let signers = note.verify(known)?;
        let checkpoint: Checkpoint = note.text().parse()?;
        if !signers.iter().any(|k| k.name() == checkpoint.origin) {
            let signers: Vec<&str> = signers.iter().map(|k| k.name()).collect();
            return Err(CheckpointError::ForeignKey {
                origin: checkpoint.origin,
                signers: signers.join(", "),
            });
        }
        Ok(Self { checkpoint, note })
    }

    /// The head.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note with its signatures; `to_string()` is what to store and serve.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }
}

/// The signed note.
impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
