//! Step 9 over the API: after an erasure nothing that was ever typed about the person is stored anywhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::binary::{json as json_of, kedun, psql, said};
use common::{House, certificate, houses, kek, options};
use kedun_core::{approvals, erasures};
use kedun_model::flow::{Decision, Snapshot};
use kedun_model::{PersonId, RecordId, SubjectId};
use kedun_vault::{
    Act, DATA_FILE, Examiner, KEYRING_FILE, NewPerson, NewRecord, Source, Task, Vault, tampering,
};
use serde_json::{Value as Json, json};

const ERASURES: &str = "/api/v1/erasures";
/// Everything that is typed about the person, in every place that takes text. None of it is a word of the demo.
const PLANTED: [&str; 15] = [
    "坤瓴楠",
    "13911112227",
    "11010519491231002X",
    "鹮蠡旧名",
    "followed-up-qz1",
    "plan-of-qz2",
    "鱻联系人",
    "13922223338",
    "purpose-qz3",
    "why-revealed-qz4",
    "why-exported-qz5",
    "noted-before-qz6",
    "why-refused-qz7",
    "ordered-and-left-qz8",
    "why-destroyed-qz9",
];

/// A customer with a trace in every table.
async fn planted(house: &House) -> String {
    let rep = house.token("zhang.wei").await;
    let version = house.vault.catalog().notices["sales_contact"].version;
    let body = json!({
        "fields": { "name": PLANTED[3], "phone": PLANTED[1], "id_number": PLANTED[2] },
        "intake": {
            "notice": { "id": "sales_contact", "version": version }, "purpose": "sales_contact", "basis": "consent",
            "channel": "in_person",
            "consents": [{ "kind": "collect", "given": true }, { "kind": "sensitive", "given": true }],
        },
    });
    let records = "/api/v1/objects/customer/records";
    let customer = house.post(&rep, records, body).await.expect(201).id();
    let one = format!("{records}/{customer}");
    let change = json!({ "fields": { "name": PLANTED[0] }, "revision": 1 });
    house.call(&rep, "PATCH", &one, Some(change)).await.expect(200);
    let soon = kedun_model::moment::text(house.vault.clock().now() + 86_400_000);
    let now = kedun_model::moment::text(house.vault.clock().now() - 1000);
    for (object, fields) in [
        ("follow_up", json!({ "customer": customer, "kind": "call", "content": PLANTED[4], "at": now })),
        ("plan", json!({ "customer": customer, "what": PLANTED[5], "due_at": soon })),
        ("contact", json!({ "customer": customer, "name": PLANTED[6], "phone": PLANTED[7] })),
    ] {
        let path = format!("/api/v1/objects/{object}/records");
        house.post(&rep, &path, json!({ "fields": fields })).await.expect(201);
    }
    let friend = house.id_of("li.na").await;
    let share = json!({ "person": friend, "level": "read", "purpose": PLANTED[8], "until": soon });
    house.post(&rep, &format!("{one}/shares"), share).await.expect(201);
    let reveal = json!({ "field": "phone", "purpose": format!("other: {}", PLANTED[9]) });
    house.post(&rep, &format!("{one}/reveals"), reveal).await.expect(200);
    house.post(&rep, "/api/v1/search", json!({ "q": PLANTED[1] })).await.expect(200);
    let filter = json!({ "filter": { "field": "phone", "op": "eq", "value": PLANTED[1] } });
    house.post(&rep, "/api/v1/objects/customer/query", filter).await.expect(200);
    customer
}

/// A rendered export that holds the customer, found by their phone.
async fn exported(house: &House) {
    let rep = house.token("zhang.wei").await;
    let filter = json!({ "field": "phone", "op": "eq", "value": PLANTED[1] });
    let order = json!({ "object": "customer", "fields": ["name"], "filter": filter, "purpose": "report", "format": "csv" });
    let case = house.post(&rep, "/api/v1/exports", order).await.expect(202).body;
    assert_eq!(case["rows"], 1);
    let rendered = kedun_core::exports::render_next(&house.vault).await.unwrap();
    assert_eq!(rendered, Some(RecordId::new(case["id"].as_str().unwrap())));
}

async fn second_lawyer(house: &House) {
    let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
    tx.add_person(NewPerson {
        login: "second.lawyer".into(),
        name: "丁一".into(),
        staff_no: "RK9999".into(),
        department: None,
        password: kedun_core::demo::PASSWORD.into(),
        roles: vec!["legal".into()],
        language: "zh-CN".into(),
    })
    .await
    .unwrap();
    tx.commit(Act::new("test", "person")).await.unwrap();
}

/// An export in clear, with a word of who approved it; and orders that never became a file, one taken back by who gave it
/// and one refused, whose filters say whom they were about.
async fn ordered(house: &House) {
    let (rep, manager) = (house.token("zhang.wei").await, house.token("wang.jianguo").await);
    let order = async |filter: Json| {
        let order = json!({
            "object": "customer", "fields": ["name", "phone"], "filter": filter, "purpose": "report", "format": "csv", "clear": true,
        });
        let case = house.post(&rep, "/api/v1/exports", order).await.expect(202);
        assert_eq!(case.body["state"], "waiting");
        let tasks = house.get(&manager, "/api/v1/tasks").await.expect(200).body;
        let task =
            tasks["tasks"].as_array().unwrap().iter().find(|t| t["target"] == json!(case.id())).cloned();
        (case.id(), task.unwrap()["id"].as_str().unwrap().to_owned())
    };
    let (case, task) = order(json!({ "field": "phone", "op": "eq", "value": PLANTED[1] })).await;
    say(house, &manager, &task, Decision::Approve, PLANTED[10]).await;
    let rendered = kedun_core::exports::render_next(&house.vault).await.unwrap();
    assert_eq!(rendered, Some(RecordId::new(case.as_str())));
    let named = json!({ "any": [
        { "field": "name", "op": "eq", "value": PLANTED[0] }, { "field": "name", "op": "eq", "value": PLANTED[13] },
    ] });
    let (taken_back, _) = order(named.clone()).await;
    assert!(!holding(house, &[PLANTED[13]]).await.is_empty(), "who decides is shown what is asked for");
    let cancelled =
        house.call(&rep, "POST", &format!("/api/v1/exports/{taken_back}/cancellation"), None).await;
    cancelled.expect(204);
    let (_, task) = order(named).await;
    say(house, &manager, &task, Decision::Reject, "not this one").await;
    // Nobody of that name any more: there is a file, and no look leads to it.
    let none = json!({
        "object": "customer", "fields": ["name"], "filter": { "field": "name", "op": "eq", "value": PLANTED[13] },
        "purpose": "report", "format": "csv",
    });
    house.post(&rep, "/api/v1/exports", none).await.expect(202);
    kedun_core::exports::render_next(&house.vault).await.unwrap();
    let left = holding(house, &[PLANTED[13]]).await;
    assert!(left.is_empty(), "{left:#?}");
}

/// A case that was asked for with a note, and refused with a reason.
async fn refused_once(house: &House, customer: &str) {
    let (legal, other) = (house.token("he.zheng").await, house.token("second.lawyer").await);
    let new = json!({ "object": "customer", "record": customer, "ground": "consent_withdrawn", "note": PLANTED[11] });
    let case = house.post(&legal, ERASURES, new).await.expect(201);
    say(house, &other, case.body["task"].as_str().unwrap(), Decision::Reject, PLANTED[12]).await;
    let refused = house.get(&legal, &format!("{ERASURES}/{}", case.id())).await.expect(200).body;
    assert_eq!((&refused["state"], &refused["refusal"]), (&json!("rejected"), &json!(PLANTED[12])));
}

async fn decide(house: &House, token: &str, task: &str) {
    say(house, token, task, Decision::Approve, "").await;
}

async fn say(house: &House, token: &str, task: &str, decision: Decision, comment: &str) {
    let hash =
        house.get(token, &format!("/api/v1/tasks/{task}")).await.expect(200).body["snapshot_hash"].clone();
    let scope = house.vault.authenticate(token).await.unwrap();
    let hash = Snapshot::parse(hash.as_str().unwrap()).unwrap();
    approvals::decide(&house.vault, &scope, task, decision, &hash, comment).await.unwrap();
}

async fn holding(house: &House, words: &[&str]) -> Vec<String> {
    let all = tampering::everything(&house.source, &kek()).await.unwrap();
    all.into_iter().filter(|value| words.iter().any(|w| value.contains(w))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_nothing_that_was_typed_about_the_person_is_stored_anywhere() {
    for house in houses().await {
        second_lawyer(&house).await;
        let customer = planted(&house).await;
        let before = holding(&house, &[PLANTED[0], PLANTED[8]]).await;
        assert!(before.len() >= 2, "the test sees what is stored: {before:?}");
        let old = house.folder.path().join("old");
        let copy = match house.source {
            Source::Sqlite { .. } => Some(house.vault.backup(&old, None).await.unwrap()),
            Source::Postgres { .. } => None,
        };
        exported(&house).await;
        ordered(&house).await;
        refused_once(&house, &customer).await;

        let (legal, other) = (house.token("he.zheng").await, house.token("second.lawyer").await);
        let new = json!({
            "object": "customer", "record": customer, "ground": "consent_withdrawn", "note": format!("{} wrote", PLANTED[0]),
        });
        let case = house.post(&legal, ERASURES, new).await.expect(201);
        assert_eq!(case.body["state"], "waiting");
        for object in ["customer", "contact", "follow_up", "plan"] {
            assert_eq!(case.body["preview"]["records"][object], 1, "{object}");
        }
        assert_eq!(house.get(&legal, &format!("{ERASURES}/{}/certificate", case.id())).await.status, 404);
        say(&house, &other, case.body["task"].as_str().unwrap(), Decision::Approve, PLANTED[14]).await;

        let done = house.get(&legal, &format!("{ERASURES}/{}", case.id())).await.expect(200).body;
        assert_eq!(done["state"], "done");
        assert!(done["t0"].as_str().unwrap() < done["t1"].as_str().unwrap());
        let address = done["certificate"].as_str().unwrap();
        let text = house.get(&legal, address).await.expect(200).body;
        let body = certificate(text.as_str().unwrap(), &house.vault.ledger_key());
        assert_eq!(
            body["destroyed"]["rows"]["record"], 6,
            "customer, contact, follow-up, plan, two consents"
        );
        assert_eq!(body["destroyed"]["rows"]["export_file"], 2);
        assert!(PLANTED.iter().all(|word| !text.as_str().unwrap().contains(word)));
        let forged = text.as_str().unwrap().replace("\"consent_withdrawn\"", "\"purpose_done\"");
        let note = kedun_ledger::note::Note::parse(&forged).unwrap();
        assert!(note.verify(&[house.vault.ledger_key().parse().unwrap()]).is_err());

        let rest = holding(&house, &PLANTED).await;
        assert!(rest.is_empty(), "{rest:#?}");
        house.vault.sequence(true).await.unwrap();
        assert!(house.vault.verify_ledger().await.unwrap().ok);
        let list = house.get(&legal, ERASURES).await.expect(200).body;
        assert_eq!(list["erasures"][0]["id"], json!(case.id()));
        if let (Some(copy), Source::Sqlite { folder }) = (copy, house.source.clone()) {
            an_old_copy_reveals_nothing(&house, &copy.data, &folder.join(KEYRING_FILE)).await;
        }
    }
}

/// The copy of the data that was made before, with the keyring of today.
async fn an_old_copy_reveals_nothing(house: &House, data: &std::path::Path, keyring: &std::path::Path) {
    let ghost = house.folder.path().join("ghost");
    std::fs::create_dir_all(&ghost).unwrap();
    std::fs::copy(data, ghost.join(DATA_FILE)).unwrap();
    std::fs::copy(keyring, ghost.join(KEYRING_FILE)).unwrap();
    let source = Source::Sqlite { folder: ghost };
    // Read as it is, by somebody who has the root key and every file: what was sealed stays sealed.
    let all = tampering::everything(&source, &kek()).await.unwrap();
    for sealed in [PLANTED[1], PLANTED[2], PLANTED[4], PLANTED[7]] {
        assert!(all.iter().all(|value| !value.contains(sealed)), "{sealed}");
    }
    // Opened as a house, the rest goes before anything is served.
    let vault = Vault::open(options(source.clone()), &kek(), house.clock.clone()).await.unwrap();
    assert_eq!(vault.replayed(), 1);
    vault.close().await;
    let all = tampering::everything(&source, &kek()).await.unwrap();
    let left: Vec<_> = all.iter().filter(|v| PLANTED.iter().any(|w| v.contains(w))).collect();
    assert!(left.is_empty(), "{left:#?}");
}

/// A case of erasure, ordered by one and approved by another.
async fn erased(house: &House, customer: &str) {
    let (legal, other) = (house.token("he.zheng").await, house.token("second.lawyer").await);
    let new = json!({ "object": "customer", "record": customer, "ground": "consent_withdrawn" });
    let case = house.post(&legal, ERASURES, new).await.expect(201);
    decide(house, &other, case.body["task"].as_str().unwrap()).await;
    let done = house.get(&legal, &format!("{ERASURES}/{}", case.id())).await.expect(200).body;
    assert_eq!(done["state"], "done");
}

/// What a rep is shown of a customer, with the phone in clear.
async fn shown(house: &House, token: &str, customer: &str) -> [Json; 3] {
    let one = format!("/api/v1/objects/customer/records/{customer}");
    let record = house.get(token, &one).await.expect(200).body;
    let reveal = json!({ "field": "phone", "purpose": "call" });
    let phone = house.post(token, &format!("{one}/reveals"), reveal).await.expect(200).body;
    [record["fields"].clone(), record["revision"].clone(), phone["value"].clone()]
}

/// A command of the real binary, beside the house that serves in this process.
async fn command(args: Vec<String>) -> Json {
    let run = move || {
        let output = kedun(args.iter().map(String::as_str));
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        json_of(&output)
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_old_data_come_back_with_today_s_keyring_and_without_whom_was_erased_since() {
    let Some(url) = common::postgres() else { return };
    let house = common::house(Some(url.clone())).await;
    let Source::Postgres { schema, .. } = house.source.clone() else { panic!("another engine") };
    second_lawyer(&house).await;
    let customer = planted(&house).await;
    let rep = house.token("zhang.wei").await;
    let of_rep = house.own(&rep, "customer").await;
    let other =
        of_rep.iter().map(|c| c["id"].as_str().unwrap()).find(|id| *id != customer).unwrap().to_owned();
    let before = shown(&house, &rep, &other).await;
    assert!(before[2].is_string(), "{before:?}");

    let place = |name: &str| house.folder.path().join(name).display().to_string();
    std::fs::write(place("kedun.key"), common::KEY_TEXT).unwrap();
    std::fs::set_permissions(place("kedun.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    let text = format!("[data]\npostgres_url = \"{url}\"\nschema = \"{schema}\"\n");
    std::fs::write(place("kedun.toml"), text).unwrap();
    let backup = async |to: &str| {
        let args = ["backup", "--json", "--config", &place("kedun.toml"), "--to", &place(to)];
        command(args.map(str::to_owned).to_vec()).await
    };
    // While it serves.
    let (old, looks) = tokio::join!(backup("old"), async {
        for _ in 0..20 {
            house.get(&rep, "/api/v1/people?limit=1").await.expect(200);
        }
    });
    let () = looks;
    // The tables of that day, as somebody has them who holds the root key and every byte of the database.
    let copied = |from: &str, to: &str| {
        psql(
            &url,
            &format!(
                "CREATE SCHEMA {to}; DO $$ DECLARE t text; BEGIN \
                 FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '{from}' LOOP \
                 EXECUTE format('CREATE TABLE {to}.%I AS TABLE {from}.%I', t, t); END LOOP; END $$"
            ),
        );
    };
    let ghost = format!("{schema}g");
    copied(&schema, &ghost);
    erased(&house, &customer).await;
    copied(&format!("{schema}_keyring"), &format!("{ghost}_keyring"));
    let source = Source::Postgres { url: url.clone(), schema: ghost };
    let all = tampering::everything(&source, &kek()).await.unwrap();
    assert!(all.iter().any(|value| value.contains(PLANTED[0])), "the name is not sealed, so it is there");
    for sealed in [PLANTED[1], PLANTED[2], PLANTED[4], PLANTED[7]] {
        assert!(all.iter().all(|value| !value.contains(sealed)), "{sealed}");
    }

    backup("today").await;
    house.vault.close().await;
    psql(&url, &format!("DROP SCHEMA {schema} CASCADE; DROP SCHEMA {schema}_keyring CASCADE"));
    let restore =
        ["restore", "--json", "--config", &place("kedun.toml"), "--data", old["data"].as_str().unwrap()];
    let restore = restore.into_iter().chain(["--keyring", &place("today")]).map(str::to_owned).collect();
    let restored = command(restore).await;
    assert_eq!(restored["replayed"], 1, "{restored}");
    let left = holding(&house, &PLANTED).await;
    assert!(left.is_empty(), "{left:#?}");
    let verify =
        ["ledger", "verify", "--json", &house.folder.path().display().to_string()].map(str::to_owned);
    let report = command(verify.to_vec()).await;
    assert_eq!((&report["ok"], &report["notes"]), (&json!(true), &json!([])), "{report}");

    let vault = Vault::find(options(house.source.clone()), &kek(), house.clock.clone()).await.unwrap();
    assert_eq!(vault.replayed(), 0, "the restore has carried it out");
    let app = kedun_server::App::sealed(false, true);
    app.unseal(vault.clone());
    let house = House { app, vault, ..house };
    assert_eq!(house.get(&rep, "/api/v1/me").await.status, 401, "every session has ended");
    let rep = house.token("zhang.wei").await;
    let gone = house.get(&rep, &format!("/api/v1/objects/customer/records/{customer}")).await;
    assert_eq!(gone.status, 404, "{}", gone.body);
    assert_eq!(shown(&house, &rep, &other).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_page_that_is_still_being_read_keeps_the_case_open_until_it_is_gone() {
    let house = common::house(None).await;
    second_lawyer(&house).await;
    let customer = planted(&house).await;
    let (legal, other) = (house.token("he.zheng").await, house.token("second.lawyer").await);
    let new = json!({ "object": "customer", "record": customer, "ground": "unlawful" });
    let case = house.post(&legal, ERASURES, new).await.expect(201);
    let task = case.body["task"].as_str().unwrap();
    let hash =
        house.get(&other, &format!("/api/v1/tasks/{task}")).await.expect(200).body["snapshot_hash"].clone();
    let hash = Snapshot::parse(hash.as_str().unwrap()).unwrap();

    let reader = tampering::Reader::begin(&house.source, &kek()).await.unwrap();
    let scope = house.vault.authenticate(&other).await.unwrap();
    let decided = approvals::decide(&house.vault, &scope, task, Decision::Approve, &hash, "").await;
    assert!(decided.unwrap_err().to_string().contains("still_being_read"));
    let one = format!("{ERASURES}/{}", case.id());
    let open = house.get(&legal, &one).await.expect(200).body;
    assert_eq!((&open["state"], open["t0"].is_string()), (&json!("approved"), true));
    assert_eq!(house.get(&legal, &format!("{one}/certificate")).await.status, 404);

    drop(reader);
    let case = RecordId::new(case.id());
    assert_eq!(erasures::resume(&house.vault).await.unwrap(), std::slice::from_ref(&case));
    house.get(&legal, &format!("{one}/certificate")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_was_stopped_between_its_steps_goes_on_and_is_taken_for_no_old_copy() {
    for house in houses().await {
        second_lawyer(&house).await;
        let customer = planted(&house).await;
        let (legal, other) = (house.token("he.zheng").await, house.token("second.lawyer").await);
        let new = json!({ "object": "customer", "record": customer, "ground": "unlawful" });
        let case = house.post(&legal, ERASURES, new).await.expect(201);
        let task = case.body["task"].as_str().unwrap();
        let hash =
            house.get(&other, &format!("/api/v1/tasks/{task}")).await.expect(200).body["snapshot_hash"]
                .clone();
        let hash = Snapshot::parse(hash.as_str().unwrap()).unwrap();

        // The rows go, and the key cannot.
        let keyring =
            async |sql: &str| tampering::run_in_keyring(&house.source, &kek(), &[sql]).await.unwrap();
        keyring("ALTER TABLE destroyed_subject RENAME TO out_of_reach").await;
        let scope = house.vault.authenticate(&other).await.unwrap();
        approvals::decide(&house.vault, &scope, task, Decision::Approve, &hash, "").await.unwrap_err();
        keyring("ALTER TABLE out_of_reach RENAME TO destroyed_subject").await;
        let one = format!("{ERASURES}/{}", case.id());
        let open = house.get(&legal, &one).await.expect(200).body;
        assert_eq!((&open["state"], open["t0"].is_string()), (&json!("approved"), true));
        let kek = kek();
        let examiner = Examiner::open(&house.source, &kek).await.unwrap();
        let waiting = examiner.waiting().await.unwrap();
        examiner.close().await;
        assert_eq!((waiting.destructions, waiting.interrupted), (0, 1));

        // Any command opens the house so. No copy that it makes may hold the key.
        let vault = Vault::open(options(house.source.clone()), &kek, house.clock.clone()).await.unwrap();
        assert_eq!(vault.replayed(), 0);
        assert!(vault.told("erasure.replayed").await.unwrap().is_empty());
        assert!(!vault.destroy_key(&SubjectId::new(customer.as_str())).await.unwrap(), "it was there still");
        let case = RecordId::new(case.id());
        assert_eq!(erasures::resume(&vault).await.unwrap(), std::slice::from_ref(&case));
        let text = house.get(&legal, &format!("{one}/certificate")).await.expect(200).body;
        let body = certificate(text.as_str().unwrap(), &house.vault.ledger_key());
        assert!(body["destroyed"]["rows"]["record"].as_u64().unwrap() > 0, "{body}");
        assert!(body["destroyed"]["replayed"].is_null(), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_know_of_an_erasure_learns_nothing_and_junk_names_its_field() {
    for house in houses().await {
        let (rep, legal) = (house.token("zhang.wei").await, house.token("he.zheng").await);
        let manager = house.token("zhao.qiang").await;
        let customer = house.own(&rep, "customer").await[0]["id"].as_str().unwrap().to_owned();
        let new = |more: Json| {
            let mut body = json!({ "object": "customer", "record": customer, "ground": "unlawful" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        assert_eq!(house.post("", ERASURES, new(json!({}))).await.status, 401);
        for token in [&rep, &manager] {
            assert_eq!(house.post(token, ERASURES, new(json!({}))).await.status, 403);
            assert_eq!(house.get(token, ERASURES).await.status, 404);
        }
        assert_eq!(house.post(&legal, ERASURES, new(json!({ "record": "none" }))).await.status, 404);
        for (junk, field) in [
            (json!({ "ground": "because" }), "ground"),
            (json!({ "note": "call 13800138000" }), "note"),
            (json!({ "note": "长".repeat(201) }), "note"),
            (json!({ "record": 1 }), "record"),
            (json!({ "y": 1 }), "y"),
        ] {
            let refused = house.post(&legal, ERASURES, new(junk)).await.expect(422);
            assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.body);
        }
        let id = house.post(&legal, ERASURES, new(json!({}))).await.expect(201).id();
        assert_eq!(house.post(&legal, ERASURES, new(json!({}))).await.expect(409).code(), "erasure_open");
        for token in [&rep, &manager] {
            assert_eq!(house.get(token, &format!("{ERASURES}/{id}")).await.status, 404);
            assert_eq!(house.get(token, &format!("{ERASURES}/{id}/certificate")).await.status, 404);
        }
        house.get(&rep, &format!("/api/v1/objects/customer/records/{customer}")).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_an_erasure_and_decides_on_none_asks_for_whom_they_see() {
    for house in houses().await {
        let (service, legal) = (house.token("xu.hui").await, house.token("he.zheng").await);
        let page =
            house.post(&service, "/api/v1/objects/customer/query", json!({ "limit": 200 })).await.expect(200);
        let seen: Vec<&str> =
            page.body["records"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
        let rep = house.token("zhang.wei").await;
        let customers = house.own(&rep, "customer").await;
        let mut ids = customers.iter().map(|c| c["id"].as_str().unwrap().to_owned());
        let unseen = ids.find(|id| !seen.contains(&id.as_str())).unwrap();
        let customer = |id: &str| json!({ "object": "customer", "record": id });
        let mut new = customer(&unseen);
        new["ground"] = json!("unlawful");
        let denied = async || house.vault.told("record.denied").await.unwrap().len();
        let before = denied().await;
        let out_of_sight = house.post(&service, ERASURES, new.clone()).await.expect(404);
        let absent = json!({ "object": "customer", "record": "none", "ground": "unlawful" });
        assert_eq!(out_of_sight.code(), house.post(&service, ERASURES, absent).await.expect(404).code());
        house.post(&service, &format!("{ERASURES}/previews"), customer(&unseen)).await.expect(404);
        assert_eq!(denied().await, before + 3);

        // Who decides on erasures is asked about everybody, also about who lies in the recycle bin.
        let one = format!("/api/v1/objects/customer/records/{unseen}");
        house.call(&rep, "DELETE", &one, None).await.expect(204);
        house.post(&legal, &format!("{ERASURES}/previews"), customer(&unseen)).await.expect(200);
        house.post(&legal, ERASURES, new).await.expect(201);
        let served = ids.next().unwrap();
        let ticket = json!({
            "customer": served, "title": "一件事", "status": "open", "category": "repair", "priority": "normal",
        });
        let owner = Some(PersonId::new(house.id_of("xu.hui").await));
        let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
        let fields = ticket.as_object().unwrap().clone();
        tx.create("ticket", NewRecord { fields, owner, ..NewRecord::default() }).await.unwrap();
        tx.commit(Act::new("test", "ticket")).await.unwrap();
        let mut shown = customer(&served);
        house.post(&service, &format!("{ERASURES}/previews"), shown.clone()).await.expect(200);
        shown["ground"] = json!("unlawful");
        house.post(&service, ERASURES, shown).await.expect(201);
    }
}
