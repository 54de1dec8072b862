//! What comes back from a change that is durable, and what it answers to whoever came too late.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::exports::ExportGrant;
use crate::row::Stored;
use crate::scope::Scope;
use crate::view::{RecordView, Shown, view};
use kedun_model::policy::{RecordFacts, judge};
use kedun_model::{ObjectName, Problem, RecordId};
use std::collections::{BTreeMap, BTreeSet};

/// Proof that a change is durable and logged; only with it do the changed records come back.
pub struct Committed {
    pub(crate) scope: Scope,
    pub(crate) granted: Option<ExportGrant>,
    pub(crate) written: BTreeMap<RecordId, (Stored, RecordFacts)>,
    pub(crate) made: BTreeSet<RecordId>,
    pub(crate) entry: String,
}

impl Committed {
    /// The id of the log row.
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The right to take rows out that the change gave, if it gave one. Not before the change is durable, so that an
    /// approval cannot be spent, used and taken back.
    pub fn into_grant(self) -> Option<ExportGrant> {
        self.granted
    }

    /// A record that was written, as the caller may see it now. None when the change took it out of their sight.
    ///
    /// # Errors
    /// The keyring fails; the log cannot be written.
    pub async fn view(&self, id: &RecordId) -> Result<Option<RecordView>> {
        let Some((record, readings)) = self.scope.as_written(&self.written, &self.made, id).await? else {
            return Ok(None);
        };
        if !readings.is_empty() {
            self.scope.log_all(&readings).await?;
        }
        Ok(Some(record))
    }
}

impl Scope {
    /// A record that a change wrote as the caller may see it then, and the readings to log before it leaves: that it
    /// was written says the log already, so only personal values in clear count.
    pub(crate) async fn as_written(
        &self,
        written: &BTreeMap<RecordId, (Stored, RecordFacts)>,
        made: &BTreeSet<RecordId>,
        id: &RecordId,
    ) -> Result<Option<(RecordView, Vec<Act>)>> {
        let Some((stored, facts)) = written.get(id) else { return Ok(None) };
        let def = self.catalog.object(&stored.object)?.clone();
        let verdict = judge(&self.caller, &def.name, facts);
        if !verdict.visible() {
            return Ok(None);
        }
        // What was loaded for the change need not be read again for its title. What the change made was never judged by
        // all that may make it seen.
        let loaded = |id: &RecordId| written.get(id).filter(|_| !made.contains(id));
        let names = self.names_knowing(&def, std::slice::from_ref(stored), None, loaded).await?;
        let opened = self.opener(std::slice::from_ref(stored)).await?;
        let shown = Shown::new(&def, verdict);
        let mut record = view(&shown, stored, None, &names, |field| opened.open(stored, field));
        self.tell_of_hold(&shown, stored, &mut record);
        self.tell_of_conversion(&shown, stored, &mut record);
        let shows = !record.clear_personal().is_empty() || !names.clear.is_empty();
        let readings = if shows { self.readings_of(&def, stored, &record, &names) } else { Vec::new() };
        Ok(Some((record, readings)))
    }
}

/// What to answer to whoever was overtaken: that another request has their key; else, when they named a revision, the
/// present record, as if they had come later. Any other error stays what it is.
pub(crate) async fn overtaken(
    scope: &Scope,
    against: Option<(ObjectName, RecordId)>,
    error: VaultError,
) -> VaultError {
    if !matches!(error, VaultError::Problem(Problem::Conflict("revision_conflict"))) {
        return error;
    }
    if let Some(once) = &scope.once {
        match once.taken(scope).await {
            Ok(Some(problem)) => return problem.into(),
            Ok(None) => {}
            Err(failed) => return failed,
        }
    }
    match against {
        Some((object, id)) => match scope.get(object.as_str(), &id).await {
            Ok(current) => VaultError::RevisionConflict(Box::new(current)),
            Err(gone) => gone,
        },
        None => error,
    }
}
