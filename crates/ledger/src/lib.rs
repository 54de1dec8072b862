//! The transparency log of Kedun: what was done, by whom and why, in a form nobody can rewrite unseen.
//!
//! One row of the log is an [`Entry`]: names of fields and pseudonymous references, never
//! values. Rows become the leaves of an RFC 6962 Merkle tree ([`tree`]), stored as C2SP tiles ([`tile`], read through a [`source`]),
//! whose head is signed as a checkpoint ([`checkpoint`], [`note`]). The [`sequencer`] decides what the next
//! head is and never signs backwards. Anybody holding a head can check a [`proof`], and an auditor can
//! verify a whole [`kit`] offline with [`verify`], knowing nothing of ours but the public key.
//!
//! The crate does no I/O except reading and writing kits, reads no clock and draws no randomness: times,
//! ids, salts and seeds come as arguments. Formats follow <https://c2sp.org>: `tlog-tiles`,
//! `tlog-checkpoint`, `signed-note` and `tlog-proof@v1`.

pub mod checkpoint;
pub mod entry;
pub mod kit;
pub mod lot;
pub mod note;
pub mod proof;
pub mod sequencer;
pub mod source;
pub mod tile;
pub mod tree;
pub mod verify;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use entry::{Commitment, Decision, Entry};
pub use note::{NoteSigner, NoteVerifier};
pub use sequencer::Sequencer;
pub use source::HashSource;
pub use tile::Tile;
pub use tree::{Frontier, Hash};
pub use verify::{Report, Verifier, verify_kit};
