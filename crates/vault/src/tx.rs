//! A change in the making. It becomes true, together with its row in the log, by [`Tx::commit`] or not at all.

use crate::audit::Act;
use crate::committed::{Committed, overtaken};
use crate::error::Result;
use crate::exports::ExportGrant;
use crate::hearing::{RIGHTS, tell};
use crate::ids;
use crate::plan::{self, Flags};
use crate::row::Stored;
use crate::scope::{Scope, Task};
use crate::sql::{Row, Write};
use crate::vault::Signal;
use crate::view::RecordView;
use crate::watching;
use kedun_model::alert::FactKind;
use kedun_model::policy::{RecordFacts, judge};
use kedun_model::{ObjectDef, ObjectName, Problem, RecordId, SubjectId, Verb};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A change in progress, made through one scope. Dropping it undoes it.
pub struct Tx {
    pub(crate) scope: Scope,
    pub(crate) write: Write,
    pub(crate) entry: String,
    pub(crate) touched: Vec<(String, RecordId, &'static str)>,
    pub(crate) refresh: bool,
    /// A record that the caller worked on, for the alert rules.
    pub(crate) worked: Option<RecordId>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) granted: Option<ExportGrant>,
    pub(crate) written: BTreeMap<RecordId, (Stored, RecordFacts)>,
    /// Records that this change makes.
    pub(crate) made: BTreeSet<RecordId>,
    /// These, and those whose values it changes: their rows may still wait to be sent.
    pub(crate) waiting: BTreeSet<RecordId>,
    /// The record that the caller changed against a revision they named: whoever came before them is shown to them.
    pub(crate) against: Option<(ObjectName, RecordId)>,
    /// What the answer to the change shows besides; in the log with it.
    pub(crate) readings: Vec<Act>,
    /// Parents that were read for this change and are unchanged since.
    pub(crate) read: BTreeMap<RecordId, (Arc<ObjectDef>, Stored, RecordFacts)>,
    /// The turns that this change takes to look for duplicates.
    pub(crate) turns: BTreeSet<i64>,
    /// The roots beneath which this change makes records, each with the parent that told where they belong.
    pub(crate) beneath: BTreeMap<RecordId, Stored>,
}

impl Tx {
    pub(crate) async fn begin(scope: Scope) -> Result<Tx> {
        if scope.task == Some(Task::Erase) {
            // What was seen until now lies in the ledger before its traces are looked for.
            scope.inner.journal.post().await?;
        }
        let write = scope.inner.data.begin().await?;
        Ok(Tx {
            scope,
            write,
            entry: ids::new_id(),
            touched: Vec::new(),
            refresh: false,
            worked: None,
            signals: Vec::new(),
            granted: None,
            written: BTreeMap::new(),
            made: BTreeSet::new(),
            waiting: BTreeSet::new(),
            against: None,
            readings: Vec::new(),
            read: BTreeMap::new(),
            turns: BTreeSet::new(),
            beneath: BTreeMap::new(),
        })
    }

    /// The scope that makes the change.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whom a record is about that this change wrote.
    pub fn subject_of(&self, id: &RecordId) -> Option<&SubjectId> {
        self.written.get(id).and_then(|(stored, _)| stored.subject.as_ref())
    }

    /// Takes a name for this change, once and for all; false when another change has it. Of two that take it at the same
    /// time one waits and is refused, on both engines, where reading first would let both pass.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_name(&mut self, name: &str) -> Result<bool> {
        let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        let name = format!("name/{name}");
        let taken = self.write.run("take a name", sql, &[name.into(), self.entry.as_str().into()]).await?;
        Ok(taken > 0)
    }

    /// Tells everybody who listens, once the change is durable: whoever then asks sees it.
    pub fn tell(&mut self, signal: Signal) {
        self.signals.push(signal);
    }

    /// Makes the change durable together with its row in the log. This is the only commit.
    ///
    /// # Errors
    /// When the row cannot be written, nothing happened ([`crate::VaultError::LedgerUnavailable`]).
    pub async fn commit(mut self, act: Act) -> Result<Committed> {
        let mut act = act;
        if !self.touched.is_empty() {
            let touched: Vec<_> =
                self.touched.iter().take(500).map(|(o, id, what)| json!([o, id, what])).collect();
            act.payload = match act.payload {
                serde_json::Value::Object(mut map) => {
                    map.insert("changed".to_owned(), json!(touched));
                    serde_json::Value::Object(map)
                }
                serde_json::Value::Null => json!({ "changed": touched }),
                other => json!({ "changed": touched, "about": other }),
            };
            act.count = act.count.or(u64::try_from(self.touched.len()).ok());
        }
        if let Some(record) = self.worked.take()
            && act.fact.is_none()
            && watching::ACTIONS.contains(&act.action)
        {
            act.fact = Some(FactKind::Activity { record });
        }
        let kept = match self.add_row(&act).await {
            Ok(()) if self.refresh => self.scope.inner.keep_and_heed(self.write).await,
            Ok(()) => self.write.commit().await,
            Err(error) => {
                self.end();
                Err(error)
            }
        };
        if let Err(error) = kept {
            return Err(overtaken(&self.scope, self.against, error).await);
        }
        self.scope.inner.tell(&self.scope.actor, &act);
        for signal in self.signals {
            let _ = self.scope.inner.signals.send(signal);
        }
        Ok(Committed {
            scope: self.scope,
            granted: self.granted,
            written: self.written,
            made: self.made,
            entry: self.entry,
        })
    }

    /// As [`Tx::commit`], and answers a record that the change wrote as the caller may see it then; what it shows is in
    /// the log by the same commit.
    ///
    /// # Errors
    /// As [`Tx::commit`]; not found when the change took the record out of the caller's sight, and took place.
    pub async fn commit_and_view(mut self, act: Act, id: &RecordId) -> Result<RecordView> {
        let seen = self.scope.as_written(&self.written, &self.made, id).await?;
        if let Some((_, readings)) = &seen {
            self.readings.clone_from(readings);
        }
        self.commit(act).await?;
        seen.map(|(record, _)| record).ok_or_else(|| Problem::NotFound.into())
    }

    /// What goes along with every change: the key of the request, the word to other processes, the row in the log.
    async fn add_row(&mut self, act: &Act) -> Result<()> {
        if let Some(once) = self.scope.once.clone()
            && let Some((_, made, _)) =
                self.touched.iter().find(|(_, _, what)| matches!(*what, "create" | "convert"))
        {
            let made = made.clone();
            once.remember(&mut self.write, &self.scope, &made).await?;
        }
        self.hold_roots().await?;
        if self.refresh {
            tell(&mut self.write, RIGHTS, &self.entry).await?;
        }
        let Scope { inner, actor, catalog, .. } = &self.scope;
        inner.scribe.write(&mut self.write, &self.entry, actor, catalog.hash, act).await?;
        for reading in &self.readings {
            inner.scribe.write(&mut self.write, &ids::new_id(), actor, catalog.hash, reading).await?;
        }
        Ok(())
    }

    /// Holds the roots beneath which something is made, as they were read, until the change is durable: what is made while
    /// its root is given away goes along, and nothing is made beneath what is being destroyed. Only PostgreSQL lets others
    /// write meanwhile. A root that this change writes itself is held by its revision.
    async fn hold_roots(&mut self) -> Result<()> {
        const HOLD: &str = "SELECT 1 FROM record WHERE id = $1 AND owner IS NOT DISTINCT FROM $2 \
            AND department IS NOT DISTINCT FROM $3 AND pool IS NOT DISTINCT FROM $4 AND deleted_at IS NOT DISTINCT FROM $5 FOR KEY SHARE";
        for (root, parent) in std::mem::take(&mut self.beneath) {
            // Parts of one statement that change a row and hold it would not agree about which comes first.
            if self.waiting.contains(&root) || self.touched.iter().any(|(_, id, _)| *id == root) {
                continue;
            }
            let args = [
                (&root).into(),
                parent.owner.as_ref().into(),
                parent.department.as_ref().into(),
                parent.pool.clone().into(),
                parent.deleted_at.into(),
            ];
            self.write.hold_or_nothing(HOLD, &args).await?;
        }
        Ok(())
    }

    /// Keeps others from making anything beneath a record until the end of the change, after those who are about to.
    pub(crate) async fn take_root(&mut self, id: &RecordId) -> Result<()> {
        if self.write.is_postgres() {
            let sql = "SELECT id FROM record WHERE id = $1 FOR UPDATE";
            self.write.all("take a record", sql, &[id.into()]).await?;
        }
        Ok(())
    }

    /// Loads a record for a change: visible to the caller, else it does not exist. Asking for one that is not visible
    /// is the end of the change and leaves a row, as it does when reading.
    pub(crate) async fn load(
        &mut self,
        object: &str,
        id: &RecordId,
    ) -> Result<(Arc<ObjectDef>, Stored, RecordFacts)> {
        match self.find(object, id).await? {
            Found::Visible(found) => Ok(*found),
            // A task goes on with the next of its records.
            Found::Hidden { .. } if self.scope.task.is_some() => Err(Problem::NotFound.into()),
            Found::Hidden { exists } => {
                self.end();
                self.scope.denied(object, id, exists).await?;
                Err(Problem::NotFound.into())
            }
        }
    }

    /// Rolls back. The change cannot be committed any more; the log can be written to.
    pub(crate) fn end(&mut self) {
        self.write = Write::ended();
    }

    /// Finds a record for a change, without a word in the log.
    pub(crate) async fn find(&mut self, object: &str, id: &RecordId) -> Result<Found> {
        let def = self.scope.object(object)?.clone();
        let flags = Flags::for_caller(&self.scope.caller, &def.name);
        let statement = plan::by_ids(&self.scope.asking(&def), &[id.as_str()], &flags);
        // What waits to be sent matters to this read when it is about one of those records, or when rights hang on
        // children or parents.
        let apart = !self.waiting.contains(id) && flags.through.is_empty() && !flags.parent;
        let (text, args) = (&statement.text, &statement.args);
        let rows = if apart {
            self.write.all_ahead("load a record", text, args).await?
        } else {
            self.write.all("load a record", text, args).await?
        };
        let Some(row) = rows.into_iter().next() else { return Ok(Found::Hidden { exists: false }) };
        let (stored, facts) = read_with_facts(&row, &flags, 23)?;
        let verdict = judge(&self.scope.caller, &def.name, &facts);
        // What lies in the recycle bin is there for those who may take it out, and for the house, which moves and ends it.
        let gone = stored.deleted_at.is_some() && self.scope.task.is_none() && !verdict.may(Verb::Restore);
        if !verdict.visible() || gone {
            return Ok(Found::Hidden { exists: true });
        }
        Ok(Found::Visible(Box::new((def, stored, facts))))
    }
}

/// What a change finds where it looks.
pub(crate) enum Found {
    /// A record that the caller may see.
    Visible(Box<(Arc<ObjectDef>, Stored, RecordFacts)>),
    /// Nothing that the caller may know of.
    Hidden {
        /// Whether there is something; for the log, never for the answer.
        exists: bool,
    },
}

/// Reads a record and, behind its columns, the facts that rules need.
pub(crate) fn read_with_facts(row: &Row, flags: &Flags, first: usize) -> Result<(Stored, RecordFacts)> {
    let stored = Stored::read(row)?;
    let mut facts = facts_of(&stored);
    flags.read(row, first, &mut facts)?;
    Ok((stored, facts))
}

/// The facts that the record itself tells.
pub(crate) fn facts_of(stored: &Stored) -> RecordFacts {
    RecordFacts {
        owner: stored.owner.clone(),
        department: stored.department.clone(),
        pooled: stored.pool.is_some(),
        ..RecordFacts::default()
    }
}
