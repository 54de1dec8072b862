//! Published vectors: the Certificate Transparency reference tree, Go's `sumdb/note`, the examples of C2SP.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use kedun_ledger::note::{Note, NoteError, NoteSigner, NoteVerifier};
use kedun_ledger::proof::{consistency, inclusion, verify_consistency, verify_inclusion};
use kedun_ledger::source::MemoryHashes;
use kedun_ledger::tile::{Tile, tiles_between};
use kedun_ledger::tree::{Frontier, Hash, leaf_hash, root_of};
use kedun_ledger::{Checkpoint, SignedCheckpoint};

const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hash(hex: &str) -> Hash {
    let byte = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
    Hash(std::array::from_fn(byte))
}

fn reference_tree() -> MemoryHashes {
    let mut tree = MemoryHashes::new();
    LEAVES.iter().for_each(|l| tree.push(leaf_hash(l)));
    tree
}

#[test]
fn ct_reference_roots_of_every_size() {
    let leaves: Vec<Hash> = LEAVES.iter().map(|l| leaf_hash(l)).collect();
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root().hex(), ROOTS[0]);
    for size in 1..=8 {
        frontier.push(leaves[size - 1]);
        assert_eq!(frontier.root().hex(), ROOTS[size]);
        assert_eq!(root_of(&leaves[..size]).hex(), ROOTS[size]);
    }
}

#[test]
fn ct_reference_proofs() {
    let tree = reference_tree();
    let first = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    .map(hash);
    assert_eq!(inclusion(&tree, 0, 8).unwrap(), first);
    verify_inclusion(leaf_hash(LEAVES[0]), 0, 8, &first, &hash(ROOTS[8])).unwrap();
    assert_eq!(consistency(&tree, 1, 8).unwrap(), first);

    let six = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    .map(hash);
    assert_eq!(consistency(&tree, 6, 8).unwrap(), six);
    verify_consistency(6, 8, &hash(ROOTS[6]), &hash(ROOTS[8]), &six).unwrap();

    let two = [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]
    .map(hash);
    assert_eq!(consistency(&tree, 2, 5).unwrap(), two);
    verify_consistency(2, 5, &hash(ROOTS[2]), &hash(ROOTS[5]), &two).unwrap();
}

const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const PETER_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                          then you don't know what your problem is.\n";
const PETER_SIGNATURE: &str =
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

fn peter_note() -> String {
    format!("{PETER_TEXT}\n— PeterNeumann {PETER_SIGNATURE}\n")
}

#[test]
fn go_sumdb_note_is_signed_and_verified_byte_for_byte() {
    let signer = NoteSigner::from_text(PETER_SECRET).unwrap();
    assert_eq!(signer.verifier().to_string(), PETER);
    assert_eq!(signer.to_secret_text().as_str(), PETER_SECRET);
    assert_eq!(Note::sign(PETER_TEXT, &signer).unwrap().to_string(), peter_note());

    let known: Vec<NoteVerifier> = [ENOCH, PETER].map(|k| k.parse().unwrap()).into();
    let note = Note::parse(&peter_note()).unwrap();
    assert_eq!(note.verify(&known).unwrap(), [&known[1]]);
    assert_eq!(note.to_string(), peter_note());
    assert!(matches!(note.verify(&known[..1]), Err(NoteError::Unknown { .. })));
}

#[test]
fn c2sp_signed_note_example() {
    let key: NoteVerifier =
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse().unwrap();
    let note = "This is an example message.\n\n— example.com/foo \
                Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    Note::parse(note).unwrap().verify(&[key]).unwrap();
}

#[test]
fn every_mangled_verifier_key_is_refused() {
    for start in 0..PETER.len() {
        for end in start..PETER.len() {
            assert!(PETER[start..end].parse::<NoteVerifier>().is_err());
        }
    }
    for place in 0..PETER.len() {
        let mut bytes = PETER.as_bytes().to_vec();
        bytes[place] += 1;
        assert!(String::from_utf8(bytes).unwrap().parse::<NoteVerifier>().is_err(), "byte {place}");
    }
    // Wrong length and unknown algorithm, each with the id that would fit (from Go's tests).
    for bad in [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ] {
        assert!(bad.parse::<NoteVerifier>().is_err());
    }
}

#[test]
fn unknown_signatures_are_ignored_and_bad_ones_of_known_keys_refused() {
    let known: Vec<NoteVerifier> = vec![PETER.parse().unwrap()];
    let stranger = NoteSigner::from_seed("PeterNeumann", &[7; 32]).unwrap();
    let note = Note::parse(&peter_note()).unwrap().also_sign(&stranger);
    assert_eq!(note.signatures().len(), 2);
    assert_eq!(note.verify(&known).unwrap().len(), 1);

    let changed = peter_note().replace("cryptography", "Cryptography");
    let error = Note::parse(&changed).unwrap().verify(&known).unwrap_err();
    assert!(matches!(error, NoteError::BadSignature { .. }));

    let double = format!("{}— PeterNeumann {PETER_SIGNATURE}\n", peter_note());
    assert_eq!(Note::parse(&double).unwrap().verify(&known).unwrap().len(), 1);
}

#[test]
fn malformed_notes_are_refused() {
    let good = peter_note();
    for bad in [
        PETER_TEXT.to_owned(),
        format!("{PETER_TEXT}\n"),
        good.trim_end().to_owned(),
        good.replace("— ", "- "),
        good.replace('\n', "\r\n"),
        good.replace("AM=", "AM"),
        good.replace("AM=", "AN="),
        good.replace("PeterNeumann x", "Peter+Neumann x"),
        good.replace("PeterNeumann x", "PeterNeumann  x"),
        good.replace(&format!(" {PETER_SIGNATURE}"), " x08gow=="),
        format!("{good}trailing\n"),
    ] {
        assert!(Note::parse(&bad).is_err(), "{bad:?}");
    }
    let flood = format!("{PETER_TEXT}\n{}", format!("— P {PETER_SIGNATURE}\n").repeat(101));
    assert!(Note::parse(&flood).is_err());
}

#[test]
fn a_signer_never_shows_its_secret() {
    let signer = NoteSigner::from_text(PETER_SECRET).unwrap();
    let shown = format!("{signer:?}");
    assert!(shown.contains(PETER) && !shown.contains("AYEKFALV") && !shown.contains("129, 10, 20"));
    let error = NoteSigner::from_text(&PETER_SECRET.replace("c74f20a3", "c74f20a4")).unwrap_err();
    assert!(!error.to_string().contains("AYEKFALV"));
}

#[test]
fn c2sp_checkpoint_example_and_its_strictness() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let head: Checkpoint = text.parse().unwrap();
    assert_eq!((head.size, head.to_string().as_str()), (20_852_163, text));
    for bad in [
        text.trim_end().to_owned(),
        text.replace("208", "0208"),
        text.replace("20852163", "+20852163"),
        text.replace("20852163", "99999999999999999999"),
        text.replace("20852163", ""),
        text.replace("example.com/behind-the-sofa", ""),
        text.replace("q2I=", "q2J="),
        text.replace("q2I=", "q2I"),
        format!("{text}extension\n"),
        format!("{text}\n"),
        text.replace("20852163", "0"),
    ] {
        assert!(bad.parse::<Checkpoint>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_checkpoint_signed_by_another_logs_key_is_refused() {
    let other = NoteSigner::from_seed("other.example/log", &[1; 32]).unwrap();
    let ours = NoteSigner::from_seed("ours.example/log", &[2; 32]).unwrap();
    let head = Checkpoint::new("ours.example/log", 0, Hash::empty_root()).unwrap();
    assert!(SignedCheckpoint::sign(head.clone(), &other).is_err());
    let forged = Note::sign(&head.to_string(), &other).unwrap().to_string();
    let known = [other.verifier().clone(), ours.verifier().clone()];
    assert!(SignedCheckpoint::open(&forged, &known).is_err());
    let good = SignedCheckpoint::sign(head, &ours).unwrap().to_string();
    assert!(SignedCheckpoint::open(&good, &known).is_ok());
    assert!(SignedCheckpoint::open(&good, &known[..1]).is_err());
}

#[test]
fn c2sp_tile_paths_and_the_tree_of_70_000() {
    assert_eq!(Tile::new(0, 1_234_067, 256).unwrap().to_string(), "tile/0/x001/x234/067");
    assert_eq!(Tile::new(3, 5, 7).unwrap().to_string(), "tile/3/005.p/7");
    assert_eq!(Tile::new(0, 1000, 1).unwrap().bundle_path(), "tile/entries/x001/000.p/1");
    let tiles = tiles_between(0, 70_000);
    let count = |level, full| tiles.iter().filter(|t| t.level() == level && t.is_full() == full).count();
    assert_eq!([count(0, true), count(0, false), count(1, true), count(1, false)], [273, 1, 1, 1]);
    let widths: Vec<u16> = tiles.iter().filter(|t| !t.is_full()).map(Tile::width).collect();
    assert_eq!(widths, [112, 17, 1]);
    let at_256: Vec<String> = tiles_between(0, 256).iter().map(ToString::to_string).collect();
    assert_eq!(at_256, ["tile/0/000", "tile/1/000.p/1"]);
    for bad in [
        "tile/0/1",
        "tile/0/0001",
        "tile/00/001",
        "tile/64/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/",
        "tile/0/+01",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert!(bad.parse::<Tile>().is_err(), "{bad}");
    }
}
