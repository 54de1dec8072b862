//! Opaque tokens: 256 random bits that mean nothing until looked up. Only their hash is stored.
//!
//! A fast hash is enough: nobody guesses 256 bits, so a thief of the database has nothing to try.

use crate::keys::KeyError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// What a token is for; the prefix lets scanners of leaked secrets and people tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A person's session (`kds_…`).
    Session,
    /// A program's access (`kdt_…`).
    Api,
    /// What a customer reaches their own page with (`kdl_…`).
    Link,
}

impl TokenKind {
    /// All kinds.
    pub const ALL: [TokenKind; 3] = [TokenKind::Session, TokenKind::Api, TokenKind::Link];

    /// What its tokens begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            TokenKind::Session => "kds_",
            TokenKind::Api => "kdt_",
            TokenKind::Link => "kdl_",
        }
    }
}

/// A token in the clear: shown once to whoever it belongs to, and read from a request. Overwritten when
/// dropped.
pub struct Token {
    kind: TokenKind,
    text: Zeroizing<String>,
}

impl Token {
    /// Draws a new token.
    pub fn generate(kind: TokenKind) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *bytes).map_err(KeyError::Random)?;
        // Full capacity from the start: a growing string would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(64));
        text.push_str(kind.prefix());
        URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
        Ok(Self { kind, text })
    }

    /// Reads a token from a request: prefix and 43 characters of base64url in their one canonical form.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (kind, body) = TokenKind::ALL
            .into_iter()
            .find_map(|kind| Some((kind, text.strip_prefix(kind.prefix())?)))
            .ok_or(KeyError::TokenFormat)?;
        let mut bytes = Zeroizing::new([0_u8; 32]);
        match URL_SAFE_NO_PAD.decode_slice(body, &mut *bytes) {
            Ok(32) => Ok(Self { kind, text: Zeroizing::new(text.to_owned()) }),
            _ => Err(KeyError::TokenFormat),
        }
    }

    /// What it is for.
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The text, for the reply or cookie that delivers it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.text.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}…)", self.kind.prefix())
    }
}

/// SHA-256 of a token. Compared in constant time.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Takes a stored hash.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A short id for a device, that a person can read out: 12 characters (60 random bits) without `i l o u`.
/// It names a device, it does not prove one.
pub fn device_id() -> Result<String, KeyError> {
    /// Crockford's base 32.
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(KeyError::Random)?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_token_is_recognised_by_its_hash() {
        for kind in TokenKind::ALL {
            let token = Token::generate(kind).unwrap();
            assert_eq!(token.expose().len(), 47);
            assert!(token.expose().starts_with(kind.prefix()));
            let back = Token::parse(token.expose()).unwrap();
            assert_eq!(back.kind(), kind);
            assert_eq!(back.hash(), TokenHash::from_bytes(*token.hash().as_bytes()));
        }
    }

    #[test]
    fn the_hash_is_sha_256_of_the_text() {
        let token = Token::parse("kds_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert_eq!(token.hash().as_bytes().as_slice(), Sha256::digest(token.expose()).as_slice());
    }

    #[test]
    fn a_session_is_no_api_token() {
        let session = Token::generate(TokenKind::Session).unwrap();
        let api = Token::parse(&session.expose().replacen("kds_", "kdt_", 1)).unwrap();
        assert_ne!(session.hash(), api.hash());
    }

    #[test]
    fn texts_that_are_no_token_are_refused() {
        let good = "kds_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert!(Token::parse(good).is_ok());
        for bad in [
            "",
            "kds_",
            &good[..46],
            &format!("{good}A"),
            &format!(" {good}"),
            &format!("{good}="),
            &good.replace("kds_", "kdx_"),
            &good.replace("kds_", "KDS_"),
            // The last character carries four bits; any other spelling of the same bytes is refused.
            "kds_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
            "kds_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA客",
            "kds_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/",
        ] {
            let error = Token::parse(bad).unwrap_err();
            assert!(matches!(error, KeyError::TokenFormat), "{bad}");
            assert_eq!(error.to_string(), "not a token");
        }
    }

    #[test]
    fn tokens_and_device_ids_do_not_repeat() {
        let tokens: BTreeSet<String> =
            (0..1_000).map(|_| Token::generate(TokenKind::Session).unwrap().expose().to_owned()).collect();
        assert_eq!(tokens.len(), 1_000);
        let devices: BTreeSet<String> = (0..1_000).map(|_| device_id().unwrap()).collect();
        assert_eq!(devices.len(), 1_000);
        assert!(devices.iter().all(|id| id.len() == 12 && !id.contains(['i', 'l', 'o', 'u'])));
    }

    #[test]
    fn debug_shows_nothing() {
        let token = Token::generate(TokenKind::Api).unwrap();
        assert_eq!(format!("{token:?}"), "Token(kdt_…)");
        assert_eq!(format!("{:?}", token.hash()), "TokenHash(…)");
    }
}
