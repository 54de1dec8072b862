//! Keys: where they come from, what they seal, how they die.
//!
//! ```text
//! Kek (outside the database)
//!  ├─ derive(label::…)           database files, blind index, pepper, ledger signing
//!  └─ organisation key           envelope::wrap under derive(label::ORG)
//!      └─ SubjectKey             one per person or company file; destroying it shreds the file
//!          ├─ field_key          one per object × field, never stored
//!          ├─ audit_key          seals what the audit trail says about the subject
//!          └─ reference          what the ledger calls a record
//! ```
//!
//! **Invariant:** pure computation. No SQL, no network, no clock; the only file read or written is the root
//! key's ([`kek`]), the only async is the queue before the password hash ([`password`]). A secret has no
//! `Serialize` and no `Display`, its `Debug` says nothing, and it is overwritten when dropped.

pub mod blind;
pub mod draft;
pub mod envelope;
mod error;
pub mod kek;
pub mod knock;
mod mac;
pub mod passphrase;
pub mod password;
pub mod pseudonym;
pub mod seal;
pub mod secret;
pub mod subject;
pub mod token;
pub mod totp;

#[cfg(test)]
mod vectors;

pub use blind::BlindKey;
pub use draft::DraftKeys;
pub use envelope::WrappedKey;
pub use error::KeyError;
pub use kek::{Kek, KekSource, label};
pub use knock::KnockKey;
pub use passphrase::PassphraseFile;
pub use password::{HashCost, Passwords, Pepper, Verdict};
pub use pseudonym::Pseudonyms;
pub use seal::{Place, Suite, open, open_bytes, open_system, seal, seal_system};
pub use secret::{Clear, ClearBytes, Key32};
pub use subject::{KeyId, SubjectKey};
pub use token::{Token, TokenHash, TokenKind, device_id};
pub use totp::TotpSecret;
