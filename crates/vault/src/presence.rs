//! Who is signed in, on what, for those who may end other people's sessions.

use crate::audit::Act;
use crate::error::Result;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::view::Named;
use kedun_model::{Act as ActName, PersonId, Problem};
use serde::Serialize;
use std::collections::BTreeMap;

/// Most people answered at once; whoever was seen last comes first.
const MOST: usize = 500;

/// A person with what is living of theirs.
#[derive(Clone, Debug, Serialize)]
pub struct PresentView {
    /// Who.
    pub person: Named,
    /// Their department.
    pub department: Option<Named>,
    /// When they were last seen, UTC ms.
    pub last_seen_at: i64,
    /// Their devices, the one seen last first.
    pub devices: Vec<PresentDevice>,
}

/// A device of a person, with the sessions living on it.
#[derive(Clone, Debug, Serialize)]
pub struct PresentDevice {
    /// Its id.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// UTC ms.
    pub first_seen_at: i64,
    /// UTC ms.
    pub last_seen_at: i64,
    /// The sessions living on it; none for a device that is only known.
    pub sessions: Vec<PresentSession>,
}

/// A living session.
#[derive(Clone, Debug, Serialize)]
pub struct PresentSession {
    /// Its id (not the token).
    pub id: String,
    /// UTC ms.
    pub created_at: i64,
    /// UTC ms.
    pub last_seen_at: i64,
    /// When it ends in any case, UTC ms.
    pub expires_at: i64,
}

impl Scope {
    /// The people within reach who have a living session, with the devices that they are known on. Only for those who
    /// may end sessions, and only of people whose sessions they may end; their own are under [`Scope::sessions`].
    ///
    /// # Errors
    /// Forbidden for who may end nobody's sessions.
    pub async fn present(&self) -> Result<Vec<PresentView>> {
        let Some(_) = self.caller.acts.get(&ActName::SessionsEnd) else {
            return Err(Problem::Forbidden(ActName::SessionsEnd.as_str()).into());
        };
        let now = self.now();
        let idle = self.inner.options.idle_seconds * 1000;
        let rows = self
            .inner
            .data
            .all(
                "list who is signed in",
                "SELECT d.person, d.id, d.name, d.first_seen_at, d.last_seen_at, s.id, s.created_at, s.seen_at, s.expires_at \
                 FROM device d LEFT JOIN session s ON s.device = d.id AND s.ended_at IS NULL AND s.expires_at > $1 AND s.seen_at > $2 \
                 WHERE d.ended_at IS NULL AND d.person IN (SELECT l.person FROM session l WHERE l.ended_at IS NULL \
                 AND l.expires_at > $1 AND l.seen_at > $2) ORDER BY d.last_seen_at DESC, d.id, s.created_at DESC",
                &[now.into(), (now - idle).into()],
            )
            .await?;
        let mut found: BTreeMap<PersonId, PresentView> = BTreeMap::new();
        for row in rows {
            let person = PersonId::new(row.text(0)?);
            let Some(entry) = self.directory.people.get(&person) else { continue };
            let within = self.caller.may(ActName::SessionsEnd, entry.department.as_ref());
            if !within || person == *self.person() {
                continue;
            }
            let present = found.entry(person).or_insert_with(|| PresentView {
                person: Named { id: entry.id.to_string(), name: Some(entry.name.clone()) },
                department: entry.department.as_ref().map(|d| Named {
                    id: d.to_string(),
                    name: self.directory.department_name(d).map(str::to_owned),
                }),
                last_seen_at: 0,
                devices: Vec::new(),
            });
            let id = row.text(1)?;
            if present.devices.last().is_none_or(|d| d.id != id) {
                present.devices.push(PresentDevice {
                    id,
                    name: row.text(2)?,
                    first_seen_at: row.int(3)?,
                    last_seen_at: row.int(4)?,
                    sessions: Vec::new(),
                });
            }
            let (Some(session), Some(device)) = (row.opt_text(5)?, present.devices.last_mut()) else {
                continue;
            };
            let session = PresentSession {
                id: session,
                created_at: row.int(6)?,
                last_seen_at: row.int(7)?,
                expires_at: row.int(8)?,
            };
            device.last_seen_at = device.last_seen_at.max(session.last_seen_at);
            present.last_seen_at = present.last_seen_at.max(session.last_seen_at);
            device.sessions.push(session);
        }
        let mut found: Vec<PresentView> = found.into_values().collect();
        found.sort_by_key(|p| std::cmp::Reverse(p.last_seen_at));
        found.truncate(MOST);
        self.log(Act::new("session.list", "session").count(found.len())).await?;
        Ok(found)
    }

    /// Ends one session of another person.
    ///
    /// # Errors
    /// Forbidden for that person; not found when it is somebody else's or already ended.
    pub async fn end_session_of(&self, person: &PersonId, session: &str) -> Result<()> {
        let mut tx = self.begin_for(person).await?;
        let ended = tx
            .write
            .run(
                "end a session of a person",
                "UPDATE session SET ended_at = $1 WHERE id = $2 AND person = $3 AND ended_at IS NULL",
                &[self.now().into(), session.into(), person.into()],
            )
            .await?;
        if ended == 0 {
            return Err(Problem::NotFound.into());
        }
        let act = Act::new("session.end_other", "session").count(1);
        tx.commit(act.payload(serde_json::json!({ "person": person, "session": session }))).await.map(drop)
    }

    /// Puts a device of another person out of use: its sessions end, and the browser comes back as another device.
    ///
    /// # Errors
    /// Forbidden for that person; not found when it is somebody else's or already ended.
    pub async fn end_device_of(&self, person: &PersonId, device: &str) -> Result<()> {
        let mut tx = self.begin_for(person).await?;
        let ended = tx
            .write
            .run(
                "end a device of a person",
                "UPDATE device SET ended_at = $1 WHERE id = $2 AND person = $3 AND ended_at IS NULL",
                &[self.now().into(), device.into(), person.into()],
            )
            .await?;
        if ended == 0 {
            return Err(Problem::NotFound.into());
        }
        tx.write
            .run(
                "end the sessions of a device",
                "UPDATE session SET ended_at = $1 WHERE device = $2 AND ended_at IS NULL",
                &[self.now().into(), device.into()],
            )
            .await?;
        let act = Act::new("device.end_other", "device");
        tx.commit(act.payload(serde_json::json!({ "person": person, "device": device }))).await.map(drop)
    }

    /// Begins a change of what is living of another person; every process forgets who it knew once it is durable.
    async fn begin_for(&self, person: &PersonId) -> Result<Tx> {
        let entry = self.directory.people.get(person).ok_or(Problem::NotFound)?;
        self.require(ActName::SessionsEnd, entry.department.as_ref())?;
        let mut tx = self.begin().await?;
        tx.refresh = true;
        Ok(tx)
    }
}
