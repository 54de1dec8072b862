//! The vault: the only holder of SQL and keys, and the one door through which a value about a customer leaves.
//!
//! **Invariant:** nothing here knows HTTP or makes a network call other than to its own database.

mod audit;
mod backup;
mod catalog;
mod certificates;
mod clock;
mod definitions;
mod directory;
mod erasure;
mod error;
mod examine;
mod exports;
mod handover;
mod idempotency;
mod inventory;
mod journal;
mod keyring;
pub mod keys;
mod lane;
mod ledger;
mod migrate;
mod people;
mod plan;
mod preferences;
mod records;
mod row;
mod scope;
mod sequencer;
mod sessions;
#[cfg(test)]
mod speed_tests;
mod sql;
mod statement;
mod store;
#[cfg(feature = "tampering")]
pub mod tampering;
mod tasks;
mod tx;
mod vault;
mod view;
mod watching;

pub use audit::Act;
pub use backup::{
    Backup, Copy, Declared, KEYRING_LIFE_MS, KeyringCopy, KeyringFacts, Restore, newest_keyring,
};
pub use catalog::{Catalog, Published};
pub use clock::Clock;
pub use definitions::{DefinitionView, Difference, Preview};
pub use erasure::{Destroyed, ErasurePreview};
pub use error::{Result, VaultError};
pub use examine::Examination;
pub use exports::{
    ExportFile, ExportFormat, ExportGrant, ExportOrder, Exported, FREE_ROWS, Leaving, MOST_ROWS,
};
pub use handover::{EndedRequest, HandoverItem, ItemState, Outcome, Progress};
pub use inventory::{Owned, Strings};
pub use ledger::EntryView;
pub use people::{DepartmentView, Ended, Myself, NewPerson, PersonView};
pub use plan::{COUNT_CAP, MAX_LIMIT, Query};
pub use preferences::{MOST_PREFERENCES, PreferenceView};
pub use records::{
    Change, Duplicate, FieldChange, Found, Look, MOST_PRINTED, NewRecord, Page, Revealed, ShareView,
};
pub use scope::{Scope, Task};
pub use sessions::{Credentials, DeviceView, SessionView, SignedIn};
pub use store::{DATA_FILE, KEYRING_FILE, Source};
pub use tasks::{Approved, TaskView, snapshot_hash};
pub use tx::{Committed, Tx};
pub use vault::{Options, Signal, Vault};
pub use view::{Abilities, FieldView, Named, RecordView};
pub use watching::{Placed, Raised};
