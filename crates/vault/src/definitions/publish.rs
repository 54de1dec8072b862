//! Publishing: checked against what is stored now, as the next version, never over the present one.

use super::check::{act_for, beside, check};
use crate::catalog::Catalog;
use crate::error::{Result, VaultError};
use crate::tx::Tx;
use kedun_model::{FieldError, ObjectDef, ObjectName, Problem, RoleDef, RoleName};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Whether there is a record of an object, also in the recycle bin: it may come out again.
pub(super) const ANY: &str = "SELECT id FROM record WHERE object = $1 LIMIT 1";

/// The indexes that a definition asks for and that records of before are not in; none when there is nothing to ask.
pub(super) fn missing_indexes(
    catalog: &Catalog,
    body: &str,
) -> Result<Option<(ObjectName, Vec<FieldError>)>> {
    let next: ObjectDef = serde_json::from_str(body).map_err(|e| VaultError::Damaged(e.to_string()))?;
    let present = catalog.objects.get(&next.name);
    let missing = present.map(|present| next.needs_reindex(&present.def)).unwrap_or_default();
    Ok((!missing.is_empty()).then_some((next.name, missing)))
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
        match kind {
            "role" => self.check_holders(&catalog, name, &checked.body).await?,
            "object" => self.check_records(&catalog, &checked.body).await?,
            _ => {}
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

    /// An index that records of before would not be in is not published while there are any.
    async fn check_records(&mut self, catalog: &Catalog, body: &str) -> Result<()> {
        let missing = missing_indexes(catalog, body)?;
        let Some((object, problems)) = missing else { return Ok(()) };
        match self.write.optional("look for records of an object", ANY, &[(&object).into()]).await? {
            Some(_) => Err(Problem::Invalid(problems).into()),
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

    /// Objects and roles as they stand published within this change.
    pub(crate) async fn stored_catalog(&mut self) -> Result<Catalog> {
        let rows = self
            .write
            .all(
                "read definitions",
                "SELECT kind, name, version, hash, body FROM definition \
                 WHERE state = 'published' AND kind IN ('object', 'role')",
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
