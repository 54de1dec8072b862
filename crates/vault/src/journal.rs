//! Rows of the log that belong to no change: lists, reads, denials. Those that come while another commit is under way
//! share the next one, so that a read waits for a commit and not for its turn at one.
//!
//! On SQLite the rows of what was merely seen go to the [`Book`] first and are posted to the ledger a moment later; all
//! others, and everything on PostgreSQL, go to the ledger at once.
//!
//! **Invariant:** a caller hears of success only after the commit that holds its row is durable; when the commit fails,
//! everybody who shared it hears that, and their bytes do not leave. While posting fails nothing is entered any more:
//! what cannot be logged for good is not shown.

use crate::audit::{LogRow, store, store_alone, unlogged};
use crate::book::Book;
use crate::error::{Result, VaultError};
use crate::sql::Db;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};

/// Acts of one commit; bounds how long the first of them waits.
const MOST_SHARED: usize = 128;
/// How long entered rows wait for others before they are posted.
const POST_AFTER: Duration = Duration::from_millis(500);
/// Rows of one commit to the ledger; others who write wait for it.
const MOST_POSTED: usize = 256;
/// Entered rows that are not posted yet, at most. Whoever comes then waits until they are.
const MOST_ENTERED: usize = 20_000;
/// The setting that says how far the book is posted; it moves in the commit that posts.
const POSTED: &str = "journal/posted";

/// Rows with their place in the book.
type Entry = (i64, Arc<Vec<LogRow>>);

type Told = oneshot::Sender<Result<(), String>>;

enum Order {
    Append(Vec<LogRow>, Told),
    Close(oneshot::Sender<()>),
}

/// The one place where such rows are written.
pub(crate) struct Journal {
    queue: mpsc::Sender<Order>,
    desk: Arc<Desk>,
}

impl Journal {
    /// Begins to write into `db`; ends with the last handle. What a killed process left in the book is posted first.
    ///
    /// # Errors
    /// The book or the ledger cannot be read or written.
    pub(crate) async fn start(db: Db, book: Option<Book>) -> Result<Journal> {
        let desk = Arc::new(Desk {
            db,
            entered: Mutex::default(),
            posting: tokio::sync::Mutex::default(),
            posted: AtomicI64::new(0),
            stuck: AtomicBool::new(false),
            waiting: Arc::default(),
        });
        let book = match book {
            Some(mut book) => {
                let posted = desk.how_far().await?;
                desk.posted.store(posted, Ordering::SeqCst);
                let left = book.left(posted).await?;
                *desk.entered() = left.into_iter().map(|(place, rows)| (place, Arc::new(rows))).collect();
                post(&desk).await?;
                tokio::spawn(keep_posting(Arc::downgrade(&desk)));
                Some(book)
            }
            None => None,
        };
        let (queue, orders) = mpsc::channel(4 * MOST_SHARED);
        tokio::spawn(write(desk.clone(), book, orders));
        Ok(Journal { queue, desk })
    }

    /// Returns once the rows of an act are durable.
    pub(crate) async fn append(&self, rows: Vec<LogRow>) -> Result<()> {
        let (told, hear) = oneshot::channel();
        let closed = || VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed);
        self.queue.send(Order::Append(rows, told)).await.map_err(|_| closed())?;
        match hear.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reason)) => Err(VaultError::LedgerUnavailable(sqlx::Error::Protocol(reason))),
            Err(_) => Err(closed()),
        }
    }

    /// Posts everything that anybody was told is logged. Whoever reads the log begins with this.
    ///
    /// # Errors
    /// [`VaultError::LedgerUnavailable`].
    pub(crate) async fn post(&self) -> Result<()> {
        post(&self.desk).await
    }

    /// Posts nothing as long as this is held, for tests that count trips: what the clock does meanwhile is not theirs.
    #[cfg(test)]
    pub(crate) async fn hold(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.desk.posting.lock().await
    }

    /// Posts what is entered and closes the book.
    pub(crate) async fn close(&self) {
        if let Err(error) = self.post().await {
            // It lies in the book, and is posted at the next start.
            tracing::error!(%error, "rows of the log wait in the book");
        }
        let (done, wait) = oneshot::channel();
        if self.queue.send(Order::Close(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

/// How far the book is posted, by the ledger.
pub(crate) async fn how_far(data: &Db) -> Result<i64> {
    let sql = "SELECT value FROM setting WHERE name = $1";
    let row = data.optional("read how far the book is posted", sql, &[POSTED.into()]).await?;
    let text = row.map(|row| row.text(0)).transpose()?.unwrap_or_else(|| "0".to_owned());
    text.parse().map_err(|_| VaultError::Damaged("how far the book is posted".to_owned()))
}

/// What is entered and not posted.
struct Desk {
    db: Db,
    entered: Mutex<VecDeque<Entry>>,
    posting: tokio::sync::Mutex<()>,
    posted: AtomicI64,
    stuck: AtomicBool,
    waiting: Arc<Notify>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.waiting.notify_one();
    }
}

impl Desk {
    fn entered(&self) -> std::sync::MutexGuard<'_, VecDeque<Entry>> {
        self.entered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn how_far(&self) -> Result<i64> {
        how_far(&self.db).await
    }

    async fn post(&self) -> Result<()> {
        let _turn = self.posting.lock().await;
        if self.stuck.load(Ordering::SeqCst) {
            // What failed may have become durable all the same; then it must not be posted twice.
            self.is_posted(self.how_far().await?);
        }
        while let Some((upto, taken)) = self.next() {
            let posted = self.post_one(upto, &taken).await;
            self.stuck.store(posted.is_err(), Ordering::SeqCst);
            posted.map_err(unlogged)?;
            self.is_posted(upto);
        }
        self.stuck.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// Entries leave the desk here and nowhere else, after the commit that posted them.
    fn is_posted(&self, upto: i64) {
        let mut entered = self.entered();
        while entered.front().is_some_and(|(place, _)| *place <= upto) {
            entered.pop_front();
        }
        drop(entered);
        self.posted.store(upto, Ordering::SeqCst);
    }

    /// As many entries as go into one commit, and the place of the last.
    fn next(&self) -> Option<(i64, Vec<Entry>)> {
        let entered = self.entered();
        let (mut taken, mut rows) = (Vec::new(), 0);
        for (place, entry) in entered.iter() {
            if rows >= MOST_POSTED {
                break;
            }
            rows += entry.len();
            taken.push((*place, entry.clone()));
        }
        taken.last().map(|(place, _)| *place).map(|upto| (upto, taken))
    }

    async fn post_one(&self, upto: i64, taken: &[Entry]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let rows: Vec<&LogRow> = taken.iter().flat_map(|(_, rows)| rows.iter()).collect();
        store(&mut tx, &rows).await?;
        let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        tx.run("note how far the book is posted", sql, &[POSTED.into(), upto.to_string().into()]).await?;
        tx.commit().await
    }
}

/// Posts in a task of its own: whoever asked may go away in the middle, and the commit would then be known to nobody.
async fn post(desk: &Arc<Desk>) -> Result<()> {
    if desk.entered().is_empty() && !desk.stuck.load(Ordering::SeqCst) && desk.posting.try_lock().is_ok() {
        return Ok(());
    }
    let desk = desk.clone();
    let posting = tokio::spawn(async move { desk.post().await });
    posting.await.unwrap_or(Err(VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed)))
}

async fn keep_posting(desk: Weak<Desk>) {
    let Some(waiting) = desk.upgrade().map(|desk| desk.waiting.clone()) else { return };
    loop {
        waiting.notified().await;
        tokio::time::sleep(POST_AFTER).await;
        let Some(desk) = desk.upgrade() else { return };
        if let Err(error) = post(&desk).await {
            tracing::error!(%error, "rows of the log wait in the book");
            waiting.notify_one();
        }
    }
}

async fn write(desk: Arc<Desk>, mut book: Option<Book>, mut orders: mpsc::Receiver<Order>) {
    let mut batch = Vec::with_capacity(MOST_SHARED);
    let mut struck = 0;
    let mut closing = None;
    while closing.is_none() && orders.recv_many(&mut batch, MOST_SHARED).await > 0 {
        let (mut seen, mut others) = (Vec::new(), Vec::new());
        for order in batch.drain(..) {
            match order {
                Order::Append(rows, told) if book.is_some() && rows.iter().all(LogRow::may_wait) => {
                    seen.push((rows, told));
                }
                Order::Append(rows, told) => others.push((rows, told)),
                Order::Close(done) => closing = Some(done),
            }
        }
        if !others.is_empty() {
            let (rows, told): (Vec<Vec<LogRow>>, Vec<Told>) = others.into_iter().unzip();
            tell(told, store_alone(&desk.db, rows.into_iter().flatten().collect()).await);
        }
        let Some(book) = book.as_mut().filter(|_| !seen.is_empty()) else { continue };
        let (rows, told): (Vec<Vec<LogRow>>, Vec<Told>) = seen.into_iter().unzip();
        tell(told, enter(&desk, book, rows.into_iter().flatten().collect(), &mut struck).await);
    }
    if let Some(mut book) = book {
        if let Err(error) = book.strike(desk.posted.load(Ordering::SeqCst)).await {
            tracing::warn!(%error, "what was posted stays in the book");
        }
        book.close().await;
    }
    if let Some(done) = closing {
        let _ = done.send(());
    }
}

async fn enter(desk: &Arc<Desk>, book: &mut Book, rows: Vec<LogRow>, struck: &mut i64) -> Result<()> {
    // While the ledger takes nothing, nothing is shown; and when it takes it too slowly, one waits.
    if desk.stuck.load(Ordering::SeqCst)
        || desk.entered().iter().map(|(_, rows)| rows.len()).sum::<usize>() > MOST_ENTERED
    {
        post(desk).await?;
    }
    let posted = desk.posted.load(Ordering::SeqCst);
    if posted > *struck {
        book.strike(posted).await.map_err(VaultError::LedgerUnavailable)?;
        *struck = posted;
    }
    let place = book.enter(&rows).await.map_err(VaultError::LedgerUnavailable)?;
    desk.entered().push_back((place, Arc::new(rows)));
    desk.waiting.notify_one();
    Ok(())
}

fn tell(told: Vec<Told>, outcome: Result<()>) {
    let outcome = outcome.map_err(|error| error.to_string());
    for teller in told {
        // Whoever has gone away does not need to hear it.
        let _ = teller.send(outcome.clone());
    }
}
