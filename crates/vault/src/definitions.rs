//! Definitions as their readers see them: the list, the versions, and what publishing one would do.

mod check;
mod publish;

use crate::audit::Act;
use crate::catalog::COMPANY;
use crate::error::{Result, VaultError};
use crate::scope::Scope;
use crate::sql::Arg;
use crate::view::Named;
use check::{act_for, beside, check, unnumbered};
use kedun_model::alert::Rules;
use kedun_model::role::{Effect, effects};
use kedun_model::{Act as ActName, Company, FieldError, ObjectName, Problem, RoleDef, RoleName};
use publish::{ANY, missing_indexes};
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// The name under which the thresholds of the alert rules are published.
const RULES: &str = "alerts";
/// The version that thresholds have while nobody has published any.
const OURS: u32 = 1;

/// A definition as the list shows it.
#[derive(Clone, Debug, Serialize)]
pub struct DefinitionView {
    /// `object`, `role`, `notice` or `rules`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version, from 1; 0 for what the product brings and nobody has published.
    pub version: i64,
    /// `published` or `retired`.
    pub state: String,
    /// SHA-256 of the text, hex.
    pub hash: String,
    /// By whom.
    pub published_by: String,
    /// Their name, where it is a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_by_name: Option<String>,
    /// When, UTC ms.
    pub published_at: i64,
    /// The definition itself, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Json>,
}

/// One difference that a publication would make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Path inside the definition.
    pub path: String,
    /// `added`, `removed`, `changed`.
    pub what: &'static str,
}

/// What publishing would do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Preview {
    /// What would be different.
    pub changes: Vec<Difference>,
    /// Why it cannot be published.
    pub problems: Vec<FieldError>,
    /// For a role: what changes for whoever holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effects: Option<Vec<Effect>>,
    /// For a role: who holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holders: Option<Vec<Named>>,
}

impl Scope {
    /// What publishing would do, without doing it.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn preview(&self, kind: &str, name: &str, body: &Json) -> Result<Preview> {
        self.require(act_for(kind, name)?, None)?;
        let present = match kind {
            "object" => self
                .catalog
                .objects
                .get(&ObjectName::from(name))
                .and_then(|p| serde_json::to_value(&*p.def).ok()),
            "role" => {
                self.catalog.roles.get(&RoleName::from(name)).and_then(|p| serde_json::to_value(&*p.def).ok())
            }
            "rules" if name == COMPANY => serde_json::to_value(&*self.catalog.company).ok(),
            "rules" => serde_json::to_value(unnumbered(&self.catalog.rules)).ok(),
            _ => self.catalog.notices.get(name).and_then(|p| serde_json::to_value(&*p.def).ok()),
        };
        let holders = (kind == "role").then(|| self.holders(&RoleName::from(name)));
        match check(&self.catalog, kind, name, body) {
            Ok(checked) => {
                let next: Json = serde_json::from_str(&checked.body).unwrap_or(Json::Null);
                let mut changes = Vec::new();
                differences("", present.as_ref().unwrap_or(&Json::Null), &next, &mut changes);
                let effects = (kind == "role").then(|| self.effects(name, &checked.body));
                let mut problems = checked.problems;
                if kind == "role" {
                    problems.extend(self.refused_for_holders(name, &checked.body));
                }
                if kind == "object"
                    && let Some((object, missing)) = missing_indexes(&self.catalog, &checked.body)?
                    && self
                        .inner
                        .data
                        .optional("look for records of an object", ANY, &[(&object).into()])
                        .await?
                        .is_some()
                {
                    problems.extend(missing);
                }
                Ok(Preview { changes, problems, effects, holders })
            }
            Err(VaultError::Problem(Problem::Invalid(problems))) => {
                Ok(Preview { problems, holders, ..Preview::default() })
            }
            Err(other) => Err(other),
        }
    }

    fn effects(&self, name: &str, body: &str) -> Vec<Effect> {
        let Ok(next) = serde_json::from_str::<RoleDef>(body) else { return Vec::new() };
        let present = self.catalog.roles.get(&RoleName::from(name)).map(|p| p.def.as_ref());
        effects(present, &next, |object| self.catalog.objects.get(object).map(|p| p.def.as_ref()))
    }

    /// What publishing would be refused for on account of who holds the role; as [`Tx::check_holders`], told before.
    fn refused_for_holders(&self, name: &str, body: &str) -> Option<FieldError> {
        let next = serde_json::from_str::<RoleDef>(body).ok()?;
        let name = RoleName::from(name);
        let mut holders = self.directory.people.values().filter(|p| p.roles.contains(&name));
        if holders.clone().any(|p| p.id == *self.person()) {
            return Some(FieldError::new("holders", "own_role"));
        }
        holders
            .find_map(|p| beside(&self.catalog, &next, &p.roles))
            .map(|code| FieldError::new("holders", code))
    }

    fn holders(&self, role: &RoleName) -> Vec<Named> {
        let holds = self.directory.people.values().filter(|p| p.active && p.roles.contains(role));
        holds.map(|p| Named { id: p.id.to_string(), name: Some(p.name.clone()) }).collect()
    }

    /// The definitions in force, all or of one kind; with their bodies where asked.
    ///
    /// # Errors
    /// Forbidden without an act that concerns definitions.
    pub async fn definitions(&self, kind: Option<&str>, bodies: bool) -> Result<Vec<DefinitionView>> {
        self.may_read_definitions()?;
        let rows = self
            .inner
            .data
            .all(
                "list definitions",
                "SELECT kind, name, version, state, hash, published_by, published_at, body FROM definition \
                 WHERE state = 'published' AND ($1 = '' OR kind = $1) ORDER BY kind, name",
                &[kind.unwrap_or_default().into()],
            )
            .await?;
        let list = rows
            .iter()
            .map(|row| {
                Ok(DefinitionView {
                    kind: row.text(0)?,
                    name: row.text(1)?,
                    version: row.int(2)?,
                    state: row.text(3)?,
                    hash: row.text(4)?,
                    published_by_name: self.name_of(&row.text(5)?.into()),
                    published_by: row.text(5)?,
                    published_at: row.int(6)?,
                    body: match bodies {
                        true => serde_json::from_str(&row.text(7)?)
                            .map(Some)
                            .map_err(|e| VaultError::Damaged(e.to_string()))?,
                        false => None,
                    },
                })
            })
            .collect::<Result<Vec<_>>>()?;
        self.log(Act::new("definition.list", "definition").count(list.len())).await?;
        Ok(list)
    }

    /// One definition, in force or a former version.
    ///
    /// # Errors
    /// Not found, forbidden.
    pub async fn definition(&self, kind: &str, name: &str, version: Option<i64>) -> Result<DefinitionView> {
        self.may_read_definitions()?;
        let (condition, mut args): (_, Vec<Arg>) = (
            if version.is_some() { "version = $3" } else { "state = 'published'" },
            vec![kind.into(), name.into()],
        );
        args.extend(version.map(Arg::from));
        let sql = format!(
            "SELECT version, state, hash, published_by, published_at, body FROM definition \
             WHERE kind = $1 AND name = $2 AND {condition}"
        );
        let row = self.inner.data.optional("read a definition", &sql, &args).await?;
        let Some(row) = row else { return self.unpublished(kind, name, version).await };
        let body = serde_json::from_str(&row.text(5)?).map_err(|e| VaultError::Damaged(e.to_string()))?;
        self.log(Act::new("definition.read", "definition")).await?;
        Ok(DefinitionView {
            kind: kind.to_owned(),
            name: name.to_owned(),
            version: row.int(0)?,
            state: row.text(1)?,
            hash: row.text(2)?,
            published_by_name: self.name_of(&row.text(3)?.into()),
            published_by: row.text(3)?,
            published_at: row.int(4)?,
            body: Some(body),
        })
    }

    /// What is in force though nobody published it: the thresholds and the company that the product brings.
    async fn unpublished(&self, kind: &str, name: &str, version: Option<i64>) -> Result<DefinitionView> {
        if kind != "rules" || version.is_some_and(|v| v != 0) {
            return Err(Problem::NotFound.into());
        }
        let (body, in_force) = match name {
            RULES => (serde_json::to_string(&Rules::default()), self.catalog.rules.version == OURS),
            COMPANY => (serde_json::to_string(&Company::default()), self.catalog.company_version == 0),
            _ => return Err(Problem::NotFound.into()),
        };
        let body = body.map_err(|e| VaultError::Damaged(e.to_string()))?;
        self.log(Act::new("definition.read", "definition")).await?;
        Ok(DefinitionView {
            kind: kind.to_owned(),
            name: name.to_owned(),
            version: 0,
            state: if in_force { "published" } else { "retired" }.to_owned(),
            hash: hex::encode(Sha256::digest(body.as_bytes())),
            published_by: String::new(),
            published_by_name: None,
            published_at: 0,
            body: serde_json::from_str(&body).ok(),
        })
    }

    /// The versions of a definition, newest first, without their bodies.
    ///
    /// # Errors
    /// Not found, forbidden.
    pub async fn versions(&self, kind: &str, name: &str) -> Result<Vec<DefinitionView>> {
        self.may_read_definitions()?;
        let rows = self
            .inner
            .data
            .all(
                "list the versions of a definition",
                "SELECT version, state, hash, published_by, published_at FROM definition \
                 WHERE kind = $1 AND name = $2 ORDER BY version DESC LIMIT 200",
                &[kind.into(), name.into()],
            )
            .await?;
        let mut list = rows
            .iter()
            .map(|row| {
                Ok(DefinitionView {
                    kind: kind.to_owned(),
                    name: name.to_owned(),
                    version: row.int(0)?,
                    state: row.text(1)?,
                    hash: row.text(2)?,
                    published_by_name: self.name_of(&row.text(3)?.into()),
                    published_by: row.text(3)?,
                    published_at: row.int(4)?,
                    body: None,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        if kind == "rules" && matches!(name, RULES | COMPANY) {
            list.push(DefinitionView { body: None, ..self.unpublished(kind, name, None).await? });
        }
        if list.is_empty() {
            return Err(Problem::NotFound.into());
        }
        self.log(Act::new("definition.list", "definition").count(list.len())).await?;
        Ok(list)
    }

    fn may_read_definitions(&self) -> Result<()> {
        self.require(ActName::DefinitionsPublish, None)
            .or_else(|_| self.require(ActName::RolesManage, None))
            .or_else(|_| self.require(ActName::LedgerRead, None))
    }
}

fn differences(path: &str, before: &Json, after: &Json, found: &mut Vec<Difference>) {
    if before == after || found.len() >= 500 {
        return;
    }
    match (before, after) {
        (Json::Object(a), Json::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                differences(
                    &path,
                    a.get(key).unwrap_or(&Json::Null),
                    b.get(key).unwrap_or(&Json::Null),
                    found,
                );
            }
        }
        // Lists of named things are compared by name, so that moving one does not look like changing all.
        (Json::Array(a), Json::Array(b)) => {
            let name = |v: &Json, i: usize| {
                ["name", "id", "value"]
                    .iter()
                    .find_map(|k| v.get(k).and_then(Json::as_str))
                    .map_or_else(|| i.to_string(), str::to_owned)
            };
            let a: Vec<_> = a.iter().enumerate().map(|(i, v)| (name(v, i), v)).collect();
            let b: Vec<_> = b.iter().enumerate().map(|(i, v)| (name(v, i), v)).collect();
            for (key, value) in &a {
                let other = b.iter().find(|(k, _)| k == key).map_or(&Json::Null, |(_, v)| v);
                differences(&format!("{path}.{key}"), value, other, found);
            }
            for (key, value) in b.iter().filter(|(k, _)| !a.iter().any(|(known, _)| known == k)) {
                differences(&format!("{path}.{key}"), &Json::Null, value, found);
            }
        }
        (Json::Null, _) => found.push(Difference { path: path.to_owned(), what: "added" }),
        (_, Json::Null) => found.push(Difference { path: path.to_owned(), what: "removed" }),
        _ => found.push(Difference { path: path.to_owned(), what: "changed" }),
    }
}
