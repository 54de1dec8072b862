//! Converting: a record becomes one of another object (a lead becomes a customer), with what is made beneath it, in one
//! change. Which value goes where is the definition's to say; see [`kedun_model::definition::Conversion`].
//!
//! **Invariant:** a value goes over only where the caller sees at least as much of it here as they will see of it there,
//! and may write it there; on the way it does not leave the vault. What stays behind for want of a right is named
//! whether there is a value or not.

use super::accept::Parsed;
use super::change::{Known, NewRecord};
use crate::error::{Result, VaultError};
use crate::naming::Opener;
use crate::plan::{self, Flags};
use crate::records::Duplicate;
use crate::row::Stored;
use crate::scope::Scope;
use crate::tx::{Found, Tx, read_with_facts};
use crate::view::{RecordView, Shown};
use kedun_model::definition::Conversion as Plan;
use kedun_model::policy::{RecordFacts, Verdict, contains, judge, right_on_create};
use kedun_model::{
    Class, FieldDef, FieldError, ObjectDef, ObjectName, Problem, RecordId, Show, Value, Verb, field,
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What somebody asks of a conversion.
#[derive(Clone, Debug, Default)]
pub struct Conversion {
    /// Against this revision of the record that is converted.
    pub revision: Option<i64>,
    /// An existing record instead of a new one; none of its fields changes.
    pub into: Option<RecordId>,
    /// Values of the new record, before those that would come along; null keeps one from coming along.
    pub fields: Map<String, Json>,
    /// What is made beneath it, by object, with values of its own.
    pub also: BTreeMap<ObjectName, Map<String, Json>>,
}

/// A value that comes along, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// The object that it goes to.
    pub object: ObjectName,
    /// Its field there.
    pub field: String,
    /// Its field here.
    pub from: String,
    /// How sensitive it is there.
    pub class: Class,
}

/// A field of the new record that nothing comes along for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftBehind {
    /// The object.
    pub object: ObjectName,
    /// The field.
    pub field: String,
    /// `rights`: the caller sees less of it here than there; said whether there is a value or not. `unfit`: the value
    /// could not be written there.
    pub why: &'static str,
}

/// What a conversion would do.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The object that it leads to.
    pub to: ObjectName,
    /// What would come along, also to the records beneath that may be made.
    pub carried: Vec<Carried>,
    /// What would not.
    pub left: Vec<LeftBehind>,
    /// What may be made beneath it.
    pub also: Vec<ObjectName>,
    /// Who is known already by the values that would come along.
    pub duplicates: Vec<Duplicate>,
}

/// What a conversion made.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The object of the record that it became.
    pub to: ObjectName,
    /// That record.
    pub record: RecordId,
    /// What came along.
    pub carried: Vec<Carried>,
    /// What did not.
    pub left: Vec<LeftBehind>,
    /// Who was known already by what came along, as of the change itself.
    pub known: Vec<Duplicate>,
}

/// The record that is converted, as the caller meets it.
struct Source<'a> {
    def: &'a ObjectDef,
    stored: &'a Stored,
    verdict: &'a Verdict<'a>,
    opener: &'a Opener,
}

/// What comes along into one record.
#[derive(Default)]
struct Luggage {
    values: Map<String, Json>,
    carried: Vec<Carried>,
    left: Vec<LeftBehind>,
}

impl Source<'_> {
    /// Packs for a record of `target`, of which the caller will see `there` much; `said` wins over what would come along.
    fn pack(
        &self,
        scope: &Scope,
        mapping: &BTreeMap<String, String>,
        target: &ObjectDef,
        there: &Verdict<'_>,
        said: &Map<String, Json>,
    ) -> Luggage {
        let mut luggage = Luggage::default();
        for (from, to) in mapping.iter().filter(|(_, to)| !said.contains_key(*to)) {
            let (Some(here), Some(field_there)) = (self.def.field(from), target.field(to)) else { continue };
            let mut leave = |why| {
                luggage.left.push(LeftBehind { object: target.name.clone(), field: to.clone(), why });
            };
            let shows = self.verdict.right(here).show;
            let writes = right_on_create(&scope.caller, &target.name, field_there).edit;
            if shows == Show::None || shows < there.right(field_there).show || !writes {
                leave("rights");
                continue;
            }
            let Some(value) = self.value(here) else { continue };
            let value = field::to_json(&value);
            match field::parse(field_there, &value) {
                Ok(Some(_)) => {
                    luggage.values.insert(to.clone(), value);
                    luggage.carried.push(Carried {
                        object: target.name.clone(),
                        field: to.clone(),
                        from: from.clone(),
                        class: field_there.class,
                    });
                }
                Ok(None) => {}
                // A choice that is no longer offered, a text that is longer than allowed there.
                Err(_) => leave("unfit"),
            }
        }
        luggage
    }

    fn value(&self, f: &FieldDef) -> Option<Value> {
        if f.class.is_sealed() { self.opener.open(self.stored, f) } else { self.stored.readable(f) }
    }
}

/// Why the caller may not convert the record as it is; nothing, if they may.
fn refusal(def: &ObjectDef, plan: &Plan, stored: &Stored, verdict: &Verdict<'_>) -> Option<Problem> {
    if stored.deleted_at.is_some() {
        return Some(Problem::Conflict("deleted"));
    }
    if was_converted(def, plan, stored) {
        return Some(Problem::Conflict("already_converted"));
    }
    // Said before the right to edit is asked for: claiming it is what gives that right.
    if stored.pool.is_some() || stored.owner.is_none() {
        return Some(Problem::Conflict("claim_first"));
    }
    if !verdict.may(Verb::Edit) {
        return Some(Problem::Forbidden("edit"));
    }
    stored.hold.then_some(Problem::Conflict("on_hold"))
}

fn was_converted(def: &ObjectDef, plan: &Plan, stored: &Stored) -> bool {
    has_state(def, plan, stored) || def.field(&plan.reference).is_some_and(|f| stored.has(f))
}

fn has_state(def: &ObjectDef, plan: &Plan, stored: &Stored) -> bool {
    let state = def.field(&plan.status.field).and_then(|f| stored.readable(f));
    state == Some(Value::Text(plan.status.value.clone()))
}

/// The facts of the record that would be made: it goes to whoever has the one that is converted.
fn facts_there(stored: &Stored) -> RecordFacts {
    RecordFacts {
        owner: stored.owner.clone(),
        department: stored.department.clone(),
        ..RecordFacts::default()
    }
}

/// The facts of a record beneath another.
fn facts_beneath(def: &ObjectDef, parent: &RecordFacts) -> RecordFacts {
    let follows = def.parent.as_ref().is_some_and(|p| p.follows);
    let facts = if follows { parent.clone() } else { RecordFacts::default() };
    RecordFacts { parent_readable: true, ..facts }
}

/// Names the part of the request that a mistake is in.
fn within(path: &str, error: VaultError) -> VaultError {
    match error {
        VaultError::Problem(Problem::Invalid(errors)) => Problem::Invalid(
            errors.into_iter().map(|e| FieldError { field: format!("{path}.{}", e.field), ..e }).collect(),
        )
        .into(),
        other => other,
    }
}

impl Scope {
    /// What converting a record into a new one would do: what would come along and what would not, what may be made beneath
    /// it, and who is known already by that and by `fields`, which win over it. Of values nothing is said but the names of
    /// their fields.
    ///
    /// # Errors
    /// Not found, also for an object that is not converted into anything; `already_converted`, `claim_first`, `on_hold`,
    /// `deleted`; forbidden without the right to edit it.
    pub async fn conversion_outlook(
        &self,
        object: &str,
        id: &RecordId,
        fields: &Map<String, Json>,
    ) -> Result<Outlook> {
        let (def, stored, facts) = self.to_convert(object, id).await?;
        let plan = def.conversion.as_ref().ok_or(Problem::NotFound)?;
        let verdict = judge(&self.caller, &def.name, &facts);
        if let Some(problem) = refusal(&def, plan, &stored, &verdict) {
            return Err(problem.into());
        }
        let opener = self.opener(std::slice::from_ref(&stored)).await?;
        let source = Source { def: &def, stored: &stored, verdict: &verdict, opener: &opener };
        let target = self.object(plan.to.as_str())?.clone();
        let there = facts_there(&stored);
        let mut outlook = Outlook {
            to: plan.to.clone(),
            carried: Vec::new(),
            left: Vec::new(),
            also: Vec::new(),
            duplicates: Vec::new(),
        };
        let luggage =
            source.pack(self, &plan.fields, &target, &judge(&self.caller, &target.name, &there), fields);
        let mut known_by = luggage.values;
        known_by.extend(fields.clone());
        if self.may_create(target.name.as_str()) {
            let found = self.duplicates_of(&target, &known_by, None).await?;
            outlook.duplicates = found.into_iter().filter(|d| d.object == target.name.as_str()).collect();
            self.log_duplicates(target.name.as_str(), &known_by, &outlook.duplicates).await?;
        }
        outlook.carried = luggage.carried;
        outlook.left = luggage.left;
        for besides in &plan.also {
            let Ok(child) = self.object(besides.object.as_str()).cloned() else { continue };
            let facts = facts_beneath(&child, &there);
            if !self.could_create(&child.name, &facts) {
                continue;
            }
            let verdict = judge(&self.caller, &child.name, &facts);
            let luggage = source.pack(self, &besides.fields, &child, &verdict, &Map::new());
            outlook.carried.extend(luggage.carried);
            outlook.left.extend(luggage.left);
            outlook.also.push(child.name.clone());
        }
        Ok(outlook)
    }

    /// What a conversion led to that was carried out before, for whoever asks for the same again.
    ///
    /// # Errors
    /// Not found.
    pub async fn conversion_before(
        &self,
        object: &str,
        id: &RecordId,
        asked: &Conversion,
    ) -> Result<Converted> {
        let (def, stored, facts) = self.to_convert(object, id).await?;
        let plan = def.conversion.as_ref().ok_or(Problem::NotFound)?;
        let reference = def.field(&plan.reference).and_then(|f| stored.readable(f));
        let Some(Value::Record(record)) = reference else { return Err(Problem::NotFound.into()) };
        let verdict = judge(&self.caller, &def.name, &facts);
        let opener = self.opener(std::slice::from_ref(&stored)).await?;
        let source = Source { def: &def, stored: &stored, verdict: &verdict, opener: &opener };
        let there = facts_there(&stored);
        let mut luggage = Luggage::default();
        if asked.into.is_none() {
            let target = self.object(plan.to.as_str())?.clone();
            let verdict = judge(&self.caller, &target.name, &there);
            luggage = source.pack(self, &plan.fields, &target, &verdict, &asked.fields);
        }
        for besides in &plan.also {
            let Some(said) = asked.also.get(&besides.object) else { continue };
            let child = self.object(besides.object.as_str())?.clone();
            let verdict_facts = facts_beneath(&child, &there);
            let verdict = judge(&self.caller, &child.name, &verdict_facts);
            let more = source.pack(self, &besides.fields, &child, &verdict, said);
            luggage.carried.extend(more.carried);
            luggage.left.extend(more.left);
        }
        Ok(Converted {
            to: plan.to.clone(),
            record,
            carried: luggage.carried,
            left: luggage.left,
            known: Vec::new(),
        })
    }

    /// Tells the caller of a record whether they may convert it: the record, and that somebody makes what it becomes.
    pub(crate) fn tell_of_conversion(&self, shown: &Shown<'_>, stored: &Stored, record: &mut RecordView) {
        let Some(plan) = &shown.def.conversion else { return };
        let abilities = &mut record.change().abilities;
        abilities.convert = refusal(shown.def, plan, stored, &shown.verdict).is_none()
            && self.could_create(&plan.to, &facts_there(stored));
        // Its state is nobody's to choose any more.
        if has_state(shown.def, plan, stored) {
            let writable = abilities.edit_fields.iter().filter(|name| **name != plan.status.field);
            abilities.edit_fields = writable.cloned().collect();
        }
    }

    /// Whether a grant lets the caller make a record of which these would be the facts.
    fn could_create(&self, object: &ObjectName, facts: &RecordFacts) -> bool {
        let beneath = facts.parent_readable;
        self.caller.grants_for(object, Verb::Create).any(|g| {
            contains(&g.grant.scope, &self.caller, facts)
                || (beneath && g.grant.scope == kedun_model::RowScope::Parent)
        })
    }

    async fn to_convert(&self, object: &str, id: &RecordId) -> Result<(Arc<ObjectDef>, Stored, RecordFacts)> {
        let def = self.object(object)?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
        let found = row.map(|row| read_with_facts(&row, &flags, 23)).transpose()?;
        let exists = found.is_some();
        if let Some((stored, facts)) = found {
            let verdict = judge(&self.caller, &def.name, &facts);
            let gone = stored.deleted_at.is_some() && !verdict.may(Verb::Restore);
            if verdict.visible() && !gone {
                return Ok((def, stored, facts));
            }
        }
        self.denied(object, id, exists).await?;
        Err(Problem::NotFound.into())
    }
}

impl Tx {
    /// Converts a record: makes what it becomes, and what was asked for beneath, out of its values; then marks it. What
    /// people agreed to is not this change's to know; whoever calls it carries that over.
    ///
    /// # Errors
    /// As [`Scope::conversion_outlook`]; as [`Tx::create`], each mistake under `fields` or `also`; of an existing record
    /// `unknown_record`, `claim_first`, `on_hold` and forbidden without the right to edit it.
    pub async fn convert(&mut self, object: &str, id: &RecordId, asked: &Conversion) -> Result<Converted> {
        let (def, stored, facts) = self.load(object, id).await?;
        let plan = def.conversion.clone().ok_or(Problem::NotFound)?;
        let caller = self.scope.caller.clone();
        let verdict = judge(&caller, &def.name, &facts);
        if let Some(problem) = refusal(&def, &plan, &stored, &verdict) {
            return Err(problem.into());
        }
        if asked.revision.is_some_and(|r| r != stored.revision) {
            return Err(self.conflict(&def, &stored, &facts).await?);
        }
        let scope = self.scope.clone();
        let opener = scope.opener(std::slice::from_ref(&stored)).await?;
        let source = Source { def: &def, stored: &stored, verdict: &verdict, opener: &opener };
        let mut known_there = Vec::new();
        let (record, there, mut luggage) = match &asked.into {
            Some(into) => (into.clone(), self.joined(&plan, into, asked).await?, Luggage::default()),
            None => {
                let target = scope.object(plan.to.as_str())?.clone();
                let there = facts_there(&stored);
                let luggage = source.pack(
                    &scope,
                    &plan.fields,
                    &target,
                    &judge(&caller, &target.name, &there),
                    &asked.fields,
                );
                let known = Known {
                    fields: luggage.values.clone(),
                    owner: Some((stored.owner.clone(), stored.department.clone())),
                };
                let new = NewRecord { fields: asked.fields.clone(), ..NewRecord::default() };
                let mut known_by = luggage.values.clone();
                known_by.extend(asked.fields.clone());
                let may_ask = |f: &FieldDef| right_on_create(&caller, &target.name, f).edit;
                known_there = self.look(scope.asked_by(&target, &known_by, may_ask), None).await?;
                known_there.retain(|d| d.object == target.name.as_str());
                let made = self.create_knowing(target.name.as_str(), new, known).await;
                (made.map_err(|error| within("fields", error))?, there, luggage)
            }
        };
        let unknown = |object: &&ObjectName| plan.also.iter().all(|besides| besides.object != **object);
        if let Some(object) = asked.also.keys().find(unknown) {
            let named: String = object.as_str().chars().take(60).collect();
            return Err(Problem::invalid(format!("also.{named}"), "unknown_object").into());
        }
        for besides in &plan.also {
            let Some(said) = asked.also.get(&besides.object) else { continue };
            let path = format!("also.{}", besides.object);
            let child = scope.object(besides.object.as_str())?.clone();
            let facts = facts_beneath(&child, &there);
            let packed =
                source.pack(&scope, &besides.fields, &child, &judge(&caller, &child.name, &facts), said);
            let parent = child.parent.as_ref().map(|p| p.field.clone()).unwrap_or_default();
            if said.contains_key(&parent) {
                return Err(Problem::invalid(format!("{path}.{parent}"), "not_writable").into());
            }
            let mut known = Known { fields: packed.values, owner: None };
            known.fields.insert(parent, json!(record));
            let new = NewRecord { fields: said.clone(), ..NewRecord::default() };
            let made = self.create_knowing(child.name.as_str(), new, known).await;
            made.map_err(|error| within(&path, error))?;
            luggage.carried.extend(packed.carried);
            luggage.left.extend(packed.left);
        }
        let mut marks: Parsed<'_> = Vec::new();
        if let Some(f) = def.field(&plan.status.field) {
            marks.push((f, Some(Value::Text(plan.status.value.clone()))));
        }
        if let Some(f) = def.field(&plan.reference) {
            marks.push((f, Some(Value::Record(record.clone()))));
        }
        self.write_values(&def, (stored.clone(), facts.clone()), &marks, asked.revision).await?;
        // First: a request that is sent twice is remembered by what it converted, also where nothing new was made.
        self.touched.insert(0, (def.name.to_string(), id.clone(), "convert"));
        Ok(Converted {
            to: plan.to,
            record,
            carried: luggage.carried,
            left: luggage.left,
            known: known_there,
        })
    }

    /// Whether a record still is as it was read; if so, nobody changes it before this change is over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn stands(&mut self, id: &RecordId, revision: i64) -> Result<bool> {
        let sql = "UPDATE record SET hold = hold WHERE id = $1 AND revision = $2 AND deleted_at IS NULL";
        Ok(self.write.run("keep a record as it is", sql, &[id.into(), revision.into()]).await? > 0)
    }

    /// The facts of an existing record that another is converted into.
    async fn joined(&mut self, plan: &Plan, into: &RecordId, asked: &Conversion) -> Result<RecordFacts> {
        if !asked.fields.is_empty() {
            return Err(Problem::invalid("fields", "nothing_overwritten").into());
        }
        let unknown = || VaultError::from(Problem::invalid("into", "unknown_record"));
        let (stored, facts) = match self.find(plan.to.as_str(), into).await? {
            Found::Visible(found) => (found.1, found.2),
            Found::Hidden { exists } => {
                self.end();
                self.scope.denied(plan.to.as_str(), into, exists).await?;
                return Err(unknown());
            }
        };
        if stored.deleted_at.is_some() {
            return Err(unknown());
        }
        if stored.pool.is_some() {
            return Err(Problem::invalid("into", "claim_first").into());
        }
        if !judge(&self.scope.caller, &plan.to, &facts).may(Verb::Edit) {
            return Err(Problem::Forbidden("edit").into());
        }
        if stored.hold {
            return Err(Problem::invalid("into", "on_hold").into());
        }
        Ok(facts)
    }
}
