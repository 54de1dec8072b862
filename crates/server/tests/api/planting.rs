//! Planted values are found in nothing that leaves: replies to others, streams, numbers, the log.

use crate::company::contract::ROUTES;
use crate::company::{STRANGER, heard, id, in_a_house_of_its_own, intake};
use crate::seeing::{MANAGER, OTHER_REP, QUERY, RECORDS, REP, at, id_number};
use crate::walking::{line_of, prepared};
use serde_json::json;
use std::time::Duration;

const PLANTED: [&str; 5] =
    ["13877776666", "138 7777 6666", "geheim.planted@probe.example", "110105199001011", "planted_wechat_77"];

#[test]
fn planted_values_leave_in_no_reply_no_event_no_number_and_no_log_line() {
    in_a_house_of_its_own(async |house| {
        let rep = house.as_(REP).await;
        let body = json!({
            "fields": {
                "name": "埋雷口腔门诊部", "phone": "13877776666", "email": "geheim.planted@probe.example",
                "id_number": id_number("11010519900101123"), "wechat": "planted_wechat_77",
                "address": { "province": "上海市", "city": "上海市", "district": "静安区", "detail": "planted_wechat_77 弄" },
            },
            "intake": intake(house, true),
        });
        let made = rep.post(RECORDS, body).await.expect(201).json();
        let contact = json!({ "fields": { "customer": id(&made), "name": "planted_wechat_77", "phone": "13877776666" } });
        rep.post("/api/v1/objects/contact/records", contact).await.expect(201);
        let everybody = [
            REP,
            MANAGER,
            "zhao.qiang",
            OTHER_REP,
            "sun.yue",
            "xu.hui",
            "he.zheng",
            "zheng.kai",
            "feng.an",
            "shen.ming",
            STRANGER,
        ];
        let mut streams = Vec::new();
        for login in everybody {
            streams.push((login, house.anew(login).await.listen().await));
        }
        let share = json!({
            "person": house.id_of("sun.yue").await, "level": "read", "purpose": "陪访",
            "until": kedun_model::moment::text(house.vault.clock().now() + 86_400_000),
        });
        rep.post(&format!("{}/shares", at(&made)), share).await.expect(201);
        rep.post(&format!("{}/reveals", at(&made)), json!({ "field": "phone", "purpose": "call" }))
            .await
            .expect(200);
        // Junk that holds them, so that refusals and log lines have something to repeat.
        for planted in PLANTED {
            rep.post(RECORDS, json!({ "fields": { "level": planted, "city": [planted], "stage": planted } }))
                .await
                .expect(422);
            rep.post(QUERY, json!({ "filter": { "field": "level", "op": "eq", "value": planted } }))
                .await
                .expect(422);
            rep.post(QUERY, json!({ "cursor": planted })).await.expect(422);
            house
                .nobody()
                .post("/api/v1/sessions", json!({ "login": planted, "password": planted }))
                .await
                .expect(401);
            rep.post("/api/v1/search", json!({ "q": planted })).await.expect(200);
        }
        for login in everybody {
            let client = house.as_(login).await;
            for route in ROUTES.iter().filter(|r| r.method == "GET" && !r.path.ends_with("/events")) {
                let line = line_of(&format!("{} {}", route.method, route.path));
                let call = prepared(house, line, REP, login, Some(&id(&made))).await;
                holds_nothing(login, &call.path, &call.by(&client).await.bytes);
            }
            let objects = client.get("/api/v1/objects").await.json();
            for object in objects["objects"].as_array().unwrap() {
                let path = format!("/api/v1/objects/{}/query", object["name"].as_str().unwrap());
                let reply = client.post(&path, json!({ "limit": 200, "count": true })).await.expect(200);
                // The contact's name is what its owner reads in clear.
                let shown = String::from_utf8_lossy(&reply.bytes)
                    .replace("\"value\":\"planted_wechat_77\"", "")
                    .replace("\"title\":\"planted_wechat_77\"", "");
                let reads_names =
                    matches!(login, REP | MANAGER | "zhao.qiang") && object["name"] == "contact";
                holds_nothing(login, &path, if reads_names { shown.as_bytes() } else { &reply.bytes });
            }
            for planted in PLANTED {
                let reply = client.post("/api/v1/search", json!({ "q": planted })).await.expect(200);
                if !matches!(login, REP | MANAGER | "zhao.qiang") {
                    holds_nothing(login, "search", &reply.bytes);
                }
                assert!(
                    !reply.text().contains("13877776666") && !reply.text().contains("geheim"),
                    "{}",
                    reply.text()
                );
            }
        }
        for (login, mut stream) in streams {
            stream.until("", Duration::from_millis(200)).await;
            holds_nothing(login, "the stream of events", &stream.heard);
        }
        let numbers = house.nobody().get("/metrics").await.expect(200);
        assert!(numbers.text().contains("kedun_requests_total"), "{}", numbers.text());
        holds_nothing("nobody", "/metrics", &numbers.bytes);
        let log = heard::so_far();
        assert!(log.windows(9).any(|w| w == b"\"request\""), "the log was heard");
        holds_nothing("an operator", "the log", &log);
    });
}

#[test]
fn a_number_is_refused_as_a_reason_where_no_key_would_seal_it() {
    in_a_house_of_its_own(async |house| {
        let (rep, manager) = (house.as_(REP).await, house.as_(MANAGER).await);
        let body = json!({ "fields": { "name": "理由口腔门诊部" }, "intake": intake(house, false) });
        let made = rep.post(RECORDS, body).await.expect(201).json();
        let friend = house.id_of(OTHER_REP).await;
        let until = kedun_model::moment::text(house.vault.clock().now() + 86_400_000);
        for number in ["call 13877776666", "138 7777 6666", "geheim.planted@probe.example"] {
            let share = json!({ "person": friend, "level": "read", "purpose": number, "until": until });
            rep.post(&format!("{}/shares", at(&made)), share).await.faults("purpose", "personal_data");
            let transfer = json!({ "to": friend, "reason": number });
            manager
                .post(&format!("{}/transfers", at(&made)), transfer)
                .await
                .faults("reason", "personal_data");
            let release = json!({ "reason": number });
            rep.post(&format!("{}/releases", at(&made)), release).await.faults("reason", "personal_data");
            let release = json!({ "reason": "moved away", "pool": number });
            rep.post(&format!("{}/releases", at(&made)), release).await.faults("pool", "personal_data");
        }
        rep.post(&format!("{}/releases", at(&made)), json!({ "reason": "2026-11-24 到期" }))
            .await
            .expect(200);
    });
}

#[track_caller]
fn holds_nothing(who: &str, place: &str, bytes: &[u8]) {
    for planted in PLANTED {
        let found = bytes.windows(planted.len()).position(|w| w == planted.as_bytes());
        if let Some(found) = found {
            let around = &bytes[found.saturating_sub(120)..(found + 60).min(bytes.len())];
            panic!("{who} finds {planted} in {place}: …{}…", String::from_utf8_lossy(around));
        }
    }
}
