//! Sealing a value to the one place where it may be read.
//!
//! Format of a sealed field value:
//!
//! ```text
//! version (1) | suite (1) | key id (16) | nonce (12) | ciphertext of the padded value | tag (16)
//! ```
//!
//! The place (organisation, object, record, field, schema) and the key's id are authenticated with it, each
//! with its length, so that a value that is copied to another row, field or organisation does not open. This
//! does not stop somebody who puts a whole old row back; the ledger's state root does (CR-07).
//!
//! Values are padded to 16, 32, 64, 128 and then multiples of 128 bytes, so that the length of a name does
//! not give it away. Nonces are random, 96 bits: a key seals one field of one subject, a handful of times.

use crate::keys::mac::{Keyed, framed};
use crate::keys::{Clear, ClearBytes, Key32, KeyError, KeyId, SubjectKey};
use aes_gcm::aead::{AeadInOut as _, KeyInit as _, inout::InOutBuf};
use aes_gcm::{Aes256Gcm, Nonce, Tag};
use kedun_model::{FieldId, ObjectName, RecordId};

/// The algorithms that a value is sealed with; never mixed inside one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Suite {
    /// AES-256-GCM with HKDF-SHA-256 (international suite).
    ///
    /// Number 2 is reserved for SM4-GCM with HKDF-SM3 (国密) and not accepted yet: such a value is refused
    /// with [`KeyError::Suite`].
    Aes256Gcm = 1,
}

impl Suite {
    /// The suite of a byte, if this release opens it.
    pub(super) fn accepted(byte: u8) -> Result<Self, KeyError> {
        match byte {
            1 => Ok(Suite::Aes256Gcm),
            found => Err(KeyError::Suite { found }),
        }
    }
}

/// Where a value belongs. It opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The organisation.
    pub org: &'a str,
    /// The object.
    pub object: &'a ObjectName,
    /// The record.
    pub record: &'a RecordId,
    /// The field.
    pub field: &'a FieldId,
    /// Version of the value's encoding (how text was made of it before sealing), kept by the caller beside
    /// the value; not the definition's version, which changes without resealing anything.
    pub schema: u32,
}

/// The longest value that one seal holds, in bytes (1 MiB); files are sealed in frames elsewhere.
pub const VALUE_MAX: usize = 1 << 20;

/// Bytes of a nonce.
pub(super) const NONCE: usize = 12;
/// Bytes of a tag.
pub(super) const TAG: usize = 16;

/// The format written today.
const VERSION: u8 = 1;
/// Bytes before the nonce: version, suite, key id.
const HEAD: usize = 18;
/// Ends the value inside its padding (ISO/IEC 7816-4: this byte, then zeros).
const END: u8 = 0x80;
/// What errors call it.
const WHAT: &str = "sealed value";
/// What errors call a system secret.
const SYSTEM: &str = "sealed system secret";

/// Seals a value to its place.
pub fn seal(key: &SubjectKey, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut out = Vec::with_capacity(HEAD + NONCE + padded_len(plain.len()) + TAG);
    out.extend_from_slice(&[VERSION, Suite::Aes256Gcm as u8]);
    out.extend_from_slice(key.id().as_bytes());
    let bound = bound(Suite::Aes256Gcm, place, key.id());
    encrypt_padded(&key.field_key(place.object, place.field), &bound, plain, &mut out)?;
    Ok(out)
}

/// Opens a value that is text.
pub fn open(key: &SubjectKey, place: &Place<'_>, sealed: &[u8]) -> Result<Clear, KeyError> {
    open_bytes(key, place, sealed)?.into_text()
}

/// Opens a value that need not be text.
pub fn open_bytes(key: &SubjectKey, place: &Place<'_>, sealed: &[u8]) -> Result<ClearBytes, KeyError> {
    let found = key_id(sealed)?;
    if found != key.id() {
        return Err(KeyError::OtherKey { found: found.to_string(), given: key.id().to_string() });
    }
    let bound = bound(Suite::Aes256Gcm, place, found);
    decrypt_padded(&key.field_key(place.object, place.field), &bound, &sealed[HEAD..], WHAT)
}

/// The id of the key that a value was sealed with, so that the right version is fetched from the keyring.
/// Not authenticated until the value opens.
pub fn key_id(sealed: &[u8]) -> Result<KeyId, KeyError> {
    let [version, suite, rest @ ..] = sealed else {
        return Err(KeyError::Truncated { what: WHAT, len: sealed.len() });
    };
    if *version != VERSION {
        return Err(KeyError::Version { what: WHAT, found: *version });
    }
    Suite::accepted(*suite)?;
    let id = rest.first_chunk().ok_or(KeyError::Truncated { what: WHAT, len: sealed.len() })?;
    Ok(KeyId::from_bytes(*id))
}

/// Seals a secret of the system itself: a one-time seed, a signing key, a connector's credentials. `purpose`
/// and `id` (`"totp"`, the person's id) must be the same when opening.
pub fn seal_system(key: &Key32, purpose: &str, id: &str, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut out = Vec::with_capacity(2 + NONCE + padded_len(plain.len()) + TAG);
    out.extend_from_slice(&[VERSION, Suite::Aes256Gcm as u8]);
    let bound = bound_system(Suite::Aes256Gcm, purpose, id);
    // A key per secret: the number of secrets under one key has no limit, nor can two be swapped.
    encrypt_padded(&Keyed::new(key.expose()).expand(&bound), &bound, plain, &mut out)?;
    Ok(out)
}

/// Opens a secret of the system.
pub fn open_system(key: &Key32, purpose: &str, id: &str, sealed: &[u8]) -> Result<ClearBytes, KeyError> {
    let [version, suite, rest @ ..] = sealed else {
        return Err(KeyError::Truncated { what: SYSTEM, len: sealed.len() });
    };
    if *version != VERSION {
        return Err(KeyError::Version { what: SYSTEM, found: *version });
    }
    let bound = bound_system(Suite::accepted(*suite)?, purpose, id);
    decrypt_padded(&Keyed::new(key.expose()).expand(&bound), &bound, rest, SYSTEM)
}

/// Appends nonce, ciphertext and tag to `out`, with a fresh nonce.
pub(super) fn encrypt(key: &Key32, bound: &[u8], plain: &[u8], out: &mut Vec<u8>) -> Result<(), KeyError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(KeyError::Random)?;
    encrypt_with(nonce, key, bound, plain, out)
}

/// As [`encrypt`], with a given nonce: apart from it, published vectors only. A nonce used twice under one
/// key gives the key's secrets away.
fn encrypt_with(
    nonce: [u8; NONCE],
    key: &Key32,
    bound: &[u8],
    plain: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), KeyError> {
    let too_long = || KeyError::TooLong { len: plain.len(), max: VALUE_MAX };
    out.extend_from_slice(&nonce);
    let start = out.len();
    // The plaintext is only read: `out` holds zeros and then the ciphertext, never the value.
    out.resize(start + plain.len(), 0);
    let buffer = InOutBuf::new(plain, &mut out[start..]).map_err(|_| too_long())?;
    let tag = Aes256Gcm::new(key.expose().into())
        .encrypt_inout_detached(&Nonce::from(nonce), bound, buffer)
        .map_err(|_| too_long())?;
    out.extend_from_slice(&tag);
    Ok(())
}

/// Opens nonce, ciphertext and tag.
pub(super) fn decrypt(
    key: &Key32,
    bound: &[u8],
    sealed: &[u8],
    what: &'static str,
) -> Result<ClearBytes, KeyError> {
    let cut = || KeyError::Truncated { what, len: sealed.len() };
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or_else(cut)?;
    let (body, tag) = rest.split_last_chunk::<TAG>().ok_or_else(cut)?;
    let cipher = Aes256Gcm::new(key.expose().into());
    let mut plain = body.to_vec();
    cipher
        .decrypt_inout_detached(
            &Nonce::from(*nonce),
            bound,
            InOutBuf::from(plain.as_mut_slice()),
            &Tag::from(*tag),
        )
        .map_err(|_| KeyError::Authentication { what })?;
    Ok(ClearBytes::from(plain))
}

fn encrypt_padded(key: &Key32, bound: &[u8], plain: &[u8], out: &mut Vec<u8>) -> Result<(), KeyError> {
    if plain.len() > VALUE_MAX {
        return Err(KeyError::TooLong { len: plain.len(), max: VALUE_MAX });
    }
    let mut padded = zeroize::Zeroizing::new(vec![0; padded_len(plain.len())]);
    padded[..plain.len()].copy_from_slice(plain);
    padded[plain.len()] = END;
    encrypt(key, bound, &padded, out)
}

fn decrypt_padded(
    key: &Key32,
    bound: &[u8],
    sealed: &[u8],
    what: &'static str,
) -> Result<ClearBytes, KeyError> {
    let mut opened = decrypt(key, bound, sealed, what)?;
    // The tag has been checked: whoever wrote this held the key, and the time spent here tells nobody more.
    let end = opened.expose().iter().rposition(|byte| *byte != 0).filter(|end| opened.expose()[*end] == END);
    opened.truncate(end.ok_or(KeyError::Authentication { what })?);
    Ok(opened)
}

/// Length after padding: the smallest of 16, 32, 64, 128, 256, 384, … that holds the value and its end mark.
fn padded_len(len: usize) -> usize {
    match len + 1 {
        0..=16 => 16,
        17..=32 => 32,
        33..=64 => 64,
        more => more.div_ceil(128) * 128,
    }
}

fn bound(suite: Suite, place: &Place<'_>, key: KeyId) -> Vec<u8> {
    framed(&[
        b"kedun/seal/1",
        &[suite as u8],
        place.org.as_bytes(),
        place.object.as_str().as_bytes(),
        place.record.as_str().as_bytes(),
        place.field.as_str().as_bytes(),
        &place.schema.to_be_bytes(),
        key.as_bytes(),
    ])
}

fn bound_system(suite: Suite, purpose: &str, id: &str) -> Vec<u8> {
    framed(&[b"kedun/system/1", &[suite as u8], purpose.as_bytes(), id.as_bytes()])
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
