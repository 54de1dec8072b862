//! What people do with Kedun, a module per capability, as verbs over a [`Scope`](kedun_vault::Scope).
//!
//! **Invariant:** no SQL, no key, no HTTP, no network: everything goes through a scope, so nothing here can show what
//! the caller may not see.

pub mod accounts;
pub mod alerts;
pub mod approvals;
pub mod bootstrap;
pub mod demo;
pub mod erasures;
pub mod exports;
pub mod files;
pub mod followups;
pub mod handover;
pub mod insight;
pub mod intake;
pub mod packages;
pub mod pool;
pub mod retention;
pub mod rights;
pub mod spot_checks;
pub mod standing;
