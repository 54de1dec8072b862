//! Opening the two databases: the data and, apart from it, the keyring.

use crate::book::Book;
use crate::collation;
use crate::connections::{Connections, Life};
use crate::error::{Result, VaultError};
use crate::keys::{Kek, label};
use crate::lane::Lane;
use crate::sql::Db;
use crate::wal::{self, Wal};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Embedded SQLite in a folder: `kedun.db` and, apart, `keyring.db`.
    Sqlite {
        /// The data folder.
        folder: PathBuf,
    },
    /// PostgreSQL: the data in `schema`, the keyring in `<schema>_keyring`.
    Postgres {
        /// `postgres://user@host/database`.
        url: String,
        /// The schema of the data (`public` by default).
        schema: String,
    },
}

/// Name of the data file.
pub const DATA_FILE: &str = "kedun.db";
/// Name of the keyring file.
pub const KEYRING_FILE: &str = "keyring.db";

pub(crate) struct Store {
    pub(crate) data: Db,
    pub(crate) keyring: Db,
    /// Where rows of reads are entered first; none on PostgreSQL, or when another process has it.
    pub(crate) book: Option<Book>,
}

impl Store {
    /// Opens a house that must be there already, with as few connections as can be.
    pub(crate) async fn find(source: &Source, kek: &Kek) -> Result<Store> {
        match source {
            Source::Sqlite { folder } => {
                let (data, keyring) = (folder.join(DATA_FILE), folder.join(KEYRING_FILE));
                if let Some(absent) = [&data, &keyring].into_iter().find(|path| !path.is_file()) {
                    return Err(VaultError::Setup(format!("there is no {}", absent.display())));
                }
                let data = sqlite(&data, &kek.derive("sqlcipher/data"), 1, 2048).await?;
                let keyring = sqlite(&keyring, &kek.derive("sqlcipher/keyring"), 1, 2048).await?;
                Ok(Store { data, keyring, book: None })
            }
            Source::Postgres { url, schema } => {
                let data = pools(url, schema, 1)?;
                let keyring = pools(url, &format!("{schema}_keyring"), 1)?;
                Ok(Store { data, keyring, book: None })
            }
        }
    }

    pub(crate) async fn open(source: &Source, kek: &Kek, readers: u32, cache_kib: u32) -> Result<Store> {
        match source {
            Source::Sqlite { folder } => {
                std::fs::create_dir_all(folder)
                    .map_err(|e| VaultError::Setup(format!("cannot create {}: {e}", folder.display())))?;
                let data = sqlite(&folder.join(DATA_FILE), &kek.derive("sqlcipher/data"), readers, cache_kib)
                    .await?;
                let keyring = sqlite(
                    &folder.join(KEYRING_FILE),
                    &kek.derive("sqlcipher/keyring"),
                    readers.min(2),
                    2048,
                )
                .await?;
                let book = Book::open(folder, &kek.derive(label::SQLCIPHER_JOURNAL)).await?;
                Ok(Store { data, keyring, book })
            }
            Source::Postgres { url, schema } => {
                let data = postgres(url, schema, readers).await?;
                let keyring = postgres(url, &format!("{schema}_keyring"), readers.min(4)).await?;
                Ok(Store { data, keyring, book: None })
            }
        }
    }
}

/// SQLCipher sets itself up with the first connection of the process, and two first ones at once trip over each other.
static FIRST: OnceCell<()> = OnceCell::const_new();

/// Every commit empties the page caches of the other connections, so pages are checked again and again: with SHA-256,
/// for which processors have instructions, at a third of the cost of SQLCipher's usual SHA-512 (HMAC of each page; 256
/// bits are as many as the key has). Said once for the process, so that copies are written in the same way.
const PAGE_MAC: &str = "PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256";

/// Sets SQLCipher up, once in a process.
pub(crate) async fn prepare() -> Result<(), sqlx::Error> {
    FIRST.get_or_try_init(first).await.map(drop)
}

async fn first() -> Result<(), sqlx::Error> {
    // Sets OpenSSL up without its handler at exit: it would free tables under the threads of connections that are still
    // sealing their last pages, and a command that has done its work would end in a crash.
    openssl_sys::init();
    let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await?;
    sqlx::query(PAGE_MAC).execute(&mut connection).await?;
    connection.close().await
}

/// How SQLCipher takes a raw key: as a blob literal. It never sees a passphrase, so no second key stretching.
pub(crate) fn cipher_key(key: &crate::keys::Key32) -> String {
    format!("\"x'{}'\"", hex::encode(key.expose()))
}

async fn sqlite(path: &Path, key: &crate::keys::Key32, readers: u32, cache_kib: u32) -> Result<Db> {
    let wrong = |e: sqlx::Error| VaultError::Setup(format!("cannot open {}: {e}", path.display()));
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .pragma("key", cipher_key(key))
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", format!("-{}", 2 * cache_kib))
        .statement_cache_capacity(200);
    options = options.disable_statement_logging().collation(collation::NAME, collation::order()?);
    prepare().await.map_err(wrong)?;
    // What is said to the file itself is said by the writer alone: `auto_vacuum` takes the write lock, and a reader that
    // joins in the middle of a change would wait for it, while the change waits for the reader.
    let writer = options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .pragma("wal_autocheckpoint", wal::VERY_LONG)
        .connect()
        .await
        .map_err(wrong)?;
    let folding = options.clone().pragma("cache_size", "-64");
    let reading = options.pragma("query_only", "ON").pragma("cache_size", format!("-{cache_kib}"));
    let read = Connections::new(reading, readers, Life::Pool);
    // A first one at once: what is wrong with it is better known now than at the first request.
    read.take().await.map_err(wrong)?;
    let wal = Arc::new(Wal::new(folding.connect().await.map_err(wrong)?));
    tokio::spawn(wal::keep_folding(Arc::downgrade(&wal)));
    Ok(Db::Sqlite { read, lane: Arc::new(Lane::new(writer, wal)) })
}

// The address may hold a password, so it is in no error text.
fn unreachable(error: sqlx::Error) -> VaultError {
    VaultError::Setup(format!("cannot open the PostgreSQL database: {error}"))
}

async fn postgres(url: &str, schema: &str, connections: u32) -> Result<Db> {
    let db = pools(url, schema, connections)?;
    if let Db::Postgres { write, .. } = &db {
        let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {schema}"));
        let mut lent = write.take().await.map_err(unreachable)?;
        let outcome = sqlx::query(create).execute(lent.connection()).await;
        lent.heard(outcome).map_err(unreachable)?;
    }
    Ok(db)
}

/// The pools of one schema. Connections are made as they are needed, so that a house at rest does not hold twice as many.
fn pools(url: &str, schema: &str, connections: u32) -> Result<Db> {
    if !schema.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') || schema.is_empty()
    {
        return Err(VaultError::Setup("the schema's name may hold a–z, 0–9 and _ only".to_owned()));
    }
    let options = PgConnectOptions::from_str(url)
        .map_err(unreachable)?
        .options([("search_path", schema)])
        .application_name("kedun")
        .statement_cache_capacity(200)
        .disable_statement_logging();
    Ok(Db::Postgres {
        read: Connections::new(options.clone(), connections, Life::Need),
        write: Connections::new(options, connections, Life::Need),
    })
}
