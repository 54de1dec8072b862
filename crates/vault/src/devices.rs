//! The devices of a person: what they are called, when they were last here, and the end of one that was lost.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::hearing::{SESSIONS, tell};
use crate::ids;
use crate::scope::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kedun_model::Problem;
use serde::Serialize;

/// A device as its owner sees it.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceView {
    /// Its id.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// UTC ms.
    pub first_seen_at: i64,
    /// UTC ms.
    pub last_seen_at: i64,
    /// Whether it is the one that asks.
    pub current: bool,
    /// How many sessions live on it.
    pub sessions: i64,
}

impl Scope {
    /// The caller's devices.
    ///
    /// # Errors
    /// The database fails.
    pub async fn devices(&self) -> Result<Vec<DeviceView>> {
        self.inner
            .data
            .all(
                "list devices",
                "SELECT d.id, d.name, d.first_seen_at, d.last_seen_at, \
                 (SELECT COUNT(*) FROM session s WHERE s.device = d.id AND s.ended_at IS NULL AND s.expires_at > $2) \
                 FROM device d WHERE d.person = $1 AND d.ended_at IS NULL ORDER BY d.last_seen_at DESC",
                &[self.person().into(), self.now().into()],
            )
            .await?
            .iter()
            .map(|row| {
                let id = row.text(0)?;
                Ok(DeviceView {
                    current: self.device() == Some(id.as_str()),
                    id,
                    name: row.text(1)?,
                    first_seen_at: row.int(2)?,
                    last_seen_at: row.int(3)?,
                    sessions: row.int(4)?,
                })
            })
            .collect()
    }

    /// The key under which this device may keep the caller's unsaved words (base64, 32 bytes). Only a living session gets
    /// it, and a device that was ended comes back with another one.
    ///
    /// # Errors
    /// The caller is not on a device.
    pub fn draft_key(&self) -> Result<String> {
        let device = self.device().ok_or(VaultError::NoSession)?;
        Ok(STANDARD.encode(self.inner.drafts.of(self.person().as_str(), device).expose()))
    }

    /// Reports one of the caller's devices as lost or no longer used: its sessions end.
    ///
    /// # Errors
    /// Not found when it is somebody else's.
    pub async fn end_device(&self, id: &str) -> Result<()> {
        let mut tx = self.inner.data.begin().await?;
        let found = tx
            .run(
                "end a device",
                "UPDATE device SET ended_at = $1 WHERE id = $2 AND person = $3 AND ended_at IS NULL",
                &[self.now().into(), id.into(), self.person().into()],
            )
            .await?;
        if found == 0 {
            return Err(Problem::NotFound.into());
        }
        tx.run(
            "end the sessions of a device",
            "UPDATE session SET ended_at = $1 WHERE device = $2 AND ended_at IS NULL",
            &[self.now().into(), id.into()],
        )
        .await?;
        let (act, entry) = (Act::new("device.end", "device"), ids::new_id());
        tell(&mut tx, SESSIONS, &entry).await?;
        self.inner.scribe.write(&mut tx, &entry, &self.actor, self.catalog.hash, &act).await?;
        self.inner.keep_and_forget(tx).await?;
        Ok(())
    }
}
