//! The service as it is reached: over a socket, with its jobs at work, on SQLite and, where `KEDUN_TEST_PG` names a
//! server, on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "a test that fails says so by panicking"
)]

mod alerts;
mod house;
mod knocks;
mod limits;
mod push;
mod signing_in;
