//! The ways round the door do not compile.
//!
//! Each program in `door/` is compiled twice, like a crate beside `core` that has the vault and the model: as it stands,
//! where exactly the lines marked `//~ E…` are refused, each with that error; and without its marked lines, where it
//! compiles. So it is the marked line and nothing else that is refused. Only codes and lines are compared, never the
//! wording of the compiler.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The line of the source, from 1, and the code of its error.
type Refusals = BTreeSet<(usize, String)>;

struct Compiler {
    deps: PathBuf,
    libraries: Vec<(&'static str, PathBuf)>,
    out: tempfile::TempDir,
}

impl Compiler {
    /// Finds the libraries that this very test was linked with: those beside it under which a good program compiles.
    fn find() -> Compiler {
        let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        let mut compiler = Compiler { deps, libraries: Vec::new(), out: tempfile::tempdir().unwrap() };
        let good = "use kedun_model::RecordId; use kedun_vault::{Scope, VaultError};\n\
            pub async fn read(s: &Scope, id: &RecordId) -> Result<(), VaultError> { s.get(\"c\", id).await.map(drop) }\n\
            pub fn hash(v: &serde_json::Value) { let _ = kedun_vault::snapshot_hash(v); }";
        for vault in compiler.candidates("kedun_vault") {
            for model in compiler.candidates("kedun_model") {
                for json in compiler.candidates("serde_json") {
                    compiler.libraries = vec![
                        ("kedun_vault", vault.clone()),
                        ("kedun_model", model.clone()),
                        ("serde_json", json),
                    ];
                    if compiler.compile("good", good).is_empty() {
                        return compiler;
                    }
                }
            }
        }
        panic!("no set of libraries beside {} compiles a good program", compiler.deps.display());
    }

    /// The builds of a library, newest first.
    fn candidates(&self, name: &str) -> Vec<PathBuf> {
        let prefix = format!("lib{name}-");
        let mut found: Vec<PathBuf> = std::fs::read_dir(&self.deps)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "rlib"))
            .filter(|p| p.file_name().unwrap().to_string_lossy().starts_with(&prefix))
            .collect();
        found.sort_by_key(|p| std::cmp::Reverse(p.metadata().unwrap().modified().unwrap()));
        found
    }

    fn compile(&self, name: &str, source: &str) -> Refusals {
        let file = self.out.path().join(format!("{name}.rs"));
        std::fs::write(&file, source).unwrap();
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "lib",
                "--emit",
                "metadata",
                "--error-format",
                "json",
            ])
            .args(["--cap-lints", "allow"])
            .arg("--out-dir")
            .arg(self.out.path())
            .arg("-L")
            .arg(format!("dependency={}", self.deps.display()));
        for (library, path) in &self.libraries {
            rustc.arg("--extern").arg(format!("{library}={}", path.display()));
        }
        let output = rustc.arg(&file).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let refusals = refusals(&said, &file);
        assert_eq!(output.status.success(), refusals.is_empty(), "{name}: {said}");
        refusals
    }
}

/// The errors about this file, by the line where each one stands.
fn refusals(said: &str, file: &Path) -> Refusals {
    let mut refusals = Refusals::new();
    for line in said.lines() {
        let Ok(message) = serde_json::from_str::<Json>(line) else { continue };
        if message["level"] != "error" {
            continue;
        }
        let code = message["code"]["code"].as_str().unwrap_or_default().to_owned();
        let spans = message["spans"].as_array().cloned().unwrap_or_default();
        let Some(primary) = spans.iter().find(|s| s["is_primary"] == true) else {
            // The last word, that compilation was aborted, has neither place nor code.
            if !code.is_empty() {
                refusals.insert((0, code));
            }
            continue;
        };
        assert!(Path::new(primary["file_name"].as_str().unwrap()).ends_with(file.file_name().unwrap()));
        refusals.insert((usize::try_from(primary["line_start"].as_u64().unwrap()).unwrap(), code));
    }
    // Some errors come with a second one that explains and has no code.
    let coded: BTreeSet<usize> =
        refusals.iter().filter(|(_, code)| !code.is_empty()).map(|(line, _)| *line).collect();
    refusals.retain(|(line, code)| !code.is_empty() || !coded.contains(line));
    refusals
}

#[test]
fn the_ways_round_the_door_do_not_compile() {
    let compiler = Compiler::find();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/door");
    let mut programs: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    programs.sort();
    let mut ways = 0;
    for program in programs {
        let name = program.file_stem().unwrap().to_string_lossy().into_owned();
        let source = std::fs::read_to_string(&program).unwrap();
        let marked: Refusals = source
            .lines()
            .enumerate()
            .filter_map(|(i, line)| {
                let (_, code) = line.split_once("//~ ")?;
                code.starts_with('E').then(|| (i + 1, code.trim().to_owned()))
            })
            .collect();
        ways += marked.len();
        let without: String =
            source.lines().filter(|line| !line.contains("//~")).map(|l| format!("{l}\n")).collect();
        assert_eq!(compiler.compile(&name, &without), Refusals::new(), "{name} without its marked lines");
        // One at a time: the compiler stops early, and an error in one phase would hide those of the next.
        for (line, code) in &marked {
            let one: String = source
                .lines()
                .enumerate()
                .map(|(i, text)| match text.split_once("//~") {
                    Some((_, code)) if i + 1 != *line && code.trim().starts_with('E') => "\n".to_owned(),
                    Some((_, code)) if i != *line && !code.trim().starts_with('E') => "\n".to_owned(),
                    _ => format!("{text}\n"),
                })
                .collect();
            let expected = Refusals::from([(*line, code.clone())]);
            assert_eq!(compiler.compile(&name, &one), expected, "{name}, line {line}");
        }
    }
    assert!(ways >= 35, "only {ways} ways were tried");
}

/// What Cargo holds: `core` and `server` do not name an engine, a cipher or the keyring's libraries.
#[test]
fn no_other_crate_names_sql_or_a_cipher() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["model", "ledger", "core", "connect", "server"] {
        let manifest = std::fs::read_to_string(crates.join(name).join("Cargo.toml")).unwrap();
        for line in manifest.lines().filter(|line| !line.starts_with('#')) {
            for denied in ["sqlx", "rusqlite", "libsqlite3-sys", "tokio-postgres", "aes-gcm", "argon2"] {
                assert!(!line.starts_with(denied), "{name} names {denied}");
            }
        }
    }
}
