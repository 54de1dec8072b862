//! Drawing by lot from a head of the log. Who is drawn follows from a root that nobody could choose, so whoever knows the
//! head and the list can draw again and must come to the same.
//!
//! ```text
//! seed    = SHA-256("kedun.lot/seed@v1" 0x00 root(32) size(8, big endian) {length(4, big endian) bytes}…)
//! rank(x) = SHA-256("kedun.lot/rank@v1" 0x00 seed(32) x)
//! roll    = SHA-256("kedun.lot/roll@v1" 0x00 {length(4, big endian) bytes}…)   over the sorted list
//! drawn   = the names of the lowest ranks, lowest first
//! ```

use crate::tree::Hash;
use sha2::{Digest, Sha256};

/// What a draw is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The seed of one draw: the head, and what the draw is for (whose, of which time), so that one head settles many
    /// draws that have nothing to do with each other.
    #[must_use]
    pub fn new(root: &Hash, size: u64, of: &[&str]) -> Seed {
        let mut hasher = Sha256::new();
        hasher.update(b"kedun.lot/seed@v1\0");
        hasher.update(root.as_bytes());
        hasher.update(size.to_be_bytes());
        for part in of {
            measured(&mut hasher, part);
        }
        Seed(hasher.finalize().into())
    }

    /// The seed as hexadecimal text.
    #[must_use]
    pub fn hex(&self) -> String {
        crate::tree::to_hex(&self.0)
    }

    /// Draws at most `most` of a list, lowest rank first. The order of the list and repetitions in it change nothing.
    #[must_use]
    pub fn draw(&self, roll: &[String], most: usize) -> Vec<String> {
        let mut ranked: Vec<([u8; 32], &String)> = roll.iter().map(|name| (self.rank(name), name)).collect();
        ranked.sort();
        ranked.dedup();
        ranked.into_iter().take(most).map(|(_, name)| name.clone()).collect()
    }

    fn rank(&self, name: &str) -> [u8; 32] {
        // The seed has a fixed length, so no two pairs of seed and name are spelled alike.
        let mut hasher = Sha256::new();
        hasher.update(b"kedun.lot/rank@v1\0");
        hasher.update(self.0);
        hasher.update(name.as_bytes());
        hasher.finalize().into()
    }
}

/// What stands for a whole list: the hash of its names, sorted.
#[must_use]
pub fn roll_hash(roll: &[String]) -> Hash {
    let mut sorted: Vec<&String> = roll.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut hasher = Sha256::new();
    hasher.update(b"kedun.lot/roll@v1\0");
    for name in sorted {
        measured(&mut hasher, name);
    }
    Hash(hasher.finalize().into())
}

fn measured(hasher: &mut Sha256, part: &str) {
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    hasher.update(length.to_be_bytes());
    hasher.update(part.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("follow-up {i}")).collect()
    }

    #[test]
    fn the_published_rule_gives_these_numbers() {
        let seed = Seed::new(&Hash([7; 32]), 1_234, &["manager", "department", "2026-W47"]);
        assert_eq!(seed.hex(), SEED);
        assert_eq!(seed.draw(&names(6), 3), DRAWN);
        assert_eq!(roll_hash(&names(2)).hex(), ROLL);
    }

    const SEED: &str = "586c159c51537aff9a18420e2ef4d57cd07da270d9b9994653570acd64d89ace";
    const DRAWN: [&str; 3] = ["follow-up 0", "follow-up 3", "follow-up 1"];
    const ROLL: &str = "be596b4c3ca47325af7ed354d94c39988540553013e8e9e0e8aa1605965d6b2a";

    #[test]
    fn another_head_another_person_and_another_week_draw_otherwise() {
        let of = |root: u8, size, person, week| {
            Seed::new(&Hash([root; 32]), size, &[person, "north", week]).draw(&names(200), 5)
        };
        let first = of(1, 9, "a", "2026-W47");
        for other in [
            of(2, 9, "a", "2026-W47"),
            of(1, 10, "a", "2026-W47"),
            of(1, 9, "b", "2026-W47"),
            of(1, 9, "a", "2026-W48"),
        ] {
            assert_ne!(first, other);
        }
        // Where one part ends and the next begins is part of the seed.
        assert_ne!(Seed::new(&Hash([1; 32]), 9, &["ab", "c"]), Seed::new(&Hash([1; 32]), 9, &["a", "bc"]));
    }

    proptest! {
        #[test]
        fn nobody_is_drawn_twice_or_from_elsewhere_and_order_does_not_matter(
            mut roll in proptest::collection::vec("[a-z]{1,6}", 0..60), most in 0_usize..8,
        ) {
            let seed = Seed::new(&Hash([3; 32]), 5, &["x"]);
            let drawn = seed.draw(&roll, most);
            let hash = roll_hash(&roll);
            let distinct: std::collections::BTreeSet<_> = roll.iter().cloned().collect();
            prop_assert_eq!(drawn.len(), most.min(distinct.len()));
            prop_assert!(drawn.iter().all(|name| distinct.contains(name)));
            roll.reverse();
            prop_assert_eq!(seed.draw(&roll, most), drawn);
            prop_assert_eq!(roll_hash(&roll), hash);
        }
    }
}
