//! The sequencer: what it writes is the tree, and it never signs backwards.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use std::collections::HashMap;

use kedun_ledger::note::NoteSigner;
use kedun_ledger::proof::root_at;
use kedun_ledger::sequencer::{Sequencer, SequencerError, Step};
use kedun_ledger::source::{MemoryHashes, TileHashes};
use kedun_ledger::tile::{Tile, tiles_between};
use kedun_ledger::tree::{Hash, leaf_hash};
use kedun_ledger::{Checkpoint, Entry};
use proptest::prelude::*;

const ORIGIN: &str = "log.example/acme";

fn row(n: u64) -> ([u8; 16], Vec<u8>) {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    let entry = Entry {
        id,
        at: n as i64,
        org: "acme".into(),
        actor: vec![1],
        action: "a.b".into(),
        ..Entry::default()
    };
    (id, entry.encode().unwrap())
}

fn prepare(log: &Sequencer, from: u64, to: u64) -> Step {
    let rows: Vec<_> = (from..to).map(row).collect();
    log.prepare(rows.iter().map(|(id, bytes)| (*id, bytes.as_slice()))).unwrap()
}

fn signer() -> NoteSigner {
    NoteSigner::from_seed(ORIGIN, &[5; 32]).unwrap()
}

fn expected(n: u64) -> MemoryHashes {
    let mut tree = MemoryHashes::new();
    (0..n).for_each(|i| tree.push(leaf_hash(&row(i).1)));
    tree
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn tiles_written_in_batches_are_the_tree_and_restore_it(batches in prop::collection::vec(0u64..700, 1..6)) {
        let mut log = Sequencer::new(ORIGIN).unwrap();
        let mut store: HashMap<Tile, Vec<u8>> = HashMap::new();
        for batch in batches {
            let (from, to) = (log.size(), log.size() + batch);
            let step = prepare(&log, from, to);
            prop_assert!(step.placed.iter().map(|p| p.index).eq(from..to));
            store.extend(step.tiles.iter().map(|t| (t.tile, t.bytes.clone())));
            log.accept(step).unwrap();
            let head = log.next_head(&signer()).unwrap();
            log.accept_head(&head).unwrap();
        }
        let tree = expected(log.size());
        prop_assert_eq!(log.checkpoint().root, root_at(&tree, log.size()).unwrap());
        for tile in tiles_between(0, log.size()) {
            prop_assert_eq!(store.get(&tile).cloned(), tree.tile(tile));
        }
        let source = TileHashes::new(log.size(), |t| store.get(&t).cloned().ok_or(std::fmt::Error));
        let restored = Sequencer::restore(ORIGIN, log.size(), &source, log.signed().cloned()).unwrap();
        let more = |log: &Sequencer| prepare(log, log.size(), log.size() + 300);
        prop_assert_eq!(more(&restored).tiles, more(&log).tiles);
        prop_assert_eq!(more(&restored).checkpoint, more(&log).checkpoint);
    }
}

#[test]
fn a_restored_backup_behind_the_signed_head_is_refused() {
    let tree = expected(300);
    let head = |n: u64| Checkpoint::new(ORIGIN, n, root_at(&tree, n).unwrap()).unwrap();
    assert!(Sequencer::restore(ORIGIN, 300, &tree, Some(head(300))).is_ok());
    // Ahead of the signed head is a crash between writing and signing: fine, and signing goes on.
    let log = Sequencer::restore(ORIGIN, 300, &tree, Some(head(250))).unwrap();
    assert_eq!(log.next_head(&signer()).unwrap().replaces, Some(head(250)));
    let refused = Sequencer::restore(ORIGIN, 299, &expected(299), Some(head(300)));
    assert_eq!(refused, Err(SequencerError::Rollback { size: 299, signed: 300 }));
}

#[test]
fn a_rewritten_history_is_refused() {
    let mut tree = MemoryHashes::new();
    (0..300).for_each(|i| tree.push(leaf_hash(&row(if i == 17 { 999 } else { i }).1)));
    let signed = Checkpoint::new(ORIGIN, 200, root_at(&expected(200), 200).unwrap()).unwrap();
    let refused = Sequencer::restore(ORIGIN, 300, &tree, Some(signed.clone()));
    assert!(matches!(refused, Err(SequencerError::Fork { size: 200, .. })));
    let elsewhere = Checkpoint { origin: "other".into(), ..signed };
    assert!(matches!(
        Sequencer::restore(ORIGIN, 300, &tree, Some(elsewhere)),
        Err(SequencerError::Origin { .. })
    ));
}

#[test]
fn of_two_sequencers_one_loses() {
    let mut first = Sequencer::new(ORIGIN).unwrap();
    let mut second = first.clone();
    first.accept(prepare(&first, 0, 10)).unwrap();
    second.accept(prepare(&second, 100, 110)).unwrap();
    let won = first.next_head(&signer()).unwrap();
    let lost = second.next_head(&signer()).unwrap();
    // Both were decided on "nothing signed yet": the store's compare and swap lets one through.
    assert_eq!(won.replaces, lost.replaces);
    first.accept_head(&won).unwrap();
    assert!(matches!(first.accept_head(&lost), Err(SequencerError::Stale { .. })));
    // The loser that reads the store again sees the fork before it signs.
    let mut tree = MemoryHashes::new();
    (100..110).for_each(|i| tree.push(leaf_hash(&row(i).1)));
    let again = Sequencer::restore(ORIGIN, 10, &tree, Some(won.head.checkpoint().clone()));
    assert!(matches!(again, Err(SequencerError::Fork { .. })));
}

#[test]
fn a_step_prepared_on_another_state_is_refused() {
    let mut log = Sequencer::new(ORIGIN).unwrap();
    let (one, two) = (prepare(&log, 0, 3), prepare(&log, 0, 4));
    log.accept(one).unwrap();
    assert_eq!(log.accept(two), Err(SequencerError::Stale { step: 0, size: 3 }));
}

#[test]
fn bad_rows_are_refused_by_name() {
    let log = Sequencer::new(ORIGIN).unwrap();
    let (id, bytes) = row(1);
    let one = |id: [u8; 16], bytes: &[u8]| log.prepare([(id, bytes)]).unwrap_err();
    assert!(matches!(one(id, &bytes[1..]), SequencerError::Entry { row, .. } if row.ends_with("01")));
    assert!(matches!(one(row(2).0, &bytes), SequencerError::RowId { .. }));
    assert!(matches!(one(id, &vec![0; 65_536]), SequencerError::Entry { .. }));
    let twice = log.prepare([(id, bytes.as_slice()), (id, bytes.as_slice())]);
    assert!(matches!(twice, Err(SequencerError::Duplicate(_))));
}

#[test]
fn a_head_is_signed_only_with_the_logs_own_key() {
    let log = Sequencer::new(ORIGIN).unwrap();
    let other = NoteSigner::from_seed("elsewhere", &[5; 32]).unwrap();
    assert!(matches!(log.next_head(&other), Err(SequencerError::Checkpoint(_))));
    assert_eq!(log.next_head(&signer()).unwrap().head.checkpoint().root, Hash::empty_root());
}
