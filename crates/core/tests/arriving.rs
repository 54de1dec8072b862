//! Nobody is taken down twice: not by many at once, not by another process over the same database, and not by giving a
//! number that is known to another record.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{agreed, code, fields, houses};
use kedun_core::intake;
use kedun_model::RecordId;
use kedun_vault::Source;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn of_many_who_take_down_the_same_number_at_once_one_does() {
    for house in houses().await {
        let mut vaults = vec![house.vault.clone()];
        if matches!(house.source, Source::Postgres { .. }) {
            vaults.push(house.again().await);
        }
        let mut scopes = Vec::new();
        for login in ["zhang.wei", "li.na"] {
            let token = house.sign_in(login).await.unwrap().token;
            for vault in &vaults {
                scopes.push((vault.clone(), vault.authenticate(&token).await.unwrap()));
            }
        }
        for round in 0..12 {
            let mut work = Vec::new();
            for n in 0..8 {
                let (vault, scope) = scopes[n % scopes.len()].clone();
                work.push(tokio::spawn(async move {
                    let phone = format!("139000077{round:02}");
                    let new = fields(json!({ "name": format!("竞{round} {n}"), "phone": phone }));
                    intake::create(&vault, &scope, "customer", new, Some(&agreed(&vault))).await
                }));
            }
            let mut outcomes = Vec::new();
            for one in work {
                outcomes.push(one.await.unwrap().map(drop).map_err(|error| code(&error)));
            }
            let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
            assert_eq!(made, 1, "round {round}: {outcomes:?}");
            let told = outcomes.iter().filter(|o| o.as_ref().is_err_and(|code| code == "duplicate")).count();
            assert_eq!(told, 7, "round {round}: {outcomes:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_known_is_not_given_to_another_record() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let other = house.as_("li.na").await;
        let make = async |scope: &kedun_vault::Scope, name: &str, phone: &str| {
            let new = fields(json!({ "name": name, "phone": phone }));
            let made = intake::create(vault, scope, "customer", new, Some(&agreed(vault))).await.unwrap();
            RecordId::new(made.id())
        };
        let first = make(&rep, "先到诊所", "13900008801").await;
        let second = make(&rep, "后到诊所", "13900008802").await;
        let elsewhere = make(&other, "别组诊所", "13900008803").await;
        let phone = |number: &str| fields(json!({ "phone": number }));
        for (scope, id) in [(&rep, &second), (&other, &elsewhere)] {
            let refused =
                intake::update(scope, "customer", id, None, &phone("13900008801")).await.unwrap_err();
            assert_eq!(code(&refused), "duplicate");
        }
        let shown = rep.reveal("customer", &second, "phone", "call").await.unwrap();
        assert!(shown.value.to_string().contains("13900008802"), "nothing was written");
        // Its own number, in whatever form it comes back, is nobody else's; a free one is free, and leaves the old one so.
        intake::update(&rep, "customer", &first, None, &phone("139 0000 8801")).await.unwrap();
        intake::update(&rep, "customer", &second, None, &phone("13900008804")).await.unwrap();
        intake::update(&rep, "customer", &first, None, &phone("13900008802")).await.unwrap();
    }
}
