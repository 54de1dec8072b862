//! The house through its verbs, on both databases: one program, for each of its own would be linked with all of the house.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod alerts;
mod checking;
mod common;
mod company;
mod crowding;
mod day;
mod destroying;
mod exporting;
mod house;
mod insight;
mod keeping;
mod leaving;
mod leaving_values;
mod matrix;
mod packages;
mod reviewing;
mod rights;
mod widening;

/// A file that is not named above would never be compiled.
#[test]
fn every_file_here_is_played() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".rs").filter(|name| !["suite"].contains(name)) else { continue };
        assert!(include_str!("suite.rs").contains(&format!("\nmod {name};")), "{name}.rs is in no program");
    }
}
