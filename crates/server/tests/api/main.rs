//! The service over HTTP, on SQLite and, where `KEDUN_TEST_PG` names a server, on PostgreSQL. One binary, so that all
//! of it shares one company per database.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test that fails says so by panicking"
)]

mod administering;
mod company;
mod converting;
mod exporting;
mod files;
mod guest;
mod junk;
mod nocode;
mod planting;
mod publishing;
mod seeing;
mod succeeding;
#[path = "../common/totp.rs"]
mod totp;
mod walking;
mod wire;
