//! Backups: a copy of the data, and apart from it a copy of the keyring with a short life.
//!
//! **Invariant:** a copy of the data never holds a key. A copy of the keyring is written down in the keyring before it is
//! made, so that the certificate of a destruction can say when the last of them is gone; and gone it is only where somebody
//! looked: at the folder that it was written to, not at a path that leads elsewhere today.

mod copy;
mod known;
mod postgres;
mod restore;

pub use known::{KEYRING_LIFE_MS, KeyringCopy};
pub(crate) use restore::must_be_declared;
pub use restore::{Declared, Restore};

use crate::error::{Result, VaultError};
use crate::sql::Db;
use crate::store::Source;
use crate::vault::Vault;
use copy::{failed, manifest_path, write_manifest};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Folder of the data copies inside a backup folder.
const DATA: &str = "data";
/// Folder of the keyring copies inside a backup folder.
const KEYRING: &str = "keyring";

/// One copied file, as its manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// `data` or `keyring`.
    pub kind: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// The file's name.
    pub file: String,
    /// When it was begun, UTC ms.
    pub made_at: i64,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 over the file, hex.
    pub sha256: String,
}

/// What a backup wrote.
#[derive(Clone, Debug, Serialize)]
pub struct Backup {
    /// The copy of the data.
    pub data: PathBuf,
    /// The copy of the keyring.
    pub keyring: PathBuf,
    /// When it was made, UTC ms.
    pub made_at: i64,
    /// Bytes of both.
    pub bytes: u64,
    /// Copies of the keyring that had outlived their time and were removed.
    pub expired: usize,
}

/// What the keyring holds, in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct KeyringFacts {
    /// Keys of subjects. Some were made ahead and belong to nobody yet.
    pub keys: i64,
    /// Subjects whose keys were destroyed.
    pub destroyed: i64,
    /// Copies of the keyring that are known of.
    pub copies: Vec<KeyringCopy>,
}

/// The newest copy of the keyring in a folder: the one that holds the copies, or the one that was given to `kedun backup`.
///
/// # Errors
/// The folder cannot be read, or holds none.
pub fn newest_keyring(folder: &Path) -> Result<PathBuf> {
    let inside = folder.join(KEYRING);
    let folder = if inside.is_dir() { inside } else { folder.to_owned() };
    let entries = std::fs::read_dir(&folder).map_err(failed("read", &folder))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e != "json" && e != "part"))
        .filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("keyring-")))
        .collect();
    // Names hold the time, so the last name is the newest copy.
    found.sort();
    found.pop().ok_or_else(|| VaultError::Setup(format!("{} holds no copy of the keyring", folder.display())))
}

impl Vault {
    /// Copies the data and, after it, the keyring, while the house goes on working. The keyring goes into a folder of its
    /// own (`keyring_to`), so that it can be kept elsewhere than the data.
    ///
    /// # Errors
    /// A folder that cannot be written; for PostgreSQL, no `pg_dump`.
    pub async fn backup(&self, to: &Path, keyring_to: Option<&Path>) -> Result<Backup> {
        let now = self.inner.clock.now();
        let stamp = stamp(now);
        let inner = &self.inner;
        // The copy is of the ledger; what waits in the book goes there first.
        inner.journal.post().await?;
        let data_folder = to.join(DATA);
        let keyring_folder = keyring_to.unwrap_or(to).join(KEYRING);
        for folder in [to, keyring_to.unwrap_or(to)] {
            self.must_not_be_inside(folder)?;
        }
        for folder in [&data_folder, &keyring_folder] {
            copy::private_folder(folder)?;
        }
        let postgres = inner.data.is_postgres();
        let ending = if postgres { "dump.sealed" } else { "db" };
        let data = data_folder.join(format!("kedun-{stamp}.{ending}"));
        let keyring = keyring_folder.join(format!("keyring-{stamp}.{ending}"));
        // The keyring last: it then has the key of everything that the data copy holds.
        let first = self.copy(&inner.data, "data", &data, now).await?;
        let known = std::fs::canonicalize(&keyring_folder).map_err(failed("find", &keyring_folder))?;
        let mark = known::mark(&known)?;
        let known = known.join(keyring.file_name().unwrap_or_default());
        self.note_copy(&known, now, &mark).await?;
        let second = self.copy(inner.keyring.db(), "keyring", &keyring, now).await?;
        let before = known::keyring_copies(self.inner.keyring.db()).await?.len();
        self.expire_keyring_copies().await?;
        let expired = before - known::keyring_copies(self.inner.keyring.db()).await?.len();
        let act = crate::audit::Act::new("backup.make", "backup").payload(serde_json::json!({
            "data": first.sha256, "keyring": second.sha256, "expired": expired
        }));
        self.system(crate::scope::Task::Restore).log(act).await?;
        Ok(Backup { data, keyring, made_at: now, bytes: first.bytes + second.bytes, expired })
    }

    /// A copy inside the folder that is copied is lost with it. So is one whose folder `data` is that folder.
    fn must_not_be_inside(&self, to: &Path) -> Result<()> {
        let Source::Sqlite { folder } = &self.inner.options.source else { return Ok(()) };
        let living = std::fs::canonicalize(folder).map_err(failed("find", folder))?;
        // What is not there yet lies in what is there.
        let to = std::path::absolute(to).map_err(failed("find", to))?;
        let real = to.ancestors().find_map(|a| Some((std::fs::canonicalize(a).ok()?, a)));
        let real = real.map_or_else(|| to.clone(), |(real, a)| real.join(to.strip_prefix(a).unwrap_or(&to)));
        if real.starts_with(&living) || [DATA, KEYRING].iter().any(|name| real.join(name) == living) {
            return Err(VaultError::Setup(format!(
                "{} lies in the folder of the living house; a copy belongs on another disk",
                to.display()
            )));
        }
        Ok(())
    }

    /// Makes one copy. Of one that fails nothing stays.
    async fn copy(&self, db: &Db, kind: &str, to: &Path, now: i64) -> Result<Copy> {
        let part = to.with_extension("part");
        let made = self.copy_by(db, kind, to, &part, now).await;
        if made.is_err() {
            for file in [&part, &manifest_path(to)] {
                let _ = std::fs::remove_file(file);
            }
        }
        made
    }

    async fn copy_by(&self, db: &Db, kind: &str, to: &Path, part: &Path, now: i64) -> Result<Copy> {
        let engine = match db {
            Db::Sqlite { read, .. } => {
                copy::sqlite(read, part).await?;
                "sqlite"
            }
            Db::Postgres { .. } => {
                let name = to.file_name().and_then(|n| n.to_str()).unwrap_or(kind);
                postgres::dump(&self.inner.options.source, kind, &self.inner.system, name, part).await?;
                "postgres"
            }
        };
        let (bytes, sha256) = copy::digest(part).await?;
        let file = to.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        let made =
            Copy { kind: kind.to_owned(), engine: engine.to_owned(), file, made_at: now, bytes, sha256 };
        // The manifest first: a file without one is never taken for a finished copy.
        write_manifest(to, &made)?;
        std::fs::rename(part, to).map_err(failed("name", to))?;
        copy::sync_folder(to)?;
        Ok(made)
    }

    /// What the keyring holds.
    ///
    /// # Errors
    /// The keyring fails.
    pub async fn keyring_facts(&self) -> Result<KeyringFacts> {
        keyring_facts(self.inner.keyring.db()).await
    }
}

/// What a keyring holds.
pub(crate) async fn keyring_facts(keyring: &Db) -> Result<KeyringFacts> {
    let count = async |sql: &str| -> Result<i64> {
        keyring.optional("count keys", sql, &[]).await?.map_or(Ok(0), |row| row.int(0))
    };
    Ok(KeyringFacts {
        keys: count("SELECT COUNT(*) FROM subject_key").await?,
        destroyed: count("SELECT COUNT(*) FROM destroyed_subject").await?,
        copies: known::keyring_copies(keyring).await?,
    })
}

/// `20261124T081416.123Z` without what file names cannot bear.
fn stamp(now: i64) -> String {
    kedun_model::moment::text(now).chars().filter(|c| !matches!(c, '-' | ':' | '.')).collect()
}
