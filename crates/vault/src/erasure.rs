//! Destruction: the subject's key dies, the rows go, a certificate says so.
//!
//! **Invariant:** the count of destroyed subjects stands in both databases. A data copy that knows fewer than the
//! keyring is older than a destruction; its ghosts are purged before anything is served, each with a row in the log.

use crate::audit::{Act, Actor, Scribe};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::hearing::tell_of_keys;
use crate::ids;
use crate::keyring::Keyring;
use crate::scope::{Scope, Task};
use crate::sql::{Arg, Db, Write};
use crate::tasks::Approved;
use crate::tx::Tx;
use crate::vault::{Inner, Vault};
use kedun_model::{Act as ActName, ObjectName, Problem, RecordId, SubjectId};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Tables whose rows belong to a record.
const BY_RECORD: [&str; 10] = [
    "idx_text",
    "idx_ref",
    "idx_num",
    "idx_time",
    "blind",
    "share",
    "look",
    "idempotency",
    "hold",
    "file_piece",
];
/// Tables whose rows name their subject.
const BY_SUBJECT: [&str; 3] = ["history", "rights_paper", "record"];
/// What people write in their own words in a request for approval.
const OWN_WORDS: [&str; 3] = ["note", "filter", "filter_text"];
/// Of these, the ones of an export.
const FILTERS: [&str; 2] = ["filter", "filter_text"];

/// What would be destroyed with a subject.
#[derive(Clone, Debug, Default)]
pub struct ErasurePreview {
    /// Records by object.
    pub records: BTreeMap<String, i64>,
    /// Former values.
    pub history: i64,
    /// Records under a legal hold; nothing can be destroyed while there are any.
    pub holds: Vec<RecordId>,
    /// Whether the key exists.
    pub key: bool,
    /// Records that this one was converted from or into. They are subjects of their own, so each wants a case of its own.
    pub converted: Vec<(ObjectName, RecordId)>,
}

/// What was destroyed.
#[derive(Clone, Debug, Default)]
pub struct Destroyed {
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// The id of the key that dies with them.
    pub key: Option<String>,
    /// What was committed to when the key was made, hex: whoever finds an old copy of it can be held to this.
    pub commitment: Option<String>,
    /// Exports that had rendered the subject; their files are gone with it.
    pub exports: Vec<RecordId>,
    /// Whether an older copy of the data was restored with the case in it: what was to be destroyed had gone before, when
    /// that copy was opened, and nothing was left to count.
    pub replayed: bool,
}

impl Scope {
    /// What would be destroyed with the subject of a record.
    ///
    /// # Errors
    /// Not found, also for what is out of sight of who may ask and not approve; forbidden without the act.
    pub async fn erasure_preview(&self, object: &str, id: &RecordId) -> Result<ErasurePreview> {
        self.require(ActName::ErasuresRequest, None)
            .or_else(|_| self.require(ActName::ErasuresApprove, None))?;
        // Who decides on erasures decides on every customer. Whoever only asks for one asks for whom they know.
        if self.require(ActName::ErasuresApprove, None).is_err() {
            self.visible(object, id).await?;
        }
        let subject = self.inner.subject_of(object, id).await?;
        let db = &self.inner.data;
        let mut preview =
            ErasurePreview { key: self.inner.keyring.get(&subject).await?.is_some(), ..Default::default() };
        let rows = db
            .all(
                "preview an erasure",
                "SELECT object, COUNT(*) FROM record WHERE subject = $1 GROUP BY object ORDER BY object",
                &[(&subject).into()],
            )
            .await?;
        for row in rows {
            preview.records.insert(row.text(0)?, row.int(1)?);
        }
        let history = db
            .optional(
                "count history",
                "SELECT COUNT(*) FROM history WHERE subject = $1",
                &[(&subject).into()],
            )
            .await?;
        preview.history = history.map(|r| r.int(0)).transpose()?.unwrap_or(0);
        let holds = db
            .all("find holds", "SELECT id FROM record WHERE subject = $1 AND hold <> 0", &[(&subject).into()])
            .await?;
        preview.converted = self.inner.converted(&self.catalog, object, id).await?;
        preview.holds = holds.iter().map(|r| r.text(0).map(RecordId::new)).collect::<Result<Vec<_>>>()?;
        Ok(preview)
    }
}

impl Tx {
    /// Removes every row of a subject, against a spent approval for exactly this case. The key is destroyed by
    /// [`Vault::destroy_key`] once this change is durable; until then a restart finds the case unfinished and goes on.
    /// Of a subject whose destruction was carried out again when the vault opened there is nothing left to remove.
    ///
    /// # Errors
    /// Not the erasing task, an approval for something else, a hold; not found.
    pub async fn remove_subject(
        &mut self,
        case: &RecordId,
        object: &str,
        id: &RecordId,
        approved: &Approved,
    ) -> Result<(SubjectId, Destroyed)> {
        if self.scope.task != Some(Task::Erase) || approved.target != case.as_str() {
            return Err(Problem::Forbidden("erase").into());
        }
        one_at_a_time(&mut self.write).await?;
        let subject = match subject_within(&mut self.write, object, id).await? {
            Some(subject) => subject,
            None if was_destroyed(&mut self.write, id).await? => {
                let subject = SubjectId::new(id.as_str());
                return Ok((subject, Destroyed { replayed: true, ..Destroyed::default() }));
            }
            None => return Err(Problem::NotFound.into()),
        };
        let held = self
            .write
            .optional(
                "look for holds",
                "SELECT id FROM record WHERE subject = $1 AND hold <> 0",
                &[(&subject).into()],
            )
            .await?;
        if held.is_some() {
            return Err(Problem::Conflict("on_hold").into());
        }
        let mut destroyed = remove_rows(&mut self.write, &subject).await?;
        if let Some((key, commitment)) = self.scope.inner.keyring.facts(&subject).await? {
            (destroyed.key, destroyed.commitment) = (Some(key), Some(commitment));
        }
        count_one(&mut self.write, &subject).await?;
        Ok((subject, destroyed))
    }

    /// Takes out of a case, its requests and its past what somebody wrote in their own words (a note, a filter, what was said
    /// to a decision): it can name whom the case is about. The hash of what was approved stays.
    ///
    /// # Errors
    /// Not the erasing task; the database fails.
    pub async fn forget_words(&mut self, case: &RecordId) -> Result<()> {
        self.forget_in_requests(case, &OWN_WORDS).await?;
        let sql = "UPDATE task SET comment = NULL WHERE target = $1";
        self.write.run("forget comments", sql, &[case.into()]).await?;
        let sql = "UPDATE history SET changes = $1 WHERE record = $2";
        self.write.run("forget a past", sql, &[b"null".to_vec().into(), case.into()]).await.map(drop)
    }

    /// Takes the filter of an export that ends without a file out of its requests and its past: nobody's look leads an
    /// erasure to it, so a name in it would outlive whom it names. What else happened with the case stays to be read.
    ///
    /// # Errors
    /// Not a task; the database fails.
    pub async fn forget_filter(&mut self, case: &RecordId) -> Result<()> {
        self.forget_in_requests(case, &FILTERS).await?;
        // A past is kept by the ids of fields.
        let def = self.scope.catalog.object(&ObjectName::from("export_case"))?;
        let Some(field) = def.field("filter_text").map(|f| f.id.to_string()) else { return Ok(()) };
        let sql = "SELECT id, changes FROM history WHERE record = $1";
        for row in self.write.all("read a past", sql, &[case.into()]).await? {
            let mut changes: serde_json::Value = serde_json::from_slice(&row.bytes(1)?).unwrap_or_default();
            if changes.as_object_mut().and_then(|map| map.remove(&field)).is_some() {
                let args = [changes.to_string().into_bytes().into(), row.text(0)?.into()];
                let sql = "UPDATE history SET changes = $1 WHERE id = $2";
                self.write.run("forget a filter", sql, &args).await?;
            }
        }
        Ok(())
    }

    async fn forget_in_requests(&mut self, case: &RecordId, words: &[&str]) -> Result<()> {
        if self.scope.task.is_none() {
            return Err(Problem::Forbidden("erase").into());
        }
        let rows = self
            .write
            .all("read requests", "SELECT id, snapshot FROM task WHERE target = $1", &[case.into()])
            .await?;
        for row in rows {
            let mut snapshot: serde_json::Value = serde_json::from_str(&row.text(1)?).unwrap_or_default();
            if let Some(map) = snapshot.as_object_mut() {
                map.retain(|name, _| !words.contains(&name.as_str()));
            }
            let args = [snapshot.to_string().into(), row.text(0)?.into()];
            self.write.run("forget words", "UPDATE task SET snapshot = $1 WHERE id = $2", &args).await?;
        }
        Ok(())
    }
}

/// How many subjects were destroyed.
pub(crate) const COUNT: &str = "SELECT COUNT(*) FROM setting WHERE value = 'destroyed'";

/// How many subjects were destroyed, as a change sees it.
pub(crate) async fn count(tx: &mut Write) -> Result<i64> {
    tx.optional("count destructions", COUNT, &[]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Notes a destruction in the data; false when it is noted already.
async fn count_one(tx: &mut Write, subject: &SubjectId) -> Result<bool> {
    let sql = "INSERT INTO setting (name, value) VALUES ($1, 'destroyed') ON CONFLICT (name) DO NOTHING";
    let name = Arg::from(format!("destroyed/{subject}"));
    Ok(tx.run("count destructions", sql, &[name]).await? > 0)
}

async fn was_destroyed(tx: &mut Write, id: &RecordId) -> Result<bool> {
    let sql = "SELECT name FROM setting WHERE name = $1 AND value = 'destroyed'";
    let name = Arg::from(format!("destroyed/{id}"));
    Ok(tx.optional("look for a destruction", sql, &[name]).await?.is_some())
}

/// Waits for every other change that destroys, or keeps a copy of what might be destroyed. SQLite has one writer anyway.
pub(crate) async fn one_at_a_time(tx: &mut Write) -> Result<()> {
    let sql = "UPDATE setting SET value = value WHERE name = 'org'";
    tx.run("wait for destructions", sql, &[]).await.map(drop)
}

/// Holds every row of a subject, after those who are about to write one or to make one beneath it. Only PostgreSQL lets
/// others write meanwhile; what they find afterwards is that there is nothing.
async fn take_rows(tx: &mut Write, subject: &SubjectId) -> Result<()> {
    if !tx.is_postgres() {
        return Ok(());
    }
    let sql = "SELECT id FROM record WHERE subject = $1 ORDER BY id FOR UPDATE";
    let mut known = 0;
    loop {
        let held = tx.all("take the rows of a subject", sql, &[subject.into()]).await?.len();
        if held == known {
            return Ok(());
        }
        known = held;
    }
}

/// Removes the rows of a subject from every table.
async fn remove_rows(tx: &mut Write, subject: &SubjectId) -> Result<Destroyed> {
    let mut destroyed = Destroyed::default();
    take_rows(tx, subject).await?;
    let (files, exports) = drop_copies(tx, subject, "").await?;
    destroyed.rows.insert("export_file".to_owned(), files);
    destroyed.exports = exports;
    for table in BY_RECORD {
        let sql = format!("DELETE FROM {table} WHERE record IN (SELECT id FROM record WHERE subject = $1)");
        destroyed.rows.insert(table.to_owned(), tx.run("remove rows", &sql, &[subject.into()]).await?);
    }
    for table in BY_SUBJECT {
        let sql = format!("DELETE FROM {table} WHERE subject = $1");
        destroyed.rows.insert(table.to_owned(), tx.run("remove rows", &sql, &[subject.into()]).await?);
    }
    Ok(destroyed)
}

impl Tx {
    /// Keeps rendered exports from being put by until the end of the change. A withdrawal begins with it: whoever keeps a
    /// file looks once more, under the same lock, whether all who are in it in clear still agree.
    ///
    /// # Errors
    /// The database fails.
    pub async fn hold_copies(&mut self) -> Result<()> {
        one_at_a_time(&mut self.write).await
    }

    /// Drops the rendered exports that hold values of a subject in clear: what rested on a consent that was taken back
    /// leaves no more (PIPL 15). Only the house does.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn drop_clear_copies(&mut self, subject: &SubjectId) -> Result<()> {
        if self.scope.task.is_none() {
            return Err(Problem::Forbidden("export").into());
        }
        drop_copies(&mut self.write, subject, "AND l.fields <> ''").await.map(drop)
    }
}

/// Rendered exports that hold the subject: found through who looked, whose log row names the case.
async fn drop_copies(
    tx: &mut Write,
    subject: &SubjectId,
    which: &'static str,
) -> Result<(u64, Vec<RecordId>)> {
    let rows = tx
        .all(
            "find copies",
            &format!(
                "SELECT p.body FROM look l JOIN ledger_payload p ON p.id = l.entry WHERE l.action = 'export.render' \
                 AND l.record IN (SELECT id FROM record WHERE subject = $1) {which}"
            ),
            &[subject.into()],
        )
        .await?;
    let (mut dropped, mut cases) = (0, BTreeSet::new());
    for row in rows {
        let body: serde_json::Value = serde_json::from_slice(&row.bytes(0)?).unwrap_or_default();
        if let Some(case) = body["case"].as_str() {
            dropped += tx.run("drop a file", "DELETE FROM export_file WHERE id = $1", &[case.into()]).await?;
            cases.insert(RecordId::new(case));
        }
    }
    Ok((dropped, cases.into_iter().collect()))
}

impl Vault {
    /// Whether a subject still has rows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn has_subject(&self, subject: &SubjectId) -> Result<bool> {
        let sql = "SELECT id FROM record WHERE subject = $1 LIMIT 1";
        Ok(self.inner.data.optional("look for a subject", sql, &[subject.into()]).await?.is_some())
    }

    /// The records that one was converted from, and what it was converted into: which they are, and nothing of them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn converted(&self, object: &str, id: &RecordId) -> Result<Vec<(ObjectName, RecordId)>> {
        self.inner.converted(&self.inner.catalog(), object, id).await
    }

    /// Destroys a subject's key. Answers false when it was gone already (a case that goes on after a stop).
    ///
    /// # Errors
    /// The keyring fails; `still_being_read` when a reader kept old pages on the disk: come again.
    pub async fn destroy_key(&self, subject: &SubjectId) -> Result<bool> {
        let gone = self.inner.keyring.destroy(subject, self.inner.clock.now()).await;
        self.inner.shelf.clear();
        // Also of a key that is gone already: whoever destroyed it may have stopped before a word of it. Nothing is
        // certified before the others have been told.
        tell_of_keys(&self.inner.data).await?;
        let gone = gone?;
        self.forget_exports().await?;
        if !self.inner.data.empty_wal().await? {
            return Err(Problem::Conflict("still_being_read").into());
        }
        let tables: Vec<&str> =
            BY_RECORD.iter().chain(&BY_SUBJECT).chain(&["export_file"]).copied().collect();
        self.inner.data.vacuum(&tables).await?;
        Ok(gone)
    }
}

impl Inner {
    /// The records that one was converted from, and what it was converted into.
    async fn converted(
        &self,
        catalog: &Catalog,
        object: &str,
        id: &RecordId,
    ) -> Result<Vec<(ObjectName, RecordId)>> {
        let mut found = Vec::new();
        for def in catalog.objects.values().map(|p| &p.def) {
            let Some(conversion) = &def.conversion else { continue };
            let Some(reference) = def.field(&conversion.reference) else { continue };
            let (of, sql) = if conversion.to.as_str() == object {
                (
                    &def.name,
                    "SELECT x.record FROM idx_ref x WHERE x.field = $1 AND x.value = $2 ORDER BY x.record",
                )
            } else if def.name.as_str() == object {
                (
                    &conversion.to,
                    "SELECT r.id FROM idx_ref x JOIN record r ON r.id = x.value WHERE x.field = $1 AND x.record = $2",
                )
            } else {
                continue;
            };
            let args = [format!("{}.{}", def.name, reference.id).into(), id.into()];
            for row in self.data.all("find what was converted", sql, &args).await? {
                found.push((of.clone(), row.text(0)?.into()));
            }
        }
        Ok(found)
    }

    pub(crate) async fn subject_of(&self, object: &str, id: &RecordId) -> Result<SubjectId> {
        let row = self
            .data
            .optional("find a subject", SUBJECT, &[id.into(), object.into()])
            .await?
            .ok_or(Problem::NotFound)?;
        Ok(SubjectId::new(row.text(0)?))
    }
}

/// The record that is a subject of its own.
const SUBJECT: &str = "SELECT subject FROM record WHERE id = $1 AND object = $2 AND subject = id";

/// As [`Inner::subject_of`], as a change sees it. Whoever decides by it must ask here: beside the lane of SQLite a subject
/// is still there that the writer before has removed, and both are made durable together.
pub(crate) async fn subject_within(tx: &mut Write, object: &str, id: &RecordId) -> Result<Option<SubjectId>> {
    let row = tx.optional("find a subject", SUBJECT, &[id.into(), object.into()]).await?;
    row.map(|row| row.text(0).map(SubjectId::new)).transpose()
}

/// Destructions that one of the two databases does not know of.
pub(crate) struct Unheard {
    /// Whose rows may still be there.
    by_data: Vec<SubjectId>,
    /// Whose keys may still be there.
    by_keyring: Vec<SubjectId>,
    /// The same, of an erasure that was stopped between its steps: the case is open, and no copy is old.
    interrupted: Vec<SubjectId>,
}

impl Unheard {
    /// Finds them; changes nothing.
    pub(crate) async fn find(data: &Db, keyring: &Db) -> Result<Unheard> {
        let destroyed = destroyed(keyring).await?;
        let mut known = BTreeSet::new();
        for row in
            data.all("read destructions", "SELECT name FROM setting WHERE value = 'destroyed'", &[]).await?
        {
            if let Some(subject) = row.text(0)?.strip_prefix("destroyed/") {
                known.insert(SubjectId::new(subject));
            }
        }
        let by_data = destroyed.difference(&known).cloned().collect();
        let late: Vec<SubjectId> = known.difference(&destroyed).cloned().collect();
        if late.is_empty() {
            return Ok(Unheard { by_data, by_keyring: Vec::new(), interrupted: Vec::new() });
        }
        let open = under_way(data).await?;
        // Another process may have gone on meanwhile and closed its case; it did so after the key.
        let destroyed = self::destroyed(keyring).await?;
        let late = late.into_iter().filter(|subject| !destroyed.contains(subject));
        let (interrupted, by_keyring) = late.partition(|subject| open.contains(subject));
        Ok(Unheard { by_data, by_keyring, interrupted })
    }

    /// Those that an old copy does not know of.
    pub(crate) fn of_old_copies(&self) -> usize {
        self.by_data.len() + self.by_keyring.len()
    }

    /// Those that a stop came between.
    pub(crate) fn interrupted(&self) -> usize {
        self.interrupted.len()
    }
}

/// Whose destruction the keyring knows of.
async fn destroyed(keyring: &Db) -> Result<BTreeSet<SubjectId>> {
    let rows = keyring.all("read destructions", "SELECT subject FROM destroyed_subject", &[]).await?;
    rows.iter().map(|row| row.text(0).map(SubjectId::new)).collect()
}

/// The subjects of approved cases. Where the rows are gone as well, the case is between its steps: both are of one commit.
async fn under_way(data: &Db) -> Result<BTreeSet<SubjectId>> {
    let sql =
        "SELECT title FROM record WHERE object = 'erasure' AND status = 'approved' AND deleted_at IS NULL";
    let rows = data.all("find erasures under way", sql, &[]).await?;
    Ok(rows
        .iter()
        .map(|row| row.opt_text(0))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .map(SubjectId::new)
        .collect())
}

/// Carries out again what one of the two databases does not know of; run when the vault opens. An older copy of the data
/// loses the rows of destroyed subjects, an older copy of the keyring loses their keys; how many, it answers. The key of an
/// erasure that was stopped between its steps goes as well, so that no copy is made with it; that is no old copy and no act
/// of its own: the row of its case says it. `who` and `policy` are how the log names the house.
pub(crate) async fn replay(
    data: &Db,
    keyring: &Keyring,
    scribe: &Scribe,
    who: &Actor,
    policy: [u8; 32],
) -> Result<usize> {
    let Unheard { by_data, by_keyring, interrupted } = Unheard::find(data, keyring.db()).await?;
    let mut replayed = 0;
    for subject in &by_data {
        let mut tx = data.begin().await?;
        // Of two processes that open at once, one carries it out and says so.
        if !count_one(&mut tx, subject).await? {
            continue;
        }
        let gone = remove_rows(&mut tx, subject).await?;
        let what = json!({ "what": "rows", "rows": gone.rows });
        scribe.write(&mut tx, &ids::new_id(), who, policy, &carried_out(subject, what)).await?;
        tx.commit().await?;
        replayed += 1;
    }
    for subject in &by_keyring {
        // The row first: a stop in between writes it twice, and never leaves a destruction unsaid.
        let mut tx = data.begin().await?;
        let what = json!({ "what": "key" });
        scribe.write(&mut tx, &ids::new_id(), who, policy, &carried_out(subject, what)).await?;
        tx.commit().await?;
        keyring.destroy(subject, scribe.clock.now()).await?;
        tell_of_keys(data).await?;
        replayed += 1;
    }
    for subject in &interrupted {
        tracing::info!("an erasure that was stopped between its steps goes on");
        keyring.destroy(subject, scribe.clock.now()).await?;
        tell_of_keys(data).await?;
    }
    Ok(replayed)
}

/// The id of a subject is that of its record; of which object it was is not known any more.
fn carried_out(subject: &SubjectId, what: serde_json::Value) -> Act {
    let act = Act::new("erasure.replayed", "erasure").on(&RecordId::new(subject.as_str()), Some(subject));
    act.payload(what)
}
