//! Fills a house with the demo company, through the same verbs that everybody uses.

use super::{Company, Demo, Dossier, Draft, Extent, Settings, Target};
use crate::bootstrap::{self, BootstrapError};
use crate::intake::{self, Given, Intake, NoticeRef};
use kedun_model::notice::ConsentKind;
use kedun_model::policy::Shared;
use kedun_model::{DepartmentId, PersonId, RecordId, RoleName};
use kedun_vault::{Act, DemoMark, NewPerson, NewRecord, Result, Task, Tx, Vault, VaultError};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Dossiers that share one commit: filling a house is one act, not two thousand.
const TOGETHER: usize = 100;

/// The password of everybody in the demo company. Published, which is why a demo listens on the loopback only.
pub const PASSWORD: &str = "Kedun-Demo-2026";

/// A person of the demo, as the command line prints them.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Inhabitant {
    /// Login.
    pub login: String,
    /// The published password.
    pub password: String,
    /// Role.
    pub role: String,
    /// Name.
    pub name: String,
    /// Department.
    pub department: String,
}

struct Places {
    departments: Vec<DepartmentId>,
    people: BTreeMap<String, PersonId>,
    products: Vec<RecordId>,
}

/// Publishes the packages and fills an empty house; `progress` hears how many customers are done.
///
/// # Errors
/// A house that has people already, a broken package, a database that fails.
pub async fn fill(
    vault: &Vault,
    settings: Settings,
    progress: impl FnMut(u32),
) -> Result<Vec<Inhabitant>, BootstrapError> {
    fill_to(vault, settings, Extent::Whole, progress).await
}

/// As [`fill`], to the extent that is asked for.
///
/// # Errors
/// As [`fill`].
pub async fn fill_to(
    vault: &Vault,
    settings: Settings,
    extent: Extent,
    mut progress: impl FnMut(u32),
) -> Result<Vec<Inhabitant>, BootstrapError> {
    // Before anything else, so that whatever a filling leaves behind is known for what it is.
    mark(vault, DemoMark::Begun).await?;
    bootstrap::publish_packages(vault).await?;
    let demo = Demo::new(settings);
    introduce(vault, demo.company()).await?;
    let mut places = people(vault, demo.company()).await?;
    let mut tx = vault.system(Task::Demo).begin().await?;
    for draft in demo.products() {
        let id = create(&mut tx, &places, &draft, &[], None).await?;
        places.products.push(id);
    }
    tx.commit(Act::new("demo.fill", "product")).await?;
    let mut done = 0;
    let mut batch = Vec::with_capacity(TOGETHER);
    let together = if extent == Extent::Whole { TOGETHER } else { 10 * TOGETHER };
    let leads = if extent == Extent::Whole { demo.lead_count() } else { 0 };
    for dossier in demo.customers().chain((0..leads).map(|n| demo.lead(n))) {
        batch.push(match extent {
            Extent::Whole => dossier,
            Extent::Lean { follow_ups } => dossier.lean(follow_ups as usize),
        });
        if batch.len() == together {
            done += write(vault, &places, &batch).await?;
            progress(done);
            batch.clear();
        }
    }
    done += write(vault, &places, &batch).await?;
    progress(done);
    mark(vault, DemoMark::Complete).await?;
    Ok(inhabitants(demo.company()))
}

async fn mark(vault: &Vault, mark: DemoMark) -> Result<()> {
    let mut tx = vault.system(Task::Demo).begin().await?;
    tx.mark_demo(mark).await?;
    tx.commit(Act::new("demo.fill", "setting")).await.map(drop)
}

/// The people of a demo company, with the published password.
pub fn inhabitants(company: &Company) -> Vec<Inhabitant> {
    company
        .people
        .iter()
        .map(|p| Inhabitant {
            login: p.login.clone(),
            password: PASSWORD.to_owned(),
            role: p.role.to_owned(),
            name: p.name.clone(),
            department: company.departments.get(p.department).map(|d| d.name.zh.clone()).unwrap_or_default(),
        })
        .collect()
}

/// Publishes who the company is, as its notices say it.
async fn introduce(vault: &Vault, company: &Company) -> Result<()> {
    let body = json!({
        "name": company.name,
        "address": "上海市浦东新区青榆路 188 号",
        "contact": {
            "who": { "zh": "法务合规部", "en": "Legal and Compliance Department" },
            "email": "privacy@ruikang-union.example",
            "phone": "021-00000186",
        },
    });
    let mut tx = vault.system(Task::Demo).begin().await?;
    tx.publish("rules", "company", &body, None).await?;
    tx.commit(Act::new("demo.fill", "definition")).await.map(drop)
}

async fn people(vault: &Vault, company: &Company) -> Result<Places> {
    let mut tx = vault.system(Task::Demo).begin().await?;
    let mut departments: Vec<DepartmentId> = Vec::new();
    for (position, department) in company.departments.iter().enumerate() {
        let parent = department.parent.and_then(|i| departments.get(i)).cloned();
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        departments.push(tx.add_department(&department.name.zh, parent.as_ref(), position).await?);
    }
    let mut people = BTreeMap::new();
    for person in &company.people {
        let id = tx
            .add_person(NewPerson {
                login: person.login.clone(),
                name: person.name.clone(),
                staff_no: person.staff_no.clone(),
                department: departments.get(person.department).cloned(),
                password: PASSWORD.to_owned(),
                roles: vec![RoleName::from(person.role)],
                language: String::new(),
            })
            .await?;
        people.insert(person.login.clone(), id);
    }
    tx.commit(Act::new("demo.fill", "person").count(people.len())).await?;
    Ok(Places { departments, people, products: Vec::new() })
}

async fn write(vault: &Vault, places: &Places, dossiers: &[Dossier]) -> Result<u32> {
    let mut tx = vault.system(Task::Demo).begin().await?;
    let mut customers = 0;
    for dossier in dossiers {
        let mut ids: Vec<RecordId> = Vec::with_capacity(dossier.records.len());
        for draft in &dossier.records {
            let parent = draft.parent.and_then(|i| ids.get(i)).cloned();
            let id = create(&mut tx, places, draft, &ids, parent.as_ref()).await?;
            ids.push(id);
        }
        let (Some(root), Some(id)) = (dossier.root(), ids.first()) else { continue };
        customers += u32::from(root.object == "customer");
        let (scope, intake) = (tx.scope().clone(), intake_of(vault, dossier));
        intake::record_consents(&mut tx, &scope, root.object, id, &intake, dossier.intake.at).await?;
        for share in &dossier.shares {
            let Some(person) = places.people.get(&share.person) else { continue };
            let edit = share.level == Shared::Edit;
            tx.share(root.object, id, person, edit, share.purpose, share.until).await?;
        }
    }
    tx.commit(Act::new("demo.fill", "customer").count(dossiers.len())).await?;
    Ok(customers)
}

pub(super) fn intake_of(vault: &Vault, dossier: &Dossier) -> Intake {
    let catalog = vault.catalog();
    let version = catalog.notices.get(dossier.intake.purpose).map_or(1, |n| n.version);
    let mut consents = vec![Given { kind: ConsentKind::Collect, given: true }];
    if dossier.intake.sensitive {
        consents.push(Given { kind: ConsentKind::Sensitive, given: true });
    }
    Intake {
        notice: NoticeRef { id: dossier.intake.purpose.to_owned(), version },
        purpose: dossier.intake.purpose.to_owned(),
        basis: dossier.intake.basis,
        channel: dossier.intake.channel,
        consents,
    }
}

async fn create(
    tx: &mut Tx,
    places: &Places,
    draft: &Draft,
    siblings: &[RecordId],
    parent: Option<&RecordId>,
) -> Result<RecordId, VaultError> {
    let mut fields = draft.fields.clone();
    if let Some(parent) = parent {
        let field = tx.scope().object(draft.object)?.parent.as_ref().map(|p| p.field.clone());
        fields.insert(field.unwrap_or_else(|| "customer".to_owned()), json!(parent));
    }
    for link in &draft.links {
        let target = match link.target {
            Target::Here(i) => siblings.get(i),
            Target::Product(i) => places.products.get(i),
        };
        if let Some(target) = target {
            fields.insert(link.field.to_owned(), Json::String(target.to_string()));
        }
    }
    tx.create(
        draft.object,
        NewRecord {
            fields,
            owner: draft.owner.as_ref().and_then(|login| places.people.get(login)).cloned(),
            department: places.departments.get(draft.department).cloned(),
            pool: draft.pooled.then(|| "default".to_owned()),
            created_at: Some(draft.created_at),
            updated_at: Some(draft.updated_at),
            created_by: places.people.get(&draft.author).cloned(),
            subject: None,
        },
    )
    .await
}
