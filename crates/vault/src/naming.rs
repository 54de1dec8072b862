//! What a page of records needs beside its rows: keys that open its sealed values, and the names of people, departments
//! and linked records.

use crate::error::Result;
use crate::keys;
use crate::plan::{self, Flags};
use crate::row::Stored;
use crate::scope::Scope;
use crate::tx::read_with_facts;
use crate::view::{Names, Shown, view};
use kedun_model::policy::{RecordFacts, judge};
use kedun_model::{FieldDef, ObjectDef, ObjectName, RecordId, Value, field};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    pub(crate) async fn names_knowing<'a>(
        &self,
        def: &ObjectDef,
        records: impl IntoIterator<Item = &'a Stored> + Clone,
        wanted: Option<&[String]>,
        known: impl Fn(&RecordId) -> Option<&'a (Stored, RecordFacts)>,
    ) -> Result<Names> {
        let mut names =
            Names { zone: self.catalog.zone(), directory: Some(self.directory.clone()), ..Names::default() };
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
            if let Some(title) = seen.title() {
                titles.records.insert(stored.id.to_string(), title.to_owned());
            }
            if !seen.clear_personal().is_empty() {
                let clear = titles.clear.entry(def.name.clone()).or_default();
                clear.fields.extend(seen.clear_personal().iter().cloned());
                clear.records.push(stored.id.clone());
            }
        }
        Ok(())
    }
}
