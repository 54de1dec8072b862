//! A change becomes true by one commit with its row in the log, and is over then.
use kedun_model::{PersonId, RecordId};
use kedun_vault::{Act, Committed, Scope, Tx, VaultError};

pub async fn right_way(scope: &Scope, id: &RecordId, to: &PersonId) -> Result<Committed, VaultError> {
    let mut tx = scope.begin().await?;
    tx.transfer("customer", id, to, "other").await?;
    tx.commit(Act::new("record.transfer", "customer")).await
}

pub async fn after(mut tx: Tx, id: &RecordId, to: &PersonId) -> Result<(), VaultError> {
    tx.commit(Act::new("record.transfer", "customer")).await?;
    tx.transfer("customer", id, to, "other").await?; //~ E0382
    let _ = (id, to);
    Ok(())
}

pub async fn twice(tx: Tx) -> Result<(), VaultError> {
    tx.commit(Act::new("record.update", "customer")).await?;
    tx.commit(Act::new("record.update", "customer")).await?; //~ E0382
    Ok(())
}

pub async fn unlogged(tx: Tx) -> Result<(), VaultError> {
    let _ = tx.write.commit(); //~ E0616
    drop(tx);
    Ok(())
}

pub async fn logged_as_nothing(tx: Tx) {
    let _ = tx.commit().await; //~ E0061
}

pub fn lent(tx: &mut Tx, scope: Scope) {
    tx.scope = scope; //~ E0616
    let _ = tx;
}

pub fn proven(of: Committed) {
    let Committed { written, .. } = of; //~ E0451
}

pub async fn backwards(tx: &mut Tx, id: &RecordId, to: &PersonId) {
    let _ = tx.transfer("customer", to, id, "other").await; //~ E0308
    let _ = (tx, id, to);
}
