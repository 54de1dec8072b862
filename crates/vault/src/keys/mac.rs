//! HMAC-SHA-256 and HKDF-SHA-256 as this house uses them: keys in, 32 bytes out, no way to fail.
//!
//! The `hkdf` crate answers `Result` for output lengths that we never ask for; an error that cannot happen
//! would have to be carried through every signature. One block of HKDF-Expand is one HMAC, so it is written
//! out here and held to RFC 5869 and to the `hkdf` crate by the tests.

use crate::keys::Key32;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a SHA-256 block.
const BLOCK: usize = 64;

/// An HMAC-SHA-256 that is keyed; cloning it saves hashing the key again.
#[derive(Clone)]
pub(super) struct Keyed(Hmac<Sha256>);

impl Keyed {
    /// Keys the HMAC (RFC 2104: longer keys than a block are hashed first, shorter ones padded with zeros).
    pub(super) fn new(key: &[u8]) -> Self {
        let mut block = Zeroizing::new([0_u8; BLOCK]);
        if key.len() > BLOCK {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        Self(Hmac::new((&*block).into()))
    }

    /// HKDF-Extract, then keyed for [`Keyed::expand`].
    pub(super) fn extract(salt: &[u8], material: &[u8]) -> Self {
        Self::new(&*Zeroizing::new(Self::new(salt).tag(&[material])))
    }

    /// The HMAC over the parts, one after the other. Callers that mix lengths use [`framed`].
    pub(super) fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// HKDF-Expand to one block: a key of its own for this `info`.
    pub(super) fn expand(&self, info: &[u8]) -> Key32 {
        Key32::from_bytes(self.tag(&[info, &[1]]))
    }
}

/// Joins parts so that no two lists of parts give the same bytes: each is preceded by its length (u32,
/// big-endian). Plain concatenation would let `("ab","c")` stand for `("a","bc")`.
pub(super) fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        // A part of 4 GiB cannot be reached: values are bounded and names are short.
        out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn expand_and_extract_agree_with_the_hkdf_crate(
            key: [u8; 32], salt: Vec<u8>, material: Vec<u8>, info: Vec<u8>,
        ) {
            let mut theirs = [0; 32];
            hkdf::Hkdf::<Sha256>::from_prk(&key).unwrap().expand(&info, &mut theirs).unwrap();
            prop_assert_eq!(*Keyed::new(&key).expand(&info).expose(), theirs);
            hkdf::Hkdf::<Sha256>::new(Some(&salt), &material).expand(&info, &mut theirs).unwrap();
            prop_assert_eq!(*Keyed::extract(&salt, &material).expand(&info).expose(), theirs);
        }

        #[test]
        fn framing_has_no_collisions(a: Vec<Vec<u8>>, b: Vec<Vec<u8>>) {
            let slices = |parts: &[Vec<u8>]| framed(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert_eq!(slices(&a) == slices(&b), a == b);
        }
    }

    #[test]
    fn a_border_may_not_move() {
        assert_ne!(framed(&[b"ab", b"c"]), framed(&[b"a", b"bc"]));
        assert_ne!(framed(&[b"ab"]), framed(&[b"ab", b""]));
    }
}
