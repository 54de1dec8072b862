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

/// How far back a handover looks at what the leaver looked at.
const LOOK_BACK_MS: i64 = 30 * 86_400_000;
/// What somebody looked at, by how. Lists and orders of exports are told by their rows alone: which records were in them lies
/// in the details.
const LOOKED: &str = "SELECT action, COUNT(DISTINCT entry) FROM look WHERE person = $1 AND at > $2 \
    AND action IN ('record.read', 'field.reveal', 'file.read', 'record.print') GROUP BY action \
    UNION ALL SELECT action, COUNT(*) FROM ledger_row WHERE action IN ('record.list', 'export.order') AND at > $2 AND person = $1 GROUP BY action";

impl Scope {
    /// How often a person has looked at records in the last thirty days: `read`, `list`, `reveal`, `file`, `print`, `export`.
    /// Numbers only, so that whoever runs a handover sees what is out of the ordinary and asks who may read the log.
    ///
    /// # Errors
    /// As [`Scope::owned_by`].
    pub async fn looks_of(&self, person: &PersonId) -> Result<BTreeMap<String, i64>> {
        self.require(Act::HandoversRun, self.departments_of(person).0.as_ref())?;
        self.inner.journal.post().await?;
        let args = [person.into(), (self.now() - LOOK_BACK_MS).into()];
        let mut looks = BTreeMap::new();
        for row in self.inner.data.all("count looks", LOOKED, &args).await? {
            let how = match row.text(0)?.as_str() {
                "record.read" => "read",
                "record.list" => "list",
                "field.reveal" => "reveal",
                "file.read" => "file",
                "record.print" => "print",
                _ => "export",
            };
            looks.insert(how.to_owned(), row.int(1)?);
        }
        Ok(looks)
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
