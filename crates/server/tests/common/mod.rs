//! A house with the demo company in it: in this process behind its router, on SQLite and, where `KEDUN_TEST_PG` names a
//! server, on PostgreSQL; or behind the real binary.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "every test file uses its part"
)]

pub mod binary;
#[path = "../../../vault/tests/common/postgres.rs"]
mod postgres;
pub mod totp;

pub use postgres::postgres;

use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt as _;
use kedun_core::demo::{self, PASSWORD};
use kedun_server::App;
use kedun_vault::keys::{Kek, Key32};
use kedun_vault::{Clock, Options, Source, Vault};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

pub struct House {
    pub app: App,
    pub vault: Vault,
    pub source: Source,
    pub clock: Clock,
    pub folder: tempfile::TempDir,
}

/// The root key of these houses, as its file holds it, for the real binary beside them.
pub const KEY_TEXT: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0fa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";

pub fn kek() -> Kek {
    let mut key = [0x0f; 32];
    key[16..].fill(0xa1);
    Kek::from_key(Key32::from_bytes(key))
}

pub fn options(source: Source) -> Options {
    Options { cheap_passwords: true, ..Options::new(source) }
}

pub async fn houses() -> Vec<House> {
    let mut houses = vec![house(None).await];
    if let Some(url) = postgres() {
        houses.push(house(Some(url)).await);
    }
    houses
}

pub async fn house(postgres: Option<String>) -> House {
    let folder = tempfile::tempdir().unwrap();
    let source = match postgres {
        None => Source::Sqlite { folder: folder.path().join("data") },
        Some(url) => Source::Postgres { url, schema: format!("t{}", kedun_vault::new_id().replace('-', "")) },
    };
    let clock = Clock::default();
    let vault = Vault::open(options(source.clone()), &kek(), clock.clone()).await.unwrap();
    let now = vault.clock().now();
    demo::fill(&vault, demo::Settings { seed: 1, customers: 40, people: 20, now }, |_| {}).await.unwrap();
    let app = App::sealed(false, true);
    app.unseal(vault.clone());
    House { app, vault, source, clock, folder }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// The body; plain text is a string.
    pub body: Json,
}

impl Reply {
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {self:?}")).to_owned()
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

impl House {
    /// Signs in over the API; answers the token.
    pub async fn token(&self, login: &str) -> String {
        let body = json!({ "login": login, "password": PASSWORD });
        let reply = self.call("", "POST", "/api/v1/sessions", Some(body)).await.expect(201);
        reply.body["token"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, token: &str, path: &str) -> Reply {
        self.call(token, "GET", path, None).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Json) -> Reply {
        self.call(token, "POST", path, Some(body)).await
    }

    pub async fn call(&self, token: &str, method: &str, path: &str, body: Option<Json>) -> Reply {
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        let response = self.app.router().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status, body: serde_json::from_str(&text).unwrap_or(Json::String(text)) }
    }

    /// The id of a person by their login.
    pub async fn id_of(&self, login: &str) -> String {
        let token = self.token(login).await;
        self.get(&token, "/api/v1/me").await.expect(200).body["person"]["id"].as_str().unwrap().to_owned()
    }

    /// The caller's own records of an object.
    pub async fn own(&self, token: &str, object: &str) -> Vec<Json> {
        let body = json!({ "filter": { "field": "owner", "op": "me" }, "limit": 200 });
        let reply = self.post(token, &format!("/api/v1/objects/{object}/query"), body).await.expect(200);
        reply.body["records"].as_array().unwrap().clone()
    }
}

/// Checks a certificate with the public key of the log and answers its body.
pub fn certificate(text: &str, key: &str) -> Json {
    let note = kedun_ledger::note::Note::parse(text).unwrap();
    note.verify(&[key.parse().unwrap()]).unwrap();
    serde_json::from_str(note.text().split_once('\n').unwrap().1).unwrap()
}
