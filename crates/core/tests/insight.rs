//! The board and the groups behind it: the numbers are those of the lists, and nobody counts what they may not see.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{code, houses};
use kedun_core::insight::{Board, Whose, Window, board};
use kedun_model::filter::Filter;
use kedun_vault::{GroupBy, Grouping, Query, RecordView, Scope, SoughtEntries, Sum};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const WEEK: Window = Window { days: 7, quiet: 14 };

async fn all(scope: &Scope, object: &str, filter: Json) -> Vec<RecordView> {
    let filter = Some(Filter::parse(&filter).unwrap());
    let mut query = Query { filter, limit: 200, ..Query::default() };
    let mut records = Vec::new();
    loop {
        let page = scope.query(object, &query).await.unwrap();
        records.extend(page.records);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return records,
        }
    }
}

fn by(field: &str) -> Grouping {
    Grouping { by: vec![GroupBy { field: field.to_owned(), day: false }], ..Grouping::default() }
}

fn summing(field: &str) -> Grouping {
    Grouping { sums: vec![Sum { field: field.to_owned(), weight: None }], ..Grouping::default() }
}

fn value(record: &RecordView, field: &str) -> Json {
    serde_json::to_value(record).unwrap()["fields"][field]["value"].clone()
}

fn team() -> Json {
    json!({ "any": [
        { "field": "owner", "op": "me" }, { "field": "relation", "op": "eq", "value": "subordinates" },
    ] })
}

fn stages(board: &Board) -> BTreeMap<String, (i64, i64)> {
    let funnel = board.funnel.as_ref().unwrap();
    funnel
        .stages
        .iter()
        .filter(|s| s.outcome.is_none() && s.count > 0)
        .map(|s| (s.value.clone(), (s.count, s.amount.sum)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_a_board_are_those_of_the_lists() {
    for house in houses().await {
        for (login, whose, theirs) in [
            ("zhang.wei", Whose::Own, json!({ "field": "owner", "op": "me" })),
            ("wang.jianguo", Whose::Team, team()),
        ] {
            let scope = house.as_(login).await;
            let board = board(&scope, WEEK).await.unwrap();
            assert_eq!(board.whose, whose);

            let open = json!({ "not": { "field": "stage", "op": "in", "value": ["won", "lost"] } });
            let listed = all(&scope, "opportunity", json!({ "all": [theirs, open] })).await;
            assert!(!listed.is_empty(), "{login} has nothing open");
            let mut expected: BTreeMap<String, (i64, i64)> = BTreeMap::new();
            for record in &listed {
                let entry = expected.entry(value(record, "stage").as_str().unwrap().to_owned()).or_default();
                entry.0 += 1;
                entry.1 += value(record, "amount").as_i64().unwrap_or(0);
            }
            assert_eq!(stages(&board), expected);

            let months = &board.forecast.as_ref().unwrap().months;
            let weighted: i64 = listed
                .iter()
                .map(|r| {
                    let chance = value(r, "probability").as_i64().unwrap_or(0);
                    value(r, "amount").as_i64().unwrap_or(0) * chance / 10_000
                })
                .sum();
            assert_eq!(months.iter().map(|m| m.weighted.sum).sum::<i64>(), weighted);
            assert_eq!(months.iter().map(|m| m.count).sum::<i64>(), i64::try_from(listed.len()).unwrap());

            let week = json!({ "field": "at", "op": "last_days", "value": 6 });
            let written = match whose {
                Whose::Own => json!({ "field": "created_by", "op": "me" }),
                _ => theirs.clone(),
            };
            let followed = all(&scope, "follow_up", json!({ "all": [written, week] })).await;
            let activity = board.activity.as_ref().unwrap();
            let total: i64 = activity.people.iter().map(|p| p.total).sum();
            assert_eq!(total, i64::try_from(followed.len()).unwrap());
            for person in &activity.people {
                assert_eq!(person.by_day.iter().sum::<i64>(), person.total);
                assert_eq!(person.by_kind.iter().sum::<i64>(), person.total);
            }

            let customers = all(&scope, "customer", theirs.clone()).await;
            let falls = customers.iter().filter(|c| c.pool_due_at().is_some()).count();
            let pool = board.pool.as_ref().unwrap();
            let counted = pool.due + pool.later + pool.days.iter().map(|d| d.count).sum::<i64>();
            assert_eq!(counted, i64::try_from(falls).unwrap());

            let quiet = board.quiet.as_ref().unwrap();
            assert_eq!(quiet.people.iter().map(|p| p.count).sum::<i64>(), quiet.total);
            let since = scope.now() - 13 * 86_400_000;
            assert!(quiet.customers.iter().all(|c| c.last_follow_up().is_none_or(|at| at < since)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sees_also_who_did_nothing_and_a_rep_only_themselves() {
    for house in houses().await {
        let manager = house.as_("wang.jianguo").await;
        let shown = board(&manager, Window { days: 1, quiet: 14 }).await.unwrap();
        let people = shown.activity.unwrap().people;
        assert!(people.iter().any(|p| p.total == 0), "everybody followed up today");
        let rep = house.as_("zhang.wei").await;
        let shown = board(&rep, WEEK).await.unwrap();
        let people = shown.activity.unwrap().people;
        assert_eq!(people.iter().map(|p| p.person.id.as_str()).collect::<Vec<_>>(), [rep.person().as_str()]);
        let quiet = shown.quiet.unwrap().people;
        assert!(quiet.iter().all(|p| p.person.id == rep.person().as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_may_not_see_they_can_neither_group_by_nor_add_up() {
    for house in houses().await {
        let intern = house.as_("sun.yue").await;
        // Hidden, masked, and a name that nobody gave to a field: all alike.
        for grouping in [summing("deal_amount"), by("phone"), by("no_such_field"), summing("no_such_field")] {
            let refused = intern.group("customer", &grouping).await.unwrap_err();
            assert_eq!(code(&refused), "unknown_field", "{grouping:?}");
        }
        let conditioned = Grouping {
            filter: Some(
                Filter::parse(&json!({ "field": "deal_amount", "op": "gt", "value": 100 })).unwrap(),
            ),
            ..by("level")
        };
        assert_eq!(code(&intern.group("customer", &conditioned).await.unwrap_err()), "unknown_field");
        let hidden = intern.group("opportunity", &by("stage")).await.unwrap_err();
        let absent = intern.group("no_such_object", &by("stage")).await.unwrap_err();
        assert_eq!((code(&hidden), code(&absent)), ("not_found".to_owned(), "not_found".to_owned()));
        let shown = board(&intern, WEEK).await.unwrap();
        assert!(shown.funnel.is_none() && shown.forecast.is_none());

        // A rep reveals phones one by one for a purpose; counting by them would tell them all at once.
        let rep = house.as_("zhang.wei").await;
        assert_eq!(code(&rep.group("customer", &by("phone")).await.unwrap_err()), "unknown_field");
        assert_eq!(code(&rep.group("customer", &by("name")).await.unwrap_err()), "not_groupable");
        assert_eq!(code(&rep.group("customer", &summing("level")).await.unwrap_err()), "not_summable");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_counts_only_under_a_right_that_shows_what_is_counted() {
    for house in houses().await {
        // A rep sees the level of what lies in the pool, and not what it may bring.
        let rep = house.as_("zhang.wei").await;
        let pooled = Filter::parse(&json!({ "field": "pool", "op": "not_empty" })).unwrap();
        let levels = Grouping { filter: Some(pooled.clone()), ..by("level") };
        let seen: i64 = rep.group("customer", &levels).await.unwrap().iter().map(|g| g.count).sum();
        assert!(seen > 0, "nothing lies in the pool");
        let amounts = Grouping { filter: Some(pooled), ..summing("deal_amount") };
        let groups = rep.group("customer", &amounts).await.unwrap();
        assert_eq!((groups[0].count, groups[0].sums[0].sum), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_see_no_customer_gets_an_empty_board() {
    for house in houses().await {
        for login in ["shen.ming", "zheng.kai"] {
            let shown = board(&house.as_(login).await, WEEK).await.unwrap();
            let shown = serde_json::to_value(&shown).unwrap();
            assert_eq!(shown.as_object().unwrap().keys().collect::<Vec<_>>(), ["whose", "at"], "{login}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_leaves_one_row_and_no_value_in_it() {
    for house in houses().await {
        let (rep, auditor) = (house.as_("zhang.wei").await, house.as_("shen.ming").await);
        let rows = async || {
            auditor.ledger_entries(&SoughtEntries::from_place(0, Some("record.group")), 500).await.unwrap()
        };
        let before = rows().await.len();
        let groups = rep.group("customer", &by("level")).await.unwrap();
        house.vault.sequence(false).await.unwrap();
        let after = rows().await;
        assert_eq!(after.len(), before + 1);
        let row = serde_json::to_value(after.last().unwrap()).unwrap();
        let counted: i64 = groups.iter().map(|g| g.count).sum();
        assert_eq!(row["count"], counted, "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_without_end_is_refused() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        for window in
            [Window { days: 0, quiet: 14 }, Window { days: 32, quiet: 14 }, Window { days: 7, quiet: 366 }]
        {
            let Err(refused) = board(&rep, window).await else { panic!("{window:?}") };
            assert_eq!(code(&refused), "days_out_of_range");
        }
    }
}

/// The largest sum that may be written down is weighted like any other, and nobody's board breaks over it.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_opportunity_breaks_no_board() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = house.customers_of(&rep).await[0].clone();
        let mut grouping = summing("amount");
        grouping.sums[0].weight = Some("probability".to_owned());
        let before = rep.group("opportunity", &grouping).await.unwrap();
        let before = before.first().map_or(0, |group| group.sums[0].sum);
        let most: i64 = 1_000_000_000_000_000;
        for (amount, chance) in [(most, 10_000), (most - 1, 9_999)] {
            let fields = common::fields(json!({
                "customer": customer, "name": "天价", "amount": amount, "probability": chance,
            }));
            let mut tx = rep.begin().await.unwrap();
            let new = kedun_vault::NewRecord { fields, ..kedun_vault::NewRecord::default() };
            tx.create("opportunity", new).await.unwrap();
            tx.commit(kedun_vault::Act::new("record.create", "opportunity")).await.unwrap();
        }
        let after = rep.group("opportunity", &grouping).await.unwrap()[0].sums[0].sum;
        let exact =
            |amount: i64, chance: i64| i64::try_from(i128::from(amount) * i128::from(chance) / 10_000);
        assert_eq!(after - before, most + exact(most - 1, 9_999).unwrap());
        board(&rep, WEEK).await.unwrap();
    }
}
