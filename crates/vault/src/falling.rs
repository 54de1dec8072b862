//! When a record falls to the public pool because nobody followed it up: the one rule, once in Rust and once in SQL.
//!
//! N days after the later of its last follow-up and the start of the ownership; not before the day until which it is
//! protected; never once it is won.

use crate::plan::table_of;
use crate::row::Stored;
use crate::statement::Statement;
use kedun_model::definition::{Column, ObjectDef};
use kedun_model::field::{self, Projected};
use kedun_model::{FieldDef, Zone};

const DAY_MS: i64 = 86_400_000;
/// The name under which lists and groups ask for it.
pub(crate) const POOL_DUE: &str = "pool_due_at";

/// The rule of one object.
pub(crate) struct Falling<'a> {
    def: &'a ObjectDef,
    /// Milliseconds without a follow-up.
    span: i64,
    zone: Zone,
}

impl<'a> Falling<'a> {
    /// None for an object whose records do not fall.
    pub(crate) fn of(def: &'a ObjectDef, zone: Zone) -> Option<Falling<'a>> {
        let days = def.pool_after_days.filter(|_| def.pooled)?;
        def.column_field(Column::LastFollowUp)?;
        Some(Falling { def, span: i64::from(days) * DAY_MS, zone })
    }

    /// The fields that the day tells something of: whoever does not see them is not told the day.
    pub(crate) fn told_by(&self) -> impl Iterator<Item = &'a FieldDef> + use<'a> {
        let def = self.def;
        let stage = def.column_field(Column::Stage).filter(|_| def.won_stages().next().is_some());
        def.column_field(Column::LastFollowUp).into_iter().chain(stage).chain(protection(def))
    }

    /// When the record falls, UTC ms; none while nobody owns it. A missing time never means "now".
    pub(crate) fn due(&self, stored: &Stored) -> Option<i64> {
        if stored.owner.is_none() || stored.pool.is_some() {
            return None;
        }
        if self.def.won_stages().any(|won| stored.stage.as_deref() == Some(won)) {
            return None;
        }
        let due = stored.last_follow_up.max(stored.owned_since)? + self.span;
        let day = protection(self.def).and_then(|field| {
            match field::project(field.kind, &stored.readable(field)?)? {
                Projected::Time(midnight) => Some(midnight - self.zone.offset_ms()),
                _ => None,
            }
        });
        Some(due.max(day.unwrap_or(due)))
    }

    /// The same as an expression over `record r`.
    pub(crate) fn sql(&self, sql: &mut Statement) -> String {
        let span = self.span;
        let due = format!(
            "CASE WHEN r.last_follow_up IS NULL OR r.last_follow_up < r.owned_since THEN r.owned_since + {span} \
             ELSE r.last_follow_up + {span} END"
        );
        let due = match protection(self.def) {
            None => due,
            Some(field) => {
                let (table, _) = table_of(field.kind);
                let key = sql.arg(format!("{}.{}", self.def.name, field.id));
                let offset = self.zone.offset_ms();
                let day = format!(
                    "(SELECT i.value - {offset} FROM {table} i WHERE i.record = r.id AND i.field = {key})"
                );
                format!("CASE WHEN {day} > {due} THEN {day} ELSE {due} END")
            }
        };
        let won: Vec<&str> = self.def.won_stages().collect();
        let won = match won.is_empty() {
            true => String::new(),
            false => format!(" OR r.stage IN ({})", sql.list(won)),
        };
        format!("CASE WHEN r.owner IS NULL OR r.pool IS NOT NULL{won} THEN NULL ELSE {due} END")
    }
}

/// The field that protects a record.
fn protection(def: &ObjectDef) -> Option<&FieldDef> {
    def.pool_not_before.as_deref().and_then(|name| def.field(name))
}
