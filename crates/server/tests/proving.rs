//! Step 10 with the real binary: the log is intact, in the folder and in a kit that needs only the public key; and after
//! one changed byte, one deleted or one reordered row it is not, and the entry is named.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::binary::{demo_folder, demo_on_postgres, json, kedun, said};
use kedun_vault::keys::{Kek, KekSource};
use kedun_vault::{Source, tampering};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// The entry that is tampered with.
const ENTRY: usize = 5;

fn verify(path: &Path, more: &[&str]) -> (Option<i32>, Json) {
    let path = path.display().to_string();
    let mut args = vec!["ledger", "verify", "--json", &path];
    args.extend(more);
    let output = kedun(args);
    (output.status.code(), json(&output))
}

/// The entries that a report names.
fn named(report: &Json) -> Vec<i64> {
    let failures = report["failures"].as_array().unwrap();
    failures.iter().filter_map(|f| f["entry"].as_i64()).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Rewrites the first bundle of a kit: each entry is its length in two bytes and itself.
fn rewrite(kit: &Path, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let bundle = ["tile/entries/000", "tile/entries/000.p"].map(|p| kit.join(p));
    let bundle: PathBuf = if bundle[0].is_file() {
        bundle[0].clone()
    } else {
        std::fs::read_dir(&bundle[1]).unwrap().next().unwrap().unwrap().path()
    };
    let bytes = std::fs::read(&bundle).unwrap();
    let (mut entries, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((length, tail)) = rest.split_first_chunk::<2>() {
        let (entry, tail) = tail.split_at(usize::from(u16::from_be_bytes(*length)));
        entries.push(entry.to_vec());
        rest = tail;
    }
    change(&mut entries);
    let bytes: Vec<u8> = entries
        .iter()
        .flat_map(|e| [&u16::try_from(e.len()).unwrap().to_be_bytes()[..], e].concat())
        .collect();
    std::fs::write(&bundle, bytes).unwrap();
}

#[test]
fn a_kit_is_intact_with_the_public_key_alone_and_every_change_of_it_names_its_entry() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    demo_folder(&house);
    let (kit, house_text) = (folder.path().join("kit"), house.display().to_string());
    let written = kedun(["ledger", "export", &kit.display().to_string(), "--folder", &house_text]);
    assert!(written.status.success(), "{}", said(&written));
    let text = String::from_utf8(written.stdout).unwrap();
    let key = text.lines().find_map(|l| l.strip_prefix("public key: ")).unwrap().to_owned();
    let status = json(&kedun(["keys", "status", "--json", "--folder", &house_text]));
    assert_eq!(status["ledger_key"], Json::String(key.clone()));
    // Nothing of the house is needed from here on.
    std::fs::remove_dir_all(&house).unwrap();

    let (code, report) = verify(&kit, &["--key", &key]);
    assert_eq!((code, &report["ok"]), (Some(0), &Json::Bool(true)), "{report}");
    assert!(report["entries"].as_u64().unwrap() > 20);

    type Change = fn(&mut Vec<Vec<u8>>);
    let changes: [(&str, Change); 3] = [
        ("changed", |entries| *entries[ENTRY].last_mut().unwrap() ^= 1),
        ("deleted", |entries| drop(entries.remove(ENTRY))),
        ("reordered", |entries| entries.swap(ENTRY, ENTRY + 1)),
    ];
    for (name, change) in changes {
        let broken = folder.path().join(name);
        copy(&kit, &broken);
        rewrite(&broken, change);
        let (code, report) = verify(&broken, &["--key", &key]);
        assert_eq!(code, Some(1), "{name}: {report}");
        assert!(named(&report).contains(&5), "{name}: {report}");
        let spoken = kedun(["ledger", "verify", "--key", &key, &broken.display().to_string()]);
        let spoken = String::from_utf8_lossy(&spoken.stdout).into_owned();
        assert!(spoken.contains("NOT INTACT") && spoken.contains("entry 5"), "{spoken}");
    }

    // A kit that was made anew from end to end has another key; whoever noted the first one is not fooled.
    let other = folder.path().join("other");
    demo_folder(&other);
    let again = folder.path().join("again");
    let written =
        kedun(["ledger", "export", &again.display().to_string(), "--folder", &other.display().to_string()]);
    assert!(written.status.success());
    let forged = kedun(["ledger", "verify", "--key", &key, &again.display().to_string()]);
    assert_ne!(forged.status.code(), Some(0), "{}", said(&forged));
    let nothing = kedun(["ledger", "verify", &folder.path().join("nothing").display().to_string()]);
    assert_eq!(nothing.status.code(), Some(2));
}

/// Rows in order, so that the one at [`ENTRY`] can be named: change, delete, reorder; and what stands beside one.
fn damages(postgres: bool) -> Vec<(&'static str, Vec<&'static str>)> {
    let off = if postgres {
        vec!["ALTER TABLE ledger_row DISABLE TRIGGER ALL"]
    } else {
        vec!["DROP TRIGGER ledger_row_is_kept", "DROP TRIGGER ledger_row_is_fixed"]
    };
    let changed = if postgres {
        "UPDATE ledger_row SET entry = set_byte(entry, length(entry) - 1, get_byte(entry, length(entry) - 1) # 1) WHERE seq = 5"
    } else {
        "UPDATE ledger_row SET entry = CAST(substr(entry, 1, length(entry) - 1) || \
         CASE WHEN substr(entry, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE seq = 5"
    };
    let other_details = if postgres {
        r"INSERT INTO ledger_payload (id, salt, body) SELECT id, '\x00'::bytea, '\x00'::bytea FROM ledger_row WHERE seq = 5"
    } else {
        "INSERT INTO ledger_payload (id, salt, body) SELECT id, x'00', x'00' FROM ledger_row WHERE seq = 5"
    };
    let with = |more: &[&'static str]| [off.clone(), more.to_vec()].concat();
    vec![
        ("column", with(&["UPDATE ledger_row SET action = 'record.list' WHERE seq = 5"])),
        ("person", with(&["UPDATE ledger_row SET person = 'somebody else' WHERE seq = 5"])),
        (
            "details",
            with(&[
                "DELETE FROM ledger_payload WHERE id = (SELECT id FROM ledger_row WHERE seq = 5)",
                other_details,
            ]),
        ),
        ("changed", with(&[changed])),
        ("deleted", with(&["DELETE FROM ledger_row WHERE seq = 5"])),
        (
            "reordered",
            with(&[
                "UPDATE ledger_row SET seq = -1 WHERE seq = 5",
                "UPDATE ledger_row SET seq = 5 WHERE seq = 6",
                "UPDATE ledger_row SET seq = 6 WHERE seq = -1",
            ]),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_is_intact_and_every_change_of_its_rows_names_the_entry() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    demo_folder(&house);
    let (code, report) = verify(&house, &[]);
    assert_eq!(code, Some(0), "{report}");
    for (name, statements) in damages(false) {
        let broken = folder.path().join(name);
        copy(&house, &broken);
        let kek = Kek::load(&KekSource::File(broken.join("kedun.key"))).unwrap();
        let changed =
            tampering::run(&Source::Sqlite { folder: broken.clone() }, &kek, &statements).await.unwrap();
        assert!(changed > 0);
        let (code, report) = verify(&broken, &[]);
        assert_eq!(code, Some(1), "{name}: {report}");
        assert!(named(&report).contains(&5), "{name}: {report}");
    }
    // The rows are not changed by accident: the database itself refuses.
    let kek = Kek::load(&KekSource::File(house.join("kedun.key"))).unwrap();
    let source = Source::Sqlite { folder: house };
    for statement in ["DELETE FROM ledger_row WHERE seq = 5", "UPDATE ledger_row SET at = 1 WHERE seq = 5"] {
        assert!(tampering::run(&source, &kek, &[statement]).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_every_change_of_a_row_names_the_entry() {
    let Some(url) = common::postgres() else { return };
    for (name, statements) in damages(true) {
        let folder = tempfile::tempdir().unwrap();
        let house = folder.path().join("house");
        // The demo leaves what leads from its folder to its data.
        let source = demo_on_postgres(&house, &url);
        let (code, report) = verify(&house, &[]);
        assert_eq!(code, Some(0), "{report}");
        let kek = Kek::load(&KekSource::File(house.join("kedun.key"))).unwrap();
        // What lies beside a row is kept by no trigger, only by what the row committed to.
        if name != "details" {
            assert!(tampering::run(&source, &kek, &statements[1..]).await.is_err(), "triggers refuse");
        }
        assert!(tampering::run(&source, &kek, &statements).await.unwrap() > 0);
        let (code, report) = verify(&house, &[]);
        assert_eq!(code, Some(1), "{name}: {report}");
        assert!(named(&report).contains(&5), "{name}: {report}");
    }
}
