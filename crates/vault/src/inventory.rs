//! Everything that has a person in it, for a handover: nothing may be left behind.

use crate::error::Result;
use crate::scope::Scope;
use kedun_model::{DepartmentId, ObjectName, PersonId, RecordId};

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

/// What else hangs on a person.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    /// Living sessions.
    pub sessions: i64,
    /// Living devices.
    pub devices: i64,
    /// Shares given to them.
    pub shares_received: i64,
    /// Shares that they gave.
    pub shares_given: i64,
    /// Approvals that they asked for and that are still open.
    pub open_requests: i64,
    /// Export files of theirs that can still be downloaded.
    pub export_files: i64,
}

impl Scope {
    /// The records that a person owns, of every object. For tasks and capabilities that have checked the act.
    ///
    /// # Errors
    /// Forbidden without the act; the database fails.
    pub async fn owned_by(&self, person: &PersonId) -> Result<Vec<Owned>> {
        let department = self.directory.people.get(person).and_then(|p| p.department.clone());
        self.require(kedun_model::Act::HandoversRun, department.as_ref())?;
        self.inner
            .data
            .all(
                "take inventory",
                "SELECT id, object, department, parent, deleted_at FROM record WHERE owner = $1 AND root = id \
                 ORDER BY object, id",
                &[person.into()],
            )
            .await?
            .iter()
            .map(|row| {
                Ok(Owned {
                    id: row.text(0)?.into(),
                    object: row.text(1)?.into(),
                    department: row.opt_text(2)?.map(DepartmentId::new),
                    parent: row.opt_text(3)?.map(RecordId::new),
                    deleted: row.opt_int(4)?.is_some(),
                })
            })
            .collect()
    }

    /// Records of any kind that still name the person as owner: must be none after a handover.
    ///
    /// # Errors
    /// As [`Scope::owned_by`].
    pub async fn still_owned_by(&self, person: &PersonId) -> Result<i64> {
        let department = self.directory.people.get(person).and_then(|p| p.department.clone());
        self.require(kedun_model::Act::HandoversRun, department.as_ref())?;
        self.number("SELECT COUNT(*) FROM record WHERE owner = $1", person).await
    }

    /// What else hangs on a person.
    ///
    /// # Errors
    /// As [`Scope::owned_by`].
    pub async fn strings_of(&self, person: &PersonId) -> Result<Strings> {
        let department = self.directory.people.get(person).and_then(|p| p.department.clone());
        self.require(kedun_model::Act::HandoversRun, department.as_ref())?;
        Ok(Strings {
            sessions: self
                .number("SELECT COUNT(*) FROM session WHERE person = $1 AND ended_at IS NULL", person)
                .await?,
            devices: self
                .number("SELECT COUNT(*) FROM device WHERE person = $1 AND ended_at IS NULL", person)
                .await?,
            shares_received: self.living_shares("person", person).await?,
            shares_given: self.living_shares("granted_by", person).await?,
            open_requests: self
                .number("SELECT COUNT(*) FROM task WHERE requester = $1 AND state = 'open'", person)
                .await?,
            export_files: self
                .number(
                    "SELECT COUNT(*) FROM export_file f JOIN record r ON r.id = f.id WHERE r.owner = $1",
                    person,
                )
                .await?,
        })
    }

    /// Shares that somebody has or gave, without those that are over.
    async fn living_shares(&self, whose: &'static str, person: &PersonId) -> Result<i64> {
        let sql =
            format!("SELECT COUNT(*) FROM share WHERE {whose} = $1 AND ended_at IS NULL AND until > $2");
        let args = [person.into(), self.now().into()];
        let row = self.inner.data.optional("count shares", &sql, &args).await?;
        Ok(row.map(|r| r.int(0)).transpose()?.unwrap_or(0))
    }

    async fn number(&self, sql: &str, person: &PersonId) -> Result<i64> {
        let row = self.inner.data.optional("count what hangs on a person", sql, &[person.into()]).await?;
        Ok(row.map(|r| r.int(0)).transpose()?.unwrap_or(0))
    }
}
