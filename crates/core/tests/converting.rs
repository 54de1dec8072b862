//! A lead becomes a customer: what goes along, what does not, and who may not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, agreed, code, fields, houses, kek};
use kedun_core::intake::{self, Made};
use kedun_core::{erasures, retention};
use kedun_model::{Problem, RecordId, SubjectId};
use kedun_vault::{
    Act, Conversion, NewPerson, Query, RecordView, Result, Scope, SoughtEntries, Task, Vault, VaultError,
    tampering,
};
use serde_json::{Value as Json, json};

const LEAD: &str = "lead";
const CUSTOMER: &str = "customer";

async fn lead(house: &House, whose: &Scope, phone: &str) -> RecordId {
    let new = fields(json!({
        "company": "静安明心口腔门诊部", "name": "林若琳", "phone": phone, "wechat": "lin_ruolin_88", "city": "上海市",
        "source": "website", "need": "想看看种植机",
    }));
    let made = intake::create(&house.vault, whose, LEAD, new, Some(&agreed(&house.vault))).await.unwrap();
    RecordId::new(made.id())
}

async fn convert(house: &House, who: &Scope, lead: &RecordId, asked: &Conversion) -> Result<Made> {
    intake::convert(&house.vault, who, LEAD, lead, asked, None).await
}

fn with_contact() -> Conversion {
    let also = [
        ("contact".into(), serde_json::Map::new()),
        ("opportunity".into(), fields(json!({ "name": "种植机一台" }))),
    ];
    Conversion { also: also.into(), ..Conversion::default() }
}

/// The named field of the first mistake.
fn place(error: &VaultError) -> String {
    match error {
        VaultError::Problem(Problem::Invalid(errors)) => errors[0].field.clone(),
        other => format!("{other:?}"),
    }
}

async fn beneath(scope: &Scope, object: &str, customer: &RecordId) -> Vec<RecordView> {
    let filter = json!({ "field": "customer", "op": "eq", "value": customer });
    let filter = kedun_model::filter::Filter::parse(&filter).unwrap();
    scope.query(object, &Query { filter: Some(filter), limit: 50, ..Query::default() }).await.unwrap().records
}

async fn customers(scope: &Scope) -> usize {
    scope.query(CUSTOMER, &Query { limit: 200, ..Query::default() }).await.unwrap().records.len()
}

fn value(record: &RecordView, name: &str) -> Json {
    record.field(name).map(|f| serde_json::to_value(f).unwrap()).unwrap_or_default()
}

/// Publishes a role with one of its grants changed.
async fn regrant(house: &House, role: &str, grant: &str, change: impl FnOnce(&mut Json)) {
    let mut body = serde_json::to_value(&*house.vault.catalog().roles[&role.into()].def).unwrap();
    let grants = body["grants"].as_array_mut().unwrap();
    change(grants.iter_mut().find(|g| g["id"] == grant).unwrap());
    let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
    tx.publish("role", role, &body, None).await.unwrap();
    tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
}

async fn publish(vault: &Vault, object: &str, body: &Json) -> Result<()> {
    let mut tx = vault.system(Task::Bootstrap).begin().await?;
    tx.publish("object", object, body, None).await?;
    tx.commit(Act::new("definition.publish", "definition")).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_becomes_a_customer_with_a_contact_an_opportunity_and_what_it_agreed_to() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let id = lead(&house, &rep, "13800138301").await;
        let given = intake::consents(&rep, LEAD, &id).await.unwrap();
        house.clock.advance(86_400_000);
        let rep = house.as_("zhang.wei").await;
        assert!(rep.get(LEAD, &id).await.unwrap().may_be_converted());
        let outlook = intake::prospect(vault, &rep, LEAD, &id, &fields(json!({}))).await.unwrap();
        assert!(!outlook.intake && outlook.left_behind.is_empty() && outlook.duplicates.is_empty());
        let names: Vec<&str> = outlook
            .carried
            .iter()
            .filter(|c| c.object.as_str() == CUSTOMER)
            .map(|c| c.field.as_str())
            .collect();
        assert_eq!(names, ["city", "name", "notes", "phone", "source", "wechat"]);

        let made = convert(&house, &rep, &id, &with_contact()).await.unwrap();
        assert!(made.left_behind.is_empty());
        let customer = RecordId::new(made.record.id());
        assert_eq!(made.record.title(), Some("静安明心口腔门诊部"));
        assert_eq!(made.record.owner(), Some(rep.person().as_str()));
        // What is masked on the lead is masked in the reply, and revealed on the customer as everywhere.
        assert_eq!(value(&made.record, "phone"), json!({ "masked": "138****8301" }));
        let revealed = rep.reveal(CUSTOMER, &customer, "phone", "call").await.unwrap();
        assert_eq!(revealed.value, json!("+8613800138301"));
        let contacts = beneath(&rep, "contact", &customer).await;
        assert_eq!((contacts.len(), contacts[0].clear_text("name")), (1, Some("林若琳")));
        assert_eq!(beneath(&rep, "opportunity", &customer).await[0].title(), Some("种植机一台"));

        // Their word as it was given, a day ago.
        let kept = intake::consents(&rep, CUSTOMER, &customer).await.unwrap();
        assert_eq!(kept.len(), 1);
        for name in
            ["purpose", "kind", "basis", "channel", "notice_version", "notice_hash", "given_at", "state"]
        {
            assert_eq!(kept[0].clear_text(name), given[0].clear_text(name), "{name}");
        }
        assert_eq!(value(&kept[0], "recorded_by")["value"]["id"], json!(rep.person()));

        let after = rep.get(LEAD, &id).await.unwrap();
        assert_eq!(after.clear_text("status"), Some("converted"));
        assert_eq!(
            value(&after, "customer")["value"],
            json!({ "id": customer, "title": "静安明心口腔门诊部" })
        );
        assert!(!after.may_be_converted());
        assert_eq!(
            code(&convert(&house, &rep, &id, &with_contact()).await.err().unwrap()),
            "already_converted"
        );
        // Neither done nor undone by hand.
        let rights = serde_json::to_value(&after).unwrap()["rights"]["edit_fields"].clone();
        assert!(rights.as_array().unwrap().iter().all(|name| name != "status"), "{rights}");
        let undo = fields(json!({ "status": "qualified" }));
        let refused = intake::update(&rep, LEAD, &id, None, &undo).await.unwrap_err();
        assert_eq!((code(&refused).as_str(), place(&refused).as_str()), ("locked_option", "status"));
        let link = fields(json!({ "customer": null }));
        assert_eq!(code(&intake::update(&rep, LEAD, &id, None, &link).await.unwrap_err()), "not_writable");
        let other = lead(&house, &rep, "13800138302").await;
        let byhand = fields(json!({ "status": "converted" }));
        let refused = intake::update(&rep, LEAD, &other, None, &byhand).await.unwrap_err();
        assert_eq!((code(&refused).as_str(), place(&refused).as_str()), ("locked_option", "status"));
        let born = fields(json!({ "company": "天生客户", "status": "converted" }));
        let refused = intake::create(vault, &rep, LEAD, born, None).await.unwrap_err();
        assert_eq!(code(&refused), "locked_option");

        // One act in the log, by names; and in all that is stored no value lies open.
        vault.sequence(true).await.unwrap();
        let auditor = house.as_("shen.ming").await;
        let acts =
            auditor.ledger_entries(&SoughtEntries::from_place(0, Some("record.convert")), 10).await.unwrap();
        assert_eq!(acts.len(), 1);
        let all = tampering::everything(&house.source, &kek()).await.unwrap();
        for planted in ["13800138301", "林若琳", "lin_ruolin_88", "想看看种植机"] {
            assert!(all.iter().all(|text| !text.contains(planted)), "{planted}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_does_not_and_nothing_is_made() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let id = lead(&house, &rep, "13800138311").await;
        let before = customers(&rep).await;
        let nothing = Conversion::default();
        // Another team's rep, an intern, service, administrators: there is no such lead.
        for login in ["chen.jing", "sun.yue", "xu.hui", "feng.an", "zheng.kai", "shen.ming"] {
            let stranger = house.as_(login).await;
            assert_eq!(
                code(&convert(&house, &stranger, &id, &nothing).await.err().unwrap()),
                "not_found",
                "{login}"
            );
            let outlook = intake::prospect(vault, &stranger, LEAD, &id, &fields(json!({}))).await;
            assert_eq!(code(&outlook.err().unwrap()), "not_found", "{login}");
        }
        // The manager may change it, and makes no customer in another's name.
        let manager = house.as_("wang.jianguo").await;
        assert!(!manager.get(LEAD, &id).await.unwrap().may_be_converted());
        assert_eq!(code(&convert(&house, &manager, &id, &nothing).await.err().unwrap()), "create");
        // A customer cannot be converted into anything.
        let customer = house.customers_of(&rep).await[0].clone();
        let refused = intake::convert(vault, &rep, CUSTOMER, &customer, &nothing, None).await.err().unwrap();
        assert_eq!(code(&refused), "not_found");
        // Against an old revision, with what may not be made beneath, with a value that is none.
        let stale = Conversion { revision: Some(7), ..Conversion::default() };
        let refused = convert(&house, &rep, &id, &stale).await.err().unwrap();
        assert!(matches!(refused, VaultError::RevisionConflict(_)), "{refused:?}");
        let odd =
            Conversion { also: [("contract".into(), fields(json!({})))].into(), ..Conversion::default() };
        let refused = convert(&house, &rep, &id, &odd).await.err().unwrap();
        assert_eq!((code(&refused).as_str(), place(&refused).as_str()), ("unknown_object", "also.contract"));
        let nameless =
            Conversion { also: [("opportunity".into(), fields(json!({})))].into(), ..Conversion::default() };
        let refused = convert(&house, &rep, &id, &nameless).await.err().unwrap();
        assert_eq!(
            (code(&refused).as_str(), place(&refused).as_str()),
            ("required", "also.opportunity.name")
        );
        let wrong = Conversion { fields: fields(json!({ "phone": "12" })), ..Conversion::default() };
        let refused = convert(&house, &rep, &id, &wrong).await.err().unwrap();
        assert_eq!((code(&refused).as_str(), place(&refused).as_str()), ("phone_format", "fields.phone"));
        // Who may create no customers converts no lead, though it is theirs.
        regrant(&house, "rep", "rep/customer-own", |grant| grant["verbs"] = json!(["read", "edit"])).await;
        let rep = house.as_("zhang.wei").await;
        assert!(!rep.get(LEAD, &id).await.unwrap().may_be_converted());
        assert_eq!(code(&convert(&house, &rep, &id, &nothing).await.err().unwrap()), "create");
        let here = rep.get(LEAD, &id).await.unwrap();
        assert_eq!((here.clear_text("status"), customers(&rep).await), (Some("new"), before));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_in_the_pool_is_claimed_first_and_one_that_is_held_stays_as_it_is() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = lead(&house, &rep, "13800138321").await;
        let mut tx = rep.begin().await.unwrap();
        tx.release(LEAD, &id, None, "暂不跟进").await.unwrap();
        tx.commit(Act::new("record.release", LEAD)).await.unwrap();
        assert_eq!(
            code(&convert(&house, &rep, &id, &Conversion::default()).await.err().unwrap()),
            "claim_first"
        );
        let mut tx = rep.begin().await.unwrap();
        tx.claim(LEAD, &id).await.unwrap();
        tx.commit(Act::new("record.claim", LEAD)).await.unwrap();

        let legal = house.as_("he.zheng").await;
        let hold = json!({ "object": LEAD, "record": id, "ground": "litigation" });
        let hold = retention::hold(&legal, &serde_json::from_value(hold).unwrap()).await.unwrap();
        assert!(!rep.get(LEAD, &id).await.unwrap().may_be_converted());
        assert_eq!(code(&convert(&house, &rep, &id, &Conversion::default()).await.err().unwrap()), "on_hold");
        retention::lift(&legal, &hold.hold.id).await.unwrap();
        convert(&house, &rep, &id, &Conversion::default()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_was_taken_back_does_not_come_along() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let id = lead(&house, &rep, "13800138331").await;
        let consent = RecordId::new(intake::consents(&rep, LEAD, &id).await.unwrap()[0].id());
        intake::withdraw(vault, &rep, LEAD, &id, &consent, &intake::Withdrawal::default()).await.unwrap();
        assert!(intake::prospect(vault, &rep, LEAD, &id, &fields(json!({}))).await.unwrap().intake);
        let before = customers(&rep).await;
        let refused = convert(&house, &rep, &id, &with_contact()).await.err().unwrap();
        assert_eq!((code(&refused).as_str(), place(&refused).as_str()), ("basis_required", "intake"));
        assert_eq!(customers(&rep).await, before, "nothing is made");
        let mut silent = agreed(vault);
        silent.consents.clear();
        let refused =
            intake::convert(vault, &rep, LEAD, &id, &with_contact(), Some(&silent)).await.err().unwrap();
        assert_eq!(code(&refused), "consent_required");
        // Without anything personal there is nothing to ask.
        let id_too = lead(&house, &rep, "13800138332").await;
        let consent = RecordId::new(intake::consents(&rep, LEAD, &id_too).await.unwrap()[0].id());
        intake::withdraw(vault, &rep, LEAD, &id_too, &consent, &intake::Withdrawal::default()).await.unwrap();
        let bare = fields(json!({ "phone": null, "wechat": null, "notes": null }));
        let bare = Conversion { fields: bare, ..Conversion::default() };
        let made = convert(&house, &rep, &id_too, &bare).await.unwrap();
        assert!(made.record.field("phone").is_none());
        assert!(intake::consents(&rep, CUSTOMER, &RecordId::new(made.record.id())).await.unwrap().is_empty());
        // Asked again, with what they said this time and nothing else.
        let made =
            intake::convert(vault, &rep, LEAD, &id, &with_contact(), Some(&agreed(vault))).await.unwrap();
        let kept = intake::consents(&rep, CUSTOMER, &RecordId::new(made.record.id())).await.unwrap();
        assert_eq!(kept.len(), 1);
        let given = kedun_model::moment::parse(kept[0].clear_text("given_at").unwrap()).unwrap();
        assert!(given >= made.record.created_at());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_went_along_is_taken_back_in_both_places_at_once() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        for (n, by_lead) in [(1, true), (2, false)] {
            let id = lead(&house, &rep, &format!("1380013833{}", n + 4)).await;
            let made = convert(&house, &rep, &id, &with_contact()).await.unwrap();
            let customer = RecordId::new(made.record.id());
            // What they said to the customer's people of their own accord is another word.
            intake::add_consent(vault, &rep, CUSTOMER, &customer, &agreed(vault)).await.unwrap();
            let (object, one) = if by_lead { (LEAD, &id) } else { (CUSTOMER, &customer) };
            let all = intake::consents(&rep, object, one).await.unwrap();
            let first = RecordId::new(all.iter().min_by_key(|c| c.clear_text("given_at")).unwrap().id());
            intake::withdraw(vault, &rep, object, one, &first, &intake::Withdrawal::default()).await.unwrap();
            let states = |all: Vec<RecordView>| {
                let mut states: Vec<_> =
                    all.iter().map(|c| c.clear_text("state").unwrap().to_owned()).collect();
                states.sort();
                states
            };
            assert_eq!(states(intake::consents(&rep, LEAD, &id).await.unwrap()), ["withdrawn"]);
            let there = intake::consents(&rep, CUSTOMER, &customer).await.unwrap();
            assert_eq!(states(there), ["valid", "withdrawn"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_sees_less_of_on_the_lead_stays_behind() {
    for house in houses().await {
        regrant(&house, "rep", "rep/lead-own", |grant| {
            grant["fields"]["names"]["phone"] = json!("masked");
            grant["fields"]["names"]["wechat"] = json!("none");
            grant["fields"]["names"]["email"] = json!("none");
        })
        .await;
        // Somebody who sees everything wrote it down.
        let rep = house.as_("zhang.wei").await;
        let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
        let new = fields(
            json!({ "company": "半遮诊所", "name": "林若琳", "phone": "13800138341", "wechat": "hidden_wx_1" }),
        );
        let new = kedun_vault::NewRecord {
            fields: new,
            owner: Some(rep.person().clone()),
            department: rep.department().cloned(),
            ..Default::default()
        };
        let id = tx.create(LEAD, new).await.unwrap();
        tx.commit(Act::new("test", LEAD)).await.unwrap();
        intake::add_consent(&house.vault, &rep, LEAD, &id, &agreed(&house.vault)).await.unwrap();
        let made = convert(&house, &rep, &id, &with_contact()).await.unwrap();
        let left: Vec<(&str, &str)> =
            made.left_behind.iter().map(|l| (l.object.as_str(), l.field.as_str())).collect();
        // Also the e-mail address, of which there is none: nobody learns whether there is.
        let both = |object| ["email", "phone", "wechat"].map(|field| (object, field));
        assert_eq!(left, [both(CUSTOMER), both("contact")].concat());
        let customer = RecordId::new(made.record.id());
        let contact = beneath(&rep, "contact", &customer).await.remove(0);
        for record in [&made.record, &contact] {
            assert!(record.field("phone").is_none() && record.field("wechat").is_none());
        }
        assert_eq!(contact.clear_text("name"), Some("林若琳"));
        let found = house.as_("wang.jianguo").await.search(&[CUSTOMER, "contact"], "13800138341", 10).await;
        assert!(found.unwrap().found.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_known_already_is_joined_and_not_made_twice() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let phone = "13800138351";
        let new = fields(json!({ "name": "早已在册医院", "phone": phone }));
        let known = intake::create(vault, &rep, CUSTOMER, new, Some(&agreed(vault))).await.unwrap();
        let known = RecordId::new(known.id());
        let id = lead(&house, &rep, phone).await;
        let refused = convert(&house, &rep, &id, &Conversion::default()).await.err().unwrap();
        assert_eq!((code(&refused).as_str(), place(&refused).as_str()), ("duplicate", "fields.phone"));
        let outlook = intake::prospect(vault, &rep, LEAD, &id, &fields(json!({}))).await.unwrap();
        assert!(outlook.duplicates[0].visible);
        // Another team's is named by its team alone, and cannot be joined.
        let theirs = house.as_("chen.jing").await;
        let new = fields(json!({ "name": "华南医院", "phone": "13800138352" }));
        let foreign = intake::create(vault, &theirs, CUSTOMER, new, Some(&agreed(vault))).await.unwrap();
        let foreign = RecordId::new(foreign.id());
        let second = lead(&house, &rep, "13800138352").await;
        let outlook = intake::prospect(vault, &rep, LEAD, &second, &fields(json!({}))).await.unwrap();
        let one = &outlook.duplicates[0];
        assert!(!one.visible && one.record.is_none() && one.team.is_some());
        let into = Conversion { into: Some(foreign), ..with_contact() };
        let refused = convert(&house, &rep, &second, &into).await.err().unwrap();
        assert_eq!((code(&refused).as_str(), place(&refused).as_str()), ("unknown_record", "into"));

        let over = Conversion {
            into: Some(known.clone()),
            fields: fields(json!({ "name": "别的名字" })),
            ..with_contact()
        };
        assert_eq!(code(&convert(&house, &rep, &id, &over).await.err().unwrap()), "nothing_overwritten");
        let into = Conversion { into: Some(known.clone()), ..with_contact() };
        let made = convert(&house, &rep, &id, &into).await.unwrap();
        assert_eq!((made.record.id(), made.record.title()), (known.as_str(), Some("早已在册医院")));
        assert!(made.record.field("wechat").is_none(), "its own fields stay as they were");
        assert_eq!(beneath(&rep, "contact", &known).await.len(), 1);
        assert_eq!(intake::consents(&rep, CUSTOMER, &known).await.unwrap().len(), 2);

        // What they took back there is not given again by an older word.
        let new = fields(json!({ "name": "已撤回医院", "phone": "13800138353" }));
        let third = lead(&house, &rep, "13800138353").await;
        let with = intake::create(vault, &rep, CUSTOMER, new, Some(&agreed(vault))).await.unwrap();
        let with = RecordId::new(with.id());
        house.clock.advance(60_000);
        let consent = RecordId::new(intake::consents(&rep, CUSTOMER, &with).await.unwrap()[0].id());
        intake::withdraw(vault, &rep, CUSTOMER, &with, &consent, &intake::Withdrawal::default())
            .await
            .unwrap();
        let into = Conversion { into: Some(with.clone()), ..with_contact() };
        assert_eq!(code(&convert(&house, &rep, &third, &into).await.err().unwrap()), "basis_required");
        let empty = Conversion { into: Some(with.clone()), ..Conversion::default() };
        convert(&house, &rep, &third, &empty).await.unwrap();
        let valid = intake::consents(&rep, CUSTOMER, &with).await.unwrap();
        assert!(valid.iter().all(|c| c.clear_text("state") == Some("withdrawn")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_erased_names_the_other_and_takes_nothing_of_it() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let phone = "13800138361";
        let id = lead(&house, &rep, phone).await;
        let made = convert(&house, &rep, &id, &with_contact()).await.unwrap();
        let customer = RecordId::new(made.record.id());
        let mut tx = vault.system(Task::Demo).begin().await.unwrap();
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
        let (one, other) = (house.as_("he.zheng").await, house.as_("second.lawyer").await);
        // Whoever erases either is told of the other.
        let of_lead = erasures::preview(&one, LEAD, &id).await.unwrap();
        assert_eq!(of_lead["converted"], json!([{ "object": CUSTOMER, "record": customer }]));
        let case =
            erasures::request(vault, &one, CUSTOMER, &customer, "consent_withdrawn", "").await.unwrap();
        assert_eq!(case.preview["converted"], json!([{ "object": LEAD, "record": id }]));
        let task = case.task.unwrap();
        let hash =
            kedun_model::flow::Snapshot::parse(&other.one_task(&task).await.unwrap().snapshot_hash).unwrap();
        let approve = kedun_model::flow::Decision::Approve;
        kedun_core::approvals::decide(vault, &other, &task, approve, &hash, "").await.unwrap();
        assert!(!vault.has_subject(&SubjectId::new(customer.as_str())).await.unwrap());
        assert!(rep.search(&[CUSTOMER, "contact"], phone, 10).await.unwrap().found.is_empty());
        // The lead is another subject: it stays until its own case, and says no more of the customer than that it was.
        let here = rep.get(LEAD, &id).await.unwrap();
        assert_eq!(value(&here, "customer")["value"], json!({ "id": customer }));
        assert_eq!(rep.reveal(LEAD, &id, "phone", "call").await.unwrap().value, json!("+8613800138361"));
        assert!(!here.may_be_converted());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_that_would_lose_or_expose_something_is_not_published() {
    for house in houses().await {
        let vault = &house.vault;
        let lead = serde_json::to_value(&*vault.catalog().objects[&LEAD.into()].def).unwrap();
        let changed = |path: &str, value: Json| {
            let mut body = lead.clone();
            *body.pointer_mut(path).unwrap() = value;
            body
        };
        let status = lead["fields"].as_array().unwrap().iter().position(|f| f["name"] == "status").unwrap();
        let unlocked = {
            let mut body = lead.clone();
            let options = body["fields"][status]["options"].as_array_mut().unwrap();
            options.iter_mut().find(|o| o["value"] == "converted").unwrap()["locked"] = json!(false);
            body
        };
        for (body, rule) in [
            (changed("/conversion/to", json!("nothing")), "unknown_field"),
            (changed("/conversion/to", json!("lead")), "unknown_field"),
            (changed("/conversion/reference", json!("phone")), "unknown_field"),
            (changed("/conversion/status/value", json!("new")), "must_be_locked"),
            (changed("/conversion/status/field", json!("phone")), "unknown_field"),
            (changed("/conversion/fields", json!({ "phone": "city" })), "kind_differs"),
            (changed("/conversion/fields", json!({ "phone": "nothing" })), "unknown_field"),
            (changed("/conversion/fields", json!({ "city": "name", "company": "name" })), "name_taken"),
            (changed("/conversion/fields", json!({ "company": "city" })), "class_lower"),
            (changed("/conversion/fields", json!({ "industry": "source" })), "options_missing"),
            (changed("/conversion/fields", json!({ "next_follow_up": "last_follow_up" })), "locked_target"),
            (changed("/conversion/also/0/object", json!("product")), "unknown_object"),
            (changed("/conversion/also/0/object", json!("lead_consent")), "unfit_target"),
            (unlocked, "must_be_locked"),
        ] {
            assert_eq!(code(&publish(vault, LEAD, &body).await.unwrap_err()), rule, "{}", body["conversion"]);
        }
        // Nor is what it leads to changed under it.
        let mut customer = serde_json::to_value(&*vault.catalog().objects[&CUSTOMER.into()].def).unwrap();
        let wechat =
            customer["fields"].as_array_mut().unwrap().iter_mut().find(|f| f["name"] == "wechat").unwrap();
        wechat["retired"] = json!(true);
        for form in customer["forms"].as_array_mut().unwrap() {
            form["fields"].as_array_mut().unwrap().retain(|name| name != "wechat");
        }
        let refused = publish(vault, CUSTOMER, &customer).await.unwrap_err();
        assert_eq!(place(&refused), "lead.conversion.fields.wechat");
        // An object that says nothing of it is as good as before.
        let mut silent = lead.clone();
        silent.as_object_mut().unwrap().remove("conversion");
        publish(vault, LEAD, &silent).await.unwrap();
        let rep = house.as_("zhang.wei").await;
        let id = self::lead(&house, &rep, "13800138371").await;
        assert!(!rep.get(LEAD, &id).await.unwrap().may_be_converted());
        assert_eq!(
            code(&convert(&house, &rep, &id, &Conversion::default()).await.err().unwrap()),
            "not_found"
        );
    }
}
