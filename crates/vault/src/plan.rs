//! The one way to query: a filter, a sort and the caller's grants become SQL.
//!
//! **Invariant:** a field that the caller may not see cannot be selected, filtered, sorted or grouped. A condition on a
//! field narrows the grants to those that show the field, so rights never mix across grants; when none is left the
//! answer is a problem, never an empty page that hints.

use crate::error::Result;
use crate::keys::BlindKey;
use crate::row::COLUMNS;
use crate::sql::Arg;
use crate::statement::Statement;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kedun_model::definition::{Blind, Column, ObjectDef};
use kedun_model::field::{self, Operand, Projected};
use kedun_model::filter::{Condition, Filter, Op};
use kedun_model::policy::{Caller, RecordFacts, Shared};
use kedun_model::{FieldDef, FieldError, FieldKind, Grant, ObjectName, Problem, RowScope, Show, Verb};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Most records on one page.
pub const MAX_LIMIT: usize = 200;
/// Counting stops here; a larger number is told as "1,000+".
pub const COUNT_CAP: i64 = 1_000;
/// The zone of `today` and `last_days` (Asia/Shanghai has no daylight saving).
pub(crate) const ZONE_MS: i64 = 8 * 3_600_000;
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
}

struct SortKey {
    expression: String,
    join: Option<String>,
    descending: bool,
    text: bool,
    nullable: bool,
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

    /// The extra columns, as SQL after a comma, in a fixed order: shared, parent, through….
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

/// Plans a page.
pub(crate) fn plan(asking: &Asking<'_>, query: &Query) -> Result<Planned> {
    let limit = query.limit.clamp(1, MAX_LIMIT);
    let conditions = query.filter.as_ref().map(Filter::conditions).unwrap_or_default();
    let grants = admissible(asking, &conditions, &query.sort, query.fields.as_deref())?;
    let flags = Flags::for_caller(asking.caller, &asking.def.name);
    let keys = sort_keys(asking, &query.sort)?;
    let after = query.cursor.as_deref().map(|c| read_cursor(c, &keys)).transpose()?;
    let arms = narrowed(arms(&grants, asking.caller), asking.caller, query.filter.as_ref());

    let mut page = Statement::default();
    let filter_errors = &mut Vec::new();
    let mut wanted = vec![];
    let walks = walks(&arms, &keys);
    for arm in &arms {
        let mut part = format!("SELECT {}", if walks { COLUMNS } else { "r.id" });
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
        let most = page.arg(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        part.push_str(&format!(" LIMIT {most}"));
        wanted.push(part);
    }
    if !filter_errors.is_empty() {
        return Err(Problem::Invalid(std::mem::take(filter_errors)).into());
    }
    match wanted.as_mut_slice() {
        [one] if walks => page.text = std::mem::take(one),
        parts => united(&mut page, asking, parts, &keys, &flags, limit),
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
    plan(asking, &Query { count: false, ..query.clone() })?;
    let conditions = query.filter.as_ref().map(Filter::conditions).unwrap_or_default();
    let grants = admissible(asking, &conditions, &query.sort, query.fields.as_deref())?;
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
        let most = count.arg(most + 1);
        parts.push(format!(
            "SELECT * FROM (SELECT r.id FROM record r WHERE {} LIMIT {most}) a{}",
            all.join(" AND "),
            parts.len()
        ));
    }
    count.text = format!("SELECT COUNT(*) FROM ({}) counted", parts.join(" UNION "));
    count
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
    limit: usize,
) {
    let union = match arms {
        [one] => one.clone(),
        _ => {
            let parts: Vec<_> =
                arms.iter().enumerate().map(|(i, part)| format!("SELECT * FROM ({part}) a{i}")).collect();
            let most = page.arg(i64::try_from(limit + 1).unwrap_or(i64::MAX));
            let last_first = order(keys, "u.", |i, _| format!("u.k{i}"));
            format!("SELECT * FROM ({}) u{last_first} LIMIT {most}", parts.join(" UNION "))
        }
    };
    let flag_columns = flags.columns(page, asking);
    let key_columns: String = (0..keys.len()).map(|i| format!(", page.k{i}")).collect();
    page.text = format!(
        "SELECT {COLUMNS}{key_columns}{flag_columns} FROM ({union}) page JOIN record r ON r.id = page.id{}",
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

/// The grants under which every named field may be seen.
fn admissible<'a>(
    asking: &'a Asking<'_>,
    conditions: &[&Condition],
    sort: &[(String, bool)],
    fields: Option<&[String]>,
) -> Result<Vec<&'a Grant>> {
    let readable: Vec<&Grant> =
        asking.caller.grants_for(&asking.def.name, Verb::Read).map(|g| &g.grant).collect();
    if readable.is_empty() {
        return Err(Problem::NotFound.into());
    }
    let mut errors = Vec::new();
    let mut grants = readable.clone();
    let mut need = |name: &str, path: String, least: fn(&FieldDef) -> Show| match asking.def.field(name) {
        Some(def) if readable.iter().any(|g| g.fields.right(def).show >= least(def)) => {
            grants.retain(|g| g.fields.right(def).show >= least(def));
        }
        // A hidden field and an unknown one answer alike.
        _ => errors.push(FieldError::new(path, "unknown_field")),
    };
    for condition in conditions {
        if !is_system(&condition.field) {
            need(&condition.field, format!("filter.{}", condition.field), |def| {
                if def.class.is_sealed() { Show::Reveal } else { Show::Clear }
            });
        }
    }
    for (name, _) in sort {
        if !is_system(name) {
            need(name, format!("sort.{name}"), |_| Show::Clear);
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

/// Fields of the record itself, open to everybody who may see the record.
fn is_system(name: &str) -> bool {
    matches!(
        name,
        "owner" | "department" | "created_at" | "updated_at" | "created_by" | "relation" | "pool" | "id"
    )
}

/// A part of the union: scopes that one index can drive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Arm {
    All,
    Owner(String),
    Department(String),
    Shared,
    Pool,
    Through(ObjectName),
    Parent,
}

fn arms(grants: &[&Grant], caller: &Caller) -> Vec<Arm> {
    let mut arms = BTreeSet::new();
    for grant in grants {
        match &grant.scope {
            RowScope::None => {}
            RowScope::All => return vec![Arm::All],
            RowScope::Own => {
                arms.insert(Arm::Owner(caller.person.to_string()));
            }
            RowScope::Collaborating => {
                arms.insert(Arm::Shared);
            }
            RowScope::Department => {
                arms.extend(caller.department.iter().map(|d| Arm::Department(d.to_string())));
            }
            RowScope::DepartmentTree => {
                arms.extend(caller.subtree.iter().map(|d| Arm::Department(d.to_string())));
            }
            RowScope::Pool => {
                arms.insert(Arm::Pool);
            }
            RowScope::Through(child) => {
                arms.insert(Arm::Through(child.clone()));
            }
            RowScope::Parent => {
                arms.insert(Arm::Parent);
            }
        }
    }
    if arms.is_empty() {
        // A person whose scopes are all empty (no department, say) sees nothing: an arm that contains nothing.
        arms.insert(Arm::Owner(String::new()));
    }
    arms.into_iter().collect()
}

/// Leaves out arms that a condition which every record must meet makes needless: of the caller's own records the arm of
/// the owner holds all there are, of the pooled ones the arm of the pool. What is found stays the same.
fn narrowed(arms: Vec<Arm>, caller: &Caller, filter: Option<&Filter>) -> Vec<Arm> {
    let mine = |condition: &Condition| match (condition.field.as_str(), condition.op) {
        ("relation", Op::Eq) => condition.value.as_str() == Some("own"),
        ("owner", Op::Me) => true,
        ("owner", Op::Eq) => condition.value.as_str() == Some(caller.person.as_str()),
        _ => false,
    };
    let is = |relation: &str| {
        must(filter).any(|c| c.field == "relation" && c.op == Op::Eq && c.value.as_str() == Some(relation))
    };
    let enough = [
        (must(filter).any(mine), Arm::Owner(caller.person.to_string())),
        (is("pool"), Arm::Pool),
        (is("collaborating"), Arm::Shared),
    ];
    for (implied, arm) in enough {
        if implied && arms.contains(&arm) {
            return vec![arm];
        }
    }
    arms
}

/// The conditions that every record of a filter meets.
fn must(filter: Option<&Filter>) -> impl Iterator<Item = &Condition> {
    let mut open: Vec<&Filter> = filter.into_iter().collect();
    std::iter::from_fn(move || {
        while let Some(next) = open.pop() {
            match next {
                Filter::All { all } => open.extend(all),
                Filter::Is(condition) => return Some(condition),
                Filter::Any { .. } | Filter::Not { .. } => {}
            }
        }
        None
    })
}

fn base_condition(sql: &mut Statement, asking: &Asking<'_>, deleted: bool) -> String {
    let object = sql.arg(asking.def.name.as_str());
    format!("r.object = {object} AND r.deleted_at IS {}", if deleted { "NOT NULL" } else { "NULL" })
}

fn arm_condition(sql: &mut Statement, asking: &Asking<'_>, arm: &Arm) -> String {
    match arm {
        Arm::All => "1 = 1".to_owned(),
        Arm::Owner(person) => format!("r.owner = {}", sql.arg(person.as_str())),
        Arm::Department(id) => format!("r.department = {} AND r.pool IS NULL", sql.arg(id.as_str())),
        Arm::Shared => shared_condition(sql, asking, "r"),
        Arm::Pool => "r.pool IS NOT NULL".to_owned(),
        Arm::Through(child) => through_condition(sql, asking, child),
        Arm::Parent => parent_condition(sql, asking),
    }
}

fn shared_condition(sql: &mut Statement, asking: &Asking<'_>, alias: &str) -> String {
    let (person, now) = (sql.arg(asking.caller.person.as_str()), sql.arg(asking.now));
    format!(
        "{alias}.{} IN (SELECT s.record FROM share s WHERE s.person = {person} AND s.ended_at IS NULL AND s.until > {now})",
        root_column(asking, alias)
    )
}

/// The column that names the record rights come from: its own id, unless it follows a parent.
fn root_column(asking: &Asking<'_>, alias: &str) -> &'static str {
    let follows = asking.def.parent.as_ref().is_some_and(|p| p.follows);
    if alias == "p" || follows { "root" } else { "id" }
}

fn through_condition(sql: &mut Statement, asking: &Asking<'_>, child: &ObjectName) -> String {
    through_alias(sql, asking, child, "r")
}

fn through_alias(sql: &mut Statement, asking: &Asking<'_>, child: &ObjectName, alias: &str) -> String {
    let (object, person) = (sql.arg(child.as_str()), sql.arg(asking.caller.person.as_str()));
    // What has come to an end opens nothing any more: a closed ticket is no reason to see its customer.
    let ended: Vec<&str> = asking
        .catalog
        .object(child)
        .ok()
        .and_then(|def| def.column_field(Column::Status))
        .map(|f| f.options.iter().filter(|o| o.outcome.is_some()).map(|o| o.value.as_str()).collect())
        .unwrap_or_default();
    let open = if ended.is_empty() {
        String::new()
    } else {
        format!(" AND (c.status IS NULL OR c.status NOT IN ({}))", sql.list(ended))
    };
    format!(
        "{alias}.{} IN (SELECT c.parent FROM record c WHERE c.object = {object} AND c.owner = {person} \
         AND c.deleted_at IS NULL{open})",
        root_column(asking, alias)
    )
}

/// Whether the parent can be read by the caller's grants on the parent's object.
fn parent_condition(sql: &mut Statement, asking: &Asking<'_>) -> String {
    let Some(parent) = &asking.def.parent else { return "1 = 0".to_owned() };
    let mut any = Vec::new();
    for grant in asking.caller.grants_for(&parent.object, Verb::Read).map(|g| &g.grant) {
        any.push(match &grant.scope {
            RowScope::None | RowScope::Parent => continue,
            RowScope::All => "1 = 1".to_owned(),
            RowScope::Own => format!("p.owner = {}", sql.arg(asking.caller.person.as_str())),
            RowScope::Collaborating => shared_condition(sql, asking, "p"),
            RowScope::Department => match &asking.caller.department {
                Some(d) => format!("(p.department = {} AND p.pool IS NULL)", sql.arg(d.as_str())),
                None => continue,
            },
            RowScope::DepartmentTree if asking.caller.subtree.is_empty() => continue,
            RowScope::DepartmentTree => {
                let list = sql.list(asking.caller.subtree.iter().map(|d| d.as_str()));
                format!("(p.department IN ({list}) AND p.pool IS NULL)")
            }
            RowScope::Pool => "p.pool IS NOT NULL".to_owned(),
            RowScope::Through(child) => through_alias(sql, asking, child, "p"),
        });
    }
    if any.is_empty() {
        return "1 = 0".to_owned();
    }
    format!(
        "EXISTS (SELECT 1 FROM record p WHERE p.id = r.parent AND p.deleted_at IS NULL AND ({}))",
        any.join(" OR ")
    )
}

fn sort_keys(asking: &Asking<'_>, sort: &[(String, bool)]) -> Result<Vec<SortKey>> {
    if sort.len() > 3 {
        return Err(Problem::invalid("sort", "too_many").into());
    }
    let mut keys = Vec::new();
    let default = [("updated_at".to_owned(), true)];
    let sort = if sort.is_empty() { &default[..] } else { sort };
    for (i, (name, descending)) in sort.iter().enumerate() {
        let descending = *descending;
        let plain = |column: &str, text: bool, nullable: bool| SortKey {
            expression: if nullable {
                format!("COALESCE(r.{column}, {})", if text { "''" } else { "0" })
            } else {
                format!("r.{column}")
            },
            join: None,
            descending,
            text,
            nullable,
        };
        let key = match name.as_str() {
            "updated_at" | "created_at" => plain(name, false, false),
            "owner" | "department" => plain(name, true, true),
            _ => match asking.def.field(name) {
                Some(def) => match def.column {
                    Some(Column::Title) => plain("title", true, true),
                    Some(Column::Stage) => plain("stage", true, true),
                    Some(Column::Status) => plain("status", true, true),
                    Some(Column::Amount) => plain("amount", false, true),
                    Some(Column::NextFollowUp) => plain("next_follow_up", false, true),
                    Some(Column::LastFollowUp) => plain("last_follow_up", false, true),
                    None if def.sortable => {
                        let (table, text) = table_of(def.kind);
                        SortKey {
                            expression: format!("COALESCE(s{i}.value, {})", if text { "''" } else { "0" }),
                            join: Some(format!(
                                " LEFT JOIN {table} s{i} ON s{i}.record = r.id AND s{i}.field = '{}.{}'",
                                asking.def.name,
                                def.id.as_str().replace('\'', "")
                            )),
                            descending,
                            text,
                            nullable: true,
                        }
                    }
                    None => return Err(Problem::invalid(format!("sort.{name}"), "not_sortable").into()),
                },
                None => return Err(Problem::invalid(format!("sort.{name}"), "unknown_field").into()),
            },
        };
        keys.push(key);
    }
    Ok(keys)
}

pub(crate) fn table_of(kind: FieldKind) -> (&'static str, bool) {
    match kind {
        FieldKind::Integer
        | FieldKind::Decimal
        | FieldKind::Money
        | FieldKind::Percent
        | FieldKind::Rating
        | FieldKind::Boolean => ("idx_num", false),
        FieldKind::Date | FieldKind::Datetime => ("idx_time", false),
        FieldKind::Select
        | FieldKind::MultiSelect
        | FieldKind::Reference
        | FieldKind::Person
        | FieldKind::Department => ("idx_ref", true),
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::PersonName
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::IdNumber
        | FieldKind::Account
        | FieldKind::Url
        | FieldKind::Address => ("idx_text", true),
    }
}

fn order(keys: &[SortKey], id: &str, expression: impl Fn(usize, &SortKey) -> String) -> String {
    let descending = keys.first().is_some_and(|k| k.descending);
    let mut parts: Vec<String> = keys
        .iter()
        .enumerate()
        .map(|(i, key)| format!("{} {}", expression(i, key), if key.descending { "DESC" } else { "ASC" }))
        .collect();
    parts.push(format!("{id}id {}", if descending { "DESC" } else { "ASC" }));
    format!(" ORDER BY {}", parts.join(", "))
}

/// Where a page ended: the sort values and the id of its last record.
struct After {
    values: Vec<Arg>,
    id: String,
}

fn after_condition(sql: &mut Statement, keys: &[SortKey], after: &After) -> String {
    if let ([key], [value]) = (keys, after.values.as_slice())
        && !key.nullable
    {
        // The row-value form lets both engines start the walk of the index in the right place.
        let (value, id) = (sql.arg(value.clone()), sql.arg(after.id.as_str()));
        return format!(
            "({}, r.id) {} ({value}, {id})",
            key.expression,
            if key.descending { "<" } else { ">" }
        );
    }
    let first_descending = keys.first().is_some_and(|k| k.descending);
    let mut any = Vec::new();
    for upto in 0..=keys.len() {
        let mut all = Vec::new();
        for (key, value) in keys.iter().zip(&after.values).take(upto) {
            all.push(format!("{} = {}", key.expression, sql.arg(value.clone())));
        }
        match (keys.get(upto), after.values.get(upto)) {
            (Some(key), Some(value)) => {
                let sign = if key.descending { "<" } else { ">" };
                all.push(format!("{} {sign} {}", key.expression, sql.arg(value.clone())));
            }
            _ => all.push(format!(
                "r.id {} {}",
                if first_descending { "<" } else { ">" },
                sql.arg(after.id.as_str())
            )),
        }
        any.push(format!("({})", all.join(" AND ")));
    }
    format!("({})", any.join(" OR "))
}

/// Writes the cursor of a page's last row.
pub(crate) fn write_cursor(values: &[Json], id: &str) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!([values, id]).to_string())
}

fn read_cursor(cursor: &str, keys: &[SortKey]) -> Result<After> {
    let wrong = || Problem::invalid("cursor", "cursor_format");
    if cursor.len() > 4_096 {
        return Err(wrong().into());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let (values, id): (Vec<Json>, String) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    if values.len() != keys.len() {
        return Err(wrong().into());
    }
    let values = keys
        .iter()
        .zip(values)
        .map(|(key, value)| match (key.text, value) {
            (true, Json::String(text)) => Ok(Arg::from(text)),
            (false, Json::Number(number)) => number.as_i64().map(Arg::from).ok_or_else(wrong),
            _ => Err(wrong()),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(After { values, id })
}

fn filter_sql(
    sql: &mut Statement,
    asking: &Asking<'_>,
    filter: &Filter,
    path: &str,
    errors: &mut Vec<FieldError>,
) -> String {
    match filter {
        Filter::All { all } if all.is_empty() => "1 = 1".to_owned(),
        Filter::Any { any } if any.is_empty() => "1 = 0".to_owned(),
        Filter::All { all } => {
            let parts: Vec<_> = all
                .iter()
                .enumerate()
                .map(|(i, f)| filter_sql(sql, asking, f, &format!("{path}.all[{i}]"), errors))
                .collect();
            format!("({})", parts.join(" AND "))
        }
        Filter::Any { any } => {
            let parts: Vec<_> = any
                .iter()
                .enumerate()
                .map(|(i, f)| filter_sql(sql, asking, f, &format!("{path}.any[{i}]"), errors))
                .collect();
            format!("({})", parts.join(" OR "))
        }
        // COALESCE: a condition on an empty column is unknown in SQL, and its negation must hold.
        Filter::Not { not } => {
            format!(
                "(CASE WHEN {} THEN 0 ELSE 1 END) = 1",
                filter_sql(sql, asking, not, &format!("{path}.not"), errors)
            )
        }
        Filter::Is(condition) => match condition_sql(sql, asking, condition, path) {
            Ok(text) => text,
            Err(error) => {
                errors.push(error);
                "1 = 0".to_owned()
            }
        },
    }
}

fn condition_sql(
    sql: &mut Statement,
    asking: &Asking<'_>,
    condition: &Condition,
    path: &str,
) -> Result<String, FieldError> {
    let wrong = |code: &str| FieldError::new(format!("{path}.value"), code);
    let unsupported = || FieldError::new(format!("{path}.op"), "operator_not_for_this_field");
    match condition.field.as_str() {
        "relation" => return relation_sql(sql, asking, condition).ok_or_else(|| wrong("unknown_option")),
        "owner" | "created_by" => {
            let column = format!("r.{}", condition.field);
            return match condition.op {
                Op::Me => Ok(format!("{column} = {}", sql.arg(asking.caller.person.as_str()))),
                _ => id_sql(sql, &column, condition).ok_or_else(unsupported),
            };
        }
        "department" => {
            return match condition.op {
                Op::MyDepartment => match &asking.caller.department {
                    Some(d) => Ok(format!("r.department = {}", sql.arg(d.as_str()))),
                    None => Ok("1 = 0".to_owned()),
                },
                _ => id_sql(sql, "r.department", condition).ok_or_else(unsupported),
            };
        }
        "pool" => return id_sql(sql, "r.pool", condition).ok_or_else(unsupported),
        "id" => return id_sql(sql, "r.id", condition).ok_or_else(unsupported),
        "created_at" | "updated_at" | "owned_since" => {
            let column = format!("r.{}", condition.field);
            let moment = moment_field(&condition.field);
            let operand = field::operand(&moment, condition.op, &condition.value).map_err(|e| at(e, path))?;
            return compare(sql, asking, &column, condition.op, operand, false).ok_or_else(unsupported);
        }
        _ => {}
    }
    let Some(def) = asking.def.field(&condition.field) else {
        return Err(FieldError::new(format!("{path}.field"), "unknown_field"));
    };
    if def.class.is_sealed() {
        return sealed_sql(sql, asking, def, condition, path);
    }
    if def.column.is_none() && !def.filterable && !is_parent(asking.def, def) {
        return Err(FieldError::new(format!("{path}.field"), "not_filterable"));
    }
    if !field::operators(def.kind, def.class, &def.blind).contains(&condition.op) {
        return Err(unsupported());
    }
    let operand = field::operand(def, condition.op, &condition.value).map_err(|e| at(e, path))?;
    if is_parent(asking.def, def) {
        return compare(sql, asking, "r.parent", condition.op, operand, true).ok_or_else(unsupported);
    }
    if let Some(column) = def.column {
        let (column, text) = match column {
            Column::Title => ("LOWER(r.title)", true),
            Column::Stage => ("r.stage", true),
            Column::Status => ("r.status", true),
            Column::Amount => ("r.amount", false),
            Column::NextFollowUp => ("r.next_follow_up", false),
            Column::LastFollowUp => ("r.last_follow_up", false),
        };
        return compare(sql, asking, column, condition.op, operand, text).ok_or_else(unsupported);
    }
    let (table, text) = table_of(def.kind);
    let key = sql.arg(format!("{}.{}", asking.def.name, def.id));
    let held = |inner: String| {
        format!("EXISTS (SELECT 1 FROM {table} i WHERE i.record = r.id AND i.field = {key} AND {inner})")
    };
    let negated = |inner: String| {
        format!("NOT EXISTS (SELECT 1 FROM {table} i WHERE i.record = r.id AND i.field = {key} AND {inner})")
    };
    let positive = match condition.op {
        Op::Empty => return Ok(negated("1 = 1".to_owned())),
        Op::NotEmpty => return Ok(held("1 = 1".to_owned())),
        Op::Ne => Op::Eq,
        Op::NotIn => Op::In,
        Op::NotContains => Op::Contains,
        op => op,
    };
    let inner = compare(sql, asking, "i.value", positive, operand, text).ok_or_else(unsupported)?;
    Ok(if positive == condition.op { held(inner) } else { negated(inner) })
}

fn is_parent(object: &ObjectDef, def: &FieldDef) -> bool {
    object.parent.as_ref().is_some_and(|p| p.field == def.name)
}

fn at(mut error: FieldError, path: &str) -> FieldError {
    error.field = format!("{path}.value");
    error
}

fn moment_field(name: &str) -> FieldDef {
    FieldDef {
        id: "sys".into(),
        name: name.to_owned(),
        label: kedun_model::Label::default(),
        kind: FieldKind::Datetime,
        class: kedun_model::Class::L1,
        required: false,
        filterable: true,
        sortable: true,
        blind: Vec::new(),
        options: Vec::new(),
        target: None,
        column: None,
        max_length: None,
        min: None,
        max: None,
        help: None,
        locked: true,
        retired: false,
    }
}

fn relation_sql(sql: &mut Statement, asking: &Asking<'_>, condition: &Condition) -> Option<String> {
    if condition.op != Op::Eq {
        return None;
    }
    let me = asking.caller.person.as_str();
    Some(match condition.value.as_str()? {
        "own" => format!("r.owner = {}", sql.arg(me)),
        "collaborating" => shared_condition(sql, asking, "r"),
        "subordinates" => {
            if asking.caller.subtree.is_empty() {
                return Some("1 = 0".to_owned());
            }
            let list = sql.list(asking.caller.subtree.iter().map(|d| d.as_str()));
            format!("(r.department IN ({list}) AND r.pool IS NULL AND r.owner <> {})", sql.arg(me))
        }
        "pool" => "r.pool IS NOT NULL".to_owned(),
        "all" => "1 = 1".to_owned(),
        _ => return None,
    })
}

fn id_sql(sql: &mut Statement, column: &str, condition: &Condition) -> Option<String> {
    let id = |json: &Json| match json {
        Json::String(id) => Some(id.clone()),
        Json::Object(link) => link.get("id").and_then(Json::as_str).map(str::to_owned),
        _ => None,
    };
    Some(match condition.op {
        Op::Eq => format!("{column} = {}", sql.arg(id(&condition.value)?)),
        Op::Ne => format!("({column} IS NULL OR {column} <> {})", sql.arg(id(&condition.value)?)),
        Op::Empty => format!("{column} IS NULL"),
        Op::NotEmpty => format!("{column} IS NOT NULL"),
        Op::In | Op::NotIn => {
            let ids = condition.value.as_array()?.iter().map(id).collect::<Option<Vec<_>>>()?;
            if ids.is_empty() {
                return Some(if condition.op == Op::In { "1 = 0" } else { "1 = 1" }.to_owned());
            }
            let list = sql.list(ids);
            if condition.op == Op::In {
                format!("{column} IN ({list})")
            } else {
                format!("({column} IS NULL OR {column} NOT IN ({list}))")
            }
        }
        _ => return None,
    })
}

fn sealed_sql(
    sql: &mut Statement,
    asking: &Asking<'_>,
    def: &FieldDef,
    condition: &Condition,
    path: &str,
) -> Result<String, FieldError> {
    let unsupported = || FieldError::new(format!("{path}.op"), "operator_not_for_this_field");
    match condition.op {
        Op::Eq if def.blind.contains(&Blind::Exact) => {
            let value = field::parse(def, &condition.value).map_err(|e| at(e, path))?;
            let text = value.as_ref().and_then(|v| field::blind_text(def.kind, v));
            let Some(text) = text else { return Err(FieldError::new(format!("{path}.value"), "required")) };
            let token = asking.blind.exact(domain(def.kind), &text).to_vec();
            let kind = sql.arg(exact_kind(def.kind));
            let (token, object) = (sql.arg(token), sql.arg(asking.def.name.as_str()));
            let field = sql.arg(def.id.as_str());
            Ok(format!(
                "r.id IN (SELECT b.record FROM blind b WHERE b.kind = {kind} AND b.token = {token} \
                 AND b.object = {object} AND b.field = {field})"
            ))
        }
        _ => Err(unsupported()),
    }
}

/// The domain of a blind token: by kind of value, so that a lead's phone finds a contact's.
pub(crate) fn domain(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Phone => "phone",
        FieldKind::Email => "email",
        FieldKind::IdNumber => "id_number",
        _ => "text",
    }
}

/// The `kind` column of an exact token.
pub(crate) fn exact_kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Phone => "phone",
        FieldKind::Email => "email",
        FieldKind::IdNumber => "id_number",
        _ => "text",
    }
}

fn compare(
    sql: &mut Statement,
    asking: &Asking<'_>,
    column: &str,
    op: Op,
    operand: Operand,
    text: bool,
) -> Option<String> {
    let value = |projected: Projected| match projected {
        Projected::Text(t) | Projected::Ref(t) => Arg::from(t),
        Projected::Num(n) | Projected::Time(n) => Arg::from(n),
    };
    let find = if asking.postgres { "strpos" } else { "instr" };
    let day = (asking.now + ZONE_MS).div_euclid(DAY_MS) * DAY_MS - ZONE_MS;
    let sign = |op: Op| match op {
        Op::Gt => ">",
        Op::Ge => ">=",
        Op::Lt => "<",
        _ => "<=",
    };
    Some(match (op, operand) {
        (Op::Eq, Operand::One(v)) => format!("{column} = {}", sql.arg(value(v))),
        (Op::Ne, Operand::One(v)) => format!("({column} IS NULL OR {column} <> {})", sql.arg(value(v))),
        (Op::In, Operand::Many(vs)) if vs.is_empty() => "1 = 0".to_owned(),
        (Op::NotIn, Operand::Many(vs)) if vs.is_empty() => "1 = 1".to_owned(),
        (Op::In, Operand::Many(vs)) => format!("{column} IN ({})", sql.list(vs.into_iter().map(value))),
        (Op::NotIn, Operand::Many(vs)) => {
            format!("({column} IS NULL OR {column} NOT IN ({}))", sql.list(vs.into_iter().map(value)))
        }
        (Op::Empty, _) => format!("{column} IS NULL"),
        (Op::NotEmpty, _) => format!("{column} IS NOT NULL"),
        (Op::Contains, Operand::One(v)) if text => format!("{find}({column}, {}) > 0", sql.arg(value(v))),
        (Op::NotContains, Operand::One(v)) if text => {
            format!("({column} IS NULL OR {find}({column}, {}) = 0)", sql.arg(value(v)))
        }
        (Op::StartsWith, Operand::One(v)) if text => {
            let v = sql.arg(value(v));
            format!("substr({column}, 1, length({v})) = {v}")
        }
        (Op::Gt | Op::Ge | Op::Lt | Op::Le, Operand::One(v)) => {
            format!("{column} {} {}", sign(op), sql.arg(value(v)))
        }
        (Op::Between, Operand::Range(low, high)) => {
            format!("{column} BETWEEN {} AND {}", sql.arg(value(low)), sql.arg(value(high)))
        }
        (Op::Today, _) => format!("({column} >= {} AND {column} < {})", sql.arg(day), sql.arg(day + DAY_MS)),
        (Op::Past, _) => format!("{column} < {}", sql.arg(asking.now)),
        (Op::Future, _) => format!("{column} > {}", sql.arg(asking.now)),
        (Op::LastDays, Operand::Days(n)) => format!(
            "({column} >= {} AND {column} <= {})",
            sql.arg(day - i64::from(n) * DAY_MS),
            sql.arg(asking.now)
        ),
        (Op::NextDays, Operand::Days(n)) => format!(
            "({column} >= {} AND {column} < {})",
            sql.arg(asking.now),
            sql.arg(day + (i64::from(n) + 1) * DAY_MS)
        ),
        (Op::Me, _) => format!("{column} = {}", sql.arg(asking.caller.person.as_str())),
        (Op::MyDepartment, _) => {
            let mine = asking.caller.department.as_ref()?;
            format!("{column} = {}", sql.arg(mine.as_str()))
        }
        _ => return None,
    })
}
