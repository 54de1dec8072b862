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
        filter("log.level", &self.level).map(drop)
    }
}

/// Levels, from nothing to everything.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// Whose lines can be asked for by name: our crates, and those of others that have something to tell.
const CRATES: [&str; 17] = [
    "kedun",
    "kedun_server",
    "kedun_core",
    "kedun_vault",
    "kedun_connect",
    "kedun_ledger",
    "kedun_model",
    "axum",
    "axum_server",
    "h2",
    "hyper",
    "hyper_util",
    "moka",
    "rustls",
    "sqlx",
    "tower_http",
    "ureq",
];

/// The filter that a text asks for. A bare word that is no level would be taken for the name of a crate that nobody has,
/// and silence everything; so words are held to what there is.
///
/// # Errors
/// A word that is neither a level nor `crate=level`, named by `key`.
pub(crate) fn filter(key: &str, text: &str) -> Result<tracing_subscriber::EnvFilter, SettingsError> {
    let wrong = |word: &str| {
        SettingsError::new(
            key,
            format!(
                "{word:?} is no level; there are {}, alone or for one crate, such as info,kedun_vault=debug",
                LEVELS.join(", ")
            ),
        )
    };
    for word in text.split(',').map(str::trim) {
        let (of, level) = word.split_once('=').map_or((None, word), |(of, level)| (Some(of), level));
        if !LEVELS.contains(&level.to_ascii_lowercase().as_str()) {
            return Err(wrong(word));
        }
        let named = of.map(|path| path.split("::").next().unwrap_or_default());
        if named.is_some_and(|name| !CRATES.contains(&name)) {
            return Err(SettingsError::new(
                key,
                format!("{word:?} names no crate of ours; there are {}", CRATES.join(", ")),
            ));
        }
    }
    let text = text.split_whitespace().collect::<String>();
    tracing_subscriber::EnvFilter::try_new(text).map_err(|error| SettingsError::new(key, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_level_is_refused_by_name_and_silences_nothing() {
        for good in ["info", "OFF", "warn,kedun_vault=debug", "info, kedun_server::jobs=trace"] {
            assert!(filter("log.level", good).is_ok(), "{good}");
        }
        for bad in
            ["inof", "", "info,", "info,kedun_vualt=debug", "kedun_vault", "info,kedun_vault=loud", "1"]
        {
            let error = filter("log.level", bad).unwrap_err();
            assert_eq!(error.key, "log.level", "{bad}");
        }
        assert!(filter("log.level", "inof").unwrap_err().message.contains("inof"));
    }
}
