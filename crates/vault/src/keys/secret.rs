//! Secrets in memory: a key, and a value in the clear.

use crate::keys::KeyError;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A 256-bit key. Overwritten when dropped; `Debug` says that it is a key and nothing else.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key32([u8; 32]);

impl Key32 {
    /// A fresh key from the operating system.
    pub fn random() -> Result<Self, KeyError> {
        // Filled in place, so that no second copy stays behind on the stack.
        let mut key = Self([0; 32]);
        getrandom::fill(&mut key.0).map_err(KeyError::Random)?;
        Ok(key)
    }

    /// Takes key bytes that came from a key derivation or a key file.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Takes a slice, if it is 32 bytes long.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self([0; 32]);
        (bytes.len() == 32).then(|| {
            key.0.copy_from_slice(bytes);
            key
        })
    }

    /// The bytes, for the crates that compute with them. Do not copy them anywhere that outlives the call.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ConstantTimeEq for Key32 {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for Key32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key32(…)")
    }
}

/// Text in the clear: an opened value, a password, a passphrase.
///
/// It has no `Serialize`, `Debug`, `Display`, `Clone` or `PartialEq`: to let it out somebody has to write
/// `expose`, and that word is searched for in review. Overwritten when dropped.
pub struct Clear(Zeroizing<String>);

impl Clear {
    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Clear {
    /// Takes the text over without copying it.
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// Bytes in the clear, as [`Clear`] but not necessarily text: a seed, a signing key, a connector's secret.
pub struct ClearBytes(Zeroizing<Vec<u8>>);

impl ClearBytes {
    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Shortens to `len` bytes; what is cut off is overwritten with the rest when dropped.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// The same bytes as text.
    pub fn into_text(mut self) -> Result<Clear, KeyError> {
        match String::from_utf8(std::mem::take(&mut *self.0)) {
            Ok(text) => Ok(Clear::from(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(KeyError::NotText)
            }
        }
    }
}

impl From<Vec<u8>> for ClearBytes {
    /// Takes the bytes over without copying them.
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does not compile when the type has the trait: both implementations of `Probe` would then apply and
    /// the compiler could not choose between them.
    macro_rules! lacks {
        ($($type:ty: $($bound:path),+;)+) => {$($({
            trait Probe<Marker> {
                fn probe() {}
            }
            impl<T: ?Sized> Probe<()> for T {}
            struct Has;
            impl<T: ?Sized + $bound> Probe<Has> for T {}
            <$type as Probe<_>>::probe();
        })+)+};
    }

    #[test]
    fn secrets_cannot_be_written_out() {
        use crate::keys::{BlindKey, Kek, KekSource, Passwords, Pepper, SubjectKey, Token, TotpSecret};
        use serde::Serialize;
        use std::fmt::{Debug, Display};
        lacks! {
            Clear: Debug, Display, Serialize, Clone, PartialEq, AsRef<str>, std::ops::Deref;
            ClearBytes: Debug, Display, Serialize, Clone, PartialEq, AsRef<[u8]>, std::ops::Deref;
            Key32: Display, Serialize, Copy, PartialEq, AsRef<[u8]>, std::ops::Deref;
            Kek: Display, Serialize, Clone;
            KekSource: Display, Serialize, Clone;
            SubjectKey: Display, Serialize, Clone;
            BlindKey: Display, Serialize, Clone;
            Pepper: Display, Serialize;
            Passwords: Display, Serialize;
            Token: Display, Serialize, Clone, PartialEq;
            TotpSecret: Display, Serialize, Clone, PartialEq;
        }
    }

    #[test]
    fn random_keys_differ() {
        let (a, b) = (Key32::random().unwrap(), Key32::random().unwrap());
        assert!(!bool::from(a.ct_eq(&b)));
        assert!(bool::from(a.ct_eq(&a.clone())));
        assert_ne!(a.expose(), &[0; 32]);
    }

    #[test]
    fn debug_of_a_key_shows_nothing() {
        assert_eq!(format!("{:?}", Key32::from_bytes([0xAB; 32])), "Key32(…)");
        assert_eq!(format!("{:#?}", Some(Key32::from_bytes([0xAB; 32]))), "Some(\n    Key32(…),\n)");
    }

    #[test]
    fn a_dropped_key_is_overwritten() {
        let mut key = Key32::from_bytes([0xAB; 32]);
        key.zeroize();
        assert_eq!(key.expose(), &[0; 32]);
        fn wiped_on_drop<T: ZeroizeOnDrop>() {}
        wiped_on_drop::<Key32>();
        // What keyed types hold inside: an HMAC is two of these states, a cipher its round keys. Guards the
        // `zeroize` features in Cargo.toml.
        wiped_on_drop::<sha2::Sha256>();
        wiped_on_drop::<aes_gcm::Aes256Gcm>();
        wiped_on_drop::<totp_rs::Totp>();
        wiped_on_drop::<Zeroizing<String>>();
        wiped_on_drop::<Zeroizing<Vec<u8>>>();
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        assert!(matches!(ClearBytes::from(vec![0xFF, 0xFE]).into_text(), Err(KeyError::NotText)));
        assert_eq!(ClearBytes::from("客盾".as_bytes().to_vec()).into_text().ok().unwrap().expose(), "客盾");
    }

    #[test]
    fn a_slice_of_another_length_is_no_key() {
        assert!(Key32::from_slice(&[1; 31]).is_none());
        assert!(Key32::from_slice(&[1; 33]).is_none());
        assert_eq!(Key32::from_slice(&[1; 32]).unwrap().expose(), &[1; 32]);
    }
}
