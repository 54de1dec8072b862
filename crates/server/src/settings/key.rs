//! `[key]`: where the root key comes from. It is never in the settings themselves.

use super::{Section, SettingsError};
use figment::value::magic::RelativePathBuf;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The key file beside the settings.
pub(crate) const KEY_FILE: &str = "kedun.key";
/// The file with the salt of a passphrase beside the settings.
pub(crate) const SALT_FILE: &str = "kedun.salt";
/// The variable that holds the key when no other is named.
pub(super) const ROOT_VARIABLE: &str = "KEDUN_ROOT";

/// The section.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeySettings {
    /// `file`, `env` or `passphrase`.
    source: SourceName,
    /// The key file, or for a passphrase the file with its salt.
    path: Option<RelativePathBuf>,
    /// The environment variable.
    var: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum SourceName {
    #[default]
    File,
    Env,
    Passphrase,
}

/// Where the root key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// A file that only its owner may read.
    File(PathBuf),
    /// An environment variable, for tests.
    Env(String),
    /// A person types it; the file holds the salt and a check value.
    Passphrase(PathBuf),
}

impl KeySettings {
    /// Settings for one place, as `kedun init` makes them.
    pub fn at(place: &KeyPlace) -> KeySettings {
        match place {
            KeyPlace::File(path) => {
                KeySettings { source: SourceName::File, path: Some(path.clone().into()), var: None }
            }
            KeyPlace::Env(var) => KeySettings { source: SourceName::Env, path: None, var: Some(var.clone()) },
            KeyPlace::Passphrase(path) => {
                KeySettings { source: SourceName::Passphrase, path: Some(path.clone().into()), var: None }
            }
        }
    }

    /// Takes what is not said for what lies beside the settings file.
    pub(super) fn beside(&mut self, file: &Path) {
        let name = match self.source {
            SourceName::File => KEY_FILE,
            SourceName::Passphrase => SALT_FILE,
            SourceName::Env => return,
        };
        self.path.get_or_insert_with(|| file.with_file_name(name).into());
    }

    /// Where the key comes from.
    pub fn place(&self) -> KeyPlace {
        let path = |default: &str| {
            self.path.as_ref().map_or_else(|| PathBuf::from(default), RelativePathBuf::relative)
        };
        match self.source {
            SourceName::File => KeyPlace::File(path(KEY_FILE)),
            SourceName::Env => KeyPlace::Env(self.var.clone().unwrap_or_else(|| ROOT_VARIABLE.to_owned())),
            SourceName::Passphrase => KeyPlace::Passphrase(path(SALT_FILE)),
        }
    }
}

impl Section for KeySettings {
    const NAME: &'static str = "key";

    fn check(&self) -> Result<(), SettingsError> {
        match self.source {
            SourceName::Env if self.path.is_some() => {
                Err(SettingsError::new("key.path", "is not used with source = \"env\"; set key.var"))
            }
            SourceName::File | SourceName::Passphrase if self.var.is_some() => {
                Err(SettingsError::new("key.var", "is used with source = \"env\" only"))
            }
            _ => Ok(()),
        }
    }
}
