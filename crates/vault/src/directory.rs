//! People and departments in memory, with each person's roles: what every request needs and few change.

use crate::error::Result;
use crate::sql::Db;
use kedun_model::{DepartmentId, PersonId, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// A person as the house knows them.
#[derive(Clone, Debug)]
pub(crate) struct PersonEntry {
    pub(crate) id: PersonId,
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) staff_no: String,
    pub(crate) department: Option<DepartmentId>,
    pub(crate) language: String,
    pub(crate) active: bool,
    pub(crate) roles: BTreeSet<RoleName>,
    pub(crate) has_totp: bool,
    /// Until when a one-time password is good, UTC ms; none for a password of the person's own.
    pub(crate) one_time_until: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub(crate) people: BTreeMap<PersonId, PersonEntry>,
    pub(crate) departments: BTreeMap<DepartmentId, (String, Option<DepartmentId>, i64)>,
}

impl Directory {
    pub(crate) async fn load(db: &Db) -> Result<Directory> {
        let mut directory = Directory::default();
        for row in
            db.all("load departments", "SELECT id, name, parent, position FROM department", &[]).await?
        {
            directory.departments.insert(
                row.text(0)?.into(),
                (row.text(1)?, row.opt_text(2)?.map(DepartmentId::new), row.int(3)?),
            );
        }
        let people = "SELECT id, login, name, staff_no, department, language, state, totp_confirmed, password_until FROM person";
        for row in db.all("load people", people, &[]).await? {
            let id = PersonId::new(row.text(0)?);
            directory.people.insert(
                id.clone(),
                PersonEntry {
                    id,
                    login: row.text(1)?,
                    name: row.text(2)?,
                    staff_no: row.text(3)?,
                    department: row.opt_text(4)?.map(DepartmentId::new),
                    language: row.text(5)?,
                    active: row.text(6)? == "active",
                    roles: BTreeSet::new(),
                    has_totp: row.int(7)? != 0,
                    one_time_until: row.opt_int(8)?,
                },
            );
        }
        for row in db.all("load roles of people", "SELECT person, role FROM person_role", &[]).await? {
            if let Some(person) = directory.people.get_mut(&PersonId::new(row.text(0)?)) {
                person.roles.insert(row.text(1)?.into());
            }
        }
        Ok(directory)
    }

    /// A department and everything below it. Cycles cannot loop: each department is entered once.
    pub(crate) fn subtree(&self, top: &DepartmentId) -> BTreeSet<DepartmentId> {
        let mut found = BTreeSet::new();
        if !self.departments.contains_key(top) {
            return found;
        }
        let mut open = vec![top.clone()];
        while let Some(id) = open.pop() {
            if found.insert(id.clone()) {
                open.extend(
                    self.departments
                        .iter()
                        .filter(|(_, (_, parent, _))| parent.as_ref() == Some(&id))
                        .map(|(c, _)| c.clone()),
                );
            }
        }
        found
    }

    pub(crate) fn department_name(&self, id: &DepartmentId) -> Option<&str> {
        self.departments.get(id).map(|(name, ..)| name.as_str())
    }
}
