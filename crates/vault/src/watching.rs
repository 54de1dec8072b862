//! What the alert rules read and keep. They read the log in the order in which it is signed, so that nothing that
//! happened is missed, however late it was committed, and nothing is counted twice.
//!
//! **Invariant:** how far was read moves only in the transaction that raises what was found ([`Tx::take_watch`]).

use crate::error::{Result, VaultError};
use crate::scope::{Scope, Task};
use crate::sql::{Arg, Row};
use crate::tx::Tx;
use kedun_model::alert::{Fact, FactKind};
use kedun_model::role::Reach;
use kedun_model::{Act, DepartmentId, ObjectName, PersonId, Problem, RecordId};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Actions that may tip a rule.
const TIPPING: [&str; 4] = ["field.reveal", "file.read", "record.denied", "export.order"];
/// Actions that only explain others.
const WORK: [&str; 2] = ["record.create", "record.update"];
/// Rows of the log that may carry a fact. Reading only these keeps the watch cheap beside thousands of lists.
pub(crate) const ACTIONS: [&str; 6] = [TIPPING[0], TIPPING[1], TIPPING[2], TIPPING[3], WORK[0], WORK[1]];
/// Most facts read at once.
const BATCH: i64 = 1_000;
/// Most facts from which a watch is rebuilt; the newest count.
const MOST: i64 = 100_000;

const READ: &str =
    "SELECT l.seq, l.at, l.person, p.body FROM ledger_row l JOIN ledger_payload p ON p.id = l.id";

/// A fact with its place in the log.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The place.
    pub seq: i64,
    /// The fact.
    pub fact: Fact,
}

/// An alert that was raised.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The place of the row that tipped it.
    pub seq: i64,
    /// Its record.
    pub record: RecordId,
    /// Whom it is about.
    pub person: PersonId,
    /// The department whose managers are in charge of it.
    pub department: Option<DepartmentId>,
}

impl Scope {
    fn watches(&self) -> Result<()> {
        if self.task == Some(Task::Watch) { Ok(()) } else { Err(Problem::Forbidden("watch").into()) }
    }

    /// How far what was found is raised; for [`Task::Watch`].
    ///
    /// # Errors
    /// Forbidden, the database fails.
    pub async fn watched(&self) -> Result<i64> {
        self.watches()?;
        let row = self
            .inner
            .data
            .optional("read how far the watch is", "SELECT seq FROM watch WHERE id = 1", &[])
            .await?;
        row.map(|row| row.int(0)).transpose().map(|seq| seq.unwrap_or(-1))
    }

    /// Facts behind a place of the log, in its order, and the place up to which this is all; for [`Task::Watch`].
    ///
    /// # Errors
    /// Forbidden, the database fails.
    pub async fn facts_after(&self, seq: i64) -> Result<(Vec<Placed>, i64)> {
        self.watches()?;
        let head = self.head().await?;
        if head <= seq {
            return Ok((Vec::new(), seq));
        }
        let sql = format!(
            "{READ} WHERE l.seq > $1 AND l.seq <= $2 AND l.action IN ({}) ORDER BY l.seq LIMIT $3",
            quoted(&ACTIONS)
        );
        let rows = self.inner.data.all("read facts", &sql, &[seq.into(), head.into(), BATCH.into()]).await?;
        let full = i64::try_from(rows.len()).unwrap_or(BATCH) >= BATCH;
        let upto = match rows.last() {
            Some(last) if full => last.int(0)?,
            _ => head,
        };
        Ok((self.facts(&rows)?, upto))
    }

    /// Facts of the past from which a watch is rebuilt, in the order of the log, and the place up to which this is all:
    /// what may tip a rule since `since`, work that explains since `work_since` (UTC ms); for [`Task::Watch`].
    ///
    /// # Errors
    /// Forbidden, the database fails.
    pub async fn facts_since(&self, since: i64, work_since: i64) -> Result<(Vec<Placed>, i64)> {
        self.watches()?;
        let head = self.head().await?;
        let mut facts = Vec::new();
        for (actions, at) in [(quoted(&TIPPING), since), (quoted(&WORK), work_since)] {
            let sql = format!(
                "{READ} WHERE l.action IN ({actions}) AND l.at > $1 AND l.seq <= $2 ORDER BY l.seq DESC LIMIT $3"
            );
            let args = [at.into(), head.into(), MOST.into()];
            let add = |row: Row| {
                facts.extend(self.facts(std::slice::from_ref(&row))?);
                Ok(())
            };
            self.inner.data.each("read past facts", &sql, &args, add).await?;
        }
        facts.sort_by_key(|placed| placed.seq);
        Ok((facts, head))
    }

    /// What the caller did or tried since `since` (UTC ms), oldest first, as the alert rules read it; placed in the log
    /// already or not.
    ///
    /// # Errors
    /// The database fails.
    pub async fn own_facts(&self, since: i64) -> Result<Vec<Fact>> {
        let sql = format!(
            "SELECT l.at, p.body FROM ledger_row l JOIN ledger_payload p ON p.id = l.id \
             WHERE l.person = $1 AND l.at > $2 AND l.action IN ({}) ORDER BY l.at DESC, l.id DESC LIMIT $3",
            quoted(&ACTIONS)
        );
        let args: [Arg; 3] = [self.person().into(), since.into(), BATCH.into()];
        let mut facts = Vec::new();
        for row in self.inner.data.all("read one's own facts", &sql, &args).await? {
            if let Ok(Some(kind)) = kind(&row.bytes(1)?) {
                let (person, department) = (self.person().clone(), self.department().cloned());
                facts.push(Fact { at: row.int(0)?, person, department, kind });
            }
        }
        facts.reverse();
        Ok(facts)
    }

    /// Alerts that were raised behind a place of the log, by whichever process; for [`Task::Watch`].
    ///
    /// # Errors
    /// Forbidden, the database fails.
    pub async fn raised_after(&self, seq: i64) -> Result<Vec<Raised>> {
        self.watches()?;
        self.inner
            .data
            .all(
                "read what was raised",
                "SELECT seq, record, person, department FROM alert_raised WHERE seq > $1 ORDER BY seq, record",
                &[seq.into()],
            )
            .await?
            .iter()
            .map(|row| {
                Ok(Raised {
                    seq: row.int(0)?,
                    record: row.text(1)?.into(),
                    person: row.text(2)?.into(),
                    department: row.opt_text(3)?.map(DepartmentId::new),
                })
            })
            .collect()
    }

    /// The department whose managers are in charge of what a person does: their own, or, for one who is in charge there
    /// themselves, the nearest above it in which they are not. None where only those for everybody remain.
    pub fn in_charge_of(&self, person: &PersonId) -> Option<DepartmentId> {
        let mut department = self.directory.people.get(person)?.department.clone();
        let Ok(theirs) = self.inner.scope_of(person) else { return department };
        if theirs.caller.acts.get(&Act::AlertsReceive) != Some(&Reach::DepartmentTree) {
            return department;
        }
        let mut passed = BTreeSet::new();
        while let Some(d) = department.take() {
            if !theirs.caller.subtree.contains(&d) {
                return Some(d);
            }
            department = self.directory.departments.get(&d).and_then(|(_, parent, _)| parent.clone());
            if !passed.insert(d) {
                return None;
            }
        }
        None
    }

    /// Of these records those that the caller may read, with their object and title.
    ///
    /// # Errors
    /// The database or the keyring fails.
    pub async fn readable(&self, ids: &[RecordId]) -> Result<BTreeMap<RecordId, (ObjectName, String)>> {
        let objects = self.objects_of(ids).await?;
        let mut readable = BTreeMap::new();
        let mut readings = Vec::new();
        for (object, ids) in objects {
            let Ok(def) = self.object(object.as_str()).cloned() else { continue };
            let titles = self.titles(&def, &ids).await?;
            readings.extend(titles.readings());
            for (id, title) in titles.records {
                readable.insert(RecordId::new(id), (object.clone(), title));
            }
        }
        self.log_all(&readings).await?;
        Ok(readable)
    }

    /// Of which object these records are, for who may ask about every record who can see it: they need it to ask. Nobody
    /// else is told, and what does not exist any more is left out.
    ///
    /// # Errors
    /// The database fails.
    pub async fn askable(&self, ids: &[RecordId]) -> Result<BTreeMap<RecordId, ObjectName>> {
        if self.caller.acts.get(&kedun_model::Act::PolicyExplain) != Some(&Reach::All) {
            return Ok(BTreeMap::new());
        }
        let objects = self.objects_of(ids).await?;
        let each = |(object, ids): (ObjectName, Vec<String>)| {
            ids.into_iter().map(move |id| (RecordId::new(id), object.clone()))
        };
        Ok(objects.into_iter().flat_map(each).collect())
    }

    async fn objects_of(&self, ids: &[RecordId]) -> Result<BTreeMap<ObjectName, Vec<String>>> {
        let mut objects: BTreeMap<ObjectName, Vec<String>> = BTreeMap::new();
        for chunk in ids.chunks(200) {
            let places: Vec<String> = (1..=chunk.len()).map(|n| format!("${n}")).collect();
            let sql = format!("SELECT id, object FROM record WHERE id IN ({})", places.join(", "));
            let args: Vec<Arg> = chunk.iter().map(Arg::from).collect();
            for row in self.inner.data.all("find the objects of records", &sql, &args).await? {
                objects.entry(row.text(1)?.into()).or_default().push(row.text(0)?);
            }
        }
        Ok(objects)
    }

    async fn head(&self) -> Result<i64> {
        let sql = "SELECT MAX(seq) FROM ledger_row WHERE seq IS NOT NULL";
        let row = self.inner.data.optional("read the size of the log", sql, &[]).await?;
        row.map(|row| row.opt_int(0)).transpose().map(|seq| seq.flatten().unwrap_or(-1))
    }

    fn facts(&self, rows: &[Row]) -> Result<Vec<Placed>> {
        let mut facts = Vec::with_capacity(rows.len());
        for row in rows {
            let kind = match kind(&row.bytes(3)?) {
                Ok(Some(kind)) => kind,
                Ok(None) => continue,
                // The verifier of the log finds damage; here it must not keep every later alert from being raised.
                Err(_) => {
                    tracing::error!(seq = row.int(0)?, "the details of a log row cannot be read");
                    continue;
                }
            };
            let person = PersonId::new(row.text(2)?);
            let department = self.directory.people.get(&person).and_then(|p| p.department.clone());
            facts.push(Placed { seq: row.int(0)?, fact: Fact { at: row.int(1)?, person, department, kind } });
        }
        Ok(facts)
    }
}

impl Tx {
    /// Moves the watch to a place of the log and answers where it stood; what was found up to there is raised already.
    /// Whoever comes second waits, and finds it moved.
    ///
    /// # Errors
    /// Forbidden, the database fails.
    pub async fn take_watch(&mut self, upto: i64) -> Result<i64> {
        self.scope.watches()?;
        self.write.run("take the watch", "UPDATE watch SET turn = turn + 1 WHERE id = 1", &[]).await?;
        let row = self
            .write
            .optional("read how far the watch is", "SELECT seq FROM watch WHERE id = 1", &[])
            .await?
            .ok_or_else(|| VaultError::Damaged("the watch".to_owned()))?;
        self.write
            .run("move the watch", "UPDATE watch SET seq = $1 WHERE id = 1 AND seq < $1", &[upto.into()])
            .await?;
        row.int(0)
    }

    /// Notes an alert, so that every process tells those who listen.
    ///
    /// # Errors
    /// Forbidden, the database fails.
    pub async fn note_raised(&mut self, raised: &Raised) -> Result<()> {
        self.scope.watches()?;
        self.write
            .run(
                "note an alert",
                "INSERT INTO alert_raised (record, seq, person, department) VALUES ($1, $2, $3, $4)",
                &[
                    (&raised.record).into(),
                    raised.seq.into(),
                    (&raised.person).into(),
                    raised.department.as_ref().into(),
                ],
            )
            .await
            .map(drop)
    }
}

/// The fact beside a row, if there is one; details of a subject may have been destroyed, and most rows have none.
fn kind(body: &[u8]) -> serde_json::Result<Option<FactKind>> {
    let mut details: Json = serde_json::from_slice(body)?;
    details.get_mut("fact").map(|fact| serde_json::from_value(fact.take())).transpose()
}

fn quoted(actions: &[&str]) -> String {
    actions.iter().map(|action| format!("'{action}'")).collect::<Vec<_>>().join(", ")
}
