//! Properties over random sizes: proofs, round trips, and that every flipped bit is seen.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use kedun_ledger::note::NoteSigner;
use kedun_ledger::proof::{
    LogProof, consistency, inclusion, root_at, tiles_for_consistency, tiles_for_inclusion,
    verify_consistency, verify_inclusion,
};
use kedun_ledger::source::{MemoryHashes, TileHashes};
use kedun_ledger::tile::{Tile, decode_bundle, encode_bundle, tiles_between};
use kedun_ledger::tree::{Frontier, Hash, leaf_hash, root_of};
use kedun_ledger::{Checkpoint, Commitment, Decision, Entry, SignedCheckpoint};
use proptest::prelude::*;

fn leaves(n: u64) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

fn tree(n: u64) -> MemoryHashes {
    let mut tree = MemoryHashes::new();
    leaves(n).into_iter().for_each(|l| tree.push(l));
    tree
}

/// The definition of RFC 6962 section 2.1, word for word: the yardstick for everything cleverer.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty_root(),
        [one] => *one,
        _ => {
            let split = 1 << (leaves.len() - 1).ilog2();
            kedun_ledger::tree::node_hash(&mth(&leaves[..split]), &mth(&leaves[split..]))
        }
    }
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let ids = (
        any::<[u8; 16]>(),
        any::<i64>(),
        any::<u64>(),
        "[a-z]{1,9}",
        prop::collection::vec(any::<u8>(), 1..=32),
    );
    let who =
        (prop::option::of(prop::collection::vec(any::<u8>(), 0..40)), prop::option::of(any::<[u8; 16]>()));
    let what = (
        "[a-z]{1,8}(\\.[a-z_]{1,8}){0,2}",
        prop::option::of("\\PC{0,12}"),
        prop::option::of(any::<[u8; 32]>()),
    );
    let more = (
        prop::option::of(any::<[u8; 32]>()),
        prop::collection::vec("\\PC{1,12}", 0..30),
        prop::option::of("\\PC{0,40}"),
    );
    let decision = prop_oneof![Just(Decision::Allowed), Just(Decision::Denied), Just(Decision::System)];
    let end = (
        prop::option::of(any::<[u8; 32]>()),
        prop::option::of(any::<u64>()),
        prop::option::of(any::<[u8; 32]>()),
    );
    (ids, who, what, more, decision, end).prop_map(
        |(
            (id, at, mono, org, actor),
            (device, session),
            (action, object, reference),
            (subject, fields, purpose),
            decision,
            (policy, count, commitment),
        )| Entry {
            id,
            at,
            mono,
            org,
            actor,
            device,
            session,
            action,
            object,
            reference,
            subject,
            fields,
            purpose,
            decision,
            policy,
            count,
            commitment: commitment.map(Commitment::from_bytes),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn roots_agree_with_the_definition(n in 0u64..1500) {
        let leaves = leaves(n);
        let expected = mth(&leaves);
        prop_assert_eq!(root_of(&leaves), expected);
        prop_assert_eq!(root_at(&tree(n), n).unwrap(), expected);
        let mut frontier = Frontier::new();
        leaves.iter().for_each(|l| frontier.push(*l));
        let rebuilt = Frontier::from_edge(n, frontier.edge().to_vec()).unwrap();
        prop_assert_eq!(rebuilt.root(), expected);
    }

    #[test]
    fn inclusion_holds_and_nothing_else_does(n in 1u64..1500, at: prop::sample::Index, bit in 0usize..256, extra in 0usize..13) {
        let index = at.index(n as usize) as u64;
        let tree = tree(n);
        let root = root_at(&tree, n).unwrap();
        let proof = inclusion(&tree, index, n).unwrap();
        let leaf = leaf_hash(&index.to_be_bytes());
        verify_inclusion(leaf, index, n, &proof, &root).unwrap();

        let mut other = leaf;
        other.0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify_inclusion(other, index, n, &proof, &root).is_err());
        prop_assert!(verify_inclusion(leaf, n, n, &proof, &root).is_err());
        let mut longer = proof.clone();
        longer.push(root);
        prop_assert!(verify_inclusion(leaf, index, n, &longer, &root).is_err());
        if !proof.is_empty() {
            prop_assert!(verify_inclusion(leaf, index, n, &proof[1..], &root).is_err());
            let mut flipped = proof.clone();
            let place = extra % flipped.len();
            flipped[place].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_inclusion(leaf, index, n, &flipped, &root).is_err());
        }
        for wrong in (0..n).filter(|i| *i != index).take(20) {
            prop_assert!(verify_inclusion(leaf, wrong, n, &proof, &root).is_err());
        }
    }

    #[test]
    fn consistency_holds_and_nothing_else_does(n in 0u64..1500, at: prop::sample::Index, bit in 0usize..256, extra in 0usize..13) {
        let old = at.index(n as usize + 1) as u64;
        let tree = tree(n);
        let (old_root, root) = (root_at(&tree, old).unwrap(), root_at(&tree, n).unwrap());
        let proof = consistency(&tree, old, n).unwrap();
        verify_consistency(old, n, &old_root, &root, &proof).unwrap();

        let flip = |h: Hash| { let mut h = h; h.0[bit / 8] ^= 1 << (bit % 8); h };
        prop_assert!(verify_consistency(old, n, &flip(old_root), &root, &proof).is_err());
        if old > 0 {
            prop_assert!(verify_consistency(old, n, &old_root, &flip(root), &proof).is_err());
        }
        let mut longer = proof.clone();
        longer.push(root);
        prop_assert!(verify_consistency(old, n, &old_root, &root, &longer).is_err());
        if !proof.is_empty() {
            let mut flipped = proof.clone();
            let place = extra % flipped.len();
            flipped[place] = flip(flipped[place]);
            prop_assert!(verify_consistency(old, n, &old_root, &root, &flipped).is_err());
            prop_assert!(verify_consistency(old, n, &old_root, &root, &proof[..proof.len() - 1]).is_err());
        }
        prop_assert!(verify_consistency(n + 1, n, &root, &root, &[]).is_err());
    }

    #[test]
    fn proofs_read_exactly_the_tiles_announced(n in 1u64..70_000, at: prop::sample::Index) {
        // Hashes need not be a real tree for this: only which tiles are asked for matters.
        let index = at.index(n as usize) as u64;
        let announced = tiles_for_inclusion(index, n).unwrap();
        let read = std::cell::RefCell::new(std::collections::BTreeSet::new());
        let source = TileHashes::new(n, |t: Tile| { read.borrow_mut().insert(t); Ok::<_, std::fmt::Error>(vec![0; usize::from(t.width()) * 32]) });
        inclusion(&source, index, n).unwrap();
        prop_assert_eq!(read.borrow().iter().copied().collect::<Vec<_>>(), announced);
        let announced = tiles_for_consistency(index, n).unwrap();
        let read = std::cell::RefCell::new(std::collections::BTreeSet::new());
        let source = TileHashes::new(n, |t: Tile| { read.borrow_mut().insert(t); Ok::<_, std::fmt::Error>(vec![0; usize::from(t.width()) * 32]) });
        consistency(&source, index, n).unwrap();
        prop_assert_eq!(read.borrow().iter().copied().collect::<Vec<_>>(), announced);
    }

    #[test]
    fn tile_paths_round_trip(level in 0u8..64, index: u64, width in 1u16..=256) {
        let tile = Tile::new(level, index, width).unwrap();
        prop_assert_eq!(tile.to_string().parse::<Tile>().unwrap(), tile);
        let bundle = Tile::new(0, index, width).unwrap();
        prop_assert_eq!(Tile::parse_bundle(&bundle.bundle_path()).unwrap(), bundle);
    }

    #[test]
    fn growing_in_steps_writes_every_tile_of_the_tree(cuts in prop::collection::vec(0u64..140_000, 1..6)) {
        let mut sizes = cuts;
        sizes.sort_unstable();
        let mut written = std::collections::BTreeSet::new();
        let mut old = 0;
        for size in &sizes {
            written.extend(tiles_between(old, *size));
            old = *size;
        }
        prop_assert!(tiles_between(0, old).iter().all(|t| written.contains(t)));
    }

    #[test]
    fn bundles_round_trip(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..=256)) {
        let bundle = encode_bundle(&entries).unwrap();
        prop_assert_eq!(decode_bundle(&bundle).unwrap(), entries);
        prop_assert!(decode_bundle(&bundle[..bundle.len() - 1]).is_err());
    }

    #[test]
    fn entries_round_trip_and_every_flipped_bit_is_seen(entry in any_entry(), at: prop::sample::Index, bit in 0u8..8) {
        let bytes = entry.encode().unwrap();
        prop_assert_eq!(&Entry::decode(&bytes).unwrap(), &entry);
        let mut flipped = bytes.clone();
        flipped[at.index(bytes.len())] ^= 1 << bit;
        prop_assert_ne!(leaf_hash(&flipped), leaf_hash(&bytes));
        if let Ok(other) = Entry::decode(&flipped) {
            prop_assert_ne!(other.encode().unwrap(), bytes.clone());
        }
        prop_assert!(Entry::decode(&bytes[..bytes.len() - 1]).is_err());
        let mut longer = bytes;
        longer.push(0);
        prop_assert!(Entry::decode(&longer).is_err());
    }

    #[test]
    fn parsers_survive_anything(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        // Whatever is accepted must be what would have been written: canonical by construction.
        if let Ok(entry) = Entry::decode(&bytes) { prop_assert_eq!(entry.encode().unwrap(), bytes.clone()); }
        if let Ok(parts) = decode_bundle(&bytes) { prop_assert_eq!(encode_bundle(&parts).unwrap(), bytes); }
        if let Ok(tile) = text.parse::<Tile>() { prop_assert_eq!(tile.to_string(), text.clone()); }
        if let Ok(head) = text.parse::<Checkpoint>() { prop_assert_eq!(head.to_string(), text.clone()); }
        if let Ok(proof) = text.parse::<LogProof>() { prop_assert_eq!(proof.to_string(), text); }
    }

    #[test]
    fn log_proofs_round_trip_and_verify_offline(n in 1u64..600, at: prop::sample::Index, extra in prop::option::of(prop::collection::vec(any::<u8>(), 0..20))) {
        let signer = NoteSigner::from_seed("log.example/a", &[3; 32]).unwrap();
        let index = at.index(n as usize) as u64;
        let tree = tree(n);
        let head = Checkpoint::new("log.example/a", n, root_at(&tree, n).unwrap()).unwrap();
        let checkpoint = SignedCheckpoint::sign(head.clone(), &signer).unwrap().to_string();
        let proof = LogProof { extra, index, hashes: inclusion(&tree, index, n).unwrap(), checkpoint };
        let read: LogProof = proof.to_string().parse().unwrap();
        prop_assert_eq!(&read, &proof);
        let known = [signer.verifier().clone()];
        let leaf = leaf_hash(&index.to_be_bytes());
        prop_assert_eq!(read.verify(leaf, &known).unwrap(), head);
        prop_assert!(read.verify(leaf_hash(b"other"), &known).is_err());
        let stranger = NoteSigner::from_seed("log.example/a", &[4; 32]).unwrap();
        prop_assert!(read.verify(leaf, &[stranger.verifier().clone()]).is_err());
    }
}

#[test]
fn small_trees_exhaustively() {
    let tree = tree(70);
    for n in 0..=70u64 {
        let root = root_at(&tree, n).unwrap();
        for i in 0..n {
            let proof = inclusion(&tree, i, n).unwrap();
            verify_inclusion(leaf_hash(&i.to_be_bytes()), i, n, &proof, &root).unwrap();
        }
        for old in 0..=n {
            let proof = consistency(&tree, old, n).unwrap();
            verify_consistency(old, n, &root_at(&tree, old).unwrap(), &root, &proof).unwrap();
        }
    }
}
