//! The spot check of follow-ups: GV-09, drawn by lot from the log, so that nobody picks and a second draw is found out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, code, fields, houses, kek};
use kedun_core::spot_checks::{self, CheckDetail, DRAWN, Scoring, Week};
use kedun_ledger::lot::Seed;
use kedun_model::filter::Filter;
use kedun_model::{RecordId, Zone, moment};
use kedun_vault::{Act, Query, Scope, SoughtEntries, tampering};
use serde_json::json;
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;

/// A house a week later, in which the rep and a colleague of another team wrote follow-ups, and the leader some of their own.
async fn after_a_week(house: &House) -> (Scope, String) {
    for (login, count) in [("zhang.wei", 8), ("chen.jing", 3), ("zhao.qiang", 2)] {
        let author = house.as_(login).await;
        let mine = house.customers_of(&author).await;
        let customer = match mine.first() {
            Some(customer) => customer.clone(),
            None => house.customers_of(&house.as_("zhang.wei").await).await[0].clone(),
        };
        for n in 0..count {
            let mut tx = author.begin().await.unwrap();
            let new = kedun_vault::NewRecord {
                fields: fields(
                    json!({ "customer": customer, "kind": "call", "content": format!("第{n}次沟通"),
                    "at": moment::text(house.clock.now()) }),
                ),
                ..kedun_vault::NewRecord::default()
            };
            tx.create("follow_up", new).await.unwrap();
            tx.commit(Act::new("record.create", "follow_up")).await.unwrap();
        }
    }
    let week = Week::of(house.clock.now(), Zone::Shanghai).unwrap();
    house.clock.advance(week.ends() - house.clock.now() + DAY);
    (house.as_("zhao.qiang").await, week.to_string())
}

async fn drawn(house: &House, manager: &Scope, week: &str) -> CheckDetail {
    let id = spot_checks::draw(&house.vault, manager, week).await.unwrap();
    spot_checks::one(manager, &id).await.unwrap()
}

fn all_two(check: &CheckDetail, follow_up: &str, remark: Option<&str>) -> Scoring {
    let answers: BTreeMap<String, String> =
        check.questions.iter().map(|question| (question.name.clone(), "2".to_owned())).collect();
    Scoring { follow_up: follow_up.to_owned(), answers, remark: remark.map(str::to_owned) }
}

fn picks(check: &CheckDetail) -> Vec<String> {
    check.items.iter().map(|item| item.follow_up.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn gv_09_five_are_drawn_from_the_week_of_those_one_leads_and_asking_again_draws_the_same() {
    for house in houses().await {
        let (manager, week) = after_a_week(&house).await;
        let check = drawn(&house, &manager, &week).await;
        assert_eq!(check.items.len(), DRAWN);
        assert_eq!((check.check.state, check.check.scored), ("open", 0));
        let rep = house.id_of("zhang.wei").await;
        for item in &check.items {
            let record = item.record.as_ref().unwrap();
            assert_ne!(record.created_by().unwrap().id, manager.person().as_str(), "their own is left out");
            let department =
                manager.departments_of(&record.created_by().unwrap().id.as_str().into()).0.unwrap();
            assert!(manager.caller().subtree.contains(&department), "of another department");
        }
        assert!(check.check.population >= 8, "{}", check.check.population);
        // Two at once and one more: one draw.
        let (one, two) = tokio::join!(drawn(&house, &manager, &week), drawn(&house, &manager, &week));
        assert_eq!(picks(&one), picks(&check));
        assert_eq!(picks(&two), picks(&check));
        // Who knows the head and the roll comes to the same.
        let holds = spot_checks::verify(&house.vault, &manager, &RecordId::new(check.check.id.as_str()))
            .await
            .unwrap();
        assert!(holds.holds, "{:?}", holds.findings);
        assert_eq!((holds.left_out, holds.gone), (0, 0));
        let told = house.vault.told("spot_check.draw").await.unwrap();
        let roll: Vec<String> = serde_json::from_value(told[0].details["roll"].clone()).unwrap();
        let head = house
            .vault
            .head_after(Week::parse(&week, Zone::Shanghai).unwrap().ends())
            .await
            .unwrap()
            .unwrap();
        let of = [manager.person().to_string(), manager.department().unwrap().to_string(), week.clone()];
        let seed = Seed::new(&head.root, head.size, &of.each_ref().map(String::as_str));
        assert_eq!(seed.draw(&roll, DRAWN), picks(&check));
        assert_eq!(seed.hex(), holds.seed);
        // The roll is counted, not looked at: only the drawn were read, by name and field.
        let audit = house.as_("shen.ming").await;
        house.vault.sequence(true).await.unwrap();
        let rows = SoughtEntries::from_place(0, Some("spot_check.draw"));
        assert_eq!(audit.ledger_entries(&rows, 10).await.unwrap().len(), 1);
        let lead = house.as_("wang.jianguo").await;
        assert!(drawn(&house, &lead, &week).await.check.population >= check.check.population);
        let _ = rep;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leads_nobody_and_who_leads_others_finds_nothing() {
    for house in houses().await {
        let (manager, week) = after_a_week(&house).await;
        let check = drawn(&house, &manager, &week).await;
        let id = RecordId::new(check.check.id.as_str());
        for stranger in ["zhang.wei", "he.zheng", "zheng.kai", "feng.an", "shen.ming"] {
            let stranger = house.as_(stranger).await;
            for refused in [
                spot_checks::draw(&house.vault, &stranger, &week).await.map(drop),
                spot_checks::one(&stranger, &id).await.map(drop),
                spot_checks::list(&stranger, 10).await.map(drop),
                spot_checks::verify(&house.vault, &stranger, &id).await.map(drop),
                spot_checks::score(&house.vault, &stranger, &id, &all_two(&check, &picks(&check)[0], None))
                    .await
                    .map(drop),
            ] {
                assert_eq!(code(&refused.unwrap_err()), "not_found");
            }
        }
        let other = house.as_("zhou.min").await;
        assert_eq!(code(&spot_checks::one(&other, &id).await.unwrap_err()), "not_found");
        let theirs = drawn(&house, &other, &week).await;
        assert!(picks(&theirs).iter().all(|one| !picks(&check).contains(one)), "each has their own people");
        let foreign = all_two(&check, &picks(&check)[0], None);
        let theirs = RecordId::new(theirs.check.id.as_str());
        let refused = spot_checks::score(&house.vault, &other, &theirs, &foreign).await.unwrap_err();
        assert_eq!(code(&refused), "unknown_record");
        for (period, wrong) in [("2026-13", "not_a_week"), ("2020-W01", "week_too_old")] {
            assert_eq!(code(&spot_checks::draw(&house.vault, &manager, period).await.unwrap_err()), wrong);
        }
        let now = Week::of(house.clock.now(), Zone::Shanghai).unwrap().to_string();
        assert_eq!(
            code(&spot_checks::draw(&house.vault, &manager, &now).await.unwrap_err()),
            "week_not_over"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_is_given_once_and_seen_by_the_manager_and_by_whom_it_is_about() {
    for house in houses().await {
        let (manager, week) = after_a_week(&house).await;
        let check = drawn(&house, &manager, &week).await;
        let id = RecordId::new(check.check.id.as_str());
        let first = &picks(&check)[0];
        let mut wrong = all_two(&check, first, None);
        wrong.answers.remove("tone");
        let refused = spot_checks::score(&house.vault, &manager, &id, &wrong).await.unwrap_err();
        assert_eq!(code(&refused), "required");
        wrong.answers.insert("tone".into(), "3".into());
        assert_eq!(
            code(&spot_checks::score(&house.vault, &manager, &id, &wrong).await.unwrap_err()),
            "unknown_option"
        );
        let personal = all_two(&check, first, Some("请打 13800138000"));
        let refused = spot_checks::score(&house.vault, &manager, &id, &personal).await.unwrap_err();
        assert_eq!(code(&refused), "personal_data");
        let mut half = all_two(&check, first, Some("写明下一步的时间"));
        half.answers.insert("next_step".into(), "1".into());
        let (one, two) = tokio::join!(
            spot_checks::score(&house.vault, &manager, &id, &half),
            spot_checks::score(&house.vault, &manager, &id, &half),
        );
        let (given, refused) = match (one, two) {
            (Ok(given), Err(refused)) | (Err(refused), Ok(given)) => (given, refused),
            other => panic!("{other:?}"),
        };
        assert_eq!(code(&refused), "already_scored");
        assert_eq!((given.points, given.most), (7, 8));
        for follow_up in &picks(&check)[1..] {
            spot_checks::score(&house.vault, &manager, &id, &all_two(&check, follow_up, None)).await.unwrap();
        }
        let list = spot_checks::list(&manager, 10).await.unwrap();
        assert_eq!((list.week.state, list.week.period.as_str()), ("done", week.as_str()));
        assert_eq!((list.checks[0].scored, list.checks[0].points, list.checks[0].most), (5, 39, 40));
        assert_eq!(list.people.iter().map(|one| one.scored).sum::<usize>(), 5);

        // Whose follow-up it was sees it, with the remark; a colleague does not.
        let author = check.items[0].record.as_ref().unwrap().created_by().unwrap().id.clone();
        // The lot may fall on anybody of the team.
        let everybody = house.as_("zheng.kai").await.people("", 200).await.unwrap();
        let mut seen = 0;
        for login in everybody.iter().filter_map(|person| person.login.as_deref()) {
            let Ok(scope) = house.sign_in(login).await else { continue };
            let scope = house.vault.authenticate(&scope.token).await.unwrap();
            let Ok(mine) = spot_checks::of_mine(&scope, 50).await else { continue };
            let about_me = mine.iter().all(|score| score.person["id"] == scope.person().as_str());
            assert!(about_me, "{login} sees what is about others");
            if scope.person().as_str() == author {
                let of_it = mine.iter().find(|score| score.id == given.id).unwrap();
                assert_eq!(of_it.remark.as_deref(), Some("写明下一步的时间"));
                seen += 1;
            } else if scope.caller().grants.iter().all(|held| held.role.as_str() != "manager") {
                let got = scope.get("spot_score", &RecordId::new(given.id.as_str())).await;
                assert_eq!(code(&got.unwrap_err()), "not_found");
            }
        }
        assert_eq!(seen, 1);
        // Nobody writes one by hand, and none changes.
        let mut tx = manager.begin().await.unwrap();
        let changed = tx
            .update("spot_score", &RecordId::new(given.id.as_str()), None, &fields(json!({ "points": 0 })))
            .await;
        assert!(changed.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gv_09_a_draw_that_was_altered_or_drawn_again_is_found_out() {
    for house in houses().await {
        let (manager, week) = after_a_week(&house).await;
        let check = drawn(&house, &manager, &week).await;
        let id = RecordId::new(check.check.id.as_str());
        house.vault.checkpoint().await.unwrap();
        let found = async || spot_checks::verify(&house.vault, &manager, &id).await.unwrap().findings;
        assert_eq!(found().await, [""; 0]);
        let tamper = async |sql: String| tampering::run(&house.source, &kek(), &[&sql]).await.unwrap();

        // Another follow-up in place of one that was drawn.
        let told = house.vault.told("spot_check.draw").await.unwrap();
        let roll: Vec<String> = serde_json::from_value(told[0].details["roll"].clone()).unwrap();
        let spare = roll.iter().find(|one| !picks(&check).contains(one)).unwrap();
        let swap = |from: &str, to: &str| {
            format!("UPDATE record SET doc = replace(doc, '{from}', '{to}') WHERE id = '{id}'")
        };
        assert_eq!(tamper(swap(&picks(&check)[2], spare)).await, 1);
        assert_eq!(found().await, ["drawn_differs"]);
        tamper(swap(spare, &picks(&check)[2])).await;
        assert_eq!(found().await, [""; 0]);

        // Another head in place of the one that settled it.
        let root = check.root.clone();
        tamper(swap(&root, &"0".repeat(64))).await;
        assert_eq!(found().await, ["head_differs"]);
        tamper(swap(&"0".repeat(64), &root)).await;

        // The details beside the log as well: the log has committed to what they were.
        let (column, as_text, back) = match &house.source {
            kedun_vault::Source::Sqlite { .. } => ("body", "CAST(body AS TEXT)", "CAST(X AS BLOB)"),
            kedun_vault::Source::Postgres { .. } => {
                ("body", "convert_from(body, 'UTF8')", "convert_to(X, 'UTF8')")
            }
        };
        let replaced = back.replace('X', &format!("replace({as_text}, '{spare}', 'elsewhere')"));
        let entry = &told[0].entry;
        assert_eq!(
            tamper(format!("UPDATE ledger_payload SET {column} = {replaced} WHERE id = '{entry}'")).await,
            1
        );
        let findings = found().await;
        assert!(findings.contains(&"log_altered") && findings.contains(&"roll_differs"), "{findings:?}");

        // Thrown away and drawn again, as often as it takes: two draws stand in the log.
        tamper(format!("DELETE FROM record WHERE id = '{id}'")).await;
        tamper(format!("DELETE FROM idx_text WHERE record = '{id}'")).await;
        tamper("DELETE FROM setting WHERE name LIKE 'name/spot_check/%'".to_owned()).await;
        let again = drawn(&house, &manager, &week).await;
        let again = RecordId::new(again.check.id.as_str());
        let findings = spot_checks::verify(&house.vault, &manager, &again).await.unwrap().findings;
        assert!(findings.contains(&"drawn_again"), "{findings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_follow_up_keeps_it_on_the_roll() {
    for house in houses().await {
        let (manager, week) = after_a_week(&house).await;
        let filter = json!({ "field": "created_by", "op": "eq", "value": house.id_of("zhang.wei").await });
        let filter = json!({ "all": [filter, { "field": "created_at", "op": "ge",
            "value": moment::text(Week::parse(&week, Zone::Shanghai).unwrap().begins()) }] });
        let query = Query { filter: Some(Filter::parse(&filter).unwrap()), limit: 200, ..Query::default() };
        let before = manager.query("follow_up", &query).await.unwrap().records;
        let mut tx = manager.begin().await.unwrap();
        for record in &before {
            tx.set_deleted("follow_up", &RecordId::new(record.id()), None, true).await.unwrap();
        }
        tx.commit(Act::new("record.delete", "follow_up")).await.unwrap();
        drawn(&house, &manager, &week).await;
        let told = house.vault.told("spot_check.draw").await.unwrap();
        let roll: Vec<String> = serde_json::from_value(told[0].details["roll"].clone()).unwrap();
        assert!(before.iter().all(|record| roll.iter().any(|one| one == record.id())));
    }
}
