//! What ARCHITECTURE.md says of the sources and no compiler holds: where a change may be kept without a row of the log, who
//! may name a key; and what a build says where its tools are missing. It stands here because this crate has no dependencies
//! to wait for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The sources below a folder by their path in it; in each the lines before its tests that are no comment.
fn sources(folder: &str) -> BTreeMap<String, Vec<String>> {
    let folder = root().join(folder);
    let mut found = BTreeMap::new();
    let mut open = vec![folder.clone()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&folder).unwrap().display().to_string();
            if path.is_dir() {
                open.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let of_use = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let lines = of_use.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.insert(name, lines.map(str::to_owned).collect());
            }
        }
    }
    assert!(found.len() > 5, "{}", folder.display());
    found
}

fn holding(sources: &BTreeMap<String, Vec<String>>, is_held: impl Fn(&str) -> bool) -> BTreeSet<&str> {
    let found = sources.iter().filter(|(_, lines)| lines.iter().any(|line| is_held(line)));
    found.map(|(name, _)| name.as_str()).collect()
}

/// Where the vault makes something durable otherwise than by `Tx::commit` with its act, and why it may. Whoever adds a
/// line here adds an exception to the fifth invariant.
const BARE: [(&str, &str); 19] = [
    // It is the commit, or a part of it.
    ("tx.rs", "the commit itself"),
    (
        "hearing.rs",
        "the commit of a change of rights, which is in force when it returns; and, without, that keys died",
    ),
    ("sql/write.rs", "what the commit is made of"),
    // Its row is written beside the change by hand, for no scope makes it.
    (
        "sessions.rs",
        "signing in and failing to, each with its row; and, without, when a session was last seen",
    ),
    ("records/reveal.rs", "a reveal, counted in the commit of its row"),
    ("erasure.rs", "a destruction carried out again, with its row"),
    ("push.rs", "a place that is gone, with its row; and, without, whose turn it is to be knocked at"),
    // It is the log.
    ("audit.rs", "rows of the log"),
    ("journal.rs", "rows of the log, and how far the book is posted"),
    ("sequencer.rs", "places and heads of rows that are in the log"),
    // It says nothing about anybody: what the house keeps for itself.
    ("migrate.rs", "the tables"),
    ("identity.rs", "the id of the house and the key of its log, made once"),
    ("grace.rs", "when the pool was last looked at, and that a grace is spent; giving one has its row"),
    ("exports/kept.rs", "orders of cases that are settled go; the case has its rows"),
    ("vault.rs", "whether a row could be written, for /readyz"),
    // It is the other database, which has no log: the row of the act is in the data.
    ("keyring.rs", "keys made and destroyed"),
    ("backup/known.rs", "which copies of the keyring there are"),
    ("backup/restore.rs", "that a restore is under way"),
    ("tampering.rs", "damage that tests do; in no binary"),
];

#[test]
fn nothing_is_kept_without_a_row_of_the_log_but_where_it_is_said() {
    let sources = sources("crates/vault/src");
    let kept = |line: &str| line.contains(".commit()");
    let found: BTreeSet<&str> =
        holding(&sources, kept).into_iter().filter(|name| *name != "lane.rs").collect();
    let known: BTreeSet<&str> = BARE.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, known, "ARCHITECTURE.md, the fifth invariant, and the list above");
    // Beyond the vault there is no way to: what is committed there is a `Tx`, which wants an act.
    for beyond in ["crates/core/src", "crates/server/src"] {
        assert_eq!(holding(&self::sources(beyond), |line| line.contains(".commit()")), BTreeSet::new());
    }
}

#[test]
fn core_names_no_key_and_the_server_only_where_the_root_key_gets_in() {
    let words = |line: &str, sought: &[&str]| {
        line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| sought.contains(&word))
    };
    let names_keys = |line: &str| {
        words(line, &["Kek", "Key32", "SubjectKey"])
            || (line.contains("kedun_vault") && words(line, &["keys"]))
    };
    assert_eq!(holding(&sources("crates/core/src"), names_keys), BTreeSet::new());
    let server = sources("crates/server/src");
    let doors = ["cli.rs", "cli/demo.rs", "cli/init.rs", "cli/place.rs", "control.rs", "unlock.rs"];
    assert_eq!(holding(&server, names_keys), BTreeSet::from(doors));
}

#[test]
fn every_test_asks_for_postgresql_in_the_one_way_that_notices_its_absence() {
    let asks = ["var(\"KEDUN_TEST_PG\")", "var_os(\"KEDUN_TEST_PG\")"];
    let asked = |line: &str| asks.iter().any(|ask| line.contains(ask));
    for folder in ["crates/vault/src", "crates/core/tests", "crates/server/tests"] {
        let mut found = BTreeSet::new();
        let mut open = vec![root().join(folder)];
        while let Some(next) = open.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if std::fs::read_to_string(&path).is_ok_and(|text| text.lines().any(asked)) {
                    found.insert(path);
                }
            }
        }
        assert_eq!(found, BTreeSet::new());
    }
}

#[cfg(unix)]
#[test]
fn a_build_names_what_is_missing_in_one_line() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bare-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for tool in ["bash", "id"] {
        let found = ["/usr/bin", "/bin"].iter().map(|at| Path::new(at).join(tool)).find(|path| path.exists());
        std::os::unix::fs::symlink(found.unwrap(), folder.join(tool)).unwrap();
    }
    let bash = folder.join("bash");
    let mut command = std::process::Command::new(bash);
    let said =
        command.arg(root().join("scripts/tools.sh")).env_clear().env("PATH", &folder).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let text = String::from_utf8(said.stderr).unwrap();
    assert_eq!(said.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    for tool in ["Rust", "Node.js 20", "build-essential", "make", "perl", "apt-get install"] {
        assert!(text.contains(tool), "no {tool} in {text}");
    }
}
