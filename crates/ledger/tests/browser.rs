//! What the web checks a log with is held to what this crate makes: `web/src/ledger/vectors.json`, from a key that is
//! public. `UPDATE=1` writes it anew.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kedun_ledger::note::NoteSigner;
use kedun_ledger::proof::{LogProof, consistency, inclusion, root_at};
use kedun_ledger::source::MemoryHashes;
use kedun_ledger::tile::{Tile, encode_bundle, tiles_between};
use kedun_ledger::tree::leaf_hash;
use kedun_ledger::{Checkpoint, Decision, Entry, SignedCheckpoint};
use serde_json::{Map, Value as Json, json};

const ORIGIN: &str = "kedun.example/log";
const SIZE: u64 = 270;

fn entry(i: u64) -> Vec<u8> {
    let mut entry = Entry {
        id: u128::from(i).to_be_bytes(),
        at: 1_780_000_000_000 + i64::try_from(i).unwrap() * 1_000,
        mono: i,
        org: "org".to_owned(),
        actor: vec![u8::try_from(i % 5).unwrap(); 4],
        action: "record.read".to_owned(),
        decision: Decision::Allowed,
        ..Entry::default()
    };
    if i % 50 == 7 {
        entry.device = Some(vec![1, 2]);
        entry.session = Some([3; 16]);
        entry.action = "field.reveal".to_owned();
        entry.object = Some("customer".to_owned());
        entry.reference = Some([4; 32]);
        entry.subject = Some([5; 32]);
        entry.fields = vec!["phone".to_owned(), "邮箱".to_owned()];
        entry.purpose = Some("call".to_owned());
        entry.decision = Decision::Denied;
        entry.policy = Some([6; 32]);
        entry.count = Some(100_000);
    }
    entry.encode().unwrap()
}

fn tree(entries: &[Vec<u8>]) -> MemoryHashes {
    let mut tree = MemoryHashes::new();
    entries.iter().for_each(|bytes| tree.push(leaf_hash(bytes)));
    tree
}

fn head(tree: &MemoryHashes, size: u64, signer: &NoteSigner) -> String {
    let head = Checkpoint::new(signer.verifier().name(), size, root_at(tree, size).unwrap()).unwrap();
    SignedCheckpoint::sign(head, signer).unwrap().note().to_string()
}

fn vectors() -> Json {
    let signer = NoteSigner::from_seed(ORIGIN, &[7; 32]).unwrap();
    let stranger = NoteSigner::from_seed(ORIGIN, &[8; 32]).unwrap();
    let entries: Vec<Vec<u8>> = (0..SIZE).map(entry).collect();
    let log = tree(&entries);
    let mut other = entries.clone();
    other[100] = entry(1_000);
    let forked = tree(&other);

    let mut tiles = Map::new();
    for tile in tiles_between(0, SIZE) {
        let path = tile.to_string();
        tiles.insert(
            path.trim_start_matches("tile/").to_owned(),
            json!(STANDARD.encode(log.tile(tile).unwrap())),
        );
    }
    for (index, chunk) in entries.chunks(256).enumerate() {
        let width = u16::try_from(chunk.len()).unwrap();
        let path = Tile::new(0, u64::try_from(index).unwrap(), width).unwrap().bundle_path();
        let bundle = encode_bundle(chunk).unwrap();
        tiles.insert(path.trim_start_matches("tile/").to_owned(), json!(STANDARD.encode(bundle)));
    }
    let heads: Map<String, Json> = [1, 5, 128, 200, SIZE]
        .map(|size| (size.to_string(), json!(head(&log, size, &signer))))
        .into_iter()
        .collect();
    let consistent: Map<String, Json> = [1, 5, 128, 200, SIZE]
        .map(|from| {
            let hashes: Vec<String> =
                consistency(&log, from, SIZE).unwrap().iter().map(ToString::to_string).collect();
            (from.to_string(), json!(hashes))
        })
        .into_iter()
        .collect();
    let proofs: Map<String, Json> = [0, 7, 255, 256, SIZE - 1]
        .map(|index| {
            let hashes = inclusion(&log, index, SIZE).unwrap();
            let checkpoint = head(&log, SIZE, &signer);
            (index.to_string(), json!(LogProof { extra: None, index, hashes, checkpoint }.to_string()))
        })
        .into_iter()
        .collect();
    json!({
        "key": signer.verifier().to_string(),
        "stranger": stranger.verifier().to_string(),
        "by_stranger": head(&log, SIZE, &stranger),
        "forked": head(&forked, SIZE, &signer),
        "heads": heads,
        "tiles": tiles,
        "consistency": consistent,
        "proofs": proofs,
    })
}

#[test]
fn the_vectors_of_the_web_are_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/ledger/vectors.json");
    let now = serde_json::to_string_pretty(&vectors()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), now, "UPDATE=1 writes them anew");
}
