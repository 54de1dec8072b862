//! Giving a record away: to whom, and from where. Whoever could not own it would bury it, and the recycle bin is no way to
//! somebody else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{code, fields, houses};
use kedun_core::intake;
use kedun_model::RecordId;
use kedun_model::filter::Filter;
use kedun_vault::{Act, Query, Scope, Task, Tx};
use serde_json::json;

fn binned(customer: &RecordId) -> Query {
    let filter = json!({ "field": "customer", "op": "eq", "value": customer });
    Query { filter: Some(Filter::parse(&filter).unwrap()), deleted: true, limit: 5, ..Query::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_given_what_they_could_not_own() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = house.customers_of(&rep).await[0].clone();
        for login in ["shen.ming", "sun.yue", "xu.hui"] {
            let heir = house.id_of(login).await;
            let mut tx = rep.begin().await.unwrap();
            let refused = tx.transfer("customer", &customer, &heir, "x").await.unwrap_err();
            assert_eq!(code(&refused), "cannot_own", "{login}");
        }
        let heir = house.id_of("li.na").await;
        let mut tx = rep.begin().await.unwrap();
        tx.transfer("customer", &customer, &heir, "她更近").await.unwrap();
        tx.commit(Act::new("record.transfer", "customer").on(&customer, None)).await.unwrap();
        assert!(house.as_("li.na").await.get("customer", &customer).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_the_recycle_bin_goes_to_nobody() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let friend = house.id_of("li.na").await;
        let customer = house.customers_of(&rep).await[0].clone();
        let begin = async |scope: &Scope| -> Tx { scope.begin().await.unwrap() };
        let mut tx = begin(&rep).await;
        tx.set_deleted("customer", &customer, None, true).await.unwrap();
        tx.commit(Act::new("record.delete", "customer").on(&customer, None)).await.unwrap();

        let refused = begin(&rep).await.transfer("customer", &customer, &friend, "x").await.unwrap_err();
        assert_eq!(code(&refused), "deleted");
        let refused = begin(&rep).await.release("customer", &customer, None, "x").await.unwrap_err();
        assert_eq!(code(&refused), "deleted");
        let until = rep.now() + 86_400_000;
        let shared = begin(&rep).await.share("customer", &customer, &friend, true, "visit", until).await;
        assert_eq!(code(&shared.unwrap_err()), "deleted");

        // Nor is what belongs under it taken out alone: it would belong under nothing.
        let whole = house.vault.system(Task::Bootstrap);
        let contact = whole.query("contact", &binned(&customer)).await.unwrap().records;
        let contact = RecordId::new(contact.first().unwrap().id());
        let refused = begin(&whole).await.set_deleted("contact", &contact, None, false).await.unwrap_err();
        assert_eq!(code(&refused), "parent_deleted");

        // What was released first cannot be claimed out of the bin either.
        let mut tx = begin(&rep).await;
        tx.set_deleted("customer", &customer, None, false).await.unwrap();
        tx.release("customer", &customer, None, "x").await.unwrap();
        tx.commit(Act::new("record.release", "customer").on(&customer, None)).await.unwrap();
        let wholetask = house.vault.system(kedun_vault::Task::Demo);
        let mut tx = begin(&wholetask).await;
        tx.set_deleted("customer", &customer, None, true).await.unwrap();
        tx.commit(Act::new("test", "customer")).await.unwrap();
        let other = house.as_("li.na").await;
        let refused = begin(&other).await.claim("customer", &customer).await.unwrap_err();
        assert!(["deleted", "not_found"].contains(&code(&refused).as_str()), "{refused:?}");
    }
}

/// Nobody is taken down twice: not by way of the recycle bin either.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_taken_down_anew_does_not_come_out_of_the_recycle_bin_as_well() {
    for house in houses().await {
        let (rep, other) = (house.as_("zhang.wei").await, house.as_("chen.jing").await);
        let new = |name: &str| fields(json!({ "name": name, "phone": "13600007701" }));
        let agreed = common::agreed(&house.vault);
        let first =
            intake::create(&house.vault, &rep, "customer", new("回收诊所"), Some(&agreed)).await.unwrap();
        let first = RecordId::new(first.id());
        let bin = async |scope: &Scope, id: &RecordId| {
            let mut tx = scope.begin().await.unwrap();
            tx.set_deleted("customer", id, None, true).await.unwrap();
            tx.commit(Act::new("record.delete", "customer").on(id, None)).await.unwrap();
        };
        bin(&rep, &first).await;
        let second =
            intake::create(&house.vault, &other, "customer", new("重录诊所"), Some(&agreed)).await.unwrap();
        let refused = intake::restore(&rep, "customer", &first).await.unwrap_err();
        assert_eq!(code(&refused), "duplicate");
        bin(&other, &RecordId::new(second.id())).await;
        assert_eq!(intake::restore(&rep, "customer", &first).await.unwrap().title(), Some("回收诊所"));
    }
}
