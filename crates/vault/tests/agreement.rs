//! The two places where a scope is decided agree: SQL (`plan`, which fills lists) and Rust (`policy::judge`, which opens
//! one record), held against what the test itself knows of the world. Filters likewise.
//!
//! `KEDUN_CASES` sets how many random cases are tried, `KEDUN_SEED` where they begin.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, houses, object, token};
use kedun_model::filter::Filter;
use kedun_model::policy::{RecordFacts, Shared, contains};
use kedun_model::{DepartmentId, ObjectName, PersonId, RecordId, RowScope};
use kedun_vault::{Act, GroupBy, Grouping, NewPerson, NewRecord, Query, Scope, Task, VaultError};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// A record as the test made it.
#[derive(Clone, Debug)]
struct Made {
    object: &'static str,
    id: RecordId,
    owner: Option<PersonId>,
    department: Option<DepartmentId>,
    pooled: bool,
    deleted: bool,
    /// The customer it hangs on, by index; for contacts and tickets.
    customer: Option<usize>,
    /// Living shares.
    shares: BTreeMap<PersonId, Shared>,
    level: Option<&'static str>,
    city: Option<&'static str>,
    name: String,
    open: bool,
}

struct World {
    house: House,
    records: Vec<Made>,
    people: Vec<(PersonId, String)>,
}

const LEVELS: [Option<&str>; 4] = [None, Some("A"), Some("B"), Some("C")];
const CITIES: [Option<&str>; 3] = [None, Some("上海"), Some("广州")];

async fn world(house: House) -> World {
    let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
    let nowhere = tx
        .add_person(NewPerson {
            login: "nowhere".to_owned(),
            name: "nowhere".to_owned(),
            staff_no: String::new(),
            department: None,
            password: common::PASSWORD.to_owned(),
            roles: vec!["intern".into()],
            language: String::new(),
        })
        .await
        .unwrap();
    tx.commit(Act::new("init", "person")).await.unwrap();
    let logins = ["rep", "other", "chief"];
    let mut people: Vec<(PersonId, String)> =
        logins.iter().map(|login| (house.people[login].clone(), (*login).to_owned())).collect();
    people.push((nowhere, "nowhere".to_owned()));
    let mut world = World { house, records: Vec::new(), people };
    let departments: Vec<Option<DepartmentId>> =
        world.house.departments.values().cloned().map(Some).chain([None]).collect();
    for i in 0..36 {
        let owner = world.people.get(i % 5).map(|(id, _)| id.clone());
        let pooled = owner.is_none() || i % 11 == 7;
        let customer = Made {
            object: "customer",
            id: RecordId::new(""),
            owner: owner.filter(|_| !pooled),
            department: departments[i % 4].clone(),
            pooled,
            deleted: i % 12 == 11,
            customer: None,
            shares: BTreeMap::new(),
            level: LEVELS[i % 4],
            city: CITIES[i % 3],
            name: format!("{}医院{i:02}", if i % 2 == 0 { "北" } else { "南" }),
            open: true,
        };
        let at = world.records.len();
        world.add(customer).await;
        if i % 3 == 0 {
            let person = world.people[(i / 3) % 4].0.clone();
            world.share(at, &person, if i % 2 == 0 { Shared::Read } else { Shared::Edit }, true).await;
        }
        if i % 7 == 0 {
            let person = world.people[(i / 7) % 4].0.clone();
            if !world.records[at].shares.contains_key(&person) {
                world.share(at, &person, Shared::Edit, false).await;
            }
        }
        if i % 2 == 0 {
            let parent = world.records[at].clone();
            world
                .add(Made {
                    object: "contact",
                    customer: Some(at),
                    shares: BTreeMap::new(),
                    deleted: parent.deleted || i % 10 == 4,
                    ..parent
                })
                .await;
        }
        if i % 2 == 1 && !world.records[at].deleted {
            let ticket = world.people[(i / 2) % 4].0.clone();
            world
                .add(Made {
                    object: "ticket",
                    owner: Some(ticket),
                    department: departments[(i + 1) % 4].clone(),
                    pooled: false,
                    customer: Some(at),
                    shares: BTreeMap::new(),
                    deleted: i % 9 == 4,
                    open: i % 4 != 1,
                    ..world.records[at].clone()
                })
                .await;
        }
    }
    world
}

impl World {
    async fn add(&mut self, mut made: Made) {
        let mut fields = object(json!({}));
        match made.object {
            "customer" => {
                fields.insert("name".to_owned(), json!(made.name));
                fields.extend(made.level.map(|v| ("level".to_owned(), json!(v))));
                fields.extend(made.city.map(|v| ("city".to_owned(), json!(v))));
            }
            "contact" => {
                fields.insert("name".to_owned(), json!("某人"));
            }
            _ => {
                fields.insert("title".to_owned(), json!("报修"));
                let status = if made.open { "open" } else { "closed" };
                fields.insert("status".to_owned(), json!(status));
            }
        }
        if let Some(at) = made.customer {
            fields.insert("customer".to_owned(), json!(self.records[at].id));
        }
        let mut tx = self.house.vault.system(Task::Demo).begin().await.unwrap();
        let new = NewRecord {
            fields,
            owner: made.owner.clone(),
            department: made.department.clone(),
            pool: made.pooled.then(|| "default".to_owned()),
            ..NewRecord::default()
        };
        made.id = tx.create(made.object, new).await.unwrap();
        tx.commit(Act::new("record.create", made.object)).await.unwrap();
        if made.owner.is_some() || made.department.is_some() || made.pooled {
            // A department of its own, or its owner's: what the vault did is what the test goes by.
            let sql = format!("SELECT COALESCE(department, '') FROM record WHERE id = '{}'", made.id);
            let stored = self.house.raw().await.texts(&sql).await.remove(0);
            made.department = Some(stored).filter(|d| !d.is_empty()).map(DepartmentId::new);
        }
        if made.deleted {
            let mut tx = self.house.vault.system(Task::Demo).begin().await.unwrap();
            if let Err(error) = tx.set_deleted(made.object, &made.id, None, true).await {
                assert_eq!(common::code(&error), "not_found", "went with its customer");
            }
            tx.commit(Act::new("record.delete", made.object)).await.unwrap();
        }
        self.records.push(made);
    }

    async fn share(&mut self, at: usize, person: &PersonId, level: Shared, living: bool) {
        let id = self.records[at].id.clone();
        let mut tx = self.house.vault.system(Task::Demo).begin().await.unwrap();
        let until = self.house.vault.clock().now() + 3_600_000;
        // One that lies in the recycle bin was shared before it came there.
        if self.records[at].deleted {
            tx.set_deleted("customer", &id, None, false).await.unwrap();
        }
        let share = tx.share("customer", &id, person, level == Shared::Edit, "协作", until).await.unwrap();
        if self.records[at].deleted {
            tx.set_deleted("customer", &id, None, true).await.unwrap();
        }
        tx.commit(Act::new("share", "customer")).await.unwrap();
        if living {
            self.records[at].shares.insert(person.clone(), level);
        } else {
            let mut tx = self.house.vault.system(Task::Demo).begin().await.unwrap();
            tx.unshare("customer", &id, &share).await.unwrap();
            tx.commit(Act::new("unshare", "customer")).await.unwrap();
        }
    }

    /// What the test knows of a record, for a caller.
    fn facts(&self, scope: &Scope, at: usize) -> RecordFacts {
        let me = scope.person();
        let made = &self.records[at];
        let root = match made.object {
            "contact" => made.customer.unwrap(),
            _ => at,
        };
        let through = |customer: usize| {
            let has_ticket = self.records.iter().any(|t| {
                t.object == "ticket"
                    && t.customer == Some(customer)
                    && t.open
                    && !t.deleted
                    && t.owner.as_ref() == Some(me)
            });
            BTreeSet::from_iter(has_ticket.then(|| ObjectName::from("ticket")))
        };
        let parent_readable = made.customer.is_some_and(|customer| {
            let parent = self.facts(scope, customer);
            !self.records[customer].deleted
                && scope.caller().grants_for(&"customer".into(), kedun_model::Verb::Read).any(|g| {
                    g.grant.scope != RowScope::Parent && contains(&g.grant.scope, scope.caller(), &parent)
                })
        });
        RecordFacts {
            owner: made.owner.clone(),
            department: made.department.clone(),
            pooled: made.pooled,
            shared: self.records[root].shares.get(me).copied(),
            through: through(root),
            parent_readable,
        }
    }
}

/// A grant as a definition says it.
fn any_grant() -> impl Strategy<Value = Json> {
    let scope = prop::sample::select(vec![
        json!("none"),
        json!("own"),
        json!("collaborating"),
        json!("department"),
        json!("department_tree"),
        json!("pool"),
        json!("parent"),
        json!({ "through": "ticket" }),
        json!("all"),
    ]);
    let object = prop::sample::select(vec!["customer", "customer", "contact", "ticket"]);
    let verbs = prop::sample::subsequence(vec!["edit", "export", "delete"], 0..=3);
    let shows = prop::sample::subsequence(vec!["name", "level", "city"], 0..=3);
    (scope, object, verbs, prop::bool::weighted(0.85), shows).prop_map(
        |(scope, object, verbs, read, shows)| {
            let mut verbs: Vec<&str> = verbs;
            if read {
                verbs.push("read");
            }
            let fields = match object {
                "customer" => {
                    let names: serde_json::Map<String, Json> =
                        shows.into_iter().map(|name| (name.to_owned(), json!("read"))).collect();
                    json!({ "names": names })
                }
                _ => json!({ "classes": { "L1": "read", "L2": "read" } }),
            };
            json!({ "object": object, "verbs": verbs, "scope": scope, "fields": fields })
        },
    )
}

fn any_filter() -> impl Strategy<Value = Json> {
    let level = || prop::sample::select(vec!["A", "B", "C"]);
    let one = prop_oneof![
        (prop::sample::select(vec!["eq", "ne"]), level())
            .prop_map(|(op, v)| json!({ "field": "level", "op": op, "value": v })),
        (prop::sample::select(vec!["in", "not_in"]), prop::collection::vec(level(), 0..3))
            .prop_map(|(op, v)| json!({ "field": "level", "op": op, "value": v })),
        prop::sample::select(vec!["empty", "not_empty"]).prop_map(|op| json!({ "field": "level", "op": op })),
        (
            prop::sample::select(vec!["eq", "ne", "contains", "not_contains", "starts_with"]),
            prop::sample::select(vec!["上海", "广州", "上"])
        )
            .prop_map(|(op, v)| json!({ "field": "city", "op": op, "value": v })),
        (
            prop::sample::select(vec!["contains", "not_contains", "starts_with"]),
            prop::sample::select(vec!["北", "医院1", "2"])
        )
            .prop_map(|(op, v)| json!({ "field": "name", "op": op, "value": v })),
        Just(json!({ "field": "owner", "op": "me" })),
        Just(json!({ "field": "owner", "op": "empty" })),
        Just(json!({ "field": "department", "op": "my_department" })),
        Just(json!({ "field": "pool", "op": "not_empty" })),
    ];
    one.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|all| json!({ "all": all })),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|any| json!({ "any": any })),
            inner.prop_map(|not| json!({ "not": not })),
        ]
    })
}

/// The fields of a filter on which rights are held.
fn named(filter: &Json, into: &mut BTreeSet<String>) {
    match filter {
        Json::Object(map) => {
            if let Some(field) = map.get("field").and_then(Json::as_str)
                && ["level", "city", "name"].contains(&field)
            {
                into.insert(field.to_owned());
            }
            for part in map.values() {
                named(part, into);
            }
        }
        Json::Array(parts) => parts.iter().for_each(|part| named(part, into)),
        _ => {}
    }
}

/// What a filter means, said once more and differently.
fn holds(filter: &Json, made: &Made, scope: &Scope) -> bool {
    let parts = |key: &str| filter[key].as_array().cloned();
    if let Some(all) = parts("all") {
        return all.iter().all(|f| holds(f, made, scope));
    }
    if let Some(any) = parts("any") {
        return any.iter().any(|f| holds(f, made, scope));
    }
    if !filter["not"].is_null() {
        return !holds(&filter["not"], made, scope);
    }
    let value = match filter["field"].as_str().unwrap() {
        "level" => made.level.map(str::to_owned),
        "city" => made.city.map(str::to_owned),
        "name" => Some(made.name.clone()),
        "owner" => made.owner.as_ref().map(ToString::to_string),
        "department" => made.department.as_ref().map(ToString::to_string),
        "pool" => made.pooled.then(|| "default".to_owned()),
        other => panic!("{other}"),
    };
    let wanted = filter["value"].as_str().unwrap_or_default();
    let listed = || {
        let value = value.clone();
        filter["value"].as_array().unwrap().iter().any(|v| value.as_deref() == v.as_str())
    };
    match filter["op"].as_str().unwrap() {
        "eq" => value.as_deref() == Some(wanted),
        "ne" => value.as_deref() != Some(wanted),
        "in" => listed(),
        "not_in" => !listed(),
        "empty" => value.is_none(),
        "not_empty" => value.is_some(),
        "contains" => value.is_some_and(|v| v.contains(wanted)),
        "not_contains" => !value.is_some_and(|v| v.contains(wanted)),
        "starts_with" => value.is_some_and(|v| v.starts_with(wanted)),
        "me" => value.as_deref() == Some(scope.person().as_str()),
        "my_department" => value.is_some() && value.as_deref() == scope.department().map(|d| d.as_str()),
        other => panic!("{other}"),
    }
}

async fn listed(scope: &Scope, object: &str, mut query: Query) -> Result<Vec<String>, VaultError> {
    let mut seen = Vec::new();
    loop {
        let page = scope.query(object, &query).await?;
        seen.extend(page.records.iter().map(|r| r.id().to_owned()));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(seen),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_records_agree_about_every_scope_and_filter() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let (cases, seed) = (number("KEDUN_CASES", 60), number("KEDUN_SEED", 1));
    for house in houses().await {
        let world = world(house).await;
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let case = (
            prop::collection::vec(any_grant(), 1..5),
            0..world.people.len(),
            any_filter(),
            1_usize..40,
            prop::sample::select(vec!["updated_at", "created_at"]),
            any::<bool>(),
        );
        let mut tokens = Vec::new();
        for (_, login) in &world.people {
            tokens.push(token(&world.house.vault, login).await);
        }
        let (mut saw, mut hid, mut filtered, mut grouped) = (0, 0, 0, 0);
        for n in 0..cases {
            let (mut grants, who, filter, limit, sort, descending) =
                case.new_tree(&mut runner).unwrap().current();
            for (i, grant) in grants.iter_mut().enumerate() {
                grant["id"] = json!(format!("random/{n}/{i}"));
            }
            let person = &world.people[who].0;
            let role =
                json!({ "name": "random", "label": { "zh": "随机", "en": "Random" }, "grants": grants });
            let mut tx = world.house.vault.system(Task::Bootstrap).begin().await.unwrap();
            tx.publish("role", "random", &role, None).await.unwrap();
            tx.commit(Act::new("random", "role")).await.unwrap();
            let mut tx = world.house.vault.system(Task::Bootstrap).begin().await.unwrap();
            tx.set_roles(person, &["random".into()]).await.unwrap();
            tx.commit(Act::new("random", "role")).await.unwrap();
            let scope = world.house.vault.authenticate(&tokens[who]).await.unwrap();
            let what = format!("seed {seed}, case {n}: {role}, {:?}", world.people[who].1);
            for name in ["customer", "contact", "ticket"] {
                let readable =
                    scope.caller().grants_for(&name.into(), kedun_model::Verb::Read).next().is_some();
                let showing = |filter: Option<&Json>, also: Option<&str>| -> Vec<&Made> {
                    let mut needed: BTreeSet<String> = also.map(str::to_owned).into_iter().collect();
                    if let Some(filter) = filter {
                        named(filter, &mut needed);
                    }
                    let shows = |grant: &kedun_model::Grant| {
                        needed.iter().all(|f| {
                            grant.fields.names.get(f).is_some_and(|r| r.show == kedun_model::Show::Clear)
                        })
                    };
                    let inside = |at: usize| {
                        let facts = world.facts(&scope, at);
                        scope
                            .caller()
                            .grants_for(&name.into(), kedun_model::Verb::Read)
                            .any(|g| contains(&g.grant.scope, scope.caller(), &facts) && shows(&g.grant))
                    };
                    world
                        .records
                        .iter()
                        .enumerate()
                        .filter(|(at, made)| made.object == name && !made.deleted && inside(*at))
                        .filter(|(_, made)| filter.is_none_or(|f| holds(f, made, &scope)))
                        .map(|(_, made)| made)
                        .collect()
                };
                let expected = |filter: Option<&Json>| -> BTreeSet<String> {
                    showing(filter, None).iter().map(|made| made.id.to_string()).collect()
                };
                let query = Query { limit, sort: vec![(sort.to_owned(), descending)], ..Query::default() };
                match listed(&scope, name, query.clone()).await {
                    Ok(seen) => {
                        let distinct: BTreeSet<String> = seen.iter().cloned().collect();
                        assert_eq!(distinct.len(), seen.len(), "twice in a list of {name}; {what}");
                        assert_eq!(distinct, expected(None), "the list of {name}; {what}");
                        saw += seen.len();
                    }
                    Err(error) => {
                        assert!(!readable, "{error:?}; {what}");
                        assert_eq!(common::code(&error), "not_found");
                    }
                }
                // Each record by itself, through the other way: facts from SQL, verdict in Rust.
                let visible = if readable { expected(None) } else { BTreeSet::new() };
                for made in world.records.iter().filter(|m| m.object == name && !m.deleted) {
                    let opened = scope.get(name, &made.id).await.is_ok();
                    assert_eq!(opened, visible.contains(made.id.as_str()), "{name} {}; {what}", made.id);
                    hid += usize::from(!opened);
                }
                if name == "customer" && readable {
                    let query = Query { filter: Some(Filter::parse(&filter).unwrap()), count: true, ..query };
                    match listed(&scope, name, query).await {
                        Ok(seen) => {
                            let seen: BTreeSet<String> = seen.into_iter().collect();
                            assert_eq!(seen, expected(Some(&filter)), "{filter}; {what}");
                            filtered += 1;
                        }
                        Err(VaultError::Problem(_)) => {
                            assert!(
                                expected(Some(&filter)).is_empty(),
                                "refused though some could be seen: {filter}; {what}"
                            );
                        }
                        Err(other) => panic!("{other:?}; {what}"),
                    }
                    let grouping = Grouping {
                        filter: Some(Filter::parse(&filter).unwrap()),
                        by: vec![GroupBy { field: "level".to_owned(), day: false }],
                        sums: Vec::new(),
                    };
                    let mut levels: BTreeMap<Option<String>, i64> = BTreeMap::new();
                    for made in showing(Some(&filter), Some("level")) {
                        *levels.entry(made.level.map(str::to_owned)).or_default() += 1;
                    }
                    match scope.group(name, &grouping).await {
                        Ok(groups) => {
                            let counted = groups
                                .iter()
                                .map(|g| (g.key[0].text().map(str::to_owned), g.count))
                                .collect::<BTreeMap<_, _>>();
                            assert_eq!(counted, levels, "grouped: {filter}; {what}");
                            grouped += 1;
                        }
                        Err(VaultError::Problem(_)) => {
                            assert!(levels.is_empty(), "refused to group: {filter}; {what}");
                        }
                        Err(other) => panic!("{other:?}; {what}"),
                    }
                }
            }
        }
        assert!(
            saw > 100 && hid > 100 && filtered * 4 > cases && grouped * 5 > cases,
            "the cases say little: {saw} {hid} {filtered} {grouped}"
        );
    }
}
