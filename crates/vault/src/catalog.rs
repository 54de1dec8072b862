//! The published definitions, in memory. Loaded anew after every publication; no restart.

use crate::error::{Result, VaultError};
use crate::sql::Db;
use kedun_model::alert::Rules;
use kedun_model::notice::NoticeDef;
use kedun_model::{Company, ObjectDef, ObjectName, Problem, RoleDef, RoleName, Zone};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name under which the company is published.
pub(crate) const COMPANY: &str = "company";

/// A definition with the version it was published as.
#[derive(Clone, Debug)]
pub struct Published<T> {
    /// The definition.
    pub def: Arc<T>,
    /// Counts from 1.
    pub version: i64,
    /// SHA-256 of the published text, hex.
    pub hash: String,
}

/// Everything that is published now.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Objects by name.
    pub objects: BTreeMap<ObjectName, Published<ObjectDef>>,
    /// Roles by name.
    pub roles: BTreeMap<RoleName, Published<RoleDef>>,
    /// Privacy notices by purpose.
    pub notices: BTreeMap<String, Published<NoticeDef>>,
    /// The thresholds of the alert rules: ours until a company publishes its own.
    pub rules: Arc<Rules>,
    /// The company: what the product assumes until one is published.
    pub company: Arc<Company>,
    /// The version of the above, from 1; 0 while nobody has published one.
    pub company_version: i64,
    /// Hash over all of the above; every ledger row names the policy it was judged by.
    pub hash: [u8; 32],
}

impl Catalog {
    /// The object of that name.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when there is none.
    pub fn object(&self, name: &ObjectName) -> Result<&Arc<ObjectDef>> {
        self.objects.get(name).map(|p| &p.def).ok_or_else(|| Problem::NotFound.into())
    }

    /// The zone whose midnight begins the company's day.
    pub fn zone(&self) -> Zone {
        self.company.calendar.zone
    }

    pub(crate) async fn load(db: &Db) -> Result<Catalog> {
        let rows = db
            .all(
                "load definitions",
                "SELECT kind, name, version, hash, body FROM definition WHERE state = 'published' ORDER BY kind, name",
                &[],
            )
            .await?;
        let mut catalog = Catalog::default();
        let mut digest = Sha256::new();
        for row in rows {
            let (kind, name, version, hash, body) =
                (row.text(0)?, row.text(1)?, row.int(2)?, row.text(3)?, row.text(4)?);
            digest.update(hash.as_bytes());
            match kind.as_str() {
                "object" => {
                    let def = Arc::new(read(&kind, &name, &body)?);
                    catalog.objects.insert(name.into(), Published { def, version, hash });
                }
                "role" => {
                    let def = Arc::new(read(&kind, &name, &body)?);
                    catalog.roles.insert(name.into(), Published { def, version, hash });
                }
                "notice" => {
                    let def = Arc::new(read(&kind, &name, &body)?);
                    catalog.notices.insert(name, Published { def, version, hash });
                }
                "rules" if name == COMPANY => {
                    catalog.company = Arc::new(read(&kind, &name, &body)?);
                    catalog.company_version = version;
                }
                "rules" => {
                    let mut rules: Rules = read(&kind, &name, &body)?;
                    // What nobody published is version 1; the first that a company publishes is 2.
                    rules.version = u32::try_from(version).unwrap_or(u32::MAX).saturating_add(1);
                    catalog.rules = Arc::new(rules);
                }
                _ => return Err(VaultError::Damaged(format!("a definition of unknown kind {kind:?}"))),
            }
        }
        // The rules go by the company's clock, whichever of the two was published last.
        let mut rules = Rules::clone(&catalog.rules);
        rules.off_hours.calendar = catalog.company.calendar.clone();
        catalog.rules = Arc::new(rules);
        catalog.hash = digest.finalize().into();
        Ok(catalog)
    }
}

fn read<T: serde::de::DeserializeOwned>(kind: &str, name: &str, body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(|e| VaultError::Damaged(format!("the {kind} definition {name}: {e}")))
}
