//! A house of one's own with the real binary: how it is made, staffed, guarded against a part that is missing, and told
//! from a demo.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::binary::{Server, call, demo_args, demo_folder, json, kedun, request, said, settings_for, with};
use serde_json::{Value as Json, json as body};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CHOSEN: &str = "eine Kiste voll Aepfel";

/// Settings of a house that was made in a folder, served on a free port.
fn made(folder: &Path) -> String {
    let output = kedun(["init", "--folder", folder.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    folder.join("kedun.toml").display().to_string()
}

fn serve(settings: &str, variables: &[(&str, &str)]) -> Server {
    Server::start(["serve", "--listen", "127.0.0.1:0", "--config", settings], variables)
}

/// What a server that must not start says; it is ended if it starts all the same.
#[track_caller]
fn refused(args: &[&str]) -> String {
    let mut command = vec!["20", env!("CARGO_BIN_EXE_kedun")];
    command.extend(args);
    let output = Command::new("timeout").args(command).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(output.stdout.is_empty(), "{}", said(&output));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Signs in with a one-time password, which opens nothing but the choice of another, chooses one, and enrols a second
/// factor.
fn first_sign_in(server: &Server, login: &str, once: &str) -> String {
    let token = server.sign_in(login, once);
    let (status, refusal) = server.get(&token, "/api/v1/people");
    assert_eq!((status, &refusal["code"]), (403, &Json::from("choose_password")));
    let choice = body!({ "current": once, "new": CHOSEN });
    let (status, answer) = call(&server.address, &token, "PUT", "/api/v1/me/password", Some(choice));
    assert_eq!(status, 204, "{answer}");
    server.enrol(&token);
    token
}

/// From nothing to the first customer of a rep, by HTTP alone.
fn staff(made: &Output, variables: &[(&str, &str)]) {
    assert!(made.status.success(), "{}", said(made));
    let made = json(made);
    let accounts = made["accounts"].as_array().unwrap();
    let roles: Vec<_> = accounts.iter().map(|a| a["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system_admin", "security_admin", "audit_admin"]);
    let once = |i: usize| accounts[i]["one_time"]["password"].as_str().unwrap();
    assert!(once(0) != once(1) && once(1) != once(2));
    let server = serve(made["settings"].as_str().unwrap(), variables);
    let system = first_sign_in(&server, "wang.system", once(0));
    let security = first_sign_in(&server, "security", once(1));
    let audit = first_sign_in(&server, "audit", once(2));

    let (status, department) = server.post(&system, "/api/v1/departments", body!({ "name": "华东一部" }));
    assert_eq!(status, 201, "{department}");
    let new =
        body!({ "login": "zhang.wei", "name": "张伟", "department": department["id"], "roles": ["rep"] });
    // Whoever opens accounts gives no roles.
    assert_eq!(server.post(&system, "/api/v1/people", new.clone()).0, 403);
    let mut plain = new;
    plain["roles"] = body!([]);
    let (status, opened) = server.post(&system, "/api/v1/people", plain.clone());
    assert_eq!(status, 201, "{opened}");
    let person = format!("/api/v1/people/{}", opened["id"].as_str().unwrap());
    let role = body!({ "roles": ["rep"] });
    assert_eq!(call(&server.address, &system, "PATCH", &person, Some(role.clone())).0, 403);
    assert_eq!(server.post(&security, "/api/v1/people", plain).0, 403);
    let (status, answer) = call(&server.address, &security, "PATCH", &person, Some(role));
    assert_eq!(status, 200, "{answer}");

    let rep = first_sign_in(&server, "zhang.wei", opened["one_time"]["password"].as_str().unwrap());
    let customer = body!({ "fields": { "name": "青榆医院" } });
    let (status, customer) = server.post(&rep, "/api/v1/objects/customer/records", customer);
    assert_eq!(status, 201, "{customer}");
    for administrator in [&system, &security, &audit] {
        let at = format!("/api/v1/objects/customer/records/{}", customer["id"].as_str().unwrap());
        assert_eq!(server.get(administrator, &at).0, 404);
    }
    assert_eq!(server.get(&audit, "/api/v1/ledger/entries").0, 200);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn three_people_staff_a_new_house_and_a_rep_writes_down_the_first_customer() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house").display().to_string();
    staff(&kedun(["init", "--json", "--login", "wang.system", "--folder", &house]), &[]);
}

#[test]
fn a_new_house_on_postgresql_is_named_by_a_flag_or_by_the_environment() {
    let Some(url) = common::postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let schema = || format!("t{}", kedun_vault::new_id().replace('-', ""));
    let house = |name: &str| folder.path().join(name).display().to_string();
    let (by_flag, first) = (house("flag"), schema());
    let args =
        ["init", "--json", "--login", "wang.system", "--postgres-url", &url, "--schema", &first, "--folder"];
    staff(&kedun(args.into_iter().chain([by_flag.as_str()])), &[]);
    let text = std::fs::read_to_string(folder.path().join("flag/kedun.toml")).unwrap();
    assert!(text.contains(&url) && !text.contains("\nfolder"), "{text}");
    assert!(!folder.path().join("flag/data").exists());

    let (by_variable, second) = (house("variable"), schema());
    let variables = [("KEDUN_DATA_POSTGRES_URL", url.as_str()), ("KEDUN_DATA_SCHEMA", second.as_str())];
    let args = ["init", "--json", "--login", "wang.system", "--folder", &by_variable];
    staff(&with(args, &variables, None), &variables);
    let text = std::fs::read_to_string(folder.path().join("variable/kedun.toml")).unwrap();
    assert!(!text.contains("postgres://") && text.contains("KEDUN_DATA_POSTGRES_URL"), "{text}");

    // A schema that holds a house is left alone, and nothing of this try stays.
    let again = house("again");
    let args = ["init", "--postgres-url", &url, "--schema", &first, "--folder", &again];
    let taken = kedun(args);
    assert_eq!(taken.status.code(), Some(2));
    assert!(said(&taken).contains(&first), "{}", said(&taken));
    assert!(!folder.path().join("again").exists());
    // What is missing of it is not made anew.
    let settings = folder.path().join("again.toml");
    let key = folder.path().join("flag/kedun.key").display().to_string();
    let absent = schema();
    let text = format!("[data]\npostgres_url = \"{url}\"\nschema = \"{absent}\"\n[key]\npath = \"{key}\"\n");
    std::fs::write(&settings, text).unwrap();
    let said = refused(&["serve", "--config", settings.to_str().unwrap()]);
    assert!(said.contains("there is no house") && said.contains(&absent), "{said}");
}

/// A way to PostgreSQL that can be cut.
struct Line {
    address: String,
    cut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    fn to(upstream: &str) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Line {
            address: listener.local_addr().unwrap().to_string(),
            cut: Arc::default(),
            open: Arc::default(),
        };
        let (cut, open, upstream) = (line.cut.clone(), line.open.clone(), upstream.to_owned());
        std::thread::spawn(move || {
            for here in listener.incoming().map_while(Result::ok) {
                if cut.load(Ordering::SeqCst) {
                    continue;
                }
                let there = TcpStream::connect(&upstream).unwrap();
                for (mut from, mut to) in [
                    (here.try_clone().unwrap(), there.try_clone().unwrap()),
                    (there.try_clone().unwrap(), here.try_clone().unwrap()),
                ] {
                    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
                }
                open.lock().unwrap().extend([here, there]);
            }
        });
        line
    }

    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

#[test]
fn while_postgresql_is_away_people_are_asked_to_come_again() {
    let Some(url) = common::postgres() else { return };
    let (before, rest) = url.split_once('@').unwrap();
    let (upstream, database) = rest.split_once('/').unwrap();
    let line = Line::to(upstream);
    let url = format!("{before}@{}/{database}", line.address);
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house").display().to_string();
    let schema = format!("t{}", kedun_vault::new_id().replace('-', ""));
    let args = ["init", "--json", "--postgres-url", &url, "--schema", &schema, "--folder", &house];
    let made = json(&kedun(args));
    let server = serve(made["settings"].as_str().unwrap(), &[]);
    let once = made["accounts"][0]["one_time"]["password"].as_str().unwrap();
    let token = first_sign_in(&server, "admin", once);
    assert_eq!(server.get(&token, "/api/v1/people").0, 200);
    line.cut();
    let sign_in = body!({ "login": "admin", "password": CHOSEN });
    for (method, path, asked) in [
        ("GET", "/api/v1/me", None),
        ("GET", "/api/v1/people", None),
        ("POST", "/api/v1/objects/handover/query", Some(body!({ "limit": 1 }))),
        ("POST", "/api/v1/sessions", Some(sign_in.clone())),
    ] {
        for _ in 0..2 {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            let text = request(&server.address, &token, method, path, asked.clone());
            stream.write_all(text.as_bytes()).unwrap();
            let mut answer = String::new();
            let _ = stream.read_to_string(&mut answer);
            let head = answer.to_ascii_lowercase();
            assert!(
                head.starts_with("http/1.1 503") && head.contains("\r\nretry-after:"),
                "{path}: {answer}"
            );
            assert!(answer.contains("ledger_unavailable"), "{path}: {answer}");
        }
    }
    assert_eq!(server.get("", "/healthz").0, 200);
    let (status, ready) = server.get("", "/readyz");
    assert_eq!((status, &ready["ledger_writable"]), (503, &Json::Bool(false)));
    assert!(ready.get("pending_migrations").is_none(), "what cannot be asked is not claimed: {ready}");
    line.mend();
    // Connections that were cut while they lay idle fail once more.
    let back = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        server.get(&token, "/api/v1/me").0 == 200 && server.get("", "/readyz").0 == 200
    });
    assert!(back, "{}", server.log());
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn an_init_that_cannot_be_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    let at = house.to_str().unwrap();
    for (wrong, named) in [
        (vec!["--login", "x"], "--login"),
        (vec!["--audit-login", "a b"], "--audit-login"),
        (vec!["--login", "chen", "--security-login", "Chen"], "--security-login"),
        (vec!["--security-login", "audit"], "--audit-login"),
        (vec!["--company", " "], "name"),
        (vec!["--schema", "kedun"], "--postgres-url"),
    ] {
        let output = kedun(["init", "--folder", at].into_iter().chain(wrong.iter().copied()));
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", said(&output));
        assert!(said(&output).contains(named), "{wrong:?}: {}", said(&output));
        assert!(!house.exists(), "{wrong:?}");
    }
    // Nobody can read the passwords: there is no house that nobody can enter.
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status =
        Command::new(env!("CARGO_BIN_EXE_kedun")).args(["init", "--folder", at]).stdout(full).status();
    assert_eq!(status.unwrap().code(), Some(2));
    assert!(!house.exists());
    made(&house);
    let again = kedun(["init", "--folder", at]);
    assert!(said(&again).contains("exists already"), "{}", said(&again));
}

#[test]
fn an_init_that_is_interrupted_or_killed_leaves_no_house() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["INT", "KILL"] {
        let house = folder.path().join(signal);
        let mut child = Command::new(env!("CARGO_BIN_EXE_kedun"))
            .args(["init", "--folder", house.to_str().unwrap()])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while !house.join(".kedun-init/data/keyring.db").exists() && !house.join("kedun.toml").exists() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
        if child.wait().unwrap().success() {
            continue; // It was done already.
        }
        assert!(!house.join("kedun.toml").exists() && !house.join("kedun.key").exists(), "{signal}");
        assert_eq!(house.exists(), signal == "KILL");
        made(&house);
        assert!(!house.join(".kedun-init").exists());
    }
}

#[test]
fn only_its_owner_may_read_a_house() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    let settings = made(&house);
    assert_eq!(serve(&settings, &[]).stop(), Some(0));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&house.join("data")), 0o700);
    for name in ["kedun.toml", "kedun.key", "data/kedun.db", "data/keyring.db", "data/journal.db"] {
        assert_eq!(mode(&house.join(name)), 0o600, "{name}");
    }
}

#[test]
fn what_is_missing_of_a_house_is_named_and_never_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let house = folder.path().join("house");
    let settings = made(&house);
    let data = house.join("data");
    let commands = |settings: &str| {
        let to = folder.path().join("copies").display().to_string();
        let kit = folder.path().join("kit").display().to_string();
        [
            vec!["serve", "--listen", "127.0.0.1:0", "--config", settings],
            vec!["backup", "--config", settings, "--to", &to],
            vec!["ledger", "export", &kit, "--config", settings],
        ]
        .map(|args| refused(&args))
    };
    for name in ["keyring.db", "kedun.db"] {
        let away = folder.path().join(name);
        std::fs::rename(data.join(name), &away).unwrap();
        for said in commands(&settings) {
            assert!(said.contains(name) && said.contains("missing"), "{said}");
        }
        let status = kedun(["keys", "status", "--json", "--config", &settings]);
        assert_eq!(json(&status)["opens"], false);
        assert!(!data.join(name).exists());
        // An empty file in its place is no more than none.
        std::fs::write(data.join(name), "").unwrap();
        let said = refused(&["serve", "--listen", "127.0.0.1:0", "--config", &settings]);
        assert!(said.contains(name) && said.contains("missing"), "{said}");
        std::fs::rename(&away, data.join(name)).unwrap();
    }
    assert_eq!(serve(&settings, &[]).stop(), Some(0));
    // The disk with the data is not mounted.
    std::fs::rename(&data, folder.path().join("away")).unwrap();
    for said in commands(&settings) {
        assert!(said.contains("there is no house"), "{said}");
    }
    assert!(!data.exists());
    // Nor does a server wait for the key of a house that is not there.
    std::fs::remove_file(house.join("kedun.key")).unwrap();
    let said = refused(&["serve", "--listen", "127.0.0.1:0", "--config", &settings]);
    assert!(said.contains("kedun init"), "{said}");
}

#[test]
fn two_servers_do_not_share_a_folder_and_offline_commands_do() {
    let folder = tempfile::tempdir().unwrap();
    let settings = made(&folder.path().join("house"));
    let server = serve(&settings, &[]);
    let said_by_second = refused(&["serve", "--listen", "127.0.0.1:0", "--config", &settings]);
    assert!(said_by_second.contains("another kedun serves"), "{said_by_second}");
    let house = folder.path().join("house").display().to_string();
    let to = folder.path().join("copies").display().to_string();
    for args in [
        vec!["doctor", "--config", &settings],
        vec!["ledger", "verify", &house],
        vec!["backup", "--config", &settings, "--to", &to],
        vec!["keys", "status", "--config", &settings],
    ] {
        let output = kedun(args.iter().copied());
        assert!(output.status.success(), "{args:?}: {}", said(&output));
    }
    // The turn ends with the process, however it ends.
    server.signal("KILL");
    drop(server);
    assert_eq!(serve(&settings, &[]).stop(), Some(0));
}

#[test]
fn a_demo_is_no_real_house_and_a_real_house_no_demo() {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    demo_folder(&demo);
    // Beyond loopback its passwords would be everybody's.
    let made_certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(demo.join("cert.pem"), made_certificate.cert.pem()).unwrap();
    std::fs::write(demo.join("key.pem"), made_certificate.signing_key.serialize_pem()).unwrap();
    let settings = settings_for(&demo, "tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"");
    let beyond = refused(&["serve", "--listen", "0.0.0.0:0", "--config", &settings]);
    assert!(beyond.contains("server.listen") && beyond.contains("demo"), "{beyond}");
    let report = json(&kedun(["doctor", "--json", "--config", &settings]));
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["check"] == "demo").unwrap();
    assert_eq!(finding["level"], "warning", "{report}");

    // A real house, wherever its data lies, is not opened by the demo, and gets no second key.
    let house = folder.path().join("house");
    made(&house);
    let mut real = vec![house.clone(), house.join("data")];
    std::fs::create_dir(folder.path().join("flat")).unwrap();
    for name in ["kedun.db", "keyring.db"] {
        std::fs::copy(house.join("data").join(name), folder.path().join("flat").join(name)).unwrap();
    }
    std::fs::copy(house.join("kedun.key"), folder.path().join("flat/kedun.key")).unwrap();
    real.push(folder.path().join("flat"));
    for real in real {
        let args = demo_args(&real);
        let said = refused(&args.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(said.contains("did not fill"), "{said}");
    }
    assert!(!house.join("kedun.db").exists() && !house.join("data/kedun.key").exists());
}

#[test]
fn a_demo_whose_filling_was_cut_off_does_not_open_as_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let half = folder.path().join("half");
    let mut args = demo_args(&half);
    args.extend(["--customers", "20000"].map(str::to_owned));
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_kedun")).args(&args).stdout(Stdio::null()).spawn().unwrap();
    // The mark comes before everything else; the book is opened before it.
    while !half.join("journal.db").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_secs(4));
    child.kill().unwrap();
    child.wait().unwrap();
    let said = refused(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(said.contains("interrupted"), "{said}");
}
