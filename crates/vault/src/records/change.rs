//! Creating, changing and deleting. One validation path for form, API, import, flow and connector.

use super::accept::{Parsed, by_hand, parse, require};
use crate::committed::overtaken;
use crate::error::{Result, VaultError};
use crate::ids::new_id;
use crate::keys::SubjectKey;
use crate::row::Stored;
use crate::scope::{Scope, Task};
use crate::sql::Arg;
use crate::tx::{Found, Tx, facts_of};
use crate::view::{Shown, view};
use kedun_model::definition::{Column, Subject};
use kedun_model::field;
use kedun_model::mask::mask;
use kedun_model::policy::{RecordFacts, contains, judge};
use kedun_model::{
    DepartmentId, FieldDef, FieldError, ObjectDef, PersonId, Problem, RecordId, Right, RowScope, Show,
    SubjectId, Value, Verb,
};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A record to be made. What a caller may not decide (owner, department, pool, times) only tasks fill in.
#[derive(Clone, Debug, Default)]
pub struct NewRecord {
    /// Values by field name.
    pub fields: Map<String, Json>,
    /// Another owner than the caller; tasks only.
    pub owner: Option<PersonId>,
    /// Another department than the owner's; tasks only.
    pub department: Option<DepartmentId>,
    /// Straight into a pool; tasks only.
    pub pool: Option<String>,
    /// Another time than now; tasks only.
    pub created_at: Option<i64>,
    /// Another time of the last change than the creation; tasks only.
    pub updated_at: Option<i64>,
    /// Somebody else than the owner who recorded it; tasks only.
    pub created_by: Option<PersonId>,
    /// A data subject for an object without a parent; tasks only (a case about a customer).
    pub subject: Option<SubjectId>,
}

/// What the vault knows of a record to be made, and no caller may claim.
#[derive(Default)]
pub(crate) struct Known {
    /// Values that are not the caller's to write: of locked fields, or carried over from another record.
    pub(crate) fields: Map<String, Json>,
    /// Whose it is and in which department, where that is not the caller.
    pub(crate) owner: Option<(Option<PersonId>, Option<DepartmentId>)>,
}

impl Tx {
    /// Creates a record.
    ///
    /// # Errors
    /// Every broken rule by field; forbidden when no grant allows creating what this would be.
    pub async fn create(&mut self, object: &str, new: NewRecord) -> Result<RecordId> {
        self.create_knowing(object, new, Known::default()).await
    }

    /// As [`Tx::create`], with what the vault knows of it.
    pub(crate) async fn create_knowing(
        &mut self,
        object: &str,
        new: NewRecord,
        known: Known,
    ) -> Result<RecordId> {
        let def = self.scope.object(object)?.clone();
        self.scope.require_verb(&def.name, Verb::Create)?;
        let now = self.scope.now();
        let house = self.scope.keeps_records();
        let caller = self.scope.caller.clone();
        let right = |f: &FieldDef| {
            let right = kedun_model::policy::right_on_create(&caller, &def.name, f);
            let given = known.fields.contains_key(&f.name);
            Right { edit: given || (right.edit && (house || !f.locked)), ..right }
        };
        let mut fields = new.fields.clone();
        fields.extend(known.fields.clone());
        let mut parsed = parse(&def, &fields, None, right)?;
        require(&def, &parsed, None)?;
        if !house {
            by_hand(&parsed, None)?;
        }
        // What goes through states begins at the first: a plan without one would be in nobody's day.
        for column in [Column::Stage, Column::Status] {
            if let Some(state) = def.column_field(column)
                && !parsed.iter().any(|(f, v)| f.id == state.id && v.is_some())
                && let Some(first) = state.options.iter().find(|o| !o.inactive && !o.locked)
            {
                parsed.push((state, Some(Value::Text(first.value.clone()))));
            }
        }
        let parent = self.parent(&def, &parsed).await?;
        let created_at = new.created_at.filter(|_| house).unwrap_or(now);
        let (subject, key) =
            self.subject(&def, parent.as_ref().map(|(p, _)| p), new.subject.as_ref(), now).await?;
        let id = match (&subject, def.subject) {
            (Some(subject), Subject::Own) => RecordId::new(subject.as_str()),
            _ => RecordId::new(new_id()),
        };
        let follows = def.parent.as_ref().is_some_and(|p| p.follows);
        let mut stored = Stored {
            id: id.clone(),
            object: def.name.clone(),
            subject,
            parent: parent.as_ref().map(|(p, _)| p.id.clone()),
            root: id.clone(),
            owner: Some(self.scope.person().clone()),
            department: self.scope.department().cloned(),
            pool: None,
            title: None,
            stage: None,
            status: None,
            amount: None,
            next_follow_up: None,
            last_follow_up: None,
            owned_since: Some(created_at),
            created_by: self.scope.person().clone(),
            created_at,
            updated_at: created_at,
            deleted_at: None,
            revision: 1,
            hold: false,
            doc: Map::new(),
            sealed: BTreeMap::new(),
        };
        if let Some((owner, department)) = known.owner {
            (stored.owner, stored.department) = (owner, department);
        }
        if house {
            stored.owner.clone_from(&new.owner);
            stored.department = new.department.clone().or_else(|| self.department_of(new.owner.as_ref()));
            stored.pool.clone_from(&new.pool);
            if let Some(author) = new.created_by.as_ref().or(new.owner.as_ref()) {
                stored.created_by.clone_from(author);
            }
            stored.updated_at = new.updated_at.unwrap_or(created_at);
        }
        let mut facts = RecordFacts::default();
        if let Some((parent, parent_facts)) = &parent {
            facts = parent_facts.clone();
            facts.parent_readable = true;
            if follows {
                // Whom it was shown to, to look at, does not work on it.
                if judge(&caller, &parent.object, parent_facts).only_shown() {
                    return Err(Problem::Forbidden("create").into());
                }
                stored.root.clone_from(&parent.root);
                stored.owner.clone_from(&parent.owner);
                stored.department.clone_from(&parent.department);
                stored.pool.clone_from(&parent.pool);
                if self.write.is_postgres() && !self.made.contains(&stored.root) {
                    self.beneath.insert(stored.root.clone(), parent.clone());
                }
            } else {
                facts.shared = None;
                facts.through.clear();
            }
        }
        facts.owner.clone_from(&stored.owner);
        facts.department.clone_from(&stored.department);
        facts.pooled = stored.pool.is_some();
        let allowed = caller.grants_for(&def.name, Verb::Create).any(|g| {
            contains(&g.grant.scope, &caller, &facts) || (follows && g.grant.scope == RowScope::Parent)
        });
        if !allowed {
            return Err(Problem::Forbidden("create").into());
        }
        self.set(&mut stored, key.as_deref(), &parsed)?;
        self.insert(&stored).await?;
        self.index(&def, &stored, &parsed, false).await?;
        self.touched.push((def.name.to_string(), id.clone(), "create"));
        self.made.insert(id.clone());
        self.waiting.insert(id.clone());
        self.written.insert(id.clone(), (stored, facts));
        Ok(id)
    }

    /// Changes fields of a record. A masked text that comes back is no change.
    ///
    /// # Errors
    /// Not found, forbidden, broken rules by field, [`VaultError::RevisionConflict`].
    pub async fn update(
        &mut self,
        object: &str,
        id: &RecordId,
        revision: Option<i64>,
        fields: &Map<String, Json>,
    ) -> Result<Vec<String>> {
        let (def, stored, facts) = self.load(object, id).await?;
        let house = self.scope.keeps_records();
        let caller = self.scope.caller.clone();
        let verdict = judge(&caller, &def.name, &facts);
        if stored.deleted_at.is_some() && self.scope.task != Some(Task::Rights) {
            return Err(Problem::Conflict("deleted").into());
        }
        if !verdict.may(Verb::Edit) {
            return Err(Problem::Forbidden("edit").into());
        }
        if stored.hold {
            return Err(Problem::Conflict("on_hold").into());
        }
        if revision.is_some_and(|r| r != stored.revision) {
            return Err(self.conflict(&def, &stored, &facts).await?);
        }
        let opener = self.scope.opener(std::slice::from_ref(&stored)).await?;
        let right = |f: &FieldDef| {
            let right = verdict.right(f);
            Right { edit: right.edit || (house && f.locked), ..right }
        };
        let mut fields = fields.clone();
        fields.retain(|name, raw| match (def.field(name), raw) {
            (Some(f), Json::String(text)) if right(f).show < Show::Clear && right(f).show > Show::None => {
                let now = if f.class.is_sealed() { opener.open(&stored, f) } else { stored.readable(f) };
                now.is_none_or(|value| mask(f.kind, &value) != *text)
            }
            _ => true,
        });
        let mut parsed = parse(&def, &fields, Some(&stored), right)?;
        // What is the same is no change; sealed values are compared in the clear, here and nowhere else.
        parsed.retain(|(f, value)| {
            let now = if f.class.is_sealed() { opener.open(&stored, f) } else { stored.readable(f) };
            now != *value
        });
        if def.parent.as_ref().is_some_and(|p| parsed.iter().any(|(f, _)| f.name == p.field)) {
            return Err(
                Problem::invalid(def.parent.as_ref().map_or("", |p| &p.field), "parent_immutable").into()
            );
        }
        require(&def, &parsed, Some(&stored))?;
        if !house {
            by_hand(&parsed, Some(&stored))?;
        }
        self.references(&def, &parsed).await?;
        let names: Vec<String> = parsed.iter().map(|(f, _)| f.name.clone()).collect();
        if names.is_empty() {
            self.written.insert(id.clone(), (stored, facts));
            return Ok(names);
        }
        self.write_values(&def, (stored, facts), &parsed, revision).await?;
        self.touched.push((def.name.to_string(), id.clone(), "update"));
        Ok(names)
    }

    /// Writes values that are allowed: the row, what is found by them, and what was before.
    pub(super) async fn write_values(
        &mut self,
        def: &ObjectDef,
        (mut stored, facts): (Stored, RecordFacts),
        parsed: &Parsed<'_>,
        revision: Option<i64>,
    ) -> Result<()> {
        let opener = self.scope.opener(std::slice::from_ref(&stored)).await?;
        let mut changes = Map::new();
        for (f, value) in parsed {
            let old = if f.class.is_sealed() { opener.open(&stored, f) } else { stored.readable(f) };
            changes.insert(
                f.id.as_str().to_owned(),
                json!([old.as_ref().map(field::to_json), value.as_ref().map(field::to_json)]),
            );
        }
        let subject = stored.subject.clone();
        let key = match &subject {
            Some(subject) => self.scope.inner.keyring.get(subject).await?,
            None => None,
        };
        self.set(&mut stored, key.as_deref(), parsed)?;
        if revision.is_some() {
            self.against = Some((stored.object.clone(), stored.id.clone()));
        }
        let changes = Json::Object(changes);
        if let Err(error) = self.keep_values(def, &mut stored, key.as_deref(), parsed, &changes).await {
            self.end();
            return Err(overtaken(&self.scope, self.against.take(), error).await);
        }
        self.worked_on(&stored.id);
        self.written.insert(stored.id.clone(), (stored, facts));
        Ok(())
    }

    async fn keep_values(
        &mut self,
        def: &ObjectDef,
        stored: &mut Stored,
        key: Option<&SubjectKey>,
        parsed: &Parsed<'_>,
        changes: &Json,
    ) -> Result<()> {
        self.store_values(stored).await?;
        self.index(def, stored, parsed, true).await?;
        self.history(stored, key, "update", changes).await
    }

    /// Puts a record, and what follows it, into the recycle bin; or takes it out again.
    ///
    /// # Errors
    /// Not found, forbidden, `on_hold`, `parent_deleted`, [`VaultError::RevisionConflict`].
    pub async fn set_deleted(
        &mut self,
        object: &str,
        id: &RecordId,
        revision: Option<i64>,
        deleted: bool,
    ) -> Result<()> {
        let (def, mut stored, facts) = self.load(object, id).await?;
        let verdict = judge(&self.scope.caller, &def.name, &facts);
        let verb = if deleted { Verb::Delete } else { Verb::Restore };
        if !verdict.may(verb) {
            return Err(if stored.deleted_at.is_some() && !verdict.may(Verb::Restore) {
                Problem::NotFound.into()
            } else {
                Problem::Forbidden(verb.as_str()).into()
            });
        }
        if stored.hold {
            return Err(Problem::Conflict("on_hold").into());
        }
        if stored.deleted_at.is_some() == deleted {
            return Err(if deleted { Problem::NotFound } else { Problem::Conflict("not_deleted") }.into());
        }
        if def.name.as_str() == crate::files::FILE {
            self.drop_pieces(&stored, deleted).await?;
        }
        if revision.is_some_and(|r| r != stored.revision) {
            return Err(self.conflict(&def, &stored, &facts).await?);
        }
        let now = self.scope.now();
        if stored.root == stored.id {
            self.take_root(id).await?;
        } else if !deleted && self.is_deleted(&stored.root).await? {
            // Taken out alone it would belong under what is not there.
            return Err(Problem::Conflict("parent_deleted").into());
        }
        let before = stored.deleted_at;
        stored.deleted_at = deleted.then_some(now);
        if let Err(error) = self.store(&mut stored).await {
            self.end();
            let against = revision.map(|_| (stored.object.clone(), id.clone()));
            return Err(overtaken(&self.scope, against, error).await);
        }
        if stored.root == stored.id {
            let (sql, args): (_, Vec<Arg>) = if deleted {
                (
                    "UPDATE record SET deleted_at = $1 WHERE root = $2 AND id <> $2 AND deleted_at IS NULL",
                    vec![now.into(), id.into()],
                )
            } else {
                (
                    "UPDATE record SET deleted_at = NULL WHERE root = $1 AND id <> $1 AND deleted_at = $2",
                    vec![id.into(), before.into()],
                )
            };
            self.write.run("carry what follows", sql, &args).await?;
        }
        let action = if deleted { "delete" } else { "restore" };
        self.history(&stored, None, action, &Json::Null).await?;
        self.touched.push((def.name.to_string(), id.clone(), action));
        self.written.insert(id.clone(), (stored, facts));
        Ok(())
    }

    /// Does a part of the change with the rights of a task, for records that the system keeps about what the caller
    /// does (consents, cases). The log names the caller all the same.
    ///
    /// # Errors
    /// Whatever the part answers.
    pub async fn as_house<T>(
        &mut self,
        house: &Scope,
        part: impl AsyncFnOnce(&mut Tx) -> Result<T>,
    ) -> Result<T> {
        // The rights of the house, never those of another person under this one's name.
        if house.task.is_none() {
            return Err(Problem::Forbidden("as_house").into());
        }
        let caller = std::mem::replace(&mut self.scope, house.clone());
        let outcome = part(self).await;
        self.scope = caller;
        outcome
    }

    /// Work that explains looking at a record; what the house does by itself explains nothing.
    pub(super) fn worked_on(&mut self, id: &RecordId) {
        if self.scope.task.is_none() {
            self.worked.get_or_insert_with(|| id.clone());
        }
    }

    /// The conflict to answer: the present record as the caller may see it. The change is over with it, and the reading
    /// is in the log before the record leaves.
    pub(super) async fn conflict(
        &mut self,
        def: &ObjectDef,
        stored: &Stored,
        facts: &RecordFacts,
    ) -> Result<VaultError> {
        self.end();
        let names = self.scope.names(def, std::slice::from_ref(stored), None).await?;
        let opener = self.scope.opener(std::slice::from_ref(stored)).await?;
        let verdict = judge(&self.scope.caller, &def.name, facts);
        let current = view(&Shown::new(def, verdict), stored, None, &names, |f| opener.open(stored, f));
        self.scope.log_reading(def, stored, &current, &names).await?;
        Ok(VaultError::RevisionConflict(Box::new(current)))
    }

    async fn is_deleted(&mut self, id: &RecordId) -> Result<bool> {
        let sql = "SELECT deleted_at FROM record WHERE id = $1";
        let row = self.write.optional("look at what a record belongs under", sql, &[id.into()]).await?;
        Ok(row.map(|row| row.opt_int(0)).transpose()?.flatten().is_some())
    }

    pub(crate) fn department_of(&self, person: Option<&PersonId>) -> Option<DepartmentId> {
        person.and_then(|p| self.scope.directory.people.get(p)).and_then(|p| p.department.clone())
    }

    /// The parent that a new record belongs under: it must be visible, and not only through the pool.
    async fn parent(
        &mut self,
        def: &ObjectDef,
        parsed: &Parsed<'_>,
    ) -> Result<Option<(Stored, RecordFacts)>> {
        self.references(def, parsed).await?;
        let Some(parent) = &def.parent else { return Ok(None) };
        let id = parsed.iter().find(|(f, _)| f.name == parent.field).and_then(|(_, v)| v.as_ref());
        let Some(Value::Record(id)) = id else { return Ok(None) };
        if let Some((stored, facts)) = self.written.get(id) {
            return Ok(Some((stored.clone(), facts.clone())));
        }
        let unknown = || Problem::invalid(parent.field.clone(), "unknown_record");
        let (parent_def, stored, facts) =
            self.load(parent.object.as_str(), id).await.map_err(|error| match error {
                VaultError::Problem(Problem::NotFound) => unknown().into(),
                other => other,
            })?;
        // Whoever asks for their data may do so also while they lie in the recycle bin.
        if stored.deleted_at.is_some() && !self.scope.keeps_records() {
            return Err(unknown().into());
        }
        if stored.pool.is_some() && !self.scope.keeps_records() {
            return Err(Problem::invalid(parent.field.clone(), "claim_first").into());
        }
        if !self.made.contains(id) {
            self.read.insert(id.clone(), (parent_def, stored.clone(), facts.clone()));
        }
        Ok(Some((stored, facts)))
    }

    /// Links must point to records that the caller may see, people and departments that exist.
    async fn references(&mut self, def: &ObjectDef, parsed: &Parsed<'_>) -> Result<()> {
        let mut errors = Vec::new();
        let mut denied = Vec::new();
        for (f, value) in parsed {
            let known = match value {
                Some(Value::Person(id)) => {
                    // The house keeps cases about people who have left meanwhile.
                    self.scope.directory.people.get(id).is_some_and(|p| p.active || self.scope.task.is_some())
                }
                Some(Value::Department(id)) => self.scope.directory.departments.contains_key(id),
                Some(Value::Record(id)) if def.parent.as_ref().is_none_or(|p| p.field != f.name) => {
                    let target = f.target.as_ref().map_or("", |t| t.as_str()).to_owned();
                    self.written.contains_key(id)
                        || self.scope.keeps_records()
                        || match self.find(&target, id).await {
                            Ok(Found::Visible(found)) => found.1.deleted_at.is_none(),
                            Ok(Found::Hidden { exists }) => {
                                denied.push((target, id.clone(), exists));
                                false
                            }
                            Err(VaultError::Problem(Problem::NotFound)) => false,
                            Err(other) => return Err(other),
                        }
                }
                _ => true,
            };
            if !known {
                errors.push(FieldError::new(f.name.clone(), "unknown_record"));
            }
        }
        if !denied.is_empty() {
            self.end();
            for (target, id, exists) in denied {
                self.scope.denied(&target, &id, exists).await?;
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors).into()) }
    }

    async fn subject(
        &mut self,
        def: &ObjectDef,
        parent: Option<&Stored>,
        given: Option<&SubjectId>,
        now: i64,
    ) -> Result<(Option<SubjectId>, Option<Arc<SubjectKey>>)> {
        let subject = match def.subject {
            Subject::Own => {
                let (subject, key) = self.scope.inner.keyring.take(now).await?;
                return Ok((Some(subject), Some(key)));
            }
            Subject::Parent => parent.and_then(|p| p.subject.clone()),
            Subject::None => given.filter(|_| self.scope.keeps_records()).cloned(),
        };
        let key = match &subject {
            Some(subject) => self.scope.inner.keyring.get(subject).await?,
            None => None,
        };
        Ok((subject, key))
    }
}

impl Scope {
    /// Whether a verdict on a new record's facts would let the caller read it; used by forms that ask before saving.
    pub fn may_create(&self, object: &str) -> bool {
        self.require_verb(&object.into(), Verb::Create).is_ok()
    }
}

/// The facts of a record that was just loaded, refreshed after its owner changed.
pub(crate) fn facts_after(stored: &Stored, before: &RecordFacts) -> RecordFacts {
    RecordFacts {
        shared: before.shared,
        through: before.through.clone(),
        parent_readable: before.parent_readable,
        ..facts_of(stored)
    }
}
