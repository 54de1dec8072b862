//! Records: the verbs of a [`Scope`](crate::Scope) over what people list.

mod change;
mod give;
mod past;
mod read;
mod reveal;
mod search;
mod share;

pub use change::NewRecord;
pub use past::{Change, FieldChange, Look};
pub use read::{MOST_PRINTED, Page};
pub use reveal::Revealed;
pub use search::{Duplicate, Found};
pub use share::ShareView;
