//! One executor over two engines: plain SQL with `$1`, typed arguments, rows read by position.

use crate::error::{Result, VaultError};
use crate::lane::{Lane, LaneGuard};
use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::Arc;

/// An argument of a statement. Options carry the type, because PostgreSQL wants one even for NULL.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

impl From<&str> for Arg {
    fn from(v: &str) -> Self {
        Arg::Text(Some(v.to_owned()))
    }
}
impl From<String> for Arg {
    fn from(v: String) -> Self {
        Arg::Text(Some(v))
    }
}
impl From<Option<String>> for Arg {
    fn from(v: Option<String>) -> Self {
        Arg::Text(v)
    }
}
impl From<i64> for Arg {
    fn from(v: i64) -> Self {
        Arg::Int(Some(v))
    }
}
impl From<Option<i64>> for Arg {
    fn from(v: Option<i64>) -> Self {
        Arg::Int(v)
    }
}
impl From<Vec<u8>> for Arg {
    fn from(v: Vec<u8>) -> Self {
        Arg::Bytes(Some(v))
    }
}
impl From<Option<Vec<u8>>> for Arg {
    fn from(v: Option<Vec<u8>>) -> Self {
        Arg::Bytes(v)
    }
}
macro_rules! arg_of_id {
    ($($id:ty),+) => {$(
        impl From<&$id> for Arg {
            fn from(v: &$id) -> Self { Arg::Text(Some(v.as_str().to_owned())) }
        }
        impl From<Option<&$id>> for Arg {
            fn from(v: Option<&$id>) -> Self { Arg::Text(v.map(|v| v.as_str().to_owned())) }
        }
    )+};
}
arg_of_id!(
    kedun_model::RecordId,
    kedun_model::PersonId,
    kedun_model::DepartmentId,
    kedun_model::ObjectName,
    kedun_model::SubjectId,
    kedun_model::RoleName
);

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! getter {
    ($($name:ident -> $type:ty),+) => {$(
        pub(crate) fn $name(&self, i: usize) -> Result<$type> {
            match self {
                Row::Sqlite(row) => row.try_get(i),
                Row::Postgres(row) => row.try_get(i),
            }
            .map_err(VaultError::sql("read a column"))
        }
    )+};
}

impl Row {
    getter!(text -> String, opt_text -> Option<String>, int -> i64, opt_int -> Option<i64>,
            bytes -> Vec<u8>, opt_bytes -> Option<Vec<u8>>);
}

/// A database of either engine.
///
/// **Invariant:** reads and writes have connections of their own. Whoever makes a change may read beside it, so with one
/// pool as many changes as there are connections would each hold one and wait for another's for ever.
#[derive(Clone)]
pub(crate) enum Db {
    Sqlite { read: SqlitePool, lane: Arc<Lane> },
    Postgres { read: PgPool, write: PgPool },
}

macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql));
        for arg in $args {
            query = match arg {
                Arg::Text(v) => query.bind(v.clone()),
                Arg::Int(v) => query.bind(*v),
                Arg::Bytes(v) => query.bind(v.clone()),
            };
        }
        query
    }};
}

impl Db {
    /// Whether this is PostgreSQL, for the rare pairs of texts.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Db::Postgres { .. })
    }

    /// All rows of a read.
    pub(crate) async fn all(&self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<Vec<Row>> {
        match self {
            Db::Sqlite { read, .. } => bound!(sql.to_owned(), args)
                .fetch_all(read)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Db::Postgres { read, .. } => bound!(sql.to_owned(), args)
                .fetch_all(read)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(VaultError::sql(doing))
    }

    /// The first row of a read, if any.
    pub(crate) async fn optional(&self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<Option<Row>> {
        match self {
            Db::Sqlite { read, .. } => {
                bound!(sql.to_owned(), args).fetch_optional(read).await.map(|row| row.map(Row::Sqlite))
            }
            Db::Postgres { read, .. } => {
                bound!(sql.to_owned(), args).fetch_optional(read).await.map(|row| row.map(Row::Postgres))
            }
        }
        .map_err(VaultError::sql(doing))
    }

    /// Begins a write. On SQLite it waits for the one writing lane; writes that queue share one commit.
    pub(crate) async fn begin(&self) -> Result<Write> {
        match self {
            Db::Sqlite { lane, .. } => Ok(Write::Sqlite(lane.enter().await?)),
            // No connection to write with is the same to people as no disk: nothing can be logged, so nothing is shown.
            Db::Postgres { write, .. } => {
                Ok(Write::Postgres(write.begin().await.map_err(VaultError::LedgerUnavailable)?))
            }
        }
    }

    /// Folds SQLite's write-ahead log into the file and empties it, so that no page of before is left in either. Answers
    /// false when readers kept it from that for all of the tries. PostgreSQL has no log that we could empty.
    pub(crate) async fn empty_wal(&self) -> Result<bool> {
        if self.is_postgres() {
            return Ok(true);
        }
        for _ in 0..3 {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            let row = self.optional("empty the write-ahead log", sql, &[]).await?;
            // The first column is 1 when somebody was in the way; the statement itself succeeds all the same.
            if row.map(|r| r.int(0)).transpose()? == Some(0) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets PostgreSQL forget rows that nobody can see any more.
    pub(crate) async fn vacuum(&self, tables: &[&str]) -> Result<()> {
        if let Db::Postgres { write, .. } = self {
            for table in tables {
                let sql = format!("VACUUM {table}");
                bound!(sql, &[] as &[Arg]).execute(write).await.map_err(VaultError::sql("vacuum a table"))?;
            }
        }
        Ok(())
    }

    /// Closes every connection, after waiting writes are durable.
    pub(crate) async fn close(&self) {
        match self {
            Db::Sqlite { read, lane } => {
                lane.flush().await;
                read.close().await;
            }
            Db::Postgres { read, write } => {
                write.close().await;
                read.close().await;
            }
        }
    }
}

/// A write in progress; dropping it rolls it back.
pub(crate) enum Write {
    Sqlite(LaneGuard),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
    /// Rolled back before its time; nothing more can be done with it.
    Ended,
}

impl Write {
    /// Runs a statement and answers how many rows it changed.
    pub(crate) async fn run(&mut self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<u64> {
        match self {
            Write::Sqlite(guard) => bound!(sql.to_owned(), args)
                .execute(guard.connection())
                .await
                .map(|done| done.rows_affected()),
            Write::Postgres(tx) => {
                bound!(sql.to_owned(), args).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            Write::Ended => Err(sqlx::Error::WorkerCrashed),
        }
        .map_err(VaultError::sql(doing))
    }

    /// All rows of a read inside the write.
    pub(crate) async fn all(&mut self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<Vec<Row>> {
        match self {
            Write::Sqlite(guard) => bound!(sql.to_owned(), args)
                .fetch_all(guard.connection())
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Write::Postgres(tx) => bound!(sql.to_owned(), args)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
            Write::Ended => Err(sqlx::Error::WorkerCrashed),
        }
        .map_err(VaultError::sql(doing))
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
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Write::Sqlite(guard) => guard.commit().await,
            Write::Postgres(tx) => tx.commit().await.map_err(VaultError::LedgerUnavailable),
            Write::Ended => Err(VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed)),
        }
    }
}

/// `($1, $2), ($3, $4)` for a multi-row statement, counting on from `first`.
pub(crate) fn placeholders(first: usize, rows: usize, columns: usize) -> String {
    (0..rows)
        .map(|row| {
            let cells: Vec<_> = (0..columns).map(|c| format!("${}", first + row * columns + c)).collect();
            format!("({})", cells.join(", "))
        })
        .collect::<Vec<_>>()
        .join(", ")
}
