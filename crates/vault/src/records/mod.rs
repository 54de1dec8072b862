//! Records: the verbs of a [`Scope`](crate::Scope) over what people list.

mod accept;
mod arriving;
mod change;
mod consented;
mod convert;
mod give;
mod given;
mod group;
mod hours;
mod past;
mod read;
mod replan;
mod reveal;
mod scan;
mod search;
mod share;
mod storing;
mod who;

pub(crate) use change::Known;
pub use change::NewRecord;
pub use consented::{CONSENTS, Consented};
pub use convert::{Carried, Conversion, Converted, LeftBehind, Outlook};
pub use given::{Fallen, Given};
pub use group::{Group, GroupKey, Total};
pub use hours::{LookKind, LooksByHour, PersonHours};
pub use past::{Change, FieldChange, Look};
pub use read::{MOST_PRINTED, Page};
pub use reveal::{Quota, Revealed};
pub use search::{Duplicate, Found, Sought};
pub use share::ShareView;
pub use who::{Seer, Seers};
