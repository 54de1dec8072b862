//! Scopes as parts of a query: each arm is what one index can drive, and what a scope means as a condition.

use super::Asking;
use crate::statement::Statement;
use kedun_model::definition::Column;
use kedun_model::filter::{Condition, Filter, Op};
use kedun_model::policy::Caller;
use kedun_model::{Grant, ObjectName, RowScope, Verb};
use std::collections::BTreeSet;

/// A part of the union: scopes that one index can drive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Arm {
    All,
    Owner(String),
    Department(String),
    Shared,
    Pool,
    Through(ObjectName),
    Parent,
}

pub(super) fn arms(grants: &[&Grant], caller: &Caller) -> Vec<Arm> {
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
pub(super) fn narrowed(arms: Vec<Arm>, caller: &Caller, filter: Option<&Filter>) -> Vec<Arm> {
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
pub(super) fn must(filter: Option<&Filter>) -> impl Iterator<Item = &Condition> {
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

pub(super) fn base_condition(sql: &mut Statement, asking: &Asking<'_>, deleted: bool) -> String {
    let object = sql.arg(asking.def.name.as_str());
    format!("r.object = {object} AND r.deleted_at IS {}", if deleted { "NOT NULL" } else { "NULL" })
}

pub(super) fn arm_condition(sql: &mut Statement, asking: &Asking<'_>, arm: &Arm) -> String {
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

pub(super) fn shared_condition(sql: &mut Statement, asking: &Asking<'_>, alias: &str) -> String {
    let (person, now) = (sql.arg(asking.caller.person.as_str()), sql.arg(asking.now));
    format!(
        "{alias}.{} IN (SELECT s.record FROM share s WHERE s.person = {person} AND s.ended_at IS NULL AND s.until > {now})",
        root_column(asking, alias)
    )
}

/// The column that names the record rights come from: its own id, unless it follows a parent.
pub(super) fn root_column(asking: &Asking<'_>, alias: &str) -> &'static str {
    let follows = asking.def.parent.as_ref().is_some_and(|p| p.follows);
    if alias == "p" || follows { "root" } else { "id" }
}

pub(super) fn through_condition(sql: &mut Statement, asking: &Asking<'_>, child: &ObjectName) -> String {
    through_alias(sql, asking, child, "r")
}

pub(super) fn through_alias(
    sql: &mut Statement,
    asking: &Asking<'_>,
    child: &ObjectName,
    alias: &str,
) -> String {
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
         AND c.deleted_at IS NULL AND c.parent IS NOT NULL{open})",
        root_column(asking, alias)
    )
}

/// Whether the parent can be read by the caller's grants on the parent's object.
pub(super) fn parent_condition(sql: &mut Statement, asking: &Asking<'_>) -> String {
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
