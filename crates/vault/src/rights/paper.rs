//! Papers of a request: what the customer wrote, what they were answered, the file of a copy. Sealed under the customer's
//! key, in frames, and read only through a request that the caller may read.

use crate::error::Result;
use crate::frames::{self, Part};
use crate::row::{COLUMNS, Stored};
use crate::scope::{Scope, Task};
use crate::tx::Tx;
use kedun_model::{Act as ActName, ObjectName, Problem, RecordId, SubjectId, Value};

/// The object that papers belong to.
const REQUEST: &str = "rights_request";

/// One paper, in the clear on its way to whom it is for.
pub struct Paper {
    /// Which of the request's papers (`words`, `answer`, `proposal`, `copy.json`, …).
    pub part: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub media: String,
    /// The bytes.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Paper {
    /// Without the words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Paper({}, {} bytes)", self.part, self.body.len())
    }
}

impl Tx {
    /// Keeps a paper of a request, in place of a former one. Only the task that keeps requests may.
    ///
    /// # Errors
    /// Forbidden; `subject_destroyed`.
    pub async fn keep_paper(
        &mut self,
        request: &RecordId,
        customer: &RecordId,
        paper: &Paper,
        expires_at: Option<i64>,
    ) -> Result<()> {
        if self.scope.task != Some(Task::Rights) {
            return Err(Problem::Forbidden("rights").into());
        }
        let subject = SubjectId::new(customer.as_str());
        let key = self.scope.inner.keyring.get(&subject).await?;
        let key = key.ok_or(Problem::Conflict("subject_destroyed"))?;
        let object = ObjectName::from(REQUEST);
        let org = &self.scope.inner.scribe.org;
        let at = Part { org, object: &object, record: request, name: &paper.part };
        let mut sealed = Vec::with_capacity(paper.body.len() + 256);
        for frame in at.seal(&key, &paper.body) {
            frames::pack(&mut sealed, &frame?);
        }
        let size = i64::try_from(paper.body.len()).unwrap_or(i64::MAX);
        let part = paper.part.as_str();
        let sql = "DELETE FROM rights_paper WHERE request = $1 AND part = $2";
        self.write.run("replace a paper", sql, &[request.into(), part.into()]).await?;
        self.write
            .run(
                "keep a paper",
                "INSERT INTO rights_paper (request, part, subject, name, media, size, sealed, at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                &[
                    request.into(),
                    part.into(),
                    (&subject).into(),
                    paper.name.as_str().into(),
                    paper.media.as_str().into(),
                    size.into(),
                    sealed.into(),
                    self.scope.now().into(),
                    expires_at.into(),
                ],
            )
            .await
            .map(drop)
    }

    /// How many requests of a kind a customer waits for the answer to. Of two who ask at once the second counts what the
    /// first has written. A number only, so no row of the log.
    ///
    /// # Errors
    /// The database fails.
    pub async fn open_requests(&mut self, customer: &RecordId, kind: &str) -> Result<usize> {
        self.take_root(customer).await?;
        let def = self.scope.object("rights_request")?.clone();
        let sql = format!(
            "SELECT {COLUMNS} FROM record r WHERE r.parent = $1 AND r.object = 'rights_request' \
             AND r.deleted_at IS NULL AND r.status NOT IN ('answered', 'refused')"
        );
        let mut open = 0;
        for row in self.write.all("count open requests", &sql, &[customer.into()]).await? {
            let request = Stored::read(&row)?;
            let asked = def.field("kind").and_then(|field| request.readable(field));
            open += usize::from(matches!(asked, Some(Value::Text(text)) if text == kind));
        }
        Ok(open)
    }

    /// The unanswered requests of the customer whom an erasure is about, with their states. Ids only, so no row of the log;
    /// within the change, because the case settles in it.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn requests_of_erasure(&mut self, case: &RecordId) -> Result<Vec<(RecordId, String)>> {
        if self.scope.task != Some(Task::Rights) {
            return Err(Problem::Forbidden("rights").into());
        }
        let rows = self
            .write
            .all(
                "find requests that wait for an erasure",
                "SELECT r.id, r.status FROM record r JOIN record c ON c.title = r.parent \
                 WHERE c.id = $1 AND c.object = 'erasure' AND r.object = 'rights_request' \
                 AND r.status NOT IN ('answered', 'refused') ORDER BY r.id",
                &[case.into()],
            )
            .await?;
        rows.iter().map(|row| Ok((RecordId::new(row.text(0)?), row.text(1)?))).collect()
    }

    /// Removes papers whose time is over. Answers how many.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn drop_expired_papers(&mut self) -> Result<u64> {
        if self.scope.task != Some(Task::Rights) {
            return Err(Problem::Forbidden("rights").into());
        }
        let sql = "DELETE FROM rights_paper WHERE expires_at IS NOT NULL AND expires_at <= $1";
        self.write.run("drop expired papers", sql, &[self.scope.now().into()]).await
    }
}

impl Scope {
    /// A paper of a request; none when there is none, its time is over or the customer's key is gone. The caller logs the
    /// reading before it leaves.
    ///
    /// # Errors
    /// Forbidden for people who do not answer what customers ask for.
    pub async fn paper(&self, request: &RecordId, part: &str) -> Result<Option<Paper>> {
        if self.task != Some(Task::Rights) {
            self.require(ActName::RightsAnswer, None)?;
        }
        let row = self
            .inner
            .data
            .optional(
                "read a paper",
                "SELECT subject, name, media, sealed FROM rights_paper WHERE request = $1 AND part = $2 \
                 AND (expires_at IS NULL OR expires_at > $3)",
                &[request.into(), part.into(), self.now().into()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let Some(key) = self.inner.keyring.get(&SubjectId::new(row.text(0)?)).await? else { return Ok(None) };
        let object = ObjectName::from(REQUEST);
        let at = Part { org: &self.inner.scribe.org, object: &object, record: request, name: part };
        let sealed = row.bytes(3)?;
        let mut body = Vec::with_capacity(sealed.len());
        for (number, frame) in frames::unpack(&sealed, "a paper of a request")?.into_iter().enumerate() {
            at.open(&key, number, frame, &mut body)?;
        }
        Ok(Some(Paper { part: part.to_owned(), name: row.text(1)?, media: row.text(2)?, body }))
    }

    /// The files of a request that are still there: part, name and bytes. No value leaves.
    ///
    /// # Errors
    /// Forbidden as [`Scope::paper`].
    pub async fn paper_list(&self, request: &RecordId) -> Result<Vec<(String, String, i64, Option<i64>)>> {
        if self.task != Some(Task::Rights) {
            self.require(ActName::RightsAnswer, None)?;
        }
        let rows = self
            .inner
            .data
            .all(
                "list papers",
                "SELECT part, name, size, expires_at FROM rights_paper WHERE request = $1 AND name <> '' \
                 AND (expires_at IS NULL OR expires_at > $2) ORDER BY part",
                &[request.into(), self.now().into()],
            )
            .await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.int(2)?, row.opt_int(3)?))).collect()
    }
}
