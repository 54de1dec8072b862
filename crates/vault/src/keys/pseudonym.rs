//! Pseudonyms for the log: the same person, record or device always gets the same name, and nobody without the key
//! can tell whose it is or try out candidates.

use crate::keys::mac::{Keyed, framed};
use crate::keys::{Kek, Key32};

/// Makes pseudonyms. Keyed apart from everything else.
#[derive(Clone)]
pub struct Pseudonyms(Keyed);

impl Pseudonyms {
    /// Derived from the root key, per organisation.
    pub fn from_kek(kek: &Kek, org: &str) -> Pseudonyms {
        Self::from_key(&kek.derive(&format!("pseudonyms/{org}")))
    }

    /// From a key of its own.
    pub fn from_key(key: &Key32) -> Pseudonyms {
        Pseudonyms(Keyed::new(key.expose()))
    }

    /// The pseudonym of `id` among things of that kind (`person`, `record`, …).
    pub fn of(&self, kind: &str, id: &str) -> [u8; 32] {
        self.0.tag(&[&framed(&[kind.as_bytes(), id.as_bytes()])])
    }
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_keys_do_not_mix() {
        let one = Pseudonyms::from_key(&Key32::from_bytes([1; 32]));
        let two = Pseudonyms::from_key(&Key32::from_bytes([2; 32]));
        assert_eq!(one.of("person", "a"), one.of("person", "a"));
        assert_ne!(one.of("person", "a"), one.of("record", "a"));
        assert_ne!(one.of("person", "a"), two.of("person", "a"));
        assert_ne!(one.of("per", "sona"), one.of("person", "a"));
    }
}
