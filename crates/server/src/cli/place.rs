//! Which house a command is about: settings, or a folder with its key (a demo).

use super::{CommandError, options};
use crate::settings::{KeyPlace, KeySettings, Settings};
use crate::unlock::{Input, root_key};
use kedun_vault::keys::Kek;
use kedun_vault::{Clock, Vault};
use std::path::{Path, PathBuf};

/// The house.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct House {
    /// The settings file (kedun.toml).
    #[arg(long, conflicts_with = "folder")]
    config: Option<PathBuf>,
    /// A folder with kedun.toml, or with the data and kedun.key (a demo), instead of settings.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Read the passphrase from the first line of standard input.
    #[arg(long)]
    passphrase_stdin: bool,
}

impl House {
    /// A house in a folder.
    pub(crate) fn at(folder: &Path) -> House {
        House { config: None, folder: Some(folder.to_owned()), passphrase_stdin: false }
    }

    /// Its settings.
    pub(crate) fn settings(&self) -> Result<Settings, CommandError> {
        let Some(folder) = &self.folder else { return super::load(self.config.as_deref(), &Vec::new()) };
        let file = folder.join(crate::settings::FILE);
        if file.is_file() {
            return super::load(Some(&file), &Vec::new());
        }
        let key = folder.join("kedun.key");
        if !key.is_file() {
            return Err(CommandError::Said(format!(
                "{} holds neither kedun.toml nor kedun.key",
                folder.display()
            )));
        }
        let mut settings = Settings::default();
        settings.data.folder = Some(folder.clone().into());
        settings.key = KeySettings::at(&KeyPlace::File(key));
        Ok(settings)
    }

    /// How a passphrase gets in.
    pub(crate) fn input(&self) -> Input {
        Input::piped(self.passphrase_stdin)
    }

    /// Its root key.
    pub(crate) fn key(&self, settings: &Settings) -> Result<Kek, CommandError> {
        Ok(root_key(&settings.key, self.input())?)
    }

    /// Opens it; it must be there.
    pub(crate) async fn open(&self) -> Result<Vault, CommandError> {
        let settings = self.settings()?;
        let kek = self.key(&settings)?;
        Ok(Vault::find(options(&settings), &kek, Clock::default()).await?)
    }
}
