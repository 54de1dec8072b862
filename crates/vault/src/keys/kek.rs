//! The root key: where it comes from, and what is derived from it.
//!
//! It lives outside the database and is never in a backup of it. Whoever has it and the data has everything.

use crate::ids::new_id;
use crate::keys::mac::{Keyed, framed};
use crate::keys::password::HashCost;
use crate::keys::{Clear, Key32, KeyError};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// What the root key is used for; one derived key each. A label is for ever: changing its text loses what
/// was sealed under it.
pub mod label {
    /// Encrypts the data file (SQLCipher).
    pub const SQLCIPHER_DATA: &str = "sqlcipher/data";
    /// Encrypts the keyring file (SQLCipher).
    pub const SQLCIPHER_KEYRING: &str = "sqlcipher/keyring";
    /// Encrypts the book of first entry (SQLCipher).
    pub const SQLCIPHER_JOURNAL: &str = "sqlcipher/journal";
    /// Wraps the organisation keys.
    pub const ORG: &str = "org";
    /// Root of the blind index.
    pub const BLIND: &str = "blind";
    /// Pepper of the passwords.
    pub const PEPPER: &str = "pepper";
    /// Wraps the ledger's signing keys.
    pub const LEDGER_SIGNING: &str = "ledger-signing";
    /// Seals system secrets: one-time seeds, connector credentials.
    pub const SYSTEM: &str = "system";
    /// Seals files that are on their way (exports, uploads) before they belong to a subject.
    pub const FILES: &str = "files";
    /// Root of the keys under which people's devices keep what was typed and not yet saved.
    pub const DRAFTS: &str = "drafts";
    /// The installation's check value ([`super::Kek::check`]).
    pub(super) const CHECK: &str = "check";

    /// All labels.
    pub const ALL: [&str; 11] = [
        SQLCIPHER_DATA,
        SQLCIPHER_KEYRING,
        SQLCIPHER_JOURNAL,
        ORG,
        BLIND,
        PEPPER,
        LEDGER_SIGNING,
        SYSTEM,
        FILES,
        DRAFTS,
        CHECK,
    ];
}

/// Least number of characters of a passphrase: offline guessing must be hopeless, not merely slow.
pub const PASSPHRASE_MIN: usize = 16;

/// Salt of the derivation; part of every key ever derived.
const SALT: &[u8] = b"kedun/kek/1";

/// Longest text that is looked at when reading a key, in bytes.
const KEY_TEXT_MAX: u64 = 1_024;

/// Where the root key comes from.
pub enum KekSource {
    /// A file with 32 bytes in hex or base64 that only its owner may read.
    File(PathBuf),
    /// An environment variable with the same text. For tests and demos: other processes of the same user
    /// can read it for as long as this one runs, and it ends up in crash reports.
    Env(String),
    /// A passphrase that a person types at start, through Argon2id.
    Passphrase {
        /// What was typed.
        phrase: Clear,
        /// The installation's salt ([`Kek::new_salt`]); no secret, stored beside the data.
        salt: [u8; 16],
        /// The cost; [`HashCost::STANDARD`] outside tests. Another cost gives another key.
        cost: HashCost,
    },
}

impl fmt::Debug for KekSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KekSource::File(path) => write!(f, "File({})", path.display()),
            KekSource::Env(name) => write!(f, "Env({name})"),
            KekSource::Passphrase { .. } => f.write_str("Passphrase(…)"),
        }
    }
}

/// The root key.
pub struct Kek(Keyed);

impl Kek {
    /// Reads or derives the root key. Blocks: about 150 ms for a passphrase.
    pub fn load(source: &KekSource) -> Result<Self, KeyError> {
        match source {
            KekSource::File(path) => Self::from_file(path),
            KekSource::Env(name) => {
                let text = std::env::var(name).map(Zeroizing::new);
                let text = text.map_err(|_| KeyError::EnvMissing { name: name.clone() })?;
                Ok(Self::from_key(parse(text.as_bytes(), name)?))
            }
            KekSource::Passphrase { phrase, salt, cost } => Self::from_passphrase(phrase, salt, *cost),
        }
    }

    /// Takes a key that somebody else held: an HSM, a transit service, shares put together.
    pub fn from_key(key: Key32) -> Self {
        Self(Keyed::extract(SALT, key.expose()))
    }

    /// Makes a new root key file (mode 0600) and returns the key. The file appears complete or not at all,
    /// and an existing one is never overwritten, even when two processes try at once.
    pub fn create_file(path: &Path) -> Result<Self, KeyError> {
        let key = Key32::random()?;
        let mut text = Zeroizing::new(hex::encode(key.expose()));
        text.push('\n');
        place_file(path, text.as_bytes())?;
        Ok(Self::from_key(key))
    }

    /// A fresh salt for [`KekSource::Passphrase`].
    pub fn new_salt() -> Result<[u8; 16], KeyError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(KeyError::Random)?;
        Ok(salt)
    }

    /// The key for one use (HKDF-SHA-256); `info` is one of [`label`].
    pub fn derive(&self, info: &str) -> Key32 {
        self.0.expand(&framed(&[b"kedun/kek/1", info.as_bytes()]))
    }

    /// A value that tells nothing about the key but tells it from others. Store it when the installation is
    /// made, so that a mistyped passphrase is named as such instead of as a broken database.
    pub fn check(&self) -> [u8; 32] {
        *self.derive(label::CHECK).expose()
    }

    /// What people compare to know whether two copies are the same key: 16 hex digits that tell nothing about it.
    pub fn fingerprint(&self) -> String {
        use sha2::{Digest as _, Sha256};
        hex::encode(&Sha256::digest(self.check())[..8])
    }

    /// Whether this is the key that `check` was stored for.
    pub fn verify(&self, check: &[u8; 32]) -> Result<(), KeyError> {
        if bool::from(self.check().ct_eq(check)) { Ok(()) } else { Err(KeyError::WrongRoot) }
    }

    fn from_file(path: &Path) -> Result<Self, KeyError> {
        let broken = |action| move |source| KeyError::KeyFile { action, path: path.to_owned(), source };
        // The permissions are asked of the open file, not of the name, which could meanwhile mean another.
        let file = File::open(path).map_err(broken("open"))?;
        let metadata = file.metadata().map_err(broken("inspect"))?;
        if !metadata.is_file() {
            return Err(KeyError::KeyFileKind { path: path.to_owned() });
        }
        private(path, &metadata)?;
        // Full capacity from the start: a growing buffer would leave copies of the key behind.
        let mut text = Zeroizing::new(Vec::with_capacity(KEY_TEXT_MAX as usize));
        file.take(KEY_TEXT_MAX).read_to_end(&mut text).map_err(broken("read"))?;
        Ok(Self::from_key(parse(&text, &path.display().to_string())?))
    }

    fn from_passphrase(phrase: &Clear, salt: &[u8; 16], cost: HashCost) -> Result<Self, KeyError> {
        if phrase.expose().chars().count() < PASSPHRASE_MIN {
            return Err(KeyError::PassphraseShort { min: PASSPHRASE_MIN });
        }
        Ok(Self::from_key(cost.stretch(phrase.expose().as_bytes(), salt)?))
    }
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kek(…)")
    }
}

/// Refuses a file that others than its owner may read or write.
pub(super) fn private(path: &Path, metadata: &std::fs::Metadata) -> Result<(), KeyError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyError::KeyFileExposed { path: path.to_owned(), mode });
        }
    }
    #[cfg(not(unix))]
    let _ = (path, metadata);
    Ok(())
}

/// 32 bytes from 64 hex digits or from base64 (either alphabet, padded or not), blanks around them allowed.
fn parse(text: &[u8], origin: &str) -> Result<Key32, KeyError> {
    let text = text.trim_ascii();
    let mut bytes = Zeroizing::new([0_u8; 32]);
    let decoded = if text.len() == 64 {
        hex::decode_to_slice(text, &mut *bytes).is_ok()
    } else {
        let text = text.strip_suffix(b"=").unwrap_or(text);
        text.len() == 43
            && (STANDARD_NO_PAD.decode_slice(text, &mut *bytes).is_ok_and(|len| len == 32)
                || URL_SAFE_NO_PAD.decode_slice(text, &mut *bytes).is_ok_and(|len| len == 32))
    };
    if !decoded {
        return Err(KeyError::KeyFormat { origin: origin.to_owned() });
    }
    if bytes.iter().all(|byte| *byte == bytes[0]) {
        return Err(KeyError::KeyWeak { origin: origin.to_owned() });
    }
    Ok(Key32::from_bytes(*bytes))
}

/// Writes a private file under a name that must be free: whole, on disk, and never in place of another.
pub(super) fn place_file(path: &Path, content: &[u8]) -> Result<(), KeyError> {
    let broken = |action| move |source| KeyError::KeyFile { action, path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = folder.join(format!(".kedun-key-{}", new_id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&draft).map_err(broken("create"))?;
    let written = file.write_all(content).and_then(|()| file.sync_all()).map_err(broken("write"));
    // A hard link fails when the name is taken, which `rename` would not.
    let placed = written.and_then(|()| {
        std::fs::hard_link(&draft, path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => KeyError::KeyFileExists { path: path.to_owned() },
            _ => broken("place")(error),
        })
    });
    // The draft holds the key as well; it must not stay, whatever happened.
    let removed = std::fs::remove_file(&draft).map_err(broken("remove the draft of"));
    placed.and(removed)?;
    // The name itself must survive a power cut; only Unix lets a folder be synced.
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(broken("sync the folder of"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kek");
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        (dir, path)
    }

    fn load(path: &Path) -> Result<Kek, KeyError> {
        Kek::load(&KekSource::File(path.to_owned()))
    }

    #[test]
    fn labels_give_distinct_keys() {
        let kek = Kek::from_key(Key32::from_bytes([7; 32]));
        let keys: BTreeSet<[u8; 32]> = label::ALL.iter().map(|name| *kek.derive(name).expose()).collect();
        assert_eq!(keys.len(), label::ALL.len());
        assert_eq!(kek.derive(label::ORG).expose(), kek.derive(label::ORG).expose());
        let other = Kek::from_key(Key32::from_bytes([8; 32]));
        assert_ne!(kek.derive(label::ORG).expose(), other.derive(label::ORG).expose());
    }

    #[test]
    fn derivation_never_changes() {
        // A change here means that no existing installation opens any more.
        let kek = Kek::from_key(parse(HEX.as_bytes(), "test").unwrap());
        let mut expected = [0; 32];
        hkdf::Hkdf::<sha2::Sha256>::new(Some(b"kedun/kek/1"), &hex::decode(HEX).unwrap())
            .expand(b"\0\0\0\x0bkedun/kek/1\0\0\0\x03org", &mut expected)
            .unwrap();
        assert_eq!(kek.derive(label::ORG).expose(), &expected);
        assert_eq!(hex::encode(expected), "3ce28f1d19341fa44edaacbc4e4f393eeb60252f65c44ae4e045cf5575e32077");
    }

    #[test]
    fn hex_and_base64_files_hold_the_same_key() {
        let expected = Kek::from_key(parse(HEX.as_bytes(), "test").unwrap()).check();
        for text in [HEX, &format!("{HEX}\n"), &HEX.to_uppercase(), BASE64, BASE64.trim_end_matches('=')] {
            let (_dir, path) = file(text, 0o600);
            assert_eq!(load(&path).unwrap().check(), expected, "{text}");
        }
        let (_dir, path) = file(HEX, 0o400);
        assert!(load(&path).is_ok());
    }

    #[test]
    fn both_base64_alphabets_are_read() {
        let key: Vec<u8> = [0xFB, 0xEF, 0xBE].iter().copied().cycle().take(32).collect();
        let standard = base64::engine::general_purpose::STANDARD.encode(&key);
        let url = URL_SAFE_NO_PAD.encode(&key);
        assert!(standard.contains('+') && url.contains('-'));
        assert_eq!(parse(standard.as_bytes(), "").unwrap().expose().as_slice(), key);
        assert_eq!(parse(url.as_bytes(), "").unwrap().expose().as_slice(), key);
    }

    #[test]
    fn texts_that_are_no_key_are_refused_and_not_repeated() {
        for text in ["", "geheim", &HEX[1..], &format!("{HEX}00"), &HEX.replace('0', "g"), &BASE64[2..]] {
            let (_dir, path) = file(text, 0o600);
            let error = load(&path).unwrap_err();
            assert!(matches!(error, KeyError::KeyFormat { .. }), "{error:?}");
            assert!(text.is_empty() || !format!("{error} {error:?}").contains(text));
        }
        let (_dir, path) = file(&"00".repeat(32), 0o600);
        assert!(matches!(load(&path), Err(KeyError::KeyWeak { .. })));
        let (_dir, path) = file(&"x".repeat(100_000), 0o600);
        assert!(matches!(load(&path), Err(KeyError::KeyFormat { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_open_to_others_is_refused() {
        for mode in [0o644, 0o640, 0o604, 0o660, 0o610, 0o602, 0o601, 0o666, 0o777] {
            let (_dir, path) = file(HEX, mode);
            let error = load(&path).unwrap_err();
            assert!(matches!(error, KeyError::KeyFileExposed { mode: found, .. } if found == mode));
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn a_missing_file_or_a_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(load(&dir.path().join("none")), Err(KeyError::KeyFile { action: "open", .. })));
        assert!(matches!(load(dir.path()), Err(KeyError::KeyFileKind { .. } | KeyError::KeyFile { .. })));
    }

    #[test]
    fn a_created_file_is_private_complete_and_loads() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kek");
        let made = Kek::create_file(&path).unwrap();
        assert_eq!(load(&path).unwrap().check(), made.check());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "the draft is gone");
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kek");
        Kek::create_file(&path).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Kek::create_file(&path), Err(KeyError::KeyFileExists { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "the draft is gone");
    }

    #[test]
    fn of_many_creators_at_once_one_wins() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kek");
        let made: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(|| Kek::create_file(&path))).collect();
            all.into_iter().filter_map(|one| one.join().unwrap().ok()).map(|kek| kek.check()).collect()
        });
        assert_eq!(made.len(), 1);
        assert_eq!(load(&path).unwrap().check(), made[0]);
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = Kek::load(&KekSource::Env("KEDUN_TEST_NO_SUCH_KEK".into())).unwrap_err();
        assert!(matches!(&error, KeyError::EnvMissing { name } if name == "KEDUN_TEST_NO_SUCH_KEK"));
        // PATH is set and is no key; what it holds must not be repeated.
        let error = Kek::load(&KekSource::Env("PATH".into())).unwrap_err();
        assert!(matches!(error, KeyError::KeyFormat { .. }));
        assert!(!format!("{error:?}").contains(&std::env::var("PATH").unwrap()));
    }

    fn phrase(text: &str, salt: [u8; 16], cost: HashCost) -> Result<Kek, KeyError> {
        Kek::load(&KekSource::Passphrase { phrase: Clear::from(text.to_owned()), salt, cost })
    }

    #[test]
    fn a_passphrase_gives_the_same_key_only_with_the_same_salt_and_cost() {
        let typed = "correct horse battery";
        let kek = phrase(typed, [1; 16], HashCost::TEST).unwrap();
        let check = kek.check();
        assert!(phrase(typed, [1; 16], HashCost::TEST).unwrap().verify(&check).is_ok());
        for other in [
            phrase("correct horse batterz", [1; 16], HashCost::TEST),
            phrase(typed, [2; 16], HashCost::TEST),
            phrase(typed, [1; 16], HashCost { passes: 2, ..HashCost::TEST }),
        ] {
            assert!(matches!(other.unwrap().verify(&check), Err(KeyError::WrongRoot)));
        }
    }

    #[test]
    fn a_short_passphrase_is_refused() {
        let error = phrase("fifteen chars..", [1; 16], HashCost::TEST).unwrap_err();
        assert!(matches!(error, KeyError::PassphraseShort { min: 16 }));
        assert!(!error.to_string().contains("fifteen"));
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Kek::from_key(Key32::from_bytes([1; 32]))), "Kek(…)");
        let source = KekSource::Passphrase {
            phrase: Clear::from("geheim".to_owned()),
            salt: [1; 16],
            cost: HashCost::TEST,
        };
        assert_eq!(format!("{source:?}"), "Passphrase(…)");
    }
}
