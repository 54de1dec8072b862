//! What somebody was given, and what they lost to the pool because they did not follow it up: for as long as that is news.

use crate::error::Result;
use crate::plan::{self, Flags};
use crate::scope::{Scope, Task};
use crate::statement::Statement;
use crate::tx::read_with_facts;
use crate::view::Named;
use kedun_model::policy::judge;
use kedun_model::{ObjectName, PersonId, RecordId};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Most records that are counted, of those that are the caller's.
const MOST: i64 = 1_000;
/// Records whose visibility is asked for at once.
const CHUNK: usize = 200;

/// Records of one object that one person gave to the caller, who has them still.
#[derive(Clone, Debug, Serialize)]
pub struct Given {
    /// Who gave them, or carried the handover out.
    pub by: Named,
    /// What they are.
    pub object: ObjectName,
    /// How many.
    pub count: usize,
    /// When the last of them came, UTC ms.
    pub at: i64,
    /// The record, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
}

/// Records of one object that were the caller's and fell to the pool because nobody followed them up.
#[derive(Clone, Debug, Serialize)]
pub struct Fallen {
    /// What they are.
    pub object: ObjectName,
    /// How many of them nobody has claimed since.
    pub count: usize,
    /// When the last of them fell, UTC ms.
    pub at: i64,
    /// The record, where it is one and the caller sees it still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
}

impl Scope {
    /// What others made the caller's since a moment (UTC ms), newest first. No value of a record leaves, so there is no
    /// row in the log; what the caller may not see is not counted.
    ///
    /// # Errors
    /// The database fails.
    pub async fn given(&self, since: i64) -> Result<Vec<Given>> {
        let objects: BTreeSet<&str> = self.caller.grants.iter().map(|g| g.grant.object.as_str()).collect();
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Statement::default();
        let (me, since) = (sql.arg(self.person()), sql.arg(since));
        let objects = sql.list(objects);
        let most = sql.arg(MOST);
        // Who claims it afterwards, or gets it back, has it since a later moment than that of the transfer.
        sql.text = format!(
            "SELECT r.id, r.object, h.person, h.at FROM record r JOIN history h ON h.record = r.id \
             WHERE r.object IN ({objects}) AND r.owner = {me} AND r.updated_at >= {since} \
             AND r.owned_since >= {since} AND r.deleted_at IS NULL AND r.pool IS NULL AND h.action = 'transfer' \
             AND h.at >= r.owned_since AND h.person <> {me} ORDER BY h.at DESC, r.id LIMIT {most}"
        );
        let rows = self.inner.data.all("find what somebody was given", &sql.text, &sql.args).await?;
        let mut came: BTreeMap<(String, ObjectName), Vec<(RecordId, i64)>> = BTreeMap::new();
        for row in rows {
            let key = (row.text(2)?, ObjectName::new(row.text(1)?));
            came.entry(key).or_default().push((RecordId::new(row.text(0)?), row.int(3)?));
        }
        let mut given = Vec::new();
        for ((by, object), mut records) in came {
            let seen = self.seen_of(&object, &records).await?;
            records.retain(|(id, _)| seen.contains(id));
            let Some(at) = records.iter().map(|(_, at)| *at).max() else { continue };
            let by = PersonId::new(by);
            given.push(Given {
                by: Named { id: by.to_string(), name: self.name_of(&by) },
                object,
                count: records.len(),
                at,
                record: records.pop().filter(|_| records.is_empty()).map(|(id, _)| id),
            });
        }
        given.sort_by_key(|one| std::cmp::Reverse(one.at));
        Ok(given)
    }

    /// What was the caller's and fell to the pool since a moment (UTC ms), by object. No value of a record leaves, so there
    /// is no row in the log.
    ///
    /// # Errors
    /// The database fails.
    pub async fn fallen(&self, since: i64) -> Result<Vec<Fallen>> {
        let objects: BTreeSet<&str> = self.caller.grants.iter().map(|g| g.grant.object.as_str()).collect();
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Statement::default();
        let (since, by) = (sql.arg(since), sql.arg(format!("task:{}", Task::Recycle.name())));
        // Asked for here and not only below: else what fell of others would use up the most that are counted.
        let mine = sql.arg(format!("\"from\":\"{}\"", self.person()));
        let mine = if self.inner.data.is_postgres() {
            format!("position(convert_to({mine}, 'UTF8') in h.changes) > 0")
        } else {
            format!("instr(h.changes, CAST({mine} AS BLOB)) > 0")
        };
        let (objects, most) = (sql.list(objects), sql.arg(MOST));
        sql.text = format!(
            "SELECT r.id, r.object, h.at, h.changes FROM record r JOIN history h ON h.record = r.id \
             WHERE r.object IN ({objects}) AND r.pool IS NOT NULL AND r.updated_at >= {since} \
             AND r.deleted_at IS NULL AND h.action = 'release' AND h.at >= {since} AND h.person = {by} AND {mine} \
             ORDER BY h.at DESC, r.id LIMIT {most}"
        );
        let rows = self.inner.data.all("find what fell to the pool", &sql.text, &sql.args).await?;
        let mut fell: BTreeMap<ObjectName, Vec<(RecordId, i64)>> = BTreeMap::new();
        for row in rows {
            // Who gave what to whom is kept readable beside the sealed changes of values.
            let changes: Json = serde_json::from_slice(&row.bytes(3)?).unwrap_or_default();
            if changes.get("from").and_then(Json::as_str) == Some(self.person().as_str()) {
                let object = ObjectName::new(row.text(1)?);
                fell.entry(object).or_default().push((RecordId::new(row.text(0)?), row.int(2)?));
            }
        }
        let mut fallen = Vec::new();
        for (object, records) in fell {
            let Some(at) = records.iter().map(|(_, at)| *at).max() else { continue };
            let count = records.len();
            let seen = if count == 1 { self.seen_of(&object, &records).await? } else { BTreeSet::new() };
            fallen.push(Fallen { object, count, at, record: seen.into_iter().next() });
        }
        Ok(fallen)
    }

    async fn seen_of(&self, object: &ObjectName, records: &[(RecordId, i64)]) -> Result<BTreeSet<RecordId>> {
        let def = self.object(object.as_str())?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let mut seen = BTreeSet::new();
        for chunk in records.chunks(CHUNK) {
            let ids: Vec<&str> = chunk.iter().map(|(id, _)| id.as_str()).collect();
            let statement = plan::by_ids(&self.asking(&def), &ids, &flags);
            for row in self.inner.data.all("look for records", &statement.text, &statement.args).await? {
                let (stored, facts) = read_with_facts(&row, &flags, 23)?;
                if judge(&self.caller, &def.name, &facts).visible() {
                    seen.insert(stored.id);
                }
            }
        }
        Ok(seen)
    }
}
