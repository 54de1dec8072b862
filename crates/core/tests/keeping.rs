//! The retention calendar: RT-01 (every object with personal data has a clock and an end), RT-03 (holds).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, agreed, code, fields, houses};
use kedun_core::retention::{self, NewHold, Target};
use kedun_core::{approvals, erasures, intake, packages};
use kedun_model::flow::{Decision, Snapshot};
use kedun_model::notice::Basis;
use kedun_model::{RecordId, Verb, moment};
use kedun_vault::{Act, NewPerson, NewRecord, Scope, SoughtEntries, Task};
use serde_json::json;

const DAY: i64 = 86_400_000;

async fn customer(house: &House, name: &str) -> RecordId {
    let rep = house.as_("zhang.wei").await;
    // Each name has a number of its own: what is here already would not be taken in twice.
    let phone = format!("138{:08}", name.chars().map(u32::from).sum::<u32>());
    let new = fields(json!({ "name": name, "phone": phone }));
    let given = agreed(&house.vault);
    RecordId::new(intake::create(&house.vault, &rep, "customer", new, Some(&given)).await.unwrap().id())
}

async fn second_lawyer(house: &House) -> Scope {
    let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
    let new = NewPerson {
        login: "second.lawyer".into(),
        name: "丁一".into(),
        staff_no: "RK9999".into(),
        department: None,
        password: kedun_core::demo::PASSWORD.into(),
        roles: vec!["legal".into()],
        language: "zh-CN".into(),
    };
    tx.add_person(new).await.unwrap();
    tx.commit(Act::new("test", "person")).await.unwrap();
    house.as_("second.lawyer").await
}

fn target(record: &RecordId) -> Target {
    serde_json::from_value(json!({ "object": "customer", "record": record })).unwrap()
}

fn hold(record: &RecordId, ground: &str, note: &str) -> NewHold {
    serde_json::from_value(json!({ "object": "customer", "record": record, "ground": ground, "note": note }))
        .unwrap()
}

async fn due(scope: &Scope) -> Vec<RecordId> {
    let mut found = Vec::new();
    let mut from = Some(0);
    while let Some(at) = from {
        let page = retention::due(scope, at, 40).await.unwrap();
        found.extend(page.records.into_iter().map(|one| one.record));
        from = page.next_from;
    }
    found
}

#[test]
fn rt_01_no_object_with_personal_data_ships_without_a_clock() {
    let mut clocked = 0;
    for package in packages::packages().unwrap() {
        for object in package.objects {
            let Some(terms) = &object.retention else { continue };
            clocked += 1;
            assert!(object.check().is_empty(), "{}", object.name);
            // What a term is counted from is there, a date that is projected.
            let all = packages::packages().unwrap();
            for (of, field) in terms.ends() {
                let def = all.iter().flat_map(|p| &p.objects).find(|o| o.name == *of).unwrap();
                let field = def.field(field).unwrap();
                assert!(field.filterable && field.column.is_none(), "{of}.{}", field.name);
                assert_eq!(def.parent.as_ref().unwrap().object, object.name);
            }
            let mut without = object.clone();
            without.retention = None;
            let errors: Vec<String> = without.check().into_iter().map(|e| e.code).collect();
            assert_eq!(errors, ["retention_required"], "{}", object.name);
        }
    }
    assert_eq!(clocked, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_01_a_package_without_a_clock_is_not_loaded() {
    for house in houses().await {
        let mut body = serde_json::to_value(&*house.vault.catalog().objects[&"lead".into()].def).unwrap();
        body.as_object_mut().unwrap().remove("retention");
        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        let refused = tx.publish("object", "lead", &body, None).await.unwrap_err();
        assert_eq!(code(&refused), "retention_required");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_01_what_is_due_is_listed_what_is_held_or_goes_on_is_not_and_what_is_erased_is_gone() {
    for house in houses().await {
        let (quiet, held) = (customer(&house, "沉默客户").await, customer(&house, "涉诉客户").await);
        let (bound, served) = (customer(&house, "在约客户").await, customer(&house, "老约客户").await);
        let rep = house.as_("zhang.wei").await;
        for (customer, ends) in [(&bound, None), (&served, Some("2020-01-01"))] {
            let mut tx = rep.begin().await.unwrap();
            let new = NewRecord {
                fields: fields(
                    json!({ "customer": customer, "name": "供货合同", "number": format!("HT-{customer}"),
                    "amount": 100, "ends_at": ends }),
                ),
                ..NewRecord::default()
            };
            tx.create("contract", new).await.unwrap();
            tx.commit(Act::new("record.create", "contract")).await.unwrap();
        }
        let lawyer = house.as_("he.zheng").await;
        let second = second_lawyer(&house).await;
        let before = retention::calendar(&lawyer).await.unwrap();
        assert!(!due(&lawyer).await.contains(&quiet));
        assert!(before.months.iter().all(|month| month.held == 0));

        // The reason is a code and a note without anybody in it; once is enough; it can be lifted by its own act alone.
        let personal =
            retention::hold(&lawyer, &hold(&held, "litigation", "请联系 13800138000")).await.unwrap_err();
        assert_eq!(code(&personal), "personal_data");
        assert_eq!(
            code(&retention::hold(&lawyer, &hold(&held, "because", "")).await.unwrap_err()),
            "unknown_option"
        );
        let placed = retention::hold(&lawyer, &hold(&held, "litigation", "合同纠纷案")).await.unwrap();
        assert_eq!(code(&retention::hold(&second, &hold(&held, "audit", "")).await.unwrap_err()), "on_hold");
        let changed = fields(json!({ "level": "A" }));
        let mut tx = rep.begin().await.unwrap();
        assert_eq!(code(&tx.update("customer", &held, None, &changed).await.unwrap_err()), "on_hold");
        drop(tx);

        house.clock.advance(3 * 366 * DAY);
        let (lawyer, second) = (house.as_("he.zheng").await, house.as_("second.lawyer").await);
        let listed = due(&lawyer).await;
        assert!(listed.contains(&quiet) && listed.contains(&served));
        assert!(!listed.contains(&held), "a hold stops the term");
        assert!(!listed.contains(&bound), "a contract without an end goes on");
        let calendar = retention::calendar(&lawyer).await.unwrap();
        assert_eq!(calendar.overdue, listed.len());
        assert_eq!(calendar.held, 1);
        assert!(calendar.going_on >= 1);
        assert_eq!(calendar.under_way, 0);

        // Two are begun at once; the held and the unknown are told and left. Nothing is gone yet.
        let begun = retention::begin(&house.vault, &lawyer, &[target(&quiet), target(&held), target(&bound)])
            .await
            .unwrap();
        assert!(begun[0].erasure.is_some());
        assert_eq!(begun[1].problem.as_deref(), Some("not_due"));
        assert_eq!(begun[2].problem.as_deref(), Some("not_due"));
        // Twice at the same moment is once.
        let both = [target(&served)];
        let (one, two) = tokio::join!(
            retention::begin(&house.vault, &lawyer, &both),
            retention::begin(&house.vault, &second, &both),
        );
        let outcomes = [one.unwrap().remove(0), two.unwrap().remove(0)];
        assert_eq!(outcomes.iter().filter(|one| one.erasure.is_some()).count(), 1);
        assert!(outcomes.iter().any(|one| one.problem.as_deref() == Some("erasure_open")));
        let again = retention::begin(&house.vault, &lawyer, &[target(&quiet)]).await.unwrap();
        assert_eq!(again[0].problem.as_deref(), Some("erasure_open"));
        assert_eq!(retention::calendar(&lawyer).await.unwrap().under_way, 2);
        assert!(rep_sees(&house, &quiet).await);

        // The second person decides, on exactly what the first began; then it is gone from the list as well.
        let case = RecordId::new(begun[0].erasure.as_deref().unwrap());
        let task =
            second.tasks(true).await.unwrap().into_iter().find(|task| task.target == case.as_str()).unwrap();
        let hash = Snapshot::parse(&task.snapshot_hash).unwrap();
        let own = approvals::decide(&house.vault, &lawyer, &task.id, Decision::Approve, &hash, "").await;
        assert_eq!(code(&own.unwrap_err()), "own_request");
        approvals::decide(&house.vault, &second, &task.id, Decision::Approve, &hash, "").await.unwrap();
        assert_eq!(erasures::one(&lawyer, &case).await.unwrap().state, "done");
        assert!(!due(&lawyer).await.contains(&quiet));
        assert!(!rep_sees(&house, &quiet).await);

        // Lifted, the term goes on as if it had never stopped.
        retention::lift(&lawyer, &placed.hold.id).await.unwrap();
        assert_eq!(code(&retention::lift(&lawyer, &placed.hold.id).await.unwrap_err()), "not_found");
        assert!(due(&lawyer).await.contains(&held));
        house.vault.sequence(true).await.unwrap();
        let audit = house.as_("shen.ming").await;
        for action in ["hold.place", "hold.lift"] {
            let rows = SoughtEntries::from_place(0, Some(action));
            assert_eq!(audit.ledger_entries(&rows, 10).await.unwrap().len(), 1, "{action}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_01_a_lead_is_kept_for_as_long_as_its_own_basis_says() {
    for house in houses().await {
        let mut body = serde_json::to_value(&*house.vault.catalog().objects[&"lead".into()].def).unwrap();
        body["retention"]["by_basis"] = json!({ "legal_duty": { "months": 60, "since": "last_activity" } });
        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.publish("object", "lead", &body, None).await.unwrap();
        tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
        let rep = house.as_("zhang.wei").await;
        let mut leads = Vec::new();
        for (phone, basis) in [("13800138301", Basis::Consent), ("13800138302", Basis::LegalDuty)] {
            let new = fields(json!({ "company": "按依据保存", "phone": phone }));
            let given = intake::Intake { basis, ..agreed(&house.vault) };
            let made = intake::create(&house.vault, &rep, "lead", new, Some(&given)).await.unwrap();
            leads.push(RecordId::new(made.id()));
        }
        house.clock.advance(13 * 31 * DAY);
        let listed = due(&house.as_("he.zheng").await).await;
        assert!(listed.contains(&leads[0]) && !listed.contains(&leads[1]));
    }
}

/// A customer whom somebody sees through a ticket or complaint of theirs, and not otherwise.
async fn known_through(house: &House, case: &str, whose: &Scope) -> RecordId {
    let customer = customer(house, case).await;
    let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
    let mut given = json!({ "customer": customer, "title": "一件事", "status": "open" });
    let more = match case {
        "ticket" => json!({ "category": "repair", "priority": "normal" }),
        _ => json!({ "category": "privacy", "severity": "low", "channel": "phone", "content": "说明",
            "received_at": moment::text(house.clock.now()) }),
    };
    given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let new =
        NewRecord { fields: fields(given), owner: Some(whose.person().clone()), ..NewRecord::default() };
    tx.create(case, new).await.unwrap();
    tx.commit(Act::new("test", case)).await.unwrap();
    customer
}

async fn rep_sees(house: &House, customer: &RecordId) -> bool {
    house.as_("zhang.wei").await.get("customer", customer).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn work_on_a_customer_begins_its_term_anew() {
    for house in houses().await {
        let worked = customer(&house, "常联系客户").await;
        house.clock.advance(2 * 365 * DAY);
        let rep = house.as_("zhang.wei").await;
        let mut tx = rep.begin().await.unwrap();
        let new = NewRecord {
            fields: fields(json!({ "customer": worked, "kind": "call", "content": "问候",
                "at": moment::text(house.clock.now()) })),
            ..NewRecord::default()
        };
        tx.create("follow_up", new).await.unwrap();
        tx.commit(Act::new("record.create", "follow_up")).await.unwrap();
        house.clock.advance(2 * 365 * DAY);
        assert!(!due(&house.as_("he.zheng").await).await.contains(&worked));
        house.clock.advance(366 * DAY);
        assert!(due(&house.as_("he.zheng").await).await.contains(&worked));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_after_erasures_sees_no_calendar_and_holds_nothing() {
    for house in houses().await {
        let record = customer(&house, "某客户").await;
        for stranger in ["zhang.wei", "zhao.qiang", "xu.hui", "feng.an", "shen.ming", "zheng.kai"] {
            let stranger = house.as_(stranger).await;
            for refused in [
                retention::calendar(&stranger).await.map(drop),
                retention::due(&stranger, 0, 10).await.map(drop),
                retention::holds(&stranger).await.map(drop),
                retention::begin(&house.vault, &stranger, &[target(&record)]).await.map(drop),
                retention::hold(&stranger, &hold(&record, "law", "")).await.map(drop),
                retention::lift(&stranger, "anything").await,
            ] {
                assert_eq!(code(&refused.unwrap_err()), "retention.oversee");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_03_a_held_record_says_so_to_who_could_change_or_erase_it_and_to_nobody_else() {
    for house in houses().await {
        let (lawyer, service) = (house.as_("he.zheng").await, house.as_("xu.hui").await);
        let manager = house.as_("zhao.qiang").await;
        let record = customer(&house, "有诉讼的客户").await;
        let intern = house.as_("sun.yue").await;
        let mut tx = house.as_("zhang.wei").await.begin().await.unwrap();
        let until = house.clock.now() + 30 * DAY;
        tx.share("customer", &record, intern.person(), false, "visit", until).await.unwrap();
        tx.commit(Act::new("record.share", "customer")).await.unwrap();
        let served = known_through(&house, "ticket", &service).await;
        let complaining = known_through(&house, "complaint", &lawyer).await;

        let before = lawyer.get("customer", &complaining).await.unwrap();
        assert!(before.may_be_held() && !before.is_held());
        for one in [&record, &served, &complaining] {
            retention::hold(&lawyer, &hold(one, "litigation", "")).await.unwrap();
        }
        let after = lawyer.get("customer", &complaining).await.unwrap();
        assert!(after.is_held() && !after.may_be_held());
        // Who could change it is told and not offered to; they may neither lift nor place one, nor learn why.
        for scope in [&house.as_("zhang.wei").await, &manager] {
            let told = scope.get("customer", &record).await.unwrap();
            assert!(
                told.is_held() && !told.may_be_held() && !told.may(Verb::Edit) && !told.may(Verb::Delete)
            );
            assert!(!serde_json::to_string(&told).unwrap().contains("litigation"));
        }
        // Service may ask for erasures and is told what would stop one; who only reads it learns nothing.
        assert!(service.get("customer", &served).await.unwrap().is_held());
        let read = intern.get("customer", &record).await.unwrap();
        assert!(!read.is_held() && !read.may_be_held());

        let holds = retention::holds(&lawyer).await.unwrap();
        let of = |id: &RecordId| holds.iter().find(|held| held.hold.record == id.as_str()).unwrap();
        assert_eq!(of(&complaining).title.as_deref(), after.title());
        assert_eq!(of(&record).title, None, "who looks after holds does not see every customer for it");
        retention::lift(&lawyer, &of(&record).hold.id).await.unwrap();
        let free = manager.get("customer", &record).await.unwrap();
        assert!(!free.is_held() && free.may(Verb::Edit));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_01_what_is_due_is_named_to_who_may_read_it_and_numbered_to_others() {
    for house in houses().await {
        known_through(&house, "complaint", &house.as_("he.zheng").await).await;
        house.clock.advance(9 * 366 * DAY);
        let lawyer = house.as_("he.zheng").await;
        let page = retention::due(&lawyer, 0, 200).await.unwrap();
        let mut named = 0;
        for one in &page.records {
            let readable = lawyer.get(one.object.as_str(), &one.record).await.ok();
            assert_eq!(one.title.as_deref(), readable.as_ref().and_then(|record| record.title()));
            named += usize::from(one.title.is_some());
        }
        assert!(named > 0 && named < page.records.len(), "{named} of {}", page.records.len());
    }
}
