//! Opening the two databases: the data and, apart from it, the keyring.

use crate::book::{BOOK_FILE, Book};
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

pub(crate) mod reading;

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
    /// Opens a house that must be there already, with as few connections as can be, to be tampered with.
    #[cfg(feature = "tampering")]
    pub(crate) async fn find(source: &Source, kek: &Kek) -> Result<Store> {
        match source {
            Source::Sqlite { folder } => {
                files_are_there(folder)?;
                let (data, keyring) = (folder.join(DATA_FILE), folder.join(KEYRING_FILE));
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
                private_place(folder)?;
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

impl Source {
    /// Refuses where there is no house, or only a part of one. Whoever does not mean to make a house asks this first:
    /// a new keyring beside old data would look well and could sign and open nothing.
    ///
    /// # Errors
    /// [`VaultError::Absent`], which says what is missing and what to do; an unreachable database.
    pub async fn must_hold_a_house(&self) -> Result<()> {
        match self {
            Source::Sqlite { folder } => files_are_there(folder),
            Source::Postgres { url, schema } => {
                let keyring = format!("{schema}_keyring");
                let (has_data, has_keyring) =
                    (holds_tables(url, schema).await?, holds_tables(url, &keyring).await?);
                let back =
                    "restore both with kedun restore, or put the missing one back from its newest copy";
                match (has_data, has_keyring) {
                    (true, true) => Ok(()),
                    (false, false) => Err(VaultError::Absent(format!(
                        "there is no house in this PostgreSQL database: it has neither schema {schema} nor {keyring}; \
                         kedun init makes a house, kedun restore puts one back"
                    ))),
                    (false, true) => Err(VaultError::Absent(format!(
                        "schema {schema} with the data is missing beside its keyring {keyring}; {back}"
                    ))),
                    (true, false) => Err(VaultError::Absent(format!(
                        "schema {keyring}, the keyring, is missing beside the data in {schema}; without it nothing \
                         that is sealed can be read and the log cannot be signed; {back}"
                    ))),
                }
            }
        }
    }

    /// The keyring of PostgreSQL alone, as it is, before there is a house around it.
    pub(crate) fn keyring_alone(&self) -> Result<Db> {
        match self {
            Source::Postgres { url, schema } => pools(url, &format!("{schema}_keyring"), 1),
            Source::Sqlite { .. } => Err(VaultError::Setup("this is not a PostgreSQL house".to_owned())),
        }
    }

    /// Refuses where there is a house already, or a part of one.
    ///
    /// # Errors
    /// [`VaultError::Setup`], which says what is there; an unreachable database.
    pub async fn must_be_free(&self) -> Result<()> {
        let taken = match self {
            Source::Sqlite { folder } => [DATA_FILE, KEYRING_FILE]
                .into_iter()
                .map(|name| folder.join(name))
                .find(|path| path.exists())
                .map(|path| path.display().to_string()),
            Source::Postgres { url, schema } => {
                let keyring = format!("{schema}_keyring");
                let mut taken = None;
                for name in [schema, &keyring] {
                    if holds_tables(url, name).await? {
                        taken = Some(format!("the PostgreSQL schema {name}"));
                        break;
                    }
                }
                taken
            }
        };
        match taken {
            None => Ok(()),
            Some(what) => {
                Err(VaultError::Setup(format!("{what} holds a house already; nothing was changed")))
            }
        }
    }
}

/// Both files of a house, or what is missing of it.
fn files_are_there(folder: &Path) -> Result<()> {
    let (data, keyring) = (folder.join(DATA_FILE), folder.join(KEYRING_FILE));
    // An empty file is as good as none, and SQLite would fill it with a new database.
    let is_there = |path: &Path| std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() > 0);
    match (is_there(&data), is_there(&keyring)) {
        (true, true) => Ok(()),
        (false, false) => Err(VaultError::Absent(format!(
            "there is no house in {}: neither {DATA_FILE} nor {KEYRING_FILE} is there. Is its disk mounted, and is \
             this the right folder? kedun init makes a house, kedun restore puts one back",
            folder.display()
        ))),
        (false, true) => Err(VaultError::Absent(format!(
            "{} is missing beside its keyring; put it back, or restore the newest copy into an empty folder with \
             kedun restore",
            data.display()
        ))),
        (true, false) => Err(VaultError::Absent(format!(
            "{} is missing beside the data. Without it nothing that is sealed can be read and the log cannot be \
             signed: put the newest keyring back, or restore into an empty folder with kedun restore",
            keyring.display()
        ))),
    }
}

/// Whether a schema of PostgreSQL holds a database of ours.
async fn holds_tables(url: &str, schema: &str) -> Result<bool> {
    let sql = "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'migration'";
    is_found(url, schema, sql).await
}

/// Whether there is a schema of this name, with or without anything in it.
pub(crate) async fn has_schema(url: &str, schema: &str) -> Result<bool> {
    is_found(url, schema, "SELECT COUNT(*) FROM pg_catalog.pg_namespace WHERE nspname = $1").await
}

/// Asked over a connection of its own, which is closed again.
async fn is_found(url: &str, schema: &str, sql: &str) -> Result<bool> {
    let db = pools(url, schema, 1)?;
    let found = db.optional("look for a house", sql, &[schema.into()]).await;
    db.close().await;
    match found {
        Ok(Some(row)) => Ok(row.int(0)? > 0),
        Ok(None) => Ok(false),
        Err(VaultError::Sql { source, .. }) => Err(unreachable(source)),
        Err(other) => Err(other),
    }
}

/// Makes the folder of a house and its files, where they are not there yet, so that only their owner may read them. The
/// side files of SQLite get the mode of the file they belong to.
fn private_place(folder: &Path) -> Result<()> {
    let failed =
        |path: &Path, e: std::io::Error| VaultError::Setup(format!("cannot create {}: {e}", path.display()));
    let mut folders = std::fs::DirBuilder::new();
    folders.recursive(true);
    let mut files = std::fs::OpenOptions::new();
    files.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        files.mode(0o600);
    }
    folders.create(folder).map_err(|e| failed(folder, e))?;
    for name in [DATA_FILE, KEYRING_FILE, BOOK_FILE] {
        let path = folder.join(name);
        match files.open(&path) {
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(failed(&path, e)),
        }
    }
    Ok(())
}

/// Removes what was made of a house a moment ago. Only [`crate::NewHouse`] does, which saw that the place was free.
pub(crate) async fn unmake(source: &Source) {
    match source {
        Source::Sqlite { folder } => {
            for name in [DATA_FILE, KEYRING_FILE, BOOK_FILE] {
                for ending in ["", "-wal", "-shm", "-journal"] {
                    let _ = std::fs::remove_file(folder.join(format!("{name}{ending}")));
                }
            }
            // Goes only when nothing of anybody else's is in it.
            let _ = std::fs::remove_dir(folder);
        }
        Source::Postgres { url, schema } => {
            for name in [schema.clone(), format!("{schema}_keyring")] {
                let dropped = async {
                    let Db::Postgres { write, .. } = pools(url, &name, 1)? else { return Ok(()) };
                    let mut lent = write.take().await.map_err(unreachable)?;
                    let sql = sqlx::AssertSqlSafe(format!("DROP SCHEMA IF EXISTS {name} CASCADE"));
                    let outcome = sqlx::query(sql).execute(lent.connection()).await;
                    lent.heard(outcome).map(drop).map_err(unreachable)
                };
                if let Err(error) = dropped.await {
                    tracing::error!(schema = name, %error, "an unfinished house stays; drop its schema by hand");
                }
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

/// What did not open. The key is in no error text.
fn shut(path: &Path) -> impl Fn(sqlx::Error) -> VaultError {
    move |e| VaultError::Setup(format!("cannot open {}: {e}", path.display()))
}

async fn sqlite(path: &Path, key: &crate::keys::Key32, readers: u32, cache_kib: u32) -> Result<Db> {
    let wrong = shut(path);
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
    prepare().await.map_err(&wrong)?;
    // What is said to the file itself is said by the writer alone: `auto_vacuum` takes the write lock, and a reader that
    // joins in the middle of a change would wait for it, while the change waits for the reader.
    let writer = options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .pragma("wal_autocheckpoint", wal::VERY_LONG)
        .connect()
        .await
        .map_err(&wrong)?;
    let folding = options.clone().pragma("cache_size", "-64");
    let reading = options.pragma("query_only", "ON").pragma("cache_size", format!("-{cache_kib}"));
    let read = Connections::new(reading, readers, Life::Pool);
    // A first one at once: what is wrong with it is better known now than at the first request.
    read.take().await.map_err(&wrong)?;
    let wal = Arc::new(Wal::new(folding.connect().await.map_err(wrong)?));
    tokio::spawn(wal::keep_folding(Arc::downgrade(&wal)));
    Ok(Db::Sqlite { read, lane: Some(Arc::new(Lane::new(writer, wal))) })
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
    pools_with(url, schema, connections, &[])
}

/// As [`pools`], with settings of the sessions.
fn pools_with(url: &str, schema: &str, connections: u32, settings: &[(&str, &str)]) -> Result<Db> {
    if !schema.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') || schema.is_empty()
    {
        return Err(VaultError::Setup("the schema's name may hold a–z, 0–9 and _ only".to_owned()));
    }
    let options = PgConnectOptions::from_str(url)
        .map_err(unreachable)?
        .options([("search_path", schema)])
        .options(settings.iter().copied())
        .application_name("kedun")
        .statement_cache_capacity(200)
        .disable_statement_logging();
    Ok(Db::Postgres {
        read: Connections::new(options.clone(), connections, Life::Need),
        write: Connections::new(options, connections, Life::Need),
    })
}
