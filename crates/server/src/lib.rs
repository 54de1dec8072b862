//! The server: routes, the session extractor, problem documents, jobs, settings, the command line, the embedded web.
//!
//! **Invariant:** a handler parses, asks for a [`Scope`](kedun_vault::Scope) in its signature, calls a verb and wraps the
//! answer. It holds no rule, no key and no record that was not masked for its caller.

pub mod app;
mod certificate;
pub mod cli;
mod console;
#[cfg(unix)]
mod control;
mod extract;
mod jobs;
mod limits;
mod openapi;
mod output;
mod problem;
mod push;
mod register;
mod routes;
mod serve;
pub mod settings;
mod unlock;
mod words;

pub use app::App;
pub use limits::Counted;
pub use register::{Policy, Route};
pub use routes::table;
