//! Who a house is: the id of its organisation, and the key that signs its log. Both are made once, when it is first opened.

use crate::error::{Result, VaultError};
use crate::ids;
use crate::keys::{self, Kek, Key32};
use crate::sql::Db;
use kedun_ledger::NoteSigner;

/// The id of the organisation, made where there is none yet.
pub(crate) async fn org_id(db: &Db) -> Result<String> {
    if let Some(id) = known_org(db).await? {
        return Ok(id);
    }
    let id = ids::new_id();
    let mut tx = db.begin().await?;
    tx.run(
        "name the organisation",
        "INSERT INTO setting (name, value) VALUES ('org', $1)",
        &[id.as_str().into()],
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// The id of the organisation; none in a house that was never opened.
pub(crate) async fn known_org(db: &Db) -> Result<Option<String>> {
    let sql = "SELECT value FROM setting WHERE name = 'org'";
    db.optional("read the organisation", sql, &[]).await?.map(|row| row.text(0)).transpose()
}

/// The key that signs checkpoints; made once, kept sealed beside the keyring.
pub(crate) async fn signer(keyring: &Db, kek: &Kek, org: &str) -> Result<NoteSigner> {
    if let Some(signer) = known_signer(keyring, kek, org).await? {
        return Ok(signer);
    }
    let seed = Key32::random()?;
    let sealed = keys::seal_system(&kek.derive(SIGNING), SIGNER, org, seed.expose())?;
    let mut tx = keyring.begin().await?;
    tx.run(
        "store the signing key",
        "INSERT INTO system_secret (name, sealed) VALUES ($1, $2)",
        &[SIGNER.into(), sealed.into()],
    )
    .await?;
    tx.commit().await?;
    from_seed(org, &seed)
}

/// The key that signs checkpoints; none in a house that was never opened.
pub(crate) async fn known_signer(keyring: &Db, kek: &Kek, org: &str) -> Result<Option<NoteSigner>> {
    let sql = "SELECT sealed FROM system_secret WHERE name = $1";
    let Some(row) = keyring.optional("read the signing key", sql, &[SIGNER.into()]).await? else {
        return Ok(None);
    };
    let opened = keys::open_system(&kek.derive(SIGNING), SIGNER, org, &row.bytes(0)?)?;
    let bytes: [u8; 32] =
        opened.expose().try_into().ok().ok_or_else(|| VaultError::Damaged("the signing key".to_owned()))?;
    from_seed(org, &Key32::from_bytes(bytes)).map(Some)
}

fn from_seed(org: &str, seed: &Key32) -> Result<NoteSigner> {
    NoteSigner::from_seed(&format!("kedun/{org}"), seed.expose())
        .map_err(|e| VaultError::Ledger(e.to_string()))
}

/// What the seed is sealed under.
const SIGNING: &str = "ledger-signing";
/// The name of the seed among the secrets of the house.
const SIGNER: &str = "ledger-signer";
