//! A record as it is stored. Never leaves this crate: what leaves is a [`crate::view::RecordView`].

use crate::error::{Result, VaultError};
use crate::sql::Row;
use kedun_model::definition::Column;
use kedun_model::policy::RecordFacts;
use kedun_model::{DepartmentId, FieldDef, FieldId, ObjectName, PersonId, RecordId, SubjectId, Value, field};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The columns of a record, in the order in which [`Stored::read`] reads them.
pub(crate) const COLUMNS: &str = "r.id, r.object, r.subject, r.parent, r.root, r.owner, r.department, r.pool, r.title, \
    r.stage, r.status, r.amount, r.next_follow_up, r.last_follow_up, r.owned_since, r.created_by, r.created_at, \
    r.updated_at, r.deleted_at, r.revision, r.hold, r.doc, r.sealed";

#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) id: RecordId,
    pub(crate) object: ObjectName,
    pub(crate) subject: Option<SubjectId>,
    pub(crate) parent: Option<RecordId>,
    pub(crate) root: RecordId,
    pub(crate) owner: Option<PersonId>,
    pub(crate) department: Option<DepartmentId>,
    pub(crate) pool: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) stage: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) amount: Option<i64>,
    pub(crate) next_follow_up: Option<i64>,
    pub(crate) last_follow_up: Option<i64>,
    pub(crate) owned_since: Option<i64>,
    pub(crate) created_by: PersonId,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) deleted_at: Option<i64>,
    pub(crate) revision: i64,
    pub(crate) hold: bool,
    pub(crate) doc: Map<String, Json>,
    /// Sealed values by field id.
    pub(crate) sealed: BTreeMap<String, Vec<u8>>,
}

/// The columns of a [`Place`], in the order in which it is read.
pub(crate) const PLACE: &str =
    "r.id, r.revision, r.owner, r.department, r.pool, r.deleted_at, r.hold, r.owned_since";
/// How many columns [`COLUMNS`] and [`PLACE`] are.
pub(crate) const WIDTH: usize = 23;
pub(crate) const PLACE_WIDTH: usize = 8;

/// Which record it is, under which revision, and what may change without a new one: a record goes along with what it
/// follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: RecordId,
    pub(crate) revision: i64,
    pub(crate) owner: Option<PersonId>,
    pub(crate) department: Option<DepartmentId>,
    pub(crate) pool: Option<String>,
    pub(crate) deleted_at: Option<i64>,
    pub(crate) hold: bool,
    pub(crate) owned_since: Option<i64>,
}

impl Place {
    pub(crate) fn read(row: &Row) -> Result<Place> {
        Ok(Place {
            id: row.text(0)?.into(),
            revision: row.int(1)?,
            owner: row.opt_text(2)?.map(PersonId::new),
            department: row.opt_text(3)?.map(DepartmentId::new),
            pool: row.opt_text(4)?,
            deleted_at: row.opt_int(5)?,
            hold: row.int(6)? != 0,
            owned_since: row.opt_int(7)?,
        })
    }

    /// What the record itself tells the rules.
    pub(crate) fn facts(&self) -> RecordFacts {
        RecordFacts {
            owner: self.owner.clone(),
            department: self.department.clone(),
            pooled: self.pool.is_some(),
            ..RecordFacts::default()
        }
    }
}

impl Stored {
    pub(crate) fn place(&self) -> Place {
        Place {
            id: self.id.clone(),
            revision: self.revision,
            owner: self.owner.clone(),
            department: self.department.clone(),
            pool: self.pool.clone(),
            deleted_at: self.deleted_at,
            hold: self.hold,
            owned_since: self.owned_since,
        }
    }

    pub(crate) fn read(row: &Row) -> Result<Stored> {
        let doc = match serde_json::from_str(&row.text(21)?) {
            Ok(Json::Object(doc)) => doc,
            _ => return Err(VaultError::Damaged("the document of a record".to_owned())),
        };
        Ok(Stored {
            id: row.text(0)?.into(),
            object: row.text(1)?.into(),
            subject: row.opt_text(2)?.map(SubjectId::new),
            parent: row.opt_text(3)?.map(RecordId::new),
            root: row.text(4)?.into(),
            owner: row.opt_text(5)?.map(PersonId::new),
            department: row.opt_text(6)?.map(DepartmentId::new),
            pool: row.opt_text(7)?,
            title: row.opt_text(8)?,
            stage: row.opt_text(9)?,
            status: row.opt_text(10)?,
            amount: row.opt_int(11)?,
            next_follow_up: row.opt_int(12)?,
            last_follow_up: row.opt_int(13)?,
            owned_since: row.opt_int(14)?,
            created_by: row.text(15)?.into(),
            created_at: row.int(16)?,
            updated_at: row.int(17)?,
            deleted_at: row.opt_int(18)?,
            revision: row.int(19)?,
            hold: row.int(20)? != 0,
            doc,
            sealed: unpack(&row.bytes(22)?)?,
        })
    }

    /// The value of a readable field (L1–L2), from its column or the document.
    pub(crate) fn readable(&self, def: &FieldDef) -> Option<Value> {
        match def.column {
            Some(Column::Title) => self.title.clone().map(Value::Text),
            Some(Column::Stage) => self.stage.clone().map(Value::Text),
            Some(Column::Status) => self.status.clone().map(Value::Text),
            Some(Column::Amount) => self.amount.map(Value::Int),
            Some(Column::NextFollowUp) => self.next_follow_up.map(Value::Time),
            Some(Column::LastFollowUp) => self.last_follow_up.map(Value::Time),
            None => self.doc.get(def.id.as_str()).and_then(|raw| field::from_json(def.kind, raw)),
        }
    }

    /// Sets a readable field.
    pub(crate) fn set_readable(&mut self, def: &FieldDef, value: Option<&Value>) {
        let text = |value: Option<&Value>| match value {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let number = |value: Option<&Value>| match value {
            Some(Value::Int(number) | Value::Time(number)) => Some(*number),
            _ => None,
        };
        match def.column {
            Some(Column::Title) => self.title = text(value),
            Some(Column::Stage) => self.stage = text(value),
            Some(Column::Status) => self.status = text(value),
            Some(Column::Amount) => self.amount = number(value),
            Some(Column::NextFollowUp) => self.next_follow_up = number(value),
            Some(Column::LastFollowUp) => self.last_follow_up = number(value),
            None => match value {
                Some(value) => {
                    self.doc.insert(def.id.as_str().to_owned(), field::to_json(value));
                }
                None => {
                    self.doc.remove(def.id.as_str());
                }
            },
        }
    }

    /// Whether a field has a value, readable or sealed.
    pub(crate) fn has(&self, def: &FieldDef) -> bool {
        if def.class.is_sealed() {
            self.sealed.contains_key(def.id.as_str())
        } else {
            self.readable(def).is_some()
        }
    }

    /// What a field id means for a sealed value.
    pub(crate) fn sealed_value(&self, id: &FieldId) -> Option<&[u8]> {
        self.sealed.get(id.as_str()).map(Vec::as_slice)
    }
}

/// Packs sealed values into one column: per value a length byte, the field id, four length bytes, the sealed bytes.
/// Each value keeps its own associated data, so packing changes nothing about what can be moved where.
pub(crate) fn pack(sealed: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    for (id, bytes) in sealed {
        out.push(u8::try_from(id.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(id.as_bytes());
        out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(bytes);
    }
    out
}

fn unpack(mut bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let damaged = || VaultError::Damaged("the sealed values of a record".to_owned());
    let mut sealed = BTreeMap::new();
    while let Some((length, rest)) = bytes.split_first() {
        let (id, rest) = rest.split_at_checked(usize::from(*length)).ok_or_else(damaged)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (value, rest) =
            rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(damaged)?;
        sealed.insert(String::from_utf8(id.to_vec()).map_err(|_| damaged())?, value.to_vec());
        bytes = rest;
    }
    Ok(sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_survive_packing_and_damage_is_noticed() {
        let sealed = BTreeMap::from([("f1".to_owned(), vec![1, 2, 3]), ("f22".to_owned(), vec![0; 300])]);
        let packed = pack(&sealed);
        assert_eq!(unpack(&packed).unwrap(), sealed);
        assert!(unpack(&packed[..packed.len() - 1]).is_err());
    }
}
