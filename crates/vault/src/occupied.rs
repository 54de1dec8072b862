//! Whose turn it is to serve from a folder: a lock on a file that ends with the process, however it ends.
//!
//! SQLite lets several processes in, and offline commands rely on that. But a server knows rights, sessions and people by
//! heart, and hears of a change only when it made it: a second one would go on serving whoever was shut out by the first.

use crate::error::{Result, VaultError};
use crate::store::Source;
use std::fs::{File, OpenOptions, TryLockError};

/// Name of the file. It stays when the lock ends: removing it would let two hold a lock each.
const LOCK_FILE: &str = "kedun.lock";

/// The turn, until this is dropped. On PostgreSQL, where several servers hear of each other, there are no turns.
#[derive(Debug)]
pub struct Occupied(Option<File>);

impl Occupied {
    /// Takes the turn; the house must be there.
    ///
    /// # Errors
    /// Another process serves from this folder; the file cannot be made.
    pub fn take(source: &Source) -> Result<Occupied> {
        let Source::Sqlite { folder } = source else { return Ok(Occupied(None)) };
        let path = folder.join(LOCK_FILE);
        let failed = |e: std::io::Error| VaultError::Setup(format!("cannot lock {}: {e}", path.display()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Occupied(Some(file))),
            Err(TryLockError::WouldBlock) => Err(VaultError::Setup(format!(
                "another kedun serves from {} already; two would not hear of each other's changes of rights. Stop it \
                 first, or use PostgreSQL for several servers",
                folder.display()
            ))),
            Err(TryLockError::Error(e)) => Err(failed(e)),
        }
    }

    /// Whether there is a lock to hold at all.
    pub fn is_exclusive(&self) -> bool {
        self.0.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_serves_from_a_folder_and_the_next_one_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let source = Source::Sqlite { folder: folder.path().to_owned() };
        let first = Occupied::take(&source).unwrap();
        assert!(first.is_exclusive());
        let refused = Occupied::take(&source).unwrap_err().to_string();
        assert!(refused.contains("already"), "{refused}");
        drop(first);
        assert!(Occupied::take(&source).is_ok());
        let postgres = Source::Postgres { url: "postgres://x".to_owned(), schema: "kedun".to_owned() };
        assert!(!Occupied::take(&postgres).unwrap().is_exclusive());
    }
}
