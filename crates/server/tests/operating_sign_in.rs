//! The second factor with the real binary: what a password alone opens in a house of one's own, and in the demo's.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::binary::{Server, call, demo_folder, json, kedun, said, settings_for, with};
use common::totp::totp;
use kedun_core::demo::PASSWORD;
use serde_json::{Value as Json, json as body};
use std::path::Path;

const CHOSEN: &str = "eine Kiste voll Aepfel";
const OPTIONAL: (&str, &str) = ("KEDUN_SESSIONS_SECOND_FACTOR", "optional");
const DEMANDED: (&str, &str) = ("KEDUN_SESSIONS_SECOND_FACTOR", "demanded");

/// What a session without the second factor may call.
const OPEN: [&str; 7] = [
    "GET /api/v1/me",
    "PUT /api/v1/me/language",
    "PUT /api/v1/me/password",
    "POST /api/v1/me/totp",
    "POST /api/v1/me/totp/confirmation",
    "DELETE /api/v1/me/totp",
    "DELETE /api/v1/sessions/current",
];

/// A new house on each engine that is there: what `init` says.
fn houses(folder: &Path) -> Vec<Json> {
    let init = |name: &str, more: &[&str]| {
        let at = folder.join(name).display().to_string();
        let output = kedun(["init", "--json", "--folder", &at].iter().chain(more).copied());
        assert!(output.status.success(), "{}", said(&output));
        json(&output)
    };
    let mut houses = vec![init("sqlite", &[])];
    if let Some(url) = common::postgres() {
        let schema = format!("t{}", kedun_vault::new_id().replace('-', ""));
        houses.push(init("postgres", &["--postgres-url", &url, "--schema", &schema]));
    }
    houses
}

fn serve(settings: &str, variables: &[(&str, &str)]) -> Server {
    Server::start(["serve", "--listen", "127.0.0.1:0", "--config", settings], variables)
}

/// Signs one of the three people in and chooses a password.
fn newcomer(server: &Server, made: &Json, which: usize) -> String {
    let account = &made["accounts"][which];
    let once = account["one_time"]["password"].as_str().unwrap();
    let token = server.sign_in(account["login"].as_str().unwrap(), once);
    let choice = body!({ "current": once, "new": CHOSEN });
    assert_eq!(server.call(&token, "PUT", "/api/v1/me/password", choice).0, 204);
    token
}

fn code(answer: &(u16, Json)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

/// Every operation that wants a session and is none of the open ones.
fn closed(server: &Server) -> Vec<(String, String)> {
    let (status, document) = server.get("", "/api/v1/openapi.json");
    assert_eq!(status, 200);
    let mut closed = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let method = method.to_uppercase();
            let is_open = OPEN.contains(&format!("{method} {path}").as_str());
            if !is_open && operation["security"].as_array().is_some_and(|ways| !ways.is_empty()) {
                closed.push((method, path.replace(['{', '}'], "")));
            }
        }
    }
    assert!(closed.len() > 100, "{}", closed.len());
    closed
}

#[test]
fn a_password_alone_opens_nothing_until_a_second_factor_is_enrolled() {
    let folder = tempfile::tempdir().unwrap();
    for made in houses(folder.path()) {
        let server = serve(made["settings"].as_str().unwrap(), &[]);
        // Who has a one-time password chooses their own first.
        let once = made["accounts"][0]["one_time"]["password"].as_str().unwrap();
        let token = server.sign_in("admin", once);
        for path in ["/api/v1/me/totp", "/api/v1/search"] {
            assert_eq!(code(&server.post(&token, path, body!({}))), (403, "choose_password"), "{path}");
        }
        let token = newcomer(&server, &made, 0);

        let (status, me) = server.get(&token, "/api/v1/me");
        assert_eq!(status, 200);
        assert_eq!(me["must_enrol_second_factor"], true, "{me}");
        assert_eq!((&me["objects"], &me["acts"]), (&body!([]), &body!([])));
        for (method, path) in closed(&server) {
            let answer = call(&server.address, &token, &method, &path, (method != "GET").then(|| body!({})));
            assert_eq!(code(&answer), (403, "enrol_second_factor"), "{method} {path}");
        }
        assert_eq!(server.call(&token, "PUT", "/api/v1/me/language", body!({ "language": "en" })).0, 204);

        // A wrong code opens nothing either.
        assert_eq!(server.post(&token, "/api/v1/me/totp", body!({})).0, 200);
        let wrong = body!({ "code": "000000x" });
        assert_eq!(server.post(&token, "/api/v1/me/totp/confirmation", wrong).0, 422);
        assert_eq!(code(&server.get(&token, "/api/v1/people")), (403, "enrol_second_factor"));
        let secret = server.enrol(&token);
        assert_eq!(server.get(&token, "/api/v1/people").0, 200);
        let (_, me) = server.get(&token, "/api/v1/me");
        assert_eq!((&me["must_enrol_second_factor"], &me["totp"]), (&body!(false), &body!(true)));

        // From now on both are asked for.
        let mut credentials = body!({ "login": "admin", "password": CHOSEN });
        assert_eq!(code(&server.post("", "/api/v1/sessions", credentials.clone())), (401, "totp_required"));
        credentials["totp"] = totp(&secret, 0).into();
        let (status, again) = server.post("", "/api/v1/sessions", credentials);
        assert_eq!(status, 201, "{again}");
        assert_eq!(server.get(again["token"].as_str().unwrap(), "/api/v1/people").0, 200);
        assert_eq!(server.stop(), Some(0));
    }
}

#[test]
fn where_it_is_demanded_a_factor_is_replaced_in_one_go_and_never_given_up() {
    let folder = tempfile::tempdir().unwrap();
    for made in houses(folder.path()) {
        let server = serve(made["settings"].as_str().unwrap(), &[]);
        let token = newcomer(&server, &made, 0);
        let old = server.enrol(&token);
        let with_code = body!({ "code": totp(&old, 0) });
        let kept = server.call(&token, "DELETE", "/api/v1/me/totp", with_code);
        assert_eq!(code(&kept), (409, "second_factor_demanded"));

        // Another that was begun is not in force, and a code of it alone puts it in no place.
        let (status, begun) = server.post(&token, "/api/v1/me/totp", body!({}));
        assert_eq!(status, 200, "{begun}");
        let new = begun["secret"].as_str().unwrap();
        assert_ne!(new, old);
        let confirm = |body: Json| server.post(&token, "/api/v1/me/totp/confirmation", body);
        for (answer, field) in [
            (confirm(body!({ "code": totp(new, -1) })), "current"),
            (confirm(body!({ "code": totp(new, -1), "current": totp(new, -1) })), "current"),
            (confirm(body!({ "code": totp(&old, 0), "current": totp(&old, 0) })), "code"),
        ] {
            assert_eq!(
                (answer.0, &answer.1["errors"][0]["field"]),
                (422, &Json::from(field)),
                "{}",
                answer.1
            );
        }
        assert_eq!(server.get(&token, "/api/v1/me").1["totp"], true);
        let (status, answer) = confirm(body!({ "code": totp(new, -1), "current": totp(&old, 0) }));
        assert_eq!(status, 204, "{answer}");
        assert_eq!(confirm(body!({ "code": totp(new, 0) })).1["code"], "totp_not_begun");
        let sign_in = |totp: String| {
            server.post("", "/api/v1/sessions", body!({ "login": "admin", "password": CHOSEN, "totp": totp }))
        };
        assert_eq!(code(&sign_in(totp(&old, 1))), (401, "totp_invalid"));
        assert_eq!(sign_in(totp(new, 0)).0, 201);
        assert_eq!(server.stop(), Some(0));
    }
}

#[test]
fn whoever_lost_theirs_enrols_another_after_it_was_taken_off() {
    let folder = tempfile::tempdir().unwrap();
    for made in houses(folder.path()) {
        let server = serve(made["settings"].as_str().unwrap(), &[]);
        let (lost, security) = (newcomer(&server, &made, 0), newcomer(&server, &made, 1));
        server.enrol(&lost);
        server.enrol(&security);
        let person = server.get(&lost, "/api/v1/me").1["person"]["id"].as_str().unwrap().to_owned();
        let reset = format!("/api/v1/people/{person}/totp");
        assert_eq!(server.call(&security, "DELETE", &reset, body!({})).0, 204);
        assert_eq!(server.get(&lost, "/api/v1/me").0, 401);
        let token = server.sign_in("admin", CHOSEN);
        assert_eq!(code(&server.get(&token, "/api/v1/people")), (403, "enrol_second_factor"));
        server.enrol(&token);
        assert_eq!(server.get(&token, "/api/v1/people").0, 200);
        assert_eq!(server.stop(), Some(0));
    }
}

#[test]
fn the_setting_takes_effect_at_a_start_also_for_sessions_that_are_open() {
    let folder = tempfile::tempdir().unwrap();
    for made in houses(folder.path()) {
        let settings = made["settings"].as_str().unwrap();
        let server = serve(settings, &[OPTIONAL]);
        let token = newcomer(&server, &made, 0);
        assert_eq!(server.get(&token, "/api/v1/people").0, 200);
        let (_, said) = server.get(&token, "/api/v1/settings");
        assert_eq!(said["second_factor"], "optional", "{said}");
        assert_eq!(server.stop(), Some(0));

        let server = serve(settings, &[]);
        assert_eq!(code(&server.get(&token, "/api/v1/people")), (403, "enrol_second_factor"));
        assert_eq!(code(&server.get(&token, "/api/v1/events")), (403, "enrol_second_factor"));
        let secret = server.enrol(&token);
        assert_eq!(server.get(&token, "/api/v1/settings").1["second_factor"], "demanded");
        assert_eq!(server.stop(), Some(0));

        // Where it is left to everybody again, whoever has one may give it up.
        let server = serve(settings, &[OPTIONAL]);
        let with_code = body!({ "code": totp(&secret, 0) });
        assert_eq!(server.call(&token, "DELETE", "/api/v1/me/totp", with_code).0, 204);
        assert_eq!(server.get(&token, "/api/v1/people").0, 200);
        server.sign_in("admin", CHOSEN);
        assert_eq!(server.stop(), Some(0));

        for (variables, level) in [(&[OPTIONAL][..], "warning"), (&[DEMANDED], "ok"), (&[], "ok")] {
            let report = json(&with(["doctor", "--json", "--config", settings], variables, None));
            assert_eq!(sign_in_finding(&report)["level"], level, "{report}");
        }
    }
}

fn sign_in_finding(report: &Json) -> &Json {
    report["findings"].as_array().unwrap().iter().find(|f| f["check"] == "sign-in").unwrap()
}

#[test]
fn the_demo_demands_nothing_whoever_serves_it_unless_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    demo_folder(folder.path());
    let settings = settings_for(folder.path(), "");
    let server = serve(&settings, &[]);
    let token = server.sign_in("zhang.wei", PASSWORD);
    let (_, me) = server.get(&token, "/api/v1/me");
    assert_eq!((&me["second_factor"], &me["must_enrol_second_factor"]), (&body!("optional"), &body!(false)));
    assert_eq!(server.get(&token, "/api/v1/people?limit=1").0, 200);
    assert_eq!(server.stop(), Some(0));
    let report = json(&kedun(["doctor", "--json", "--config", &settings]));
    assert_eq!(sign_in_finding(&report)["level"], "ok", "{report}");

    let server = serve(&settings, &[DEMANDED]);
    assert_eq!(code(&server.get(&token, "/api/v1/people?limit=1")), (403, "enrol_second_factor"));
    let anew = server.sign_in("li.na", PASSWORD);
    assert_eq!(code(&server.get(&anew, "/api/v1/today")), (403, "enrol_second_factor"));
    assert_eq!(server.stop(), Some(0));
}
