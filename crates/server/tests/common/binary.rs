//! The real binary, and a small HTTP client that speaks to it.

use super::totp::totp;
use serde_json::Value as Json;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A command that is run to its end.
pub fn kedun<'a>(args: impl IntoIterator<Item = &'a str>) -> Output {
    with(args, &[], None)
}

/// The same with variables and something on standard input.
pub fn with<'a>(
    args: impl IntoIterator<Item = &'a str>,
    variables: &[(&str, &str)],
    input: Option<&str>,
) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kedun"));
    command.args(args).envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.spawn().unwrap();
    if let Some(input) = input {
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    }
    child.wait_with_output().unwrap()
}

/// What a command said on both outputs, for messages of tests.
pub fn said(output: &Output) -> String {
    format!(
        "{:?}\n{}\n{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The JSON on standard output.
#[track_caller]
pub fn json(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {}", said(output)))
}

/// Runs statements against PostgreSQL.
#[track_caller]
pub fn psql(url: &str, sql: &str) {
    let output =
        Command::new("psql").args(["--no-psqlrc", "--quiet", "--command", sql, url]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// A server that runs until it is dropped or stopped.
pub struct Server {
    child: Child,
    /// The first line on standard output.
    pub first: String,
    /// `127.0.0.1:port`.
    pub address: String,
    log: Arc<Mutex<String>>,
    out: Arc<Mutex<String>>,
}

impl Server {
    /// Starts it and waits for its first line, which holds its address.
    pub fn start<'a>(args: impl IntoIterator<Item = &'a str>, variables: &[(&str, &str)]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kedun"))
            .args(args)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = gather(child.stderr.take().unwrap());
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        let out = gather(out);
        let address = first
            .split_once("://")
            .map(|(_, rest)| rest.chars().take_while(|c| !matches!(c, '"' | '\n' | ' ' | '/')).collect())
            .unwrap_or_else(|| panic!("no address in {first:?}: {}", log.lock().unwrap()));
        Server { child, first, address, log, out }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// What came after the first line on standard output.
    pub fn more(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(done.unwrap().success());
    }

    /// Asks it to stop and waits; answers its exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }

    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    pub fn get(&self, token: &str, path: &str) -> (u16, Json) {
        call(&self.address, token, "GET", path, None)
    }

    pub fn post(&self, token: &str, path: &str, body: Json) -> (u16, Json) {
        call(&self.address, token, "POST", path, Some(body))
    }

    pub fn call(&self, token: &str, method: &str, path: &str, body: Json) -> (u16, Json) {
        call(&self.address, token, method, path, Some(body))
    }

    /// Enrols a second factor and answers its secret. With the code of the step before, so that those of the next two are
    /// left to sign in with.
    #[track_caller]
    pub fn enrol(&self, token: &str) -> String {
        let (status, begun) = self.post(token, "/api/v1/me/totp", Json::Object(serde_json::Map::new()));
        assert_eq!(status, 200, "{begun}");
        let secret = begun["secret"].as_str().unwrap().to_owned();
        let code = serde_json::json!({ "code": totp(&secret, -1) });
        let (status, answer) = self.post(token, "/api/v1/me/totp/confirmation", code);
        assert_eq!(status, 204, "{answer}");
        secret
    }

    pub fn sign_in(&self, login: &str, password: &str) -> String {
        let body = serde_json::json!({ "login": login, "password": password });
        let (status, body) = self.post("", "/api/v1/sessions", body);
        assert_eq!(status, 201, "{body}");
        body["token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn gather(source: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let into = text.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(source).lines().map_while(Result::ok) {
            let mut text = into.lock().unwrap();
            text.push_str(&line);
            text.push('\n');
        }
    });
    text
}

/// One request over a connection of its own.
pub fn call(address: &str, token: &str, method: &str, path: &str, body: Option<Json>) -> (u16, Json) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request(address, token, method, path, body).as_bytes()).unwrap();
    reply(stream)
}

/// The bytes of a request.
pub fn request(address: &str, token: &str, method: &str, path: &str, body: Option<Json>) -> String {
    let body = body.map(|b| b.to_string()).unwrap_or_default();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Status and body of a reply, read to its end.
pub fn reply(mut stream: impl Read) -> (u16, Json) {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no reply: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        unchunk(body)
    } else {
        body.to_owned()
    };
    (status, serde_json::from_str(&body).unwrap_or(Json::String(body)))
}

fn unchunk(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, tail)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        body.push_str(&tail[..size]);
        rest = tail[size..].trim_start_matches("\r\n");
    }
    body
}

/// A small demo company in a folder, closed again.
pub fn demo_folder(folder: &Path) -> Json {
    let mut args = demo_args(folder);
    args.extend(["--customers".to_owned(), "30".to_owned(), "--people".to_owned(), "20".to_owned()]);
    let server = Server::start(args.iter().map(String::as_str), &[]);
    let said: Json = serde_json::from_str(&server.first).unwrap();
    busy(&server);
    assert_eq!(server.stop(), Some(0));
    said
}

/// Looks that leave rows in the log: a demo is filled under few.
pub fn busy(server: &Server) {
    let token = server.sign_in("zhang.wei", kedun_core::demo::PASSWORD);
    for _ in 0..30 {
        assert_eq!(server.get(&token, "/api/v1/people?limit=1").0, 200);
    }
}

/// The same on PostgreSQL, in a schema of its own; answers where its data lie.
pub fn demo_on_postgres(folder: &Path, url: &str) -> kedun_vault::Source {
    let schema = format!("t{}", kedun_vault::new_id().replace('-', ""));
    let mut args = demo_args(folder);
    let small = ["--customers", "10", "--people", "20", "--postgres", url, "--schema", &schema];
    args.extend(small.map(str::to_owned));
    let server = Server::start(args.iter().map(String::as_str), &[]);
    busy(&server);
    assert_eq!(server.stop(), Some(0));
    kedun_vault::Source::Postgres { url: url.to_owned(), schema }
}

pub fn demo_args(folder: &Path) -> Vec<String> {
    let folder = folder.display().to_string();
    ["demo", "--json", "--port", "0", "--data", &folder].map(str::to_owned).to_vec()
}

/// Settings beside a demo's data and key, so that `kedun serve` opens it.
pub fn settings_for(folder: &Path, more: &str) -> String {
    let file = folder.join("kedun.toml");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n{more}\n[data]\nfolder = \".\"\n[key]\npath = \"kedun.key\"\n"
    );
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}
