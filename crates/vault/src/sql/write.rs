//! A write in progress, on either engine.

use super::later::Later;
use super::transaction::{Transaction, begun};
use super::{Arg, Row, sent};
use crate::connections::Connections;
use crate::error::{Result, VaultError};
use crate::lane::LaneGuard;
use kedun_model::Problem;
use sqlx::{AssertSqlSafe, Postgres};

/// A write in progress; dropping it rolls it back.
pub(crate) struct Write {
    engine: Engine,
    later: Later,
}

enum Engine {
    Sqlite(LaneGuard),
    /// The transaction begins with the first statement that goes by itself; what waits until the commit and is one
    /// statement needs none.
    Postgres {
        pool: Connections<Postgres>,
        tx: Option<Transaction>,
    },
    /// Rolled back before its time; nothing more can be done with it.
    Ended,
}

impl Write {
    /// Whether this is PostgreSQL, where what waits is judged when it is sent.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres { .. })
    }

    /// On SQLite, by whoever has the lane.
    pub(super) fn on_sqlite(guard: LaneGuard) -> Write {
        Write { engine: Engine::Sqlite(guard), later: Later::default() }
    }

    /// On PostgreSQL, with a connection of these once one is needed.
    pub(super) fn on_postgres(pool: Connections<Postgres>) -> Write {
        Write { engine: Engine::Postgres { pool, tx: None }, later: Later::default() }
    }

    /// A write that is over.
    pub(crate) fn ended() -> Write {
        Write { engine: Engine::Ended, later: Later::default() }
    }

    /// Runs a statement, after those that wait, and answers how many rows it changed.
    pub(crate) async fn run(&mut self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<u64> {
        self.send().await?;
        self.run_ahead(doing, sql, args).await
    }

    /// Runs a statement ahead of those that wait: for rows that none of them touches.
    pub(crate) async fn run_ahead(&mut self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<u64> {
        self.execute(doing, sql.to_owned(), args, true).await
    }

    /// Leaves a statement to be sent together with others, at the latest by the commit. Its failure is then that of the
    /// commit; for inserts that meet no row they could clash with.
    pub(crate) async fn later(&mut self, sql: &str, args: &[Arg]) -> Result<()> {
        if self.later.add(sql, args) { self.send().await } else { Ok(()) }
    }

    /// As [`Write::later`], for what somebody else may have come before: when it changes no row, nothing of the write
    /// happens. On SQLite, where nobody else writes meanwhile, this is known at once; on PostgreSQL when it is sent.
    ///
    /// # Errors
    /// `revision_conflict`, also from whatever sends what waits.
    pub(crate) async fn later_or_nothing(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Arg],
    ) -> Result<()> {
        if !self.is_postgres() {
            let changed = self.run(doing, sql, args).await?;
            return if changed == 0 { Err(overtaken()) } else { Ok(()) };
        }
        self.later.bind_next();
        self.later(&format!("{sql} RETURNING 1"), args).await
    }

    /// As [`Write::later_or_nothing`], for a read that locks what it finds: when it finds nothing, nothing of the write
    /// happens. On PostgreSQL only.
    pub(crate) async fn hold_or_nothing(&mut self, sql: &str, args: &[Arg]) -> Result<()> {
        self.later.bind_next();
        self.later(sql, args).await
    }

    /// Sends what waits.
    pub(crate) async fn send(&mut self) -> Result<()> {
        let postgres = self.is_postgres();
        let bound = self.later.is_bound();
        let Some((text, args, kept)) = self.later.take(postgres) else { return Ok(()) };
        self.execute("write", text, &args, kept).await.map(drop).map_err(|error| match error {
            VaultError::Sql { source, .. } if bound && changed_nothing(&source) => overtaken(),
            other => other,
        })
    }

    async fn execute(&mut self, doing: &'static str, sql: String, args: &[Arg], kept: bool) -> Result<u64> {
        match &mut self.engine {
            Engine::Sqlite(guard) => bound!(sql, args)
                .persistent(kept)
                .execute(guard.connection())
                .await
                .map(|done| done.rows_affected()),
            Engine::Postgres { pool, tx } => {
                let tx = begun(pool, tx).await?;
                let outcome = bound!(sql, args).persistent(kept).execute(tx.connection()).await;
                tx.heard(outcome).map(|done| done.rows_affected())
            }
            Engine::Ended => Err(sqlx::Error::WorkerCrashed),
        }
        .map_err(failed_at(doing))
    }

    /// All rows of a read inside the write. What it locks stays locked until the end of the write.
    pub(crate) async fn all(&mut self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<Vec<Row>> {
        self.send().await?;
        if let Engine::Postgres { pool, tx } = &mut self.engine {
            begun(pool, tx).await?;
        }
        self.all_ahead(doing, sql, args).await
    }

    /// All rows of a read that what waits cannot change. On PostgreSQL it needs no transaction while none has begun: each
    /// statement sees what is committed when it comes, within one or without.
    pub(crate) async fn all_ahead(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Arg],
    ) -> Result<Vec<Row>> {
        match &mut self.engine {
            Engine::Sqlite(guard) => bound!(sql.to_owned(), args)
                .fetch_all(guard.connection())
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Engine::Postgres { pool, tx: None } => {
                let mut lent = pool.take().await.map_err(VaultError::LedgerUnavailable)?;
                let outcome = bound!(sql.to_owned(), args).fetch_all(lent.connection()).await;
                lent.heard(outcome).map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
            Engine::Postgres { tx: Some(tx), .. } => {
                let outcome = bound!(sql.to_owned(), args).fetch_all(tx.connection()).await;
                tx.heard(outcome).map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
            Engine::Ended => Err(sqlx::Error::WorkerCrashed),
        }
        .map_err(failed_at(doing))
    }

    /// The first row of a read inside the write.
    pub(crate) async fn optional(
        &mut self,
        doing: &'static str,
        sql: &str,
        args: &[Arg],
    ) -> Result<Option<Row>> {
        Ok(self.all(doing, sql, args).await?.into_iter().next())
    }

    /// Makes the write durable; returns only after it is.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let failed = VaultError::LedgerUnavailable;
        match &mut self.engine {
            Engine::Postgres { pool, tx: None } => {
                // One statement is a transaction by itself.
                let bound = self.later.is_bound();
                let Some((text, args, kept)) = self.later.take(true) else { return Ok(()) };
                return lent!(pool, |connection| bound!(text, &args).persistent(kept).execute(connection))
                    .map(drop)
                    .map_err(|error| match (bound && changed_nothing(&error)) || is_deadlock(&error) {
                        true => overtaken(),
                        false => failed(error),
                    });
            }
            Engine::Sqlite(_) | Engine::Postgres { .. } | Engine::Ended => {
                self.send().await.map_err(|e| match e {
                    VaultError::Sql { source, .. } => failed(source),
                    other => other,
                })?
            }
        }
        match self.engine {
            Engine::Sqlite(guard) => guard.commit().await,
            Engine::Postgres { tx: Some(tx), .. } => tx.commit().await.map_err(failed),
            Engine::Postgres { tx: None, .. } => Ok(()),
            Engine::Ended => Err(failed(sqlx::Error::WorkerCrashed)),
        }
    }
}

/// What [`Later::take`] makes fail when a part changed nothing: a division by zero (SQLSTATE 22012).
fn changed_nothing(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "22012")
}

/// Two who wait for each other: PostgreSQL lets one of them go on and undoes the other, who may try again.
fn is_deadlock(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "40P01")
}

/// What a statement that failed is to whoever sent it.
fn failed_at(doing: &'static str) -> impl FnOnce(sqlx::Error) -> VaultError {
    move |source| if is_deadlock(&source) { overtaken() } else { VaultError::Sql { doing, source } }
}

fn overtaken() -> VaultError {
    Problem::Conflict("revision_conflict").into()
}
