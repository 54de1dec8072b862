//! A demo company behind a listening socket, and clients that speak HTTP/1.1 to it.

use kedun_core::demo::{self, PASSWORD};
use kedun_server::App;
use kedun_server::settings::{LimitSettings, PushSettings};
use kedun_vault::keys::{Kek, Key32};
use kedun_vault::{Clock, Options, Source, Vault};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[path = "../../../vault/tests/common/postgres.rs"]
mod postgres;

use postgres::postgres;

pub struct House {
    pub vault: Vault,
    pub clock: Clock,
    pub address: SocketAddr,
    _folder: tempfile::TempDir,
}

/// On both engines, where there are two.
pub async fn houses(limits: Option<LimitSettings>) -> Vec<House> {
    on_both(limits, None).await
}

/// That knock at browsers.
pub async fn houses_that_knock(push: &PushSettings) -> Vec<House> {
    on_both(None, Some(push)).await
}

async fn on_both(limits: Option<LimitSettings>, push: Option<&PushSettings>) -> Vec<House> {
    let mut houses = vec![house(None, limits, push).await];
    if let Some(url) = postgres() {
        houses.push(house(Some(url), limits, push).await);
    }
    houses
}

async fn house(url: Option<String>, limits: Option<LimitSettings>, push: Option<&PushSettings>) -> House {
    let folder = tempfile::tempdir().unwrap();
    let source = match url {
        None => Source::Sqlite { folder: folder.path().join("data") },
        Some(url) => Source::Postgres { url, schema: format!("t{}", uuid::Uuid::now_v7().simple()) },
    };
    let clock = Clock::default();
    let options = Options { cheap_passwords: true, ..Options::new(source) };
    let vault =
        Vault::open(options, &Kek::from_key(Key32::from_bytes([7; 32])), clock.clone()).await.unwrap();
    let now = clock.now();
    demo::fill(&vault, demo::Settings { seed: 1, customers: 60, people: 20, now }, |_| {}).await.unwrap();
    let app = App::sealed(false, false);
    if let Some(limits) = limits {
        app.limit(limits);
    }
    if let Some(push) = push {
        app.knock(push).unwrap();
    }
    app.unseal(vault.clone());
    app.work();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(service));
    House { vault, clock, address, _folder: folder }
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    headers: Vec<(String, String)>,
    pub person: String,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Json,
}

impl House {
    /// Nobody in particular.
    pub fn nobody(&self) -> Client {
        Client { address: self.address, headers: Vec::new(), person: String::new() }
    }

    /// Somebody with a session.
    pub async fn sign_in(&self, login: &str) -> Client {
        self.signed_in(login, self.nobody()).await
    }

    /// Somebody with a session, on a device that was here before.
    pub async fn sign_in_on(&self, login: &str, device: &str) -> Client {
        self.signed_in(login, self.nobody().with("cookie", &format!("kedun-device={device}"))).await
    }

    async fn signed_in(&self, login: &str, stranger: Client) -> Client {
        let credentials = json!({ "login": login, "password": PASSWORD });
        let signed_in = stranger.post("/api/v1/sessions", credentials).await.expect(201);
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let token = text(&signed_in["token"]);
        let person = text(&signed_in["person"]["id"]);
        Client { person, ..self.nobody().with("authorization", &format!("Bearer {token}")) }
    }
}

impl Client {
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Client {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Json) -> Reply {
        self.call("POST", path, Some(body)).await
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Json>) -> Reply {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let mut socket = self.ask(method, path, body.len()).await;
        socket.write_all(body.as_bytes()).await.unwrap();
        reply(socket).await
    }

    /// Announces a body of so many bytes and does not send it.
    pub async fn stall(&self, method: &str, path: &str, bytes: usize) -> Reply {
        reply(self.ask(method, path, bytes).await).await
    }

    async fn ask(&self, method: &str, path: &str, bytes: usize) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: kedun\r\nconnection: close\r\n");
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if bytes > 0 {
            head += &format!("content-type: application/json\r\ncontent-length: {bytes}\r\n");
        }
        socket.write_all((head + "\r\n").as_bytes()).await.unwrap();
        socket
    }

    /// Opens the stream of events.
    pub async fn listen(&self) -> Stream {
        self.try_to_listen().await.unwrap_or_else(|refused| panic!("{refused}"))
    }

    /// The same, or what the service says instead.
    pub async fn try_to_listen(&self) -> Result<Stream, String> {
        let socket = self.ask("GET", "/api/v1/events", 0).await;
        let mut stream = Stream { socket, heard: String::new(), ended: false };
        assert!(stream.until("\r\n\r\n", Duration::from_secs(30)).await);
        if stream.heard.starts_with("HTTP/1.1 200") { Ok(stream) } else { Err(stream.heard) }
    }
}

/// An open stream of events.
pub struct Stream {
    socket: TcpStream,
    pub heard: String,
    pub ended: bool,
}

impl Stream {
    /// Reads until the text was heard, the service ends the stream, or for so long. Answers whether it was heard.
    pub async fn until(&mut self, text: &str, longest: Duration) -> bool {
        self.times(text, 1, longest).await
    }

    /// The same for a text that is to be heard several times.
    pub async fn times(&mut self, text: &str, times: usize, longest: Duration) -> bool {
        let _ = tokio::time::timeout(longest, async {
            let mut bytes = [0; 16_384];
            while !self.ended && self.heard.matches(text).count() < times {
                match self.socket.read(&mut bytes).await {
                    Ok(read) if read > 0 => self.heard += &String::from_utf8_lossy(&bytes[..read]),
                    _ => self.ended = true,
                }
            }
        })
        .await;
        self.heard.matches(text).count() >= times
    }

    /// Reads until the service ends the stream, or for so long. Answers whether it did.
    pub async fn ends(&mut self, longest: Duration) -> bool {
        self.until("\u{0}", longest).await;
        self.ended
    }

    /// How many events of a name were heard.
    pub fn count(&self, event: &str) -> usize {
        self.heard.matches(&format!("event: {event}\n")).count()
    }
}

impl Reply {
    /// The body, if it is that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Json {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Fails unless it is that refusal.
    #[track_caller]
    pub fn refuses(self, status: u16, code: &str) -> Reply {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        self
    }

    /// Seconds to wait, which a refusal for haste names.
    pub fn retry_after(&self) -> Option<u64> {
        self.headers.get("retry-after").map(|seconds| seconds.parse().unwrap())
    }
}

async fn reply(mut socket: TcpStream) -> Reply {
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut body = bytes[end + 4..].to_vec();
    if headers.get("transfer-encoding").is_some_and(|v| v == "chunked") {
        body = unchunked(&body);
    }
    Reply { status, headers, body: serde_json::from_slice(&body).unwrap_or(Json::Null) }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        whole.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        if size == 0 {
            break;
        }
        bytes = &bytes[end + 2 + size + 2..];
    }
    whole
}
