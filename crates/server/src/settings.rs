//! Settings: defaults, then `kedun.toml`, then `KEDUN_*`, then flags. Each section is read by its own module, and every
//! error names the key that has to be mended.

mod data;
pub(crate) mod key;
mod limits;
pub(crate) mod log;
mod push;
mod server;
mod sessions;

pub use data::DataSettings;
pub use key::{KeyPlace, KeySettings};
pub use limits::LimitSettings;
pub use log::{LogFormat, LogSettings};
pub use push::PushSettings;
pub use server::{ServerSettings, Tls};
pub use sessions::SessionSettings;

use figment::providers::{Env, Format as _, Toml};
use figment::{Figment, Provider as _};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// The file that is read when none is named.
pub const FILE: &str = "kedun.toml";
/// The sections there are; anything else is a mistake in the file.
const SECTIONS: [&str; 7] = ["server", "data", "key", "sessions", "limits", "push", "log"];

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("setting {key}: {message}")]
pub struct SettingsError {
    /// The key, such as `server.listen`.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl SettingsError {
    /// An error of one key.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> SettingsError {
        SettingsError { key: key.into(), message: message.into() }
    }
}

/// A section of the settings.
pub trait Section: DeserializeOwned + Default {
    /// Its name in the file.
    const NAME: &'static str;

    /// What the types alone cannot say.
    ///
    /// # Errors
    /// The first rule that is broken.
    fn check(&self) -> Result<(), SettingsError>;
}

/// Everything that can be set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where it listens.
    pub server: ServerSettings,
    /// Where the data lives.
    pub data: DataSettings,
    /// Where the root key comes from.
    pub key: KeySettings,
    /// How long sessions live.
    pub sessions: SessionSettings,
    /// How much one caller may ask in a minute.
    pub limits: LimitSettings,
    /// Whether browsers are knocked at.
    pub push: PushSettings,
    /// What is written to the console.
    pub log: LogSettings,
}

/// Values from the command line, by key; they win over everything else.
pub type Flags = Vec<(&'static str, String)>;

impl Settings {
    /// Reads all sources. A file that was named must exist; the default one may be absent.
    ///
    /// # Errors
    /// The first setting that cannot be used, by its key.
    pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Settings, SettingsError> {
        if let Some(file) = file
            && !file.is_file()
        {
            return Err(SettingsError::new("--config", format!("there is no file {}", file.display())));
        }
        let path = file.map_or_else(|| PathBuf::from(FILE), Path::to_path_buf);
        let mut figment = Figment::new();
        if path.is_file() {
            figment = figment.merge(Toml::file_exact(&path));
        }
        for name in figment_sections(&figment)? {
            if !SECTIONS.contains(&name.as_str()) {
                let known = SECTIONS.join(", ");
                return Err(SettingsError::new(name, format!("no such section; there are {known}")));
            }
        }
        figment = figment.merge(environment());
        for (key, value) in flags {
            figment = figment.merge((*key, value.clone()));
        }
        let mut settings = Settings {
            server: section(&figment)?,
            data: section(&figment)?,
            key: section(&figment)?,
            sessions: section(&figment)?,
            limits: section(&figment)?,
            push: section(&figment)?,
            log: section(&figment)?,
        };
        let key_variable = match settings.key.place() {
            KeyPlace::Env(var) => var,
            KeyPlace::File(_) | KeyPlace::Passphrase(_) => key::ROOT_VARIABLE.to_owned(),
        };
        no_stray_variable(
            std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()),
            &key_variable,
        )?;
        if path.is_file() {
            settings.data.beside(&path);
            settings.key.beside(&path);
        }
        Ok(settings)
    }
}

/// Variables that begin like settings and are none: the passphrase's file, and what the scripts and the suites of this
/// repository say to themselves while they run the binary.
const NOT_SETTINGS: [&str; 17] = [
    crate::unlock::PASSPHRASE_FILE,
    "KEDUN_ALL_STORIES",
    "KEDUN_API",
    "KEDUN_BIN",
    "KEDUN_CASES",
    "KEDUN_DEMO",
    "KEDUN_EXAMPLES",
    "KEDUN_PG_OPTIONS",
    "KEDUN_PICTURES",
    "KEDUN_SCREENS",
    "KEDUN_SEED",
    "KEDUN_STORIES_PG",
    "KEDUN_TEMPLATE",
    "KEDUN_TEST_BOTH",
    "KEDUN_TEST_PG",
    "KEDUN_TEST_WRITER",
    "KEDUN_TRACE",
];

/// Refuses a variable that looks like a setting and sets nothing: whoever mistyped one believes that it is in force.
fn no_stray_variable(names: impl Iterator<Item = String>, key_variable: &str) -> Result<(), SettingsError> {
    for name in names {
        let Some(rest) = name.strip_prefix("KEDUN_") else { continue };
        if NOT_SETTINGS.contains(&name.as_str()) || name == key_variable || name == key::ROOT_VARIABLE {
            continue;
        }
        // What a container platform sets for a service that is called as we are.
        if is_of_a_service(rest) {
            continue;
        }
        let section = rest.split_once('_').map_or(rest, |(section, _)| section).to_ascii_lowercase();
        if !SECTIONS.contains(&section.as_str()) {
            let known = SECTIONS.map(str::to_ascii_uppercase).join(", ");
            return Err(SettingsError::new(
                name,
                format!(
                    "sets nothing: no section is called {section}; variables begin with KEDUN_ and one of {known}"
                ),
            ));
        }
    }
    Ok(())
}

/// Kubernetes tells every container of a namespace where its services are: `KEDUN_SERVICE_HOST`, `KEDUN_PORT_443_TCP_ADDR`
/// for one called `kedun`, `KEDUN_SERVER_SERVICE_PORT` for `kedun-server`.
fn is_of_a_service(rest: &str) -> bool {
    let rest = rest.strip_prefix("SERVER_").unwrap_or(rest);
    rest == "PORT"
        || rest.starts_with("PORT_")
        || rest.starts_with("SERVICE_HOST")
        || rest.starts_with("SERVICE_PORT")
}

/// `KEDUN_DATA_POSTGRES_URL` sets `data.postgres_url`: only the first underscore separates.
fn environment() -> Env {
    Env::prefixed("KEDUN_")
        .filter(|key| {
            let name = key.as_str();
            !is_of_a_service(&name.to_ascii_uppercase())
                && name
                    .split_once('_')
                    .is_some_and(|(section, _)| SECTIONS.contains(&section.to_ascii_lowercase().as_str()))
        })
        .map(|key| key.as_str().to_ascii_lowercase().replacen('_', ".", 1).into())
}

fn figment_sections(figment: &Figment) -> Result<Vec<String>, SettingsError> {
    let data = figment.data().map_err(|e| named(FILE, &e))?;
    Ok(data.into_values().flat_map(|dict| dict.into_keys()).collect())
}

fn section<S: Section>(figment: &Figment) -> Result<S, SettingsError> {
    let section = match figment.find_value(S::NAME) {
        Ok(_) => figment.extract_inner::<S>(S::NAME).map_err(|e| named(S::NAME, &e))?,
        Err(_) => S::default(),
    };
    section.check()?;
    Ok(section)
}

fn named(section: &str, error: &figment::Error) -> SettingsError {
    // The reader names the innermost key first when a section is read by itself.
    let mut parts = error.path.clone();
    if parts.first().is_some_and(|first| first != section) && parts.last().is_some_and(|last| last == section)
    {
        parts.reverse();
    }
    if parts.first().is_some_and(|first| first != section) {
        parts.insert(0, section.to_owned());
    }
    let mut path = parts.join(".");
    // An unknown key is reported at its section; the key itself is in the kind.
    if let figment::error::Kind::UnknownField(field, known) = &error.kind {
        let known = known.join(", ");
        return SettingsError::new(
            format!("{section}.{field}"),
            format!("no such setting; there are {known}"),
        );
    }
    if let figment::error::Kind::MissingField(field) = &error.kind {
        return SettingsError::new(format!("{section}.{field}"), "is required");
    }
    if path.is_empty() {
        path = section.to_owned();
    }
    SettingsError::new(path, error.kind.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kedun.toml");
        std::fs::write(&path, text).unwrap();
        Settings::load(Some(&path), &Vec::new())
    }

    #[test]
    fn reads_every_section() {
        let settings = read(
            "[server]\nlisten = \"127.0.0.1:7001\"\n[data]\nfolder = \"/tmp/x\"\ncache_kib = 4096\n[sessions]\nidle_minutes = 15\n[log]\nformat = \"text\"\n",
        )
        .unwrap();
        assert_eq!(settings.server.listen.port(), 7001);
        assert_eq!(settings.sessions.idle_minutes, 15);
        assert_eq!(settings.log.format, LogFormat::Text);
    }

    #[test]
    fn names_the_key_of_a_mistake() {
        for (text, key) in [
            ("[server]\nlisten = \"everywhere\"", "server.listen"),
            ("[server]\nport = 80", "server.port"),
            ("[servr]\nlisten = \"127.0.0.1:1\"", "servr"),
            ("[sessions]\nidle_minutes = 0", "sessions.idle_minutes"),
            ("[sessions]\nidle_minutes = 600", "sessions.idle_minutes"),
            ("[sessions]\nsecond_factor = \"sometimes\"", "sessions.second_factor"),
            ("[data]\nfolder = \"a\"\npostgres_url = \"postgres://x\"", "data.postgres_url"),
            ("[server]\ntls_cert = \"a.pem\"", "server.tls_key"),
            ("[log]\nformat = \"xml\"", "log.format"),
            ("[log]\nlevel = \"inof\"", "log.level"),
            ("[push]\nenabled = true", "push.contact"),
            ("[push]\nenabled = true\ncontact = \"it\"", "push.contact"),
            ("[push]\nhosts = [\"https://push.lan\"]", "push.hosts"),
            ("[push]\nquiet_minutes = 0", "push.quiet_minutes"),
        ] {
            assert_eq!(read(text).unwrap_err().key, key, "{text}");
        }
    }

    #[test]
    fn refuses_plain_http_beyond_loopback() {
        let error = read("[server]\nlisten = \"0.0.0.0:80\"").unwrap_err();
        assert_eq!(error.key, "server.listen");
        assert!(error.message.contains("tls_cert"), "{error}");
        assert!(read("[server]\nlisten = \"[::1]:8080\"").is_ok());
    }

    #[test]
    fn what_is_not_said_lies_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kedun.toml");
        std::fs::write(&path, "[log]\nlevel = \"warn\"\n").unwrap();
        let settings = Settings::load(Some(&path), &Vec::new()).unwrap();
        assert_eq!(settings.data.folder(), folder.path().join("data"));
        assert_eq!(settings.key.place(), KeyPlace::File(folder.path().join("kedun.key")));
        std::fs::write(&path, "[key]\nsource = \"passphrase\"\n[data]\nfolder = \"d\"\n").unwrap();
        let settings = Settings::load(Some(&path), &Vec::new()).unwrap();
        assert_eq!(settings.data.folder(), folder.path().join("d"));
        assert_eq!(settings.key.place(), KeyPlace::Passphrase(folder.path().join("kedun.salt")));
        std::fs::write(&path, "[data]\npostgres_url = \"postgres://x\"\n").unwrap();
        assert_eq!(Settings::load(Some(&path), &Vec::new()).unwrap().data.folder, None);
    }

    #[test]
    fn a_variable_that_sets_nothing_is_a_mistake_with_a_name() {
        let check = |name: &str| no_stray_variable([name.to_owned()].into_iter(), "KEDUN_MY_KEY");
        for service in
            ["PORT", "SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT_443_TCP_ADDR", "SERVER_SERVICE_HOST"]
        {
            assert!(check(&format!("KEDUN_{service}")).is_ok(), "{service}");
        }
        for fine in ["KEDUN_SERVER_LISTEN", "KEDUN_PASSPHRASE_FILE", "KEDUN_ROOT", "KEDUN_MY_KEY", "PATH"] {
            assert!(check(fine).is_ok(), "{fine}");
        }
        for stray in ["KEDUN_SERVR_LISTEN", "KEDUN_LISTEN", "KEDUN_PASSPHRASE"] {
            assert_eq!(check(stray).unwrap_err().key, stray);
        }
    }

    #[test]
    fn flags_win() {
        let flags = vec![("server.listen", "127.0.0.1:9".to_owned())];
        assert_eq!(Settings::load(None, &flags).unwrap().server.listen.port(), 9);
    }
}
