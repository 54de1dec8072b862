//! `[limits]`: whoever asks too much waits, by kind of request; nobody else does.

use crate::house::{Client, Reply, houses};
use kedun_core::demo::PASSWORD;
use kedun_server::settings::LimitSettings;
use serde_json::json;

const PLENTY: u32 = 1_000;

fn limits(of: impl FnOnce(&mut LimitSettings)) -> Option<LimitSettings> {
    let mut limits = LimitSettings {
        reads: PLENTY,
        searches: PLENTY,
        reveals: PLENTY,
        changes: PLENTY,
        sign_ins: PLENTY,
        strangers: PLENTY,
        ..LimitSettings::default()
    };
    of(&mut limits);
    Some(limits)
}

#[track_caller]
fn too_many(reply: Reply) {
    let reply = reply.refuses(429, "too_many_requests");
    assert!(reply.retry_after().is_some_and(|seconds| (1..=60).contains(&seconds)), "{:?}", reply.headers);
}

async fn reveal(client: &Client, id: &str) -> Reply {
    let path = format!("/api/v1/objects/customer/records/{id}/reveals");
    client.post(&path, json!({ "field": "phone", "purpose": "call" })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_has_its_own_count_per_person() {
    let few = |l: &mut LimitSettings| {
        (l.reads, l.searches, l.reveals, l.changes) = (3, 2, 2, 2);
    };
    let house = houses(limits(few)).await.remove(0);
    let (rep, other) = (house.sign_in("zhang.wei").await, house.sign_in("li.na").await);
    // A second session of the same person shares the count.
    let again = house.sign_in("zhang.wei").await;

    let query = json!({ "filter": { "field": "owner", "op": "me" } });
    let page = rep.post("/api/v1/objects/customer/query", query).await.expect(200);
    let id = page["records"][0]["id"].as_str().unwrap().to_owned();
    rep.get("/api/v1/me").await.expect(200);
    again.get("/api/v1/me").await.expect(200);
    too_many(rep.get("/api/v1/me").await);
    too_many(again.get("/api/v1/today").await);

    for _ in 0..2 {
        rep.post("/api/v1/search", json!({ "q": "医院" })).await.expect(200);
    }
    too_many(rep.post("/api/v1/objects/customer/search", json!({ "q": "医院" })).await);
    too_many(rep.post("/api/v1/objects/customer/duplicates", json!({ "fields": {} })).await);

    for _ in 0..2 {
        assert_ne!(reveal(&rep, &id).await.status, 429);
    }
    too_many(reveal(&rep, &id).await);

    for language in ["en", "zh-CN"] {
        rep.call("PUT", "/api/v1/me/language", Some(json!({ "language": language }))).await.expect(204);
    }
    too_many(rep.call("PUT", "/api/v1/me/language", Some(json!({ "language": "en" }))).await);
    too_many(rep.post("/api/v1/objects/customer/records", json!({ "fields": {} })).await);

    // Nothing of this is somebody else's.
    other.get("/api/v1/me").await.expect(200);
    other.post("/api/v1/search", json!({ "q": "医院" })).await.expect(200);
    assert_ne!(reveal(&other, &id).await.status, 429);
    other.call("PUT", "/api/v1/me/language", Some(json!({ "language": "en" }))).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn au_03_whoever_has_no_session_is_counted_by_address() {
    let few = |l: &mut LimitSettings| (l.sign_ins, l.strangers) = (3, 2);
    let house = houses(limits(few)).await.remove(0);
    let rep = house.sign_in("zhang.wei").await;
    let here = house.nobody();
    let elsewhere = house.nobody().with("x-forwarded-for", "198.51.100.7");
    let guess = json!({ "login": "nobody.here", "password": "wrong wrong wrong" });
    for _ in 0..2 {
        here.post("/api/v1/sessions", guess.clone()).await.refuses(401, "invalid_credentials");
    }
    too_many(here.post("/api/v1/sessions", guess.clone()).await);
    // The right password does not help here, and from elsewhere is not kept out.
    let right = json!({ "login": "li.na", "password": PASSWORD });
    too_many(here.post("/api/v1/sessions", right.clone()).await);
    elsewhere.post("/api/v1/sessions", right).await.expect(201);

    let forged = house.nobody().with("authorization", "Bearer nonsense");
    here.get("/api/v1/me").await.refuses(401, "no_session");
    forged.get("/api/v1/me").await.refuses(401, "no_session");
    too_many(forged.get("/api/v1/me").await);
    too_many(here.get("/readyz").await);
    too_many(here.call("DELETE", "/api/v1/sessions/current", None).await);
    elsewhere.get("/api/v1/me").await.refuses(401, "no_session");
    here.get("/healthz").await.expect(200);
    // Who has a session is not a stranger.
    rep.get("/api/v1/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_bounded_in_bytes_and_in_time() {
    let small = |l: &mut LimitSettings| (l.body_bytes, l.timeout_seconds) = (1_024, 1);
    let house = houses(limits(small)).await.remove(0);
    let rep = house.sign_in("zhang.wei").await;
    let long = json!({ "q": "长".repeat(600) });
    let refused = rep.post("/api/v1/search", long).await.refuses(413, "too_large");
    assert_eq!(refused.body["errors"][0]["facts"]["max"], "1024");
    rep.stall("POST", "/api/v1/search", 20).await.refuses(408, "took_too_long");
    rep.get("/api/v1/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_so_many_streams_and_another_when_one_is_closed() {
    for house in houses(None).await {
        let rep = house.sign_in("zhang.wei").await;
        // A second session of the same person shares the count.
        let again = house.sign_in("zhang.wei").await;
        let mut open = Vec::new();
        for n in 0..12 {
            open.push(if n % 2 == 0 { rep.listen().await } else { again.listen().await });
        }
        for client in [&rep, &again] {
            assert!(client.try_to_listen().await.is_err(), "a thirteenth was opened");
            let refused = client.get("/api/v1/events").await.refuses(429, "too_many_streams");
            assert_eq!(refused.retry_after(), Some(15));
        }
        house.sign_in("li.na").await.listen().await;
        drop(open.pop());
        let mut tries = 0;
        // The service sees that it is closed a moment later.
        while rep.try_to_listen().await.is_err() {
            tries += 1;
            assert!(tries < 200, "a closed stream still counts");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}
