//! Filters as SQL, field by field.

use super::arms::shared_condition;
use super::order::table_of;
use super::{Asking, DAY_MS};
use crate::falling::{Falling, POOL_DUE};
use crate::sql::Arg;
use crate::statement::Statement;
use kedun_model::definition::{Blind, Column, ObjectDef};
use kedun_model::field::{self, Operand, Projected};
use kedun_model::filter::{Condition, Filter, Op};
use kedun_model::{FieldDef, FieldError, FieldKind};
use serde_json::Value as Json;

pub(super) fn filter_sql(
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

pub(super) fn condition_sql(
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
        POOL_DUE => {
            let rule = Falling::of(asking.def, asking.catalog.zone())
                .ok_or_else(|| FieldError::new(format!("{path}.field"), "unknown_field"))?;
            let due = rule.sql(sql);
            let operand = field::operand(&moment_field(POOL_DUE), condition.op, &condition.value)
                .map_err(|e| at(e, path))?;
            return compare(sql, asking, &due, condition.op, operand, false).ok_or_else(unsupported);
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
            Column::Title => ("r.folded", true),
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

pub(super) fn is_parent(object: &ObjectDef, def: &FieldDef) -> bool {
    object.parent.as_ref().is_some_and(|p| p.field == def.name)
}

pub(super) fn at(mut error: FieldError, path: &str) -> FieldError {
    error.field = format!("{path}.value");
    error
}

pub(super) fn moment_field(name: &str) -> FieldDef {
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

pub(super) fn relation_sql(
    sql: &mut Statement,
    asking: &Asking<'_>,
    condition: &Condition,
) -> Option<String> {
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

pub(super) fn id_sql(sql: &mut Statement, column: &str, condition: &Condition) -> Option<String> {
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

pub(super) fn sealed_sql(
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
        // Whether there is a value is told by its token.
        Op::Empty | Op::NotEmpty if def.blind.contains(&Blind::Exact) => {
            let (field, kind) = (sql.arg(def.id.as_str()), sql.arg(exact_kind(def.kind)));
            let not = if condition.op == Op::Empty { "NOT " } else { "" };
            Ok(format!(
                "{not}EXISTS (SELECT 1 FROM blind b WHERE b.record = r.id AND b.field = {field} AND b.kind = {kind})"
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

pub(super) fn compare(
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
    let day = asking.catalog.zone().midnight(asking.now);
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
