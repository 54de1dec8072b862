//! The auditor against the forger: every way to touch a kit must be seen, and the entry named.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail loudly too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kedun_ledger::kit::{KitError, KitWriter};
use kedun_ledger::note::{NoteSigner, NoteVerifier};
use kedun_ledger::tile::{Tile, decode_bundle, encode_bundle};
use kedun_ledger::tree::{Frontier, Hash, leaf_hash, root_of};
use kedun_ledger::verify::{FailureKind, NoNodes, Report, Row, VerifyError};
use kedun_ledger::{Checkpoint, Entry, SignedCheckpoint, Verifier, verify_kit};
use tempfile::TempDir;

const ORIGIN: &str = "log.example/acme";
const HEADS: [u64; 7] = [0, 1, 200, 256, 600, 900, 1000];

fn signer() -> NoteSigner {
    NoteSigner::from_seed(ORIGIN, &[5; 32]).unwrap()
}

fn key() -> Vec<NoteVerifier> {
    vec![signer().verifier().clone()]
}

fn entry_at(n: u64, at: i64, what: &str) -> Vec<u8> {
    let mut id = [7; 16];
    id[..8].copy_from_slice(&n.to_be_bytes());
    let purpose = Some(what.to_owned());
    let org = "acme".to_owned();
    Entry { id, at, org, actor: vec![1], action: "a.b".into(), purpose, ..Entry::default() }.encode().unwrap()
}

fn entry(n: u64) -> Vec<u8> {
    entry_at(n, 1_790_000_000_000 + n as i64 * 1000, "support")
}

fn entries(n: u64) -> Vec<Vec<u8>> {
    (0..n).map(entry).collect()
}

fn leaves(entries: &[Vec<u8>]) -> Vec<Hash> {
    entries.iter().map(|e| leaf_hash(e)).collect()
}

fn head_by(entries: &[Vec<u8>], size: u64, signer: &NoteSigner) -> String {
    let root = root_of(&leaves(&entries[..size as usize]));
    SignedCheckpoint::sign(Checkpoint::new(ORIGIN, size, root).unwrap(), signer).unwrap().to_string()
}

fn head(entries: &[Vec<u8>], size: u64) -> String {
    head_by(entries, size, &signer())
}

fn heads(entries: &[Vec<u8>]) -> Vec<String> {
    HEADS.iter().map(|size| head(entries, *size)).collect()
}

/// Writes a kit whose entries, stored leaf hashes and heads may each tell another story.
fn write(entries: &[Vec<u8>], leaves: &[Hash], heads: &[String]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let rows = entries.iter().zip(leaves).map(|(e, l)| Ok::<_, KitError>((e, *l)));
    KitWriter::write_all(folder.path(), ORIGIN, &key(), heads, rows).unwrap();
    folder
}

fn honest() -> TempDir {
    let entries = entries(1000);
    write(&entries, &leaves(&entries), &heads(&entries))
}

fn audit(folder: &TempDir) -> Report {
    verify_kit(folder.path(), &key()).unwrap()
}

/// The findings as (kind, entry, until).
fn found(report: &Report) -> Vec<(FailureKind, Option<u64>, Option<u64>)> {
    assert_eq!(report.ok, report.failures.is_empty());
    report.failures.iter().map(|f| (f.kind, f.entry, f.until)).collect()
}

fn edit(folder: &TempDir, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let path = folder.path().join(path);
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn edit_bundle(folder: &TempDir, path: &str, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    edit(folder, path, |bytes| {
        let mut entries: Vec<Vec<u8>> =
            decode_bundle(bytes).unwrap().into_iter().map(<[u8]>::to_vec).collect();
        change(&mut entries);
        *bytes = encode_bundle(&entries).unwrap();
    });
}

use FailureKind as K;

#[test]
fn an_honest_kit_is_intact() {
    let report = audit(&honest());
    assert_eq!(found(&report), []);
    assert!(report.warnings.is_empty());
    assert_eq!((report.entries, report.signed, report.checkpoints), (1000, 1000, 7));
    assert_eq!(report.root, Some(root_of(&leaves(&entries(1000)))));
    assert_eq!(report.first_time, Some(1_790_000_000_000));
    assert_eq!(report.last_time, Some(1_790_000_999_000));
}

#[test]
fn without_a_trusted_key_the_report_warns() {
    let report = verify_kit(honest().path(), &[]).unwrap();
    assert!(report.ok);
    assert_eq!(report.warnings[0].kind, K::KeyUntrusted);
}

#[test]
fn kits_of_every_awkward_size_are_intact() {
    for size in [1u64, 2, 255, 256, 257, 511, 512, 513] {
        let entries = entries(size);
        let kit = write(&entries, &leaves(&entries), &[head(&entries, size)]);
        assert_eq!(found(&audit(&kit)), [], "size {size}");
    }
    let kit = write(&[], &[], &[head(&[], 0)]);
    assert_eq!(found(&audit(&kit)), []);
}

#[test]
fn one_changed_byte_of_an_entry_is_named() {
    for (bundle, place, index) in
        [("tile/entries/000", 17, 17), ("tile/entries/001", 255, 511), ("tile/entries/003.p/232", 231, 999)]
    {
        let kit = honest();
        edit_bundle(&kit, bundle, |e| e[place][40] ^= 1);
        let report = audit(&kit);
        assert_eq!(found(&report), [(K::EntryChanged, Some(index), None)]);
    }
}

#[test]
fn any_flipped_bit_of_bundle_tile_or_head_is_seen() {
    let entries = entries(300);
    let kit = write(&entries, &leaves(&entries), &[head(&entries, 200), head(&entries, 300)]);
    let files = [
        "tile/entries/000",
        "tile/entries/001.p/44",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "checkpoint",
        "checkpoints/000",
    ];
    for file in files {
        let length = fs::read(kit.path().join(file)).unwrap().len();
        for step in 0..60 {
            let bit = step * (length * 8 - 1) / 59;
            edit(&kit, file, |b| b[bit / 8] ^= 1 << (bit % 8));
            let report = audit(&kit);
            assert!(!report.ok, "bit {bit} of {file}");
            edit(&kit, file, |b| b[bit / 8] ^= 1 << (bit % 8));
        }
    }
    assert!(audit(&kit).ok);
}

#[test]
fn a_changed_length_prefix_names_the_entry_it_begins_at() {
    let kit = honest();
    let before: usize = entries(10).iter().map(|e| e.len() + 2).sum();
    edit(&kit, "tile/entries/000", |b| b[before + 1] += 1);
    let report = audit(&kit);
    assert!(report.failures.iter().any(|f| f.kind == K::FileDamaged), "{report:?}");
    let first = report.failures.iter().find(|f| f.kind != K::FileDamaged).unwrap();
    assert_eq!(first.entry, Some(10));
}

#[test]
fn a_changed_leaf_hash_is_blamed_on_the_tile() {
    let kit = honest();
    edit(&kit, "tile/0/001", |b| b[32 * 9] ^= 1);
    assert_eq!(found(&audit(&kit)), [(K::TileChanged, Some(265), None)]);
    let kit = honest();
    edit(&kit, "tile/0/003.p/232", |b| b[32 * 9] ^= 1);
    assert_eq!(found(&audit(&kit)), [(K::TileChanged, Some(777), None)]);
}

#[test]
fn a_changed_node_above_is_blamed_on_its_tile() {
    let kit = honest();
    edit(&kit, "tile/1/000.p/3", |b| b[32] ^= 1);
    assert_eq!(found(&audit(&kit)), [(K::TileChanged, Some(256), Some(512))]);
}

#[test]
fn a_deleted_row_is_named_once() {
    for index in [0usize, 17, 254, 255, 256, 300, 511, 990] {
        let (mut rows, leaves, heads) = (entries(1000), leaves(&entries(1000)), heads(&entries(1000)));
        rows.remove(index);
        // Renumbered throughout, as by a forger with the database: the store's own hashes still tell.
        let mut kit = Verifier::new(ORIGIN, key(), tiles_of(leaves));
        heads.iter().for_each(|h| kit.head("head", h).unwrap());
        for (row, i) in rows.iter().zip(0..) {
            kit.row(Row { index: i, id: None, bytes: row, leaf: None });
        }
        let index = index as u64;
        let expected =
            [(K::EntryMissing, Some(index), Some(index + 1)), (K::Truncated, Some(999), Some(1000))];
        assert_eq!(found(&kit.finish()), expected);
    }
}

/// A store's tiles as a node reader.
fn tiles_of(leaves: Vec<Hash>) -> impl FnMut(u8, u64) -> Option<Hash> {
    let ones: Vec<Hash> = leaves.chunks_exact(256).map(root_of).collect();
    move |level, index| match level {
        0 => leaves.get(index as usize).copied(),
        1 => ones.get(index as usize).copied(),
        _ => None,
    }
}

#[test]
fn a_row_deleted_from_a_bundle_is_named() {
    let kit = honest();
    edit_bundle(&kit, "tile/entries/001", |e| drop(e.remove(44)));
    let report = audit(&kit);
    assert!(found(&report).contains(&(K::EntryMissing, Some(300), Some(301))), "{report:?}");
    assert!(report.failures.iter().all(|f| matches!(f.kind, K::EntryMissing | K::FileDamaged)));
}

#[test]
fn an_index_gap_is_named_even_without_tiles() {
    let rows = entries(1000);
    let mut log = Verifier::new(ORIGIN, key(), NoNodes);
    heads(&rows).iter().for_each(|h| log.head("head", h).unwrap());
    for (row, index) in rows.iter().zip(0..).filter(|(_, i)| *i != 300 && *i != 301) {
        log.row(Row { index, id: None, bytes: row, leaf: None });
    }
    assert_eq!(found(&log.finish()), [(K::EntryMissing, Some(300), Some(302))]);
}

#[test]
fn an_inserted_row_is_named() {
    for place in [0u64, 254, 255, 256, 300, 511] {
        let mut rows = entries(1000);
        let (stored, heads) = (leaves(&rows), heads(&rows));
        rows.insert(place as usize, entry(5000));
        let mut log = Verifier::new(ORIGIN, key(), tiles_of(stored));
        heads.iter().for_each(|h| log.head("head", h).unwrap());
        for (row, index) in rows.iter().zip(0..) {
            log.row(Row { index, id: None, bytes: row, leaf: None });
        }
        let report = log.finish();
        assert_eq!(found(&report), [(K::EntryInserted, Some(place), Some(place + 1))]);
        assert!(report.failures[0].id.as_deref().unwrap().starts_with("0000000000001388"));
    }

    let kit = honest();
    edit_bundle(&kit, "tile/entries/003.p/232", |e| e.insert(5, entry(5000)));
    assert!(found(&audit(&kit)).contains(&(K::EntryInserted, Some(773), Some(774))));
}

#[test]
fn swapped_rows_are_named_both() {
    let kit = honest();
    edit_bundle(&kit, "tile/entries/000", |e| e.swap(3, 200));
    let report = audit(&kit);
    assert_eq!(found(&report), [(K::EntryMoved, Some(3), None), (K::EntryMoved, Some(200), None)]);
    assert!(report.failures[0].message.contains("belongs at 200"));
    // With the last of a bundle: no deletion, though the row looks moved up.
    for (one, other) in [(254, 255), (17, 255), (0, 255), (0, 1)] {
        let kit = honest();
        edit_bundle(&kit, "tile/entries/000", |e| e.swap(one, other));
        let (one, other) = (Some(one as u64), Some(other as u64));
        assert_eq!(found(&audit(&kit)), [(K::EntryMoved, one, None), (K::EntryMoved, other, None)]);
    }
    // Across bundles too.
    let kit = honest();
    edit_bundle(&kit, "tile/entries/000", |e| e[3] = entry(700));
    edit_bundle(&kit, "tile/entries/002", |e| e[700 - 512] = entry(3));
    assert_eq!(found(&audit(&kit)), [(K::EntryMoved, Some(3), None), (K::EntryMoved, Some(700), None)]);
}

#[test]
fn a_truncated_log_is_named_from_its_first_missing_entry() {
    let rows = entries(1000);
    let kit = write(&rows[..800], &leaves(&rows[..800]), &heads(&rows));
    assert!(found(&audit(&kit)).contains(&(K::Truncated, Some(800), Some(1000))));

    let mut log = Verifier::new(ORIGIN, key(), NoNodes);
    heads(&rows).iter().for_each(|h| log.head("head", h).unwrap());
    for (row, index) in rows[..800].iter().zip(0..) {
        log.row(Row { index, id: None, bytes: row, leaf: None });
    }
    assert_eq!(found(&log.finish()), [(K::Truncated, Some(800), Some(1000))]);
}

#[test]
fn an_entry_rewritten_with_its_leaf_hash_is_bounded_by_the_tile_above() {
    let kit = honest();
    let forged = entry_at(300, 0, "nothing happened");
    edit_bundle(&kit, "tile/entries/001", |e| e[44] = forged.clone());
    edit(&kit, "tile/0/001", |b| b[44 * 32..45 * 32].copy_from_slice(&leaf_hash(&forged).0));
    assert_eq!(found(&audit(&kit)), [(K::Rewritten, Some(256), Some(512))]);
}

#[test]
fn an_entry_rewritten_with_every_tile_is_bounded_by_the_signed_heads() {
    let genuine = entries(1000);
    let mut forged = genuine.clone();
    forged[300] = entry_at(300, 1_790_000_300_000, "nothing happened");
    let kit = write(&forged, &leaves(&forged), &heads(&genuine));
    // The head at 256 still fits, the one at 600 does not.
    assert_eq!(found(&audit(&kit)), [(K::Rewritten, Some(256), Some(600))]);
}

#[test]
fn a_rewrite_signed_anew_with_the_real_key_is_a_fork() {
    let genuine = entries(1000);
    let mut forged = genuine.clone();
    forged[300] = entry_at(300, 1_790_000_300_000, "nothing happened");
    let mut heads = heads(&genuine)[..5].to_vec();
    heads.push(head(&forged, 1000));
    let kit = write(&forged, &leaves(&forged), &heads);
    assert_eq!(found(&audit(&kit)), [(K::Fork, Some(256), Some(600))]);
}

#[test]
fn two_heads_of_one_size_are_a_fork() {
    let rows = entries(1000);
    let mut other = rows.clone();
    other[999] = entry(5000);
    // Whichever comes first, the true one is found and only the fork is reported.
    for last in [[head(&rows, 1000), head(&other, 1000)], [head(&other, 1000), head(&rows, 1000)]] {
        let kit = write(&rows, &leaves(&rows), &[head(&rows, 900), last[0].clone(), last[1].clone()]);
        let report = audit(&kit);
        assert!(!report.ok && report.failures.iter().all(|f| f.kind == K::Fork), "{report:?}");
        assert_eq!(report.signed, 1000);
    }
}

#[test]
fn a_head_signed_by_another_key_is_refused() {
    let rows = entries(1000);
    let stranger = NoteSigner::from_seed(ORIGIN, &[6; 32]).unwrap();
    let mut heads = heads(&rows);
    heads[3] = head_by(&rows, 256, &stranger);
    let kit = write(&rows, &leaves(&rows), &heads);
    assert_eq!(found(&audit(&kit)), [(K::HeadForged, None, None)]);

    // A kit forged throughout, keys.json included, is intact by itself and falls to the auditor's own key.
    let forged = TempDir::new().unwrap();
    let keys = [stranger.verifier().clone()];
    let all = rows.iter().map(|e| Ok::<_, KitError>((e, leaf_hash(e))));
    KitWriter::write_all(forged.path(), ORIGIN, &keys, [head_by(&rows, 1000, &stranger)], all).unwrap();
    assert!(verify_kit(forged.path(), &[]).unwrap().ok);
    let kinds: Vec<K> = audit(&forged).failures.iter().map(|f| f.kind).collect();
    assert!(
        kinds.contains(&K::HeadForged) && kinds.contains(&K::KeyMismatch) && kinds.contains(&K::HeadMissing)
    );
}

#[test]
fn a_replayed_older_head_is_seen() {
    let kit = honest();
    fs::write(kit.path().join("checkpoint"), head(&entries(1000), 600)).unwrap();
    assert!(found(&audit(&kit)).contains(&(K::HeadReplayed, Some(600), Some(1000))));
    // Also where the history was taken away with it: the entries beyond give it away.
    fs::remove_dir_all(kit.path().join("checkpoints")).unwrap();
    let report = audit(&kit);
    assert!(report.failures.iter().any(|f| f.kind == K::HeadReplayed), "{report:?}");
}

#[test]
fn missing_files_are_named() {
    for (file, entry) in
        [("tile/entries/001", Some(256)), ("tile/0/002", Some(512)), ("checkpoints/002", None)]
    {
        let kit = honest();
        fs::remove_file(kit.path().join(file)).unwrap();
        let report = audit(&kit);
        let missing = report.failures.iter().find(|f| f.kind == K::FileMissing).unwrap();
        assert_eq!(missing.entry, entry, "{file}");
        assert!(missing.message.contains(file));
    }
    let kit = honest();
    fs::remove_file(kit.path().join("keys.json")).unwrap();
    assert!(matches!(verify_kit(kit.path(), &[]), Err(VerifyError::NotAKit { .. })));
}

/// What the verifier says of a kit, soon.
fn soon(folder: &TempDir, trusted: Vec<NoteVerifier>) -> Report {
    let (path, (tell, told)) = (folder.path().to_owned(), std::sync::mpsc::channel());
    std::thread::spawn(move || tell.send(verify_kit(&path, &trusted).unwrap()).unwrap());
    // It does not come to an end, or breaks off.
    told.recv_timeout(Duration::from_secs(20)).unwrap()
}

#[test]
fn a_kit_that_claims_entries_without_end_is_verified_by_what_it_holds() {
    // By the name of a file, where no head says how many there are: short or empty, up to the last number and past it.
    for (index, width) in
        [(1u64 << 40, 256), (1 << 55, 7), ((1 << 56) - 1, 256), (u64::MAX, 256), (u64::MAX, 3)]
    {
        for bytes in [encode_bundle(&entries(3)).unwrap(), Vec::new()] {
            let kit = honest();
            fs::remove_dir_all(kit.path().join("checkpoints")).unwrap();
            fs::remove_file(kit.path().join("checkpoint")).unwrap();
            let path = kit.path().join(Tile::new(0, index, width).unwrap().bundle_path());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
            let report = soon(&kit, key());
            assert!(report.failures.iter().any(|f| f.kind == K::HeadMissing), "{index}");
            assert!(report.failures.iter().any(|f| f.kind == K::FileDamaged), "{index}");
            assert!(report.entries >= 1000, "{index}");
        }
    }
    // By a head, which whoever makes up a kit signs with a key of their own.
    for size in [1 << 40, u64::MAX] {
        let kit = honest();
        let head = Checkpoint::new(ORIGIN, size, root_of(&leaves(&entries(9)))).unwrap();
        let head = SignedCheckpoint::sign(head, &signer()).unwrap().to_string();
        for path in ["checkpoints/007", "checkpoint"] {
            fs::write(kit.path().join(path), &head).unwrap();
        }
        let report = soon(&kit, Vec::new());
        assert!(report.failures.iter().any(|f| f.kind == K::Truncated && f.until == Some(size)), "{size}");
        let missing = report.failures.iter().filter(|f| f.kind == K::FileMissing && f.until == Some(size));
        assert!(missing.count() == 1 && report.entries == 1000, "{size}");
    }
}

#[test]
fn a_history_of_heads_that_was_cut_or_emptied_is_named() {
    let kit = honest();
    fs::remove_file(kit.path().join("checkpoints/006")).unwrap();
    for missing in ["checkpoints/006", "checkpoints/000"] {
        let report = audit(&kit);
        assert!(!report.ok, "{missing}");
        assert_eq!(found(&report), [(K::FileMissing, None, None)]);
        assert!(report.failures[0].message.contains(missing), "{report:?}");
        let _ = fs::remove_dir_all(kit.path().join("checkpoints"));
    }
}

#[test]
fn doubled_row_ids_are_named() {
    let mut rows = entries(1000);
    rows[700] = entry_at(12, 1_790_000_700_000, "again");
    let kit = write(&rows, &leaves(&rows), &heads(&rows));
    assert_eq!(found(&audit(&kit)), [(K::DuplicateId, Some(700), None)]);
}

#[test]
fn a_row_whose_id_is_not_its_entrys_is_named() {
    let rows = entries(3);
    let mut log = Verifier::new(ORIGIN, key(), NoNodes);
    log.row(Row { index: 0, id: Some([1; 16]), bytes: &rows[0], leaf: None });
    log.row(Row { index: 0, id: None, bytes: &rows[1], leaf: None });
    assert_eq!(found(&log.finish()), [(K::RowId, Some(0), None), (K::IndexRepeated, Some(0), None)]);
}

#[test]
fn signed_bytes_that_are_no_entry_are_named() {
    let mut rows = entries(300);
    rows[20] = b"not an entry".to_vec();
    let kit = write(&rows, &leaves(&rows), &[head(&rows, 300)]);
    assert_eq!(found(&audit(&kit)), [(K::EntryMalformed, Some(20), None)]);
}

#[test]
fn a_clock_set_back_is_a_warning() {
    let mut rows = entries(300);
    let at = 1_790_000_000_000 + 99_000;
    rows[100] = entry_at(100, at - 120_000, "two minutes are let pass");
    rows[201] = entry_at(201, at - 60_000, "more are not");
    let report = audit(&write(&rows, &leaves(&rows), &[head(&rows, 300)]));
    assert!(report.ok);
    let warned: Vec<_> = report.warnings.iter().map(|w| (w.kind, w.entry)).collect();
    assert_eq!(warned, [(K::ClockBack, Some(201))]);
}

#[test]
fn a_late_head_is_an_error_and_not_silently_skipped() {
    let rows = entries(10);
    let mut log = Verifier::new(ORIGIN, key(), NoNodes);
    for (row, index) in rows.iter().zip(0..) {
        log.row(Row { index, id: None, bytes: row, leaf: None });
    }
    assert!(matches!(log.head("late", &head(&rows, 5)), Err(VerifyError::LateHead { size: 5, read: 10 })));
    log.head("on time", &head(&rows, 10)).unwrap();
    assert!(log.finish().ok);
}

#[test]
fn rotation_is_verified_with_both_keys() {
    let rows = entries(20);
    let next = NoteSigner::from_seed(ORIGIN, &[6; 32]).unwrap();
    let heads = [head(&rows, 10), head_by(&rows, 20, &next)];
    let kit = write(&rows, &leaves(&rows), &heads);
    let both = [signer().verifier().clone(), next.verifier().clone()];
    assert!(verify_kit(kit.path(), &both).unwrap().ok);
    assert!(!audit(&kit).ok);
}

#[test]
fn a_kit_is_never_written_into_another() {
    let kit = honest();
    assert!(matches!(KitWriter::create(kit.path(), ORIGIN, &key()), Err(KitError::NotEmpty(_))));
}

fn program(args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kedun-audit")).args(args).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_program_says_intact_and_not_intact() {
    let kit = honest();
    let (folder, key) = (kit.path().to_str().unwrap().to_owned(), key()[0].to_string());
    let (code, text) = program(&["verify", &folder, "--key", &key]);
    assert!(code == 0 && text.ends_with("\nINTACT\n"), "{text}");
    edit_bundle(&kit, "tile/entries/000", |e| e[17][40] ^= 1);
    let (code, json) = program(&["verify", &folder, "--key", &key, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &report["failures"][0]["kind"]), (1, &"entry_changed".into()));
    assert_eq!(report["failures"][0]["entry"], 17);
    assert_eq!(program(&["verify", "/nowhere/at/all"]).0, 2);
    assert_eq!(program(&["verify", &folder, "--key", "nonsense"]).0, 2);
    assert_eq!(program(&[]).0, 2);
}

/// `cargo test --release -- --ignored --nocapture`: prints what a million entries cost.
#[test]
#[ignore = "a measurement, worth its time in release only"]
fn a_million_entries() {
    let clock = std::time::Instant::now();
    let rows = entries(1_000_000);
    println!("encoded          {:?} ({} bytes each)", clock.elapsed(), rows[0].len());
    let clock = std::time::Instant::now();
    let mut frontier = Frontier::new();
    rows.iter().for_each(|r| frontier.push(leaf_hash(r)));
    println!("hashed           {:?}", clock.elapsed());
    let folder = TempDir::new().unwrap();
    let root: PathBuf = Path::new(folder.path()).join("kit");
    let clock = std::time::Instant::now();
    let heads =
        SignedCheckpoint::sign(Checkpoint::new(ORIGIN, 1_000_000, frontier.root()).unwrap(), &signer());
    let all = rows.iter().map(|e| Ok::<_, KitError>((e, leaf_hash(e))));
    KitWriter::write_all(&root, ORIGIN, &key(), [heads.unwrap().to_string()], all).unwrap();
    println!("kit written      {:?}", clock.elapsed());
    let clock = std::time::Instant::now();
    assert!(verify_kit(&root, &key()).unwrap().ok);
    println!("kit verified     {:?}", clock.elapsed());
    let tile = Tile::new(2, 0, 15).unwrap();
    assert!(root.join(tile.to_string()).exists());
}
