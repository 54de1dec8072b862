//! What a definition must be before it is published: its shape, its rules, and what stands published already.

use super::RULES;
use crate::catalog::{COMPANY, Catalog};
use crate::error::{Result, VaultError};
use kedun_model::alert::Rules;
use kedun_model::definition::is_name;
use kedun_model::notice::NoticeDef;
use kedun_model::role::{Administrator, not_together};
use kedun_model::{Act as ActName, Company, FieldError, ObjectDef, ObjectName, Problem, RoleDef, RoleName};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// A parsed and completed definition, ready to be stored.
pub(super) struct Checked {
    pub(super) body: String,
    pub(super) hash: String,
    pub(super) problems: Vec<FieldError>,
}

/// Why the role as it would be may not be held beside the others that one person holds, as the code of the rule.
pub(super) fn beside<'a>(
    catalog: &Catalog,
    next: &RoleDef,
    held: impl IntoIterator<Item = &'a RoleName>,
) -> Option<&'static str> {
    let published = |role| catalog.roles.get(role).map(|p| p.def.as_ref());
    let roles: Vec<&RoleDef> = held
        .into_iter()
        .filter_map(|role| if *role == next.name { Some(next) } else { published(role) })
        .collect();
    not_together(&roles, |name: &ObjectName| catalog.objects.get(name).map(|p| p.def.as_ref()))
}

/// The act that publishing this definition is.
pub(super) fn act_for(kind: &str, name: &str) -> Result<ActName> {
    // What cannot be the name of a definition names none.
    if !is_name(name) {
        return Err(Problem::NotFound.into());
    }
    match kind {
        "object" | "notice" => Ok(ActName::DefinitionsPublish),
        "role" => Ok(ActName::RolesManage),
        // The company's clock moves the hours that the rules watch: it is set by the hand that sets the rules.
        "rules" if matches!(name, RULES | COMPANY) => Ok(ActName::RolesManage),
        _ => Err(Problem::NotFound.into()),
    }
}

/// Checks a definition against its kind's rules and against what is published.
pub(super) fn check(catalog: &Catalog, kind: &str, name: &str, body: &Json) -> Result<Checked> {
    let mut problems = Vec::new();
    let text = match kind {
        "object" => {
            let def: ObjectDef = read(body)?;
            problems.extend(def.check());
            if def.name.as_str() != name {
                problems.push(FieldError::new("name", "immutable"));
            }
            if let Some(present) = catalog.objects.get(&def.name) {
                problems.extend(def.check_succession(&present.def));
            }
            problems.extend(conversions(catalog, &def));
            serde_json::to_string(&def)
        }
        "role" => {
            let mut def: RoleDef = read(body)?;
            if def.name.as_str() != name {
                problems.push(FieldError::new("name", "immutable"));
            }
            problems.extend(def.check());
            problems.extend(def.misplaced_acts());
            complete(catalog, &mut def, &mut problems);
            serde_json::to_string(&def)
        }
        "rules" if name == COMPANY => {
            let company: Company = read(body)?;
            let company = company.tidy();
            problems.extend(company.check());
            serde_json::to_string(&company)
        }
        "rules" => {
            let rules: Rules = read(body)?;
            problems.extend(rules.check());
            serde_json::to_string(&unnumbered(&rules))
        }
        _ => {
            let def: NoticeDef = read(body)?;
            for (path, text) in
                [("body.zh", &def.body.zh), ("body.en", &def.body.en), ("title.zh", &def.title.zh)]
            {
                if text.trim().is_empty() {
                    problems.push(FieldError::new(path, "required"));
                }
            }
            if def.purpose != name {
                problems.push(FieldError::new("purpose", "immutable"));
            }
            serde_json::to_string(&def)
        }
    };
    let text = text.map_err(|e| VaultError::Damaged(e.to_string()))?;
    let hash = hex::encode(Sha256::digest(text.as_bytes()));
    Ok(Checked { body: text, hash, problems })
}

/// What is wrong with the conversions that speak of an object: its own, and those of others that lead to it. A field
/// that one of them fills cannot be retired, nor a choice be taken from it.
fn conversions(catalog: &Catalog, next: &ObjectDef) -> Vec<FieldError> {
    let known = |name: &ObjectName| match *name == next.name {
        true => Some(next),
        false => catalog.objects.get(name).map(|p| p.def.as_ref()),
    };
    let mut problems = next.check_conversion(known);
    let others = catalog.objects.values().map(|p| &p.def);
    for other in others.filter(|o| o.name != next.name && o.converts_into(&next.name)) {
        problems.extend(
            other
                .check_conversion(known)
                .into_iter()
                .map(|e| FieldError { field: format!("{}.{}", other.name, e.field), ..e }),
        );
    }
    problems
}

/// The thresholds without their version: it is counted by whoever publishes, not said.
pub(super) fn unnumbered(rules: &Rules) -> Rules {
    Rules { version: Rules::default().version, ..rules.clone() }
}

/// A definition out of what was sent; a mistake is named by its place.
fn read<T: serde::de::DeserializeOwned>(body: &Json) -> Result<T> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { "body".to_owned() } else { format!("body.{path}") };
        Problem::Invalid(vec![FieldError::of_shape(path, &error.inner().to_string())]).into()
    })
}

/// Checks a role's grants and binds its field rights to the fields that they reach: by class, those that exist when a
/// grant is published for the first time. A field that comes later stays hidden until somebody names it.
fn complete(catalog: &Catalog, role: &mut RoleDef, problems: &mut Vec<FieldError>) {
    let before = catalog.roles.get(&role.name).map(|p| p.def.clone());
    for (i, grant) in role.grants.iter_mut().enumerate() {
        let path = format!("grants[{i}]");
        let Some(object) = catalog.objects.get(&grant.object).map(|p| &p.def) else {
            problems.push(FieldError::new(format!("{path}.object"), "unknown_object"));
            continue;
        };
        let former = before
            .as_ref()
            .and_then(|r| r.grants.iter().find(|g| g.id == grant.id && g.object == grant.object));
        for name in grant.fields.bind(object, former.map(|g| &g.fields)) {
            problems.push(FieldError::new(format!("{path}.fields.names.{name}"), "unknown_field"));
        }
        if role.administrator == Some(Administrator::Audit) {
            let shows = |right: &kedun_model::Right| right.show > kedun_model::Show::None;
            let by_class = grant.fields.classes.iter().any(|(c, r)| c.is_sealed() && shows(r));
            let by_name = object.live_fields().any(|f| f.class.is_sealed() && shows(&grant.fields.right(f)));
            if by_class || by_name {
                problems.push(FieldError::new(path.clone(), "auditor_sees_no_personal_data"));
            }
        }
    }
}
