//! Callbacks of WeCom and DingTalk: one scheme, two ways of writing the time.
//!
//! ```text
//! signature = hex(sha1(concat(sort([token, timestamp, nonce, encrypted]))))
//! key       = base64(encoding key + "="), 32 bytes; iv = its first 16 bytes
//! encrypted = base64(AES-256-CBC(random (16) | length (4, big endian) | message | receiver | padding to 32))
//! ```
//!
//! **Invariant:** nothing is decrypted before its signature and its time were checked, so the padding is no oracle
//! for strangers. A message that was seen before within the window is not noticed here: the caller keeps the ids.
//!
//! Sources: WeCom developer documentation, "加解密方案说明" (document path 91144), whose sample kit has the vectors of
//! WeCom; `open-dingtalk/DingTalk-Callback-Crypto`, which has DingTalk's. Both are in `tests/vectors.rs`.

use crate::ConnectError;
use aes::Aes256;
use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use sha1::{Digest as _, Sha1};
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Longest encrypted text that is looked at, in characters. Ours: the platforms name no limit.
pub const ENCRYPTED_MAX: usize = 1 << 20;
/// How far a timestamp may lie from now, ms, on either side. Ours: the platforms name none.
pub const WINDOW_MS: i64 = 10 * 60_000;

/// Messages are padded to a multiple of this, unlike the 16 of AES.
const BLOCK: usize = 32;
/// Random bytes and length before the message.
const HEAD: usize = 20;

/// The last character of an encoding key carries two bits that belong to nothing, and in real keys (and in both
/// platforms' samples) they are not zero.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// WeCom: timestamps in seconds.
    WeCom,
    /// DingTalk: timestamps in milliseconds.
    DingTalk,
}

impl Platform {
    fn millis(self, timestamp: &str) -> Option<i64> {
        let digits = !timestamp.is_empty() && timestamp.bytes().all(|b| b.is_ascii_digit());
        let number = timestamp.parse::<i64>().ok().filter(|_| digits)?;
        match self {
            Platform::WeCom => number.checked_mul(1_000),
            Platform::DingTalk => Some(number),
        }
    }
}

/// What a platform sent, as texts: query parameters after URL decoding, and `encrypt` of the body or `echostr`.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    /// `msg_signature` (DingTalk also: `signature`).
    pub signature: &'a str,
    /// `timestamp`.
    pub timestamp: &'a str,
    /// `nonce`.
    pub nonce: &'a str,
    /// `echostr`, `Encrypt` or `encrypt`.
    pub encrypted: &'a str,
}

/// What is answered to a platform that wants an encrypted answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// `encrypt`.
    pub encrypted: String,
    /// `msg_signature`.
    pub signature: String,
}

/// One callback as it is configured at the platform: token, key and whom its messages are for.
pub struct Callback {
    platform: Platform,
    token: Zeroizing<String>,
    key: Zeroizing<[u8; 32]>,
    receiver: String,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({:?}, …)", self.platform)
    }
}

impl Callback {
    /// Takes the settings of a callback. `receiver` is the corporation's id for an application of its own, the
    /// suite's id for commands of a third party's, DingTalk's app key; a platform that sends none is told by "".
    ///
    /// # Errors
    /// [`ConnectError::Token`], [`ConnectError::EncodingKey`].
    pub fn new(
        platform: Platform,
        token: &str,
        encoding_key: &str,
        receiver: &str,
    ) -> Result<Callback, ConnectError> {
        if token.is_empty() {
            return Err(ConnectError::Token);
        }
        let mut key = Zeroizing::new([0_u8; 32]);
        let fits = encoding_key.len() == 43
            && KEY_BASE64.decode_slice(encoding_key, key.as_mut_slice()).is_ok_and(|len| len == 32);
        if !fits {
            return Err(ConnectError::EncodingKey);
        }
        Ok(Callback { platform, token: Zeroizing::new(token.to_owned()), key, receiver: receiver.to_owned() })
    }

    /// Checks and opens what was received, at `now` (UTC ms). Verifying a URL and taking an event are the same.
    ///
    /// # Errors
    /// Signature, then time, then content, then receiver.
    pub fn open(&self, received: &Received<'_>, now: i64) -> Result<Zeroizing<String>, ConnectError> {
        if received.encrypted.len() > ENCRYPTED_MAX {
            return Err(ConnectError::TooLong);
        }
        let expected = self.signature(received.timestamp, received.nonce, received.encrypted);
        if !bool::from(expected.as_bytes().ct_eq(received.signature.as_bytes())) {
            return Err(ConnectError::Signature);
        }
        let at = self.platform.millis(received.timestamp).ok_or(ConnectError::Timestamp)?;
        if now.abs_diff(at) > WINDOW_MS.unsigned_abs() {
            return Err(ConnectError::Timestamp);
        }
        let opened = self.decrypt(received.encrypted)?;
        let (message, receiver) = split(&opened).ok_or(ConnectError::Damaged)?;
        let message = std::str::from_utf8(message).map_err(|_| ConnectError::Damaged)?;
        if receiver != self.receiver.as_bytes() {
            return Err(ConnectError::Receiver);
        }
        Ok(Zeroizing::new(message.to_owned()))
    }

    /// Encrypts and signs an answer (DingTalk wants `success` this way). `random` must be fresh for every answer.
    ///
    /// # Errors
    /// [`ConnectError::TooLong`].
    pub fn reply(
        &self,
        message: &str,
        random: [u8; 16],
        timestamp: &str,
        nonce: &str,
    ) -> Result<Reply, ConnectError> {
        let length = u32::try_from(message.len()).map_err(|_| ConnectError::TooLong)?;
        let full = HEAD + message.len() + self.receiver.len();
        let pad = BLOCK - full % BLOCK;
        if (full + pad).div_ceil(3) * 4 > ENCRYPTED_MAX {
            return Err(ConnectError::TooLong);
        }
        let mut plain = Zeroizing::new(Vec::with_capacity(full + pad));
        plain.extend_from_slice(&random);
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(message.as_bytes());
        plain.extend_from_slice(self.receiver.as_bytes());
        plain.resize(full + pad, u8::try_from(pad).map_err(|_| ConnectError::TooLong)?);
        let cipher = cbc::Encryptor::<Aes256>::new((&*self.key).into(), (&self.iv()).into());
        let sealed =
            cipher.encrypt_padded::<NoPadding>(&mut plain, full + pad).map_err(|_| ConnectError::TooLong)?;
        let encrypted = STANDARD.encode(sealed);
        let signature = self.signature(timestamp, nonce, &encrypted);
        Ok(Reply { encrypted, signature })
    }

    fn signature(&self, timestamp: &str, nonce: &str, encrypted: &str) -> String {
        let mut parts = [self.token.as_str(), timestamp, nonce, encrypted];
        parts.sort_unstable();
        let mut hash = Sha1::new();
        parts.iter().for_each(|part| hash.update(part));
        hex::encode(hash.finalize())
    }

    fn iv(&self) -> [u8; 16] {
        let mut iv = [0; 16];
        iv.copy_from_slice(&self.key[..16]);
        iv
    }

    fn decrypt(&self, encrypted: &str) -> Result<Zeroizing<Vec<u8>>, ConnectError> {
        let bytes = STANDARD.decode(encrypted).map_err(|_| ConnectError::Damaged)?;
        let mut bytes = Zeroizing::new(bytes);
        if bytes.is_empty() || bytes.len() % BLOCK != 0 {
            return Err(ConnectError::Damaged);
        }
        let cipher = cbc::Decryptor::<Aes256>::new((&*self.key).into(), (&self.iv()).into());
        cipher.decrypt_padded::<NoPadding>(&mut bytes).map_err(|_| ConnectError::Damaged)?;
        Ok(bytes)
    }
}

/// Message and receiver of an opened text; none when padding or length do not add up.
fn split(opened: &[u8]) -> Option<(&[u8], &[u8])> {
    let pad = usize::from(*opened.last()?);
    if !(1..=BLOCK).contains(&pad) {
        return None;
    }
    let (body, padding) = opened.split_at_checked(opened.len().checked_sub(pad)?)?;
    if padding.iter().any(|byte| usize::from(*byte) != pad) {
        return None;
    }
    let length = u32::from_be_bytes(body.get(16..HEAD)?.try_into().ok()?);
    body.get(HEAD..)?.split_at_checked(usize::try_from(length).ok()?)
}
