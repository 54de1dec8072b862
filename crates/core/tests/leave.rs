//! How people and customers leave, on both databases: one program, for each file of its own would be linked with all of the house.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;
mod destroying;
mod leaving;
mod leaving_values;
mod rights;
