//! Reminding people of what they planned, when they do not have the app open.

use crate::error::Result;
use crate::statement::Statement;
use crate::vault::{Signal, Vault};
use kedun_model::definition::Column;
use kedun_model::{ObjectDef, PersonId, RecordId};

/// How long before its time somebody is reminded of a plan, ms; the app says it as early.
pub const REMINDED_AHEAD_MS: i64 = 15 * 60_000;

impl Vault {
    /// Tells of what is due after one moment and not after another (UTC ms) and is not over, to those of its owners who
    /// have themselves knocked at; each once for an object. Writes no row, for nobody reads anything.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remind(&self, after: i64, until: i64) -> Result<()> {
        for def in self.inner.catalog().objects.values().map(|published| &published.def) {
            let Some(sql) = owners_of_due(def, after, until) else { continue };
            for row in self.inner.data.all("find whose plans are due", &sql.text, &sql.args).await? {
                let (person, id) = (PersonId::new(row.text(0)?), RecordId::new(row.text(1)?));
                self.signal(Signal::PlanDue { person, object: def.name.clone(), id });
            }
        }
        Ok(())
    }
}

/// Whose records of an object are due; none for one that has no such time, or no states in which it is over: of a
/// customer the next contact is that of its plans.
fn owners_of_due(def: &ObjectDef, after: i64, until: i64) -> Option<Statement> {
    def.column_field(Column::NextFollowUp)?;
    let states = &def.column_field(Column::Status)?.options;
    let over: Vec<&str> =
        states.iter().filter(|state| state.outcome.is_some()).map(|state| state.value.as_str()).collect();
    let mut sql = Statement::default();
    let object = sql.arg(def.name.as_str());
    let (after, until) = (sql.arg(after), sql.arg(until));
    let over = match over.is_empty() {
        true => String::new(),
        false => format!(" AND r.status NOT IN ({})", sql.list(over)),
    };
    sql.push(&format!(
        "SELECT r.owner, MIN(r.id) FROM push_place p JOIN record r ON r.owner = p.person WHERE r.object = {object} \
         AND r.next_follow_up > {after} AND r.next_follow_up <= {until} AND r.deleted_at IS NULL{over} \
         GROUP BY r.owner ORDER BY r.owner"
    ));
    Some(sql)
}
