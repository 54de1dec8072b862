//! Whether somebody is known already, as a part of the change that takes them down or gives them another number.
//!
//! **Invariant:** of changes that take down the same number at the same time, each looks after the one before it was
//! durable. On SQLite they wait for each other. On PostgreSQL each notes who took the last turn for that number, and
//! writes only if nobody has taken one since; else nothing of it happens (`revision_conflict`) and it looks again.

use super::search::{Asked, Duplicate, LOOK};
use crate::error::Result;
use crate::statement::Statement;
use crate::tx::Tx;
use kedun_model::policy::right_on_create;
use kedun_model::{FieldDef, RecordId, Verb};
use serde_json::{Map, Value as Json};

impl Tx {
    /// As [`crate::Scope::duplicates`], as a part of creating, and without a row in the log: when nobody is known, the row
    /// of the creation says enough; when somebody is, the answer is a look, which the caller logs once the change is over.
    ///
    /// # Errors
    /// As [`crate::Scope::duplicates`]. The commit answers `revision_conflict` when somebody came in between.
    pub async fn known_already(
        &mut self,
        object: &str,
        fields: &Map<String, Json>,
    ) -> Result<Vec<Duplicate>> {
        let def = self.scope.object(object)?.clone();
        self.scope.require_verb(&def.name, Verb::Create)?;
        // Who may not write a field may not ask by it either: the answer would tell what the field holds.
        let caller = self.scope.caller.clone();
        let may_ask = |f: &FieldDef| right_on_create(&caller, &def.name, f).edit;
        let asked = self.scope.asked_by(&def, fields, may_ask);
        self.look(asked, None).await
    }

    /// Who else is known by values that this change has just written to a record.
    ///
    /// # Errors
    /// As [`Tx::known_already`].
    pub async fn known_besides(
        &mut self,
        object: &str,
        id: &RecordId,
        fields: &Map<String, Json>,
        written: &[String],
    ) -> Result<Vec<Duplicate>> {
        let def = self.scope.object(object)?.clone();
        let asked = self.scope.asked_by(&def, fields, |f| written.contains(&f.name));
        self.look(asked, Some(id)).await
    }

    /// Who else is known by what a record holds, for one that is to come out of the recycle bin: meanwhile somebody may
    /// have taken the same person down anew.
    ///
    /// # Errors
    /// As [`Tx::known_already`].
    pub async fn known_beside(&mut self, object: &str, id: &RecordId) -> Result<Vec<Duplicate>> {
        let def = self.scope.object(object)?.clone();
        let sql = "SELECT field, token FROM blind WHERE record = $1 AND kind <> 'last4'";
        let mut asked = Vec::new();
        for row in self.write.all("read by what a record is known", sql, &[id.into()]).await? {
            let field = row.text(0)?;
            let Some(f) = def.live_fields().find(|f| f.id.as_str() == field) else { continue };
            let kind = crate::plan::exact_kind(f.kind);
            asked.push(Asked { field: f.name.clone(), kind, token: row.bytes(1)? });
        }
        self.look(asked, Some(id)).await
    }

    pub(super) async fn look(
        &mut self,
        asked: Vec<Asked>,
        except: Option<&RecordId>,
    ) -> Result<Vec<Duplicate>> {
        let mut found = Vec::new();
        // By number, so that two who take several at once do not wait for each other in a ring.
        let mut turns = std::collections::BTreeMap::new();
        for one in asked {
            let bucket = bucket(&one.token);
            let sql = if self.write.is_postgres() { with_last_turn(&one, bucket) } else { one.who() };
            for row in self.write.all_ahead(LOOK, &sql.text, &sql.args).await? {
                match row.opt_text(0)? {
                    None => drop(turns.insert(bucket, row.text(1)?)),
                    Some(known) if except.is_some_and(|id| id.as_str() == known) => {}
                    Some(_) => found.push(self.scope.duplicate(&one, &row).await?),
                }
            }
        }
        for (bucket, last) in turns {
            if !self.turns.insert(bucket) {
                continue;
            }
            const TAKE: &str = "INSERT INTO turn (bucket, entry) VALUES ($1, $2) ON CONFLICT (bucket) DO UPDATE \
                SET entry = excluded.entry WHERE turn.entry = $3";
            let args = [bucket.into(), self.entry.as_str().into(), last.into()];
            self.write.later_or_nothing("take one's turn", TAKE, &args).await?;
        }
        Ok(found)
    }
}

/// So few that none says whose number it is, so many that two who meet in one are nearly always about the same number.
fn bucket(token: &[u8]) -> i64 {
    token.iter().take(2).fold(0, |sum, byte| sum * 256 + i64::from(*byte))
}

/// As [`Asked::who`], and a row without an id that names who took the last turn for it, of the same moment.
fn with_last_turn(asked: &Asked, bucket: i64) -> Statement {
    let mut sql = asked.who();
    let bucket = sql.arg(bucket);
    sql.text = format!(
        "SELECT * FROM ({}) known UNION ALL \
         SELECT NULL, COALESCE((SELECT entry FROM turn WHERE bucket = {bucket}), ''), NULL, NULL",
        sql.text
    );
    sql
}
