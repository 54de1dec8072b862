//! The way out for copies: rows leave only against an [`ExportGrant`], which exactly one call consumes, and files lie
//! sealed until they expire.
//!
//! **Invariant:** a grant is for exactly the order that was approved, for at most as many rows, once; and the key of a
//! file dies with it, so that no copy of the database brings it back.

mod kept;
mod shown;

use crate::audit::Act;
use crate::catalog::Catalog;
use crate::error::{Result, VaultError};
use crate::keys;
use crate::plan::{self, MAX_LIMIT, Query};
use crate::records::Page;
use crate::scope::Scope;
use crate::tasks::{Approved, snapshot_hash};
use crate::tx::Tx;
use crate::vault::Vault;
use crate::view::RecordView;
use kedun_model::filter::Filter;
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
            "filter": order.filter.as_ref().map(|f| shown::shown(f, def)),
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
        // Titles of linked records in clear are copies of theirs: whoever takes a consent back, or is erased, finds them.
        self.clear.extend(rows.readings.iter().flat_map(|reading| reading.looked.iter().cloned()));
        let titles = rows.readings.iter().map(|reading| {
            Act { action: "export.render", ..reading.clone() }
                .purpose(self.order.purpose.clone())
                .payload(json!({ "case": self.order.case }))
        });
        let acts: Vec<Act> = std::iter::once(act).chain(titles).collect();
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

impl Tx {
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
}
