//! Step 2, guessing: unknown and known logins answer and cost alike; guesses are slowed, then locked (AU-02, AU-03).

use crate::house::{House, Reply, houses};
use kedun_core::demo::PASSWORD;
use serde_json::json;

const KNOWN: &str = "zhang.wei";
const UNKNOWN: &str = "zhang.wie";

async fn guess(house: &House, login: &str, password: &str) -> Reply {
    house.nobody().post("/api/v1/sessions", json!({ "login": login, "password": password })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn au_02_unknown_and_known_logins_answer_and_cost_alike() {
    for house in houses(None).await {
        let mut codes = Vec::new();
        // Through the slow-downs into the first two locks.
        for _ in 0..12 {
            let before = house.vault.passwords_hashed();
            let known = guess(&house, KNOWN, "wrong wrong wrong").await;
            let between = house.vault.passwords_hashed();
            let unknown = guess(&house, UNKNOWN, "wrong wrong wrong").await;
            let after = house.vault.passwords_hashed();
            assert_eq!((between - before, after - between), (1, 1), "one hash each");
            assert_eq!(known.status, unknown.status);
            assert_eq!(known.body, unknown.body);
            assert_eq!(known.retry_after().is_some(), unknown.retry_after().is_some());
            let names = |reply: &Reply| reply.headers.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&known), names(&unknown));
            codes.push(known.body["code"].as_str().unwrap().to_owned());
            let longest = known.retry_after().max(unknown.retry_after()).unwrap_or(0);
            house.clock.advance(i64::try_from(longest).unwrap() * 1_000);
        }
        assert_eq!(
            codes[..4],
            ["invalid_credentials", "invalid_credentials", "invalid_credentials", "slow_down"]
        );
        assert!(codes.contains(&"locked".to_owned()), "{codes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn au_03_guesses_are_slowed_then_locked_and_others_are_not() {
    for house in houses(None).await {
        let mut waits = Vec::new();
        let mut guesses = 0;
        let locked = loop {
            let reply = guess(&house, KNOWN, "wrong wrong wrong").await;
            match (reply.status, reply.body["code"].as_str().unwrap()) {
                (401, "invalid_credentials") => guesses += 1,
                (429, "slow_down") => {
                    let wait = reply.retry_after().unwrap();
                    waits.push(wait);
                    house.clock.advance(i64::try_from(wait).unwrap() * 1_000);
                }
                (429, "locked") => break reply.retry_after().unwrap(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(guesses, 5, "the sixth is refused");
        assert!(waits.is_sorted() && waits.len() == 2, "{waits:?}");
        assert!(locked > 30, "{locked}");
        // Not even the right password, until the time is over; and only for this account.
        guess(&house, KNOWN, PASSWORD).await.refuses(429, "locked");
        guess(&house, "li.na", PASSWORD).await.expect(201);
        house.clock.advance(i64::try_from(locked).unwrap() * 1_000);
        guess(&house, KNOWN, PASSWORD).await.expect(201);
        // A right one clears the count.
        for _ in 0..3 {
            guess(&house, KNOWN, "wrong wrong wrong").await.refuses(401, "invalid_credentials");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn au_03_guesses_that_come_at_once_are_counted_one_by_one() {
    for house in houses(None).await {
        for login in [KNOWN, UNKNOWN] {
            let mut open = Vec::new();
            for n in 0..30 {
                let nobody = house.nobody();
                let body = json!({ "login": login, "password": format!("wrong wrong {n}") });
                open.push(tokio::spawn(async move { nobody.post("/api/v1/sessions", body).await.status }));
            }
            let mut answers = Vec::new();
            for guess in open {
                answers.push(guess.await.unwrap());
            }
            let judged = answers.iter().filter(|status| **status == 401).count();
            // Three in peace; a fourth only where the thirty took longer than the wait after the third.
            assert!((3..=4).contains(&judged), "{login}: {judged} guesses were judged: {answers:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn al_05_no_guess_is_in_the_log() {
    for house in houses(None).await {
        guess(&house, "13800138000", "hunter2 hunter2").await.refuses(401, "invalid_credentials");
        house.vault.sequence(true).await.unwrap();
        let auditor = house.sign_in("shen.ming").await;
        let entries = auditor.get("/api/v1/ledger/entries?action=session.refused").await.expect(200);
        let text = entries.to_string();
        assert_eq!(entries["entries"].as_array().map(Vec::len), Some(1));
        assert!(!text.contains("13800138000") && !text.contains("hunter2"));
    }
}
