//! What a change may hold: parsed by kind, within what the caller may write, with all that is required, and no choice that
//! is the system's to make.

use crate::error::Result;
use crate::row::Stored;
use kedun_model::field;
use kedun_model::{FieldDef, FieldError, FieldKind, ObjectDef, Problem, Right, Show, Value};
use serde_json::{Map, Value as Json};

/// Values by field, each as its kind reads it; none is "emptied".
pub(super) type Parsed<'a> = Vec<(&'a FieldDef, Option<Value>)>;

/// Parses what came, by field; a field that the caller may not see is as unknown as one that does not exist.
pub(super) fn parse<'a>(
    def: &'a ObjectDef,
    fields: &Map<String, Json>,
    stored: Option<&Stored>,
    right: impl Fn(&FieldDef) -> Right,
) -> Result<Parsed<'a>> {
    let mut parsed = Vec::with_capacity(fields.len());
    let mut errors = Vec::new();
    for (name, raw) in fields {
        let Some(f) = def.field(name) else {
            let named = if name.is_empty() { "fields".to_owned() } else { name.chars().take(60).collect() };
            errors.push(FieldError::new(named, "unknown_field"));
            continue;
        };
        let right = right(f);
        if !right.edit {
            let hidden = right.show == Show::None;
            errors.push(FieldError::new(name.clone(), if hidden { "unknown_field" } else { "not_writable" }));
            continue;
        }
        let before = stored.filter(|_| !f.class.is_sealed()).and_then(|s| s.readable(f));
        match field::parse_over(f, raw, before.as_ref()) {
            Ok(value) => parsed.push((f, value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(parsed) } else { Err(Problem::Invalid(errors).into()) }
}

/// A locked choice is entered and left by what the system does, never by hand.
pub(super) fn by_hand(parsed: &Parsed<'_>, stored: Option<&Stored>) -> Result<()> {
    let mut errors = Vec::new();
    for (f, value) in parsed.iter().filter(|(f, _)| f.options.iter().any(|choice| choice.locked)) {
        let before = stored.filter(|_| !f.class.is_sealed()).and_then(|s| s.readable(f));
        let holds = |value: &Option<Value>, choice: &str| match value {
            Some(Value::Text(one)) => one == choice,
            Some(Value::Many(many)) => many.iter().any(|one| one == choice),
            _ => false,
        };
        let mut locked = f.options.iter().filter(|choice| choice.locked);
        if locked.any(|choice| holds(value, &choice.value) != holds(&before, &choice.value)) {
            errors.push(FieldError::new(f.name.clone(), "locked_option"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors).into()) }
}

/// Required fields must be there, and a stage may ask for more before it is entered.
pub(super) fn require(def: &ObjectDef, parsed: &Parsed<'_>, stored: Option<&Stored>) -> Result<()> {
    let mut errors = Vec::new();
    let given = |f: &FieldDef| parsed.iter().find(|(p, _)| p.id == f.id).map(|(_, v)| v.is_some());
    let filled = |f: &FieldDef| given(f).unwrap_or_else(|| stored.is_some_and(|s| s.has(f)));
    for f in def.live_fields().filter(|f| f.required && !f.locked) {
        if !filled(f) {
            errors.push(field::required(f));
        }
    }
    for f in def.live_fields().filter(|f| f.kind == FieldKind::Select) {
        let entered = parsed.iter().find(|(p, _)| p.id == f.id).map(|(_, value)| value.clone());
        let enters = entered.is_some();
        let Some(Value::Text(choice)) = entered.unwrap_or_else(|| stored.and_then(|s| s.readable(f))) else {
            continue;
        };
        let Some(choice) = f.options.iter().find(|o| o.value == choice) else { continue };
        for name in &choice.requires {
            // While it stays there, nothing that it asked for may be emptied; what was never filled is no obstacle.
            let missing =
                |needed: &FieldDef| if enters { !filled(needed) } else { given(needed) == Some(false) };
            if def.field(name).is_some_and(missing) {
                errors.push(FieldError::new(name.clone(), "required_by_stage").with("stage", &choice.value));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors).into()) }
}
