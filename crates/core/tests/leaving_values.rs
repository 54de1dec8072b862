//! The doors beside the door: paths on which a value or a hint could leave without a verdict or a row in the log.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, code, fields, houses};
use kedun_core::{followups, intake};
use kedun_model::{PersonId, Problem, RecordId};
use kedun_vault::{Act, Scope, SoughtEntries, VaultError};
use serde_json::json;
use std::sync::Arc;

/// Rows of the log of one action, with their decision.
async fn rows(house: &House, action: &str) -> Vec<(String, Option<String>)> {
    house.vault.sequence(false).await.unwrap();
    let auditor = house.as_("shen.ming").await;
    let mut found = Vec::new();
    let mut from = 0;
    loop {
        let page = auditor.ledger_entries(&SoughtEntries::from_place(from, Some(action)), 500).await.unwrap();
        let Some(last) = page.last().and_then(|e| e.seq) else { return found };
        from = last + 1;
        found.extend(page.into_iter().map(|e| (e.decision, e.object)));
    }
}

async fn denied(house: &House) -> usize {
    rows(house, "record.denied").await.iter().filter(|(decision, _)| decision == "denied").count()
}

async fn foreign(house: &House) -> (Scope, RecordId, PersonId) {
    let owner = house.as_("zhang.wei").await;
    let id = house.customers_of(&owner).await[0].clone();
    (house.as_("huang.lei").await, id, owner.person().clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_a_foreign_record_answers_not_found_and_leaves_a_denied_row() {
    for house in houses().await {
        let (stranger, id, owner) = foreign(&house).await;
        let patch = fields(json!({ "level": "A" }));
        for (what, id) in
            [("foreign", id), ("unknown", RecordId::new("01890000-0000-7000-8000-000000000000"))]
        {
            let before = denied(&house).await;
            let until = stranger.now() + 86_400_000;
            let mut outcomes = vec![
                ("get", stranger.get("customer", &id).await.map(drop)),
                ("reveal", stranger.reveal("customer", &id, "phone", "call").await.map(drop)),
                ("history", stranger.history("customer", &id).await.map(drop)),
                ("audience", stranger.audience("customer", &id).await.map(drop)),
                ("shares", stranger.shares("customer", &id).await.map(drop)),
                ("explain", stranger.explain("customer", &id, None, None).await.map(drop)),
                ("timeline", followups::timeline(&stranger, &id, None).await.map(drop)),
                ("intake update", intake::update(&stranger, "customer", &id, None, &patch).await.map(drop)),
            ];
            let mut tx = stranger.begin().await.unwrap();
            outcomes.push(("update", tx.update("customer", &id, None, &patch).await.map(drop)));
            assert!(
                tx.commit(Act::new("record.update", "customer")).await.is_err(),
                "a refused change is over"
            );
            let mut tx = stranger.begin().await.unwrap();
            outcomes.push(("delete", tx.set_deleted("customer", &id, None, true).await));
            drop(tx);
            let mut tx = stranger.begin().await.unwrap();
            outcomes.push(("transfer", tx.transfer("customer", &id, &owner, "other").await));
            drop(tx);
            let mut tx = stranger.begin().await.unwrap();
            outcomes.push(("claim", tx.claim("customer", &id).await));
            drop(tx);
            let mut tx = stranger.begin().await.unwrap();
            outcomes.push(("release", tx.release("customer", &id, None, "other").await));
            drop(tx);
            let mut tx = stranger.begin().await.unwrap();
            let shared = tx.share("customer", &id, &owner, false, "x y", until).await;
            outcomes.push(("share", shared.map(drop)));
            drop(tx);
            for (way, outcome) in &outcomes {
                assert_eq!(outcome.as_ref().err().map(code), Some("not_found".to_owned()), "{way} of {what}");
            }
            assert_eq!(denied(&house).await - before, outcomes.len(), "a row for each way to the {what} one");
        }
        // A link to a foreign record is as unknown as one to nothing, and is in the log like a look.
        let before = denied(&house).await;
        let link = fields(json!({ "customer": foreign(&house).await.1, "kind": "call", "content": "你好" }));
        assert_eq!(
            code(&followups::log(&stranger, link, &followups::Also::default()).await.unwrap_err()),
            "unknown_record"
        );
        assert_eq!(denied(&house).await - before, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_shows_the_record_only_after_its_row_is_written() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = house.customers_of(&rep).await[0].clone();
        let before = rows(&house, "record.read").await.len();
        let patch = fields(json!({ "level": "A" }));
        let conflict = intake::update(&rep, "customer", &id, Some(9_999), &patch).await.unwrap_err();
        let VaultError::RevisionConflict(current) = conflict else { panic!("{conflict:?}") };
        assert_eq!(current.id(), id.as_str());
        assert_eq!(rows(&house, "record.read").await.len(), before + 1);
        let looks = rep.audience("customer", &id).await.unwrap();
        assert!(looks.iter().any(|l| l.action == "read" && l.by.id == rep.person().as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_search_finds_is_in_the_audience_of_each_record_whatever_its_object() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = house.customers_of(&rep).await[0].clone();
        let title = rep.get("customer", &id).await.unwrap().title().unwrap().to_owned();
        let listed = |looks: &[kedun_vault::Look]| looks.iter().filter(|l| l.action == "listed").count();
        let manager = house.as_("wang.jianguo").await;
        assert_eq!(listed(&manager.audience("customer", &id).await.unwrap()), 1, "the rep's own list");
        let found = manager.search(&["lead", "customer"], &title, 20).await.unwrap().found;
        assert!(found.iter().any(|f| f.record.id() == id.as_str()));
        let looks = manager.audience("customer", &id).await.unwrap();
        assert!(
            looks.iter().any(|l| l.action == "listed" && l.by.id == manager.person().as_str()),
            "found through a search that began with leads"
        );
    }
}

/// The name of a contact is personal; an opportunity that names it must not show it without a row.
#[tokio::test(flavor = "multi_thread")]
async fn a_personal_title_of_a_linked_record_is_a_reading_of_that_record() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = house.customers_of(&rep).await[0].clone();
        let mut tx = rep.begin().await.unwrap();
        let new = |fields| kedun_vault::NewRecord { fields, ..kedun_vault::NewRecord::default() };
        let contact = tx
            .create("contact", new(fields(json!({ "customer": customer, "name": "秘密联系人" }))))
            .await
            .unwrap();
        let visit = tx
            .create(
                "follow_up",
                new(fields(json!({
                    "customer": customer, "kind": "call", "content": "谈了试用", "contact": contact,
                    "at": kedun_model::moment::text(rep.now()),
                }))),
            )
            .await
            .unwrap();
        tx.commit(Act::new("record.create", "follow_up")).await.unwrap();
        let manager = house.as_("wang.jianguo").await;
        let seen = serde_json::to_string(&manager.get("follow_up", &visit).await.unwrap()).unwrap();
        assert!(seen.contains("秘密联系人"), "{seen}");
        let looks = manager.audience("contact", &contact).await.unwrap();
        assert!(
            looks.iter().any(|l| l.by.id == manager.person().as_str() && l.fields == ["name"]),
            "{looks:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_reveals_at_once_do_not_outrun_the_quota() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let ids = Arc::new(house.customers_of(&rep).await);
        let most = rep.reveals_in_hour().await.unwrap().limit;
        let used = rep.reveals_in_hour().await.unwrap().used;
        let asked = usize::try_from(most).unwrap() + 12;
        let mut tasks = tokio::task::JoinSet::new();
        for i in 0..asked {
            let (rep, ids) = (rep.clone(), ids.clone());
            tasks.spawn(async move { rep.reveal("customer", &ids[i % ids.len()], "phone", "call").await });
        }
        let (mut shown, mut refused) = (0_i64, 0);
        while let Some(outcome) = tasks.join_next().await {
            match outcome.unwrap() {
                Ok(_) => shown += 1,
                Err(VaultError::TooMany { rule: "quota_exceeded", .. }) => refused += 1,
                Err(VaultError::Problem(Problem::Invalid(_))) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(shown + used, i64::from(most), "{refused} were refused");
        assert_eq!(rep.reveals_in_hour().await.unwrap().used, i64::from(most));
    }
}

/// Whoever may not write a field learns nothing about it by asking for duplicates.
#[tokio::test(flavor = "multi_thread")]
async fn duplicates_are_told_only_by_fields_that_the_caller_may_write() {
    let house = common::house(None).await;
    let rep = house.as_("zhang.wei").await;
    let phone = json!({ "phone": "13800138011", "name": "静安甲门诊" });
    let agreed = common::agreed(&house.vault);
    intake::create(&house.vault, &rep, "customer", fields(phone.clone()), Some(&agreed)).await.unwrap();
    let other = house.as_("huang.lei").await;
    assert_eq!(other.duplicates("customer", &fields(phone.clone())).await.unwrap().len(), 1);
    let security = house.as_("feng.an").await;
    let mut role = serde_json::to_value(&*house.vault.catalog().roles[&"rep".into()].def).unwrap();
    for grant in role["grants"].as_array_mut().unwrap() {
        if grant["object"] == "customer" {
            grant["fields"]["names"]["phone"] = json!("masked");
        }
    }
    let mut tx = security.begin().await.unwrap();
    tx.publish("role", "rep", &role, None).await.unwrap();
    tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
    let other = house.as_("huang.lei").await;
    assert_eq!(other.duplicates("customer", &fields(phone)).await.unwrap().len(), 0);
}

/// An account's login is for those who manage accounts, also as a way to find somebody.
#[tokio::test(flavor = "multi_thread")]
async fn the_directory_is_not_searched_by_what_it_does_not_show() {
    let house = common::house(None).await;
    let rep = house.as_("zhang.wei").await;
    assert!(rep.people("wang.jianguo", 10).await.unwrap().is_empty());
    assert_eq!(house.as_("zheng.kai").await.people("wang.jianguo", 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_that_write_at_once_one_wins_and_the_other_learns_what_it_wrote() {
    for house in houses().await {
        let (here, there) = match &house.source {
            kedun_vault::Source::Postgres { .. } => (house.vault.clone(), house.again().await),
            kedun_vault::Source::Sqlite { .. } => (house.vault.clone(), house.vault.clone()),
        };
        let token = house.sign_in("zhang.wei").await.unwrap().token;
        let rep = here.authenticate(&token).await.unwrap();
        let elsewhere = there.authenticate(&token).await.unwrap();
        let customer = house.customers_of(&rep).await[0].clone();
        for round in 0..40 {
            let revision = rep.get("customer", &customer).await.unwrap().revision();
            let patch = |name: &str| fields(json!({ "name": format!("{name}{round}") }));
            let (one, other) = (patch("甲"), patch("乙"));
            let (first, second) = tokio::join!(
                intake::update(&rep, "customer", &customer, Some(revision), &one),
                intake::update(&elsewhere, "customer", &customer, Some(revision), &other)
            );
            let ((Ok(won), Err(lost)) | (Err(lost), Ok(won))) = (first, second) else {
                panic!("both or none of two writers won in round {round}")
            };
            let VaultError::RevisionConflict(current) = lost else { panic!("round {round}: {lost:?}") };
            assert_eq!(current.clear_text("name"), won.clear_text("name"));
            assert_eq!(current.revision(), revision + 1);
        }
    }
}
