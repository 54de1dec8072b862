//! Consents of leads, as those of customers: LB-01 (basis), LB-03 (consents are events with the hash of what was told),
//! LB-04 (separate consent), LB-05 (withdrawal).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, agreed, code, fields, houses};
use kedun_core::{intake, rights};
use kedun_ledger::note::Note;
use kedun_model::notice::ConsentKind;
use kedun_model::{Problem, RecordId};
use kedun_vault::{Act, NewRecord, Query, RecordView, Scope, SoughtEntries, Task, VaultError};
use serde_json::json;

const LEAD: &str = "lead";
const LEAD_CONSENT: &str = "lead_consent";

async fn lead(house: &House, whose: &Scope, phone: &str) -> RecordId {
    let new = fields(json!({ "company": "静安明心口腔门诊部", "name": "林若琳", "phone": phone }));
    let made = intake::create(&house.vault, whose, LEAD, new, Some(&agreed(&house.vault))).await.unwrap();
    RecordId::new(made.id())
}

async fn only(scope: &Scope, lead: &RecordId) -> RecordView {
    let mut all = intake::consents(scope, LEAD, lead).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// Whether a list of the consents of leads that somebody may see names it.
async fn lists(scope: &Scope, consent: &RecordId) -> bool {
    let all = scope.query(LEAD_CONSENT, &Query { limit: 200, ..Query::default() }).await;
    all.is_ok_and(|page| page.records.iter().any(|one| one.id() == consent.as_str()))
}

#[tokio::test(flavor = "multi_thread")]
async fn lb_01_lb_03_a_lead_is_taken_down_with_a_basis_and_what_they_agreed_to_is_kept() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let new = fields(json!({ "company": "无依据诊所", "name": "林若琳", "phone": "13800138201" }));
        let refused = intake::create(vault, &rep, LEAD, new.clone(), None).await.unwrap_err();
        assert_eq!(code(&refused), "basis_required");
        let mut silent = agreed(vault);
        silent.consents.clear();
        let refused = intake::create(vault, &rep, LEAD, new, Some(&silent)).await.unwrap_err();
        assert_eq!(code(&refused), "consent_required");
        assert!(rep.search(&[LEAD], "13800138201", 10).await.unwrap().found.is_empty(), "nothing is stored");

        let before = house.clock.now();
        let id = lead(&house, &rep, "13800138202").await;
        let consent = only(&rep, &id).await;
        let notice = vault.catalog().notices["sales_contact"].hash.clone();
        for (field, value) in [
            ("kind", "collect"),
            ("basis", "consent"),
            ("channel", "in_person"),
            ("purpose", "sales_contact"),
            ("state", "valid"),
            ("notice_hash", notice.as_str()),
        ] {
            assert_eq!(consent.clear_text(field), Some(value), "{field}");
        }
        let given = kedun_model::moment::parse(consent.clear_text("given_at").unwrap()).unwrap();
        assert!(given >= before && given <= house.clock.now());
        // A customer's consent is another thing, and nobody finds one under the other.
        let customer = house.customers_of(&rep).await[0].clone();
        assert_eq!(code(&intake::consents(&rep, LEAD, &customer).await.unwrap_err()), "not_found");
        assert_eq!(code(&intake::consents(&rep, "customer", &id).await.unwrap_err()), "not_found");
        assert_eq!(code(&intake::consents(&rep, "contact", &id).await.unwrap_err()), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lb_04_a_sensitive_field_of_a_lead_needs_a_consent_of_its_own() {
    for house in houses().await {
        let vault = &house.vault;
        // A designer gives leads an ID number, and the role of reps lets them write it.
        let mut def = serde_json::to_value(&*vault.catalog().objects[&LEAD.into()].def).unwrap();
        def["fields"].as_array_mut().unwrap().push(json!({
            "id": "f95", "name": "id_number", "label": { "zh": "身份证号", "en": "ID number" },
            "kind": "id_number", "class": "L4",
        }));
        let mut role = serde_json::to_value(&*vault.catalog().roles[&"rep".into()].def).unwrap();
        let grants = role["grants"].as_array_mut().unwrap();
        let own = grants.iter_mut().find(|grant| grant["id"] == "rep/lead-own").unwrap();
        own["fields"]["names"]["id_number"] = json!("reveal+edit");
        let mut tx = vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.publish("object", LEAD, &def, None).await.unwrap();
        tx.publish("role", "rep", &role, None).await.unwrap();
        tx.commit(Act::new("definition.publish", "definition")).await.unwrap();

        let rep = house.as_("zhang.wei").await;
        let new = fields(
            json!({ "company": "核验诊所", "name": "林若琳", "phone": "13800138211", "id_number": "11010519491231002X" }),
        );
        let refused = intake::create(vault, &rep, LEAD, new.clone(), Some(&agreed(vault))).await.unwrap_err();
        assert_eq!(code(&refused), "separate_consent_required");
        let id = lead(&house, &rep, "13800138212").await;
        let more = fields(json!({ "id_number": "11010519491231002X" }));
        let refused = intake::update(&rep, LEAD, &id, None, &more).await.unwrap_err();
        assert_eq!(code(&refused), "separate_consent_required");

        let mut separate = agreed(vault);
        separate.consents.push(intake::Given { kind: ConsentKind::Sensitive, given: true });
        let made = intake::create(vault, &rep, LEAD, new, Some(&separate)).await.unwrap();
        let mut kinds: Vec<String> = intake::consents(&rep, LEAD, &RecordId::new(made.id()))
            .await
            .unwrap()
            .iter()
            .map(|c| c.clear_text("kind").unwrap().to_owned())
            .collect();
        kinds.sort();
        assert_eq!(kinds, ["collect", "sensitive"]);
        // Given afterwards, it opens the field afterwards.
        separate.consents.retain(|given| given.kind == ConsentKind::Sensitive);
        intake::add_consent(vault, &rep, LEAD, &id, &separate).await.unwrap();
        assert!(intake::update(&rep, LEAD, &id, None, &more).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_the_consents_of_anothers_lead_and_nobody_edits_or_deletes_one() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let id = lead(&house, &rep, "13800138221").await;
        let consent = RecordId::new(only(&rep, &id).await.id());

        // Another team's rep, an intern, service and the administrators: not by the lead, not by a list, not by its id.
        for login in ["chen.jing", "sun.yue", "xu.hui", "feng.an", "zheng.kai", "shen.ming"] {
            let stranger = house.as_(login).await;
            for refused in [
                intake::consents(&stranger, LEAD, &id).await.map(drop),
                stranger.get(LEAD_CONSENT, &consent).await.map(drop),
                intake::add_consent(vault, &stranger, LEAD, &id, &agreed(vault)).await.map(drop),
                intake::withdraw(vault, &stranger, LEAD, &id, &consent, &intake::Withdrawal::default()).await,
                rights::receipt(vault, &stranger, LEAD, &id, &consent).await.map(drop),
            ] {
                assert_eq!(code(&refused.unwrap_err()), "not_found", "{login}");
            }
            assert!(!lists(&stranger, &consent).await, "{login}");
        }
        // Who leads the team and who answers for the law read it; like its collector they change nothing of it.
        for login in ["zhang.wei", "zhao.qiang", "he.zheng"] {
            let reader = house.as_(login).await;
            assert!(lists(&reader, &consent).await, "{login}");
            let mut tx = reader.begin().await.unwrap();
            let changed = fields(json!({ "state": "valid", "channel": "phone" }));
            assert_eq!(code(&tx.update(LEAD_CONSENT, &consent, None, &changed).await.unwrap_err()), "edit");
            drop(tx);
            let mut tx = reader.begin().await.unwrap();
            let gone = tx.set_deleted(LEAD_CONSENT, &consent, None, true).await;
            assert_eq!(code(&gone.unwrap_err()), "delete");
            drop(tx);
            let mut tx = reader.begin().await.unwrap();
            let forged = fields(
                json!({ "lead": id, "purpose": "sales_contact", "kind": "sensitive", "basis": "consent" }),
            );
            let made = tx.create(LEAD_CONSENT, NewRecord { fields: forged, ..NewRecord::default() }).await;
            assert!(
                matches!(made.unwrap_err(), VaultError::Problem(Problem::Forbidden("create"))),
                "{login}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lb_05_what_a_lead_takes_back_stays_on_record_as_taken_back_and_stops_what_rests_on_it() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let id = lead(&house, &rep, "13800138231").await;
        let given = only(&rep, &id).await;
        let consent = RecordId::new(given.id());
        let told: intake::Withdrawal =
            serde_json::from_value(json!({ "channel": "phone", "reason": "no_need" })).unwrap();
        intake::withdraw(vault, &rep, LEAD, &id, &consent, &told).await.unwrap();
        let after = only(&rep, &id).await;
        assert_eq!(after.clear_text("state"), Some("withdrawn"));
        assert_eq!(after.clear_text("withdrawn_through"), Some("phone"));
        assert_eq!(after.clear_text("given_at"), given.clear_text("given_at"), "what was given stays said");
        let again = intake::withdraw(vault, &rep, LEAD, &id, &consent, &told).await.unwrap_err();
        assert_eq!(code(&again), "already_withdrawn");

        let more = fields(json!({ "email": "lin@clinic.example" }));
        let refused = intake::update(&rep, LEAD, &id, None, &more).await.unwrap_err();
        assert_eq!(code(&refused), "basis_required");
        assert_eq!(intake::add_consent(vault, &rep, LEAD, &id, &agreed(vault)).await.unwrap().len(), 2);
        assert!(intake::update(&rep, LEAD, &id, None, &more).await.is_ok());

        // The receipt speaks of the lead, and a stranger verifies it.
        let note = rights::receipt(vault, &rep, LEAD, &id, &consent).await.unwrap();
        assert!(note.contains(&format!("\"lead\": \"{id}\"")) && note.contains("\"withdrawn_at\": \"20"));
        let key: kedun_ledger::NoteVerifier = vault.ledger_key().parse().unwrap();
        Note::parse(&note).unwrap().verify(&[key]).unwrap();

        vault.sequence(true).await.unwrap();
        let audit = house.as_("shen.ming").await;
        for action in ["consent.give", "consent.withdraw", "consent.receipt"] {
            let rows = audit.ledger_entries(&SoughtEntries::from_place(0, Some(action)), 500).await.unwrap();
            let kept = rows.iter().filter(|row| row.object.as_deref() == Some(LEAD_CONSENT)).count();
            assert_eq!(kept, 1, "{action}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consents_of_a_lead_go_where_it_goes() {
    for house in houses().await {
        let (rep, other) = (house.as_("zhang.wei").await, house.as_("chen.jing").await);
        let id = lead(&house, &rep, "13800138241").await;
        let consent = RecordId::new(only(&rep, &id).await.id());
        let mut tx = rep.begin().await.unwrap();
        tx.set_deleted(LEAD, &id, None, true).await.unwrap();
        tx.commit(Act::new("record.delete", LEAD)).await.unwrap();
        assert!(!lists(&rep, &consent).await, "with it into the recycle bin");
        let mut tx = rep.begin().await.unwrap();
        tx.set_deleted(LEAD, &id, None, false).await.unwrap();
        tx.commit(Act::new("record.restore", LEAD)).await.unwrap();
        assert!(lists(&rep, &consent).await, "and out of it");

        let mut tx = rep.begin().await.unwrap();
        tx.transfer(LEAD, &id, other.person(), "换人跟进").await.unwrap();
        tx.commit(Act::new("record.transfer", LEAD)).await.unwrap();
        assert_eq!(only(&other, &id).await.owner(), Some(other.person().as_str()));
        assert!(!lists(&rep, &consent).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lead_of_the_demo_company_was_told_and_agreed() {
    for house in houses().await {
        let demo = house.vault.system(Task::Demo);
        let count = async |object: &str| {
            let query = Query { count: true, limit: 1, ..Query::default() };
            demo.query(object, &query).await.unwrap().count.unwrap()
        };
        let (leads, consents) = (count(LEAD).await, count(LEAD_CONSENT).await);
        assert!(leads > 0 && consents == leads, "{leads} leads, {consents} consents");
    }
}
