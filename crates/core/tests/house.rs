//! The story through the verbs, on SQLite and, where `KEDUN_TEST_PG` names a server, on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use kedun_core::demo::{self, PASSWORD};
use kedun_core::{followups, intake};
use kedun_model::filter::Filter;
use kedun_model::{Problem, RecordId};
use kedun_vault::keys::{Kek, Key32};
use kedun_vault::{
    Clock, Credentials, Options, Query, Scope, SecondFactor, SoughtEntries, Source, Vault, VaultError,
};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

struct House {
    vault: Vault,
    _folder: tempfile::TempDir,
}

async fn houses() -> Vec<House> {
    let mut houses = vec![house(None).await];
    if let Some(url) = crate::common::postgres() {
        houses.push(house(Some(url)).await);
    }
    houses
}

async fn house(postgres: Option<String>) -> House {
    let folder = tempfile::tempdir().unwrap();
    let source = match postgres {
        None => Source::Sqlite { folder: folder.path().to_owned() },
        Some(url) => Source::Postgres { url, schema: format!("t{}", uuid::Uuid::now_v7().simple()) },
    };
    let options = Options {
        cheap_passwords: true,
        second_factor: Some(SecondFactor::Optional),
        ..Options::new(source)
    };
    let vault =
        Vault::open(options, &Kek::from_key(Key32::from_bytes([7; 32])), Clock::default()).await.unwrap();
    let now = vault.clock().now();
    demo::fill(&vault, demo::Settings { seed: 1, customers: 60, people: 20, now }, |_| {}).await.unwrap();
    House { vault, _folder: folder }
}

impl House {
    async fn as_(&self, login: &str) -> Scope {
        let signed_in = self
            .vault
            .sign_in(Credentials {
                login: login.to_owned(),
                password: PASSWORD.to_owned(),
                totp: None,
                device: "test".to_owned(),
                device_id: None,
            })
            .await
            .unwrap();
        self.vault.authenticate(&signed_in.token).await.unwrap()
    }
}

fn fields(json: Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}

fn agreed(vault: &Vault, sensitive: bool) -> intake::Intake {
    let version = vault.catalog().notices["sales_contact"].version;
    serde_json::from_value(json!({
        "notice": { "id": "sales_contact", "version": version }, "purpose": "sales_contact", "basis": "consent",
        "channel": "in_person",
        "consents": [{ "kind": "collect", "given": true }, { "kind": "sensitive", "given": sensitive }]
    }))
    .unwrap()
}

fn codes(error: VaultError) -> Vec<(String, String)> {
    match error {
        VaultError::Problem(Problem::Invalid(errors)) => {
            errors.into_iter().map(|e| (e.field, e.code)).collect()
        }
        other => panic!("not a validation error: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_collected_tracked_revealed_and_seen_only_by_those_who_may() {
    for house in houses().await {
        let (rep, other, manager) =
            (house.as_("zhang.wei").await, house.as_("huang.lei").await, house.as_("wang.jianguo").await);
        let new = fields(json!({ "name": "静安明心口腔门诊部", "phone": "13800138000", "level": "A" }));

        let refused = intake::create(&house.vault, &rep, "customer", new.clone(), None).await.unwrap_err();
        assert_eq!(codes(refused), [("intake".to_owned(), "basis_required".to_owned())]);
        let mut with_id = new.clone();
        with_id.insert("id_number".to_owned(), json!("11010519491231002X"));
        let refused =
            intake::create(&house.vault, &rep, "customer", with_id, Some(&agreed(&house.vault, false)))
                .await
                .unwrap_err();
        assert_eq!(codes(refused), [("id_number".to_owned(), "separate_consent_required".to_owned())]);

        let created =
            intake::create(&house.vault, &rep, "customer", new.clone(), Some(&agreed(&house.vault, false)))
                .await
                .unwrap();
        let id = RecordId::new(created.id());
        let shown = serde_json::to_value(&created).unwrap();
        assert_eq!(shown["fields"]["phone"]["masked"], "138****8000");
        assert!(!shown.to_string().contains("13800138000"));
        assert_eq!(intake::consents(&rep, "customer", &id).await.unwrap().len(), 1);

        let again = intake::create(&house.vault, &other, "customer", new, Some(&agreed(&house.vault, false)))
            .await
            .unwrap_err();
        assert_eq!(codes(again), [("phone".to_owned(), "duplicate".to_owned())]);

        assert!(matches!(other.get("customer", &id).await, Err(VaultError::Problem(Problem::NotFound))));
        assert!(matches!(
            other.reveal("customer", &id, "phone", "call").await,
            Err(VaultError::Problem(Problem::NotFound))
        ));
        assert_eq!(manager.get("customer", &id).await.unwrap().title(), Some("静安明心口腔门诊部"));

        let revealed = rep.reveal("customer", &id, "phone", "call").await.unwrap();
        assert!(revealed.value.to_string().contains("13800138000"), "{}", revealed.value);
        for q in ["明心口腔", "138 0013 8000", "8000"] {
            let found = rep.search(&["customer"], q, 20).await.unwrap().found;
            assert!(found.iter().any(|f| f.record.id() == id.as_str()), "{q} finds nothing");
            let found = other.search(&["customer"], q, 20).await.unwrap().found;
            assert!(found.iter().all(|f| f.record.id() != id.as_str()), "{q} leaks");
        }

        let visit = fields(json!({ "customer": id, "kind": "visit", "content": "拜访了门诊主任，谈了试用" }));
        let due = kedun_model::moment::text(rep.now() + 86_400_000);
        let next = fields(json!({ "what": "送试用机", "kind": "visit", "due_at": due }));
        let also = followups::Also { next: Some(&next), ..followups::Also::default() };
        followups::log(&rep, visit, &also).await.unwrap();
        let line = followups::timeline(&rep, &id, None).await.unwrap();
        assert_eq!(line.entries.len(), 3);
        assert!(rep.get("customer", &id).await.unwrap().next_follow_up().is_some());
        followups::today(&rep).await.unwrap();

        let looks = manager.audience("customer", &id).await.unwrap();
        assert!(looks.iter().any(|l| l.action == "reveal" && l.purpose.as_deref() == Some("call")));

        // Changing: a masked text that comes back is no change, a stale revision is a conflict.
        let record = rep.get("customer", &id).await.unwrap();
        let patch = fields(json!({ "phone": "138****8000", "level": "B" }));
        let changed = intake::update(&rep, "customer", &id, Some(record.revision()), &patch).await.unwrap();
        assert_eq!(changed.clear_text("level"), Some("B"));
        assert!(
            rep.reveal("customer", &id, "phone", "call")
                .await
                .unwrap()
                .value
                .to_string()
                .contains("13800138000")
        );
        assert!(matches!(
            intake::update(&rep, "customer", &id, Some(record.revision()), &patch).await,
            Err(VaultError::RevisionConflict(_))
        ));
        assert_eq!(rep.history("customer", &id).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_hold_only_what_the_caller_may_see_and_page_without_gaps() {
    for house in houses().await {
        for login in [
            "zhang.wei",
            "sun.yue",
            "wang.jianguo",
            "xu.hui",
            "he.zheng",
            "shen.ming",
            "zheng.kai",
            "feng.an",
        ] {
            let scope = house.as_(login).await;
            let mut seen = Vec::new();
            let mut query = Query { limit: 7, count: true, ..Query::default() };
            loop {
                let page = match scope.query("customer", &query).await {
                    Ok(page) => page,
                    Err(VaultError::Problem(Problem::NotFound)) => break,
                    Err(other) => panic!("{login}: {other:?}"),
                };
                seen.extend(page.records.iter().map(|r| r.id().to_owned()));
                if query.cursor.is_none() {
                    query.count = false;
                }
                match page.next_cursor {
                    Some(cursor) => query.cursor = Some(cursor),
                    None => break,
                }
            }
            let mut distinct = seen.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!(distinct.len(), seen.len(), "{login} saw a record twice");
            match login {
                "shen.ming" | "zheng.kai" => assert!(seen.is_empty(), "{login} sees customers"),
                "wang.jianguo" => assert!(seen.len() > 5),
                _ => {}
            }
            for id in seen.iter().take(3) {
                scope.get("customer", &RecordId::new(id.as_str())).await.unwrap();
            }
        }
        let rep = house.as_("zhang.wei").await;
        for (filter, code) in [
            (json!({ "field": "nothing", "op": "eq", "value": 1 }), "unknown_field"),
            (json!({ "field": "phone", "op": "contains", "value": "138" }), "operator_not_for_this_field"),
            (json!({ "field": "level", "op": "eq", "value": "Z" }), "unknown_option"),
        ] {
            let query = Query { filter: Some(Filter::parse(&filter).unwrap()), limit: 5, ..Query::default() };
            let errors = codes(rep.query("customer", &query).await.unwrap_err());
            assert_eq!(errors[0].1, code, "{filter}");
        }
        for filter in [
            json!({ "field": "level", "op": "in", "value": ["A", "B"] }),
            json!({ "field": "stage", "op": "ne", "value": "won" }),
            json!({ "all": [{ "field": "owner", "op": "me" }, { "not": { "field": "level", "op": "eq", "value": "A" } }] }),
            json!({ "field": "name", "op": "contains", "value": "医院" }),
            json!({ "field": "relation", "op": "eq", "value": "pool" }),
            json!({ "field": "created_at", "op": "last_days", "value": 400 }),
            json!({ "field": "phone", "op": "eq", "value": "13800138000" }),
            json!({ "field": "next_follow_up", "op": "next_days", "value": 7 }),
        ] {
            for sort in ["updated_at", "name", "level", "next_follow_up"] {
                let query = Query {
                    filter: Some(Filter::parse(&filter).unwrap()),
                    sort: vec![(sort.to_owned(), true)],
                    limit: 5,
                    ..Query::default()
                };
                rep.query("customer", &query).await.unwrap_or_else(|e| panic!("{filter} by {sort}: {e:?}"));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kit_that_is_written_while_the_log_grows_is_intact() {
    for house in houses().await {
        let (vault, rep) = (house.vault.clone(), house.as_("zhang.wei").await);
        let enough = Arc::new(AtomicBool::new(false));
        let seen = enough.clone();
        let growing = tokio::spawn(async move {
            while !seen.load(Ordering::SeqCst) {
                rep.query("customer", &Query { limit: 1, ..Query::default() }).await.unwrap();
                vault.sequence(false).await.unwrap();
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let key = house.vault.ledger_key().parse().unwrap();
        for round in 0..5 {
            let kit = folder.path().join(round.to_string());
            let written = house.vault.export_kit(&kit).await.unwrap();
            let report = kedun_ledger::verify::verify_kit(&kit, std::slice::from_ref(&key)).unwrap();
            assert!(report.ok && report.signed == written.entries, "{report:?}");
        }
        enough.store(true, Ordering::SeqCst);
        growing.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_stops_no_signing() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        house.vault.sequence(true).await.unwrap();
        let before = house.vault.ledger_heads(1).await.unwrap().remove(0);
        house.vault.clock().advance(-3_600_000);
        rep.query("customer", &Query { limit: 5, ..Query::default() }).await.unwrap();
        house.vault.sequence(false).await.unwrap();
        let after = house.vault.ledger_heads(1).await.unwrap().remove(0);
        // Heads are found by their time, so the time of the second is not before that of the first.
        assert!(after.size > before.size && after.at >= before.at, "{before:?}, {after:?}");
        let found = house.vault.head_after(before.at + 1).await.unwrap();
        assert!(found.is_none_or(|head| i64::try_from(head.size).unwrap() >= after.size));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_place_and_sign_at_once_do_not_take_each_other_for_a_lost_log() {
    for house in houses().await {
        let kek = Kek::from_key(Key32::from_bytes([7; 32]));
        let other = Vault::open(house.vault.options().clone(), &kek, Clock::default()).await.unwrap();
        let rep = house.as_("zhang.wei").await;
        let grow = async |vault: &Vault| {
            for _ in 0..30 {
                rep.query("customer", &Query { limit: 1, ..Query::default() }).await.unwrap();
                vault.sequence(true).await.unwrap();
            }
        };
        tokio::join!(grow(&house.vault), grow(&other));
        assert!(house.vault.verify_ledger().await.unwrap().ok);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_verifies_live_and_as_a_kit() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        rep.query("customer", &Query { limit: 5, ..Query::default() }).await.unwrap();
        house.vault.sequence(true).await.unwrap();
        let report = house.vault.verify_ledger().await.unwrap();
        assert!(report.ok, "{report:?}");
        assert!(report.signed > 0);
        let folder = tempfile::tempdir().unwrap();
        let kit = folder.path().join("kit");
        house.vault.export_kit(&kit).await.unwrap();
        let key = house.vault.ledger_key().parse().unwrap();
        let report = kedun_ledger::verify::verify_kit(&kit, &[key]).unwrap();
        assert!(report.ok, "{report:?}");
        let auditor = house.as_("shen.ming").await;
        let entries = auditor.ledger_entries(&SoughtEntries::from_place(0, None), 100).await.unwrap();
        assert!(!entries.is_empty());
        auditor.ledger_proof(&entries[0].id).await.unwrap();
        // The newest first; of whoever wrote one of them, without a name; and as they were hashed.
        let newest = auditor.ledger_entries(&SoughtEntries::default(), 5).await.unwrap();
        assert!(newest.is_sorted_by(|a, b| a.seq > b.seq) && newest[0].seq >= entries.last().unwrap().seq);
        let by_one =
            SoughtEntries { actor_of: entries[0].seq, before: newest[0].seq, ..SoughtEntries::default() };
        let by_one = auditor.ledger_entries(&by_one, 50).await.unwrap();
        assert!(
            by_one.iter().all(|e| e.actor == entries[0].actor && e.seq < newest[0].seq) && !by_one.is_empty()
        );
        let nobody = SoughtEntries { actor_of: Some(1 << 40), ..SoughtEntries::default() };
        assert!(matches!(
            auditor.ledger_entries(&nobody, 5).await,
            Err(VaultError::Problem(Problem::NotFound))
        ));
        let bundle = auditor.ledger_bundle("entries/000.p/3").await.unwrap();
        let tile = house.vault.tile("0/000.p/3").await.unwrap();
        let hashed: Vec<u8> = kedun_ledger::tile::decode_bundle(&bundle)
            .unwrap()
            .into_iter()
            .flat_map(|bytes| kedun_ledger::tree::leaf_hash(bytes).0)
            .collect();
        assert_eq!(hashed, tile);
        for absent in ["entries/x999/000", "entries/0", "entries/../key", "entries/000.p/0"] {
            assert!(
                matches!(auditor.ledger_bundle(absent).await, Err(VaultError::Problem(Problem::NotFound))),
                "{absent}"
            );
        }
        assert!(matches!(
            rep.ledger_bundle("entries/000.p/3").await,
            Err(VaultError::Problem(Problem::Forbidden(_)))
        ));
        assert!(!house.vault.ledger_heads(3).await.unwrap().is_empty());
        assert!(matches!(
            rep.ledger_entries(&SoughtEntries::from_place(0, None), 10).await,
            Err(VaultError::Problem(Problem::Forbidden(_)))
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_keeps_its_name_and_its_draft_key_until_it_is_ended() {
    for house in houses().await {
        let first = house.as_("zhang.wei").await;
        let (device, key) = (first.device().unwrap().to_owned(), first.draft_key().unwrap());
        let on = async |login: &str, device: &str| {
            let credentials = Credentials {
                login: login.to_owned(),
                password: PASSWORD.to_owned(),
                totp: None,
                device: "test".to_owned(),
                device_id: Some(device.to_owned()),
            };
            let signed_in = house.vault.sign_in(credentials).await.unwrap();
            house.vault.authenticate(&signed_in.token).await.unwrap()
        };
        let again = on("zhang.wei", &device).await;
        assert_eq!(again.device(), Some(device.as_str()));
        assert_eq!(again.draft_key().unwrap(), key);

        let colleague = on("huang.lei", &device).await;
        assert_ne!(colleague.device(), Some(device.as_str()));
        assert_ne!(colleague.draft_key().unwrap(), key);

        again.end_device(&device).await.unwrap();
        let returned = on("zhang.wei", &device).await;
        assert_ne!(returned.device(), Some(device.as_str()));
        assert_ne!(returned.draft_key().unwrap(), key);
    }
}
