//! Making a house, whole or not at all.
//!
//! **Invariant:** what is undone was made by this run: a place that holds anything of a house is refused before the first
//! file or schema is made.

use crate::clock::Clock;
use crate::error::Result;
use crate::keys::Kek;
use crate::store::{self, Source};
use crate::vault::{Options, Vault};

/// A house that is being made, until somebody says that it stays by forgetting this, or [`NewHouse::undo`]es it.
pub struct NewHouse {
    vault: Vault,
    source: Source,
    closed: bool,
}

impl NewHouse {
    /// Makes both databases in a place that holds none.
    ///
    /// # Errors
    /// A place that holds a house or a part of one; a database that cannot be made, of which nothing stays.
    pub async fn make(options: Options, kek: &Kek, clock: Clock) -> Result<NewHouse> {
        let source = options.source.clone();
        source.must_be_free().await?;
        match Vault::open(options, kek, clock).await {
            Ok(vault) => Ok(NewHouse { vault, source, closed: false }),
            Err(error) => {
                store::unmake(&source).await;
                Err(error)
            }
        }
    }

    /// The house, to be furnished.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Signs the first head of the log and closes the house: everything is on the disk when this returns.
    ///
    /// # Errors
    /// The head cannot be signed.
    pub async fn settle(&mut self) -> Result<()> {
        self.vault.sequence(true).await?;
        self.vault.close().await;
        self.closed = true;
        Ok(())
    }

    /// Takes it back.
    pub async fn undo(self) {
        if !self.closed {
            self.vault.close().await;
        }
        drop(self.vault);
        store::unmake(&self.source).await;
    }
}

impl std::fmt::Debug for NewHouse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewHouse")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::VaultError;
    use crate::keys::Key32;

    #[tokio::test]
    async fn a_house_that_is_taken_back_leaves_nothing_and_one_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = vec![Source::Sqlite { folder: folder.path().join("data") }];
        if let Some(url) = crate::postgres::postgres() {
            sources.push(Source::Postgres { url, schema: format!("t{}", uuid::Uuid::now_v7().simple()) });
        }
        let kek = Kek::from_key(Key32::from_bytes([7; 32]));
        for source in sources {
            let options = Options { cheap_passwords: true, ..Options::new(source.clone()) };
            let make = || NewHouse::make(options.clone(), &kek, Clock::default());
            make().await.unwrap().undo().await;
            source.must_be_free().await.unwrap();
            let absent = source.must_hold_a_house().await.unwrap_err();
            assert!(matches!(absent, VaultError::Absent(_)), "{absent}");
            make().await.unwrap().settle().await.unwrap();
            source.must_hold_a_house().await.unwrap();
            assert!(make().await.unwrap_err().to_string().contains("already"));
            source.must_hold_a_house().await.unwrap();
            Vault::find(options.clone(), &kek, Clock::default()).await.unwrap().close().await;
        }
    }
}
