//! The key by which push services know this house (RFC 8292): ECDSA over P-256, because they accept no other.
//!
//! It signs who knocks, never what about: nothing of the house is sealed or proven with it.

use crate::keys::{ClearBytes, KeyError};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

/// A signing key; has no `Debug` that says anything, and no way back to its bytes.
pub struct KnockKey {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl std::fmt::Debug for KnockKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KnockKey")
    }
}

impl KnockKey {
    /// A new key, as PKCS #8, to be sealed at once.
    ///
    /// # Errors
    /// No randomness.
    pub fn generate() -> Result<ClearBytes, KeyError> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        made.map(|document| ClearBytes::from(document.as_ref().to_vec())).map_err(|_| KeyError::Knock)
    }

    /// Reads a key that was kept.
    ///
    /// # Errors
    /// Not such a key.
    pub fn read(kept: &ClearBytes) -> Result<KnockKey, KeyError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, kept.expose(), &random)
            .map_err(|_| KeyError::Knock)?;
        Ok(KnockKey { pair, random })
    }

    /// The public key, an uncompressed point of 65 bytes: what a browser is given, and a push service checks with.
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Signs as ES256 wants it: 64 bytes, `r` before `s`.
    ///
    /// # Errors
    /// No randomness.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signed = self.pair.sign(&self.random, message).map_err(|_| KeyError::Knock)?;
        Ok(signed.as_ref().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn what_it_signs_is_checked_with_its_public_key_and_with_no_other() {
        let [key, other] = [(), ()].map(|()| KnockKey::read(&KnockKey::generate().unwrap()).unwrap());
        assert_eq!((key.public().len(), key.public()[0]), (65, 4));
        let signed = key.sign(b"who knocks").unwrap();
        assert_eq!(signed.len(), 64);
        let check = |key: &KnockKey, said: &[u8]| {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public()).verify(said, &signed)
        };
        assert!(check(&key, b"who knocks").is_ok());
        assert!(check(&key, b"who comes").is_err() && check(&other, b"who knocks").is_err());
        assert_eq!(format!("{key:?}"), "KnockKey");
        assert!(KnockKey::read(&ClearBytes::from(b"not a key".to_vec())).is_err());
    }
}
