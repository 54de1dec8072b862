//! See only what is yours: collecting with a basis, masks, reveals, who looked and why one may, over HTTP.

use crate::company::client::Client;
use crate::company::{STRANGER, a_phone, customer_of, id, in_a_house_of_its_own, in_every_house, intake};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::time::Duration;

pub const RECORDS: &str = "/api/v1/objects/customer/records";
pub const QUERY: &str = "/api/v1/objects/customer/query";
pub const REP: &str = "zhang.wei";
pub const OTHER_REP: &str = "huang.lei";
pub const MANAGER: &str = "wang.jianguo";

pub fn at(record: &Json) -> String {
    format!("{RECORDS}/{}", id(record))
}

async fn ids(client: &Client, object: &str, filter: Json) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut cursor = Json::Null;
    loop {
        let body = json!({ "filter": filter, "limit": 200, "cursor": cursor });
        let page = client.post(&format!("/api/v1/objects/{object}/query"), body).await.expect(200).json();
        for record in page["records"].as_array().unwrap() {
            assert!(all.insert(id(record)), "a page repeats a record");
        }
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            return all;
        }
    }
}

#[test]
fn personal_data_is_collected_with_a_notice_and_a_basis_or_not_at_all() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let phone = a_phone();
        let with = |fields: Json, intake: Json| json!({ "fields": fields, "intake": intake });
        let plain = json!({ "name": "静安明心口腔门诊部", "phone": phone });
        rep.post(RECORDS, json!({ "fields": plain })).await.faults("intake", "basis_required");
        let mut none_given = intake(house, false);
        none_given["consents"] = json!([]);
        rep.post(RECORDS, with(plain.clone(), none_given))
            .await
            .faults("intake.consents", "consent_required");
        let mut outdated = intake(house, false);
        outdated["notice"]["version"] = json!(99);
        rep.post(RECORDS, with(plain.clone(), outdated)).await.faults("intake.notice", "notice_outdated");
        let mut other_purpose = intake(house, false);
        other_purpose["purpose"] = json!("marketing");
        rep.post(RECORDS, with(plain.clone(), other_purpose))
            .await
            .faults("intake.purpose", "purpose_not_covered");
        let sensitive =
            json!({ "name": "静安明心口腔门诊部", "phone": phone, "id_number": "11010519491231002X" });
        rep.post(RECORDS, with(sensitive.clone(), intake(house, false)))
            .await
            .faults("id_number", "separate_consent_required");

        let created = rep.post(RECORDS, with(sensitive, intake(house, true))).await.expect(201);
        assert!(
            !created.text().contains(&phone) && !created.text().contains("19491231"),
            "{}",
            created.text()
        );
        assert_eq!(created.header("etag"), Some("\"1\""));
        let consents = rep.get(&format!("{}/consents", at(&created.json()))).await.expect(200).json();
        let kinds: BTreeSet<&str> =
            consents["consents"].as_array().unwrap().iter().filter_map(|c| c["kind"].as_str()).collect();
        assert_eq!(kinds, ["collect", "sensitive"].into());
        let notice = rep.get("/api/v1/notices/sales_contact").await.expect(200).json();
        assert!(consents["consents"].as_array().unwrap().iter().all(|c| c["notice_hash"] == notice["hash"]));

        // What may not be collected at first may not be added afterwards either.
        let bare =
            rep.post(RECORDS, json!({ "fields": { "name": "只有名字的诊所" } })).await.expect(201).json();
        rep.patch(&at(&bare), json!({ "fields": { "phone": a_phone() } }))
            .await
            .faults("intake", "basis_required");
        rep.patch(&at(&bare), json!({ "fields": { "id_number": "11010519491231002X" } }))
            .await
            .faults("id_number", "separate_consent_required");
        rep.post(&format!("{}/consents", at(&bare)), intake(house, false)).await.expect(201);
        rep.patch(&at(&bare), json!({ "fields": { "phone": a_phone() } })).await.expect(200);
    });
}

#[test]
fn a_lead_is_collected_like_a_customer_and_its_consents_answer_to_the_same_routes() {
    in_every_house(async |house| {
        let (rep, other) = (house.as_(REP).await, house.as_(OTHER_REP).await);
        let leads = "/api/v1/objects/lead/records";
        let plain = json!({ "company": "线索诊所", "name": "林若琳", "phone": a_phone() });
        rep.post(leads, json!({ "fields": plain })).await.faults("intake", "basis_required");
        let body = json!({ "fields": plain, "intake": intake(house, false) });
        let made = rep.post(leads, body).await.expect(201).json();
        let consents = format!("{leads}/{}/consents", id(&made));
        let kept = rep.get(&consents).await.expect(200).json();
        let notice = rep.get("/api/v1/notices/sales_contact").await.expect(200).json();
        assert_eq!(kept["consents"].as_array().unwrap().len(), 1);
        assert_eq!(kept["consents"][0]["notice_hash"], notice["hash"]);
        let one = format!("{consents}/{}", id(&kept["consents"][0]));

        // Whoever does not see the lead sees none of it; and no consents are kept of what is no person.
        other.get(&consents).await.expect(404);
        other.post(&consents, intake(house, true)).await.expect(404);
        other.post(&format!("{one}/withdrawal"), json!({})).await.expect(404);
        other.get(&format!("{one}/receipt")).await.expect(404);
        rep.get(&format!("/api/v1/objects/follow_up/records/{}/consents", id(&made))).await.expect(404);
        // Rights, links and the timeline hang on a customer alone.
        rep.get(&format!("{leads}/{}/links", id(&made))).await.expect(404);

        assert!(rep.get(&format!("{one}/receipt")).await.expect(200).text().contains("kedun-certificate/1"));
        rep.post(&format!("{one}/withdrawal"), json!({ "channel": "phone" })).await.expect(204);
        let left = rep.get(&consents).await.expect(200).json();
        assert!(left["consents"][0]["withdrawn_at"].is_string());
        let at = format!("{leads}/{}", id(&made));
        rep.patch(&at, json!({ "fields": { "phone": a_phone() } })).await.faults("intake", "basis_required");
        let path = format!("/api/v1/objects/lead_consent/records/{}", id(&left["consents"][0]));
        rep.patch(&path, json!({ "fields": { "state": "valid" } })).await.refuses(403, "forbidden");
        rep.delete(&path).await.refuses(403, "forbidden");
    });
}

#[test]
fn a_duplicate_is_told_without_showing_the_person() {
    in_every_house(async |house| {
        let (rep, other) = (house.as_(REP).await, house.as_(OTHER_REP).await);
        let phone = a_phone();
        let name = format!("重复诊所{}", &phone[6..]);
        let new = json!({ "fields": { "name": name, "phone": phone }, "intake": intake(house, false) });
        let mine = rep.post(RECORDS, new.clone()).await.expect(201).json();
        let written = format!("+86 {} {} {}", &phone[..3], &phone[3..7], &phone[7..]);
        let again =
            json!({ "fields": { "name": "别的名字", "phone": written }, "intake": intake(house, false) });
        let refused = other.post(RECORDS, again).await.refuses(409, "duplicate");
        let owner = house.id_of(REP).await;
        for secret in [name.as_str(), &id(&mine), "张伟", &owner, &phone] {
            assert!(!refused.text().contains(secret), "{}", refused.text());
        }
        assert!(refused.text().contains("上海组"), "names the team: {}", refused.text());
        let asked = json!({ "fields": { "phone": phone } });
        let matches = other.post("/api/v1/objects/customer/duplicates", asked.clone()).await.expect(200);
        assert_eq!(matches.json()["matches"][0]["visible"], false);
        for secret in [name.as_str(), &id(&mine), "张伟", &owner] {
            assert!(!matches.text().contains(secret), "{}", matches.text());
        }
        // To whoever may see it anyway it says which.
        let matches = rep.post("/api/v1/objects/customer/duplicates", asked).await.expect(200).json();
        assert_eq!(matches["matches"][0]["record"]["id"], mine["id"]);
    });
}

#[test]
fn values_are_masked_everywhere_until_one_is_revealed_for_a_purpose() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let phone = a_phone();
        let masked = format!("{}****{}", &phone[..3], &phone[7..]);
        let name = format!("遮罩诊所{}", &phone[5..]);
        let body = json!({
            "fields": { "name": name, "phone": phone, "email": "yuanzhang@mask-probe.example" }, "intake": intake(house, false),
        });
        let made = rep.post(RECORDS, body).await.expect(201).json();
        rep.patch(&at(&made), json!({ "fields": { "phone": phone, "level": "A" } })).await.expect(200);
        let line =
            json!({ "fields": { "customer": id(&made), "kind": "call", "content": "电话里谈了试用" } });
        rep.post("/api/v1/objects/follow_up/records", line).await.expect(201);
        for login in [REP, MANAGER, "zhao.qiang"] {
            let client = house.as_(login).await;
            let one = client.get(&at(&made)).await.expect(200);
            assert_eq!(one.json()["fields"]["phone"]["masked"], json!(masked), "{login}: {}", one.text());
            assert_eq!(
                one.json()["fields"]["email"]["masked"],
                json!("y***@mask-probe.example"),
                "{login}: {}",
                one.text()
            );
            let replies = [
                client.get(&format!("{RECORDS}?limit=200")).await,
                client
                    .post(QUERY, json!({ "filter": { "field": "phone", "op": "eq", "value": phone } }))
                    .await,
                client.post("/api/v1/search", json!({ "q": phone })).await,
                client.get(&format!("{}/timeline", at(&made))).await,
                client.get(&format!("{}/history", at(&made))).await,
                client.get("/api/v1/today").await,
            ];
            for reply in replies {
                let reply = reply.expect(200);
                assert!(
                    !reply.text().contains(&phone) && !reply.text().contains("yuanzhang"),
                    "{}",
                    reply.asked
                );
            }
        }
        let reveals = format!("{}/reveals", at(&made));
        rep.post(&reveals, json!({ "field": "phone" })).await.faults("purpose", "required");
        rep.post(&reveals, json!({ "field": "phone", "purpose": "curiosity" }))
            .await
            .faults("purpose", "unknown_purpose");
        rep.post(&reveals, json!({ "field": "wechat", "purpose": "call" })).await.faults("field", "empty");
        rep.post(&reveals, json!({ "field": "nothing", "purpose": "call" }))
            .await
            .faults("field", "unknown_field");
        let clear =
            rep.post(&reveals, json!({ "field": "phone", "purpose": "call" })).await.expect(200).json();
        assert!(clear["value"].to_string().contains(&phone));
        let until = kedun_model::moment::parse(clear["expires_at"].as_str().unwrap()).unwrap();
        assert!(until > house.vault.clock().now() && until <= house.vault.clock().now() + 30_000);
        assert!(
            !rep.get(&at(&made)).await.expect(200).text().contains(&phone),
            "one reveal opens nothing for good"
        );

        // A mask that comes back is no value.
        let form = json!({ "fields": { "phone": masked, "email": "y***@mask-probe.example", "level": "C" } });
        rep.patch(&at(&made), form).await.expect(200);
        let clear =
            rep.post(&reveals, json!({ "field": "phone", "purpose": "call" })).await.expect(200).json();
        assert!(clear["value"].to_string().contains(&phone), "a mask overwrote the value");
        rep.patch(&at(&made), json!({ "fields": { "phone": "139****0000" } }))
            .await
            .faults("phone", "masked_value");

        // Who looked, and why one may.
        let looks = house.as_(MANAGER).await.get(&format!("{}/audience", at(&made))).await.expect(200).json();
        let looked = looks["looks"].as_array().unwrap();
        assert!(
            looked.iter().any(|l| l["action"] == "reveal"
                && l["purpose"] == "call"
                && l["fields"] == json!(["phone"]))
        );
        assert!(looked.iter().any(|l| l["by"]["name"] == "赵强"), "{looks}");
        let explained = rep.get(&format!("{}/explain?field=phone", at(&made))).await.expect(200).json();
        assert_eq!(explained["verdict"], "reveal+edit");
        let security = house.as_("feng.an").await;
        let other = house.id_of(OTHER_REP).await;
        let why = security
            .get(&format!("{}/explain?person={other}&field=phone", at(&made)))
            .await
            .expect(200)
            .json();
        assert_eq!(why["verdict"], "none");
        assert!(why["because"].as_array().unwrap().iter().all(|b| b["contains"] == false), "{why}");
        rep.get(&format!("{}/explain?person={other}", at(&made))).await.refuses(403, "forbidden");
    });
}

#[test]
fn reveals_are_counted_and_run_out() {
    in_a_house_of_its_own(async |house| {
        let rep = house.as_(REP).await;
        let reveals = format!("{}/reveals", at(&customer_of(house, &rep).await));
        let body = json!({ "field": "phone", "purpose": "visit" });
        for _ in 0..40 {
            rep.post(&reveals, body.clone()).await.expect(200);
        }
        let refused = rep.post(&reveals, body.clone()).await.refuses(429, "quota_exceeded");
        let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=3_600).contains(&wait), "{wait}");
        // Neither another session nor another record helps; time does.
        let elsewhere = house.anew(REP).await;
        let another = format!("{}/reveals", at(&customer_of(house, &rep).await));
        elsewhere.post(&another, body.clone()).await.refuses(429, "quota_exceeded");
        house.clock.advance(3_600_000);
        house.anew(REP).await.post(&another, body).await.expect(200);
        let intern = house.as_("sun.yue").await;
        let shared = ids(&intern, "customer", Json::Null).await;
        let first = shared.first().unwrap();
        intern
            .post(&format!("{RECORDS}/{first}/reveals"), json!({ "field": "phone", "purpose": "call" }))
            .await
            .expect(403);
    });
}

#[test]
fn each_role_sees_what_its_scopes_hold_and_nothing_else() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let me = house.id_of(REP).await;
        let page = rep.post(QUERY, json!({ "limit": 200 })).await.expect(200).json();
        let shared_or_pool: Vec<&Json> =
            page["records"].as_array().unwrap().iter().filter(|r| r["owner"]["id"] != json!(me)).collect();
        for record in shared_or_pool {
            assert!(!record["pool"].is_null() || record["rights"]["transfer"] == false, "{record}");
        }
        // The manager of the east sees the departments of the east.
        let manager = house.as_(MANAGER).await;
        let page = manager.post(QUERY, json!({ "limit": 200 })).await.expect(200).json();
        assert!(page["records"].as_array().unwrap().len() > 5);
        for record in page["records"].as_array().unwrap() {
            let east = ["华东销售部", "上海组", "江浙组"];
            let department = record["department"]["name"].as_str().unwrap_or_default();
            assert!(!record["pool"].is_null() || east.contains(&department), "{record}");
        }
        // The intern sees what was given to them, the service the customers of its tickets.
        let intern = house.as_("sun.yue").await;
        for record in ids(&intern, "customer", Json::Null).await {
            let why = intern.get(&format!("{RECORDS}/{record}/explain")).await.expect(200).json();
            let scopes: Vec<&Json> = why["because"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|b| b["contains"] == true)
                .map(|b| &b["scope"])
                .collect();
            assert_eq!(scopes, [&json!("collaborating")]);
        }
        let service = house.as_("xu.hui").await;
        let customers = ids(&service, "customer", Json::Null).await;
        assert!(!customers.is_empty());
        let page =
            service.post("/api/v1/objects/ticket/query", json!({ "limit": 200 })).await.expect(200).json();
        let of_tickets: BTreeSet<String> = page["records"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|t| t["fields"]["customer"]["value"]["id"].as_str().map(str::to_owned))
            .collect();
        assert!(customers.is_subset(&of_tickets), "{customers:?} beside {of_tickets:?}");
        // The administrators see none, whatever they ask.
        for login in ["shen.ming", "zheng.kai", "feng.an", STRANGER] {
            let client = house.as_(login).await;
            for object in ["customer", "contact", "lead", "follow_up", "plan", "contract"] {
                client
                    .post(&format!("/api/v1/objects/{object}/query"), json!({}))
                    .await
                    .refuses(404, "not_found");
                client.get(&format!("/api/v1/objects/{object}")).await.refuses(404, "not_found");
            }
            let found = client.post("/api/v1/search", json!({ "q": "口腔" })).await.expect(200).json();
            assert_eq!(found["results"], json!([]));
            let today = client.get("/api/v1/today").await.expect(200).json();
            assert_eq!(today["falling"], json!([]));
        }
    });
}

#[test]
fn search_finds_by_name_phone_and_last_four_within_what_one_may_see() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let made = customer_of(house, &rep).await;
        let reveals = format!("{}/reveals", at(&made));
        let clear =
            rep.post(&reveals, json!({ "field": "phone", "purpose": "call" })).await.expect(200).json();
        let phone = clear["value"].as_str().unwrap().trim_start_matches("+86").to_owned();
        let title = made["title"].as_str().unwrap();
        let spaced = format!("{} {} {}", &phone[..3], &phone[3..7], &phone[7..]);
        for (q, who_may) in
            [(title, true), (&phone, true), (&spaced, true), (&phone[7..], true), (&phone[..6], false)]
        {
            for (login, may) in [
                (REP, who_may),
                (MANAGER, who_may),
                (OTHER_REP, false),
                ("sun.yue", false),
                ("xu.hui", false),
            ] {
                let client = house.as_(login).await;
                for path in ["/api/v1/search", "/api/v1/objects/customer/search"] {
                    let reply = client.post(path, json!({ "q": q, "limit": 50 })).await.expect(200);
                    let found = reply.json()["results"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|r| r["record"]["id"] == made["id"]);
                    assert_eq!(found, may, "{login} for {q}");
                    assert!(!reply.text().contains(&phone), "{}", reply.text());
                }
            }
        }
    });
}

#[test]
fn the_widest_filter_is_answered_to_who_sees_records_in_most_ways_and_a_wider_one_is_refused() {
    in_every_house(async |house| {
        let condition = |n: usize| json!({ "field": "id", "op": "in", "value": vec!["a"; n] });
        for login in [MANAGER, "chen.jing", "he.zheng"] {
            let client = house.as_(login).await;
            let widest = json!({ "any": vec![condition(10); 50] });
            client.post(QUERY, json!({ "filter": widest, "count": true })).await.expect(200);
            let wider = json!({ "all": vec![condition(200); 50] });
            let refused = client.post(QUERY, json!({ "filter": wider })).await.refuses(422, "invalid");
            let error = &refused.json()["errors"][0];
            assert_eq!((&error["code"], &error["facts"]["max"]), (&json!("too_many"), &json!("500")));
        }
    });
}

#[test]
fn a_sealed_name_is_found_by_who_sees_it_in_clear_and_by_nobody_else() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let customer = customer_of(house, &rep).await;
        let share = json!({
            "person": house.id_of("sun.yue").await, "level": "read", "purpose": "陪访",
            "until": kedun_model::moment::text(house.vault.clock().now() + 86_400_000),
        });
        rep.post(&format!("{}/shares", at(&customer)), share).await.expect(201);
        let contact = json!({ "fields": { "customer": id(&customer), "name": "Ottilie 欧阳铁证" } });
        let made = rep.post("/api/v1/objects/contact/records", contact).await.expect(201).json();
        // A customer of that name is no reason not to look among the contacts.
        rep.post(RECORDS, json!({ "fields": { "name": "欧阳铁证医院" } })).await.expect(201);
        let of_customer = json!({ "field": "customer", "op": "eq", "value": id(&customer) });
        for (login, may) in
            [(REP, true), (MANAGER, true), (OTHER_REP, false), ("sun.yue", false), ("he.zheng", false)]
        {
            let client = house.as_(login).await;
            for q in ["阳铁证", "ottilie", "ＯＴＴＩＬＩＥ　欧阳"] {
                for path in ["/api/v1/search", "/api/v1/objects/contact/search"] {
                    let reply = client.post(path, json!({ "q": q, "limit": 50 })).await;
                    if login == "he.zheng" && path.contains("contact") {
                        reply.refuses(404, "not_found");
                        continue;
                    }
                    let found = reply.expect(200).json();
                    let hit =
                        found["results"].as_array().unwrap().iter().find(|r| r["record"]["id"] == made["id"]);
                    assert_eq!(hit.map(|hit| &hit["matched"]), may.then_some(&json!("name")), "{login}: {q}");
                    assert_eq!(found["partial"], false, "{login}: {q}");
                    // As any record that is found: with all that the caller sees of it.
                    if let Some(hit) = hit {
                        assert_eq!(hit["record"]["fields"]["customer"]["value"]["id"], customer["id"]);
                    }
                }
            }
            if login == "he.zheng" {
                continue;
            }
            let listed = ids(&client, "contact", of_customer.clone()).await.contains(&id(&made));
            assert_eq!(listed, may || login == "sun.yue", "{login} sees it, and the intern under a mask");
        }
        rep.delete(&format!("/api/v1/objects/contact/records/{}", id(&made))).await.expect(204);
        let gone = rep.post("/api/v1/search", json!({ "q": "欧阳铁证" })).await.expect(200).json();
        let gone = gone["results"].as_array().unwrap();
        assert!(gone.iter().all(|hit| hit["record"]["id"] != made["id"]), "{gone:?}");
    });
}

#[test]
fn a_change_on_an_old_revision_is_refused_with_what_is_there_now() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let made = customer_of(house, &rep).await;
        let first = rep.clone().with("if-match", "\"1\"");
        let changed = first.patch(&at(&made), json!({ "fields": { "level": "A" } })).await.expect(200);
        assert_eq!(changed.header("etag"), Some("\"2\""));
        let refused = first
            .patch(&at(&made), json!({ "fields": { "level": "C" } }))
            .await
            .refuses(409, "revision_conflict");
        let current = &refused.json()["current"];
        assert_eq!((&current["revision"], &current["fields"]["level"]["value"]), (&json!(2), &json!("A")));
        assert!(current["fields"]["phone"]["masked"].is_string(), "{current}");
        rep.patch(&at(&made), json!({ "fields": { "level": "C" }, "revision": 1 }))
            .await
            .refuses(409, "revision_conflict");
        first.delete(&at(&made)).await.refuses(409, "revision_conflict");
        rep.clone().with("if-match", "W/\"2\"").delete(&at(&made)).await.expect(204);
        // Whoever may take it out of the recycle bin still sees it there; it is in nobody's list.
        assert_eq!(rep.get(&at(&made)).await.expect(200).json()["deleted"], true);
        assert!(!ids(&rep, "customer", Json::Null).await.contains(&id(&made)));
        rep.patch(&at(&made), json!({ "fields": { "level": "B" } })).await.expect(409);
        assert_eq!(
            rep.post(&format!("{}/restoration", at(&made)), json!({})).await.expect(200).json()["id"],
            made["id"]
        );
    });
}

#[test]
fn a_create_that_is_sent_twice_makes_one_record() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let key = uuid::Uuid::now_v7().to_string();
        let client = rep.clone().with("idempotency-key", &key);
        let phone = a_phone();
        let body =
            json!({ "fields": { "name": "点了两次的诊所", "phone": phone }, "intake": intake(house, false) });
        let first = client.post(RECORDS, body.clone()).await.expect(201).json();
        let again = client.post(RECORDS, body.clone()).await.expect(201);
        assert_eq!(again.json()["id"], first["id"]);
        assert_eq!(again.header("etag"), Some("\"1\""));
        let mut other = body.clone();
        other["fields"]["name"] = json!("别的诊所");
        client.post(RECORDS, other).await.refuses(409, "idempotency_key_reused");
        // The key is the caller's own.
        let manager = house.as_(MANAGER).await.with("idempotency-key", &key);
        manager.post(RECORDS, json!({ "fields": { "name": "经理的诊所" } })).await.expect(201);
        // Sent at the same moment it makes one record as well.
        for round in 0..5 {
            let client = rep.clone().with("idempotency-key", &format!("{key}-{round}"));
            let body = json!({ "fields": { "name": format!("同时的诊所 {key} {round}") } });
            let sent = [(); 4].map(|()| client.post(RECORDS, body.clone()));
            let mut made = BTreeSet::new();
            for reply in futures_util::future::join_all(sent).await {
                made.insert(id(&reply.expect(201).json()));
            }
            assert_eq!(made.len(), 1, "{made:?}");
        }
    });
}

#[test]
fn a_share_and_a_session_end_at_once() {
    in_every_house(async |house| {
        let (rep, other) = (house.as_(REP).await, house.anew(OTHER_REP).await);
        let made = customer_of(house, &rep).await;
        other.get(&at(&made)).await.refuses(404, "not_found");
        let until = kedun_model::moment::text(house.vault.clock().now() + 86_400_000);
        let shares = format!("{}/shares", at(&made));
        let body = json!({ "person": house.id_of(OTHER_REP).await, "level": "read", "purpose": "协助报价", "until": until });
        let share = id(&rep.post(&shares, body).await.expect(201).json());
        let seen = other.get(&at(&made)).await.expect(200).json();
        assert_eq!(seen["rights"]["edit"], false);
        other.patch(&at(&made), json!({ "fields": { "level": "A" } })).await.refuses(403, "forbidden");
        other
            .post(
                &shares,
                json!({ "person": house.id_of(REP).await, "level": "read", "purpose": "x", "until": until }),
            )
            .await
            .refuses(403, "forbidden");
        rep.delete(&format!("{shares}/{share}")).await.expect(204);
        other.get(&at(&made)).await.refuses(404, "not_found");
        let mut stream = other.listen().await;
        other.delete("/api/v1/sessions/current").await.expect(204);
        other.get("/api/v1/me").await.refuses(401, "no_session");
        stream.until("never", Duration::from_secs(5)).await;
        assert!(stream.ended, "the stream outlives its session");
    });
}

/// What nobody but whoever reveals it may get to see.
/// An ID number with its check character (GB 11643).
pub fn id_number(first: &str) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    format!("{first}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

#[test]
fn a_stage_names_what_it_asks_for_only_to_who_knows_the_field() {
    in_every_house(async |house| {
        let asks = async |login: &str, stage: &str| {
            let object = house.as_(login).await.get("/api/v1/objects/customer").await.expect(200).json();
            let fields = object["fields"].as_array().unwrap();
            let known = |name: &Json| fields.iter().any(|f| f["name"] == *name);
            let options =
                fields.iter().find(|f| f["name"] == "stage").unwrap()["options"].as_array().unwrap();
            for name in options.iter().filter_map(|o| o["requires"].as_array()).flatten() {
                assert!(known(name), "{login} learns of {name}");
            }
            // So does the rule of the pool the field that puts it off.
            let until = &object["pool_not_before"];
            assert!(until.is_null() || known(until), "{login} learns of {until}");
            let option = options.iter().find(|o| o["value"] == stage).unwrap();
            option["requires"].as_array().cloned().unwrap_or_default()
        };
        assert_eq!(asks(REP, "won").await, [json!("deal_amount")]);
        assert!(asks("sun.yue", "won").await.is_empty());
        assert_eq!(asks("sun.yue", "lost").await, [json!("lost_reason")]);
        assert!(asks("he.zheng", "lost").await.is_empty());
    });
}
