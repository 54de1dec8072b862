//! Keeping watch: the register of exports and its monthly review, and how much people look at which hour. Counts and
//! cases, for those entitled, and nothing of a customer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, code, houses};
use kedun_core::exports::{self, Month, SoughtExports};
use kedun_model::Zone;
use kedun_vault::{LookKind, Scope, SoughtEntries};
use serde_json::json;

const DAY: i64 = 86_400_000;

async fn order(house: &House, scope: &Scope, purpose: &str) -> exports::ExportView {
    let wanted = json!({ "object": "customer", "fields": ["name", "level"], "purpose": purpose, "format": "csv",
        "filter": { "field": "level", "op": "eq", "value": "A" } });
    exports::order(&house.vault, scope, serde_json::from_value(wanted).unwrap()).await.unwrap()
}

async fn found(scope: &Scope, sought: SoughtExports) -> Vec<String> {
    let page = exports::register(scope, &sought, 100, None).await.unwrap();
    page.exports.into_iter().map(|export| export.purpose).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_shows_every_export_to_its_keepers_and_to_nobody_else() {
    for house in houses().await {
        let (rep, other) = (house.as_("zhang.wei").await, house.as_("li.na").await);
        order(&house, &rep, "report").await;
        order(&house, &other, "visit_plan").await;
        for keeper in ["feng.an", "shen.ming"] {
            let keeper = house.as_(keeper).await;
            assert_eq!(found(&keeper, SoughtExports::default()).await, ["visit_plan", "report"]);
            let person = Some(rep.person().clone());
            assert_eq!(
                found(&keeper, SoughtExports { person, ..SoughtExports::default() }).await,
                ["report"]
            );
            let state = Some("rejected".to_owned());
            assert!(found(&keeper, SoughtExports { state, ..SoughtExports::default() }).await.is_empty());
            let month = Month::of(house.clock.now(), Zone::Shanghai);
            assert_eq!(found(&keeper, SoughtExports { month, ..SoughtExports::default() }).await.len(), 2);
            let month = Month::parse("2020-01");
            assert!(found(&keeper, SoughtExports { month, ..SoughtExports::default() }).await.is_empty());
        }
        // A manager sees the exports of the department as records, but keeps no register.
        for stranger in ["zhang.wei", "zhao.qiang", "zheng.kai", "he.zheng"] {
            let stranger = house.as_(stranger).await;
            let refused =
                exports::register(&stranger, &SoughtExports::default(), 10, None).await.unwrap_err();
            assert_eq!(code(&refused), "exports.register");
            assert_eq!(code(&exports::reviews(&stranger).await.unwrap_err()), "exports.register");
            let refused = exports::review(&house.vault, &stranger, "2020-01", "fine").await.unwrap_err();
            assert_eq!(code(&refused), "exports.register");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_due_once_it_is_over_and_is_reviewed_once_with_what_it_held() {
    for house in houses().await {
        let security = house.as_("feng.an").await;
        assert!(
            exports::reviews(&security).await.unwrap().is_empty(),
            "before the first export nothing is due"
        );
        let rep = house.as_("zhang.wei").await;
        order(&house, &rep, "report").await;
        let month = Month::of(house.clock.now(), Zone::Shanghai).unwrap().to_string();
        let now = &exports::reviews(&security).await.unwrap()[0];
        assert_eq!((now.period.as_str(), now.state, now.exports), (month.as_str(), "open", 1));
        let early = exports::review(&house.vault, &security, &month, "too early").await.unwrap_err();
        assert_eq!(code(&early), "not_over");

        house.clock.advance(32 * DAY);
        let (security, auditor) = (house.as_("feng.an").await, house.as_("shen.ming").await);
        let months = exports::reviews(&auditor).await.unwrap();
        let due = months.iter().find(|m| m.period == month).unwrap();
        assert_eq!((due.state, due.exports), ("due", 1));
        for (period, note, wrong) in [
            ("2026-13", "x", "not_a_month"),
            (month.as_str(), "  ", "required"),
            (month.as_str(), &"长".repeat(501), "too_long"),
        ] {
            let refused = exports::review(&house.vault, &security, period, note).await.unwrap_err();
            assert_eq!(code(&refused), wrong);
        }

        // Both guardians at once: one review, one refusal, on both engines.
        let (first, second) = tokio::join!(
            exports::review(&house.vault, &security, &month, "one masked list, as asked"),
            exports::review(&house.vault, &auditor, &month, "one masked list, as asked"),
        );
        let (made, refused) = match (first, second) {
            (Ok(made), Err(refused)) | (Err(refused), Ok(made)) => (made, refused),
            other => panic!("{other:?}"),
        };
        assert_eq!(code(&refused), "already_reviewed");
        assert_eq!((made.counts.exports, made.counts.clear), (1, 0));
        let months = exports::reviews(&auditor).await.unwrap();
        let done = months.iter().find(|m| m.period == month).unwrap();
        assert_eq!(done.state, "reviewed");
        assert_eq!(done.review.as_ref().unwrap().note, "one masked list, as asked");

        house.vault.sequence(true).await.unwrap();
        let rows = SoughtEntries::from_place(0, Some("export.review"));
        assert_eq!(auditor.ledger_entries(&rows, 10).await.unwrap().len(), 1);
        // It is a record that nobody may change, not even who made it.
        let id = kedun_model::RecordId::new(made.id.as_str());
        assert!(security.get("review", &id).await.is_ok());
        let mut tx = security.begin().await.unwrap();
        let changed = json!({ "note": "otherwise" }).as_object().unwrap().clone();
        assert!(tx.update("review", &id, None, &changed).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_are_counted_by_person_and_hour_for_whoever_watches_over_them() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let security = house.as_("feng.an").await;
        let before = |kind| {
            let (security, rep) = (security.clone(), rep.person().clone());
            async move {
                let seen = security.looks_by_hour(kind, 7).await.unwrap();
                let mine = seen.people.into_iter().find(|p| p.person.id == rep.as_str());
                mine.map_or((0, [0; 24]), |p| (p.total, p.hours))
            }
        };
        let (reads, _) = before(LookKind::Read).await;
        let (reveals, _) = before(LookKind::Reveal).await;
        let customers = house.customers_of(&rep).await;
        for id in &customers[..3] {
            rep.get("customer", id).await.unwrap();
        }
        let revealed = async {
            for id in &customers {
                if rep.reveal("customer", id, "phone", "call").await.is_ok() {
                    return;
                }
            }
            panic!("nobody has a phone");
        };
        revealed.await;
        let (now, hours) = before(LookKind::Read).await;
        assert!(now >= reads + 3, "{reads} {now}");
        assert_eq!(hours.iter().sum::<i64>(), now);
        let hour = (house.clock.now() + 8 * 3_600_000).rem_euclid(DAY) / 3_600_000;
        assert!(hours[usize::try_from(hour).unwrap()] >= 3);
        assert_eq!(before(LookKind::Reveal).await.0, reveals + 1);

        // A leader of another team does not see the rep; the leader of their own does; who watches nobody is refused.
        let names = async |login: &str| {
            let seen = house.as_(login).await.looks_by_hour(LookKind::Read, 7).await.unwrap();
            seen.people.into_iter().map(|p| p.person.id).collect::<Vec<_>>()
        };
        assert!(names("zhao.qiang").await.contains(&rep.person().to_string()));
        assert!(!names("zhou.min").await.contains(&rep.person().to_string()));
        for stranger in ["zhang.wei", "shen.ming", "zheng.kai"] {
            let refused = house.as_(stranger).await.looks_by_hour(LookKind::Read, 7).await.unwrap_err();
            assert_eq!(code(&refused), "alerts.receive");
        }
        for days in [0, 32, -1] {
            let refused = security.looks_by_hour(LookKind::Read, days).await.unwrap_err();
            assert_eq!(code(&refused), "out_of_range");
        }
        // Names of people and numbers: no record, no title.
        let text = json!(security.looks_by_hour(LookKind::Read, 7).await.unwrap()).to_string();
        assert!(customers.iter().all(|id| !text.contains(id.as_str())));
    }
}
