//! What every reply carries, who may read the numbers, and how much the service takes.

use crate::company::client::Client;
use crate::company::{House, customer_of, id, in_every_house};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use kedun_server::App;
use serde_json::{Value as Json, json};
use std::net::SocketAddr;
use tower::ServiceExt as _;

const REP: &str = "zhang.wei";

/// The number page as somebody from that address asks for it.
async fn metrics(app: &App, peer: Option<&str>, header: Option<(&'static str, &str)>) -> u16 {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = "/metrics".parse().unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    }
    if let Some((name, value)) = header {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    app.router().oneshot(request).await.unwrap().status().as_u16()
}

#[test]
fn the_numbers_are_for_this_machine_only() {
    in_every_house(async |house| {
        for near in ["127.0.0.1:50000", "127.8.8.8:50000", "[::1]:50000"] {
            assert_eq!(metrics(&house.app, Some(near), None).await, 200, "{near}");
        }
        for far in
            ["10.0.0.5:50000", "203.0.113.9:50000", "[2001:db8::1]:50000", "[::ffff:203.0.113.9]:50000"]
        {
            assert_eq!(metrics(&house.app, Some(far), None).await, 404, "{far}");
        }
        // Whoever came through a proxy of this machine is not of this machine.
        for name in ["forwarded", "x-forwarded-for", "via"] {
            assert_eq!(
                metrics(&house.app, Some("127.0.0.1:50000"), Some((name, "203.0.113.9"))).await,
                404,
                "{name}"
            );
        }
        assert_eq!(metrics(&house.app, None, None).await, 404, "an unknown peer");
    });
}

#[test]
fn a_strangers_words_do_not_become_numbers() {
    in_every_house(async |house| {
        for n in 0..3 {
            let mut request = Request::new(Body::empty());
            *request.method_mut() = format!("RINDFLEISCH{n}").parse().unwrap();
            *request.uri_mut() = format!("/rindfleisch/{n}").parse().unwrap();
            let reply = house.app.router().oneshot(request).await.unwrap();
            assert!(reply.status().is_client_error(), "{}", reply.status());
        }
        let numbers = house.nobody().get("/metrics").await.expect(200);
        assert!(numbers.text().contains("method=\"other\""), "{}", numbers.text());
        assert!(!numbers.text().to_lowercase().contains("rindfleisch"));
    });
}

#[test]
fn a_sealed_service_lives_and_is_not_ready_and_answers_nothing_else() {
    in_every_house(async |house| {
        let sealed = Client::new(&App::sealed(false, false));
        sealed.get("/healthz").await.expect(200);
        let ready = sealed.get("/readyz").await.expect(503).json();
        assert_eq!((&ready["ready"], &ready["sealed"]), (&json!(false), &json!(true)));
        for path in ["/api/v1/me", "/api/v1/objects", "/api/v1/people"] {
            sealed.clone().with_token("kds_any").get(path).await.refuses(503, "sealed");
        }
        sealed
            .post("/api/v1/sessions", json!({ "login": "a", "password": "b" }))
            .await
            .refuses(503, "sealed");
        let ready = house.nobody().get("/readyz").await.expect(200).json();
        assert_eq!((&ready["ready"], &ready["ledger_writable"]), (&json!(true), &json!(true)));
    });
}

fn holds(headers: &HeaderMap, name: &str, value: &str) {
    let found = headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    assert!(found.contains(value), "{name}: {found}");
}

#[test]
fn every_reply_carries_the_headers_that_keep_a_browser_in_bounds() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        for reply in [
            rep.get("/api/v1/me").await,
            rep.get("/api/v1/nothing").await,
            house.nobody().get("/api/v1/me").await,
            house.nobody().get("/").await,
            house.nobody().get("/customer/1").await,
            house.nobody().get("/healthz").await,
            rep.post("/api/v1/search", json!({})).await,
            rep.call("PUT", "/api/v1/search", None).await,
        ] {
            let headers = &reply.headers;
            holds(
                headers,
                "content-security-policy",
                "default-src 'self'; script-src 'self'; style-src 'self'",
            );
            holds(headers, "content-security-policy", "frame-ancestors 'none'");
            holds(headers, "x-content-type-options", "nosniff");
            holds(headers, "referrer-policy", "no-referrer");
            holds(headers, "cross-origin-opener-policy", "same-origin");
            holds(headers, "cross-origin-resource-policy", "same-origin");
            assert!(headers.get("server").is_none() && headers.get("x-powered-by").is_none());
            assert!(headers.get("access-control-allow-origin").is_none(), "{}", reply.asked);
            assert!(headers.get("strict-transport-security").is_none(), "only TLS can promise TLS");
            if reply.asked.contains("/api/") {
                holds(headers, "cache-control", "no-store");
            }
        }
    });
}

#[test]
fn over_tls_the_browser_is_told_to_stay_there_and_the_cookie_is_bound_to_the_host() {
    in_every_house(async |house| {
        let app = App::sealed(true, false);
        app.unseal(house.vault.clone());
        let client = Client::new(&app);
        let body = json!({ "login": REP, "password": kedun_core::demo::PASSWORD });
        let reply = client.post("/api/v1/sessions", body).await.expect(201);
        holds(&reply.headers, "strict-transport-security", "max-age=63072000");
        let cookies: Vec<&str> =
            reply.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()).collect();
        let session = cookies.iter().find(|c| c.starts_with("__Host-kedun=")).unwrap();
        for part in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
            assert!(session.contains(part), "{part}");
            assert!(cookies.iter().all(|c| c.contains(part)), "{part}");
        }
        assert!(!session.to_ascii_lowercase().contains("domain"));
    });
}

/// Replies are compressed: what an attacker on the network could learn from their length needs requests that carry the
/// session from another site, and the cookie is `SameSite=Strict`. Streams are never compressed.
#[test]
fn replies_are_compressed_for_those_who_ask_and_streams_are_not() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        for (accepts, encoding) in [("gzip", Some("gzip")), ("br", Some("br")), ("identity", None)] {
            let client = rep.clone().with("accept-encoding", accepts);
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = "/api/v1/objects/customer".parse().unwrap();
            *request.headers_mut() = client.headers().clone();
            let response = house.app.router().oneshot(request).await.unwrap();
            let found =
                response.headers().get("content-encoding").and_then(|v| v.to_str().ok()).map(str::to_owned);
            assert_eq!(found.as_deref(), encoding);
            holds(response.headers(), "vary", "accept-encoding");
        }
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = "/api/v1/events".parse().unwrap();
        *request.headers_mut() = rep.with("accept-encoding", "gzip, br").headers().clone();
        let response = house.app.router().oneshot(request).await.unwrap();
        assert!(response.headers().get("content-encoding").is_none());
    });
}

#[test]
fn pages_and_lists_are_bounded_however_much_is_asked_for() {
    in_every_house(async |house| {
        let manager = house.as_("wang.jianguo").await;
        let admin = house.as_("zheng.kai").await;
        let auditor = house.as_("shen.ming").await;
        manager
            .post("/api/v1/objects/customer/query", json!({ "limit": 201 }))
            .await
            .faults("limit", "out_of_range");
        manager.get("/api/v1/objects/customer/records?limit=201").await.faults("limit", "out_of_range");
        manager
            .post("/api/v1/search", json!({ "q": "a", "limit": 51 }))
            .await
            .faults("limit", "out_of_range");
        manager.post("/api/v1/search", json!({ "q": "长".repeat(101) })).await.faults("q", "too_long");
        manager.post("/api/v1/search", json!({ "q": " " })).await.faults("q", "required");
        admin.get("/api/v1/people?limit=201").await.faults("limit", "out_of_range");
        auditor.get("/api/v1/ledger/entries?limit=201").await.faults("limit", "out_of_range");
        auditor.get("/api/v1/ledger/entries?limit=0").await.faults("limit", "out_of_range");
        let count = manager
            .post("/api/v1/objects/customer/query", json!({ "limit": 1, "count": true }))
            .await
            .expect(200);
        assert_eq!(count.json()["records"].as_array().unwrap().len(), 1);
        let long = format!("/api/v1/objects/customer/records/{}", "x".repeat(2_001));
        manager.get(&long).await.refuses(404, "not_found");
    });
}

#[test]
fn a_cookie_of_a_browser_works_as_the_token_does_and_ends_with_it() {
    in_every_house(async |house| {
        let browser = house.anew(REP).await.by_cookie();
        browser.get("/api/v1/me").await.expect(200);
        let own = browser.clone().with("x-kedun-request", "1");
        let made = at_with_header(house, &own).await;
        assert_eq!(made["owner"]["id"], json!(house.id_of(REP).await));
        let gone = own.delete("/api/v1/sessions/current").await.expect(204);
        holds(&gone.headers, "set-cookie", "kedun=;");
        holds(&gone.headers, "clear-site-data", "\"cache\"");
        browser.get("/api/v1/me").await.refuses(401, "no_session");
    });
}

async fn at_with_header(house: &House, client: &Client) -> Json {
    let made = customer_of(house, client).await;
    client.get(&format!("/api/v1/objects/customer/records/{}", id(&made))).await.expect(200).json()
}
