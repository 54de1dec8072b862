//! Orders that wait and files that were rendered: sealed, each case under a key of its own, which dies with them.

use super::{ExportFile, ExportOrder, Exported};
use crate::error::{Result, VaultError};
use crate::frames;
use crate::keys::{self, Key32};
use crate::scope::Task;
use crate::sql::Arg;
use crate::tx::Tx;
use crate::vault::Vault;
use kedun_model::{ObjectName, Problem, RecordId};

/// Records whose consents are read at once.
const AT_ONCE: usize = 500;
/// Bytes of one sealed frame of a file.
const FRAME: usize = 512 * 1024;
/// A key that belongs to nothing after so long belongs to an order that never came to be, ms.
const ORPHAN_MS: i64 = 600_000;
/// What the names of the keys of orders and files begin with.
const KEYS: &str = "export/";

impl Tx {
    /// Keeps an order as it is until its case is settled, under a key of its own.
    ///
    /// # Errors
    /// The databases fail.
    pub async fn keep_order(&mut self, order: &ExportOrder) -> Result<()> {
        let inner = self.scope.inner.clone();
        let key = inner.make_export_key(&order.case).await?;
        let text = serde_json::to_vec(order).map_err(|_| VaultError::Damaged("an order".to_owned()))?;
        let sealed = keys::seal_system(&key, "export-order", order.case.as_str(), &text)?;
        let sql = "INSERT INTO export_order (id, sealed) VALUES ($1, $2)";
        self.write.run("keep an order", sql, &[(&order.case).into(), sealed.into()]).await.map(drop)
    }

    /// Drops the order of a case that is settled.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop_order(&mut self, case: &RecordId) -> Result<()> {
        let sql = "DELETE FROM export_order WHERE id = $1";
        self.write.run("drop an order", sql, &[case.into()]).await.map(drop)
    }

    /// Keeps a rendered file, sealed in frames, until it expires.
    ///
    /// # Errors
    /// [`Problem::Conflict`] when somebody's data was destroyed since the rows were taken out (they might be among
    /// them), or one of those who are in it in clear has taken their consent back. The database fails.
    pub async fn keep_file(&mut self, exported: Exported, file: &ExportFile, expires_at: i64) -> Result<()> {
        let case = &exported.case;
        let inner = self.scope.inner.clone();
        // Holds destructions back until this change ends, so that none falls between the look and the file.
        crate::erasure::one_at_a_time(&mut self.write).await?;
        if crate::erasure::count(&mut self.write).await? != exported.destroyed {
            return Err(Problem::Conflict("snapshot_changed").into());
        }
        for some in exported.clear.chunks(AT_ONCE) {
            let agreed = self.consented(&some.iter().collect::<Vec<_>>()).await?;
            if agreed.values().any(|agreed| agreed.stops_copies(exported.sensitive)) {
                return Err(Problem::Conflict("snapshot_changed").into());
            }
        }
        let key = inner.export_key(case).await?;
        let mut sealed = Vec::with_capacity(file.body.len() + file.body.len() / 64);
        for (i, frame) in file.body.chunks(FRAME).enumerate() {
            let bytes = keys::seal_system(&key, "export", &format!("{case}#{i}"), frame)?;
            frames::pack(&mut sealed, &bytes);
        }
        let now = self.scope.now();
        self.write
            .run(
                "keep a file",
                "INSERT INTO export_file (id, mark, name, media, body, created_at, expires_at, rights) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    case.into(),
                    file.mark.as_str().into(),
                    file.name.as_str().into(),
                    file.media.as_str().into(),
                    sealed.into(),
                    now.into(),
                    expires_at.into(),
                    exported.rights.clone().into(),
                ],
            )
            .await?;
        self.write
            .run(
                "register a mark",
                "INSERT INTO export_mark (mark, id, at) VALUES ($1, $2, $3)",
                &[file.mark.as_str().into(), case.into(), now.into()],
            )
            .await
            .map(drop)
    }

    /// Whether the file of a case is still there (an erasure may have dropped it).
    ///
    /// # Errors
    /// The database fails.
    pub async fn holds_file(&mut self, case: &RecordId) -> Result<bool> {
        let sql = "SELECT id FROM export_file WHERE id = $1";
        Ok(self.write.optional("look for a file", sql, &[case.into()]).await?.is_some())
    }

    /// Reads a rendered file of the caller's own case, which is about this object. The change it is read in must be
    /// committed with a row of the log before it leaves.
    ///
    /// # Errors
    /// Not found, also when it expired or is somebody else's; `export_rights_changed` when the caller's rights to the object are
    /// not those that it was rendered with.
    pub async fn read_file(&mut self, case: &RecordId, object: &ObjectName) -> Result<ExportFile> {
        let mut args = vec![Arg::from(case), self.scope.now().into()];
        let mut sql =
            "SELECT f.mark, f.name, f.media, f.body, f.rights FROM export_file f JOIN record r ON r.id = f.id \
             WHERE f.id = $1 AND f.expires_at > $2"
                .to_owned();
        if self.scope.task != Some(Task::Casework) {
            sql.push_str(" AND r.owner = $3");
            args.push(self.scope.person().into());
        }
        let row = self.write.optional("read a file", &sql, &args).await?.ok_or(Problem::NotFound)?;
        if row.opt_bytes(4)?.is_some_and(|rights| rights != self.scope.rights_on(object)) {
            return Err(Problem::Conflict("export_rights_changed").into());
        }
        let key = self.scope.inner.clone().export_key(case).await?;
        let sealed = row.bytes(3)?;
        let mut body = Vec::with_capacity(sealed.len());
        for (i, frame) in frames::unpack(&sealed, "an export file")?.into_iter().enumerate() {
            let opened = keys::open_system(&key, "export", &format!("{case}#{i}"), frame)?;
            body.extend_from_slice(opened.expose());
        }
        Ok(ExportFile { mark: row.text(0)?, name: row.text(1)?, media: row.text(2)?, body })
    }

    /// Removes files that expired, and answers their cases.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop_expired_files(&mut self) -> Result<Vec<RecordId>> {
        let now = Arg::from(self.scope.now());
        let rows = self
            .write
            .all(
                "find expired files",
                "SELECT id FROM export_file WHERE expires_at <= $1 LIMIT 100",
                std::slice::from_ref(&now),
            )
            .await?;
        let cases = rows.iter().map(|r| r.text(0).map(RecordId::new)).collect::<Result<Vec<_>>>()?;
        for case in &cases {
            self.write.run("drop a file", "DELETE FROM export_file WHERE id = $1", &[case.into()]).await?;
        }
        Ok(cases)
    }
}

impl crate::vault::Inner {
    async fn make_export_key(&self, case: &RecordId) -> Result<Key32> {
        let key = Key32::random()?;
        let sealed = keys::seal_system(&self.system, "export-key", case.as_str(), key.expose())?;
        self.keyring.keep_secret(&key_name(case.as_str()), sealed).await?;
        Ok(key)
    }

    /// The key of a case's order and file.
    pub(super) async fn export_key(&self, case: &RecordId) -> Result<Key32> {
        let sealed = self.keyring.secret(&key_name(case.as_str())).await?.ok_or(Problem::NotFound)?;
        let opened = keys::open_system(&self.system, "export-key", case.as_str(), &sealed)?;
        Key32::from_slice(opened.expose()).ok_or_else(|| VaultError::Damaged("the key of a file".to_owned()))
    }

    /// How many subjects have been destroyed so far.
    pub(super) async fn destructions(&self) -> Result<i64> {
        let sql = crate::erasure::COUNT;
        let row = self.data.optional("count destructions", sql, &[]).await?;
        row.map_or(Ok(0), |row| row.int(0))
    }
}

impl Vault {
    /// The oldest export cases in a state that nobody has moved since `before` (UTC ms). Ids only, so no row of the log.
    ///
    /// # Errors
    /// The database fails.
    pub async fn export_cases(&self, state: &str, before: i64) -> Result<Vec<RecordId>> {
        let sql = "SELECT id FROM record WHERE object = 'export_case' AND status = $1 AND updated_at <= $2 \
                   AND deleted_at IS NULL ORDER BY id LIMIT 100";
        let rows = self.inner.data.all("find export cases", sql, &[state.into(), before.into()]).await?;
        rows.iter().map(|row| row.text(0).map(RecordId::new)).collect()
    }

    /// Destroys the keys of orders and files that are gone; with a key, every copy of what it sealed is unreadable.
    /// Answers how many.
    ///
    /// # Errors
    /// The databases fail.
    pub async fn forget_exports(&self) -> Result<usize> {
        let mut tx = self.inner.data.begin().await?;
        // From the few orders to their cases: no index finds cases that may be deleted among all records.
        tx.run(
            "drop orders of settled cases",
            "DELETE FROM export_order WHERE EXISTS (SELECT 1 FROM record r WHERE r.id = export_order.id \
             AND r.object = 'export_case' AND r.status NOT IN ('waiting', 'approved', 'running'))",
            &[],
        )
        .await?;
        tx.commit().await?;
        let before = self.inner.clock.now() - ORPHAN_MS;
        let mut gone = Vec::new();
        for name in self.inner.keyring.secrets(KEYS).await? {
            let case = name.strip_prefix(KEYS).unwrap_or_default();
            let row = self
                .inner
                .data
                .optional(
                    "look whether a key is needed",
                    "SELECT CAST((SELECT COUNT(*) FROM export_order WHERE id = $1) + \
                     (SELECT COUNT(*) FROM export_file WHERE id = $1) AS BIGINT), \
                     CAST((SELECT COUNT(*) FROM record WHERE id = $1) AS BIGINT)",
                    &[case.into()],
                )
                .await?;
            let (needed, known) =
                row.map_or(Ok((0, 0)), |row| Ok::<_, VaultError>((row.int(0)?, row.int(1)?)))?;
            // A key is durable a moment before the order that it seals.
            let made = uuid::Uuid::parse_str(case).ok().and_then(|id| id.get_timestamp());
            let young = made.is_some_and(|at| i64::try_from(at.to_unix().0).unwrap_or(0) * 1000 > before);
            if needed == 0 && (known > 0 || !young) {
                gone.push(name);
            }
        }
        self.inner.keyring.forget_secrets(&gone).await?;
        Ok(gone.len())
    }
}

fn key_name(case: &str) -> String {
    format!("{KEYS}{case}")
}
