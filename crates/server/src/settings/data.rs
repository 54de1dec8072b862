//! `[data]`: embedded SQLite in a folder, or PostgreSQL.

use super::{Section, SettingsError};
use figment::value::magic::RelativePathBuf;
use kedun_vault::Source;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The section.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataSettings {
    /// The folder of the embedded database (`./data`).
    pub folder: Option<RelativePathBuf>,
    /// `postgres://user@host/database` instead of the folder.
    pub postgres_url: Option<String>,
    /// The schema in PostgreSQL (`kedun`).
    pub schema: Option<String>,
    /// Read connections.
    pub readers: Option<u32>,
    /// Page cache of one SQLite connection that reads, KiB.
    pub cache_kib: Option<u32>,
}

impl DataSettings {
    /// Takes what is not said for what lies beside the settings file.
    pub(super) fn beside(&mut self, file: &Path) {
        if self.folder.is_none() && self.postgres_url.is_none() {
            self.folder = Some(file.with_file_name("data").into());
        }
    }

    /// The folder of the embedded database.
    pub fn folder(&self) -> PathBuf {
        self.folder.as_ref().map_or_else(|| PathBuf::from("data"), RelativePathBuf::relative)
    }

    /// What the vault opens.
    pub fn source(&self) -> Source {
        match &self.postgres_url {
            Some(url) => Source::Postgres {
                url: url.clone(),
                schema: self.schema.clone().unwrap_or_else(|| "kedun".to_owned()),
            },
            None => Source::Sqlite { folder: self.folder() },
        }
    }
}

impl Section for DataSettings {
    const NAME: &'static str = "data";

    fn check(&self) -> Result<(), SettingsError> {
        if self.folder.is_some() && self.postgres_url.is_some() {
            return Err(SettingsError::new("data.postgres_url", "cannot be set together with data.folder"));
        }
        if let Some(url) = &self.postgres_url
            && !(url.starts_with("postgres://") || url.starts_with("postgresql://"))
        {
            return Err(SettingsError::new("data.postgres_url", "must begin with postgres://"));
        }
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.schema.as_ref().is_some_and(|s| s.is_empty() || s.len() > 40 || !s.chars().all(named)) {
            return Err(SettingsError::new(
                "data.schema",
                "may hold a–z, 0–9 and _ only, at most 40 of them",
            ));
        }
        if self.readers.is_some_and(|n| !(1..=64).contains(&n)) {
            return Err(SettingsError::new("data.readers", "must lie between 1 and 64"));
        }
        if self.cache_kib.is_some_and(|n| !(256..=1_048_576).contains(&n)) {
            return Err(SettingsError::new("data.cache_kib", "must lie between 256 and 1048576"));
        }
        Ok(())
    }
}
