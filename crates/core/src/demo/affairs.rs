//! What goes on in the demo company besides selling: customers who use their rights, and somebody who looked at too much
//! before leaving. Alerts are not written here: they are raised by the rules, from what was done.

use super::Demo;
use super::clock::{DAY, HOUR};
use super::load::{PASSWORD, intake_of};
use crate::rights::{self, Answered, Channel, How, Kind, Wanted};
use crate::{handover, intake};
use kedun_model::{DepartmentId, PersonId, RecordId};
use kedun_vault::{Act, NewPerson, NewRecord, Query, Result, Scope, Task, Vault};

/// Whose customers ask: fixed people of the cast.
const REP: &str = "li.na";
const LAWYER: &str = "he.zheng";
/// Who plans the handover, and in whose team.
const LEADER: &str = "zhao.qiang";
const TEAM: &str = "east_shanghai";
/// Customers of who leaves.
const BOOK: u32 = 8;
/// Looks that the shipped rules do not let pass: phones without work on the customer, and tries beyond one's own.
const REVEALS: usize = 11;
const TRIES: usize = 6;

/// Makes the requests, and has somebody leave.
///
/// # Errors
/// The database fails.
pub(super) async fn conduct(vault: &Vault, demo: &Demo) -> Result<()> {
    let house = vault.system(Task::Demo);
    let (Some(rep), Some(lawyer)) =
        (of_cast(vault, &house, REP).await?, of_cast(vault, &house, LAWYER).await?)
    else {
        return Ok(());
    };
    let asking = book_of(&rep).await?;
    if let [first, second, third, ..] = asking.as_slice() {
        requests(vault, &rep, &lawyer, [first, second, third]).await?;
    }
    let leaver = hire(&house, demo).await?;
    let book = give_book(vault, &house, demo, &leaver).await?;
    pry(&vault.on_behalf(&leaver, Task::Demo)?, &book, &asking).await?;
    // Asked for only now: a scope knows the people who were there when it was made.
    let Some(leader) = of_cast(vault, &house, LEADER).await? else { return Ok(()) };
    handover::begin(vault, &leader, &leaver, "resignation").await.map(drop)
}

/// One that has just come, one in hand that is nearly due, one that was answered.
async fn requests(
    vault: &Vault,
    rep: &Scope,
    lawyer: &Scope,
    [first, second, third]: [&RecordId; 3],
) -> Result<()> {
    let wanted = |kind, channel, text: &str| Wanted { kind, channel, text: Some(text.to_owned()) };
    let copy = wanted(Kind::Copy, Channel::Phone, "想知道你们存了我们哪些资料，请发一份。");
    rights::register(vault, rep, first, &copy).await?;

    let erasure = wanted(Kind::Erasure, Channel::Letter, "已经不再合作，请把联系人的资料删掉。");
    let (now, company) = (rep.now(), &rep.catalog().company);
    let received = (1..40).map(|days| now - days * DAY).find(|at| company.answer_by(*at) < now + 3 * DAY);
    let letter = rights::register_received(vault, rep, second, &erasure, received.unwrap_or(now)).await?;
    rights::identify(vault, lawyer, &RecordId::new(letter.id), How::Document).await?;

    let correction = wanted(Kind::Correction, Channel::Email, "科室搬到二号楼了，地址请更正。");
    let mail = rights::register_received(vault, rep, third, &correction, now - 4 * DAY - 3 * HOUR).await?;
    let id = RecordId::new(mail.id);
    rights::identify(vault, lawyer, &id, How::CalledBack).await?;
    let text = Some("地址已经是二号楼的，无需更正；谢谢提醒。".to_owned());
    rights::answer(vault, lawyer, &id, &Answered { text }).await.map(drop)
}

/// Looks that the rules notice: phones of their own customers, one after the other, and records of somebody else.
async fn pry(leaver: &Scope, book: &[RecordId], others: &[RecordId]) -> Result<()> {
    for id in book.iter().cycle().take(REVEALS) {
        leaver.reveal("customer", id, "phone", "call").await?;
    }
    for id in others.iter().take(TRIES) {
        // Refused, and in the log for it.
        if leaver.get("customer", id).await.is_ok() {
            break;
        }
    }
    Ok(())
}

async fn hire(house: &Scope, demo: &Demo) -> Result<PersonId> {
    let mut tx = house.begin().await?;
    let new = NewPerson {
        login: "meng.jia".to_owned(),
        name: "孟佳".to_owned(),
        staff_no: "RK0999".to_owned(),
        department: department(house, demo),
        password: PASSWORD.to_owned(),
        roles: vec!["rep".into()],
        language: String::new(),
    };
    let id = tx.add_person(new).await?;
    tx.commit(Act::new("demo.fill", "person")).await?;
    Ok(id)
}

/// Customers beyond those that the company counts, for who leaves.
async fn give_book(vault: &Vault, house: &Scope, demo: &Demo, owner: &PersonId) -> Result<Vec<RecordId>> {
    let count = demo.settings().customers;
    let mut book = Vec::new();
    let mut tx = house.begin().await?;
    for dossier in (count..count + 4 * BOOK).map(|n| demo.customer(n)) {
        let Some(draft) = dossier.root().filter(|draft| draft.fields.contains_key("phone")) else { continue };
        let new = NewRecord {
            fields: draft.fields.clone(),
            owner: Some(owner.clone()),
            department: department(house, demo),
            created_at: Some(draft.created_at),
            updated_at: Some(draft.updated_at),
            created_by: Some(owner.clone()),
            ..NewRecord::default()
        };
        let id = tx.create("customer", new).await?;
        let scope = tx.scope().clone();
        intake::record_consents(
            &mut tx,
            &scope,
            "customer",
            &id,
            &intake_of(vault, &dossier),
            dossier.intake.at,
        )
        .await?;
        book.push(id);
        if book.len() == BOOK as usize {
            break;
        }
    }
    tx.commit(Act::new("demo.fill", "customer").count(book.len())).await?;
    Ok(book)
}

/// Somebody of the cast, with the rights that they hold.
async fn of_cast(vault: &Vault, house: &Scope, login: &str) -> Result<Option<Scope>> {
    let found = house.people(login, 1).await?.into_iter().find(|p| p.login.as_deref() == Some(login));
    found.map(|person| vault.on_behalf(&PersonId::new(person.id), Task::Demo)).transpose()
}

/// Some customers of their own.
async fn book_of(rep: &Scope) -> Result<Vec<RecordId>> {
    let mine = kedun_model::filter::Filter::parse(&serde_json::json!({ "field": "owner", "op": "me" }));
    let filter = Some(mine.map_err(kedun_model::Problem::Invalid)?);
    let page = rep.query("customer", &Query { filter, limit: TRIES, ..Query::default() }).await?;
    Ok(page.records.iter().map(|record| RecordId::new(record.id())).collect())
}

fn department(house: &Scope, demo: &Demo) -> Option<DepartmentId> {
    let name = demo.company().departments.iter().find(|one| one.key == TEAM).map(|one| &one.name.zh)?;
    house.departments().into_iter().find(|one| one.name == *name).map(|one| DepartmentId::new(one.id))
}
