//! Plans that move: when one is made, done, put off or opened again, the next follow-up of what it belongs to goes along;
//! so does the last, when it was followed up.
//!
//! **Invariant:** a record whose next follow-up is a plan's never keeps the moment of a plan that is over.

use crate::error::Result;
use crate::row::Stored;
use crate::sql::Arg;
use crate::tx::{Found, Tx};
use kedun_model::definition::Column;
use kedun_model::policy::RecordFacts;
use kedun_model::{ObjectDef, RecordId};
use serde_json::{Map, Value as Json};

impl Tx {
    /// Notes on a parent that it was followed up. Its fields are the system's, so no edit right is needed, but the
    /// caller must see it and have written the follow-up under it.
    ///
    /// # Errors
    /// Not found.
    pub async fn followed_up(
        &mut self,
        object: &str,
        id: &RecordId,
        at: i64,
        next: Option<i64>,
    ) -> Result<()> {
        let (_, mut stored, facts) = match self.read.remove(id) {
            Some(known) => known,
            None => self.load(object, id).await?,
        };
        stored.last_follow_up = stored.last_follow_up.max(Some(at));
        if next.is_some() || stored.next_follow_up.is_some_and(|planned| planned <= at) {
            stored.next_follow_up = next;
        }
        self.store_values(&mut stored).await?;
        self.worked_on(id);
        self.written.insert(id.clone(), (stored, facts));
        Ok(())
    }

    /// Notes on a parent when it is to be followed up next: the earlier of what was planned and this.
    ///
    /// # Errors
    /// Not found.
    pub async fn planned(&mut self, object: &str, id: &RecordId, due: Option<i64>) -> Result<()> {
        let (_, mut stored, facts) = match self.read.remove(id) {
            Some(known) => known,
            None => self.load(object, id).await?,
        };
        let now = self.scope.now();
        let next = match (stored.next_follow_up.filter(|at| *at > now), due) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => b.or(a),
        };
        if next != stored.next_follow_up {
            stored.next_follow_up = next;
            self.store_values(&mut stored).await?;
        }
        self.written.insert(id.clone(), (stored, facts));
        Ok(())
    }

    /// As [`Tx::update`], for a plan.
    ///
    /// # Errors
    /// As [`Tx::update`].
    pub async fn replan(
        &mut self,
        object: &str,
        id: &RecordId,
        revision: Option<i64>,
        fields: &Map<String, Json>,
    ) -> Result<Vec<String>> {
        let (def, before, _) = self.load(object, id).await?;
        let names = self.update(object, id, revision, fields).await?;
        if let (Some(parent), Some(of)) = (&def.parent, &before.parent)
            && !names.is_empty()
        {
            let parent = parent.object.to_string();
            self.replanned(&parent, of, &def, before.next_follow_up).await?;
        }
        Ok(names)
    }

    async fn replanned(
        &mut self,
        parent: &str,
        id: &RecordId,
        plan: &ObjectDef,
        was: Option<i64>,
    ) -> Result<()> {
        let Some((mut stored, facts)) = self.present(parent, id).await? else { return Ok(()) };
        let earliest = self.earliest(id, plan).await?;
        let next = if stored.next_follow_up == was {
            earliest
        } else {
            // Somebody set another moment by hand; an earlier plan still comes first.
            match (stored.next_follow_up, earliest) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            }
        };
        if next != stored.next_follow_up {
            stored.next_follow_up = next;
            self.store_values(&mut stored).await?;
        }
        self.written.insert(id.clone(), (stored, facts));
        Ok(())
    }

    /// What the plan belongs to, as far as the caller sees it. Its next follow-up is the system's, so no right to edit
    /// is needed.
    async fn present(&mut self, object: &str, id: &RecordId) -> Result<Option<(Stored, RecordFacts)>> {
        if let Some(known) = self.written.remove(id) {
            return Ok(Some(known));
        }
        Ok(match self.find(object, id).await? {
            Found::Visible(found) if found.1.deleted_at.is_none() => Some((found.1, found.2)),
            Found::Visible(_) | Found::Hidden { .. } => None,
        })
    }

    /// The earliest plan that is still to be done. All count, whoever may see them: the answer is a moment of the
    /// parent's, not a plan.
    async fn earliest(&mut self, parent: &RecordId, plan: &ObjectDef) -> Result<Option<i64>> {
        let states: Vec<Arg> = plan
            .column_field(Column::Status)
            .into_iter()
            .flat_map(|f| &f.options)
            .filter(|state| state.outcome.is_none())
            .map(|state| state.value.as_str().into())
            .collect();
        if states.is_empty() {
            return Ok(None);
        }
        let places: Vec<String> = (3..3 + states.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT MIN(next_follow_up) FROM record WHERE parent = $1 AND object = $2 AND deleted_at IS NULL \
             AND status IN ({})",
            places.join(", ")
        );
        let mut args: Vec<Arg> = vec![parent.into(), (&plan.name).into()];
        args.extend(states);
        let row = self.write.optional("find the earliest plan", &sql, &args).await?;
        Ok(row.map(|row| row.opt_int(0)).transpose()?.flatten())
    }
}
