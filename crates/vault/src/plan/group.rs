//! Grouping: how many records there are of each kind, and what they add up to, within the caller's scope. Counted by
//! the database.
//!
//! **Invariant:** as for a list: what is grouped by or summed must be seen in clear, and only records under grants that
//! show all of it are counted. A hidden field answers like one that does not exist.

use super::arms::{arm_condition, arms, base_condition, narrowed};
use super::condition::filter_sql;
use super::order::table_of;
use super::{Asking, DAY_MS, admissible, told_by};
use crate::error::Result;
use crate::falling::{Falling, POOL_DUE};
use crate::statement::Statement;
use kedun_model::definition::Column;
use kedun_model::filter::Filter;
use kedun_model::{FieldDef, FieldError, FieldKind, Problem};

/// Most groups of one answer. More is refused: a part would look like the whole.
pub(crate) const MOST_GROUPS: usize = 5_000;
/// Most keys to group by.
const MOST_KEYS: usize = 3;
/// Most fields to sum.
const MOST_SUMS: usize = 3;

/// What is asked of the records of an object.
#[derive(Clone, Debug, Default)]
pub struct Grouping {
    /// Which records.
    pub filter: Option<Filter>,
    /// By what they are grouped: at most three keys.
    pub by: Vec<GroupBy>,
    /// What is added up: at most three sums.
    pub sums: Vec<Sum>,
}

/// A key to group by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupBy {
    /// A field with options, or of the record itself: `owner`, `created_by`, `department`. With `day` a field with a
    /// date, `created_at`, `updated_at`, or `pool_due_at`.
    pub field: String,
    /// Whether days are grouped by (in the zone of the house) and not values.
    pub day: bool,
}

/// A sum over a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// A field with money or whole numbers.
    pub field: String,
    /// A field with a percentage that each value is weighted by; values without it are not in the sum.
    pub weight: Option<String>,
}

/// How a key comes out of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyShape {
    Text,
    Number,
    Person,
    Department,
    Day,
}

pub(crate) struct Grouped {
    pub(crate) statement: Statement,
    pub(crate) shapes: Vec<KeyShape>,
}

/// Plans a grouping.
pub(crate) fn group(asking: &Asking<'_>, grouping: &Grouping) -> Result<Grouped> {
    if grouping.by.len() > MOST_KEYS {
        return Err(too_many("by", MOST_KEYS).into());
    }
    if grouping.sums.len() > MOST_SUMS {
        return Err(too_many("sums", MOST_SUMS).into());
    }
    let conditions = grouping.filter.as_ref().map(Filter::conditions).unwrap_or_default();
    let grants = admissible(asking, false, &conditions, &clear(asking, grouping), None)?;
    let arms = narrowed(arms(&grants, asking.caller), asking.caller, grouping.filter.as_ref());

    let mut sql = Statement::default();
    let mut errors = Vec::new();
    let mut shapes = Vec::new();
    let mut parts = Vec::new();
    for (at, arm) in arms.iter().enumerate() {
        let mut columns = vec!["r.id".to_owned()];
        for (i, key) in grouping.by.iter().enumerate() {
            match key_sql(&mut sql, asking, key) {
                Ok((expression, shape)) => {
                    columns.push(format!("{expression} AS k{i}"));
                    if at == 0 {
                        shapes.push(shape);
                    }
                }
                Err(code) => errors.push(FieldError::new(format!("by.{}", key.field), code)),
            }
        }
        for (i, sum) in grouping.sums.iter().enumerate() {
            match sum_sql(&mut sql, asking, sum) {
                Ok(expression) => columns.push(format!("{expression} AS m{i}")),
                Err(code) => errors.push(FieldError::new(format!("sums.{}", sum.field), code)),
            }
        }
        let mut all = vec![base_condition(&mut sql, asking, false), arm_condition(&mut sql, asking, arm)];
        if let Some(filter) = &grouping.filter {
            all.push(filter_sql(&mut sql, asking, filter, "filter", &mut errors));
        }
        // The id is selected along, so that a record which two scopes reach is united into one.
        let part = format!("SELECT {} FROM record r WHERE {}", columns.join(", "), all.join(" AND "));
        parts.push(if arms.len() == 1 { part } else { format!("SELECT * FROM ({part}) a{at}") });
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors).into());
        }
    }
    let keys: Vec<String> = (0..grouping.by.len()).map(|i| format!("g.k{i}")).collect();
    let mut selected = keys.clone();
    selected.push("COUNT(*)".to_owned());
    for i in 0..grouping.sums.len() {
        selected.push(format!("CAST(COALESCE(SUM(g.m{i}), 0) AS BIGINT)"));
        selected.push(format!("COUNT(g.m{i})"));
    }
    sql.text = format!("SELECT {} FROM ({}) g", selected.join(", "), parts.join(" UNION "));
    if !keys.is_empty() {
        let most = sql.arg(i64::try_from(MOST_GROUPS + 1).unwrap_or(i64::MAX));
        let keys = keys.join(", ");
        sql.push(&format!(" GROUP BY {keys} ORDER BY {keys} LIMIT {most}"));
    }
    Ok(Grouped { statement: sql, shapes })
}

fn too_many(place: &str, most: usize) -> Problem {
    Problem::Invalid(vec![FieldError::new(place, "too_many").with("max", most)])
}

/// What must be seen in clear, with its place in the asking.
fn clear(asking: &Asking<'_>, grouping: &Grouping) -> Vec<(String, String)> {
    let mut clear = Vec::new();
    for key in &grouping.by {
        let path = format!("by.{}", key.field);
        clear.extend(told_by(asking, &key.field).into_iter().map(|name| (path.clone(), name)));
    }
    for sum in &grouping.sums {
        for name in std::iter::once(&sum.field).chain(&sum.weight) {
            clear.push((format!("sums.{name}"), name.clone()));
        }
    }
    clear
}

fn key_sql(
    sql: &mut Statement,
    asking: &Asking<'_>,
    key: &GroupBy,
) -> Result<(String, KeyShape), &'static str> {
    const NO: &str = "not_groupable";
    let ours = asking.catalog.zone().offset_ms();
    let day = |time: String, zone: i64| (format!("(({time}) + {zone}) / {DAY_MS}"), KeyShape::Day);
    match (key.field.as_str(), key.day) {
        ("owner", false) => return Ok(("r.owner".to_owned(), KeyShape::Person)),
        ("created_by", false) => return Ok(("r.created_by".to_owned(), KeyShape::Person)),
        ("department", false) => return Ok(("r.department".to_owned(), KeyShape::Department)),
        ("created_at", true) => return Ok(day("r.created_at".to_owned(), ours)),
        ("updated_at", true) => return Ok(day("r.updated_at".to_owned(), ours)),
        (POOL_DUE, true) => {
            let rule = Falling::of(asking.def, asking.catalog.zone()).ok_or(NO)?;
            return Ok(day(rule.sql(sql), ours));
        }
        _ => {}
    }
    let def = asking.def.field(&key.field).ok_or("unknown_field")?;
    let shape = match (def.kind, key.day) {
        (FieldKind::Select, false) => KeyShape::Text,
        (FieldKind::Boolean | FieldKind::Rating, false) => KeyShape::Number,
        (FieldKind::Person, false) => KeyShape::Person,
        (FieldKind::Department, false) => KeyShape::Department,
        (FieldKind::Date | FieldKind::Datetime, true) => KeyShape::Day,
        _ => return Err(NO),
    };
    let value = value_sql(sql, asking, def).ok_or(NO)?;
    Ok(match (shape, def.kind) {
        // A date is kept as its midnight in UTC and belongs to no zone.
        (KeyShape::Day, FieldKind::Date) => day(value, 0),
        (KeyShape::Day, _) => day(value, ours),
        (shape, _) => (value, shape),
    })
}

fn sum_sql(sql: &mut Statement, asking: &Asking<'_>, sum: &Sum) -> Result<String, &'static str> {
    let def = asking.def.field(&sum.field).ok_or("unknown_field")?;
    if !matches!(def.kind, FieldKind::Money | FieldKind::Integer) {
        return Err("not_summable");
    }
    let value = value_sql(sql, asking, def).ok_or("not_summable")?;
    let Some(weight) = &sum.weight else { return Ok(value) };
    let weight = asking.def.field(weight).ok_or("unknown_field")?;
    if weight.kind != FieldKind::Percent {
        return Err("not_summable");
    }
    let weight = value_sql(sql, asking, weight).ok_or("not_summable")?;
    // A percentage is kept in hundredths of one per cent. Divided first: the product of two numbers that may be kept does
    // not fit into what PostgreSQL multiplies whole numbers in.
    Ok(format!("({value} / 10000 * {weight} + {value} % 10000 * {weight} / 10000)"))
}

/// The one value that a record has for a field: a column of its own or a projection; none for what has neither.
fn value_sql(sql: &mut Statement, asking: &Asking<'_>, def: &FieldDef) -> Option<String> {
    if def.class.is_sealed() {
        return None;
    }
    if let Some(column) = def.column {
        let name = match column {
            Column::Title => "title",
            Column::Stage => "stage",
            Column::Status => "status",
            Column::Amount => "amount",
            Column::NextFollowUp => "next_follow_up",
            Column::LastFollowUp => "last_follow_up",
        };
        return Some(format!("r.{name}"));
    }
    if !def.filterable && !def.sortable {
        return None;
    }
    let (table, _) = table_of(def.kind);
    let key = sql.arg(format!("{}.{}", asking.def.name, def.id));
    Some(format!("(SELECT i.value FROM {table} i WHERE i.record = r.id AND i.field = {key})"))
}
