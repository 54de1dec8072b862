//! What can be said of speed without a clock: which index a page is walked out of, and how often a verb goes to the
//! database. On both engines.

use crate::keys::{Kek, Key32};
use crate::plan::{self, Query};
use crate::records::NewRecord;
use crate::sql::SENT;
use crate::{Act, Clock, NewPerson, Options, Scope, Source, Task, Vault};
use kedun_model::filter::Filter;
use kedun_model::{RecordId, RoleName};
use serde_json::{Map, Value as Json, json};

const CUSTOMER: &str = include_str!("../../../packages/crm/objects/customer.json");
const REP: &str = include_str!("../../../packages/crm/roles/rep.json");

pub(crate) struct House {
    pub(crate) vault: Vault,
    pub(crate) rep: Scope,
    pub(crate) customers: Vec<RecordId>,
    _folder: tempfile::TempDir,
}

pub(crate) async fn houses() -> Vec<House> {
    let folder = || tempfile::tempdir().unwrap();
    let first = folder();
    let source = Source::Sqlite { folder: first.path().join("data") };
    let mut houses = vec![house(source, first).await];
    if let Some(url) = crate::postgres::postgres() {
        let schema = format!("t{}", uuid::Uuid::now_v7().simple());
        houses.push(house(Source::Postgres { url, schema }, folder()).await);
    }
    houses
}

/// Customers of one representative, a tenth of all: with most of them hers, any walk would do.
async fn house(source: Source, folder: tempfile::TempDir) -> House {
    let options = Options {
        cheap_passwords: true,
        second_factor: Some(crate::SecondFactor::Optional),
        ..Options::new(source)
    };
    let vault =
        Vault::open(options, &Kek::from_key(Key32::from_bytes([7; 32])), Clock::default()).await.unwrap();
    let mut tx = vault.system(Task::Bootstrap).begin().await.unwrap();
    tx.publish("object", "customer", &serde_json::from_str(CUSTOMER).unwrap(), None).await.unwrap();
    let mut rep: Json = serde_json::from_str(REP).unwrap();
    rep["grants"].as_array_mut().unwrap().retain(|grant| grant["object"] == "customer");
    tx.publish("role", "rep", &rep, None).await.unwrap();
    tx.commit(Act::new("package.load", "definition")).await.unwrap();

    let mut tx = vault.system(Task::Demo).begin().await.unwrap();
    let department = tx.add_department("上海组", None, 0).await.unwrap();
    let mut people = Vec::new();
    for login in ["zhang.wei", "li.na"] {
        let person = NewPerson {
            login: login.to_owned(),
            name: login.to_owned(),
            staff_no: login.to_owned(),
            department: Some(department.clone()),
            password: "Kedun-Demo-2026".to_owned(),
            roles: vec![RoleName::from("rep")],
            language: String::new(),
        };
        people.push(tx.add_person(person).await.unwrap());
    }
    tx.commit(Act::new("demo.fill", "person")).await.unwrap();

    let mut customers = Vec::new();
    let mut tx = vault.system(Task::Demo).begin().await.unwrap();
    for n in 0..1_200 {
        let owner = people[usize::from(n % 10 != 0)].clone();
        let fields = json!({ "name": format!("医院{n}"), "phone": format!("139{n:08}"), "level": "A" });
        let new = NewRecord { fields: object(fields), owner: Some(owner), ..NewRecord::default() };
        customers.push(tx.create("customer", new).await.unwrap());
    }
    tx.commit(Act::new("demo.fill", "customer")).await.unwrap();
    let customers =
        customers.into_iter().enumerate().filter(|(n, _)| n % 10 == 0).map(|(_, id)| id).collect();
    let rep = vault.on_behalf(&people[0], Task::Export).unwrap();
    House { rep, customers, vault, _folder: folder }
}

pub(crate) fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

pub(crate) fn mine() -> Query {
    let filter = json!({ "field": "relation", "op": "eq", "value": "own" });
    Query { filter: Some(Filter::parse(&filter).unwrap()), limit: 50, ..Query::default() }
}

/// The engine's plan of a statement, as one text.
async fn explained(house: &House, text: &str, args: &[crate::sql::Arg]) -> String {
    let db = &house.vault.inner.data;
    let mut tx = db.begin().await.unwrap();
    let rows = if db.is_postgres() {
        // The table is small here; the question is what is chosen where it is not.
        tx.run("test", "ANALYZE record", &[]).await.unwrap();
        tx.run("test", "SET LOCAL enable_seqscan = off", &[]).await.unwrap();
        tx.all("test", &format!("EXPLAIN {text}"), args).await.unwrap()
    } else {
        tx.all("test", &format!("EXPLAIN QUERY PLAN {text}"), args).await.unwrap()
    };
    let column = if db.is_postgres() { 0 } else { 3 };
    rows.iter().map(|row| row.text(column).unwrap()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_page_of_own_customers_is_walked_out_of_the_index_of_the_owner() {
    for house in houses().await {
        let def = house.rep.object("customer").unwrap().clone();
        let first = house.rep.query("customer", &mine()).await.unwrap();
        assert_eq!(first.records.len(), 50);
        let second = Query { cursor: first.next_cursor, ..mine() };
        for query in [mine(), second] {
            let planned = plan::plan(&house.rep.asking(&def), &query, plan::Of::Whole).unwrap();
            let plan = explained(&house, &planned.page.text, &planned.page.args).await;
            assert!(plan.contains("record_owner"), "{plan}");
            // Whoever sorts has read everything first, and grows with the table.
            assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE FOR ORDER BY"), "{plan}");
            // Where records stand is all in the index; PostgreSQL has its own ways (migration 14).
            let planned = plan::plan(&house.rep.asking(&def), &query, plan::Of::Places).unwrap();
            let plan = explained(&house, &planned.page.text, &planned.page.args).await;
            let index = if house.vault.inner.data.is_postgres() { "" } else { "COVERING INDEX " };
            assert!(plan.contains(&format!("{index}record_owner")), "{plan}");
        }
    }
}

#[tokio::test]
async fn a_phone_is_found_through_its_token() {
    for house in houses().await {
        let def = house.rep.object("customer").unwrap().clone();
        let flags = plan::Flags::for_caller(house.rep.caller(), &def.name);
        let statement = plan::by_token(&house.rep.asking(&def), "phone", vec![0; 32], &flags);
        let plan = explained(&house, &statement.text, &statement.args).await;
        assert!(plan.contains("blind_token"), "{plan}");
        let found = house.rep.search(&["customer"], "13900000010", 50).await.unwrap().found;
        assert_eq!(found.iter().map(|f| f.matched).collect::<Vec<_>>(), ["phone"]);
    }
}

/// How often a verb went to the database. What verbs before it entered in the book is posted first, so that it is not
/// counted here.
pub(crate) async fn trips<T>(house: &House, verb: impl Future<Output = T>) -> (T, u64) {
    house.rep.inner.journal.post().await.unwrap();
    let _held = house.rep.inner.journal.hold().await;
    let before = SENT.with(std::cell::Cell::get);
    let outcome = verb.await;
    (outcome, SENT.with(std::cell::Cell::get) - before)
}

#[tokio::test]
async fn a_verb_goes_to_the_database_no_more_often_than_it_must() {
    for house in houses().await {
        let rep = &house.rep;
        // Each reads once and writes its row once. Here a task asks, for which nothing is kept on the shelf.
        let (page, sent) = trips(&house, rep.query("customer", &mine())).await;
        assert_eq!((page.unwrap().records.len(), sent), (50, 2), "list");
        let (one, sent) = trips(&house, rep.get("customer", &house.customers[0])).await;
        one.unwrap();
        assert_eq!(sent, 2, "read");
        let (found, sent) = trips(&house, rep.search(&["customer"], "13900000020", 50)).await;
        assert_eq!((found.unwrap().found.len(), sent), (1, 2), "search");
        let counted = Query { count: true, ..mine() };
        let (page, sent) = trips(&house, rep.query("customer", &counted)).await;
        assert_eq!((page.unwrap().count, sent), (Some(120), 3), "filter with count");

        // The record, its projections, tokens and the row of the log go together.
        let create = async {
            let mut tx = rep.begin().await.unwrap();
            let fields = object(json!({ "name": "新医院", "phone": "13911112222", "level": "B" }));
            let id = tx.create("customer", NewRecord { fields, ..NewRecord::default() }).await.unwrap();
            tx.commit(Act::new("record.create", "customer").on(&id, None)).await.unwrap();
            id
        };
        let (id, sent) = trips(&house, create).await;
        assert!(sent <= 2, "create: {sent}");
        assert_eq!(rep.get("customer", &id).await.unwrap().title(), Some("新医院"));

        // The key under which an app sends what it makes goes along.
        let once = rep.clone().once("phone-1", "new");
        let create = async {
            let mut tx = once.begin().await.unwrap();
            let fields = object(json!({ "name": "又一医院", "level": "B" }));
            let id = tx.create("customer", NewRecord { fields, ..NewRecord::default() }).await.unwrap();
            tx.commit(Act::new("record.create", "customer").on(&id, None)).await.unwrap();
            id
        };
        let (made, sent) = trips(&house, create).await;
        let most = if rep.inner.data.is_postgres() { 1 } else { 3 };
        assert!(sent <= most, "create under a key: {sent}");
        assert_eq!(rep.made_before("phone-1", "new").await.unwrap().unwrap(), made);

        // It is read; on SQLite it is changed under its revision before the rest is sent, on PostgreSQL with it.
        let update = async {
            let mut tx = rep.begin().await.unwrap();
            let fields = object(json!({ "city": "南京" }));
            tx.update("customer", &id, None, &fields).await.unwrap();
            tx.commit(Act::new("record.update", "customer").on(&id, None)).await.unwrap();
        };
        let ((), sent) = trips(&house, update).await;
        let most = if rep.inner.data.is_postgres() { 2 } else { 3 };
        assert!(sent <= most, "update: {sent}");
        assert_eq!(rep.get("customer", &id).await.unwrap().clear_text("city"), Some("南京"));
    }
}
