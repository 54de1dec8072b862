//! Step 7, alerts: R01–R04, R06 and R07 over the log, whom they reach, what is done about them, and that a restart or a
//! second process neither loses nor repeats one (AL-01, AU-06, IR-02).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, code, houses};
use kedun_core::alerts::{self, AlertState, AlertView, Response, Sought, Watcher};
use kedun_core::{demo, files, handover, retention, rights, standing};
use kedun_model::RecordId;
use kedun_model::alert::{FactKind, Rules, Severity};
use kedun_vault::{Act, Scope, SoughtEntries, VaultError};
use std::collections::BTreeSet;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Gives what happened its place in the log and asks the rules.
async fn look(house: &House, watcher: &mut Watcher) -> usize {
    house.vault.sequence(false).await.unwrap();
    watcher.look().await.unwrap()
}

async fn start(house: &House) -> Watcher {
    house.vault.sequence(false).await.unwrap();
    Watcher::start(&house.vault, Rules::default()).await.unwrap()
}

/// Reveals phones, as often as asked, and answers the values.
async fn reveal(house: &House, scope: &Scope, times: usize) -> BTreeSet<String> {
    let customers = house.customers_of(scope).await;
    let mut values = BTreeSet::new();
    let mut done = 0;
    for id in customers.iter().cycle().take(times * customers.len()) {
        if done == times {
            break;
        }
        if let Ok(revealed) = scope.reveal("customer", id, "phone", "call").await {
            values.insert(revealed.value.as_str().unwrap().to_owned());
            done += 1;
        }
    }
    assert_eq!(done, times);
    values
}

async fn seen(scope: &Scope) -> Vec<AlertView> {
    alerts::list(scope, &Sought::default(), 100, None).await.unwrap().alerts
}

fn about(alerts: &[AlertView], scope: &Scope) -> Vec<String> {
    let mut rules: Vec<_> = alerts
        .iter()
        .filter(|alert| alert.person["id"] == scope.person().as_str())
        .map(|alert| alert.rule.clone())
        .collect();
    rules.sort();
    rules
}

/// Says that an export was ordered, as the export does.
async fn export(scope: &Scope, rows: u64, needs_approval: bool) {
    let fact = FactKind::Export { rows, needs_approval, at_line: 200 };
    scope.log(Act::new("export.order", "customer").fact(fact)).await.unwrap();
}

/// Moves the clock to the next time that it is this hour in Shanghai.
fn at_hour(house: &House, hour: i64) {
    let now = house.clock.now();
    let target = (hour - 8) * HOUR;
    house.clock.advance((target - now).rem_euclid(DAY) + MINUTE);
}

#[tokio::test(flavor = "multi_thread")]
async fn al_01_bulk_reveal_reaches_those_in_charge_and_nobody_else() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let rep = house.as_("zhang.wei").await;
        let values = reveal(&house, &rep, 31).await;
        let raised = look(&house, &mut watcher).await;
        assert_eq!(look(&house, &mut watcher).await, 0, "said once");

        // Ten reveals without work, twenty, and the thirty-first in an hour.
        let (leader, director) = (house.as_("zhao.qiang").await, house.as_("wang.jianguo").await);
        let (security, auditor) = (house.as_("feng.an").await, house.as_("shen.ming").await);
        for scope in [&leader, &director, &security, &auditor] {
            let alerts = seen(scope).await;
            assert_eq!(about(&alerts, &rep), ["R01", "R02", "R02"], "{scope:?}");
            assert_eq!(alerts.len(), raised);
        }
        // Another region sees an empty list; a rep does not know that there is one.
        assert!(seen(&house.as_("lin.tao").await).await.is_empty());
        let refused = alerts::list(&rep, &Sought::default(), 10, None).await.unwrap_err();
        assert_eq!(code(&refused), "not_found");
        let id = RecordId::new(seen(&leader).await[0].id.as_str());
        for scope in [&rep, &house.as_("lin.tao").await] {
            assert_eq!(code(&alerts::one(scope, &id).await.unwrap_err()), "not_found");
            let refused =
                alerts::respond(&house.vault, scope, &id, Response::Acknowledge, "").await.unwrap_err();
            assert_eq!(code(&refused), "not_found");
        }

        // The evidence: all of it with the alert, names where the reader may read the record, never a value.
        let bulk = seen(&leader).await.into_iter().find(|alert| alert.rule == "R01").unwrap();
        assert_eq!((bulk.count, bulk.severity.as_str(), bulk.state.as_str()), (31, "high", "open"));
        let id = RecordId::new(bulk.id.as_str());
        let entitled = alerts::one(&leader, &id).await.unwrap();
        assert_eq!(entitled.evidence.len(), 31);
        assert!(entitled.evidence.iter().all(|e| e.record.as_ref().unwrap().title.is_some()));
        let blind = alerts::one(&security, &id).await.unwrap();
        assert!(blind.evidence.iter().all(|e| e.record.as_ref().unwrap().title.is_none()));
        // Who may ask about every record who can see it is told of which object it is; who may not, is not.
        let unseen = alerts::one(&auditor, &id).await.unwrap();
        let object = |view: &AlertView| view.evidence[0].record.as_ref().unwrap().object.clone();
        assert_eq!(object(&blind).as_deref(), Some("customer"));
        assert_eq!(object(&unseen), None);
        for view in [&entitled, &blind, &unseen] {
            let text = serde_json::to_string(view).unwrap();
            assert!(values.iter().all(|value| !text.contains(value)), "a value in the evidence");
        }
    }
}

/// A quota below the line of the rule hides nobody: what is refused for it counts, and shows nothing.
#[tokio::test(flavor = "multi_thread")]
async fn al_01_trying_for_more_than_the_quota_is_noticed_too() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let manager = house.as_("wang.jianguo").await;
        let customer = house.customers_of(&house.as_("zhang.wei").await).await[0].clone();
        for _ in 0..30 {
            manager.reveal("customer", &customer, "phone", "call").await.unwrap();
        }
        look(&house, &mut watcher).await;
        let security = house.as_("feng.an").await;
        let bulk =
            |alerts: &[AlertView]| about(alerts, &manager).iter().filter(|rule| *rule == "R01").count();
        assert_eq!(bulk(&seen(&security).await), 0);
        let before = manager.audience("customer", &customer).await.unwrap().len();
        let refused = manager.reveal("customer", &customer, "phone", "call").await.map(drop).unwrap_err();
        assert!(matches!(refused, VaultError::TooMany { rule: "quota_exceeded", .. }), "{refused:?}");
        look(&house, &mut watcher).await;
        assert_eq!(bulk(&seen(&security).await), 1);
        let sought = SoughtEntries::from_place(0, Some("field.reveal"));
        let rows = house.as_("shen.ming").await.ledger_entries(&sought, 500).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.decision == "denied").count(), 1);
        assert_eq!(manager.audience("customer", &customer).await.unwrap().len(), before, "nobody looked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn al_01_a_restart_loses_no_alert_and_repeats_none() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let security = house.as_("feng.an").await;
        let mut watcher = start(&house).await;
        reveal(&house, &rep, 12).await;
        assert_eq!(look(&house, &mut watcher).await, 1);
        // The process dies with reveals that nobody has looked at; others come before it is back.
        drop(watcher);
        reveal(&house, &rep, 19).await;
        let mut watcher = start(&house).await;
        assert_eq!(look(&house, &mut watcher).await, 0, "the start itself raised them");
        assert_eq!(about(&seen(&security).await, &rep), ["R01", "R02", "R02"]);
        // Again, with nothing new, and once more with one that tips nothing.
        drop(start(&house).await);
        reveal(&house, &rep, 1).await;
        drop(start(&house).await);
        assert_eq!(look(&house, &mut watcher).await, 0);
        assert_eq!(about(&seen(&security).await, &rep), ["R01", "R02", "R02"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn al_01_of_several_processes_one_raises_and_all_tell() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        // On PostgreSQL a second process is a second vault over the same schema; a file has one process.
        let other = match &house.source {
            kedun_vault::Source::Postgres { .. } => house.again().await,
            kedun_vault::Source::Sqlite { .. } => house.vault.clone(),
        };
        let mut here = start(&house).await;
        let mut there = Watcher::start(&other, Rules::default()).await.unwrap();
        let (mut heard_here, mut heard_there) = (house.vault.signals(), other.signals());
        reveal(&house, &rep, 31).await;
        house.vault.sequence(false).await.unwrap();
        let (a, b) = tokio::join!(here.look(), there.look());
        assert_eq!(a.unwrap() + b.unwrap(), 3);
        // Whoever lost may have looked before the other had committed; the next look tells.
        here.look().await.unwrap();
        there.look().await.unwrap();
        for heard in [&mut heard_here, &mut heard_there] {
            let mut told = BTreeSet::new();
            while let Ok(signal) = heard.try_recv() {
                if let kedun_vault::Signal::Alert { id, .. } = signal {
                    told.insert(id);
                }
            }
            assert_eq!(told.len(), 3);
        }
        assert_eq!(seen(&house.as_("feng.an").await).await.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn al_01_trying_records_out_of_scope_is_noticed_and_guessing_at_nothing_is_not() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let (rep, stranger) = (house.as_("zhang.wei").await, house.as_("li.na").await);
        for n in 0..20 {
            let id = RecordId::new(format!("00000000-0000-7000-8000-0000000000{n:02}"));
            assert_eq!(code(&stranger.get("customer", &id).await.unwrap_err()), "not_found");
        }
        assert_eq!(look(&house, &mut watcher).await, 0);
        let customers = house.customers_of(&rep).await;
        for id in customers.iter().take(4) {
            assert_eq!(code(&stranger.get("customer", id).await.unwrap_err()), "not_found");
            assert_eq!(code(&stranger.get("customer", id).await.unwrap_err()), "not_found");
        }
        assert_eq!(look(&house, &mut watcher).await, 0, "four records, however often");
        stranger.reveal("customer", &customers[4], "phone", "call").await.map(drop).unwrap_err();
        assert_eq!(look(&house, &mut watcher).await, 1);
        let security = house.as_("feng.an").await;
        assert_eq!(about(&seen(&security).await, &stranger), ["R07"]);
        // Whose customers they are is not the business of the other team's leader.
        assert!(seen(&house.as_("zhao.qiang").await).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn al_01_opening_files_in_bulk_is_noticed_and_the_evidence_names_no_file() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let rep = house.as_("zhang.wei").await;
        let customer = house.customers_of(&rep).await.swap_remove(0);
        let mut ids = Vec::new();
        for n in 0..61 {
            let (name, bytes) = (format!("planted-{n}.pdf"), format!("%PDF-1.4\n{n}\n%%EOF"));
            let new = files::NewFile { name: &name, follow_up: None, bytes: bytes.as_bytes() };
            ids.push(RecordId::new(files::add(&rep, &customer, &new).await.unwrap().id));
        }
        // Sixty, and the same sixty again: a long look through photos, and no more.
        for id in ids.iter().take(60).cycle().take(120) {
            files::fetch(&rep, &customer, id).await.unwrap();
        }
        // One that may not be opened is none that was.
        let stranger = house.as_("chen.jing").await;
        files::fetch(&stranger, &customer, &ids[60]).await.unwrap_err();
        assert_eq!(look(&house, &mut watcher).await, 0);
        let part = standing_of_files(&rep).await;
        assert_eq!(part, (60, 61, 98));
        files::fetch(&rep, &customer, &ids[60]).await.unwrap();
        assert_eq!(look(&house, &mut watcher).await, 1);
        let leader = house.as_("zhao.qiang").await;
        let raised = seen(&leader).await;
        assert_eq!(about(&raised, &rep), ["R06"]);
        assert_eq!((raised[0].count, raised[0].severity.as_str()), (61, "high"));
        let one = alerts::one(&leader, &RecordId::new(raised[0].id.as_str())).await.unwrap();
        assert!(one.evidence.iter().all(|e| e.kind == "file_read"));
        assert!(one.evidence.iter().all(|e| e.record.as_ref().unwrap().id == customer.as_str()));
        let blind = alerts::one(&house.as_("feng.an").await, &RecordId::new(one.id.as_str())).await.unwrap();
        for view in [&one, &blind] {
            assert!(!serde_json::to_string(view).unwrap().contains("planted"));
        }
        // A restart neither loses nor repeats it.
        drop(watcher);
        assert_eq!(look(&house, &mut start(&house).await).await, 0);
    }
}

/// How near somebody is to the rule for files: count, threshold, percent.
async fn standing_of_files(scope: &Scope) -> (u64, u64, u8) {
    let standing = standing::standing(scope, &Rules::default()).await.unwrap();
    let part = standing.measures.into_iter().find(|part| part.rule == "file_rate").unwrap();
    (part.count, part.threshold, part.percent)
}

#[tokio::test(flavor = "multi_thread")]
async fn al_01_split_and_nightly_exports_are_noticed() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let rep = house.as_("zhang.wei").await;
        let security = house.as_("feng.an").await;
        at_hour(&house, 12);
        export(&rep, 200, false).await;
        export(&rep, 5_000, true).await;
        assert_eq!(look(&house, &mut watcher).await, 0, "one small one and one that was approved");
        export(&rep, 1, false).await;
        assert_eq!(look(&house, &mut watcher).await, 1);
        assert_eq!(about(&seen(&security).await, &rep), ["R04"]);
        at_hour(&house, 23);
        export(&rep, 1, true).await;
        assert_eq!(look(&house, &mut watcher).await, 1);
        assert_eq!(about(&seen(&security).await, &rep), ["R03", "R04"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_goes_past_the_one_it_is_about() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let (leader, director) = (house.as_("zhao.qiang").await, house.as_("wang.jianguo").await);
        let security = house.as_("feng.an").await;
        for (who, n) in [(&leader, 10_u32), (&director, 10), (&security, 10)] {
            for i in 0..n {
                let record = RecordId::new(format!("r{i}"));
                let fact = FactKind::Reveal { record, field: "phone".to_owned() };
                who.log(Act::new("field.reveal", "customer").fact(fact)).await.unwrap();
            }
        }
        assert_eq!(look(&house, &mut watcher).await, 3);
        // The team's leader sees nothing of it, the director above sees the leader's and not their own.
        assert!(seen(&leader).await.is_empty());
        let above = seen(&director).await;
        assert_eq!((above.len(), about(&above, &leader).len()), (1, 1));
        // Nobody stands above the security administrator: they see theirs and cannot answer it.
        let all = seen(&security).await;
        assert_eq!(all.len(), 3);
        let own = all.iter().find(|a| a.person["id"] == security.person().as_str()).unwrap();
        assert!(!own.answerable);
        let id = RecordId::new(own.id.as_str());
        for response in [Response::Acknowledge, Response::EndSessions, Response::Close] {
            let refused =
                alerts::respond(&house.vault, &security, &id, response, "settled").await.unwrap_err();
            assert_eq!(code(&refused), "own_alert");
        }
        assert!(!alerts::is_addressed_to(&security, security.person(), None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ir_02_every_answer_stays_with_who_when_and_why() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let rep = house.as_("zhang.wei").await;
        reveal(&house, &rep, 10).await;
        assert_eq!(look(&house, &mut watcher).await, 1);
        let (leader, security) = (house.as_("zhao.qiang").await, house.as_("feng.an").await);
        let vault = &house.vault;
        let id = RecordId::new(seen(&leader).await[0].id.as_str());

        // The auditor reads and may not answer.
        let auditor = house.as_("shen.ming").await;
        assert!(!alerts::one(&auditor, &id).await.unwrap().answerable);
        let refused = alerts::respond(vault, &auditor, &id, Response::Close, "no").await.unwrap_err();
        assert_eq!(code(&refused), "alerts.receive");

        let answered =
            alerts::respond(vault, &leader, &id, Response::Acknowledge, "I ask her").await.unwrap();
        assert_eq!((answered.state.as_str(), answered.responses.len()), ("acknowledged", 1));
        let number = alerts::respond(vault, &security, &id, Response::Close, "asked 13800138000").await;
        assert!(number.unwrap_err().to_string().contains("note"));
        let again = alerts::respond(vault, &security, &id, Response::Acknowledge, "").await.unwrap_err();
        assert_eq!(code(&again), "alert_acknowledged");
        let silent = alerts::respond(vault, &security, &id, Response::Close, "  ").await.unwrap_err();
        assert_eq!(code(&silent), "required");
        let long = alerts::respond(vault, &security, &id, Response::Close, &"长".repeat(501)).await;
        assert_eq!(code(&long.unwrap_err()), "too_long");
        let closed = alerts::respond(vault, &security, &id, Response::Close, "a campaign").await.unwrap();
        assert_eq!(closed.state, "closed");
        assert!(!closed.answerable);
        let said: Vec<_> =
            closed.responses.iter().map(|r| (r.action.as_str(), r.by.id.as_str(), r.note.as_str())).collect();
        assert_eq!(
            said,
            [
                ("acknowledge", leader.person().as_str(), "I ask her"),
                ("close", security.person().as_str(), "a campaign"),
            ]
        );
        for response in [Response::Acknowledge, Response::EndSessions, Response::Close] {
            let refused = alerts::respond(vault, &leader, &id, response, "again").await.unwrap_err();
            assert_eq!(code(&refused), "alert_closed");
        }
        let found =
            async |sought: Sought| alerts::list(&security, &sought, 10, None).await.unwrap().alerts.len();
        let open = found(Sought { state: Some(AlertState::Open), ..Sought::default() }).await;
        let closed = found(Sought { state: Some(AlertState::Closed), ..Sought::default() }).await;
        assert_eq!((open, closed), (0, 1));
        let (severity, person) = (Some(Severity::Medium), Some(rep.person().clone()));
        assert_eq!(found(Sought { severity, person: person.clone(), ..Sought::default() }).await, 1);
        assert_eq!(found(Sought { severity: Some(Severity::High), person, ..Sought::default() }).await, 0);
        let somebody = Some(leader.person().clone());
        assert_eq!(found(Sought { person: somebody, ..Sought::default() }).await, 0);

        vault.sequence(true).await.unwrap();
        let auditor = house.as_("shen.ming").await;
        for action in ["alert.raise", "alert.acknowledge", "alert.close"] {
            assert_eq!(
                auditor.ledger_entries(&SoughtEntries::from_place(0, Some(action)), 10).await.unwrap().len(),
                1,
                "{action}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn au_06_one_answer_ends_every_session_and_leaves_the_account_open() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let vault = &house.vault;
        let tokens = [
            house.sign_in("zhang.wei").await.unwrap().token,
            house.sign_in("zhang.wei").await.unwrap().token,
        ];
        let rep = vault.authenticate(&tokens[0]).await.unwrap();
        reveal(&house, &rep, 10).await;
        look(&house, &mut watcher).await;
        let leader = house.as_("zhao.qiang").await;
        let bystander = house.sign_in("li.na").await.unwrap().token;
        let id = RecordId::new(seen(&leader).await[0].id.as_str());
        let answered = alerts::respond(vault, &leader, &id, Response::EndSessions, "").await.unwrap();
        assert_eq!(answered.state, "acknowledged");
        assert_eq!(answered.responses[0].sessions, Some(2));
        for token in &tokens {
            assert!(matches!(vault.authenticate(token).await, Err(VaultError::NoSession)));
        }
        vault.authenticate(&bystander).await.unwrap();
        house.sign_in("zhang.wei").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn au_06_somebody_who_answers_at_the_same_moment_keeps_no_session_alive() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let vault = &house.vault;
        let token = house.sign_in("zhang.wei").await.unwrap().token;
        let rep = vault.authenticate(&token).await.unwrap();
        reveal(&house, &rep, 10).await;
        look(&house, &mut watcher).await;
        let (leader, security) = (house.as_("zhao.qiang").await, house.as_("feng.an").await);
        let id = RecordId::new(seen(&leader).await[0].id.as_str());
        let (ended, acknowledged) = tokio::join!(
            alerts::respond(vault, &leader, &id, Response::EndSessions, ""),
            alerts::respond(vault, &security, &id, Response::Acknowledge, ""),
        );
        ended.unwrap();
        let responses = alerts::one(&leader, &id).await.unwrap().responses.len();
        assert_eq!(responses, if acknowledged.is_ok() { 2 } else { 1 }, "{acknowledged:?}");
        assert!(matches!(vault.authenticate(&token).await, Err(VaultError::NoSession)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_before_the_rules_look_is_noticed_all_the_same() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let rep = house.as_("zhang.wei").await;
        reveal(&house, &rep, 31).await;
        let leader = house.as_("zhao.qiang").await;
        let mut tx = leader.begin().await.unwrap();
        tx.freeze(rep.person()).await.unwrap();
        tx.commit(Act::new("test", "person")).await.unwrap();
        assert_eq!(look(&house, &mut watcher).await, 3);
        assert_eq!(about(&seen(&leader).await, &rep), ["R01", "R02", "R02"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_on_a_record_explains_looking_at_it() {
    for house in houses().await {
        let mut watcher = start(&house).await;
        let rep = house.as_("zhang.wei").await;
        let customer = house.customers_of(&rep).await[0].clone();
        let mut tx = rep.begin().await.unwrap();
        let fields = common::fields(serde_json::json!({ "level": "A" }));
        let mut changed = tx.update("customer", &customer, None, &fields).await.unwrap();
        if changed.is_empty() {
            let fields = common::fields(serde_json::json!({ "level": "B" }));
            changed = tx.update("customer", &customer, None, &fields).await.unwrap();
        }
        tx.commit(Act::new("record.update", "customer").fields(changed)).await.unwrap();
        reveal(&house, &rep, 15).await;
        assert_eq!(look(&house, &mut watcher).await, 0);
        // The same in the rebuilt watch.
        drop(watcher);
        reveal(&house, &rep, 5).await;
        start(&house).await;
        assert!(seen(&house.as_("feng.an").await).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_watch_reads_facts() {
    for house in houses().await {
        for login in ["zhang.wei", "zhao.qiang", "feng.an", "shen.ming", "zheng.kai"] {
            let scope = house.as_(login).await;
            assert_eq!(code(&scope.facts_after(-1).await.unwrap_err()), "watch");
            assert_eq!(code(&scope.facts_since(0, 0).await.unwrap_err()), "watch");
            assert_eq!(code(&scope.raised_after(-1).await.unwrap_err()), "watch");
            assert_eq!(code(&scope.begin().await.unwrap().take_watch(1).await.unwrap_err()), "watch");
        }
        // A fact under an action that no rule reads would be lost; it is refused instead.
        let rep = house.as_("zhang.wei").await;
        let fact = FactKind::Activity { record: RecordId::new("r") };
        assert!(matches!(rep.log(Act::new("test", "customer").fact(fact)).await, Err(VaultError::Ledger(_))));
    }
}

/// Publishes other thresholds, as the security administrator does.
async fn publish(house: &House, rules: serde_json::Value) {
    let security = house.as_("feng.an").await;
    let mut tx = security.begin().await.unwrap();
    tx.publish("rules", "alerts", &rules, None).await.unwrap();
    tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn published_thresholds_are_in_force_at_the_next_look_and_named_in_the_alert() {
    for house in houses().await {
        house.vault.sequence(false).await.unwrap();
        let mut watcher = Watcher::following(&house.vault).await.unwrap();
        let rep = house.as_("zhang.wei").await;
        let leader = house.as_("zhao.qiang").await;
        publish(&house, serde_json::json!({ "reveal_rate": { "more_than": 3 } })).await;
        reveal(&house, &rep, 3).await;
        assert_eq!(look(&house, &mut watcher).await, 0, "not above three");
        reveal(&house, &rep, 1).await;
        assert_eq!(look(&house, &mut watcher).await, 1);
        let raised = seen(&leader).await;
        assert_eq!(about(&raised, &rep), ["R01"]);
        assert_eq!((raised[0].count, raised[0].rules_version), (4, 2));

        // Back to the product's own: what was raised is not raised again, and what would have been is no longer.
        publish(&house, serde_json::json!({})).await;
        reveal(&house, &rep, 4).await;
        assert_eq!(look(&house, &mut watcher).await, 0);
        // A restart works by what is published, too.
        let again = house.again().await;
        let mut after = Watcher::following(&again).await.unwrap();
        assert_eq!(after.look().await.unwrap(), 0);
        assert_eq!(again.catalog().rules.version, 3);
        again.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_company_has_something_for_everybody_who_watches_over_it() {
    for house in houses().await {
        let settings = demo::Settings { seed: 1, customers: 60, people: 20, now: house.clock.now() };
        demo::check(&house.vault, settings).await.unwrap();
        let mut watcher = start(&house).await;
        look(&house, &mut watcher).await;

        let leader = house.as_("zhao.qiang").await;
        let raised = seen(&leader).await;
        let mut rules: Vec<&str> = raised.iter().map(|alert| alert.rule.as_str()).collect();
        rules.sort_unstable();
        assert_eq!(rules, ["R02", "R07"]);
        assert!(raised.iter().all(|alert| alert.person["name"] == "孟佳" && !alert.evidence.is_empty()));

        let lawyer = house.as_("he.zheng").await;
        let now = house.clock.now();
        let requests = rights::list(&lawyer, rights::Which::All, 10).await.unwrap();
        let mut states: Vec<&str> = requests.iter().map(|request| request.state.as_str()).collect();
        states.sort_unstable();
        assert_eq!(states, ["answered", "identity", "open"]);
        let near = requests.iter().find(|request| request.state == "open").unwrap();
        let due = kedun_model::moment::parse(near.due_at.as_deref().unwrap()).unwrap();
        assert!((now..now + 5 * DAY).contains(&due), "in hand, and nearly due");

        let handovers = handover::list(&house.vault, &leader, 10).await.unwrap();
        assert_eq!(handovers.iter().map(|one| one.state.as_str()).collect::<Vec<_>>(), ["planned"]);
        assert!(handovers[0].progress.total >= 8);
        assert!(house.sign_in("meng.jia").await.is_err(), "who leaves is out");
        assert!(retention::due(&lawyer, 0, 10).await.unwrap().total > 0);
    }
}
