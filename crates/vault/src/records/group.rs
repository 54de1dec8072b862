//! Numbers over records: counted and added up in the database, within what the caller may see, and written down.

use crate::audit::Act;
use crate::error::Result;
use crate::plan::{self, Grouping, KeyShape, MOST_GROUPS};
use crate::scope::Scope;
use crate::sql::Row;
use crate::view::Named;
use kedun_model::{DepartmentId, PersonId, Problem, moment};
use serde::Serialize;
use serde_json::json;

const DAY_MS: i64 = 86_400_000;

/// One group.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// What its records have in common, in the order of the keys that were asked for.
    pub key: Vec<GroupKey>,
    /// How many records.
    pub count: i64,
    /// In the order of the sums that were asked for.
    pub sums: Vec<Total>,
}

/// The value of a key.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum GroupKey {
    /// No value.
    None,
    /// An option, or a day as `2026-11-24`.
    Text(String),
    /// A yes or no (1, 0), a number of stars.
    Number(i64),
    /// A person or a department.
    Who(Named),
}

impl GroupKey {
    /// The option or day.
    pub fn text(&self) -> Option<&str> {
        match self {
            GroupKey::Text(text) => Some(text),
            GroupKey::None | GroupKey::Number(_) | GroupKey::Who(_) => None,
        }
    }
    /// The person or department.
    pub fn who(&self) -> Option<&Named> {
        match self {
            GroupKey::Who(named) => Some(named),
            GroupKey::None | GroupKey::Number(_) | GroupKey::Text(_) => None,
        }
    }
}

/// A sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    /// What the values add up to, in the unit of the field (money: 分).
    pub sum: i64,
    /// Of how many records: those that have a value, and a weight where one is asked for.
    pub of: i64,
}

impl Scope {
    /// Groups the records of an object that the caller may see, in the order of the keys.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an object that the caller may not use; [`Problem::Invalid`] for a field that may not be
    /// seen in clear, for what cannot be grouped by or added up, and for more than 5,000 groups.
    pub async fn group(&self, object: &str, grouping: &Grouping) -> Result<Vec<Group>> {
        let def = self.object(object)?.clone();
        let planned = plan::group(&self.asking(&def), grouping)?;
        let statement = &planned.statement;
        let rows = self.inner.data.all("group records", &statement.text, &statement.args).await;
        let rows = rows.map_err(|error| match grouping.sums.first() {
            Some(sum) if error.is_overflow() => {
                Problem::invalid(format!("sums.{}", sum.field), "sum_too_large").into()
            }
            _ => error,
        })?;
        if rows.len() > MOST_GROUPS {
            return Err(Problem::invalid("by", "too_many_groups").into());
        }
        let groups = rows
            .iter()
            .map(|row| self.read_group(row, &planned.shapes, grouping.sums.len()))
            .collect::<Result<Vec<_>>>()?;
        let total: i64 = groups.iter().map(|group| group.count).sum();
        let by: Vec<&str> = grouping.by.iter().map(|key| key.field.as_str()).collect();
        let sums: Vec<&str> = grouping
            .sums
            .iter()
            .flat_map(|sum| std::iter::once(&sum.field).chain(&sum.weight))
            .map(String::as_str)
            .collect();
        let filtered: Vec<String> = grouping
            .filter
            .iter()
            .flat_map(|filter| filter.conditions().into_iter().map(|c| c.field.clone()))
            .collect();
        let act = Act::new("record.group", object)
            .count(usize::try_from(total).unwrap_or(usize::MAX))
            .payload(json!({ "by": by, "sums": sums, "filtered_by": filtered }));
        self.log(act).await?;
        Ok(groups)
    }

    fn read_group(&self, row: &Row, shapes: &[KeyShape], sums: usize) -> Result<Group> {
        let mut key = Vec::with_capacity(shapes.len());
        for (at, shape) in shapes.iter().enumerate() {
            key.push(
                match shape {
                    KeyShape::Text => row.opt_text(at)?.map(GroupKey::Text),
                    KeyShape::Number => row.opt_int(at)?.map(GroupKey::Number),
                    KeyShape::Person => row.opt_text(at)?.map(|id| {
                        let name = self.name_of(&PersonId::new(id.as_str()));
                        GroupKey::Who(Named { id, name })
                    }),
                    KeyShape::Department => row.opt_text(at)?.map(|id| {
                        let known = self.directory.departments.get(&DepartmentId::new(id.as_str()));
                        GroupKey::Who(Named { name: known.map(|(name, ..)| name.clone()), id })
                    }),
                    KeyShape::Day => row
                        .opt_int(at)?
                        .map(|days| GroupKey::Text(moment::text(days * DAY_MS).chars().take(10).collect())),
                }
                .unwrap_or(GroupKey::None),
            );
        }
        let first = shapes.len();
        let sums = (0..sums)
            .map(|i| Ok(Total { sum: row.int(first + 1 + 2 * i)?, of: row.int(first + 2 + 2 * i)? }))
            .collect::<Result<_>>()?;
        Ok(Group { key, count: row.int(first)?, sums })
    }
}
