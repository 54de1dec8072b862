//! Wrong guesses at a login: each must wait longer than the one before, and after some the login is locked for a while.

use crate::error::{Result, VaultError};
use moka::sync::Cache;
use std::sync::{Mutex, PoisonError};

/// Wrong guesses count for so long, ms; the next one after that is the first.
const GUESSES_COUNT: i64 = 24 * 3_600_000;
/// Unknown logins kept at hand.
const KEPT: u64 = 20_000;

/// Wrong guesses at one login.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Guesses {
    pub(crate) failures: i64,
    pub(crate) failed_at: i64,
    pub(crate) locked_until: i64,
}

impl Guesses {
    /// Refuses who has to wait, right or wrong.
    pub(crate) fn refuse(&self, now: i64) -> Result<()> {
        let seconds = |until: i64| (until - now + 999) / 1000;
        if self.locked_until > now {
            return Err(VaultError::TooMany { rule: "locked", retry_after: seconds(self.locked_until) });
        }
        // From the third wrong guess on, each must wait longer than the one before: 2, 4, 8 … seconds.
        let wait = if self.failures >= 3 { 1000_i64 << (self.failures - 2).clamp(1, 6) } else { 0 };
        if self.failed_at + wait > now {
            return Err(VaultError::TooMany {
                rule: "slow_down",
                retry_after: seconds(self.failed_at + wait),
            });
        }
        Ok(())
    }

    pub(crate) fn and_one_more(self, now: i64, lock_after: i64) -> Guesses {
        let before = if now - self.failed_at < GUESSES_COUNT { self.failures } else { 0 };
        let failures = before + 1;
        // Each further lock lasts twice as long as the one before, up to an hour.
        let over = failures - lock_after;
        let locked_until = if over >= 0 { now + (60_000_i64 << over.min(6)).min(3_600_000) } else { 0 };
        Guesses { failures, failed_at: now, locked_until }
    }

    pub(crate) fn action(&self) -> &'static str {
        if self.locked_until > 0 { "session.locked" } else { "session.refused" }
    }
}

/// Wrong guesses at logins that do not exist, as far as there is room. They are in no database: a stranger must not be
/// able to fill it with names.
pub(crate) struct Unknown {
    guesses: Cache<String, Guesses>,
    /// One at a time, as for a known login.
    turn: Mutex<()>,
}

impl Default for Unknown {
    fn default() -> Self {
        Unknown { guesses: Cache::new(KEPT), turn: Mutex::new(()) }
    }
}

impl Unknown {
    /// Notes a guess and answers how the log calls it, or refuses as a known login would.
    pub(crate) fn guess(&self, login: &str, now: i64, lock_after: i64) -> Result<&'static str> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let guesses = self.guesses.get(login).unwrap_or_default();
        guesses.refuse(now)?;
        let guesses = guesses.and_one_more(now, lock_after);
        self.guesses.insert(login.to_owned(), guesses);
        Ok(guesses.action())
    }
}
