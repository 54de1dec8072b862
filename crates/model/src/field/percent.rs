//! Percentages in hundredths of a percent (12.5 % is 1250).

use super::integer;
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// A million percent: growth rates may pass 100 %.
const MAX: i64 = 100_000_000;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let hundredths = integer::strict(field, raw)?;
    integer::within(field, hundredths, -MAX, MAX).map(Value::Int)
}
