//! What this process knows of, and how it hears of what others over the same PostgreSQL changed: rights, roles, people,
//! definitions, ended sessions, destroyed keys.
//!
//! **Invariant:** what a request is judged by is as of a moment after the request came. Requests that come together share
//! one question to the database; nobody is served by a question that was asked before they came.

use crate::catalog::Catalog;
use crate::directory::Directory;
use crate::error::{Result, VaultError};
use crate::ids::new_id;
use crate::sql::{Db, Write};
use crate::vault::{Inner, Vault};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The setting that names the last change of rights, roles, people or definitions.
pub(crate) const RIGHTS: &str = "changed/rights";
/// The setting that names the last end of a session that changed nobody's rights.
pub(crate) const SESSIONS: &str = "changed/sessions";
/// The setting that names the last destruction of a key.
const KEYS: &str = "changed/keys";

/// The last changes, by the ids of their rows in the log; the last destruction of a key by an id that is drawn for it,
/// for it may be carried out without a row of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Heard {
    rights: String,
    sessions: String,
    keys: String,
}

/// What was heard of last, and the turns of those who ask.
pub(crate) struct Hearing {
    heard: RwLock<Heard>,
    loading: tokio::sync::Mutex<()>,
    /// How many questions were asked.
    asked: AtomicU64,
    /// The last one whose answer was taken in; held by whoever asks.
    answered: tokio::sync::Mutex<u64>,
}

impl Hearing {
    /// As of now; what is loaded after this is as of this or later.
    pub(crate) async fn new(db: &Db) -> Result<Hearing> {
        Ok(Hearing {
            heard: RwLock::new(last_changes(db).await?),
            loading: tokio::sync::Mutex::default(),
            asked: AtomicU64::new(0),
            answered: tokio::sync::Mutex::default(),
        })
    }

    fn knows(&self, does: impl FnOnce(&Heard) -> bool) -> bool {
        does(&self.heard.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, note: impl FnOnce(&mut Heard)) {
        note(&mut self.heard.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Notes a change for other processes, in its own transaction.
pub(crate) async fn tell(tx: &mut Write, what: &str, entry: &str) -> Result<()> {
    tx.run(
        "tell of a change",
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[what.into(), entry.into()],
    )
    .await
    .map(drop)
}

/// Tells other processes that keys died. To be called when they have: whoever hears of it asks the keyring anew.
pub(crate) async fn tell_of_keys(data: &Db) -> Result<()> {
    if !data.is_postgres() {
        // A data folder belongs to one process.
        return Ok(());
    }
    let mut tx = data.begin().await?;
    tell(&mut tx, KEYS, &new_id()).await?;
    tx.commit().await
}

async fn last_changes(db: &Db) -> Result<Heard> {
    let sql = "SELECT name, value FROM setting WHERE name IN ($1, $2, $3)";
    let mut heard = Heard::default();
    for row in db.all("read the last changes", sql, &[RIGHTS.into(), SESSIONS.into(), KEYS.into()]).await? {
        let value = row.text(1)?;
        match row.text(0)?.as_str() {
            RIGHTS => heard.rights = value,
            SESSIONS => heard.sessions = value,
            _ => heard.keys = value,
        }
    }
    Ok(heard)
}

impl Vault {
    /// Takes in what other processes over the same database changed: rights, people, definitions, ended sessions,
    /// destroyed keys. Requests do so for themselves; this is for open streams and for work in the background.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keep_up(&self) -> Result<()> {
        if self.inner.data.is_postgres() { self.inner.catch_up().await } else { Ok(()) }
    }
}

impl Inner {
    /// Knows, when it returns, of every change that was durable when it was called.
    pub(crate) async fn catch_up(&self) -> Result<()> {
        let before = self.hearing.asked.load(Ordering::SeqCst);
        let mut answered = self.hearing.answered.lock().await;
        if *answered > before {
            return Ok(());
        }
        let number = self.hearing.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let last = last_changes(&self.data).await?;
        self.hear_of_rights(&last.rights).await?;
        if self.hearing.knows(|heard| heard.sessions != last.sessions) {
            // First forgotten, then known: whoever finds it known must not find a session of before.
            self.rights_changed();
            self.hearing.note(|heard| heard.sessions = last.sessions);
        }
        if self.hearing.knows(|heard| heard.keys != last.keys) {
            // As above. What was read under a key that died does not lie about either.
            self.keyring.let_go();
            self.shelf.clear();
            self.hearing.note(|heard| heard.keys = last.keys);
        }
        *answered = number;
        Ok(())
    }

    /// Makes a change of who may what durable, and has it in force when it returns. Both in a task of its own: a caller who
    /// goes away while it is being made durable must not leave it stored and unheeded.
    pub(crate) async fn keep_and_heed(self: &Arc<Self>, write: Write) -> Result<()> {
        let inner = self.clone();
        let keeping = tokio::spawn(async move {
            write.commit().await?;
            // Nobody is served from what was known before; who comes now compares with what is stored.
            inner.rights_changed();
            if let Err(error) = inner.refresh().await {
                tracing::error!(%error, "a change of rights is stored; each session reads it as it comes");
            }
            Ok(())
        });
        keeping.await.unwrap_or(Err(VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed)))
    }

    /// As [`Inner::keep_and_heed`], for the end of sessions, which changes nobody's rights.
    pub(crate) async fn keep_and_forget(self: &Arc<Self>, write: Write) -> Result<()> {
        let inner = self.clone();
        let keeping = tokio::spawn(async move {
            write.commit().await?;
            inner.rights_changed();
            Ok(())
        });
        keeping.await.unwrap_or(Err(VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed)))
    }

    /// Loads definitions and people anew and forgets who was known: the next request is judged by what is now stored.
    pub(crate) async fn refresh(&self) -> Result<()> {
        // One after the other: what was loaded earlier must not replace what was loaded later.
        let _turn = self.hearing.loading.lock().await;
        self.load_anew().await
    }

    /// Refreshes, unless what is in memory is already as of this change.
    pub(crate) async fn hear_of_rights(&self, last: &str) -> Result<()> {
        if self.hearing.knows(|heard| heard.rights == last) {
            return Ok(());
        }
        let _turn = self.hearing.loading.lock().await;
        if self.hearing.knows(|heard| heard.rights == last) {
            return Ok(());
        }
        self.load_anew().await
    }

    async fn load_anew(&self) -> Result<()> {
        let last = last_changes(&self.data).await?;
        let catalog = Arc::new(Catalog::load(&self.data).await?);
        let directory = Arc::new(Directory::load(&self.data).await?);
        *self.catalog.write().unwrap_or_else(PoisonError::into_inner) = catalog;
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        // As above: known only once nobody is judged by what was before.
        self.rights_changed();
        self.hearing.note(|heard| heard.rights = last.rights);
        Ok(())
    }
}
