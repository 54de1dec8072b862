//! Migrations: one text for both engines, rare pairs by file name, each applied once and checked by its hash.

use crate::error::{Result, VaultError};
use crate::sql::{Arg, Db, Row};
use sha2::{Digest, Sha256};

struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const DATA: &[Migration] = &[
    Migration {
        version: 1,
        name: "house",
        sqlite: include_str!("../migrations/0001_house.sql"),
        postgres: include_str!("../migrations/0001_house.sql"),
    },
    Migration {
        version: 2,
        name: "append_only",
        sqlite: include_str!("../migrations/0002_append_only.sqlite.sql"),
        postgres: include_str!("../migrations/0002_append_only.postgres.sql"),
    },
    Migration {
        version: 3,
        name: "handover",
        sqlite: include_str!("../migrations/0003_handover.sql"),
        postgres: include_str!("../migrations/0003_handover.sql"),
    },
    Migration {
        version: 4,
        name: "exports",
        sqlite: include_str!("../migrations/0004_exports.sql"),
        postgres: include_str!("../migrations/0004_exports.sql"),
    },
    Migration {
        version: 5,
        name: "watch",
        sqlite: include_str!("../migrations/0005_watch.sql"),
        postgres: include_str!("../migrations/0005_watch.sql"),
    },
    Migration {
        version: 6,
        name: "covering",
        sqlite: include_str!("../migrations/0006_covering.sql"),
        postgres: include_str!("../migrations/0006_covering.sql"),
    },
    Migration {
        version: 7,
        name: "preference",
        sqlite: include_str!("../migrations/0007_preference.sql"),
        postgres: include_str!("../migrations/0007_preference.sql"),
    },
    Migration {
        version: 8,
        name: "one_time_password",
        sqlite: include_str!("../migrations/0008_one_time_password.sql"),
        postgres: include_str!("../migrations/0008_one_time_password.sql"),
    },
    Migration {
        version: 9,
        name: "rights",
        sqlite: include_str!("../migrations/0009_rights.sql"),
        postgres: include_str!("../migrations/0009_rights.sql"),
    },
    Migration {
        version: 10,
        name: "files",
        sqlite: include_str!("../migrations/0010_files.sql"),
        postgres: include_str!("../migrations/0010_files.sql"),
    },
    Migration {
        version: 11,
        name: "retention",
        sqlite: include_str!("../migrations/0011_retention.sql"),
        postgres: include_str!("../migrations/0011_retention.sql"),
    },
    Migration {
        version: 12,
        name: "push",
        sqlite: include_str!("../migrations/0012_push.sql"),
        postgres: include_str!("../migrations/0012_push.sql"),
    },
    Migration {
        version: 13,
        name: "narrow",
        sqlite: include_str!("../migrations/0013_narrow.sqlite.sql"),
        postgres: include_str!("../migrations/0013_narrow.postgres.sql"),
    },
    Migration {
        version: 14,
        name: "places",
        sqlite: include_str!("../migrations/0014_places.sqlite.sql"),
        postgres: include_str!("../migrations/0014_places.postgres.sql"),
    },
    Migration {
        version: 15,
        name: "turn",
        sqlite: include_str!("../migrations/0015_turn.sqlite.sql"),
        postgres: include_str!("../migrations/0015_turn.postgres.sql"),
    },
    Migration {
        version: 16,
        name: "folded",
        sqlite: include_str!("../migrations/0016_folded.sqlite.sql"),
        postgres: include_str!("../migrations/0016_folded.postgres.sql"),
    },
    Migration {
        version: 17,
        name: "second_factor",
        sqlite: include_str!("../migrations/0017_second_factor.sql"),
        postgres: include_str!("../migrations/0017_second_factor.sql"),
    },
];

const KEYRING: &[Migration] = &[Migration {
    version: 1,
    name: "keyring",
    sqlite: include_str!("../migrations/keyring/0001_keyring.sql"),
    postgres: include_str!("../migrations/keyring/0001_keyring.sql"),
}];

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Data,
    Keyring,
}

impl Which {
    fn migrations(self) -> &'static [Migration] {
        match self {
            Which::Data => DATA,
            Which::Keyring => KEYRING,
        }
    }
}

/// Applies what is missing. Refuses a database that is newer than this binary or whose past was altered.
pub(crate) async fn migrate(db: &Db, which: Which) -> Result<usize> {
    migrate_to(db, which, i64::MAX).await
}

/// As [`migrate`], up to a version.
async fn migrate_to(db: &Db, which: Which, newest: i64) -> Result<usize> {
    let mut tx = db.begin().await?;
    tx.run(
        "prepare migrations",
        "CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL)",
        &[],
    )
    .await?;
    let applied = tx.all("read migrations", APPLIED, &[]).await?;
    let applied = applied.iter().map(read).collect::<Result<Vec<_>>>()?;
    let mut missing = missing(db, which, &applied)?;
    missing.retain(|(migration, ..)| migration.version <= newest);
    for (migration, text, hash) in &missing {
        for statement in statements(text) {
            tx.run("migrate", &statement, &[]).await?;
        }
        tx.run(
            "record a migration",
            "INSERT INTO migration (version, name, hash) VALUES ($1, $2, $3)",
            &[Arg::from(migration.version), migration.name.into(), hash.as_str().into()],
        )
        .await?;
    }
    tx.commit().await?;
    Ok(missing.len())
}

/// How many migrations are not applied yet, without applying them. Refuses what [`migrate`] would refuse.
pub(crate) async fn pending(db: &Db, which: Which) -> Result<usize> {
    let applied = match db.all("read migrations", APPLIED, &[]).await {
        Ok(rows) => rows.iter().map(read).collect::<Result<Vec<_>>>()?,
        // A database that was never migrated has no table of migrations. Anything else that is said (that the server
        // stops, say) tells nothing about it.
        Err(VaultError::Sql { source, .. }) if has_no_table(&source) => Vec::new(),
        Err(other) => return Err(other),
    };
    missing(db, which, &applied).map(|m| m.len())
}

/// Whether an engine answers that there is no such table: 42P01 from PostgreSQL, the general error 1 from SQLite.
fn has_no_table(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(&*code, "42P01" | "1"))
}

const APPLIED: &str = "SELECT version, name, hash FROM migration ORDER BY version";

fn read(row: &Row) -> Result<(i64, String, String)> {
    Ok((row.int(0)?, row.text(1)?, row.text(2)?))
}

/// What is to be applied, after holding what was applied to the texts of this binary.
fn missing(
    db: &Db,
    which: Which,
    applied: &[(i64, String, String)],
) -> Result<Vec<(&'static Migration, &'static str, String)>> {
    let migrations = which.migrations();
    let newest = migrations.last().map_or(0, |m| m.version);
    if let Some((version, ..)) = applied.iter().find(|(version, ..)| *version > newest) {
        return Err(VaultError::Setup(format!(
            "this database was written by a newer kedun (schema {version}, this binary knows {newest})"
        )));
    }
    let mut missing = Vec::new();
    for migration in migrations {
        let text = if db.is_postgres() { migration.postgres } else { migration.sqlite };
        let hash = hex::encode(Sha256::digest(text.as_bytes()));
        match applied.iter().find(|(version, ..)| *version == migration.version) {
            Some((_, _, known)) if *known != hash => {
                return Err(VaultError::Setup(format!(
                    "migration {} ({}) was applied with another text",
                    migration.version, migration.name
                )));
            }
            Some(_) => {}
            None => missing.push((migration, text, hash)),
        }
    }
    Ok(missing)
}

/// Splits a script at `;` outside of `BEGIN … END` bodies and dollar quotes.
fn statements(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut in_trigger = false;
    let mut in_dollar = false;
    for line in script.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("--") || trimmed.is_empty() {
            continue;
        }
        if trimmed.matches("$body$").count() == 1 {
            in_dollar = !in_dollar;
        }
        in_trigger |= current.starts_with("CREATE TRIGGER") && trimmed.starts_with("BEGIN ");
        current.push_str(line);
        current.push('\n');
        let ends = if in_trigger { trimmed.ends_with("END;") } else { trimmed.ends_with(';') && !in_dollar };
        if ends {
            found.push(current.trim().trim_end_matches(';').to_owned() + if in_trigger { ";" } else { "" });
            current.clear();
            in_trigger = false;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;
    use crate::keys::{Kek, Key32};
    use crate::store::Store;

    /// The version before tables were moved.
    const BEFORE: i64 = 12;

    /// Tables that were moved, with a row that a house may hold.
    const MOVED: [(&str, &str, &str); 7] = [
        ("idx_text", "record, field, value", "'r1', 'customer.f1', '甲'"),
        ("idx_num", "record, field, value", "'r1', 'customer.f2', 7"),
        ("idx_time", "record, field, value", "'r1', 'customer.f3', 1700000000000"),
        ("idx_ref", "record, field, value", "'r1', 'customer.f4', 'A'"),
        ("blind", "record, field, kind, object, token", "'r1', 'f5', 'phone', 'customer', 'token'"),
        (
            "look",
            "entry, record, person, at, action, fields, purpose",
            "'e1', 'r1', 'p1', 5, 'record.read', 'notes', ''",
        ),
        (
            "history",
            "id, record, subject, entry, at, person, action, revision, changes",
            "'h1', 'r1', NULL, 'e1', 5, 'p1', 'update', 2, 'changes'",
        ),
    ];

    async fn held(db: &Db) -> Vec<String> {
        let mut held = Vec::new();
        for (table, columns, _) in MOVED {
            let as_text: Vec<_> = columns
                .split(", ")
                .map(|c| match (c, db.is_postgres()) {
                    ("token" | "changes", true) => format!("encode({c}, 'escape')"),
                    _ => format!("COALESCE(CAST({c} AS TEXT), '-')"),
                })
                .collect();
            let sql = format!("SELECT {} FROM {table} ORDER BY record", as_text.join(" || '|' || "));
            for row in db.all("test", &sql, &[]).await.unwrap() {
                held.push(format!("{table} {}", row.text(0).unwrap()));
            }
        }
        held
    }

    #[tokio::test]
    async fn a_house_of_before_keeps_its_rows_when_its_tables_are_moved() {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = vec![Source::Sqlite { folder: folder.path().join("data") }];
        if let Some(url) = crate::postgres::postgres() {
            sources.push(Source::Postgres { url, schema: format!("t{}", uuid::Uuid::now_v7().simple()) });
        }
        for source in sources {
            let kek = Kek::from_key(Key32::from_bytes([7; 32]));
            let store = Store::open(&source, &kek, 2, 2048).await.unwrap();
            let db = &store.data;
            assert_eq!(migrate_to(db, Which::Data, BEFORE).await.unwrap(), 12);
            let mut tx = db.begin().await.unwrap();
            for (table, columns, row) in MOVED {
                let other = row.replace("'r1'", "'r2'").replace("'h1'", "'h2'");
                for row in [row, &other] {
                    let sql = format!("INSERT INTO {table} ({columns}) VALUES ({row})");
                    tx.run("test", &sql, &[]).await.unwrap();
                }
            }
            tx.commit().await.unwrap();
            let before = held(db).await;
            assert_eq!(before.len(), 2 * MOVED.len());
            assert!(migrate(db, Which::Data).await.unwrap() > 0);
            assert_eq!(held(db).await, before);
            // What is there once cannot come again.
            for (table, columns, row) in MOVED {
                let mut tx = db.begin().await.unwrap();
                let sql = format!("INSERT INTO {table} ({columns}) VALUES ({row})");
                assert!(tx.run("test", &sql, &[]).await.is_err(), "{table}");
            }
            assert_eq!(migrate(db, Which::Data).await.unwrap(), 0);
            store.data.close().await;
            store.keyring.close().await;
        }
    }
}
