//! A house with the demo company in it, on SQLite and, where `KEDUN_TEST_PG` names a server, on PostgreSQL.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test file uses its part")]

#[path = "../../../vault/tests/common/postgres.rs"]
mod postgres;

pub use postgres::postgres;

use kedun_core::demo::{self, PASSWORD};
use kedun_model::filter::Filter;
use kedun_model::{PersonId, Problem, RecordId};
use kedun_vault::keys::{Kek, Key32};
use kedun_vault::{
    Clock, Credentials, Options, Query, Scope, SecondFactor, SignedIn, Source, Vault, VaultError,
};
use serde_json::{Map, Value as Json};

pub struct House {
    pub vault: Vault,
    pub source: Source,
    pub clock: Clock,
    pub folder: tempfile::TempDir,
}

pub fn kek() -> Kek {
    Kek::from_key(Key32::from_bytes([7; 32]))
}

pub fn options(source: Source) -> Options {
    Options { cheap_passwords: true, second_factor: Some(SecondFactor::Optional), ..Options::new(source) }
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
        Some(url) => Source::Postgres { url, schema: format!("t{}", uuid::Uuid::now_v7().simple()) },
    };
    let clock = Clock::default();
    let vault = Vault::open(options(source.clone()), &kek(), clock.clone()).await.unwrap();
    let now = vault.clock().now();
    demo::fill(&vault, demo::Settings { seed: 1, customers: 60, people: 20, now }, |_| {}).await.unwrap();
    House { vault, source, clock, folder }
}

impl House {
    pub async fn sign_in(&self, login: &str) -> Result<SignedIn, VaultError> {
        self.vault
            .sign_in(Credentials {
                login: login.to_owned(),
                password: PASSWORD.to_owned(),
                totp: None,
                device: "test".to_owned(),
                device_id: None,
            })
            .await
    }

    pub async fn as_(&self, login: &str) -> Scope {
        let signed_in = self.sign_in(login).await.unwrap();
        self.vault.authenticate(&signed_in.token).await.unwrap()
    }

    pub async fn id_of(&self, login: &str) -> PersonId {
        self.as_(login).await.person().clone()
    }

    /// A customer of a person, the first of the list.
    pub async fn customers_of(&self, scope: &Scope) -> Vec<RecordId> {
        let filter = serde_json::json!({ "field": "owner", "op": "me" });
        let query = Query { filter: Some(Filter::parse(&filter).unwrap()), limit: 200, ..Query::default() };
        let page = scope.query("customer", &query).await.unwrap();
        page.records.iter().map(|r| RecordId::new(r.id())).collect()
    }

    /// Opens the same databases again, as a restart does.
    pub async fn again(&self) -> Vault {
        Vault::open(options(self.source.clone()), &kek(), self.clock.clone()).await.unwrap()
    }
}

/// What a person agreed to when they were asked for their data, without the sensitive.
pub fn agreed(vault: &Vault) -> kedun_core::intake::Intake {
    let version = vault.catalog().notices["sales_contact"].version;
    serde_json::from_value(serde_json::json!({
        "notice": { "id": "sales_contact", "version": version }, "purpose": "sales_contact", "basis": "consent",
        "channel": "in_person", "consents": [{ "kind": "collect", "given": true }]
    }))
    .unwrap()
}

pub fn fields(json: Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}

/// The stable code of a refusal.
pub fn code(error: &VaultError) -> String {
    match error {
        VaultError::Problem(Problem::Forbidden(code) | Problem::Conflict(code)) => (*code).to_owned(),
        VaultError::Problem(Problem::NotFound) => "not_found".to_owned(),
        VaultError::Problem(Problem::Invalid(errors)) => errors[0].code.clone(),
        other => format!("{other:?}"),
    }
}

/// Everything that PostgreSQL stores of a house, bytes unpacked; of SQLite the files as they lie on the disk.
pub async fn dump(house: &House) -> Vec<u8> {
    match &house.source {
        Source::Sqlite { folder } => {
            let mut bytes = Vec::new();
            for entry in std::fs::read_dir(folder).unwrap() {
                bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
            }
            bytes
        }
        Source::Postgres { url, schema } => {
            let dump = std::fs::read_dir("/usr/lib/postgresql")
                .into_iter()
                .flatten()
                .filter_map(|v| v.ok().map(|v| v.path().join("bin/pg_dump")))
                .find(|p| p.exists())
                .unwrap_or_else(|| "pg_dump".into());
            let out =
                std::process::Command::new(dump).args(["-n", &format!("{schema}*"), url]).output().unwrap();
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            let text = String::from_utf8(out.stdout).unwrap();
            let mut bytes = Vec::new();
            for word in text.split('\t').flat_map(|w| w.split('\n')) {
                match word.strip_prefix("\\\\x") {
                    Some(hex) => bytes.extend(
                        (0..hex.len() / 2)
                            .filter_map(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok()),
                    ),
                    None => bytes.extend(word.as_bytes()),
                }
                bytes.push(b'\n');
            }
            bytes
        }
    }
}
