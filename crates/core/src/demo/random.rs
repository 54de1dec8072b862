//! Repeatable chance: SplitMix64, a stream per thing that is made.
//!
//! Every customer draws from its own stream, so customer 70,000 is the same whether or not the 69,999 before it
//! were made, and adding a draw to one kind of record does not reshuffle the others.

/// A stream of pseudo-random numbers. Not for secrets.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The stream for the `n`th thing of a kind under a seed.
    pub(super) fn new(seed: u64, kind: u64, n: u64) -> Random {
        let mut random = Random(seed ^ kind.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let mixed = random.next() ^ n.wrapping_mul(0xA076_1D64_78BD_642F);
        random.0 = mixed;
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 when `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included; `low` when they are the wrong way round.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(0);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// True so many times in a hundred.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list; the default of the type when the list is empty.
    pub(super) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let at = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list.get(at).copied().unwrap_or_default()
    }

    /// One of a list, each as often as its weight says.
    pub(super) fn weighted<T: Copy + Default>(&mut self, list: &[(T, u64)]) -> T {
        let mut left = self.below(list.iter().map(|(_, weight)| weight).sum());
        for (item, weight) in list {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        T::default()
    }
}
