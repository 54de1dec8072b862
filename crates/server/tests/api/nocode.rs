//! A designer changes what a customer is, through the API: no restart, hidden until granted, and back again.

use crate::company::client::Client;
use crate::company::{House, customer_of, id, in_a_house_of_its_own, intake};
use kedun_core::demo::PASSWORD;
use serde_json::{Value as Json, json};

const DESIGNER: &str = "zheng.kai";
const SECURITY: &str = "feng.an";
const REP: &str = "zhang.wei";
const CUSTOMER: &str = "/api/v1/definitions/object/customer";

async fn definition(client: &Client, kind: &str, name: &str) -> (Json, i64) {
    let reply = client.get(&format!("/api/v1/definitions/{kind}/{name}")).await.expect(200).json();
    (reply["body"].clone(), reply["version"].as_i64().unwrap())
}

/// The customer's definition with one field more, on the form and in the first list.
fn with_field(body: &Json, field: Json) -> Json {
    let mut body = body.clone();
    let name = field["name"].clone();
    body["fields"].as_array_mut().unwrap().push(field);
    for form in body["forms"].as_array_mut().unwrap() {
        form["fields"].as_array_mut().unwrap().push(name.clone());
    }
    body["views"][0]["columns"].as_array_mut().unwrap().push(name);
    body
}

fn chairs() -> Json {
    json!({
        "id": "f90", "name": "chairs", "label": { "zh": "牙椅数", "en": "Chairs" }, "kind": "integer", "class": "L2",
        "filterable": true, "sortable": true, "min": 0,
    })
}

/// Gives a field to a role by name, in every grant on the object.
async fn grant(house: &House, role: &str, field: &str, right: &str) {
    let security = house.as_(SECURITY).await;
    let (mut body, version) = definition(&security, "role", role).await;
    for grant in body["grants"].as_array_mut().unwrap() {
        if grant["object"] == "customer" {
            grant["fields"]["names"][field] = json!(right);
        }
    }
    let path = format!("/api/v1/definitions/role/{role}/versions");
    security.post(&path, json!({ "body": body, "based_on": version })).await.expect(201);
}

fn field_of<'a>(object: &'a Json, name: &str) -> Option<&'a Json> {
    object["fields"].as_array().unwrap().iter().find(|f| f["name"] == name)
}

fn view_of<'a>(object: &'a Json, name: &str) -> Option<&'a Json> {
    object["views"].as_array().unwrap().iter().find(|v| v["name"] == name)
}

/// Every place where a field could show: for this caller it must look as if it had never been thought of.
async fn does_not_exist_for(house: &House, client: &Client, record: &str, field: &str) {
    let object = client.get("/api/v1/objects/customer").await.expect(200).json();
    assert!(!object.to_string().contains(field), "{object}");
    let at = format!("/api/v1/objects/customer/records/{record}");
    assert!(!client.get(&at).await.expect(200).text().contains(field));
    let query = "/api/v1/objects/customer/query";
    let page = client.post(query, json!({ "limit": 200 })).await.expect(200);
    assert!(!page.text().contains(field));
    // Asked for by name it is refused in the very words in which a field is refused that nobody ever defined.
    let asked = |name: &str| {
        vec![
            ("POST", query.to_owned(), json!({ "filter": { "field": name, "op": "gt", "value": 3 } })),
            ("POST", query.to_owned(), json!({ "filter": { "field": name, "op": "empty" } })),
            ("POST", query.to_owned(), json!({ "sort": [{ "field": name }] })),
            ("POST", query.to_owned(), json!({ "fields": [name] })),
            (
                "POST",
                "/api/v1/objects/customer/records".to_owned(),
                json!({ "fields": { "name": "某诊所", name: 3 } }),
            ),
            ("POST", "/api/v1/objects/customer/duplicates".to_owned(), json!({ "fields": { name: 3 } })),
            ("PATCH", at.clone(), json!({ "fields": { name: 3 } })),
            ("POST", format!("{at}/reveals"), json!({ "field": name, "purpose": "call" })),
        ]
    };
    for (hidden, unknown) in asked(field).into_iter().zip(asked("zzzz")) {
        let there = client.call(hidden.0, &hidden.1, Some(hidden.2.clone())).await;
        let nowhere = client.call(unknown.0, &unknown.1, Some(unknown.2)).await;
        assert_eq!(there.status, nowhere.status, "{}: {} against {}", hidden.2, there.text(), nowhere.text());
        assert_eq!(there.text().replace(field, "zzzz"), nowhere.text(), "{}", hidden.2);
    }
    let there = client.get(&format!("{at}/explain?field={field}")).await;
    let nowhere = client.get(&format!("{at}/explain?field=zzzz")).await;
    assert_eq!(there.text().replace(field, "zzzz"), nowhere.text());
    assert!(
        !client
            .get(&format!("/api/v1/objects/customer/records?sort={field}"))
            .await
            .text()
            .contains("\"records\"")
    );
    let history = client.get(&format!("{at}/history")).await;
    assert!(!history.text().contains(field), "{}", history.text());
    let _ = house;
}

#[test]
fn a_field_published_through_the_api_is_hidden_until_granted_and_goes_back() {
    in_a_house_of_its_own(async |house| {
        let designer = house.as_(DESIGNER).await;
        let (rep, manager) = (house.as_(REP).await, house.as_("wang.jianguo").await);
        let record = id(&customer_of(house, &rep).await);
        let at = format!("/api/v1/objects/customer/records/{record}");
        let (body, version) = definition(&designer, "object", "customer").await;
        let mut next = with_field(&body, chairs());
        // A tab that asks about the new field and one that is only ordered by it.
        let label = json!({ "zh": "大诊所", "en": "Large clinics" });
        let asks = json!({ "field": "chairs", "op": "gt", "value": 50 });
        next["views"].as_array_mut().unwrap().extend([
            json!({ "name": "large", "label": label, "filter": { "all": [{ "not": asks }] } }),
            json!({ "name": "by_size", "label": label, "sort": ["-chairs", "name"], "columns": ["name"] }),
        ]);

        // What would change is told before, to those who may publish and to nobody else.
        let preview =
            designer.post(&format!("{CUSTOMER}/previews"), json!({ "body": next })).await.expect(200).json();
        let paths: Vec<&str> =
            preview["changes"].as_array().unwrap().iter().filter_map(|c| c["path"].as_str()).collect();
        assert!(
            paths.contains(&"fields.chairs") && paths.iter().any(|p| p.starts_with("forms.")),
            "{preview}"
        );
        assert_eq!(preview["problems"], json!([]));
        for login in [REP, "wang.jianguo", SECURITY, "shen.ming"] {
            let client = house.as_(login).await;
            for what in ["previews", "versions"] {
                client
                    .post(&format!("{CUSTOMER}/{what}"), json!({ "body": next }))
                    .await
                    .refuses(403, "forbidden");
            }
        }
        let same = designer.get(CUSTOMER).await.json();
        assert_eq!(same["version"], version, "a preview publishes nothing");

        designer
            .post(&format!("{CUSTOMER}/versions"), json!({ "body": next, "based_on": version }))
            .await
            .expect(201);
        designer
            .post(&format!("{CUSTOMER}/versions"), json!({ "body": next, "based_on": version }))
            .await
            .refuses(409, "definition_changed");
        for client in [&rep, &manager] {
            does_not_exist_for(house, client, &record, "chairs").await;
            let object = client.get("/api/v1/objects/customer").await.expect(200).json();
            assert!(view_of(&object, "large").is_none(), "{object}");
            assert_eq!(view_of(&object, "by_size").unwrap()["sort"], json!(["name"]));
        }

        // Granted to reps, in a session that is open already.
        grant(house, "rep", "chairs", "edit").await;
        let object = rep.get("/api/v1/objects/customer").await.expect(200).json();
        let shown = field_of(&object, "chairs").unwrap();
        assert_eq!(
            (&shown["right"], &shown["filterable"], &shown["kind"]),
            (&json!("edit"), &json!(true), &json!("integer"))
        );
        assert!(
            object["forms"]
                .as_array()
                .unwrap()
                .iter()
                .all(|f| f["fields"].as_array().unwrap().contains(&json!("chairs")))
        );
        assert!(object["views"][0]["columns"].as_array().unwrap().contains(&json!("chairs")));
        assert_eq!(view_of(&object, "large").unwrap()["filter"], json!({ "all": [{ "not": asks }] }));
        assert_eq!(view_of(&object, "by_size").unwrap()["sort"], json!(["-chairs", "name"]));
        let changed = rep.patch(&at, json!({ "fields": { "chairs": 120 } })).await.expect(200).json();
        assert_eq!(changed["fields"]["chairs"]["value"], 120);
        rep.patch(&at, json!({ "fields": { "chairs": -1 } })).await.faults("chairs", "below_min");
        rep.patch(&at, json!({ "fields": { "chairs": "many" } }))
            .await
            .faults("chairs", "not_a_whole_number");
        let query = json!({
            "filter": { "field": "chairs", "op": "gt", "value": 100 }, "sort": [{ "field": "chairs", "dir": "desc" }],
            "fields": ["name", "chairs"], "count": true,
        });
        let page = rep.post("/api/v1/objects/customer/query", query).await.expect(200).json();
        assert_eq!(page["count"]["value"], 1);
        assert_eq!(id(&page["records"][0]), record);
        // Values that were written before the field could be filtered on are found as well.
        let history = rep.get(&format!("{at}/history")).await.expect(200);
        assert!(history.text().contains("chairs"), "{}", history.text());
        does_not_exist_for(house, &manager, &record, "chairs").await;

        // Back to how it was: the field is gone for everybody, the value stays for when it comes again.
        let present = designer.get(CUSTOMER).await.json()["version"].as_i64().unwrap();
        designer
            .post(&format!("{CUSTOMER}/rollbacks"), json!({ "to": 999 }))
            .await
            .faults("to", "unknown_version");
        designer
            .post(&format!("{CUSTOMER}/rollbacks"), json!({ "to": version, "based_on": version }))
            .await
            .refuses(409, "definition_changed");
        let back = designer
            .post(&format!("{CUSTOMER}/rollbacks"), json!({ "to": version, "based_on": present }))
            .await
            .expect(201)
            .json();
        assert_eq!(back["version"], present + 1);
        let object = rep.get("/api/v1/objects/customer").await.expect(200).json();
        assert!(field_of(&object, "chairs").is_none(), "{object}");
        assert!(!rep.get(&at).await.expect(200).text().contains("chairs"));
        rep.patch(&at, json!({ "fields": { "chairs": 3 } })).await.expect(422);
        designer.post(&format!("{CUSTOMER}/rollbacks"), json!({ "to": present })).await.expect(201);
        assert_eq!(rep.get(&at).await.expect(200).json()["fields"]["chairs"]["value"], 120);
        let auditor = house.as_("shen.ming").await;
        house.vault.checkpoint().await.unwrap();
        let entries = auditor
            .get("/api/v1/ledger/entries?limit=200&action=definition.roll_back")
            .await
            .expect(200)
            .json();
        assert_eq!(entries["entries"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn an_index_is_not_turned_on_over_records_that_would_be_missing_from_it() {
    in_a_house_of_its_own(async |house| {
        let designer = house.as_(DESIGNER).await;
        let (body, version) = definition(&designer, "object", "customer").await;
        let at = body["fields"].as_array().unwrap().iter().position(|f| {
            let plain = f["class"] == "L1" || f["class"] == "L2";
            plain && f["column"].is_null() && f["filterable"].is_null() && f["kind"] != "multi_select"
        });
        let at = at.unwrap();
        let name = body["fields"][at]["name"].as_str().unwrap().to_owned();
        for flag in ["filterable", "sortable"] {
            let mut next = body.clone();
            next["fields"][at][flag] = json!(true);
            let field = format!("fields.{name}.{flag}");
            let said = designer
                .post(&format!("{CUSTOMER}/previews"), json!({ "body": next }))
                .await
                .expect(200)
                .json();
            assert_eq!(said["problems"][0]["code"], "needs_reindex", "{said}");
            let refused = designer
                .post(&format!("{CUSTOMER}/versions"), json!({ "body": next, "based_on": version }))
                .await
                .faults(&field, "needs_reindex");
            assert!(refused.text().contains(flag), "{}", refused.text());
        }
        // Nobody made a record of it yet, so nothing can be missing.
        let object = json!({
            "name": "van", "label": { "zh": "车辆", "en": "Van" }, "title_field": "name", "subject": "none",
            "fields": [{
                "id": "f1", "name": "name", "label": { "zh": "名称", "en": "Name" }, "kind": "text", "class": "L1",
            }],
        });
        let van = "/api/v1/definitions/object/van/versions";
        designer.post(van, json!({ "body": object })).await.expect(201);
        let mut next = object;
        next["fields"][0]["sortable"] = json!(true);
        designer.post(van, json!({ "body": next, "based_on": 1 })).await.expect(201);
    });
}

#[test]
fn a_sensitive_field_that_a_designer_adds_is_sealed_masked_and_found_only_exactly() {
    in_a_house_of_its_own(async |house| {
        let designer = house.as_(DESIGNER).await;
        let rep = house.as_(REP).await;
        let (body, version) = definition(&designer, "object", "customer").await;
        let mobile = json!({
            "id": "f91", "name": "second_phone", "label": { "zh": "备用手机", "en": "Second phone" }, "kind": "phone",
            "class": "L3", "blind": ["exact", "last4"],
        });
        // Sealed values cannot be ordered or found in parts, so a definition that promises it is refused by name.
        let mut wrong = mobile.clone();
        wrong["sortable"] = json!(true);
        let wrong = with_field(&body, wrong);
        let said =
            designer.post(&format!("{CUSTOMER}/previews"), json!({ "body": wrong })).await.expect(200).json();
        assert!(said["problems"].to_string().contains("sealed_field_cannot_be_projected"), "{said}");
        designer
            .post(&format!("{CUSTOMER}/versions"), json!({ "body": wrong }))
            .await
            .refuses(422, "invalid");

        let next = with_field(&body, mobile);
        designer
            .post(&format!("{CUSTOMER}/versions"), json!({ "body": next, "based_on": version }))
            .await
            .expect(201);
        grant(house, "rep", "second_phone", "reveal+edit").await;
        let planted = "13900001234";
        let body = json!({
            "fields": { "name": "双电话诊所", "second_phone": planted }, "intake": intake(house, false),
        });
        let no_basis = json!({ "fields": body["fields"] });
        rep.post("/api/v1/objects/customer/records", no_basis).await.faults("intake", "basis_required");
        let created = rep.post("/api/v1/objects/customer/records", body).await.expect(201);
        assert!(!created.text().contains(planted));
        let record = id(&created.json());
        assert_eq!(created.json()["fields"]["second_phone"]["masked"], "139****1234");
        let at = format!("/api/v1/objects/customer/records/{record}");
        let revealed = rep
            .post(&format!("{at}/reveals"), json!({ "field": "second_phone", "purpose": "call" }))
            .await
            .expect(200);
        assert!(revealed.text().contains(planted));
        let exactly = json!({ "filter": { "field": "second_phone", "op": "eq", "value": planted } });
        let page = rep.post("/api/v1/objects/customer/query", exactly).await.expect(200).json();
        assert_eq!(page["records"].as_array().unwrap().len(), 1);
        let partly = json!({ "filter": { "field": "second_phone", "op": "contains", "value": "1234" } });
        rep.post("/api/v1/objects/customer/query", partly).await.expect(422);
        let manager = house.as_("wang.jianguo").await;
        assert!(!manager.get(&at).await.expect(200).text().contains("second_phone"));
        // An L4 field asks for its own consent, whoever invented it.
        let (body, version) = definition(&designer, "object", "customer").await;
        let passport = json!({
            "id": "f92", "name": "passport", "label": { "zh": "护照号", "en": "Passport" }, "kind": "text", "class": "L4",
        });
        let next = with_field(&body, passport);
        designer
            .post(&format!("{CUSTOMER}/versions"), json!({ "body": next, "based_on": version }))
            .await
            .expect(201);
        grant(house, "rep", "passport", "reveal+edit").await;
        let new = |sensitive| json!({ "fields": { "name": "护照诊所", "passport": "E12345678" }, "intake": intake(house, sensitive) });
        let records = "/api/v1/objects/customer/records";
        rep.post(records, new(false)).await.faults("passport", "separate_consent_required");
        assert!(!rep.post(records, new(true)).await.expect(201).text().contains("E12345678"));
    });
}

#[test]
fn of_two_who_publish_at_once_one_is_told_that_the_other_was_first() {
    in_a_house_of_its_own(async |house| {
        // A second designer: an account of the system administrator's, with the role given by the security one.
        let first = house.as_(DESIGNER).await;
        let department = first.get("/api/v1/departments").await.json()["departments"][0]["id"].clone();
        let account = json!({ "login": "second.designer", "name": "副手", "department": department, "password": PASSWORD });
        let person = id(&first.post("/api/v1/people", account).await.expect(201).json());
        let roles = json!({ "roles": ["system_admin"] });
        house.as_(SECURITY).await.patch(&format!("/api/v1/people/{person}"), roles).await.expect(200);
        let second = house.as_("second.designer").await;
        for round in 0..8 {
            let (body, version) = definition(&first, "object", "customer").await;
            let next = |who: &str| {
                let mut field = chairs();
                field["id"] = json!(format!("g{round}{who}"));
                field["name"] = json!(format!("chairs_{round}_{who}"));
                json!({ "body": with_field(&body, field), "based_on": version })
            };
            let path = format!("{CUSTOMER}/versions");
            let (a, b) = tokio::join!(first.post(&path, next("a")), second.post(&path, next("b")));
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{} / {}", a.text(), b.text());
            let lost = if a.status == 409 { a } else { b };
            assert_eq!(lost.json()["code"], "definition_changed");
            let (now, present) = definition(&second, "object", "customer").await;
            assert_eq!(present, version + 1);
            assert!(now.to_string().contains(&format!("\"chairs_{round}_")));
        }
    });
}
