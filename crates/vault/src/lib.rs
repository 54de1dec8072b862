//! The vault: the only holder of SQL and keys, and the one door through which a value about a customer leaves.
//!
//! **Invariant:** nothing here knows HTTP or makes a network call other than to its own database.

mod accounts;
mod audit;
mod backup;
mod book;
mod catalog;
mod certificates;
mod checking;
mod clock;
mod collation;
mod committed;
mod connections;
mod definitions;
mod demo_mark;
mod departments;
mod devices;
mod directory;
mod erasure;
mod error;
mod examine;
mod exports;
mod falling;
mod files;
mod frames;
mod grace;
mod guesses;
mod handover;
mod hearing;
mod holding;
mod idempotency;
mod identity;
mod ids;
mod inventory;
mod journal;
mod keyring;
pub mod keys;
mod lane;
mod ledger;
mod lots;
mod migrate;
mod naming;
mod new_house;
mod occupied;
mod people;
mod plan;
#[cfg(test)]
#[path = "../tests/common/postgres.rs"]
mod postgres;
mod preferences;
mod presence;
mod push;
mod records;
mod reminding;
mod retention;
mod rights;
mod row;
mod scope;
mod second_factor;
mod sequencer;
mod sessions;
mod shelf;
#[cfg(test)]
mod shelf_tests;
#[cfg(test)]
mod speed_tests;
mod sql;
mod statement;
mod store;
#[cfg(feature = "tampering")]
pub mod tampering;
mod task_rights;
mod tasks;
mod tx;
mod vault;
mod view;
mod wal;
mod watching;

pub use accounts::{ONE_TIME_MS, OneTime};
pub use audit::Act;
pub use backup::{
    Backup, Copy, Declared, KEYRING_LIFE_MS, KeyringCopy, KeyringFacts, Restore, newest_keyring,
};
pub use catalog::{Catalog, Published};
pub use clock::Clock;
pub use committed::Committed;
pub use definitions::{DefinitionView, Difference, Preview};
pub use demo_mark::DemoMark;
pub use departments::{DepartmentChange, DepartmentView};
pub use devices::DeviceView;
pub use erasure::{Destroyed, ErasurePreview};
pub use error::{Result, VaultError};
pub use examine::{Examination, Examiner, Waiting};
pub use exports::{
    ExportFile, ExportFormat, ExportGrant, ExportOrder, Exported, FREE_ROWS, Leaving, MOST_ROWS,
};
pub use files::{FileBody, Folder, MOST_FILES};
pub use grace::{GRACE_MS, Grace, GraceReason, PoolLook};
pub use handover::{EndedRequest, HandoverItem, ItemState, Outcome, Progress};
pub use ids::{drawn, new_id};
pub use inventory::Owned;
pub use keys::password::LENGTH_MIN as SHORTEST_PASSWORD;
pub use ledger::{EntryView, HeadView, SoughtEntries};
pub use lots::{Enrolled, Head, LogTold};
pub use new_house::NewHouse;
pub use occupied::Occupied;
pub use people::{Ended, Myself, NewPerson, PeopleAsked, PeoplePage, PersonView};
pub use plan::{COUNT_CAP, GroupBy, Grouping, MAX_LIMIT, Query, Sum};
pub use preferences::{MOST_PREFERENCES, PreferenceView};
pub use presence::{PresentDevice, PresentSession, PresentView};
pub use push::PushPlace;
pub use records::{
    CONSENTS, Carried, Change, Consented, Conversion, Converted, Duplicate, Fallen, FieldChange, Found,
    Given, Group, GroupKey, LeftBehind, Look, LookKind, LooksByHour, MOST_PRINTED, NewRecord, Outlook, Page,
    PersonHours, Quota, Revealed, Seer, Seers, ShareView, Sought, Total,
};
pub use reminding::REMINDED_AHEAD_MS;
pub use retention::{HoldView, Kept};
pub use rights::{CodeOf, Collected, Guest, Held, LinkView, NewLink, Paper, Proof, Shown, Told};
pub use scope::{Scope, Task};
pub use second_factor::SecondFactor;
pub use sessions::{Credentials, SessionView, SignedIn};
pub use store::{DATA_FILE, KEYRING_FILE, Source};
pub use tasks::{Approved, TaskView, snapshot_hash};
pub use tx::Tx;
pub use vault::{Options, Signal, Vault};
pub use view::{Abilities, FieldView, Named, RecordView};
pub use watching::{Placed, Raised};
