//! Customers fall to the pool on the day that they show, and on no other.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, agreed, code, fields, houses, kek, options};
use kedun_core::followups::{self, Also};
use kedun_core::retention::{self, NewHold};
use kedun_core::{intake, pool};
use kedun_model::filter::Filter;
use kedun_model::{RecordId, moment};
use kedun_vault::{Act, GRACE_MS, GroupBy, Grouping, Query, Restore, Scope, Source, Task, Vault, tampering};
use serde_json::{Value as Json, json};

const DAY: i64 = 86_400_000;

async fn customer(house: &House, rep: &Scope, values: Json) -> RecordId {
    let intake = agreed(&house.vault);
    let made = intake::create(&house.vault, rep, "customer", fields(values), Some(&intake)).await.unwrap();
    RecordId::new(made.id())
}

async fn update(scope: &Scope, id: &RecordId, values: Json) {
    let mut tx = scope.begin().await.unwrap();
    tx.update("customer", id, None, &fields(values)).await.unwrap();
    tx.commit(Act::new("record.update", "customer").on(id, None)).await.unwrap();
}

async fn in_pool(house: &House, id: &RecordId) -> bool {
    let seen = house.vault.system(Task::Bootstrap).get("customer", id).await.unwrap();
    serde_json::to_value(seen).unwrap()["pool"].is_string()
}

/// Days in which the house is open, and looks at the pool as it does all the time; answers how many fell.
async fn live(house: &House, days: i64) -> usize {
    let mut fallen = 0;
    for _ in 0..2 * days {
        house.clock.advance(DAY / 2);
        fallen += pool::recycle(&house.vault).await.unwrap();
    }
    fallen
}

/// The graces that were given, by their reasons.
async fn graces(house: &House) -> Vec<String> {
    let told = house.vault.told("pool.grace").await.unwrap();
    told.iter().map(|row| row.details["reason"].as_str().unwrap().to_owned()).collect()
}

fn day(at: i64) -> String {
    moment::text(at)[..10].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_followed_up_falls_on_the_day_that_was_shown_and_nobody_else_does() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let forgotten = customer(&house, &rep, json!({ "name": "无人跟进" })).await;
        let visited = customer(&house, &rep, json!({ "name": "昨天拜访" })).await;
        let guarded = customer(&house, &rep, json!({ "name": "受保护" })).await;
        let won = customer(&house, &rep, json!({ "name": "已成交" })).await;
        let held = customer(&house, &rep, json!({ "name": "被保全" })).await;
        let now = rep.now();
        // Whoever is to follow up does not say how long nobody has to.
        let protect = json!({ "protected_until": day(now + 40 * DAY) });
        let mine = intake::update(&rep, "customer", &guarded, None, &fields(protect.clone())).await;
        assert_eq!(code(&mine.unwrap_err()), "not_writable");
        let boss = house.as_("zhao.qiang").await;
        update(&boss, &guarded, protect).await;
        update(&rep, &won, json!({ "stage": "won", "deal_amount": 10_000 })).await;
        let due = rep.get("customer", &forgotten).await.unwrap().pool_due_at().unwrap();
        assert!((due - now - 30 * DAY).abs() < DAY, "{}", moment::text(due));
        let shown = rep.get("customer", &guarded).await.unwrap().pool_due_at().unwrap();
        // It begins with the day in the company's zone, eight hours before that of UTC.
        assert_eq!(moment::text(shown)[11..19], *"16:00:00");
        assert_eq!(day(shown + 8 * 3_600_000), day(now + 40 * DAY));
        assert_eq!(rep.get("customer", &won).await.unwrap().pool_due_at(), None);

        // What a list can ask for and what a page shows is the same of every customer.
        let all = house.vault.system(Task::Bootstrap);
        let over = json!({ "field": "pool_due_at", "op": "le", "value": moment::text(due) });
        let query = |filter: Option<&Json>| Query {
            filter: filter.map(|f| Filter::parse(f).unwrap()),
            limit: 200,
            ..Query::default()
        };
        let asked = all.query("customer", &query(Some(&over))).await.unwrap().records;
        let shown = all.query("customer", &query(None)).await.unwrap().records;
        let mut asked: Vec<_> = asked.iter().map(|r| r.id().to_owned()).collect();
        let shown = shown.iter().filter(|r| r.pool_due_at().is_some_and(|at| at <= due));
        let mut shown: Vec<_> = shown.map(|r| r.id().to_owned()).collect();
        asked.sort();
        shown.sort();
        assert_eq!(asked, shown);
        assert!(
            asked.len() > 5 && asked.contains(&forgotten.to_string()) && !asked.contains(&won.to_string())
        );

        let mut fallen = live(&house, 28).await;
        let rep = house.as_("zhang.wei").await;
        let entry = json!({ "customer": visited, "kind": "visit", "content": "当面谈了报价" });
        followups::log(&rep, fields(entry), &Also::default()).await.unwrap();
        let (object, record, ground) = ("customer".into(), held.to_string(), "audit".to_owned());
        let hold = NewHold { object, record, ground, note: None };
        retention::hold(&house.as_("he.zheng").await, &hold).await.unwrap();
        for id in [&forgotten, &visited, &guarded, &won, &held] {
            assert!(!in_pool(&house, id).await, "before its day");
        }

        fallen += live(&house, 3).await;
        assert!(fallen > 5);
        assert!(in_pool(&house, &forgotten).await);
        for id in [&visited, &guarded, &won, &held] {
            assert!(!in_pool(&house, id).await);
        }
        // It comes again, over what is left, and finds nothing.
        assert_eq!(pool::recycle(&house.vault).await.unwrap(), 0);

        // Whose it was is told, and why; the log has it as the act of the house.
        let rep = house.as_("zhang.wei").await;
        let fallen = followups::today(&rep).await.unwrap().fallen;
        assert_eq!(fallen.len(), 1);
        assert!(fallen[0].count >= 1 && fallen[0].object.as_str() == "customer");
        let other = house.as_("feng.an").await;
        assert!(followups::today(&other).await.unwrap().fallen.is_empty());
        let history = house.vault.system(Task::Bootstrap).history("customer", &forgotten).await.unwrap();
        let fell = history.iter().find(|change| change.action == "release").unwrap();
        assert_eq!(fell.reason.as_deref(), Some("not_followed_up"));
        assert_eq!(fell.people["from"].id, rep.person().as_str());

        live(&house, 10).await;
        assert!(in_pool(&house, &guarded).await, "its protection is over");
        assert!(!in_pool(&house, &won).await && !in_pool(&house, &held).await);
        assert!(graces(&house).await.is_empty(), "nothing spoke against the calendar");
    }
}

/// Somebody who follows up at the moment of falling keeps their customer, or it has fallen and they are told so.
#[tokio::test(flavor = "multi_thread")]
async fn who_follows_up_at_that_moment_keeps_their_customer() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, &rep, json!({ "name": "最后一刻" })).await;
        live(&house, 29).await;
        house.clock.advance(DAY / 2);
        pool::recycle(&house.vault).await.unwrap();
        house.clock.advance(DAY * 3 / 4);
        let rep = house.as_("zhang.wei").await;
        let entry = json!({ "customer": id, "kind": "visit", "content": "赶在最后一刻" });
        let also = Also::default();
        let follow = followups::log(&rep, fields(entry), &also);
        let (fell, followed) = tokio::join!(pool::recycle(&house.vault), follow);
        fell.unwrap();
        assert_eq!(in_pool(&house, &id).await, followed.is_err(), "{followed:?}");
    }
}

/// The day tells when somebody followed up, whether it is won and until when it is protected.
#[tokio::test(flavor = "multi_thread")]
async fn the_day_is_told_to_whoever_sees_all_that_it_tells() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = house.customers_of(&rep).await[0].clone();
        for hidden in ["last_follow_up", "stage", "protected_until"] {
            let published = serde_json::to_value(&*house.vault.catalog().roles[&"rep".into()].def).unwrap();
            let mut role = published.clone();
            for grant in role["grants"].as_array_mut().unwrap() {
                if grant["object"] == "customer" {
                    grant["fields"]["names"][hidden] = json!("none");
                }
            }
            let publish = async |role: &Json| {
                let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
                tx.publish("role", "rep", role, None).await.unwrap();
                tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
            };
            publish(&role).await;
            let rep = house.as_("zhang.wei").await;
            assert_eq!(rep.get("customer", &id).await.unwrap().pool_due_at(), None, "{hidden}");
            let filter = json!({ "field": "pool_due_at", "op": "not_empty" });
            let query = Query { filter: Some(Filter::parse(&filter).unwrap()), limit: 9, ..Query::default() };
            assert_eq!(common::code(&rep.query("customer", &query).await.unwrap_err()), "unknown_field");
            let by = vec![GroupBy { field: "pool_due_at".to_owned(), day: true }];
            let grouping = Grouping { filter: None, by, sums: Vec::new() };
            assert_eq!(common::code(&rep.group("customer", &grouping).await.unwrap_err()), "unknown_field");
            assert!(followups::today(&rep).await.unwrap().falling.is_empty());
            publish(&published).await;
        }
    }
}

/// What somebody lost is told to them however much fell of others since.
#[tokio::test(flavor = "multi_thread")]
async fn what_fell_of_others_does_not_push_aside_what_fell_of_mine() {
    for house in houses().await {
        let (rep, other) = (house.as_("zhang.wei").await, house.as_("li.na").await);
        let mine = customer(&house, &rep, json!({ "name": "我的旧客户" })).await;
        let theirs = customer(&house, &other, json!({ "name": "别人的客户" })).await;
        house.clock.advance(31 * DAY);
        let recycle = house.vault.system(Task::Recycle);
        for id in [&mine, &theirs] {
            let mut tx = recycle.begin().await.unwrap();
            assert!(tx.fall("customer", id).await.unwrap());
            tx.commit(Act::new("record.release", "customer").on(id, None)).await.unwrap();
        }
        let many = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) INSERT INTO history \
             SELECT h.id || '-' || n.i, h.record, h.subject, h.entry, h.at + n.i, h.person, h.action, h.revision, h.changes \
             FROM n, history h WHERE h.record = '{theirs}' AND h.action = 'release'"
        );
        assert_eq!(tampering::run(&house.source, &kek(), &[&many]).await.unwrap(), 1200);
        let rep = house.as_("zhang.wei").await;
        let fallen = followups::today(&rep).await.unwrap().fallen;
        assert_eq!(fallen.iter().map(|f| f.count).sum::<usize>(), 1, "{fallen:?}");
    }
}

/// A follow-up that is durable when the day is judged keeps the customer, also on the engine where others write meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_followed_up_before_it_fell_has_lost_nothing() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let mut due = Vec::new();
        for i in 0..60 {
            due.push(customer(&house, &rep, json!({ "name": format!("将落{i}") })).await);
        }
        house.clock.advance(31 * DAY);
        let (rep, recycle) = (house.as_("zhang.wei").await, house.vault.system(Task::Recycle));
        let mut both = 0;
        for (i, id) in due.iter().enumerate() {
            let entry = json!({ "customer": id, "kind": "visit", "content": "赶上了" });
            let follow = async {
                // Spread over the time that falling takes.
                tokio::time::sleep(std::time::Duration::from_micros(i as u64 * 60)).await;
                followups::log(&rep, fields(entry), &Also::default()).await
            };
            let fall = async {
                let mut tx = recycle.begin().await?;
                if !tx.fall("customer", id).await? {
                    return Ok::<_, kedun_vault::VaultError>(false);
                }
                tx.commit(Act::new("record.release", "customer").on(id, None)).await.map(|_| true)
            };
            let (fell, followed) = tokio::join!(fall, follow);
            both += usize::from(fell.is_ok_and(|fell| fell) && followed.is_ok());
        }
        assert_eq!(both, 0);
    }
}

/// A house that was shut gives those whose day came meanwhile as long as it was shut.
#[tokio::test(flavor = "multi_thread")]
async fn who_could_not_follow_up_because_the_house_stood_still_is_given_time() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let forgotten = customer(&house, &rep, json!({ "name": "停机期间到期" })).await;
        let visited = customer(&house, &rep, json!({ "name": "开机后拜访" })).await;
        live(&house, 29).await;
        house.clock.advance(3 * DAY);
        assert_eq!(pool::recycle(&house.vault).await.unwrap(), 0);
        assert_eq!(graces(&house).await, ["stood_still"]);
        let rep = house.as_("zhang.wei").await;
        let entry = json!({ "customer": visited, "kind": "visit", "content": "开机后" });
        followups::log(&rep, fields(entry), &Also::default()).await.unwrap();
        assert_eq!(live(&house, 2).await, 0);
        assert!(!in_pool(&house, &forgotten).await);
        assert!(live(&house, 2).await > 0);
        assert!(in_pool(&house, &forgotten).await && !in_pool(&house, &visited).await);
        assert_eq!(graces(&house).await, ["stood_still"]);
    }
}

/// A machine that starts in a wrong year takes nothing from anybody, and nor does the moment in which it is set right.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_empties_no_list() {
    for house in houses().await {
        live(&house, 1).await;
        for years in [5, -5] {
            house.clock.advance(years * 365 * DAY);
            assert_eq!(pool::recycle(&house.vault).await.unwrap(), 0);
            house.clock.advance(DAY / 24);
            assert_eq!(pool::recycle(&house.vault).await.unwrap(), 0);
        }
        assert_eq!(graces(&house).await, ["stood_still", "stood_still"]);
        let recycle = house.vault.system(Task::Recycle);
        let until = recycle.pool_look().await.unwrap().grace.unwrap().until;
        assert!(until <= recycle.now() + GRACE_MS, "it does not last until the wrong year: {until}");
    }
}

/// Very many at once are no neglect of a day: they are told a week ahead, and whoever is followed up in it stays.
#[tokio::test(flavor = "multi_thread")]
async fn very_many_do_not_fall_at_once_before_a_week_is_over() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let mut many = Vec::new();
        for i in 0..40 {
            many.push(customer(&house, &rep, json!({ "name": format!("批量导入{i}") })).await);
        }
        live(&house, 30).await;
        assert_eq!(graces(&house).await, ["too_many"]);
        for id in &many {
            assert!(!in_pool(&house, id).await);
        }
        let rep = house.as_("zhang.wei").await;
        let entry = json!({ "customer": many[0], "kind": "visit", "content": "宽限期内" });
        followups::log(&rep, fields(entry), &Also::default()).await.unwrap();
        assert_eq!(live(&house, 6).await, 0);
        assert!(live(&house, 2).await >= 39);
        assert!(!in_pool(&house, &many[0]).await);
        for id in &many[1..] {
            assert!(in_pool(&house, id).await);
        }
        // What falls afterwards is judged anew.
        assert_eq!(house.vault.system(Task::Recycle).pool_look().await.unwrap().grace, None);
        assert_eq!(graces(&house).await, ["too_many"]);
    }
}

/// A copy that is put back does not know of what was followed up since it was made.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_nobody_falls_for_a_week() {
    let mut house = common::house(None).await;
    let rep = house.as_("zhang.wei").await;
    let id = customer(&house, &rep, json!({ "name": "备份后拜访" })).await;
    live(&house, 29).await;
    let copies = house.folder.path().join("copies");
    let made = house.vault.backup(&copies, None).await.unwrap();
    let rep = house.as_("zhang.wei").await;
    let entry = json!({ "customer": id, "kind": "visit", "content": "副本里没有" });
    followups::log(&rep, fields(entry), &Also::default()).await.unwrap();
    live(&house, 2).await;
    assert!(!in_pool(&house, &id).await);
    house.vault.close().await;

    let restore = Restore { data: made.data, keyring: made.keyring };
    let into = options(Source::Sqlite { folder: house.folder.path().join("restored") });
    restore.run(into.clone(), &kek(), house.clock.clone()).await.unwrap();
    house.vault = Vault::open(into.clone(), &kek(), house.clock.clone()).await.unwrap();
    house.source = into.source;
    assert_eq!(pool::recycle(&house.vault).await.unwrap(), 0);
    assert_eq!(live(&house, 6).await, 0);
    assert!(!in_pool(&house, &id).await);
    assert!(live(&house, 2).await > 0);
    assert!(in_pool(&house, &id).await);
}
