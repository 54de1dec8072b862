//! Who can see a record: everybody whose grants reach it, and by which of them.

use crate::audit::Act;
use crate::error::Result;
use crate::plan::{self, Flags};
use crate::scope::Scope;
use crate::tx::read_with_facts;
use crate::view::Named;
use kedun_model::policy::{self, Reason, judge};
use kedun_model::role::Reach;
use kedun_model::{Act as ActName, FieldDef, ObjectDef, Problem, RecordId, Right, Show, Verb};
use serde::Serialize;

/// Digits of the end of an id that stand for a record.
const NUMBER: usize = 8;
/// Most people named; the rest are counted.
const MOST: usize = 500;

/// Everybody who can see a record, as far as the caller may know.
#[derive(Clone, Debug, Serialize)]
pub struct Seers {
    /// Who, whoever sees most first.
    pub who: Vec<Seer>,
    /// How many more can see it, or the field asked about, whom the caller may not be told of.
    pub others: usize,
}

/// Somebody who can see a record.
#[derive(Clone, Debug, Serialize)]
pub struct Seer {
    /// Who.
    pub person: Named,
    /// Their department.
    pub department: Option<Named>,
    /// What the grants that reach it allow together.
    pub verbs: Vec<Verb>,
    /// The best right on any personal field (L3 and above), or on the field asked about.
    pub right: String,
    /// The grants that reach it.
    pub because: Vec<Reason>,
}

impl Scope {
    /// Everybody who can see a record now, and why; with the right on one field, when it is named.
    ///
    /// # Errors
    /// Forbidden without the act; not found, also where the caller may ask only about some departments and does not see
    /// the record themselves; an unknown field.
    pub async fn who_sees(&self, object: &str, id: &RecordId, field: Option<&str>) -> Result<Seers> {
        let id = &self.meant(object, id).await?;
        self.may_ask_about(object, id).await?;
        let def = self.catalog.object(&object.into())?.clone();
        let about = field.map(|name| self.asked_field(&def, name)).transpose()?;
        let mut found = Seers { who: Vec::new(), others: 0 };
        let mut exists = false;
        for entry in self.directory.people.values().filter(|p| p.active) {
            let Ok(theirs) = self.inner.scope_of(&entry.id) else { continue };
            let caller = &theirs.caller;
            if caller.grants_for(&def.name, Verb::Read).next().is_none() && exists {
                continue;
            }
            let mut asking = self.asking(&def);
            asking.caller = caller;
            let flags = Flags::for_caller(caller, &def.name);
            let statement = plan::by_ids(&asking, &[id.as_str()], &flags);
            let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
            let (_, facts) = read_with_facts(&row.ok_or(Problem::NotFound)?, &flags, 23)?;
            exists = true;
            let verdict = judge(caller, &def.name, &facts);
            if !verdict.visible() {
                continue;
            }
            let right = match about {
                Some(field) => verdict.right(field),
                None => def
                    .live_fields()
                    .filter(|f| f.class.is_sealed())
                    .map(|f| verdict.right(f))
                    .fold(Right::NONE, Right::or),
            };
            if about.is_some() && right.show == Show::None {
                continue;
            }
            if !self.caller.may(ActName::PolicyExplain, entry.department.as_ref()) || found.who.len() >= MOST
            {
                found.others += 1;
                continue;
            }
            let mut because = policy::explain(caller, &def.name, &facts, about);
            because.retain(|reason| reason.contains && reason.verbs.contains(&Verb::Read));
            found.who.push(Seer {
                person: Named { id: entry.id.to_string(), name: Some(entry.name.clone()) },
                department: entry.department.as_ref().map(|d| Named {
                    id: d.to_string(),
                    name: self.directory.department_name(d).map(str::to_owned),
                }),
                verbs: Verb::ALL.into_iter().filter(|verb| verdict.may(*verb)).collect(),
                right: right.as_str().to_owned(),
                because,
            });
        }
        found.who.sort_by_key(|seer| {
            std::cmp::Reverse((Right::parse(&seer.right).map(|r| (r.show, r.edit)), seer.verbs.len()))
        });
        self.log(Act::new("policy.who", object).on(id, None).count(found.who.len())).await?;
        Ok(found)
    }

    /// The record that a question means: by its id, or by the end of it, which people read where a name does not show
    /// ([`NUMBER`] digits). What it finds is asked about under the same rules; a number of nothing, or of more than one
    /// record, is answered like an id that does not exist.
    pub(crate) async fn meant(&self, object: &str, id: &RecordId) -> Result<RecordId> {
        let number = id.as_str().to_ascii_lowercase();
        let asks = self.caller.acts.contains_key(&ActName::PolicyExplain);
        if !asks || number.len() != NUMBER || !number.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(id.clone());
        }
        let sql = "SELECT id FROM record WHERE object = $1 AND id LIKE $2 ORDER BY id LIMIT 2";
        let args = [object.into(), format!("%{number}").into()];
        let rows = self.inner.data.all("find a record by its number", sql, &args).await?;
        match rows.as_slice() {
            [row] => Ok(RecordId::new(row.text(0)?)),
            _ => Ok(id.clone()),
        }
    }

    /// Refuses questions about a record: without the act, and, for who may ask about some departments only, where they do
    /// not see the record themselves. Whoever may not see it learns nothing, not even that they would need a right.
    pub(crate) async fn may_ask_about(&self, object: &str, id: &RecordId) -> Result<()> {
        match self.caller.acts.get(&ActName::PolicyExplain) {
            Some(Reach::All) => Ok(()),
            Some(Reach::DepartmentTree) => self.visible(object, id).await.map(drop),
            None => {
                self.visible(object, id).await?;
                Err(Problem::Forbidden(ActName::PolicyExplain.as_str()).into())
            }
        }
    }

    /// The field asked about. One that no grant of the caller's shows does not exist for them, here as everywhere; only
    /// who may ask about everybody is told of all.
    pub(crate) fn asked_field<'a>(&self, def: &'a ObjectDef, name: &str) -> Result<&'a FieldDef> {
        let all = self.caller.acts.get(&ActName::PolicyExplain) == Some(&Reach::All);
        let shows = |f: &&FieldDef| {
            let of = self.caller.grants.iter().filter(|g| g.grant.object == def.name);
            all || of.map(|g| g.grant.fields.right(f)).any(|right| right.show > Show::None)
        };
        let found = def.field(name).filter(shows);
        found.ok_or_else(|| Problem::invalid("field", "unknown_field").into())
    }
}
