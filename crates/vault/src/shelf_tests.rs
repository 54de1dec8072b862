//! What is kept on the shelf is what would have been made anew, and nothing that must not lie about.

use crate::speed_tests::{House, houses, mine, object, trips};
use crate::{Act, Query, Scope, Task};
use kedun_model::{RecordId, RoleName};
use serde_json::{Value as Json, json};

fn columns(names: &[&str]) -> Query {
    Query { fields: Some(names.iter().map(|name| (*name).to_owned()).collect()), ..mine() }
}

fn listed() -> Query {
    columns(&["name", "level", "phone", "last_follow_up"])
}

/// The representative as they come with a session, and not by a task.
fn in_person(house: &House) -> Scope {
    let mut scope = house.vault.inner.scope_of(house.rep.person()).unwrap();
    scope.task = None;
    scope
}

async fn page(scope: &Scope, query: &Query) -> Vec<Json> {
    let page = scope.query("customer", query).await.unwrap();
    page.records.iter().map(|record| serde_json::to_value(record).unwrap()).collect()
}

/// The same page, made by whoever keeps nothing.
async fn afresh(house: &House, query: &Query) -> Vec<Json> {
    let mut scope = in_person(house);
    scope.task = Some(Task::Export);
    page(&scope, query).await
}

fn kept(house: &House) -> u64 {
    house.vault.inner.shelf.count()
}

async fn change(house: &House, id: &RecordId, fields: Json) {
    let mut tx = in_person(house).begin().await.unwrap();
    tx.update("customer", id, None, &object(fields)).await.unwrap();
    tx.commit(Act::new("record.update", "customer").on(id, None)).await.unwrap();
}

#[tokio::test]
async fn a_page_that_is_asked_for_again_comes_from_the_shelf_and_is_the_same() {
    for house in houses().await {
        let rep = in_person(&house);
        let first = page(&rep, &listed()).await;
        assert_eq!((first.len(), kept(&house)), (50, 50));
        assert_eq!(first[0]["fields"]["phone"]["masked"].as_str().unwrap().matches('*').count(), 4);
        let (again, sent) = trips(&house, page(&rep, &listed())).await;
        assert_eq!((&again, sent), (&first, 2));
        assert_eq!(again, afresh(&house, &listed()).await);
        // The next page is not at hand: it is asked for whole, by the ids.
        let cursor = rep.query("customer", &listed()).await.unwrap().next_cursor;
        let next = Query { cursor, ..listed() };
        let (second, sent) = trips(&house, page(&rep, &next)).await;
        assert_eq!((second.len(), sent), (50, 3));
        assert_eq!(second, afresh(&house, &next).await);
        assert_ne!(second, first);
        assert_eq!(page(&rep, &next).await, second);
    }
}

#[tokio::test]
async fn what_changed_is_made_anew() {
    for house in houses().await {
        let rep = in_person(&house);
        page(&rep, &listed()).await;
        let id = &house.customers[0];
        // A value, with a new revision.
        change(&house, id, json!({ "name": "改名医院", "phone": "13800001234" })).await;
        let now = page(&rep, &listed()).await;
        assert_eq!(now[0]["title"], "改名医院");
        assert_eq!(now[0]["fields"]["phone"]["masked"], "138****1234");
        assert_eq!(now, afresh(&house, &listed()).await);
        // What changes without one.
        for (set, field) in [("hold = 1", "edit"), ("hold = 0", "edit")] {
            let mut tx = house.vault.inner.data.begin().await.unwrap();
            tx.run("test", &format!("UPDATE record SET {set} WHERE id = $1"), &[id.into()]).await.unwrap();
            tx.commit().await.unwrap();
            let now = page(&rep, &listed()).await;
            assert_eq!(now[0]["rights"][field], set == "hold = 0");
            assert_eq!(now, afresh(&house, &listed()).await);
        }
        // Who gave it away does not find it any more.
        let mut tx = in_person(&house).begin().await.unwrap();
        tx.release("customer", id, None, "no time").await.unwrap();
        tx.commit(Act::new("record.release", "customer").on(id, None)).await.unwrap();
        let now = page(&rep, &listed()).await;
        assert!(now.iter().all(|record| record["id"] != id.as_str()));
        assert_eq!(now, afresh(&house, &listed()).await);
    }
}

#[tokio::test]
async fn rights_that_were_taken_away_show_nothing_that_was_kept() {
    for house in houses().await {
        let rep = in_person(&house);
        assert!(page(&rep, &listed()).await[0]["fields"]["phone"].is_object());
        let mut role =
            serde_json::to_value(&*house.vault.catalog().roles[&RoleName::from("rep")].def).unwrap();
        for grant in role["grants"].as_array_mut().unwrap() {
            grant["fields"]["names"]["phone"] = json!("none");
        }
        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.publish("role", "rep", &role, None).await.unwrap();
        tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
        let rep = in_person(&house);
        let fewer = columns(&["name", "level"]);
        let asked = rep.query("customer", &listed()).await;
        assert!(asked.is_err(), "a field that is hidden now cannot be asked for");
        for record in page(&rep, &fewer).await {
            assert!(record["fields"].get("phone").is_none());
        }
        let all = Query { fields: None, ..mine() };
        assert!(page(&rep, &all).await.iter().all(|record| record["fields"].get("phone").is_none()));
    }
}

#[tokio::test]
async fn a_personal_value_in_clear_is_not_kept_and_destruction_leaves_nothing() {
    for house in houses().await {
        let rep = in_person(&house);
        let id = &house.customers[0];
        change(&house, id, json!({ "notes": "只在上午接电话" })).await;
        let with_notes = columns(&["name", "notes"]);
        for _ in 0..2 {
            let seen = page(&rep, &with_notes).await;
            assert_eq!(seen[0]["fields"]["notes"]["value"], "只在上午接电话");
            assert_eq!(kept(&house), 49);
        }
        page(&rep, &listed()).await;
        assert_eq!(kept(&house), 99);
        house.vault.destroy_key(&kedun_model::SubjectId::new(id.as_str())).await.unwrap();
        assert_eq!(kept(&house), 0);
        let now = page(&rep, &listed()).await;
        let gone = now.iter().find(|record| record["id"] == id.as_str()).unwrap();
        assert!(gone["fields"].get("phone").is_none());
    }
}

#[tokio::test]
async fn what_is_being_made_during_a_destruction_is_taken_back() {
    let house = houses().await.remove(0);
    let rep = in_person(&house);
    let def = rep.object("customer").unwrap().clone();
    let shelf = &house.vault.inner.shelf;
    let part = shelf.of(&rep, &def, None, 50).unwrap();
    let statement =
        crate::plan::by_ids(&rep.asking(&def), &[house.customers[0].as_str()], &Default::default());
    let row =
        house.vault.inner.data.optional("test", &statement.text, &statement.args).await.unwrap().unwrap();
    let (stored, facts) = crate::tx::read_with_facts(&row, &Default::default(), 23).unwrap();
    let mut view = page_of_one(&rep, &house.customers[0]).await;
    view.write_ahead();
    part.put(stored.place(), &facts, &view);
    assert_eq!(shelf.count(), 1);
    shelf.clear();
    part.put(stored.place(), &facts, &view);
    assert_eq!(shelf.count(), 0);
}

async fn page_of_one(scope: &Scope, id: &RecordId) -> crate::RecordView {
    scope.get("customer", id).await.unwrap()
}
