//! Restoring: a copy of the data, the newest keyring, the destructions carried out again, and a row in the log that says
//! so, all before anybody is served.

use super::copy::{self, failed};
use super::{Copy, postgres};
use crate::audit::Act;
use crate::clock::Clock;
use crate::error::{Result, VaultError};
use crate::keys::Kek;
use crate::scope::Task;
use crate::store::{DATA_FILE, KEYRING_FILE, Source};
use crate::vault::{Options, Vault};
use serde::Serialize;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where files are put together before they take their place.
const STAGE: &str = ".restoring";

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
        // Both are looked at before either is played back.
        postgres::must_fit(source, "keyring", &key, &keyring.file, &self.keyring).await?;
        postgres::must_fit(source, "data", &key, &data.file, &self.data).await?;
        postgres::load(source, "keyring", &key, &keyring.file, &self.keyring).await?;
        postgres::load(source, "data", &key, &data.file, &self.data).await?;
        let vault = Vault::find(options, kek, clock).await?;
        let declared = declare(&vault, data, Some(keyring)).await?;
        vault.close().await;
        Ok(declared)
    }
}

/// Ends what could still let somebody in, and says in the log that time went back.
async fn declare(vault: &Vault, data: &Copy, keyring: Option<Copy>) -> Result<Declared> {
    let scope = vault.system(Task::Restore);
    let mut tx = scope.begin().await?;
    let sessions_ended = tx
        .write
        .run("end sessions", "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL", &[scope.now().into()])
        .await?;
    tx.refresh = true;
    let keyring_made_at = keyring.map(|k| k.made_at);
    let act = Act::new("restore.declared", "backup").payload(json!({
        "data": data.sha256,
        "data_made_at": data.made_at,
        "keyring_made_at": keyring_made_at,
        "replayed": vault.replayed(),
        "sessions_ended": sessions_ended,
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
