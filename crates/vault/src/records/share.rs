//! Shares: a colleague may look at, or work on, one record, for a purpose and until a date.

use super::give::names_nobody;
use crate::audit::Act;
use crate::error::Result;
use crate::ids;
use crate::scope::Scope;
use crate::tx::Tx;
use kedun_model::policy::judge;
use kedun_model::{PersonId, Problem, RecordId, Verb};
use serde::Serialize;

/// Longest life of a share.
const LONGEST_MS: i64 = 366 * 86_400_000;

/// A share as those see it who may share the record.
#[derive(Clone, Debug, Serialize)]
pub struct ShareView {
    /// Its id.
    pub id: String,
    /// With whom.
    pub person: String,
    /// Their name.
    pub name: Option<String>,
    /// `read` or `edit`.
    pub level: String,
    /// What for.
    pub purpose: String,
    /// By whom.
    pub granted_by: String,
    /// When, UTC ms.
    pub granted_at: i64,
    /// Until when, UTC ms.
    pub until: i64,
}

impl Tx {
    /// Shares a record.
    ///
    /// # Errors
    /// Not found, forbidden, an unknown person, a date in the past or more than a year away, no purpose, or one
    /// that holds personal data.
    pub async fn share(
        &mut self,
        object: &str,
        id: &RecordId,
        person: &PersonId,
        edit: bool,
        purpose: &str,
        until: i64,
    ) -> Result<String> {
        // A gift ends the shares that it finds; whoever shares at the same moment must come before it or not at all.
        self.take_root(id).await?;
        let (def, stored, facts) = self.load(object, id).await?;
        if !judge(&self.scope.caller, &def.name, &facts).may(Verb::Share) {
            return Err(Problem::Forbidden("share").into());
        }
        if stored.deleted_at.is_some() {
            return Err(Problem::Conflict("deleted").into());
        }
        let now = self.scope.now();
        if self.scope.directory.people.get(person).is_none_or(|p| !p.active) || person == self.scope.person()
        {
            return Err(Problem::invalid("person", "unknown_person").into());
        }
        if until <= now || until > now + LONGEST_MS {
            return Err(Problem::invalid("until", "date_out_of_range").into());
        }
        let purpose = purpose.trim();
        if purpose.is_empty() || purpose.chars().count() > 200 {
            return Err(Problem::invalid("purpose", "required").into());
        }
        names_nobody("purpose", purpose)?;
        if stored.root != stored.id {
            return Err(Problem::Conflict("follows_its_parent").into());
        }
        self.write
            .run(
                "end a former share",
                "UPDATE share SET ended_at = $1 WHERE record = $2 AND person = $3 AND ended_at IS NULL",
                &[now.into(), id.into(), person.into()],
            )
            .await?;
        let share = ids::new_id();
        self.write
            .run(
                "share",
                "INSERT INTO share (id, record, person, level, purpose, granted_by, granted_at, until) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    share.as_str().into(),
                    id.into(),
                    person.into(),
                    if edit { "edit" } else { "read" }.into(),
                    purpose.into(),
                    self.scope.person().into(),
                    now.into(),
                    until.into(),
                ],
            )
            .await?;
        self.touched.push((def.name.to_string(), id.clone(), "share"));
        self.written.insert(id.clone(), (stored, facts));
        Ok(share)
    }

    /// Ends a share.
    ///
    /// # Errors
    /// Not found, forbidden.
    pub async fn unshare(&mut self, object: &str, id: &RecordId, share: &str) -> Result<()> {
        let (def, _, facts) = self.load(object, id).await?;
        if !judge(&self.scope.caller, &def.name, &facts).may(Verb::Share) {
            return Err(Problem::Forbidden("share").into());
        }
        let ended = self
            .write
            .run(
                "end a share",
                "UPDATE share SET ended_at = $1 WHERE id = $2 AND record = $3 AND ended_at IS NULL",
                &[self.scope.now().into(), share.into(), id.into()],
            )
            .await?;
        if ended == 0 {
            return Err(Problem::NotFound.into());
        }
        self.touched.push((def.name.to_string(), id.clone(), "unshare"));
        Ok(())
    }
}

impl Scope {
    /// The living shares of a record.
    ///
    /// # Errors
    /// Not found, forbidden.
    pub async fn shares(&self, object: &str, id: &RecordId) -> Result<Vec<ShareView>> {
        let record = self.visible(object, id).await?;
        if !record.may(Verb::Share) {
            return Err(Problem::Forbidden("share").into());
        }
        let rows = self
            .inner
            .data
            .all(
                "list shares",
                "SELECT id, person, level, purpose, granted_by, granted_at, until FROM share \
                 WHERE record = $1 AND ended_at IS NULL AND until > $2 ORDER BY granted_at",
                &[id.into(), self.now().into()],
            )
            .await?;
        let shares = rows
            .iter()
            .map(|row| {
                let person = row.text(1)?;
                Ok(ShareView {
                    id: row.text(0)?,
                    name: self.directory.people.get(&PersonId::new(person.as_str())).map(|p| p.name.clone()),
                    person,
                    level: row.text(2)?,
                    purpose: row.text(3)?,
                    granted_by: row.text(4)?,
                    granted_at: row.int(5)?,
                    until: row.int(6)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        self.log(Act::new("share.list", object).on(id, None).count(shares.len())).await?;
        Ok(shares)
    }
}
