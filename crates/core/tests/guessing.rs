//! What is under a mask is not found out by trying: codes, passwords, numbers, the recycle bin.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{agreed, code, fields, houses};
use kedun_core::{files, intake};
use kedun_model::filter::Filter;
use kedun_model::{RecordId, RoleName};
use kedun_vault::{Act, NewRecord, Query, Scope, Task, VaultError};
use serde_json::{Value as Json, json};

const PHONE: &str = "13987654321";

async fn customer(house: &common::House, rep: &Scope, values: Json) -> RecordId {
    let intake = agreed(&house.vault);
    let made = intake::create(&house.vault, rep, "customer", fields(values), Some(&intake)).await.unwrap();
    RecordId::new(made.id())
}

fn asking(filter: &Json) -> Query {
    Query { filter: Some(Filter::parse(filter).unwrap()), limit: 50, ..Query::default() }
}

fn named(phone: &str) -> Json {
    json!({ "field": "phone", "op": "eq", "value": phone })
}

#[tokio::test(flavor = "multi_thread")]
async fn one_number_is_tried_with_one_question() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, &rep, json!({ "name": "一号一问", "phone": PHONE })).await;
        let one = asking(&named(PHONE));
        assert!(rep.asks_by_number("customer", one.filter.as_ref()));
        assert_eq!(rep.query("customer", &one).await.unwrap().records.len(), 1);
        // Among many: which of them it is would be known after the tenth part of the tries.
        let many = json!({ "all": [
            { "field": "id", "op": "eq", "value": id },
            { "any": [named("13987654320"), named(PHONE)] },
        ] });
        let refused = rep.query("customer", &asking(&many)).await.unwrap_err();
        assert_eq!(code(&refused), "one_number_at_a_time");
        let by_name = asking(&json!({ "field": "name", "op": "contains", "value": "一号" }));
        assert!(!rep.asks_by_number("customer", by_name.filter.as_ref()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_known_is_not_named_to_who_sees_the_number_masked_and_may_not_claim() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, &rep, json!({ "name": "蒙面医院", "phone": PHONE })).await;
        let mut tx = rep.begin().await.unwrap();
        tx.release("customer", &id, None, "x").await.unwrap();
        tx.commit(Act::new("record.release", "customer").on(&id, None)).await.unwrap();
        let asked = fields(json!({ "phone": PHONE }));
        let told = house.as_("li.na").await.duplicates("customer", &asked).await.unwrap();
        assert!(told[0].record.is_some() && told[0].pooled, "who may claim it sees it then");

        let rep_role = serde_json::to_value(&*house.vault.catalog().roles[&"rep".into()].def).unwrap();
        let mut role = rep_role.clone();
        for grant in role["grants"].as_array_mut().unwrap() {
            if grant["id"] == "rep/customer-pool" {
                grant["verbs"] = json!(["read"]);
            }
        }
        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.publish("role", "rep", &role, None).await.unwrap();
        tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
        let other = house.as_("li.na").await;
        assert!(other.get("customer", &id).await.is_ok(), "seen, under a mask");
        let told = other.duplicates("customer", &asked).await.unwrap();
        assert!(told[0].record.is_none() && told[0].pooled, "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_session_is_no_place_to_guess_a_password_or_a_code() {
    for house in houses().await {
        let signed_in = house.sign_in("zhang.wei").await.unwrap();
        let rep = house.vault.authenticate(&signed_in.token).await.unwrap();
        let guess = async || rep.change_password("wrong-Guess-2026", "Another-Horse-2027").await.unwrap_err();
        let mut wrong = 0;
        // Right or wrong, whoever has guessed too often waits; with the lock the session is over.
        while house.vault.authenticate(&signed_in.token).await.is_ok() {
            match guess().await {
                VaultError::TooMany { .. } => house.clock.advance(70_000),
                other => {
                    assert_eq!(code(&other), "wrong_password");
                    wrong += 1;
                }
            }
            assert!(wrong <= 5, "nobody counts");
        }
        assert_eq!(wrong, 5);
        let locked = house.sign_in("zhang.wei").await.err().unwrap();
        assert!(matches!(locked, VaultError::TooMany { rule: "locked", .. }), "{locked:?}");
        house.vault.sequence(true).await.unwrap();
        let auditor = house.as_("shen.ming").await;
        let sought = kedun_vault::SoughtEntries::from_place(0, Some("session.locked"));
        assert_eq!(auditor.ledger_entries(&sought, 10).await.unwrap().len(), 1);

        // The second factor of somebody else is not given up by trying either.
        let signed_in = house.sign_in("li.na").await.unwrap();
        let rep = house.vault.authenticate(&signed_in.token).await.unwrap();
        rep.begin_totp("Kedun").await.unwrap();
        let mut wrong = 0;
        while house.vault.authenticate(&signed_in.token).await.is_ok() {
            match rep.confirm_totp("not a code", None).await.unwrap_err() {
                VaultError::TooMany { .. } => house.clock.advance(70_000),
                other => {
                    assert_eq!(code(&other), "totp_invalid");
                    wrong += 1;
                }
            }
            assert!(wrong <= 5, "nobody counts");
        }
        assert_eq!(wrong, 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_there_is_a_number_can_be_asked_and_tries_none_out() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let with = customer(&house, &rep, json!({ "name": "有号码诊所", "phone": PHONE })).await;
        let without = customer(&house, &rep, json!({ "name": "无号码诊所" })).await;
        let found = async |op: &str| {
            let filter = json!({ "all": [{ "field": "phone", "op": op }, { "field": "email", "op": "empty" },
                { "field": "name", "op": "contains", "value": "号码诊所" }] });
            let query = asking(&filter);
            assert!(!rep.asks_by_number("customer", query.filter.as_ref()));
            let page = rep.query("customer", &query).await.unwrap();
            page.records.iter().map(|r| r.id().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("not_empty").await, [with.to_string()]);
        assert_eq!(found("empty").await, [without.to_string()]);
        // What has no index cannot be asked about: nobody opens every record to find out.
        let wechat = asking(&json!({ "field": "wechat", "op": "empty" }));
        let refused = rep.query("customer", &wechat).await.unwrap_err();
        assert_eq!(code(&refused), "operator_not_for_this_field");
        let mut tx = rep.begin().await.unwrap();
        tx.update("customer", &with, None, &fields(json!({ "phone": null }))).await.unwrap();
        tx.commit(Act::new("record.update", "customer").on(&with, None)).await.unwrap();
        assert!(found("not_empty").await.is_empty());
    }
}

/// Who found a record by its number is among those who looked.
#[tokio::test(flavor = "multi_thread")]
async fn who_found_a_record_as_a_duplicate_has_looked() {
    for house in houses().await {
        let (rep, friend) = (house.as_("zhang.wei").await, house.as_("li.na").await);
        let id = customer(&house, &rep, json!({ "name": "被查重", "phone": PHONE })).await;
        let mut tx = rep.begin().await.unwrap();
        let until = rep.now() + 86_400_000;
        tx.share("customer", &id, friend.person(), false, "visit", until).await.unwrap();
        tx.commit(Act::new("record.share", "customer")).await.unwrap();
        let looked = async || {
            let looks = rep.audience("customer", &id).await.unwrap();
            looks.iter().any(|look| look.by.id == friend.person().as_str())
        };
        assert!(!looked().await);
        let found = friend.duplicates("customer", &fields(json!({ "phone": PHONE }))).await.unwrap();
        assert_eq!(found.len(), 1);
        assert!(looked().await);
    }
}

/// Who guesses at a login from outside locks it, and does not keep its owner, who is inside, from changing the password.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_guesses_does_not_reach_into_a_session() {
    for house in houses().await {
        let signed_in = house.sign_in("zhang.wei").await.unwrap();
        let rep = house.vault.authenticate(&signed_in.token).await.unwrap();
        let stranger = async || {
            let guess = kedun_vault::Credentials {
                login: "zhang.wei".to_owned(),
                password: "a-Wrong-Guess-2026".to_owned(),
                totp: None,
                device: "elsewhere".to_owned(),
                device_id: None,
            };
            assert!(house.vault.sign_in(guess).await.is_err());
            house.clock.advance(5_000);
        };
        for _ in 0..8 {
            stranger().await;
        }
        let locked = house.sign_in("zhang.wei").await.err().unwrap();
        assert!(matches!(locked, VaultError::TooMany { .. }), "{locked:?}");
        let changed = rep.change_password(kedun_core::demo::PASSWORD, "Another-Horse-2027").await;
        assert!(changed.is_ok(), "{changed:?}");
        // A wrong guess from inside while it is locked ends the session: whoever holds it may not be the owner.
        for _ in 0..8 {
            stranger().await;
        }
        house.clock.advance(70_000);
        let wrong = rep.change_password("wrong-Guess-2026", "Third-Horse-2027").await.unwrap_err();
        assert_eq!(code(&wrong), "wrong_password");
        assert!(house.vault.authenticate(&signed_in.token).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_the_recycle_bin_is_there_for_who_may_take_it_out() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let friend = house.as_("li.na").await;
        let id = customer(&house, &rep, json!({ "name": "已删医院", "phone": PHONE })).await;
        let mut tx = rep.begin().await.unwrap();
        let until = rep.now() + 86_400_000;
        tx.share("customer", &id, friend.person(), true, "visit", until).await.unwrap();
        tx.commit(Act::new("record.share", "customer")).await.unwrap();
        let mut tx = rep.begin().await.unwrap();
        tx.set_deleted("customer", &id, None, true).await.unwrap();
        tx.commit(Act::new("record.delete", "customer").on(&id, None)).await.unwrap();
        let deleted = Query { deleted: true, limit: 50, ..Query::default() };
        let holds = async |scope: &Scope| {
            let page = scope.query("customer", &deleted).await.unwrap();
            page.records.iter().any(|record| record.id() == id.as_str())
        };
        assert!(holds(&rep).await && !holds(&friend).await);
        // Alike on every way, as if it were not there.
        assert_eq!(code(&friend.get("customer", &id).await.unwrap_err()), "not_found");
        assert_eq!(code(&friend.history("customer", &id).await.err().unwrap()), "not_found");
        let mut tx = friend.begin().await.unwrap();
        let changed = tx.update("customer", &id, None, &fields(json!({ "city": "南京" }))).await;
        assert_eq!(code(&changed.unwrap_err()), "not_found");
        let intern = house.as_("sun.yue").await;
        assert_eq!(code(&intern.query("customer", &deleted).await.unwrap_err()), "restore");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_stage_is_masked_wherever_it_stands() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = house.customers_of(&rep).await[0].clone();
        assert!(serde_json::to_value(rep.get("customer", &id).await.unwrap()).unwrap()["stage"].is_string());
        let mut role = serde_json::to_value(&*house.vault.catalog().roles[&"rep".into()].def).unwrap();
        for grant in role["grants"].as_array_mut().unwrap() {
            if grant["object"] == "customer" {
                for name in ["stage", "next_follow_up", "last_follow_up"] {
                    grant["fields"]["names"][name] = json!("masked");
                }
            }
        }
        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.publish("role", "rep", &role, None).await.unwrap();
        tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
        let rep = house.as_("zhang.wei").await;
        let seen = serde_json::to_value(rep.get("customer", &id).await.unwrap()).unwrap();
        for name in ["stage", "next_follow_up", "last_follow_up", "pool_due_at"] {
            assert!(seen.get(name).is_none_or(Json::is_null), "{name}: {seen}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_never_fetched_under_a_name_that_lies() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = house.customers_of(&rep).await[0].clone();
        let mut bytes = vec![
            0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 17, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0,
        ];
        bytes.extend([0xFF, 0xD9]);
        let new = files::NewFile { name: "门头.jpg", follow_up: None, bytes: &bytes };
        let file = RecordId::new(files::add(&rep, &id, &new).await.unwrap().id);
        let rename = async |name: &str| {
            intake::update(&rep, "file", &file, None, &fields(json!({ "name": name }))).await
        };
        assert_eq!(code(&rename("../门头.jpg").await.unwrap_err()), "file_name");
        assert_eq!(code(&rename("a\\b.jpg").await.unwrap_err()), "file_name");
        rename("报价单.hta").await.unwrap();
        assert_eq!(files::fetch(&rep, &id, &file).await.unwrap().name, "报价单.hta.jpg");
    }
}

/// The log names who wrote a consent down and who wrote down its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_somebody_writes_down_is_their_act() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, &rep, json!({ "name": "谁写的", "phone": PHONE })).await;
        let given = intake::add_consent(&house.vault, &rep, "customer", &id, &agreed(&house.vault)).await;
        let consent = RecordId::new(given.unwrap()[0].id());
        let told = intake::Withdrawal::default();
        intake::withdraw(&house.vault, &rep, "customer", &id, &consent, &told).await.unwrap();
        house.vault.sequence(true).await.unwrap();
        let auditor = house.as_("shen.ming").await;
        let actor = async |action: &str| {
            let sought = kedun_vault::SoughtEntries::from_place(0, Some(action));
            let rows = auditor.ledger_entries(&sought, 500).await.unwrap();
            rows.last().unwrap().actor.clone()
        };
        // The log calls people by pseudonyms; the one who made the record is the rep.
        let rep = actor("record.create").await;
        assert_eq!(actor("consent.give").await, rep);
        assert_eq!(actor("consent.withdraw").await, rep);
    }
}

/// A role that is taken away and one that is given at the same moment do not add up.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_set_roles_at_once_one_set_stands() {
    for house in houses().await {
        let person = house.id_of("li.na").await;
        for _ in 0..6 {
            let set = async |role: &'static str| {
                let mut tx = house.vault.system(Task::Bootstrap).begin().await?;
                tx.set_roles(&person, &[RoleName::from(role)]).await?;
                tx.commit(Act::new("test", "person")).await.map(drop)
            };
            let (one, other) = tokio::join!(set("audit_admin"), set("security_admin"));
            assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
            house.vault.keep_up().await.unwrap();
            let known = house.vault.system(Task::Bootstrap).people("li.na", 10).await.unwrap();
            let roles = known.into_iter().find(|p| p.id == person.as_str()).unwrap().roles.unwrap();
            assert_eq!(roles.len(), 1, "{roles:?}");
        }
    }
}

/// Names are found however their brackets, letters and spaces were typed.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_found_however_it_was_typed() {
    for house in houses().await {
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, &rep, json!({ "name": "华东（上海）ＡＢＣ  Äther 医疗" })).await;
        for typed in ["（上海）", "(上海)", "华东(上", "abc", "ＡＢＣ ä", "ÄTHER", "abc äther 医"]
        {
            let sought = rep.search(&["customer"], typed, 50).await.unwrap();
            assert!(sought.found.iter().any(|f| f.record.id() == id.as_str()), "{typed}");
            let filter = json!({ "field": "name", "op": "contains", "value": typed });
            let page = rep.query("customer", &asking(&filter)).await.unwrap();
            assert!(page.records.iter().any(|r| r.id() == id.as_str()), "{typed}");
        }
        let mut tx = rep.begin().await.unwrap();
        tx.update("customer", &id, None, &fields(json!({ "name": "华西（成都）医疗" }))).await.unwrap();
        tx.commit(Act::new("record.update", "customer").on(&id, None)).await.unwrap();
        assert_eq!(rep.search(&["customer"], "(成都)", 50).await.unwrap().found.len(), 1);
        assert!(rep.search(&["customer"], "(上海)abc", 50).await.unwrap().found.is_empty());
    }
}

/// What is made beneath a customer who is given away at the same moment goes along, or is not made.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_behind_by_a_gift() {
    for house in houses().await {
        let (rep, heir) = (house.as_("zhang.wei").await, house.as_("li.na").await);
        let demo = house.vault.system(Task::Demo);
        for round in 0..8 {
            let id = customer(&house, &rep, json!({ "name": format!("转让{round}") })).await;
            let mut giving = demo.begin().await.unwrap();
            let mut making = rep.begin_beside(&house).await;
            if let Some(making) = &mut making {
                let fields =
                    fields(json!({ "customer": id, "what": "回访", "due_at": "2027-01-05T09:00:00Z" }));
                making.create("plan", NewRecord { fields, ..NewRecord::default() }).await.unwrap();
            }
            giving.transfer("customer", &id, heir.person(), "x").await.unwrap();
            let gave = tokio::spawn(giving.commit(Act::new("test", "customer")));
            let made = match making {
                Some(making) => making.commit(Act::new("record.create", "plan")).await.map(drop),
                None => Ok(()),
            };
            gave.await.unwrap().unwrap();
            if let Err(error) = &made {
                assert!(error.is_overtaken(), "{error:?}");
            }
            let filter = json!({ "field": "customer", "op": "eq", "value": id });
            assert!(rep.query("plan", &asking(&filter)).await.unwrap().records.is_empty(), "left behind");
        }
    }
}

/// A share that is given at the moment of a gift ends with it, or is not given: nobody keeps a door of their former customer.
#[tokio::test(flavor = "multi_thread")]
async fn no_share_outlives_a_gift_that_comes_beside_it() {
    for house in houses().await {
        let (rep, friend) = (house.as_("zhang.wei").await, house.as_("li.na").await);
        let heir = house.as_("huang.lei").await;
        let demo = house.vault.system(Task::Demo);
        for round in 0..8 {
            let id = customer(&house, &rep, json!({ "name": format!("暗门{round}") })).await;
            let until = rep.now() + 86_400_000;
            let sharing = async {
                let mut tx = rep.begin().await?;
                tx.share("customer", &id, friend.person(), true, "visit", until).await?;
                tx.commit(Act::new("record.share", "customer")).await.map(drop)
            };
            let giving = async {
                let mut tx = demo.begin().await?;
                tx.transfer("customer", &id, heir.person(), "x").await?;
                tx.commit(Act::new("record.transfer", "customer")).await.map(drop)
            };
            let (_, gave) = tokio::join!(sharing, giving);
            gave.unwrap();
            let friend = house.as_("li.na").await;
            assert_eq!(code(&friend.get("customer", &id).await.unwrap_err()), "not_found", "round {round}");
        }
    }
}

/// On SQLite one writes after the other, so there is nothing that could be beside it.
trait Beside {
    async fn begin_beside(&self, house: &common::House) -> Option<kedun_vault::Tx>;
}

impl Beside for Scope {
    async fn begin_beside(&self, house: &common::House) -> Option<kedun_vault::Tx> {
        match house.source {
            kedun_vault::Source::Sqlite { .. } => None,
            kedun_vault::Source::Postgres { .. } => Some(self.begin().await.unwrap()),
        }
    }
}
