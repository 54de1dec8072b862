//! The archive of a copy: what is for programs, what is for people, and the customer's files beside them.
//!
//! **Invariant:** a path in it stays within it, whatever a file was called.

use super::damaged;
use super::hashing::hash;
use kedun_model::ContentKind;
use kedun_vault::{Collected, Held, RecordView, Result};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Most bytes of files that a copy takes along: what is made, sealed and fetched in one piece has to end somewhere.
pub(super) const MOST_BYTES: usize = 64 << 20;

/// The object of the records of files.
const FILE: &str = "file";
/// Characters that some system does not take in a file's name.
const NOT_IN_A_NAME: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// Where what a file holds is found, or why it is not there.
pub(super) enum Place<'a> {
    /// In the archive.
    At { path: String, sha256: String, bytes: &'a [u8] },
    /// Left out: with it there would be more than a copy takes along.
    TooMuch,
    /// It was removed before; nothing is held.
    Removed,
}

impl Place<'_> {
    /// As the file for programs says it.
    pub(super) fn written(&self) -> Json {
        match self {
            Place::At { path, sha256, bytes } => {
                json!({ "path": path, "bytes": bytes.len(), "sha256": sha256 })
            }
            Place::TooMuch => json!({ "left_out": "too_much" }),
            Place::Removed => json!({ "left_out": "removed" }),
        }
    }
}

/// The files of a copy, by the id of their record.
pub(super) struct Files<'a> {
    places: BTreeMap<String, Place<'a>>,
}

impl<'a> Files<'a> {
    /// Gives every file its place, in the order of the records.
    pub(super) fn of(held: &'a Collected) -> Files<'a> {
        let records = held.records.get(&FILE.into()).map_or(&[][..], Vec::as_slice);
        let places = records.iter().enumerate().filter_map(|(index, record)| {
            let place = match held.contents.get(record.id())? {
                Held::Bytes(bytes) => Place::At { path: path(index + 1, record), sha256: hash(bytes), bytes },
                Held::TooMuch => Place::TooMuch,
                Held::Removed => Place::Removed,
            };
            Some((record.id().to_owned(), place))
        });
        Files { places: places.collect() }
    }

    /// The place of a record's content; none for records that are no files.
    pub(super) fn place(&self, record: &RecordView) -> Option<&Place<'a>> {
        self.places.get(record.id())
    }

    /// How many did not come along because of their size.
    pub(super) fn left_out(&self) -> usize {
        self.places.values().filter(|place| matches!(place, Place::TooMuch)).count()
    }

    /// One archive of the two documents and the files.
    ///
    /// # Errors
    /// More than an archive holds.
    pub(super) fn pack(&self, documents: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
        let entries = documents.iter().map(|(name, body)| (name.as_str(), body.as_slice()));
        let files = self.places.values().filter_map(|place| match place {
            Place::At { path, bytes, .. } => Some((path.as_str(), *bytes)),
            Place::TooMuch | Place::Removed => None,
        });
        let mut files: Vec<(&str, &[u8])> = files.collect();
        files.sort_by_key(|(path, _)| *path);
        write(entries.chain(files)).map_err(|_| damaged("an archive of its copy"))
    }
}

fn write<'e>(entries: impl Iterator<Item = (&'e str, &'e [u8])>) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in entries {
        // Photos and documents are packed already; a second time costs time and wins nothing.
        let method = match name.starts_with("files/") {
            true => CompressionMethod::Stored,
            false => CompressionMethod::Deflated,
        };
        archive.start_file(name, SimpleFileOptions::default().compression_method(method))?;
        archive.write_all(body)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// `files/007-门头.jpg`: numbered, so that two of one name both come along.
fn path(number: usize, record: &RecordView) -> String {
    let kind = record.clear_text("kind").and_then(ContentKind::parse);
    let name = plain(record.clear_text("name").unwrap_or_default());
    let name = kind.map_or(name.clone(), |kind| kind.name(&name));
    format!("files/{number:03}-{name}")
}

/// A name that every system takes.
fn plain(name: &str) -> String {
    let kept = |c: char| if c.is_control() || NOT_IN_A_NAME.contains(&c) { '_' } else { c };
    name.chars().map(kept).collect::<String>().trim_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_folder_on_every_system() {
        for (name, plainly) in [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\x.jpg", "C__x.jpg"),
            ("门头 3.jpg", "门头 3.jpg"),
            ("a\n\0b.pdf", "a__b.pdf"),
            ("...", ""),
        ] {
            assert_eq!(plain(name), plainly);
        }
    }

    #[test]
    fn what_is_packed_comes_out_as_it_was() {
        let photo = [0xFF_u8, 0xD8, 0, 1, 2];
        let entries = [("a.json", b"{}".as_slice()), ("files/001-\u{95e8}.jpg", &photo)];
        let packed = write(entries.into_iter()).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        for (index, (name, body)) in entries.iter().enumerate() {
            let mut entry = archive.by_index(index).unwrap();
            assert_eq!(entry.name().unwrap(), *name);
            let mut read = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut read).unwrap();
            assert_eq!(read, *body);
        }
    }
}
