//! The keyring: one wrapped key per subject, in a database of its own.
//!
//! **Invariant:** destroying a row here is the destruction: every sealed value, index token's meaning and former value
//! of the subject becomes unreadable in every copy of the data, backups included. No process keeps a destroyed key at
//! hand: the one that destroys lets go of all opened keys, the others over the same database do when they hear of it.

use crate::error::{Result, VaultError};
use crate::ids::new_id;
use crate::keys::{Key32, KeyId, SubjectKey, WrappedKey};
use crate::sql::{Arg, Db, Write, placeholders};
use kedun_model::{Problem, SubjectId};
use moka::sync::Cache;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Opened keys that are kept at hand; the oldest are zeroised when they fall out.
const KEPT: u64 = 50_000;

/// Keys made ahead, so that a new customer does not wait for the keyring's own commit.
const AHEAD: usize = 64;

/// Keys at hand. A clone is the same ones.
type Opened = Cache<SubjectId, Arc<SubjectKey>>;

pub(crate) struct Keyring {
    db: Db,
    org: Key32,
    opened: RwLock<Opened>,
    ahead: tokio::sync::Mutex<Vec<(SubjectId, Arc<SubjectKey>)>>,
}

impl Keyring {
    pub(crate) fn new(db: Db, org: Key32) -> Keyring {
        Keyring { db, org, opened: RwLock::new(Cache::new(KEPT)), ahead: tokio::sync::Mutex::default() }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// The keys that are at hand now. To be asked for before the database is: a key that was read before a destruction is
    /// then put to those that are let go of, and not to the new ones.
    fn opened(&self) -> Opened {
        self.opened.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets go of every opened key; those that are still there are opened anew when they are next needed. All of them,
    /// because destructions are rare, and whoever hears of one does not hear of whom.
    pub(crate) fn let_go(&self) {
        *self.opened.write().unwrap_or_else(PoisonError::into_inner) = Cache::new(KEPT);
    }

    /// A new subject with its key, which is already durable. The subject's id becomes the id of its first record.
    /// Keys are made in batches under one commit; those left over at a stop belong to nobody and seal nothing.
    pub(crate) async fn take(&self, now: i64) -> Result<(SubjectId, Arc<SubjectKey>)> {
        let mut ahead = self.ahead.lock().await;
        if ahead.is_empty() {
            let subjects: Vec<_> = (0..AHEAD).map(|_| SubjectId::new(new_id())).collect();
            let made = self.create_many(&subjects, now).await?;
            ahead.extend(subjects.into_iter().zip(made).rev());
        }
        ahead.pop().ok_or_else(|| VaultError::Damaged("no key was made".to_owned()))
    }

    /// Makes keys for several subjects in one commit.
    async fn create_many(&self, subjects: &[SubjectId], now: i64) -> Result<Vec<Arc<SubjectKey>>> {
        let opened = self.opened();
        let mut made = Vec::with_capacity(subjects.len());
        let mut tx = self.db.begin().await?;
        for chunk in subjects.chunks(100) {
            let mut args: Vec<Arg> = Vec::with_capacity(chunk.len() * 5);
            for subject in chunk {
                let key = SubjectKey::generate(subject)?;
                let wrapped = key.wrap(&self.org)?;
                args.extend([
                    Arg::from(subject),
                    key.id().to_string().into(),
                    wrapped.bytes.into(),
                    wrapped.commitment.to_vec().into(),
                    now.into(),
                ]);
                made.push((subject.clone(), Arc::new(key)));
            }
            let sql = format!(
                "INSERT INTO subject_key (subject, key_id, wrapped, commitment, created_at) VALUES {}",
                placeholders(1, chunk.len(), 5)
            );
            tx.run("store keys", &sql, &args).await?;
        }
        tx.commit().await?;
        Ok(made
            .into_iter()
            .map(|(subject, key)| {
                opened.insert(subject, key.clone());
                key
            })
            .collect())
    }

    /// The keys of several subjects; a destroyed one is absent.
    pub(crate) async fn get_many(
        &self,
        subjects: &[&SubjectId],
    ) -> Result<HashMap<SubjectId, Arc<SubjectKey>>> {
        let opened = self.opened();
        let mut found = HashMap::with_capacity(subjects.len());
        let mut missing: Vec<&SubjectId> = Vec::new();
        for subject in subjects {
            if found.contains_key(*subject) {
                continue;
            }
            match opened.get(*subject) {
                Some(key) => {
                    found.insert((*subject).clone(), key);
                }
                None if !missing.contains(subject) => missing.push(subject),
                None => {}
            }
        }
        for chunk in missing.chunks(200) {
            let marks: Vec<_> = (1..=chunk.len()).map(|i| format!("${i}")).collect();
            let sql = format!(
                "SELECT subject, key_id, wrapped, commitment FROM subject_key WHERE subject IN ({})",
                marks.join(", ")
            );
            let args: Vec<Arg> = chunk.iter().map(|s| Arg::from(*s)).collect();
            for row in self.db.all("read keys", &sql, &args).await? {
                let subject = SubjectId::new(row.text(0)?);
                let commitment = row
                    .bytes(3)?
                    .try_into()
                    .map_err(|_| VaultError::Damaged("the commitment of a key".to_owned()))?;
                let wrapped = WrappedKey { bytes: row.bytes(2)?, commitment };
                let id: KeyId = row.text(1)?.parse()?;
                let key = Arc::new(SubjectKey::unwrap(&self.org, id, &subject, &wrapped)?);
                opened.insert(subject.clone(), key.clone());
                found.insert(subject, key);
            }
        }
        Ok(found)
    }

    /// The key of one subject; none when it was destroyed.
    pub(crate) async fn get(&self, subject: &SubjectId) -> Result<Option<Arc<SubjectKey>>> {
        Ok(self.get_many(&[subject]).await?.remove(subject))
    }

    /// The id and the commitment of a subject's key, for a certificate of its end.
    pub(crate) async fn facts(&self, subject: &SubjectId) -> Result<Option<(String, String)>> {
        let sql = "SELECT key_id, commitment FROM subject_key WHERE subject = $1";
        let row = self.db.optional("read about a key", sql, &[subject.into()]).await?;
        row.map(|row| Ok((row.text(0)?, hex::encode(row.bytes(1)?)))).transpose()
    }

    /// Destroys a subject's key. SQLite overwrites the page (`secure_delete`); the write-ahead log is then emptied, so
    /// that no copy of the wrapped key is left in either file. Safe to come again: `still_being_read` means that the key
    /// is gone for everybody who asks, but an old page still lies on the disk.
    pub(crate) async fn destroy(&self, subject: &SubjectId, now: i64) -> Result<bool> {
        let mut tx: Write = self.db.begin().await?;
        let count = tx
            .run("destroy a key", "DELETE FROM subject_key WHERE subject = $1", &[Arg::from(subject)])
            .await?;
        tx.run(
            "note a destruction",
            "INSERT INTO destroyed_subject (subject, at) VALUES ($1, $2) ON CONFLICT (subject) DO NOTHING",
            &[Arg::from(subject), now.into()],
        )
        .await?;
        tx.commit().await?;
        self.let_go();
        if !self.db.empty_wal().await? {
            return Err(Problem::Conflict("still_being_read").into());
        }
        self.db.vacuum(&["subject_key"]).await?;
        Ok(count > 0)
    }

    /// Keeps a key that is not a subject's (a file's), sealed by the caller.
    pub(crate) async fn keep_secret(&self, name: &str, sealed: Vec<u8>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        tx.run(
            "keep the key of a file",
            "INSERT INTO system_secret (name, sealed) VALUES ($1, $2)",
            &[name.into(), sealed.into()],
        )
        .await?;
        tx.commit().await
    }

    /// A kept key; none when it is gone.
    pub(crate) async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT sealed FROM system_secret WHERE name = $1";
        let row = self.db.optional("read the key of a file", sql, &[name.into()]).await?;
        row.map(|row| row.bytes(0)).transpose()
    }

    /// The names of kept keys that begin so.
    pub(crate) async fn secrets(&self, prefix: &str) -> Result<Vec<String>> {
        let sql = "SELECT name FROM system_secret WHERE name LIKE $1 ORDER BY name";
        let rows = self.db.all("list the keys of files", sql, &[format!("{prefix}%").into()]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Destroys kept keys, in the file and in its write-ahead log.
    pub(crate) async fn forget_secrets(&self, names: &[String]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for name in names {
            let sql = "DELETE FROM system_secret WHERE name = $1";
            tx.run("destroy the key of a file", sql, &[name.as_str().into()]).await?;
        }
        tx.commit().await?;
        self.db.empty_wal().await.map(drop)
    }
}
