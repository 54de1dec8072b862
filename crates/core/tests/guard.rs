//! What watches over it, on both databases: one program, for each file of its own would be linked with all of the house.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod alerts;
mod common;
mod deciding;
mod exporting;
mod guessing;
mod keeping;
mod reviewing;

/// A file that no program names would never be compiled.
#[test]
fn every_file_here_is_played() {
    let programs = [
        include_str!("work.rs"),
        include_str!("guard.rs"),
        include_str!("leave.rs"),
        include_str!("limits.rs"),
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) =
            name.strip_suffix(".rs").filter(|name| !["work", "guard", "leave", "limits"].contains(name))
        else {
            continue;
        };
        let line = format!("\nmod {name};");
        assert!(programs.iter().any(|program| program.contains(&line)), "{name}.rs is in no program");
    }
}
