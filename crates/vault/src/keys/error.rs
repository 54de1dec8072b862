//! Why a key or a sealed value is refused.

use std::path::PathBuf;

/// What can go wrong with keys. Carries places, sizes and names of rules; never a key, a plaintext, a
/// password or a code, so that it may be logged.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The operating system gave no randomness; nothing may be sealed until it does.
    #[error("no randomness from the operating system: {0}")]
    Random(getrandom::Error),

    /// The key that knocks at browsers could not be made, read or used.
    #[error("the key for push services cannot be made, read or used")]
    Knock,

    /// The key file could not be read or written.
    #[error("cannot {action} key file {path}")]
    KeyFile {
        /// What was tried: `open`, `read`, `create`, …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// Others than the owner could read or change the key file.
    #[error("key file {path} is open to others (mode {mode:04o}); run: chmod 600 {path}")]
    KeyFileExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits (octal when shown).
        mode: u32,
    },
    /// The key file is not a regular file.
    #[error("key file {path} is not a regular file")]
    KeyFileKind {
        /// The file.
        path: PathBuf,
    },
    /// A key file is never overwritten: with the old key everything sealed under it would be lost.
    #[error("key file {path} exists and is never overwritten")]
    KeyFileExists {
        /// The file.
        path: PathBuf,
    },
    /// The text is not a key of 32 bytes in hex or base64.
    #[error("{origin} does not hold 32 bytes in hex or base64")]
    KeyFormat {
        /// Where the text came from: the file's path or the variable's name.
        origin: String,
    },
    /// The text is a key that nobody drew at random (all bytes equal).
    #[error("{origin} holds a placeholder, not a key")]
    KeyWeak {
        /// Where the text came from: the file's path or the variable's name.
        origin: String,
    },
    /// The environment variable for the root key is not set, or not text.
    #[error("environment variable {name} is not set")]
    EnvMissing {
        /// The variable.
        name: String,
    },
    /// The passphrase is too short to guard everything.
    #[error("passphrase has fewer than {min} characters")]
    PassphraseShort {
        /// Least number of characters.
        min: usize,
    },
    /// The root key is not the one this installation was made with.
    #[error("the root key is not the one that this installation was sealed with")]
    WrongRoot,
    /// A passphrase that does not belong to the file.
    #[error("the passphrase is not the one that {path} was made with")]
    WrongPassphrase {
        /// The file with the salt.
        path: PathBuf,
    },

    /// A sealed value or wrapped key is shorter than its format allows.
    #[error("{what} is cut short: {len} bytes")]
    Truncated {
        /// What was being opened.
        what: &'static str,
        /// Its length in bytes.
        len: usize,
    },
    /// A format version that this release does not know.
    #[error("{what} has unknown format version {found}")]
    Version {
        /// What was being opened.
        what: &'static str,
        /// The version byte.
        found: u8,
    },
    /// A suite that this release does not open (2, SM4-GCM, is reserved and not yet accepted).
    #[error("suite {found} is not accepted")]
    Suite {
        /// The suite byte.
        found: u8,
    },
    /// The value was sealed under another key of the subject or under another subject's.
    #[error("sealed under key {found}, opened with key {given}")]
    OtherKey {
        /// The key that the value names.
        found: String,
        /// The key that was offered.
        given: String,
    },
    /// The tag does not fit: other key, other place, or changed bytes. Which of them cannot be known.
    #[error("{what} does not open: other key, moved, or changed")]
    Authentication {
        /// What was being opened.
        what: &'static str,
    },
    /// The unwrapped key is not the one that was committed to when it was made.
    #[error("key {id} does not match its commitment")]
    Commitment {
        /// The key's id.
        id: String,
    },
    /// The value is longer than one seal may hold.
    #[error("value of {len} bytes is longer than {max}")]
    TooLong {
        /// Its length in bytes.
        len: usize,
        /// The most that one seal holds, in bytes.
        max: usize,
    },
    /// The opened bytes are not text.
    #[error("opened value is not text")]
    NotText,
    /// The text is not a key id.
    #[error("not a key id")]
    KeyIdFormat,

    /// Argon2 refused its parameters or could not get its memory.
    #[error("argon2: {0}")]
    Argon2(argon2::Error),
    /// The stored password hash is not one that this release can check.
    #[error("stored password hash is not usable: {reason}")]
    PasswordHash {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Too many people are signing in at once; try again shortly (429).
    #[error("too many sign-ins at once")]
    Busy,
    /// The hashing task was cancelled or broke; the password was neither right nor wrong.
    #[error("password hashing did not finish")]
    Interrupted,

    /// The text is not a token of this house.
    #[error("not a token")]
    TokenFormat,
    /// The one-time code is not six digits or not the one of now.
    #[error("one-time code is wrong")]
    CodeWrong,
    /// The one-time code is right but was used before.
    #[error("one-time code was used before")]
    CodeReplayed,
    /// The one-time secret or its label cannot be used.
    #[error("one-time secret: {reason}")]
    Totp {
        /// What is wrong with it.
        reason: &'static str,
    },
}
