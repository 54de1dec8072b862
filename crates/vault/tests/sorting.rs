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
