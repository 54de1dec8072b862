//! The file of a passphrase: the salt, and a value that tells a mistyped passphrase from the right one.
//!
//! It is no secret by itself, but whoever has it can try passphrases as fast as Argon2id lets them, so it is as private
//! as a key file.

use crate::keys::kek::place_file;
use crate::keys::{Clear, HashCost, Kek, KekSource, KeyError};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What the derivation is called in the file.
const KDF: &str = "argon2id/standard";
/// Longest file that is looked at, bytes.
const LONGEST: u64 = 4_096;

/// The file as it was read.
#[derive(Debug)]
pub struct PassphraseFile {
    path: PathBuf,
    salt: [u8; 16],
    check: [u8; 32],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kdf: String,
    salt: String,
    check: String,
}

impl PassphraseFile {
    /// Makes the file for a new passphrase and answers the root key. An existing file is never overwritten.
    ///
    /// # Errors
    /// A short passphrase; the file exists or cannot be written.
    pub fn create(path: &Path, phrase: Clear) -> Result<Kek, KeyError> {
        let salt = Kek::new_salt()?;
        let kek = Kek::load(&KekSource::Passphrase { phrase, salt, cost: HashCost::STANDARD })?;
        let written =
            Written { kdf: KDF.to_owned(), salt: hex::encode(salt), check: hex::encode(kek.check()) };
        let text = serde_json::to_vec_pretty(&written).map_err(|e| KeyError::KeyFile {
            action: "write",
            path: path.to_owned(),
            source: e.into(),
        })?;
        place_file(path, &text)?;
        Ok(kek)
    }

    /// Reads the file.
    ///
    /// # Errors
    /// It is absent, open to others, or not such a file.
    pub fn read(path: &Path) -> Result<PassphraseFile, KeyError> {
        let broken = |action| move |source| KeyError::KeyFile { action, path: path.to_owned(), source };
        let metadata = std::fs::metadata(path).map_err(broken("open"))?;
        if !metadata.is_file() || metadata.len() > LONGEST {
            return Err(KeyError::KeyFileKind { path: path.to_owned() });
        }
        super::kek::private(path, &metadata)?;
        let text = std::fs::read(path).map_err(broken("read"))?;
        let format = || KeyError::KeyFormat { origin: path.display().to_string() };
        let written: Written = serde_json::from_slice(&text).map_err(|_| format())?;
        let (mut salt, mut check) = ([0; 16], [0; 32]);
        if written.kdf != KDF
            || hex::decode_to_slice(&written.salt, &mut salt).is_err()
            || hex::decode_to_slice(&written.check, &mut check).is_err()
        {
            return Err(format());
        }
        Ok(PassphraseFile { path: path.to_owned(), salt, check })
    }

    /// The root key, from the passphrase. Blocks for about 150 ms.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`].
    pub fn unlock(&self, phrase: Clear) -> Result<Kek, KeyError> {
        let wrong = |error| match error {
            KeyError::WrongRoot | KeyError::PassphraseShort { .. } => {
                KeyError::WrongPassphrase { path: self.path.clone() }
            }
            other => other,
        };
        let source = KekSource::Passphrase { phrase, salt: self.salt, cost: HashCost::STANDARD };
        let kek = Kek::load(&source).map_err(wrong)?;
        kek.verify(&self.check).map_err(wrong)?;
        Ok(kek)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clear(text: &str) -> Clear {
        Clear::from(text.to_owned())
    }

    #[test]
    fn only_the_passphrase_it_was_made_with_unlocks_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kedun.salt");
        let made = PassphraseFile::create(&path, clear("four words are a key")).unwrap();
        let file = PassphraseFile::read(&path).unwrap();
        assert_eq!(file.unlock(clear("four words are a key")).unwrap().check(), made.check());
        for wrong in ["four words are a kez", "short", ""] {
            let error = file.unlock(clear(wrong)).unwrap_err();
            assert!(matches!(error, KeyError::WrongPassphrase { .. }), "{error}");
            assert!(wrong.is_empty() || !format!("{error:?} {error}").contains(wrong));
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("four words"));
    }

    #[test]
    fn it_is_never_overwritten_and_a_short_passphrase_makes_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kedun.salt");
        assert!(matches!(
            PassphraseFile::create(&path, clear("too short")),
            Err(KeyError::PassphraseShort { .. })
        ));
        assert!(!path.exists());
        PassphraseFile::create(&path, clear("four words are a key")).unwrap();
        let again = PassphraseFile::create(&path, clear("another four words!!"));
        assert!(matches!(again, Err(KeyError::KeyFileExists { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn one_that_others_may_read_or_that_is_something_else_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kedun.salt");
        PassphraseFile::create(&path, clear("four words are a key")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(PassphraseFile::read(&path), Err(KeyError::KeyFileExposed { .. })));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "{}").unwrap();
        assert!(matches!(PassphraseFile::read(&path), Err(KeyError::KeyFormat { .. })));
    }
}
