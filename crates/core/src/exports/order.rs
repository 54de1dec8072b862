//! Ordering: what is asked for is checked, counted, frozen and, where it must be, put before somebody else.

use super::words::PURPOSES;
use super::{APPROVAL_LIVES_MS, EXPORT, ExportView, view};
use kedun_model::alert::FactKind;
use kedun_model::filter::Filter;
use kedun_model::flow::Kind;
use kedun_model::own_words::personal;
use kedun_model::{FieldError, Problem, RecordId};
use kedun_vault::{
    Act, ExportFormat, ExportOrder, FREE_ROWS, NewRecord, Result, Scope, Signal, Task, Tx, Vault, VaultError,
    snapshot_hash,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// Most fields of one export.
const MOST_FIELDS: usize = 100;
/// Longest filter, in bytes of JSON.
const MOST_FILTER: usize = 8_000;
/// Most characters of a purpose in own words.
const MOST_NOTE: usize = 180;
/// Most exports of one person that are not finished.
const MOST_OPEN: usize = 10;

/// What somebody asks for.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The object.
    pub object: String,
    /// The fields, in order.
    pub fields: Vec<String>,
    /// Which rows.
    #[serde(default)]
    pub filter: Option<Json>,
    /// Why: a word of the list, or `other: …`.
    pub purpose: String,
    /// How the file is written.
    pub format: ExportFormat,
    /// Personal fields in clear.
    #[serde(default)]
    pub clear: bool,
}

/// Orders an export. It waits for approval, or is rendered as soon as there is time.
///
/// # Errors
/// Not found; forbidden without the verb; every broken rule by field; `exports_open` with too many under way.
pub async fn order(vault: &Vault, scope: &Scope, wanted: Wanted) -> Result<ExportView> {
    let purpose = purpose(&wanted.purpose)?;
    let fields = fields(wanted.fields)?;
    let filter = wanted.filter.as_ref().filter(|f| !f.is_null());
    if filter.is_some_and(|f| f.to_string().len() > MOST_FILTER) {
        let error = FieldError::new("filter", "too_long").with("max", MOST_FILTER);
        return Err(Problem::Invalid(vec![error]).into());
    }
    let filter = filter.map(Filter::parse).transpose().map_err(Problem::Invalid)?;
    let object = scope.object(&wanted.object)?.name.clone();
    let mut order = ExportOrder {
        case: RecordId::new(""),
        object,
        fields,
        filter,
        clear: wanted.clear,
        purpose,
        format: wanted.format,
        language: scope.language().to_owned(),
        rows: 0,
    };
    order.rows = scope.export_size(&order).await?;
    if open(vault, scope).await? >= MOST_OPEN {
        return Err(Problem::Conflict("exports_open").into());
    }
    let needs_approval = scope.export_needs_approval(&order, order.rows)?;
    let case = keep(vault, scope, &mut order, needs_approval).await?;
    Ok(view(&vault.system(Task::Casework).get(EXPORT, &case).await?))
}

/// The case, the sealed order and the request for approval, in one change.
async fn keep(
    vault: &Vault,
    scope: &Scope,
    order: &mut ExportOrder,
    needs_approval: bool,
) -> Result<RecordId> {
    let house = vault.system_for(Task::Casework, scope.person());
    let fields = json!({
        "purpose": order.purpose,
        "target_object": order.object,
        "field_list": json!(order.fields).to_string(),
        "filter_hash": scope.filter_hash(order),
        "format": order.format,
        "clear": order.clear,
        "rows": order.rows,
        "state": if needs_approval { "waiting" } else { "approved" },
        "progress": 0,
        "requester": scope.person(),
        "downloads": 0,
    });
    let Json::Object(fields) = fields else { return Err(Problem::NotFound.into()) };
    let mut tx = scope.begin().await?;
    let case = tx
        .as_house(&house, async |tx: &mut Tx| {
            let owner = Some(house.person().clone());
            tx.create(EXPORT, NewRecord { fields, owner, ..NewRecord::default() }).await
        })
        .await?;
    order.case = case.clone();
    let snapshot = scope.order_snapshot(order)?;
    let mut frozen =
        Map::from_iter([("snapshot_hash".to_owned(), json!(snapshot_hash(&snapshot).to_string()))]);
    if !snapshot["filter"].is_null() {
        frozen.insert("filter_text".to_owned(), json!(snapshot["filter"].to_string()));
    }
    tx.as_house(&house, async |tx: &mut Tx| tx.update(EXPORT, &case, None, &frozen).await).await?;
    tx.keep_order(order).await?;
    if needs_approval {
        let act = kedun_model::Act::ExportsApprove;
        tx.ask(Kind::Export, act, case.as_str(), &snapshot, APPROVAL_LIVES_MS).await?;
    }
    tx.tell(Signal::ExportChanged { id: case.to_string(), person: scope.person().clone() });
    let act = Act::new("export.order", order.object.as_str())
        .on(&case, None)
        .fields(&order.fields)
        .purpose(order.purpose.clone())
        .count(usize::try_from(order.rows).unwrap_or(0))
        .fact(FactKind::Export {
            rows: u64::try_from(order.rows).unwrap_or(0),
            needs_approval,
            at_line: u64::try_from(FREE_ROWS).unwrap_or(0),
        })
        .payload(json!({ "clear": order.clear, "format": order.format, "needs_approval": needs_approval }));
    tx.commit(act).await?;
    Ok(case)
}

/// A purpose from the list, or in own words that name nobody: it stays in the log, which forgets nothing.
fn purpose(text: &str) -> Result<String> {
    let text = text.trim();
    if PURPOSES.iter().any(|(known, ..)| *known == text && *known != "other") {
        return Ok(text.to_owned());
    }
    let note = text.strip_prefix("other:").map(str::trim).unwrap_or_default();
    if !(2..=MOST_NOTE).contains(&note.chars().count()) {
        return Err(Problem::invalid("purpose", "unknown_purpose").into());
    }
    if personal(note) {
        return Err(Problem::invalid("purpose", "personal_data").into());
    }
    Ok(format!("other: {note}"))
}

/// The fields, each once, in the order of the first mention.
fn fields(wanted: Vec<String>) -> Result<Vec<String>> {
    let mut fields: Vec<String> = Vec::with_capacity(wanted.len().min(MOST_FIELDS));
    for name in wanted {
        if fields.len() == MOST_FIELDS {
            let error = FieldError::new("fields", "too_many").with("max", MOST_FIELDS);
            return Err(Problem::Invalid(vec![error]).into());
        }
        if !fields.contains(&name) {
            fields.push(name);
        }
    }
    if fields.is_empty() { Err(Problem::invalid("fields", "required").into()) } else { Ok(fields) }
}

/// How many of the caller's exports are not finished.
async fn open(vault: &Vault, scope: &Scope) -> Result<usize> {
    let filter = json!({ "all": [
        { "field": "requester", "op": "eq", "value": scope.person() },
        { "field": "state", "op": "in", "value": ["waiting", "approved", "running"] },
    ] });
    let query = kedun_vault::Query {
        filter: Some(Filter::parse(&filter).map_err(Problem::Invalid)?),
        ..kedun_vault::Query::default()
    };
    let (count, _) = vault.system(Task::Casework).count(EXPORT, &query).await?;
    usize::try_from(count).map_err(|_| VaultError::Damaged("a count".to_owned()))
}
