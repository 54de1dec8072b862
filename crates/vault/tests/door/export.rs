//! A copy leaves against a grant, which nobody makes, doubles or spends twice.
use kedun_vault::{Approved, ExportGrant, ExportOrder, Page, Scope, Tx, VaultError};

pub async fn right_way(scope: &Scope, tx: &mut Tx, order: &ExportOrder) -> Result<(), VaultError> {
    let grant = tx.grant_small_export(order).await?;
    scope.export(grant, async |_: Page| Ok::<(), VaultError>(())).await
}

pub fn made(order: ExportOrder) {
    let _ = ExportGrant { order }; //~ E0451
}

pub fn doubled(grant: &ExportGrant) {
    let _: ExportGrant = grant.clone(); //~ E0308
    let _ = grant;
}

pub async fn spent_twice(scope: &Scope, grant: ExportGrant) -> Result<(), VaultError> {
    scope.export(grant, async |_: Page| Ok::<(), VaultError>(())).await?;
    scope.export(grant, async |_: Page| Ok::<(), VaultError>(())).await?; //~ E0382
    Ok(())
}

pub async fn without(scope: &Scope, order: ExportOrder) {
    let _ = scope.export(order, async |_: Page| Ok::<(), VaultError>(())).await; //~ E0308
    let _ = scope;
}

pub fn approved_by_nobody() {
    let _ = Approved { target: String::new(), by: None }; //~ E0451
}

pub fn approved_twice(tx: &mut Tx, order: &ExportOrder, approved: Approved) {
    let _ = tx.grant_export(order, approved);
    let _ = tx.grant_export(order, approved); //~ E0382
}

pub fn approval_doubled(approved: &Approved) {
    let _: Approved = approved.clone(); //~ E0308
    let _ = approved;
}
