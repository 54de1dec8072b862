//! A filter as people may read it: what stands in it of a person is withheld.

use kedun_model::ObjectDef;
use kedun_model::definition::FieldKind;
use kedun_model::filter::{Condition, Filter};
use serde_json::{Value as Json, json};

/// What stands in a shown filter for a value that may not be shown.
const WITHHELD: &str = "****";

/// A filter as people may read it: values compared with personal fields, and text that looks personal, are withheld.
pub(super) fn shown(filter: &Filter, def: &ObjectDef) -> Filter {
    let parts = |parts: &[Filter]| parts.iter().map(|part| shown(part, def)).collect();
    match filter {
        Filter::All { all } => Filter::All { all: parts(all) },
        Filter::Any { any } => Filter::Any { any: parts(any) },
        Filter::Not { not } => Filter::Not { not: Box::new(shown(not, def)) },
        Filter::Is(condition) => {
            let field = def.field(&condition.field);
            let withheld = match field {
                Some(f) if f.class.is_sealed() => true,
                Some(f) => {
                    let free = matches!(
                        f.kind,
                        FieldKind::Text
                            | FieldKind::LongText
                            | FieldKind::PersonName
                            | FieldKind::Account
                            | FieldKind::Url
                    );
                    free && looks_personal(&condition.value.to_string())
                }
                None => false,
            };
            let value = match &condition.value {
                Json::Null => Json::Null,
                Json::Array(values) if withheld => values.iter().map(|_| json!(WITHHELD)).collect(),
                _ if withheld => json!(WITHHELD),
                value => value.clone(),
            };
            Filter::Is(Condition { value, ..condition.clone() })
        }
    }
}

/// A run of digits as long as a telephone number, or an address of mail.
fn looks_personal(text: &str) -> bool {
    let separator = |c: &char| matches!(c, ' ' | '-');
    let mut run = 0;
    text.contains(['@', '＠'])
        || text.chars().filter(|c| !separator(c)).any(|c| {
            run = if c.is_numeric() { run + 1 } else { 0 };
            run >= 7
        })
}
