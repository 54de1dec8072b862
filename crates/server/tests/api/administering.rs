//! What the three administrators do through the API: accounts, teams, sessions of others, and the question of who can see
//! a customer; and what each of them and everybody else may not.

use crate::company::client::{Client, Reply};
use crate::company::{House, customer_of, id, in_a_house_of_its_own};
use crate::totp::totp;
use serde_json::{Value as Json, json};

const SYSTEM: &str = "zheng.kai";
const SECURITY: &str = "feng.an";
const AUDIT: &str = "shen.ming";
const OTHERS: [&str; 6] = ["zhang.wei", "sun.yue", "wang.jianguo", "xu.hui", "he.zheng", AUDIT];
const LONG_ENOUGH: &str = "a-Password-of-my-own-7";

async fn department(client: &Client, name: &str) -> Json {
    let all = client.get("/api/v1/departments").await.expect(200).json();
    all["departments"].as_array().unwrap().iter().find(|d| d["name"] == name).cloned().unwrap()
}

async fn sign_in(house: &House, login: &str, password: &str) -> Reply {
    house.nobody().post("/api/v1/sessions", json!({ "login": login, "password": password })).await
}

async fn actions(house: &House, action: &str) -> usize {
    house.vault.checkpoint().await.unwrap();
    let path = format!("/api/v1/ledger/entries?limit=200&action={action}");
    house.as_(AUDIT).await.get(&path).await.expect(200).json()["entries"].as_array().unwrap().len()
}

#[test]
fn a_one_time_password_opens_nothing_but_the_choice_of_another() {
    in_a_house_of_its_own(async |house| {
        let admin = house.as_(SYSTEM).await;
        let team = id(&department(&admin, "上海组").await);
        let new = json!({ "login": "xin.ren", "name": "新人", "staff_no": "RK2001", "department": team });
        for login in OTHERS.into_iter().chain([SECURITY]) {
            house.as_(login).await.post("/api/v1/people", new.clone()).await.refuses(403, "forbidden");
        }
        let opened = admin.post("/api/v1/people", new.clone()).await.expect(201).json();
        let password = opened["one_time"]["password"].as_str().unwrap().to_owned();
        admin.post("/api/v1/people", new).await.faults("login", "login_taken");
        let at = format!("/api/v1/people/{}", id(&opened));
        let shown = admin.get(&at).await.expect(200);
        assert_eq!(shown.json()["one_time"], true);
        assert!(!shown.text().contains(&password), "it is shown once");
        house.as_(SECURITY).await.patch(&at, json!({ "roles": ["rep"] })).await.expect(200);

        let reply = sign_in(house, "xin.ren", &password).await.expect(201).json();
        let newcomer = house.nobody().with_token(reply["token"].as_str().unwrap());
        let me = newcomer.get("/api/v1/me").await.expect(200).json();
        assert_eq!(
            (me["must_choose_password"].clone(), me["objects"].clone(), me["acts"].clone()),
            (json!(true), json!([]), json!([]))
        );
        for path in
            ["/api/v1/today", "/api/v1/objects", "/api/v1/people", "/api/v1/departments", "/api/v1/events"]
        {
            newcomer.get(path).await.refuses(403, "choose_password");
        }
        let query = "/api/v1/objects/customer/query";
        newcomer.post(query, json!({ "limit": 1 })).await.refuses(403, "choose_password");

        let choose = |new: &str| json!({ "current": password, "new": new });
        newcomer
            .call("PUT", "/api/v1/me/password", Some(choose(&password)))
            .await
            .faults("new", "same_as_before");
        newcomer.call("PUT", "/api/v1/me/password", Some(choose(LONG_ENOUGH))).await.expect(204);
        newcomer.post(query, json!({ "limit": 1 })).await.expect(200);
        assert_eq!(newcomer.get("/api/v1/me").await.json()["must_choose_password"], false);
        assert_eq!(admin.get(&at).await.json()["one_time"], false);
        sign_in(house, "xin.ren", &password).await.refuses(401, "invalid_credentials");
        assert!(actions(house, "person.add").await > 0);
    });
}

#[test]
fn a_one_time_password_that_nobody_used_in_time_is_no_password() {
    in_a_house_of_its_own(async |house| {
        let admin = house.anew(SYSTEM).await;
        let team = id(&department(&admin, "上海组").await);
        let new = json!({ "login": "man.ren", "name": "慢人", "department": team });
        let opened = admin.post("/api/v1/people", new).await.expect(201).json();
        let password = opened["one_time"]["password"].as_str().unwrap();
        house.clock.advance(kedun_vault::ONE_TIME_MS);
        sign_in(house, "man.ren", password).await.refuses(401, "invalid_credentials");
    });
}

/// Whoever holds an open session and guesses at the password outside does not set the count back with a code of their own.
#[test]
fn a_second_factor_that_comes_or_goes_forgives_no_guess_at_the_password() {
    in_a_house_of_its_own(async |house| {
        let inside = house.anew("zhang.wei").await;
        for _ in 0..4 {
            sign_in(house, "zhang.wei", "a-Wrong-Guess-2026").await.refuses(401, "invalid_credentials");
            // No guess has to wait for long, and each code below is a later one.
            house.clock.advance(60_000);
        }
        let begin = async || {
            let begun = inside.post("/api/v1/me/totp", json!({})).await.expect(200).json();
            begun["secret"].as_str().unwrap().to_owned()
        };
        let confirm = "/api/v1/me/totp/confirmation";
        let old = begin().await;
        inside.post(confirm, json!({ "code": totp(&old, 8) })).await.expect(204);
        house.clock.advance(60_000);
        let new = begin().await;
        let both = json!({ "code": totp(&new, 10), "current": totp(&old, 10) });
        inside.post(confirm, both).await.expect(204);
        house.clock.advance(60_000);
        let code = json!({ "code": totp(&new, 12) });
        inside.call("DELETE", "/api/v1/me/totp", Some(code)).await.expect(204);

        sign_in(house, "zhang.wei", "a-Wrong-Guess-2026").await.refuses(401, "invalid_credentials");
        sign_in(house, "zhang.wei", kedun_core::demo::PASSWORD).await.refuses(429, "locked");
        // The password that is proved forgives them.
        house.clock.advance(120_000);
        sign_in(house, "zhang.wei", kedun_core::demo::PASSWORD).await.expect(201);
        for _ in 0..4 {
            sign_in(house, "zhang.wei", "a-Wrong-Guess-2026").await.refuses(401, "invalid_credentials");
            house.clock.advance(60_000);
        }
        sign_in(house, "zhang.wei", kedun_core::demo::PASSWORD).await.expect(201);
    });
}

#[test]
fn one_administrator_resets_passwords_another_second_factors_and_nobody_their_own() {
    in_a_house_of_its_own(async |house| {
        let (system, security) = (house.as_(SYSTEM).await, house.as_(SECURITY).await);
        let rep = house.id_of("zhang.wei").await;
        let at = format!("/api/v1/people/{rep}");
        for login in OTHERS.into_iter().chain([SECURITY]) {
            house
                .as_(login)
                .await
                .call("POST", &format!("{at}/password-resets"), None)
                .await
                .refuses(403, "forbidden");
        }
        for login in OTHERS.into_iter().chain([SYSTEM]) {
            house.as_(login).await.delete(&format!("{at}/totp")).await.refuses(403, "forbidden");
        }
        let own = |whose: String| format!("/api/v1/people/{whose}");
        let mine = own(house.id_of(SYSTEM).await);
        system.call("POST", &format!("{mine}/password-resets"), None).await.refuses(403, "reset_oneself");
        system
            .call("PUT", &format!("{mine}/state"), Some(json!({ "state": "frozen" })))
            .await
            .refuses(403, "freeze_oneself");
        let mine = own(house.id_of(SECURITY).await);
        security.delete(&format!("{mine}/totp")).await.refuses(403, "reset_oneself");
        security.delete(&format!("{at}/totp")).await.refuses(409, "totp_not_enrolled");
        system.call("POST", "/api/v1/people/nobody/password-resets", None).await.expect(404);

        // Whoever was signed in is out, and what they knew is worth nothing.
        let there = house.anew("zhang.wei").await;
        let reset = system.call("POST", &format!("{at}/password-resets"), None).await.expect(201).json();
        there.get("/api/v1/me").await.refuses(401, "no_session");
        sign_in(house, "zhang.wei", kedun_core::demo::PASSWORD).await.refuses(401, "invalid_credentials");
        let once = reset["password"].as_str().unwrap();
        let reply = sign_in(house, "zhang.wei", once).await.expect(201).json();
        let back = house.nobody().with_token(reply["token"].as_str().unwrap());
        back.get("/api/v1/today").await.refuses(403, "choose_password");
        assert_eq!((actions(house, "password.reset").await, actions(house, "totp.reset").await), (1, 0));
    });
}

#[test]
fn a_frozen_account_comes_back_with_a_one_time_password_and_not_while_its_records_move() {
    in_a_house_of_its_own(async |house| {
        let admin = house.as_(SYSTEM).await;
        let rep = house.id_of("huang.lei").await;
        let at = format!("/api/v1/people/{rep}/state");
        let put = async |client: &Client, state: &str| {
            client.call("PUT", &at, Some(json!({ "state": state }))).await
        };
        for login in OTHERS.into_iter().filter(|l| *l != "wang.jianguo").chain([SECURITY]) {
            put(&house.as_(login).await, "frozen").await.refuses(403, "forbidden");
            put(&house.as_(login).await, "active").await.refuses(403, "forbidden");
        }
        put(&admin, "active").await.refuses(409, "account_active");
        let there = house.anew("huang.lei").await;
        let frozen = put(&admin, "frozen").await.expect(200).json();
        assert!(frozen["ended"]["sessions"].as_u64().unwrap() > 0);
        there.get("/api/v1/me").await.refuses(401, "no_session");
        let frozen = admin.get("/api/v1/people?state=frozen").await.expect(200).json();
        assert_eq!(frozen["people"].as_array().unwrap().len(), 1);
        // Who does not look after accounts does not learn who left.
        let seen = house.as_("zhang.wei").await.get("/api/v1/people?state=frozen").await.expect(200).json();
        assert_eq!(seen["people"], json!([]));
        admin
            .call("POST", &format!("/api/v1/people/{rep}/password-resets"), None)
            .await
            .refuses(409, "account_frozen");
        let back = put(&admin, "active").await.expect(200).json();
        sign_in(house, "huang.lei", kedun_core::demo::PASSWORD).await.refuses(401, "invalid_credentials");
        sign_in(house, "huang.lei", back["one_time"]["password"].as_str().unwrap()).await.expect(201);
        let handover = json!({ "person": rep, "reason": "resignation" });
        admin.post("/api/v1/handovers", handover).await.expect(201);
        put(&admin, "active").await.refuses(409, "handover_open");
        assert_eq!(
            (actions(house, "person.freeze").await, actions(house, "person.let_in_again").await),
            (1, 1)
        );
    });
}

#[test]
fn teams_are_added_moved_and_removed_and_what_people_see_follows_the_tree() {
    in_a_house_of_its_own(async |house| {
        let admin = house.as_(SYSTEM).await;
        let (east, south) = (department(&admin, "华东销售部").await, department(&admin, "华南销售部").await);
        let shenzhen = department(&admin, "深圳组").await;
        let rep = house.as_("huang.lei").await;
        let record = id(&customer_of(house, &rep).await);
        let at = format!("/api/v1/objects/customer/records/{record}");
        let (east_lead, south_lead) = (house.as_("wang.jianguo").await, house.as_("liu.fang").await);
        south_lead.get(&at).await.expect(200);
        east_lead.get(&at).await.expect(404);

        let move_to = |parent: &Json| json!({ "parent": parent["id"] });
        let path = |d: &Json| format!("/api/v1/departments/{}", d["id"].as_str().unwrap());
        for login in OTHERS.into_iter().chain([SECURITY]) {
            let client = house.as_(login).await;
            client.patch(&path(&shenzhen), move_to(&east)).await.refuses(403, "forbidden");
            client.post("/api/v1/departments", json!({ "name": "私设组" })).await.refuses(403, "forbidden");
            client.delete(&path(&shenzhen)).await.refuses(403, "forbidden");
            assert!(department(&client, "深圳组").await.get("people").is_none(), "{login}");
        }
        admin.patch(&path(&shenzhen), move_to(&east)).await.expect(200);
        east_lead.get(&at).await.expect(200);
        south_lead.get(&at).await.expect(404);

        // No circle, no two of one name side by side, no parent that is not there.
        admin.patch(&path(&east), move_to(&shenzhen)).await.faults("parent", "department_below_itself");
        admin.patch(&path(&east), move_to(&east)).await.faults("parent", "department_below_itself");
        admin
            .patch(&path(&shenzhen), json!({ "parent": "nowhere" }))
            .await
            .faults("parent", "unknown_record");
        admin.patch(&path(&shenzhen), json!({ "name": "上海组" })).await.faults("name", "department_taken");
        admin.patch(&path(&shenzhen), json!({ "name": "  " })).await.faults("name", "required");
        admin.patch(&path(&shenzhen), json!({})).await.faults("body", "required");
        admin.patch("/api/v1/departments/nowhere", json!({ "name": "无" })).await.expect(404);

        let new = json!({ "name": "苏州组", "parent": east["id"] });
        let suzhou = admin.post("/api/v1/departments", new).await.expect(201).json();
        admin.patch(&path(&suzhou), json!({ "name": "苏锡常组", "position": 0 })).await.expect(200);
        let all = admin.get("/api/v1/departments").await.json();
        let names: Vec<&str> = all["departments"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|d| d["parent"] == east["id"])
            .filter_map(|d| d["name"].as_str())
            .collect();
        assert_eq!(names.first(), Some(&"苏锡常组"), "{names:?}");
        let shown = department(&admin, "上海组").await;
        assert!(shown["people"].as_u64().unwrap() > 0);
        assert_eq!(shown["heads"][0]["name"], "赵强");
        admin.delete(&path(&south)).await.refuses(409, "department_in_use");
        admin.delete(&path(&suzhou)).await.expect(204);
        admin.delete(&path(&suzhou)).await.expect(404);
        assert_eq!(actions(house, "department.change").await, 2);
        assert_eq!(
            (actions(house, "department.add").await, actions(house, "department.remove").await),
            (1, 1)
        );
    });
}

#[test]
fn of_two_moves_that_would_make_a_circle_together_one_is_refused() {
    in_a_house_of_its_own(async |house| {
        let admin = house.as_(SYSTEM).await;
        for round in 0..6 {
            let add = async |name: &str| {
                let new = json!({ "name": format!("{name}{round}") });
                id(&admin.post("/api/v1/departments", new).await.expect(201).json())
            };
            let (a, b) = (add("甲").await, add("乙").await);
            let under = async |child: &str, parent: &str| {
                admin.patch(&format!("/api/v1/departments/{child}"), json!({ "parent": parent })).await
            };
            let (first, second) = tokio::join!(under(&a, &b), under(&b, &a));
            let mut statuses = [first.status, second.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 422], "{} / {}", first.text(), second.text());
        }
    });
}

#[test]
fn nobody_brings_a_department_under_their_own() {
    in_a_house_of_its_own(async |house| {
        // An administrator of accounts who also leads a team.
        let admin = house.as_(SYSTEM).await;
        let person = house.id_of(SYSTEM).await;
        let roles = json!({ "roles": ["system_admin", "manager"] });
        house.as_(SECURITY).await.patch(&format!("/api/v1/people/{person}"), roles).await.expect(200);
        let own = department(&admin, "信息技术部").await;
        let shanghai = department(&admin, "上海组").await;
        let path = format!("/api/v1/departments/{}", shanghai["id"].as_str().unwrap());
        admin.patch(&path, json!({ "parent": own["id"] })).await.refuses(403, "own_department");
        // Nor by way of a new one.
        let below = json!({ "name": "小组", "parent": own["id"] });
        let below = admin.post("/api/v1/departments", below).await.expect(201).json();
        admin.patch(&path, json!({ "parent": below["id"] })).await.refuses(403, "own_department");
        let seen =
            admin.post("/api/v1/objects/customer/query", json!({ "limit": 5 })).await.expect(200).json();
        let in_no_pool = |r: &&Json| r["pool"].is_null();
        assert_eq!(seen["records"].as_array().unwrap().iter().filter(in_no_pool).count(), 0);
    });
}

#[test]
fn who_can_see_a_customer_is_told_to_those_who_may_ask_and_agrees_with_what_they_see() {
    in_a_house_of_its_own(async |house| {
        let rep = house.as_("zhang.wei").await;
        let record = id(&customer_of(house, &rep).await);
        let at = format!("/api/v1/objects/customer/records/{record}");
        let asked = format!("{at}/explain?who=true");
        rep.get(&asked).await.refuses(403, "forbidden");
        for login in ["chen.jing", "li.na", AUDIT, SYSTEM] {
            house.as_(login).await.get(&asked).await.expect(404);
        }
        let security = house.as_(SECURITY).await;
        let told = security.get(&asked).await.expect(200).json();
        assert_eq!(told["others"], 0);
        let names: Vec<String> = told["who"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["person"]["name"].as_str().unwrap().to_owned())
            .collect();
        for login in
            OTHERS.into_iter().chain(["li.na", "chen.jing", "zhao.qiang", "liu.fang", SYSTEM, SECURITY])
        {
            let client = house.as_(login).await;
            let me = client.get("/api/v1/me").await.json()["person"]["name"].as_str().unwrap().to_owned();
            let sees = client.get(&at).await.status == 200;
            assert_eq!(names.contains(&me), sees, "{login}: {names:?}");
        }
        let owner = told["who"].as_array().unwrap().iter().find(|s| s["person"]["name"] == "张伟").unwrap();
        assert_eq!(owner["because"][0]["scope"], "own");
        assert_eq!(owner["right"], "edit");

        // A manager is told of their own people by name, and of others by number.
        let manager = house.as_("zhao.qiang").await;
        let told = manager.get(&asked).await.expect(200).json();
        assert!(told["others"].as_u64().unwrap() > 0, "the director above");
        assert!(!told["who"].to_string().contains("王建国"));
        house.as_("liu.fang").await.get(&asked).await.expect(404);
        // Whoever of another department sees the record and not the field is not counted among those who see the field.
        let others = async |query: &str| {
            let told = manager.get(&format!("{asked}{query}")).await.expect(200).json();
            told["others"].as_u64().unwrap()
        };
        let (of_record, of_field) = (others("").await, others("&field=id_number").await);
        assert!(of_field > 0, "the director above");
        let until = kedun_model::moment::text(house.clock.now() + 86_400_000);
        let share = json!({ "person": house.id_of("chen.jing").await, "level": "read", "purpose": "同行", "until": until });
        rep.post(&format!("{at}/shares"), share).await.expect(201);
        assert_eq!(others("").await, of_record + 1);
        assert_eq!(others("&field=id_number").await, of_field);
        // Field by field; a field that does not exist is refused by name.
        let told = security.get(&format!("{asked}&field=phone")).await.expect(200).json();
        assert!(told["who"].as_array().unwrap().iter().all(|s| s["right"] != "none"));
        security.get(&format!("{asked}&field=zzzz")).await.faults("field", "unknown_field");
        // A field that is hidden from who asks is refused like one that nobody ever defined, whoever it is asked about.
        let designer = house.as_(SYSTEM).await;
        let at_object = "/api/v1/definitions/object/customer";
        let mut next = designer.get(at_object).await.expect(200).json()["body"].clone();
        next["fields"].as_array_mut().unwrap().push(json!({
            "id": "f95", "name": "secret_rating", "label": { "zh": "内评", "en": "Rating" }, "kind": "integer", "class": "L2",
        }));
        designer.post(&format!("{at_object}/versions"), json!({ "body": next })).await.expect(201);
        let whose = house.id_of("zhang.wei").await;
        for question in ["who=true".to_owned(), format!("person={whose}")] {
            let of = |field: &str| format!("{at}/explain?{question}&field={field}");
            manager.get(&of("secret_rating")).await.faults("field", "unknown_field");
            security.get(&of("secret_rating")).await.expect(200);
        }
        // Nor is a manager told of their people where they do not see the record.
        let far = id(&customer_of(house, &house.as_("chen.jing").await).await);
        // The number that stands for a record asks for the same, under the same rules.
        let by_number = |record: &str| {
            let number = record[record.len() - 8..].to_uppercase();
            format!("/api/v1/objects/customer/records/{number}/explain?who=true")
        };
        let (by_id, numbered) = (security.get(&asked).await, security.get(&by_number(&record)).await);
        assert_eq!(by_id.expect(200).json(), numbered.expect(200).json());
        manager.get(&by_number(&record)).await.expect(200);
        manager.get(&by_number(&far)).await.expect(404);
        rep.get(&by_number(&record)).await.expect(404);
        security.get(&by_number("00000000-0000-0000-0000-000000000000")).await.expect(404);
        let lead = format!("/api/v1/objects/lead/records/{}/explain?who=true", &record[record.len() - 8..]);
        security.get(&lead).await.expect(404);
        let far = format!("/api/v1/objects/customer/records/{far}/explain?person={whose}");
        manager.get(&far).await.expect(404);
        let nobody = "/api/v1/objects/customer/records/019b0000-0000-7000-8000-000000000000/explain?who=true";
        security.get(nobody).await.expect(404);
        assert!(actions(house, "policy.who").await >= 2);
    });
}

#[test]
fn living_sessions_of_others_are_listed_and_ended_by_those_within_whose_reach_they_are() {
    in_a_house_of_its_own(async |house| {
        let there = house.anew("zhang.wei").await;
        let (rep, far) = (house.id_of("zhang.wei").await, house.id_of("chen.jing").await);
        let security = house.as_(SECURITY).await;
        for login in ["zhang.wei", "xu.hui", AUDIT, SYSTEM] {
            house.as_(login).await.get("/api/v1/people/present").await.refuses(403, "forbidden");
        }
        let found = |list: &Json, whose: &str| {
            let people = list["people"].as_array().unwrap();
            people.iter().find(|p| p["person"]["id"] == whose).cloned()
        };
        let lead = house.as_("zhao.qiang").await;
        let near = lead.get("/api/v1/people/present").await.expect(200).json();
        assert!(found(&near, &rep).is_some() && found(&near, &far).is_none(), "{near}");
        let all = security.get("/api/v1/people/present").await.expect(200).json();
        assert!(found(&all, &far).is_some());
        assert!(found(&all, &house.id_of(SECURITY).await).is_none(), "one's own are elsewhere");

        let devices = found(&all, &rep).unwrap()["devices"].clone();
        let session_of = async |client: &Client| {
            let mine = client.get("/api/v1/sessions").await.expect(200).json();
            id(mine["sessions"].as_array().unwrap().iter().find(|s| s["current"] == true).unwrap())
        };
        let session = session_of(&there).await;
        assert!(devices.to_string().contains(&session));
        let ends = format!("/api/v1/people/{rep}/sessions/{session}");
        house.as_("lin.tao").await.delete(&ends).await.refuses(403, "forbidden");
        // Somebody else's session under the right person's name is none.
        lead.delete(&format!("/api/v1/people/{rep}/sessions/{}", session_of(&lead).await)).await.expect(404);
        lead.delete(&ends).await.expect(204);
        there.get("/api/v1/me").await.refuses(401, "no_session");
        lead.delete(&ends).await.expect(404);

        let there = house.anew("zhang.wei").await;
        let session = session_of(&there).await;
        let all = security.get("/api/v1/people/present").await.expect(200).json();
        let present = found(&all, &rep).unwrap();
        let device = present["devices"]
            .as_array()
            .unwrap()
            .iter()
            .find(|d| d["sessions"].to_string().contains(&session))
            .unwrap();
        let ends = format!("/api/v1/people/{rep}/devices/{}", id(device));
        house.as_("lin.tao").await.delete(&ends).await.refuses(403, "forbidden");
        security.delete(&ends).await.expect(204);
        there.get("/api/v1/me").await.refuses(401, "no_session");
        assert_eq!(
            (actions(house, "session.end_other").await, actions(house, "device.end_other").await),
            (1, 1)
        );
    });
}
