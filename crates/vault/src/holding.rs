//! Who holds which roles.

use crate::error::Result;
use crate::tx::Tx;
use kedun_model::role::not_together;
use kedun_model::{Act as ActName, PersonId, Problem, RoleDef, RoleName};
use std::collections::BTreeSet;

impl Tx {
    /// Gives a person exactly these roles, and answers which they had. Nobody changes their own.
    ///
    /// # Errors
    /// Forbidden; unknown roles; two administrators in one person.
    pub async fn set_roles(&mut self, person: &PersonId, roles: &[RoleName]) -> Result<Vec<RoleName>> {
        self.scope.require(ActName::RolesManage, None)?;
        if person == self.scope.person() {
            return Err(Problem::Forbidden("own_roles").into());
        }
        if !self.scope.directory.people.contains_key(person) {
            return Err(Problem::NotFound.into());
        }
        // Of two who set them at the same time the second sees what the first has set; else both would stand together.
        self.take_person(person).await?;
        let sql = "SELECT role FROM person_role WHERE person = $1 ORDER BY role";
        let before = self.write.all("read roles", sql, &[person.into()]).await?;
        let before = before.iter().map(|row| row.text(0).map(RoleName::from)).collect::<Result<Vec<_>>>()?;
        self.write.run("clear roles", "DELETE FROM person_role WHERE person = $1", &[person.into()]).await?;
        self.grant_roles(person, roles).await?;
        self.refresh = true;
        Ok(before)
    }

    /// Gives a person who holds none all of these roles.
    pub(crate) async fn grant_roles(&mut self, person: &PersonId, roles: &[RoleName]) -> Result<()> {
        if roles.is_empty() {
            return Ok(());
        }
        // Of a gift and a publication of the same role the second waits here, and sees what the first has made; else each
        // would be checked without the other.
        for role in roles.iter().collect::<BTreeSet<_>>() {
            let sql = "UPDATE definition SET state = state WHERE kind = 'role' AND name = $1 AND state = 'published'";
            self.write.run("wait for publications", sql, &[role.into()]).await?;
        }
        let catalog = self.stored_catalog().await?;
        if !roles.iter().all(|role| catalog.roles.contains_key(role)) {
            return Err(Problem::invalid("roles", "unknown_role").into());
        }
        let held: Vec<&RoleDef> =
            roles.iter().filter_map(|role| catalog.roles.get(role)).map(|p| p.def.as_ref()).collect();
        if let Some(code) = not_together(&held, |name| catalog.objects.get(name).map(|p| p.def.as_ref())) {
            return Err(Problem::invalid("roles", code).into());
        }
        for role in roles {
            self.write
                .run(
                    "grant a role",
                    "INSERT INTO person_role (person, role, granted_by, granted_at) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT DO NOTHING",
                    &[person.into(), role.into(), self.scope.person().into(), self.scope.now().into()],
                )
                .await?;
        }
        self.refresh = true;
        Ok(())
    }

    /// Holds the row of a person until the end of the change, so that changes of one person follow each other.
    pub(crate) async fn take_person(&mut self, person: &PersonId) -> Result<()> {
        let sql = "UPDATE person SET failures = failures WHERE id = $1";
        self.write.run("take a person", sql, &[person.into()]).await.map(drop)
    }
}
