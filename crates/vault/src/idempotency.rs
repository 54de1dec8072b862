//! Creates that are sent twice (a lost answer, a second tap) make one record.

use crate::error::Result;
use crate::scope::Scope;
use kedun_model::{Problem, RecordId};

/// How long a key is remembered.
const DAY_MS: i64 = 86_400_000;

impl Scope {
    /// The record that the caller made under this key before.
    ///
    /// # Errors
    /// [`Problem::Conflict`] when the key was used for another request.
    pub async fn made_before(&self, key: &str, request: &str) -> Result<Option<RecordId>> {
        let row = self
            .inner
            .data
            .optional(
                "look up a key of a request",
                "SELECT request, record FROM idempotency WHERE person = $1 AND key = $2 AND at > $3",
                &[self.person().into(), key.into(), (self.now() - DAY_MS).into()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.text(0)? != self.digest(request) {
            return Err(Problem::Conflict("idempotency_key_reused").into());
        }
        Ok(Some(row.text(1)?.into()))
    }

    /// Remembers what a request made.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remember_made(&self, key: &str, request: &str, record: &RecordId) -> Result<()> {
        let mut tx = self.inner.data.begin().await?;
        tx.run(
            "remember a request",
            "INSERT INTO idempotency (person, key, request, record, at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (person, key) DO UPDATE SET request = excluded.request, record = excluded.record, at = excluded.at",
            &[self.person().into(), key.into(), self.digest(request).into(), record.into(), self.now().into()],
        )
        .await?;
        tx.commit().await
    }
}

impl Scope {
    /// Only a keyed digest is kept: the request holds personal data, and a telephone number could be guessed from a
    /// plain one.
    fn digest(&self, request: &str) -> String {
        hex::encode(self.inner.scribe.pseudonym("request", request))
    }
}
