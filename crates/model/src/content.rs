//! What a file holds: its kind, told from its own bytes, and the bytes that may be kept.
//!
//! **Invariant:** a [`Content`] is one of a short list of kinds, whole, and says nothing of where or with what a picture
//! was taken. There is no other way to one than [`Content::read`].

mod jpeg;
mod office;
mod png;
#[cfg(test)]
mod tests;
mod webp;

use crate::problem::FieldError;

/// Largest file, bytes (10 MiB).
pub const MOST_BYTES: usize = 10 << 20;
/// How far from its end a PDF must say that it ends, bytes.
const PDF_END: usize = 2_048;

/// The kinds of files that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind {
    /// A photograph.
    Jpeg,
    /// A picture.
    Png,
    /// A picture.
    Webp,
    /// A document to read.
    Pdf,
    /// A text, without macros.
    Docx,
    /// A workbook, without macros.
    Xlsx,
}

impl ContentKind {
    /// All kinds.
    pub const ALL: [ContentKind; 6] = [
        ContentKind::Jpeg,
        ContentKind::Png,
        ContentKind::Webp,
        ContentKind::Pdf,
        ContentKind::Docx,
        ContentKind::Xlsx,
    ];

    /// The name as written in records and replies.
    pub fn as_str(self) -> &'static str {
        match self {
            ContentKind::Jpeg => "jpeg",
            ContentKind::Png => "png",
            ContentKind::Webp => "webp",
            ContentKind::Pdf => "pdf",
            ContentKind::Docx => "docx",
            ContentKind::Xlsx => "xlsx",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<ContentKind> {
        ContentKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The media type.
    pub fn media(self) -> &'static str {
        match self {
            ContentKind::Jpeg => "image/jpeg",
            ContentKind::Png => "image/png",
            ContentKind::Webp => "image/webp",
            ContentKind::Pdf => "application/pdf",
            ContentKind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ContentKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The endings that names of this kind have; the first is given to names that have none of them.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            ContentKind::Jpeg => &["jpg", "jpeg"],
            ContentKind::Png => &["png"],
            ContentKind::Webp => &["webp"],
            ContentKind::Pdf => &["pdf"],
            ContentKind::Docx => &["docx"],
            ContentKind::Xlsx => &["xlsx"],
        }
    }

    /// The name of a file of this kind: as given, with an ending that does not lie.
    pub fn name(self, given: &str) -> String {
        let ending = given.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending {
            Some(ending) if self.endings().contains(&ending.as_str()) => given.to_owned(),
            _ => format!("{given}.{}", self.endings()[0]),
        }
    }
}

/// Bytes that may be kept.
pub struct Content {
    kind: ContentKind,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Content {
    /// Without the bytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({}, {} bytes)", self.kind.as_str(), self.bytes.len())
    }
}

impl Content {
    /// Reads what somebody sent. Nothing but the bytes themselves says what they are; of pictures only what draws them
    /// is kept, so that no place, device, time, comment or former picture hides in them.
    ///
    /// # Errors
    /// Of `file`: `required` when it is empty, `too_large`, `file_kind` for what is not one of the kinds, `file_damaged`
    /// for what breaks off or contradicts itself, `file_macros` for a document that brings a program along.
    pub fn read(bytes: &[u8]) -> Result<Content, FieldError> {
        let wrong = |code: &str| FieldError::new("file", code);
        if bytes.is_empty() {
            return Err(wrong("required"));
        }
        if bytes.len() > MOST_BYTES {
            return Err(wrong("too_large").with("max", MOST_BYTES));
        }
        let damaged = || wrong("file_damaged");
        let (kind, bytes) = if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            (ContentKind::Jpeg, jpeg::bare(bytes).ok_or_else(damaged)?)
        } else if bytes.starts_with(png::SIGNATURE) {
            (ContentKind::Png, png::bare(bytes).ok_or_else(damaged)?)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            (ContentKind::Webp, webp::bare(bytes).ok_or_else(damaged)?)
        } else if bytes.starts_with(b"%PDF-") {
            let end = &bytes[bytes.len().saturating_sub(PDF_END)..];
            if !end.windows(5).any(|w| w == b"%%EOF") {
                return Err(damaged());
            }
            (ContentKind::Pdf, bytes.to_vec())
        } else if bytes.starts_with(office::SIGNATURE) {
            (office::kind(bytes).map_err(wrong)?, bytes.to_vec())
        } else {
            return Err(wrong("file_kind"));
        };
        Ok(Content { kind, bytes })
    }

    /// What it is.
    pub fn kind(&self) -> ContentKind {
        self.kind
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
