//! Sensitivity classes of fields (GB/T 43697-2024 levels, PIPL 28 for sensitive personal data).

use serde::{Deserialize, Serialize};

/// How sensitive a field is. The class drives sealing, masking, logging, export and offline rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// Public: harmless when known (industry, level).
    L1,
    /// Internal: business data about no natural person in particular (stage, amount).
    L2,
    /// Personal: identifies or describes a natural person (phone, e-mail).
    L3,
    /// Sensitive personal: harm when leaked (ID number, health); needs its own separate consent (PIPL 29).
    L4,
}

impl Class {
    /// All classes, least sensitive first.
    pub const ALL: [Class; 4] = [Class::L1, Class::L2, Class::L3, Class::L4];

    /// Whether values of this class are sealed under the subject's key instead of stored readable.
    pub fn is_sealed(self) -> bool {
        self >= Class::L3
    }

    /// The name as written in definitions and replies.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::L1 => "L1",
            Class::L2 => "L2",
            Class::L3 => "L3",
            Class::L4 => "L4",
        }
    }
}
