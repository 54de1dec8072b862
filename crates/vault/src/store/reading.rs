//! Opening a house to look at it: nothing is made, migrated, folded in or left behind.
//!
//! **Invariant:** what lies in the folder of a house that nobody serves is afterwards what it was before, byte for byte.

use super::{DATA_FILE, KEYRING_FILE, Source, Store, files_are_there, pools, pools_with, prepare, shut};
use crate::collation;
use crate::connections::{Connections, Life};
use crate::error::{Result, VaultError};
use crate::keys::{Kek, Key32};
use crate::sql::Db;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The page cache of whoever looks, KiB.
const CACHE_KIB: u32 = 8_192;

impl Store {
    /// Opens a house that must be there already for reading alone, with as few connections as can be.
    pub(crate) async fn read(source: &Source, kek: &Kek) -> Result<Store> {
        match source {
            Source::Sqlite { folder } => {
                files_are_there(folder)?;
                let data = sqlite(&folder.join(DATA_FILE), &kek.derive("sqlcipher/data")).await?;
                let keyring = sqlite(&folder.join(KEYRING_FILE), &kek.derive("sqlcipher/keyring")).await?;
                Ok(Store { data, keyring, book: None })
            }
            Source::Postgres { url, schema } => {
                let read_only = [("default_transaction_read_only", "on")];
                let data = pools_with(url, schema, 1, &read_only)?;
                let keyring = pools_with(url, &format!("{schema}_keyring"), 1, &read_only)?;
                Ok(Store { data, keyring, book: None })
            }
        }
    }

    /// Whether a row could be written now: on SQLite the lock of the writer is taken and given back, on PostgreSQL a
    /// change is begun and undone. Nothing is kept of either.
    pub(crate) async fn try_to_write(&self, source: &Source, kek: &Kek) -> Result<()> {
        match source {
            Source::Sqlite { folder } => {
                let path = folder.join(DATA_FILE);
                // Our own reader holds the file while this one comes and goes, so that nothing is folded in.
                self.data.optional("hold the data", "SELECT COUNT(*) FROM sqlite_master", &[]).await?;
                let writer = options(&path, &kek.derive("sqlcipher/data"))?;
                let mut writer = writer.connect().await.map_err(shut(&path))?;
                let tried = writer.execute("BEGIN IMMEDIATE; ROLLBACK").await;
                let _ = writer.close().await;
                tried.map(drop).map_err(VaultError::LedgerUnavailable)
            }
            Source::Postgres { url, schema } => {
                let db = pools(url, schema, 1)?;
                let mut tx = db.begin().await?;
                let tried =
                    tx.run("try the ledger", "UPDATE ledger_head SET turn = turn WHERE id = 1", &[]).await;
                drop(tx);
                db.close().await;
                tried.map(drop)
            }
        }
    }
}

fn options(path: &Path, key: &Key32) -> Result<SqliteConnectOptions> {
    Ok(SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .pragma("key", super::cipher_key(key))
        .busy_timeout(Duration::from_secs(10))
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .disable_statement_logging()
        .collation(collation::NAME, collation::order()?))
}

async fn sqlite(path: &Path, key: &Key32) -> Result<Db> {
    prepare().await.map_err(shut(path))?;
    let read = Connections::new(only_reading(path, options(path, key)?), 1, Life::Pool);
    // At once: what is wrong with it is said about the file, and not about what was asked.
    read.take().await.map_err(shut(path))?;
    Ok(Db::Sqlite { read, lane: None })
}

/// How to leave a file as it is. Where a process was killed, the last connection that may write would fold in the log that
/// was left, so one opens that may not; it would leave the side files of SQLite behind where there are none, so otherwise
/// one opens that may, does not, and takes them away again.
pub(crate) fn only_reading(path: &Path, options: SqliteConnectOptions) -> SqliteConnectOptions {
    if side_file(path, "-wal").metadata().is_ok_and(|log| log.len() > 0) {
        options.read_only(true)
    } else {
        options.pragma("query_only", "ON")
    }
}

/// A file that SQLite keeps beside another.
pub(crate) fn side_file(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
