//! Whose turn it is to be knocked at.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, Raw, create, houses, object};
use kedun_model::{PersonId, moment};
use kedun_vault::{Act, Signal, Source};
use serde_json::json;

const QUIET_MS: i64 = 60_000;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_that_tell_at_the_same_moment_one_knocks() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        rep.keep_push_place("https://push.example/one").await.unwrap();
        let beside = match house.source {
            Source::Sqlite { .. } => house.vault.clone(),
            Source::Postgres { .. } => house.beside().await,
        };
        let claims: Vec<_> = [house.vault.clone(), beside]
            .into_iter()
            .map(|vault| {
                let person = rep.person().clone();
                async move { vault.claim_knock(&person, QUIET_MS).await.unwrap() }
            })
            .collect();
        let claimed = match house.source {
            Source::Sqlite { .. } => at_once(claims).await,
            Source::Postgres { .. } => {
                // Both have looked before either may write.
                let mut holding = house.raw().await;
                holding.run("BEGIN").await;
                holding.run("UPDATE push_place SET kept_at = kept_at").await;
                let claiming = tokio::spawn(at_once(claims));
                let waiting = "SELECT COUNT(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
                               WHERE NOT l.granted AND a.query LIKE 'UPDATE push_place SET told_at%'";
                let mut looking = Raw::open(&house.source).await;
                for _ in 0..2_000 {
                    if looking.count(waiting).await == 2 {
                        break;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
                holding.run("COMMIT").await;
                claiming.await.unwrap()
            }
        };
        let mut claimed = claimed;
        claimed.sort();
        assert_eq!(claimed, [vec![], vec![rep.device().unwrap().to_owned()]]);
        // When they have been left alone for so long they are told again.
        house.vault.clock().advance(QUIET_MS);
        assert_eq!(house.vault.claim_knock(rep.person(), QUIET_MS).await.unwrap().len(), 1);
    }
}

/// Whom a moment reminds of a plan; every other signal is none of this.
async fn reminded(house: &House, after: i64, until: i64) -> Vec<PersonId> {
    let mut signals = house.vault.signals();
    house.vault.remind(after, until).await.unwrap();
    let mut told = Vec::new();
    while let Ok(signal) = signals.try_recv() {
        if let Signal::PlanDue { .. } = signal {
            told.extend(house.vault.to_be_told(&signal).await.unwrap());
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_due_soon_knocks_at_its_owner_once_and_not_when_it_is_over() {
    for house in houses().await {
        let (rep, other) = (house.as_("rep").await, house.as_("other").await);
        for (scope, place) in [(&rep, "one"), (&other, "two")] {
            scope.keep_push_place(&format!("https://push.example/{place}")).await.unwrap();
        }
        let customer = house.customer(&rep, "甲医院", json!({})).await;
        let due = rep.now() + 3_600_000;
        let plan = json!({ "customer": customer, "what": "回访", "due_at": moment::text(due) });
        let plan = create(&rep, "plan", object(plan)).await.unwrap();
        // Not before, not afterwards, and nobody but whose plan it is.
        assert_eq!(reminded(&house, due - 60_000, due - 1).await, []);
        assert_eq!(reminded(&house, due - 1, due).await, [rep.person().clone()]);
        assert_eq!(reminded(&house, due, due + 60_000).await, []);
        let set = async |status: &str| {
            let mut tx = rep.begin().await.unwrap();
            tx.update("plan", &plan, None, &object(json!({ "status": status }))).await.unwrap();
            tx.commit(Act::new("record.update", "plan").on(&plan, None)).await.unwrap();
        };
        for over in ["done", "cancelled"] {
            set(over).await;
            assert_eq!(reminded(&house, due - 1, due).await, [], "{over}");
        }
        set("open").await;
        rep.drop_push_place().await.unwrap();
        assert_eq!(reminded(&house, due - 1, due).await, [], "who does not want it is not asked about");
    }
}

async fn at_once<T: Send + 'static>(work: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let mut all = tokio::task::JoinSet::new();
    for one in work {
        all.spawn(one);
    }
    all.join_all().await
}
