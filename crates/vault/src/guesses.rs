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

/// Milliseconds as whole seconds to wait.
const fn seconds(milliseconds: i64) -> i64 {
    (milliseconds + 999) / 1000
}

impl Guesses {
    /// Refuses who has to wait, right or wrong.
    pub(crate) fn refuse(&self, now: i64) -> Result<()> {
        if self.locked_until > now {
            return Err(VaultError::TooMany {
                rule: "locked",
                retry_after: seconds(self.locked_until - now),
            });
        }
        self.slow_down(now)
    }

    /// Refuses whoever guesses again too soon, and asks for no lock.
    pub(crate) fn slow_down(&self, now: i64) -> Result<()> {
        // From the third wrong guess on, each must wait longer than the one before: 2, 4, 8 … seconds.
        let wait = if self.failures >= 3 { 1000_i64 << (self.failures - 2).clamp(1, 6) } else { 0 };
        // A guess that lies further ahead than anybody has to wait was made before the clock was set back.
        let left = self.failed_at + wait - now;
        if wait > 0 && left > 0 && left <= 2 * wait {
            return Err(VaultError::TooMany { rule: "slow_down", retry_after: seconds(left.min(wait)) });
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000_000;

    fn after(failures: i64, failed_at: i64) -> Result<()> {
        Guesses { failures, failed_at, locked_until: 0 }.refuse(NOW)
    }

    #[test]
    fn from_the_third_on_each_guess_waits_longer() {
        assert!(after(2, NOW).is_ok());
        for (failures, wait) in [(3, 2_000), (4, 4_000), (20, 64_000)] {
            assert!(after(failures, NOW - wait + 1).is_err());
            assert!(after(failures, NOW - wait).is_ok());
        }
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_out() {
        assert!(after(0, NOW + 3_600_000).is_ok(), "a success forgets the guesses and not their moment");
        assert!(after(2, NOW + 5).is_ok());
        assert!(after(5, NOW + 3_600_000).is_ok());
        // A request that is a moment older than the guess counted before it.
        let Err(VaultError::TooMany { retry_after, .. }) = after(3, NOW + 5) else { panic!("not refused") };
        assert_eq!(retry_after, 2);
    }
}
