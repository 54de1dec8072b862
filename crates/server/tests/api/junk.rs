//! Junk in every place where something can be sent. It is always a problem document of the 4xx kind, in both languages,
//! that names the field and never repeats what was sent.

use crate::company::client::{Client, Reply};
use crate::company::contract::{ROUTES, described, fits};
use crate::company::{House, customer_of, id, in_every_house};
use crate::walking::{Line, line_of, prepared};
use kedun_server::{Policy, Route};
use serde_json::{Value as Json, json};

/// A word that must not come back in any refusal.
const ECHO: &str = "rindfleischetikettierung";

/// Who sends it: a rep who has not chosen a language, so that the browser's counts.
const REP: &str = "li.na";

/// Whose account is knocked at with wrong passwords until it locks: nobody else's.
fn guest(line: &Line) -> &'static str {
    if line.operation == "POST /api/v1/sessions" { "wu.tong" } else { REP }
}

fn with_body() -> impl Iterator<Item = (&'static Route, &'static Line)> {
    ROUTES.iter().filter(|r| r.body.is_some()).map(|r| (r, line_of(&format!("{} {}", r.method, r.path))))
}

/// Whoever gets furthest with an operation: the deeper the junk travels, the better.
async fn caller(house: &House, route: &Route) -> Client {
    if route.path.starts_with("/api/v1/public/rights") {
        return crate::guest::holder(house).await.0;
    }
    if route.policy == Policy::Public {
        return house.nobody();
    }
    let login = match route.path {
        p if p.contains("/definitions/") => "zheng.kai",
        p if p.starts_with("/api/v1/people") || p.starts_with("/api/v1/departments") => "zheng.kai",
        p if p.contains("/ledger/") => "shen.ming",
        _ => REP,
    };
    house.as_(login).await
}

/// Holds a refusal against what every refusal must be.
#[track_caller]
fn is_a_refusal(reply: &Reply, sent: &str) {
    let said = format!("{} with {}", reply.asked, sent.chars().take(200).collect::<String>());
    assert!((400..500).contains(&reply.status), "{said}: {} {}", reply.status, reply.text());
    let problem = reply.json();
    for name in ["code", "title", "detail"] {
        assert!(problem[name].as_str().is_some_and(|t| !t.is_empty()), "{said}: no {name} in {problem}");
    }
    if reply.status == 422 {
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        assert!(!errors.is_empty(), "{said}: names no field: {problem}");
        for error in &errors {
            assert!(error["field"].as_str().is_some_and(|f| !f.is_empty()), "{said}: {problem}");
            assert!(
                error["message"].as_str().is_some_and(|m| !m.is_empty() && !m.contains('{')),
                "{said}: {problem}"
            );
            let unknown =
                error["message"] == "This input is not accepted." || error["message"] == "输入不符合要求。";
            assert!(!unknown, "{said}: {} has no sentence", error["code"]);
        }
    }
    assert!(!reply.text().contains(ECHO), "{said}: repeats what was sent: {}", reply.text());
}

/// Sends something in both languages; what is refused is refused in the language that was asked for.
async fn refused_in_both(
    client: &Client,
    method: &str,
    path: &str,
    kind: Option<&str>,
    bytes: &[u8],
) -> Reply {
    let sent = String::from_utf8_lossy(bytes).into_owned();
    let english = client.clone().with("accept-language", "en");
    let english = english.raw(method, path, kind, bytes.to_vec()).await;
    is_a_refusal(&english, &sent);
    assert!(english.json()["title"].as_str().unwrap().is_ascii(), "{}: {}", english.asked, english.text());
    let chinese = client.clone().with("accept-language", "zh-CN,zh;q=0.9,en;q=0.8");
    let chinese = chinese.raw(method, path, kind, bytes.to_vec()).await;
    is_a_refusal(&chinese, &sent);
    assert!(!chinese.json()["title"].as_str().unwrap().is_ascii(), "{}: {}", chinese.asked, chinese.text());
    assert_eq!(english.status, chinese.status, "{}", english.asked);
    english
}

#[test]
fn what_is_not_json_is_refused_by_every_operation_that_takes_a_body() {
    in_every_house(async |house| {
        let deep = |open: &str, close: &str, n: usize| {
            format!("{}1{}", open.repeat(n), close.repeat(n)).into_bytes()
        };
        let mut sizes = b"{\"a\":\"".to_vec();
        sizes.resize((1 << 20) + 100, b'x');
        sizes.extend_from_slice(b"\"}");
        let bodies: Vec<(Vec<u8>, Option<u16>)> = vec![
            (b"".to_vec(), Some(400)),
            (b"   ".to_vec(), Some(400)),
            (b"{".to_vec(), Some(400)),
            (b"{\"a\":".to_vec(), None),
            (b"{}}".to_vec(), None),
            (b"{} {}".to_vec(), None),
            (b"\0".to_vec(), Some(400)),
            (b"{\"\0\":1}".to_vec(), Some(400)),
            (b"\xef\xbb\xbf{}".to_vec(), Some(400)),
            (b"{\"\xff\xfe\":1}".to_vec(), None),
            (b"{\"fields\":\"\xc3\x28\"}".to_vec(), None),
            (b"{'a':1}".to_vec(), Some(400)),
            (b"<a/>".to_vec(), Some(400)),
            (b"null".to_vec(), Some(422)),
            (b"[]".to_vec(), None),
            (b"[1,2,3]".to_vec(), None),
            (b"7".to_vec(), Some(422)),
            (format!("\"{ECHO}\"").into_bytes(), Some(422)),
            (b"{\"a\":1e999}".to_vec(), None),
            (deep("[", "]", 100_000), None),
            (deep("{\"a\":", "}", 100_000), None),
            (sizes, Some(413)),
        ];
        for (route, line) in with_body() {
            let client = caller(house, route).await;
            let call = prepared(house, line, REP, guest(line), None).await;
            for (bytes, status) in &bodies {
                let reply =
                    refused_in_both(&client, call.method, &call.path, Some("application/json"), bytes).await;
                if let Some(status) = *status {
                    let sent = String::from_utf8_lossy(bytes).chars().take(60).collect::<String>();
                    assert_eq!(reply.status, status, "{} with {sent}: {}", reply.asked, reply.text());
                }
            }
            let good = call.body.clone().unwrap().to_string().into_bytes();
            for kind in [
                None,
                Some("text/plain"),
                Some("application/x-www-form-urlencoded"),
                Some("application/jsonp"),
            ] {
                let reply = refused_in_both(&client, call.method, &call.path, kind, &good).await;
                assert_eq!(reply.status, 415, "{}: {}", reply.asked, reply.text());
            }
        }
    });
}

/// Values of every kind, most of them wrong everywhere.
fn values() -> Vec<Json> {
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    vec![
        Json::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(""),
        json!("   "),
        json!(ECHO),
        json!(ECHO.repeat(2_000)),
        json!("\u{0}"),
        json!("a\u{0}b"),
        json!("\u{1}\u{1b}[31m\u{7f}"),
        json!("\u{202e}\u{feff}\u{200b}"),
        json!("'; DROP TABLE record; --"),
        json!("𠮷\u{10ffff}"),
        json!([]),
        json!([ECHO]),
        json!([[], {}, null, "\u{0}"]),
        json!({}),
        json!({ "a": 1 }),
        json!({ "\u{0}": "\u{0}" }),
        deep,
    ]
}

/// All bodies that differ from a good one in one place, down to some depth, and one with a stranger's key.
fn spoiled(good: &Json, depth: usize) -> Vec<Json> {
    let mut all = Vec::new();
    let Json::Object(map) = good else { return all };
    for (name, inner) in map {
        for value in values() {
            let mut other = map.clone();
            other.insert(name.clone(), value);
            all.push(Json::Object(other));
        }
        let mut without = map.clone();
        without.remove(name);
        all.push(Json::Object(without));
        if depth > 0 {
            for deeper in spoiled(inner, depth - 1) {
                let mut other = map.clone();
                other.insert(name.clone(), deeper);
                all.push(Json::Object(other));
            }
        }
    }
    for stranger in ["zz", "__proto__", "", "\u{0}", "id"] {
        let mut other = map.clone();
        other.insert(stranger.to_owned(), json!(ECHO));
        all.push(Json::Object(other));
    }
    all
}

/// The properties of a schema that a good body leaves out, with something in them.
fn completed(route: &Route, good: Json) -> Json {
    let name = route.body.unwrap();
    let schema = &crate::company::contract::DOCUMENT["components"]["schemas"][name];
    let mut good = good;
    if let (Json::Object(body), Some(properties)) = (&mut good, schema["properties"].as_object()) {
        for name in properties.keys() {
            body.entry(name.clone()).or_insert(Json::Null);
        }
    }
    good
}

/// Whether junk could have done something that later calls need: signing oneself out, another password.
fn spares_the_caller(route: &Route) -> bool {
    !route.path.ends_with("/me/password")
}

#[test]
fn a_body_that_is_wrong_in_one_place_is_refused_and_the_place_is_named() {
    in_every_house(async |house| {
        for (route, line) in with_body() {
            let client = caller(house, route).await;
            let call = prepared(house, line, REP, guest(line), None).await;
            let good = completed(route, call.body.clone().unwrap());
            let schema = &described(route)["requestBody"]["content"]["application/json"]["schema"];
            for body in spoiled(&good, 2) {
                let reply = client.post_or(call.method, &call.path, &body).await;
                let sent = body.to_string();
                if reply.status < 300 {
                    // What is accepted is what the document says is accepted.
                    if let Err(why) = fits(schema, &body) {
                        panic!("{} accepts {sent:.300} though {why}", reply.asked);
                    }
                    assert!(spares_the_caller(route), "{} accepted {sent:.300}", reply.asked);
                } else {
                    is_a_refusal(&reply, &sent);
                }
            }
        }
    });
}

#[test]
fn a_field_of_a_record_that_is_wrong_is_named_by_its_name() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        for object in [
            "customer",
            "contact",
            "lead",
            "opportunity",
            "follow_up",
            "plan",
            "contract",
            "payment",
            "quote",
            "ticket",
            "complaint",
        ] {
            let def = rep.get(&format!("/api/v1/objects/{object}")).await.expect(200).json();
            for field in def["fields"].as_array().unwrap() {
                let name = field["name"].as_str().unwrap();
                for value in values() {
                    let body = json!({ "fields": { name: value } });
                    let reply = rep.post(&format!("/api/v1/objects/{object}/records"), body.clone()).await;
                    if reply.status >= 300 {
                        is_a_refusal(&reply, &body.to_string());
                        let named = reply.json().to_string();
                        let is_text = field["kind"] == "text" || field["kind"] == "long_text";
                        let invisible = |c: char| c.is_whitespace() || "\u{202e}\u{feff}\u{200b}".contains(c);
                        let blank = value.is_null()
                            || value == json!([])
                            || value.as_str().is_some_and(|text| text.chars().all(invisible));
                        // A number may well be one of those that this field takes.
                        let fits = value.is_number() || value.is_boolean() || value == json!({});
                        // What is well formed is taken; then another field is missing.
                        let errors = reply.json()["errors"].as_array().cloned().unwrap_or_default();
                        let incomplete = !errors.is_empty() && errors.iter().all(|e| e["code"] == "required");
                        assert!(
                            is_text
                                || blank
                                || fits
                                || incomplete
                                || named.contains(name)
                                || reply.status == 404,
                            "{object}.{name} with {}: {named}",
                            body.to_string().chars().take(200).collect::<String>()
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn filters_sorts_and_cursors_that_are_wrong_are_refused() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let manager = house.as_("wang.jianguo").await;
        let mut deep = json!({ "field": "level", "op": "eq", "value": "A" });
        for _ in 0..60 {
            deep = json!({ "not": deep });
        }
        let many: Vec<Json> =
            (0..2_000).map(|_| json!({ "field": "level", "op": "eq", "value": "A" })).collect();
        let values: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
        let mut bodies = vec![
            json!({ "filter": deep }),
            json!({ "filter": { "all": many } }),
            json!({ "filter": { "field": "level", "op": "in", "value": values } }),
            json!({ "filter": { "all": [], "any": [] } }),
            json!({ "filter": { "field": "level" } }),
            json!({ "filter": { "field": "level", "op": "like", "value": "A" } }),
            json!({ "filter": { "field": "level", "op": "eq" } }),
            json!({ "filter": { "field": "level", "op": "empty", "value": 1 } }),
            json!({ "filter": { "field": "name", "op": "contains", "value": "a\u{0}b" } }),
            json!({ "filter": { "field": "created_at", "op": "last_days", "value": i64::MAX } }),
            json!({ "filter": { "field": "created_at", "op": "between", "value": ["2026-11-24T00:00:00Z"] } }),
            json!({ "filter": { "field": "created_at", "op": "gt", "value": "+999999-01-01T00:00:00Z" } }),
            json!({ "filter": { "field": "owner", "op": "eq", "value": { "id": 1 } } }),
            json!({ "filter": { "field": "record.owner_id", "op": "eq", "value": "x" } }),
            json!({ "filter": { "field": "phone", "op": "starts_with", "value": "138" } }),
            json!({ "sort": [{ "field": "phone" }] }),
            json!({ "sort": [{ "field": "nothing" }] }),
            json!({ "sort": [{ "field": "id; DROP TABLE record" }] }),
            json!({ "sort": [{ "field": "name", "dir": "sideways" }] }),
            json!({ "sort": vec![json!({ "field": "name" }); 9] }),
            json!({ "fields": ["nothing"] }),
            json!({ "fields": vec!["name"; 5_000] }),
            json!({ "limit": 0 }),
            json!({ "limit": 201 }),
            json!({ "limit": -1 }),
            json!({ "limit": u64::MAX }),
            json!({ "view": "nothing" }),
        ];
        let first = manager.post("/api/v1/objects/customer/query", json!({ "limit": 2 })).await.json();
        let cursor = first["next_cursor"].as_str().unwrap().to_owned();
        let other = manager
            .post(
                "/api/v1/objects/customer/query",
                json!({ "limit": 2, "sort": [{ "field": "name" }, { "field": "level" }] }),
            )
            .await
            .json();
        for cursor in [
            "",
            "A",
            "!!!!",
            "eyJhIjoxfQ",
            "W10",
            "e30",
            "bnVsbA",
            "AAAAAAAAAAAAAAAAAAAA",
            &cursor[..cursor.len() - 3],
            &cursor.repeat(2),
            &"A".repeat(5_000),
            "\u{0}",
            "中文",
            other["next_cursor"].as_str().unwrap(),
        ] {
            bodies.push(json!({ "cursor": cursor }));
        }
        // What no stored text holds: `[[1],"\u0000"]`, and `[["a\u0000"],"b"]` for a sort by text.
        bodies.push(json!({ "cursor": "W1sxXSwiXHUwMDAwIl0" }));
        bodies.push(json!({ "cursor": "W1siYVx1MDAwMCJdLCJiIl0", "sort": [{ "field": "name" }] }));
        for body in bodies {
            let bytes = body.to_string().into_bytes();
            let reply = refused_in_both(
                &rep,
                "POST",
                "/api/v1/objects/customer/query",
                Some("application/json"),
                &bytes,
            )
            .await;
            assert_eq!(reply.status, 422, "{body:.200}: {}", reply.text());
        }
    });
}

#[test]
fn a_small_request_with_very_many_mistakes_gets_a_small_answer() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let parts = vec![json!(0); 150_000];
        let unknown: serde_json::Map<String, Json> =
            (0..40_000).map(|n| (format!("x{n}"), json!(1))).collect();
        let named = json!({ "fields": { "y".repeat(400_000): 1 } });
        for (path, body) in [
            ("/api/v1/objects/customer/query", json!({ "filter": { "any": parts } })),
            ("/api/v1/objects/customer/records", json!({ "fields": unknown })),
            ("/api/v1/objects/customer/records", named),
        ] {
            let reply = rep.post(path, body).await.expect(422);
            let errors = reply.json()["errors"].as_array().unwrap().len();
            assert!((1..=100).contains(&errors), "{path}: {errors}");
            assert!(reply.text().len() < 40_000, "{path}: {} bytes", reply.text().len());
        }
    });
}

#[test]
fn wrong_questions_and_wrong_places_are_refused() {
    in_every_house(async |house| {
        let customer = id(&customer_of(house, &house.as_(REP).await).await);
        for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/")) {
            let client = caller(house, route).await;
            if route.path.ends_with("/events") || route.path.ends_with("/sessions/current") {
                continue; // neither takes anything
            }
            let line = line_of(&format!("{} {}", route.method, route.path));
            let call = prepared(house, line, REP, guest(line), None).await;
            let body = call.body.clone().map(|b| b.to_string().into_bytes()).unwrap_or_default();
            let kind = call.body.as_ref().map(|_| "application/json");
            // In the question.
            let bare = call.path.split('?').next().unwrap();
            for name in route.query {
                for value in [
                    "",
                    "-1",
                    "0",
                    "99999999999999999999999999",
                    "1e9",
                    "%00",
                    "%ff",
                    "%",
                    "a%00b",
                    ECHO,
                    "%F0%9F%98%80",
                    "null",
                    "[]",
                ] {
                    let reply =
                        client.raw(route.method, &format!("{bare}?{name}={value}"), kind, body.clone()).await;
                    // A sort is a list of names, and a name that is wrong is named.
                    if reply.status >= 300 && !(*name == "sort" && value == ECHO) {
                        is_a_refusal(&reply, value);
                    }
                }
                let long = format!("{bare}?{name}={}", "x".repeat(8_000));
                let reply = client.raw(route.method, &long, kind, body.clone()).await;
                assert!(reply.status < 500, "{}: {}", reply.asked, reply.status);
                let twice = format!("{bare}?{name}=1&{name}=2");
                let reply = client.raw(route.method, &twice, kind, body.clone()).await;
                assert!((400..500).contains(&reply.status), "{}: {}", reply.asked, reply.status);
            }
            if !route.query.is_empty() {
                let reply = client.raw(route.method, &format!("{bare}?zz=1"), kind, body.clone()).await;
                reply.faults("zz", "unknown_field");
            }
            // In the place.
            let places: Vec<&str> = route.path.split('/').filter(|p| p.starts_with('{')).collect();
            for place in places {
                for junk in [
                    "%00",
                    "%FF",
                    "..",
                    "%2e%2e%2f",
                    "a%2Fb",
                    "'",
                    "%22",
                    "%E4%B8%AD%E6%96%87",
                    "%F0%9F%98%80",
                    "-1",
                    "%20",
                    "null",
                    &"x".repeat(300),
                    &"x".repeat(3_000),
                    "%0d%0aSet-Cookie:%20a=b",
                ] {
                    let path = route
                        .path
                        .replace(place, junk)
                        .replace("{object}", "customer")
                        .replace("{id}", &customer)
                        .replace("{kind}", "object")
                        .replace("{name}", "customer");
                    let path: String = path
                        .split('/')
                        .map(|p| if p.starts_with('{') { "x" } else { p })
                        .collect::<Vec<_>>()
                        .join("/");
                    let reply = client.raw(route.method, &path, kind, body.clone()).await;
                    // A preview of what would be the first of its name answers with what is wrong with it.
                    if route.path.starts_with("/api/v1/definitions/")
                        && route.path.ends_with("/previews")
                        && reply.status == 200
                    {
                        assert!(!reply.json()["problems"].as_array().unwrap().is_empty(), "{}", reply.text());
                        continue;
                    }
                    is_a_refusal(&reply, junk);
                }
            }
        }
    });
}

#[test]
fn headers_that_are_wrong_are_refused() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let path = format!("/api/v1/objects/customer/records/{}", id(&customer_of(house, &rep).await));
        for value in ["x", "\"x\"", "*", "99999999999999999999999", "\"1\", \"2\"", "-"] {
            let client = rep.clone().with("if-match", value);
            client
                .patch(&path, json!({ "fields": { "level": "A" } }))
                .await
                .faults("if-match", "not_a_whole_number");
            client.delete(&path).await.faults("if-match", "not_a_whole_number");
        }
        for value in ["", " ", &"k".repeat(101)] {
            let client = rep.clone().with("idempotency-key", value);
            let body = json!({ "fields": { "name": "不该有的客户" } });
            client
                .post("/api/v1/objects/customer/records", body)
                .await
                .faults("idempotency-key", "idempotency_key_format");
        }
        for value in ["Basic YTpi", "Bearer", "Bearer ", "bearer x y z", "Bearer \u{7f}"] {
            let Ok(value) = axum::http::HeaderValue::from_str(value) else { continue };
            let value = value.to_str().unwrap_or_default().to_owned();
            house.nobody().with("authorization", &value).get("/api/v1/me").await.refuses(401, "no_session");
        }
        for language in ["", "xx", "en;q=banana", "*", "zh-CN,".repeat(500).as_str()] {
            house
                .nobody()
                .with("accept-language", language)
                .get("/api/v1/me")
                .await
                .refuses(401, "no_session");
        }
    });
}

#[test]
fn a_method_or_a_path_that_does_not_exist_is_a_problem_too() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/")) {
            let path = route.path.replace(['{', '}', '*'], "");
            rep.call("TRACE", &path, None).await.refuses(405, "method_not_allowed");
        }
        for path in [
            "/api",
            "/api/",
            "/api/v1",
            "/api/v1/",
            "/api/v2/me",
            "/api/v1/me/",
            "//api/v1/me",
            "/api/v1//me",
        ] {
            for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
                let reply = rep.call(method, path, None).await;
                assert!(
                    reply.status < 500 && (reply.status >= 400 || !path.starts_with("/api/v")),
                    "{method} {path}: {}",
                    reply.status
                );
            }
        }
    });
}

impl Client {
    async fn post_or(&self, method: &str, path: &str, body: &Json) -> Reply {
        self.call(method, path, Some(body.clone())).await
    }
}
