//! The grace in which nobody falls to the pool although their day has come: after a restore, after the house stood still,
//! and before very many fall at once. The calendar alone is no proof that a customer was neglected: what was followed up may
//! be what a restore lost, nobody can follow up in a house that is shut, and a clock may be wrong.
//!
//! **Invariant:** a grace and the moment from which it is told change in one commit, with a row in the log; of several
//! processes that find the same, one gives it.

use crate::error::{Result, VaultError};
use crate::scope::{Scope, Task};
use crate::sql::Db;
use crate::tx::Tx;
use kedun_model::{ObjectName, Problem, RecordId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const DAY_MS: i64 = 86_400_000;
/// How long nobody falls after a restore, and before very many do; after a standstill as long as it lasted, and no longer
/// than this, in milliseconds.
pub const GRACE_MS: i64 = 7 * DAY_MS;
/// A house that has not looked at the pool for longer stood still, or its clock was set.
const STOOD_STILL_MS: i64 = DAY_MS;
/// The setting that says when the pool was last looked at.
const LOOKED_AT: &str = "pool/looked_at";
/// The setting that holds the last grace, until it is spent.
const GRACE: &str = "pool/grace";

/// Why nobody falls for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GraceReason {
    /// Time went back: what was followed up since the copy was lost.
    Restored,
    /// The pool was not looked at for more than a day, or the clock was set.
    StoodStill,
    /// Very many would fall at once. They are given notice, and fall when it is over.
    TooMany,
}

/// A time in which nobody falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grace {
    /// When it is over, UTC ms.
    pub until: i64,
    /// Why it was given.
    pub reason: GraceReason,
}

/// What is known of the looks at the pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolLook {
    /// When the last one was, UTC ms; none in a new house.
    pub at: Option<i64>,
    /// The last grace, also when it is over and was not spent.
    pub grace: Option<Grace>,
}

impl PoolLook {
    /// For how long the house stood still until now, if it did. A clock that was set back says no less than one that was
    /// set ahead: one of the two was wrong.
    pub fn stood_still(&self, now: i64) -> Option<i64> {
        let gap = now.saturating_sub(self.at?).saturating_abs();
        (gap > STOOD_STILL_MS).then_some(gap)
    }

    async fn of(db: &Db) -> Result<PoolLook> {
        let damaged = || VaultError::Damaged("when the pool was looked at".to_owned());
        let sql = "SELECT name, value FROM setting WHERE name IN ($1, $2)";
        let mut look = PoolLook::default();
        for row in db.all("read of the pool", sql, &[LOOKED_AT.into(), GRACE.into()]).await? {
            let (name, text) = (row.text(0)?, row.text(1)?);
            if name == GRACE {
                look.grace = Some(serde_json::from_str(&text).map_err(|_| damaged())?);
            } else {
                look.at = Some(text.parse().map_err(|_| damaged())?);
            }
        }
        Ok(look)
    }
}

const KEEP: &str = "INSERT INTO setting (name, value) VALUES ($1, $2) \
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

impl Scope {
    /// What is known of the looks at the pool.
    ///
    /// # Errors
    /// The database fails.
    pub async fn pool_look(&self) -> Result<PoolLook> {
        PoolLook::of(&self.inner.data).await
    }

    /// Notes that the pool is looked at now. It says nothing about anybody, so there is no row in the log.
    ///
    /// # Errors
    /// Forbidden for everybody but the task; the database fails.
    pub async fn look_at_pool(&self, look: PoolLook) -> Result<PoolLook> {
        self.recycles()?;
        let now = self.now();
        let mut write = self.inner.data.begin().await?;
        write.run("note a look at the pool", KEEP, &[LOOKED_AT.into(), now.to_string().into()]).await?;
        write.commit().await?;
        Ok(PoolLook { at: Some(now), ..look })
    }

    /// Forgets a grace that is over, once everybody has fallen who was given notice by it.
    ///
    /// # Errors
    /// As [`Scope::look_at_pool`].
    pub async fn spend_grace(&self) -> Result<()> {
        self.recycles()?;
        let mut write = self.inner.data.begin().await?;
        write.run("spend a grace", "DELETE FROM setting WHERE name = $1", &[GRACE.into()]).await?;
        write.commit().await
    }

    /// The owned records of an object that a legal hold keeps from falling.
    ///
    /// # Errors
    /// As [`Scope::look_at_pool`].
    pub async fn held_of(&self, object: &ObjectName) -> Result<BTreeSet<RecordId>> {
        self.recycles()?;
        let sql = "SELECT id FROM record WHERE object = $1 AND hold = 1 AND owner IS NOT NULL";
        let rows = self.inner.data.all("find what is held", sql, &[object.into()]).await?;
        rows.iter().map(|row| row.text(0).map(RecordId::new)).collect()
    }

    fn recycles(&self) -> Result<()> {
        match self.task {
            Some(Task::Recycle | Task::Restore) => Ok(()),
            _ => Err(Problem::Forbidden("pool").into()),
        }
    }
}

impl Tx {
    /// Gives a grace of at most [`GRACE_MS`]; one that lasts longer already is not cut short. None when somebody else has
    /// looked at the pool since `look`, and will find what there is to find.
    ///
    /// # Errors
    /// As [`Scope::look_at_pool`].
    pub async fn give_grace(
        &mut self,
        look: &PoolLook,
        reason: GraceReason,
        span: i64,
    ) -> Result<Option<Grace>> {
        self.scope.recycles()?;
        let now = self.scope.now();
        // What was given by a clock that was ahead lasts as long as one given now.
        let left = look.grace.map_or(0, |before| before.until.saturating_sub(now)).min(GRACE_MS);
        let grace = Grace { until: now + span.clamp(0, GRACE_MS).max(left), reason };
        let at = now.to_string();
        let moved = match look.at {
            Some(before) => {
                let sql = "UPDATE setting SET value = $2 WHERE name = $1 AND value = $3";
                let args = [LOOKED_AT.into(), at.into(), before.to_string().into()];
                self.write.run("note a look at the pool", sql, &args).await?
            }
            None => {
                let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
                self.write.run("note a look at the pool", sql, &[LOOKED_AT.into(), at.into()]).await?
            }
        };
        if moved == 0 {
            return Ok(None);
        }
        let text = serde_json::to_string(&grace).map_err(|e| VaultError::Damaged(e.to_string()))?;
        self.write.run("give a grace", KEEP, &[GRACE.into(), text.into()]).await?;
        Ok(Some(grace))
    }
}
