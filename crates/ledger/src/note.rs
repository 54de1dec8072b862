//! C2SP `signed-note`: text signed by named Ed25519 keys (signature type 0x01), and the keys' text forms.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Signature type identifier of Ed25519.
const ED25519: u8 = 0x01;

/// A note longer than this is refused unread; sixteen post-quantum signatures fit in a tenth of it.
pub const MAX_NOTE: usize = 1_000_000;

/// More signature lines than this are refused (the specification asks for at least 16).
pub const MAX_SIGNATURES: usize = 100;

/// Why a note or key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not in the format of a signed note.
    #[error("malformed note: {0}")]
    Malformed(&'static str),
    /// Not in the format of a verifier or signer key. The text is not repeated: it may be a secret.
    #[error("malformed note key: {0}")]
    Key(&'static str),
    /// A known key's signature does not fit the text.
    #[error("the signature of {name}+{id:08x} does not fit the text")]
    BadSignature {
        /// Name of the key.
        name: String,
        /// Its id.
        id: u32,
    },
    /// No signature of a known key.
    #[error("no signature of a known key (signed by: {signers})")]
    Unknown {
        /// The keys that did sign, `name+id` separated by commas.
        signers: String,
    },
}

/// Whether a key may have this name: not empty, no Unicode spaces, no plus, no control characters.
#[must_use]
pub fn valid_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

fn key_id(name: &str, key: &[u8; 32]) -> u32 {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', ED25519]);
    hasher.update(key);
    let [a, b, c, d, ..]: [u8; 32] = hasher.finalize().into();
    u32::from_be_bytes([a, b, c, d])
}

/// Splits `name+hash+base64`, checks the alphabet of the id, answers (name, id, key bytes).
fn split_key(text: &str) -> Result<(&str, u32, Zeroizing<[u8; 32]>), NoteError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoteError::Key("three parts are separated by plus"));
    };
    if !valid_name(name) {
        return Err(NoteError::Key("a name is not empty and has no spaces"));
    }
    if id.len() != 8 || !id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err(NoteError::Key("an id is eight lower-case hexadecimal digits"));
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| NoteError::Key("an id is hexadecimal"))?;
    let bytes = Zeroizing::new(STANDARD.decode(key).map_err(|_| NoteError::Key("the key is not base64"))?);
    let Some((ED25519, bytes)) = bytes.split_first().map(|(t, rest)| (*t, rest)) else {
        return Err(NoteError::Key("only signature type 0x01 (Ed25519) is known"));
    };
    let mut key = Zeroizing::new([0u8; 32]);
    if bytes.len() != key.len() {
        return Err(NoteError::Key("an Ed25519 key has 32 bytes"));
    }
    key.copy_from_slice(bytes);
    Ok((name, id, key))
}

/// A public key that verifies notes; text form `name+id+base64(0x01 || key)`, the *vkey*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl NoteVerifier {
    /// A verifier from a name and a raw public key.
    ///
    /// # Errors
    /// [`NoteError::Key`] for a bad name, a point off the curve or a weak (small order) key.
    pub fn new(name: &str, key: &[u8; 32]) -> Result<Self, NoteError> {
        if !valid_name(name) {
            return Err(NoteError::Key("a name is not empty and has no spaces or plus"));
        }
        let id = key_id(name, key);
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key("not a point of the curve"))?;
        if key.is_weak() {
            return Err(NoteError::Key("a key of small order verifies anything"));
        }
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// The key's name, for a log its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's short id (an identifier, not a fingerprint to trust).
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The raw public key.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.key.to_bytes()
    }
}

impl FromStr for NoteVerifier {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let (name, id, key) = split_key(text)?;
        let verifier = Self::new(name, &key)?;
        if verifier.id != id {
            return Err(NoteError::Key("the id does not belong to this name and key"));
        }
        Ok(verifier)
    }
}

/// The vkey.
impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = vec![ED25519];
        typed.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode(typed))
    }
}

/// A private key that signs notes. It zeroises on drop and its `Debug` shows the public half only.
pub struct NoteSigner {
    verifier: NoteVerifier,
    key: SigningKey,
}

impl NoteSigner {
    /// A signer from a name and an RFC 8032 seed (32 random bytes, drawn by the caller).
    ///
    /// # Errors
    /// [`NoteError::Key`] for a name that is empty or has spaces or a plus.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { verifier: NoteVerifier::new(name, key.verifying_key().as_bytes())?, key })
    }

    /// Reads `PRIVATE+KEY+name+id+base64(0x01 || seed)`, the text form of Go's `sumdb/note`.
    ///
    /// # Errors
    /// [`NoteError::Key`]; the message never repeats the text.
    pub fn from_text(text: &str) -> Result<Self, NoteError> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(NoteError::Key("it begins with PRIVATE+KEY+"))?;
        let (name, id, seed) = split_key(rest)?;
        let signer = Self::from_seed(name, &seed)?;
        if signer.verifier.id != id {
            return Err(NoteError::Key("the id does not belong to this name and key"));
        }
        Ok(signer)
    }

    /// The text form, secret; the buffer zeroises on drop.
    #[must_use]
    pub fn to_secret_text(&self) -> Zeroizing<String> {
        let mut typed = Zeroizing::new(vec![ED25519]);
        typed.extend_from_slice(self.key.as_bytes());
        let encoded = Zeroizing::new(STANDARD.encode(&*typed));
        Zeroizing::new(format!("PRIVATE+KEY+{}+{:08x}+{}", self.verifier.name, self.verifier.id, *encoded))
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// The signature of a text (which ends in a newline, see [`Note`]).
    fn sign(&self, text: &str) -> NoteSignature {
        let bytes = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        NoteSignature { name: self.verifier.name.clone(), id: self.verifier.id, bytes }
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteSigner").field("verifier", &self.verifier.to_string()).finish_non_exhaustive()
    }
}

/// One signature line of a note, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the signing key.
    pub name: String,
    /// Id of the signing key.
    pub id: u32,
    /// The signature without the id.
    pub bytes: Vec<u8>,
}

/// A parsed note. Its text means nothing until [`verify`](Self::verify) has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

fn valid_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::Malformed("the text ends in a newline"));
    }
    if text.chars().any(|c| c < ' ' && c != '\n') {
        return Err(NoteError::Malformed("the text has no control characters"));
    }
    Ok(())
}

impl Note {
    /// A note with one signature.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] if the text does not end in a newline or has control characters.
    pub fn sign(text: &str, signer: &NoteSigner) -> Result<Self, NoteError> {
        valid_text(text)?;
        Ok(Self { text: text.to_owned(), signatures: vec![signer.sign(text)] })
    }

    /// Adds another signature over the same text: a second key during rotation, a witness.
    #[must_use]
    pub fn also_sign(mut self, signer: &NoteSigner) -> Self {
        let signature = signer.sign(&self.text);
        self.signatures.retain(|s| (&s.name, s.id) != (&signature.name, signature.id));
        self.signatures.push(signature);
        self
    }

    /// Reads a note strictly, without verifying it.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] with the rule that it breaks.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let fail = NoteError::Malformed;
        if note.len() > MAX_NOTE {
            return Err(fail("longer than a megabyte"));
        }
        let split = note.rfind("\n\n").ok_or(fail("a blank line separates text and signatures"))?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        valid_text(text)?;
        let lines = lines.strip_suffix('\n').ok_or(fail("every signature line ends in a newline"))?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            let rest =
                line.strip_prefix("— ").ok_or(fail("a signature line begins with a dash and a space"))?;
            let (name, encoded) =
                rest.split_once(' ').ok_or(fail("a signature line has a name and a signature"))?;
            if !valid_name(name) {
                return Err(fail("a key name has no spaces or plus"));
            }
            let bytes = STANDARD.decode(encoded).map_err(|_| fail("a signature is base64"))?;
            let Some((id, bytes)) = bytes.split_first_chunk::<4>().filter(|(_, rest)| !rest.is_empty())
            else {
                return Err(fail("a signature has an id and at least one byte"));
            };
            if signatures.len() == MAX_SIGNATURES {
                return Err(fail("too many signatures"));
            }
            signatures.push(NoteSignature {
                name: name.to_owned(),
                id: u32::from_be_bytes(*id),
                bytes: bytes.to_vec(),
            });
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Verifies against the known keys and answers those that signed, each once.
    ///
    /// Signatures of unknown keys are ignored, also if they share a name or an id (but not both) with a
    /// known one.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] if any signature of a known key fails, [`NoteError::Unknown`] if no known
    /// key signed.
    pub fn verify<'k>(&self, known: &'k [NoteVerifier]) -> Result<Vec<&'k NoteVerifier>, NoteError> {
        let mut signers: Vec<&NoteVerifier> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = known.iter().find(|k| k.name == signature.name && k.id == signature.id) else {
                continue;
            };
            // Strict: also refuses the malleable encodings on which implementations disagree.
            let good = Signature::from_slice(&signature.bytes)
                .and_then(|s| key.key.verify_strict(self.text.as_bytes(), &s));
            if good.is_err() {
                return Err(NoteError::BadSignature { name: key.name.clone(), id: key.id });
            }
            if !signers.contains(&key) {
                signers.push(key);
            }
        }
        if signers.is_empty() {
            let names: Vec<String> =
                self.signatures.iter().map(|s| format!("{}+{:08x}", s.name, s.id)).collect();
            return Err(NoteError::Unknown { signers: names.join(", ") });
        }
        Ok(signers)
    }

    /// The text, with its final newline. Verify before believing it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

/// The signed note, as stored and sent.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let mut bytes = signature.id.to_be_bytes().to_vec();
            bytes.extend_from_slice(&signature.bytes);
            writeln!(f, "— {} {}", signature.name, STANDARD.encode(bytes))?;
        }
        Ok(())
    }
}
