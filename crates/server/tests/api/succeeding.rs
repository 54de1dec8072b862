//! Every change, made by somebody who may make it: it succeeds, and its row is in the log before the reply. `walking.rs`
//! sees to who may not; a change that it walks into refusals only would otherwise lose its row unnoticed.

use crate::company::client::{Client, Reply};
use crate::company::contract::ROUTES;
use crate::company::{House, customer_of, id, in_a_house_of_its_own};
use crate::guest::holder;
use crate::totp::totp;
use crate::walking::{LINES, Leaves};
use kedun_core::alerts::Watcher;
use kedun_core::demo::PASSWORD;
use kedun_model::alert::Rules;
use kedun_server::settings::PushSettings;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const REP: &str = "zhang.wei";
const MANAGER: &str = "wang.jianguo";
const LEGAL: &str = "he.zheng";
const SYSTEM: &str = "zheng.kai";
const SECURITY: &str = "feng.an";
const AUDIT: &str = "shen.ming";

/// What is sent as a change and makes none, shows no record, and leaves no row.
const EXCEPTIONS: [(&str, &str); 2] = [
    ("POST /api/v1/definitions/{kind}/{name}/previews", "compares two definitions, in memory"),
    ("POST /api/v1/erasures/previews", "counts what would go and names nobody"),
];

/// What ends records whose term is over.
const OVERDUE: &str = "POST /api/v1/retention/erasures";
/// Longer than any term, ms.
const YEARS: i64 = 12 * 366 * 86_400_000;

/// A call that will succeed.
struct Ready {
    by: Client,
    method: &'static str,
    path: String,
    body: Option<Json>,
}

impl Ready {
    async fn send(&self) -> Reply {
        self.by.call(self.method, &self.path, self.body.clone()).await
    }
}

fn ready(by: &Client, method: &'static str, path: impl Into<String>, body: Json) -> Ready {
    let body = (!body.is_null()).then_some(body);
    Ready { by: by.clone(), method, path: path.into(), body }
}

fn operations() -> BTreeSet<String> {
    ROUTES.iter().filter(|r| r.method != "GET").map(|r| format!("{} {}", r.method, r.path)).collect()
}

/// What the walk sees succeed, with its row.
fn walked() -> BTreeSet<String> {
    let seen = LINES.iter().filter(|l| l.succeeds() && l.leaves() == Leaves::ARow);
    seen.map(|line| line.operation.to_owned()).collect()
}

#[test]
fn every_change_succeeds_for_who_may_make_it_and_leaves_its_row() {
    in_a_house_of_its_own(async |house| {
        let contact = "mailto:it@example.com".to_owned();
        house.app.knock(&PushSettings { enabled: true, contact, ..PushSettings::default() }).unwrap();
        let excepted: BTreeSet<&str> = EXCEPTIONS.iter().map(|(operation, _)| *operation).collect();
        let walked = walked();
        // Terms run for years, after which nobody is signed in any more: that one comes last.
        let mut operations: Vec<String> = operations().into_iter().collect();
        operations.sort_by_key(|operation| operation.as_str() == OVERDUE);
        for operation in operations {
            if walked.contains(&operation) || excepted.contains(operation.as_str()) {
                continue;
            }
            let call = by_who_may(house, &operation).await;
            let before = house.log_rows().await;
            let reply = call.send().await;
            assert!(reply.status < 300, "{operation} on {}: {} {}", house.engine, reply.status, reply.text());
            let rows = house.log_rows().await;
            assert!(rows > before, "{operation} on {} leaves no row", house.engine);
        }
    });
}

#[test]
fn an_exception_is_an_operation_and_no_line_says_that_it_leaves_a_row() {
    let (operations, walked) = (operations(), walked());
    for (operation, why) in EXCEPTIONS {
        assert!(operations.contains(operation) && !why.is_empty(), "{operation}");
        assert!(!walked.contains(operation), "{operation} has its row by now");
    }
}

/// Somebody who may, with everything that the operation needs.
async fn by_who_may(house: &House, operation: &str) -> Ready {
    let part = operation.split('/').nth(3).unwrap_or_default();
    match part {
        "me" => of_oneself(house, operation).await,
        "people" | "departments" => of_accounts(house, operation).await,
        "rights_requests" => of_requests(house, operation).await,
        "public" => of_a_guest(house, operation).await,
        "retention" | "erasures" => of_keeping(house, operation).await,
        "definitions" => of_definitions(house, operation).await,
        _ => of_watching(house, operation).await,
    }
}

/// A new account in the rep's department, with its id.
async fn account(house: &House) -> (Client, String) {
    let system = house.as_(SYSTEM).await;
    let department =
        house.as_(REP).await.get("/api/v1/me").await.json()["person"]["department"]["id"].clone();
    let login = format!("neu.{}", uuid::Uuid::now_v7().simple());
    let new = json!({ "login": login, "name": "新人", "department": department, "password": PASSWORD });
    let person = id(&system.post("/api/v1/people", new).await.expect(201).json());
    (house.anew(&login).await, person)
}

/// The same with a second factor in force, whose secret comes last.
async fn enrolled(house: &House) -> (Client, String, String) {
    let (client, person) = account(house).await;
    let begun = client.post("/api/v1/me/totp", json!({})).await.expect(200).json();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let code = json!({ "code": totp(&secret, -1) });
    client.post("/api/v1/me/totp/confirmation", code).await.expect(204);
    (client, person, secret)
}

async fn of_oneself(house: &House, operation: &str) -> Ready {
    match operation {
        "PUT /api/v1/me/password" => {
            let body = json!({ "current": PASSWORD, "new": "another-Secret-42" });
            ready(&account(house).await.0, "PUT", "/api/v1/me/password", body)
        }
        "POST /api/v1/me/totp/confirmation" => {
            let client = account(house).await.0;
            let begun = client.post("/api/v1/me/totp", json!({})).await.expect(200).json();
            let code = json!({ "code": totp(begun["secret"].as_str().unwrap(), 0) });
            ready(&client, "POST", "/api/v1/me/totp/confirmation", code)
        }
        "DELETE /api/v1/me/totp" => {
            let (client, _, secret) = enrolled(house).await;
            ready(&client, "DELETE", "/api/v1/me/totp", json!({ "code": totp(&secret, 0) }))
        }
        "PUT /api/v1/me/push" => {
            let place = json!({ "endpoint": "https://push.example.com/x" });
            ready(&house.as_(REP).await, "PUT", "/api/v1/me/push", place)
        }
        _ => panic!("{operation}: nobody here makes it"),
    }
}

async fn of_accounts(house: &House, operation: &str) -> Ready {
    let (system, security) = (house.as_(SYSTEM).await, house.as_(SECURITY).await);
    let word = || format!("部门{}", uuid::Uuid::now_v7().simple());
    let a_department =
        async || id(&system.post("/api/v1/departments", json!({ "name": word() })).await.expect(201).json());
    match operation {
        "POST /api/v1/people" => {
            let department = a_department().await;
            let new = json!({ "login": "zuo.wan", "name": "左万", "department": department });
            ready(&system, "POST", "/api/v1/people", new)
        }
        "PATCH /api/v1/people/{id}" => {
            let at = format!("/api/v1/people/{}", account(house).await.1);
            ready(&security, "PATCH", at, json!({ "roles": ["rep"] }))
        }
        "PUT /api/v1/people/{id}/state" => {
            let at = format!("/api/v1/people/{}/state", account(house).await.1);
            ready(&system, "PUT", at, json!({ "state": "frozen" }))
        }
        "POST /api/v1/people/{id}/password-resets" => {
            let at = format!("/api/v1/people/{}/password-resets", account(house).await.1);
            ready(&system, "POST", at, Json::Null)
        }
        "DELETE /api/v1/people/{id}/totp" => {
            let at = format!("/api/v1/people/{}/totp", enrolled(house).await.1);
            ready(&security, "DELETE", at, Json::Null)
        }
        "POST /api/v1/departments" => {
            ready(&system, "POST", "/api/v1/departments", json!({ "name": word() }))
        }
        "PATCH /api/v1/departments/{id}" => {
            let at = format!("/api/v1/departments/{}", a_department().await);
            ready(&system, "PATCH", at, json!({ "name": word() }))
        }
        "DELETE /api/v1/departments/{id}" => {
            let at = format!("/api/v1/departments/{}", a_department().await);
            ready(&system, "DELETE", at, Json::Null)
        }
        _ => panic!("{operation}: nobody here makes it"),
    }
}

/// A request of a new customer of the rep's, as the lawyer took it down.
async fn a_request(house: &House, kind: &str) -> String {
    let (rep, legal) = (house.as_(REP).await, house.as_(LEGAL).await);
    let customer = id(&customer_of(house, &rep).await);
    let at = format!("/api/v1/objects/customer/records/{customer}/rights_requests");
    let asked = json!({ "kind": kind, "channel": "phone", "text": "walks" });
    let request = format!("/api/v1/rights_requests/{}", id(&legal.post(&at, asked).await.expect(201).json()));
    legal.get(&request).await.expect(200);
    request
}

/// The same, after it was made sure who asks.
async fn a_sure_request(house: &House, kind: &str) -> String {
    let request = a_request(house, kind).await;
    let legal = house.as_(LEGAL).await;
    legal.post(&format!("{request}/identity"), json!({ "how": "in_person" })).await.expect(200);
    request
}

async fn of_requests(house: &House, operation: &str) -> Ready {
    let legal = house.as_(LEGAL).await;
    let what = operation.rsplit('/').next().unwrap_or_default();
    let (request, body) = match what {
        "identity" => (a_request(house, "correction").await, json!({ "how": "known" })),
        "numbers" => (a_request(house, "copy").await, Json::Null),
        "answers" => (a_sure_request(house, "correction").await, json!({ "text": "walks" })),
        "refusals" => {
            (a_sure_request(house, "correction").await, json!({ "ground": "not_held", "text": "walks" }))
        }
        "erasures" => (a_sure_request(house, "erasure").await, json!({ "ground": "consent_withdrawn" })),
        "copy_codes" => {
            let request = a_sure_request(house, "copy").await;
            legal.post(&format!("{request}/answers"), json!({})).await.expect(200);
            (request, Json::Null)
        }
        "proposals" => (a_sure_request(house, "correction").await, json!({ "fields": { "city": "上海市" } })),
        "decisions" => {
            let request = a_sure_request(house, "correction").await;
            let change = json!({ "fields": { "city": "上海市" } });
            legal.post(&format!("{request}/proposals"), change).await.expect(200);
            let rep = house.as_(REP).await;
            let proposal = rep.get(&request).await.expect(200).json()["proposal"]["hash"].clone();
            let body = json!({ "decision": "approve", "hash": proposal });
            return ready(&rep, "POST", format!("{request}/decisions"), body);
        }
        _ => panic!("{operation}: nobody here makes it"),
    };
    ready(&legal, "POST", format!("{request}/{what}"), body)
}

async fn of_a_guest(house: &House, operation: &str) -> Ready {
    let (guest, customer, code) = holder(house).await;
    let rights = "/api/v1/public/rights";
    // The last four of the number are what the masked number ends in.
    let digits: String =
        customer["fields"]["phone"].to_string().chars().filter(char::is_ascii_digit).collect();
    let check = |code: &Json| json!({ "digits": &digits[digits.len() - 4..], "code": code });
    match operation {
        "POST /api/v1/public/rights/withdrawals" => {
            let page = guest.get(rights).await.expect(200).json();
            let consent = json!({ "consent": page["consents"][0]["id"] });
            return ready(&guest, "POST", format!("{rights}/withdrawals"), consent);
        }
        "POST /api/v1/public/rights/requests" => {
            let asked = json!({ "kind": "complaint", "text": "walks" });
            return ready(&guest, "POST", format!("{rights}/requests"), asked);
        }
        _ => {}
    }
    let asked = json!({ "kind": "copy", "check": check(&json!(code)) });
    let asked = id(&guest.post(&format!("{rights}/requests"), asked).await.expect(201).json());
    let answers = format!("/api/v1/rights_requests/{asked}/answers");
    let answered = house.as_(LEGAL).await.post(&answers, json!({})).await.expect(200).json();
    let shown = check(&answered["copy_code"]);
    let at = format!("{rights}/requests/{asked}");
    match operation {
        "POST /api/v1/public/rights/requests/{id}/answers" => {
            ready(&guest, "POST", format!("{at}/answers"), json!({ "check": check(&json!(code)) }))
        }
        "POST /api/v1/public/rights/requests/{id}/files" => {
            let part = answered["files"][0]["part"].clone();
            ready(&guest, "POST", format!("{at}/files"), json!({ "part": part, "check": shown }))
        }
        _ => panic!("{operation}: nobody here makes it"),
    }
}

async fn of_keeping(house: &House, operation: &str) -> Ready {
    let legal = house.as_(LEGAL).await;
    let a_customer = async || id(&customer_of(house, &house.as_(REP).await).await);
    let a_case =
        |record: String, ground: &str| json!({ "object": "customer", "record": record, "ground": ground });
    let holds = "/api/v1/retention/holds";
    match operation {
        "POST /api/v1/erasures" => {
            ready(&legal, "POST", "/api/v1/erasures", a_case(a_customer().await, "consent_withdrawn"))
        }
        "POST /api/v1/retention/holds" => ready(&legal, "POST", holds, a_case(a_customer().await, "dispute")),
        "DELETE /api/v1/retention/holds/{hold}" => {
            let placed = legal.post(holds, a_case(a_customer().await, "dispute")).await.expect(201).json();
            ready(&legal, "DELETE", format!("{holds}/{}", id(&placed)), Json::Null)
        }
        OVERDUE => {
            house.clock.advance(YEARS);
            let legal = house.anew(LEGAL).await;
            let due = legal.get("/api/v1/retention/due?limit=1").await.expect(200).json();
            let due = &due["records"][0];
            let records = json!([{ "object": due["object"], "record": due["record"] }]);
            ready(&legal, "POST", "/api/v1/retention/erasures", json!({ "records": records }))
        }
        _ => panic!("{operation}: nobody here makes it"),
    }
}

async fn of_definitions(house: &House, operation: &str) -> Ready {
    let security = house.as_(SECURITY).await;
    let at = "/api/v1/definitions/role/service";
    let present = security.get(at).await.expect(200).json();
    let (mut body, version) = (present["body"].clone(), present["version"].clone());
    let most = body["reveals_per_hour"].as_u64().unwrap();
    body["reveals_per_hour"] = json!(most + 1);
    let next = json!({ "body": body, "based_on": version });
    match operation {
        "POST /api/v1/definitions/{kind}/{name}/versions" => {
            ready(&security, "POST", format!("{at}/versions"), next)
        }
        "POST /api/v1/definitions/{kind}/{name}/rollbacks" => {
            let now = security.post(&format!("{at}/versions"), next).await.expect(201).json();
            let back = json!({ "to": version, "based_on": now["version"] });
            ready(&security, "POST", format!("{at}/rollbacks"), back)
        }
        _ => panic!("{operation}: nobody here makes it"),
    }
}

async fn of_watching(house: &House, operation: &str) -> Ready {
    let (manager, security, rep) =
        (house.as_(MANAGER).await, house.as_(SECURITY).await, house.as_(REP).await);
    match operation {
        "POST /api/v1/exports/reviews" => {
            let month = kedun_model::moment::text(house.clock.now() - 40 * 86_400_000);
            let body = json!({ "period": &month[..7], "note": "walks" });
            ready(&house.as_(AUDIT).await, "POST", "/api/v1/exports/reviews", body)
        }
        "POST /api/v1/exports/traces" => {
            let name = customer_of(house, &rep).await["title"].clone();
            let order = json!({
                "object": "customer", "fields": ["name"], "purpose": "report", "format": "csv",
                "filter": { "field": "name", "op": "eq", "value": name },
            });
            let case = id(&rep.post("/api/v1/exports", order).await.expect(202).json());
            // Those that were ordered before are rendered first.
            while kedun_core::exports::render_next(&house.vault).await.unwrap().is_some() {}
            let file = rep.get(&format!("/api/v1/exports/{case}/file")).await.expect(200).text();
            let leaked = json!({ "text": file });
            ready(&house.as_(AUDIT).await, "POST", "/api/v1/exports/traces", leaked)
        }
        "POST /api/v1/tasks/{id}/decisions" => {
            let order = json!({
                "object": "customer", "fields": ["name", "phone"], "purpose": "contract", "format": "csv",
                "filter": { "field": "level", "op": "eq", "value": "B" }, "clear": true,
            });
            let case = id(&rep.post("/api/v1/exports", order).await.expect(202).json());
            let waiting = manager.get("/api/v1/tasks?state=open").await.expect(200).json();
            let about = |task: &&Json| task.to_string().contains(&case);
            let task = waiting["tasks"].as_array().unwrap().iter().find(about).unwrap();
            let body = json!({ "decision": "approve", "snapshot_hash": task["snapshot_hash"] });
            ready(&manager, "POST", format!("/api/v1/tasks/{}/decisions", id(task)), body)
        }
        "POST /api/v1/alerts/{id}/responses" => {
            house.vault.sequence(true).await.unwrap();
            let mut watcher = Watcher::start(&house.vault, Rules::default()).await.unwrap();
            for _ in 0..31 {
                let customer = id(&customer_of(house, &rep).await);
                let at = format!("/api/v1/objects/customer/records/{customer}/reveals");
                rep.post(&at, json!({ "field": "phone", "purpose": "call" })).await.expect(200);
            }
            house.vault.sequence(true).await.unwrap();
            assert!(watcher.look().await.unwrap() > 0);
            let alerts = security.get("/api/v1/alerts?state=open").await.expect(200).json();
            let at = format!("/api/v1/alerts/{}/responses", id(&alerts["alerts"][0]));
            ready(&security, "POST", at, json!({ "action": "acknowledge", "note": "walks" }))
        }
        "POST /api/v1/spot_checks/{id}/scores" => {
            let week =
                kedun_core::spot_checks::Week::of(house.vault.clock().now(), house.vault.catalog().zone());
            let at = format!("/api/v1/spot_checks/weeks/{}", week.unwrap().before());
            let check = id(&manager.call("PUT", &at, None).await.expect(200).json());
            let at = format!("/api/v1/spot_checks/{check}");
            let check = manager.get(&at).await.expect(200).json();
            let answers: serde_json::Map<String, Json> = check["questions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|question| (question["name"].as_str().unwrap().to_owned(), json!("2")))
                .collect();
            let drawn = check["items"][0]["follow_up"].clone();
            ready(&manager, "POST", format!("{at}/scores"), json!({ "follow_up": drawn, "answers": answers }))
        }
        _ => panic!("{operation}: nobody here makes it"),
    }
}
