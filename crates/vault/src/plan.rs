//! The one way to query: a filter, a sort and the caller's grants become SQL.
//!
//! **Invariant:** a field that the caller may not see cannot be selected, filtered, sorted or grouped. A condition on a
//! field narrows the grants to those that show the field, so rights never mix across grants; when none is left the
//! answer is a problem, never an empty page that hints.

mod arms;
mod condition;
mod group;
mod order;

use crate::error::Result;
use crate::falling::{Falling, POOL_DUE};
use crate::keys::BlindKey;
use crate::row::{COLUMNS, PLACE};
use crate::statement::Statement;
use arms::{Arm, arm_condition, arms, base_condition, narrowed, parent_condition, through_condition};
use condition::filter_sql;
pub(crate) use condition::{domain, exact_kind};
pub use group::{GroupBy, Grouping, Sum};
pub(crate) use group::{KeyShape, MOST_GROUPS, group};
use kedun_model::definition::ObjectDef;
use kedun_model::filter::{Condition, Filter};
use kedun_model::policy::{Caller, RecordFacts, Shared};
use kedun_model::{FieldDef, FieldError, Grant, ObjectName, Problem, RowScope, Show, Verb};
use order::{SortKey, after_condition, order, read_cursor, sort_keys};
pub(crate) use order::{table_of, write_cursor};

/// Most records on one page.
pub const MAX_LIMIT: usize = 200;
/// Counting stops here; a larger number is told as "1,000+".
pub const COUNT_CAP: i64 = 1_000;
const DAY_MS: i64 = 86_400_000;

/// A list as a caller asks for it.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Conditions.
    pub filter: Option<Filter>,
    /// Fields to sort by, most significant first; true means descending.
    pub sort: Vec<(String, bool)>,
    /// Fields to answer; all visible ones when absent.
    pub fields: Option<Vec<String>>,
    /// Page size, 1 to [`MAX_LIMIT`].
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Whether to count, capped at [`COUNT_CAP`].
    pub count: bool,
    /// Look into the recycle bin instead.
    pub deleted: bool,
}

/// What the planner needs to know about the asking.
pub(crate) struct Asking<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) def: &'a ObjectDef,
    pub(crate) catalog: &'a crate::catalog::Catalog,
    pub(crate) blind: &'a BlindKey,
    pub(crate) now: i64,
    pub(crate) postgres: bool,
    /// What a sorted text carries behind it, to stand where a reader looks for it.
    pub(crate) collate: &'static str,
}

pub(crate) struct Planned {
    pub(crate) page: Statement,
    pub(crate) count: Option<Statement>,
    pub(crate) sort_columns: usize,
    pub(crate) text_keys: Vec<bool>,
    pub(crate) flags: Flags,
}

/// Which facts of a record the statement answers besides its columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) shared: bool,
    pub(crate) through: Vec<ObjectName>,
    pub(crate) parent: bool,
}

impl Flags {
    pub(crate) fn for_caller(caller: &Caller, object: &ObjectName) -> Flags {
        let mut flags = Flags::default();
        for grant in caller.grants.iter().map(|g| &g.grant).filter(|g| g.object == *object) {
            match &grant.scope {
                RowScope::Collaborating => flags.shared = true,
                RowScope::Through(child) if !flags.through.contains(child) => {
                    flags.through.push(child.clone())
                }
                RowScope::Parent => flags.parent = true,
                _ => {}
            }
        }
        flags
    }

    /// The extra columns, as SQL after a comma, in a fixed order: shared, parent, through…. Shares are looked up by the
    /// record, out of the index alone: gathering those of the caller would grow with how much is shared with them.
    pub(crate) fn columns(&self, sql: &mut Statement, asking: &Asking<'_>) -> String {
        let mut columns = String::new();
        let me = asking.caller.person.as_str();
        if self.shared {
            let (person, now) = (sql.arg(me), sql.arg(asking.now));
            columns.push_str(&format!(
                ", (SELECT CAST(MAX(CASE s.level WHEN 'edit' THEN 2 ELSE 1 END) AS BIGINT) FROM share s WHERE s.person = {person} \
                 AND s.record = r.root AND s.ended_at IS NULL AND s.until > {now})"
            ));
        }
        if self.parent {
            let readable = parent_condition(sql, asking);
            columns.push_str(&format!(", CAST(CASE WHEN {readable} THEN 1 ELSE 0 END AS BIGINT)"));
        }
        for child in &self.through {
            let condition = through_condition(sql, asking, child);
            columns.push_str(&format!(", CAST(CASE WHEN {condition} THEN 1 ELSE 0 END AS BIGINT)"));
        }
        columns
    }

    /// Reads the extra columns that begin at `first`.
    pub(crate) fn read(&self, row: &crate::sql::Row, first: usize, facts: &mut RecordFacts) -> Result<()> {
        let mut at = first;
        if self.shared {
            facts.shared = match row.opt_int(at)? {
                Some(2) => Some(Shared::Edit),
                Some(_) => Some(Shared::Read),
                None => None,
            };
            at += 1;
        }
        if self.parent {
            facts.parent_readable = row.int(at)? != 0;
            at += 1;
        }
        for child in &self.through {
            if row.int(at)? != 0 {
                facts.through.insert(child.clone());
            }
            at += 1;
        }
        Ok(())
    }
}

/// What a page answers of its records, beside the keys of the sort and the caller's facts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// All of them, as [`crate::row::Stored`] reads them.
    Whole,
    /// As [`crate::row::Place`] reads them.
    Places,
}

impl Of {
    fn columns(self) -> &'static str {
        match self {
            Of::Whole => COLUMNS,
            Of::Places => PLACE,
        }
    }
}

/// Plans a page.
pub(crate) fn plan(asking: &Asking<'_>, query: &Query, of: Of) -> Result<Planned> {
    let limit = query.limit.clamp(1, MAX_LIMIT);
    let conditions = query.filter.as_ref().map(Filter::conditions).unwrap_or_default();
    let grants = admissible(asking, query.deleted, &conditions, &sorted(query), query.fields.as_deref())?;
    let flags = Flags::for_caller(asking.caller, &asking.def.name);
    let keys = sort_keys(asking, &query.sort)?;
    let after = query.cursor.as_deref().map(|c| read_cursor(c, &keys)).transpose()?;
    let arms = narrowed(arms(&grants, asking.caller), asking.caller, query.filter.as_ref());

    let mut page = Statement::default();
    let filter_errors = &mut Vec::new();
    let mut wanted = vec![];
    let walks = walks(&arms, &keys);
    // Nothing but an index is walked: PostgreSQL's plan is then the same whatever the values are, and it keeps the plan
    // when it knows how far it has to walk. With a condition that asks another table a known number misleads it: it takes
    // few records to match and gathers them all.
    let plain = walks && conditions.iter().all(|condition| is_system(&condition.field));
    for arm in &arms {
        let mut part = format!("SELECT {}", if walks { of.columns() } else { "r.id" });
        for (i, key) in keys.iter().enumerate() {
            part.push_str(&format!(", {} AS k{i}", key.expression));
        }
        if walks {
            part.push_str(&flags.columns(&mut page, asking));
        }
        part.push_str(" FROM record r");
        for join in keys.iter().filter_map(|k| k.join.as_ref()) {
            part.push_str(join);
        }
        part.push_str(" WHERE ");
        let mut all =
            vec![base_condition(&mut page, asking, query.deleted), arm_condition(&mut page, asking, arm)];
        if let Some(filter) = &query.filter {
            all.push(filter_sql(&mut page, asking, filter, "filter", filter_errors));
        }
        if let Some(after) = &after {
            all.push(after_condition(&mut page, &keys, after));
        }
        part.push_str(&all.join(" AND "));
        // Where a short list of ids drives the arm, walking an index in the order of the sort would visit rows that
        // the list does not hold; an expression keeps the engines from trying.
        let listed = matches!(arm, Arm::Shared | Arm::Through(_) | Arm::Parent);
        part.push_str(&order(&keys, "r.", |_, key| {
            if listed && !key.text { format!("({} + 0)", key.expression) } else { key.expression.clone() }
        }));
        part.push_str(&limited(&mut page, limit + 1, plain));
        wanted.push(part);
    }
    if !filter_errors.is_empty() {
        return Err(Problem::Invalid(std::mem::take(filter_errors)).into());
    }
    match wanted.as_mut_slice() {
        [one] if walks => page.text = std::mem::take(one),
        parts => united(&mut page, asking, parts, &keys, &flags, (limit, of)),
    }

    let count = query.count.then(|| count_arms(asking, query, &arms, COUNT_CAP));
    Ok(Planned {
        page,
        count,
        sort_columns: keys.len(),
        text_keys: keys.iter().map(|k| k.text).collect(),
        flags,
    })
}

/// The statement that counts what a query reaches, up to one more than `most`. It is planned like a page, so that a field
/// that may not be seen cannot be counted by either.
pub(crate) fn count_up_to(asking: &Asking<'_>, query: &Query, most: i64) -> Result<Statement> {
    plan(asking, &Query { count: false, ..query.clone() }, Of::Whole)?;
    let conditions = query.filter.as_ref().map(Filter::conditions).unwrap_or_default();
    let grants = admissible(asking, query.deleted, &conditions, &sorted(query), query.fields.as_deref())?;
    Ok(count_arms(asking, query, &arms(&grants, asking.caller), most))
}

fn count_arms(asking: &Asking<'_>, query: &Query, arms: &[Arm], most: i64) -> Statement {
    let mut count = Statement::default();
    let mut parts = Vec::new();
    for arm in arms {
        let mut all =
            vec![base_condition(&mut count, asking, query.deleted), arm_condition(&mut count, asking, arm)];
        if let Some(filter) = &query.filter {
            all.push(filter_sql(&mut count, asking, filter, "filter", &mut Vec::new()));
        }
        let limited = limited(&mut count, usize::try_from(most + 1).unwrap_or(usize::MAX), false);
        parts.push(format!(
            "SELECT * FROM (SELECT r.id FROM record r WHERE {}{limited}) a{}",
            all.join(" AND "),
            parts.len()
        ));
    }
    count.text = format!("SELECT COUNT(*) FROM ({}) counted", parts.join(" UNION "));
    count
}

/// The end of a statement of so many rows at most, written out or as an argument.
fn limited(sql: &mut Statement, most: usize, written: bool) -> String {
    if written {
        return format!(" LIMIT {most}");
    }
    format!(" LIMIT {}", sql.arg(i64::try_from(most).unwrap_or(i64::MAX)))
}

/// Whether an index hands out the page in its order, so that the records are read straight from the walk. Else ids are
/// sorted and cut before a record is read.
fn walks(arms: &[Arm], keys: &[SortKey]) -> bool {
    let by_time = matches!(keys, [key] if key.expression == "r.updated_at");
    by_time && matches!(arms, [Arm::Owner(_) | Arm::Department(_) | Arm::All | Arm::Pool])
}

/// Writes the page by ids first: the arms' union, cut, and then the records.
fn united(
    page: &mut Statement,
    asking: &Asking<'_>,
    arms: &[String],
    keys: &[SortKey],
    flags: &Flags,
    (limit, of): (usize, Of),
) {
    let union = match arms {
        [one] => one.clone(),
        _ => {
            let parts: Vec<_> =
                arms.iter().enumerate().map(|(i, part)| format!("SELECT * FROM ({part}) a{i}")).collect();
            let limited = limited(page, limit + 1, false);
            let last_first = order(keys, "u.", |i, _| format!("u.k{i}"));
            format!("SELECT * FROM ({}) u{last_first}{limited}", parts.join(" UNION "))
        }
    };
    let flag_columns = flags.columns(page, asking);
    let key_columns: String = (0..keys.len()).map(|i| format!(", page.k{i}")).collect();
    page.text = format!(
        "SELECT {}{key_columns}{flag_columns} FROM ({union}) page JOIN record r ON r.id = page.id{}",
        of.columns(),
        order(keys, "page.", |i, _| format!("page.k{i}"))
    );
}

/// The statement for one record by id (or for several), with the caller's facts; the verdict is made in Rust.
pub(crate) fn by_ids(asking: &Asking<'_>, ids: &[&str], flags: &Flags) -> Statement {
    let mut sql = Statement::default();
    let columns = flags.columns(&mut sql, asking);
    let object = sql.arg(asking.def.name.as_str());
    let ids = sql.list(ids.iter().copied());
    sql.text =
        format!("SELECT {COLUMNS}{columns} FROM record r WHERE r.object = {object} AND r.id IN ({ids})");
    sql
}

/// Most records that one token is followed to; a token of four digits may stand for many.
const MOST_OF_TOKEN: i64 = 5_000;

/// The statement for the records behind a token, with the caller's facts; the verdict is made in Rust.
pub(crate) fn by_token(asking: &Asking<'_>, kind: &str, token: Vec<u8>, flags: &Flags) -> Statement {
    let mut sql = Statement::default();
    let columns = flags.columns(&mut sql, asking);
    let (kind, token) = (sql.arg(kind), sql.arg(token));
    let (object, most) = (sql.arg(asking.def.name.as_str()), sql.arg(MOST_OF_TOKEN));
    sql.text = format!(
        "SELECT {COLUMNS}{columns} FROM (SELECT b.record FROM blind b WHERE b.kind = {kind} AND b.token = {token} \
         AND b.object = {object} GROUP BY b.record LIMIT {most}) t JOIN record r ON r.id = t.record \
         WHERE r.object = {object}"
    );
    sql
}

/// Whether a condition tries out a number or another sealed value, rather than asking whether there is one.
pub(crate) fn tries_number(def: &ObjectDef, condition: &Condition) -> bool {
    condition.op.takes_value() && def.field(&condition.field).is_some_and(|field| field.class.is_sealed())
}

/// What a sort needs to see in clear, with its place in the asking.
fn sorted(query: &Query) -> Vec<(String, String)> {
    query.sort.iter().map(|(name, _)| (format!("sort.{name}"), name.clone())).collect()
}

/// The grants under which every named field may be seen. `clear` are places in the asking and the field that each needs
/// in clear. What lies in the recycle bin is there for those who may take it out; for others it does not exist.
fn admissible<'a>(
    asking: &'a Asking<'_>,
    deleted: bool,
    conditions: &[&Condition],
    clear: &[(String, String)],
    fields: Option<&[String]>,
) -> Result<Vec<&'a Grant>> {
    let mut readable: Vec<&Grant> =
        asking.caller.grants_for(&asking.def.name, Verb::Read).map(|g| &g.grant).collect();
    if readable.is_empty() {
        return Err(Problem::NotFound.into());
    }
    if deleted {
        readable.retain(|grant| grant.verbs.contains(&Verb::Restore));
        if readable.is_empty() {
            return Err(Problem::Forbidden("restore").into());
        }
    }
    let mut errors = Vec::new();
    // Each such condition tries one number out, under whatever mask; fifty at once would soon have tried them all.
    let numbers = |c: &&&Condition| tries_number(asking.def, c);
    for tried in conditions.iter().filter(numbers).skip(1) {
        errors.push(FieldError::new(format!("filter.{}", tried.field), "one_number_at_a_time"));
    }
    let mut grants = readable.clone();
    let mut need = |name: &str, path: String, least: fn(&FieldDef) -> Show| match asking.def.field(name) {
        Some(def) if readable.iter().any(|g| g.fields.right(def).show >= least(def)) => {
            grants.retain(|g| g.fields.right(def).show >= least(def));
        }
        // A hidden field and an unknown one answer alike.
        _ => errors.push(FieldError::new(path, "unknown_field")),
    };
    for condition in conditions {
        if condition.field == POOL_DUE {
            for name in told_by(asking, POOL_DUE) {
                need(&name, format!("filter.{POOL_DUE}"), |_| Show::Clear);
            }
        } else if !is_system(&condition.field) {
            need(&condition.field, format!("filter.{}", condition.field), |def| {
                if def.class.is_sealed() { Show::Reveal } else { Show::Clear }
            });
        }
    }
    for (path, name) in clear {
        if !is_system(name) {
            need(name, path.clone(), |_| Show::Clear);
        }
    }
    for name in fields.unwrap_or_default() {
        let seen = asking
            .def
            .field(name)
            .is_some_and(|d| readable.iter().any(|g| g.fields.right(d).show > Show::None));
        if !seen {
            errors.push(FieldError::new(format!("fields.{name}"), "unknown_field"));
        }
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    if grants.is_empty() {
        return Err(Problem::invalid("filter", "fields_never_visible_together").into());
    }
    Ok(grants)
}

/// The fields that must be seen by whoever is told a field of this name. The day on which a record falls to the pool is
/// none of its own and tells of several.
fn told_by(asking: &Asking<'_>, name: &str) -> Vec<String> {
    match Falling::of(asking.def, asking.catalog.zone()).filter(|_| name == POOL_DUE) {
        Some(rule) => rule.told_by().map(|field| field.name.clone()).collect(),
        None => vec![name.to_owned()],
    }
}

/// Fields of the record itself, open to everybody who may see the record.
fn is_system(name: &str) -> bool {
    matches!(
        name,
        "owner"
            | "department"
            | "created_at"
            | "updated_at"
            | "owned_since"
            | "created_by"
            | "relation"
            | "pool"
            | "id"
    )
}
