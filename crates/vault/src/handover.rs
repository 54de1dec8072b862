//! What a handover needs of the vault: the plan row by row, who could take over, and what ends with the leaver.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::scope::{Scope, Task};
use crate::sql::{Arg, Row, placeholders};
use crate::tx::Tx;
use crate::vault::Signal;
use kedun_model::{Act as ActName, DepartmentId, ObjectName, PersonId, Problem, RecordId, RowScope, Verb};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Where a record of a handover stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Not moved yet.
    Waiting,
    /// With its new owner.
    Moved,
    /// No longer the leaver's when its turn came: somebody else has it, or it is gone.
    Elsewhere,
    /// It could not be moved; the reason says why. A further run tries again.
    Refused,
}

impl ItemState {
    fn as_str(self) -> &'static str {
        match self {
            ItemState::Waiting => "waiting",
            ItemState::Moved => "moved",
            ItemState::Elsewhere => "elsewhere",
            ItemState::Refused => "refused",
        }
    }

    fn parse(text: &str) -> Result<ItemState> {
        [ItemState::Waiting, ItemState::Moved, ItemState::Elsewhere, ItemState::Refused]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| VaultError::Damaged("a handover".to_owned()))
    }
}

/// One record of a handover.
#[derive(Clone, Debug, Serialize)]
pub struct HandoverItem {
    /// The record.
    pub record: RecordId,
    /// Its object.
    pub object: ObjectName,
    /// Its title, as far as the reader may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who is to have it; nobody yet when no rule found one.
    #[serde(rename = "proposed")]
    pub heir: Option<PersonId>,
    /// By which rule.
    pub why: String,
    /// Where it stands.
    pub state: ItemState,
    /// Why it could not be moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far a handover is.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct Progress {
    /// Records in the plan.
    pub total: i64,
    /// Records that have moved.
    pub moved: i64,
    /// Records that somebody else had by then.
    pub elsewhere: i64,
    /// Records that could not be moved.
    pub refused: i64,
    /// Records that wait.
    pub waiting: i64,
}

/// A request for approval that ended with its requester.
#[derive(Clone, Debug)]
pub struct EndedRequest {
    /// `export`, `reveal`, …
    pub kind: String,
    /// The case it was about.
    pub target: RecordId,
}

const COLUMNS: &str = "record, object, heir, why, state, reason";

fn read(row: &Row) -> Result<HandoverItem> {
    Ok(HandoverItem {
        record: row.text(0)?.into(),
        object: row.text(1)?.into(),
        title: None,
        heir: row.opt_text(2)?.map(PersonId::new),
        why: row.text(3)?,
        state: ItemState::parse(&row.text(4)?)?,
        reason: row.opt_text(5)?,
    })
}

impl Tx {
    /// Adds records to the plan of a handover; those that are in it stay as they are.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn plan_items(&mut self, case: &RecordId, items: &[HandoverItem]) -> Result<()> {
        self.for_the_house()?;
        let now = self.scope.now();
        for chunk in items.chunks(100) {
            let sql = format!(
                "INSERT INTO handover_item (handover, record, object, heir, why, state, reason, at) VALUES {} \
                 ON CONFLICT (handover, record) DO NOTHING",
                placeholders(1, chunk.len(), 8)
            );
            let mut args: Vec<Arg> = Vec::with_capacity(chunk.len() * 8);
            for item in chunk {
                args.extend([
                    case.into(),
                    (&item.record).into(),
                    (&item.object).into(),
                    item.heir.as_ref().into(),
                    item.why.as_str().into(),
                    item.state.as_str().into(),
                    item.reason.clone().into(),
                    now.into(),
                ]);
            }
            self.write.run("plan a handover", &sql, &args).await?;
        }
        Ok(())
    }

    /// Gives a record of the plan another heir. Answers false when it is not in the plan or has moved already.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn assign_item(
        &mut self,
        case: &RecordId,
        record: &RecordId,
        heir: &PersonId,
        why: &str,
    ) -> Result<bool> {
        self.for_the_house()?;
        let changed = self
            .write
            .run(
                "assign a record",
                "UPDATE handover_item SET heir = $1, why = $2, state = 'waiting', reason = NULL, at = $3 \
                 WHERE handover = $4 AND record = $5 AND state IN ('waiting', 'refused')",
                &[heir.into(), why.into(), self.scope.now().into(), case.into(), record.into()],
            )
            .await?;
        Ok(changed > 0)
    }

    /// Notes what became of a record.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn settle_item(
        &mut self,
        case: &RecordId,
        record: &RecordId,
        state: ItemState,
        reason: Option<&str>,
    ) -> Result<()> {
        self.for_the_house()?;
        self.write
            .run(
                "settle a record",
                "UPDATE handover_item SET state = $1, reason = $2, at = $3 WHERE handover = $4 AND record = $5",
                &[
                    state.as_str().into(),
                    reason.map(str::to_owned).into(),
                    self.scope.now().into(),
                    case.into(),
                    record.into(),
                ],
            )
            .await
            .map(drop)
    }

    /// Lets those that could not be moved wait again, for a further run.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn retry_items(&mut self, case: &RecordId) -> Result<u64> {
        self.for_the_house()?;
        self.write
            .run(
                "try again",
                "UPDATE handover_item SET state = 'waiting', reason = NULL WHERE handover = $1 AND state = 'refused'",
                &[case.into()],
            )
            .await
    }

    /// The next records of a plan that wait, in a fixed order, behind the last one of the batch before. The case is this
    /// change's until it is committed: of several processes that carry it out, one moves a batch at a time.
    ///
    /// # Errors
    /// The database fails.
    pub async fn waiting_items(&mut self, case: &RecordId, limit: i64) -> Result<Vec<HandoverItem>> {
        if self.scope.inner.data.is_postgres() {
            let sql = "SELECT id FROM record WHERE id = $1 FOR UPDATE";
            self.write.all("wait for the batch before", sql, &[case.into()]).await?;
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM handover_item WHERE handover = $1 AND state = 'waiting' \
             ORDER BY object, record LIMIT $2"
        );
        self.write
            .all("read a handover", &sql, &[case.into(), limit.into()])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// Ends what a person shared of records that they do not own, and answers how many. Those of their own end when the
    /// record moves: until then a colleague goes on with what they work on together.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn end_shares_given_by(&mut self, person: &PersonId) -> Result<u64> {
        self.scope.require(ActName::HandoversRun, self.department_of(Some(person)).as_ref())?;
        let sql = "UPDATE share SET ended_at = $1 WHERE granted_by = $2 AND ended_at IS NULL \
                   AND record NOT IN (SELECT id FROM record WHERE owner = $2)";
        self.write.run("end shares of a person", sql, &[self.scope.now().into(), person.into()]).await
    }

    /// Ends what a person has asked for and not yet got. Erasures stay: the right to them is the customer's, and the
    /// clock of the law does not stop because a member of staff leaves.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn end_requests_of(&mut self, person: &PersonId) -> Result<Vec<EndedRequest>> {
        self.scope.require(ActName::HandoversRun, self.department_of(Some(person)).as_ref())?;
        let rows = self
            .write
            .all(
                "find open requests",
                "SELECT id, kind, target FROM task WHERE requester = $1 AND state IN ('open', 'approved') \
                 AND kind <> 'erasure' ORDER BY id",
                &[person.into()],
            )
            .await?;
        let mut ended = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = row.text(0)?;
            let ends = self
                .write
                .run(
                    "end a request",
                    "UPDATE task SET state = 'cancelled', comment = 'requester left' \
                     WHERE id = $1 AND state IN ('open', 'approved')",
                    &[id.as_str().into()],
                )
                .await?;
            // Decided against or spent since it was read, which the leaver's freezing does not take back.
            if ends == 0 {
                continue;
            }
            self.tell(Signal::TaskChanged { id });
            ended.push(EndedRequest { kind: row.text(1)?, target: row.text(2)?.into() });
        }
        Ok(ended)
    }

    /// Drops the rendered files of a person's exports; answers their cases.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn drop_files_of(&mut self, person: &PersonId) -> Result<Vec<RecordId>> {
        self.scope.require(ActName::HandoversRun, self.department_of(Some(person)).as_ref())?;
        let rows = self
            .write
            .all(
                "find a person's files",
                "SELECT f.id FROM export_file f JOIN record r ON r.id = f.id WHERE r.owner = $1 ORDER BY f.id",
                &[person.into()],
            )
            .await?;
        let cases = rows.iter().map(|r| r.text(0).map(RecordId::new)).collect::<Result<Vec<_>>>()?;
        for case in &cases {
            self.write.run("drop a file", "DELETE FROM export_file WHERE id = $1", &[case.into()]).await?;
        }
        Ok(cases)
    }

    /// The plan is the house's record of what a capability decided; a person's scope does not write it directly.
    fn for_the_house(&self) -> Result<()> {
        match self.scope.task {
            Some(Task::Handover | Task::Casework) => Ok(()),
            _ => Err(Problem::Forbidden("handover").into()),
        }
    }
}

impl Scope {
    /// A part of the plan, with titles as far as the caller may see them.
    ///
    /// # Errors
    /// Not found for who may not see the case.
    pub async fn handover_items(
        &self,
        case: &RecordId,
        from: usize,
        limit: usize,
    ) -> Result<Vec<HandoverItem>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM handover_item WHERE handover = $1 ORDER BY object, record LIMIT $2 OFFSET $3"
        );
        let args = [
            case.into(),
            i64::try_from(limit.clamp(1, 500)).unwrap_or(500).into(),
            i64::try_from(from).unwrap_or(i64::MAX).into(),
        ];
        self.visible("handover", case).await?;
        let mut readings = Vec::new();
        let rows = self.inner.data.all("read a handover", &sql, &args).await?;
        let mut items = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        let mut ids: BTreeMap<ObjectName, Vec<String>> = BTreeMap::new();
        for item in &items {
            ids.entry(item.object.clone()).or_default().push(item.record.to_string());
        }
        for (object, ids) in ids {
            let Ok(def) = self.object(object.as_str()).cloned() else { continue };
            let titles = self.titles(&def, &ids).await?;
            readings.extend(titles.readings());
            for item in items.iter_mut().filter(|i| i.object == object) {
                item.title = titles.records.get(item.record.as_str()).cloned();
            }
        }
        let seen: Vec<_> = items.iter().filter(|i| i.title.is_some()).map(|i| i.record.clone()).collect();
        let act = Act::new("handover.read", "handover").on(case, None).count(items.len());
        readings.push(act.payload(json!({ "records": seen })));
        self.log_all(&readings).await?;
        Ok(items)
    }

    /// How far a handover is.
    ///
    /// # Errors
    /// Not found for who may not see the case.
    pub async fn handover_progress(&self, case: &RecordId) -> Result<Progress> {
        self.visible("handover", case).await?;
        let rows = self
            .inner
            .data
            .all(
                "count a handover",
                "SELECT state, COUNT(*) FROM handover_item WHERE handover = $1 GROUP BY state",
                &[case.into()],
            )
            .await?;
        let mut progress = Progress::default();
        for row in rows {
            let count = row.int(1)?;
            progress.total += count;
            match ItemState::parse(&row.text(0)?)? {
                ItemState::Waiting => progress.waiting = count,
                ItemState::Moved => progress.moved = count,
                ItemState::Elsewhere => progress.elsewhere = count,
                ItemState::Refused => progress.refused = count,
            }
        }
        Ok(progress)
    }

    /// What moved to whom, per object, and why the rest did not.
    ///
    /// # Errors
    /// Not found for who may not see the case.
    pub async fn handover_outcome(&self, case: &RecordId) -> Result<Outcome> {
        self.visible("handover", case).await?;
        let mut outcome = Outcome::default();
        let moved = self
            .inner
            .data
            .all(
                "sum up a handover",
                "SELECT heir, object, COUNT(*) FROM handover_item WHERE handover = $1 AND state = 'moved' \
                 AND heir IS NOT NULL GROUP BY heir, object ORDER BY heir, object",
                &[case.into()],
            )
            .await?;
        for row in moved {
            outcome.heirs.entry(row.text(0)?.into()).or_default().insert(row.text(1)?.into(), row.int(2)?);
        }
        let refused = self
            .inner
            .data
            .all(
                "sum up what did not move",
                "SELECT COALESCE(reason, ''), COUNT(*) FROM handover_item WHERE handover = $1 AND state = 'refused' \
                 GROUP BY reason ORDER BY reason",
                &[case.into()],
            )
            .await?;
        for row in refused {
            outcome.refused.insert(row.text(0)?, row.int(1)?);
        }
        Ok(outcome)
    }

    /// Who works on a person's records with the right to edit, oldest share first.
    ///
    /// # Errors
    /// As [`Scope::owned_by`].
    pub async fn collaborators_of(&self, person: &PersonId) -> Result<BTreeMap<RecordId, Vec<PersonId>>> {
        self.require(ActName::HandoversRun, self.departments_of(person).0.as_ref())?;
        let rows = self
            .inner
            .data
            .all(
                "find collaborators",
                "SELECT s.record, s.person FROM share s JOIN record r ON r.id = s.record \
                 WHERE r.owner = $1 AND s.level = 'edit' AND s.ended_at IS NULL AND s.until > $2 \
                 ORDER BY s.granted_at, s.id",
                &[person.into(), self.now().into()],
            )
            .await?;
        let mut found: BTreeMap<RecordId, Vec<PersonId>> = BTreeMap::new();
        for row in rows {
            found.entry(row.text(0)?.into()).or_default().push(row.text(1)?.into());
        }
        Ok(found)
    }

    /// How many living records of an object each person owns: an heir should be one who has room.
    ///
    /// # Errors
    /// The database fails.
    pub async fn loads(&self, object: &ObjectName) -> Result<BTreeMap<PersonId, i64>> {
        self.inner
            .data
            .all(
                "count loads",
                "SELECT owner, COUNT(*) FROM record WHERE object = $1 AND owner IS NOT NULL AND root = id \
                 AND deleted_at IS NULL GROUP BY owner",
                &[object.into()],
            )
            .await?
            .iter()
            .map(|row| Ok((row.text(0)?.into(), row.int(1)?)))
            .collect()
    }

    /// Whether somebody could own records of an object: active, with a grant on their own ones or on all. Cases of the system's
    /// own objects can be kept by whoever is active: they give nobody more to see.
    pub fn may_own(&self, person: &PersonId, object: &ObjectName) -> bool {
        let Some(entry) = self.directory.people.get(person).filter(|p| p.active) else { return false };
        let Ok(def) = self.catalog.object(object) else { return false };
        def.system
            || entry.roles.iter().filter_map(|r| self.catalog.roles.get(r)).any(|r| {
                r.def
                    .grants
                    .iter()
                    .any(|g| g.object == *object && keeps(&g.scope) && g.verbs.contains(&Verb::Edit))
            })
    }

    /// The active people of a department who run handovers of it: its managers.
    pub fn managers(&self, department: &DepartmentId) -> Vec<PersonId> {
        self.directory
            .people
            .values()
            .filter(|p| p.active && p.department.as_ref() == Some(department))
            .filter(|p| {
                p.roles.iter().filter_map(|r| self.catalog.roles.get(r)).any(|r| {
                    r.def.acts.get(&ActName::HandoversRun) == Some(&kedun_model::role::Reach::DepartmentTree)
                })
            })
            .map(|p| p.id.clone())
            .collect()
    }

    /// The department above.
    pub fn above(&self, department: &DepartmentId) -> Option<DepartmentId> {
        self.directory.departments.get(department).and_then(|(_, parent, _)| parent.clone())
    }
}

/// Whether whoever edits in this scope still can once a record is theirs.
pub(crate) fn keeps(scope: &RowScope) -> bool {
    matches!(scope, RowScope::Own | RowScope::All)
}

/// What a handover came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// Records by heir and object.
    pub heirs: BTreeMap<PersonId, BTreeMap<ObjectName, i64>>,
    /// Records that did not move, by reason.
    pub refused: BTreeMap<String, i64>,
}
