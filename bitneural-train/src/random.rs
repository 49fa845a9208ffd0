//! The random numbers of a training run.
//!
//! A generator of our own instead of the framework's: that one is global to the process, so that two runs at once
//! would disturb each other, and it may change with its version. A shipped model shall be reproducible from its seed.

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, every seed is a good one.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `-limit..limit`. Only exact operations and one rounding: the same on every machine.
    pub(crate) fn symmetric(&mut self, limit: f64) -> f32 {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((2.0 * unit - 1.0) * limit) as f32
    }

    /// Normal, with mean 0 and variance 1, up to the tails: a sum of twelve uniform numbers never leaves -6..6. No
    /// logarithm, so the same on every machine.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.symmetric(0.5)).sum()
    }

    /// Uniform in `0..bound`; the bias is below bound / 2^64.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// Fisher and Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_numbers_are_those_of_the_published_generator() {
        let mut random = Random::new(1_234_567);
        let first = [(); 3].map(|()| random.next());
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn a_shuffle_is_a_permutation_that_moves_things() {
        let mut items: Vec<usize> = (0..100).collect();
        Random::new(1).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
