//! Everything that has a person in it, for a handover: nothing may be left behind.

use crate::error::Result;
use crate::scope::Scope;
use crate::sql::Row;
use crate::tx::Tx;
use kedun_model::{Act, DepartmentId, ObjectName, PersonId, RecordId};
use std::collections::BTreeMap;

/// A record that somebody owns by itself (what follows it goes along).
#[derive(Clone, Debug)]
pub struct Owned {
    /// Its id.
    pub id: RecordId,
    /// Its object.
    pub object: ObjectName,
    /// Its department.
    pub department: Option<DepartmentId>,
    /// Its parent, when it has one of its own.
    pub parent: Option<RecordId>,
    /// Whether it lies in the recycle bin; it is handed over all the same.
    pub deleted: bool,
}

/// What somebody owns by itself; of it, what the plan of a handover has is left out.
const OWNED: &str = "SELECT id, object, department, parent, deleted_at FROM record WHERE owner = $1 AND root = id \
    AND NOT EXISTS (SELECT 1 FROM handover_item i WHERE i.handover = $2 AND i.record = record.root) \
    ORDER BY object, id";
/// The same with all that follows it, counted.
const INVENTORY: &str = "SELECT object, COUNT(*) FROM record WHERE owner = $1 \
    AND NOT EXISTS (SELECT 1 FROM handover_item i WHERE i.handover = $2 AND i.record = record.root) \
    GROUP BY object ORDER BY object";

impl Owned {
    fn read(row: &Row) -> Result<Owned> {
        Ok(Owned {
            id: row.text(0)?.into(),
            object: row.text(1)?.into(),
            department: row.opt_text(2)?.map(DepartmentId::new),
            parent: row.opt_text(3)?.map(RecordId::new),
            deleted: row.opt_int(4)?.is_some(),
        })
    }
}

impl Scope {
    /// The records that a person owns, of every object. For tasks and capabilities that have checked the act.
    ///
    /// # Errors
    /// Forbidden without the act; the database fails.
    pub async fn owned_by(&self, person: &PersonId) -> Result<Vec<Owned>> {
        self.require(Act::HandoversRun, self.departments_of(person).0.as_ref())?;
        let args = [person.into(), None::<&RecordId>.into()];
        self.inner.data.all("find what a person owns", OWNED, &args).await?.iter().map(Owned::read).collect()
    }

    /// Records of any kind that still name the person as owner: must be none after a handover.
    ///
    /// # Errors
    /// As [`Scope::owned_by`].
    pub async fn still_owned_by(&self, person: &PersonId) -> Result<i64> {
        self.require(Act::HandoversRun, self.departments_of(person).0.as_ref())?;
        let sql = "SELECT COUNT(*) FROM record WHERE owner = $1";
        let row = self.inner.data.optional("count what hangs on a person", sql, &[person.into()]).await?;
        Ok(row.map(|r| r.int(0)).transpose()?.unwrap_or(0))
    }
}

/// Counted through the change that freezes an account: what the leaver made a moment ago may share its commit, on SQLite,
/// and is seen beside it by nobody.
impl Tx {
    /// As [`Scope::owned_by`]; without what is in the plan of `planned`, where one is named.
    ///
    /// # Errors
    /// As [`Scope::owned_by`].
    pub async fn owned_by(&mut self, person: &PersonId, planned: Option<&RecordId>) -> Result<Vec<Owned>> {
        self.scope.require(Act::HandoversRun, self.scope.departments_of(person).0.as_ref())?;
        let rows = self.write.all("take inventory", OWNED, &[person.into(), planned.into()]).await?;
        rows.iter().map(Owned::read).collect()
    }

    /// The records of [`Tx::owned_by`] with all that follows them, per object: counted before they move.
    ///
    /// # Errors
    /// As [`Scope::owned_by`].
    pub async fn inventory_of(
        &mut self,
        person: &PersonId,
        planned: Option<&RecordId>,
    ) -> Result<BTreeMap<ObjectName, i64>> {
        self.scope.require(Act::HandoversRun, self.scope.departments_of(person).0.as_ref())?;
        let rows = self.write.all("take inventory", INVENTORY, &[person.into(), planned.into()]).await?;
        rows.iter().map(|row| Ok((row.text(0)?.into(), row.int(1)?))).collect()
    }

    /// How many shares of a person's making are in force, without those that are over.
    ///
    /// # Errors
    /// As [`Scope::owned_by`].
    pub async fn shares_given_by(&mut self, person: &PersonId) -> Result<i64> {
        self.scope.require(Act::HandoversRun, self.scope.departments_of(person).0.as_ref())?;
        let sql = "SELECT COUNT(*) FROM share WHERE granted_by = $1 AND ended_at IS NULL AND until > $2";
        let args = [person.into(), self.scope.now().into()];
        let row = self.write.optional("count shares", sql, &args).await?;
        Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or(0))
    }
}
