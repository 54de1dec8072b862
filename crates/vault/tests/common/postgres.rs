//! Where PostgreSQL is, for every test of this repository that has a part on it.

/// The address that `KEDUN_TEST_PG` gives. Without one a part is left out, which nobody would notice; so where both engines
/// are meant (`KEDUN_TEST_BOTH`, which `make test` sets), its absence is a failure.
#[allow(
    clippy::panic,
    unreachable_pub,
    reason = "a test that fails says so by panicking; not every program asks"
)]
pub fn postgres() -> Option<String> {
    let url = std::env::var("KEDUN_TEST_PG").ok().filter(|url| !url.is_empty());
    if url.is_none() && std::env::var_os("KEDUN_TEST_BOTH").is_some() {
        panic!("KEDUN_TEST_BOTH is set and KEDUN_TEST_PG is not: run it with scripts/postgres.sh");
    }
    url
}
