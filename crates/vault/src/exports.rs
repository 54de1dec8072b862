//! The way out for copies: rows leave only against an [`ExportGrant`], which exactly one call consumes, and files lie
//! sealed until they expire.
//!
//! **Invariant:** a grant is for exactly the order that was approved, for at most as many rows, once; and the key of a
//! file dies with it, so that no copy of the database brings it back.

use crate::audit::Act;
use crate::catalog::Catalog;
use crate::error::{Result, VaultError};
use crate::frames;
use crate::keys::{self, Key32};
use crate::plan::{self, MAX_LIMIT, Query};
use crate::records::Page;
use crate::scope::{Scope, Task};
use crate::sql::Arg;
use crate::tasks::{Approved, snapshot_hash};
use crate::tx::Tx;
use crate::vault::Vault;
use crate::view::RecordView;
use kedun_model::definition::FieldKind;
use kedun_model::filter::{Condition, Filter};
use kedun_model::policy::Caller;
use kedun_model::{
    Act as ActName, Class, FieldDef, FieldError, ObjectDef, ObjectName, Problem, RecordId, Right, RowScope,
    Show, Verb,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most rows that leave without approval.
pub const FREE_ROWS: i64 = 200;
/// Most rows of one export; more is a copy of the database, not a working list.
pub const MOST_ROWS: i64 = 50_000;
/// Records whose consents are read at once.
const AT_ONCE: usize = 500;
/// Bytes of one sealed frame of a file.
const FRAME: usize = 512 * 1024;
/// What stands in a shown filter for a value that may not be shown.
const WITHHELD: &str = "****";
/// A key that belongs to nothing after so long belongs to an order that never came to be, ms.
const ORPHAN_MS: i64 = 600_000;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A workbook.
    Xlsx,
    /// Comma-separated values.
    Csv,
}

impl ExportFormat {
    /// The name as written, which is also the ending of the file.
    pub fn as_str(self) -> &'static str {
        match self {
            ExportFormat::Xlsx => "xlsx",
            ExportFormat::Csv => "csv",
        }
    }
}

/// What is to leave.
#[derive(Clone, Serialize, Deserialize)]
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
    /// How the file is written.
    pub format: ExportFormat,
    /// The language of the file: `zh-CN` or `en`.
    pub language: String,
    /// How many rows it reached when it was ordered.
    pub rows: i64,
}

impl std::fmt::Debug for ExportOrder {
    /// Without the filter, which may name a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExportOrder({} of {})", self.case, self.object)
    }
}

/// The right to take rows out, once. It has no public constructor and no `Clone`.
#[derive(Debug)]
pub struct ExportGrant {
    order: ExportOrder,
    most: i64,
}

/// Proof that the rows of a case were taken out against a grant; only with it is a file kept.
#[derive(Debug)]
pub struct Exported {
    case: RecordId,
    /// How many rows left.
    pub rows: i64,
    destroyed: i64,
    rights: Vec<u8>,
    clear: Vec<RecordId>,
    sensitive: bool,
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
/// So do the titles of records that are linked to: what of them is personal leaves masked as well.
fn exporter(caller: &Caller, catalog: &Catalog, def: &ObjectDef, clear: bool) -> Caller {
    let mut caller = caller.clone();
    let grants = Arc::make_mut(&mut caller.grants);
    grants.retain(|g| g.grant.object != def.name || g.grant.verbs.contains(&Verb::Export));
    for grant in grants.iter_mut() {
        let itself = grant.grant.object == def.name;
        let Ok(granted) = catalog.object(&grant.grant.object).cloned() else { continue };
        grant.grant.fields.change(&granted, |field, right| match right.show {
            // What is not sealed and masked all the same stays so: nobody approves it, because it is not personal.
            Show::Reveal if clear && itself && field.class.is_sealed() => {
                Right { show: Show::Clear, ..right }
            }
            show if !clear && field.class.is_sealed() => Right { show: show.min(Show::Reveal), ..right },
            _ => right,
        });
    }
    caller
}

/// Whether a field of an order is personal: its own value, or the title of the record that it links to.
fn is_personal(catalog: &Catalog, field: &FieldDef) -> bool {
    let title = || {
        let target = field.target.as_ref().and_then(|target| catalog.object(target).ok())?;
        target.field(&target.title_field).map(|title| title.class.is_sealed())
    };
    field.class.is_sealed() || title().unwrap_or(false)
}

impl Scope {
    fn as_exporter(&self, order: &ExportOrder) -> Result<Scope> {
        let def = self.object(order.object.as_str())?.clone();
        let caller = exporter(&self.caller, &self.catalog, &def, order.clear);
        if caller.grants_for(&order.object, Verb::Read).next().is_none() {
            return Err(Problem::Forbidden("export").into());
        }
        let mut scope = self.clone();
        scope.caller = Arc::new(caller);
        Ok(scope)
    }

    fn is_sensitive(&self, order: &ExportOrder) -> Result<bool> {
        let def = self.object(order.object.as_str())?;
        Ok(order.fields.iter().filter_map(|name| def.field(name)).any(|f| f.class == Class::L4))
    }

    /// Of a page in clear, the records of people who took back what their clear values rest on leave masked (PIPL 15).
    async fn mask_taken_back(&self, order: &ExportOrder, query: &Query, page: &mut Page) -> Result<()> {
        let ids: Vec<RecordId> = page.records.iter().map(|record| RecordId::new(record.id())).collect();
        let sensitive = self.is_sensitive(order)?;
        let mut agreed = self.consented(&ids.iter().collect::<Vec<_>>()).await?;
        agreed.retain(|_, agreed| agreed.stops_copies(sensitive));
        if agreed.is_empty() {
            return Ok(());
        }
        let masked = ExportOrder { clear: false, ..order.clone() };
        let masked =
            self.at_present().await?.as_exporter(&masked)?.page(order.object.as_str(), query).await?;
        let mut masked: BTreeMap<String, RecordView> =
            masked.records.into_iter().map(|record| (record.id().to_owned(), record)).collect();
        // What is not on the masked page any more has gone from the list in between, and does not leave in clear either.
        page.records.retain_mut(|record| {
            if !agreed.contains_key(&RecordId::new(record.id())) {
                return true;
            }
            masked.remove(record.id()).is_some_and(|view| {
                *record = view;
                true
            })
        });
        Ok(())
    }

    /// A hash of what the caller may do with an object, and where they stand.
    fn rights_on(&self, object: &ObjectName) -> Vec<u8> {
        let grants: Vec<_> = self
            .caller
            .grants
            .iter()
            .map(|held| &held.grant)
            .filter(|grant| grant.object == *object)
            .collect();
        // Where somebody stands matters to those who see by department; others may move without losing their files.
        let by_place = |scope: &RowScope| {
            matches!(
                scope,
                RowScope::Department | RowScope::DepartmentTree | RowScope::Parent | RowScope::Through(_)
            )
        };
        let placed = grants.iter().any(|grant| by_place(&grant.scope));
        let rights = json!({
            "grants": grants,
            "department": self.caller.department.as_ref().filter(|_| placed),
            "subtree": Some(&self.caller.subtree).filter(|_| placed),
        });
        Sha256::digest(rights.to_string()).to_vec()
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
    /// Forbidden, fields that the caller may not see, more than [`MOST_ROWS`].
    pub async fn export_size(&self, order: &ExportOrder) -> Result<i64> {
        let scope = self.as_exporter(order)?;
        let def = scope.object(order.object.as_str())?.clone();
        let statement = plan::count_up_to(&scope.asking(&def), &Scope::order_query(order), MOST_ROWS)?;
        let row = self.inner.data.optional("count an export", &statement.text, &statement.args).await?;
        let total = row.map_or(Ok(0), |row| row.int(0))?;
        if total > MOST_ROWS {
            let error = FieldError::new("filter", "too_many").with("max", MOST_ROWS);
            return Err(Problem::Invalid(vec![error]).into());
        }
        Ok(total)
    }

    /// Whether an order needs somebody else's approval: more than [`FREE_ROWS`] rows, or personal data in clear.
    ///
    /// # Errors
    /// As [`Scope::export_size`].
    pub fn export_needs_approval(&self, order: &ExportOrder, rows: i64) -> Result<bool> {
        let def = self.object(order.object.as_str())?;
        let personal =
            order.fields.iter().filter_map(|name| def.field(name)).any(|f| is_personal(&self.catalog, f));
        Ok(rows > FREE_ROWS || (order.clear && personal))
    }

    /// What is approved: all that matters of an order, as people may read it, and a keyed hash of the filter as it is.
    /// No value of a personal field stands in it, and without the house's key the hash cannot be tried out.
    ///
    /// # Errors
    /// An object that does not exist.
    pub fn order_snapshot(&self, order: &ExportOrder) -> Result<Json> {
        let def = self.catalog.object(&order.object)?;
        Ok(json!({
            "object": order.object,
            "purpose": order.purpose,
            "rows": order.rows,
            "fields": order.fields,
            "filter": order.filter.as_ref().map(|f| shown(f, def)),
            "format": order.format,
            "clear": order.clear,
            "filter_hash": self.filter_hash(order),
            "case": order.case,
        }))
    }

    /// A keyed hash of the filter of an order.
    pub fn filter_hash(&self, order: &ExportOrder) -> String {
        let text = serde_json::to_string(&order.filter).unwrap_or_default();
        hex::encode(self.inner.scribe.pseudonym("filter", &text))
    }

    /// The order of a case as it was kept, for the task that carries it out.
    ///
    /// # Errors
    /// Forbidden for people; not found when the case is settled.
    pub async fn kept_order(&self, case: &RecordId) -> Result<ExportOrder> {
        if self.task.is_none() {
            return Err(Problem::Forbidden("export").into());
        }
        let sql = "SELECT sealed FROM export_order WHERE id = $1";
        let row = self.inner.data.optional("read an order", sql, &[case.into()]).await?;
        let sealed = row.ok_or(Problem::NotFound)?.bytes(0)?;
        let key = self.inner.export_key(case).await?;
        let opened = keys::open_system(&key, "export-order", case.as_str(), &sealed)?;
        serde_json::from_slice(opened.expose()).map_err(|_| VaultError::Damaged("an order".to_owned()))
    }

    /// The case of a hidden mark that was found in a file.
    ///
    /// # Errors
    /// Forbidden without the register of exports; not found for a mark that nobody made.
    pub async fn case_of_mark(&self, mark: &str) -> Result<RecordId> {
        self.require(ActName::ExportsRegister, None)?;
        let sql = "SELECT id FROM export_mark WHERE mark = $1";
        let row = self.inner.data.optional("look up a mark", sql, &[mark.into()]).await?;
        let case = row.ok_or(Problem::NotFound)?.text(0).map(RecordId::new)?;
        self.log(Act::new("export.trace", "export_case").on(&case, None)).await?;
        Ok(case)
    }

    /// Begins to take the rows out, and uses up the grant.
    ///
    /// # Errors
    /// Forbidden: rights may have shrunk since.
    pub async fn export(&self, grant: ExportGrant) -> Result<Leaving> {
        let ExportGrant { order, most } = grant;
        let destroyed = self.inner.destructions().await?;
        self.as_exporter(&order)?;
        let rights = self.at_present().await?.rights_on(&order.object);
        let query = Some(Scope::order_query(&order));
        let sensitive = self.is_sensitive(&order)?;
        let clear = Vec::new();
        Ok(Leaving {
            requester: self.clone(),
            order,
            most,
            query,
            taken: 0,
            destroyed,
            rights,
            clear,
            sensitive,
        })
    }
}

/// Rows on their way out, with the requester's present rights.
pub struct Leaving {
    requester: Scope,
    order: ExportOrder,
    most: i64,
    query: Option<Query>,
    taken: i64,
    destroyed: i64,
    rights: Vec<u8>,
    /// Whose personal values left in clear.
    clear: Vec<RecordId>,
    /// Whether sensitive ones may be among them.
    sensitive: bool,
}

impl Leaving {
    /// The next page; none at the end. Its row in the log names the records and is durable before it is handed over.
    ///
    /// # Errors
    /// `snapshot_changed` when there are more rows than granted; the databases fail.
    pub async fn next(&mut self) -> Result<Option<Page>> {
        let Some(query) = &mut self.query else { return Ok(None) };
        // Judged anew for every page: who loses the right, or the account, in the middle takes nothing more out.
        let scope = self.requester.at_present().await?.as_exporter(&self.order)?;
        let mut rows = scope.page(self.order.object.as_str(), query).await?;
        if self.order.clear {
            self.requester.mask_taken_back(&self.order, query, &mut rows).await?;
        }
        self.taken += i64::try_from(rows.records.len()).unwrap_or(i64::MAX);
        if self.taken > self.most {
            return Err(Problem::Conflict("snapshot_changed").into());
        }
        let shows_clear = |record: &&RecordView| !record.clear_personal().is_empty();
        self.clear.extend(rows.records.iter().filter(shows_clear).map(|r| RecordId::new(r.id())));
        let mut clear: Vec<String> = rows.records.iter().flat_map(|r| r.clear_personal().to_vec()).collect();
        clear.sort();
        clear.dedup();
        let act = Act::new("export.render", self.order.object.as_str())
            .fields(clear)
            .purpose(self.order.purpose.clone())
            .count(rows.records.len())
            .payload(json!({ "case": self.order.case }))
            .looked(rows.records.iter().map(|r| RecordId::new(r.id())));
        // Titles of linked records in clear are readings of those records.
        let acts: Vec<Act> = std::iter::once(act).chain(rows.readings.iter().cloned()).collect();
        scope.log_all(&acts).await?;
        match &rows.next_cursor {
            Some(cursor) => query.cursor = Some(cursor.clone()),
            None => self.query = None,
        }
        Ok(Some(rows))
    }

    /// The proof that all of them left.
    ///
    /// # Errors
    /// `snapshot_changed` before the last page; forbidden when the requester's rights changed meanwhile, for then no rights
    /// are those that all of it was made with.
    pub async fn finish(self) -> Result<Exported> {
        if self.query.is_some() {
            return Err(Problem::Conflict("snapshot_changed").into());
        }
        let rights = self.requester.at_present().await?.rights_on(&self.order.object);
        if rights != self.rights {
            return Err(Problem::Forbidden("export").into());
        }
        let Leaving { order, taken, destroyed, clear, sensitive, .. } = self;
        Ok(Exported { case: order.case, rows: taken, destroyed, rights, clear, sensitive })
    }
}

/// A filter as people may read it: values compared with personal fields, and text that looks personal, are withheld.
fn shown(filter: &Filter, def: &ObjectDef) -> Filter {
    let parts = |parts: &[Filter]| parts.iter().map(|part| shown(part, def)).collect();
    match filter {
        Filter::All { all } => Filter::All { all: parts(all) },
        Filter::Any { any } => Filter::Any { any: parts(any) },
        Filter::Not { not } => Filter::Not { not: Box::new(shown(not, def)) },
        Filter::Is(condition) => {
            let field = def.field(&condition.field);
            let withheld = match field {
                Some(f) if f.class.is_sealed() => true,
                Some(f) => {
                    let free = matches!(
                        f.kind,
                        FieldKind::Text
                            | FieldKind::LongText
                            | FieldKind::PersonName
                            | FieldKind::Account
                            | FieldKind::Url
                    );
                    free && looks_personal(&condition.value.to_string())
                }
                None => false,
            };
            let value = match &condition.value {
                Json::Null => Json::Null,
                Json::Array(values) if withheld => values.iter().map(|_| json!(WITHHELD)).collect(),
                _ if withheld => json!(WITHHELD),
                value => value.clone(),
            };
            Filter::Is(Condition { value, ..condition.clone() })
        }
    }
}

/// A run of digits as long as a telephone number, or an address of mail.
fn looks_personal(text: &str) -> bool {
    let separator = |c: &char| matches!(c, ' ' | '-');
    let mut run = 0;
    text.contains(['@', '＠'])
        || text.chars().filter(|c| !separator(c)).any(|c| {
            run = if c.is_numeric() { run + 1 } else { 0 };
            run >= 7
        })
}

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

    /// Grants a small, masked order; [`Committed::into_grant`](crate::Committed::into_grant) hands it out. Whether it is still small is watched while rows leave.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] when the order needs approval.
    pub fn grant_small_export(&mut self, order: &ExportOrder) -> Result<()> {
        if self.scope.export_needs_approval(order, order.rows)? {
            return Err(Problem::Forbidden("needs_approval").into());
        }
        self.granted = Some(ExportGrant { order: order.clone(), most: FREE_ROWS });
        Ok(())
    }

    /// Grants an approved order, for as many rows as were approved; [`Committed::into_grant`](crate::Committed::into_grant)
    /// hands it out.
    ///
    /// # Errors
    /// [`Problem::Conflict`] when the approval is for something else.
    pub fn grant_export(&mut self, order: &ExportOrder, approved: Approved) -> Result<()> {
        let snapshot = snapshot_hash(&self.scope.order_snapshot(order)?);
        if approved.target != order.case.as_str() || approved.snapshot != snapshot {
            return Err(Problem::Conflict("snapshot_changed").into());
        }
        self.granted = Some(ExportGrant { order: order.clone(), most: order.rows });
        Ok(())
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
            let agreed = self.scope.consented(&some.iter().collect::<Vec<_>>()).await?;
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
    async fn export_key(&self, case: &RecordId) -> Result<Key32> {
        let sealed = self.keyring.secret(&key_name(case.as_str())).await?.ok_or(Problem::NotFound)?;
        let opened = keys::open_system(&self.system, "export-key", case.as_str(), &sealed)?;
        Key32::from_slice(opened.expose()).ok_or_else(|| VaultError::Damaged("the key of a file".to_owned()))
    }

    /// How many subjects have been destroyed so far.
    async fn destructions(&self) -> Result<i64> {
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

/// What the names of the keys of orders and files begin with.
const KEYS: &str = "export/";

fn key_name(case: &str) -> String {
    format!("{KEYS}{case}")
}
