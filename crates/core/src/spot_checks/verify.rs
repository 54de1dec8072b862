//! Drawing again, to see that what is kept is what was drawn, and that it was drawn once.

use super::{DRAWN, SPOT_CHECK, Week, allowed, clear, draw, drawn_of, number, text};
use kedun_ledger::lot::{Seed, roll_hash};
use kedun_model::{RecordId, Zone};
use kedun_vault::{LogTold, Result, Scope, Vault};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// Whether everything agrees.
    pub holds: bool,
    /// What does not: `not_in_log`, `drawn_again`, `log_altered`, `head_differs`, `roll_differs`, `drawn_differs`.
    pub findings: Vec<&'static str>,
    /// The week.
    pub period: String,
    /// Entries under the head that settled it.
    pub size: i64,
    /// Its root, hex.
    pub root: String,
    /// The seed, hex, as it follows from the head.
    pub seed: String,
    /// How many there were to draw from.
    pub population: i64,
    /// What the roll hashed to, hex.
    pub roll_hash: String,
    /// Follow-ups of the week that the roll did not have and that are there now: customers that came to the department
    /// since, or one left out.
    pub left_out: usize,
    /// Follow-ups of the roll that are no longer there: erased, or gone to another department.
    pub gone: usize,
}

/// Draws again from the head and the roll that the log holds.
///
/// # Errors
/// Not found.
pub async fn verify(vault: &Vault, scope: &Scope, id: &RecordId) -> Result<Verification> {
    allowed(scope)?;
    let record = scope.get(SPOT_CHECK, id).await?;
    let (period, root) = (text(&record, "period"), text(&record, "root"));
    let (size, population) = (number(&record, "size"), number(&record, "population"));
    let manager = clear(&record, "manager")["id"].as_str().unwrap_or_default().to_owned();
    let department = clear(&record, "team")["id"].as_str().unwrap_or_default().to_owned();
    // Rows that wait are placed first, so that each can be held against the tree.
    vault.sequence(false).await?;
    let of_this = |told: &LogTold| told.details["manager"] == *manager && told.details["period"] == *period;
    let told: Vec<LogTold> = vault.told("spot_check.draw").await?.into_iter().filter(of_this).collect();
    let entry = record.clear_text("entry").unwrap_or_default();
    let mut findings = Vec::new();
    let mut note = |finding: &'static str, is: bool| {
        if is && !findings.contains(&finding) {
            findings.push(finding);
        }
    };
    let row = told.iter().find(|row| row.entry == entry);
    let details = row.map_or(Json::Null, |row| row.details.clone());
    note("not_in_log", row.is_none_or(|row| row.place.is_none()) || details["check"] != *id.as_str());
    note("drawn_again", told.len() > 1);
    note("log_altered", told.iter().any(|row| !row.sound));
    // The week is that of the zone in which it was drawn; before a company could choose, there was one.
    let zone = details["zone"].as_str().and_then(Zone::named).unwrap_or_default();
    let week = Week::parse(&period, zone);
    let head = match week {
        Some(week) => vault.head_after(week.ends()).await?,
        None => None,
    };
    note(
        "head_differs",
        head.is_none_or(|head| i64::try_from(head.size) != Ok(size) || head.root.hex() != root)
            || details["size"] != size
            || details["root"] != *root,
    );
    let roll: Vec<String> = serde_json::from_value(details["roll"].clone()).unwrap_or_default();
    let hash = roll_hash(&roll).hex();
    note(
        "roll_differs",
        hash != text(&record, "roll_hash")
            || details["roll_hash"] != *hash
            || i64::try_from(roll.len()) != Ok(population),
    );
    let seed = head.map(|head| Seed::new(&head.root, head.size, &[&manager, &department, &period]));
    let again = seed.map(|seed| seed.draw(&roll, DRAWN)).unwrap_or_default();
    let kept: Vec<String> = drawn_of(&record).iter().map(ToString::to_string).collect();
    note("drawn_differs", again != kept || details["drawn"] != json!(again));
    let now = match week {
        Some(week) => draw::roll(scope, week).await?,
        None => Vec::new(),
    };
    Ok(Verification {
        holds: findings.is_empty(),
        findings,
        size,
        root,
        seed: seed.map(|seed| seed.hex()).unwrap_or_default(),
        population,
        roll_hash: hash,
        left_out: now.iter().filter(|one| roll.binary_search(one).is_err()).count(),
        gone: roll.iter().filter(|one| now.binary_search(one).is_err()).count(),
        period,
    })
}
