//! The working day of a rep: plans that are done and put off, notes, counts, and how somebody stands.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, agreed, code, fields, houses};
use kedun_core::followups::{self, Also, MomentKind};
use kedun_core::{intake, standing};
use kedun_model::alert::Rules;
use kedun_model::{Problem, RecordId, moment};
use kedun_vault::{Act, Conversion, RecordView, Scope, VaultError};
use serde_json::{Value as Json, json};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

async fn new_customer(house: &House, rep: &Scope, name: &str) -> RecordId {
    let new = fields(json!({ "name": name, "phone": format!("139{:08}", rep.now() % 100_000_000) }));
    let made = intake::create(&house.vault, rep, "customer", new, Some(&agreed(&house.vault))).await.unwrap();
    RecordId::new(made.id())
}

async fn new_plan(rep: &Scope, customer: &RecordId, due: i64) -> RecordView {
    let plan = json!({ "customer": customer, "what": "回访", "due_at": moment::text(due) });
    followups::plan(rep, fields(plan)).await.unwrap()
}

async fn next_of(scope: &Scope, customer: &RecordId) -> Option<i64> {
    scope.get("customer", customer).await.unwrap().next_follow_up()
}

async fn replan(scope: &Scope, plan: &RecordView, values: Json) -> Result<RecordView, VaultError> {
    followups::replan(scope, &RecordId::new(plan.id()), None, &fields(values)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_done_or_put_off_takes_the_next_contact_along_and_undoing_brings_it_back() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = new_customer(&house, &rep, "静安计划诊所").await;
        let (late, soon) = (rep.now() - DAY, rep.now() + 3 * DAY);
        let overdue = new_plan(&rep, &customer, late).await;
        new_plan(&rep, &customer, soon).await;
        replan(&rep, &overdue, json!({ "due_at": moment::text(late) })).await.unwrap();
        replan(&rep, &overdue, json!({ "due_at": moment::text(late - HOUR) })).await.unwrap();
        assert_eq!(next_of(&rep, &customer).await, Some(late - HOUR));

        let done = replan(&rep, &overdue, json!({ "status": "done" })).await.unwrap();
        assert_eq!(next_of(&rep, &customer).await, Some(soon), "what is done is not due");
        replan(&rep, &done, json!({ "status": "open" })).await.unwrap();
        assert_eq!(next_of(&rep, &customer).await, Some(late - HOUR), "and undone it is due again");

        let tomorrow = rep.now() + DAY;
        replan(&rep, &done, json!({ "due_at": moment::text(tomorrow) })).await.unwrap();
        assert_eq!(next_of(&rep, &customer).await, Some(tomorrow));

        // Who may not see the plan moves nothing.
        let stranger = house.as_("huang.lei").await;
        let refused = replan(&stranger, &done, json!({ "status": "done" })).await.unwrap_err();
        assert_eq!(code(&refused), "not_found");
        assert_eq!(next_of(&rep, &customer).await, Some(tomorrow));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_carries_out_its_plan_in_the_same_change_and_no_other() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = new_customer(&house, &rep, "静安完成诊所").await;
        let other = new_customer(&house, &rep, "静安别家诊所").await;
        let plan = new_plan(&rep, &customer, rep.now() + HOUR).await;
        let elsewhere = new_plan(&rep, &other, rep.now() + HOUR).await;
        let state = async |plan: &RecordView| {
            let plan = rep.get("plan", &RecordId::new(plan.id())).await.unwrap();
            (
                plan.clear_text("status").map(str::to_owned),
                serde_json::to_value(plan.field("follow_up")).unwrap(),
            )
        };
        let call = || fields(json!({ "customer": customer, "kind": "call", "content": "已接通" }));
        let (mine, theirs) = (RecordId::new(plan.id()), RecordId::new(elsewhere.id()));

        // A plan of another customer, or none at all, is left alone; what happened is kept all the same.
        for wrong in [theirs, RecordId::new("0192-nothing")] {
            let also = Also { completes: Some(&wrong), ..Also::default() };
            followups::log(&rep, call(), &also).await.unwrap();
        }
        assert_eq!(state(&elsewhere).await.0.as_deref(), Some("open"));

        let also = Also { completes: Some(&mine), ..Also::default() };
        let logged = followups::log(&rep, call(), &also).await.unwrap();
        let (status, link) = state(&plan).await;
        assert_eq!(status.as_deref(), Some("done"));
        assert_eq!(link["value"]["id"], logged.id());
        assert_eq!(next_of(&rep, &customer).await, None);

        // Sent again from a phone that came back after a day: the plan is done, and stays as it was done.
        followups::log(&rep, call(), &also).await.unwrap();
        assert_eq!(state(&plan).await.1["value"]["id"], logged.id());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_keeps_no_customer_from_the_pool() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = new_customer(&house, &rep, "静安便签诊所").await;
        let last = async || {
            serde_json::to_value(rep.get("customer", &customer).await.unwrap()).unwrap()["last_follow_up"]
                .clone()
        };
        let written =
            |kind: &str| fields(json!({ "customer": customer, "kind": kind, "content": "停车场在后门" }));
        followups::log(&rep, written("note"), &Also::default()).await.unwrap();
        assert_eq!(last().await, Json::Null);
        followups::log(&rep, written("visit"), &Also::default()).await.unwrap();
        assert_ne!(last().await, Json::Null);
        let line = followups::timeline(&rep, &customer, None).await.unwrap();
        assert_eq!(line.entries.len(), 3, "both are in the timeline");
    }
}

/// Also what lies between two pages, and what was written down later than it happened.
#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_a_timeline_hold_everything_once() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = new_customer(&house, &rep, "静安长河诊所").await;
        let (mut written, stages) = (Vec::new(), ["needs", "first_visit"]);
        for n in 0..70i64 {
            house.clock.advance(60_000);
            // Every third is from an hour or a day before.
            let late = [0, 0, 3_600_000, 0, 0, DAY][usize::try_from(n % 6).unwrap()];
            let at = moment::text(rep.now() - late);
            let call = json!({ "customer": customer, "kind": "call", "content": format!("{n}"), "at": at });
            written.push(followups::log(&rep, fields(call), &Also::default()).await.unwrap().id().to_owned());
            house.clock.advance(60_000);
            let stage = fields(json!({ "stage": stages[usize::try_from(n % 2).unwrap()] }));
            intake::update(&rep, "customer", &customer, None, &stage).await.unwrap();
            if n % 10 == 0 {
                let plan = new_plan(&rep, &customer, rep.now() + 30 * DAY).await;
                written.push(plan.id().to_owned());
            }
        }
        let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = followups::timeline(&rep, &customer, cursor.as_deref()).await.unwrap();
            seen.extend(page.entries.into_iter().map(|entry| (entry.at, entry.kind, entry.id)));
            pages += 1;
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(pages, 3);
        assert!(seen.windows(2).all(|two| two[0].0 >= two[1].0), "newest first, over all pages");
        let of = |kind: MomentKind| seen.iter().filter(|(_, k, _)| *k == kind).count();
        assert_eq!((of(MomentKind::Stage), of(MomentKind::Created)), (70, 1));
        let mut ids: Vec<&str> = seen.iter().map(|(_, _, id)| id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), seen.len(), "nothing stands twice");
        assert!(written.iter().all(|id| ids.binary_search(&id.as_str()).is_ok()));
        for wrong in ["", "x~y", "12", "99~", "9223372036854775807~W1tdLCIiXQ"] {
            let refused = followups::timeline(&rep, &customer, Some(wrong)).await;
            assert_eq!(code(&refused.err().unwrap()), "cursor_format", "{wrong}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_today_counts_is_there_and_nothing_stands_twice() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let before = followups::today(&rep).await.unwrap();
        let customer = new_customer(&house, &rep, "静安今日诊所").await;
        for n in 0..60 {
            new_plan(&rep, &customer, rep.now() - 3 * DAY - n * 60_000).await;
        }
        let today = followups::today(&rep).await.unwrap();
        assert_eq!(today.counts.overdue, before.counts.overdue + 60);
        assert_eq!(today.overdue.len(), 50, "the first of them");
        assert_eq!(today.counts.due, before.counts.due);
        assert_eq!(i64::try_from(today.due.len()).unwrap(), today.counts.due);
        // Whoever wrote somebody down was not given them.
        assert_eq!(today.counts.new_assignments, before.counts.new_assignments);
        let manager = house.as_("wang.jianguo").await;
        let made = new_customer(&house, &manager, "静安分来诊所").await;
        let mut tx = manager.begin().await.unwrap();
        tx.transfer("customer", &made, rep.person(), "他负责这片").await.unwrap();
        tx.commit(Act::new("record.transfer", "customer").on(&made, None)).await.unwrap();
        let given = followups::today(&rep).await.unwrap();
        assert_eq!(given.counts.new_assignments, before.counts.new_assignments + 1);
        assert!(given.new_assignments.iter().any(|new| new.id() == made.as_str()));
        assert!(today.overdue.iter().all(|late| today.due.iter().all(|due| due.id() != late.id())));
        assert_eq!(today.decisions.len(), today.waiting);

        // Another rep's day has none of it.
        let stranger = house.as_("huang.lei").await;
        let theirs = followups::today(&stranger).await.unwrap();
        assert!(theirs.overdue.iter().all(|late| today.overdue.iter().all(|mine| mine.id() != late.id())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_is_to_be_contacted_is_in_the_day_of_whoever_owns_it_until_it_is_over() {
    for house in houses().await {
        let (rep, stranger) = (house.as_("zhang.wei").await, house.as_("huang.lei").await);
        let (before, of_stranger) =
            (followups::today(&rep).await.unwrap(), followups::today(&stranger).await.unwrap());
        let lead = async |whose: &Scope, n: u8, next: Option<i64>| {
            let new = fields(json!({
                "company": format!("静安线索诊所{n}"), "name": "林若琳", "phone": format!("1370000120{n}"),
                "next_follow_up": next.map(moment::text),
            }));
            let made =
                intake::create(&house.vault, whose, "lead", new, Some(&agreed(&house.vault))).await.unwrap();
            RecordId::new(made.id())
        };
        let late = lead(&rep, 1, Some(rep.now() - 400 * DAY)).await;
        let now = lead(&rep, 2, Some(rep.now())).await;
        let gone = lead(&rep, 3, Some(rep.now() - 400 * DAY)).await;
        lead(&rep, 4, Some(rep.now() + 2 * DAY)).await;
        lead(&rep, 5, None).await;
        let theirs = lead(&stranger, 6, Some(rep.now() - 400 * DAY)).await;
        let invalid = fields(json!({ "status": "invalid", "invalid_reason": "no_need" }));
        intake::update(&rep, "lead", &gone, None, &invalid).await.unwrap();

        let today = followups::today(&rep).await.unwrap();
        assert_eq!(today.counts.leads_due, before.counts.leads_due + 2);
        assert_eq!(today.leads_due[0].id(), late.as_str(), "who has waited longest comes first");
        let shown: Vec<&str> = today.leads_due.iter().map(RecordView::id).collect();
        assert!(shown.len() == 20 || shown.contains(&now.as_str()));
        assert!(!shown.contains(&gone.as_str()) && !shown.contains(&theirs.as_str()));

        let day = followups::today(&stranger).await.unwrap();
        assert_eq!(day.counts.leads_due, of_stranger.counts.leads_due + 1);
        assert_eq!(day.leads_due[0].id(), theirs.as_str());

        // Converted it is a customer's own day.
        let asked = Conversion::default();
        intake::convert(&house.vault, &rep, "lead", &late, &asked, None).await.unwrap();
        let today = followups::today(&rep).await.unwrap();
        assert_eq!(today.counts.leads_due, before.counts.leads_due + 1);

        // Whose role has no leads has none due, and a day all the same.
        let counts = followups::today(&house.as_("feng.an").await).await.map(|day| day.counts.leads_due);
        assert_eq!(counts.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_sees_how_they_stand_by_the_rules_own_counts_and_nobody_elses() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let stranger = house.as_("huang.lei").await;
        let rules = Rules::default();
        let part = async |scope: &Scope, rule: &str| {
            let standing = standing::standing(scope, &rules).await.unwrap();
            let part = standing.measures.into_iter().find(|part| part.rule == rule).unwrap();
            (part.count, part.threshold, part.percent)
        };
        let customer = new_customer(&house, &rep, "静安分数诊所").await;
        let first = rep.reveal("customer", &customer, "phone", "call").await.unwrap();
        assert_eq!(first.quota.used, 1);
        let second = rep.reveal("customer", &customer, "phone", "message").await.unwrap();
        assert_eq!(second.quota, rep.reveals_in_hour().await.unwrap());
        assert_eq!(part(&rep, "reveal_rate").await, (2, 31, 6));
        assert_eq!(part(&rep, "idle_reveal").await.0, 2);
        let call = fields(json!({ "customer": customer, "kind": "call", "content": "已接通" }));
        followups::log(&rep, call, &Also::default()).await.unwrap();
        assert_eq!(part(&rep, "idle_reveal").await.0, 0, "work explains them");

        let foreign = house.customers_of(&stranger).await;
        for id in foreign.iter().take(3) {
            assert_eq!(code(&rep.get("customer", id).await.unwrap_err()), "not_found");
        }
        assert_eq!(part(&rep, "denied_burst").await, (3, 5, 60));
        let standing = standing::standing(&rep, &rules).await.unwrap();
        assert_eq!(standing.score, 60, "the nearest rule");
        assert_eq!(part(&stranger, "denied_burst").await.0, 0);
        assert_eq!(part(&stranger, "reveal_rate").await.0, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_is_entered_only_with_the_fields_that_it_asks_for() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = new_customer(&house, &rep, "静安阶段诊所").await;
        let enter =
            async |values: Json| intake::update(&rep, "customer", &customer, None, &fields(values)).await;
        let refused = enter(json!({ "stage": "lost" })).await.unwrap_err();
        let VaultError::Problem(Problem::Invalid(errors)) = &refused else { panic!("{refused:?}") };
        assert_eq!((errors[0].field.as_str(), errors[0].code.as_str()), ("lost_reason", "required_by_stage"));
        let now = rep.get("customer", &customer).await.unwrap();
        assert_ne!(now.clear_text("stage"), Some("lost"), "nothing landed");

        let lost = enter(json!({ "stage": "lost", "lost_reason": "price" })).await.unwrap();
        assert_eq!(lost.clear_text("stage"), Some("lost"));
        let emptied = enter(json!({ "lost_reason": null })).await;
        assert!(emptied.is_err(), "what the stage asked for stays while it is there");

        // Undone is what it was, with what was asked for gone.
        let undone = enter(json!({ "stage": "first_visit", "lost_reason": null })).await.unwrap();
        assert_eq!(undone.clear_text("stage"), Some("first_visit"));
        assert_eq!(undone.clear_text("lost_reason"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_sends_again_after_two_weeks_is_still_the_same_record() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = new_customer(&house, &rep, "静安离线诊所").await;
        let visit = fields(json!({ "customer": customer, "kind": "visit", "content": "断网时写的" }));
        let once = rep.clone().once("phone-1", "visit");
        let made = followups::log(&once, visit, &Also::default()).await.unwrap();
        house.clock.advance(14 * DAY);
        let again = rep.made_before("phone-1", "visit").await.unwrap();
        assert_eq!(again.as_ref().map(RecordId::as_str), Some(made.id()));
        assert_eq!(code(&rep.made_before("phone-1", "another").await.unwrap_err()), "idempotency_key_reused");
        house.clock.advance(2 * DAY);
        assert_eq!(rep.made_before("phone-1", "visit").await.unwrap(), None);
    }
}

/// A plan leaves the customer's revision alone when an earlier one stands, so that only the key tells the two apart.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_under_one_key_that_run_at_once_one_happens() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let customer = new_customer(&house, &rep, "静安重复诊所").await;
        let earliest = rep.now() + HOUR;
        new_plan(&rep, &customer, earliest).await;
        for round in 0..12 {
            let key = format!("phone-{round}");
            let second = if round % 2 == 0 { "the same" } else { "another" };
            let mut tries = tokio::task::JoinSet::new();
            for request in ["the same", second] {
                let once = rep.clone().once(&key, request);
                let plan =
                    json!({ "customer": customer, "what": "回访", "due_at": moment::text(earliest + DAY) });
                tries.spawn(async move { followups::plan(&once, fields(plan)).await });
            }
            let mut made = Vec::new();
            while let Some(outcome) = tries.join_next().await {
                match outcome.unwrap() {
                    Ok(plan) => made.push(plan.id().to_owned()),
                    Err(refused) => {
                        let why =
                            if round % 2 == 0 { "request_in_progress" } else { "idempotency_key_reused" };
                        assert_eq!(code(&refused), why);
                    }
                }
            }
            assert_eq!(made.len(), 1, "round {round}");
            let kept = [rep.made_before(&key, "the same").await, rep.made_before(&key, second).await];
            assert!(kept.into_iter().flatten().flatten().any(|id| id.as_str() == made[0]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_customer_is_shown_to_look_at_writes_nothing_down_there() {
    for house in houses().await {
        let vault = &house.vault;
        let owner = house.as_("zhang.wei").await;
        let customer = house.customers_of(&owner).await.remove(0);
        let friend = house.id_of("li.na").await;
        let note = |words: &str| {
            fields(json!({
                "customer": customer, "kind": "call", "content": words,
                "at": moment::text(owner.now())
            }))
        };
        let share = async |edit: bool| {
            let mut tx = owner.begin().await.unwrap();
            let until = owner.now() + 86_400_000;
            tx.share("customer", &customer, &friend, edit, "joint visit", until).await.unwrap();
            tx.commit(Act::new("test", "customer")).await.unwrap();
        };
        share(false).await;
        let scope = house.as_("li.na").await;
        let shown = json!(scope.get("customer", &customer).await.unwrap());
        assert_eq!(shown["rights"]["shown_only"], json!(true));
        let refused = intake::create(vault, &scope, "follow_up", note("只是看看"), None).await.unwrap_err();
        assert_eq!(code(&refused), "create");
        share(true).await;
        let scope = house.as_("li.na").await;
        let shared = json!(scope.get("customer", &customer).await.unwrap());
        assert_eq!(shared["rights"]["shown_only"], json!(null));
        intake::create(vault, &scope, "follow_up", note("一起跟进"), None).await.unwrap();
    }
}
