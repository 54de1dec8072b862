//! Why the vault refuses or fails.

use crate::view::RecordView;
use kedun_model::Problem;

/// An error of the vault. Texts name places and rules, never values of a customer's field.
#[derive(thiserror::Error)]
pub enum VaultError {
    /// The rules refuse.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Somebody else changed the record first; the present state comes along.
    #[error("the record was changed meanwhile")]
    RevisionConflict(Box<RecordView>),
    /// No valid session.
    #[error("no session")]
    NoSession,
    /// Login and password do not match (unknown and known logins answer alike).
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The second factor is missing.
    #[error("a second factor is required")]
    TotpRequired,
    /// The second factor is wrong or was used before.
    #[error("the second factor is not valid")]
    TotpInvalid,
    /// Too many attempts or too large a volume; try again after so many seconds.
    #[error("too many: {rule}, retry after {retry_after} s")]
    TooMany {
        /// The rule that was hit.
        rule: &'static str,
        /// Seconds.
        retry_after: i64,
    },
    /// The vault is sealed: no key has been given.
    #[error("the vault is sealed")]
    Sealed,
    /// A row of the log could not be written, so nothing happened.
    #[error("the ledger cannot be written")]
    LedgerUnavailable(#[source] sqlx::Error),
    /// The database failed.
    #[error("database: {doing}")]
    Sql {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: sqlx::Error,
    },
    /// A key or a sealed value failed.
    #[error("key: {0}")]
    Key(#[from] crate::keys::KeyError),
    /// The log is inconsistent.
    #[error("ledger: {0}")]
    Ledger(String),
    /// What is stored cannot be understood.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// The installation is not in order.
    #[error("{0}")]
    Setup(String),
    /// There is no house, or a part of it is missing; the sentence says which and what to do.
    #[error("{0}")]
    Absent(String),
}

/// What goes into logs: the sentence, and of a database's answer only what names no value. PostgreSQL repeats values in
/// the details of a broken constraint and in the message of a data exception.
impl std::fmt::Debug for VaultError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")?;
        let (VaultError::Sql { source, .. } | VaultError::LedgerUnavailable(source)) = self else {
            return Ok(());
        };
        let sqlx::Error::Database(answer) = source else { return write!(f, ": {source}") };
        let code = answer.code().unwrap_or_default();
        let named = answer.constraint().or_else(|| answer.table()).unwrap_or_default();
        if code.starts_with("22") {
            write!(f, ": {code} {named}")
        } else {
            write!(f, ": {code} {named} {}", answer.message())
        }
    }
}

impl VaultError {
    /// Whether the database could not be reached, went away in the middle, or has no room left: nothing is wrong with
    /// what was asked, and it may be asked again.
    pub fn is_unreachable(&self) -> bool {
        let (VaultError::Sql { source, .. } | VaultError::LedgerUnavailable(source)) = self else {
            return false;
        };
        match source {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => true,
            // What PostgreSQL says when connections break (08), when it stops or starts (57P01 to 57P03), when it has
            // none left (53300) and when its disk is full (53100).
            sqlx::Error::Database(answer) if answer.code().is_some_and(|code| code.len() == 5) => {
                answer.code().is_some_and(|code| {
                    code.starts_with("08")
                        || matches!(&*code, "57P01" | "57P02" | "57P03" | "53300" | "53100")
                })
            }
            // SQLITE_FULL, and what a disk that takes nothing more answers to writing, syncing and growing a file.
            sqlx::Error::Database(answer) => {
                answer.code().is_some_and(|code| matches!(&*code, "13" | "778" | "1034" | "1546" | "4874"))
            }
            _ => false,
        }
    }

    /// Whether numbers added up to more than the database can tell.
    pub(crate) fn is_overflow(&self) -> bool {
        let VaultError::Sql { source: sqlx::Error::Database(error), .. } = self else { return false };
        // PostgreSQL: numeric value out of range. SQLite has no code of its own for it.
        error.code().as_deref() == Some("22003") || error.message() == "integer overflow"
    }

    /// Whether so many passwords are being checked that no further one is taken on now.
    pub fn is_busy(&self) -> bool {
        matches!(self, VaultError::Key(crate::keys::KeyError::Busy))
    }

    /// Whether somebody else changed first what this change went by. Where a change sends what waits before its commit,
    /// it hears so without the present record.
    pub fn is_overtaken(&self) -> bool {
        matches!(
            self,
            VaultError::RevisionConflict(_)
                | VaultError::Problem(kedun_model::Problem::Conflict("revision_conflict"))
        )
    }

    /// A closure for `map_err` that says what was being done.
    pub(crate) fn sql(doing: &'static str) -> impl FnOnce(sqlx::Error) -> VaultError {
        move |source| VaultError::Sql { doing, source }
    }
}

/// Shorthand for results of the vault.
pub type Result<T, E = VaultError> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::VaultError;
    use sqlx::Connection;

    #[tokio::test]
    async fn a_full_disk_is_no_fault_of_the_request() {
        let mut connection = sqlx::SqliteConnection::connect(":memory:").await.unwrap();
        sqlx::raw_sql("PRAGMA max_page_count = 3; CREATE TABLE t (v BLOB)")
            .execute(&mut connection)
            .await
            .unwrap();
        let full = sqlx::query("INSERT INTO t VALUES (zeroblob(100000))").execute(&mut connection).await;
        let full = VaultError::sql("insert")(full.unwrap_err());
        assert!(full.is_unreachable(), "{full:?}");
        let wrong = sqlx::query("INSERT INTO u VALUES (1)").execute(&mut connection).await;
        assert!(!VaultError::sql("insert")(wrong.unwrap_err()).is_unreachable());
    }
}
