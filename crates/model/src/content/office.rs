//! Office Open XML documents (ISO/IEC 29500): an archive whose list of parts says what it is. Nothing is unpacked.

use super::ContentKind;

/// How an archive begins.
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";
/// How the end of its list begins, and how long it is without a comment.
const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
/// How an entry of the list begins, and how long it is without its texts.
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;

/// What the archive is, by its parts.
///
/// # Errors
/// The code of the rule: `file_kind` for any other archive, `file_damaged`, `file_macros`.
pub(super) fn kind(bytes: &[u8]) -> Result<ContentKind, &'static str> {
    let parts = parts(bytes).ok_or("file_damaged")?;
    // Programs are kept in parts of these names, whatever the document calls itself.
    let program = |part: &str| part.ends_with("vbaproject.bin") || part.contains("/activex/");
    if parts.iter().any(|part| program(part)) {
        return Err("file_macros");
    }
    let has = |name: &str| parts.iter().any(|part| part == name);
    match (has("[content_types].xml"), has("word/document.xml"), has("xl/workbook.xml")) {
        (true, true, false) => Ok(ContentKind::Docx),
        (true, false, true) => Ok(ContentKind::Xlsx),
        _ => Err("file_kind"),
    }
}

/// The names of the parts, in lower case. None for a list that does not hold together, or that is sealed by a password.
fn parts(bytes: &[u8]) -> Option<Vec<String>> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    // A comment of at most 64 KiB may follow.
    let end = (last.saturating_sub(usize::from(u16::MAX))..=last).rev().find(|at| {
        bytes[*at..].starts_with(END) && short(bytes, at + 20) == Some(bytes.len() - at - END_LENGTH)
    })?;
    let count = short(bytes, end + 10)?;
    let mut at = long(bytes, end + 16)?;
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        let entry = bytes.get(at..at.checked_add(ENTRY_LENGTH)?)?;
        let sealed = short(entry, 8)? & 1 == 1;
        let begins = long(entry, 42)?;
        if !entry.starts_with(ENTRY) || sealed || !bytes.get(begins..)?.starts_with(SIGNATURE) {
            return None;
        }
        let (name, extra, comment) = (short(entry, 28)?, short(entry, 30)?, short(entry, 32)?);
        let from = at + ENTRY_LENGTH;
        let text = bytes.get(from..from.checked_add(name)?)?;
        names.push(String::from_utf8_lossy(text).to_lowercase());
        at = from + name + extra + comment;
    }
    (at <= end).then_some(names)
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|two| usize::from(u16::from_le_bytes(*two)))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*four)).ok()
}
