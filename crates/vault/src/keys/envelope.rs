//! A key wrapped under another key.
//!
//! Format: version (1) | suite (1) | nonce (12) | ciphertext (32) | tag (16), 62 bytes. What the key is for
//! and its id are authenticated but not stored: a wrapped key that is moved to another row does not open.
//!
//! Each wrap is done under a key of its own, derived from the outer key, the purpose and the id, so that the
//! outer key has no limit on the number of wraps (random GCM nonces would set one at 2^32 per key).
//!
//! AES-GCM alone does not commit to a key: one ciphertext can be made to open under two keys. Therefore a
//! commitment to the inner key is stored beside it and checked before the key is used.

use crate::keys::mac::{Keyed, framed};
use crate::keys::seal::{NONCE, Suite, TAG, decrypt, encrypt};
use crate::keys::{Key32, KeyError};
use subtle::ConstantTimeEq;

/// The format written today.
const VERSION: u8 = 1;
/// First part of everything authenticated or derived here.
const PRODUCT: &[u8] = b"kedun/wrap/1";
/// Length of a wrapped key in bytes.
const LEN: usize = 2 + NONCE + 32 + TAG;
/// What errors call it.
const WHAT: &str = "wrapped key";

/// A key as it lies in the keyring. Without the outer key it tells nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// The wrapped key, 62 bytes.
    pub bytes: Vec<u8>,
    /// Commitment to the key (HMAC-SHA-256), stored in a column of its own; certificates of destruction
    /// name it.
    pub commitment: [u8; 32],
}

/// Wraps `inner` under `outer`. `purpose` and `id` must be the same when unwrapping.
pub fn wrap(outer: &Key32, purpose: &str, id: &str, inner: &Key32) -> Result<WrappedKey, KeyError> {
    let mut bytes = Vec::with_capacity(LEN);
    bytes.extend_from_slice(&[VERSION, Suite::Aes256Gcm as u8]);
    let place = place(Suite::Aes256Gcm, purpose, id);
    encrypt(&wrapping_key(outer, &place), &place, inner.expose(), &mut bytes)?;
    Ok(WrappedKey { bytes, commitment: commitment(inner, purpose, id) })
}

/// Unwraps a key and checks it against its commitment.
pub fn unwrap(outer: &Key32, purpose: &str, id: &str, wrapped: &WrappedKey) -> Result<Key32, KeyError> {
    let [version, suite, sealed @ ..] = wrapped.bytes.as_slice() else {
        return Err(KeyError::Truncated { what: WHAT, len: wrapped.bytes.len() });
    };
    if *version != VERSION {
        return Err(KeyError::Version { what: WHAT, found: *version });
    }
    let place = place(Suite::accepted(*suite)?, purpose, id);
    if wrapped.bytes.len() < LEN {
        return Err(KeyError::Truncated { what: WHAT, len: wrapped.bytes.len() });
    }
    let opened = decrypt(&wrapping_key(outer, &place), &place, sealed, WHAT)?;
    let key = Key32::from_slice(opened.expose()).ok_or(KeyError::Authentication { what: WHAT })?;
    if !bool::from(commitment(&key, purpose, id).ct_eq(&wrapped.commitment)) {
        return Err(KeyError::Commitment { id: id.to_owned() });
    }
    Ok(key)
}

/// The commitment to a key: HMAC under the key itself, which nobody can make fit a second key without
/// finding a collision of SHA-256.
pub fn commitment(key: &Key32, purpose: &str, id: &str) -> [u8; 32] {
    Keyed::new(key.expose()).tag(&[&framed(&[b"kedun/commit/1", purpose.as_bytes(), id.as_bytes()])])
}

fn place(suite: Suite, purpose: &str, id: &str) -> Vec<u8> {
    framed(&[PRODUCT, &[suite as u8], purpose.as_bytes(), id.as_bytes()])
}

fn wrapping_key(outer: &Key32, place: &[u8]) -> Key32 {
    Keyed::new(outer.expose()).expand(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key32 {
        Key32::from_bytes([byte; 32])
    }

    #[test]
    fn a_wrapped_key_comes_back() {
        let wrapped = wrap(&key(1), "org", "acme", &key(2)).unwrap();
        assert_eq!(wrapped.bytes.len(), LEN);
        assert_eq!(unwrap(&key(1), "org", "acme", &wrapped).unwrap().expose(), key(2).expose());
    }

    #[test]
    fn two_wraps_of_one_key_differ_but_commit_alike() {
        let (a, b) = (wrap(&key(1), "p", "i", &key(2)).unwrap(), wrap(&key(1), "p", "i", &key(2)).unwrap());
        assert_ne!(a.bytes, b.bytes);
        assert_eq!(a.commitment, b.commitment);
    }

    #[test]
    fn other_outer_key_purpose_or_id_is_refused() {
        let wrapped = wrap(&key(1), "org", "acme", &key(2)).unwrap();
        for (outer, purpose, id) in [
            (3, "org", "acme"),
            (1, "subject", "acme"),
            (1, "org", "acm"),
            (1, "orga", "cme"),
            (1, "", "orgacme"),
        ] {
            let error = unwrap(&key(outer), purpose, id, &wrapped).unwrap_err();
            assert!(matches!(error, KeyError::Authentication { .. }), "{outer} {purpose} {id}: {error:?}");
        }
    }

    #[test]
    fn a_wrong_commitment_is_refused() {
        let good = wrap(&key(1), "org", "acme", &key(2)).unwrap();
        for bit in 0..256 {
            let mut bad = good.clone();
            bad.commitment[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(
                unwrap(&key(1), "org", "acme", &bad),
                Err(KeyError::Commitment { id }) if id == "acme"
            ));
        }
        let other = wrap(&key(1), "org", "acme", &key(9)).unwrap();
        let mixed = WrappedKey { bytes: other.bytes, commitment: good.commitment };
        assert!(matches!(unwrap(&key(1), "org", "acme", &mixed), Err(KeyError::Commitment { .. })));
    }

    #[test]
    fn commitments_differ_by_key_purpose_and_id() {
        let base = commitment(&key(1), "org", "acme");
        assert_ne!(base, commitment(&key(2), "org", "acme"));
        assert_ne!(base, commitment(&key(1), "subject", "acme"));
        assert_ne!(base, commitment(&key(1), "org", "acm"));
    }

    #[test]
    fn every_flipped_bit_and_every_length_but_one_is_refused() {
        let good = wrap(&key(1), "org", "acme", &key(2)).unwrap();
        for bit in 0..LEN * 8 {
            let mut bad = good.clone();
            bad.bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(unwrap(&key(1), "org", "acme", &bad).is_err(), "bit {bit}");
        }
        for len in 0..LEN {
            let bad = WrappedKey { bytes: good.bytes[..len].to_vec(), ..good.clone() };
            assert!(matches!(unwrap(&key(1), "org", "acme", &bad), Err(KeyError::Truncated { .. })), "{len}");
        }
        let mut long = good;
        long.bytes.push(0);
        assert!(unwrap(&key(1), "org", "acme", &long).is_err());
    }

    #[test]
    fn unknown_version_and_suite_are_named() {
        let good = wrap(&key(1), "org", "acme", &key(2)).unwrap();
        let with = |at: usize, byte: u8| {
            let mut bad = good.clone();
            bad.bytes[at] = byte;
            unwrap(&key(1), "org", "acme", &bad).unwrap_err()
        };
        assert!(matches!(with(0, 2), KeyError::Version { found: 2, .. }));
        assert!(matches!(with(1, 2), KeyError::Suite { found: 2 }), "SM4-GCM is reserved, not accepted");
        assert!(matches!(with(1, 0), KeyError::Suite { found: 0 }));
    }
}
