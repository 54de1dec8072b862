//! What is checked in the demo company: an older week of follow-ups is drawn and scored and the last one waits for its
//! manager; leads that nobody has worked on for more than a year are over their term.

use super::clock::DAY;
use super::load::intake_of;
use super::{Demo, Settings, affairs};
use crate::intake;
use crate::spot_checks::{self, Scoring, Week};
use kedun_model::RecordId;
use kedun_vault::{Act, NewRecord, Result, Scope, Task, Vault};
use std::collections::BTreeMap;

/// What a manager says, in turn.
const REMARKS: [Option<&str>; 5] = [
    Some("写得具体，下一步也清楚，保持。"),
    Some("下一步只写了做什么，补上时间。"),
    None,
    Some("对方的顾虑记得很细，下次带上资料再谈。"),
    Some("少用“肯定没问题”这类话，容易变成承诺。"),
];
/// Answers in turn: mostly good, as in life.
const ANSWERS: [&str; 7] = ["2", "2", "1", "2", "2", "2", "0"];

/// How many leads were forgotten.
const FORGOTTEN: u32 = 7;

/// Draws and scores the week before the last, for everybody who leads people; and finds leads that were forgotten.
///
/// # Errors
/// The database fails.
pub async fn check(vault: &Vault, settings: Settings) -> Result<()> {
    let demo = Demo::new(settings);
    forgotten(vault, &demo).await?;
    affairs::conduct(vault, &demo).await?;
    let Some(week) = Week::of(vault.clock().now(), vault.catalog().zone()).map(|now| now.before().before())
    else {
        return Ok(());
    };
    let house = vault.system(Task::Demo);
    for department in house.departments() {
        for person in house.managers(&department.id.into()) {
            let manager = vault.on_behalf(&person, Task::Demo)?;
            score_all(vault, &manager, &week.to_string()).await?;
        }
    }
    Ok(())
}

async fn score_all(vault: &Vault, manager: &Scope, week: &str) -> Result<()> {
    let id = spot_checks::draw(vault, manager, week).await?;
    let check = spot_checks::one(manager, &id).await?;
    let mut turn = 0;
    for (nth, item) in check.items.iter().enumerate().filter(|(_, item)| !item.gone) {
        let answers: BTreeMap<String, String> = check
            .questions
            .iter()
            .map(|question| {
                turn += 1;
                let given = ANSWERS.get((turn + nth) % ANSWERS.len()).copied().unwrap_or("2");
                (question.name.clone(), given.to_owned())
            })
            .collect();
        let remark = REMARKS.get(nth).copied().flatten().map(str::to_owned);
        let scoring = Scoring { follow_up: item.follow_up.clone(), answers, remark };
        spot_checks::score(vault, manager, &RecordId::new(check.check.id.as_str()), &scoring).await?;
    }
    Ok(())
}

/// Leads beyond those that the company works on, in the pool since more than a year.
async fn forgotten(vault: &Vault, demo: &Demo) -> Result<()> {
    let house = vault.system(Task::Demo);
    let Some(department) = house.departments().into_iter().next() else { return Ok(()) };
    let mut tx = house.begin().await?;
    for n in 0..FORGOTTEN {
        let dossier = demo.lead(demo.lead_count() + n);
        let Some(draft) = dossier.root() else { continue };
        let mut fields = draft.fields.clone();
        fields.retain(|name, _| !matches!(name.as_str(), "last_follow_up" | "next_follow_up"));
        let created_at = demo.settings().now - (372 + 23 * i64::from(n)) * DAY;
        let new = NewRecord {
            fields,
            pool: Some("default".to_owned()),
            department: Some(department.id.as_str().into()),
            created_at: Some(created_at),
            ..NewRecord::default()
        };
        let id = tx.create("lead", new).await?;
        let scope = tx.scope().clone();
        intake::record_consents(&mut tx, &scope, "lead", &id, &intake_of(vault, &dossier), created_at)
            .await?;
    }
    tx.commit(Act::new("demo.fill", "lead")).await.map(drop)
}
