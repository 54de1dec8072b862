//! The query language: a tree of conditions, read from JSON, bounded in size.
//!
//! `{"all": [{"field": "stage", "op": "eq", "value": "won"}, {"any": [..]}, {"not": {..}}]}`

use crate::problem::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Deepest nesting.
pub const MAX_DEPTH: usize = 6;
/// Most conditions in one filter.
pub const MAX_CONDITIONS: usize = 50;
/// Mistakes after which no further part is looked at.
const MOST_ERRORS: usize = 50;
/// Most values in one `in` list.
pub const MAX_VALUES: usize = 200;
/// Most values in all lists of a filter: each is an argument of the statement, once for every way in which the caller
/// sees records, and a database takes so many arguments and no more.
pub const MAX_FILTER_VALUES: usize = 500;

/// An operator. Which kinds of fields take which is decided in [`crate::field`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal (also true where empty).
    Ne,
    /// One of a list.
    In,
    /// None of a list (also true where empty).
    NotIn,
    /// Has no value; takes no operand.
    Empty,
    /// Has a value; takes no operand.
    NotEmpty,
    /// Text holds this.
    Contains,
    /// Text does not hold this.
    NotContains,
    /// Text begins so.
    StartsWith,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Within `[low, high]`, both included.
    Between,
    /// On the present day in the company's zone.
    Today,
    /// Before now.
    Past,
    /// After now.
    Future,
    /// Within the last N days.
    LastDays,
    /// Within the next N days.
    NextDays,
    /// The caller.
    Me,
    /// The caller's department.
    MyDepartment,
}

impl Op {
    /// Whether the operator needs a `value`.
    pub fn takes_value(self) -> bool {
        !matches!(
            self,
            Op::Empty | Op::NotEmpty | Op::Today | Op::Past | Op::Future | Op::Me | Op::MyDepartment
        )
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Name of a field, or of a system field of the record.
    pub field: String,
    /// The operator.
    pub op: Op,
    /// The operand, where the operator takes one.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub value: Json,
}

/// A tree of conditions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Filter {
    /// All must hold; an empty list always holds.
    All {
        /// The parts.
        all: Vec<Filter>,
    },
    /// At least one must hold; an empty list never holds.
    Any {
        /// The parts.
        any: Vec<Filter>,
    },
    /// Must not hold.
    Not {
        /// The part.
        not: Box<Filter>,
    },
    /// A condition.
    Is(Condition),
}

impl Filter {
    /// Reads a filter, naming the place of the first mistake in each branch.
    ///
    /// # Errors
    /// Unknown shapes, too deep, too many conditions, operators without or with a superfluous value.
    pub fn parse(json: &Json) -> Result<Filter, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut size = Size::default();
        let filter = read(json, "filter", 0, &mut size, &mut errors);
        match (filter, errors.is_empty()) {
            (Some(filter), true) => Ok(filter),
            _ => Err(errors),
        }
    }

    /// Every condition in the tree.
    pub fn conditions(&self) -> Vec<&Condition> {
        match self {
            Filter::All { all: parts } | Filter::Any { any: parts } => {
                parts.iter().flat_map(Filter::conditions).collect()
            }
            Filter::Not { not } => not.conditions(),
            Filter::Is(condition) => vec![condition],
        }
    }
}

/// How much of a filter was read.
#[derive(Default)]
struct Size {
    conditions: usize,
    values: usize,
}

fn read(
    json: &Json,
    path: &str,
    depth: usize,
    size: &mut Size,
    errors: &mut Vec<FieldError>,
) -> Option<Filter> {
    if depth > MAX_DEPTH {
        errors.push(FieldError::new(path, "too_deep").with("max", MAX_DEPTH));
        return None;
    }
    let Json::Object(map) = json else {
        errors.push(FieldError::new(path, "not_an_object"));
        return None;
    };
    let mut group = |name: &str, parts: &Json, errors: &mut Vec<FieldError>| -> Option<Vec<Filter>> {
        let Json::Array(parts) = parts else {
            errors.push(FieldError::new(format!("{path}.{name}"), "not_a_list"));
            return None;
        };
        let mut read_parts = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            // Who sent two hundred thousand wrong parts learns enough from the first.
            if errors.len() >= MOST_ERRORS {
                return None;
            }
            read_parts.push(read(part, &format!("{path}.{name}[{i}]"), depth + 1, size, errors));
        }
        read_parts.into_iter().collect()
    };
    if map.len() == 1 {
        if let Some(parts) = map.get("all") {
            return group("all", parts, errors).map(|all| Filter::All { all });
        }
        if let Some(parts) = map.get("any") {
            return group("any", parts, errors).map(|any| Filter::Any { any });
        }
        if let Some(part) = map.get("not") {
            return read(part, &format!("{path}.not"), depth + 1, size, errors)
                .map(|not| Filter::Not { not: Box::new(not) });
        }
    }
    size.conditions += 1;
    if size.conditions > MAX_CONDITIONS {
        errors.push(FieldError::new(path, "too_many").with("max", MAX_CONDITIONS));
        return None;
    }
    for key in map.keys() {
        if !matches!(key.as_str(), "field" | "op" | "value") {
            errors.push(FieldError::new(format!("{path}.{key}"), "unknown_key"));
            return None;
        }
    }
    let Some(Json::String(field)) = map.get("field") else {
        errors.push(FieldError::new(format!("{path}.field"), "required"));
        return None;
    };
    let Some(op) = map.get("op").and_then(|op| serde_json::from_value::<Op>(op.clone()).ok()) else {
        errors.push(FieldError::new(format!("{path}.op"), "unknown_operator"));
        return None;
    };
    size.values += map.get("value").and_then(Json::as_array).map_or(0, Vec::len);
    if size.values > MAX_FILTER_VALUES {
        errors.push(FieldError::new(format!("{path}.value"), "too_many").with("max", MAX_FILTER_VALUES));
        return None;
    }
    let value = map.get("value").cloned().unwrap_or(Json::Null);
    if op.takes_value() == value.is_null() {
        errors.push(FieldError::new(
            format!("{path}.value"),
            if op.takes_value() { "required" } else { "unexpected" },
        ));
        return None;
    }
    if let Json::Array(values) = &value
        && values.len() > MAX_VALUES
    {
        errors.push(FieldError::new(format!("{path}.value"), "too_many").with("max", MAX_VALUES));
        return None;
    }
    Some(Filter::Is(Condition { field: field.clone(), op, value }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_a_nested_filter_and_prints_it_back() {
        let json = json!({"all": [{"field": "stage", "op": "eq", "value": "won"},
            {"any": [{"field": "level", "op": "in", "value": ["A", "B"]}, {"not": {"field": "owner", "op": "me"}}]}]});
        let filter = Filter::parse(&json).unwrap();
        assert_eq!(serde_json::to_value(&filter).unwrap(), json);
        assert_eq!(filter.conditions().len(), 3);
    }

    #[test]
    fn names_the_place_of_a_mistake() {
        let errors =
            Filter::parse(&json!({"all": [{"field": "stage", "op": "like", "value": 1}]})).unwrap_err();
        assert_eq!(
            (errors[0].field.as_str(), errors[0].code.as_str()),
            ("filter.all[0].op", "unknown_operator")
        );
    }

    #[test]
    fn refuses_what_is_too_deep_or_too_long() {
        let mut deep = json!({"field": "a", "op": "empty"});
        for _ in 0..=MAX_DEPTH {
            deep = json!({"not": deep});
        }
        assert_eq!(Filter::parse(&deep).unwrap_err()[0].code, "too_deep");
        let long = json!({ "field": "a", "op": "in", "value": vec!["x"; MAX_VALUES] });
        assert!(Filter::parse(&json!({ "all": [long, long] })).is_ok());
        let refused = Filter::parse(&json!({ "all": [long, long, long] })).unwrap_err();
        assert_eq!(
            (refused[0].field.as_str(), refused[0].code.as_str()),
            ("filter.all[2].value", "too_many")
        );
        let many: Vec<_> = (0..=MAX_CONDITIONS).map(|_| json!({"field": "a", "op": "empty"})).collect();
        assert!(Filter::parse(&json!({ "all": many })).unwrap_err().iter().any(|e| e.code == "too_many"));
    }
}
