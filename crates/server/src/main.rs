//! The `kedun` binary.

/// Half of what a list of records costs is asking for memory and giving it back.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() {
    let code = kedun_server::cli::run().await;
    kedun_server::cli::leave(code)
}
