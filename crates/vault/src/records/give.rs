//! Giving a record to somebody: transfer, claim from the pool, release into it. What follows the record goes along.

use crate::error::Result;
use crate::falling::Falling;
use crate::row::Stored;
use crate::sql::Arg;
use crate::tx::Tx;
use crate::vault::Signal;
use kedun_model::own_words::personal;
use kedun_model::policy::judge;
use kedun_model::{ObjectName, PersonId, Problem, RecordId, Verb};
use serde_json::json;

/// The pool that is meant when none is named.
const DEFAULT_POOL: &str = "default";
/// The reason of a record that fell by itself. A code, so that each reader has it in their own words.
pub(crate) const NOT_FOLLOWED_UP: &str = "not_followed_up";

/// What is given as a reason stands in the past of the record in clear, as who it was given from and to: no key seals it.
pub(super) fn names_nobody(field: &'static str, words: &str) -> Result<()> {
    if personal(words) {
        return Err(Problem::invalid(field, "personal_data").into());
    }
    Ok(())
}

impl Tx {
    /// Gives a record to another owner. Stage, amounts, plans and history stay; contacts, follow-ups and everything
    /// else that follows the record go along; shares of the former owner's making end.
    ///
    /// # Errors
    /// Not found, forbidden, `deleted`, an heir who is unknown, frozen or could not own it (`cannot_own`), a reason that holds
    /// personal data.
    pub async fn transfer(&mut self, object: &str, id: &RecordId, to: &PersonId, reason: &str) -> Result<()> {
        self.give(object, id, None, to, reason).await
    }

    /// As [`Tx::transfer`], but only while `from` owns the record: a handover that was planned yesterday must not take
    /// away what somebody else was given since.
    ///
    /// # Errors
    /// As [`Tx::transfer`], and `owned_by_another`.
    pub async fn hand_over(
        &mut self,
        object: &str,
        id: &RecordId,
        from: &PersonId,
        to: &PersonId,
        reason: &str,
    ) -> Result<()> {
        self.give(object, id, Some(from), to, reason).await
    }

    async fn give(
        &mut self,
        object: &str,
        id: &RecordId,
        only_from: Option<&PersonId>,
        to: &PersonId,
        reason: &str,
    ) -> Result<()> {
        let (def, mut stored, facts) = self.load(object, id).await?;
        if !judge(&self.scope.caller, &def.name, &facts).may(Verb::Transfer) {
            return Err(Problem::Forbidden("transfer").into());
        }
        // A handover takes along what lies in the recycle bin; nobody else gives it away from there.
        if only_from.is_none() && stored.deleted_at.is_some() {
            return Err(Problem::Conflict("deleted").into());
        }
        // Judged by the record and not by the definition: one that has no parent follows nobody and can be given.
        if stored.root != stored.id {
            return Err(Problem::Conflict("follows_its_parent").into());
        }
        if only_from.is_some_and(|from| stored.owner.as_ref() != Some(from)) {
            return Err(Problem::Conflict("owned_by_another").into());
        }
        names_nobody("reason", reason)?;
        let heir = self.scope.directory.people.get(to).filter(|p| p.active);
        let Some(heir) = heir else { return Err(Problem::invalid("to", "unknown_person").into()) };
        let department = heir.department.clone();
        // Whoever has no right to records of their own would bury it: nobody could see it any more, to take it back.
        if !self.scope.may_own(to, &def.name) {
            return Err(Problem::invalid("to", "cannot_own").into());
        }
        if stored.owner.as_ref() == Some(to) && stored.pool.is_none() {
            return Err(Problem::invalid("to", "owns_it_already").into());
        }
        self.take_root(id).await?;
        let from = stored.owner.clone();
        stored.owner = Some(to.clone());
        stored.department = department;
        stored.pool = None;
        stored.owned_since = Some(self.scope.now());
        self.store(&mut stored).await?;
        self.carry(&stored).await?;
        self.history(
            &stored,
            None,
            "transfer",
            &json!({ "from": from, "to": to, "reason": reason.chars().take(200).collect::<String>() }),
        )
        .await?;
        self.touched.push((def.name.to_string(), id.clone(), "transfer"));
        self.tell_of_gift(&def.name, id, to);
        let facts = super::change::facts_after(&stored, &facts);
        self.written.insert(id.clone(), (stored, facts));
        Ok(())
    }

    /// Tells somebody that they were given something, once in a change however much it is.
    fn tell_of_gift(&mut self, object: &ObjectName, id: &RecordId, to: &PersonId) {
        let told = |signal: &Signal| matches!(signal, Signal::RecordsGiven { to: told, .. } if told == to);
        if !self.signals.iter().any(told) {
            let (to, by) = (to.clone(), self.scope.person().clone());
            self.tell(Signal::RecordsGiven { to, by, object: object.clone(), id: id.clone() });
        }
    }

    /// Takes a record out of the pool. One conditional write: of two who tap at once, one gets it.
    ///
    /// # Errors
    /// Not found, forbidden, `deleted`, already claimed.
    pub async fn claim(&mut self, object: &str, id: &RecordId) -> Result<()> {
        // Before it is read: of two who tap at once, the second sees what the first has done, on both engines.
        self.take_root(id).await?;
        let (def, mut stored, facts) = self.load(object, id).await?;
        if !judge(&self.scope.caller, &def.name, &facts).may(Verb::Claim) {
            return Err(Problem::Forbidden("claim").into());
        }
        if stored.deleted_at.is_some() {
            return Err(Problem::Conflict("deleted").into());
        }
        if stored.pool.is_none() {
            return Err(Problem::Conflict("not_in_pool").into());
        }
        stored.owner = Some(self.scope.person().clone());
        stored.department = self.scope.department().cloned();
        let pool = stored.pool.take();
        stored.owned_since = Some(self.scope.now());
        self.store(&mut stored).await?;
        self.carry(&stored).await?;
        self.history(&stored, None, "claim", &json!({ "pool": pool })).await?;
        self.touched.push((def.name.to_string(), id.clone(), "claim"));
        let facts = super::change::facts_after(&stored, &facts);
        self.written.insert(id.clone(), (stored, facts));
        Ok(())
    }

    /// Puts a record into the pool. It has no owner then; its shares end.
    ///
    /// # Errors
    /// Not found, forbidden, `deleted`, an object without a pool, a reason or a pool that holds personal data.
    pub async fn release(
        &mut self,
        object: &str,
        id: &RecordId,
        pool: Option<&str>,
        reason: &str,
    ) -> Result<()> {
        let (def, mut stored, facts) = self.load(object, id).await?;
        if !judge(&self.scope.caller, &def.name, &facts).may(Verb::Release) {
            return Err(Problem::Forbidden("release").into());
        }
        if stored.deleted_at.is_some() {
            return Err(Problem::Conflict("deleted").into());
        }
        if !def.pooled {
            return Err(Problem::Conflict("no_pool").into());
        }
        if stored.pool.is_some() {
            return Err(Problem::Conflict("already_in_pool").into());
        }
        names_nobody("reason", reason)?;
        names_nobody("pool", pool.unwrap_or_default())?;
        self.take_root(id).await?;
        let from = stored.owner.take();
        stored.pool = Some(pool.unwrap_or(DEFAULT_POOL).to_owned());
        stored.owned_since = None;
        self.store(&mut stored).await?;
        self.carry(&stored).await?;
        self.history(
            &stored,
            None,
            "release",
            &json!({ "from": from, "pool": stored.pool, "reason": reason.chars().take(200).collect::<String>() }),
        )
        .await?;
        self.touched.push((def.name.to_string(), id.clone(), "release"));
        let facts = super::change::facts_after(&stored, &facts);
        self.written.insert(id.clone(), (stored, facts));
        Ok(())
    }

    /// Lets a record fall to the pool that nobody followed up in time; false when it is not its day (any more), or nobody's.
    ///
    /// # Errors
    /// As [`Tx::release`].
    pub async fn fall(&mut self, object: &str, id: &RecordId) -> Result<bool> {
        // Before it is judged: on PostgreSQL a follow-up could come between the judgement and the release, which reads again.
        self.take_root(id).await?;
        let (def, stored, _) = self.load(object, id).await?;
        let rule = Falling::of(&def, self.scope.catalog.zone());
        let due = rule.and_then(|rule| rule.due(&stored)).is_some_and(|due| due <= self.scope.now());
        // What is held stays where it is; its countdown does not tell that it is held.
        if !due || stored.hold || stored.deleted_at.is_some() {
            return Ok(false);
        }
        self.release(object, id, None, NOT_FOLLOWED_UP).await?;
        Ok(true)
    }

    /// What follows a record has its owner, department and pool; its shares end, whoever gave them: the new owner decides anew.
    async fn carry(&mut self, stored: &Stored) -> Result<()> {
        let id = &stored.id;
        self.write
            .run(
                "carry what follows",
                "UPDATE record SET owner = $1, department = $2, pool = $3 WHERE root = $4 AND id <> $4",
                &[
                    stored.owner.as_ref().into(),
                    stored.department.as_ref().into(),
                    stored.pool.clone().into(),
                    id.into(),
                ],
            )
            .await?;
        self.write
            .run(
                "end shares",
                "UPDATE share SET ended_at = $1 WHERE record = $2 AND ended_at IS NULL",
                &[Arg::from(self.scope.now()), id.into()],
            )
            .await?;
        Ok(())
    }
}
