//! Step 8, leaving: LV-02 (everything ends at once) and LV-03 (nothing is left without an owner).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{code, houses};
use kedun_core::exports;
use kedun_core::handover::{self, HANDOVER};
use kedun_ledger::note::Note;
use kedun_model::{PersonId, RecordId};
use kedun_vault::{Act, NewRecord, Scope, SoughtEntries, Source, Tx, Vault, VaultError};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinHandle;

async fn run_all(vault: &Vault, scope: &Scope, case: &RecordId) -> bool {
    handover::execute(vault, scope, case).await.unwrap();
    handover::run(vault, case).await.unwrap()
}

fn certificate_body(vault: &Vault, text: &str) -> serde_json::Value {
    let note = Note::parse(text).unwrap();
    note.verify(&[vault.ledger_key().parse().unwrap()]).unwrap();
    let (title, body) = note.text().split_once('\n').unwrap();
    assert!(title.starts_with("kedun-certificate/1 "), "{title}");
    serde_json::from_str(body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn lv_02_lv_03_a_leaver_is_shut_out_at_once_and_everything_finds_an_owner() {
    for house in houses().await {
        let vault = &house.vault;
        let token = house.sign_in("zhang.wei").await.unwrap().token;
        let leaver = vault.authenticate(&token).await.unwrap();
        let (manager, elsewhere) = (house.as_("zhao.qiang").await, house.as_("lin.tao").await);
        let customers = house.customers_of(&leaver).await;
        assert!(customers.len() > 3);
        // One lies in the recycle bin, one is worked on by a colleague.
        let friend = house.id_of("li.na").await;
        let mut tx = leaver.begin().await.unwrap();
        tx.set_deleted("customer", &customers[0], None, true).await.unwrap();
        let until = vault.clock().now() + 86_400_000;
        tx.share("customer", &customers[1], &friend, true, "joint visit", until).await.unwrap();
        tx.commit(Act::new("test", "customer")).await.unwrap();
        let before = leaver.get("customer", &customers[2]).await.unwrap();
        let mut signals = vault.signals();

        // The manager of another region, a colleague and the leaver themselves: no.
        for scope in [&elsewhere, &house.as_("li.na").await] {
            let refused = handover::begin(vault, scope, leaver.person(), "resignation").await.unwrap_err();
            assert_eq!(code(&refused), "handovers.run");
        }
        let (case, items) = handover::begin(vault, &manager, leaver.person(), "resignation").await.unwrap();
        assert_eq!(case.state, "planned");
        assert_eq!(case.inventory[&"customer".into()], i64::try_from(customers.len()).unwrap());
        assert!(case.inventory.contains_key(&"follow_up".into()));
        assert!(case.ended.sessions >= 1 && case.ended.devices >= 1);
        let id = RecordId::new(case.id.as_str());

        // LV-02: dead on the next request, no way back in, and whoever streams is told.
        assert!(matches!(vault.authenticate(&token).await, Err(VaultError::NoSession)));
        assert!(matches!(house.sign_in("zhang.wei").await, Err(VaultError::InvalidCredentials)));
        assert!(vault.on_behalf(leaver.person(), kedun_vault::Task::Export).is_err());
        assert!(matches!(
            signals.try_recv(),
            Ok(kedun_vault::Signal::RightsChanged | kedun_vault::Signal::Fact(_))
        ));
        let again = handover::begin(vault, &manager, leaver.person(), "resignation").await.unwrap_err();
        assert_eq!(code(&again), "handover_open");

        let item = |record: &RecordId| items.iter().find(|i| i.record == *record).unwrap();
        assert_eq!(
            (item(&customers[1]).heir.as_ref(), item(&customers[1]).why.as_str()),
            (Some(&friend), "collaborator")
        );
        assert!(items.iter().any(|i| i.record == customers[0]), "the recycle bin is handed over too");
        assert!(items.iter().all(|i| i.heir.as_ref() != Some(leaver.person())));

        // The other manager does not even learn that there is a case.
        assert_eq!(code(&handover::one(vault, &elsewhere, &id).await.unwrap_err()), "not_found");
        assert_eq!(code(&handover::execute(vault, &elsewhere, &id).await.unwrap_err()), "not_found");
        assert_eq!(code(&handover::certificate(&manager, &id).await.unwrap_err()), "not_found");

        // Edited by hand: not to the leaver, not to somebody who cannot own customers, not what is not in the plan.
        let assign = |record: &RecordId, heir: &PersonId| BTreeMap::from([(record.clone(), heir.clone())]);
        let auditor = house.id_of("shen.ming").await;
        for heir in [leaver.person(), &auditor] {
            let refused =
                handover::assign(vault, &manager, &id, &assign(&customers[2], heir)).await.unwrap_err();
            assert_eq!(code(&refused), "cannot_own");
        }
        let unknown = assign(&RecordId::new("nothing"), &friend);
        assert_eq!(
            code(&handover::assign(vault, &manager, &id, &unknown).await.unwrap_err()),
            "not_in_the_plan"
        );
        handover::assign(vault, &manager, &id, &assign(&customers[2], manager.person())).await.unwrap();

        assert!(run_all(vault, &manager, &id).await);
        let done = handover::one(vault, &manager, &id).await.unwrap();
        assert_eq!((done.state.as_str(), done.progress.waiting, done.progress.refused), ("done", 0, 0));
        assert_eq!(done.progress.moved, done.progress.total);
        assert!(run_all_again_changes_nothing(vault, &manager, &id).await);

        // Stage, plans and history are what they were; the new owner works on.
        let after = manager.get("customer", &customers[2]).await.unwrap();
        assert_eq!(after.owner(), Some(manager.person().as_str()));
        assert_eq!(after.clear_text("stage"), before.clear_text("stage"));
        let history = manager.history("customer", &customers[2]).await.unwrap();
        assert!(history.iter().any(|c| c.action == "transfer" && c.by.id == manager.person().as_str()));
        let new_owner = house.as_("li.na").await;
        assert_eq!(new_owner.get("customer", &customers[1]).await.unwrap().owner(), Some(friend.as_str()));

        let text = handover::certificate(&manager, &id).await.unwrap();
        let body = certificate_body(vault, &text);
        assert_eq!(body["left"], 0);
        assert_eq!(body["inventory"]["customer"], customers.len());
        assert_eq!(body["operator"]["id"], manager.person().as_str());
        assert!(body["ended"]["sessions"].as_u64().unwrap() >= 1);
        let forged = text.replace("\"left\": 0", "\"left\": 1");
        assert!(Note::parse(&forged).unwrap().verify(&[vault.ledger_key().parse().unwrap()]).is_err());

        let auditor = house.as_("shen.ming").await;
        vault.sequence(true).await.unwrap();
        for action in ["handover.begin", "handover.transfer", "handover.done"] {
            assert!(
                !auditor
                    .ledger_entries(&SoughtEntries::from_place(0, Some(action)), 100)
                    .await
                    .unwrap()
                    .is_empty(),
                "{action}"
            );
        }
        assert!(vault.verify_ledger().await.unwrap().ok);
    }
}

async fn run_all_again_changes_nothing(vault: &Vault, scope: &Scope, case: &RecordId) -> bool {
    assert_eq!(code(&handover::execute(vault, scope, case).await.unwrap_err()), "finished");
    handover::run(vault, case).await.unwrap()
}

/// What the leaver makes while the account is being frozen: on SQLite it shares the commit, on PostgreSQL it comes late.
#[tokio::test(flavor = "multi_thread")]
async fn lv_03_what_was_made_at_the_last_moment_moves_and_is_in_the_certificate() {
    for house in houses().await {
        let vault = house.vault.clone();
        let (leaver, manager) = (house.as_("zhang.wei").await, house.as_("zhao.qiang").await);
        let before = i64::try_from(house.customers_of(&leaver).await.len()).unwrap();
        let mut making = leaver.begin().await.unwrap();
        let named = common::fields(json!({ "name": "最后一刻新建" }));
        making.create("customer", NewRecord { fields: named, ..NewRecord::default() }).await.unwrap();
        let person = leaver.person().clone();
        let (with, by) = (vault.clone(), manager.clone());
        let beginning =
            tokio::spawn(async move { handover::begin(&with, &by, &person, "resignation").await.unwrap() });
        let made = making.commit_when(&house, &beginning).await;
        let (case, items) = beginning.await.unwrap();
        made.unwrap();
        let planned = items.iter().filter(|item| item.object.as_str() == "customer").count();
        assert_eq!(case.inventory[&"customer".into()], i64::try_from(planned).unwrap());

        let id = RecordId::new(case.id.as_str());
        assert!(run_all(&vault, &manager, &id).await);
        let body = certificate_body(&vault, &handover::certificate(&manager, &id).await.unwrap());
        assert_eq!(body["inventory"]["customer"], before + 1);
        let moved: i64 = body["heirs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|heir| heir["records"]["customer"].as_i64().unwrap_or(0))
            .sum();
        assert_eq!(moved, before + 1);
        let shown = handover::one(&vault, &manager, &id).await.unwrap();
        assert_eq!(shown.inventory[&"customer".into()], before + 1);
    }
}

/// Commits when somebody else's change has come as far as it comes beside an open one.
trait CommitWhen {
    async fn commit_when<T>(self, house: &common::House, other: &JoinHandle<T>) -> Result<(), VaultError>;
}

impl CommitWhen for Tx {
    async fn commit_when<T>(self, house: &common::House, other: &JoinHandle<T>) -> Result<(), VaultError> {
        let waits = matches!(house.source, Source::Sqlite { .. });
        while !waits && !other.is_finished() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // On SQLite it stands in the queue by then, and both are committed at once.
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.commit(Act::new("record.create", "customer")).await.map(drop)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lv_03_an_administrator_who_owns_nothing_runs_it_and_what_cannot_move_keeps_it_open() {
    for house in houses().await {
        let vault = &house.vault;
        let admin = house.as_("zheng.kai").await;
        let leaver = house.as_("huang.lei").await;
        let customers = house.customers_of(&leaver).await;
        let heir = house.as_("li.na").await;
        let (case, items) = handover::begin(vault, &admin, leaver.person(), "dismissal").await.unwrap();
        let id = RecordId::new(case.id.as_str());
        // They see numbers and ids, no names of customers.
        assert!(items.iter().all(|i| i.title.is_none()));
        let all: BTreeMap<_, _> = items
            .iter()
            .filter(|i| ["customer", "lead"].contains(&i.object.as_str()))
            .map(|i| (i.record.clone(), heir.person().clone()))
            .collect();
        handover::assign(vault, &admin, &id, &all).await.unwrap();
        // The heir leaves as well before it runs: nothing may go to a frozen account.
        let mut tx = admin.begin().await.unwrap();
        tx.freeze(heir.person()).await.unwrap();
        tx.commit(Act::new("test", "person")).await.unwrap();
        let admin = house.as_("zheng.kai").await;
        assert!(!run_all(vault, &admin, &id).await);
        let stuck = handover::one(vault, &admin, &id).await.unwrap();
        assert_eq!(stuck.state, "running");
        assert!(stuck.results["refused"]["cannot_own"].as_i64().unwrap() > 0, "{}", stuck.results);
        assert_eq!(code(&handover::certificate(&admin, &id).await.unwrap_err()), "not_found");

        let manager = house.id_of("liu.fang").await;
        let all: BTreeMap<_, _> = all.into_keys().map(|record| (record, manager.clone())).collect();
        handover::assign(vault, &admin, &id, &all).await.unwrap();
        // A restart in the middle: what was running goes on.
        handover::execute(vault, &admin, &id).await.unwrap();
        let restarted = house.again().await;
        assert_eq!(handover::resume(&restarted).await.unwrap(), std::slice::from_ref(&id));
        let owner = house.as_("liu.fang").await;
        for customer in &customers {
            assert_eq!(owner.get("customer", customer).await.unwrap().owner(), Some(manager.as_str()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lv_03_two_processes_that_carry_out_one_handover_move_each_record_once() {
    for house in houses().await {
        let vault = &house.vault;
        let admin = house.as_("zheng.kai").await;
        let leaver = house.as_("huang.lei").await;
        let (case, items) = handover::begin(vault, &admin, leaver.person(), "transfer").await.unwrap();
        let id = RecordId::new(case.id.as_str());
        // A leaver without a proposal for everything would stay open for another reason than the one that is tried here.
        let heir = house.id_of("liu.fang").await;
        let all = items.iter().map(|item| (item.record.clone(), heir.clone())).collect();
        handover::assign(vault, &admin, &id, &all).await.unwrap();
        handover::execute(vault, &admin, &id).await.unwrap();
        // A file has one process, and a process one loop that carries handovers out: there the second comes afterwards.
        let (here, there) = match &house.source {
            Source::Postgres { .. } => {
                let other = house.again().await;
                tokio::join!(handover::run(vault, &id), handover::run(&other, &id))
            }
            Source::Sqlite { .. } => (handover::run(vault, &id).await, handover::run(vault, &id).await),
        };
        let done = handover::one(vault, &admin, &id).await.unwrap();
        assert!(here.unwrap() && there.unwrap(), "{}: {:?}", done.results, done.progress);
        assert_eq!(done.state, "done");
        let (moved, all) = (done.progress.moved, i64::try_from(items.len()).unwrap());
        assert_eq!(moved, all, "{:?}", done.progress);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lv_02_of_two_who_begin_at_once_one_does_and_whoever_came_back_can_leave_again() {
    for house in houses().await {
        let vault = &house.vault;
        let admin = house.as_("zheng.kai").await;
        let leaver = house.id_of("huang.lei").await;
        let (one, two) = tokio::join!(
            handover::begin(vault, &admin, &leaver, "transfer"),
            handover::begin(vault, &admin, &leaver, "dismissal")
        );
        let (began, refused) = if one.is_ok() { (one, two) } else { (two, one) };
        assert_eq!(code(&refused.unwrap_err()), "handover_open");
        let (case, items) = began.unwrap();
        let id = RecordId::new(case.id.as_str());
        let heir = house.id_of("liu.fang").await;
        let all = items.iter().map(|item| (item.record.clone(), heir.clone())).collect();
        handover::assign(vault, &admin, &id, &all).await.unwrap();
        handover::execute(vault, &admin, &id).await.unwrap();
        assert!(handover::run(vault, &id).await.unwrap());

        kedun_core::accounts::let_in_again(vault, &house.as_("zheng.kai").await, &leaver).await.unwrap();
        let (again, _) = handover::begin(vault, &admin, &leaver, "resignation").await.unwrap();
        assert_eq!(again.state, "planned");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lv_02_requests_and_files_of_a_leaver_end_but_erasures_go_on() {
    for house in houses().await {
        let vault = &house.vault;
        // The only lawyer's complaints would stay without an heir; a second one takes them over.
        let department = house.as_("he.zheng").await.department().cloned();
        let mut tx = vault.system(kedun_vault::Task::Demo).begin().await.unwrap();
        let second = kedun_vault::NewPerson {
            login: "second.lawyer".into(),
            name: "丁一".into(),
            staff_no: "RK9999".into(),
            department,
            password: kedun_core::demo::PASSWORD.into(),
            roles: vec!["legal".into()],
            language: "zh-CN".into(),
        };
        tx.add_person(second).await.unwrap();
        tx.commit(Act::new("test", "person")).await.unwrap();
        let (admin, legal) = (house.as_("zheng.kai").await, house.as_("he.zheng").await);
        let rep = house.as_("zhang.wei").await;
        let customer = house.customers_of(&rep).await[0].clone();
        let erasure =
            kedun_core::erasures::request(vault, &legal, "customer", &customer, "consent_withdrawn", "")
                .await
                .unwrap();
        let house_scope = vault.system(kedun_vault::Task::Casework);
        let mut tx = vault.system(kedun_vault::Task::Demo).begin().await.unwrap();
        tx.set_roles(legal.person(), &["legal".into(), "rep".into()]).await.unwrap();
        tx.commit(Act::new("test", "person")).await.unwrap();
        let legal = house.as_("he.zheng").await;
        let order = async |clear: bool| {
            let wanted = json!({ "object": "customer", "fields": ["name", "phone"], "purpose": "report", "format": "csv", "clear": clear });
            exports::order(vault, &legal, serde_json::from_value(wanted).unwrap()).await.unwrap()
        };
        let (case, small) = (order(true).await, order(false).await);
        assert!(case.needs_approval && !small.needs_approval);
        assert_eq!(exports::render_next(vault).await.unwrap(), Some(RecordId::new(small.id.as_str())));
        let case = RecordId::new(case.id.as_str());

        let (begun, _) = handover::begin(vault, &admin, legal.person(), "resignation").await.unwrap();
        assert_eq!((begun.ended.requests, begun.ended.export_files), (1, 1));
        assert_eq!(
            house_scope.get("export_case", &case).await.unwrap().clear_text("state"),
            Some("cancelled")
        );
        let still = house_scope.get("erasure", &RecordId::new(erasure.id.as_str())).await.unwrap();
        assert_eq!(still.clear_text("state"), Some("waiting"));
        let id = RecordId::new(begun.id.as_str());
        let finished = run_all(vault, &admin, &id).await;
        assert!(finished, "{}", handover::one(vault, &admin, &id).await.unwrap().results);
        assert_eq!(admin.get(HANDOVER, &id).await.unwrap().clear_text("state"), Some("done"));
    }
}

/// Whoever leads may share what is others'. That does not move with the leaver, so nothing else would end those shares.
#[tokio::test(flavor = "multi_thread")]
async fn lv_03_what_a_leaver_shared_of_others_ends_and_is_counted_as_it_is() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let boss = house.as_("zhao.qiang").await;
        let customers = house.customers_of(&rep).await;
        let guest = house.id_of("chen.jing").await;
        let now = house.vault.clock().now();
        for (customer, days) in customers.iter().zip([1, 30]) {
            let mut tx = boss.begin().await.unwrap();
            tx.share("customer", customer, &guest, false, "to learn", now + days * 86_400_000).await.unwrap();
            tx.commit(Act::new("test", "customer")).await.unwrap();
        }
        let given = async || {
            let chief = house.as_("wang.jianguo").await;
            let mut tx = chief.begin().await.unwrap();
            u64::try_from(tx.shares_given_by(boss.person()).await.unwrap()).unwrap()
        };
        // What is over by then no longer ends with anybody.
        let before = given().await;
        house.clock.advance(2 * 86_400_000);
        let living = given().await;
        assert!(living >= 1 && living < before);
        let shown = house.as_("chen.jing").await.get("customer", &customers[1]).await;
        assert!(shown.is_ok());
        let chief = house.as_("wang.jianguo").await;
        let (case, _) = handover::begin(&house.vault, &chief, boss.person(), "resignation").await.unwrap();
        assert_eq!(case.ended.shares_given, living);
        let gone = house.as_("chen.jing").await.get("customer", &customers[1]).await.unwrap_err();
        assert_eq!(code(&gone), "not_found");
        assert_eq!(given().await, 0);
    }
}
