//! Records: the verbs of a [`Scope`](crate::Scope) over what people list.

mod change;
mod give;
mod hours;
mod past;
mod read;
mod reveal;
mod search;
mod share;

pub use change::NewRecord;
pub use hours::{LookKind, LooksByHour, PersonHours};
pub use past::{Change, FieldChange, Look};
pub use read::Page;
pub use reveal::Revealed;
pub use search::{Duplicate, Found};
pub use share::ShareView;
