//! The hash that a copy is named by.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// SHA-256, hex.
pub(super) fn hash(body: &[u8]) -> String {
    Sha256::digest(body).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
