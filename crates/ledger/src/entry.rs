//! One row of the log and its canonical CBOR (RFC 8949 section 4.2.1: shortest integers, definite
//! lengths, ascending keys).
//!
//! An entry carries names of fields and pseudonymous references, never a value about a person. Keys of
//! the map, fixed for ever: 0 v, 1 id, 2 at, 3 mono, 4 org, 5 actor, 6 device, 7 session, 8 action,
//! 9 object, 10 reference, 11 subject, 12 fields, 13 purpose, 14 decision, 15 policy, 16 count,
//! 17 commitment. An absent option and an empty list of fields are left out.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::tile::MAX_ENTRY;

/// The version of the entry format that this crate writes and reads.
pub const VERSION: u8 = 1;

/// The greatest length of an actor pseudonym in bytes.
pub const MAX_ACTOR: usize = 32;

/// What was decided about the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Policy allowed it and it was done.
    Allowed,
    /// Policy refused it; nothing left the system. The default: silence never reads as permission.
    #[default]
    Denied,
    /// No person asked: the system acted on its own (a job, a rotation, a start).
    System,
}

impl Decision {
    const fn code(self) -> u8 {
        match self {
            Self::Allowed => 1,
            Self::Denied => 2,
            Self::System => 3,
        }
    }

    const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Allowed),
            2 => Some(Self::Denied),
            3 => Some(Self::System),
            _ => None,
        }
    }
}

/// A salted hash that binds an entry to a payload kept elsewhere under a shreddable key.
///
/// Destroy salt and payload and the commitment says nothing; without the salt a phone number would be
/// guessed in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// `SHA-256("kedun.ledger/commitment@v1" || 0x00 || salt || payload)`. The salt is 32 fresh random
    /// bytes; its fixed length keeps salt and payload apart.
    #[must_use]
    pub fn new(salt: [u8; 32], payload: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"kedun.ledger/commitment@v1\0");
        hasher.update(salt);
        hasher.update(payload);
        Self(hasher.finalize().into())
    }

    /// A commitment read back from storage.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// Whether this salt and payload are what was committed to. The commitment is public, so the
    /// comparison need not be constant in time.
    #[must_use]
    pub fn opens(&self, salt: [u8; 32], payload: &[u8]) -> bool {
        *self == Self::new(salt, payload)
    }
}

/// One row of the log. Fill it with struct update syntax over `Default`; [`encode`](Self::encode) checks it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// Id of the row, a UUIDv7.
    pub id: [u8; 16],
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// When, in milliseconds since the process started: shows a clock that was set back.
    pub mono: u64,
    /// The organisation. Not empty.
    pub org: String,
    /// Pseudonym of who acted, 1 to 32 bytes; the table that resolves it is opened by two persons only.
    pub actor: Vec<u8>,
    /// The device, if known.
    pub device: Option<Vec<u8>>,
    /// First 16 bytes of a hash of the session, never the session's token.
    pub session: Option<[u8; 16]>,
    /// Stable dotted code of the act: `record.read`, `field.reveal`, `export.download`.
    pub action: String,
    /// The kind of object acted on, such as `customer`.
    pub object: Option<String>,
    /// Pseudonym of the record: HMAC of its id under the subject's audit key.
    pub reference: Option<[u8; 32]>,
    /// Pseudonym of the data subject.
    pub subject: Option<[u8; 32]>,
    /// Names of the fields that were shown or changed, in the caller's order; never their values.
    pub fields: Vec<String>,
    /// The purpose that was stated, a code or a short text without personal data.
    pub purpose: Option<String>,
    /// What policy said.
    pub decision: Decision,
    /// Hash of the policy and rule pack that decided.
    pub policy: Option<[u8; 32]>,
    /// Records touched, for lists and exports.
    pub count: Option<u64>,
    /// Binds the payload (old and new values, search text, address), which is kept beside.
    pub commitment: Option<Commitment>,
}

/// Why an entry cannot be written or was refused when read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A member breaks its rule.
    #[error("entry member {member}: {rule}")]
    Member {
        /// Name of the member.
        member: &'static str,
        /// The rule.
        rule: &'static str,
    },
    /// Longer than 65,535 bytes, what a bundle can carry.
    #[error("the entry has {0} bytes, at most {MAX_ENTRY} fit")]
    TooLong(usize),
    /// Not the CBOR of an entry.
    #[error("not an entry: {0}")]
    Malformed(String),
    /// A version that this program does not know.
    #[error("unknown entry version {0}")]
    Version(u64),
    /// An entry, but not in the one canonical encoding (order, shortest form, trailing bytes).
    #[error("the entry is not canonically encoded")]
    NotCanonical,
}

/// Keys of the map in ascending order.
mod key {
    pub(super) const V: u8 = 0;
    pub(super) const ID: u8 = 1;
    pub(super) const AT: u8 = 2;
    pub(super) const MONO: u8 = 3;
    pub(super) const ORG: u8 = 4;
    pub(super) const ACTOR: u8 = 5;
    pub(super) const DEVICE: u8 = 6;
    pub(super) const SESSION: u8 = 7;
    pub(super) const ACTION: u8 = 8;
    pub(super) const OBJECT: u8 = 9;
    pub(super) const REFERENCE: u8 = 10;
    pub(super) const SUBJECT: u8 = 11;
    pub(super) const FIELDS: u8 = 12;
    pub(super) const PURPOSE: u8 = 13;
    pub(super) const DECISION: u8 = 14;
    pub(super) const POLICY: u8 = 15;
    pub(super) const COUNT: u8 = 16;
    pub(super) const COMMITMENT: u8 = 17;
}

type Failed = minicbor::encode::Error<std::convert::Infallible>;

impl Entry {
    fn check(&self) -> Result<(), EntryError> {
        let fail = |member, rule| Err(EntryError::Member { member, rule });
        if self.org.is_empty() {
            return fail("org", "not empty");
        }
        if self.actor.is_empty() || self.actor.len() > MAX_ACTOR {
            return fail("actor", "1 to 32 bytes");
        }
        let word = |w: &str| {
            !w.is_empty() && w.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
        };
        if !self.action.split('.').all(word) {
            return fail("action", "dotted words of a-z, 0-9, _ and -");
        }
        if self.fields.iter().any(String::is_empty) {
            return fail("fields", "a name is not empty");
        }
        Ok(())
    }

    fn members(&self) -> u64 {
        let optional = [
            self.device.is_some(),
            self.session.is_some(),
            self.object.is_some(),
            self.reference.is_some(),
            self.subject.is_some(),
            !self.fields.is_empty(),
            self.purpose.is_some(),
            self.policy.is_some(),
            self.count.is_some(),
            self.commitment.is_some(),
        ];
        8 + optional.iter().map(|present| u64::from(*present)).sum::<u64>()
    }

    /// The canonical bytes: what is hashed into the tree and stored.
    ///
    /// # Errors
    /// [`EntryError::Member`] if a member breaks its rule, [`EntryError::TooLong`] over 65,535 bytes.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        let mut bytes = Vec::with_capacity(256);
        self.write(&mut Encoder::new(&mut bytes)).map_err(|e| EntryError::Malformed(e.to_string()))?;
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLong(bytes.len()));
        }
        Ok(bytes)
    }

    fn write(&self, e: &mut Encoder<&mut Vec<u8>>) -> Result<(), Failed> {
        e.map(self.members())?;
        e.u8(key::V)?.u8(VERSION)?;
        e.u8(key::ID)?.bytes(&self.id)?;
        e.u8(key::AT)?.i64(self.at)?;
        e.u8(key::MONO)?.u64(self.mono)?;
        e.u8(key::ORG)?.str(&self.org)?;
        e.u8(key::ACTOR)?.bytes(&self.actor)?;
        if let Some(device) = &self.device {
            e.u8(key::DEVICE)?.bytes(device)?;
        }
        if let Some(session) = &self.session {
            e.u8(key::SESSION)?.bytes(session)?;
        }
        e.u8(key::ACTION)?.str(&self.action)?;
        if let Some(object) = &self.object {
            e.u8(key::OBJECT)?.str(object)?;
        }
        if let Some(reference) = &self.reference {
            e.u8(key::REFERENCE)?.bytes(reference)?;
        }
        if let Some(subject) = &self.subject {
            e.u8(key::SUBJECT)?.bytes(subject)?;
        }
        if !self.fields.is_empty() {
            e.u8(key::FIELDS)?.array(self.fields.len() as u64)?;
            for field in &self.fields {
                e.str(field)?;
            }
        }
        if let Some(purpose) = &self.purpose {
            e.u8(key::PURPOSE)?.str(purpose)?;
        }
        e.u8(key::DECISION)?.u8(self.decision.code())?;
        if let Some(policy) = &self.policy {
            e.u8(key::POLICY)?.bytes(policy)?;
        }
        if let Some(count) = self.count {
            e.u8(key::COUNT)?.u64(count)?;
        }
        if let Some(commitment) = &self.commitment {
            e.u8(key::COMMITMENT)?.bytes(&commitment.0)?;
        }
        Ok(())
    }

    /// Reads canonical bytes; whatever [`encode`](Self::encode) would not write is refused, so that an
    /// entry has one encoding and one hash.
    ///
    /// # Errors
    /// [`EntryError`], the version being judged before anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLong(bytes.len()));
        }
        let mut decoder = Decoder::new(bytes);
        let members = map_header(&mut decoder)?;
        let mut entry = Self::default();
        for _ in 0..members {
            read_member(&mut decoder, &mut entry)?;
        }
        // Writing it again and comparing covers order, duplicates, lengths, missing and trailing bytes.
        if entry.encode()? != bytes {
            return Err(EntryError::NotCanonical);
        }
        Ok(entry)
    }
}

fn malformed(error: &minicbor::decode::Error) -> EntryError {
    EntryError::Malformed(error.to_string())
}

/// Reads the map's length and the version, which must come first: a later format may look quite different.
fn map_header(d: &mut Decoder<'_>) -> Result<u64, EntryError> {
    let members = d.map().map_err(|e| malformed(&e))?.ok_or(EntryError::NotCanonical)?;
    if members == 0 || d.u64().map_err(|e| malformed(&e))? != u64::from(key::V) {
        return Err(EntryError::Malformed("the version comes first".to_owned()));
    }
    let version = d.u64().map_err(|e| malformed(&e))?;
    if version != u64::from(VERSION) {
        return Err(EntryError::Version(version));
    }
    Ok(members - 1)
}

fn fixed<const N: usize>(d: &mut Decoder<'_>, member: &'static str) -> Result<[u8; N], EntryError> {
    let bytes = d.bytes().map_err(|e| malformed(&e))?;
    bytes.try_into().map_err(|_| EntryError::Member { member, rule: "has a fixed length" })
}

fn text(d: &mut Decoder<'_>) -> Result<String, EntryError> {
    d.str().map(str::to_owned).map_err(|e| malformed(&e))
}

fn read_member(d: &mut Decoder<'_>, entry: &mut Entry) -> Result<(), EntryError> {
    let bad = |e: minicbor::decode::Error| malformed(&e);
    match d.u8().map_err(bad)? {
        key::ID => entry.id = fixed(d, "id")?,
        key::AT => entry.at = d.i64().map_err(bad)?,
        key::MONO => entry.mono = d.u64().map_err(bad)?,
        key::ORG => entry.org = text(d)?,
        key::ACTOR => entry.actor = d.bytes().map_err(bad)?.to_vec(),
        key::DEVICE => entry.device = Some(d.bytes().map_err(bad)?.to_vec()),
        key::SESSION => entry.session = Some(fixed(d, "session")?),
        key::ACTION => entry.action = text(d)?,
        key::OBJECT => entry.object = Some(text(d)?),
        key::REFERENCE => entry.reference = Some(fixed(d, "reference")?),
        key::SUBJECT => entry.subject = Some(fixed(d, "subject")?),
        key::FIELDS => {
            if d.datatype().map_err(bad)? != Type::Array {
                return Err(EntryError::NotCanonical);
            }
            // The length is not trusted for an allocation: a short entry may claim 2^64 names.
            for _ in 0..d.array().map_err(bad)?.unwrap_or(0) {
                entry.fields.push(text(d)?);
            }
        }
        key::PURPOSE => entry.purpose = Some(text(d)?),
        key::DECISION => {
            let code = d.u8().map_err(bad)?;
            let unknown = EntryError::Member { member: "decision", rule: "is 1, 2 or 3" };
            entry.decision = Decision::from_code(code).ok_or(unknown)?;
        }
        key::POLICY => entry.policy = Some(fixed(d, "policy")?),
        key::COUNT => entry.count = Some(d.u64().map_err(bad)?),
        key::COMMITMENT => entry.commitment = Some(Commitment(fixed(d, "commitment")?)),
        other => return Err(EntryError::Malformed(format!("unknown key {other}"))),
    }
    Ok(())
}
