//! A copy leaves against a grant, which nobody makes, doubles or spends twice.
use kedun_model::flow::Snapshot;
use kedun_vault::{Act, Approved, ExportGrant, ExportOrder, Scope, Tx, VaultError};

pub async fn right_way(scope: &Scope, mut tx: Tx, order: &ExportOrder) -> Result<(), VaultError> {
    tx.grant_small_export(order)?;
    if let Some(grant) = tx.commit(Act::new("export.start", "export_case")).await?.into_grant() {
        scope.export(grant).await?.next().await?;
    }
    Ok(())
}

pub fn made(order: ExportOrder) {
    let _ = ExportGrant { order, most: 1 }; //~ E0451
}

pub fn doubled(grant: &ExportGrant) {
    let _: ExportGrant = grant.clone(); //~ E0308
    let _ = grant;
}

pub async fn spent_twice(scope: &Scope, grant: ExportGrant) -> Result<(), VaultError> {
    scope.export(grant).await?;
    scope.export(grant).await?; //~ E0382
    Ok(())
}

pub async fn without(scope: &Scope, order: ExportOrder) {
    let _ = scope.export(order).await; //~ E0308
    let _ = scope;
}

pub fn approved_by_nobody() {
    let _ = Approved { target: String::new(), snapshot: Snapshot::new([0; 32]), by: None }; //~ E0451
}

pub fn approved_twice(tx: &mut Tx, order: &ExportOrder, approved: Approved) {
    let _ = tx.grant_export(order, approved);
    let _ = tx.grant_export(order, approved); //~ E0382
}

pub fn approval_doubled(approved: &Approved) {
    let _: Approved = approved.clone(); //~ E0308
    let _ = approved;
}
