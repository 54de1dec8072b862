//! Nobody widens their own rights, and no administrator takes over another's: the ways that were tried.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, code, houses};
use kedun_model::{Act as ActName, PersonId, Problem, RecordId, RoleName};
use kedun_vault::{Act, NewPerson, Query, Scope, Task, VaultError};
use serde_json::{Value as Json, json};

async fn body(house: &House, kind: &str, name: &str) -> Json {
    let catalog = house.vault.catalog();
    match kind {
        "role" => serde_json::to_value(&*catalog.roles[&RoleName::from(name)].def).unwrap(),
        _ => serde_json::to_value(&*catalog.objects[&name.into()].def).unwrap(),
    }
}

async fn publish(scope: &Scope, kind: &str, name: &str, body: &Json) -> Result<i64, VaultError> {
    let mut tx = scope.begin().await?;
    let version = tx.publish(kind, name, body, None).await?;
    tx.commit(Act::new("definition.publish", "definition")).await?;
    Ok(version)
}

async fn give(scope: &Scope, person: &PersonId, roles: &[&str]) -> Result<(), VaultError> {
    let roles: Vec<RoleName> = roles.iter().map(|r| RoleName::from(*r)).collect();
    let mut tx = scope.begin().await?;
    tx.set_roles(person, &roles).await?;
    tx.commit(Act::new("roles.set", "person")).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_security_administrator_cannot_widen_the_role_they_hold() {
    for house in houses().await {
        let security = house.as_("feng.an").await;
        let mut wider = body(&house, "role", "security_admin").await;
        wider["grants"].as_array_mut().unwrap().push(json!({
            "id": "mine", "object": "customer", "verbs": ["read"], "scope": "all",
            "fields": { "classes": { "L2": "read", "L3": "reveal" } },
        }));
        wider["reveals_per_hour"] = json!(1000);
        let refused = publish(&security, "role", "security_admin", &wider).await.unwrap_err();
        assert_eq!(code(&refused), "own_role");
        // Not even a harmless word: what is harmless is for somebody else to judge.
        let same = body(&house, "role", "security_admin").await;
        assert_eq!(code(&publish(&security, "role", "security_admin", &same).await.unwrap_err()), "own_role");
        assert_eq!(
            code(&house.as_("feng.an").await.query("customer", &page()).await.unwrap_err()),
            "not_found"
        );
        // A role given a moment ago, by somebody else, counts as held before any refresh.
        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.set_roles(security.person(), &["security_admin".into(), "intern".into()]).await.unwrap();
        tx.commit(Act::new("roles.set", "person")).await.unwrap();
        let intern = body(&house, "role", "intern").await;
        assert_eq!(code(&publish(&security, "role", "intern", &intern).await.unwrap_err()), "own_role");
        // What others hold stays theirs to publish.
        publish(&security, "role", "rep", &body(&house, "role", "rep").await).await.unwrap();
        assert_eq!(
            code(&give(&security, &house.id_of("feng.an").await, &["rep"]).await.unwrap_err()),
            "own_roles"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_mixes_the_powers_of_two_administrators() {
    for house in houses().await {
        let security = house.as_("feng.an").await;
        for (role, act) in [
            ("system_admin", "roles.manage"),
            ("system_admin", "ledger.read"),
            ("audit_admin", "people.manage"),
            ("audit_admin", "exports.approve"),
            ("rep", "roles.manage"),
            ("rep", "people.manage"),
            ("manager", "ledger.read"),
            ("manager", "definitions.publish"),
        ] {
            let mut mixed = body(&house, "role", role).await;
            mixed["acts"][act] = json!("all");
            let refused = publish(&security, "role", role, &mixed).await.unwrap_err();
            assert_eq!(code(&refused), "act_of_another_administrator", "{act} for {role}");
        }
        // Nor by taking the name of the administrator off the role and keeping its powers.
        let mut plain = body(&house, "role", "system_admin").await;
        plain.as_object_mut().unwrap().remove("administrator");
        assert_eq!(
            code(&publish(&security, "role", "system_admin", &plain).await.unwrap_err()),
            "act_of_another_administrator"
        );
        // Nor by making a role of somebody who is an administrator already into a second one.
        let zheng = house.id_of("zheng.kai").await;
        give(&security, &zheng, &["system_admin", "service"]).await.unwrap();
        let mut second = body(&house, "role", "service").await;
        second["administrator"] = json!("audit");
        second["grants"] = json!([]);
        second["acts"] = json!({ "ledger.read": "all" });
        assert_eq!(
            code(&publish(&security, "role", "service", &second).await.unwrap_err()),
            "one_administrator_only"
        );
    }
}

/// A role that is widened while it is given is judged as it becomes, by whichever of the two comes second.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_gift_and_a_publication_at_once_one_is_refused() {
    for house in houses().await {
        let security = house.as_("feng.an").await;
        let shen = house.id_of("shen.ming").await;
        for round in 0..6 {
            let name = format!("librarian{round}");
            let mut role = body(&house, "role", "intern").await;
            role["name"] = json!(name);
            role["grants"] = json!([]);
            publish(&security, "role", &name, &role).await.unwrap();
            role["grants"] = json!([{
                "id": "customers", "object": "customer", "verbs": ["read"], "scope": "all",
                "fields": { "names": { "phone": "masked" } },
            }]);
            give(&security, &shen, &["audit_admin"]).await.unwrap();
            let both = ["audit_admin", name.as_str()];
            let (given, published) =
                tokio::join!(give(&security, &shen, &both), publish(&security, "role", &name, &role));
            let refused = match (given, published) {
                (Ok(()), Err(refused)) | (Err(refused), Ok(_)) => refused,
                both => panic!("{both:?}"),
            };
            assert_eq!(code(&refused), "auditor_sees_no_personal_data");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_administrator_sees_no_personal_data_by_any_role() {
    for house in houses().await {
        let security = house.as_("feng.an").await;
        let shen = house.id_of("shen.ming").await;
        let refused = give(&security, &shen, &["audit_admin", "rep"]).await.unwrap_err();
        assert_eq!(code(&refused), "auditor_sees_no_personal_data");
        // A role without personal data may come along, but cannot be given some afterwards.
        let mut harmless = body(&house, "role", "intern").await;
        harmless["name"] = json!("librarian");
        harmless["grants"] = json!([{
            "id": "librarian/product", "object": "product", "verbs": ["read"], "scope": "all",
            "fields": { "classes": { "L1": "read" } },
        }]);
        publish(&security, "role", "librarian", &harmless).await.unwrap();
        give(&security, &shen, &["audit_admin", "librarian"]).await.unwrap();
        harmless["grants"].as_array_mut().unwrap().push(json!({
            "id": "librarian/customer", "object": "customer", "verbs": ["read"], "scope": "all",
            "fields": { "names": { "phone": "masked" } },
        }));
        assert_eq!(
            code(&publish(&security, "role", "librarian", &harmless).await.unwrap_err()),
            "auditor_sees_no_personal_data"
        );
        let mut own = body(&house, "role", "audit_admin").await;
        own["grants"][0]["fields"]["classes"]["L3"] = json!("masked");
        assert_eq!(
            code(&publish(&security, "role", "audit_admin", &own).await.unwrap_err()),
            "auditor_sees_no_personal_data"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_moves_themselves_into_another_department() {
    for house in houses().await {
        let system = house.as_("zheng.kai").await;
        let east = house.as_("wang.jianguo").await.department().unwrap().clone();
        let mut tx = system.begin().await.unwrap();
        assert_eq!(code(&tx.set_department(system.person(), &east).await.unwrap_err()), "own_department");
        drop(tx);
        let intern = house.id_of("sun.yue").await;
        let mut tx = system.begin().await.unwrap();
        tx.set_department(&intern, &east).await.unwrap();
        tx.commit(Act::new("person.move", "person")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_field_with_the_name_of_a_retired_one_is_seen_by_nobody_until_it_is_granted() {
    for house in houses().await {
        let system = house.as_("zheng.kai").await;
        let mut customer = body(&house, "object", "customer").await;
        let fields = customer["fields"].as_array_mut().unwrap();
        let level = fields.iter_mut().find(|f| f["name"] == "city").unwrap();
        level["retired"] = json!(true);
        let mut again = level.clone();
        again["id"] = json!("f900");
        again["retired"] = json!(false);
        fields.push(again);
        publish(&system, "object", "customer", &customer).await.unwrap();
        let rep = house.as_("zhang.wei").await;
        let mine = RecordId::new(house.customers_of(&rep).await[0].as_str());
        let seen = rep.get("customer", &mine).await.unwrap();
        assert!(seen.field("city").is_none(), "the old value and the new field are both hidden");
        let mut tx = rep.begin().await.unwrap();
        let wrote = tx.update("customer", &mine, None, &common::fields(json!({ "city": "杭州" }))).await;
        assert_eq!(code(&wrote.unwrap_err()), "unknown_field");
        drop(tx);
        // Published again without a word about it: still hidden. Named: seen.
        let security = house.as_("feng.an").await;
        // A name that its fields no longer have is said to be unknown rather than passed on to the new one.
        let mut role = body(&house, "role", "rep").await;
        assert_eq!(code(&publish(&security, "role", "rep", &role).await.unwrap_err()), "unknown_field");
        for grant in role["grants"].as_array_mut().unwrap() {
            grant["fields"]["names"].as_object_mut().unwrap().remove("city");
        }
        publish(&security, "role", "rep", &role).await.unwrap();
        assert!(house.as_("zhang.wei").await.get("customer", &mine).await.unwrap().field("city").is_none());
        let mut granting = role;
        for grant in granting["grants"].as_array_mut().unwrap() {
            if grant["id"] == "rep/customer-own" {
                grant["fields"]["known"] = json!({});
                grant["fields"]["names"]["city"] = json!("edit");
            }
        }
        publish(&security, "role", "rep", &granting).await.unwrap();
        let rep = house.as_("zhang.wei").await;
        let mut tx = rep.begin().await.unwrap();
        tx.update("customer", &mine, None, &common::fields(json!({ "city": "杭州" }))).await.unwrap();
        tx.commit(Act::new("record.update", "customer")).await.unwrap();
        assert_eq!(rep.get("customer", &mine).await.unwrap().clear_text("city"), Some("杭州"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_designer_cannot_open_a_field_by_lowering_its_class_or_moving_its_column() {
    let house = common::house(None).await;
    let system = house.as_("zheng.kai").await;
    let customer = body(&house, "object", "customer").await;
    let with = |name: &str, key: &str, value: Json| {
        let mut changed = customer.clone();
        let fields = changed["fields"].as_array_mut().unwrap();
        fields.iter_mut().find(|f| f["name"] == name).unwrap()[key] = value;
        changed
    };
    for (changed, rule) in [
        (with("id_number", "class", json!("L3")), "class_lowered"),
        (with("name", "column", Json::Null), "column_immutable"),
        (with("address", "class", json!("L1")), "class_needs_migration"),
    ] {
        assert_eq!(code(&publish(&system, "object", "customer", &changed).await.unwrap_err()), rule);
    }
}

/// Which acts each task may use; everything else is refused, as it is to a person without the act.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_has_the_acts_of_its_work_and_no_others() {
    let house = common::house(None).await;
    let setting_up = [ActName::PeopleManage, ActName::RolesManage, ActName::DefinitionsPublish];
    let allowed: [(Task, &[ActName]); 10] = [
        (Task::Bootstrap, &setting_up),
        (Task::Demo, &setting_up),
        (Task::Handover, &[ActName::HandoversRun]),
        (Task::Export, &[]),
        (Task::Erase, &[]),
        (Task::Watch, &[]),
        (Task::Recycle, &[]),
        (Task::Casework, &[]),
        (Task::Rights, &[]),
        (Task::Restore, &[]),
    ];
    let security = house.id_of("feng.an").await;
    for (task, acts) in allowed {
        for act in ActName::ALL {
            for scope in [house.vault.system(task), house.vault.system_for(task, &security)] {
                assert_eq!(
                    scope.require(act, None).is_ok(),
                    acts.contains(&act),
                    "{} for {task:?}",
                    act.as_str()
                );
            }
        }
    }
    // Work on somebody's behalf has the rights of that person and nothing of the house.
    let rep = house.id_of("zhang.wei").await;
    let on_behalf = house.vault.on_behalf(&rep, Task::Export).unwrap();
    for act in ActName::ALL {
        assert!(on_behalf.require(act, None).is_err(), "{}", act.as_str());
    }
    let mut tx = on_behalf.begin().await.unwrap();
    let opened = tx
        .add_person(NewPerson {
            login: "mallory".to_owned(),
            name: "M".to_owned(),
            staff_no: String::new(),
            department: None,
            password: "Long-Enough-2026".to_owned(),
            roles: Vec::new(),
            language: String::new(),
        })
        .await;
    assert!(matches!(opened, Err(VaultError::Problem(Problem::Forbidden(_)))));
    drop(tx);
    // Nor can a change be continued under another person's rights.
    let manager = house.as_("wang.jianguo").await;
    let mut tx = house.as_("zhang.wei").await.begin().await.unwrap();
    let lent = tx.as_house(&manager, async |_| Ok(())).await;
    assert_eq!(code(&lent.unwrap_err()), "as_house");
}

fn page() -> Query {
    Query { limit: 5, ..Query::default() }
}
