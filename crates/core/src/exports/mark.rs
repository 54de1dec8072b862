//! The hidden mark of a copy: eight bytes in characters that nobody sees, at the end of cells of text.
//!
//! It survives what keeps the text of a cell: saving again in another format, sorting, deleting other rows and columns,
//! copying a part. It does not survive retyping, a photograph, or a tool that strips such characters; the watermark
//! that people see is for those.

use kedun_vault::{Result, drawn};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Two bits each. All four have no width and are kept by spreadsheets.
const ALPHABET: [char; 4] = ['\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}'];
/// Bytes that name the copy.
const NAME: usize = 6;
/// Bytes that tell a mark from an accident.
const CHECK: usize = 2;
/// Characters of a mark.
const LENGTH: usize = (NAME + CHECK) * 4;
/// Runs of so many unseen characters do not occur in honest text (emoji join with single ones).
const SUSPICIOUS: usize = 3;

/// A mark.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark([u8; NAME]);

impl Mark {
    /// A fresh one.
    pub(super) fn random() -> Result<Mark> {
        drawn().map(Mark)
    }

    /// As stored.
    pub(super) fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// As it stands in a cell.
    pub(super) fn unseen(self) -> String {
        let bytes = self.0.into_iter().chain(check(&self.0));
        bytes.flat_map(|byte| [6, 4, 2, 0].map(|shift| ALPHABET[usize::from(byte >> shift & 3)])).collect()
    }
}

/// Every mark that stands in a text.
pub(super) fn marks_in(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut run: Vec<u8> = Vec::new();
    for c in text.chars().chain(['.']) {
        match ALPHABET.iter().position(|known| *known == c) {
            Some(bits) => run.push(u8::try_from(bits).unwrap_or(0)),
            None => {
                found.extend(run.windows(LENGTH).filter_map(read));
                run.clear();
            }
        }
    }
    found
}

/// A text without what could be mistaken for a mark: somebody may have put a colleague's into a note.
pub(super) fn without_marks(text: &str) -> String {
    let unseen = |c: char| ALPHABET.contains(&c);
    if !text.contains(unseen) {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if unseen(c) {
            run.push(c);
            continue;
        }
        if run.chars().count() < SUSPICIOUS {
            kept.push_str(&run);
        }
        run.clear();
        kept.push(c);
    }
    // Nothing unseen at the end, where the mark goes.
    kept
}

fn read(symbols: &[u8]) -> Option<String> {
    let bytes: Vec<u8> =
        symbols.chunks(4).map(|four| four.iter().fold(0, |byte, bits| byte << 2 | bits)).collect();
    let name: [u8; NAME] = bytes.get(..NAME)?.try_into().ok()?;
    (bytes.get(NAME..)? == check(&name)).then(|| Mark(name).hex())
}

fn check(name: &[u8; NAME]) -> [u8; CHECK] {
    let digest = Sha256::digest([b"kedun mark ".as_slice(), name.as_slice()].concat());
    [digest[0], digest[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_back_from_the_middle_of_a_text() {
        let mark = Mark([1, 2, 3, 250, 251, 252]);
        let text = format!("上海医院{}\n{}另一行", mark.unseen(), mark.unseen());
        assert_eq!(marks_in(&text), BTreeSet::from(["010203fafbfc".to_owned()]));
        assert_eq!(mark.unseen().chars().count(), LENGTH);
    }

    #[test]
    fn a_clean_or_damaged_text_names_nobody() {
        let unseen = Mark([1, 2, 3, 4, 5, 6]).unseen();
        let mut broken: Vec<char> = unseen.chars().collect();
        broken[3] = if broken[3] == ALPHABET[0] { ALPHABET[1] } else { ALPHABET[0] };
        for text in ["", "家庭 👨\u{200D}👩\u{200D}👧", &broken.into_iter().collect::<String>()] {
            assert!(marks_in(text).is_empty());
        }
        assert!(marks_in(unseen.get(3..).unwrap()).is_empty());
    }

    #[test]
    fn what_looks_like_a_mark_is_taken_out_of_values_and_emoji_stay() {
        let planted = format!("备注{}", Mark([9; 6]).unseen());
        assert_eq!(without_marks(&planted), "备注");
        assert_eq!(without_marks("👨\u{200D}👩\u{200D}👧 一家"), "👨\u{200D}👩\u{200D}👧 一家");
    }
}
