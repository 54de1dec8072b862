//! Reading: one record, a page, a count. Everything goes through [`crate::plan`]; the log row is durable before the
//! bytes leave.

use crate::audit::Act;
use crate::error::Result;
use crate::plan::{self, COUNT_CAP, Flags, Of, Planned, Query};
use crate::row::{PLACE_WIDTH, Place, Stored, WIDTH};
use crate::scope::Scope;
use crate::shelf::Part;
use crate::sql::Row;
use crate::tx::read_with_facts;
use crate::view::{Names, RecordView, Shown, view};
use kedun_model::alert::FactKind;
use kedun_model::policy::{RecordFacts, Verdict, judge};
use kedun_model::{FieldError, ObjectDef, Problem, RecordId, Right, Verb};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Most records of one print; more is an export and needs what an export needs.
pub const MOST_PRINTED: usize = 200;

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// The records, masked.
    pub records: Vec<RecordView>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
    /// How many there are, capped, when asked.
    pub count: Option<i64>,
    /// Whether the count hit the cap.
    pub capped: bool,
    /// What else leaves with the page: personal titles of linked records.
    pub(crate) readings: Vec<Act>,
}

impl Scope {
    /// One record as the caller may see it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for what does not exist and what is out of scope alike; both leave the same kind of row.
    pub async fn get(&self, object: &str, id: &RecordId) -> Result<RecordView> {
        let def = self.object(object)?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
        let found = row.map(|row| read_with_facts(&row, &flags, 23)).transpose()?;
        if let Some((stored, facts)) = &found {
            let verdict = judge(&self.caller, &def.name, facts);
            let gone = stored.deleted_at.is_some() && !verdict.may(kedun_model::Verb::Restore);
            if verdict.visible() && !gone {
                let names = self.names(&def, std::slice::from_ref(stored), None).await?;
                let opener = self.opener(std::slice::from_ref(stored)).await?;
                let shown = Shown::new(&def, verdict);
                let mut record = view(&shown, stored, None, &names, |f| opener.open(stored, f));
                self.tell_of_hold(&shown, stored, &mut record);
                self.tell_of_conversion(&shown, stored, &mut record);
                self.log_reading(&def, stored, &record, &names).await?;
                return Ok(record);
            }
        }
        self.denied(object, id, found.is_some()).await?;
        Err(Problem::NotFound.into())
    }

    /// Whether the caller may see a record now, without a row in the log: no value leaves, and whoever is about to be told
    /// of something has not asked for it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sees(&self, object: &str, id: &RecordId) -> Result<bool> {
        self.finds(object, id, |verdict| verdict.visible()).await
    }

    /// As [`Scope::sees`], whether the caller may do something with a record now.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn could(&self, verb: Verb, object: &str, id: &RecordId) -> Result<bool> {
        self.finds(object, id, |verdict| verdict.may(verb)).await
    }

    /// What the caller may see and write of each field of a record; nothing of one that they may not see. No value leaves.
    ///
    /// # Errors
    /// The database fails.
    pub async fn field_rights(&self, object: &str, id: &RecordId) -> Result<BTreeMap<String, Right>> {
        let Ok(def) = self.object(object).cloned() else { return Ok(BTreeMap::new()) };
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("look for a record", &statement.text, &statement.args).await?;
        let Some(row) = row else { return Ok(BTreeMap::new()) };
        let (stored, facts) = read_with_facts(&row, &flags, 23)?;
        let verdict = judge(&self.caller, &def.name, &facts);
        if stored.deleted_at.is_some() || !verdict.visible() {
            return Ok(BTreeMap::new());
        }
        Ok(def.live_fields().map(|f| (f.name.clone(), verdict.right(f))).collect())
    }

    async fn finds(
        &self,
        object: &str,
        id: &RecordId,
        suffices: impl Fn(&Verdict<'_>) -> bool,
    ) -> Result<bool> {
        let Ok(def) = self.object(object).cloned() else { return Ok(false) };
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("look for a record", &statement.text, &statement.args).await?;
        let found = row.map(|row| read_with_facts(&row, &flags, 23)).transpose()?;
        Ok(found.is_some_and(|(stored, facts)| {
            stored.deleted_at.is_none() && suffices(&judge(&self.caller, &def.name, &facts))
        }))
    }

    /// Notes that records are about to be printed, before they are: the row is durable when this returns. Only those that
    /// the caller may see count; about the others nothing is said.
    ///
    /// # Errors
    /// Too many at once; not found when the caller sees none of them; the log cannot be written.
    pub async fn printed(&self, object: &str, records: &[RecordId]) -> Result<()> {
        if records.is_empty() {
            return Err(Problem::invalid("records", "required").into());
        }
        if records.len() > MOST_PRINTED {
            let error = FieldError::new("records", "too_many").with("max", MOST_PRINTED);
            return Err(Problem::Invalid(vec![error]).into());
        }
        let def = self.object(object)?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let ids: Vec<&str> = records.iter().map(RecordId::as_str).collect();
        let statement = plan::by_ids(&self.asking(&def), &ids, &flags);
        let (mut seen, mut hidden) = (Vec::new(), None);
        for row in self.inner.data.all("look for what is printed", &statement.text, &statement.args).await? {
            let (stored, facts) = read_with_facts(&row, &flags, 23)?;
            if judge(&self.caller, &def.name, &facts).visible() {
                seen.push(stored.id);
            } else {
                hidden.get_or_insert(stored.id);
            }
        }
        if seen.is_empty() {
            let asked = hidden.as_ref().or(records.first()).ok_or(Problem::NotFound)?;
            self.denied(def.name.as_str(), asked, hidden.is_some()).await?;
            return Err(Problem::NotFound.into());
        }
        self.log(Act::new("record.print", def.name.as_str()).count(seen.len()).looked(seen)).await
    }

    /// The rows for one record that leaves, with the personal titles that its links show.
    pub(crate) async fn log_reading(
        &self,
        def: &ObjectDef,
        stored: &Stored,
        record: &RecordView,
        names: &Names,
    ) -> Result<()> {
        self.log_all(&self.readings_of(def, stored, record, names)).await
    }

    pub(crate) fn readings_of(
        &self,
        def: &ObjectDef,
        stored: &Stored,
        record: &RecordView,
        names: &Names,
    ) -> Vec<Act> {
        let act = Act::new("record.read", def.name.as_str())
            .on(&stored.id, stored.subject.as_ref())
            .fields(record.clear_personal().iter().cloned())
            .looked([stored.id.clone()]);
        std::iter::once(act).chain(names.readings()).collect()
    }

    /// Notes that somebody asked for what they may not see. Unknown ids leave the same row, so time tells nothing.
    pub(crate) async fn denied(&self, object: &str, id: &RecordId, exists: bool) -> Result<()> {
        let known = id.as_str().len() <= 64;
        let mut act = Act::new("record.denied", object).denied();
        if known {
            act = act.on(id, None);
        }
        if exists {
            act = act.fact(FactKind::DeniedScope { record: id.clone() });
        }
        self.log(act.payload(json!({ "exists": exists }))).await
    }

    /// A page of records.
    ///
    /// # Errors
    /// Fields that the caller may not see, unknown operators, a damaged cursor.
    pub async fn query(&self, object: &str, query: &Query) -> Result<Page> {
        let page = self.page(object, query).await?;
        let ids: Vec<&str> = page.records.iter().map(RecordView::id).collect();
        let clear: std::collections::BTreeSet<&String> =
            page.records.iter().flat_map(|r| r.clear_personal().iter()).collect();
        let act = Act::new("record.list", object)
            .count(page.records.len())
            .fields(clear.into_iter().cloned())
            .payload(json!({ "records": ids, "filtered_by": filtered_by(query) }));
        let acts: Vec<Act> = std::iter::once(act).chain(page.readings.iter().cloned()).collect();
        self.log_all(&acts).await?;
        Ok(page)
    }

    /// A page without a log row of its own, for callers that log more than a list (an export, a case).
    pub(crate) async fn page(&self, object: &str, query: &Query) -> Result<Page> {
        let def = self.object(object)?.clone();
        let limit = query.limit.clamp(1, plan::MAX_LIMIT);
        let shelf = self.inner.shelf.of(self, &def, query.fields.as_deref(), limit);
        let of = if shelf.as_ref().is_some_and(Part::is_known) { Of::Places } else { Of::Whole };
        let planned = plan::plan(&self.asking(&def), query, of)?;
        let rows = self.inner.data.all("list records", &planned.page.text, &planned.page.args).await?;
        let more = rows.len() > limit;
        let rows = &rows[..rows.len().min(limit)];
        let (records, readings) = match of {
            Of::Whole => {
                let first = WIDTH + planned.sort_columns;
                let whole = rows.iter().map(|row| read_with_facts(row, &planned.flags, first));
                self.shown(&def, &whole.collect::<Result<Vec<_>>>()?, query, shelf.as_ref()).await?
            }
            Of::Places => self.placed(&def, rows, &planned, query, shelf.as_ref()).await?,
        };
        let next_cursor = match rows.last() {
            Some(row) if more => {
                let first = if of == Of::Whole { WIDTH } else { PLACE_WIDTH };
                let mut values = Vec::with_capacity(planned.sort_columns);
                for (i, text) in planned.text_keys.iter().enumerate() {
                    let at = first + i;
                    values.push(if *text { Json::from(row.text(at)?) } else { Json::from(row.int(at)?) });
                }
                Some(plan::write_cursor(&values, &row.text(0)?))
            }
            _ => None,
        };
        let count = match &planned.count {
            Some(statement) => {
                let row = self.inner.data.optional("count records", &statement.text, &statement.args).await?;
                row.map(|row| row.int(0)).transpose()?
            }
            None => None,
        };
        Ok(Page {
            records,
            next_cursor,
            count: count.map(|n| n.min(COUNT_CAP)),
            capped: count.is_some_and(|n| n > COUNT_CAP),
            readings,
        })
    }

    /// Records as the caller sees them, and what else leaves with them; those of a list that is kept go on the shelf.
    pub(super) async fn shown(
        &self,
        def: &ObjectDef,
        records: &[(Stored, RecordFacts)],
        query: &Query,
        shelf: Option<&Part<'_>>,
    ) -> Result<(Vec<RecordView>, Vec<Act>)> {
        let stored = records.iter().map(|(stored, _)| stored);
        let fields = query.fields.as_deref();
        let names = self.names(def, stored.clone(), fields).await?;
        let opener = self.opener(stored).await?;
        let mut shown = Vec::new();
        let views = records.iter().map(|(stored, facts)| {
            let verdict = judge(&self.caller, &def.name, facts);
            let shown = Shown::of(&mut shown, def, verdict);
            let mut record = view(shown, stored, fields, &names, |f| opener.open(stored, f));
            if let Some(shelf) = shelf {
                record.write_ahead();
                shelf.put(stored.place(), facts, &record);
            }
            record
        });
        let views = views.collect();
        Ok((views, names.readings().collect()))
    }

    /// A page of which only ids and places were asked: what is at hand from the shelf, the others read whole, in the order
    /// of the page. What has gone out of sight since the first question is left out.
    async fn placed(
        &self,
        def: &ObjectDef,
        rows: &[Row],
        planned: &Planned,
        query: &Query,
        shelf: Option<&Part<'_>>,
    ) -> Result<(Vec<RecordView>, Vec<Act>)> {
        let mut page: Vec<(RecordId, Option<RecordView>)> = Vec::with_capacity(rows.len());
        for row in rows {
            let place = Place::read(row)?;
            let mut facts = place.facts();
            planned.flags.read(row, PLACE_WIDTH + planned.sort_columns, &mut facts)?;
            let kept = shelf.and_then(|shelf| shelf.get(&place, &facts));
            page.push((place.id, kept));
        }
        let missing: Vec<&str> =
            page.iter().filter(|(_, kept)| kept.is_none()).map(|(id, _)| id.as_str()).collect();
        let mut readings = Vec::new();
        let mut others = BTreeMap::new();
        if !missing.is_empty() {
            let statement = plan::by_ids(&self.asking(def), &missing, &planned.flags);
            let mut whole = Vec::with_capacity(missing.len());
            for row in self.inner.data.all("list other records", &statement.text, &statement.args).await? {
                let (stored, facts) = read_with_facts(&row, &planned.flags, WIDTH)?;
                let verdict = judge(&self.caller, &def.name, &facts);
                if verdict.visible() && stored.deleted_at.is_some() == query.deleted {
                    whole.push((stored, facts));
                }
            }
            let shown = self.shown(def, &whole, query, shelf).await?;
            readings = shown.1;
            others.extend(shown.0.into_iter().map(|record| (RecordId::new(record.id()), record)));
        }
        let records = page.into_iter().filter_map(|(id, kept)| kept.or_else(|| others.remove(&id)));
        Ok((records.collect(), readings))
    }

    /// How many records a filter reaches within the caller's scope, up to a cap of its own.
    ///
    /// # Errors
    /// As [`Scope::query`].
    pub async fn count(&self, object: &str, query: &Query) -> Result<(i64, bool)> {
        let query = Query { count: true, limit: 1, fields: Some(Vec::new()), ..query.clone() };
        let page = self.page(object, &query).await?;
        let count = page.count.unwrap_or(0);
        let act = Act::new("record.count", object)
            .count(usize::try_from(count).unwrap_or(usize::MAX))
            .payload(json!({ "filtered_by": filtered_by(&query) }));
        self.log(act).await?;
        Ok((count, page.capped))
    }
}

fn filtered_by(query: &Query) -> Vec<String> {
    query
        .filter
        .as_ref()
        .map(|f| f.conditions().iter().map(|c| c.field.clone()).collect())
        .unwrap_or_default()
}
