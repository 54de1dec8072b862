//! A transaction of PostgreSQL that begins when it is needed.

use super::sent;
use crate::connections::{Connections, Lent};
use crate::error::{Result, VaultError};
use sqlx::{Executor as _, Postgres};

/// The transaction, begun when it is not yet. No connection to write with is the same to people as no disk: nothing can
/// be logged, so nothing is shown.
pub(super) async fn begun<'a>(
    pool: &Connections<Postgres>,
    tx: &'a mut Option<Transaction>,
) -> Result<&'a mut Transaction> {
    if tx.is_none() {
        *tx = Some(Transaction::begin(pool).await.map_err(VaultError::LedgerUnavailable)?);
    }
    tx.as_mut().ok_or(VaultError::LedgerUnavailable(sqlx::Error::WorkerCrashed))
}

/// A transaction of PostgreSQL on a borrowed connection. Dropped, it is rolled back before the connection is lent again.
pub(super) struct Transaction {
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

    pub(super) fn connection(&mut self) -> &mut sqlx::PgConnection {
        self.lent().connection()
    }

    pub(super) fn heard<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.lent().heard(outcome)
    }

    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
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
