//! From a leaked file, or a part of one, back to who took it out.

use super::{EXPORT, ExportView, mark::marks_in, view};
use kedun_model::Problem;
use kedun_vault::{Result, Scope, VaultError};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Read as _;

/// Most bytes that are unpacked from a file.
const MOST_BYTES: u64 = 256 << 20;
/// Most marks that are looked up.
const MOST_MARKS: usize = 50;

/// A mark that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Traced {
    /// The mark.
    pub mark: String,
    /// The export that it was made for.
    pub export: ExportView,
}

/// Finds the exports that a leaked file came from: a workbook (`.xlsx`, `.ods`), text in UTF-8 or UTF-16, or anything
/// that holds the text of cells. Nothing is found in a file that was never exported from here.
///
/// # Errors
/// Forbidden without the register of exports.
pub async fn trace(scope: &Scope, file: &[u8]) -> Result<Vec<Traced>> {
    scope.require(kedun_model::Act::ExportsRegister, None)?;
    let mut traced = Vec::new();
    for mark in marks(file).into_iter().take(MOST_MARKS) {
        match scope.case_of_mark(&mark).await {
            Ok(case) => {
                let export = view(&scope.get(EXPORT, &case).await?);
                traced.push(Traced { mark, export });
            }
            Err(VaultError::Problem(Problem::NotFound)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(traced)
}

fn marks(file: &[u8]) -> BTreeSet<String> {
    if !file.starts_with(b"PK\x03\x04") {
        return marks_in(&text(file));
    }
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(file)) else { return BTreeSet::new() };
    let mut found = BTreeSet::new();
    let mut left = MOST_BYTES;
    for i in 0..archive.len() {
        let Ok(entry) = archive.by_index(i) else { continue };
        let mut bytes = Vec::new();
        // A damaged entry may still hold marks before the damage.
        let _ = entry.take(left).read_to_end(&mut bytes);
        left = left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        found.extend(marks_in(&text(&bytes)));
    }
    found
}

/// The text of a file, whatever Unicode it was saved in; XML may spell characters as numbers.
fn text(bytes: &[u8]) -> String {
    let wide = |big: bool| {
        let units = bytes[2..].chunks_exact(2).map(|pair| match big {
            true => u16::from_be_bytes([pair[0], pair[1]]),
            false => u16::from_le_bytes([pair[0], pair[1]]),
        });
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect::<String>()
    };
    let text = match bytes {
        [0xFF, 0xFE, ..] => wide(false),
        [0xFE, 0xFF, ..] => wide(true),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    if text.contains("&#") { numbered(&text) } else { text }
}

fn numbered(text: &str) -> String {
    let mut parts = text.split("&#");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let spelled = part.split_once(';').and_then(|(number, rest)| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            Some((char::from_u32(code)?, rest))
        });
        match spelled {
            Some((c, rest)) => {
                out.push(c);
                out.push_str(rest);
            }
            None => {
                out.push_str("&#");
                out.push_str(part);
            }
        }
    }
    out
}
