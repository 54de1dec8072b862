//! Sorting, and going on where a page ended.

use super::Asking;
use crate::error::Result;
use crate::sql::Arg;
use crate::statement::Statement;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kedun_model::definition::Column;
use kedun_model::{FieldKind, Problem};
use serde_json::Value as Json;

pub(super) struct SortKey {
    pub(super) expression: String,
    pub(super) join: Option<String>,
    pub(super) descending: bool,
    pub(super) text: bool,
    pub(super) nullable: bool,
    /// `COLLATE …` for words that people look up; codes and ids stand by their bytes.
    pub(super) collate: &'static str,
}

pub(super) fn sort_keys(asking: &Asking<'_>, sort: &[(String, bool)]) -> Result<Vec<SortKey>> {
    if sort.len() > 3 {
        return Err(Problem::invalid("sort", "too_many").into());
    }
    let mut keys = Vec::new();
    let default = [("updated_at".to_owned(), true)];
    let sort = if sort.is_empty() { &default[..] } else { sort };
    // Codes and ids have an order of bytes, whatever the language of the database: SQLite has no other.
    let bytes = if asking.postgres { " COLLATE \"C\"" } else { "" };
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
            collate: if text { bytes } else { "" },
        };
        let key = match name.as_str() {
            "updated_at" | "created_at" => plain(name, false, false),
            "owner" | "department" => plain(name, true, true),
            _ => match asking.def.field(name) {
                Some(def) => match def.column {
                    Some(Column::Title) => SortKey { collate: asking.collate, ..plain("title", true, true) },
                    Some(Column::Stage) => plain("stage", true, true),
                    Some(Column::Status) => plain("status", true, true),
                    Some(Column::Amount) => plain("amount", false, true),
                    Some(Column::NextFollowUp) => plain("next_follow_up", false, true),
                    Some(Column::LastFollowUp) => plain("last_follow_up", false, true),
                    // One of several choices has several rows, also where it was published as sortable before that was refused.
                    None if def.sortable && def.kind != FieldKind::MultiSelect => {
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
                            collate: match table {
                                "idx_text" => asking.collate,
                                _ if text => bytes,
                                _ => "",
                            },
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

pub(super) fn order(keys: &[SortKey], id: &str, expression: impl Fn(usize, &SortKey) -> String) -> String {
    let descending = keys.first().is_some_and(|k| k.descending);
    let mut parts: Vec<String> = keys
        .iter()
        .enumerate()
        .map(|(i, key)| {
            let direction = if key.descending { "DESC" } else { "ASC" };
            format!("{}{} {direction}", expression(i, key), key.collate)
        })
        .collect();
    parts.push(format!("{id}id {}", if descending { "DESC" } else { "ASC" }));
    format!(" ORDER BY {}", parts.join(", "))
}

/// Where a page ended: the sort values and the id of its last record.
pub(super) struct After {
    values: Vec<Arg>,
    id: String,
}

pub(super) fn after_condition(sql: &mut Statement, keys: &[SortKey], after: &After) -> String {
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
                all.push(format!("{}{} {sign} {}", key.expression, key.collate, sql.arg(value.clone())));
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

pub(super) fn read_cursor(cursor: &str, keys: &[SortKey]) -> Result<After> {
    let wrong = || Problem::invalid("cursor", "cursor_format");
    if cursor.len() > 4_096 {
        return Err(wrong().into());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let (values, id): (Vec<Json>, String) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    // No stored text holds a NUL, and PostgreSQL knows none.
    let damaged = |text: &str| text.contains('\0');
    if values.len() != keys.len() || damaged(&id) || values.iter().filter_map(Json::as_str).any(damaged) {
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
