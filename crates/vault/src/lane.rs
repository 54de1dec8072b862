//! The one writing lane of SQLite, with group commit.
//!
//! SQLite has one writer, and a durable commit costs an fsync. Writers that queue behind each other therefore share
//! one transaction: the first has it to itself, each after it works inside a savepoint, and whoever leaves the lane last
//! commits for all of them.
//!
//! **Invariant:** a writer is told of success only after the shared commit is durable; a writer that fails or is
//! dropped rolls back its own savepoint and nobody else's.

use crate::error::{Result, VaultError};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Executor as _};
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
    track: Arc<Mutex<Track>>,
    queued: Arc<AtomicUsize>,
}

struct Track {
    connection: SqliteConnection,
    open: bool,
    /// What a writer has begun and neither kept nor undone yet.
    begun: Begun,
    waiting: Vec<oneshot::Sender<Result<(), String>>>,
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

impl Track {
    async fn execute(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        self.connection.execute(AssertSqlSafe(sql.to_owned())).await.map(drop)
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
        if outcome.is_err() {
            // The transaction may or may not still be open; either way nothing of it may survive.
            let _ = self.execute("ROLLBACK").await;
            self.begun = Begun::Nothing;
        }
        self.open = false;
        let told = outcome.map_err(|error| error.to_string());
        for waiter in self.waiting.drain(..) {
            let _ = waiter.send(told.clone());
        }
    }
}

impl Lane {
    pub(crate) fn new(connection: SqliteConnection) -> Lane {
        Lane {
            track: Arc::new(Mutex::new(Track {
                connection,
                open: false,
                begun: Begun::Nothing,
                waiting: Vec::new(),
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

    /// Makes everything that was committed durable now.
    pub(crate) async fn flush(&self) {
        self.track.clone().lock_owned().await.flush().await;
    }
}

/// The right to write, held by one writer at a time.
pub(crate) struct LaneGuard {
    track: Option<OwnedMutexGuard<Track>>,
    queued: Arc<AtomicUsize>,
}

impl LaneGuard {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        // The track is taken only by `commit` and `drop`, after which no method can be called.
        #[expect(clippy::expect_used, reason = "the guard owns its track until it is consumed")]
        let track = self.track.as_mut().expect("lane guard used after commit");
        &mut track.connection
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
