//! Connections that stay open and are lent out one at a time, the one that came back last first: its pages and prepared
//! statements are at hand.
//!
//! Not sqlx's own pool, which asks the engine after each use whether the connection is still well, in a task of its own:
//! one more round trip for every statement.
//!
//! **Invariant:** a connection comes back only from work that has ended. One whose work was broken off is closed.

use sqlx::{ConnectOptions as _, Connection, Database};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Longest wait for a connection.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// A connection over the network that lay idle for longer is asked whether it is still there.
const IN_DOUBT: Duration = Duration::from_secs(30);
/// A connection over the network that lay idle for longer is closed.
const TOO_MANY: Duration = Duration::from_secs(600);

/// How long connections live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// As long as the pool: what they are connected to is in this process.
    Pool,
    /// Until they are no longer needed or the other side has gone.
    Need,
}

/// A number of connections to one database; opened as they are needed.
pub(crate) struct Connections<D: Database>(Arc<Home<D>>);

impl<D: Database> Clone for Connections<D> {
    fn clone(&self) -> Self {
        Connections(self.0.clone())
    }
}

struct Home<D: Database> {
    options: <D::Connection as Connection>::Options,
    life: Life,
    most: u32,
    permits: Arc<Semaphore>,
    idle: Mutex<VecDeque<Idle<D>>>,
}

struct Idle<D: Database> {
    connection: D::Connection,
    since: Instant,
}

impl<D: Database> Connections<D> {
    /// At most so many connections; none is opened yet.
    pub(crate) fn new(
        options: <D::Connection as Connection>::Options,
        most: u32,
        life: Life,
    ) -> Connections<D> {
        let most = most.max(1);
        Connections(Arc::new(Home {
            options,
            life,
            most,
            permits: Arc::new(Semaphore::new(most as usize)),
            idle: Mutex::default(),
        }))
    }

    /// What is connected to.
    pub(crate) fn options(&self) -> &<D::Connection as Connection>::Options {
        &self.0.options
    }

    /// Borrows a connection.
    ///
    /// # Errors
    /// All are lent out for too long; the pool is closed; no new one can be opened.
    pub(crate) async fn take(&self) -> Result<Lent<D>, sqlx::Error> {
        let home = self.0.clone();
        let permit = tokio::time::timeout(LONGEST_WAIT, home.permits.clone().acquire_owned())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        loop {
            let idle = home.idle().pop_back();
            let connection = match idle {
                Some(mut idle) => {
                    let doubtful = home.life == Life::Need && idle.since.elapsed() >= IN_DOUBT;
                    if doubtful && idle.connection.ping().await.is_err() {
                        continue;
                    }
                    idle.connection
                }
                None => tokio::time::timeout(LONGEST_WAIT, home.options.connect())
                    .await
                    .map_err(|_| sqlx::Error::PoolTimedOut)??,
            };
            return Ok(Lent { connection: Some(connection), ended: true, home, _permit: permit });
        }
    }

    /// Closes every connection, after all have come back. Nobody borrows one any more.
    pub(crate) async fn close(&self) {
        let Ok(_all) = self.0.permits.acquire_many(self.0.most).await else { return };
        self.0.permits.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for one in idle {
            // What does not say goodbye is gone all the same.
            let _ = one.connection.close().await;
        }
    }
}

impl<D: Database> Home<D> {
    fn idle(&self) -> std::sync::MutexGuard<'_, VecDeque<Idle<D>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_back(&self, connection: D::Connection) {
        let now = Instant::now();
        let mut idle = self.idle();
        idle.push_back(Idle { connection, since: now });
        let needless = |one: &mut Idle<D>| self.life == Life::Need && now - one.since >= TOO_MANY;
        let gone = idle.pop_front_if(needless);
        drop(idle);
        drop(gone);
    }
}

/// Closes a connection to a file and waits until it is closed. A connection that is merely dropped goes on closing in a
/// thread of its own: the file is still in use when its owner is gone, and a process that ends meanwhile pulls SQLCipher's
/// tables away from under it.
pub(crate) fn close_now(connection: sqlx::SqliteConnection) {
    // What cannot be closed in order is closed all the same.
    let _ = futures_executor::block_on(connection.close());
}

impl<D: Database> Drop for Home<D> {
    fn drop(&mut self) {
        if self.life == Life::Pool {
            let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
            for one in idle.drain(..) {
                // As `close_now`: these are connections to a file too.
                let _ = futures_executor::block_on(one.connection.close());
            }
        }
    }
}

/// A borrowed connection. It goes back when this is dropped, unless work on it was broken off.
pub(crate) struct Lent<D: Database> {
    connection: Option<D::Connection>,
    ended: bool,
    home: Arc<Home<D>>,
    _permit: OwnedSemaphorePermit,
}

impl<D: Database> Lent<D> {
    /// The connection, for one piece of work; [`Lent::heard`] says that it has ended.
    pub(crate) fn connection(&mut self) -> &mut D::Connection {
        self.ended = false;
        // The connection is taken only by `drop`, after which no method can be called.
        #[expect(clippy::expect_used, reason = "what was lent holds its connection until it is dropped")]
        self.connection.as_mut().expect("a connection used after it went back")
    }

    /// Whether nothing is under way on it.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes note of how the work ended. What the engine itself refused leaves the connection as it was; after any other
    /// failure nobody knows how it stands.
    pub(crate) fn heard<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.ended = matches!(outcome, Ok(_) | Err(sqlx::Error::Database(_)));
        outcome
    }
}

impl<D: Database> Drop for Lent<D> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && self.ended
        {
            self.home.put_back(connection);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Sqlite;
    use sqlx::sqlite::SqliteConnectOptions;

    fn two() -> Connections<Sqlite> {
        Connections::new(SqliteConnectOptions::new().in_memory(true), 2, Life::Pool)
    }

    /// Marks a connection, or reads the mark: a database in memory belongs to its connection.
    async fn mark(lent: &mut Lent<Sqlite>, mark: i64) {
        let set = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {mark}")));
        let outcome = set.execute(lent.connection()).await;
        lent.heard(outcome).unwrap();
    }

    async fn marked(lent: &mut Lent<Sqlite>) -> i64 {
        let outcome = sqlx::query_scalar("PRAGMA user_version").fetch_one(lent.connection()).await;
        lent.heard(outcome).unwrap()
    }

    #[tokio::test]
    async fn the_one_that_came_back_last_is_lent_first() {
        let pool = two();
        let (mut first, mut second) = (pool.take().await.unwrap(), pool.take().await.unwrap());
        mark(&mut first, 1).await;
        mark(&mut second, 2).await;
        drop(second);
        drop(first);
        let mut again = pool.take().await.unwrap();
        assert_eq!(marked(&mut again).await, 1);
    }

    #[tokio::test]
    async fn a_connection_whose_work_was_broken_off_is_never_lent_again() {
        let pool = two();
        let mut lent = pool.take().await.unwrap();
        mark(&mut lent, 1).await;
        {
            let long = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 50000000) \
                        SELECT COUNT(*) FROM n";
            let work = sqlx::query(long).fetch_one(lent.connection());
            assert!(tokio::time::timeout(Duration::from_millis(5), work).await.is_err());
        }
        drop(lent);
        assert_eq!(marked(&mut pool.take().await.unwrap()).await, 0, "a new one");
    }

    #[tokio::test]
    async fn a_refusal_by_the_engine_does_no_harm_to_the_connection() {
        let pool = two();
        let mut lent = pool.take().await.unwrap();
        mark(&mut lent, 1).await;
        let refused = sqlx::query("SELECT nothing FROM nowhere").execute(lent.connection()).await;
        assert!(lent.heard(refused).is_err());
        drop(lent);
        assert_eq!(marked(&mut pool.take().await.unwrap()).await, 1);
    }

    #[tokio::test]
    async fn closing_waits_for_what_is_lent_and_lends_no_more() {
        let pool = two();
        let lent = pool.take().await.unwrap();
        let closing = tokio::spawn({
            let pool = pool.clone();
            async move { pool.close().await }
        });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished());
        drop(lent);
        closing.await.unwrap();
        assert!(matches!(pool.take().await, Err(sqlx::Error::PoolClosed)));
        pool.close().await;
    }
}
