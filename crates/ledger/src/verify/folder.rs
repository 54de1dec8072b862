//! Verifying an auditor's kit in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::report::{Failure, FailureKind, Report};
use super::{NodeReader, Row, Verifier, VerifyError};
use crate::kit::{KitKeys, head_path};
use crate::note::NoteVerifier;
use crate::tile::{TILE_WIDTH, Tile, split_bundle};
use crate::tree::{Hash, leaf_hash};

const WIDTH: u64 = TILE_WIDTH as u64;
/// Bundles of the longest log there can be: its entries are counted in 64 bits.
const MOST_BUNDLES: u64 = u64::MAX / WIDTH;
/// Missing bundles of a gap that are named one by one.
const NAMED: u64 = 100;

fn read(path: &Path) -> Result<Option<Vec<u8>>, VerifyError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(VerifyError::Io { path: path.to_owned(), source }),
    }
}

/// Paths of all files below a folder, relative to it and with `/`, in order.
fn walk(root: &Path, below: &str) -> Result<Vec<String>, VerifyError> {
    let (mut files, mut folders) = (Vec::new(), vec![below.to_owned()]);
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        let failed = |source| VerifyError::Io { path: path.clone(), source };
        let list = match fs::read_dir(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => continue,
            list => list.map_err(failed)?,
        };
        for item in list {
            let item = item.map_err(failed)?;
            let name = format!("{folder}/{}", item.file_name().to_string_lossy());
            if item.file_type().map_err(failed)?.is_dir() { folders.push(name) } else { files.push(name) }
        }
    }
    files.sort();
    Ok(files)
}

/// The hash tiles of a kit, one tile per level in memory.
struct KitTiles {
    folder: PathBuf,
    size: u64,
    cache: BTreeMap<u8, (Tile, Option<Vec<Hash>>)>,
    faults: Vec<Failure>,
}

impl KitTiles {
    fn load(&mut self, tile: Tile) -> Option<Vec<Hash>> {
        let span = WIDTH.saturating_pow(u32::from(tile.level()) + 1);
        let first = tile.index().saturating_mul(span);
        let mut fault = |kind, message: String| {
            self.faults
                .push(Failure::new(kind, message).range(first, self.size.min(first.saturating_add(span))));
        };
        match fs::read(self.folder.join(tile.to_string())) {
            Ok(bytes) => match tile.decode(&bytes) {
                Ok(hashes) => return Some(hashes),
                Err(error) => fault(FailureKind::FileDamaged, error.to_string()),
            },
            Err(e) if e.kind() == ErrorKind::NotFound => {
                fault(FailureKind::FileMissing, format!("{tile} is missing"));
            }
            Err(e) => fault(FailureKind::FileDamaged, format!("{tile} cannot be read: {e}")),
        }
        None
    }
}

impl NodeReader for KitTiles {
    fn node(&mut self, level: u8, index: u64) -> Option<Hash> {
        let tile = Tile::containing(level, index, self.size)?;
        if self.cache.get(&level).is_none_or(|(cached, _)| *cached != tile) {
            let hashes = self.load(tile);
            self.cache.insert(level, (tile, hashes));
        }
        let (_, hashes) = self.cache.get(&level)?;
        hashes.as_ref()?.get(usize::try_from(index % WIDTH).ok()?).copied()
    }
}

/// The keys to use, and what is to be said about them.
fn keys(
    folder: &Path,
    trusted: &[NoteVerifier],
) -> Result<(String, Vec<NoteVerifier>, Vec<Failure>), VerifyError> {
    let not_a_kit = |reason: String| VerifyError::NotAKit { path: folder.to_owned(), reason };
    let own = match read(&folder.join("keys.json"))? {
        None => Err("keys.json is missing".to_owned()),
        Some(bytes) => serde_json::from_slice::<KitKeys>(&bytes).map_err(|e| format!("keys.json: {e}")),
    };
    let mut findings = Vec::new();
    if let Some(key) = trusted.first() {
        let known: Vec<String> = trusted.iter().map(ToString::to_string).collect();
        match own {
            Err(reason) => findings.push(Failure::new(FailureKind::KeyMismatch, reason)),
            Ok(own) => {
                for key in own.keys.iter().filter(|k| !known.contains(k)) {
                    let message = format!("keys.json names the key {key}, which you did not say you trust");
                    findings.push(Failure::new(FailureKind::KeyMismatch, message));
                }
            }
        }
        return Ok((key.name().to_owned(), trusted.to_vec(), findings));
    }
    let own = own.map_err(not_a_kit)?;
    let keys = own.keys.iter().map(|k| k.parse()).collect::<Result<Vec<NoteVerifier>, _>>();
    let keys = keys.map_err(|e| not_a_kit(format!("keys.json: {e}")))?;
    Ok((own.origin, keys, findings))
}

/// Reads the heads, the history first and then the newest.
fn heads(folder: &Path, verifier: &mut Verifier<KitTiles>) -> Result<(), VerifyError> {
    let files = walk(folder, "checkpoints")?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    // Numbered without gaps: a head that was taken out shows.
    let (mut number, mut found) = (0, 0);
    let mut last = None;
    while found < files.len() && number < files.len() as u64 + 1000 {
        let path = head_path(number);
        match read(&folder.join(&path))? {
            Some(bytes) => {
                found += 1;
                let head = text(bytes);
                verifier.head(&path, &head)?;
                last = Some(head);
            }
            None => {
                verifier.findings.fail(Failure::new(FailureKind::FileMissing, format!("{path} is missing")))
            }
        }
        number += 1;
    }
    match read(&folder.join("checkpoint"))? {
        Some(bytes) => {
            let newest = text(bytes);
            // The last head of the history under another name is no further head.
            if last.as_ref() != Some(&newest) {
                let before = verifier.signed_size();
                verifier.head("checkpoint", &newest)?;
                // A kit is written with its newest head in the history, too. Without it the heads at the end, or all of
                // them, were taken out, and nobody can see whether the log went on from them.
                if verifier.signed_size() > before {
                    let message =
                        format!("{} is missing: the history ends before checkpoint", head_path(number));
                    verifier.findings.fail(Failure::new(FailureKind::FileMissing, message));
                }
            }
        }
        None => {
            verifier.findings.fail(Failure::new(FailureKind::FileMissing, "checkpoint is missing".to_owned()))
        }
    }
    Ok(())
}

/// The bundles that the kit has: index → width, the widest of each. What is named beyond the end of any log is none.
fn bundles(folder: &Path, verifier: &mut Verifier<KitTiles>) -> Result<BTreeMap<u64, Tile>, VerifyError> {
    let mut found: BTreeMap<u64, Tile> = BTreeMap::new();
    for path in walk(folder, "tile/entries")? {
        if let Ok(tile) = Tile::parse_bundle(&path) {
            if tile.index() >= MOST_BUNDLES {
                let message = format!("{path} is beyond the last entry that a log can have");
                verifier.findings.fail(Failure::new(FailureKind::FileDamaged, message));
                continue;
            }
            let widest = found.entry(tile.index()).or_insert(tile);
            if widest.width() < tile.width() {
                *widest = tile;
            }
        }
    }
    Ok(found)
}

/// Names the bundles that are not there. How many that are is for a head to say, or a name of a file, and both may be
/// made up: the first ones are named one by one, the rest in one finding, so that the report has room for the others.
fn missing(verifier: &mut Verifier<KitTiles>, bundles: Range<u64>, size: u64) {
    let named = bundles.start..bundles.end.min(bundles.start.saturating_add(NAMED));
    for index in named.clone() {
        let wanted = Tile::containing(0, index * WIDTH, size).map(|t| t.bundle_path()).unwrap_or_default();
        let failure = Failure::new(FailureKind::FileMissing, format!("{wanted} is missing"));
        verifier.findings.fail(failure.range(index * WIDTH, size.min((index + 1).saturating_mul(WIDTH))));
    }
    if named.end < bundles.end {
        let message = format!("{} more bundles are missing", bundles.end - named.end);
        let failure = Failure::new(FailureKind::FileMissing, message);
        verifier.findings.fail(failure.range(named.end * WIDTH, size.min(bundles.end.saturating_mul(WIDTH))));
    }
}

/// Feeds one bundle. `last` is whether no bundle follows.
fn feed(verifier: &mut Verifier<KitTiles>, tile: Tile, expected: u64, bytes: &[u8], last: bool) {
    let first = tile.index() * WIDTH;
    let (entries, fault) = split_bundle(bytes);
    if fault.is_some() || (entries.len() as u64) != expected {
        let why = fault
            .map_or_else(|| format!("{} entries instead of {expected}", entries.len()), |f| f.to_string());
        let message = format!("{}: {why}", tile.bundle_path());
        let at = first + entries.len().min(usize::from(TILE_WIDTH)) as u64;
        verifier
            .findings
            .fail(Failure::new(FailureKind::FileDamaged, message).entry(at.min(first + expected)));
    }
    let in_place = |verifier: &mut Verifier<KitTiles>| {
        let mut pairs = entries.iter().zip(first..);
        pairs.all(|(entry, index)| verifier.nodes.node(0, index).is_none_or(|leaf| leaf == leaf_hash(entry)))
    };
    // A last bundle that is right but short is a log cut off, not rows deleted here and there.
    let cut_off = last && (entries.len() as u64) < expected && in_place(verifier);
    for (entry, index) in entries.iter().zip(first..first + expected) {
        verifier.row(Row { index, id: None, bytes: entry, leaf: None });
    }
    if cut_off {
        return;
    }
    if verifier.next < first {
        // Not one of its entries is there, so nothing has told yet of those before it.
        verifier.gap(first);
    }
    while verifier.next < first + expected {
        verifier.absent(false);
    }
}

/// Verifies an auditor's kit. `trusted` are the verifier keys that the auditor brought along (several after
/// a rotation); if there are none the kit's own are used and the report says so in a warning.
///
/// # Errors
/// [`VerifyError`] if the folder cannot be read or is no kit. Whatever is wrong with the log itself is in
/// the report.
pub fn verify_kit(folder: &Path, trusted: &[NoteVerifier]) -> Result<Report, VerifyError> {
    let (origin, keys, key_findings) = keys(folder, trusted)?;
    let tiles = KitTiles { folder: folder.to_owned(), size: 0, cache: BTreeMap::new(), faults: Vec::new() };
    let mut verifier = Verifier::new(&origin, keys, tiles);
    heads(folder, &mut verifier)?;
    let found = bundles(folder, &mut verifier)?;
    let present = found.values().next_back().map_or(0, |t| t.index() * WIDTH + u64::from(t.width()));
    let size = if verifier.heads == 0 { present } else { verifier.signed_size() };
    verifier.nodes.size = size;
    // By what is there, not by how much there should be: the work is that of the kit, whatever its heads claim.
    let mut next = 0;
    for (&index, &tile) in found.range(..size.div_ceil(WIDTH)) {
        missing(&mut verifier, next..index, size);
        next = index + 1;
        let expected = (size - index * WIDTH).min(WIDTH);
        let last = found.range(next..).next().is_none();
        if u64::from(tile.width()) != expected {
            missing(&mut verifier, index..next, size);
        }
        let bytes = read(&folder.join(tile.bundle_path()))?.unwrap_or_default();
        feed(&mut verifier, tile, expected, &bytes, last);
    }
    missing(&mut verifier, next..size.div_ceil(WIDTH), size);
    let heads = verifier.heads;
    let faults = std::mem::take(&mut verifier.nodes.faults);
    let mut report = verifier.finish();
    faults.into_iter().chain(key_findings).for_each(|f| report.fail(f));
    if heads == 0 {
        report.fail(Failure::new(FailureKind::HeadMissing, "no head is validly signed".to_owned()));
    } else if present > size {
        let message =
            format!("the kit holds {present} entries, its newest head covers {size}: an older head again");
        report.fail(Failure::new(FailureKind::HeadReplayed, message).range(size, present));
    }
    if trusted.is_empty() {
        let message = "verified with the kit's own key; compare it with one you were given by another way";
        report.warnings.push(Failure::new(FailureKind::KeyUntrusted, message.to_owned()));
    }
    Ok(report)
}
