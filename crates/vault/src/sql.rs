//! One executor over two engines: plain SQL with `$1`, typed arguments, rows read by position.

use crate::connections::Connections;
use crate::error::{Result, VaultError};
use crate::lane::Lane;
use futures_util::TryStreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Postgres, Row as _, Sqlite};
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
    /// Without a lane it was opened for reading alone.
    Sqlite {
        read: Connections<Sqlite>,
        lane: Option<Arc<Lane>>,
    },
    Postgres {
        read: Connections<Postgres>,
        write: Connections<Postgres>,
    },
}

#[cfg(test)]
thread_local! {
    /// How many times something was sent to an engine, for tests that hold a verb to its round trips.
    pub(crate) static SENT: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts a trip to an engine, in tests.
pub(crate) fn sent() {
    #[cfg(test)]
    SENT.with(|sent| sent.set(sent.get() + 1));
}

macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        sent();
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

/// Does one piece of work on a borrowed connection.
macro_rules! lent {
    ($pool:expr, |$connection:ident| $work:expr) => {{
        match $pool.take().await {
            Ok(mut lent) => {
                let $connection = lent.connection();
                let outcome = $work.await;
                lent.heard(outcome)
            }
            Err(error) => Err(error),
        }
    }};
}

mod later;
mod transaction;
mod write;

pub(crate) use write::Write;

impl Db {
    /// Whether this is PostgreSQL, for the rare pairs of texts.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Db::Postgres { .. })
    }

    /// All rows of a read.
    pub(crate) async fn all(&self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<Vec<Row>> {
        match self {
            Db::Sqlite { read, .. } => lent!(read, |connection| bound!(sql.to_owned(), args)
                .fetch_all(connection))
            .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Db::Postgres { read, .. } => lent!(read, |connection| bound!(sql.to_owned(), args)
                .fetch_all(connection))
            .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(VaultError::sql(doing))
    }

    /// Hands over the rows of a read one by one: for reads whose rows are many and are not kept.
    pub(crate) async fn each(
        &self,
        doing: &'static str,
        sql: &str,
        args: &[Arg],
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        macro_rules! one_by_one {
            ($pool:expr, $row:path) => {{
                let mut lent = $pool.take().await.map_err(VaultError::sql(doing))?;
                let outcome = {
                    let mut rows = bound!(sql.to_owned(), args).fetch(lent.connection());
                    loop {
                        match rows.try_next().await {
                            Ok(Some(row)) => take($row(row))?,
                            Ok(None) => break Ok(()),
                            Err(error) => break Err(error),
                        }
                    }
                };
                lent.heard(outcome).map_err(VaultError::sql(doing))
            }};
        }
        match self {
            Db::Sqlite { read, .. } => one_by_one!(read, Row::Sqlite),
            Db::Postgres { read, .. } => one_by_one!(read, Row::Postgres),
        }
    }

    /// The first row of a read, if any.
    pub(crate) async fn optional(&self, doing: &'static str, sql: &str, args: &[Arg]) -> Result<Option<Row>> {
        match self {
            Db::Sqlite { read, .. } => lent!(read, |connection| bound!(sql.to_owned(), args)
                .fetch_optional(connection))
            .map(|row| row.map(Row::Sqlite)),
            Db::Postgres { read, .. } => lent!(read, |connection| bound!(sql.to_owned(), args)
                .fetch_optional(connection))
            .map(|row| row.map(Row::Postgres)),
        }
        .map_err(VaultError::sql(doing))
    }

    /// Begins a write. On SQLite it waits for the one writing lane; writes that queue share one commit.
    pub(crate) async fn begin(&self) -> Result<Write> {
        match self {
            Db::Sqlite { lane, .. } => {
                Ok(Write::on_sqlite(lane.as_ref().ok_or_else(only_read)?.enter().await?))
            }
            Db::Postgres { write, .. } => Ok(Write::on_postgres(write.clone())),
        }
    }

    /// Runs one statement over columns of rows, durably. PostgreSQL only; the other engine has no arrays.
    pub(crate) async fn run_rows(&self, sql: &'static str, columns: &[Rows]) -> Result<()> {
        let Db::Postgres { write, .. } = self else {
            return Err(VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed));
        };
        sent();
        let mut query = sqlx::query(sql);
        for column in columns {
            query = match column {
                Rows::Text(rows) => query.bind(rows),
                Rows::Int(rows) => query.bind(rows),
                Rows::Bytes(rows) => query.bind(rows),
            };
        }
        lent!(write, |connection| query.execute(connection)).map(drop).map_err(VaultError::LedgerUnavailable)
    }

    /// Folds SQLite's write-ahead log into the file and empties it, so that no page of before is left in either. Answers
    /// false when readers kept it from that for as long as one waits for a lock. PostgreSQL has no log that we could
    /// empty.
    pub(crate) async fn empty_wal(&self) -> Result<bool> {
        match self {
            Db::Sqlite { lane, .. } => {
                let wal = &lane.as_ref().ok_or_else(only_read)?.wal;
                wal.empty().await.map_err(VaultError::sql("empty the write-ahead log"))
            }
            Db::Postgres { .. } => Ok(true),
        }
    }

    /// Lets PostgreSQL forget rows that nobody can see any more.
    pub(crate) async fn vacuum(&self, tables: &[&str]) -> Result<()> {
        if let Db::Postgres { write, .. } = self {
            for table in tables {
                let sql = format!("VACUUM {table}");
                lent!(write, |connection| bound!(sql, &[] as &[Arg]).execute(connection))
                    .map_err(VaultError::sql("vacuum a table"))?;
            }
        }
        Ok(())
    }

    /// Closes every connection, after waiting writes are durable.
    pub(crate) async fn close(&self) {
        match self {
            Db::Sqlite { read, lane } => {
                read.close().await;
                if let Some(lane) = lane {
                    lane.close().await;
                }
            }
            Db::Postgres { read, write } => {
                write.close().await;
                read.close().await;
            }
        }
    }
}

fn only_read() -> VaultError {
    VaultError::Setup("this house was opened for reading alone".to_owned())
}

/// A column of several rows, for PostgreSQL's `UNNEST`: one text for any number of rows.
pub(crate) enum Rows {
    Text(Vec<String>),
    Int(Vec<i64>),
    Bytes(Vec<Vec<u8>>),
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
