//! What people do all day, on both databases: one program, for each file of its own would be linked with all of the house.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod arriving;
mod bearing;
mod checking;
mod common;
mod company;
mod consenting;
mod converting;
mod crowding;
mod day;
mod falling;
mod giving;
mod house;
mod insight;
mod packages;
