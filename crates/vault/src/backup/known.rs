//! The copies of the keyring that are known of, and how each comes to its end.
//!
//! **Invariant:** a copy is forgotten only when it is gone: removed here, or missing from the very folder that it was
//! written to, or declared gone by somebody in the log. A disk that is not mounted, a folder that was renamed and a server
//! on another machine see nothing at its place; to them it is out of reach, and every certificate that waits for it waits.

use super::copy::{self, failed, manifest_path};
use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::ids;
use crate::scope::Task;
use crate::sql::{Arg, Db};
use crate::vault::Vault;
use serde::Serialize;
use serde_json::json;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// How long a copy of the keyring lives: seven days (compliance.md B.6).
pub const KEYRING_LIFE_MS: i64 = 7 * 86_400_000;

/// The file that tells one folder of copies from every other; what it holds is drawn once.
const MARK: &str = "copies.id";

/// A copy of the keyring that is known of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyringCopy {
    /// Where it was written.
    pub file: PathBuf,
    /// When, UTC ms.
    pub made_at: i64,
    /// When it is removed, UTC ms.
    pub expires_at: i64,
    /// Whether its folder can be seen from here.
    pub within_reach: bool,
}

/// A copy as the keyring notes it.
struct Known {
    file: PathBuf,
    made_at: i64,
    /// What its folder is told by; none for one that was noted before folders were marked.
    mark: Option<String>,
}

/// What a look at the place of a copy says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Something of it is there.
    There,
    /// Its folder is there, and nothing of it is.
    Missing,
    /// Its folder is not the one that is there, or nothing is.
    OutOfReach,
}

impl Known {
    /// A copy, what is left of one that was not finished, and what tells about it.
    fn files(&self) -> [PathBuf; 3] {
        [self.file.clone(), manifest_path(&self.file), self.file.with_extension("part")]
    }

    fn sight(&self) -> Sight {
        if self.files().iter().any(|file| file.symlink_metadata().is_ok()) {
            return Sight::There;
        }
        let Some(folder) = self.file.parent() else { return Sight::OutOfReach };
        let same = match &self.mark {
            Some(mark) => std::fs::read_to_string(folder.join(MARK)).is_ok_and(|found| found.trim() == mark),
            None => folder.is_dir(),
        };
        if same { Sight::Missing } else { Sight::OutOfReach }
    }

    /// Whether it is gone, after trying to remove it and what belongs to it.
    fn gone(&self) -> bool {
        match self.sight() {
            Sight::Missing => true,
            Sight::OutOfReach => {
                tracing::error!(
                    file = %self.file.display(),
                    "a copy of the keyring has outlived its time and its folder is out of reach; no erasure since it \
                     was made is final until it is removed there, or declared gone with kedun keys declare-gone"
                );
                false
            }
            Sight::There => self.files().iter().all(|file| match std::fs::remove_file(file) {
                Ok(()) => true,
                Err(error) if error.kind() == ErrorKind::NotFound => true,
                Err(error) => {
                    tracing::error!(file = %file.display(), %error, "a copy of the keyring cannot be removed");
                    false
                }
            }),
        }
    }
}

/// What a folder of copies is told by, from now on if it has nothing yet.
pub(super) fn mark(folder: &Path) -> Result<String> {
    let path = folder.join(MARK);
    match std::fs::read_to_string(&path) {
        Ok(found) if !found.trim().is_empty() => return Ok(found.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed("read", &path)(error)),
    }
    let id = ids::new_id();
    // Whole or not at all: half an id would be another one at the next look.
    let part = folder.join(format!("{MARK}.part"));
    let mut file = copy::private_file(&part)?;
    writeln!(file, "{id}").and_then(|()| file.sync_all()).map_err(failed("write", &part))?;
    std::fs::rename(&part, &path).map_err(failed("name", &path))?;
    copy::sync_folder(&path)?;
    Ok(id)
}

impl Vault {
    /// Removes the copies of the keyring that have outlived their time. Answers when the oldest that is left was made.
    ///
    /// # Errors
    /// The keyring fails.
    pub async fn expire_keyring_copies(&self) -> Result<Option<i64>> {
        let now = self.inner.clock.now();
        let mut oldest = None;
        for copy in known_copies(self.inner.keyring.db()).await? {
            if copy.made_at + KEYRING_LIFE_MS <= now && copy.gone() {
                self.forget_copy(&copy.file).await?;
            } else {
                oldest = Some(oldest.map_or(copy.made_at, |o: i64| o.min(copy.made_at)));
            }
        }
        Ok(oldest)
    }

    /// Takes somebody's word that a copy of the keyring is gone whose folder is gone too, so that what waits for its end
    /// goes on. It is a row in the log: the certificates that follow rest on it.
    ///
    /// # Errors
    /// A copy that is not known, or that can be seen from here, where removing it is the way.
    pub async fn declare_copy_gone(&self, file: &Path) -> Result<()> {
        let copies = known_copies(self.inner.keyring.db()).await?;
        let Some(copy) = copies.iter().find(|copy| copy.file == file) else {
            return Err(VaultError::Setup(format!(
                "no copy of the keyring is known at {}; kedun keys status lists them",
                file.display()
            )));
        };
        if copy.sight() == Sight::There {
            return Err(VaultError::Setup(format!(
                "{} is there; remove it, or leave it to the server, which removes it when its time is over",
                file.display()
            )));
        }
        let act = Act::new("backup.declare_gone", "backup");
        let act = act.payload(json!({ "file": file.display().to_string(), "made_at": copy.made_at }));
        self.system(Task::Restore).log(act).await?;
        self.forget_copy(file).await
    }

    pub(super) async fn note_copy(&self, path: &Path, now: i64, mark: &str) -> Result<()> {
        let mut tx = self.inner.keyring.db().begin().await?;
        tx.run(
            "note a copy",
            "INSERT INTO keyring_setting (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[name(path), format!("{now} {mark}").into()],
        )
        .await?;
        tx.commit().await
    }

    async fn forget_copy(&self, path: &Path) -> Result<()> {
        let mut tx = self.inner.keyring.db().begin().await?;
        tx.run("forget a copy", "DELETE FROM keyring_setting WHERE name = $1", &[name(path)]).await?;
        tx.commit().await
    }
}

/// The copies that a keyring knows of.
pub(super) async fn keyring_copies(keyring: &Db) -> Result<Vec<KeyringCopy>> {
    let told = |copy: Known| KeyringCopy {
        within_reach: copy.sight() != Sight::OutOfReach,
        made_at: copy.made_at,
        expires_at: copy.made_at + KEYRING_LIFE_MS,
        file: copy.file,
    };
    Ok(known_copies(keyring).await?.into_iter().map(told).collect())
}

async fn known_copies(keyring: &Db) -> Result<Vec<Known>> {
    let sql = "SELECT name, value FROM keyring_setting WHERE name LIKE 'copy/%' ORDER BY name";
    keyring
        .all("read about copies", sql, &[])
        .await?
        .iter()
        .map(|row| {
            let (name, value) = (row.text(0)?, row.text(1)?);
            let (made, mark) = match value.split_once(' ') {
                Some((made, mark)) => (made, Some(mark.to_owned())),
                None => (value.as_str(), None),
            };
            let made_at = made.parse().map_err(|_| VaultError::Damaged("a copy's time".to_owned()))?;
            let file = PathBuf::from(name.strip_prefix("copy/").unwrap_or(&name));
            Ok(Known { file, made_at, mark })
        })
        .collect()
}

fn name(path: &Path) -> Arg {
    Arg::from(format!("copy/{}", path.display()))
}
