//! The second factor: whether everybody needs one, how one is enrolled, replaced and given up.
//!
//! **Invariant:** where it is demanded, a session of somebody without one holds no grant and no act, and nobody takes their
//! own off: another takes its place in one change, at a code of each. A code forgives no guess at the password: wrong ones
//! are forgotten where the password was proved, by signing in or by changing it.

use crate::audit::Act;
use crate::demo_mark::DemoMark;
use crate::error::{Result, VaultError};
use crate::keys::{self, TotpSecret};
use crate::scope::Scope;
use crate::vault::{Inner, Vault};
use kedun_model::Problem;
use serde::{Deserialize, Serialize};

/// Whether a password alone lets people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Nobody does anything before they have enrolled one.
    Demanded,
    /// Whoever enrols one is asked for it.
    Optional,
}

impl SecondFactor {
    /// What holds in a house where nothing was set: its people need one, those of the demo do not. Its passwords are
    /// published, so a second factor would keep nobody out but whoever looks around.
    pub fn unset(demo: Option<DemoMark>) -> SecondFactor {
        if demo.is_some() { SecondFactor::Optional } else { SecondFactor::Demanded }
    }
}

const READ: &str = "SELECT totp, totp_confirmed, totp_step, totp_next FROM person WHERE id = $1";

struct Kept {
    sealed: Option<Vec<u8>>,
    confirmed: bool,
    step: i64,
    next: Option<Vec<u8>>,
}

impl Vault {
    /// Whether a password alone lets people into this house.
    ///
    /// # Errors
    /// The database fails.
    pub async fn second_factor(&self) -> Result<SecondFactor> {
        self.inner.second_factor().await
    }
}

impl Inner {
    pub(crate) async fn second_factor(&self) -> Result<SecondFactor> {
        match self.options.second_factor {
            Some(set) => Ok(set),
            None => DemoMark::of(&self.data).await.map(SecondFactor::unset),
        }
    }
}

impl Scope {
    /// Whether the caller has to enrol a second factor first. Until then they hold no grant and no act.
    pub fn must_enrol_second_factor(&self) -> bool {
        self.must_enrol
    }

    /// Begins to enrol a second factor, or one that is to take the place of the caller's: answers the secret and its
    /// address for an authenticator. One that is in force stays so until [`Scope::confirm_totp`].
    ///
    /// # Errors
    /// The database fails; a second factor came or went meanwhile.
    pub async fn begin_totp(&self, issuer: &str) -> Result<(String, String)> {
        let me = self.directory.people.get(self.person()).ok_or(VaultError::NoSession)?;
        let secret = TotpSecret::generate()?;
        let sealed = keys::seal_system(&self.inner.system, "totp", self.person().as_str(), secret.expose())?;
        // What the directory says may be a moment old; a factor in force is never written over.
        let sql = if me.has_totp {
            "UPDATE person SET totp_next = $1 WHERE id = $2 AND totp_confirmed = 1"
        } else {
            "UPDATE person SET totp = $1, totp_step = 0 WHERE id = $2 AND totp_confirmed = 0"
        };
        let mut tx = self.begin().await?;
        if tx.write.run("keep a TOTP seed", sql, &[sealed.into(), self.person().into()]).await? == 0 {
            return Err(
                Problem::Conflict(if me.has_totp { "totp_not_enrolled" } else { "totp_enrolled" }).into()
            );
        }
        tx.commit(Act::new("totp.begin", "person")).await?;
        Ok((secret.base32()?.expose().to_owned(), secret.uri(issuer, &me.login)?.expose().to_owned()))
    }

    /// Finishes enrolling with a code of the new factor; `current` is a code of the one whose place it takes. Other
    /// sessions end.
    ///
    /// # Errors
    /// A wrong code; nothing to confirm.
    pub async fn confirm_totp(&self, code: &str, current: Option<&str>) -> Result<()> {
        let (mut account, guesses) = self.inner.take_account(self.person()).await?;
        let kept = self.kept_totp(&mut account).await?;
        let begun = if kept.confirmed { kept.next } else { kept.sealed.clone() };
        let begun = begun.ok_or(Problem::Conflict("totp_not_begun"))?;
        // Whoever began knows the new seed, so a wrong code of it guesses at nothing where another one guards the account.
        let step = match (self.step_of(&begun, code, 0)?, kept.confirmed) {
            (Some(step), _) => step,
            (None, true) => return Err(Problem::invalid("code", "totp_invalid").into()),
            (None, false) => {
                self.inner
                    .count_failure(account, self.person(), guesses, self.now(), Some(&self.actor))
                    .await?;
                return Err(Problem::invalid("code", "totp_invalid").into());
            }
        };
        if kept.confirmed {
            let code = current.map(str::trim).filter(|code| !code.is_empty());
            let code = code.ok_or_else(|| Problem::invalid("current", "required"))?;
            let sealed = kept.sealed.as_deref().ok_or(Problem::Conflict("totp_not_enrolled"))?;
            if self.step_of(sealed, code, kept.step)?.is_none() {
                self.inner
                    .count_failure(account, self.person(), guesses, self.now(), Some(&self.actor))
                    .await?;
                return Err(Problem::invalid("current", "totp_invalid").into());
            }
        }
        drop(account);
        // Against the seed and the step that were read: of two who bring one code at once, one used it. What was guessed
        // wrong stays counted: whoever holds the session brought codes, and no password.
        let sql = if kept.confirmed {
            "UPDATE person SET totp = $4, totp_next = NULL, totp_step = $1 \
             WHERE id = $2 AND totp_step = $3 AND totp_next = $4 AND totp_confirmed = 1"
        } else {
            "UPDATE person SET totp_confirmed = 1, totp_next = NULL, totp_step = $1 \
             WHERE id = $2 AND totp_step = $3 AND totp = $4 AND totp_confirmed = 0"
        };
        let mut tx = self.begin().await?;
        let args = [step.into(), self.person().into(), kept.step.into(), begun.into()];
        if tx.write.run("settle a second factor", sql, &args).await? == 0 {
            return Err(Problem::invalid("code", "totp_invalid").into());
        }
        tx.end_other_sessions().await?;
        let action = if kept.confirmed { "totp.replace" } else { "totp.enrol" };
        tx.commit(Act::new(action, "person")).await.map(drop)
    }

    /// Gives the second factor up, with a valid code. Other sessions end.
    ///
    /// # Errors
    /// `second_factor_demanded` where everybody needs one: it is replaced instead. A wrong code; nothing to give up.
    pub async fn give_up_totp(&self, code: &str) -> Result<()> {
        let (mut account, guesses) = self.inner.take_account(self.person()).await?;
        let kept = self.kept_totp(&mut account).await?;
        let (Some(sealed), true) = (kept.sealed, kept.confirmed) else {
            return Err(Problem::Conflict("totp_not_enrolled").into());
        };
        if self.inner.second_factor().await? == SecondFactor::Demanded {
            return Err(Problem::Conflict("second_factor_demanded").into());
        }
        let Some(step) = self.step_of(&sealed, code, kept.step)? else {
            self.inner.count_failure(account, self.person(), guesses, self.now(), Some(&self.actor)).await?;
            return Err(Problem::invalid("code", "totp_invalid").into());
        };
        drop(account);
        let sql = "UPDATE person SET totp = NULL, totp_next = NULL, totp_confirmed = 0, totp_step = $1 \
                   WHERE id = $2 AND totp_step = $3 AND totp = $4";
        let mut tx = self.begin().await?;
        let args = [step.into(), self.person().into(), kept.step.into(), sealed.into()];
        if tx.write.run("settle a second factor", sql, &args).await? == 0 {
            return Err(Problem::invalid("code", "totp_invalid").into());
        }
        tx.end_other_sessions().await?;
        tx.commit(Act::new("totp.give_up", "person")).await.map(drop)
    }

    async fn kept_totp(&self, account: &mut crate::sql::Write) -> Result<Kept> {
        let row = account.optional("read a TOTP seed", READ, &[self.person().into()]).await?;
        let row = row.ok_or(VaultError::NoSession)?;
        Ok(Kept {
            sealed: row.opt_bytes(0)?,
            confirmed: row.int(1)? != 0,
            step: row.int(2)?,
            next: row.opt_bytes(3)?,
        })
    }

    /// The step of a code that is right and was not used; none for any other.
    fn step_of(&self, sealed: &[u8], code: &str, last: i64) -> Result<Option<i64>> {
        let seed = keys::open_system(&self.inner.system, "totp", self.person().as_str(), sealed)?;
        let seconds = u64::try_from(self.now() / 1000).unwrap_or(0);
        let step = TotpSecret::from_bytes(seed.expose())?.verify(code, seconds, u64::try_from(last).ok());
        Ok(step.ok().map(|step| i64::try_from(step).unwrap_or(i64::MAX)))
    }
}
