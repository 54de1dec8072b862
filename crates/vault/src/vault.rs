//! Opening the vault and letting people in.

use crate::audit::{Act, Actor, Scribe};
use crate::backup::must_be_declared;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::collation;
use crate::directory::Directory;
use crate::error::{Result, VaultError};
use crate::hearing::Hearing;
use crate::identity;
use crate::ids;
use crate::journal::Journal;
use crate::keyring::Keyring;
use crate::keys::{self, BlindKey, DraftKeys, HashCost, Kek, Key32, Passwords, Pepper, Pseudonyms};
use crate::migrate::{self, Which};
use crate::scope::{Scope, Task};
use crate::second_factor::SecondFactor;
use crate::shelf::Shelf;
use crate::sql::Db;
use crate::store::{Source, Store};
use crate::task_rights::TaskRights;
use kedun_ledger::NoteSigner;
use kedun_model::alert::Fact;
use kedun_model::policy::Caller;
use kedun_model::{DepartmentId, ObjectName, PersonId, RecordId};
use moka::sync::Cache;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use tokio::sync::broadcast;

/// How the vault is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the data lives.
    pub source: Source,
    /// Read connections.
    pub readers: u32,
    /// Page cache of one reading SQLite connection, KiB. SQLCipher decrypts a page once per load, so it pays to keep them;
    /// but every commit empties it, and what is seen is posted twice a second. The writing one has twice as much.
    pub cache_kib: u32,
    /// Sessions end after so much silence, seconds.
    pub idle_seconds: i64,
    /// Sessions end after so much time in any case, seconds.
    pub absolute_seconds: i64,
    /// Wrong guesses until an account is locked.
    pub lock_after: i64,
    /// Whether a password alone lets people in; where it is not said, the house decides: [`SecondFactor::unset`].
    pub second_factor: Option<SecondFactor>,
    /// Cheaper password hashing, for tests only.
    pub cheap_passwords: bool,
}

impl Options {
    /// The defaults, over a source.
    pub fn new(source: Source) -> Options {
        Options {
            source,
            readers: 6,
            cache_kib: 8_192,
            idle_seconds: 30 * 60,
            absolute_seconds: 12 * 3600,
            lock_after: 5,
            second_factor: None,
            cheap_passwords: false,
        }
    }
}

/// Something that happened and that others may want to know at once.
#[derive(Clone, Debug)]
pub enum Signal {
    /// Something that the alert rules count has become durable.
    Fact(Fact),
    /// Rights, roles, sessions or definitions changed; whoever streams asks again who they are.
    RightsChanged,
    /// A task waits for a decision, or was decided.
    TaskChanged {
        /// The task.
        id: String,
    },
    /// An export moved on.
    ExportChanged {
        /// The case.
        id: String,
        /// The requester.
        person: PersonId,
    },
    /// A handover was planned or moved on.
    HandoverChanged {
        /// The case.
        id: String,
    },
    /// Somebody was given records, one by one or by a handover; told once in a change.
    RecordsGiven {
        /// Who owns them now.
        to: PersonId,
        /// Who gave them.
        by: PersonId,
        /// What the first of them is.
        object: ObjectName,
        /// The first of them.
        id: RecordId,
    },
    /// What somebody planned is due soon.
    PlanDue {
        /// Whose it is.
        person: PersonId,
        /// What the first of them is.
        object: ObjectName,
        /// The first of them.
        id: RecordId,
    },
    /// A customer's request arrived, came into other hands, or its term draws near.
    RequestWaits {
        /// The request.
        id: RecordId,
        /// Who made it wait; none where time did.
        by: Option<PersonId>,
    },
    /// An alert was raised. Whom it reaches, every listener finds out for themselves.
    Alert {
        /// The alert's record.
        id: String,
        /// Whom it is about.
        person: PersonId,
        /// The department whose managers are in charge of it; none where only those for everybody are.
        department: Option<DepartmentId>,
    },
}

/// The vault, unsealed.
#[derive(Clone)]
pub struct Vault {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) data: Db,
    /// What sorted texts carry behind them.
    pub(crate) collate: &'static str,
    pub(crate) keyring: Keyring,
    pub(crate) blind: BlindKey,
    pub(crate) system: Key32,
    pub(crate) drafts: DraftKeys,
    pub(crate) passwords: Passwords,
    pub(crate) scribe: Scribe,
    pub(crate) journal: Journal,
    pub(crate) signer: NoteSigner,
    pub(crate) clock: Clock,
    pub(crate) catalog: RwLock<Arc<Catalog>>,
    pub(crate) directory: RwLock<Arc<Directory>>,
    /// Rights worked out from the two above.
    pub(crate) callers: Cache<PersonId, Arc<Resolved>>,
    /// The fixed rights of tasks, each as of one catalog.
    pub(crate) tasks: TaskRights,
    /// Which change of rights the two above are as of, and which end of sessions was heard of.
    pub(crate) hearing: Hearing,
    pub(crate) sessions: crate::sessions::Cached,
    pub(crate) shelf: Shelf,
    pub(crate) unknown: crate::guesses::Unknown,
    pub(crate) signals: broadcast::Sender<Signal>,
    pub(crate) sequencing: tokio::sync::Mutex<Option<kedun_ledger::Sequencer>>,
    /// The key for push services, once it was needed.
    pub(crate) knock: tokio::sync::Mutex<Option<Arc<keys::KnockKey>>>,
    pub(crate) replayed: usize,
}

/// What is thought of a house that is being restored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Restoring {
    /// It is no house yet.
    Refused,
    /// It is opened to be declared.
    Expected,
}

/// People whose rights are kept worked out.
const RESOLVED: u64 = 2_000;

/// A person's rights as of one catalog and one directory; good for no others.
pub(crate) struct Resolved {
    catalog: Weak<Catalog>,
    directory: Weak<Directory>,
    caller: Arc<Caller>,
}

impl Resolved {
    fn is_as_of(&self, catalog: &Arc<Catalog>, directory: &Arc<Directory>) -> bool {
        std::ptr::eq(self.catalog.as_ptr(), Arc::as_ptr(catalog))
            && std::ptr::eq(self.directory.as_ptr(), Arc::as_ptr(directory))
    }
}

impl Vault {
    /// Opens a house that must be there already: as [`Vault::open`], but nothing new takes the place of what is missing.
    ///
    /// # Errors
    /// [`VaultError::Absent`]; as [`Vault::open`].
    pub async fn find(options: Options, kek: &Kek, clock: Clock) -> Result<Vault> {
        options.source.must_hold_a_house().await?;
        Vault::open(options, kek, clock).await
    }

    /// Opens the databases under the root key, applies migrations, loads definitions and people. Makes them where they
    /// are not there yet.
    ///
    /// # Errors
    /// A wrong key, a newer schema, an unreachable database, a restore that was broken off.
    pub async fn open(options: Options, kek: &Kek, clock: Clock) -> Result<Vault> {
        Vault::open_as(options, kek, clock, Restoring::Refused).await
    }

    /// Opens what is being restored, for whoever declares it.
    pub(crate) async fn open_undeclared(options: Options, kek: &Kek, clock: Clock) -> Result<Vault> {
        options.source.must_hold_a_house().await?;
        Vault::open_as(options, kek, clock, Restoring::Expected).await
    }

    async fn open_as(options: Options, kek: &Kek, clock: Clock, restoring: Restoring) -> Result<Vault> {
        let store = Store::open(&options.source, kek, options.readers, options.cache_kib).await?;
        migrate::migrate(&store.data, Which::Data).await?;
        migrate::migrate(&store.keyring, Which::Keyring).await?;
        if restoring == Restoring::Refused {
            must_be_declared(&options.source, &store.keyring).await?;
        }
        let collate = collation::clause(&store.data).await?;
        let org = identity::org_id(&store.data).await?;
        let signer = identity::signer(&store.keyring, kek, &org).await?;
        // First what the two are as of, then the two: what changes in between is loaded once more, never missed.
        let hearing = Hearing::new(&store.data).await?;
        let catalog = Arc::new(Catalog::load(&store.data).await?);
        let directory = Directory::load(&store.data).await?;
        let (signals, _) = broadcast::channel(1024);
        let pepper = Pepper::from_kek(kek);
        let cost = if options.cheap_passwords { HashCost::TEST } else { HashCost::STANDARD };
        // What was seen before this start goes to the ledger first, so that destruction reaches it there.
        let journal = Journal::start(store.data.clone(), store.book).await?;
        // Before anything is loaded or served: what was destroyed stays destroyed, however old this copy is.
        let keyring = Keyring::new(store.keyring, kek.derive("org"));
        let scribe =
            Scribe { pseudonyms: Pseudonyms::from_kek(kek, &org), org: org.clone(), clock: clock.clone() };
        let tasks = TaskRights::default();
        let person = tasks.of(Task::Restore, &catalog).person.clone();
        let house = Actor { person, device: None, session: None, system: true };
        let replayed = crate::erasure::replay(&store.data, &keyring, &scribe, &house, catalog.hash).await?;
        if replayed > 0 {
            tracing::warn!(replayed, "one database was older than a destruction; it was carried out again");
        }
        let inner = Inner {
            keyring,
            replayed,
            journal,
            data: store.data,
            collate,
            blind: BlindKey::from_kek(kek, &org),
            system: kek.derive("system"),
            drafts: DraftKeys::from_kek(kek),
            passwords: tokio::task::spawn_blocking(move || Passwords::new(pepper, cost, 2, 64))
                .await
                .map_err(|e| VaultError::Setup(e.to_string()))??,
            scribe,
            signer,
            clock,
            catalog: RwLock::new(catalog),
            directory: RwLock::new(Arc::new(directory)),
            callers: Cache::new(RESOLVED),
            tasks,
            hearing,
            sessions: crate::sessions::Cached::default(),
            shelf: Shelf::default(),
            unknown: crate::guesses::Unknown::default(),
            signals,
            sequencing: tokio::sync::Mutex::new(None),
            knock: tokio::sync::Mutex::new(None),
            options,
        };
        Ok(Vault { inner: Arc::new(inner) })
    }

    /// The clock of the house.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// How many destructions one of the two databases did not know of when the vault was opened.
    pub fn replayed(&self) -> usize {
        self.inner.replayed
    }

    /// Whether a deleted row is written over at once (SQLite), or when its place is needed again (PostgreSQL).
    pub fn overwrites(&self) -> bool {
        !self.inner.data.is_postgres()
    }

    /// How it was opened.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// The definitions in force.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.inner.catalog()
    }

    /// Listens to what happens.
    pub fn signals(&self) -> broadcast::Receiver<Signal> {
        self.inner.signals.subscribe()
    }

    /// Tells everybody who listens.
    pub fn signal(&self, signal: Signal) {
        let _ = self.inner.signals.send(signal);
    }

    /// How many migrations would be applied.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn pending_migrations(&self) -> Result<usize> {
        Ok(migrate::pending(&self.inner.data, Which::Data).await?
            + migrate::pending(self.inner.keyring.db(), Which::Keyring).await?)
    }

    /// Whether a row of the log can be written now.
    ///
    /// # Errors
    /// [`VaultError::LedgerUnavailable`] and its kin.
    pub async fn check_writable(&self) -> Result<()> {
        let mut tx = self.inner.data.begin().await?;
        tx.run("try the ledger", "UPDATE ledger_head SET turn = turn WHERE id = 1", &[]).await?;
        tx.commit().await
    }

    /// A scope for work that nobody asked for by hand.
    pub fn system(&self, task: Task) -> Scope {
        let catalog = self.inner.catalog();
        let caller = self.inner.tasks.of(task, &catalog);
        let person = caller.person.clone();
        Scope {
            inner: self.inner.clone(),
            caller,
            actor: Actor { person, device: None, session: None, system: true },
            catalog,
            directory: self.inner.directory(),
            task: Some(task),
            reveals_per_hour: 0,
            language: "zh-CN".to_owned(),
            once: None,
            must_choose_password: false,
            must_enrol: false,
        }
    }

    /// The fixed rights of a task, at work for a person: history and log name the person, and that the house acted.
    pub fn system_for(&self, task: Task, person: &PersonId) -> Scope {
        let mut scope = self.system(task);
        let mut caller = Caller::clone(&scope.caller);
        caller.person = person.clone();
        scope.caller = Arc::new(caller);
        scope.actor.person = person.clone();
        scope
    }

    /// A scope with the present rights of a person, for work done later on their request (an approved export).
    ///
    /// # Errors
    /// [`VaultError::NoSession`] when the person is gone or frozen: their requests die with the account.
    pub fn on_behalf(&self, person: &PersonId, task: Task) -> Result<Scope> {
        let mut scope = self.inner.scope_of(person)?;
        scope.task = Some(task);
        Ok(scope)
    }

    /// Lets go of what is kept at hand and too old; to be called every minute.
    pub fn tidy(&self) {
        self.inner.shelf.tidy();
    }

    /// Closes everything, after waiting writes are durable.
    pub async fn close(&self) {
        self.inner.journal.close().await;
        self.inner.data.close().await;
        self.inner.keyring.db().close().await;
    }
}

impl Inner {
    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.catalog.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The scope of a person by the directory and the catalog, without a session.
    pub(crate) fn scope_of(self: &Arc<Self>, person: &PersonId) -> Result<Scope> {
        let (catalog, directory) = (self.catalog(), self.directory());
        let entry = directory.people.get(person).filter(|p| p.active).ok_or(VaultError::NoSession)?;
        let roles: Vec<_> =
            entry.roles.iter().filter_map(|name| catalog.roles.get(name)).map(|p| p.def.as_ref()).collect();
        let known = self.callers.get(person).filter(|known| known.is_as_of(&catalog, &directory));
        let caller = known.map_or_else(
            || {
                let subtree = entry.department.as_ref().map(|d| directory.subtree(d)).unwrap_or_default();
                let caller = Arc::new(Caller::new(person.clone(), entry.department.clone(), subtree, &roles));
                let resolved = Resolved {
                    catalog: Arc::downgrade(&catalog),
                    directory: Arc::downgrade(&directory),
                    caller: caller.clone(),
                };
                self.callers.insert(person.clone(), Arc::new(resolved));
                caller
            },
            |known| known.caller.clone(),
        );
        let reveals_per_hour = roles.iter().map(|r| r.reveals_per_hour).max().unwrap_or(0);
        let language = entry.language.clone();
        Ok(Scope {
            inner: self.clone(),
            caller,
            actor: Actor { person: person.clone(), device: None, session: None, system: false },
            catalog,
            directory,
            task: None,
            reveals_per_hour,
            language,
            once: None,
            must_choose_password: false,
            must_enrol: false,
        })
    }

    /// Writes log rows that belong to no change and returns once they are durable.
    pub(crate) async fn log(&self, actor: &Actor, policy: [u8; 32], acts: &[Act]) -> Result<()> {
        if acts.is_empty() {
            return Ok(());
        }
        let rows = acts.iter().map(|act| self.scribe.row(&ids::new_id(), actor, policy, act));
        self.journal.append(rows.collect::<Result<_>>()?).await?;
        for act in acts {
            self.tell(actor, act);
        }
        Ok(())
    }

    /// Wakes the watch after something that it counts has become durable.
    pub(crate) fn tell(&self, actor: &Actor, act: &Act) {
        if let Some(kind) = act.fact.clone().filter(|_| !actor.system) {
            let department = self.directory().people.get(&actor.person).and_then(|p| p.department.clone());
            let fact = Fact { at: self.clock.now(), person: actor.person.clone(), department, kind };
            let _ = self.signals.send(Signal::Fact(fact));
        }
    }
}
