//! What people do with Kedun, a folder per capability, as verbs over a `Scope`.
//!
//! **Invariant:** nothing here speaks SQL, holds a key, or knows HTTP or the network.

pub mod demo;
pub mod packages;
