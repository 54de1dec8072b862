//! Money in 分. Only JSON integers: a fraction or a text leaves open which unit was meant.

use super::integer;
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

/// Ten trillion 元; sums of a hundred thousand such records still fit into 128 bits, and one fits a browser.
const MAX: i64 = 1_000_000_000_000_000;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let cents = integer::strict(field, raw)?;
    integer::within(field, cents, -MAX, MAX).map(Value::Int)
}
