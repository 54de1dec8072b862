//! Everything that is held about one customer, for the customer (PIPL 45; control DS-02).
//!
//! **Invariant:** the reader that sees all of a customer's values is made here, used here and handed to nobody; what
//! leaves was asked for by somebody who answers such requests, and its row in the log is durable first.

use crate::audit::Act;
use crate::error::Result;
use crate::files::{CONTENT, FILE};
use crate::plan::{self, Flags, MAX_LIMIT, Query};
use crate::row::Stored;
use crate::scope::Scope;
use crate::tx::read_with_facts;
use crate::view::{FieldView, RecordView, Shown, view};
use kedun_model::alert::FactKind;
use kedun_model::definition::Subject;
use kedun_model::filter::Filter;
use kedun_model::policy::{Caller, RecordFacts, RoleGrant, judge};
use kedun_model::role::FieldRights;
use kedun_model::{
    Act as ActName, Class, FieldKind, Grant, ObjectDef, ObjectName, Problem, RecordId, Right, RowScope, Show,
    SubjectId, Value, Verb,
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Parents that are asked for at once.
const PARENTS: usize = 50;
/// Looks that a copy tells of.
const MOST_LOOKS: i64 = 2_000;

/// What is held about a customer.
pub struct Collected {
    /// Its records by object, each in the clear; the customer first within its object.
    pub records: BTreeMap<ObjectName, Vec<RecordView>>,
    /// Who looked, newest first.
    pub looks: Vec<Told>,
    /// What each of the files among the records holds.
    pub contents: BTreeMap<String, Held>,
}

/// What a file among the records holds, or why it does not come along.
pub enum Held {
    /// The bytes.
    Bytes(Vec<u8>),
    /// With it, there would be more than may leave at once.
    TooMuch,
    /// It was removed before, and its bytes with it.
    Removed,
}

/// A look, as the customer is told of it: when, what and why, by which department, not by which colleague.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// UTC ms.
    pub at: i64,
    /// `record.read`, `field.reveal`, `export.render`, …
    pub action: String,
    /// Names of fields.
    pub fields: Vec<String>,
    /// The code of the purpose, without anybody's own words.
    pub purpose: String,
    /// The department of who looked.
    pub department: Option<String>,
}

impl Scope {
    /// Everything that is held about a customer, also what lies in the recycle bin. Of their files, as many come along as
    /// hold together no more than `most` bytes, the small ones first, so that as few as possible are missing.
    ///
    /// # Errors
    /// Forbidden without the act of answering; not found; a file that does not open.
    pub async fn collect(&self, customer: &RecordId, most: usize) -> Result<Collected> {
        self.require(ActName::RightsAnswer, None)?;
        let subject = self.inner.subject_of("customer", customer).await?;
        let reader = self.reader_of_subjects();
        let mut records: BTreeMap<ObjectName, Vec<RecordView>> = BTreeMap::new();
        let mut waiting: Vec<(ObjectName, Vec<RecordId>)> = Vec::new();
        let Some((def, stored, facts)) = reader.stored("customer", customer).await? else {
            return Err(Problem::NotFound.into());
        };
        let names = reader.names(&def, std::slice::from_ref(&stored), None).await?;
        let opener = reader.opener(std::slice::from_ref(&stored)).await?;
        let verdict = judge(&reader.caller, &def.name, &facts);
        let root = view(&Shown::new(&def, verdict), &stored, None, &names, |f| opener.open(&stored, f));
        waiting.push((def.name.clone(), vec![customer.clone()]));
        records.insert(def.name.clone(), vec![root]);
        while let Some((object, ids)) = waiting.pop() {
            let children: Vec<_> = self
                .catalog
                .objects
                .values()
                .filter_map(|p| {
                    let parent = p.def.parent.as_ref()?;
                    (parent.object == object).then(|| (p.def.clone(), parent.field.clone()))
                })
                .collect();
            for (child, field) in children {
                let mut found = Vec::new();
                for some in ids.chunks(PARENTS) {
                    let filter = json!({ "field": field, "op": "in", "value": some });
                    let filter = Filter::parse(&filter).map_err(Problem::Invalid)?;
                    for deleted in [false, true] {
                        found.extend(reader.all_of(child.name.as_str(), filter.clone(), deleted).await?);
                    }
                }
                if !found.is_empty() {
                    waiting.push((child.name.clone(), found.iter().map(|r| RecordId::new(r.id())).collect()));
                    records.entry(child.name.clone()).or_default().extend(found);
                }
            }
        }
        let looks = self.looks_at(customer).await?;
        let contents = self
            .contents(records.get(&ObjectName::from(FILE)).map_or(&[], Vec::as_slice), &subject, most)
            .await?;
        let ids: Vec<RecordId> = records.values().flatten().map(|r| RecordId::new(r.id())).collect();
        let mut clear: Vec<String> =
            records.values().flatten().flat_map(|r| r.clear_personal().iter().cloned()).collect();
        if contents.values().any(|held| matches!(held, Held::Bytes(_))) {
            clear.push(CONTENT.to_owned());
        }
        clear.sort();
        clear.dedup();
        let act = Act::new("rights.collect", "customer")
            .on(customer, Some(&subject))
            .fields(clear)
            .purpose("rights")
            .count(ids.len())
            .looked(ids);
        self.log(act).await?;
        Ok(Collected { records, looks, contents })
    }

    async fn contents(
        &self,
        files: &[RecordView],
        subject: &SubjectId,
        most: usize,
    ) -> Result<BTreeMap<String, Held>> {
        let mut held = BTreeMap::new();
        if files.is_empty() {
            return Ok(held);
        }
        let key = self.inner.keyring.get(subject).await?.ok_or(Problem::NotFound)?;
        let size = |file: &RecordView| match file.field("size") {
            Some(FieldView::Clear { value }) => value.as_u64().unwrap_or(u64::MAX),
            _ => u64::MAX,
        };
        let mut files: Vec<(u64, &RecordView)> = files.iter().map(|file| (size(file), file)).collect();
        files.sort_by(|a, b| (a.0, a.1.id()).cmp(&(b.0, b.1.id())));
        let mut left = most;
        for (size, file) in files {
            // What was removed is told as removed, however large it was.
            let fits = usize::try_from(size).is_ok_and(|size| size <= left);
            let id = RecordId::new(file.id());
            let content = match fits || file.is_deleted() {
                true => match self.content(&key, &id).await? {
                    // In the recycle bin with its customer: its bytes are still there, and count like any others.
                    Some(bytes) if bytes.len() <= left => Held::Bytes(bytes),
                    Some(_) => Held::TooMuch,
                    None => Held::Removed,
                },
                false => Held::TooMuch,
            };
            if let Held::Bytes(bytes) = &content {
                left = left.saturating_sub(bytes.len());
            }
            held.insert(file.id().to_owned(), content);
        }
        Ok(held)
    }

    /// The name of a customer and who is in charge, for who answers their requests. The row of the log comes first.
    ///
    /// # Errors
    /// Forbidden without the act. None when the customer's data were destroyed.
    pub async fn asker(&self, customer: &RecordId) -> Result<Option<(String, Option<String>)>> {
        self.require(ActName::RightsAnswer, None)?;
        let reader = self.reader_of_subjects();
        let Some((def, stored, _)) = reader.stored("customer", customer).await? else { return Ok(None) };
        let title = def.field(&def.title_field).and_then(|f| stored.readable(f));
        let owner = stored.owner.as_ref().and_then(|p| self.name_of(p));
        let subject = SubjectId::new(customer.as_str());
        self.log(Act::new("rights.read", "customer").on(customer, Some(&subject)).looked([customer.clone()]))
            .await?;
        let text = match title {
            Some(kedun_model::Value::Text(text)) => text,
            _ => String::new(),
        };
        Ok(Some((text, owner)))
    }

    /// The numbers on file of a customer, with their fields, for who answers a request and calls back. All of them are one
    /// reveal, which counts against the quota and stands in the log before they leave.
    ///
    /// # Errors
    /// Forbidden without the act of answering; not found; [`crate::VaultError::TooMany`] over the quota.
    pub async fn numbers_on_file(&self, customer: &RecordId) -> Result<Vec<(String, String)>> {
        self.require(ActName::RightsAnswer, None)?;
        let reader = self.reader_of_subjects();
        let found = reader.stored("customer", customer).await?;
        let (def, stored, _) = found.ok_or(Problem::NotFound)?;
        let opener = reader.opener(std::slice::from_ref(&stored)).await?;
        let numbers: Vec<(String, String)> = def
            .live_fields()
            .filter(|field| field.kind == FieldKind::Phone)
            .filter_map(|field| match opener.open(&stored, field) {
                Some(Value::Text(number)) => Some((field.name.clone(), number)),
                _ => None,
            })
            .collect();
        let act = Act::new("field.reveal", "customer")
            .on(customer, Some(&SubjectId::new(customer.as_str())))
            .fields(numbers.iter().map(|(field, _)| field.as_str()))
            .purpose("rights")
            .looked([customer.clone()])
            .fact(FactKind::Reveal { record: customer.clone(), field: "phone".to_owned() });
        self.count_reveal(act).await?;
        Ok(numbers)
    }

    /// Sees every value of every person. Made for one reading of this module and never handed out.
    pub(super) fn reader_of_subjects(&self) -> Scope {
        let right = Right { show: Show::Clear, edit: false };
        let grants = self
            .catalog
            .objects
            .values()
            .filter(|p| p.def.subject != Subject::None || p.def.name.as_str() == "rights_request")
            .map(|p| RoleGrant {
                role: "rights".into(),
                grant: Grant {
                    id: format!("rights/{}", p.def.name).into(),
                    object: p.def.name.clone(),
                    verbs: vec![Verb::Read, Verb::Restore],
                    scope: RowScope::All,
                    fields: FieldRights {
                        classes: Class::ALL.iter().map(|c| (*c, right)).collect(),
                        names: BTreeMap::new(),
                        known: p.def.fields.iter().map(|f| (f.id.clone(), f.name.clone())).collect(),
                    },
                },
            })
            .collect();
        let caller =
            Caller { grants: Arc::new(grants), acts: BTreeMap::new(), ..Caller::clone(&self.caller) };
        Scope { caller: Arc::new(caller), ..self.clone() }
    }

    /// One record as it is stored, if this scope sees it.
    pub(super) async fn stored(
        &self,
        object: &str,
        id: &RecordId,
    ) -> Result<Option<(Arc<ObjectDef>, Stored, RecordFacts)>> {
        let def = self.object(object)?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
        let found = row.map(|row| read_with_facts(&row, &flags, 23)).transpose()?;
        Ok(found
            .filter(|(_, facts)| judge(&self.caller, &def.name, facts).visible())
            .map(|(s, f)| (def, s, f)))
    }

    async fn all_of(&self, object: &str, filter: Filter, deleted: bool) -> Result<Vec<RecordView>> {
        let mut query = Query { filter: Some(filter), limit: MAX_LIMIT, deleted, ..Query::default() };
        let mut found = Vec::new();
        loop {
            let page = self.page(object, &query).await?;
            found.extend(page.records);
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(found),
            }
        }
    }

    async fn looks_at(&self, customer: &RecordId) -> Result<Vec<Told>> {
        self.inner.journal.post().await?;
        let rows = self
            .inner
            .data
            .all(
                "read who looked",
                "SELECT at, action, fields, purpose, person FROM look WHERE record = $1 ORDER BY at DESC LIMIT $2",
                &[customer.into(), MOST_LOOKS.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let person = self.directory.people.get(&kedun_model::PersonId::new(row.text(4)?));
                let department = person.and_then(|p| p.department.as_ref());
                Ok(Told {
                    at: row.int(0)?,
                    action: row.text(1)?,
                    fields: row.text(2)?.split(',').filter(|f| !f.is_empty()).map(str::to_owned).collect(),
                    purpose: row.text(3)?.split(':').next().unwrap_or_default().to_owned(),
                    department: department.and_then(|d| self.directory.department_name(d)).map(str::to_owned),
                })
            })
            .collect()
    }
}
