//! `[sessions]`: how long sessions live, and what they begin with. The defaults are the limits of 等保 level 3, so times and
//! guesses only go down.

use super::{Section, SettingsError};
use kedun_vault::SecondFactor;
use serde::Deserialize;

/// The section.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// Minutes of silence after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub absolute_hours: i64,
    /// Wrong guesses until an account is locked.
    pub lock_after: i64,
    /// Whether everybody needs a second factor. Not said: they do, but for the people of the demo.
    pub second_factor: Option<SecondFactor>,
}

impl Default for SessionSettings {
    fn default() -> Self {
        SessionSettings { idle_minutes: 30, absolute_hours: 12, lock_after: 5, second_factor: None }
    }
}

impl Section for SessionSettings {
    const NAME: &'static str = "sessions";

    fn check(&self) -> Result<(), SettingsError> {
        let within = |name: &str, value: i64, most: i64| {
            if (1..=most).contains(&value) {
                Ok(())
            } else {
                Err(SettingsError::new(format!("sessions.{name}"), format!("must lie between 1 and {most}")))
            }
        };
        within("idle_minutes", self.idle_minutes, 30)?;
        within("absolute_hours", self.absolute_hours, 12)?;
        within("lock_after", self.lock_after, 5)
    }
}
