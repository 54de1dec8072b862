//! Looking after accounts: one-time passwords, lost second factors, names, freezing and letting in again.
//!
//! **Invariant:** nobody alone becomes somebody else where a second factor is enrolled: the password is reset by whoever
//! manages accounts, the second factor by whoever manages roles, and no administrator is both. Whoever comes in with a
//! one-time password can do nothing but choose another.

use crate::error::{Result, VaultError};
use crate::keys::{Clear, KeyError};
use crate::people::{NewPerson, worded};
use crate::scope::Scope;
use crate::tx::Tx;
use kedun_model::{Act as ActName, FieldError, PersonId, Problem};
use zeroize::Zeroizing;

/// How long a one-time password may be used, ms: a long weekend.
pub const ONE_TIME_MS: i64 = 4 * 86_400_000;

/// Without the characters that are taken for each other when read aloud or written down.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Characters of a one-time password; 5 bits each.
const LENGTH: usize = 16;

/// A password that is shown once to whoever hands it over, and good for choosing another.
pub struct OneTime {
    text: Zeroizing<String>,
    until: i64,
}

impl OneTime {
    fn generate(now: i64) -> Result<OneTime> {
        let mut bytes = Zeroizing::new([0_u8; LENGTH]);
        getrandom::fill(&mut *bytes).map_err(KeyError::Random)?;
        let mut text = Zeroizing::new(String::with_capacity(LENGTH + 3));
        for (i, byte) in bytes.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            let letter = ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or(b'a');
            text.push(char::from(letter));
        }
        Ok(OneTime { text, until: now + ONE_TIME_MS })
    }

    /// The text, for the reply that delivers it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// When it is no longer good for anything, UTC ms.
    pub fn until(&self) -> i64 {
        self.until
    }
}

impl std::fmt::Debug for OneTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTime(…)")
    }
}

impl Tx {
    /// Opens an account with a one-time password; the password in `new` is not looked at.
    ///
    /// # Errors
    /// As [`Tx::add_person`].
    pub async fn add_person_with_one_time(&mut self, new: NewPerson) -> Result<(PersonId, OneTime)> {
        let once = OneTime::generate(self.scope.now())?;
        let id = self.add_person(NewPerson { password: once.expose().to_owned(), ..new }).await?;
        self.limit_password(&id, &once).await?;
        Ok((id, once))
    }

    async fn limit_password(&mut self, person: &PersonId, once: &OneTime) -> Result<()> {
        self.write
            .run(
                "limit a password",
                "UPDATE person SET password_until = $1 WHERE id = $2",
                &[once.until.into(), person.into()],
            )
            .await
            .map(drop)
    }

    /// Replaces a forgotten password by a one-time one. Sessions end, a lock ends, devices and the second factor stay.
    ///
    /// # Errors
    /// Forbidden, also for oneself; not found; `account_frozen`.
    pub async fn reset_password(&mut self, person: &PersonId) -> Result<OneTime> {
        self.scope.require(ActName::PeopleManage, None)?;
        self.is_another_active(person, "reset_oneself")?;
        let once = OneTime::generate(self.scope.now())?;
        let hash = self.scope.inner.passwords.hash(Clear::from(once.expose().to_owned())).await?;
        self.write
            .run(
                "reset a password",
                "UPDATE person SET password = $1, failures = 0, locked_until = 0 WHERE id = $2",
                &[hash.into(), person.into()],
            )
            .await?;
        self.limit_password(person, &once).await?;
        self.end_all_of(person).await?;
        Ok(once)
    }

    /// Takes a lost second factor off an account. Sessions end; the password stays.
    ///
    /// # Errors
    /// Forbidden, also for oneself; not found; `account_frozen`; `totp_not_enrolled`.
    pub async fn reset_totp(&mut self, person: &PersonId) -> Result<()> {
        self.scope.require(ActName::RolesManage, None)?;
        self.is_another_active(person, "reset_oneself")?;
        let taken = self
            .write
            .run(
                "take a second factor off",
                "UPDATE person SET totp = NULL, totp_next = NULL, totp_confirmed = 0 WHERE id = $1 AND totp_confirmed = 1",
                &[person.into()],
            )
            .await?;
        if taken == 0 {
            return Err(Problem::Conflict("totp_not_enrolled").into());
        }
        self.end_all_of(person).await
    }

    async fn end_all_of(&mut self, person: &PersonId) -> Result<()> {
        self.write
            .run(
                "end the sessions of a person",
                "UPDATE session SET ended_at = $1 WHERE person = $2 AND ended_at IS NULL",
                &[self.scope.now().into(), person.into()],
            )
            .await?;
        self.refresh = true;
        Ok(())
    }

    fn is_another_active(&self, person: &PersonId, oneself: &'static str) -> Result<()> {
        if person == self.scope.person() {
            return Err(Problem::Forbidden(oneself).into());
        }
        let entry = self.scope.directory.people.get(person).ok_or(Problem::NotFound)?;
        if entry.active { Ok(()) } else { Err(Problem::Conflict("account_frozen").into()) }
    }

    /// Lets a frozen account in again, with a one-time password: what was known to its devices is not enough.
    ///
    /// # Errors
    /// Forbidden, not found, `account_active`.
    pub async fn let_in_again(&mut self, person: &PersonId) -> Result<OneTime> {
        self.scope.require(ActName::PeopleManage, None)?;
        if !self.scope.directory.people.contains_key(person) {
            return Err(Problem::NotFound.into());
        }
        let opened = self
            .write
            .run(
                "let a person in again",
                "UPDATE person SET state = 'active' WHERE id = $1 AND state = 'frozen'",
                &[person.into()],
            )
            .await?;
        if opened == 0 {
            return Err(Problem::Conflict("account_active").into());
        }
        let once = OneTime::generate(self.scope.now())?;
        let hash = self.scope.inner.passwords.hash(Clear::from(once.expose().to_owned())).await?;
        self.write
            .run(
                "reset a password",
                "UPDATE person SET password = $1, failures = 0, locked_until = 0 WHERE id = $2",
                &[hash.into(), person.into()],
            )
            .await?;
        self.limit_password(person, &once).await?;
        self.refresh = true;
        Ok(once)
    }

    /// Mends the name or the staff number of an account.
    ///
    /// # Errors
    /// Forbidden, not found, no name or one that is no word.
    pub async fn rename_person(
        &mut self,
        person: &PersonId,
        name: Option<&str>,
        staff_no: Option<&str>,
    ) -> Result<()> {
        self.scope.require(ActName::PeopleManage, None)?;
        let entry = self.scope.directory.people.get(person).ok_or(Problem::NotFound)?;
        let name = name.unwrap_or(&entry.name).trim().to_owned();
        let staff_no = staff_no.unwrap_or(&entry.staff_no).trim().to_owned();
        if name.is_empty() {
            return Err(Problem::invalid("name", "required").into());
        }
        worded("name", &name, 60)
            .and_then(|()| worded("staff_no", &staff_no, 40))
            .map_err(|error: FieldError| VaultError::from(Problem::Invalid(vec![error])))?;
        self.write
            .run(
                "rename a person",
                "UPDATE person SET name = $1, staff_no = $2 WHERE id = $3",
                &[name.as_str().into(), staff_no.as_str().into(), person.into()],
            )
            .await?;
        self.refresh = true;
        Ok(())
    }
}

impl Scope {
    /// Whether the caller came in with a one-time password and has not chosen another yet. Until then they hold no
    /// grant and no act.
    pub fn must_choose_password(&self) -> bool {
        self.must_choose_password
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys;

    #[test]
    fn a_one_time_password_passes_the_rules_and_shows_itself_to_nobody() {
        let (a, b) = (OneTime::generate(0).unwrap(), OneTime::generate(0).unwrap());
        assert_ne!(a.expose(), b.expose());
        assert_eq!(a.expose().len(), LENGTH + 3);
        assert!(keys::password::check(a.expose(), "zhang.wei", &["张伟"]).is_empty());
        assert_eq!(format!("{a:?}"), "OneTime(…)");
        assert_eq!(a.until(), ONE_TIME_MS);
    }
}
