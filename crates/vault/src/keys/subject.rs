//! The key of one subject: a person or a company file with all contacts, follow-ups, files and history.
//!
//! Destroying the wrapped key in the keyring destroys everything sealed under it, in every backup too.

use crate::keys::envelope::{self, WrappedKey};
use crate::keys::mac::{Keyed, framed};
use crate::keys::seal::Suite;
use crate::keys::{Key32, KeyError};
use kedun_model::{FieldId, ObjectName, RecordId, SubjectId};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Names one version of one subject's key; stored in every value sealed under it. No secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// Takes the 16 bytes as they stand in a sealed value.
    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes as they stand in a sealed value.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    /// Reads the text form (a UUID).
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Uuid::parse_str(text).map(|id| Self(id.into_bytes())).map_err(|_| KeyError::KeyIdFormat)
    }
}

/// The key of one subject, unwrapped.
pub struct SubjectKey {
    id: KeyId,
    subject: SubjectId,
    key: Key32,
    /// `key`, already hashed into an HMAC: a list page derives a field key per value.
    keyed: Keyed,
}

impl SubjectKey {
    /// Draws a new key for the subject, with a new id.
    pub fn generate(subject: &SubjectId) -> Result<Self, KeyError> {
        Ok(Self::assemble(KeyId(Uuid::now_v7().into_bytes()), subject, Key32::random()?))
    }

    /// Wraps the key under the organisation's, bound to the subject and the key's id.
    pub fn wrap(&self, org: &Key32) -> Result<WrappedKey, KeyError> {
        envelope::wrap(org, &purpose(&self.subject), &self.id.to_string(), &self.key)
    }

    /// Unwraps the key `id` of `subject` and checks its commitment. Fails when the row belonged to another
    /// subject or carried another id.
    pub fn unwrap(
        org: &Key32,
        id: KeyId,
        subject: &SubjectId,
        wrapped: &WrappedKey,
    ) -> Result<Self, KeyError> {
        let key = envelope::unwrap(org, &purpose(subject), &id.to_string(), wrapped)?;
        Ok(Self::assemble(id, subject, key))
    }

    /// The key's id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whose key it is.
    pub fn subject(&self) -> &SubjectId {
        &self.subject
    }

    /// The commitment to the key, as stored by [`SubjectKey::wrap`] and named in its certificate.
    pub fn commitment(&self) -> [u8; 32] {
        envelope::commitment(&self.key, &purpose(&self.subject), &self.id.to_string())
    }

    /// The key of one field of one object: what is learned about one field's key helps with no other.
    pub fn field_key(&self, object: &ObjectName, field: &FieldId) -> Key32 {
        self.keyed.expand(&framed(&[
            b"kedun/field/1",
            &[Suite::Aes256Gcm as u8],
            object.as_str().as_bytes(),
            field.as_str().as_bytes(),
        ]))
    }

    /// The key that seals what the audit trail says about this subject; it dies with the subject's.
    pub fn audit_key(&self) -> Key32 {
        self.keyed.expand(&framed(&[b"kedun/audit/1"]))
    }

    /// What the ledger calls a record of this subject: without the key nobody can tell which record it is,
    /// and after the key's destruction nobody at all.
    pub fn reference(&self, record: &RecordId) -> [u8; 32] {
        let key = self.keyed.expand(&framed(&[b"kedun/reference/1"]));
        Keyed::new(key.expose()).tag(&[record.as_str().as_bytes()])
    }

    fn assemble(id: KeyId, subject: &SubjectId, key: Key32) -> Self {
        Self { id, subject: subject.clone(), keyed: Keyed::new(key.expose()), key }
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The subject is part of what the wrap is for: two rows of the keyring cannot swap their keys.
fn purpose(subject: &SubjectId) -> String {
    format!("subject/{subject}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org() -> Key32 {
        Key32::from_bytes([1; 32])
    }

    #[test]
    fn a_key_comes_back_from_the_keyring() {
        let subject = SubjectId::from("s1");
        let key = SubjectKey::generate(&subject).unwrap();
        let wrapped = key.wrap(&org()).unwrap();
        assert_eq!(wrapped.commitment, key.commitment());
        let id: KeyId = key.id().to_string().parse().unwrap();
        let back = SubjectKey::unwrap(&org(), id, &subject, &wrapped).unwrap();
        assert_eq!(back.key.expose(), key.key.expose());
        assert_eq!(back.reference(&"r1".into()), key.reference(&"r1".into()));
        assert_eq!((back.id(), back.subject()), (key.id(), &subject));
    }

    #[test]
    fn other_subject_id_or_organisation_is_refused() {
        let (subject, other) = (SubjectId::from("s1"), SubjectId::from("s2"));
        let (key, second) =
            (SubjectKey::generate(&subject).unwrap(), SubjectKey::generate(&subject).unwrap());
        let wrapped = key.wrap(&org()).unwrap();
        assert!(SubjectKey::unwrap(&org(), key.id(), &other, &wrapped).is_err());
        assert!(SubjectKey::unwrap(&org(), second.id(), &subject, &wrapped).is_err());
        assert!(SubjectKey::unwrap(&Key32::from_bytes([2; 32]), key.id(), &subject, &wrapped).is_err());
    }

    #[test]
    fn a_change_of_the_organisation_key_rewraps_and_leaves_the_values_alone() {
        let (subject, next) = (SubjectId::from("s1"), Key32::from_bytes([2; 32]));
        let key = SubjectKey::generate(&subject).unwrap();
        let old = key.wrap(&org()).unwrap();
        let new = SubjectKey::unwrap(&org(), key.id(), &subject, &old).unwrap().wrap(&next).unwrap();
        assert_eq!(new.commitment, old.commitment, "the certificate still names the same key");
        let back = SubjectKey::unwrap(&next, key.id(), &subject, &new).unwrap();
        assert_eq!(back.key.expose(), key.key.expose());
        assert!(SubjectKey::unwrap(&org(), key.id(), &subject, &new).is_err());
        assert!(SubjectKey::unwrap(&next, key.id(), &subject, &old).is_err());
    }

    #[test]
    fn derived_keys_are_all_different() {
        let key = SubjectKey::generate(&"s1".into()).unwrap();
        let derived = [
            *key.field_key(&"customer".into(), &"f1".into()).expose(),
            *key.field_key(&"customer".into(), &"f2".into()).expose(),
            *key.field_key(&"contact".into(), &"f1".into()).expose(),
            *key.field_key(&"customerf".into(), &"1".into()).expose(),
            *key.audit_key().expose(),
            key.reference(&"r1".into()),
            key.reference(&"r2".into()),
            key.commitment(),
            *key.key.expose(),
        ];
        let distinct: std::collections::BTreeSet<_> = derived.iter().collect();
        assert_eq!(distinct.len(), derived.len());
    }

    #[test]
    fn references_of_two_subjects_do_not_match() {
        let (a, b) = (SubjectKey::generate(&"s".into()).unwrap(), SubjectKey::generate(&"s".into()).unwrap());
        assert_ne!(a.reference(&"r1".into()), b.reference(&"r1".into()));
        assert_ne!(a.id(), b.id());
    }

    #[test]
    fn debug_names_the_id_only() {
        let key = SubjectKey::generate(&"subject-name".into()).unwrap();
        assert_eq!(format!("{key:?}"), format!("SubjectKey {{ id: KeyId({}), .. }}", key.id()));
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        assert!(matches!("x".parse::<KeyId>(), Err(KeyError::KeyIdFormat)));
    }
}
