//! How long records have been kept and must be: what the terms are counted from, for all of them at once, and the legal
//! holds that stop them.
//!
//! **Invariant:** nothing here destroys, and no value of a record is read: only when something was done.

use crate::audit::Act;
use crate::error::Result;
use crate::ids;
use crate::row::Stored;
use crate::scope::Scope;
use crate::sql::Row;
use crate::statement::Statement;
use crate::tx::Tx;
use crate::view::{RecordView, Shown};
use kedun_model::definition::Subject;
use kedun_model::retention::{Clock, Due, Retention};
use kedun_model::{
    Act as ActName, DepartmentId, FieldDef, FieldKind, ObjectDef, ObjectName, PersonId, Problem, RecordId,
    Verb, Zone,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A record with a term of its own.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its object.
    pub object: ObjectName,
    /// Its id.
    pub record: RecordId,
    /// Its department.
    pub department: Option<DepartmentId>,
    /// When somebody last worked on it, UTC ms.
    pub last_activity: i64,
    /// When its term is over; none while it goes on.
    pub due: Option<Due>,
    /// Whether a hold stops the term.
    pub held: bool,
}

/// A legal hold.
#[derive(Clone, Debug, Serialize)]
pub struct HoldView {
    /// Its id.
    pub id: String,
    /// The object of the record.
    pub object: String,
    /// What is held.
    pub record: String,
    /// Why.
    pub ground: String,
    /// In the words of who placed it.
    pub note: String,
    /// Who placed it.
    pub placed_by: serde_json::Value,
    /// When, UTC ms.
    pub placed_at: i64,
}

/// An object whose records have terms.
fn termed(def: &ObjectDef) -> Option<&Retention> {
    def.retention.as_ref().filter(|_| def.subject == Subject::Own)
}

impl Scope {
    /// Every record that has a term of its own, with when it is over. Records in the recycle bin are among them: their
    /// data are kept as well.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn kept(&self) -> Result<Vec<Kept>> {
        self.require(ActName::RetentionOversee, None)?;
        let defs: Vec<Arc<ObjectDef>> = self
            .catalog
            .objects
            .values()
            .map(|p| p.def.clone())
            .filter(|def| termed(def).is_some())
            .collect();
        let mut kept = Vec::new();
        for def in defs {
            let Some(terms) = termed(&def) else { continue };
            let bases = self.bases(&def, terms).await?;
            let mut ends = BTreeMap::new();
            for (object, field) in terms.ends() {
                let key = (object.clone(), field.to_owned());
                ends.insert(key, self.last_days(object, field).await?);
            }
            for row in self.worked_on(&def).await? {
                kept.push(read(&row, &def, terms, &bases, &ends, self.catalog.zone())?);
            }
        }
        Ok(kept)
    }

    /// The records of an object with the times that show work on them.
    async fn worked_on(&self, def: &ObjectDef) -> Result<Vec<Row>> {
        let mut sql = Statement::default();
        // What the house keeps about a record is no work on it: asking to be erased must not keep one longer.
        let worked: Vec<&str> = self
            .catalog
            .objects
            .values()
            .filter(|p| !p.def.system && p.def.subject == Subject::Parent)
            .map(|p| p.def.name.as_str())
            .collect();
        let join = if worked.is_empty() {
            "LEFT JOIN (SELECT subject, created_at AS last FROM record WHERE 1 = 0) a".to_owned()
        } else {
            format!(
                "LEFT JOIN (SELECT subject, MAX(created_at) AS last FROM record WHERE subject IS NOT NULL AND object IN ({}) \
                 GROUP BY subject) a",
                sql.list(worked)
            )
        };
        let object = sql.arg(def.name.as_str());
        sql.text = format!(
            "SELECT r.id, r.department, r.created_at, r.last_follow_up, r.owned_since, r.hold, a.last FROM record r {join} \
             ON a.subject = r.id WHERE r.object = {object} AND r.subject = r.id ORDER BY r.id"
        );
        self.inner.data.all("read what is kept", &sql.text, &sql.args).await
    }

    /// The lawful bases on record, as far as terms ask for them, by whom they concern.
    async fn bases(&self, of: &ObjectDef, terms: &Retention) -> Result<BTreeMap<RecordId, Vec<String>>> {
        let mut found: BTreeMap<RecordId, Vec<String>> = BTreeMap::new();
        // Consents stand under whom they are about, in an object of the house that names the basis.
        let kept = self.catalog.objects.values().map(|p| p.def.clone()).find(|def| {
            def.system
                && def.parent.as_ref().is_some_and(|p| p.object == of.name)
                && def.field("basis").is_some()
        });
        let Some(consent) = kept.filter(|_| !terms.by_basis.is_empty()) else { return Ok(found) };
        let Some(basis) = consent.field("basis") else { return Ok(found) };
        let mut sql = Statement::default();
        let (field, object) = (sql.arg(projection(&consent, basis)), sql.arg(consent.name.as_str()));
        let wanted = sql.list(terms.by_basis.keys().map(String::as_str));
        sql.text = format!(
            "SELECT DISTINCT c.parent, i.value FROM record c JOIN idx_ref i ON i.record = c.id AND i.field = {field} \
             WHERE c.object = {object} AND c.deleted_at IS NULL AND c.status = 'valid' AND c.parent IS NOT NULL \
             AND i.value IN ({wanted})"
        );
        for row in self.inner.data.all("read lawful bases", &sql.text, &sql.args).await? {
            found.entry(row.text(0)?.into()).or_default().push(row.text(1)?);
        }
        Ok(found)
    }

    /// The last day in a field of the records under each parent; none while one of them has no such day.
    async fn last_days(&self, object: &ObjectName, name: &str) -> Result<BTreeMap<RecordId, Option<i64>>> {
        let mut found = BTreeMap::new();
        let Ok(def) = self.catalog.object(object).cloned() else { return Ok(found) };
        let Some(field) = def.field(name).filter(|f| matches!(f.kind, FieldKind::Date | FieldKind::Datetime))
        else {
            return Ok(found);
        };
        let mut sql = Statement::default();
        let (projected, object) = (sql.arg(projection(&def, field)), sql.arg(def.name.as_str()));
        sql.text = format!(
            "SELECT c.parent, MAX(i.value), COUNT(*), COUNT(i.value) FROM record c LEFT JOIN idx_time i \
             ON i.record = c.id AND i.field = {projected} WHERE c.object = {object} AND c.deleted_at IS NULL \
             AND c.parent IS NOT NULL GROUP BY c.parent"
        );
        for row in self.inner.data.all("read last days", &sql.text, &sql.args).await? {
            let whole = row.int(2)? == row.int(3)?;
            found.insert(RecordId::new(row.text(0)?), row.opt_int(1)?.filter(|_| whole));
        }
        Ok(found)
    }

    /// Titles of records, as far as the caller may read them; those that show are logged as read.
    ///
    /// # Errors
    /// The database fails.
    pub async fn titled(&self, records: &[(ObjectName, RecordId)]) -> Result<BTreeMap<RecordId, String>> {
        let mut titles = BTreeMap::new();
        let objects: BTreeSet<&ObjectName> = records.iter().map(|(object, _)| object).collect();
        for object in objects {
            let Ok(def) = self.object(object.as_str()).cloned() else { continue };
            let ids: Vec<String> =
                records.iter().filter(|(of, _)| of == object).map(|(_, id)| id.to_string()).collect();
            let names = self.titles(&def, &ids).await?;
            let acts: Vec<Act> = names.readings().collect();
            self.log_all(&acts).await?;
            titles.extend(names.records.into_iter().map(|(id, title)| (RecordId::new(id), title)));
        }
        Ok(titles)
    }

    /// Says on a single record that a hold keeps it, and whether one may be placed. It is told to who looks after retention
    /// or erasures, and to whoever could change or delete the record otherwise: they would be refused for it. Why it is
    /// held stands in [`Scope::holds`] alone.
    pub(crate) fn tell_of_hold(&self, shown: &Shown<'_>, stored: &Stored, record: &mut RecordView) {
        let oversees = self.caller.may(ActName::RetentionOversee, None);
        let told = oversees
            || [ActName::ErasuresRequest, ActName::ErasuresApprove]
                .into_iter()
                .any(|act| self.caller.may(act, stored.department.as_ref()))
            || [Verb::Edit, Verb::Delete].into_iter().any(|verb| shown.verdict.may(verb));
        let record = record.change();
        record.held = stored.hold && told;
        record.abilities.hold = oversees && !stored.hold && shown.def.subject == Subject::Own;
    }

    /// The holds that are in force, newest first.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn holds(&self) -> Result<Vec<HoldView>> {
        self.require(ActName::RetentionOversee, None)?;
        let sql = "SELECT id, object, record, ground, note, placed_by, placed_at FROM hold WHERE lifted_at IS NULL \
            ORDER BY placed_at DESC, id DESC LIMIT 500";
        self.inner
            .data
            .all("read holds", sql, &[])
            .await?
            .iter()
            .map(|row| {
                let by = PersonId::new(row.text(5)?);
                Ok(HoldView {
                    id: row.text(0)?,
                    object: row.text(1)?,
                    record: row.text(2)?,
                    ground: row.text(3)?,
                    note: row.text(4)?,
                    placed_by: serde_json::json!({ "id": by, "name": self.name_of(&by) }),
                    placed_at: row.int(6)?,
                })
            })
            .collect()
    }
}

fn projection(def: &ObjectDef, field: &FieldDef) -> String {
    format!("{}.{}", def.name, field.id)
}

type Ends = BTreeMap<(ObjectName, String), BTreeMap<RecordId, Option<i64>>>;

fn read(
    row: &Row,
    def: &ObjectDef,
    terms: &Retention,
    bases: &BTreeMap<RecordId, Vec<String>>,
    ends: &Ends,
    zone: Zone,
) -> Result<Kept> {
    let record = RecordId::new(row.text(0)?);
    let times = [Some(row.int(2)?), row.opt_int(3)?, row.opt_int(4)?, row.opt_int(6)?];
    let clock = Clock {
        last_activity: times.into_iter().flatten().max().unwrap_or(0),
        bases: bases.get(&record).cloned().unwrap_or_default(),
        ends: ends.iter().filter_map(|(key, of)| Some((key.clone(), *of.get(&record)?))).collect(),
    };
    Ok(Kept {
        object: def.name.clone(),
        department: row.opt_text(1)?.map(DepartmentId::new),
        last_activity: clock.last_activity,
        due: terms.due(&clock, zone),
        held: row.int(5)? != 0,
        record,
    })
}

impl Tx {
    /// Places a hold on a record that is a subject of its own: nothing of it can be changed or destroyed until it is
    /// lifted. Its id is the answer.
    ///
    /// # Errors
    /// Forbidden without the act; not found; `on_hold` when one is in force.
    pub async fn place_hold(
        &mut self,
        object: &str,
        record: &RecordId,
        ground: &str,
        note: &str,
    ) -> Result<String> {
        self.scope.require(ActName::RetentionOversee, None)?;
        crate::erasure::one_at_a_time(&mut self.write).await?;
        crate::erasure::subject_within(&mut self.write, object, record).await?.ok_or(Problem::NotFound)?;
        let held = "SELECT id FROM hold WHERE record = $1 AND lifted_at IS NULL";
        if self.write.optional("look for a hold", held, &[record.into()]).await?.is_some() {
            return Err(Problem::Conflict("on_hold").into());
        }
        let id = ids::new_id();
        let sql = "INSERT INTO hold (id, record, object, ground, note, placed_by, placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let args = [
            id.as_str().into(),
            record.into(),
            object.into(),
            ground.into(),
            note.into(),
            self.scope.person().into(),
            self.scope.now().into(),
        ];
        self.write.run("place a hold", sql, &args).await?;
        self.set_hold(record, true).await?;
        Ok(id)
    }

    /// Lifts a hold; answers what was held. The term goes on from where it was: a hold stops it and takes nothing off.
    ///
    /// # Errors
    /// Forbidden without the act; not found when it was lifted before.
    pub async fn lift_hold(&mut self, id: &str) -> Result<(ObjectName, RecordId)> {
        self.scope.require(ActName::RetentionOversee, None)?;
        crate::erasure::one_at_a_time(&mut self.write).await?;
        let sql = "SELECT object, record FROM hold WHERE id = $1 AND lifted_at IS NULL";
        let row = self.write.optional("find a hold", sql, &[id.into()]).await?.ok_or(Problem::NotFound)?;
        let (object, record) = (ObjectName::from(row.text(0)?), RecordId::new(row.text(1)?));
        let args = [self.scope.person().into(), self.scope.now().into(), id.into()];
        let lift = "UPDATE hold SET lifted_by = $1, lifted_at = $2 WHERE id = $3 AND lifted_at IS NULL";
        self.write.run("lift a hold", lift, &args).await?;
        self.set_hold(&record, false).await?;
        Ok((object, record))
    }

    /// The revision moves along: a change that read the record before would write the former state back.
    async fn set_hold(&mut self, record: &RecordId, held: bool) -> Result<()> {
        let sql = "UPDATE record SET hold = $1, revision = revision + 1 WHERE id = $2";
        match self.write.run("hold a record", sql, &[i64::from(held).into(), record.into()]).await? {
            // A hold on nothing would be confirmed and keep nothing.
            0 => Err(Problem::NotFound.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scope::Task;
    use crate::speed_tests::houses;
    use crate::tasks::Approved;
    use crate::{Act, VaultError};
    use kedun_model::flow::Snapshot;
    use kedun_model::policy::Caller;
    use kedun_model::role::Reach;
    use kedun_model::{Act as ActName, Problem, RecordId};
    use std::sync::Arc;

    #[tokio::test(flavor = "multi_thread")]
    async fn no_hold_is_confirmed_for_a_record_that_is_being_destroyed() {
        for house in houses().await {
            let (case, customer) = (RecordId::new("case"), house.customers[0].clone());
            let approved = Approved { target: case.to_string(), snapshot: Snapshot::new([0; 32]), by: None };
            let mut erasing = house.vault.system(Task::Erase).begin().await.unwrap();
            erasing.remove_subject(&case, "customer", &customer, &approved).await.unwrap();

            // Whoever holds stands behind whoever destroys: on SQLite in one commit with them.
            let mut scope = house.vault.system(Task::Casework);
            let mut caller = Caller::clone(&scope.caller);
            caller.acts.extend([(ActName::RetentionOversee, Reach::All)]);
            scope.caller = Arc::new(caller);
            let held = customer.clone();
            let holding = tokio::spawn(async move {
                let mut tx = scope.begin().await?;
                tx.place_hold("customer", &held, "litigation", "").await
            });
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            erasing.commit(Act::new("erasure.destroy", "customer").on(&customer, None)).await.unwrap();
            let placed = holding.await.unwrap();
            assert!(matches!(placed, Err(VaultError::Problem(Problem::NotFound))), "{placed:?}");
        }
    }
}
