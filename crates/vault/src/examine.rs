//! Looking at a house without changing anything: what `kedun doctor`, `kedun ledger verify` and `kedun keys status` do,
//! also beside a server.
//!
//! **Invariant:** nothing is made, migrated, posted, carried out again or repaired. What waits for that is told.

use crate::backup::{KeyringFacts, keyring_facts, must_be_declared};
use crate::book::Book;
use crate::checking;
use crate::demo_mark::DemoMark;
use crate::erasure::Unheard;
use crate::error::{Result, VaultError};
use crate::identity;
use crate::journal;
use crate::keys::{Kek, Pseudonyms, label};
use crate::migrate::{self, Which};
use crate::store::{Source, Store};
use kedun_ledger::NoteSigner;
use kedun_ledger::verify::Report;
use serde::Serialize;

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    /// Migrations that this binary would apply.
    pub pending: usize,
    /// When the last backup was made, UTC ms; none when there never was one.
    pub last_backup: Option<i64>,
    /// Whether the demo filled it; none for a real house.
    pub demo: Option<DemoMark>,
}

/// What the next opening of the house will do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Acts of looking that wait in the book and are in no log yet. None beside the process that has the book and posts
    /// them.
    pub in_book: Option<u64>,
    /// Destructions that one of the two databases does not know of.
    pub destructions: usize,
    /// Erasures that were stopped between their steps, or are just being carried out.
    pub interrupted: usize,
}

impl Waiting {
    /// In words, one sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(count @ 1..) = self.in_book {
            said.push(format!(
                "{count} acts of looking wait in journal.db and are not in the log yet; the next kedun serve posts them"
            ));
        }
        if self.destructions > 0 {
            said.push(format!(
                "{} destructions are known to one of the two databases only: one of them is an old copy; the next kedun \
                 serve carries them out again",
                self.destructions
            ));
        }
        if self.interrupted > 0 {
            said.push(format!(
                "{} erasures are between their steps; the kedun that carries them out, or the next kedun serve, goes on \
                 with them",
                self.interrupted
            ));
        }
        said
    }
}

/// A house that is open for reading alone.
pub struct Examiner<'k> {
    source: Source,
    kek: &'k Kek,
    store: Store,
    pending: usize,
}

impl<'k> Examiner<'k> {
    /// Opens both databases.
    ///
    /// # Errors
    /// No house there, another key, an unreachable database, a newer schema, a migration with another text.
    pub async fn open(source: &Source, kek: &'k Kek) -> Result<Examiner<'k>> {
        source.must_hold_a_house().await?;
        let store = Store::read(source, kek).await?;
        let pending = async {
            Ok(migrate::pending(&store.data, Which::Data).await?
                + migrate::pending(&store.keyring, Which::Keyring).await?)
        };
        match pending.await {
            Ok(pending) => Ok(Examiner { source: source.clone(), kek, store, pending }),
            Err(error) => {
                close(&store).await;
                Err(error)
            }
        }
    }

    /// What can be said of a house of any version.
    ///
    /// # Errors
    /// The database fails.
    pub async fn look(&self) -> Result<Examination> {
        let (data, pending) = (&self.store.data, self.pending);
        let sql = "SELECT MAX(at) FROM ledger_row WHERE action = 'backup.make'";
        let last_backup = match data.optional("look for backups", sql, &[]).await {
            Ok(Some(row)) => row.opt_int(0)?,
            Ok(None) => None,
            // A house before its first migration has no log yet.
            Err(VaultError::Sql { .. }) if pending > 0 => None,
            Err(other) => return Err(other),
        };
        let demo = match DemoMark::of(data).await {
            Err(VaultError::Sql { .. }) if pending > 0 => None,
            other => other?,
        };
        Ok(Examination { pending, last_backup, demo })
    }

    /// Refuses a house of an older kedun and one whose restore was broken off: what they hold is not what this binary
    /// reads.
    ///
    /// # Errors
    /// [`VaultError::Setup`], which says what to do.
    pub async fn must_be_current(&self) -> Result<()> {
        if self.pending > 0 {
            return Err(VaultError::Setup(format!(
                "{} migrations of this binary are not applied to this house, and looking at it applies none: use the \
                 kedun that serves it now, or make a backup and start kedun serve, which applies them",
                self.pending
            )));
        }
        must_be_declared(&self.source, &self.store.keyring).await
    }

    /// Checks the log as [`crate::Vault::verify_ledger`] does.
    ///
    /// # Errors
    /// As [`Examiner::must_be_current`]; the database fails.
    pub async fn verify_ledger(&self) -> Result<Report> {
        self.must_be_current().await?;
        let (org, signer) = self.identity().await?;
        let pseudonyms = Pseudonyms::from_kek(self.kek, &org);
        checking::check(&self.store.data, signer.verifier(), |person| pseudonyms.of("person", person)).await
    }

    /// What the next opening of the house will do.
    ///
    /// # Errors
    /// As [`Examiner::must_be_current`]; the database or the book fails.
    pub async fn waiting(&self) -> Result<Waiting> {
        self.must_be_current().await?;
        let in_book = match &self.source {
            Source::Sqlite { folder } => {
                let posted = journal::how_far(&self.store.data).await?;
                Book::waiting(folder, &self.kek.derive(label::SQLCIPHER_JOURNAL), posted).await?
            }
            Source::Postgres { .. } => Some(0),
        };
        let unheard = Unheard::find(&self.store.data, &self.store.keyring).await?;
        Ok(Waiting { in_book, destructions: unheard.of_old_copies(), interrupted: unheard.interrupted() })
    }

    /// Whether a row of the log could be written now. None is.
    ///
    /// # Errors
    /// [`VaultError::LedgerUnavailable`] and its kin.
    pub async fn check_writable(&self) -> Result<()> {
        self.store.try_to_write(&self.source, self.kek).await
    }

    /// What the keyring holds.
    ///
    /// # Errors
    /// As [`Examiner::must_be_current`]; the keyring fails.
    pub async fn keyring_facts(&self) -> Result<KeyringFacts> {
        self.must_be_current().await?;
        keyring_facts(&self.store.keyring).await
    }

    /// The public key of the log, in the form of a note verifier.
    ///
    /// # Errors
    /// As [`Examiner::must_be_current`]; a house that was never opened has none.
    pub async fn ledger_key(&self) -> Result<String> {
        self.must_be_current().await?;
        Ok(self.identity().await?.1.verifier().to_string())
    }

    /// Closes everything.
    pub async fn close(self) {
        close(&self.store).await;
    }

    async fn identity(&self) -> Result<(String, NoteSigner)> {
        let never =
            || VaultError::Setup("this house was never opened: it has no key of the log yet".to_owned());
        let org = identity::known_org(&self.store.data).await?.ok_or_else(never)?;
        let signer = identity::known_signer(&self.store.keyring, self.kek, &org).await?.ok_or_else(never)?;
        Ok((org, signer))
    }
}

async fn close(store: &Store) {
    store.data.close().await;
    store.keyring.close().await;
}

impl Examination {
    /// Looks once.
    ///
    /// # Errors
    /// As [`Examiner::open`] and [`Examiner::look`].
    pub async fn of(source: &Source, kek: &Kek) -> Result<Examination> {
        let house = Examiner::open(source, kek).await?;
        let seen = house.look().await;
        house.close().await;
        seen
    }
}
