//! The book of first entry, on SQLite: a small file of its own in which rows of reads are durable before the answer
//! leaves, and from which they are posted to the ledger a moment later, many in one commit.
//!
//! A commit to the data file makes every other connection read, decrypt and check its pages again (SQLite empties a page
//! cache when somebody else has written), and spreads one row over seven pages. Here it is an insert at the end of a file
//! that nobody else reads.
//!
//! **Invariant:** the book is one process's. Whoever comes second has none and writes to the ledger at once.

use crate::audit::LogRow;
use crate::connections::close_now;
use crate::error::{Result, VaultError};
use crate::keys::Key32;
use crate::store;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use std::path::Path;
use std::time::Duration;

/// Name of the file.
pub(crate) const BOOK_FILE: &str = "journal.db";
/// How long one waits for a book that somebody is about to close.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The open book.
pub(crate) struct Book {
    /// None once the book is closed.
    connection: Option<SqliteConnection>,
    /// Where the next entry goes.
    next: i64,
}

impl Book {
    /// Opens the book of a folder; none when another process has it.
    pub(crate) async fn open(folder: &Path, key: &Key32) -> Result<Option<Book>> {
        let path = folder.join(BOOK_FILE);
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .pragma("key", store::cipher_key(key))
            .pragma("locking_mode", "EXCLUSIVE")
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LONGEST_WAIT)
            .pragma("cache_size", "-2048")
            .pragma("secure_delete", "ON")
            .disable_statement_logging();
        store::prepare().await.map_err(|error| failed(&path, &error))?;
        let opened = async {
            let mut connection = options.connect().await?;
            // Writing takes the lock, which is then kept.
            connection
                .execute("CREATE TABLE IF NOT EXISTS entered (place INTEGER PRIMARY KEY, rows BLOB NOT NULL)")
                .await?;
            connection.execute("BEGIN IMMEDIATE; COMMIT").await?;
            Ok(connection)
        };
        match opened.await {
            Ok(connection) => Ok(Some(Book { connection: Some(connection), next: 1 })),
            Err(sqlx::Error::Database(error)) if is_locked(error.as_ref()) => Ok(None),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    /// What a process that was killed had entered and not posted: places behind `posted`, in their order.
    pub(crate) async fn left(&mut self, posted: i64) -> Result<Vec<(i64, Vec<LogRow>)>> {
        let sql = "SELECT place, rows FROM entered WHERE place > $1 ORDER BY place";
        let found: Vec<(i64, Vec<u8>)> = sqlx::query_as(sql)
            .bind(posted)
            .fetch_all(self.connection().map_err(VaultError::sql("read the book"))?)
            .await
            .map_err(VaultError::sql("read the book"))?;
        self.next = found.last().map_or(posted, |(place, _)| *place) + 1;
        found.into_iter().map(|(place, rows)| Ok((place, decoded(&rows)?))).collect()
    }

    /// How many acts wait in the book of a folder for the ledger, which is posted up to `posted`. None when a process has
    /// the book, and posts them. Looks only; the book stays as it is.
    pub(crate) async fn waiting(folder: &Path, key: &Key32, posted: i64) -> Result<Option<u64>> {
        let path = folder.join(BOOK_FILE);
        if !path.metadata().is_ok_and(|file| file.len() > 0) {
            return Ok(Some(0));
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(false)
            .pragma("key", store::cipher_key(key))
            .busy_timeout(LONGEST_WAIT)
            .disable_statement_logging();
        store::prepare().await.map_err(|error| failed(&path, &error))?;
        // Nobody but who looks uses this side file: whoever has the book keeps in memory what stands in it.
        let shared = store::reading::side_file(&path, "-shm");
        let was_there = shared.exists();
        let counted = async {
            let mut connection = store::reading::only_reading(&path, options).connect().await?;
            let has_entries = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'entered'";
            let counted = async {
                if sqlx::query_scalar::<_, i64>(has_entries).fetch_one(&mut connection).await? == 0 {
                    return Ok(0);
                }
                let sql = "SELECT COUNT(*) FROM entered WHERE place > $1";
                sqlx::query_scalar::<_, i64>(sql).bind(posted).fetch_one(&mut connection).await
            };
            let counted = counted.await;
            let _ = connection.close().await;
            counted
        };
        let counted = counted.await;
        if !was_there {
            let _ = std::fs::remove_file(&shared);
        }
        match counted {
            Ok(count) => Ok(Some(u64::try_from(count).unwrap_or(0))),
            Err(sqlx::Error::Database(error)) if is_locked(error.as_ref()) => Ok(None),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    /// Enters rows; durable when this returns with their place.
    pub(crate) async fn enter(&mut self, rows: &[LogRow]) -> Result<i64, sqlx::Error> {
        let bytes = minicbor::to_vec(rows).map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
        // Taken in any case: what failed may have become durable all the same.
        let place = self.next;
        self.next += 1;
        crate::sql::sent();
        sqlx::query("INSERT INTO entered (place, rows) VALUES ($1, $2)")
            .bind(place)
            .bind(bytes)
            .execute(self.connection()?)
            .await?;
        Ok(place)
    }

    /// Strikes out what was posted.
    pub(crate) async fn strike(&mut self, posted: i64) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM entered WHERE place <= $1")
            .bind(posted)
            .execute(self.connection()?)
            .await
            .map(drop)
    }

    fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.connection.as_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// Closes the file.
    pub(crate) async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = connection.close().await;
        }
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            close_now(connection);
        }
    }
}

fn failed(path: &Path, error: &sqlx::Error) -> VaultError {
    VaultError::Setup(format!("cannot open {}: {error}", path.display()))
}

fn is_locked(error: &dyn sqlx::error::DatabaseError) -> bool {
    // SQLITE_BUSY and its kin; the low byte is the kind.
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

fn decoded(bytes: &[u8]) -> Result<Vec<LogRow>> {
    minicbor::decode(bytes).map_err(|_| VaultError::Damaged("an entry of the book".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::LogRow;

    fn row(id: &str) -> LogRow {
        LogRow::for_tests(id)
    }

    fn ids(entries: &[(i64, Vec<LogRow>)]) -> Vec<(i64, Vec<&str>)> {
        entries.iter().map(|(place, rows)| (*place, rows.iter().map(LogRow::id).collect())).collect()
    }

    #[tokio::test]
    async fn what_was_entered_and_not_posted_is_found_again_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key32::random().unwrap();
        let mut book = Book::open(folder.path(), &key).await.unwrap().unwrap();
        assert!(book.left(0).await.unwrap().is_empty());
        assert_eq!(book.enter(&[row("a"), row("b")]).await.unwrap(), 1);
        assert_eq!(book.enter(&[row("c")]).await.unwrap(), 2);
        assert_eq!(book.enter(&[row("d")]).await.unwrap(), 3);
        book.strike(1).await.unwrap();
        book.close().await;
        let mut book = Book::open(folder.path(), &key).await.unwrap().unwrap();
        // The second was posted by a process that was killed before it could strike it out.
        assert_eq!(ids(&book.left(2).await.unwrap()), [(3, vec!["d"])]);
        assert_eq!(book.enter(&[row("e")]).await.unwrap(), 4);
        book.strike(4).await.unwrap();
        book.close().await;
        let mut book = Book::open(folder.path(), &key).await.unwrap().unwrap();
        assert!(book.left(4).await.unwrap().is_empty());
        assert_eq!(book.enter(&[row("f")]).await.unwrap(), 5, "no place is given twice");
    }

    #[tokio::test]
    async fn the_book_is_one_process_s_and_lies_encrypted() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key32::random().unwrap();
        let mut book = Book::open(folder.path(), &key).await.unwrap().unwrap();
        book.enter(&[row("secret-reference")]).await.unwrap();
        assert!(Book::open(folder.path(), &key).await.unwrap().is_none());
        book.close().await;
        let bytes = std::fs::read(folder.path().join(BOOK_FILE)).unwrap();
        assert!(!bytes.windows(16).any(|part| part == b"secret-reference" || part == b"SQLite format 3\0"));
        assert!(Book::open(folder.path(), &Key32::random().unwrap()).await.is_err(), "another key");
    }
}
