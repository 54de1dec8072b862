//! What bears that a person's values are kept and used: LB-01 (no basis, no value), LB-04 (sensitive data by itself), LB-05
//! (what was taken back stops).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, agreed, code, fields, houses};
use kedun_core::intake::{self, Withdrawal};
use kedun_model::notice::ConsentKind;
use kedun_model::{Problem, RecordId};
use kedun_vault::{Act, Scope, VaultError};
use serde_json::{Value as Json, json};

const CUSTOMER: &str = "customer";

async fn customer(house: &House, whose: &Scope, values: Json) -> RecordId {
    let new = fields(values);
    let made = match new.len() {
        1 => intake::create(&house.vault, whose, CUSTOMER, new, None).await,
        _ => {
            let mut both = agreed(&house.vault);
            both.consents.push(intake::Given { kind: ConsentKind::Sensitive, given: true });
            intake::create(&house.vault, whose, CUSTOMER, new, Some(&both)).await
        }
    };
    RecordId::new(made.unwrap().id())
}

async fn take_back(house: &House, who: &Scope, customer: &RecordId, kind: &str) {
    for consent in intake::consents(who, CUSTOMER, customer).await.unwrap() {
        if consent.clear_text("kind") == Some(kind) {
            let id = RecordId::new(consent.id());
            let told = Withdrawal::default();
            intake::withdraw(&house.vault, who, CUSTOMER, customer, &id, &told).await.unwrap();
        }
    }
}

async fn share(rep: &Scope, customer: &RecordId, with: &Scope) {
    let mut tx = rep.begin().await.unwrap();
    let until = rep.now() + 86_400_000;
    tx.share(CUSTOMER, customer, with.person(), false, "joint visit", until).await.unwrap();
    tx.commit(Act::new("record.share", CUSTOMER).on(customer, None)).await.unwrap();
}

fn places(error: &VaultError) -> Vec<(String, String)> {
    match error {
        VaultError::Problem(Problem::Invalid(errors)) => {
            errors.iter().map(|e| (e.field.clone(), e.code.clone())).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lb_01_an_asterisk_is_no_way_round_a_basis_and_a_mask_that_comes_back_is_no_value() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let nobody = customer(&house, &rep, json!({ "name": "星号诊所" })).await;
        for text in ["王五 13800001111", "王五 13800001111*", "＊王五"] {
            let notes = fields(json!({ "notes": text }));
            let refused = intake::update(&rep, CUSTOMER, &nobody, None, &notes).await.unwrap_err();
            assert_eq!(places(&refused), [("intake".to_owned(), "basis_required".to_owned())], "{text}");
        }
        assert!(rep.get(CUSTOMER, &nobody).await.unwrap().field("notes").is_none());
        // A form sends back what it was shown, whether or not it could be collected today.
        let known = customer(&house, &rep, json!({ "name": "掩码诊所", "phone": "13800138401" })).await;
        take_back(&house, &rep, &known, "collect").await;
        let form = fields(json!({ "phone": "138****8401", "level": "B" }));
        let changed = intake::update(&rep, CUSTOMER, &known, None, &form).await.unwrap();
        assert_eq!(changed.clear_text("level"), Some("B"));
        let another = fields(json!({ "phone": "138****8402" }));
        assert!(intake::update(&rep, CUSTOMER, &known, None, &another).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lb_01_a_contact_rests_on_what_was_agreed_to_above_or_brings_a_basis() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let nobody = customer(&house, &rep, json!({ "name": "无依据诊所" })).await;
        let contact = fields(json!({ "customer": nobody, "name": "王五", "phone": "13800138411" }));
        let count = async || {
            rep.query("contact", &kedun_vault::Query { limit: 200, ..Default::default() })
                .await
                .unwrap()
                .records
                .len()
        };
        let before = count().await;
        let refused = intake::create(vault, &rep, "contact", contact.clone(), None).await.unwrap_err();
        assert_eq!(places(&refused), [("intake".to_owned(), "basis_required".to_owned())]);
        // In whatever form the customer is named.
        let named = fields(json!({ "customer": { "id": nobody, "title": "x" }, "name": "王五" }));
        let refused = intake::create(vault, &rep, "contact", named, None).await.unwrap_err();
        assert_eq!(places(&refused), [("intake".to_owned(), "basis_required".to_owned())]);
        let mut without = agreed(vault);
        without.consents.clear();
        let refused =
            intake::create(vault, &rep, "contact", contact.clone(), Some(&without)).await.unwrap_err();
        assert_eq!(places(&refused), [("intake.consents".to_owned(), "consent_required".to_owned())]);
        let mut outdated = agreed(vault);
        outdated.notice.version += 1;
        let refused =
            intake::create(vault, &rep, "contact", contact.clone(), Some(&outdated)).await.unwrap_err();
        assert_eq!(places(&refused), [("intake.notice".to_owned(), "notice_outdated".to_owned())]);
        assert_eq!(count().await, before, "nothing was stored");

        let made =
            intake::create(vault, &rep, "contact", contact.clone(), Some(&agreed(vault))).await.unwrap();
        let made = RecordId::new(made.id());
        // It stands where every consent about this customer stands, and bears the next one too.
        let consents = intake::consents(&rep, CUSTOMER, &nobody).await.unwrap();
        assert_eq!(consents.iter().map(|c| c.clear_text("kind")).collect::<Vec<_>>(), [Some("collect")]);
        let second = fields(json!({ "customer": nobody, "name": "赵六", "phone": "13800138412" }));
        intake::create(vault, &rep, "contact", second, None).await.unwrap();

        take_back(&house, &rep, &nobody, "collect").await;
        let third = fields(json!({ "customer": nobody, "name": "钱七" }));
        let refused = intake::create(vault, &rep, "contact", third, None).await.unwrap_err();
        assert_eq!(code(&refused), "basis_required");
        let number = fields(json!({ "phone": "13800138413" }));
        let refused = intake::update(&rep, "contact", &made, None, &number).await.unwrap_err();
        assert_eq!(code(&refused), "basis_required");
        // What is not about a person needs nothing.
        let plain = fields(json!({ "role": "user" }));
        if rep.object("contact").unwrap().field("role").is_some() {
            intake::update(&rep, "contact", &made, None, &plain).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lb_05_what_was_taken_back_is_not_revealed_for_what_rested_on_it() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let values = json!({ "name": "撤回诊所", "phone": "13800138421", "id_number": "11010519491231002X" });
        let id = customer(&house, &rep, values).await;
        let asks = async |field: &str, purpose: &str| {
            rep.reveal(CUSTOMER, &id, field, purpose).await.map(drop).map_err(|e| code(&e))
        };
        assert_eq!(asks("phone", "call").await, Ok(()));
        assert_eq!(asks("id_number", "contract").await, Ok(()));
        take_back(&house, &rep, &id, "sensitive").await;
        assert_eq!(asks("id_number", "contract").await, Err("consent_withdrawn".to_owned()));
        assert_eq!(asks("id_number", "correction").await, Ok(()));
        assert_eq!(asks("phone", "call").await, Ok(()));
        take_back(&house, &rep, &id, "collect").await;
        for purpose in ["call", "message", "visit", "other:想再问问"] {
            assert_eq!(asks("phone", purpose).await, Err("consent_withdrawn".to_owned()), "{purpose}");
        }
        // A contract, its service and their own request do not rest on a consent.
        for purpose in ["contract", "service", "correction"] {
            assert_eq!(asks("phone", purpose).await, Ok(()), "{purpose}");
        }
        // What does not rest on anybody's word is untouched, and given again it opens again.
        intake::add_consent(&house.vault, &rep, CUSTOMER, &id, &agreed(&house.vault)).await.unwrap();
        assert_eq!(asks("phone", "call").await, Ok(()));
        let company = customer(&house, &rep, json!({ "name": "只有名称的医院" })).await;
        assert!(rep.consented(&[&company]).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_look_neither_changes_a_personal_field_nor_takes_a_consent_back() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, &rep, json!({ "name": "只看诊所", "phone": "13800138431" })).await;
        let looker = house.as_("li.na").await;
        share(&rep, &id, &looker).await;
        looker.get(CUSTOMER, &id).await.unwrap();
        for values in [json!({ "notes": "x" }), json!({ "level": "B" }), json!({ "phone": "13800138432" })] {
            let refused = intake::update(&looker, CUSTOMER, &id, None, &fields(values)).await.unwrap_err();
            assert_eq!(code(&refused), "edit");
        }
        let consent = RecordId::new(intake::consents(&rep, CUSTOMER, &id).await.unwrap()[0].id());
        let told = Withdrawal::default();
        let refused =
            intake::withdraw(&house.vault, &looker, CUSTOMER, &id, &consent, &told).await.unwrap_err();
        assert_eq!(code(&refused), "edit");
        intake::withdraw(&house.vault, &rep, CUSTOMER, &id, &consent, &told).await.unwrap();
    }
}
