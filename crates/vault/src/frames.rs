//! Sealing what is larger than a value: in frames, each bound to the record, the part and its own number.

use crate::error::{Result, VaultError};
use crate::keys::{self, SubjectKey};
use crate::naming::place;
use kedun_model::{FieldId, ObjectName, RecordId};

/// Bytes of one frame before it is sealed.
const FRAME: usize = 512 * 1024;

/// Where a body belongs: which part of which record.
pub(crate) struct Part<'a> {
    pub(crate) org: &'a str,
    pub(crate) object: &'a ObjectName,
    pub(crate) record: &'a RecordId,
    pub(crate) name: &'a str,
}

impl Part<'_> {
    /// Seals a body frame by frame, in order; an empty body has none.
    pub(crate) fn seal<'b>(
        &'b self,
        key: &'b SubjectKey,
        body: &'b [u8],
    ) -> impl Iterator<Item = Result<Vec<u8>>> + 'b {
        body.chunks(FRAME).enumerate().map(move |(number, frame)| {
            let field = self.field(number);
            Ok(keys::seal(key, &place(self.org, self.object, self.record, &field), frame)?)
        })
    }

    /// Opens the frame of that number and adds it to the body.
    pub(crate) fn open(
        &self,
        key: &SubjectKey,
        number: usize,
        sealed: &[u8],
        body: &mut Vec<u8>,
    ) -> Result<()> {
        let field = self.field(number);
        let place = place(self.org, self.object, self.record, &field);
        body.extend_from_slice(keys::open_bytes(key, &place, sealed)?.expose());
        Ok(())
    }

    fn field(&self, number: usize) -> FieldId {
        FieldId::new(format!("#{}/{number}", self.name))
    }
}

/// How many frames a body of so many bytes has.
pub(crate) fn count(bytes: usize) -> usize {
    bytes.div_ceil(FRAME)
}

/// Frames one behind the other, each with its length before it.
pub(crate) fn pack(packed: &mut Vec<u8>, frame: &[u8]) {
    packed.extend_from_slice(&u32::try_from(frame.len()).unwrap_or(u32::MAX).to_be_bytes());
    packed.extend_from_slice(frame);
}

/// The frames of a packed body.
pub(crate) fn unpack<'a>(packed: &'a [u8], what: &'static str) -> Result<Vec<&'a [u8]>> {
    let damaged = || VaultError::Damaged(what.to_owned());
    let (mut rest, mut frames) = (packed, Vec::new());
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let (frame, tail) =
            tail.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(damaged)?;
        frames.push(frame);
        rest = tail;
    }
    Ok(frames)
}
