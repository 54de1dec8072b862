//! Step 9, destroying: RT-03 (holds), RT-04 (rows, key, certificate), BK-02 (an old copy stays without the ghost).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{code, fields, houses, kek, options};
use kedun_core::retention::{self, NewHold};
use kedun_core::{approvals, erasures, files, intake};
use kedun_ledger::note::Note;
use kedun_model::flow::{Decision, Snapshot};
use kedun_model::{RecordId, SubjectId};
use kedun_vault::{
    DATA_FILE, KEYRING_FILE, KEYRING_LIFE_MS, Query, Restore, SoughtEntries, Source, Task, Vault,
    newest_keyring,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

const PHONE: &str = "13800138007";
const ID_NUMBER: &str = "11010519491231002X";

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn planted(house: &common::House) -> RecordId {
    let rep = house.as_("zhang.wei").await;
    let version = house.vault.catalog().notices["sales_contact"].version;
    let intake: intake::Intake = serde_json::from_value(json!({
        "notice": { "id": "sales_contact", "version": version }, "purpose": "sales_contact", "basis": "consent",
        "channel": "in_person",
        "consents": [{ "kind": "collect", "given": true }, { "kind": "sensitive", "given": true }]
    }))
    .unwrap();
    let new = fields(json!({ "name": "待删除客户", "phone": PHONE, "id_number": ID_NUMBER }));
    let created = intake::create(&house.vault, &rep, "customer", new, Some(&intake)).await.unwrap();
    let customer = RecordId::new(created.id());
    let bytes = format!("%PDF-1.7\n{PHONE}\n%%EOF");
    let new = files::NewFile { name: "身份证.pdf", follow_up: None, bytes: bytes.as_bytes() };
    files::add(&rep, &customer, &new).await.unwrap();
    customer
}

async fn two_of_legal(house: &common::House) -> (kedun_vault::Scope, kedun_vault::Scope) {
    // The demo of twenty people has one lawyer; a second one, because nobody approves their own request.
    let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
    tx.add_person(kedun_vault::NewPerson {
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
    tx.commit(kedun_vault::Act::new("test", "person")).await.unwrap();
    (house.as_("he.zheng").await, house.as_("second.lawyer").await)
}

async fn hash_of(scope: &kedun_vault::Scope, task: &str) -> Snapshot {
    Snapshot::parse(&scope.one_task(task).await.unwrap().snapshot_hash).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_04_two_people_destroy_a_customer_and_a_certificate_says_so() {
    for house in houses().await {
        let vault = &house.vault;
        let customer = planted(&house).await;
        let (one, other) = two_of_legal(&house).await;
        let rep = house.as_("zhang.wei").await;

        let refused = erasures::request(vault, &rep, "customer", &customer, "consent_withdrawn", "").await;
        assert_eq!(code(&refused.unwrap_err()), "erasures.request");
        let note = format!("call {PHONE}");
        let refused = erasures::request(vault, &one, "customer", &customer, "consent_withdrawn", &note).await;
        assert_eq!(code(&refused.unwrap_err()), "personal_data");
        let case = erasures::request(vault, &one, "customer", &customer, "consent_withdrawn", "by letter")
            .await
            .unwrap();
        let (id, task) = (RecordId::new(case.id.as_str()), case.task.unwrap());
        assert_eq!(case.preview["records"]["customer"], 1);
        assert_eq!(case.preview["records"]["consent"], 2);
        assert_eq!(case.preview["records"]["file"], 1);
        let twice = erasures::request(vault, &one, "customer", &customer, "consent_withdrawn", "").await;
        assert_eq!(code(&twice.unwrap_err()), "erasure_open");

        // Not before it is approved, not by oneself, not by a seller, and not for another snapshot.
        assert_eq!(code(&erasures::execute(vault, &id).await.unwrap_err()), "not_approved");
        let hash = hash_of(&one, &task).await;
        let own = approvals::decide(vault, &one, &task, Decision::Approve, &hash, "").await.unwrap_err();
        assert_eq!(code(&own), "own_request");
        let seller = approvals::decide(vault, &rep, &task, Decision::Approve, &hash, "").await.unwrap_err();
        assert_eq!(code(&seller), "not_found");
        let wrong = Snapshot::new([9; 32]);
        let changed =
            approvals::decide(vault, &other, &task, Decision::Approve, &wrong, "").await.unwrap_err();
        assert_eq!(code(&changed), "snapshot_changed");
        assert!(rep.get("customer", &customer).await.is_ok());

        approvals::decide(vault, &other, &task, Decision::Approve, &hash, "").await.unwrap();
        let done = erasures::one(&one, &id).await.unwrap();
        assert_eq!(done.state, "done");
        assert!(done.t0.is_some() && done.t1.is_some());
        assert_eq!(code(&rep.get("customer", &customer).await.unwrap_err()), "not_found");
        assert!(!vault.has_subject(&SubjectId::new(customer.as_str())).await.unwrap());
        assert!(rep.search(&["customer"], PHONE, 10).await.unwrap().found.is_empty());

        // A replayed approval changes nothing.
        let replay = approvals::decide(vault, &other, &task, Decision::Approve, &hash, "").await.unwrap_err();
        assert_eq!(code(&replay), "already_decided");
        let text = erasures::certificate(&one, &id).await.unwrap();
        erasures::execute(vault, &id).await.unwrap();
        assert_eq!(erasures::certificate(&one, &id).await.unwrap(), text);

        let note = Note::parse(&text).unwrap();
        note.verify(&[vault.ledger_key().parse().unwrap()]).unwrap();
        let body: serde_json::Value = serde_json::from_str(note.text().split_once('\n').unwrap().1).unwrap();
        assert_eq!(body["keys"]["state"], "pending");
        // Bound to the log both ways: it names the rows of its case, and the row that it came with names its hash.
        let told = vault.told("erasure.certify").await.unwrap();
        assert_eq!(body["log"]["entry"], told[0].entry.as_str());
        assert_eq!(told[0].details["certificate"], sha256(&text));
        let destroyed = vault.told("erasure.destroy").await.unwrap();
        assert_eq!(body["destroyed_by"], destroyed[0].entry.as_str());
        assert_eq!(body["destroyed"]["rows"]["record"], 4);
        assert_eq!(body["destroyed"]["rows"]["file_piece"], 1);
        assert!(body["destroyed"]["key_commitment"].as_str().unwrap().len() == 64);
        assert_ne!(body["requested_by"]["id"], body["approved_by"]["id"]);
        assert!(!text.contains(PHONE) && !text.contains("待删除客户"));

        // The log still verifies: what it commits to outlives what was destroyed.
        vault.sequence(true).await.unwrap();
        assert!(vault.verify_ledger().await.unwrap().ok);

        // t1: the last copy of the keyring has outlived its time.
        assert!(erasures::finalize(vault).await.unwrap().is_empty());
        house.clock.advance(KEYRING_LIFE_MS + 1);
        // Two servers may come to it at once: one signs.
        let beside = house.again().await;
        let (here, there) = tokio::join!(erasures::finalize(vault), erasures::finalize(&beside));
        assert_eq!([here.unwrap(), there.unwrap()].concat(), std::slice::from_ref(&id));
        assert!(erasures::finalize(vault).await.unwrap().is_empty());
        let one = house.as_("he.zheng").await;
        assert!(erasures::certificate(&one, &id).await.unwrap().contains("\"state\": \"final\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_04_what_a_lead_agreed_to_is_destroyed_with_the_lead() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let new = fields(json!({ "company": "待删除线索", "name": "林若琳", "phone": PHONE }));
        let made = intake::create(vault, &rep, "lead", new, Some(&common::agreed(vault))).await.unwrap();
        let lead = RecordId::new(made.id());
        let (one, other) = two_of_legal(&house).await;
        let case = erasures::request(vault, &one, "lead", &lead, "consent_withdrawn", "").await.unwrap();
        assert_eq!(case.preview["records"]["lead"], 1);
        assert_eq!(case.preview["records"]["lead_consent"], 1);
        let consent = RecordId::new(intake::consents(&rep, "lead", &lead).await.unwrap()[0].id());

        let task = case.task.unwrap();
        let hash = hash_of(&other, &task).await;
        approvals::decide(vault, &other, &task, Decision::Approve, &hash, "").await.unwrap();
        assert_eq!(erasures::one(&one, &RecordId::new(case.id.as_str())).await.unwrap().state, "done");
        assert!(!vault.has_subject(&SubjectId::new(lead.as_str())).await.unwrap());
        assert_eq!(code(&one.get("lead_consent", &consent).await.unwrap_err()), "not_found");
        assert_eq!(code(&intake::consents(&rep, "lead", &lead).await.unwrap_err()), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_04_a_refusal_gives_its_reason_and_destroys_nothing() {
    for house in houses().await {
        let vault = &house.vault;
        let customer = planted(&house).await;
        let (one, other) = two_of_legal(&house).await;
        let case = erasures::request(vault, &one, "customer", &customer, "unlawful", "").await.unwrap();
        let (id, task) = (RecordId::new(case.id.as_str()), case.task.unwrap());
        let hash = hash_of(&other, &task).await;
        let silent = approvals::decide(vault, &other, &task, Decision::Reject, &hash, " ").await.unwrap_err();
        assert_eq!(code(&silent), "required");
        approvals::decide(vault, &other, &task, Decision::Reject, &hash, "statutory retention")
            .await
            .unwrap();
        let view = erasures::one(&one, &id).await.unwrap();
        assert_eq!((view.state.as_str(), view.refusal.as_deref()), ("rejected", Some("statutory retention")));
        assert!(house.as_("zhang.wei").await.get("customer", &customer).await.is_ok());
        assert_eq!(code(&erasures::execute(vault, &id).await.unwrap_err()), "not_approved");
        assert_eq!(code(&erasures::certificate(&one, &id).await.unwrap_err()), "not_found");
    }
}

/// A customer erased on the word of two; answers the case.
async fn erased(house: &common::House, customer: &RecordId) -> RecordId {
    let (one, other) = two_of_legal(house).await;
    let case =
        erasures::request(&house.vault, &one, "customer", customer, "consent_withdrawn", "").await.unwrap();
    let task = case.task.unwrap();
    let hash = hash_of(&other, &task).await;
    approvals::decide(&house.vault, &other, &task, Decision::Approve, &hash, "").await.unwrap();
    RecordId::new(case.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_04_a_copy_of_the_keyring_that_is_out_of_reach_is_not_gone() {
    for house in houses().await {
        let vault = &house.vault;
        let customer = planted(&house).await;
        let to = house.folder.path().join("backup");
        let made = vault.backup(&to, None).await.unwrap();
        let id = erased(&house, &customer).await;

        // The disk is not mounted when its time is over; then another one lies where it was.
        let (here, away) = (to.join("keyring"), to.join("away"));
        std::fs::rename(&here, &away).unwrap();
        house.clock.advance(KEYRING_LIFE_MS + 1);
        assert!(erasures::finalize(vault).await.unwrap().is_empty());
        std::fs::create_dir(&here).unwrap();
        assert!(erasures::finalize(vault).await.unwrap().is_empty());
        let copies = vault.keyring_facts().await.unwrap().copies;
        assert!(copies.len() == 1 && !copies[0].within_reach, "{copies:?}");
        std::fs::remove_dir(&here).unwrap();

        std::fs::rename(&away, &here).unwrap();
        assert!(made.keyring.exists());
        assert_eq!(erasures::finalize(vault).await.unwrap(), [id]);
        assert!(!made.keyring.exists());
        assert!(vault.keyring_facts().await.unwrap().copies.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_04_a_copy_of_the_keyring_is_gone_on_somebodys_word_and_the_log_has_it() {
    for house in houses().await {
        let vault = &house.vault;
        let customer = planted(&house).await;
        let made = vault.backup(&house.folder.path().join("backup"), None).await.unwrap();
        let id = erased(&house, &customer).await;
        let file = vault.keyring_facts().await.unwrap().copies.remove(0).file;
        for refused in [file.clone(), file.with_extension("other")] {
            assert!(vault.declare_copy_gone(&refused).await.is_err(), "{}", refused.display());
        }
        std::fs::remove_dir_all(made.keyring.parent().unwrap()).unwrap();
        house.clock.advance(KEYRING_LIFE_MS + 1);
        assert!(erasures::finalize(vault).await.unwrap().is_empty());
        vault.declare_copy_gone(&file).await.unwrap();
        assert_eq!(erasures::finalize(vault).await.unwrap(), [id]);
        assert_eq!(vault.told("backup.declare_gone").await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_02_a_case_that_was_restored_from_before_its_end_comes_to_its_end() {
    for house in houses().await {
        let vault = &house.vault;
        let customer = planted(&house).await;
        let (one, other) = two_of_legal(&house).await;
        let case = erasures::request(vault, &one, "customer", &customer, "consent_withdrawn", "by letter")
            .await
            .unwrap();
        let (id, task) = (RecordId::new(case.id), case.task.unwrap());
        // A hold keeps the case where a copy of that hour would have it: approved, and nothing destroyed.
        let held = NewHold {
            object: "customer".into(),
            record: customer.to_string(),
            ground: "audit".into(),
            note: None,
        };
        let held = retention::hold(&one, &held).await.unwrap();
        let hash = hash_of(&other, &task).await;
        let waits = approvals::decide(vault, &other, &task, Decision::Approve, &hash, "").await.unwrap_err();
        assert_eq!(code(&waits), "on_hold");
        retention::lift(&one, &held.hold.id).await.unwrap();
        // Today's keyring knows of the destruction; these data do not.
        vault.destroy_key(&SubjectId::new(customer.as_str())).await.unwrap();
        let vault = house.again().await;
        assert_eq!(vault.replayed(), 1);
        assert!(!vault.has_subject(&SubjectId::new(customer.as_str())).await.unwrap());
        assert_eq!(vault.told("erasure.replayed").await.unwrap().len(), 1);

        assert_eq!(erasures::resume(&vault).await.unwrap(), std::slice::from_ref(&id));
        let done = erasures::one(&one, &id).await.unwrap();
        assert_eq!((done.state.as_str(), &done.preview["note"]), ("done", &json!(null)));
        assert_eq!(
            one.one_task(&task).await.unwrap().snapshot["note"],
            json!(null),
            "their own words are gone"
        );
        assert!(erasures::certificate(&one, &id).await.unwrap().contains("\"replayed\": true"));
        house.clock.advance(KEYRING_LIFE_MS + 1);
        assert_eq!(erasures::finalize(&vault).await.unwrap(), [id]);
    }
}

/// A request that waits, and an approval that a hold keeps back, are as good after two months as on the first day.
#[tokio::test(flavor = "multi_thread")]
async fn ds_04_an_erasure_does_not_lapse_while_it_waits() {
    const TWO_MONTHS: i64 = 61 * 86_400_000;
    for house in houses().await {
        let vault = &house.vault;
        let customer = planted(&house).await;
        let (one, _) = two_of_legal(&house).await;
        let case =
            erasures::request(vault, &one, "customer", &customer, "consent_withdrawn", "").await.unwrap();
        let (id, task) = (RecordId::new(case.id), case.task.unwrap());
        house.clock.advance(TWO_MONTHS);
        let (one, other) = (house.as_("he.zheng").await, house.as_("second.lawyer").await);
        let (object, record, ground) = ("customer".into(), customer.to_string(), "audit".to_owned());
        let held = retention::hold(&one, &NewHold { object, record, ground, note: None }).await.unwrap();
        // It is among what waits for whoever may decide it.
        let waiting = other.tasks(true).await.unwrap();
        assert!(waiting.iter().any(|one| one.id == task && one.decidable));
        let hash = hash_of(&other, &task).await;
        let waits = approvals::decide(vault, &other, &task, Decision::Approve, &hash, "").await.unwrap_err();
        assert_eq!(code(&waits), "on_hold");
        house.clock.advance(TWO_MONTHS);
        let one = house.as_("he.zheng").await;
        assert!(erasures::resume(vault).await.unwrap().is_empty());
        retention::lift(&one, &held.hold.id).await.unwrap();
        erasures::resume(vault).await.unwrap();
        assert_eq!(erasures::one(&one, &id).await.unwrap().state, "done");
        assert!(!vault.has_subject(&SubjectId::new(customer.as_str())).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_02_rt_04_an_older_copy_of_the_data_shows_no_ghost() {
    let house = common::house(None).await;
    let Source::Sqlite { folder } = house.source.clone() else { return };
    let customer = planted(&house).await;
    let (one, other) = two_of_legal(&house).await;
    // Copied while it runs, the way an operator would who knows nothing of erasures.
    let old = house.folder.path().join("old");
    let backup = house.vault.backup(&old, None).await.unwrap();
    let case =
        erasures::request(&house.vault, &one, "customer", &customer, "consent_withdrawn", "").await.unwrap();
    let task = case.task.unwrap();
    let hash = hash_of(&other, &task).await;
    approvals::decide(&house.vault, &other, &task, Decision::Approve, &hash, "").await.unwrap();
    house.vault.close().await;

    let ghost = house.folder.path().join("ghost");
    std::fs::create_dir_all(&ghost).unwrap();
    std::fs::copy(&backup.data, ghost.join(DATA_FILE)).unwrap();
    std::fs::copy(folder.join(KEYRING_FILE), ghost.join(KEYRING_FILE)).unwrap();
    let source = Source::Sqlite { folder: ghost };
    let vault = Vault::open(options(source), &kek(), house.clock.clone()).await.unwrap();
    assert_eq!(vault.replayed(), 1);
    vault.sequence(true).await.unwrap();
    let told = vault.told("erasure.replayed").await.unwrap();
    assert_eq!(told.len(), 1);
    assert!(told[0].sound && told[0].details["rows"]["record"] == 4, "{told:?}");
    assert!(!vault.has_subject(&SubjectId::new(customer.as_str())).await.unwrap());
    let legal = vault.system(Task::Demo);
    assert_eq!(code(&legal.get("customer", &customer).await.unwrap_err()), "not_found");
    assert!(vault.verify_ledger().await.unwrap().ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_02_a_restore_carries_destructions_out_again_and_is_declared() {
    for house in houses().await {
        let customer = planted(&house).await;
        let (one, other) = two_of_legal(&house).await;
        let to = house.folder.path().join("backup");
        let before = house.vault.backup(&to, None).await.unwrap();
        let case = erasures::request(&house.vault, &one, "customer", &customer, "consent_withdrawn", "")
            .await
            .unwrap();
        let task = case.task.unwrap();
        let hash = hash_of(&other, &task).await;
        approvals::decide(&house.vault, &other, &task, Decision::Approve, &hash, "").await.unwrap();
        house.clock.advance(5);
        let after = house.vault.backup(&to, None).await.unwrap();
        assert_eq!(newest_keyring(&to).unwrap(), after.keyring);
        let restore = Restore { data: before.data.clone(), keyring: after.keyring.clone() };

        // Never over a house.
        let over = restore.run(options(house.source.clone()), &kek(), house.clock.clone()).await.unwrap_err();
        let expected =
            if matches!(house.source, Source::Sqlite { .. }) { "empty folder" } else { "over a house" };
        assert!(over.to_string().contains(expected), "{over}");
        let Source::Sqlite { .. } = house.source else { continue };

        // BK-01: a changed byte is found before anything is restored.
        let broken = house.folder.path().join("broken.db");
        let mut bytes = std::fs::read(&before.data).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&broken, bytes).unwrap();
        std::fs::copy(format!("{}.json", before.data.display()), format!("{}.json", broken.display()))
            .unwrap();
        let target = house.folder.path().join("restored");
        let into = options(Source::Sqlite { folder: target.clone() });
        let damaged = Restore { data: broken, ..restore.clone() };
        let refused = damaged.run(into.clone(), &kek(), house.clock.clone()).await.unwrap_err();
        assert!(refused.to_string().contains("damaged"), "{refused}");
        assert!(!target.join(DATA_FILE).exists());

        let declared = restore.run(into.clone(), &kek(), house.clock.clone()).await.unwrap();
        assert_eq!(declared.replayed, 1);
        assert!(declared.sessions_ended > 0);
        let vault = Vault::open(into, &kek(), house.clock.clone()).await.unwrap();
        assert_eq!(
            code(&vault.system(Task::Demo).get("customer", &customer).await.unwrap_err()),
            "not_found"
        );
        assert!(vault.verify_ledger().await.unwrap().ok);
        let restored = common::House {
            vault,
            source: house.source.clone(),
            clock: house.clock.clone(),
            folder: tempfile::tempdir().unwrap(),
        };
        let auditor = restored.as_("shen.ming").await;
        assert_eq!(
            auditor
                .ledger_entries(&SoughtEntries::from_place(0, Some("restore.declared")), 10)
                .await
                .unwrap()
                .len(),
            1
        );
        let page = restored
            .as_("zhang.wei")
            .await
            .query("customer", &Query { limit: 5, ..Query::default() })
            .await
            .unwrap();
        assert!(!page.records.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_01_copies_are_encrypted_and_old_keyrings_are_removed() {
    let house = common::house(None).await;
    let customer = planted(&house).await;
    let to = house.folder.path().join("backup");
    let first = house.vault.backup(&to, None).await.unwrap();
    let Source::Sqlite { folder } = house.source.clone() else { return };
    let mut files = vec![first.data.clone(), first.keyring.clone()];
    for name in [DATA_FILE, KEYRING_FILE] {
        files.extend([folder.join(name), folder.join(format!("{name}-wal"))]);
    }
    let secrets = [PHONE, ID_NUMBER, "待删除客户", customer.as_str()];
    for file in files.iter().filter(|f| f.exists()) {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.starts_with(b"SQLite format 3"), "{}", file.display());
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{} holds {secret}", file.display());
        }
    }
    house.clock.advance(KEYRING_LIFE_MS);
    let second = house.vault.backup(&to, None).await.unwrap();
    assert_eq!(second.expired, 1);
    assert!(!first.keyring.exists() && second.keyring.exists() && first.data.exists());
}
