//! Whether the demo filled this house: its passwords are published, so it must never be taken for a real one, nor a real
//! one for it.

use crate::error::{Result, VaultError};
use crate::scope::{Scope, Task};
use crate::sql::Db;
use crate::tx::Tx;
use crate::vault::Vault;
use kedun_model::Problem;
use serde::Serialize;

/// The setting that says so.
const SETTING: &str = "demo/filled";

/// How far the demo came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DemoMark {
    /// It began and did not say that it came to an end.
    Begun,
    /// The whole company is there.
    Complete,
}

impl DemoMark {
    fn text(self) -> &'static str {
        match self {
            DemoMark::Begun => "begun",
            DemoMark::Complete => "complete",
        }
    }

    /// The mark of a house; none for a real one.
    pub(crate) async fn of(db: &Db) -> Result<Option<DemoMark>> {
        let sql = "SELECT value FROM setting WHERE name = $1";
        let Some(row) = db.optional("look for the mark of a demo", sql, &[SETTING.into()]).await? else {
            return Ok(None);
        };
        let text = row.text(0)?;
        let mark = [DemoMark::Begun, DemoMark::Complete].into_iter().find(|mark| mark.text() == text);
        mark.map(Some).ok_or_else(|| VaultError::Damaged("the mark of a demo".to_owned()))
    }
}

impl Vault {
    /// Whether the demo filled this house; none for a real one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn demo_mark(&self) -> Result<Option<DemoMark>> {
        DemoMark::of(&self.inner.data).await
    }
}

impl Tx {
    /// Marks the house as the demo's. Only the demo does.
    ///
    /// # Errors
    /// Forbidden; the database fails.
    pub async fn mark_demo(&mut self, mark: DemoMark) -> Result<()> {
        let scope: &Scope = &self.scope;
        if scope.task != Some(Task::Demo) {
            return Err(Problem::Forbidden("demo").into());
        }
        let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.write.run("mark a demo", sql, &[SETTING.into(), mark.text().into()]).await.map(drop)
    }
}
