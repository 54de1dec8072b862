//! The real service over the demo company, on SQLite and, where `KEDUN_TEST_PG` names a server, on PostgreSQL.
//!
//! Opening a company takes a second, so all tests of one binary share one per database. They run on one runtime,
//! because a pool of connections belongs to the runtime that opened it.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "every test file uses its part; a test that fails says so by panicking"
)]

pub mod client;
pub mod contract;
pub mod heard;
#[path = "../../../../vault/tests/common/postgres.rs"]
mod postgres;

use client::Client;
use kedun_core::demo::{self, PASSWORD};
use kedun_server::App;
use kedun_vault::keys::{Kek, Key32};
use kedun_vault::{Clock, Options, Source, Vault};
use postgres::postgres;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};
use tokio::runtime::Runtime;

/// One company and its service.
pub struct House {
    pub app: App,
    pub vault: Vault,
    pub clock: Clock,
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    clients: Mutex<HashMap<String, Client>>,
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Runs a test on every database, each with a company of its own: for tests that change what others rely on.
pub fn in_a_house_of_its_own<F: Future<Output = ()>>(test: impl Fn(&'static House) -> F) {
    heard::listen();
    RUNTIME.block_on(async {
        for engine in engines() {
            // Leaked on purpose: a house lives until the process ends, as a service does.
            let house: &'static House = Box::leak(Box::new(open(engine).await));
            test(house).await;
        }
    });
}

/// Runs a test on every database, in the company that the tests of this binary share.
pub fn in_every_house<F: Future<Output = ()>>(test: impl Fn(&'static House) -> F) {
    static HOUSES: LazyLock<Vec<House>> = LazyLock::new(|| {
        heard::listen();
        std::thread::spawn(|| {
            RUNTIME.block_on(async {
                let mut houses = Vec::new();
                for engine in engines() {
                    houses.push(open(engine).await);
                }
                houses
            })
        })
        .join()
        .unwrap()
    });
    let houses: &'static Vec<House> = &HOUSES;
    RUNTIME.block_on(async {
        for house in houses {
            test(house).await;
        }
    });
}

fn engines() -> Vec<&'static str> {
    if postgres().is_some() { vec!["sqlite", "postgres"] } else { vec!["sqlite"] }
}

/// A folder for one house. Houses outlive their tests, so whoever comes next takes away those of processes that ended.
fn folder() -> PathBuf {
    let all = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("houses");
    let of_the_living = |name: &str| Path::new("/proc").join(name).exists();
    for entry in std::fs::read_dir(&all).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(|process| !of_the_living(process)) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let folder = all.join(std::process::id().to_string()).join(uuid::Uuid::now_v7().simple().to_string());
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn open(engine: &'static str) -> House {
    let source = match engine {
        "sqlite" => Source::Sqlite { folder: folder() },
        _ => Source::Postgres {
            url: postgres().unwrap(),
            schema: format!("t{}", uuid::Uuid::now_v7().simple()),
        },
    };
    let clock = Clock::default();
    let kek = Kek::from_key(Key32::from_bytes([7; 32]));
    let options = Options { cheap_passwords: true, ..Options::new(source) };
    let vault = Vault::open(options, &kek, clock.clone()).await.unwrap();
    let now = vault.clock().now();
    demo::fill(&vault, demo::Settings { seed: 1, customers: 60, people: 20, now }, |_| {}).await.unwrap();
    let app = App::sealed(false, false);
    app.unseal(vault.clone());
    let house = House { app, vault, clock, engine, clients: Mutex::default() };
    house.open_account_without_roles().await;
    house
}

/// Whoever is in the directory and holds no role.
pub const STRANGER: &str = "mo.sheng";

impl House {
    async fn open_account_without_roles(&self) {
        let admin = self.as_("zheng.kai").await;
        let department = admin.get("/api/v1/departments").await.json()["departments"][0]["id"].clone();
        let body =
            json!({ "login": STRANGER, "name": "莫生", "department": department, "password": PASSWORD });
        admin.post("/api/v1/people", body).await.expect(201);
    }

    /// Somebody without a session.
    pub fn nobody(&self) -> Client {
        Client::new(&self.app)
    }

    /// A person of the demo company, signed in once and kept.
    pub async fn as_(&self, login: &str) -> Client {
        let known = self.clients.lock().unwrap().get(login).cloned();
        match known {
            Some(client) => client,
            None => {
                let client = self.anew(login).await;
                self.clients.lock().unwrap().insert(login.to_owned(), client.clone());
                client
            }
        }
    }

    /// The same person on another device.
    pub async fn anew(&self, login: &str) -> Client {
        let body = json!({ "login": login, "password": PASSWORD, "device": { "name": "test" } });
        let mut reply = self.nobody().post("/api/v1/sessions", body.clone()).await;
        // Hashing is bounded: when many sign in at once, some are asked to wait a moment.
        while reply.status == 429 && reply.json()["code"] == "slow_down" {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            reply = self.nobody().post("/api/v1/sessions", body.clone()).await;
        }
        let reply = reply.expect(201);
        self.nobody().with_token(reply.json()["token"].as_str().unwrap())
    }

    /// How many rows the log has, those that were not placed yet included.
    pub async fn log_rows(&self) -> u64 {
        let head = self.vault.checkpoint().await.unwrap();
        head.lines().nth(1).and_then(|n| n.parse().ok()).unwrap_or_else(|| panic!("{head}"))
    }

    /// Who a login is.
    pub async fn id_of(&self, login: &str) -> String {
        let me = self.as_(login).await.get("/api/v1/me").await.json();
        me["person"]["id"].as_str().unwrap().to_owned()
    }
}

/// The intake that a form sends: told, agreed, in person.
pub fn intake(house: &House, sensitive: bool) -> Json {
    let version = house.vault.catalog().notices["sales_contact"].version;
    json!({
        "notice": { "id": "sales_contact", "version": version }, "purpose": "sales_contact", "basis": "consent",
        "channel": "in_person",
        "consents": [{ "kind": "collect", "given": true }, { "kind": "sensitive", "given": sensitive }]
    })
}

/// A phone that nobody has yet, in a segment that no operator has.
pub fn a_phone() -> String {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let n = NEXT.fetch_add(7, std::sync::atomic::Ordering::Relaxed);
    format!("138{:08}", 61_000_000 + n)
}

/// A new customer of that person, with a phone and its consent.
pub async fn customer_of(house: &House, client: &Client) -> Json {
    let phone = a_phone();
    let body = json!({
        "fields": { "name": format!("测试口腔门诊部 {}", &phone[5..]), "phone": phone, "level": "B" },
        "intake": intake(house, false),
    });
    client.post("/api/v1/objects/customer/records", body).await.expect(201).json()
}

/// The id of a reply's record.
pub fn id(record: &Json) -> String {
    record["id"].as_str().unwrap_or_else(|| panic!("no id in {record}")).to_owned()
}
