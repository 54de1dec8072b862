//! Wire formats of WeCom, DingTalk and Feishu: what can be proven here, with the platforms' own samples; and the one
//! client of HTTP in the house, which knocks at browsers.
//!
//! [`callback`] checks and opens what a platform posts to us, [`robot`] signs what we post to a group, [`notice`] is
//! the only thing that may be posted there: a short text and a link behind which somebody has to sign in. [`push`] posts
//! nothing at all to a push service, which is enough for a browser to be woken.
//!
//! **Invariant:** nothing here knows the vault or a record. There is no XML reader and no token cache: the wire formats
//! take and give bytes and texts, and the caller moves them. What goes out by itself goes out through [`push`], which
//! says where to. The crate reads no clock and draws no randomness; times and random bytes arrive as arguments.

pub mod callback;
mod error;
pub mod notice;
pub mod push;
pub mod robot;

pub use callback::{Callback, Platform, Received, Reply};
pub use error::ConnectError;
pub use notice::{House, Line, Notice, Page};
pub use push::{Endpoint, Knocked, Knocker};
pub use robot::RobotSecret;
