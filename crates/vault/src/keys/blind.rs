//! Blind index: keyed tokens that find equal values without opening them.
//!
//! What a thief of the database without the key learns: which records share a value ([`BlindKey::exact`]),
//! and into which of 4,096 heaps a phone's last four digits fall ([`BlindKey::last4`]). With the key all
//! phone numbers can be tried in minutes, so this key deserves the care of the root key. It is independent
//! of the subjects' keys: shredding a subject does not remove its tokens, the rows must be deleted too.

use crate::keys::mac::{Keyed, framed};
use crate::keys::{Kek, Key32, label};
use std::fmt;

/// Makes the tokens of one organisation.
///
/// A token belongs to a *domain*, a kind of value (`phone`, `email`, `id_number`), rather than to a field,
/// so that the same phone is found in leads, customers and contacts.
pub struct BlindKey(Keyed);

impl BlindKey {
    /// The key of an organisation, straight from the root key.
    pub fn from_kek(kek: &Kek, org: &str) -> Self {
        Self::from_key(
            &Keyed::new(kek.derive(label::BLIND).expose()).expand(&framed(&[b"org", org.as_bytes()])),
        )
    }

    /// A key that was drawn at random and lies wrapped in the keyring; it survives a change of the root key.
    pub fn from_key(key: &Key32) -> Self {
        Self(Keyed::new(key.expose()))
    }

    /// Token of a whole value, 128 bits. `normalised` is the form that equality is meant in (E.164 phone,
    /// folded e-mail): what differs by a blank gets another token.
    pub fn exact(&self, domain: &str, normalised: &str) -> [u8; 16] {
        let tag = self.keyed("exact", domain).tag(&[normalised.as_bytes()]);
        let mut token = [0; 16];
        token.copy_from_slice(&tag[..16]);
        token
    }

    /// Token of the last four digits, truncated to 12 bits (the first four bits are zero): about two or
    /// three endings share a token, on purpose; callers open the candidates and compare. `None` when there
    /// are fewer than four digits.
    pub fn last4(&self, domain: &str, digits: &str) -> Option<[u8; 2]> {
        let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_digit).collect();
        let last = digits.len().checked_sub(4).map(|start| &digits[start..])?;
        let tag = self.keyed("last4", domain).tag(&[last]);
        Some([tag[0] & 0x0F, tag[1]])
    }

    /// A key per kind of token and domain: a phone's token says nothing about an ID number's.
    fn keyed(&self, kind: &str, domain: &str) -> Keyed {
        let info = framed(&[b"kedun/blind/1", kind.as_bytes(), domain.as_bytes()]);
        Keyed::new(self.0.expand(&info).expose())
    }
}

impl fmt::Debug for BlindKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn key(byte: u8) -> BlindKey {
        BlindKey::from_key(&Key32::from_bytes([byte; 32]))
    }

    #[test]
    fn equal_values_of_a_domain_are_found_again() {
        assert_eq!(key(1).exact("phone", "+8613800138000"), key(1).exact("phone", "+8613800138000"));
        assert_eq!(key(1).last4("phone", "+8613800138000"), key(1).last4("phone", "8000"));
    }

    #[test]
    fn other_value_domain_kind_key_or_organisation_gives_another_token() {
        let token = key(1).exact("phone", "13800138000");
        assert_ne!(token, key(1).exact("phone", "13800138001"));
        assert_ne!(token, key(1).exact("id_number", "13800138000"));
        assert_ne!(token, key(2).exact("phone", "13800138000"));
        assert_ne!(key(1).keyed("exact", "last4").tag(&[b"x"]), key(1).keyed("last4", "exact").tag(&[b"x"]));
        let kek = Kek::from_key(Key32::from_bytes([3; 32]));
        let (a, b) = (BlindKey::from_kek(&kek, "a"), BlindKey::from_kek(&kek, "b"));
        assert_ne!(a.exact("phone", "1"), b.exact("phone", "1"));
        assert_eq!(a.exact("phone", "1"), BlindKey::from_kek(&kek, "a").exact("phone", "1"));
    }

    #[test]
    fn last_four_have_twelve_bits_and_share_heaps() {
        let mut heaps = BTreeMap::<[u8; 2], u32>::new();
        for n in 0..10_000 {
            *heaps.entry(key(1).last4("phone", &format!("{n:04}")).unwrap()).or_default() += 1;
        }
        assert!(heaps.keys().all(|token| token[0] < 16));
        // 10,000 balls in 4,096 heaps: about 3,740 are hit.
        assert!((3_600..3_900).contains(&heaps.len()), "{}", heaps.len());
    }

    #[test]
    fn too_few_digits_have_no_token() {
        assert_eq!(key(1).last4("phone", "123"), None);
        assert_eq!(key(1).last4("phone", ""), None);
        assert_eq!(key(1).last4("phone", "12-34 客"), key(1).last4("phone", "1234"));
    }

    #[test]
    fn tokens_never_change() {
        // Computed apart from this code (Python hmac). A change means that no stored token is found again.
        assert_eq!(hex::encode(key(1).exact("phone", "+8613800138000")), "2b8b0654ea73eedfb919c826bcfb5deb");
        assert_eq!(hex::encode(key(1).last4("phone", "8000").unwrap()), "026c");
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", key(0xAB)), "BlindKey(…)");
    }
}
