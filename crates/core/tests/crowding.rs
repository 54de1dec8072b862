//! Many changes at once over few connections: whoever makes a change may read beside it, and nobody waits for ever.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, fields, houses, kek, options};
use kedun_core::handover;
use kedun_vault::{Act, NewRecord, Options, Vault, VaultError};
use serde_json::json;

/// The same house with one connection to read and one to write.
async fn over_one_connection(house: &House) -> House {
    let options = Options { readers: 1, ..options(house.source.clone()) };
    let vault = Vault::open(options, &kek(), house.clock.clone()).await.unwrap();
    House {
        vault,
        source: house.source.clone(),
        clock: house.clock.clone(),
        folder: tempfile::tempdir().unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_changes_that_read_beside_themselves_finish_over_one_connection() {
    for house in houses().await {
        let few = over_one_connection(&house).await;
        let admin = few.as_("zheng.kai").await;
        let seller = few.as_("li.na").await;
        let mut work = Vec::new();
        for leaver in ["zhang.wei", "huang.lei"] {
            let person = few.id_of(leaver).await;
            let (vault, admin) = (few.vault.clone(), admin.clone());
            // Takes inventory, proposes heirs and counts loads while its change is open.
            work.push(tokio::spawn(async move {
                handover::begin(&vault, &admin, &person, "resignation").await.map(drop)
            }));
        }
        for i in 0..24 {
            let scope = seller.clone();
            work.push(tokio::spawn(async move {
                let mut tx = scope.begin().await?;
                let name = format!("crowd {i}");
                let new = NewRecord { fields: fields(json!({ "company": name })), ..NewRecord::default() };
                tx.create("lead", new).await?;
                // A read through the other connection, while this one is held.
                scope.loads(&"customer".into()).await?;
                tx.commit(Act::new("test", "lead")).await.map(drop)
            }));
        }
        for one in work {
            one.await.unwrap().unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_join_while_a_change_is_being_made() {
    for house in houses().await {
        let scope = house.as_("li.na").await;
        let mut tx = scope.begin().await.unwrap();
        let new = NewRecord { fields: fields(json!({ "company": "crowd" })), ..NewRecord::default() };
        tx.create("lead", new).await.unwrap();
        // More at once than there are connections by now: the others are made while the change is open.
        let reads: Vec<_> = (0..24)
            .map(|_| {
                let scope = scope.clone();
                tokio::spawn(async move { scope.loads(&"customer".into()).await.map(drop) })
            })
            .collect();
        for read in reads {
            read.await.unwrap().unwrap();
        }
        tx.commit(Act::new("test", "lead")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_the_writing_lane_and_asks_for_it_again_is_refused_and_does_not_hang() {
    let house = common::house(None).await;
    let scope = house.as_("li.na").await;
    let held = scope.begin().await.unwrap();
    let again = scope.begin().await;
    assert!(matches!(again, Err(VaultError::LedgerUnavailable(_))));
    drop(held);
    let tx = scope.begin().await.unwrap();
    tx.commit(Act::new("test", "lead")).await.unwrap();
}
