//! `[push]`: whether the house knocks at browsers that have no page of ours open. It is the only thing that the house
//! sends out by itself, so it is off until an operator turns it on.

use super::{Section, SettingsError};
use figment::value::magic::RelativePathBuf;
use serde::Deserialize;
use std::path::PathBuf;

/// The section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushSettings {
    /// Whether people may have themselves knocked at.
    pub enabled: bool,
    /// Whom a push service may write to about us: `mailto:it@example.com` or `https://…`.
    pub contact: String,
    /// The only hosts that may be knocked at, `name` or `name:port`; none for all that are public.
    pub hosts: Vec<String>,
    /// Certificates to trust in the place of those of the web, PEM.
    pub roots: Option<RelativePathBuf>,
    /// Minutes within which a person is knocked at once at most.
    pub quiet_minutes: i64,
}

impl Default for PushSettings {
    fn default() -> Self {
        PushSettings {
            enabled: false,
            contact: String::new(),
            hosts: Vec::new(),
            roots: None,
            quiet_minutes: 5,
        }
    }
}

impl PushSettings {
    /// The file with the certificates to trust.
    pub fn roots(&self) -> Option<PathBuf> {
        self.roots.as_ref().map(RelativePathBuf::relative)
    }
}

impl Section for PushSettings {
    const NAME: &'static str = "push";

    fn check(&self) -> Result<(), SettingsError> {
        let is_contact = self.contact.strip_prefix("mailto:").is_some_and(|mail| mail.contains('@'))
            || self.contact.strip_prefix("https://").is_some_and(|page| page.contains('.'));
        if self.enabled && !is_contact {
            return Err(SettingsError::new(
                "push.contact",
                "is required with enabled: mailto:… or https://…, where a push service can reach you",
            ));
        }
        if !(1..=60).contains(&self.quiet_minutes) {
            return Err(SettingsError::new("push.quiet_minutes", "must lie between 1 and 60"));
        }
        if let Err(error) = kedun_connect::Knocker::new(&self.hosts, None) {
            return Err(SettingsError::new("push.hosts", error.to_string()));
        }
        Ok(())
    }
}
