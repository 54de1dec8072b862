//! Whoever verifies a house or asks the doctor about it changes nothing of it, also where something waits to be done.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::binary::{
    Server, busy, demo_args, demo_folder, demo_on_postgres, json, kedun, psql, said, settings_for,
};
use kedun_ledger::note::NoteSigner;
use kedun_vault::keys::{Kek, KekSource};
use kedun_vault::{Source, tampering};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What makes an old copy of the data: the keyring does not know of this destruction.
const UNHEARD: &str = "INSERT INTO setting (name, value) VALUES ('destroyed/nobody', 'destroyed')";
const OLDER: &str = "DELETE FROM migration WHERE version = (SELECT MAX(version) FROM migration)";

/// Where a house is, however its data are kept.
struct House {
    folder: PathBuf,
    settings: String,
    source: Source,
    kek: Kek,
}

fn house(folder: PathBuf, source: Source) -> House {
    let kek = Kek::load(&KekSource::File(folder.join("kedun.key"))).unwrap();
    House { settings: folder.join("kedun.toml").display().to_string(), folder, source, kek }
}

fn houses(folder: &Path) -> Vec<House> {
    let sqlite = folder.join("sqlite");
    demo_folder(&sqlite);
    settings_for(&sqlite, "");
    let mut houses = vec![house(sqlite.clone(), Source::Sqlite { folder: sqlite })];
    if let Some(url) = common::postgres() {
        let postgres = folder.join("postgres");
        let source = demo_on_postgres(&postgres, &url);
        houses.push(house(postgres, source));
    }
    houses
}

/// Every byte of the folder, and on PostgreSQL every value of every table. The index of SQLite's write-ahead log is
/// left out: it is memory that processes share, and holds nothing of its own.
async fn held(house: &House) -> BTreeMap<String, Vec<u8>> {
    let mut held = BTreeMap::new();
    for entry in std::fs::read_dir(&house.folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if !name.ends_with("-shm") {
            held.insert(name, std::fs::read(entry.path()).unwrap_or_default());
        }
    }
    if matches!(house.source, Source::Postgres { .. }) {
        let mut values = tampering::everything(&house.source, &house.kek).await.unwrap();
        values.sort();
        held.insert("tables".to_owned(), values.join("\n").into_bytes());
    }
    held
}

fn side_files(house: &House) -> Vec<String> {
    let names =
        std::fs::read_dir(&house.folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.contains(".db-")).collect();
    names.sort();
    names
}

fn verify(house: &House) -> (Option<i32>, Json) {
    let output = kedun(["ledger", "verify", "--json", house.folder.to_str().unwrap()]);
    (output.status.code(), json(&output))
}

fn doctor(house: &House) -> (Option<i32>, Json) {
    let output = kedun(["doctor", "--json", "--config", &house.settings]);
    (output.status.code(), json(&output))
}

fn status(house: &House) -> (Option<i32>, Json) {
    let output = kedun(["keys", "status", "--json", "--config", &house.settings]);
    (output.status.code(), json(&output))
}

#[track_caller]
fn same(now: &BTreeMap<String, Vec<u8>>, before: &BTreeMap<String, Vec<u8>>) {
    let changed: Vec<_> = now.iter().filter(|(name, bytes)| before.get(*name) != Some(bytes)).collect();
    let changed: Vec<_> = changed.into_iter().map(|(name, _)| name).collect();
    assert!(changed.is_empty(), "changed: {changed:?}");
    assert_eq!(now.len(), before.len());
}

/// Everybody who only looks.
#[track_caller]
fn looks(house: &House, code: i32) -> [Json; 3] {
    [verify(house), doctor(house), status(house)].map(|(status, report)| {
        assert_eq!(status, Some(code), "{report}");
        report
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_looks_changes_no_byte_of_a_house_that_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    for house in houses(folder.path()) {
        let before = held(&house).await;
        let [report, ..] = looks(&house, 0);
        assert_eq!(report["notes"], Json::Array(Vec::new()));
        same(&held(&house).await, &before);
        assert_eq!(side_files(&house), Vec::<String>::new());

        // What the next opening will do is said and not done.
        tampering::run(&house.source, &house.kek, &[UNHEARD]).await.unwrap();
        let before = held(&house).await;
        for _ in 0..2 {
            let [report, findings, _] = looks(&house, 0);
            assert!(report["notes"][0].as_str().unwrap().starts_with("1 destructions"), "{report}");
            assert!(findings.to_string().contains("1 destructions"), "{findings}");
        }
        same(&held(&house).await, &before);

        // Nor is a migration applied; without it the log cannot be judged.
        tampering::run(&house.source, &house.kek, &[OLDER]).await.unwrap();
        let before = held(&house).await;
        let verified = kedun(["ledger", "verify", "--json", house.folder.to_str().unwrap()]);
        assert_eq!(verified.status.code(), Some(2));
        assert!(said(&verified).contains("migrations") && said(&verified).contains("kedun serve"));
        let (code, report) = doctor(&house);
        assert_eq!(code, Some(2), "{report}");
        let (code, report) = status(&house);
        assert_eq!((code, &report["opens"]), (Some(2), &Json::Bool(true)), "{report}");
        assert!(report["error"].as_str().unwrap().contains("migrations"), "{report}");
        same(&held(&house).await, &before);
    }
}

#[test]
fn a_house_is_held_to_the_key_that_one_brought_along() {
    let folder = tempfile::tempdir().unwrap();
    let other = NoteSigner::from_seed("log.example/other", &[5; 32]).unwrap().verifier().to_string();
    for house in houses(folder.path()) {
        let own = status(&house).1["ledger_key"].as_str().unwrap().to_owned();
        for (keys, ends) in [(vec![&own], 0), (vec![&other], 1), (vec![&other, &own], 0)] {
            let mut args = vec!["ledger", "verify", "--json", house.folder.to_str().unwrap()];
            args.extend(keys.iter().flat_map(|key| ["--key", key.as_str()]));
            let output = kedun(args.iter().copied());
            let report = json(&output);
            assert_eq!(
                (output.status.code(), &report["ok"]),
                (Some(ends), &Json::Bool(ends == 0)),
                "{report}"
            );
            let failures = report["failures"].as_array().unwrap();
            assert!(failures.iter().all(|f| f["kind"] == "key_mismatch"), "{report}");
        }
        // What is no key is no answer either.
        let output = kedun(["ledger", "verify", house.folder.to_str().unwrap(), "--key", "nonsense"]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_left_in_its_book_is_told_and_waits_for_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = folder.path().join("house");
    demo_folder(&sqlite);
    settings_for(&sqlite, "");
    let house = house(sqlite.clone(), Source::Sqlite { folder: sqlite });
    let waiting = |report: &Json| report["notes"].to_string().contains("journal.db");
    let mut before = BTreeMap::new();
    let mut entries = Json::Null;
    // The book is posted twice a second: whether something was left in it is a matter of moments.
    for _ in 0..10 {
        let mut server = Server::start(["serve", "--config", &house.settings], &[]);
        busy(&server);
        server.signal("KILL");
        server.wait();
        before = held(&house).await;
        let (code, report) = verify(&house);
        assert_eq!(code, Some(0), "{report}");
        entries = report["entries"].clone();
        if waiting(&report) {
            break;
        }
    }
    assert!(
        before.iter().any(|(name, log)| name == "kedun.db-wal" && !log.is_empty()),
        "{:?}",
        before.keys()
    );
    let [report, findings, _] = looks(&house, 0);
    assert!(waiting(&report), "{report}");
    assert!(findings.to_string().contains("journal.db"), "{findings}");
    same(&held(&house).await, &before);
    assert!(!side_files(&house).contains(&"journal.db-shm".to_owned()));
    // Beside a server there is nothing to tell: the book is its own.
    let server = Server::start(["serve", "--config", &house.settings], &[]);
    let [report, ..] = looks(&house, 0);
    assert!(!waiting(&report), "{report}");
    busy(&server);
    assert_eq!(server.stop(), Some(0));
    let [report, ..] = looks(&house, 0);
    assert!(!waiting(&report) && report["entries"].as_u64() > entries.as_u64(), "{report}");
}

#[test]
fn a_demo_on_postgresql_leaves_what_leads_to_its_data_for_its_owner_alone() {
    let Some(url) = common::postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    let Source::Postgres { schema, .. } = demo_on_postgres(&demo, &url) else { panic!("another engine") };
    let mode = std::fs::metadata(demo.join("kedun.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let folder = demo.display().to_string();
    for args in [
        vec!["ledger", "verify", &folder],
        vec!["doctor", "--folder", &folder],
        vec!["keys", "status", "--folder", &folder],
    ] {
        let output = kedun(args.iter().copied());
        assert!(output.status.success(), "{args:?}: {}", said(&output));
    }
    // It opens again, beside what it left itself; also when its data are gone.
    let mut args = demo_args(&demo);
    let small = ["--customers", "10", "--people", "20", "--postgres", &url, "--schema", &schema];
    args.extend(small.map(str::to_owned));
    for gone in [false, true] {
        if gone {
            psql(&url, &format!("DROP SCHEMA {schema} CASCADE; DROP SCHEMA {schema}_keyring CASCADE"));
        }
        let server = Server::start(args.iter().map(String::as_str), &[]);
        // Verified while it serves.
        let output = kedun(["ledger", "verify", &folder]);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(server.stop(), Some(0));
    }
    // Settings that are not its own make a folder somebody else's.
    psql(&url, &format!("DROP SCHEMA {schema} CASCADE; DROP SCHEMA {schema}_keyring CASCADE"));
    std::fs::write(demo.join("kedun.toml"), "[log]\nlevel = \"warn\"\n").unwrap();
    let refused = kedun(args.iter().map(String::as_str));
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
}
