//! The first start: the shipped packages are published by the path that a designer uses.

use crate::packages::{self, PackageError};
use kedun_vault::{Act, Task, Vault, VaultError};
use serde_json::json;

/// Why a house cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// A shipped package is broken.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The vault refuses.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A definition cannot be written as JSON.
    #[error("a definition: {0}")]
    Definition(#[from] serde_json::Error),
}

/// Publishes the shipped packages into a house that has none. Answers whether it did.
///
/// # Errors
/// A broken package, a database that fails.
pub async fn publish_packages(vault: &Vault) -> Result<bool, BootstrapError> {
    if !vault.catalog().objects.is_empty() {
        return Ok(false);
    }
    let packages = packages::packages()?;
    let mut tx = vault.system(Task::Bootstrap).begin().await?;
    for package in &packages {
        for object in &package.objects {
            tx.publish("object", object.name.as_str(), &serde_json::to_value(object)?, None).await?;
        }
    }
    for package in &packages {
        for role in &package.roles {
            tx.publish("role", role.name.as_str(), &serde_json::to_value(role)?, None).await?;
        }
        for notice in &package.notices {
            tx.publish("notice", &notice.purpose, &serde_json::to_value(notice)?, None).await?;
        }
    }
    let names: Vec<_> = packages.iter().map(|p| p.name.clone()).collect();
    tx.commit(Act::new("package.load", "definition").payload(json!({ "packages": names }))).await?;
    Ok(true)
}
