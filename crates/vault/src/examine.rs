//! Looking at a house without changing anything: what `kedun doctor` says before it dares to open it.

use crate::demo_mark::DemoMark;
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
    /// Whether the demo filled it; none for a real house.
    pub demo: Option<DemoMark>,
}

impl Examination {
    /// Opens both databases without making, migrating or writing anything.
    ///
    /// # Errors
    /// No house there, another key, an unreachable database, a newer schema, a migration with another text.
    pub async fn of(source: &Source, kek: &Kek) -> Result<Examination> {
        source.must_hold_a_house().await?;
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
            let demo = match DemoMark::of(&store.data).await {
                Err(VaultError::Sql { .. }) if pending > 0 => None,
                other => other?,
            };
            Ok(Examination { pending, last_backup, demo })
        };
        let outcome = outcome.await;
        store.data.close().await;
        store.keyring.close().await;
        outcome
    }
}
