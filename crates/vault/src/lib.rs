//! The vault: the only holder of SQL and keys, and the one door through which a value about a customer leaves.
//!
//! **Invariant:** nothing here knows HTTP or makes a network call other than to its own database.

pub mod keys;
