//! The `kedun` binary.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    kedun_server::cli::run().await
}
