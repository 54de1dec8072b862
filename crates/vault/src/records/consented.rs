//! What people agreed to and took back: whether their consents bear that a value is kept, or used (PIPL 13, 15, 29; controls
//! LB-01, LB-04, LB-05).
//!
//! A consent stands under the record of the person whom it is about and bears everything beneath it: all of it has the
//! same subject.

use crate::catalog::Catalog;
use crate::error::Result;
use crate::row::{COLUMNS, Stored, WIDTH};
use crate::scope::Scope;
use crate::sql::Row;
use crate::statement::Statement;
use crate::tx::Tx;
use kedun_model::{Class, ObjectName, RecordId, Value};
use std::collections::BTreeMap;

/// The objects in which consents are kept, each with the object whose records they are about.
pub const CONSENTS: [(&str, &str); 2] = [("customer", "consent"), ("lead", "lead_consent")];

/// What is in force for one person, and what they took back and did not give again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consented {
    /// That data is collected at all, on whatever basis.
    pub collect: bool,
    /// That sensitive data is (PIPL 29).
    pub sensitive: bool,
    /// Collecting was agreed to and taken back.
    pub collect_ended: bool,
    /// Sensitive data was agreed to and taken back.
    pub sensitive_ended: bool,
}

impl Consented {
    /// Whether a value of this class may not be shown for this purpose any more. What a contract, the law or the person's
    /// own request asks for does not rest on a consent (PIPL 13 (2) and (3), 46); for sensitive data that is their
    /// request alone, because everything else wanted a consent of its own.
    pub(crate) fn stops(self, class: Class, purpose: &str) -> bool {
        let by_other_ground = matches!(purpose, "contract" | "service" | "correction");
        (class == Class::L4 && self.sensitive_ended && purpose != "correction")
            || (class.is_sealed() && self.collect_ended && !by_other_ground)
    }

    /// Whether a copy may not hold values in clear any more; `sensitive` says whether it would hold such.
    pub(crate) fn stops_copies(self, sensitive: bool) -> bool {
        self.collect_ended || (sensitive && self.sensitive_ended)
    }
}

impl Scope {
    /// What is in force for the person behind each of these records. Says nothing of records that no consents are kept
    /// for. No value leaves; it is for records that the caller was shown or is writing.
    ///
    /// # Errors
    /// The database fails.
    pub async fn consented(&self, records: &[&RecordId]) -> Result<BTreeMap<RecordId, Consented>> {
        if records.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sql = about(records);
        let rows = self.inner.data.all("read what was agreed to", &sql.text, &sql.args).await?;
        in_force(&self.catalog, &rows)
    }

    /// The record of the person whom a record is about: itself, or what it stands beneath. None where no person is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn person_behind(&self, record: &RecordId) -> Result<Option<(ObjectName, RecordId)>> {
        let sql = "SELECT s.object, s.id FROM record x JOIN record s ON s.id = x.subject WHERE x.id = $1";
        let row = self.inner.data.optional("find whom a record is about", sql, &[record.into()]).await?;
        row.map(|row| Ok((ObjectName::new(row.text(0)?), RecordId::new(row.text(1)?)))).transpose()
    }
}

impl Tx {
    /// As [`Scope::consented`], with what changes before this one wrote, also while they wait to be durable.
    pub(crate) async fn consented(&mut self, records: &[&RecordId]) -> Result<BTreeMap<RecordId, Consented>> {
        if records.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sql = about(records);
        let rows = self.write.all("read what was agreed to", &sql.text, &sql.args).await?;
        in_force(&self.scope.catalog, &rows)
    }
}

fn about(records: &[&RecordId]) -> Statement {
    let mut sql = Statement::default();
    let objects = sql.list(CONSENTS.iter().map(|(_, consent)| *consent));
    let ids = sql.list(records.iter().map(|id| id.as_str()));
    sql.text = format!(
        "SELECT {COLUMNS}, x.id FROM record x JOIN record r ON r.subject = x.subject \
         WHERE x.id IN ({ids}) AND r.object IN ({objects}) AND r.deleted_at IS NULL"
    );
    sql
}

fn in_force(catalog: &Catalog, rows: &[Row]) -> Result<BTreeMap<RecordId, Consented>> {
    let mut found: BTreeMap<RecordId, Consented> = BTreeMap::new();
    for row in rows {
        let consent = Stored::read(row)?;
        let def = catalog.object(&consent.object)?;
        let text = |name: &str| match def.field(name).and_then(|f| consent.readable(f)) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        };
        let stands = text("state").is_none_or(|state| state == "valid");
        let of = found.entry(RecordId::new(row.text(WIDTH)?)).or_default();
        match (text("kind").as_deref(), stands) {
            (Some("collect"), true) => of.collect = true,
            (Some("collect"), false) => of.collect_ended = true,
            (Some("sensitive"), true) => of.sensitive = true,
            (Some("sensitive"), false) => of.sensitive_ended = true,
            _ => {}
        }
    }
    for of in found.values_mut() {
        of.collect_ended &= !of.collect;
        of.sensitive_ended &= !of.sensitive;
    }
    Ok(found)
}
