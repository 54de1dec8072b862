//! Step 7 over open streams: who hears of an alert, who does not, and one call that ends it.

use crate::house::{Client, House, houses};
use serde_json::json;
use std::time::Duration;

/// What the product promises from the deed to the stream.
const PROMISED: Duration = Duration::from_secs(5);
/// How long somebody listens who must hear nothing, after those who must have heard.
const QUIET: Duration = Duration::from_millis(700);

/// Customers of a person.
pub async fn customers(client: &Client) -> Vec<String> {
    let query = json!({ "filter": { "field": "owner", "op": "me" }, "limit": 200 });
    let page = client.post("/api/v1/objects/customer/query", query).await.expect(200);
    page["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect()
}

/// Reveals phones, as often as asked; answers the values.
pub async fn reveal(client: &Client, times: usize) -> Vec<String> {
    let customers = customers(client).await;
    let mut values = Vec::new();
    for id in customers.iter().cycle().take(times * customers.len()) {
        if values.len() == times {
            break;
        }
        let path = format!("/api/v1/objects/customer/records/{id}/reveals");
        let revealed = client.post(&path, json!({ "field": "phone", "purpose": "call" })).await;
        if revealed.status == 200 {
            values.push(revealed.body["value"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(values.len(), times);
    values
}

/// The first alert of a rule in a person's list.
async fn alert(client: &Client, rule: &str) -> String {
    let page = client.get("/api/v1/alerts?state=open").await.expect(200);
    let alerts = page["alerts"].as_array().unwrap();
    alerts.iter().find(|a| a["rule"] == rule).unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn al_01_bulk_reveal_is_on_two_streams_and_one_call_ends_it() {
    for house in houses(None).await {
        let rep = house.sign_in("zhang.wei").await;
        let (leader, security) = (house.sign_in("zhao.qiang").await, house.sign_in("feng.an").await);
        let (stranger, auditor) = (house.sign_in("lin.tao").await, house.sign_in("shen.ming").await);
        let mut on_leader = leader.listen().await;
        let mut on_security = security.listen().await;
        let mut on_rep = rep.listen().await;
        let mut on_stranger = stranger.listen().await;
        let mut on_auditor = auditor.listen().await;

        let values = reveal(&rep, 31).await;
        assert!(on_leader.until("\"rule\":\"R01\"", PROMISED).await, "{}", on_leader.heard);
        assert!(on_security.until("\"rule\":\"R01\"", PROMISED).await, "{}", on_security.heard);
        for heard in [&on_leader.heard, &on_security.heard] {
            assert!(heard.contains("\"evidence\":[{"));
            assert!(values.iter().all(|value| !heard.contains(value)), "a value on a stream");
        }
        // Another manager, whoever it is about, and the auditor, who reads alerts and does not receive them.
        for stream in [&mut on_stranger, &mut on_rep, &mut on_auditor] {
            stream.until("event: alert", QUIET).await;
            assert_eq!(stream.count("alert"), 0, "{}", stream.heard);
            assert!(!stream.ended);
        }
        // Not to be told is not to have tried: no denial is written against them.
        house.vault.sequence(true).await.unwrap();
        let denied = auditor.get("/api/v1/ledger/entries?action=record.denied").await.expect(200);
        assert_eq!(denied["entries"].as_array().map(Vec::len), Some(0), "{denied}");

        let id = alert(&leader, "R01").await;
        for client in [&rep, &stranger] {
            client.get(&format!("/api/v1/alerts/{id}")).await.refuses(404, "not_found");
            let path = format!("/api/v1/alerts/{id}/responses");
            client.post(&path, json!({ "action": "end_sessions" })).await.refuses(404, "not_found");
        }
        let path = format!("/api/v1/alerts/{id}/responses");
        auditor.post(&path, json!({ "action": "end_sessions" })).await.refuses(403, "forbidden");
        let answered =
            leader.post(&path, json!({ "action": "end_sessions", "note": "ask me" })).await.expect(200);
        assert_eq!(
            (&answered["state"], &answered["responses"][0]["sessions"]),
            (&json!("acknowledged"), &json!(1))
        );
        assert!(on_rep.ends(PROMISED).await, "{}", on_rep.heard);
        rep.get("/api/v1/me").await.refuses(401, "no_session");
        // Nobody else's session, and not the account.
        stranger.get("/api/v1/me").await.expect(200);
        house.sign_in("zhang.wei").await.get("/api/v1/me").await.expect(200);
        assert!(on_security.until("\"state\":\"acknowledged\"", PROMISED).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ac_07_a_role_that_is_taken_away_takes_the_next_alert_with_it() {
    for house in houses(None).await {
        let rep = house.sign_in("zhang.wei").await;
        let (leader, security) = (house.sign_in("zhao.qiang").await, house.sign_in("feng.an").await);
        let (mut on_leader, mut on_security) = (leader.listen().await, security.listen().await);
        reveal(&rep, 10).await;
        assert!(on_leader.until("event: alert", PROMISED).await);
        assert!(on_security.until("event: alert", PROMISED).await);

        let path = format!("/api/v1/people/{}", leader.person);
        security.call("PATCH", &path, Some(json!({ "roles": ["rep"] }))).await.expect(200);
        reveal(&rep, 10).await;
        assert!(on_security.times("event: alert", 2, PROMISED).await, "{}", on_security.heard);
        on_leader.until("\u{0}", QUIET).await;
        assert_eq!(on_leader.count("alert"), 1, "{}", on_leader.heard);
        assert!(!on_leader.ended, "the session lives, only the right is gone");
        leader.get("/api/v1/alerts").await.refuses(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn au_06_only_who_holds_the_act_for_the_department_ends_sessions() {
    for house in houses(None).await {
        let rep = house.sign_in("zhang.wei").await;
        let mut on_rep = rep.listen().await;
        let path = format!("/api/v1/people/{}/sessions", rep.person);
        for login in ["lin.tao", "li.na", "zheng.kai", "shen.ming"] {
            house.sign_in(login).await.call("DELETE", &path, None).await.refuses(403, "forbidden");
        }
        house.nobody().call("DELETE", &path, None).await.refuses(401, "no_session");
        rep.get("/api/v1/me").await.expect(200);
        let security = house.sign_in("feng.an").await;
        security.call("DELETE", "/api/v1/people/nobody/sessions", None).await.refuses(404, "not_found");
        security.call("DELETE", &path, None).await.expect(204);
        rep.get("/api/v1/me").await.refuses(401, "no_session");
        assert!(on_rep.ends(PROMISED).await, "{}", on_rep.heard);
        house.sign_in("zhang.wei").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_about_alerts_is_refused_by_its_place() {
    let house: House = houses(None).await.remove(0);
    let security = house.sign_in("feng.an").await;
    security.get("/api/v1/alerts?state=ended").await.refuses(422, "invalid");
    security.get("/api/v1/alerts?cursor=%25%25").await.refuses(422, "invalid");
    security.get("/api/v1/alerts/none").await.refuses(404, "not_found");
    let path = "/api/v1/alerts/none/responses";
    security.post(path, json!({ "action": "freeze" })).await.refuses(422, "invalid");
    security.post(path, json!({})).await.refuses(422, "invalid");
    security.post(path, json!({ "action": "close", "note": "gone" })).await.refuses(404, "not_found");
    house.nobody().get("/api/v1/alerts").await.refuses(401, "no_session");
}
