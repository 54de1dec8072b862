//! `[log]`: what is written to the console.

use super::{Section, SettingsError};
use serde::Deserialize;

/// The section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// One JSON object per line, or text for people.
    pub format: LogFormat,
    /// A filter such as `info` or `info,kedun_vault=debug`.
    pub level: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object per line.
    #[default]
    Json,
    /// Text for people.
    Text,
}

impl Default for LogSettings {
    fn default() -> Self {
        LogSettings { format: LogFormat::Json, level: "info".to_owned() }
    }
}

impl Section for LogSettings {
    const NAME: &'static str = "log";

    fn check(&self) -> Result<(), SettingsError> {
        match tracing_subscriber::EnvFilter::try_new(&self.level) {
            Ok(_) => Ok(()),
            Err(error) => Err(SettingsError::new("log.level", error.to_string())),
        }
    }
}
