//! The real binary as an operator meets it: TLS, stopping, logs, `doctor`, the demo.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::binary::{
    Server, demo_args, demo_folder, demo_on_postgres, json, kedun, psql, reply, request, said, settings_for,
};
use kedun_vault::Source;
use serde_json::{Value as Json, json as body};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

const PASSWORD: &str = kedun_core::demo::PASSWORD;

/// A certificate for localhost that signs itself, with its key, beside the settings.
fn certificate(folder: &Path) -> rcgen::CertifiedKey<rcgen::KeyPair> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made
}

const TLS: &str = "tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"";

fn finding<'a>(report: &'a Json, check: &str) -> &'a Json {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|f| f["check"] == check).unwrap_or_else(|| panic!("no {check} in {report}"))
}

fn doctor(settings: &str) -> (Option<i32>, Json) {
    let output = kedun(["doctor", "--json", "--config", settings]);
    (output.status.code(), json(&output))
}

#[test]
fn it_speaks_tls_with_its_own_certificate_and_no_plain_http_beyond_loopback() {
    let folder = tempfile::tempdir().unwrap();
    demo_folder(folder.path());
    let made = certificate(folder.path());
    let settings = settings_for(folder.path(), TLS);
    let server = Server::start(["serve", "--config", &settings], &[]);
    assert!(server.first.contains("https://"), "{}", server.first);

    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let client = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = rustls::StreamOwned::new(client, TcpStream::connect(&server.address).unwrap());
    let sign_in = body!({ "login": "zhang.wei", "password": PASSWORD });
    let text = request("localhost", "", "POST", "/api/v1/sessions", Some(sign_in));
    stream.write_all(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 201"), "{head}");
    assert!(head.contains("set-cookie: __host-kedun=") && head.contains("; secure"), "{head}");
    assert!(head.contains("strict-transport-security"), "{head}");
    // Plain HTTP on the same port is no way round.
    let mut plain = TcpStream::connect(&server.address).unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("alive"));
    assert_eq!(server.stop(), Some(0));

    let beyond = kedun(["serve", "--listen", "0.0.0.0:0", "--config", &settings_for(folder.path(), "")]);
    assert_eq!(beyond.status.code(), Some(2));
    assert!(said(&beyond).contains("server.listen"), "{}", said(&beyond));
}

#[test]
fn a_request_that_is_under_way_is_finished_before_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    demo_folder(folder.path());
    let mut server = Server::start(["serve", "--config", &settings_for(folder.path(), "")], &[]);
    let text = request(
        &server.address,
        "",
        "POST",
        "/api/v1/sessions",
        Some(body!({ "login": "zhang.wei", "password": PASSWORD })),
    );
    let (first, rest) = text.split_at(text.len() - 10);
    // A phone that listens does not hold the stop up.
    let token = server.sign_in("li.na", PASSWORD);
    let mut phone = TcpStream::connect(&server.address).unwrap();
    phone.write_all(request(&server.address, &token, "GET", "/api/v1/events", None).as_bytes()).unwrap();
    let mut head = [0; 12];
    phone.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    let mut under_way = TcpStream::connect(&server.address).unwrap();
    under_way.write_all(first.as_bytes()).unwrap();
    // The server has read the head once it has answered somebody who came later.
    assert_eq!(server.get("", "/healthz").0, 200);
    server.signal("TERM");
    while !server.log().contains("stopping") {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    under_way.write_all(rest.as_bytes()).unwrap();
    let (status, body) = reply(under_way);
    assert_eq!(status, 201, "{body}");
    phone.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(server.wait(), Some(0));
    assert!(TcpStream::connect(&server.address).is_err());
}

#[test]
fn its_log_is_lines_of_json_without_a_value_of_anybody() {
    let folder = tempfile::tempdir().unwrap();
    demo_folder(folder.path());
    let settings = settings_for(folder.path(), "");
    let server = Server::start(["serve", "--config", &settings], &[("KEDUN_LOG_LEVEL", "debug")]);
    let token = server.sign_in("zhang.wei", PASSWORD);
    let (phone, name, guess) = ("13933334449", "鱻鹮蠡", "a wrong guess 9z");
    let (status, notice) = server.get(&token, "/api/v1/notices/sales_contact");
    assert_eq!(status, 200);
    let intake = body!({
        "notice": { "id": notice["id"], "version": notice["version"] }, "purpose": "sales_contact", "basis": "consent",
        "channel": "phone", "consents": [{ "kind": "collect", "given": true }],
    });
    let new = body!({ "fields": { "name": name, "phone": phone }, "intake": intake });
    let (status, made) = server.post(&token, "/api/v1/objects/customer/records", new.clone());
    assert_eq!(status, 201, "{made}");
    let one = format!("/api/v1/objects/customer/records/{}", made["id"].as_str().unwrap());
    assert_eq!(
        server.post(&token, &format!("{one}/reveals"), body!({ "field": "phone", "purpose": "call" })).0,
        200
    );
    // What is refused is not told either.
    server.post(&token, "/api/v1/objects/customer/records", new);
    server.post(
        &token,
        "/api/v1/objects/customer/records",
        body!({ "fields": { "phone": [phone] }, name: 1 }),
    );
    server.post(&token, "/api/v1/search", body!({ "q": phone }));
    server.get(&token, &format!("/api/v1/people?q={phone}&{phone}=1"));
    server.get(&token, &format!("/api/v1/objects/customer/records/{phone}"));
    server.get(&token, &format!("/{phone}"));
    server.post("", "/api/v1/sessions", body!({ "login": phone, "password": guess }));
    server.post("", "/api/v1/sessions", body!({ "login": "zhang.wei", "password": guess }));
    let (_, metrics) = server.get("", "/metrics");
    while server.log().matches("\"request\"").count() < 12 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let log = server.log();
    for line in log.lines() {
        let parsed: Json = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        assert!(parsed["level"].is_string() && parsed["timestamp"].is_string(), "{line}");
    }
    for secret in [phone, name, guess, token.as_str(), PASSWORD, made["id"].as_str().unwrap()] {
        assert!(!log.contains(secret), "the log holds {secret}");
        assert!(!metrics.to_string().contains(secret), "the metrics hold {secret}");
    }
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn doctor_says_what_is_wrong_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    demo_folder(folder.path());
    certificate(folder.path());
    let settings = settings_for(folder.path(), TLS);
    let (code, report) = doctor(&settings);
    assert_eq!((code, &report["ok"]), (Some(0), &Json::Bool(true)), "{report}");
    for check in ["settings", "tls", "disk", "key", "database", "backup", "ledger", "log"] {
        finding(&report, check);
    }
    assert_eq!(finding(&report, "backup")["level"], "warning");
    let elsewhere = tempfile::tempdir().unwrap();
    let to = elsewhere.path().display().to_string();
    assert!(kedun(["backup", "--config", &settings, "--to", &to]).status.success());
    assert_eq!(finding(&doctor(&settings).1, "backup")["level"], "ok");

    // A certificate with somebody else's key, one that is none, one that has ended.
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(&key, other.signing_key.serialize_pem()).unwrap();
    let (code, report) = doctor(&settings);
    assert_eq!((code, &finding(&report, "tls")["ok"]), (Some(1), &Json::Bool(false)), "{report}");
    let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    std::fs::write(&cert, params.self_signed(&other.signing_key).unwrap().pem()).unwrap();
    let (code, report) = doctor(&settings);
    assert_eq!(code, Some(1));
    let tls = finding(&report, "tls");
    assert!(tls["message"].as_str().unwrap().contains("2021-01-01"), "{tls}");
    assert!(tls["advice"].as_str().unwrap().contains("renew"), "{tls}");
    std::fs::write(&cert, "nothing").unwrap();
    assert_eq!(doctor(&settings).0, Some(1));
    let settings = settings_for(folder.path(), "");

    // A key that others may read; a key that is another; a house that is not there.
    let key = folder.path().join("kedun.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (code, report) = doctor(&settings);
    assert_eq!(code, Some(1));
    assert!(finding(&report, "key")["advice"].as_str().unwrap().contains("chmod 600"), "{report}");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let right = std::fs::read_to_string(&key).unwrap();
    std::fs::write(&key, "0f".repeat(16) + &"a1".repeat(16)).unwrap();
    let (code, report) = doctor(&settings);
    assert_eq!((code, &finding(&report, "database")["ok"]), (Some(1), &Json::Bool(false)), "{report}");
    std::fs::write(&key, right).unwrap();
    assert_eq!(doctor(&settings).0, Some(0));
    let gone = tempfile::tempdir().unwrap();
    std::fs::copy(&key, gone.path().join("kedun.key")).unwrap();
    let (code, report) = doctor(&settings_for(gone.path(), ""));
    assert_eq!((code, &finding(&report, "database")["ok"]), (Some(1), &Json::Bool(false)), "{report}");
    assert!(!gone.path().join("kedun.db").exists(), "it looks and makes nothing");
    std::fs::write(gone.path().join("kedun.toml"), "[server]\nlistn = 1\n").unwrap();
    let report = json(&kedun(["doctor", "--json", "--folder", gone.path().to_str().unwrap()]));
    assert!(finding(&report, "settings")["message"].as_str().unwrap().contains("server.listn"), "{report}");
}

#[test]
fn doctor_says_what_is_wrong_on_postgresql_and_what_to_do() {
    let Some(url) = common::postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let Source::Postgres { schema, .. } = demo_on_postgres(folder.path(), &url) else { panic!("not there") };
    let settings = folder.path().join("kedun.toml").display().to_string();
    let (code, report) = doctor(&settings);
    assert_eq!((code, &report["ok"]), (Some(0), &Json::Bool(true)), "{report}");
    for check in ["settings", "tls", "disk", "key", "database", "demo", "backup", "ledger", "log"] {
        finding(&report, check);
    }
    assert_eq!(finding(&report, "backup")["level"], "warning");
    let elsewhere = tempfile::tempdir().unwrap();
    let to = elsewhere.path().display().to_string();
    let made = kedun(["backup", "--config", &settings, "--to", &to]);
    assert!(made.status.success(), "{}", said(&made));
    assert_eq!(finding(&doctor(&settings).1, "backup")["level"], "ok");

    // A log that cannot be written.
    let owned = format!("ALTER TABLE {schema}.ledger_head RENAME TO ledger_head_away");
    psql(&url, &owned);
    let (code, report) = doctor(&settings);
    assert_eq!((code, &finding(&report, "ledger")["ok"]), (Some(1), &Json::Bool(false)), "{report}");
    psql(&url, &format!("ALTER TABLE {schema}.ledger_head_away RENAME TO ledger_head"));
    // A log that somebody changed.
    psql(
        &url,
        &format!(
            "ALTER TABLE {schema}.ledger_row DISABLE TRIGGER ALL; \
             UPDATE {schema}.ledger_row SET action = 'other' WHERE seq = 5"
        ),
    );
    let (code, report) = doctor(&settings);
    assert_eq!((code, &finding(&report, "log")["ok"]), (Some(1), &Json::Bool(false)), "{report}");
    assert!(finding(&report, "log")["message"].as_str().unwrap().contains("NOT INTACT"), "{report}");

    // Another key, a schema that is not there, a server that does not answer.
    let key = folder.path().join("kedun.key");
    let right = std::fs::read_to_string(&key).unwrap();
    std::fs::write(&key, "0f".repeat(16) + &"a1".repeat(16)).unwrap();
    let (code, report) = doctor(&settings);
    assert_eq!(code, Some(1), "{report}");
    std::fs::write(&key, right).unwrap();
    for (url, schema) in [(url.as_str(), "nowhere"), ("postgres://kedun@127.0.0.1:1/kedun", schema.as_str())]
    {
        let other = folder.path().join("other.toml");
        let text = format!("[data]\npostgres_url = \"{url}\"\nschema = \"{schema}\"\n");
        std::fs::write(&other, text).unwrap();
        let (code, report) = doctor(other.to_str().unwrap());
        assert_eq!((code, &finding(&report, "database")["ok"]), (Some(1), &Json::Bool(false)), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_applies_no_migration_and_refuses_a_house_of_a_newer_kedun() {
    use kedun_vault::keys::{Kek, KekSource};
    use kedun_vault::tampering;
    let folder = tempfile::tempdir().unwrap();
    demo_folder(folder.path());
    let settings = settings_for(folder.path(), "");
    let kek = Kek::load(&KekSource::File(folder.path().join("kedun.key"))).unwrap();
    let source = Source::Sqlite { folder: folder.path().to_owned() };
    let newest = "DELETE FROM migration WHERE version = (SELECT MAX(version) FROM migration)";
    tampering::run(&source, &kek, &[newest]).await.unwrap();
    for _ in 0..2 {
        let (code, report) = doctor(&settings);
        assert_eq!(
            (code, &finding(&report, "database")["level"]),
            (Some(2), &Json::from("warning")),
            "{report}"
        );
    }
    let newer = "INSERT INTO migration (version, name, hash) VALUES (9999, 'future', '00')";
    tampering::run(&source, &kek, &[newer]).await.unwrap();
    let (code, report) = doctor(&settings);
    assert_eq!(code, Some(1));
    assert!(finding(&report, "database")["message"].as_str().unwrap().contains("newer kedun"), "{report}");
    let served = kedun(["serve", "--config", &settings]);
    assert_eq!(served.status.code(), Some(2));
    assert!(said(&served).contains("newer kedun"), "{}", said(&served));
}

#[test]
fn the_demo_says_one_line_keeps_serving_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut args = demo_args(folder.path());
    args.extend(["--customers", "30", "--people", "20"].map(str::to_owned));
    let mut people = Vec::new();
    for _ in 0..2 {
        let server = Server::start(args.iter().map(String::as_str), &[]);
        let said: Json = serde_json::from_str(&server.first).unwrap();
        let names: Vec<&str> = said.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["url", "data_dir", "people"]);
        assert_eq!(said["data_dir"], folder.path().display().to_string());
        let list = said["people"].as_array().unwrap().clone();
        let mut roles: Vec<&str> = list.iter().map(|p| p["role"].as_str().unwrap()).collect();
        roles.sort_unstable();
        roles.dedup();
        let all =
            ["audit_admin", "intern", "legal", "manager", "rep", "security_admin", "service", "system_admin"];
        assert_eq!(roles, all);
        for person in &list {
            let keys: Vec<&str> = person.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, ["login", "password", "role", "name", "department"]);
            server.sign_in(person["login"].as_str().unwrap(), person["password"].as_str().unwrap());
        }
        assert_eq!(server.more(), "", "exactly one line");
        people.push(list);
        assert_eq!(server.stop(), Some(0));
    }
    assert_eq!(people[0], people[1]);
    // There is no way to make it listen elsewhere.
    for beyond in [vec!["demo", "--listen", "0.0.0.0:0"], vec!["demo", "--host", "0.0.0.0"]] {
        assert_eq!(kedun(beyond).status.code(), Some(2));
    }
    let listen = [("KEDUN_SERVER_LISTEN", "0.0.0.0:0")];
    let server = Server::start(args.iter().map(String::as_str), &listen);
    assert!(server.address.starts_with("127.0.0.1:"), "{}", server.address);
}

#[test]
fn the_demo_shows_two_of_each_role_says_how_many_more_and_refuses_a_company_too_small() {
    let folder = tempfile::tempdir().unwrap();
    let mut args: Vec<String> = demo_args(folder.path()).into_iter().filter(|arg| arg != "--json").collect();
    args.extend(["--customers", "10", "--people", "20"].map(str::to_owned));
    let few = kedun(args.iter().map(|arg| if arg == "20" { "15" } else { arg.as_str() }));
    assert_eq!(few.status.code(), Some(2));
    let text = said(&few);
    assert!(text.contains("--people 15") && text.contains("at least 16"), "{text}");
    assert!(!folder.path().join("kedun.db").exists());
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_kedun"))
        .args(&args)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let told: Vec<String> =
        lines.by_ref().map(Result::unwrap).take_while(|l| !l.contains("Ctrl-C")).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let shown = told.iter().filter(|line| line.starts_with("  ") && line.contains('.')).count();
    let more = told.iter().find_map(|line| line.trim().strip_suffix(" more; --json has all")).unwrap();
    let people = told.iter().filter(|line| line.contains(" rep  ") || line.contains("manager  ")).count();
    assert!(people == 4 && shown >= people, "{told:#?}");
    assert!(more.parse::<usize>().unwrap() > 0, "{told:#?}");
}

#[test]
fn flags_of_serve_win_over_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    demo_folder(&house);
    let settings = folder.path().join("kedun.toml");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:1\"\n[data]\nfolder = \"nowhere\"\n[key]\npath = {}\n[log]\nlevel = \"off\"\n",
        body!(house.join("kedun.key"))
    );
    std::fs::write(&settings, text).unwrap();
    let settings = settings.display().to_string();
    let house = house.display().to_string();
    let flags = ["--listen", "127.0.0.1:0", "--data-folder", &house, "--log", "debug"];
    let args = ["serve", "--config", &settings].into_iter().chain(flags);
    let variables = [("KEDUN_LOG_LEVEL", "error")];
    let server = Server::start(args, &variables);
    assert_eq!(server.get("", "/readyz").0, 200);
    while !server.log().contains("DEBUG") {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(server.stop(), Some(0));
    let wrong = kedun(["serve", "--config", &settings, "--log", "inof"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("log.level"), "{}", said(&wrong));
}

/// How often a text stands in another.
fn times(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn a_log_that_nobody_can_read_any_more_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    demo_folder(folder.path());
    let settings = settings_for(folder.path(), "");
    // One whose reader has gone, and one whose reader sleeps.
    for reader in ["exec 0<&-; sleep 60", "sleep 60"] {
        let script = format!("\"$0\" serve --config \"$1\" 2> >({reader}) & echo $!; wait $!");
        let mut shell = std::process::Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_kedun"), &settings])
            .env("KEDUN_LOG_LEVEL", "trace")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(shell.stdout.take().unwrap()));
        let id = lines.next().unwrap().unwrap();
        let first = lines.next().unwrap().unwrap();
        let address = first.rsplit('/').next().unwrap().to_owned();
        // Nor does anybody read the other output.
        drop(lines);
        for _ in 0..400 {
            assert_eq!(common::binary::call(&address, "", "GET", "/healthz", None).0, 200);
        }
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let ended = (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            shell.try_wait().unwrap().is_some_and(|status| status.success())
        });
        if !ended {
            let _ = std::process::Command::new("kill").args(["-KILL", &id]).status();
        }
        assert!(ended, "it did not stop with a log into {reader:?}");
    }
}

#[test]
fn what_keeps_it_from_starting_is_named_once_and_before_it_says_that_it_listens() {
    let folder = tempfile::tempdir().unwrap();
    demo_folder(folder.path());
    certificate(folder.path());
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.path().join("key.pem"), other.signing_key.serialize_pem()).unwrap();
    let served = kedun(["serve", "--config", &settings_for(folder.path(), TLS)]);
    assert_eq!(served.status.code(), Some(2));
    let text = said(&served);
    assert!(text.contains("server.tls_key") && !text.contains("listens"), "{text}");
    std::fs::write(folder.path().join("cert.pem"), "nothing").unwrap();
    let text = said(&kedun(["serve", "--config", &settings_for(folder.path(), TLS)]));
    assert!(text.contains("server.tls_cert") && !text.contains("listens"), "{text}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = said(&kedun(["serve", "--listen", &address, "--config", &settings_for(folder.path(), "")]));
    assert_eq!(times(&text, "in use"), 1, "{text}");

    let settings = settings_for(folder.path(), "");
    for (variable, value) in [("KEDUN_SERVR_LISTEN", "127.0.0.1:0"), ("KEDUN_LOG_LEVEL", "inof")] {
        let served = common::binary::with(["serve", "--config", &settings], &[(variable, value)], None);
        assert_eq!(served.status.code(), Some(2), "{variable}");
        let named = if variable == "KEDUN_LOG_LEVEL" { "log.level" } else { variable };
        assert!(said(&served).contains(named), "{}", said(&served));
    }
}
