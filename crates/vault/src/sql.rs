//! One executor over two engines: plain SQL with `$1`, typed arguments, rows read by position.

use crate::connections::{Connections, Lent};
use crate::error::{Result, VaultError};
use crate::lane::{Lane, LaneGuard};
use futures_util::TryStreamExt as _;
use kedun_model::Problem;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Executor as _, Postgres, Row as _, Sqlite};
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
    Sqlite { read: Connections<Sqlite>, lane: Arc<Lane> },
    Postgres { read: Connections<Postgres>, write: Connections<Postgres> },
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
                Ok(Write { engine: Engine::Sqlite(lane.enter().await?), later: Later::default() })
            }
            Db::Postgres { write, .. } => Ok(Write {
                engine: Engine::Postgres { pool: write.clone(), tx: None },
                later: Later::default(),
            }),
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
                lane.wal.empty().await.map_err(VaultError::sql("empty the write-ahead log"))
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
                lane.close().await;
            }
            Db::Postgres { read, write } => {
                write.close().await;
                read.close().await;
            }
        }
    }
}

/// Statements that wait to go to the engine together: each alone would cost a round trip. Their placeholders are counted
/// on, so that one list of arguments serves them all.
#[derive(Default)]
struct Later {
    texts: Vec<String>,
    args: Vec<Arg>,
    /// The places of those that must change a row.
    bound: Vec<usize>,
}

/// Statements of one batch, at most; keeps a text below the engines' limits.
const MOST_LATER: usize = 24;

impl Later {
    fn add(&mut self, sql: &str, args: &[Arg]) {
        self.texts.push(count_on(sql, self.args.len()));
        self.args.extend_from_slice(args);
    }

    /// One text for all: on PostgreSQL parts of one statement, on SQLite statements in a row. Also, whether the text is
    /// short enough to be worth keeping prepared.
    fn take(&mut self, postgres: bool) -> Option<(String, Vec<Arg>, bool)> {
        let mut texts = std::mem::take(&mut self.texts);
        let kept = texts.len() < MOST_LATER;
        let bound = std::mem::take(&mut self.bound);
        if !bound.is_empty() {
            // A part that changed nothing makes the whole statement fail, and with it everything else that it did.
            let counts: Vec<_> = bound.iter().map(|i| format!("(SELECT COUNT(*) FROM w{i})")).collect();
            texts.push(format!("SELECT 1 / LEAST({})", counts.join(", ")));
        }
        let last = texts.pop()?;
        let text = match (postgres, texts.is_empty()) {
            (_, true) => last,
            (true, false) => {
                let parts: Vec<_> =
                    texts.iter().enumerate().map(|(i, text)| format!("w{i} AS ({text})")).collect();
                format!("WITH {} {last}", parts.join(", "))
            }
            (false, false) => {
                texts.push(last);
                texts.join("; ")
            }
        };
        Some((text, std::mem::take(&mut self.args), kept))
    }
}

/// `$1` becomes `$(1 + by)`. Our texts hold no `$` in quotes.
fn count_on(sql: &str, by: usize) -> String {
    if by == 0 {
        return sql.to_owned();
    }
    let mut out = String::with_capacity(sql.len() + 32);
    let mut parts = sql.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().map_or(0, |n| n + by);
        out.push('$');
        out.push_str(&number.to_string());
        out.push_str(rest);
    }
    out
}

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
        self.later.add(sql, args);
        if self.later.texts.len() >= MOST_LATER { self.send().await } else { Ok(()) }
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
        self.later.bound.push(self.later.texts.len());
        self.later(&format!("{sql} RETURNING 1"), args).await
    }

    /// Sends what waits.
    pub(crate) async fn send(&mut self) -> Result<()> {
        let postgres = self.is_postgres();
        let bound = !self.later.bound.is_empty();
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
        .map_err(VaultError::sql(doing))
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
    pub(crate) async fn commit(mut self) -> Result<()> {
        let failed = VaultError::LedgerUnavailable;
        match &mut self.engine {
            Engine::Postgres { pool, tx: None } => {
                // One statement is a transaction by itself.
                let bound = !self.later.bound.is_empty();
                let Some((text, args, kept)) = self.later.take(true) else { return Ok(()) };
                return lent!(pool, |connection| bound!(text, &args).persistent(kept).execute(connection))
                    .map(drop)
                    .map_err(
                        |error| if bound && changed_nothing(&error) { overtaken() } else { failed(error) },
                    );
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

fn overtaken() -> VaultError {
    Problem::Conflict("revision_conflict").into()
}

/// The transaction, begun when it is not yet. No connection to write with is the same to people as no disk: nothing can
/// be logged, so nothing is shown.
async fn begun<'a>(
    pool: &Connections<Postgres>,
    tx: &'a mut Option<Transaction>,
) -> Result<&'a mut Transaction> {
    if tx.is_none() {
        *tx = Some(Transaction::begin(pool).await.map_err(VaultError::LedgerUnavailable)?);
    }
    tx.as_mut().ok_or(VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed))
}

/// A transaction of PostgreSQL on a borrowed connection. Dropped, it is rolled back before the connection is lent again.
struct Transaction {
    lent: Option<Lent<Postgres>>,
}

impl Transaction {
    async fn begin(pool: &Connections<Postgres>) -> Result<Transaction, sqlx::Error> {
        let mut lent = pool.take().await?;
        sent();
        let outcome = lent.connection().execute("BEGIN").await;
        lent.heard(outcome)?;
        Ok(Transaction { lent: Some(lent) })
    }

    fn lent(&mut self) -> &mut Lent<Postgres> {
        // The connection is given away only by `commit` and `drop`, after which no method can be called.
        #[expect(clippy::expect_used, reason = "a transaction holds its connection until it has ended")]
        self.lent.as_mut().expect("a transaction used after its end")
    }

    fn connection(&mut self) -> &mut sqlx::PgConnection {
        self.lent().connection()
    }

    fn heard<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.lent().heard(outcome)
    }

    async fn commit(mut self) -> Result<(), sqlx::Error> {
        let Some(mut lent) = self.lent.take() else { return Ok(()) };
        sent();
        let outcome = lent.connection().execute("COMMIT").await;
        lent.heard(outcome).map(drop)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut lent) = self.lent.take() else { return };
        if !lent.has_ended() {
            return;
        }
        // Until it is heard that all is undone the connection counts as one whose work was broken off.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let outcome = lent.connection().execute("ROLLBACK").await;
                lent.heard(outcome)
            });
        } else {
            let _ = lent.connection();
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_counted_on() {
        assert_eq!(count_on("a = $1 AND b IN ($2, $10)", 5), "a = $6 AND b IN ($7, $15)");
        assert_eq!(count_on("a = $1", 0), "a = $1");
    }

    #[test]
    fn what_waits_goes_out_as_one_text() {
        let two = || {
            let mut later = Later::default();
            later.add("INSERT INTO a VALUES ($1)", &[Arg::from(1)]);
            later.add("INSERT INTO b VALUES ($1, $2)", &[Arg::from(2), Arg::from(3)]);
            later
        };
        let (text, args, kept) = two().take(true).unwrap();
        assert_eq!(text, "WITH w0 AS (INSERT INTO a VALUES ($1)) INSERT INTO b VALUES ($2, $3)");
        assert_eq!((args.len(), kept), (3, true));
        let (text, ..) = two().take(false).unwrap();
        assert_eq!(text, "INSERT INTO a VALUES ($1); INSERT INTO b VALUES ($2, $3)");
        assert!(Later::default().take(true).is_none());
        let mut later = two();
        later.bound.push(2);
        later.add("UPDATE c SET d = $1 RETURNING 1", &[Arg::from(4)]);
        let (text, ..) = later.take(true).unwrap();
        assert_eq!(
            text,
            "WITH w0 AS (INSERT INTO a VALUES ($1)), w1 AS (INSERT INTO b VALUES ($2, $3)), \
             w2 AS (UPDATE c SET d = $4 RETURNING 1) SELECT 1 / LEAST((SELECT COUNT(*) FROM w2))"
        );
        assert!(later.bound.is_empty());
    }
}
