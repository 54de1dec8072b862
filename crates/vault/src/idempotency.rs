//! Creates that are sent twice (a lost answer, a second tap) make one record.

use crate::error::Result;
use crate::scope::Scope;
use crate::sql::{Arg, Row, Write};
use kedun_model::{Problem, RecordId};
use std::sync::Arc;

/// How long a key is remembered: longer than what was written without a network waits on a phone (14 days), so that an
/// answer that was lost on the way never becomes a second record.
const REMEMBERED_MS: i64 = 15 * 86_400_000;

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
                &[self.person().into(), key.into(), (self.now() - REMEMBERED_MS).into()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.text(0)? != self.digest(request) {
            return Err(Problem::Conflict("idempotency_key_reused").into());
        }
        Ok(Some(row.text(1)?.into()))
    }

    /// The same scope for one request under that key: its first change that makes a record also remembers it, in the
    /// same commit. Of two that run at once the later one changes nothing.
    #[must_use]
    pub fn once(mut self, key: &str, request: &str) -> Scope {
        self.once = Some(Arc::new(Once { key: key.to_owned(), request: self.digest(request) }));
        self
    }

    /// Only a keyed digest is kept: the request holds personal data, and a telephone number could be guessed from a
    /// plain one.
    fn digest(&self, request: &str) -> String {
        hex::encode(self.inner.scribe.pseudonym("request", request))
    }
}

const LOOK: &str = "look at the request under a key";
const UNDER_KEY: &str = "SELECT request FROM idempotency WHERE person = $1 AND key = $2 AND at > $3";

/// A key, and the digest of the request that it stands for.
pub(crate) struct Once {
    key: String,
    request: String,
}

impl Once {
    /// Remembers what the request made, as a part of the change that makes it. When another request has the key, nothing of
    /// the change happens; on PostgreSQL that is known when it is sent ([`Once::taken`]).
    pub(crate) async fn remember(&self, write: &mut Write, scope: &Scope, record: &RecordId) -> Result<()> {
        let now = scope.now();
        let sql = "INSERT INTO idempotency (person, key, request, record, at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (person, key) DO UPDATE \
             SET request = excluded.request, record = excluded.record, at = excluded.at \
             WHERE idempotency.at <= $6";
        let args = [
            scope.person().into(),
            self.key.as_str().into(),
            self.request.as_str().into(),
            record.into(),
            now.into(),
            (now - REMEMBERED_MS).into(),
        ];
        let kept = write.later_or_nothing("remember a request", sql, &args).await;
        if kept.is_err() && !write.is_postgres() {
            // Within the change: the other one's row may be of the same commit, and nobody else sees it yet.
            let row = write.optional(LOOK, UNDER_KEY, &self.place(scope)).await?;
            if let Some(problem) = self.why(row.as_ref())? {
                return Err(problem.into());
            }
        }
        kept
    }

    /// After a change that did not happen: what to say when another request has the key; none when that is not why.
    pub(crate) async fn taken(&self, scope: &Scope) -> Result<Option<Problem>> {
        let row = scope.inner.data.optional(LOOK, UNDER_KEY, &self.place(scope)).await?;
        self.why(row.as_ref())
    }

    fn place(&self, scope: &Scope) -> [Arg; 3] {
        [scope.person().into(), self.key.as_str().into(), (scope.now() - REMEMBERED_MS).into()]
    }

    fn why(&self, row: Option<&Row>) -> Result<Option<Problem>> {
        let request = row.map(|row| row.text(0)).transpose()?;
        Ok(request.map(|request| {
            let same = request == self.request;
            Problem::Conflict(if same { "request_in_progress" } else { "idempotency_key_reused" })
        }))
    }
}
