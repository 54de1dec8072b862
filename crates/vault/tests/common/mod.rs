//! A small house with the shipped definitions, on SQLite and, where `KEDUN_TEST_PG` names a server, on PostgreSQL;
//! and a way to its tables that only tests have.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    reason = "every test file uses its part"
)]

mod postgres;

pub use postgres::postgres;

use kedun_model::{DepartmentId, PersonId, Problem, RecordId, RoleName};
use kedun_vault::keys::{Kek, Key32};
use kedun_vault::{
    Act, Clock, Credentials, DATA_FILE, KEYRING_FILE, NewPerson, NewRecord, Options, Scope, SecondFactor,
    Source, Task, Vault, VaultError,
};
use serde_json::{Map, Value as Json, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection, SqliteConnection};
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr as _;

pub const PASSWORD: &str = "Correct-Horse-2026";

/// Login, department, role.
pub const PEOPLE: &[(&str, &str, &str)] = &[
    ("rep", "east", "rep"),
    ("colleague", "east", "rep"),
    ("other", "west", "rep"),
    ("intern", "east", "intern"),
    ("manager", "east", "manager"),
    ("chief", "top", "manager"),
    ("system", "top", "system_admin"),
    ("security", "top", "security_admin"),
    ("audit", "top", "audit_admin"),
];

pub struct House {
    pub vault: Vault,
    pub source: Source,
    pub folder: tempfile::TempDir,
    pub people: BTreeMap<&'static str, PersonId>,
    pub departments: BTreeMap<&'static str, DepartmentId>,
}

pub fn kek() -> Kek {
    Kek::from_key(Key32::from_bytes([7; 32]))
}

pub fn options(source: Source) -> Options {
    Options { cheap_passwords: true, second_factor: Some(SecondFactor::Optional), ..Options::new(source) }
}

/// Every source that is there to test on.
pub fn sources(folder: &Path) -> Vec<Source> {
    let mut sources = vec![Source::Sqlite { folder: folder.join("data") }];
    if let Some(url) = postgres() {
        sources.push(Source::Postgres { url, schema: format!("t{}", uuid::Uuid::now_v7().simple()) });
    }
    sources
}

pub async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    let count = sources(Path::new("")).len();
    for i in 0..count {
        let folder = tempfile::tempdir().unwrap();
        let source = sources(folder.path()).remove(i);
        houses.push(house(folder, source).await);
    }
    houses
}

pub async fn house(folder: tempfile::TempDir, source: Source) -> House {
    let vault = Vault::open(options(source.clone()), &kek(), Clock::default()).await.unwrap();
    publish_packages(&vault).await;
    let mut tx = vault.system(Task::Bootstrap).begin().await.unwrap();
    let mut departments = BTreeMap::new();
    let top = tx.add_department("总部", None, 0).await.unwrap();
    for (i, name) in ["east", "west"].into_iter().enumerate() {
        departments.insert(name, tx.add_department(name, Some(&top), i as i64 + 1).await.unwrap());
    }
    departments.insert("top", top);
    let mut people = BTreeMap::new();
    for (login, department, role) in PEOPLE {
        let id = tx
            .add_person(NewPerson {
                login: (*login).to_owned(),
                name: (*login).to_owned(),
                staff_no: String::new(),
                department: departments.get(department).cloned(),
                password: PASSWORD.to_owned(),
                roles: vec![RoleName::from(*role)],
                language: String::new(),
            })
            .await
            .unwrap();
        people.insert(*login, id);
    }
    tx.commit(Act::new("init", "person")).await.unwrap();
    House { vault, source, folder, people, departments }
}

/// Publishes the definitions that ship with the product, read from their folder.
async fn publish_packages(vault: &Vault) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages");
    let mut tx = vault.system(Task::Bootstrap).begin().await.unwrap();
    for kind in ["objects", "roles", "notices"] {
        for package in ["crm", "compliance"] {
            let Ok(files) = std::fs::read_dir(root.join(package).join(kind)) else { continue };
            let mut bodies: Vec<Json> = files
                .map(|f| serde_json::from_slice(&std::fs::read(f.unwrap().path()).unwrap()).unwrap())
                .collect();
            // What a record is converted into is there before it.
            bodies.sort_by_key(|b| (b.get("conversion").is_some(), b["name"].to_string()));
            for body in bodies {
                let name = body["name"].as_str().or(body["purpose"].as_str()).unwrap().to_owned();
                tx.publish(kind.trim_end_matches('s'), &name, &body, None).await.unwrap();
            }
        }
    }
    tx.commit(Act::new("package.load", "definition")).await.unwrap();
}

pub async fn token(vault: &Vault, login: &str) -> String {
    let credentials = Credentials {
        login: login.to_owned(),
        password: PASSWORD.to_owned(),
        totp: None,
        device: "test".to_owned(),
        device_id: None,
    };
    vault.sign_in(credentials).await.unwrap().token
}

impl House {
    pub async fn as_(&self, login: &str) -> Scope {
        self.vault.authenticate(&token(&self.vault, login).await).await.unwrap()
    }

    /// A second process over the same database.
    pub async fn beside(&self) -> Vault {
        Vault::open(options(self.source.clone()), &kek(), Clock::default()).await.unwrap()
    }

    /// A customer of the caller.
    pub async fn customer(&self, scope: &Scope, name: &str, more: Json) -> RecordId {
        let mut fields = object(more);
        fields.insert("name".to_owned(), json!(name));
        create(scope, "customer", fields).await.unwrap()
    }

    pub async fn raw(&self) -> Raw {
        Raw::open(&self.source).await
    }
}

pub async fn create(scope: &Scope, object: &str, fields: Map<String, Json>) -> Result<RecordId, VaultError> {
    let mut tx = scope.begin().await?;
    let id = tx.create(object, NewRecord { fields, ..NewRecord::default() }).await?;
    tx.commit(Act::new("record.create", object).on(&id, None)).await?;
    Ok(id)
}

pub fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
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

/// A connection to the tables behind the vault's back.
pub enum Raw {
    Sqlite(Box<SqliteConnection>),
    Postgres(PgConnection),
}

/// Opens one of the two SQLite files with its key.
pub async fn sqlite(file: &Path, which: &str) -> SqliteConnection {
    let key = kek().derive(&format!("sqlcipher/{which}"));
    SqliteConnectOptions::new()
        .filename(file)
        .pragma("key", format!("\"x'{}'\"", hex::encode(key.expose())))
        .connect()
        .await
        .unwrap()
}

impl Raw {
    pub async fn open(source: &Source) -> Raw {
        match source {
            Source::Sqlite { folder } => Raw::Sqlite(Box::new(sqlite(&folder.join(DATA_FILE), "data").await)),
            Source::Postgres { url, schema } => Raw::Postgres(
                PgConnectOptions::from_str(url)
                    .unwrap()
                    .options([("search_path", schema)])
                    .connect()
                    .await
                    .unwrap(),
            ),
        }
    }

    pub async fn keyring(source: &Source) -> Raw {
        match source {
            Source::Sqlite { folder } => {
                Raw::Sqlite(Box::new(sqlite(&folder.join(KEYRING_FILE), "keyring").await))
            }
            Source::Postgres { url, schema } => {
                let source = Source::Postgres { url: url.clone(), schema: format!("{schema}_keyring") };
                Box::pin(Raw::open(&source)).await
            }
        }
    }

    pub async fn run(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Raw::Sqlite(connection) => connection.execute(sql).await.map(drop).unwrap(),
            Raw::Postgres(connection) => connection.execute(sql).await.map(drop).unwrap(),
        }
    }

    pub async fn count(&mut self, sql: &str) -> i64 {
        match self {
            Raw::Sqlite(connection) => {
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut **connection).await.unwrap()
            }
            Raw::Postgres(connection) => {
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(connection).await.unwrap()
            }
        }
    }

    pub async fn texts(&mut self, sql: &str) -> Vec<String> {
        match self {
            Raw::Sqlite(connection) => {
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut **connection).await.unwrap()
            }
            Raw::Postgres(connection) => {
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(connection).await.unwrap()
            }
        }
    }
}
