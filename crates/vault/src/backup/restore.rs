//! Restoring: a copy of the data, the newest keyring, the destructions carried out again, and a row in the log that says
//! so, all before anybody is served.
//!
//! **Invariant:** what is restored and not yet declared is no house. In a folder it lies aside until then; in PostgreSQL,
//! where it is in its place from the beginning, its keyring says so and [`Vault::open`] refuses.

use super::copy::{self, failed};
use super::{Copy, postgres};
use crate::audit::Act;
use crate::clock::Clock;
use crate::error::{Result, VaultError};
use crate::grace::{GRACE_MS, GraceReason};
use crate::keys::{Kek, Key32};
use crate::scope::Task;
use crate::sql::Db;
use crate::store::{DATA_FILE, KEYRING_FILE, Source};
use crate::vault::{Options, Vault};
use serde::Serialize;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where files are put together before they take their place.
const STAGE: &str = ".restoring";
/// What a keyring says while its house is being restored.
const PENDING: &str = "restore/pending";

/// What is restored from what.
#[derive(Clone, Debug)]
pub struct Restore {
    /// A copy of the data, with its manifest beside it.
    pub data: PathBuf,
    /// The newest keyring: a copy of it, or the living `keyring.db` of the lost house.
    pub keyring: PathBuf,
}

/// What was restored, as the log has it.
#[derive(Clone, Debug, Serialize)]
pub struct Declared {
    /// When the copy of the data was made, UTC ms.
    pub data_made_at: i64,
    /// When the copy of the keyring was made; none for a living one.
    pub keyring_made_at: Option<i64>,
    /// Destructions that one of the two did not know and that were carried out again.
    pub replayed: usize,
    /// Sessions that were ended: nobody who could sign in then is signed in now.
    pub sessions_ended: u64,
    /// The newest head of the log, after the declaration.
    pub checkpoint: String,
}

impl Restore {
    /// Restores into the place that the options name, which must hold no house yet.
    ///
    /// # Errors
    /// A target with a house in it; a copy that is not what its manifest says; a root key that opens neither.
    pub async fn run(&self, options: Options, kek: &Kek, clock: Clock) -> Result<Declared> {
        if self.data.is_dir() {
            return Err(VaultError::Setup(format!(
                "{} is a folder; name one copy of the data in it, for the day you want",
                self.data.display()
            )));
        }
        let data = copy::check(&self.data).await?;
        if data.kind != "data" {
            return Err(VaultError::Setup(format!("{} is not a copy of the data", self.data.display())));
        }
        let keyring = match copy::manifest_path(&self.keyring).is_file() {
            true => Some(copy::check(&self.keyring).await?),
            false => None,
        };
        if keyring.as_ref().is_some_and(|k| k.kind != "keyring" || k.engine != data.engine) {
            return Err(VaultError::Setup(format!("{} is not its keyring", self.keyring.display())));
        }
        match options.source.clone() {
            Source::Sqlite { folder } => self.folder_into(&folder, options, kek, clock, &data, keyring).await,
            source @ Source::Postgres { .. } => {
                self.schemas_into(&source, options, kek, clock, &data, keyring).await
            }
        }
    }

    async fn folder_into(
        &self,
        folder: &Path,
        options: Options,
        kek: &Kek,
        clock: Clock,
        data: &Copy,
        keyring: Option<Copy>,
    ) -> Result<Declared> {
        if data.engine != "sqlite" {
            return Err(VaultError::Setup("the copy is of a PostgreSQL house".to_owned()));
        }
        for name in [DATA_FILE, KEYRING_FILE] {
            if folder.join(name).exists() {
                return Err(VaultError::Setup(format!(
                    "{} holds a house already; restore into an empty folder",
                    folder.display()
                )));
            }
        }
        let stage = folder.join(STAGE);
        if stage.exists() {
            std::fs::remove_dir_all(&stage).map_err(failed("clear", &stage))?;
        }
        copy::private_folder(&stage)?;
        copy::place(&self.data, &stage.join(DATA_FILE)).await?;
        copy::place(&self.keyring, &stage.join(KEYRING_FILE)).await?;
        // A living keyring may have its newest destructions in its log of writes; without it they would be forgotten.
        let wal = side_file(&self.keyring);
        if keyring.is_none() && wal.is_file() {
            copy::place(&wal, &side_file(&stage.join(KEYRING_FILE))).await?;
        }
        let staged = Options { source: Source::Sqlite { folder: stage.clone() }, ..options };
        let vault = Vault::open(staged, kek, clock).await?;
        let declared = declare(&vault, data, keyring).await?;
        for db in [&vault.inner.data, vault.inner.keyring.db()] {
            if !db.empty_wal().await? {
                return Err(VaultError::Setup("the restored files are in use by somebody".to_owned()));
            }
        }
        vault.close().await;
        drop(vault);
        // The keyring first: a folder with only a keyring is not taken for a house.
        for name in [KEYRING_FILE, DATA_FILE] {
            let target = folder.join(name);
            std::fs::rename(stage.join(name), &target).map_err(failed("name", &target))?;
        }
        copy::sync_folder(&folder.join(DATA_FILE))?;
        std::fs::remove_dir_all(&stage).map_err(failed("clear", &stage))?;
        Ok(declared)
    }

    async fn schemas_into(
        &self,
        source: &Source,
        options: Options,
        kek: &Kek,
        clock: Clock,
        data: &Copy,
        keyring: Option<Copy>,
    ) -> Result<Declared> {
        let (Some(keyring), "postgres") = (keyring, data.engine.as_str()) else {
            return Err(VaultError::Setup(
                "a PostgreSQL house is restored from sealed dumps of both schemas".to_owned(),
            ));
        };
        let key = kek.derive("system");
        self.load(source, &key, data, &keyring).await?;
        let vault = Vault::open_undeclared(options, kek, clock).await?;
        let declared = declare(&vault, data, Some(keyring)).await?;
        settle(vault.inner.keyring.db()).await?;
        vault.close().await;
        Ok(declared)
    }

    /// Plays both dumps back, into a place that nobody can open yet.
    async fn load(&self, source: &Source, key: &Key32, data: &Copy, keyring: &Copy) -> Result<()> {
        // Both are looked at before either is played back.
        postgres::must_fit(source, "keyring", key, &keyring.file, &self.keyring).await?;
        postgres::must_fit(source, "data", key, &data.file, &self.data).await?;
        postgres::load(source, "keyring", key, &keyring.file, &self.keyring).await?;
        // Before the data: from the moment that both are there this would be a house like any other.
        let db = source.keyring_alone()?;
        let noted = note_pending(&db).await;
        db.close().await;
        noted?;
        postgres::load(source, "data", key, &data.file, &self.data).await
    }
}

/// Says in a keyring that its house is being restored.
async fn note_pending(keyring: &Db) -> Result<()> {
    let mut tx = keyring.begin().await?;
    let sql = "INSERT INTO keyring_setting (name, value) VALUES ($1, '') ON CONFLICT (name) DO NOTHING";
    tx.run("note a restore", sql, &[PENDING.into()]).await?;
    tx.commit().await
}

/// The restore is declared; from here on this is a house.
async fn settle(keyring: &Db) -> Result<()> {
    let mut tx = keyring.begin().await?;
    tx.run("end a restore", "DELETE FROM keyring_setting WHERE name = $1", &[PENDING.into()]).await?;
    tx.commit().await
}

/// Refuses what was restored and never declared: sessions of the day of the copy may be alive in it, and its log does not
/// say that time went back.
pub(crate) async fn must_be_declared(source: &Source, keyring: &Db) -> Result<()> {
    let sql = "SELECT name FROM keyring_setting WHERE name = $1";
    if keyring.optional("look for a restore", sql, &[PENDING.into()]).await?.is_none() {
        return Ok(());
    }
    let first = match source {
        Source::Postgres { schema, .. } => format!("drop the schemas {schema} and {schema}_keyring"),
        Source::Sqlite { folder } => format!("empty {}", folder.display()),
    };
    Err(VaultError::Setup(format!(
        "a restore was broken off before it was declared in the log, so this is no house yet; {first}, and run kedun \
         restore again from the same copies"
    )))
}

/// Ends what could still let somebody in, lets nobody fall to the pool for a while, and says in the log that time went back.
async fn declare(vault: &Vault, data: &Copy, keyring: Option<Copy>) -> Result<Declared> {
    let scope = vault.system(Task::Restore);
    let mut tx = scope.begin().await?;
    let sessions_ended = tx
        .write
        .run("end sessions", "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL", &[scope.now().into()])
        .await?;
    tx.refresh = true;
    // The follow-ups that kept customers from the pool may be the ones that were lost.
    let grace = tx.give_grace(&scope.pool_look().await?, GraceReason::Restored, GRACE_MS).await?;
    let keyring_made_at = keyring.map(|k| k.made_at);
    let act = Act::new("restore.declared", "backup").payload(json!({
        "data": data.sha256,
        "data_made_at": data.made_at,
        "keyring_made_at": keyring_made_at,
        "replayed": vault.replayed(),
        "sessions_ended": sessions_ended,
        "grace_until": grace.map(|grace| grace.until),
    }));
    tx.commit(act).await?;
    let checkpoint = vault.checkpoint().await?;
    Ok(Declared {
        data_made_at: data.made_at,
        keyring_made_at,
        replayed: vault.replayed(),
        sessions_ended,
        checkpoint,
    })
}

fn side_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::unmake;

    #[tokio::test]
    async fn what_was_restored_and_not_declared_is_not_opened() {
        let Some(url) = crate::postgres::postgres() else { return };
        let schema = format!("t{}", uuid::Uuid::now_v7().simple());
        let source = Source::Postgres { url, schema: schema.clone() };
        let options = Options { cheap_passwords: true, ..Options::new(source.clone()) };
        let kek = Kek::from_key(Key32::from_bytes([7; 32]));
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(options.clone(), &kek, Clock::default()).await.unwrap();
        let made = vault.backup(folder.path(), None).await.unwrap();
        vault.close().await;
        unmake(&source).await;

        // The machine stops when both dumps are played back.
        let restore = Restore { data: made.data, keyring: made.keyring };
        let data = copy::check(&restore.data).await.unwrap();
        let keyring = copy::check(&restore.keyring).await.unwrap();
        restore.load(&source, &kek.derive("system"), &data, &keyring).await.unwrap();
        let refused = Vault::find(options.clone(), &kek, Clock::default()).await.err().unwrap().to_string();
        assert!(refused.contains("kedun restore") && refused.contains(&schema), "{refused}");

        // What it says to do is what helps.
        unmake(&source).await;
        restore.run(options.clone(), &kek, Clock::default()).await.unwrap();
        Vault::find(options, &kek, Clock::default()).await.unwrap().close().await;
        unmake(&source).await;
    }
}
