//! Finding by a name that is sealed: no index holds it, so the names that the caller sees are opened and looked at.

use crate::audit::Act;
use crate::error::Result;
use crate::plan::{self, Flags, MAX_LIMIT, Query};
use crate::scope::Scope;
use crate::tx::read_with_facts;
use crate::view::RecordView;
use kedun_model::policy::judge;
use kedun_model::{FieldDef, ObjectDef, field};
use std::collections::BTreeMap;

/// Most names that one search opens of one object; whoever sees more is told that not all were looked at.
const MOST_OPENED: usize = 1_000;

/// What was found by opening names.
pub(super) struct Opened {
    /// The records, as the caller sees them.
    pub(super) records: Vec<RecordView>,
    /// What else leaves with them.
    pub(super) readings: Vec<Act>,
    /// How many names were opened.
    pub(super) count: usize,
    /// Whether there are more that were not looked at.
    pub(super) partial: bool,
}

impl Scope {
    /// The records in the caller's scope whose sealed title holds the text, those changed last first. A title counts only
    /// where the caller sees it in clear: what is masked must not be found out by asking.
    pub(super) async fn by_opened_title(
        &self,
        def: &ObjectDef,
        title: &FieldDef,
        q: &str,
        limit: usize,
    ) -> Result<Opened> {
        let wanted = field::fold(q);
        let mut opened = Opened { records: Vec::new(), readings: Vec::new(), count: 0, partial: false };
        let mut ids: Vec<String> = Vec::new();
        let mut query =
            Query { fields: Some(vec![title.name.clone()]), limit: MAX_LIMIT, ..Query::default() };
        loop {
            let page = self.page(def.name.as_str(), &query).await?;
            opened.count += page.records.len();
            let holds = |record: &&RecordView| {
                record.clear_personal().contains(&title.name)
                    && record.title().is_some_and(|title| field::fold(title).contains(&wanted))
            };
            ids.extend(page.records.iter().filter(holds).map(|record| record.id().to_owned()));
            query.cursor = page.next_cursor;
            if query.cursor.is_none() || ids.len() >= limit {
                break;
            }
            if opened.count >= MOST_OPENED {
                opened.partial = true;
                break;
            }
        }
        ids.truncate(limit);
        if ids.is_empty() {
            return Ok(opened);
        }
        let flags = Flags::for_caller(&self.caller, &def.name);
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let statement = plan::by_ids(&self.asking(def), &names, &flags);
        let rows = self.inner.data.all("read what was found", &statement.text, &statement.args).await?;
        let mut whole =
            rows.iter().map(|row| read_with_facts(row, &flags, 23)).collect::<Result<Vec<_>>>()?;
        // What was taken away since its name was opened is not shown.
        whole.retain(|(stored, facts)| {
            stored.deleted_at.is_none() && judge(&self.caller, &def.name, facts).visible()
        });
        let place: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        whole.sort_by_key(|(stored, _)| place.get(stored.id.as_str()).copied());
        (opened.records, opened.readings) = self.shown(def, &whole, &Query::default(), None).await?;
        Ok(opened)
    }
}
