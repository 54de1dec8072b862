//! What is taken away is gone on the next request, also in another process over the same database.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, code, houses, object, token};
use kedun_model::{PersonId, RecordId, RoleName, SubjectId};
use kedun_vault::{Act, ItemState, NewRecord, Query, Scope, Signal, Source, Vault, VaultError};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The vault through which rights change, and the one that must notice: the same one, and on PostgreSQL another.
async fn pairs(house: &House) -> Vec<Vault> {
    let mut vaults = vec![house.vault.clone()];
    if matches!(house.source, Source::Postgres { .. }) {
        vaults.push(house.beside().await);
    }
    vaults
}

async fn set_roles(house: &House, person: &PersonId, roles: &[&str]) {
    let roles: Vec<RoleName> = roles.iter().map(|r| RoleName::from(*r)).collect();
    let mut tx = house.as_("security").await.begin().await.unwrap();
    tx.set_roles(person, &roles).await.unwrap();
    tx.commit(Act::new("roles.set", "person")).await.unwrap();
}

fn page() -> Query {
    Query { limit: 50, ..Query::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_removed_is_gone_on_the_next_request() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let id = house.customer(&rep, "甲医院", json!({})).await;
        for noticing in pairs(&house).await {
            let token = token(&noticing, "rep").await;
            noticing.authenticate(&token).await.unwrap().get("customer", &id).await.unwrap();
            set_roles(&house, rep.person(), &["intern"]).await;
            let now = noticing.authenticate(&token).await.unwrap();
            assert_eq!(code(&now.get("customer", &id).await.unwrap_err()), "not_found");
            assert!(!now.may_create("customer"));
            set_roles(&house, rep.person(), &["rep"]).await;
            let again = noticing.authenticate(&token).await.unwrap();
            again.get("customer", &id).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_published_narrower_is_narrower_on_the_next_request() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let id = house.customer(&rep, "甲医院", json!({ "phone": "13900010001" })).await;
        for noticing in pairs(&house).await {
            let token = token(&noticing, "rep").await;
            let before = noticing.authenticate(&token).await.unwrap();
            before.reveal("customer", &id, "phone", "call").await.unwrap();
            let whole = serde_json::to_value(&*house.vault.catalog().roles[&"rep".into()].def).unwrap();
            let mut narrow = whole.clone();
            for grant in narrow["grants"].as_array_mut().unwrap() {
                grant["fields"]["names"]["phone"] = json!("none");
                if !["customer", "contact", "lead"].contains(&grant["object"].as_str().unwrap()) {
                    grant["fields"]["names"].as_object_mut().unwrap().remove("phone");
                }
            }
            for (body, seen) in [(narrow, false), (whole, true)] {
                let mut tx = house.as_("security").await.begin().await.unwrap();
                tx.publish("role", "rep", &body, None).await.unwrap();
                tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
                let now = noticing.authenticate(&token).await.unwrap();
                assert_eq!(now.get("customer", &id).await.unwrap().field("phone").is_some(), seen);
                assert_eq!(now.reveal("customer", &id, "phone", "call").await.is_ok(), seen);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_that_ended_or_expired_shows_nothing_on_the_next_request() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let id = house.customer(&rep, "甲医院", json!({})).await;
        for noticing in pairs(&house).await {
            let token = token(&noticing, "intern").await;
            let intern = house.people["intern"].clone();
            let share = async |until: i64| {
                let mut tx = rep.begin().await.unwrap();
                let share = tx.share("customer", &id, &intern, false, "带教", until).await.unwrap();
                tx.commit(Act::new("share", "customer")).await.unwrap();
                share
            };
            let sees = async || {
                let intern = noticing.authenticate(&token).await.unwrap();
                let one = intern.get("customer", &id).await.is_ok();
                let listed = intern.query("customer", &page()).await.unwrap().records.len() == 1;
                assert_eq!(one, listed, "list and record disagree");
                one
            };
            assert!(!sees().await);
            let given = share(rep.now() + 3_600_000).await;
            assert!(sees().await);
            let mut tx = rep.begin().await.unwrap();
            tx.unshare("customer", &id, &given).await.unwrap();
            tx.commit(Act::new("unshare", "customer")).await.unwrap();
            assert!(!sees().await);
            share(rep.now() + 700).await;
            tokio::time::sleep(std::time::Duration::from_millis(800)).await;
            assert!(!sees().await, "it ran out by itself");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_account_is_out_on_the_next_request_and_cannot_come_back() {
    for house in houses().await {
        for (noticing, login) in pairs(&house).await.into_iter().zip(["rep", "colleague"]) {
            let token = token(&noticing, login).await;
            noticing.authenticate(&token).await.unwrap();
            let person = house.people[login].clone();
            let mut tx = house.as_("system").await.begin().await.unwrap();
            tx.freeze(&person).await.unwrap();
            tx.commit(Act::new("person.freeze", "person")).await.unwrap();
            assert!(matches!(noticing.authenticate(&token).await, Err(VaultError::NoSession)));
            assert!(matches!(noticing.peek(&token).await, Err(VaultError::NoSession)));
            noticing.keep_up().await.unwrap();
            assert!(noticing.on_behalf(&person, kedun_vault::Task::Export).is_err());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_and_a_department_made_elsewhere_are_known_here_at_once() {
    for house in houses().await {
        for (i, noticing) in pairs(&house).await.into_iter().enumerate() {
            let token = token(&noticing, "system").await;
            let mut tx = house.as_("system").await.begin().await.unwrap();
            let name = format!("新部门{i}");
            tx.add_department(&name, None, 9).await.unwrap();
            tx.commit(Act::new("department.add", "department")).await.unwrap();
            let here = noticing.authenticate(&token).await.unwrap();
            assert!(here.departments().iter().any(|d| d.name == name));
        }
    }
}

/// What a destroyed key sealed opens for nobody, also where another process had the key at hand.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_destroyed_elsewhere_opens_nothing_here() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        for noticing in pairs(&house).await {
            let token = token(&noticing, "rep").await;
            let before = noticing.authenticate(&token).await.unwrap();
            let revealed = async |scope: &Scope, id: &RecordId| {
                scope.reveal("customer", id, "phone", "call").await.map(drop).map_err(|e| code(&e))
            };
            for heard_by in ["a request", "work in the background"] {
                let id = house.customer(&rep, "甲医院", json!({ "phone": "13900010001" })).await;
                assert_eq!(revealed(&before, &id).await, Ok(()));
                house.vault.destroy_key(&SubjectId::new(id.as_str())).await.unwrap();
                let now = if heard_by == "a request" {
                    noticing.authenticate(&token).await.unwrap()
                } else {
                    noticing.keep_up().await.unwrap();
                    before.clone()
                };
                assert_eq!(revealed(&now, &id).await, Err("empty".to_owned()), "heard of by {heard_by}");
            }
            // The others are opened as before.
            let id = house.customer(&rep, "乙医院", json!({ "phone": "13900010002" })).await;
            assert_eq!(revealed(&before, &id).await, Ok(()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_hear_of_it_in_every_process() {
    for house in houses().await {
        for noticing in pairs(&house).await {
            let token = token(&noticing, "rep").await;
            let mut signals = noticing.signals();
            let ended = house.as_("security").await.end_sessions_of(&house.people["rep"]).await.unwrap();
            assert!(ended > 0);
            noticing.keep_up().await.unwrap();
            let mut heard = false;
            while let Ok(signal) = signals.try_recv() {
                heard |= matches!(signal, Signal::RightsChanged);
            }
            assert!(heard);
            assert!(matches!(noticing.peek(&token).await, Err(VaultError::NoSession)));
        }
    }
}

/// Requests that are under way while rights change must not leave the old rights behind in a cache.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_under_way_keeps_old_rights_alive() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let id = house.customer(&rep, "甲医院", json!({})).await;
        for noticing in pairs(&house).await {
            let token = token(&noticing, "rep").await;
            let stop = Arc::new(AtomicBool::new(false));
            let mut asking = tokio::task::JoinSet::new();
            for _ in 0..6 {
                let (vault, token, stop) = (noticing.clone(), token.clone(), stop.clone());
                asking.spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        let _ = vault.authenticate(&token).await;
                        tokio::task::yield_now().await;
                    }
                });
            }
            let person = rep.person().clone();
            for round in 0..16 {
                let role = if round % 2 == 0 { "intern" } else { "rep" };
                set_roles(&house, &person, &[role]).await;
                for _ in 0..5 {
                    let now = noticing.authenticate(&token).await.unwrap();
                    assert_eq!(now.get("customer", &id).await.is_ok(), role == "rep", "round {round}");
                }
            }
            stop.store(true, Ordering::Relaxed);
            while asking.join_next().await.is_some() {}
        }
    }
}

/// Who comes together shares one question to the database; nobody is served by one from before they came.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_ended_is_over_for_everybody_who_comes_after() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        for noticing in pairs(&house).await {
            for _ in 0..8 {
                let token = token(&noticing, "rep").await;
                let session = noticing.authenticate(&token).await.unwrap().session().unwrap().to_owned();
                let over = Arc::new(AtomicBool::new(false));
                let mut asking = tokio::task::JoinSet::new();
                for _ in 0..6 {
                    let (vault, token, over) = (noticing.clone(), token.clone(), over.clone());
                    asking.spawn(async move {
                        loop {
                            let came_after = over.load(Ordering::SeqCst);
                            let outcome = vault.authenticate(&token).await;
                            if came_after {
                                return outcome.is_err();
                            }
                            tokio::task::yield_now().await;
                        }
                    });
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                rep.end_session(&session).await.unwrap();
                over.store(true, Ordering::SeqCst);
                while let Some(refused) = asking.join_next().await {
                    assert!(refused.unwrap(), "an ended session was let in");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_in_one_process_does_not_end_a_session_that_is_busy_in_another() {
    for house in houses().await.iter().filter(|house| matches!(house.source, Source::Postgres { .. })) {
        let other = house.beside().await;
        let token = token(&other, "rep").await;
        other.authenticate(&token).await.unwrap();
        let pass = |minutes: i64| {
            for clock in [house.vault.clock(), other.clock()] {
                clock.advance(minutes * 60_000);
            }
        };
        for _ in 0..3 {
            pass(20);
            house.vault.authenticate(&token).await.unwrap();
        }
        other.authenticate(&token).await.unwrap();
        pass(31);
        for vault in [&house.vault, &other] {
            assert!(matches!(vault.authenticate(&token).await, Err(VaultError::NoSession)));
        }
    }
}

/// However busy somebody is: after twelve hours they sign in again, in every process and on an open stream.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_never_idle_ends_all_the_same() {
    for house in houses().await {
        let vaults = pairs(&house).await;
        let pass = |milliseconds: i64| vaults.iter().for_each(|vault| vault.clock().advance(milliseconds));
        for noticing in &vaults {
            let token = token(noticing, "rep").await;
            let hours = 12 * 60 / 20;
            for _ in 1..hours {
                pass(20 * 60_000);
                noticing.authenticate(&token).await.unwrap();
            }
            pass(19 * 60_000);
            noticing.authenticate(&token).await.unwrap();
            noticing.peek(&token).await.unwrap();
            pass(60_000);
            for vault in &vaults {
                // What an open stream asks, before anybody has asked otherwise.
                assert!(matches!(vault.peek(&token).await, Err(VaultError::NoSession)));
                assert!(matches!(vault.authenticate(&token).await, Err(VaultError::NoSession)));
                assert!(matches!(vault.authenticate(&token).await, Err(VaultError::NoSession)), "nor again");
            }
        }
    }
}

/// The plan of a handover is for those who may see its case; a task without that work does not write it.
#[tokio::test(flavor = "multi_thread")]
async fn the_plan_of_a_handover_is_not_open_to_everybody() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let case = kedun_model::RecordId::new("01890000-0000-7000-8000-000000000001");
        assert_eq!(code(&rep.handover_items(&case, 0, 10).await.unwrap_err()), "not_found");
        assert_eq!(code(&rep.handover_progress(&case).await.unwrap_err()), "not_found");
        assert_eq!(code(&rep.handover_outcome(&case).await.unwrap_err()), "not_found");
        let export = house.vault.on_behalf(rep.person(), kedun_vault::Task::Export).unwrap();
        for scope in [rep, export] {
            let mut tx = scope.begin().await.unwrap();
            assert_eq!(
                code(&tx.settle_item(&case, &case, ItemState::Moved, None).await.unwrap_err()),
                "handover"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_second_factor_is_taken_off_and_the_password_stays() {
    for house in houses().await {
        let token = token(&house.vault, "rep").await;
        let rep = house.vault.authenticate(&token).await.unwrap();
        let (secret, _) = rep.begin_totp("Kedun").await.unwrap();
        let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("rep").build().unwrap();
        let seconds = u64::try_from(rep.now() / 1000).unwrap();
        rep.confirm_totp(&totp.generate(seconds).to_string(), None).await.unwrap();
        let credentials = || kedun_vault::Credentials {
            login: "rep".to_owned(),
            password: common::PASSWORD.to_owned(),
            totp: None,
            device: "test".to_owned(),
            device_id: None,
        };
        assert!(matches!(house.vault.sign_in(credentials()).await, Err(VaultError::TotpRequired)));
        let reset = async |by: &str| {
            let mut tx = house.as_(by).await.begin().await?;
            tx.reset_totp(&house.people["rep"]).await?;
            tx.commit(Act::new("totp.reset", "person")).await.map(drop)
        };
        for by in ["system", "audit", "manager", "colleague"] {
            assert_eq!(common::code(&reset(by).await.unwrap_err()), "roles.manage", "{by}");
        }
        // Whoever manages accounts may give a new password, and does not come in with it alone.
        let mut tx = house.as_("system").await.begin().await.unwrap();
        let once = tx.reset_password(&house.people["rep"]).await.unwrap();
        tx.commit(Act::new("password.reset", "person")).await.unwrap();
        let with_new = kedun_vault::Credentials { password: once.expose().to_owned(), ..credentials() };
        assert!(matches!(house.vault.sign_in(with_new).await, Err(VaultError::TotpRequired)));
        reset("security").await.unwrap();
        assert!(matches!(house.vault.authenticate(&token).await, Err(VaultError::NoSession)));
        let with_new = kedun_vault::Credentials { password: once.expose().to_owned(), ..credentials() };
        house.vault.sign_in(with_new).await.unwrap();
        assert_eq!(common::code(&reset("security").await.unwrap_err()), "totp_not_enrolled");
    }
}

/// A caller who goes away in the middle leaves a change that is made or not made, never one that is stored and not heeded.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_stored_is_in_force_though_nobody_waited_for_it() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let (mut ended, mut whole) = (0, 0);
        for round in 0..60 {
            let token = token(&house.vault, "rep").await;
            let session = house.vault.authenticate(&token).await.unwrap().session().unwrap().to_owned();
            let patience = std::time::Duration::from_micros(round * 100);
            whole += i32::from(tokio::time::timeout(patience, rep.end_session(&session)).await.is_ok());
            // What goes on without us is over when somebody else has written.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let sql = format!("SELECT COUNT(*) FROM session WHERE id = '{session}' AND ended_at IS NOT NULL");
            let stored = house.raw().await.count(&sql).await == 1;
            ended += i32::from(stored);
            assert_eq!(house.vault.authenticate(&token).await.is_err(), stored, "round {round}");
        }
        println!("{ended} ended, {whole} of them waited for");
    }
}

/// As above, of an account that is frozen.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_freeze_that_nobody_waited_for_is_in_force() {
    for house in houses().await {
        let system = house.as_("system").await;
        for login in ["rep", "colleague", "other", "intern"] {
            let person = house.people[login].clone();
            let token = token(&house.vault, login).await;
            let mut patience = std::time::Duration::ZERO;
            loop {
                house.vault.authenticate(&token).await.unwrap();
                let freeze = async {
                    let mut tx = system.begin().await.unwrap();
                    tx.freeze(&person).await.unwrap();
                    tx.commit(Act::new("person.freeze", "person")).await.map(drop)
                };
                let _ = tokio::time::timeout(patience, freeze).await;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                let sql = format!("SELECT COUNT(*) FROM person WHERE id = '{person}' AND state = 'frozen'");
                if house.raw().await.count(&sql).await == 1 {
                    break;
                }
                patience += std::time::Duration::from_micros(100);
            }
            assert!(house.vault.authenticate(&token).await.is_err(), "{login} after {patience:?}");
        }
    }
}

/// What is made beneath a record while it is being destroyed is destroyed with it, or is not made.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_beneath_who_is_being_destroyed() {
    for house in houses().await {
        if matches!(house.source, Source::Sqlite { .. }) {
            // One writes after the other there.
            continue;
        }
        let rep = house.as_("rep").await;
        for _ in 0..6 {
            let id = house.customer(&rep, "甲医院", json!({ "phone": "13900010001" })).await;
            let mut making = rep.begin().await.unwrap();
            let fields = object(json!({ "customer": id, "what": "回访", "due_at": "2027-01-05T09:00:00Z" }));
            let plan = NewRecord { fields, ..NewRecord::default() };
            making.create("plan", plan).await.unwrap();
            let mut raw = house.raw().await;
            raw.run("BEGIN").await;
            // As an erasure holds the rows of a subject.
            raw.run(&format!("SELECT id FROM record WHERE subject = '{id}' ORDER BY id FOR UPDATE")).await;
            let made = tokio::spawn(making.commit(Act::new("record.create", "plan")));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            assert!(!made.is_finished(), "who makes something waits for who destroys");
            raw.run(&format!("DELETE FROM record WHERE subject = '{id}'")).await;
            raw.run("COMMIT").await;
            assert!(made.await.unwrap().is_err_and(|error| error.is_overtaken()));
            let left = format!("SELECT COUNT(*) FROM record WHERE subject = '{id}'");
            assert_eq!(house.raw().await.count(&left).await, 0);
        }
    }
}
