//! Whose turn it is to be knocked at.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{Raw, houses};
use kedun_vault::Source;

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

async fn at_once<T: Send + 'static>(work: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let mut all = tokio::task::JoinSet::new();
    for one in work {
        all.spawn(one);
    }
    all.join_all().await
}
