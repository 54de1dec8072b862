//! The one writing lane of SQLite, with group commit.
//!
//! SQLite has one writer, and a durable commit costs an fsync. Writers that queue behind each other therefore share
//! one transaction: the first has it to itself, each after it works inside a savepoint, and whoever leaves the lane last
//! commits for all of them.
//!
//! **Invariant:** a writer is told of success only after the shared commit is durable; a writer that fails or is
//! dropped rolls back its own savepoint and nobody else's.

use crate::connections::close_now;
use crate::error::{Result, VaultError};
use crate::wal::Wal;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// Most writers that share one commit; bounds how long the first of them waits.
const MOST_SHARED: usize = 64;
/// Longest wait for the lane, the same as for a locked file. A writer that holds the lane and, in the same breath, asks
/// for it again would otherwise wait for itself for ever.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

pub(crate) struct Lane {
    /// Told of every commit.
    pub(crate) wal: Arc<Wal>,
    track: Arc<Mutex<Track>>,
    queued: Arc<AtomicUsize>,
}

struct Track {
    /// None once the lane is closed.
    connection: Option<SqliteConnection>,
    wal: Arc<Wal>,
    open: bool,
    /// What a writer has begun and neither kept nor undone yet.
    begun: Begun,
    waiting: Vec<oneshot::Sender<Result<(), String>>>,
    #[cfg(test)]
    commits: u64,
}

/// What a writer works in. The first of a transaction has it to itself: undoing its work is undoing the transaction, and
/// SQLite need not keep the pages of before for a savepoint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    Nothing,
    Transaction,
    Savepoint,
}

/// Counts a writer that stands in the queue, also when it gives up.
struct Ticket {
    queued: Arc<AtomicUsize>,
    track: Option<Arc<Mutex<Track>>>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.queued.fetch_sub(1, Ordering::SeqCst);
        // A writer before us may have left the commit to us; when we give up, somebody must still do it.
        if let Some(track) = self.track.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let queued = self.queued.clone();
            runtime.spawn(async move {
                let mut track = track.lock_owned().await;
                if queued.load(Ordering::SeqCst) == 0 {
                    track.flush().await;
                }
            });
        }
    }
}

impl Drop for Track {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            close_now(connection);
        }
    }
}

impl Track {
    async fn execute(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let connection = self.connection.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        connection.execute(AssertSqlSafe(sql.to_owned())).await.map(drop)
    }

    /// Rolls back what a dropped writer left behind.
    async fn tidy(&mut self) -> Result<(), sqlx::Error> {
        match self.begun {
            Begun::Nothing => {}
            Begun::Transaction => {
                self.execute("ROLLBACK").await?;
                self.open = false;
            }
            Begun::Savepoint => self.execute("ROLLBACK TO writer; RELEASE writer").await?,
        }
        self.begun = Begun::Nothing;
        Ok(())
    }

    /// Commits the shared transaction and tells everybody who waits for it.
    async fn flush(&mut self) {
        if !self.open {
            return;
        }
        let outcome = match self.tidy().await {
            // What is undone as a whole held nobody else's work.
            Ok(()) if !self.open => Ok(()),
            Ok(()) => self.execute("COMMIT").await,
            Err(error) => Err(error),
        };
        #[cfg(test)]
        {
            self.commits += u64::from(outcome.is_ok());
        }
        if outcome.is_err() {
            // The transaction may or may not still be open; either way nothing of it may survive.
            let _ = self.execute("ROLLBACK").await;
            self.begun = Begun::Nothing;
        } else {
            self.wal.written();
        }
        self.open = false;
        let told = outcome.map_err(|error| error.to_string());
        for waiter in self.waiting.drain(..) {
            let _ = waiter.send(told.clone());
        }
    }
}

impl Lane {
    pub(crate) fn new(connection: SqliteConnection, wal: Arc<Wal>) -> Lane {
        Lane {
            wal: wal.clone(),
            track: Arc::new(Mutex::new(Track {
                connection: Some(connection),
                wal,
                open: false,
                begun: Begun::Nothing,
                waiting: Vec::new(),
                #[cfg(test)]
                commits: 0,
            })),
            queued: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// Waits for the lane and opens a savepoint in the shared transaction.
    pub(crate) async fn enter(&self) -> Result<LaneGuard> {
        self.queued.fetch_add(1, Ordering::SeqCst);
        let mut ticket = Ticket { queued: self.queued.clone(), track: Some(self.track.clone()) };
        let waited = tokio::time::timeout(LONGEST_WAIT, self.track.clone().lock_owned()).await;
        let Ok(mut track) = waited else {
            return Err(VaultError::LedgerUnavailable(sqlx::Error::PoolTimedOut));
        };
        ticket.track = None;
        drop(ticket);
        let queued = self.queued.clone();
        // A task of its own: a caller that goes away in the middle must not leave the transaction half open.
        let opening = tokio::spawn(async move {
            let opened = async {
                track.tidy().await?;
                if track.open {
                    track.execute("SAVEPOINT writer").await?;
                    track.begun = Begun::Savepoint;
                } else {
                    track.open = true;
                    track.execute("BEGIN IMMEDIATE").await?;
                    track.begun = Begun::Transaction;
                }
                Ok(())
            };
            match opened.await {
                Ok(()) => Ok(LaneGuard { track: Some(track), queued }),
                Err(error) => {
                    track.flush().await;
                    Err(VaultError::LedgerUnavailable(error))
                }
            }
        });
        opening.await.unwrap_or(Err(VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed)))
    }

    /// Makes everything that was committed durable and closes the lane. As the last connection it folds the write-ahead
    /// log in, so that the next start need not.
    pub(crate) async fn close(&self) {
        let mut track = self.track.clone().lock_owned().await;
        track.flush().await;
        self.wal.close().await;
        if let Some(connection) = track.connection.take() {
            let _ = connection.close().await;
        }
    }
}

/// The right to write, held by one writer at a time.
pub(crate) struct LaneGuard {
    track: Option<OwnedMutexGuard<Track>>,
    queued: Arc<AtomicUsize>,
}

impl LaneGuard {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        // The track is taken only by `commit` and `drop`, after which no method can be called; and nobody else closes the
        // lane while we hold it.
        let connection = self.track.as_mut().and_then(|track| track.connection.as_mut());
        #[expect(clippy::expect_used, reason = "the guard owns an open track until it is consumed")]
        connection.expect("lane guard used after commit")
    }

    /// Leaves the lane with success and returns once the shared commit is durable.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let Some(mut track) = self.track.take() else { return Ok(()) };
        let queued = self.queued.clone();
        // A task of its own, for the same reason as in `enter`: others may be waiting for this flush.
        let leaving = tokio::spawn(async move {
            let (told, wait) = oneshot::channel();
            if queued.load(Ordering::SeqCst) == 0 || track.waiting.len() + 1 >= MOST_SHARED {
                // A savepoint ends with its transaction.
                track.begun = Begun::Nothing;
                track.waiting.push(told);
                track.flush().await;
                return Ok(wait);
            }
            if track.begun == Begun::Savepoint
                && let Err(error) = track.execute("RELEASE writer").await
            {
                track.flush().await;
                return Err(error);
            }
            track.begun = Begun::Nothing;
            track.waiting.push(told);
            if queued.load(Ordering::SeqCst) == 0 {
                track.flush().await;
            }
            Ok(wait)
        });
        let failed = VaultError::LedgerUnavailable;
        match leaving.await {
            Ok(Ok(wait)) => match wait.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(reason)) => Err(failed(sqlx::Error::Protocol(reason))),
                Err(_) => Err(failed(sqlx::Error::WorkerCrashed)),
            },
            Ok(Err(error)) => Err(failed(error)),
            Err(_) => Err(failed(sqlx::Error::WorkerCrashed)),
        }
    }
}

impl Drop for LaneGuard {
    fn drop(&mut self) {
        let Some(mut track) = self.track.take() else { return };
        let queued = self.queued.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if track.tidy().await.is_err() || queued.load(Ordering::SeqCst) == 0 {
                    track.flush().await;
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::ConnectOptions as _;
    use sqlx::sqlite::SqliteConnectOptions;

    async fn lane() -> Arc<Lane> {
        let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        connection.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)").await.unwrap();
        let beside = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        Arc::new(Lane::new(connection, Arc::new(Wal::new(beside))))
    }

    async fn insert(guard: &mut LaneGuard, x: u64) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(format!("INSERT INTO t (x) VALUES ({x})"));
        guard.connection().execute(sql).await.map(drop)
    }

    async fn stored(lane: &Lane) -> Vec<i64> {
        let mut track = lane.track.clone().lock_owned().await;
        sqlx::query_scalar("SELECT x FROM t ORDER BY x")
            .fetch_all(track.connection.as_mut().unwrap())
            .await
            .unwrap()
    }

    async fn commits(lane: &Lane) -> u64 {
        lane.track.clone().lock_owned().await.commits
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn writers_that_queue_share_commits() {
        let lane = lane().await;
        // Held, so that all of them stand in the queue before the first may go.
        let held = lane.track.clone().lock_owned().await;
        let mut writers = tokio::task::JoinSet::new();
        for x in 0..200 {
            let lane = lane.clone();
            writers.spawn(async move {
                let mut guard = lane.enter().await.unwrap();
                insert(&mut guard, x).await.unwrap();
                guard.commit().await.unwrap();
            });
        }
        while lane.queued.load(Ordering::SeqCst) < 200 {
            tokio::task::yield_now().await;
        }
        drop(held);
        while let Some(done) = writers.join_next().await {
            done.unwrap();
        }
        assert_eq!(stored(&lane).await.len(), 200);
        let commits = commits(&lane).await;
        assert!(commits >= 200 / MOST_SHARED as u64, "{commits}: at most {MOST_SHARED} share one");
        assert!(commits <= 20, "{commits} commits for 200 writers");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_writer_that_fails_or_gives_up_undoes_only_its_own() {
        let lane = lane().await;
        let held = lane.track.clone().lock_owned().await;
        let mut writers = tokio::task::JoinSet::new();
        for x in 0..90_u64 {
            let lane = lane.clone();
            writers.spawn(async move {
                let mut guard = lane.enter().await.unwrap();
                insert(&mut guard, x).await.unwrap();
                match x % 3 {
                    0 => guard.commit().await.unwrap(),
                    1 => drop(guard),
                    _ => {
                        insert(&mut guard, x).await.unwrap_err();
                        drop(guard);
                    }
                }
            });
        }
        while lane.queued.load(Ordering::SeqCst) < 90 {
            tokio::task::yield_now().await;
        }
        drop(held);
        while let Some(done) = writers.join_next().await {
            done.unwrap();
        }
        assert_eq!(stored(&lane).await, (0..90).step_by(3).collect::<Vec<i64>>());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn when_the_shared_commit_fails_everybody_is_told_and_nothing_is_kept() {
        let lane = lane().await;
        {
            let mut track = lane.track.clone().lock_owned().await;
            track.execute("PRAGMA foreign_keys = ON").await.unwrap();
            track
                .execute("CREATE TABLE child (x INTEGER REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)")
                .await
                .unwrap();
        }
        let held = lane.track.clone().lock_owned().await;
        let mut writers = tokio::task::JoinSet::new();
        for x in 0..10_u64 {
            let lane = lane.clone();
            writers.spawn(async move {
                let mut guard = lane.enter().await.unwrap();
                if x == 4 {
                    // Noticed only by the commit that all of them share.
                    guard.connection().execute("INSERT INTO child (x) VALUES (999)").await.unwrap();
                }
                insert(&mut guard, x).await.unwrap();
                guard.commit().await
            });
        }
        while lane.queued.load(Ordering::SeqCst) < 10 {
            tokio::task::yield_now().await;
        }
        drop(held);
        while let Some(told) = writers.join_next().await {
            assert!(matches!(told.unwrap(), Err(VaultError::LedgerUnavailable(_))));
        }
        assert!(stored(&lane).await.is_empty());
        let mut guard = lane.enter().await.unwrap();
        insert(&mut guard, 1).await.unwrap();
        guard.commit().await.unwrap();
        assert_eq!(stored(&lane).await, [1], "the next writer begins anew");
    }
}
