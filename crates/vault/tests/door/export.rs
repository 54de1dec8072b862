//! A copy leaves against a grant, which nobody makes, doubles or spends twice.
use kedun_vault::{Act, Approved, ExportGrant, ExportOrder, Exported, Scope, Tx, VaultError, snapshot_hash};

pub async fn right_way(scope: &Scope, mut tx: Tx, order: &ExportOrder) -> Result<Exported, VaultError> {
    tx.grant_small_export(order)?;
    let granted = tx.commit(Act::new("export.start", "customer")).await?.into_grant();
    let Some(grant) = granted else { return Err(VaultError::NoSession) };
    let mut leaving = scope.export(grant).await?;
    while leaving.next().await?.is_some() {}
    leaving.finish().await
}

pub fn made(order: ExportOrder) {
    let _ = ExportGrant { order, most: 1 }; //~ E0451
}

pub fn doubled(grant: &ExportGrant) {
    let _: ExportGrant = grant.clone(); //~ E0308
    let _ = grant;
}

pub async fn spent_twice(scope: &Scope, grant: ExportGrant) -> Result<(), VaultError> {
    let _ = scope.export(grant).await?;
    let _ = scope.export(grant).await?; //~ E0382
    Ok(())
}

pub async fn without(scope: &Scope, order: ExportOrder) {
    let _ = scope.export(order).await; //~ E0308
    let _ = scope;
}

pub fn approved_by_nobody() {
    let snapshot = snapshot_hash(&serde_json::Value::Null);
    let _ = Approved { target: String::new(), snapshot, by: None }; //~ E0451
}

pub fn approved_twice(tx: &mut Tx, order: &ExportOrder, approved: Approved) {
    let _ = tx.grant_export(order, approved);
    let _ = tx.grant_export(order, approved); //~ E0382
}

pub fn approval_doubled(approved: &Approved) {
    let _: Approved = approved.clone(); //~ E0308
    let _ = approved;
}
