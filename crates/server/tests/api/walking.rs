//! Every operation that there is, called by nobody, by a stranger, by a rep and by a manager. A new route without a
//! line here fails the test.

use crate::company::client::{Client, Reply};
use crate::company::contract::ROUTES;
use crate::company::{
    House, STRANGER, a_phone, customer_of, id, in_a_house_of_its_own, in_every_house, intake,
};
use kedun_core::demo::PASSWORD;
use kedun_server::Policy;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// What anybody may call. This list may only get shorter.
const FOR_ANYBODY: [&str; 13] = [
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /api/v1/openapi.json",
    "POST /api/v1/sessions",
    "GET /api/v1/public/notices",
    // Whoever holds a customer's link; without one they are not found (`guest.rs`).
    "GET /api/v1/public/rights",
    "GET /api/v1/public/rights/receipts/{consent}",
    "POST /api/v1/public/rights/withdrawals",
    "POST /api/v1/public/rights/requests",
    "POST /api/v1/public/rights/requests/{id}/answers",
    "POST /api/v1/public/rights/requests/{id}/files",
    "GET /api/v1/public/rights/requests/{id}/certificate",
];

/// Whose records are walked.
const REP: &str = "zhang.wei";

/// What a success leaves in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leaves {
    /// Nothing: no record and no change.
    Nothing,
    /// At least one row, durable before the reply.
    ARow,
    /// The same where it shows records; whoever holds no role is answered with nothing, and nothing was seen.
    ARowOfRecords,
}
use Leaves::{ARow, ARowOfRecords, Nothing};

/// One operation: how it is called well, and what a stranger, a rep and a manager get.
pub struct Line {
    pub operation: &'static str,
    /// The body, with `{placeholders}` in its texts.
    pub body: &'static str,
    /// Bytes instead of a body, with what they are said to be.
    pub bytes: Option<(&'static str, &'static [u8])>,
    /// The query string.
    pub query: &'static str,
    stranger: u16,
    rep: u16,
    manager: u16,
    leaves: Leaves,
}

const fn line(operation: &'static str, who: [u16; 3], leaves: Leaves) -> Line {
    let [stranger, rep, manager] = who;
    Line { operation, body: "", bytes: None, query: "", stranger, rep, manager, leaves }
}

impl Line {
    /// Whether one of the three gets what they ask for.
    pub fn succeeds(&self) -> bool {
        [self.stranger, self.rep, self.manager].iter().any(|status| *status < 300)
    }
    pub fn leaves(&self) -> Leaves {
        self.leaves
    }
    const fn body(mut self, body: &'static str) -> Line {
        self.body = body;
        self
    }
    const fn bytes(mut self, kind: &'static str, bytes: &'static [u8]) -> Line {
        self.bytes = Some((kind, bytes));
        self
    }
    const fn query(mut self, query: &'static str) -> Line {
        self.query = query;
        self
    }
}

/// Every operation. `{id}` of a record is a new customer of the rep, whom the manager is over.
pub const LINES: &[Line] = &[
    line("GET /healthz", [200, 200, 200], Nothing),
    line("GET /readyz", [200, 200, 200], Nothing),
    line("GET /metrics", [200, 200, 200], Nothing),
    line("GET /api/v1/openapi.json", [200, 200, 200], Nothing),
    line("POST /api/v1/sessions", [201, 201, 201], ARow)
        .body(r#"{"login":"{login}","password":"{password}"}"#),
    line("GET /api/v1/sessions", [200, 200, 200], Nothing),
    line("DELETE /api/v1/sessions/current", [204, 204, 204], ARow),
    line("DELETE /api/v1/sessions/{id}", [204, 204, 204], ARow),
    line("GET /api/v1/devices", [200, 200, 200], Nothing),
    line("DELETE /api/v1/devices/{id}", [204, 204, 204], ARow),
    line("GET /api/v1/me", [200, 200, 200], Nothing),
    line("PUT /api/v1/me/language", [204, 204, 204], ARow).body(r#"{"language":"zh-CN"}"#),
    line("PUT /api/v1/me/password", [422, 422, 422], Nothing)
        .body(r#"{"current":"not this","new":"another-Secret-42"}"#),
    line("POST /api/v1/me/totp", [200, 200, 200], ARow),
    line("POST /api/v1/me/totp/confirmation", [422, 422, 422], Nothing).body(r#"{"code":"000000"}"#),
    line("DELETE /api/v1/me/totp", [409, 409, 409], Nothing).body(r#"{"code":"000000"}"#),
    line("GET /api/v1/me/preferences", [200, 200, 200], Nothing),
    line("PUT /api/v1/me/preferences/{preference}", [204, 204, 204], ARow).body(r#"{"value":{"seen":1}}"#),
    line("GET /api/v1/me/push", [200, 200, 200], Nothing),
    // Nobody turned it on in this house.
    line("PUT /api/v1/me/push", [409, 409, 409], Nothing).body(r#"{"endpoint":"https://push.example.com/x"}"#),
    line("DELETE /api/v1/me/push", [204, 204, 204], ARow),
    line("DELETE /api/v1/me/preferences/{preference}", [204, 204, 204], ARow),
    line("GET /api/v1/me/standing", [200, 200, 200], Nothing),
    line("GET /api/v1/today", [200, 200, 200], ARowOfRecords),
    line("GET /api/v1/objects", [200, 200, 200], Nothing),
    line("GET /api/v1/objects/{object}", [404, 200, 200], Nothing),
    line("GET /api/v1/notices/{purpose}", [200, 200, 200], Nothing),
    line("POST /api/v1/objects/{object}/query", [404, 200, 200], ARow).body(r#"{"limit":3,"count":true}"#),
    line("GET /api/v1/objects/{object}/records", [404, 200, 200], ARow).query("limit=3&sort=-updated_at"),
    line("POST /api/v1/objects/{object}/records", [404, 201, 201], ARow)
        .body(r#"{"fields":{"name":"{word}"}}"#),
    line("GET /api/v1/objects/{object}/records/{id}", [404, 200, 200], ARow),
    line("PATCH /api/v1/objects/{object}/records/{id}", [404, 200, 200], ARow)
        .body(r#"{"fields":{"level":"A"}}"#),
    line("DELETE /api/v1/objects/{object}/records/{id}", [404, 204, 204], ARow),
    line("POST /api/v1/objects/{object}/records/{id}/restoration", [404, 200, 200], ARow),
    line("POST /api/v1/objects/{object}/records/{id}/reveals", [404, 200, 200], ARow)
        .body(r#"{"field":"phone","purpose":"call"}"#),
    line("GET /api/v1/objects/{object}/records/{id}/history", [404, 200, 200], ARow),
    line("POST /api/v1/objects/{object}/prints", [404, 204, 204], ARow)
        .body(r#"{"records":["{record}"]}"#),
    line("GET /api/v1/objects/{object}/records/{id}/audience", [404, 200, 200], ARow),
    line("GET /api/v1/objects/{object}/records/{id}/explain", [404, 200, 200], ARow).query("field=phone"),
    line("GET /api/v1/objects/{object}/records/{id}/timeline", [404, 200, 200], ARow),
    line("GET /api/v1/objects/{object}/records/{id}/consents", [404, 200, 200], ARow),
    line("POST /api/v1/objects/{object}/records/{id}/consents", [404, 201, 201], ARow).body("{intake}"),
    line("POST /api/v1/objects/{object}/records/{id}/consents/{consent}/withdrawal", [404, 204, 204], ARow)
        .body(r#"{"channel":"phone"}"#),
    line("POST /api/v1/objects/{object}/records/{id}/conversions", [404, 201, 403], ARow)
        .body(r#"{"also":{"contact":{}}}"#),
    line("POST /api/v1/objects/{object}/records/{id}/conversions/previews", [404, 200, 200], ARow)
        .body(r#"{"fields":{"name":"{word}"}}"#),
    line("POST /api/v1/objects/{object}/records/{id}/transfers", [404, 200, 200], ARow)
        .body(r#"{"to":"{seller}","reason":"walks"}"#),
    line("POST /api/v1/objects/{object}/records/{id}/claims", [404, 200, 200], ARow),
    line("POST /api/v1/objects/{object}/records/{id}/releases", [404, 200, 200], ARow)
        .body(r#"{"reason":"walks"}"#),
    line("GET /api/v1/objects/{object}/records/{id}/shares", [404, 200, 200], ARow),
    line("POST /api/v1/objects/{object}/records/{id}/shares", [404, 201, 201], ARow)
        .body(r#"{"person":"{colleague}","level":"read","purpose":"walks","until":"{soon}"}"#),
    line("DELETE /api/v1/objects/{object}/records/{id}/shares/{share}", [404, 204, 204], ARow),
    line("GET /api/v1/objects/{object}/records/{id}/files", [404, 200, 200], ARow),
    line("POST /api/v1/objects/{object}/records/{id}/files", [404, 201, 201], ARow)
        .bytes("application/pdf", b"%PDF-1.4\nwalks\n%%EOF\n"),
    line("GET /api/v1/objects/{object}/records/{id}/files/{file}", [404, 200, 200], ARow),
    line("DELETE /api/v1/objects/{object}/records/{id}/files/{file}", [404, 204, 204], ARow),
    line("POST /api/v1/search", [200, 200, 200], ARow).body(r#"{"q":"口腔"}"#),
    line("POST /api/v1/objects/{object}/search", [404, 200, 200], ARow).body(r#"{"q":"口腔"}"#),
    line("POST /api/v1/objects/{object}/duplicates", [404, 200, 200], ARow)
        .body(r#"{"fields":{"phone":"{phone}"}}"#),
    line("GET /api/v1/insight/board", [200, 200, 200], ARowOfRecords).query("days=7&quiet=14"),
    line("POST /api/v1/objects/{object}/groups", [404, 200, 200], ARow)
        .body(r#"{"by":[{"field":"level"},{"field":"created_at","every":"day"}],"sums":[{"field":"deal_amount"}]}"#),
    line("POST /api/v1/exports", [404, 202, 202], ARow)
        .body(r#"{"object":"customer","fields":["name","phone"],"filter":{"field":"name","op":"eq","value":"{word}"},"purpose":"report","format":"csv"}"#),
    line("GET /api/v1/exports", [200, 200, 200], ARowOfRecords),
    line("GET /api/v1/exports/register", [403, 403, 403], Nothing).query("month=2026-10&state=ready"),
    line("GET /api/v1/exports/reviews", [403, 403, 403], Nothing),
    line("POST /api/v1/exports/reviews", [403, 403, 403], Nothing)
        .body(r#"{"period":"2026-10","note":"walks"}"#),
    line("GET /api/v1/exports/{id}", [404, 200, 200], ARow),
    line("POST /api/v1/exports/{id}/cancellation", [404, 204, 403], ARow),
    line("GET /api/v1/exports/{id}/file", [404, 200, 404], ARow),
    line("POST /api/v1/exports/traces", [403, 403, 403], Nothing).body(r#"{"text":"{word}"}"#),
    line("GET /api/v1/tasks", [200, 200, 200], ARowOfRecords).query("state=open"),
    line("GET /api/v1/tasks/{id}", [404, 404, 404], Nothing),
    line("GET /api/v1/tasks/{id}/comparison", [404, 404, 404], Nothing),
    line("POST /api/v1/tasks/{id}/decisions", [404, 404, 404], Nothing).body(
        r#"{"decision":"approve","snapshot_hash":"0000000000000000000000000000000000000000000000000000000000000000"}"#,
    ),
    line("GET /api/v1/alerts", [404, 404, 200], ARow).query("limit=5"),
    line("GET /api/v1/alerts/{id}", [404, 404, 404], Nothing),
    line("POST /api/v1/alerts/{id}/responses", [404, 404, 404], Nothing)
        .body(r#"{"action":"acknowledge","note":"walks"}"#),
    line("GET /api/v1/people", [200, 200, 200], ARow).query("limit=5"),
    line("POST /api/v1/people", [403, 403, 403], Nothing)
        .body(r#"{"login":"new.person","name":"新人","department":"{department}","password":"{password}"}"#),
    line("GET /api/v1/people/{id}", [200, 200, 200], Nothing),
    line("PATCH /api/v1/people/{id}", [403, 403, 403], Nothing).body(r#"{"department":"{department}"}"#),
    line("DELETE /api/v1/people/{id}/sessions/{session}", [403, 403, 204], ARow),
    line("DELETE /api/v1/people/{id}/devices/{device}", [403, 403, 204], ARow),
    line("GET /api/v1/people/present", [403, 403, 200], ARow),
    line("PUT /api/v1/people/{id}/state", [403, 403, 403], Nothing).body(r#"{"state":"active"}"#),
    line("POST /api/v1/people/{id}/password-resets", [403, 403, 403], Nothing),
    line("DELETE /api/v1/people/{id}/totp", [403, 403, 403], Nothing),
    // The last of that person: what they were signed in with is over.
    line("DELETE /api/v1/people/{id}/sessions", [403, 403, 204], ARow),
    line("POST /api/v1/handovers", [403, 403, 201], ARow)
        .body(r#"{"person":"{leaver}","reason":"resignation"}"#),
    line("GET /api/v1/handovers", [404, 404, 200], ARow),
    line("GET /api/v1/handovers/{id}", [404, 404, 200], ARow),
    line("PATCH /api/v1/handovers/{id}", [404, 404, 200], ARow).body(r#"{"assignments":{}}"#),
    line("POST /api/v1/handovers/{id}/execution", [404, 404, 202], ARow),
    line("GET /api/v1/handovers/{id}/certificate", [404, 404, 404], Nothing),
    line("POST /api/v1/erasures", [403, 403, 403], Nothing)
        .body(r#"{"object":"customer","record":"{record}","ground":"consent_withdrawn"}"#),
    line("POST /api/v1/erasures/previews", [403, 403, 403], Nothing)
        .body(r#"{"object":"customer","record":"{record}"}"#),
    line("GET /api/v1/erasures", [404, 404, 404], Nothing),
    line("GET /api/v1/erasures/{id}", [404, 404, 404], Nothing),
    line("GET /api/v1/erasures/{id}/certificate", [404, 404, 404], Nothing),
    line("GET /api/v1/objects/{object}/records/{id}/consents/{consent}/receipt", [404, 200, 200], ARow),
    line("GET /api/v1/objects/{object}/records/{id}/links", [404, 200, 200], ARow),
    line("POST /api/v1/objects/{object}/records/{id}/links", [404, 201, 201], ARow).body(r#"{"days":7}"#),
    line("DELETE /api/v1/objects/{object}/records/{id}/links/{link}", [404, 204, 204], ARow),
    line("GET /api/v1/objects/{object}/records/{id}/rights_requests", [404, 200, 200], ARow),
    line("POST /api/v1/objects/{object}/records/{id}/rights_requests", [404, 201, 201], ARow)
        .body(r#"{"kind":"correction","channel":"phone","text":"walks"}"#),
    line("GET /api/v1/rights_requests", [404, 200, 200], ARow).query("state=open&limit=5"),
    line("GET /api/v1/rights_requests/{id}", [404, 200, 200], ARow),
    line("POST /api/v1/rights_requests/{id}/identity", [404, 403, 403], ARow).body(r#"{"how":"known"}"#),
    line("POST /api/v1/rights_requests/{id}/answers", [404, 403, 403], ARow).body(r#"{"text":"walks"}"#),
    line("POST /api/v1/rights_requests/{id}/numbers", [404, 403, 403], ARow),
    line("POST /api/v1/rights_requests/{id}/copy_codes", [404, 403, 403], ARow),
    line("POST /api/v1/rights_requests/{id}/refusals", [404, 403, 403], ARow)
        .body(r#"{"ground":"not_held","text":"walks"}"#),
    line("POST /api/v1/rights_requests/{id}/proposals", [404, 403, 403], ARow)
        .body(r#"{"fields":{"city":"上海市"}}"#),
    line("POST /api/v1/rights_requests/{id}/decisions", [404, 409, 409], ARow)
        .body(r#"{"decision":"approve","hash":"00"}"#),
    line("POST /api/v1/rights_requests/{id}/erasures", [404, 403, 403], ARow)
        .body(r#"{"ground":"consent_withdrawn"}"#),
    line("GET /api/v1/public/notices", [200, 200, 200], Nothing),
    line("GET /api/v1/public/rights", [404, 404, 404], ARow),
    line("GET /api/v1/public/rights/receipts/{consent}", [404, 404, 404], ARow),
    line("POST /api/v1/public/rights/withdrawals", [404, 404, 404], ARow).body(r#"{"consent":"{consent}"}"#),
    line("POST /api/v1/public/rights/requests", [404, 404, 404], ARow).body(r#"{"kind":"copy"}"#),
    line("POST /api/v1/public/rights/requests/{id}/answers", [404, 404, 404], ARow).body(r#"{"check":{}}"#),
    line("POST /api/v1/public/rights/requests/{id}/files", [404, 404, 404], ARow)
        .body(r#"{"part":"copy.json","check":{}}"#),
    line("GET /api/v1/public/rights/requests/{id}/certificate", [404, 404, 404], ARow),
    line("GET /api/v1/departments", [200, 200, 200], Nothing),
    line("POST /api/v1/departments", [403, 403, 403], Nothing).body(r#"{"name":"{word}"}"#),
    line("PATCH /api/v1/departments/{id}", [403, 403, 403], Nothing).body(r#"{"name":"{word}"}"#),
    line("DELETE /api/v1/departments/{id}", [403, 403, 403], Nothing),
    line("GET /api/v1/settings", [403, 403, 403], Nothing),
    line("GET /api/v1/roles", [200, 200, 200], Nothing),
    line("GET /api/v1/definitions", [403, 403, 403], Nothing),
    line("GET /api/v1/definitions/{kind}/{name}", [403, 403, 403], Nothing),
    line("GET /api/v1/definitions/{kind}/{name}/versions", [403, 403, 403], Nothing),
    line("POST /api/v1/definitions/{kind}/{name}/previews", [403, 403, 403], Nothing).body(r#"{"body":{}}"#),
    line("POST /api/v1/definitions/{kind}/{name}/versions", [403, 403, 403], Nothing).body(r#"{"body":{}}"#),
    line("POST /api/v1/definitions/{kind}/{name}/rollbacks", [403, 403, 403], Nothing).body(r#"{"to":1}"#),
    line("GET /api/v1/ledger/checkpoint", [200, 200, 200], Nothing),
    line("GET /api/v1/ledger/key", [200, 200, 200], Nothing),
    line("GET /api/v1/ledger/tile/{*path}", [200, 200, 200], Nothing),
    line("GET /api/v1/ledger/heads", [200, 200, 200], Nothing),
    line("GET /api/v1/ledger/entries", [403, 403, 403], Nothing),
    line("GET /api/v1/ledger/proof/{entry}", [403, 403, 403], Nothing),
    line("GET /api/v1/looks/hours", [403, 403, 200], ARow).query("kind=reveal&days=7"),
    line("GET /api/v1/retention", [403, 403, 403], Nothing),
    line("GET /api/v1/retention/due", [403, 403, 403], Nothing).query("limit=5"),
    line("POST /api/v1/retention/erasures", [403, 403, 403], Nothing)
        .body(r#"{"records":[{"object":"customer","record":"{record}"}]}"#),
    line("GET /api/v1/retention/holds", [403, 403, 403], Nothing),
    line("POST /api/v1/retention/holds", [403, 403, 403], Nothing)
        .body(r#"{"object":"customer","record":"{record}","ground":"dispute"}"#),
    line("DELETE /api/v1/retention/holds/{hold}", [403, 403, 403], Nothing),
    line("GET /api/v1/spot_checks", [404, 404, 200], ARow),
    line("PUT /api/v1/spot_checks/weeks/{week}", [404, 404, 200], ARow),
    line("GET /api/v1/spot_checks/{id}", [404, 404, 200], ARow),
    line("POST /api/v1/spot_checks/{id}/scores", [404, 404, 422], Nothing)
        .body(r#"{"follow_up":"019b0000-0000-7000-8000-000000000000","answers":{}}"#),
    line("GET /api/v1/spot_checks/{id}/verification", [404, 404, 200], ARow),
    line("GET /api/v1/me/spot_scores", [404, 200, 200], ARow),
    line("GET /api/v1/ledger/consistency", [200, 200, 200], Nothing).query("from=1&to=2"),
    line("GET /api/v1/events", [200, 200, 200], Nothing),
];

/// The line of an operation.
pub fn line_of(operation: &str) -> &'static Line {
    LINES.iter().find(|l| l.operation == operation).unwrap_or_else(|| panic!("no line for {operation}"))
}

/// A call that can be sent.
pub struct Call {
    pub method: &'static str,
    pub path: String,
    pub body: Option<Json>,
    pub bytes: Option<(&'static str, &'static [u8])>,
}

impl Call {
    pub async fn by(&self, client: &Client) -> Reply {
        if let Some((kind, bytes)) = self.bytes {
            let client = client.clone().with("x-kedun-file-name", "walks.pdf");
            return client.raw(self.method, &self.path, Some(kind), bytes.to_vec()).await;
        }
        client.call(self.method, &self.path, self.body.clone()).await
    }
}

/// Makes what a line needs (a new customer of the owner, a share, a session …) and fills its placeholders.
/// `foreign` puts a record in the place of `{id}` that belongs to somebody else altogether.
pub async fn prepared(house: &House, line: &Line, owner: &str, by: &str, foreign: Option<&str>) -> Call {
    let (method, path) = line.operation.split_once(' ').unwrap();
    let rep = house.as_(owner).await;
    let mut path = path.to_owned();
    let mut filled: Vec<(&str, String)> = vec![
        ("{object}", object_of(&path).to_owned()),
        ("{purpose}", "sales_contact".to_owned()),
        ("{kind}", "object".to_owned()),
        ("{name}", "customer".to_owned()),
        ("{preference}", "tour.walk".to_owned()),
        ("{*path}", "0/000.p/1".to_owned()),
        ("{entry}", "019b0000-0000-7000-8000-000000000000".to_owned()),
        ("{login}", by.to_owned()),
        ("{password}", PASSWORD.to_owned()),
        ("{word}", format!("行走诊所{}", uuid::Uuid::now_v7().simple())),
        ("{phone}", "13800138000".to_owned()),
        ("{soon}", kedun_model::moment::text(house.vault.clock().now() + 86_400_000)),
        ("{colleague}", house.id_of("he.zheng").await),
        ("{seller}", house.id_of("liu.fang").await),
        ("{week}", last_week(house)),
    ];
    if path.contains("{hold}") {
        filled.push(("{hold}", a_hold(house, &rep).await));
    }
    if path.contains("/records/{id}") {
        let record = match foreign {
            Some(foreign) => foreign.to_owned(),
            None => a_record(house, &rep, &path).await,
        };
        let base = format!("/api/v1/objects/customer/records/{record}");
        if path.contains("{consent}") {
            let consents = rep.get(&format!("{base}/consents")).await;
            let known =
                if foreign.is_some() { "consent".to_owned() } else { id(&consents.json()["consents"][0]) };
            filled.push(("{consent}", known));
        }
        if path.contains("{link}") {
            let known = match foreign {
                Some(_) => "link".to_owned(),
                None => id(&rep.post(&format!("{base}/links"), json!({})).await.expect(201).json()),
            };
            filled.push(("{link}", known));
        }
        if path.contains("{file}") {
            let known = if foreign.is_some() { "file".to_owned() } else { a_file(&rep, &base).await };
            filled.push(("{file}", known));
        }
        if path.contains("{share}") {
            let known =
                if foreign.is_some() { "share".to_owned() } else { a_share(house, &rep, &base).await };
            filled.push(("{share}", known));
        }
        filled.push(("{id}", record));
    } else if path.contains("{id}") {
        let known = match path.split('/').nth(3).unwrap_or_default() {
            "sessions" | "devices" => another_session(house, by, &path).await,
            "people" => {
                let whose = house.id_of("sun.yue").await;
                if path.contains("{session}") {
                    filled.push(("{session}", another_session(house, "sun.yue", &path).await));
                }
                if path.contains("{device}") {
                    filled.push(("{device}", another_session(house, "sun.yue", &path).await));
                }
                whose
            }
            "departments" => id(&rep.get("/api/v1/departments").await.json()["departments"][0]),
            "handovers" => a_handover(house).await,
            "erasures" => an_erasure(house).await,
            "exports" => an_export(house, &rep, path.ends_with("/file")).await,
            "rights_requests" => a_rights_request(house, &rep).await,
            "spot_checks" => a_spot_check(house).await,
            _ => "019b0000-0000-7000-8000-000000000000".to_owned(),
        };
        filled.push(("{id}", known));
    }
    if path.contains("/public/") {
        filled.push(("{consent}", "consent".to_owned()));
    }
    if line.body.contains("{leaver}") {
        filled.push(("{leaver}", a_leaver(house).await));
    }
    if line.body.contains("{record}") {
        filled.push(("{record}", id(&customer_of(house, &rep).await)));
    }
    let departments = rep.get("/api/v1/departments").await.json();
    filled.push(("{department}", id(&departments["departments"][0])));
    let mut body = line.body.replace("{intake}", &intake(house, true).to_string());
    for (name, value) in &filled {
        path = path.replace(name, value);
        body = body.replace(name, value);
    }
    if !line.query.is_empty() {
        path = format!("{path}?{}", line.query);
    }
    let body = (!body.is_empty()).then(|| serde_json::from_str(&body).unwrap());
    let method = ROUTES.iter().find(|r| r.method == method).unwrap().method;
    Call { method, path, body, bytes: line.bytes }
}

/// The object that an operation is walked with.
pub fn object_of(path: &str) -> &'static str {
    if path.contains("/conversions") { "lead" } else { "customer" }
}

/// A new record of the rep, in the state that the operation wants.
async fn a_record(house: &House, rep: &Client, path: &str) -> String {
    if object_of(path) == "lead" {
        let fields = json!({ "company": "行走诊所", "name": "林若琳", "phone": a_phone() });
        let body = json!({ "fields": fields, "intake": intake(house, true) });
        return id(&rep.post("/api/v1/objects/lead/records", body).await.expect(201).json());
    }
    let record = id(&customer_of(house, rep).await);
    let at = format!("/api/v1/objects/customer/records/{record}");
    if path.ends_with("/restoration") {
        rep.delete(&at).await.expect(204);
    }
    if path.ends_with("/claims") {
        rep.post(&format!("{at}/releases"), json!({ "reason": "walks" })).await.expect(200);
    }
    record
}

async fn a_file(rep: &Client, base: &str) -> String {
    let rep = rep.clone().with("x-kedun-file-name", "walks.pdf");
    let bytes = b"%PDF-1.4\nwalks\n%%EOF\n".to_vec();
    id(&rep.raw("POST", &format!("{base}/files"), Some("application/pdf"), bytes).await.expect(201).json())
}

async fn a_share(house: &House, rep: &Client, base: &str) -> String {
    let until = kedun_model::moment::text(house.vault.clock().now() + 86_400_000);
    let body = json!({ "person": house.id_of("he.zheng").await, "level": "read", "purpose": "walks", "until": until });
    id(&rep.post(&format!("{base}/shares"), body).await.expect(201).json())
}

/// A new account in the manager's department.
async fn a_leaver(house: &House) -> String {
    let me = house.as_("wang.jianguo").await.get("/api/v1/me").await.json();
    let login = format!("leaver.{}", uuid::Uuid::now_v7().simple());
    let body = json!({
        "login": login, "name": "将离", "department": me["person"]["department"]["id"], "password": PASSWORD,
    });
    id(&house.as_("zheng.kai").await.post("/api/v1/people", body).await.expect(201).json())
}

async fn a_handover(house: &House) -> String {
    let body = json!({ "person": a_leaver(house).await, "reason": "resignation" });
    id(&house.as_("wang.jianguo").await.post("/api/v1/handovers", body).await.expect(201).json())
}

async fn a_rights_request(house: &House, rep: &Client) -> String {
    let record = id(&customer_of(house, rep).await);
    let at = format!("/api/v1/objects/customer/records/{record}/rights_requests");
    let body = json!({ "kind": "correction", "channel": "phone", "text": "walks" });
    id(&rep.post(&at, body).await.expect(201).json())
}

async fn a_hold(house: &House, rep: &Client) -> String {
    let record = id(&customer_of(house, rep).await);
    let body = json!({ "object": "customer", "record": record, "ground": "dispute" });
    id(&house.as_("he.zheng").await.post("/api/v1/retention/holds", body).await.expect(201).json())
}

fn last_week(house: &House) -> String {
    kedun_core::spot_checks::Week::of(house.vault.clock().now(), house.vault.catalog().zone())
        .unwrap()
        .before()
        .to_string()
}

async fn a_spot_check(house: &House) -> String {
    let path = format!("/api/v1/spot_checks/weeks/{}", last_week(house));
    let manager = house.as_("wang.jianguo").await;
    id(&manager.call("PUT", &path, None).await.expect(200).json())
}

async fn an_erasure(house: &House) -> String {
    let record = id(&customer_of(house, &house.as_("zhang.wei").await).await);
    let body = json!({ "object": "customer", "record": record, "ground": "consent_withdrawn" });
    id(&house.as_("he.zheng").await.post("/api/v1/erasures", body).await.expect(201).json())
}

async fn an_export(house: &House, rep: &Client, rendered: bool) -> String {
    let customer = customer_of(house, rep).await;
    let filter = json!({ "field": "name", "op": "eq", "value": customer["title"] });
    let order = json!({ "object": "customer", "fields": ["name"], "filter": filter, "purpose": "report", "format": "csv" });
    let case = id(&rep.post("/api/v1/exports", order).await.expect(202).json());
    // Those that were ordered before are rendered first.
    while rendered && kedun_core::exports::render_next(&house.vault).await.unwrap().is_some() {}
    case
}

async fn another_session(house: &House, by: &str, path: &str) -> String {
    let other = house.anew(by).await;
    let (list, name) = if path.contains("/devices/") {
        ("/api/v1/devices", "devices")
    } else {
        ("/api/v1/sessions", "sessions")
    };
    let mine = other.get(list).await.json();
    let current = mine[name].as_array().unwrap().iter().find(|s| s["current"] == true).cloned();
    id(&current.unwrap_or_else(|| panic!("{mine}")))
}

#[test]
fn every_operation_has_a_line_and_only_these_are_for_anybody() {
    let routes: BTreeSet<String> = ROUTES.iter().map(|r| format!("{} {}", r.method, r.path)).collect();
    let lines: BTreeSet<String> = LINES.iter().map(|l| l.operation.to_owned()).collect();
    assert_eq!(lines.len(), LINES.len(), "an operation has two lines");
    assert_eq!(routes, lines);
    let public: BTreeSet<String> = ROUTES
        .iter()
        .filter(|r| r.policy == Policy::Public)
        .map(|r| format!("{} {}", r.method, r.path))
        .collect();
    assert_eq!(public, FOR_ANYBODY.map(str::to_owned).into());
}

#[test]
fn nobody_gets_anything_and_a_cookie_alone_changes_nothing() {
    in_a_house_of_its_own(async |house| {
        for route in ROUTES.iter().filter(|r| r.policy == Policy::Session) {
            let line = line_of(&format!("{} {}", route.method, route.path));
            let call = prepared(house, line, REP, REP, None).await;
            let before = house.log_rows().await;
            call.by(&house.nobody()).await.refuses(401, "no_session");
            call.by(&house.nobody().with_token("kds_not-a-token")).await.refuses(401, "no_session");
            call.by(&house.nobody().with("cookie", "kedun=not-a-token").with("x-kedun-request", "1"))
                .await
                .refuses(401, "no_session");
            if route.method != "GET" {
                let cookie = house.as_("zhang.wei").await.by_cookie();
                call.by(&cookie).await.refuses(403, "cross_site");
            }
            assert_eq!(house.log_rows().await, before, "{} {} did something", route.method, route.path);
        }
    });
}

#[test]
fn every_operation_answers_each_as_its_line_says_and_leaves_its_row() {
    in_a_house_of_its_own(async |house| {
        for line in LINES {
            for (login, expected) in
                [(STRANGER, line.stranger), ("zhang.wei", line.rep), ("wang.jianguo", line.manager)]
            {
                let call = prepared(house, line, REP, login, None).await;
                let client = if line.operation.ends_with("/sessions/current") {
                    house.anew(login).await
                } else {
                    house.as_(login).await
                };
                let before = house.log_rows().await;
                let reply = call.by(&client).await;
                assert_eq!(reply.status, expected, "{} by {login}: {}", line.operation, reply.text());
                let after = house.log_rows().await;
                let leaves = match line.leaves {
                    ARow => true,
                    ARowOfRecords => login != STRANGER,
                    Nothing => false,
                };
                if reply.status < 300 && leaves {
                    assert!(after > before, "{} by {login} leaves no row", line.operation);
                }
            }
        }
    });
}

#[test]
fn a_record_out_of_sight_answers_like_one_that_does_not_exist() {
    in_every_house(async |house| {
        let foreign = id(&customer_of(house, &house.as_("chen.jing").await).await);
        let absent = uuid::Uuid::now_v7().to_string();
        for login in [STRANGER, "zhang.wei", "sun.yue", "zheng.kai"] {
            let client = house.as_(login).await;
            let print = async |records: Json| {
                client.post("/api/v1/objects/customer/prints", json!({ "records": records })).await
            };
            let there = print(json!([foreign])).await.expect(404);
            assert_eq!(there.bytes, print(json!([absent])).await.expect(404).bytes, "prints tell {login}");
        }
        for line in LINES.iter().filter(|l| l.operation.contains("/records/{id}")) {
            for login in [
                STRANGER,
                "zhang.wei",
                "wang.jianguo",
                "sun.yue",
                "xu.hui",
                "zheng.kai",
                "feng.an",
                "shen.ming",
            ] {
                let client = house.as_(login).await;
                let there = prepared(house, line, REP, login, Some(&foreign)).await.by(&client).await;
                let nowhere = prepared(house, line, REP, login, Some(&absent)).await.by(&client).await;
                assert_eq!(there.status, 404, "{} by {login}: {}", line.operation, there.text());
                assert_eq!(there.bytes, nowhere.bytes, "{} tells {login} a difference", line.operation);
                // Nor does a body that breaks rules tell them apart.
                if !line.body.is_empty() {
                    let junk = json!({ "fields": { "nothing": 1 }, "reason": "", "until": "never" });
                    let bad = |at: &str| {
                        let path = line.operation.split_once(' ').unwrap().1;
                        path.replace("{object}", object_of(path)).replace("{id}", at)
                    };
                    let method = line.operation.split_once(' ').unwrap().0;
                    let there = client.call(method, &bad(&foreign), Some(junk.clone())).await;
                    let nowhere = client.call(method, &bad(&absent), Some(junk)).await;
                    assert_eq!(there.bytes, nowhere.bytes, "{} tells {login} a difference", line.operation);
                }
            }
        }
    });
}
