//! Whom work knocks at: who has to go on with a handover, who was given records, who answers a customer. Whoever may
//! not see it, or did it themselves, is left alone.

use crate::alerts::customers;
use crate::house::{Client, House, houses_that_knock};
use crate::push::{LATER, PATIENCE, QUIET, Service, on};
use kedun_core::rights;
use kedun_model::moment;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const HANDOVERS: &str = "/api/v1/handovers";
const DAY_MS: i64 = 86_400_000;

/// Somebody at work who is knocked at under their login.
async fn at_work(house: &House, service: &Service, login: &str) -> Client {
    let client = house.sign_in(login).await;
    on(&client, service.endpoint(login)).await;
    client
}

/// Waits until each of them was knocked at so often, and a while longer for those who must not have been.
async fn heard(service: &Service, expected: &[(&str, usize)]) {
    for (login, times) in expected.iter().filter(|(_, times)| *times > 0) {
        service.hears(login, *times);
    }
    tokio::time::sleep(QUIET).await;
    for (login, times) in expected {
        assert_eq!(service.knocks(login).len(), *times, "{login}");
    }
}

async fn stopped(client: &Client, case: &str) -> Json {
    for _ in 0..300 {
        let found = client.get(&format!("{HANDOVERS}/{case}?limit=1")).await.expect(200);
        if found["state"] == "done" || !found["results"].is_null() {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the handover does not end");
}

/// A handover as the list of somebody shows it.
async fn listed(client: &Client, case: &str) -> Json {
    let list = client.get(HANDOVERS).await.expect(200);
    list["handovers"].as_array().unwrap().iter().find(|one| one["id"] == case).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_that_stands_still_knocks_at_who_may_run_it_and_its_records_at_their_heir() {
    let service = Service::start();
    for house in houses_that_knock(&service.settings()).await {
        service.forget();
        let leaver = house.sign_in("zhang.wei").await;
        let left = customers(&leaver).await;
        let admin = at_work(&house, &service, "zheng.kai").await;
        let leader = at_work(&house, &service, "zhao.qiang").await;
        let heir = at_work(&house, &service, "li.na").await;
        // A manager of another region; somebody who sees every handover and runs none; a rep beside.
        at_work(&house, &service, "lin.tao").await;
        let security = at_work(&house, &service, "feng.an").await;
        at_work(&house, &service, "huang.lei").await;
        let begun = json!({ "person": leaver.person, "reason": "resignation" });
        let begun = admin.post(HANDOVERS, begun).await.expect(201);
        let case = begun["id"].as_str().unwrap();
        let nobody = [("lin.tao", 0), ("feng.an", 0), ("huang.lei", 0)];
        heard(&service, &[&[("zhao.qiang", 1), ("zheng.kai", 0), ("li.na", 0)], &nobody[..]].concat()).await;
        assert_eq!(listed(&leader, case).await["waits"], true);
        assert_eq!(listed(&admin, case).await["waits"], false, "who planned it knows");
        assert_eq!(listed(&security, case).await["waits"], false);

        // Everything goes to one heir, but for a customer whose heir leaves as well.
        let lost = house.sign_in("chen.jing").await;
        let items = begun["items"].as_array().unwrap().iter().map(|item| item["record"].as_str().unwrap());
        let heirs: BTreeMap<&str, &str> = items
            .map(|id| (id, if id == left[0] { lost.person.as_str() } else { heir.person.as_str() }))
            .collect();
        let assigned = json!({ "assignments": heirs });
        admin.call("PATCH", &format!("{HANDOVERS}/{case}"), Some(assigned)).await.expect(200);
        let freeze = json!({ "state": "frozen" });
        admin.call("PUT", &format!("/api/v1/people/{}/state", lost.person), Some(freeze)).await.expect(200);
        house.clock.advance(LATER);
        let run = format!("{HANDOVERS}/{case}/execution");
        admin.call("POST", &run, None).await.expect(202);
        let stopped = stopped(&admin, case).await;
        assert_eq!(stopped["state"], "running", "{stopped}");
        heard(&service, &[&[("zhao.qiang", 2), ("zheng.kai", 1), ("li.na", 1)], &nobody[..]].concat()).await;
        assert_eq!(listed(&admin, case).await["waits"], true);
        assert!(listed(&leader, case).await["stopped_at"].is_string());
        // What came is in the heir's day, from whom and how much, and in nobody else's.
        let given = heir.get("/api/v1/today").await.expect(200)["given"].clone();
        let came = given.as_array().unwrap().iter().find(|one| one["object"] == "customer").unwrap();
        assert_eq!((&came["count"], &came["by"]["id"]), (&json!(left.len() - 1), &json!(admin.person)));
        assert!(came["at"].is_string() && came["record"].is_null(), "{came}");
        for other in [&leader, &admin, &security] {
            assert_eq!(other.get("/api/v1/today").await.expect(200)["given"], json!([]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_given_knocks_at_its_owner_only_and_at_nobody_who_does_not_see_it() {
    let service = Service::start();
    for house in houses_that_knock(&service.settings()).await {
        service.forget();
        let rep = at_work(&house, &service, "zhang.wei").await;
        let colleague = at_work(&house, &service, "li.na").await;
        let legal = at_work(&house, &service, "he.zheng").await;
        at_work(&house, &service, "zhao.qiang").await;
        let theirs = customers(&rep).await;
        let give = async |id: &str, to: &Client| {
            let path = format!("/api/v1/objects/customer/records/{id}/transfers");
            rep.post(&path, json!({ "to": to.person, "reason": "nearer" })).await.expect(200);
        };
        // Who could not own it is not given it, and hears nothing.
        let path = format!("/api/v1/objects/customer/records/{}/transfers", theirs[0]);
        rep.post(&path, json!({ "to": legal.person, "reason": "nearer" })).await.expect(422);
        let mut open = colleague.listen().await;
        give(&theirs[1], &colleague).await;
        assert!(open.until("event: given", PATIENCE).await, "{}", open.heard);
        drop(open);
        give(&theirs[2], &colleague).await;
        heard(&service, &[("li.na", 1), ("he.zheng", 0), ("zhang.wei", 0), ("zhao.qiang", 0)]).await;
        let given = colleague.get("/api/v1/today").await.expect(200)["given"].clone();
        assert_eq!((given.as_array().unwrap().len(), &given[0]["count"]), (1, &json!(2)), "{given}");
        assert_eq!(legal.get("/api/v1/today").await.expect(200)["given"], json!([]));
        // What is passed on is news to nobody here any more.
        let path = format!("/api/v1/objects/customer/records/{}/releases", theirs[1]);
        colleague.post(&path, json!({ "reason": "too far" })).await.expect(200);
        let given = colleague.get("/api/v1/today").await.expect(200)["given"].clone();
        assert_eq!((&given[0]["count"], &given[0]["record"]), (&json!(1), &json!(theirs[2])), "{given}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_request_knocks_at_who_has_to_go_on_with_it_and_when_its_term_ends() {
    let service = Service::start();
    for house in houses_that_knock(&service.settings()).await {
        service.forget();
        let rep = at_work(&house, &service, "zhang.wei").await;
        let legal = at_work(&house, &service, "he.zheng").await;
        // Who sees every request and answers none; a manager elsewhere.
        at_work(&house, &service, "feng.an").await;
        at_work(&house, &service, "lin.tao").await;
        let customer = customers(&rep).await.remove(0);
        let path = format!("/api/v1/objects/customer/records/{customer}/rights_requests");
        let asks = json!({ "kind": "correction", "channel": "phone", "text": "地址写错了" });
        let asked = rep.post(&path, asks).await.expect(201);
        let nobody = [("feng.an", 0), ("lin.tao", 0)];
        heard(&service, &[&[("he.zheng", 1), ("zhang.wei", 0)], &nobody[..]].concat()).await;
        let waits = async |client: &Client| {
            let list = client.get("/api/v1/rights_requests?state=open").await.expect(200);
            let requests = list["requests"].as_array().unwrap().clone();
            requests.iter().find(|one| one["id"] == asked["id"]).unwrap()["waits"] == true
        };
        assert_eq!((waits(&legal).await, waits(&rep).await), (true, false));

        // To and fro between the desk and who is in charge.
        let at = |verb: &str| format!("/api/v1/rights_requests/{}/{verb}", asked["id"].as_str().unwrap());
        house.clock.advance(LATER);
        legal.post(&at("identity"), json!({ "how": "called_back" })).await.expect(200);
        let wanted = json!({ "fields": { "name": "更名后的客户" } });
        let proposed = legal.post(&at("proposals"), wanted).await.expect(200);
        heard(&service, &[&[("he.zheng", 1), ("zhang.wei", 1)], &nobody[..]].concat()).await;
        assert_eq!((waits(&legal).await, waits(&rep).await), (false, true));
        house.clock.advance(LATER);
        // Who decides is told what was proposed; the hash names exactly that.
        assert!(proposed["proposal"]["hash"].is_string(), "{proposed}");
        let objects =
            json!({ "decision": "reject", "hash": proposed["proposal"]["hash"], "comment": "不是这个" });
        rep.post(&at("decisions"), objects).await.expect(200);
        heard(&service, &[&[("he.zheng", 2), ("zhang.wei", 1)], &nobody[..]].concat()).await;

        // Its term: once when it draws near, once when it is over.
        let due = moment::parse(asked["due_at"].as_str().unwrap()).unwrap();
        let mut told = 2;
        for before in [2 * DAY_MS, -DAY_MS] {
            house.clock.advance(due - before - house.clock.now());
            for login in ["zhang.wei", "he.zheng", "feng.an", "lin.tao"] {
                at_work(&house, &service, login).await;
            }
            assert!(rights::remind(&house.vault).await.unwrap() > 0);
            assert_eq!(rights::remind(&house.vault).await.unwrap(), 0, "told twice");
            told += 1;
            heard(&service, &[&[("he.zheng", told), ("zhang.wei", 1)], &nobody[..]].concat()).await;
        }
        // What is answered is due no more.
        let legal = house.sign_in("he.zheng").await;
        legal.post(&at("answers"), json!({ "text": "已更正" })).await.expect(200);
        house.clock.advance(DAY_MS);
        assert_eq!(rights::remind(&house.vault).await.unwrap(), 0);
    }
}
