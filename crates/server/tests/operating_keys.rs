//! The root key with the real binary: a passphrase, a house that starts sealed, and who may unseal it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::binary::{Server, json, said, with};
use serde_json::Value as Json;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const PHRASE: &str = "vier Woerter und ein Berg";
const WRONG: &str = "vier Woerter und ein Tal!";

/// A house whose key is a passphrase; answers its settings.
fn house(folder: &Path) -> String {
    let folder = folder.join("house");
    let args = ["init", "--passphrase", "--passphrase-stdin", "--folder"];
    let made = with(args.into_iter().chain([folder.to_str().unwrap()]), &[], Some(&format!("{PHRASE}\n")));
    assert!(made.status.success(), "{}", said(&made));
    assert!(!said(&made).contains(PHRASE));
    folder.join("kedun.toml").display().to_string()
}

fn private(path: &Path, text: &str) -> String {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path.display().to_string()
}

fn serve(settings: &str, variables: &[(&str, &str)]) -> Server {
    Server::start(["serve", "--listen", "127.0.0.1:0", "--config", settings], variables)
}

fn ready(server: &Server) -> u16 {
    server.get("", "/readyz").0
}

fn unseal(settings: &str, phrase: &str) -> (Option<i32>, Json) {
    let args = ["keys", "unseal", "--json", "--passphrase-stdin", "--config", settings];
    let output = with(args, &[], Some(&format!("{phrase}\n")));
    assert!(!said(&output).contains(phrase));
    (output.status.code(), json(&output))
}

#[test]
fn without_its_passphrase_a_house_starts_sealed_and_is_unsealed_by_the_right_one_only() {
    let folder = tempfile::tempdir().unwrap();
    let settings = house(folder.path());
    let server = serve(&settings, &[]);
    assert_eq!(server.get("", "/healthz").0, 200);
    let (status, body) = server.get("", "/readyz");
    assert_eq!((status, &body["sealed"]), (503, &Json::Bool(true)));
    for path in ["/api/v1/me", "/api/v1/objects", "/api/v1/ledger/checkpoint"] {
        let (status, body) = server.get("", path);
        assert_eq!((status, &body["code"]), (503, &Json::from("sealed")), "{path}");
    }
    let socket = folder.path().join("house/data/unseal.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);

    let (code, reply) = unseal(&settings, WRONG);
    assert_eq!((code, &reply["code"]), (Some(1), &Json::from("wrong_passphrase")));
    // Guesses are slowed: the next one is not even tried, right or wrong.
    let (code, reply) = unseal(&settings, PHRASE);
    assert_eq!((code, &reply["code"]), (Some(1), &Json::from("slow_down")));
    assert!(reply["retry_after"].as_u64().unwrap() >= 1);
    assert_eq!(ready(&server), 503);
    for _ in 0..100 {
        if unseal(&settings, PHRASE).0 == Some(0) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(ready(&server), 200);
    assert_eq!(server.get("", "/api/v1/me").0, 401);
    // The door is gone with its purpose.
    assert!(!socket.exists());
    let args = ["keys", "unseal", "--passphrase-stdin", "--config", &settings];
    assert_eq!(with(args, &[], Some(PHRASE)).status.code(), Some(2));
    let log = server.log();
    assert!(!log.contains(PHRASE) && !log.contains(WRONG), "{log}");
    assert!(log.contains("a wrong passphrase was handed in"), "{log}");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_service_reads_its_passphrase_from_a_private_file_only() {
    let folder = tempfile::tempdir().unwrap();
    let settings = house(folder.path());
    let file = private(&folder.path().join("phrase"), &format!("{PHRASE}\n"));
    let server = serve(&settings, &[("KEDUN_PASSPHRASE_FILE", &file)]);
    assert_eq!(ready(&server), 200);
    let (command, _) = (std::fs::read_to_string(&settings).unwrap(), ());
    assert!(!command.contains(PHRASE));
    assert_eq!(server.stop(), Some(0));

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let server = serve(&settings, &[("KEDUN_PASSPHRASE_FILE", &file)]);
    assert_eq!(ready(&server), 503);
    assert!(server.log().contains("chmod 600"), "{}", server.log());
    assert_eq!(server.stop(), Some(0));

    let wrong = private(&folder.path().join("wrong"), WRONG);
    let server = serve(&settings, &[("KEDUN_PASSPHRASE_FILE", &wrong)]);
    assert_eq!(ready(&server), 503);
    assert!(!server.log().contains(WRONG));
}

#[test]
fn a_house_whose_key_file_comes_later_is_unsealed_when_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    let made = with(["init", "--folder", house.to_str().unwrap()], &[], None);
    assert!(made.status.success(), "{}", said(&made));
    let settings = house.join("kedun.toml").display().to_string();
    let (key, away) = (house.join("kedun.key"), folder.path().join("away"));
    let print = || json(&with(["keys", "fingerprint", "--json", "--config", &settings], &[], None));
    let before = print();
    std::fs::rename(&key, &away).unwrap();
    let server = serve(&settings, &[]);
    assert_eq!(ready(&server), 503);
    let refused = with(["keys", "unseal", "--config", &settings], &[], None);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    std::fs::rename(&away, &key).unwrap();
    assert_eq!(with(["keys", "unseal", "--config", &settings], &[], None).status.code(), Some(0));
    assert_eq!(ready(&server), 200);
    assert_eq!(print(), before);
    let text = std::fs::read_to_string(&key).unwrap();
    assert!(!text.contains(before["fingerprint"].as_str().unwrap()));
    let status = json(&with(["keys", "status", "--json", "--config", &settings], &[], None));
    assert_eq!((&status["source"], &status["opens"]), (&Json::from("file"), &Json::Bool(true)));
    assert_eq!(status["fingerprint"], before["fingerprint"]);
}

#[test]
fn a_short_passphrase_makes_no_house() {
    let folder = tempfile::tempdir().unwrap();
    let house: PathBuf = folder.path().join("house");
    let args = ["init", "--passphrase", "--passphrase-stdin", "--folder", house.to_str().unwrap()];
    let made = with(args, &[], Some("too short\n"));
    assert_eq!(made.status.code(), Some(2));
    assert!(said(&made).contains("16"), "{}", said(&made));
    assert!(!house.join("kedun.toml").exists() && !house.join("data").exists());
    assert!(with(args, &[], Some(&format!("{PHRASE}\n"))).status.success());
}
