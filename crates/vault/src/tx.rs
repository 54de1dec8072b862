//! A change in the making. It becomes true, together with its row in the log, by [`Tx::commit`] or not at all.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::exports::ExportGrant;
use crate::hearing::{RIGHTS, tell};
use crate::keys;
use crate::plan::{self, Flags};
use crate::row::Stored;
use crate::scope::{Scope, Task};
use crate::sql::{Row, Write};
use crate::vault::Signal;
use crate::view::{Names, RecordView, Shown, view};
use crate::watching;
use kedun_model::alert::FactKind;
use kedun_model::policy::{RecordFacts, judge};
use kedun_model::{FieldDef, ObjectDef, ObjectName, Problem, RecordId, Value, field};
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
    /// Records that this change makes or changes the values of; their rows may still wait to be sent.
    pub(crate) waiting: BTreeSet<RecordId>,
    /// The record that the caller changed against a revision they named: whoever came before them is shown to them.
    pub(crate) against: Option<(ObjectName, RecordId)>,
    /// Parents that were read for this change and are unchanged since.
    pub(crate) read: BTreeMap<RecordId, (Arc<ObjectDef>, Stored, RecordFacts)>,
}

/// Proof that a change is durable and logged; only with it do the changed records come back.
pub struct Committed {
    scope: Scope,
    granted: Option<ExportGrant>,
    written: BTreeMap<RecordId, (Stored, RecordFacts)>,
    made: BTreeSet<RecordId>,
    entry: String,
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
            entry: keys::new_id(),
            touched: Vec::new(),
            refresh: false,
            worked: None,
            signals: Vec::new(),
            granted: None,
            written: BTreeMap::new(),
            waiting: BTreeSet::new(),
            against: None,
            read: BTreeMap::new(),
        })
    }

    /// The scope that makes the change.
    pub fn scope(&self) -> &Scope {
        &self.scope
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
            Ok(()) => self.write.commit().await,
            Err(error) => {
                self.end();
                Err(error)
            }
        };
        if let Err(error) = kept {
            return Err(overtaken(&self.scope, self.against, error).await);
        }
        if self.refresh {
            self.scope.inner.refresh().await?;
        }
        self.scope.inner.tell(&self.scope.actor, &act);
        for signal in self.signals {
            let _ = self.scope.inner.signals.send(signal);
        }
        let made = self.touched.into_iter().filter(|(_, _, what)| makes(what)).map(|(_, id, _)| id).collect();
        Ok(Committed {
            scope: self.scope,
            granted: self.granted,
            written: self.written,
            made,
            entry: self.entry,
        })
    }

    /// What goes along with every change: the key of the request, the word to other processes, the row in the log.
    async fn add_row(&mut self, act: &Act) -> Result<()> {
        if let Some(once) = self.scope.once.clone()
            && let Some((_, made, _)) = self.touched.iter().find(|(_, _, what)| makes(what))
        {
            let made = made.clone();
            once.remember(&mut self.write, &self.scope, &made).await?;
        }
        if self.refresh {
            tell(&mut self.write, RIGHTS, &self.entry).await?;
        }
        let Scope { inner, actor, catalog, .. } = &self.scope;
        inner.scribe.write(&mut self.write, &self.entry, actor, catalog.hash, act).await
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
        if !judge(&self.scope.caller, &def.name, &facts).visible() {
            return Ok(Found::Hidden { exists: true });
        }
        Ok(Found::Visible(Box::new((def, stored, facts))))
    }
}

/// Whether what was done to a record made it.
fn makes(what: &str) -> bool {
    matches!(what, "create" | "convert")
}

/// What to answer to whoever named a revision and was overtaken: the present record, as if they had come later. Any other
/// error stays what it is.
pub(crate) async fn overtaken(
    scope: &Scope,
    against: Option<(ObjectName, RecordId)>,
    error: VaultError,
) -> VaultError {
    match (&error, against) {
        (VaultError::Problem(Problem::Conflict("revision_conflict")), Some((object, id))) => {
            match scope.get(object.as_str(), &id).await {
                Ok(current) => VaultError::RevisionConflict(Box::new(current)),
                Err(gone) => gone,
            }
        }
        _ => error,
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

impl Committed {
    /// The id of the log row.
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The right to take rows out that the change gave, if it gave one. Not before the change is durable, so that an
    /// approval cannot be spent, used and taken back.
    pub fn into_grant(self) -> Option<ExportGrant> {
        self.granted
    }

    /// A record that was written, as the caller may see it now. None when the change took it out of their sight.
    ///
    /// # Errors
    /// The keyring fails.
    pub async fn view(&self, id: &RecordId) -> Result<Option<RecordView>> {
        let Some((stored, facts)) = self.written.get(id) else { return Ok(None) };
        let def = self.scope.catalog.object(&stored.object)?.clone();
        let verdict = judge(&self.scope.caller, &def.name, facts);
        if !verdict.visible() {
            return Ok(None);
        }
        // What was loaded for the change need not be read again for its title. What the change made was never judged by
        // all that may make it seen.
        let loaded = |id: &RecordId| self.written.get(id).filter(|_| !self.made.contains(id));
        let names = self.scope.names_knowing(&def, std::slice::from_ref(stored), None, loaded).await?;
        let opened = self.scope.opener(std::slice::from_ref(stored)).await?;
        let shown = Shown::new(&def, verdict);
        let mut record = view(&shown, stored, None, &names, |field| opened.open(stored, field));
        self.scope.tell_of_hold(&shown, stored, &mut record);
        self.scope.tell_of_conversion(&shown, stored, &mut record);
        if !record.clear_personal.is_empty() || !names.clear.is_empty() {
            self.scope.log_reading(&def, stored, &record, &names).await?;
        }
        Ok(Some(record))
    }
}

/// Opens sealed values of the records of one page.
pub(crate) struct Opener {
    keys: std::collections::HashMap<kedun_model::SubjectId, Arc<keys::SubjectKey>>,
    org: String,
}

impl Opener {
    pub(crate) fn key(&self, stored: &Stored) -> Option<&keys::SubjectKey> {
        stored.subject.as_ref().and_then(|s| self.keys.get(s)).map(AsRef::as_ref)
    }

    /// The value of a sealed field; none when there is none, its key was destroyed, or it does not open at its place.
    pub(crate) fn open(&self, stored: &Stored, def: &FieldDef) -> Option<Value> {
        let sealed = stored.sealed_value(&def.id)?;
        let key = self.key(stored)?;
        let place = place(&self.org, &stored.object, &stored.id, &def.id);
        match keys::open(key, &place, sealed) {
            Ok(clear) => {
                serde_json::from_str(clear.expose()).ok().and_then(|json| field::from_json(def.kind, &json))
            }
            Err(error) => {
                tracing::error!(object = %stored.object, record = %stored.id, field = %def.id, %error, "a sealed value does not open");
                None
            }
        }
    }
}

/// Where a value belongs.
pub(crate) fn place<'a>(
    org: &'a str,
    object: &'a ObjectName,
    record: &'a RecordId,
    field: &'a kedun_model::FieldId,
) -> keys::Place<'a> {
    keys::Place { org, object, record, field, schema: 1 }
}

impl Scope {
    /// The keys of a page's subjects, ready to open values.
    pub(crate) async fn opener<'a>(&self, records: impl IntoIterator<Item = &'a Stored>) -> Result<Opener> {
        let subjects: Vec<_> =
            records.into_iter().filter(|r| !r.sealed.is_empty()).filter_map(|r| r.subject.as_ref()).collect();
        Ok(Opener { keys: self.inner.keyring.get_many(&subjects).await?, org: self.inner.scribe.org.clone() })
    }

    /// The names that a page of records needs: people, departments, and titles of linked records the caller may read.
    pub(crate) async fn names<'a>(
        &self,
        def: &ObjectDef,
        records: impl IntoIterator<Item = &'a Stored> + Clone,
        wanted: Option<&[String]>,
    ) -> Result<Names> {
        self.names_knowing(def, records, wanted, |_| None).await
    }

    /// As [`Scope::names`], with records that need not be read for it.
    async fn names_knowing<'a>(
        &self,
        def: &ObjectDef,
        records: impl IntoIterator<Item = &'a Stored> + Clone,
        wanted: Option<&[String]>,
        known: impl Fn(&RecordId) -> Option<&'a (Stored, RecordFacts)>,
    ) -> Result<Names> {
        let mut names = Names { directory: Some(self.directory.clone()), ..Names::default() };
        let mut links: BTreeMap<ObjectName, Vec<String>> = BTreeMap::new();
        let references = def.live_fields().filter(|f| {
            f.target.is_some() && !f.class.is_sealed() && wanted.is_none_or(|w| w.contains(&f.name))
        });
        for reference in references {
            let Some(target) = &reference.target else { continue };
            for record in records.clone() {
                if let Some(Value::Record(id)) = record.readable(reference) {
                    let ids = links.entry(target.clone()).or_default();
                    if !ids.iter().any(|known| known == id.as_str()) {
                        ids.push(id.to_string());
                    }
                }
            }
        }
        for (target, ids) in links {
            if let Ok(def) = self.catalog.object(&target) {
                let def = def.clone();
                let (at_hand, unread): (Vec<String>, Vec<String>) =
                    ids.into_iter().partition(|id| known(&RecordId::new(id.as_str())).is_some());
                let mut titles = Box::pin(self.titles(&def, &unread)).await?;
                let at_hand = at_hand.iter().filter_map(|id| known(&RecordId::new(id.as_str())));
                self.add_titles(&def, at_hand, &mut titles).await?;
                names.records.append(&mut titles.records);
                names.clear.append(&mut titles.clear);
            }
        }
        Ok(names)
    }

    /// Titles of records, as far as the caller may read them.
    pub(crate) async fn titles(&self, def: &ObjectDef, ids: &[String]) -> Result<Names> {
        let mut titles = Names::default();
        let flags = Flags::for_caller(&self.caller, &def.name);
        for chunk in ids.chunks(200) {
            let ids: Vec<&str> = chunk.iter().map(String::as_str).collect();
            let statement = plan::by_ids(&self.asking(def), &ids, &flags);
            let rows = self.inner.data.all("read titles", &statement.text, &statement.args).await?;
            let records =
                rows.iter().map(|row| read_with_facts(row, &flags, 23)).collect::<Result<Vec<_>>>()?;
            self.add_titles(def, records.iter(), &mut titles).await?;
        }
        Ok(titles)
    }

    async fn add_titles<'a>(
        &self,
        def: &ObjectDef,
        records: impl Iterator<Item = &'a (Stored, RecordFacts)> + Clone,
        titles: &mut Names,
    ) -> Result<()> {
        let opener = self.opener(records.clone().map(|(stored, _)| stored)).await?;
        let only = [def.title_field.clone()];
        let mut shown = Vec::new();
        for (stored, facts) in records {
            let verdict = judge(&self.caller, &def.name, facts);
            if !verdict.visible() {
                continue;
            }
            let seen =
                view(Shown::of(&mut shown, def, verdict), stored, Some(&only), &Names::default(), |f| {
                    opener.open(stored, f)
                });
            if let Some(title) = seen.title {
                titles.records.insert(stored.id.to_string(), title);
            }
            if !seen.clear_personal.is_empty() {
                let clear = titles.clear.entry(def.name.clone()).or_default();
                clear.fields.extend(seen.clear_personal);
                clear.records.push(stored.id.clone());
            }
        }
        Ok(())
    }
}
