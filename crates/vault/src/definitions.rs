//! Publishing definitions: checked, versioned, never overwritten; in force at once, without a restart.

use crate::audit::Act;
use crate::catalog::{COMPANY, Catalog};
use crate::error::{Result, VaultError};
use crate::scope::Scope;
use crate::sql::Arg;
use crate::tx::Tx;
use crate::view::Named;
use kedun_model::alert::Rules;
use kedun_model::definition::is_name;
use kedun_model::notice::NoticeDef;
use kedun_model::role::{Administrator, Effect, effects, not_together};
use kedun_model::{Act as ActName, Company, FieldError, ObjectDef, ObjectName, Problem, RoleDef, RoleName};
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

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

/// A parsed and completed definition, ready to be stored.
struct Checked {
    body: String,
    hash: String,
    problems: Vec<FieldError>,
}

impl Tx {
    /// Publishes a definition as the next version.
    ///
    /// # Errors
    /// Forbidden, also for a role that the caller holds; every broken rule by path; `based_on` no longer the present
    /// version.
    pub async fn publish(
        &mut self,
        kind: &str,
        name: &str,
        body: &Json,
        based_on: Option<i64>,
    ) -> Result<i64> {
        self.scope.require(act_for(kind, name)?, None)?;
        // Of two who publish at once the second waits here, and then sees what the first made.
        self.write
            .run(
                "wait for other publications",
                "UPDATE definition SET state = state WHERE kind = $1 AND name = $2 AND state = 'published'",
                &[kind.into(), name.into()],
            )
            .await?;
        let row = self
            .write
            .optional(
                "read the present version",
                "SELECT version FROM definition WHERE kind = $1 AND name = $2 AND state = 'published'",
                &[kind.into(), name.into()],
            )
            .await?;
        let present = row.map(|r| r.int(0)).transpose()?.unwrap_or(0);
        if based_on.is_some_and(|b| b != present) {
            return Err(Problem::Conflict("definition_changed").into());
        }
        // Within one change several definitions may build on each other, and somebody else may have published since the
        // caller was let in: what counts is what is stored now.
        let catalog = self.stored_catalog().await?;
        let checked = check(&catalog, kind, name, body)?;
        if !checked.problems.is_empty() {
            return Err(Problem::Invalid(checked.problems).into());
        }
        if kind == "role" {
            self.check_holders(&catalog, name, &checked.body).await?;
        }
        self.write
            .run(
                "retire the present version",
                "UPDATE definition SET state = 'retired' WHERE kind = $1 AND name = $2 AND state = 'published'",
                &[kind.into(), name.into()],
            )
            .await?;
        // Of two who publish the first version at once PostgreSQL lets the second come this far.
        let published = self
            .write
            .run(
                "publish a definition",
                "INSERT INTO definition (kind, name, version, state, hash, body, published_by, published_at) \
                 VALUES ($1, $2, $3, 'published', $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                &[
                    kind.into(),
                    name.into(),
                    (present + 1).into(),
                    checked.hash.into(),
                    checked.body.into(),
                    self.scope.person().into(),
                    self.scope.now().into(),
                ],
            )
            .await?;
        if published == 0 {
            return Err(Problem::Conflict("definition_changed").into());
        }
        self.refresh = true;
        Ok(present + 1)
    }

    /// Publishing a role changes what its holders may do: nobody changes their own, and it must not give one person
    /// what two roles may not give together.
    async fn check_holders(&mut self, catalog: &Catalog, name: &str, body: &str) -> Result<()> {
        let next: RoleDef = serde_json::from_str(body).map_err(|e| VaultError::Damaged(e.to_string()))?;
        // Read in this change and not from memory: a role that was given a moment ago counts.
        let rows = self
            .write
            .all(
                "read the holders of a role",
                "SELECT h.person, o.role FROM person_role h JOIN person_role o ON o.person = h.person \
                 WHERE h.role = $1 ORDER BY h.person, o.role",
                &[name.into()],
            )
            .await?;
        let mut holders: BTreeMap<String, Vec<RoleName>> = BTreeMap::new();
        for row in rows {
            holders.entry(row.text(0)?).or_default().push(row.text(1)?.into());
        }
        if holders.contains_key(self.scope.person().as_str()) {
            return Err(Problem::Forbidden("own_role").into());
        }
        match holders.values().find_map(|held| beside(catalog, &next, held)) {
            Some(code) => Err(Problem::invalid("holders", code).into()),
            None => Ok(()),
        }
    }

    /// Publishes a former version again; answers the new version. Fields that came later are retired rather than
    /// removed: their values stay, and their ids are never used for anything else.
    ///
    /// # Errors
    /// As [`Tx::publish`]; no such version.
    pub async fn roll_back(&mut self, kind: &str, name: &str, to: i64, based_on: Option<i64>) -> Result<i64> {
        self.scope.require(act_for(kind, name)?, None)?;
        let row = self
            .write
            .optional(
                "read a former definition",
                "SELECT body FROM definition WHERE kind = $1 AND name = $2 AND version = $3",
                &[kind.into(), name.into(), to.into()],
            )
            .await?;
        let former = row.ok_or_else(|| Problem::invalid("to", "unknown_version"))?.text(0)?;
        let damaged = |e: serde_json::Error| VaultError::Damaged(e.to_string());
        let mut body: Json = serde_json::from_str(&former).map_err(damaged)?;
        if kind == "object" {
            let mut def: ObjectDef = serde_json::from_value(body).map_err(damaged)?;
            if let Some(present) = self.scope.catalog.objects.get(&def.name) {
                for field in &present.def.fields {
                    if !def.fields.iter().any(|f| f.id == field.id) {
                        def.fields.push(kedun_model::FieldDef { retired: true, ..field.clone() });
                    }
                }
            }
            body = serde_json::to_value(&def).map_err(damaged)?;
        }
        self.publish(kind, name, &body, based_on).await
    }

    async fn stored_catalog(&mut self) -> Result<Catalog> {
        let rows = self
            .write
            .all(
                "read definitions",
                "SELECT kind, name, version, hash, body FROM definition WHERE state = 'published'",
                &[],
            )
            .await?;
        let mut catalog = Catalog::default();
        for row in rows {
            let (kind, name, version, hash, body) =
                (row.text(0)?, row.text(1)?, row.int(2)?, row.text(3)?, row.text(4)?);
            let damaged = |e: serde_json::Error| VaultError::Damaged(e.to_string());
            match kind.as_str() {
                "object" => {
                    let def = std::sync::Arc::new(serde_json::from_str(&body).map_err(damaged)?);
                    catalog.objects.insert(name.into(), crate::catalog::Published { def, version, hash });
                }
                "role" => {
                    let def = std::sync::Arc::new(serde_json::from_str(&body).map_err(damaged)?);
                    catalog.roles.insert(name.into(), crate::catalog::Published { def, version, hash });
                }
                _ => {}
            }
        }
        Ok(catalog)
    }
}

impl Scope {
    /// What publishing would do, without doing it.
    ///
    /// # Errors
    /// Forbidden.
    pub fn preview(&self, kind: &str, name: &str, body: &Json) -> Result<Preview> {
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

/// Why the role as it would be may not be held beside the others that one person holds, as the code of the rule.
fn beside<'a>(
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

fn act_for(kind: &str, name: &str) -> Result<ActName> {
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

fn check(catalog: &Catalog, kind: &str, name: &str, body: &Json) -> Result<Checked> {
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

/// The thresholds without their version: it is counted by whoever publishes, not said.
fn unnumbered(rules: &Rules) -> Rules {
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
