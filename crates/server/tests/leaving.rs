//! Step 8 over the API: one act shuts somebody out and hands over everything they had.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::{House, certificate, houses};
use kedun_model::{PersonId, RecordId};
use kedun_vault::Task;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const HANDOVERS: &str = "/api/v1/handovers";

/// Waits until the jobs have brought a handover to its end.
async fn finished(house: &House, token: &str, id: &str) -> Json {
    for _ in 0..600 {
        let reply = house.get(token, &format!("{HANDOVERS}/{id}?limit=1")).await.expect(200);
        if reply.body["state"] == "done" || !reply.body["results"].is_null() {
            return reply.body;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the handover does not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_hangs_on_a_leaver_ends_or_finds_somebody_else() {
    for house in houses().await {
        house.app.work();
        let leaver = house.token("zhang.wei").await;
        let person = house.id_of("zhang.wei").await;
        let (manager, colleague) = (house.token("zhao.qiang").await, house.token("li.na").await);
        let friend = house.id_of("li.na").await;
        let before: BTreeMap<String, Vec<Json>> = {
            let mut all = BTreeMap::new();
            for object in ["customer", "lead", "contact", "opportunity", "follow_up", "plan"] {
                all.insert(object.to_owned(), house.own(&leaver, object).await);
            }
            all
        };
        for (object, records) in &before {
            assert!(!records.is_empty(), "the leaver has no {object}: the test would show nothing");
        }
        let customer = |i: usize| before["customer"][i]["id"].as_str().unwrap().to_owned();
        // Shares in both directions, and an open plan.
        let until = kedun_model::moment::text(house.vault.clock().now() + 86_400_000);
        let share = |who: &str| json!({ "person": who, "level": "read", "purpose": "visit", "until": until });
        let shares = |id: &str| format!("/api/v1/objects/customer/records/{id}/shares");
        house.post(&leaver, &shares(&customer(0)), share(&friend)).await.expect(201);
        let theirs = house.own(&colleague, "customer").await[0]["id"].as_str().unwrap().to_owned();
        house.post(&colleague, &shares(&theirs), share(&person)).await.expect(201);
        let plan =
            json!({ "fields": { "customer": customer(1), "what": "bring the contract", "due_at": until } });
        house.post(&leaver, "/api/v1/objects/plan/records", plan).await.expect(201);

        let reveal = json!({ "field": "phone", "purpose": "call" });
        let reveals = format!("/api/v1/objects/customer/records/{}/reveals", customer(1));
        house.post(&leaver, &reveals, reveal).await.expect(200);

        let begun = house
            .post(&manager, HANDOVERS, json!({ "person": person, "reason": "resignation" }))
            .await
            .expect(201);
        let id = begun.id();
        assert_eq!(begun.body["state"], "planned");
        assert_eq!(begun.body["inventory"]["customer"], before["customer"].len());
        assert!(begun.body["ended"]["shares_received"].as_i64().unwrap() >= 1);
        assert!(begun.body["ended"]["sessions"].as_i64().unwrap() >= 2);
        assert!(begun.body["ended"]["devices"].as_i64().unwrap() >= 2);
        let looks = begun.body["looks"].clone();
        assert_eq!(looks["reveal"], 1, "{looks}");
        assert!(looks["list"].as_i64().unwrap() >= 1 && looks["export"].is_null(), "{looks}");
        for item in begun.body["items"].as_array().unwrap() {
            assert!(!item["proposed"].is_null() && item["proposed"] != json!(person), "{item}");
        }
        // Shut out on the next request, and no way back in.
        assert_eq!(house.get(&leaver, "/api/v1/me").await.status, 401);
        let again = json!({ "login": "zhang.wei", "password": kedun_core::demo::PASSWORD });
        assert_eq!(house.post("", "/api/v1/sessions", again).await.status, 401);

        let given = json!({ "assignments": { customer(1): friend } });
        house.call(&manager, "PATCH", &format!("{HANDOVERS}/{id}"), Some(given)).await.expect(200);
        let started = house.call(&manager, "POST", &format!("{HANDOVERS}/{id}/execution"), None).await;
        assert_eq!(started.expect(202).body["state"], "running");
        let done = finished(&house, &manager, &id).await;
        assert_eq!(done["state"], "done", "{done}");
        assert_eq!(done["progress"]["moved"], done["progress"]["total"]);

        // Nothing is left without an owner or with the old one, in any object, the recycle bin included.
        let task = house.vault.system(Task::Handover);
        let person_id = PersonId::new(person.as_str());
        assert_eq!(task.still_owned_by(&person_id).await.unwrap(), 0);
        assert!(task.begin().await.unwrap().inventory_of(&person_id, None).await.unwrap().is_empty());
        // Seen with the eyes of the house: an heir may be a collaborator of another region, out of the manager's sight.
        let house_eyes = house.vault.system(Task::Demo);
        for (object, records) in &before {
            for record in records {
                let id = RecordId::new(record["id"].as_str().unwrap());
                let now = serde_json::to_value(house_eyes.get(object, &id).await.unwrap()).unwrap();
                let owner = now["owner"]["id"].as_str().unwrap_or_default();
                assert!(!owner.is_empty() && owner != person, "{object}: {now}");
                assert_eq!(now["stage"], record["stage"], "{object}");
                assert_eq!(now["fields"]["stage"], record["fields"]["stage"], "{object}");
                for time in ["next_follow_up", "last_follow_up"] {
                    let before = record[time].as_str().and_then(kedun_model::moment::parse);
                    assert!(
                        now[time].as_i64() == before || now[time] == record[time],
                        "{object} {time}: {now}"
                    );
                }
            }
        }
        // The heir works on: record, plan, follow-ups and history are theirs to see.
        let record = format!("/api/v1/objects/customer/records/{}", customer(1));
        let moved = house.get(&colleague, &record).await.expect(200).body;
        assert_eq!(moved["owner"]["id"], json!(friend));
        let plans = house.own(&colleague, "plan").await;
        assert!(plans.iter().any(|p| p["fields"]["customer"]["value"]["id"] == json!(customer(1))));
        let history = house.get(&colleague, &format!("{record}/history")).await.expect(200).body;
        assert!(history["changes"].as_array().unwrap().iter().any(|c| c["action"] == "transfer"));
        house.get(&colleague, &format!("{record}/timeline")).await.expect(200);
        // What the leaver had shared is shared no more.
        let left = house.get(&manager, &shares(&customer(0))).await.expect(200).body;
        assert_eq!(left["shares"], json!([]));

        let text = house.get(&manager, &format!("{HANDOVERS}/{id}/certificate")).await.expect(200).body;
        let body = certificate(text.as_str().unwrap(), &house.vault.ledger_key());
        assert_eq!((&body["left"], &body["reason"]), (&json!(0), &json!("resignation")));
        assert_eq!(body["inventory"]["customer"], before["customer"].len());
        assert_eq!(body["looks"], looks);
        house.app.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_know_of_a_handover_learns_nothing_on_any_of_its_routes() {
    for house in houses().await {
        let person = house.id_of("zhang.wei").await;
        let (rep, manager) = (house.token("li.na").await, house.token("zhao.qiang").await);
        let (elsewhere, auditor) = (house.token("lin.tao").await, house.token("shen.ming").await);
        let new = json!({ "person": person, "reason": "resignation" });
        assert_eq!(house.post("", HANDOVERS, new.clone()).await.status, 401);
        assert_eq!(house.post(&rep, HANDOVERS, new.clone()).await.status, 403);
        assert_eq!(house.post(&elsewhere, HANDOVERS, new.clone()).await.status, 403);
        let nobody = json!({ "person": "nobody", "reason": "resignation" });
        assert_eq!(house.post(&manager, HANDOVERS, nobody).await.status, 404);
        for (junk, field) in [
            (json!({ "person": person }), "reason"),
            (json!({ "person": person, "reason": "boredom" }), "reason"),
            (json!({ "person": 7, "reason": "resignation" }), "person"),
            (json!({ "person": person, "reason": "resignation", "x": 1 }), "x"),
        ] {
            let refused = house.post(&manager, HANDOVERS, junk).await.expect(422);
            assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.body);
        }
        // Nothing of that has frozen anybody.
        house.token("zhang.wei").await;

        let id = house.post(&manager, HANDOVERS, new.clone()).await.expect(201).id();
        assert_eq!(house.post(&manager, HANDOVERS, new).await.expect(409).code(), "handover_open");
        let one = format!("{HANDOVERS}/{id}");
        let patch = json!({ "assignments": { "r": "p" } });
        for token in [&rep, &elsewhere] {
            for (method, path, body) in [
                ("GET", one.clone(), None),
                ("PATCH", one.clone(), Some(patch.clone())),
                ("POST", format!("{one}/execution"), None),
                ("GET", format!("{one}/certificate"), None),
            ] {
                let reply = house.call(token, method, &path, body).await;
                assert_eq!((reply.status, reply.code()), (404, "not_found"), "{method} {path}");
            }
        }
        assert_eq!(house.get(&rep, HANDOVERS).await.status, 404);
        let list = house.get(&elsewhere, HANDOVERS).await.expect(200);
        assert_eq!(list.body["handovers"], json!([]));
        // The auditor sees the case and its numbers, and may not act.
        let seen = house.get(&auditor, &one).await.expect(200);
        assert!(seen.body["items"].as_array().unwrap().iter().all(|i| i["title"].is_null()));
        assert_eq!(house.call(&auditor, "POST", &format!("{one}/execution"), None).await.status, 403);
        assert_eq!(house.get(&manager, &format!("{one}/certificate")).await.status, 404);

        // The plan comes in parts that together are the whole.
        let total = seen.body["progress"]["total"].as_u64().unwrap();
        let (mut from, mut records) = (Some(0), Vec::new());
        while let Some(at) = from {
            let part = house.get(&manager, &format!("{one}?from={at}&limit=3")).await.expect(200).body;
            records.extend(part["items"].as_array().unwrap().iter().map(|i| i["record"].to_string()));
            from = part["next_from"].as_u64();
        }
        records.sort();
        records.dedup();
        assert_eq!(u64::try_from(records.len()).unwrap(), total);
        for junk in ["from=-1", "limit=x", "cursor=1"] {
            assert_eq!(house.get(&manager, &format!("{one}?{junk}")).await.status, 422, "{junk}");
        }
        let strange = json!({ "assignments": { "nothing": house.id_of("li.na").await } });
        let refused = house.call(&manager, "PATCH", &one, Some(strange)).await.expect(422);
        assert_eq!(refused.body["errors"][0]["code"], "not_in_the_plan");
    }
}
