//! Who is asking. Every verb of the house hangs on a [`Scope`], and only the vault makes one.

use crate::audit::{Act, Actor};
use crate::catalog::Catalog;
use crate::directory::Directory;
use crate::error::Result;
use crate::plan::Asking;
use crate::tx::Tx;
use crate::vault::Inner;
use kedun_model::policy::Caller;
use kedun_model::{DepartmentId, ObjectDef, ObjectName, PersonId, Problem, Verb};
use std::sync::Arc;

/// Work that nobody asked for by hand. A closed list; every run is in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The first start: packages, the first people.
    Bootstrap,
    /// Filling a demo company.
    Demo,
    /// Rendering an approved export, with the rights of the requester.
    Export,
    /// Carrying out an approved erasure.
    Erase,
    /// Carrying out a handover.
    Handover,
    /// Raising alerts and keeping their records.
    Watch,
    /// Letting neglected customers fall to the pool.
    Recycle,
    /// Keeping exports, consents and cases of system objects in step.
    Casework,
    /// Keeping what customers ask for of their own data, at their own word.
    Rights,
    /// Declaring that the house was restored from a backup.
    Restore,
}

impl Task {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Task::Bootstrap => "bootstrap",
            Task::Demo => "demo",
            Task::Export => "export",
            Task::Erase => "erase",
            Task::Handover => "handover",
            Task::Watch => "watch",
            Task::Recycle => "recycle",
            Task::Casework => "casework",
            Task::Rights => "rights",
            Task::Restore => "restore",
        }
    }
}

impl Task {
    /// The acts that the task may use; a closed list, as short as its work. A person for whom it works lends it none.
    pub(crate) fn acts(self) -> &'static [kedun_model::Act] {
        use kedun_model::Act;
        match self {
            Task::Bootstrap | Task::Demo => &[Act::PeopleManage, Act::RolesManage, Act::DefinitionsPublish],
            Task::Handover => &[Act::HandoversRun],
            Task::Export
            | Task::Erase
            | Task::Watch
            | Task::Recycle
            | Task::Casework
            | Task::Rights
            | Task::Restore => &[],
        }
    }

    /// Whether the task keeps records that the house writes: it fills in what a caller may not decide (owner, times,
    /// locked fields).
    pub(crate) fn keeps_records(self) -> bool {
        match self {
            Task::Bootstrap | Task::Demo | Task::Watch | Task::Casework | Task::Rights => true,
            Task::Export | Task::Erase | Task::Handover | Task::Recycle | Task::Restore => false,
        }
    }
}

/// A person (or a task) at the door, with what the rules know of them. Not constructible outside the vault.
#[derive(Clone)]
pub struct Scope {
    pub(crate) inner: Arc<Inner>,
    pub(crate) caller: Arc<Caller>,
    pub(crate) actor: Actor,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) task: Option<Task>,
    pub(crate) reveals_per_hour: u32,
    pub(crate) language: String,
    pub(crate) once: Option<Arc<crate::idempotency::Once>>,
    /// Set while a one-time password is all that the person has; their grants and acts are empty until then.
    pub(crate) must_choose_password: bool,
    /// Set while a second factor is demanded and the person has none; their grants and acts are empty until then.
    pub(crate) must_enrol: bool,
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scope({})", self.caller.person)
    }
}

impl Scope {
    /// The person.
    pub fn person(&self) -> &PersonId {
        &self.caller.person
    }
    /// The person's department.
    pub fn department(&self) -> Option<&DepartmentId> {
        self.caller.department.as_ref()
    }
    /// `zh-CN` or `en`.
    pub fn language(&self) -> &str {
        &self.language
    }
    /// The same scope speaking the browser's language, for a person who has not chosen one.
    #[must_use]
    pub fn speaking(mut self, english: bool) -> Scope {
        if self.language.is_empty() {
            self.language = if english { "en" } else { "zh-CN" }.to_owned();
        }
        self
    }

    /// What the rules know of the caller.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
    /// The definitions this scope was judged by.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }
    /// The session, for a person.
    pub fn session(&self) -> Option<&str> {
        self.actor.session.as_deref()
    }
    /// The device, for a person.
    pub fn device(&self) -> Option<&str> {
        self.actor.device.as_deref()
    }
    /// Now, UTC ms, by the house's clock.
    pub fn now(&self) -> i64 {
        self.inner.clock.now()
    }
    /// The task, when nobody asked by hand.
    pub fn task(&self) -> Option<Task> {
        self.task
    }

    /// An object that the caller may use; everything else does not exist for them.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub fn object(&self, name: &str) -> Result<&Arc<ObjectDef>> {
        let name = ObjectName::from(name);
        let usable = self.caller.grants.iter().any(|g| g.grant.object == name);
        if !usable {
            return Err(Problem::NotFound.into());
        }
        self.catalog.object(&name)
    }

    /// Refuses unless the caller has the act, for somebody of that department.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub fn require(&self, act: kedun_model::Act, concerning: Option<&DepartmentId>) -> Result<()> {
        if self.caller.may(act, concerning) { Ok(()) } else { Err(Problem::Forbidden(act.as_str()).into()) }
    }

    /// Whether the house itself writes here, and not a person.
    pub(crate) fn keeps_records(&self) -> bool {
        self.task.is_some_and(Task::keeps_records)
    }

    /// Refuses unless some grant on the object carries the verb.
    pub(crate) fn require_verb(&self, object: &ObjectName, verb: Verb) -> Result<()> {
        if self.caller.grants_for(object, verb).next().is_some() {
            return Ok(());
        }
        if self.caller.grants_for(object, Verb::Read).next().is_some() {
            return Err(Problem::Forbidden(verb.as_str()).into());
        }
        Err(Problem::NotFound.into())
    }

    /// Begins a change. Dropping it rolls it back; [`Tx::commit`] is the only way to keep it.
    pub async fn begin(&self) -> Result<Tx> {
        Tx::begin(self.clone()).await
    }

    /// Writes a log row by itself, durably, before the answer leaves.
    pub async fn log(&self, act: Act) -> Result<()> {
        self.log_all(&[act]).await
    }

    /// As [`Scope::log`], for what one answer shows of several objects.
    pub(crate) async fn log_all(&self, acts: &[Act]) -> Result<()> {
        self.inner.log(&self.actor, self.catalog.hash, acts).await
    }

    pub(crate) fn asking<'a>(&'a self, def: &'a ObjectDef) -> Asking<'a> {
        Asking {
            caller: &self.caller,
            def,
            catalog: &self.catalog,
            blind: &self.inner.blind,
            now: self.now(),
            postgres: self.inner.data.is_postgres(),
            collate: self.inner.collate,
        }
    }
}
