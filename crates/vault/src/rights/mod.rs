//! What a customer may ask for of their own data (PIPL 44 to 50; controls DS-01 to DS-09): the secret link that stands in
//! for an account, the papers of a request, and the copy of everything that is held.
//!
//! **Invariant:** a link opens one customer's page and nothing else; what is written in a request, and a copy that was
//! made, are sealed under the customer's key and die with it.

mod collect;
mod link;
mod paper;

pub use collect::{Collected, Held, Told};
pub use link::{CodeOf, Guest, LinkView, NewLink, Proof, Shown};
pub use paper::Paper;
