//! Conversion: how a record of one object becomes one of another (a lead becomes a customer), as a designer says it.
//!
//! **Invariant:** a value never goes where it is less protected, nor where what it holds could not have been written.

use super::{FieldDef, FieldKind, ObjectDef, Subject};
use crate::id::ObjectName;
use crate::problem::FieldError;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a record that is converted, and which of its values go along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    /// The object that it becomes a record of.
    pub to: ObjectName,
    /// The locked reference that then names what it became.
    pub reference: String,
    /// What it then is.
    pub status: State,
    /// Which field goes into which: names here to names there.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// What may be made beneath the new record in the same act, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Besides>,
}

/// A choice of a field: the locked one that says "converted".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The field.
    pub field: String,
    /// Its choice.
    pub value: String,
}

/// A record that may be made beneath the new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Besides {
    /// Its object; its parent is what the conversion leads to.
    pub object: ObjectName,
    /// Which field goes into which: names of the converted record to names there.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

impl ObjectDef {
    /// Checks the conversion, if there is one, against the objects that it speaks of; every broken rule is listed with
    /// its path.
    pub fn check_conversion<'a>(
        &self,
        objects: impl Fn(&ObjectName) -> Option<&'a ObjectDef>,
    ) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let Some(conversion) = &self.conversion else { return errors };
        let mut wrong = |path: String, code: &str| errors.push(FieldError::new(path, code));
        match self.field(&conversion.reference) {
            Some(f)
                if f.kind == FieldKind::Reference
                    && f.target.as_ref() == Some(&conversion.to)
                    && !f.class.is_sealed() =>
            {
                if !f.locked {
                    wrong("conversion.reference".to_owned(), "must_be_locked");
                }
                // By it whoever erases one of the two finds the other.
                if !f.filterable {
                    wrong("conversion.reference".to_owned(), "must_be_filterable");
                }
            }
            _ => wrong("conversion.reference".to_owned(), "unknown_field"),
        }
        match self.field(&conversion.status.field) {
            Some(f) if f.kind == FieldKind::Select && !f.class.is_sealed() => {
                match f.options.iter().find(|choice| choice.value == conversion.status.value) {
                    None => wrong("conversion.status.value".to_owned(), "unknown_option"),
                    // Whoever could choose it by hand would have a converted record that became nothing.
                    Some(choice) if !choice.locked => {
                        wrong("conversion.status.value".to_owned(), "must_be_locked");
                    }
                    Some(_) => {}
                }
            }
            _ => wrong("conversion.status.field".to_owned(), "unknown_field"),
        }
        match objects(&conversion.to) {
            None => wrong("conversion.to".to_owned(), "unknown_object"),
            Some(target) if conversion.to == self.name || target.subject != Subject::Own => {
                wrong("conversion.to".to_owned(), "unfit_target");
            }
            Some(target) => {
                let taken = BTreeSet::new();
                errors.extend(self.check_mapping("conversion.fields", &conversion.fields, target, taken));
            }
        }
        let mut named = BTreeSet::new();
        for (i, besides) in conversion.also.iter().enumerate() {
            let path = format!("conversion.also[{i}]");
            let parent = objects(&besides.object).and_then(|child| Some((child, child.parent.as_ref()?)));
            match parent {
                _ if !named.insert(&besides.object) => {
                    errors.push(FieldError::new(format!("{path}.object"), "name_taken"));
                }
                Some((child, parent)) if parent.object == conversion.to => {
                    let taken = BTreeSet::from([parent.field.as_str()]);
                    let at = format!("{path}.fields");
                    errors.extend(self.check_mapping(&at, &besides.fields, child, taken));
                }
                Some(_) => errors.push(FieldError::new(format!("{path}.object"), "unfit_target")),
                None => errors.push(FieldError::new(format!("{path}.object"), "unknown_object")),
            }
        }
        errors
    }

    /// Whether this object's conversion speaks of another one.
    pub fn converts_into(&self, object: &ObjectName) -> bool {
        self.conversion.as_ref().is_some_and(|conversion| {
            conversion.to == *object || conversion.also.iter().any(|besides| besides.object == *object)
        })
    }

    fn check_mapping<'a>(
        &self,
        path: &str,
        fields: &BTreeMap<String, String>,
        target: &'a ObjectDef,
        mut taken: BTreeSet<&'a str>,
    ) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (from, to) in fields {
            let code = match (self.field(from), target.field(to)) {
                (Some(here), Some(there)) if taken.insert(there.name.as_str()) => unfit(here, there),
                (Some(_), Some(_)) => Some("name_taken"),
                _ => Some("unknown_field"),
            };
            errors.extend(code.map(|code| FieldError::new(format!("{path}.{from}"), code)));
        }
        errors
    }
}

/// Why values of one field may not go into another, as the code of the rule.
fn unfit(here: &FieldDef, there: &FieldDef) -> Option<&'static str> {
    if there.locked {
        return Some("locked_target");
    }
    if here.kind != there.kind || here.target != there.target {
        return Some("kind_differs");
    }
    if there.class < here.class {
        return Some("class_lower");
    }
    let offered = |value: &str| there.options.iter().any(|choice| choice.value == value && !choice.locked);
    if !here.options.iter().all(|choice| offered(&choice.value)) {
        return Some("options_missing");
    }
    None
}
