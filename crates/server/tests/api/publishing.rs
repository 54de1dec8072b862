//! What is published through the API and changes how the house works: roles, thresholds, the company; by whom, and what
//! is refused.

use crate::company::in_a_house_of_its_own;
use serde_json::{Value as Json, json};

const SYSTEM: &str = "zheng.kai";
const SECURITY: &str = "feng.an";
const AUDIT: &str = "shen.ming";
const OTHERS: [&str; 6] = ["zhang.wei", "sun.yue", "wang.jianguo", "xu.hui", "he.zheng", AUDIT];

#[test]
fn a_preview_of_a_role_says_what_changes_for_whom_in_the_terms_of_the_rules() {
    in_a_house_of_its_own(async |house| {
        let security = house.as_(SECURITY).await;
        let at = "/api/v1/definitions/role/rep";
        let present = security.get(at).await.expect(200).json();
        let mut next = present["body"].clone();
        for grant in next["grants"].as_array_mut().unwrap() {
            if grant["id"] == "rep/customer-own" {
                grant["verbs"].as_array_mut().unwrap().retain(|v| v != "export");
                grant["fields"]["names"]["wechat"] = json!("masked");
            }
        }
        next["reveals_per_hour"] = json!(7);
        let preview =
            security.post(&format!("{at}/previews"), json!({ "body": next })).await.expect(200).json();
        let effects = preview["effects"].as_array().unwrap();
        let verb = json!({ "what": "verb", "grant": "rep/customer-own", "object": "customer", "scope": "own", "verb": "export", "gained": false });
        assert!(effects.contains(&verb), "{preview}");
        let field = json!({ "what": "field", "grant": "rep/customer-own", "object": "customer", "scope": "own", "field": "wechat", "from": "reveal+edit", "to": "masked" });
        assert!(effects.contains(&field), "{preview}");
        assert!(effects.iter().any(|e| e["what"] == "reveals" && e["to"] == 7));
        assert_eq!(effects.len(), 3, "{preview}");
        assert!(
            preview["holders"].to_string().contains("张伟")
                && !preview["holders"].to_string().contains("王建国")
        );
        // A preview changes nothing; a publication shows in the versions, with who did it.
        assert_eq!(security.get(at).await.json()["version"], present["version"]);
        let body = json!({ "body": next, "based_on": present["version"] });
        security.post(&format!("{at}/versions"), body.clone()).await.expect(201);
        security.post(&format!("{at}/versions"), body).await.refuses(409, "definition_changed");
        let versions = security.get(&format!("{at}/versions")).await.expect(200).json();
        let states: Vec<&str> =
            versions["definitions"].as_array().unwrap().iter().filter_map(|v| v["state"].as_str()).collect();
        assert_eq!(states, ["published", "retired"]);
        assert_eq!(versions["definitions"][0]["published_by_name"], "冯安");
        security.get("/api/v1/definitions/role/nothing/versions").await.expect(404);
        for login in ["zhang.wei", "wang.jianguo", "he.zheng"] {
            house.as_(login).await.get(&format!("{at}/versions")).await.refuses(403, "forbidden");
        }
    });
}

#[test]
fn a_new_role_is_made_after_a_pattern_and_gives_its_holders_what_it_says_and_nothing_more() {
    in_a_house_of_its_own(async |house| {
        let security = house.as_(SECURITY).await;
        let pattern =
            security.get("/api/v1/definitions/role/intern").await.expect(200).json()["body"].clone();
        let at = "/api/v1/definitions/role/night_desk";
        let mut body = pattern.clone();
        (body["name"], body["label"]) =
            (json!("night_desk"), json!({ "zh": "夜班前台", "en": "Night desk" }));
        for grant in body["grants"].as_array_mut().unwrap() {
            grant["id"] = json!(grant["id"].as_str().unwrap().replacen("intern/", "night_desk/", 1));
        }
        let preview =
            security.post(&format!("{at}/previews"), json!({ "body": body })).await.expect(200).json();
        assert_eq!((&preview["problems"], &preview["holders"]), (&json!([]), &json!([])), "{preview}");
        let added =
            preview["effects"].as_array().unwrap().iter().filter(|e| e["what"] == "grant_added").count();
        assert_eq!(added, pattern["grants"].as_array().unwrap().len());
        // Nobody else makes roles, and a name that is there is not taken over.
        for login in ["he.zheng", "shen.ming", "wang.jianguo"] {
            let client = house.as_(login).await;
            let new = json!({ "body": body, "based_on": 0 });
            client.post(&format!("{at}/versions"), new).await.refuses(403, "forbidden");
        }
        let mut nameless = body.clone();
        nameless["label"]["en"] = json!(" ");
        security
            .post(&format!("{at}/versions"), json!({ "body": nameless, "based_on": 0 }))
            .await
            .faults("label.en", "required");
        security.post(&format!("{at}/versions"), json!({ "body": body, "based_on": 0 })).await.expect(201);
        security
            .post(&format!("{at}/versions"), json!({ "body": body, "based_on": 0 }))
            .await
            .refuses(409, "definition_changed");
        // Known fields came along: the copy reaches what the pattern reaches, by id.
        let made = security.get(at).await.expect(200).json();
        assert_eq!(made["body"]["grants"][0]["fields"], pattern["grants"][0]["fields"]);

        // Whoever is given it has it at once; the one who made it cannot give it to themselves.
        let feng = security.get("/api/v1/me").await.json()["person"]["id"].as_str().unwrap().to_owned();
        security
            .patch(&format!("/api/v1/people/{feng}"), json!({ "roles": ["security_admin", "night_desk"] }))
            .await
            .refuses(403, "own_roles");
        let mine = security.get("/api/v1/definitions/role/security_admin").await.json()["body"].clone();
        let said = security
            .post("/api/v1/definitions/role/security_admin/previews", json!({ "body": mine }))
            .await
            .expect(200)
            .json();
        assert_eq!(said["problems"][0]["code"], "own_role", "told before it is tried: {said}");
        let rep = house.as_("zhang.wei").await;
        let person = rep.get("/api/v1/me").await.json()["person"]["id"].as_str().unwrap().to_owned();
        security
            .patch(&format!("/api/v1/people/{person}"), json!({ "roles": ["night_desk"] }))
            .await
            .expect(200);
        let mine = rep.get("/api/v1/me").await.expect(200).json();
        assert_eq!(mine["person"]["roles"][0]["name"], "night_desk", "{mine}");
        let intern = house.as_("sun.yue").await;
        let objects = |of: Json| -> Vec<(Json, Json)> {
            of["objects"]
                .as_array()
                .unwrap()
                .iter()
                .map(|o| (o["name"].clone(), o["verbs"].clone()))
                .collect()
        };
        assert_eq!(
            objects(rep.get("/api/v1/objects").await.expect(200).json()),
            objects(intern.get("/api/v1/objects").await.expect(200).json())
        );
    });
}

#[test]
fn thresholds_are_published_by_the_security_administrator_alone_and_held_against_the_model() {
    in_a_house_of_its_own(async |house| {
        let at = "/api/v1/definitions/rules/alerts";
        let security = house.as_(SECURITY).await;
        let ours = security.get(at).await.expect(200).json();
        assert_eq!(
            (ours["version"].clone(), ours["body"]["reveal_rate"]["more_than"].clone()),
            (json!(0), json!(30))
        );
        let mut next = ours["body"].clone();
        next["reveal_rate"]["more_than"] = json!(12);
        let body = json!({ "body": next, "based_on": 0 });
        for login in OTHERS.into_iter().chain([SYSTEM]) {
            house
                .as_(login)
                .await
                .post(&format!("{at}/versions"), body.clone())
                .await
                .refuses(403, "forbidden");
        }
        let mut never = next.clone();
        never["reveal_rate"]["more_than"] = json!(0);
        never["off_hours"]["from_minute"] = json!(1441);
        let said =
            security.post(&format!("{at}/previews"), json!({ "body": never })).await.expect(200).json();
        assert_eq!(said["problems"].as_array().unwrap().len(), 2, "{said}");
        security
            .post(&format!("{at}/versions"), json!({ "body": never }))
            .await
            .faults("reveal_rate.more_than", "out_of_range");
        security
            .post(&format!("{at}/versions"), json!({ "body": { "reveal_rate": { "at_most": 3 } } }))
            .await
            .refuses(422, "invalid");
        security.post("/api/v1/definitions/rules/others/versions", json!({ "body": {} })).await.expect(404);

        let said = security.post(&format!("{at}/previews"), json!({ "body": next })).await.expect(200).json();
        assert_eq!(said["changes"], json!([{ "path": "reveal_rate.more_than", "what": "changed" }]));
        security.post(&format!("{at}/versions"), body.clone()).await.expect(201);
        security.post(&format!("{at}/versions"), body).await.refuses(409, "definition_changed");
        assert_eq!(house.vault.catalog().rules.reveal_rate.more_than, 12);
        assert_eq!(security.get("/api/v1/settings").await.expect(200).json()["rules_version"], 2);
        // Everybody who administers may read them; the product's own stay in the list to compare with.
        let versions = house.as_(AUDIT).await.get(&format!("{at}/versions")).await.expect(200).json();
        let numbers: Vec<_> = versions["definitions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|v| v["version"].as_i64())
            .collect();
        assert_eq!(numbers, [1, 0]);
        house.as_("wang.jianguo").await.get("/api/v1/settings").await.refuses(403, "forbidden");
    });
}

#[test]
fn the_company_is_published_by_the_security_administrator_alone_and_shown_to_everybody() {
    in_a_house_of_its_own(async |house| {
        let at = "/api/v1/definitions/rules/company";
        let versions = format!("{at}/versions");
        let security = house.as_(SECURITY).await;
        let ours = security.get(at).await.expect(200).json();
        let (mut next, base) = (ours["body"].clone(), ours["version"].as_i64().unwrap());
        let public = house.nobody().get("/api/v1/public/notices").await.expect(200).json();
        assert_eq!(public["company"]["name"], ours["body"]["name"]);
        assert_eq!(public["company"]["contact"]["email"], "privacy@ruikang-union.example");

        next["name"] = json!({ "zh": "  新名字有限公司 ", "en": "New Name Ltd" });
        next["calendar"] = json!({ "zone": "Asia/Kolkata", "holidays": ["2027-01-26", "2026-12-25"] });
        next["answer_days"] = json!(10);
        let body = json!({ "body": next, "based_on": base });
        for login in OTHERS.into_iter().chain([SYSTEM, AUDIT]) {
            let other = house.as_(login).await;
            for path in [&versions, &format!("{at}/previews")] {
                other.post(path, body.clone()).await.refuses(403, "forbidden");
            }
            other.post(&format!("{at}/rollbacks"), json!({ "to": base })).await.refuses(403, "forbidden");
        }
        house.as_("zhang.wei").await.get(at).await.refuses(403, "forbidden");
        assert_eq!(house.as_(AUDIT).await.get(at).await.expect(200).json()["version"], base);

        for (pointer, wrong, field, code) in [
            ("/calendar/zone", json!("Europe/Berlin"), "body.calendar.zone", "unknown_option"),
            ("/calendar/zone", json!("UTC+8"), "body.calendar.zone", "unknown_option"),
            ("/calendar/holidays", json!(["2026-02-30"]), "calendar.holidays[0]", "no_such_day"),
            ("/calendar/holidays", json!(["1 October"]), "calendar.holidays[0]", "date_format"),
            ("/calendar/holidays", json!(["2199-10-01"]), "calendar.holidays[0]", "date_out_of_range"),
            ("/calendar/holidays", json!(vec!["2026-10-01"; 401]), "calendar.holidays", "too_many"),
            ("/calendar/holidays", json!(["2026-10-01", "2026-10-01"]), "calendar.holidays[1]", "day_twice"),
            ("/answer_days", json!(16), "answer_days", "out_of_range"),
            ("/answer_days", json!(0), "answer_days", "out_of_range"),
            ("/name/en", json!(" "), "name.en", "required"),
            ("/contact/email", json!("nobody"), "contact.email", "email_format"),
            ("/contact/phone", json!("javascript:1"), "contact.phone", "phone_format"),
        ] {
            let mut bad = next.clone();
            *bad.pointer_mut(pointer).unwrap() = wrong;
            let said = security.post(&versions, json!({ "body": bad })).await;
            said.faults(field, code);
        }
        let mut bad = next.clone();
        bad["calendar"]["daylight_saving"] = json!(true);
        security
            .post(&versions, json!({ "body": bad }))
            .await
            .faults("body.calendar.daylight_saving", "unknown_field");
        let mut bad = next.clone();
        bad["contact"] = json!({ "who": { "zh": "某", "en": "X" } });
        security.post(&versions, json!({ "body": bad })).await.faults("contact.email", "one_way_of_contact");
        assert_eq!(security.get(at).await.json()["version"], base, "nothing of it was published");

        let said = security.post(&format!("{at}/previews"), json!({ "body": next })).await.expect(200).json();
        let changed: Vec<_> =
            said["changes"].as_array().unwrap().iter().filter_map(|c| c["path"].as_str()).collect();
        assert!(changed.contains(&"calendar.zone") && changed.contains(&"answer_days"), "{changed:?}");
        security.post(&versions, body.clone()).await.expect(201);
        security.post(&versions, body).await.refuses(409, "definition_changed");

        let public = house.nobody().get("/api/v1/public/notices").await.expect(200).json();
        assert_eq!(public["company"]["name"], json!({ "zh": "新名字有限公司", "en": "New Name Ltd" }));
        assert_eq!(
            (public["company"]["answer_days"].clone(), public["company"]["utc_offset_minutes"].clone()),
            (json!(10), json!(330))
        );
        assert!(public["company"].get("calendar").is_none());
        assert_eq!(house.as_("zhang.wei").await.get("/api/v1/me").await.json()["utc_offset_minutes"], 330);
        let settings = security.get("/api/v1/settings").await.expect(200).json();
        assert_eq!(settings["zone"], "Asia/Kolkata");
        assert!(
            settings["zones"]
                .as_array()
                .unwrap()
                .iter()
                .any(|z| z["name"] == "Asia/Shanghai" && z["utc_offset_minutes"] == 480)
        );
        let kept = security.get(at).await.json()["body"]["calendar"]["holidays"].clone();
        assert_eq!(kept, json!(["2026-12-25", "2027-01-26"]));
        house.vault.sequence(true).await.unwrap();
        let told =
            house.as_(AUDIT).await.get("/api/v1/ledger/entries?limit=20&action=definition.publish").await;
        assert!(told.expect(200).text().contains("definition.publish"));
    });
}
