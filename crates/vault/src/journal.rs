//! Rows of the log that belong to no change: lists, reads, denials. Those that come while another commit is under way
//! share the next one, so that a read waits for a commit and not for its turn at one.
//!
//! **Invariant:** a caller hears of success only after the commit that holds its row is durable; when the commit fails,
//! everybody who shared it hears that, and their bytes do not leave.

use crate::audit::{LogRow, store_alone};
use crate::error::{Result, VaultError};
use crate::sql::Db;
use tokio::sync::{mpsc, oneshot};

/// Acts of one commit; bounds how long the first of them waits.
const MOST_SHARED: usize = 128;

type Told = oneshot::Sender<Result<(), String>>;

/// The one place where such rows are written.
pub(crate) struct Journal {
    queue: mpsc::Sender<(Vec<LogRow>, Told)>,
}

impl Journal {
    /// Begins to write into `db`; ends with the last handle.
    pub(crate) fn start(db: Db) -> Journal {
        let (queue, waiting) = mpsc::channel(4 * MOST_SHARED);
        tokio::spawn(write(db, waiting));
        Journal { queue }
    }

    /// Returns once the rows of an act are durable.
    pub(crate) async fn append(&self, rows: Vec<LogRow>) -> Result<()> {
        let (told, hear) = oneshot::channel();
        let closed = || VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed);
        self.queue.send((rows, told)).await.map_err(|_| closed())?;
        match hear.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reason)) => Err(VaultError::LedgerUnavailable(sqlx::Error::Protocol(reason))),
            Err(_) => Err(closed()),
        }
    }
}

async fn write(db: Db, mut waiting: mpsc::Receiver<(Vec<LogRow>, Told)>) {
    let mut batch = Vec::with_capacity(MOST_SHARED);
    while waiting.recv_many(&mut batch, MOST_SHARED).await > 0 {
        let (rows, told): (Vec<Vec<LogRow>>, Vec<Told>) = batch.drain(..).unzip();
        let outcome =
            store_alone(&db, rows.into_iter().flatten().collect()).await.map_err(|error| error.to_string());
        for teller in told {
            // Whoever has gone away does not need to hear it.
            let _ = teller.send(outcome.clone());
        }
    }
}
