//! Damaging a house on purpose: raw SQL under the vault's own key. Tests use it to show that damage is found, and to read
//! back every value that is stored anywhere. The feature is asked for by dev-dependencies alone.

use crate::connections::Lent;
use crate::error::{Result, VaultError};
use crate::keys::Kek;
use crate::sql::{Db, Row};
use crate::store::{Source, Store};
use sqlx::{Column as _, Executor as _, Row as _};

/// Runs statements against the data, one after another, in one transaction.
///
/// # Errors
/// What the database says.
pub async fn run(source: &Source, kek: &Kek, statements: &[&str]) -> Result<u64> {
    let store = Store::find(source, kek).await?;
    let changed = run_in(&store.data, statements).await;
    store.data.close().await;
    store.keyring.close().await;
    changed
}

/// As [`run`], against the keyring.
///
/// # Errors
/// What the database says.
pub async fn run_in_keyring(source: &Source, kek: &Kek, statements: &[&str]) -> Result<u64> {
    let store = Store::find(source, kek).await?;
    let changed = run_in(&store.keyring, statements).await;
    store.data.close().await;
    store.keyring.close().await;
    changed
}

async fn run_in(db: &Db, statements: &[&str]) -> Result<u64> {
    let mut tx = db.begin().await?;
    let mut changed = 0;
    for statement in statements {
        changed += tx.run("tamper", statement, &[]).await?;
    }
    tx.commit().await?;
    Ok(changed)
}

/// Every value of every table of both databases, as `table.column: text`; bytes as lossy text and as hex.
///
/// # Errors
/// What the database says.
pub async fn everything(source: &Source, kek: &Kek) -> Result<Vec<String>> {
    let store = Store::find(source, kek).await?;
    let mut found = Vec::new();
    for db in [&store.data, &store.keyring] {
        for table in tables(db).await? {
            for row in db.all("read everything", &format!("SELECT * FROM {table}"), &[]).await? {
                found.extend(values(&table, &row));
            }
        }
    }
    store.data.close().await;
    store.keyring.close().await;
    Ok(found)
}

/// Somebody who reads the keyring and does not come to an end, until this is dropped.
pub struct Reader {
    _held: Lent<sqlx::Sqlite>,
}

impl Reader {
    /// Begins to read; none on PostgreSQL.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin(source: &Source, kek: &Kek) -> Result<Option<Reader>> {
        let Db::Sqlite { read, .. } = Store::find(source, kek).await?.keyring else { return Ok(None) };
        let failed = VaultError::sql("hold a reader");
        let held = async {
            let mut held = read.take().await?;
            let outcome = async {
                held.connection().execute("BEGIN").await?;
                held.connection().fetch_one("SELECT COUNT(*) FROM subject_key").await
            };
            let outcome = outcome.await;
            held.heard(outcome)?;
            Ok(held)
        };
        held.await.map(|held| Some(Reader { _held: held })).map_err(failed)
    }
}

async fn tables(db: &Db) -> Result<Vec<String>> {
    let sql = if db.is_postgres() {
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    };
    db.all("list tables", sql, &[]).await?.iter().map(|row| row.text(0)).collect()
}

fn values(table: &str, row: &Row) -> Vec<String> {
    let names: Vec<String> = match row {
        Row::Sqlite(row) => row.columns().iter().map(|c| c.name().to_owned()).collect(),
        Row::Postgres(row) => row.columns().iter().map(|c| c.name().to_owned()).collect(),
    };
    let mut found = Vec::new();
    for (i, name) in names.iter().enumerate() {
        if let Ok(Some(text)) = row.opt_text(i) {
            found.push(format!("{table}.{name}: {text}"));
        } else if let Ok(Some(number)) = row.opt_int(i) {
            found.push(format!("{table}.{name}: {number}"));
        } else if let Ok(Some(bytes)) = row.opt_bytes(i) {
            found.push(format!(
                "{table}.{name}: {} {}",
                String::from_utf8_lossy(&bytes),
                hex::encode(&bytes)
            ));
        }
    }
    found
}
