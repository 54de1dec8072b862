//! Lists are sorted as a Chinese reader looks things up, page after page, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

use crate::common;

use common::houses;
use kedun_model::RecordId;
use kedun_vault::{Act, Query};
use serde_json::json;

/// Figures, then by pinyin (ān, chén, lǐ, wáng, zhāng), then letters whatever their case.
const NAMES: [&str; 9] = [
    "12 号门诊",
    "安华医疗",
    "陈静诊所",
    "李娜诊所",
    "李娜诊所",
    "王建国诊所",
    "张伟诊所",
    "alpha 口腔",
    "Beta 口腔",
];

#[tokio::test]
async fn names_are_listed_by_pinyin_and_every_page_goes_on_where_the_last_one_ended() {
    for house in houses().await {
        let (rep, colleague) = (house.as_("rep").await, house.as_("colleague").await);
        // From two sides, so that the list is a union: half are the rep's own, half are shared with them.
        for (i, name) in NAMES.iter().rev().enumerate() {
            if i % 2 == 0 {
                house.customer(&rep, name, json!({})).await;
                continue;
            }
            let id = house.customer(&colleague, name, json!({})).await;
            let mut tx = colleague.begin().await.unwrap();
            let until = colleague.now() + 86_400_000;
            tx.share("customer", &id, rep.person(), false, "一起跟进", until).await.unwrap();
            tx.commit(Act::new("test", "customer")).await.unwrap();
        }
        for descending in [false, true] {
            for limit in [2, 4, 50] {
                let mut query =
                    Query { sort: vec![("name".to_owned(), descending)], limit, ..Query::default() };
                let (mut names, mut ids) = (Vec::new(), Vec::new());
                loop {
                    let page = rep.query("customer", &query).await.unwrap();
                    names.extend(page.records.iter().map(|r| r.title().unwrap().to_owned()));
                    ids.extend(page.records.iter().map(|r| RecordId::new(r.id())));
                    query.cursor = page.next_cursor;
                    if query.cursor.is_none() {
                        break;
                    }
                }
                let mut expected = NAMES.map(str::to_owned).to_vec();
                if descending {
                    expected.reverse();
                }
                assert_eq!(names, expected, "{limit} a page, descending: {descending}");
                ids.sort();
                ids.dedup();
                assert_eq!(ids.len(), NAMES.len(), "one is listed twice");
            }
        }
    }
}

/// Stages are sorted by their codes, byte by byte, as SQLite does; the language of PostgreSQL's database has no say.
#[tokio::test]
async fn codes_are_sorted_alike_on_both_databases() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let kinds = ["in_person", "inner", "inactive"];
        let mut role = house.as_("system").await.begin().await.unwrap();
        let mut customer =
            serde_json::to_value(&*house.vault.catalog().objects[&"customer".into()].def).unwrap();
        customer["fields"].as_array_mut().unwrap().push(json!({
            "id": "f900", "name": "way", "label": {"zh": "方式", "en": "Way"}, "kind": "select", "class": "L1",
            "sortable": true, "filterable": true,
            "options": kinds.map(|kind| json!({"value": kind, "label": {"zh": kind, "en": kind}})),
        }));
        role.publish("object", "customer", &customer, None).await.unwrap();
        role.commit(Act::new("definition.publish", "definition")).await.unwrap();
        let mut grants = serde_json::to_value(&*house.vault.catalog().roles[&"rep".into()].def).unwrap();
        for grant in grants["grants"].as_array_mut().unwrap() {
            if grant["object"] == "customer" {
                grant["fields"]["names"]["way"] = json!("edit");
            }
        }
        let mut tx = house.as_("security").await.begin().await.unwrap();
        tx.publish("role", "rep", &grants, None).await.unwrap();
        tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
        drop(rep);
        let rep = house.as_("rep").await;
        for kind in kinds {
            house.customer(&rep, kind, json!({ "way": kind })).await;
        }
        let mut query = Query { sort: vec![("way".to_owned(), false)], limit: 2, ..Query::default() };
        let mut names = Vec::new();
        loop {
            let page = rep.query("customer", &query).await.unwrap();
            names.extend(page.records.iter().map(|r| r.title().unwrap().to_owned()));
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                break;
            }
        }
        let mut expected = kinds.map(str::to_owned).to_vec();
        expected.sort();
        assert_eq!(names, expected);
    }
}
