//! The company's definition: who publishes it, and that every day of the house is a day of its calendar.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, agreed, code, fields, houses};
use kedun_core::alerts::Watcher;
use kedun_core::rights::{self, Channel, Kind, Wanted};
use kedun_core::{exports, intake};
use kedun_model::filter::Filter;
use kedun_model::{Act as ActName, RecordId, Zone, moment};
use kedun_vault::{Act, GroupBy, Grouping, Query, Scope, Task, VaultError};
use serde_json::{Value as Json, json};

const DAY: i64 = 86_400_000;

/// What is published, with the calendar of a test.
fn company(calendar: Json, answer_days: u32) -> Json {
    json!({
        "name": { "zh": "测试公司", "en": "Test Ltd" },
        "contact": { "who": { "zh": "负责人", "en": "Officer" }, "phone": "400-800-1234" },
        "calendar": calendar,
        "answer_days": answer_days,
    })
}

async fn publish(scope: &Scope, body: &Json) -> Result<i64, VaultError> {
    let mut tx = scope.begin().await?;
    let version = tx.publish("rules", "company", body, None).await?;
    tx.commit(Act::new("definition.publish", "definition")).await?;
    Ok(version)
}

async fn customer(house: &House, scope: &Scope, name: &str) -> RecordId {
    let intake = agreed(&house.vault);
    let new = fields(json!({ "name": name }));
    RecordId::new(intake::create(&house.vault, scope, "customer", new, Some(&intake)).await.unwrap().id())
}

/// Puts the clock of the house forward to a moment.
fn until(house: &House, at: &str) {
    let at = moment::parse(at).unwrap();
    house.clock.advance(at - house.clock.now());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_security_administrator_publishes_the_company() {
    for house in houses().await {
        let body = company(json!({ "zone": "Asia/Tokyo" }), 10);
        for login in ["zhang.wei", "wang.jianguo", "he.zheng", "zheng.kai", "shen.ming"] {
            let refused = publish(&house.as_(login).await, &body).await.err().unwrap();
            assert_eq!(code(&refused), ActName::RolesManage.as_str(), "{login}");
        }
        assert_eq!(house.vault.catalog().zone(), Zone::Shanghai);
        assert_eq!(
            publish(&house.as_("feng.an").await, &body).await.unwrap(),
            2,
            "the demo published the first"
        );
        let again = house.again().await;
        for vault in [&house.vault, &again] {
            let catalog = vault.catalog();
            assert_eq!((catalog.zone(), catalog.company.answer_days), (Zone::Tokyo, 10));
            assert_eq!(catalog.rules.off_hours.calendar, catalog.company.calendar, "the rules follow");
        }
        let mut tx = house.as_("feng.an").await.begin().await.unwrap();
        assert_eq!(tx.roll_back("rules", "company", 1, Some(2)).await.unwrap(), 3);
        tx.commit(Act::new("definition.roll_back", "definition")).await.unwrap();
        assert_eq!(house.vault.catalog().company.name.zh, "瑞康联合医疗器械有限公司");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn today_and_the_days_of_groups_are_those_of_the_company_s_zone() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        // 23:30 in Shanghai, half past midnight in Tokyo.
        let day = house.vault.catalog().zone().day_of(house.clock.now()) + 1;
        let late = Zone::Shanghai.begins(day + 1) - 1_800_000;
        house.clock.advance(late - house.clock.now());
        let id = customer(&house, &rep, "深夜客户").await;
        let written = |day: i64| moment::text(day * DAY).chars().take(10).collect::<String>();
        for (zone, of) in [("Asia/Shanghai", day), ("Asia/Tokyo", day + 1), ("Asia/Kolkata", day)] {
            publish(&house.as_("feng.an").await, &company(json!({ "zone": zone }), 15)).await.unwrap();
            let rep = house.as_("zhang.wei").await;
            let only = Filter::parse(&json!({ "field": "id", "op": "eq", "value": id })).unwrap();
            let grouping = Grouping {
                filter: Some(only.clone()),
                by: vec![GroupBy { field: "created_at".to_owned(), day: true }],
                ..Grouping::default()
            };
            let groups = rep.group("customer", &grouping).await.unwrap();
            assert_eq!(groups.len(), 1);
            assert_eq!(groups[0].key[0].text(), Some(written(of).as_str()), "{zone}");
            // Half an hour later the day is another in Shanghai, and the same in Tokyo.
            house.clock.advance(3_600_000);
            let today = json!({ "all": [
                { "field": "id", "op": "eq", "value": id }, { "field": "created_at", "op": "today" },
            ] });
            let query = Query { filter: Some(Filter::parse(&today).unwrap()), limit: 10, ..Query::default() };
            let found = rep.query("customer", &query).await.unwrap().records.len();
            assert_eq!(found, usize::from(zone != "Asia/Shanghai"), "{zone}");
            house.clock.advance(-3_600_000);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_due_after_the_company_s_working_days_over_a_holiday_and_a_day_in_its_place() {
    for house in houses().await {
        until(&house, "2030-09-30T02:00:00Z");
        let security = house.as_("feng.an").await;
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, &rep, "节前客户").await;
        let holidays: Vec<String> = (1..=7).map(|day| format!("2030-10-0{day}")).collect();
        // A Monday; the twelfth of October is a Saturday.
        let calendar = json!({ "holidays": holidays, "makeup_days": ["2030-10-12"] });
        publish(&security, &company(calendar.clone(), 5)).await.unwrap();
        let wanted = |kind| Wanted { kind, channel: Channel::Phone, text: None };
        let asked = rights::register(&house.vault, &house.as_("zhang.wei").await, &id, &wanted(Kind::Copy))
            .await
            .unwrap();
        assert_eq!(asked.due_at.as_deref(), Some("2030-10-12T15:59:59.999Z"));
        // What is published later moves what is asked later, and not what is open.
        publish(&security, &company(json!({ "zone": "Asia/Tokyo" }), 5)).await.unwrap();
        let later = house.as_("zhang.wei").await;
        let next = rights::register(&house.vault, &later, &id, &wanted(Kind::Erasure)).await.unwrap();
        assert_eq!(next.due_at.as_deref(), Some("2030-10-07T14:59:59.999Z"));
        let officer = house.as_("he.zheng").await;
        let first = rights::one(&house.vault, &officer, &RecordId::new(asked.id.as_str())).await.unwrap();
        assert_eq!(first.request.due_at, asked.due_at);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_and_an_hour_are_by_the_company_s_clock() {
    for house in houses().await {
        let at = moment::parse("2031-01-31T15:30:00Z").unwrap();
        until(&house, "2031-01-31T15:30:00Z");
        assert_eq!(exports::Month::of(at, house.vault.catalog().zone()).unwrap().to_string(), "2031-01");
        publish(&house.as_("feng.an").await, &company(json!({ "zone": "Asia/Tokyo" }), 15)).await.unwrap();
        assert_eq!(exports::Month::of(at, house.vault.catalog().zone()).unwrap().to_string(), "2031-02");
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, &rep, "午夜客户").await;
        rep.get("customer", &id).await.unwrap();
        let manager = house.as_("feng.an").await;
        let looks = manager.looks_by_hour(kedun_vault::LookKind::Read, 1).await.unwrap();
        assert_eq!(moment::text(looks.since_at), "2031-01-31T15:00:00.000Z", "midnight in Tokyo");
        let mine = looks.people.iter().find(|p| p.person.id == rep.person().as_str()).unwrap();
        assert!(mine.hours[0] > 0 && mine.hours[23] == 0, "{:?}", mine.hours);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holiday_that_is_published_is_a_night_for_the_rules() {
    for house in houses().await {
        // A Wednesday, ten in the morning in Shanghai.
        until(&house, "2031-01-08T02:00:00Z");
        let rep = house.as_("zhang.wei").await;
        let mut watcher = Watcher::following(&house.vault).await.unwrap();
        let export = async || {
            let act = Act::new("export.order", "export_case").fact(kedun_model::alert::FactKind::Export {
                rows: 1,
                needs_approval: true,
                at_line: 200,
            });
            rep.log(act).await.unwrap();
            house.vault.sequence(true).await.unwrap();
        };
        export().await;
        assert_eq!(watcher.look().await.unwrap(), 0);
        let holiday = json!({ "holidays": ["2031-01-08"] });
        publish(&house.as_("feng.an").await, &company(holiday, 15)).await.unwrap();
        export().await;
        watcher.look().await.unwrap();
        let house_scope = house.vault.system(Task::Watch);
        let query = Query { limit: 50, ..Query::default() };
        let raised = house_scope.query("alert", &query).await.unwrap();
        let rules: Vec<_> = raised.records.iter().filter_map(|alert| alert.clear_text("rule")).collect();
        assert!(rules.contains(&"R03"), "{rules:?}");
    }
}
