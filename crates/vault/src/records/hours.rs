//! How much is looked at, by whom, at which hour: counts for whoever watches over people, and nothing of a customer.
//!
//! **Invariant:** only of people for whose department the caller receives alerts; no record is named, also not by its
//! absence.

use crate::audit::Act;
use crate::error::Result;
use crate::scope::Scope;
use crate::sql::Arg;
use crate::view::Named;
use kedun_model::{Act as ActName, PersonId, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most days that are counted.
const MOST_DAYS: i64 = 31;
/// People that one statement asks for.
const CHUNK: usize = 200;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookKind {
    /// Records opened, or shown in clear in a list.
    Read,
    /// Fields revealed.
    Reveal,
    /// Records that left in a file.
    Export,
}

impl LookKind {
    /// The actions of the log that are looks of this kind.
    fn actions(self) -> &'static str {
        match self {
            LookKind::Read => "'record.read', 'record.list', 'record.history', 'file.read'",
            LookKind::Reveal => "'field.reveal'",
            LookKind::Export => "'export.render', 'export.download'",
        }
    }
}

/// What one person looked at, by hour of the day.
#[derive(Clone, Debug, Serialize)]
pub struct PersonHours {
    /// Who.
    pub person: Named,
    /// Of which department.
    pub department: Option<Named>,
    /// Looks in each hour of the day, midnight first, by the company's clock.
    pub hours: [i64; 24],
    /// All of them.
    pub total: i64,
}

/// Looks by person and hour.
#[derive(Clone, Debug, Serialize)]
pub struct LooksByHour {
    /// The first moment that is counted, UTC ms.
    pub since_at: i64,
    /// Who looked most comes first; who did not look is left out.
    pub people: Vec<PersonHours>,
    /// How many people were asked about.
    pub watched: usize,
}

impl Scope {
    /// How much the people that the caller watches over looked at in the last days, today included.
    ///
    /// # Errors
    /// Forbidden for who receives no alerts; more days than 31.
    pub async fn looks_by_hour(&self, kind: LookKind, days: i64) -> Result<LooksByHour> {
        if !self.caller.acts.contains_key(&ActName::AlertsReceive) {
            return Err(Problem::Forbidden(ActName::AlertsReceive.as_str()).into());
        }
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Problem::invalid("days", "out_of_range").into());
        }
        let zone = self.catalog.zone();
        let since = zone.midnight(self.now()) - (days - 1) * DAY_MS;
        let watched: Vec<&PersonId> = self
            .directory
            .people
            .iter()
            .filter(|(_, entry)| self.caller.may(ActName::AlertsReceive, entry.department.as_ref()))
            .map(|(id, _)| id)
            .collect();
        let mut found: BTreeMap<String, [i64; 24]> = BTreeMap::new();
        self.inner.journal.post().await?;
        for people in watched.chunks(CHUNK) {
            let mut args: Vec<Arg> = vec![since.into(), zone.offset_ms().into()];
            args.extend(people.iter().map(|person| Arg::from(person.as_str())));
            let places: Vec<String> = (3..args.len() + 1).map(|at| format!("${at}")).collect();
            let sql = format!(
                "SELECT person, (at + $2) / {HOUR_MS} % 24 AS hour, COUNT(*) FROM look \
                 WHERE person IN ({}) AND action IN ({}) AND at >= $1 GROUP BY 1, 2",
                places.join(", "),
                kind.actions()
            );
            for row in self.inner.data.all("count looks by hour", &sql, &args).await? {
                let hour = usize::try_from(row.int(1)?).unwrap_or(0) % 24;
                found.entry(row.text(0)?).or_default()[hour] += row.int(2)?;
            }
        }
        let mut people: Vec<PersonHours> = found
            .into_iter()
            .map(|(id, hours)| {
                let person = PersonId::new(id);
                let entry = self.directory.people.get(&person);
                let department = entry.and_then(|entry| entry.department.as_ref());
                PersonHours {
                    department: department.map(|d| Named {
                        id: d.to_string(),
                        name: self.directory.departments.get(d).map(|(name, ..)| name.clone()),
                    }),
                    person: Named { id: person.to_string(), name: self.name_of(&person) },
                    total: hours.iter().sum(),
                    hours,
                }
            })
            .collect();
        people.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.person.id.cmp(&b.person.id)));
        self.log(Act::new("looks.count", "person").count(watched.len())).await?;
        Ok(LooksByHour { since_at: since, people, watched: watched.len() })
    }
}
