//! The `kedun` binary.

#[tokio::main]
async fn main() {
    let code = kedun_server::cli::run().await;
    kedun_server::cli::leave(code)
}
