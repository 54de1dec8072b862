//! Folding SQLite's write-ahead log into the file, beside the commits and not within them: left to SQLite, every commit
//! that finds the log long writes its pages twice and waits for the disk three times.
//!
//! **Invariant:** one at a time, on one connection. Whoever must know that nothing of before is left in the log
//! ([`Wal::empty`]) is not told that it is in use because we are at it ourselves.

use crate::connections::close_now;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Executor as _, Row as _};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

/// What was committed lies in the log for at least so long; pages that are written again meanwhile are folded in once.
const WAIT: Duration = Duration::from_millis(500);
/// A log of so many pages begins anew; that keeps writers waiting for those who read at that moment.
const LONG: i64 = 8_000;
/// So many pages are folded in while writers wait, and no more if so many times before suffice.
const SHORT: i64 = 200;
const MOST_TIMES: usize = 3;
/// Left to itself SQLite folds in a log of so many pages, in case that we are late.
pub(crate) const VERY_LONG: &str = "32000";

/// The write-ahead log of one file.
pub(crate) struct Wal {
    connection: Mutex<Option<SqliteConnection>>,
    written: Arc<Notify>,
}

impl Wal {
    /// Folds over a connection of its own.
    pub(crate) fn new(connection: SqliteConnection) -> Wal {
        Wal { connection: Mutex::new(Some(connection)), written: Arc::default() }
    }

    /// Says that something was committed.
    pub(crate) fn written(&self) {
        self.written.notify_one();
    }

    /// Folds the log in and empties it. Answers false when readers kept it from that for as long as one waits for a lock.
    pub(crate) async fn empty(&self) -> Result<bool, sqlx::Error> {
        let mut connection = self.connection.lock().await;
        let connection = connection.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        let log = checkpoint(connection, "TRUNCATE", Duration::from_secs(10)).await?;
        Ok(!log.busy)
    }

    /// Closes the connection.
    pub(crate) async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take() {
            let _ = connection.close().await;
        }
        self.written();
    }

    /// Folds in what can be; false when the log is closed.
    async fn fold(&self) -> bool {
        let mut connection = self.connection.lock().await;
        let Some(connection) = connection.as_mut() else { return false };
        let folded = async {
            let mut log = checkpoint(connection, "PASSIVE", Duration::ZERO).await?;
            if log.pages >= LONG {
                // Writers wait while the rest is folded in for the log to begin anew; it should be short by then.
                for _ in 0..MOST_TIMES {
                    if log.pages - log.folded <= SHORT {
                        break;
                    }
                    log = checkpoint(connection, "PASSIVE", Duration::ZERO).await?;
                }
                checkpoint(connection, "RESTART", Duration::from_millis(200)).await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        if let Err(error) = folded.await {
            // Nothing is lost by it: the log grows, and SQLite folds it in by itself when it is very long.
            tracing::warn!(%error, "the write-ahead log cannot be folded in");
        }
        true
    }
}

impl Drop for Wal {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.get_mut().take() {
            close_now(connection);
        }
        self.written();
    }
}

/// Folds in what is written, until the log is closed or gone.
pub(crate) async fn keep_folding(wal: Weak<Wal>) {
    let Some(written) = wal.upgrade().map(|wal| wal.written.clone()) else { return };
    loop {
        written.notified().await;
        let Some(wal) = wal.upgrade() else { return };
        if !wal.fold().await {
            return;
        }
        drop(wal);
        tokio::time::sleep(WAIT).await;
    }
}

/// What a checkpoint found.
struct Log {
    /// Whether somebody was in the way.
    busy: bool,
    /// Pages in the log.
    pages: i64,
    /// How many of them lie in the file.
    folded: i64,
}

async fn checkpoint(
    connection: &mut SqliteConnection,
    mode: &str,
    patience: Duration,
) -> Result<Log, sqlx::Error> {
    let patience = format!("PRAGMA busy_timeout = {}", patience.as_millis());
    connection.execute(sqlx::AssertSqlSafe(patience)).await?;
    let row = connection.fetch_one(sqlx::AssertSqlSafe(format!("PRAGMA wal_checkpoint({mode})"))).await?;
    // The first column is 1 when somebody was in the way; the statement itself succeeds all the same.
    Ok(Log { busy: row.try_get::<i64, _>(0)? != 0, pages: row.try_get(1)?, folded: row.try_get(2)? })
}
