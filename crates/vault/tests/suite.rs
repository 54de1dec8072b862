//! The vault by itself, on both databases. What begins processes or listens to all that is logged has a program of its own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod agreement;
mod common;
mod door;
mod files;
mod knocking;
mod preferences;
mod printing;
mod revocation;
mod sorting;

/// A file that is not named above would never be compiled.
#[test]
fn every_file_here_is_played() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) =
            name.strip_suffix(".rs").filter(|name| !["suite", "planted", "log_or_nothing"].contains(name))
        else {
            continue;
        };
        assert!(include_str!("suite.rs").contains(&format!("\nmod {name};")), "{name}.rs is in no program");
    }
}
