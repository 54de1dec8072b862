//! `kedun backup` and `kedun restore` with the real binary, while the house is in use.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::binary::{Server, demo_args, json, kedun, said, settings_for};
use serde_json::{Value as Json, json as body};
use std::path::Path;

const PASSWORD: &str = kedun_core::demo::PASSWORD;

fn customers(server: &Server) -> u64 {
    let token = server.sign_in("zhao.qiang", PASSWORD);
    let (status, page) =
        server.post(&token, "/api/v1/objects/customer/query", body!({ "count": true, "limit": 1 }));
    assert_eq!(status, 200, "{page}");
    page["count"]["value"].as_u64().unwrap()
}

#[test]
fn a_house_in_use_is_copied_and_put_back_and_the_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    let mut args = demo_args(&house);
    args.extend(["--customers", "30", "--people", "20"].map(str::to_owned));
    let server = Server::start(args.iter().map(String::as_str), &[]);
    let count = customers(&server);
    assert!(count > 3);
    let (to, apart) = (folder.path().join("copies"), folder.path().join("apart"));
    let (to_text, apart_text, house_text) =
        (to.display().to_string(), apart.display().to_string(), house.display().to_string());
    let made =
        kedun(["backup", "--json", "--folder", &house_text, "--to", &to_text, "--keyring-to", &apart_text]);
    assert!(made.status.success(), "{}", said(&made));
    let made = json(&made);
    let path = |name: &str| made[name].as_str().unwrap().to_owned();
    assert!(Path::new(&path("data")).starts_with(&to) && Path::new(&path("keyring")).starts_with(&apart));
    let status = json(&kedun(["keys", "status", "--json", "--folder", &house_text]));
    assert_eq!(status["keyring_copies"].as_array().unwrap().len(), 1);
    // It went on serving all the while.
    assert_eq!(customers(&server), count);

    // Never over a house.
    let over =
        kedun(["restore", "--folder", &house_text, "--data", &path("data"), "--keyring", &path("keyring")]);
    assert_eq!(over.status.code(), Some(2));
    assert!(said(&over).contains("holds a house already"), "{}", said(&over));
    assert_eq!(server.stop(), Some(0));

    let new = folder.path().join("new");
    std::fs::create_dir_all(&new).unwrap();
    let key = new.join("kedun.key");
    std::fs::copy(house.join("kedun.key"), &key).unwrap();
    let settings = settings_for(&new, "");
    // A copy with one changed byte is refused, and nothing is made.
    let broken = to.join("data/broken.db");
    let mut bytes = std::fs::read(path("data")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&broken, bytes).unwrap();
    std::fs::copy(format!("{}.json", path("data")), to.join("data/broken.db.json")).unwrap();
    let damaged =
        ["restore", "--config", &settings, "--keyring", &apart_text, "--data", broken.to_str().unwrap()];
    let refused = kedun(damaged);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("damaged"), "{}", said(&refused));
    assert!(!new.join("kedun.db").exists());

    let restored = kedun([
        "restore",
        "--json",
        "--config",
        &settings,
        "--data",
        &path("data"),
        "--keyring",
        &apart_text,
    ]);
    assert!(restored.status.success(), "{}", said(&restored));
    let restored = json(&restored);
    assert_eq!(restored["data_made_at"], made["made_at"]);
    assert!(restored["sessions_ended"].as_u64().unwrap() >= 1);
    let server = Server::start(["serve", "--config", &settings], &[]);
    assert_eq!(customers(&server), count);
    let auditor = server.sign_in("shen.ming", PASSWORD);
    let (_, entries) = server.get(&auditor, "/api/v1/ledger/entries?action=restore.declared");
    assert_eq!(entries["entries"].as_array().unwrap().len(), 1, "{entries}");
    assert_eq!(server.stop(), Some(0));
    let verified = kedun(["ledger", "verify", &new.display().to_string()]);
    assert!(verified.status.success(), "{}", said(&verified));
}

#[test]
fn with_another_root_key_a_copy_is_not_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    common::binary::demo_folder(&house);
    let to = folder.path().join("copies").display().to_string();
    let made = json(&kedun(["backup", "--json", "--folder", &house.display().to_string(), "--to", &to]));
    let other = folder.path().join("other");
    assert!(kedun(["init", "--folder", &other.display().to_string()]).status.success());
    std::fs::remove_dir_all(other.join("data")).unwrap();
    let data = made["data"].as_str().unwrap();
    let refused =
        kedun(["restore", "--folder", &other.display().to_string(), "--data", data, "--keyring", &to]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(!other.join("data/kedun.db").exists());
    assert!(Json::is_string(&made["keyring"]));
}

#[cfg(unix)]
#[test]
fn a_copy_lies_outside_the_house_and_what_a_restore_cannot_use_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    assert!(kedun(["init", "--folder", house.to_str().unwrap()]).status.success());
    let house_text = house.display().to_string();
    for inside in [house.join("data"), house.join("data/copies"), house.clone()] {
        let refused = kedun(["backup", "--folder", &house_text, "--to", inside.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        assert!(said(&refused).contains("living house"), "{}", said(&refused));
    }
    assert!(!house.join("data/data").exists() && !house.join("data/copies").exists());
    // A disk that is too small for the copy keeps none of it.
    let small = folder.path().join("small");
    let script = "trap '' XFSZ; ulimit -f 200; exec \"$0\" backup --folder \"$1\" --to \"$2\"";
    let failed = std::process::Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_kedun"), &house_text, small.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(failed.status.code(), Some(2), "{}", said(&failed));
    assert_eq!(std::fs::read_dir(small.join("data")).unwrap().count(), 0);
    let to = folder.path().join("copies");
    let made = json(&kedun(["backup", "--json", "--folder", &house_text, "--to", to.to_str().unwrap()]));
    let data = made["data"].as_str().unwrap().to_owned();

    let new = folder.path().join("new");
    std::fs::create_dir(&new).unwrap();
    std::fs::copy(house.join("kedun.key"), new.join("kedun.key")).unwrap();
    let settings = settings_for(&new, "");
    let restore = |data: &str, keyring: &str| {
        kedun(["restore", "--config", &settings, "--data", data, "--keyring", keyring])
    };
    let keyrings = to.join("keyring").display().to_string();
    let text = said(&restore(to.join("data").to_str().unwrap(), &keyrings));
    assert!(text.contains("is a folder"), "{text}");
    let manifest = format!("{data}.json");
    std::fs::rename(&manifest, folder.path().join("manifest")).unwrap();
    let text = said(&restore(&data, &keyrings));
    assert!(text.contains("manifest") && text.contains("missing"), "{text}");
    std::fs::rename(folder.path().join("manifest"), &manifest).unwrap();
    // The folder that holds the copies, as the help says.
    let restored = restore(&data, &keyrings);
    assert!(restored.status.success(), "{}", said(&restored));
}

#[test]
fn on_postgresql_a_copy_goes_back_under_its_own_name_and_over_nothing() {
    let Some(url) = common::postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let schema = format!("t{}", kedun_vault::new_id().replace('-', ""));
    let house = folder.path().join("house").display().to_string();
    let init = kedun(["init", "--folder", &house, "--postgres-url", &url, "--schema", &schema]);
    assert!(init.status.success(), "{}", said(&init));
    let to = folder.path().join("copies").display().to_string();
    let made = kedun(["backup", "--json", "--folder", &house, "--to", &to]);
    assert!(made.status.success(), "{}", said(&made));
    let data = json(&made)["data"].as_str().unwrap().to_owned();
    let restore = |schema: &str| {
        let settings = folder.path().join(format!("{schema}.toml"));
        let key = format!("{house}/kedun.key");
        let text =
            format!("[data]\npostgres_url = \"{url}\"\nschema = \"{schema}\"\n[key]\npath = \"{key}\"\n");
        std::fs::write(&settings, text).unwrap();
        let settings = settings.display().to_string();
        (kedun(["restore", "--config", &settings, "--data", &data, "--keyring", &to]), settings)
    };
    let (over, _) = restore(&schema);
    assert_eq!(over.status.code(), Some(2));
    assert!(said(&over).contains("already") && !said(&over).contains("pg_restore"), "{}", said(&over));
    let other = format!("{schema}x");
    let (elsewhere, settings) = restore(&other);
    assert_eq!(elsewhere.status.code(), Some(2));
    let text = said(&elsewhere);
    assert!(text.contains(&format!("schema {schema}")) && text.contains(&other), "{text}");
    // Nothing was made there.
    assert!(said(&kedun(["keys", "status", "--config", &settings])).contains("there is no house"));

    common::binary::psql(
        &url,
        &format!("DROP SCHEMA {schema} CASCADE; DROP SCHEMA {schema}_keyring CASCADE"),
    );
    let (back, _) = restore(&schema);
    assert!(back.status.success(), "{}", said(&back));
}
