//! The canonical form of an entry: one pinned vector, and every way not to be canonical.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use kedun_ledger::entry::{EntryError, MAX_ACTOR};
use kedun_ledger::tile::{MAX_ENTRY, TileError, encode_bundle};
use kedun_ledger::{Commitment, Decision, Entry};

fn entry() -> Entry {
    Entry {
        id: [0x11; 16],
        at: 1_790_000_000_000,
        mono: 5,
        org: "acme".into(),
        actor: vec![0xaa; 4],
        action: "field.reveal".into(),
        fields: vec!["phone".into()],
        decision: Decision::Allowed,
        ..Entry::default()
    }
}

/// Pinned: if this changes, every log ever written stops verifying.
#[test]
fn the_encoding_is_pinned() {
    let mut expected = vec![0xa9, 0, 1, 1, 0x50];
    expected.extend([0x11; 16]);
    expected.extend([2, 0x1b]);
    expected.extend(1_790_000_000_000u64.to_be_bytes());
    expected.extend([3, 5, 4, 0x64, b'a', b'c', b'm', b'e', 5, 0x44, 0xaa, 0xaa, 0xaa, 0xaa]);
    expected.extend([8, 0x6c]);
    expected.extend(b"field.reveal");
    expected.extend([12, 0x81, 0x65]);
    expected.extend(b"phone");
    expected.extend([14, 1]);
    assert_eq!(entry().encode().unwrap(), expected);
}

#[test]
fn what_is_not_canonical_is_refused() {
    let good = entry().encode().unwrap();
    let swap = |from: &[u8], to: &[u8]| {
        let place = good.windows(from.len()).position(|w| w == from).unwrap();
        [&good[..place], to, &good[place + from.len()..]].concat()
    };
    let refused = |bytes: &[u8]| Entry::decode(bytes).unwrap_err();
    // A longer integer than needed, an indefinite map, keys out of order, a key twice, an empty list.
    assert_eq!(refused(&swap(&[3, 5, 4], &[3, 0x18, 5, 4])), EntryError::NotCanonical);
    assert_eq!(refused(&[&[0xbf], &good[1..], &[0xff]].concat()), EntryError::NotCanonical);
    assert_eq!(
        refused(&swap(&[3, 5, 4, 0x64, b'a', b'c', b'm', b'e'], &[4, 0x64, b'a', b'c', b'm', b'e', 3, 5])),
        EntryError::NotCanonical
    );
    let twice = [&[0xaa], &swap(&[3, 5], &[3, 5, 3, 5])[1..]].concat();
    assert_eq!(refused(&twice), EntryError::NotCanonical);
    assert_eq!(
        refused(&swap(&[12, 0x81, 0x65, b'p', b'h', b'o', b'n', b'e'], &[12, 0x80])),
        EntryError::NotCanonical
    );
    // Trailing bytes, an unknown key, a missing member, an unknown decision, an unknown version.
    assert_eq!(refused(&[&good[..], &[0]].concat()), EntryError::NotCanonical);
    assert!(matches!(refused(&swap(&[14, 1], &[18, 1])), EntryError::Malformed(_)));
    assert!(Entry::decode(&[&[0xa8], &swap(&[3, 5], &[])[1..]].concat()).is_err());
    assert!(matches!(refused(&swap(&[14, 1], &[14, 9])), EntryError::Member { member: "decision", .. }));
    assert_eq!(refused(&swap(&[0, 1, 1, 0x50], &[0, 2, 1, 0x50])), EntryError::Version(2));
    assert!(Entry::decode(&[]).is_err());
    // A list that claims 2^64 - 1 names must not be believed when allocating.
    let huge = swap(&[12, 0x81], &[12, 0x9b, 255, 255, 255, 255, 255, 255, 255, 255]);
    assert!(matches!(refused(&huge), EntryError::Malformed(_)));
}

#[test]
fn members_obey_their_rules() {
    let refused = |entry: Entry| matches!(entry.encode(), Err(EntryError::Member { .. }));
    assert!(refused(Entry::default()));
    assert!(refused(Entry { org: String::new(), ..entry() }));
    assert!(refused(Entry { actor: vec![], ..entry() }));
    assert!(refused(Entry { actor: vec![0; MAX_ACTOR + 1], ..entry() }));
    for action in ["", ".", "record.", "Record.read", "record read", "记录.读"] {
        assert!(refused(Entry { action: action.into(), ..entry() }), "{action}");
    }
    assert!(refused(Entry { fields: vec![String::new()], ..entry() }));
}

#[test]
fn an_entry_of_65_536_bytes_is_refused_and_of_65_535_is_not() {
    let empty = Entry { purpose: Some("p".repeat(1000)), ..entry() }.encode().unwrap().len() - 1000;
    let exact = Entry { purpose: Some("p".repeat(MAX_ENTRY - empty)), ..entry() };
    let bytes = exact.encode().unwrap();
    assert_eq!(bytes.len(), 65_535);
    assert_eq!(Entry::decode(&bytes).unwrap(), exact);
    assert!(encode_bundle(&[&bytes]).is_ok());
    let over = Entry { purpose: Some("p".repeat(MAX_ENTRY - empty + 1)), ..entry() };
    assert_eq!(over.encode(), Err(EntryError::TooLong(65_536)));
    assert_eq!(Entry::decode(&vec![0; 65_536]), Err(EntryError::TooLong(65_536)));
    let fault = encode_bundle(&[vec![0u8; 65_536]]);
    assert_eq!(fault, Err(TileError::TooLong { entry: 0, length: 65_536 }));
}

#[test]
fn a_commitment_opens_to_its_payload_only() {
    let commitment = Commitment::new([9; 32], b"13800138000");
    assert!(commitment.opens([9; 32], b"13800138000"));
    assert!(!commitment.opens([9; 32], b"13800138001"));
    assert!(!commitment.opens([8; 32], b"13800138000"));
    // Salt and payload cannot be shifted into each other.
    let mut salt = [9; 32];
    salt[31] = b'1';
    assert!(!Commitment::new(salt, b"").opens([9; 32], b"1"));
}
