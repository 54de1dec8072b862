//! `[limits]`: how much one caller may ask in a minute, and how large a request may be. The limits of the law's kind
//! (reveals per hour) live in the roles; these only keep a script from emptying the house.

use super::{Section, SettingsError};
use serde::Deserialize;

/// The section. Counts are per caller and minute.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// Lists and single records.
    pub reads: u32,
    /// Searches and checks for duplicates.
    pub searches: u32,
    /// Reveals.
    pub reveals: u32,
    /// Changes.
    pub changes: u32,
    /// Sign-ins from one address.
    pub sign_ins: u32,
    /// Other requests without a session from one address.
    pub strangers: u32,
    /// Largest request, bytes.
    pub body_bytes: usize,
    /// Longest work on one request, seconds.
    pub timeout_seconds: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        LimitSettings {
            reads: 600,
            searches: 120,
            reveals: 60,
            changes: 300,
            sign_ins: 60,
            strangers: 300,
            body_bytes: 1 << 20,
            timeout_seconds: 30,
        }
    }
}

impl LimitSettings {
    /// Ten times as much: a demo's people all come from one machine, and so do the tests that walk through it.
    pub fn generous() -> LimitSettings {
        let usual = LimitSettings::default();
        LimitSettings {
            reads: usual.reads * 10,
            searches: usual.searches * 10,
            reveals: usual.reveals * 10,
            changes: usual.changes * 10,
            sign_ins: usual.sign_ins * 10,
            strangers: usual.strangers * 10,
            ..usual
        }
    }

    /// As good as none, for measurements: a load tool is one caller.
    pub fn lifted() -> LimitSettings {
        LimitSettings {
            reads: u32::MAX,
            searches: u32::MAX,
            reveals: u32::MAX,
            changes: u32::MAX,
            sign_ins: u32::MAX,
            strangers: u32::MAX,
            ..LimitSettings::default()
        }
    }
}

impl Section for LimitSettings {
    const NAME: &'static str = "limits";

    fn check(&self) -> Result<(), SettingsError> {
        let counts = [
            ("reads", self.reads),
            ("searches", self.searches),
            ("reveals", self.reveals),
            ("changes", self.changes),
            ("sign_ins", self.sign_ins),
            ("strangers", self.strangers),
        ];
        if let Some((name, _)) = counts.iter().find(|(_, count)| *count == 0) {
            return Err(SettingsError::new(format!("limits.{name}"), "must be at least 1"));
        }
        if !(1_024..=64 << 20).contains(&self.body_bytes) {
            return Err(SettingsError::new("limits.body_bytes", "must lie between 1024 and 67108864"));
        }
        if !(1..=600).contains(&self.timeout_seconds) {
            return Err(SettingsError::new("limits.timeout_seconds", "must lie between 1 and 600"));
        }
        Ok(())
    }
}
