//! The way out for copies: rows leave only against an [`ExportGrant`], which exactly one call consumes, and files lie
//! sealed until they expire.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::keys;
use crate::plan::{MAX_LIMIT, Query};
use crate::records::Page;
use crate::scope::{Scope, Task};
use crate::sql::Arg;
use crate::tasks::Approved;
use crate::tx::Tx;
use crate::vault::Vault;
use kedun_model::filter::Filter;
use kedun_model::policy::Caller;
use kedun_model::{ObjectDef, ObjectName, Problem, RecordId, Right, Show, Verb};
use serde_json::json;
use std::sync::Arc;

/// Most rows that leave without approval.
pub const FREE_ROWS: i64 = 200;
/// Bytes of one sealed frame of a file.
const FRAME: usize = 512 * 1024;

/// What is to leave.
#[derive(Clone, Debug)]
pub struct ExportOrder {
    /// The case.
    pub case: RecordId,
    /// The object.
    pub object: ObjectName,
    /// The fields, in order.
    pub fields: Vec<String>,
    /// The filter.
    pub filter: Option<Filter>,
    /// Personal fields in clear instead of masked.
    pub clear: bool,
    /// Why.
    pub purpose: String,
}

/// The right to take rows out, once. It has no public constructor and no `Clone`.
#[derive(Debug)]
pub struct ExportGrant {
    order: ExportOrder,
}

/// A rendered file with its media type.
pub struct ExportFile {
    /// File name.
    pub name: String,
    /// Media type.
    pub media: String,
    /// The bytes.
    pub body: Vec<u8>,
    /// The mark of this copy.
    pub mark: String,
}

/// The caller as an exporter: only grants with the export verb. Where a clear export was approved, values that could be
/// revealed one by one are shown; without approval nothing of class L3 leaves in clear, also what the screen shows so.
/// What could be revealed stays so then: it is drawn masked, and the rows may still be chosen by it.
fn exporter(caller: &Caller, def: &ObjectDef, clear: bool) -> Caller {
    let mut caller = caller.clone();
    caller.grants.retain(|g| g.grant.object != def.name || g.grant.verbs.contains(&Verb::Export));
    for grant in caller.grants.iter_mut().filter(|g| g.grant.object == def.name) {
        grant.grant.fields.change(def, |field, right| match right.show {
            Show::Reveal if clear => Right { show: Show::Clear, ..right },
            show if !clear && field.class.is_sealed() => Right { show: show.min(Show::Reveal), ..right },
            _ => right,
        });
    }
    caller
}

impl Scope {
    fn as_exporter(&self, order: &ExportOrder) -> Result<Scope> {
        let def = self.object(order.object.as_str())?.clone();
        let caller = exporter(&self.caller, &def, order.clear);
        if caller.grants_for(&order.object, Verb::Read).next().is_none() {
            return Err(Problem::Forbidden("export").into());
        }
        let mut scope = self.clone();
        scope.caller = Arc::new(caller);
        Ok(scope)
    }

    /// The scope by the rights that the person holds now.
    async fn at_present(&self) -> Result<Scope> {
        let vault = Vault { inner: self.inner.clone() };
        vault.keep_up().await?;
        let now = self.inner.scope_of(self.person())?;
        Ok(Scope { actor: self.actor.clone(), task: self.task, ..now })
    }

    fn order_query(order: &ExportOrder) -> Query {
        Query {
            filter: order.filter.clone(),
            fields: Some(order.fields.clone()),
            limit: MAX_LIMIT,
            ..Query::default()
        }
    }

    /// How many rows an order would take out; counted exactly, because approval hangs on it.
    ///
    /// # Errors
    /// Forbidden, fields that the caller may not see.
    pub async fn export_size(&self, order: &ExportOrder) -> Result<i64> {
        let scope = self.as_exporter(order)?;
        let mut query = Query { limit: MAX_LIMIT, fields: Some(Vec::new()), ..Scope::order_query(order) };
        // Planned once with the fields, so that one that may not be seen is refused before anything is counted.
        scope
            .page(
                order.object.as_str(),
                &Query { limit: 1, fields: Some(order.fields.clone()), ..query.clone() },
            )
            .await?;
        let mut total = 0;
        loop {
            let page = scope.page(order.object.as_str(), &query).await?;
            total += i64::try_from(page.records.len()).unwrap_or(i64::MAX);
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(total),
            }
        }
    }

    /// Whether an order needs somebody else's approval: more than [`FREE_ROWS`] rows, or personal data in clear.
    ///
    /// # Errors
    /// As [`Scope::export_size`].
    pub fn export_needs_approval(&self, order: &ExportOrder, rows: i64) -> Result<bool> {
        let def = self.object(order.object.as_str())?;
        let personal = order.fields.iter().filter_map(|name| def.field(name)).any(|f| f.class.is_sealed());
        Ok(rows > FREE_ROWS || (order.clear && personal))
    }

    /// Takes the rows out, page by page, and uses up the grant. Each page's row in the log names the records and is
    /// durable before the page is handed over.
    ///
    /// # Errors
    /// Forbidden (rights may have shrunk since), whatever `page` answers.
    pub async fn export<E: From<VaultError>>(
        &self,
        grant: ExportGrant,
        mut page: impl AsyncFnMut(Page) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let order = grant.order;
        let mut query = Scope::order_query(&order);
        loop {
            // Judged anew for every page: who loses the right, or the account, in the middle takes nothing more out.
            let present = self.at_present().await.map_err(E::from)?;
            let scope = present.as_exporter(&order).map_err(E::from)?;
            let rows = scope.page(order.object.as_str(), &query).await.map_err(E::from)?;
            let mut clear: Vec<String> = rows.records.iter().flat_map(|r| r.clear_personal.clone()).collect();
            clear.sort();
            clear.dedup();
            let act = Act::new("export.render", order.object.as_str())
                .fields(clear)
                .purpose(order.purpose.clone())
                .count(rows.records.len())
                .payload(json!({ "case": order.case }))
                .looked(rows.records.iter().map(|r| RecordId::new(r.id())));
            let acts: Vec<Act> = std::iter::once(act).chain(rows.readings.iter().cloned()).collect();
            scope.log_all(&acts).await.map_err(E::from)?;
            let next = rows.next_cursor.clone();
            page(rows).await?;
            match next {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(()),
            }
        }
    }
}

impl Tx {
    /// A grant for a small, masked order: counted again in this very change.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] when the order needs approval.
    pub async fn grant_small_export(&mut self, order: &ExportOrder) -> Result<ExportGrant> {
        let rows = self.scope.export_size(order).await?;
        if self.scope.export_needs_approval(order, rows)? {
            return Err(Problem::Forbidden("needs_approval").into());
        }
        Ok(ExportGrant { order: order.clone() })
    }

    /// A grant for an approved order; the approval must be for this case.
    ///
    /// # Errors
    /// [`Problem::Conflict`] when the approval is for something else.
    pub fn grant_export(&mut self, order: &ExportOrder, approved: Approved) -> Result<ExportGrant> {
        if approved.target != order.case.as_str() {
            return Err(Problem::Conflict("not_approved").into());
        }
        Ok(ExportGrant { order: order.clone() })
    }

    /// Keeps a rendered file, sealed in frames, until it expires.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keep_file(&mut self, case: &RecordId, file: &ExportFile, expires_at: i64) -> Result<()> {
        let mut sealed = Vec::new();
        for (i, frame) in file.body.chunks(FRAME).enumerate() {
            let bytes = keys::seal_system(&self.scope.inner.system, "export", &format!("{case}#{i}"), frame)?;
            sealed.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            sealed.extend_from_slice(&bytes);
        }
        self.write
            .run(
                "keep a file",
                "INSERT INTO export_file (id, mark, name, media, body, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    case.into(),
                    file.mark.as_str().into(),
                    file.name.as_str().into(),
                    file.media.as_str().into(),
                    sealed.into(),
                    self.scope.now().into(),
                    expires_at.into(),
                ],
            )
            .await
            .map(drop)
    }

    /// Reads a rendered file of the caller's own case. The change it is read in must be committed with a row of the log
    /// before it leaves.
    ///
    /// # Errors
    /// Not found, also when it expired or is somebody else's.
    pub async fn read_file(&mut self, case: &RecordId) -> Result<ExportFile> {
        let mut args = vec![Arg::from(case), self.scope.now().into()];
        let mut sql =
            "SELECT f.mark, f.name, f.media, f.body FROM export_file f JOIN record r ON r.id = f.id \
             WHERE f.id = $1 AND f.expires_at > $2"
                .to_owned();
        if self.scope.task != Some(Task::Casework) {
            sql.push_str(" AND r.owner = $3");
            args.push(self.scope.person().into());
        }
        let row = self.write.optional("read a file", &sql, &args).await?.ok_or(Problem::NotFound)?;
        let sealed = row.bytes(3)?;
        let mut rest = sealed.as_slice();
        let mut body = Vec::with_capacity(sealed.len());
        let damaged = || VaultError::Damaged("an export file".to_owned());
        let mut i = 0;
        while let Some((length, tail)) = rest.split_first_chunk::<4>() {
            let (frame, tail) =
                tail.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(damaged)?;
            let opened =
                keys::open_system(&self.scope.inner.system, "export", &format!("{case}#{i}"), frame)?;
            body.extend_from_slice(opened.expose());
            rest = tail;
            i += 1;
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
