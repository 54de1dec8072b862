//! Looking at a house without changing anything: what `kedun doctor` says before it dares to open it.

use crate::error::{Result, VaultError};
use crate::keys::Kek;
use crate::migrate::{self, Which};
use crate::store::{Source, Store};
use serde::Serialize;

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    /// Migrations that this binary would apply.
    pub pending: usize,
    /// When the last backup was made, UTC ms; none when there never was one.
    pub last_backup: Option<i64>,
}

impl Examination {
    /// Opens both databases without making, migrating or writing anything.
    ///
    /// # Errors
    /// No house there, another key, an unreachable database, a newer schema, a migration with another text.
    pub async fn of(source: &Source, kek: &Kek) -> Result<Examination> {
        let store = Store::find(source, kek).await?;
        let outcome = async {
            let pending = migrate::pending(&store.data, Which::Data).await?
                + migrate::pending(&store.keyring, Which::Keyring).await?;
            let sql = "SELECT MAX(at) FROM ledger_row WHERE action = 'backup.make'";
            let last_backup = match store.data.optional("look for backups", sql, &[]).await {
                Ok(Some(row)) => row.opt_int(0)?,
                Ok(None) => None,
                // A house before its first migration has no log yet.
                Err(VaultError::Sql { .. }) if pending > 0 => None,
                Err(other) => return Err(other),
            };
            Ok(Examination { pending, last_backup })
        };
        let outcome = outcome.await;
        store.data.close().await;
        store.keyring.close().await;
        outcome
    }
}
