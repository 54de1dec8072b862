//! What people arrange for themselves, each their own and nobody else's.
//!
//! **Invariant:** a saved view asks for nothing that its person may not ask for when they save it, and holds no value of
//! a customer; when it is used it is a query like any other.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::keys;
use crate::plan::{self, Query};
use crate::scope::Scope;
use kedun_model::filter::Filter;
use kedun_model::preference::{Preference, SavedView, personal};
use kedun_model::{FieldError, Problem};
use serde::Serialize;
use serde_json::Value as Json;

/// Most preferences of one person.
pub const MOST_PREFERENCES: i64 = 200;
/// Most bytes of one.
const MOST_BYTES: usize = 32 * 1024;

const LIST: &str = "SELECT name, sealed FROM preference WHERE person = $1 ORDER BY name";
const COUNT: &str = "SELECT COUNT(*) FROM preference WHERE person = $1 AND name <> $2";
const KEEP: &str = "INSERT INTO preference (person, name, sealed) VALUES ($1, $2, $3) \
                    ON CONFLICT (person, name) DO UPDATE SET sealed = excluded.sealed";
const DROP: &str = "DELETE FROM preference WHERE person = $1 AND name = $2";

/// A preference of the caller.
#[derive(Debug, Serialize)]
pub struct PreferenceView {
    /// Its name: `view.customer.k3`.
    pub name: String,
    /// Its value, of the shape that its name asks for.
    pub value: Json,
}

impl Scope {
    /// What the caller has arranged.
    ///
    /// # Errors
    /// The database fails.
    pub async fn preferences(&self) -> Result<Vec<PreferenceView>> {
        let rows = self.inner.data.all("read preferences", LIST, &[self.person().into()]).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let name = row.text(0)?;
            let sealed = row.bytes(1)?;
            let opened = keys::open_system(&self.inner.system, "preference", &self.place_of(&name), &sealed)?;
            let value = serde_json::from_slice(opened.expose())
                .map_err(|_| VaultError::Damaged("a preference".to_owned()))?;
            found.push(PreferenceView { name, value });
        }
        Ok(found)
    }

    /// Keeps a preference, in the place of the one of that name.
    ///
    /// # Errors
    /// A name that nobody gives; a value of another shape; a view over what the caller may not see, or with a value of a
    /// customer; too many.
    pub async fn keep_preference(&self, name: &str, value: &Json) -> Result<()> {
        let preference = Preference::named(name).ok_or(Problem::NotFound)?;
        let mut errors = preference.check(value);
        let text = serde_json::to_vec(value).map_err(|_| VaultError::Damaged("a preference".to_owned()))?;
        if text.len() > MOST_BYTES {
            errors.push(FieldError::new("value", "too_large").with("max", MOST_BYTES));
        }
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors).into());
        }
        match &preference {
            Preference::View { object } => self.try_view(object.as_str(), value)?,
            Preference::Columns { object } => drop(self.object(object.as_str())?),
            Preference::Tour | Preference::Notifications => {}
        }
        let sealed = keys::seal_system(&self.inner.system, "preference", &self.place_of(name), &text)?;
        let mut tx = self.begin().await?;
        let counted = tx
            .write
            .optional("count preferences", COUNT, &[self.person().into(), name.into()])
            .await?
            .map_or(Ok(0), |row| row.int(0))?;
        if counted >= MOST_PREFERENCES {
            let error = FieldError::new("name", "too_many").with("max", MOST_PREFERENCES);
            return Err(Problem::Invalid(vec![error]).into());
        }
        tx.write.run("keep a preference", KEEP, &[self.person().into(), name.into(), sealed.into()]).await?;
        tx.commit(Act::new("preference.keep", "person")).await.map(drop)
    }

    /// Drops a preference of the caller; one that is not there is dropped already.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop_preference(&self, name: &str) -> Result<()> {
        Preference::named(name).ok_or(Problem::NotFound)?;
        let mut tx = self.begin().await?;
        tx.write.run("drop a preference", DROP, &[self.person().into(), name.into()]).await?;
        tx.commit(Act::new("preference.drop", "person")).await.map(drop)
    }

    /// Plans the query of a view, which refuses what the caller may not ask for, in the words of a query.
    fn try_view(&self, object: &str, value: &Json) -> Result<()> {
        let def = self.object(object)?.clone();
        let view: SavedView = serde_json::from_value(value.clone())
            .map_err(|_| VaultError::Damaged("a preference".to_owned()))?;
        let filter = match &view.filter {
            Some(json) => Some(Filter::parse(json).map_err(Problem::Invalid)?),
            None => None,
        };
        if let Some(filter) = &filter {
            let errors = personal(filter, &def);
            if !errors.is_empty() {
                return Err(Problem::Invalid(errors).into());
            }
        }
        let sort = view.sort.iter().map(|s| match s.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (s.clone(), false),
        });
        let query = Query { filter, sort: sort.collect(), limit: 1, ..Query::default() };
        plan::plan(&self.asking(&def), &query, plan::Of::Whole).map(drop)
    }

    /// Under which name a value is sealed: moved to another person or name it does not open.
    fn place_of(&self, name: &str) -> String {
        format!("{}/{name}", self.person().as_str())
    }
}
