//! Sequences that were never measured: small changes that leave the class as it is.

use crate::Error;
use crate::random::Random;

/// Random changes of sequences, `[time, channels]`, drawn anew for every sample in every epoch.
///
/// ```
/// use bitneural_train::{AugmentSequence, Fit};
///
/// let augment = AugmentSequence::new().roll(4).gain(0.1).noise(0.05);
/// let fit = Fit::new().augment_sequence(augment);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AugmentSequence {
    roll: usize,
    gain: f32,
    noise: f32,
}

impl AugmentSequence {
    /// No change.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves by up to so many positions, earlier or later; what leaves at one end comes in at the other.
    #[must_use]
    pub fn roll(mut self, positions: usize) -> Self {
        self.roll = positions;
        self
    }

    /// Multiplies all values by one factor of 1 ± `share`.
    #[must_use]
    pub fn gain(mut self, share: f32) -> Self {
        self.gain = share;
        self
    }

    /// Adds normally distributed noise with this standard deviation to each value.
    #[must_use]
    pub fn noise(mut self, deviation: f32) -> Self {
        self.noise = deviation;
        self
    }

    pub(crate) fn verify(&self) -> Result<(), Error> {
        let is_size = |size: f32| (0.0..f32::INFINITY).contains(&size);
        if is_size(self.gain) && is_size(self.noise) {
            return Ok(());
        }
        Err(Error::Setting(
            "augmentation: sizes must be finite and not below 0".into(),
        ))
    }

    /// Changes a sequence with so many channels.
    pub(crate) fn apply(&self, values: &mut [f32], channels: usize, random: &mut Random) {
        let time = values.len() / channels;
        let moved = random.below(2 * self.roll + 1);
        // Later by `moved - roll`, which may be earlier.
        let later = (moved + time - self.roll % time) % time;
        values.rotate_right(later * channels);
        let gain = 1.0 + random.symmetric(f64::from(self.gain));
        for value in values {
            *value = *value * gain + self.noise * random.normal();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five positions of two channels: 0, 100, 1, 101, …
    fn sequence() -> Vec<f32> {
        (0..10).map(|i| (i / 2 + i % 2 * 100) as f32).collect()
    }

    #[test]
    fn no_change_changes_nothing() {
        let mut values = sequence();
        AugmentSequence::new().apply(&mut values, 2, &mut Random::new(1));
        assert_eq!(values, sequence());
    }

    #[test]
    fn rolls_move_whole_positions_either_way_and_no_further() {
        for (roll, reached) in [
            (1, vec![0, 1, 4]),
            (2, vec![0, 1, 2, 3, 4]),
            (7, vec![0, 1, 2, 3, 4]),
        ] {
            let mut random = Random::new(3);
            let mut starts = Vec::new();
            for _ in 0..100 {
                let mut values = sequence();
                AugmentSequence::new()
                    .roll(roll)
                    .apply(&mut values, 2, &mut random);
                let start = values[0] as usize;
                let position = |at: usize| ((start + at / 2) % 5 + at % 2 * 100) as f32;
                assert_eq!(values, (0..10).map(position).collect::<Vec<_>>());
                starts.push(start);
            }
            starts.sort_unstable();
            starts.dedup();
            assert_eq!(starts, reached, "{roll}");
        }
    }

    #[test]
    fn one_gain_for_all_and_noise_for_each() {
        let mut random = Random::new(5);
        let mut gains = Vec::new();
        for _ in 0..100 {
            let mut values = vec![1.0, 2.0, -4.0];
            AugmentSequence::new()
                .gain(0.1)
                .apply(&mut values, 1, &mut random);
            let gain = values[0];
            assert_eq!(values, [gain, 2.0 * gain, -4.0 * gain]);
            gains.push(gain);
        }
        let of = |select: fn(f32, f32) -> f32| gains.iter().copied().reduce(select);
        assert!(of(f32::min).is_some_and(|gain| (0.9..0.95).contains(&gain)));
        assert!(of(f32::max).is_some_and(|gain| (1.05..1.1).contains(&gain)));

        let mut values = vec![0.0; 10_000];
        AugmentSequence::new()
            .noise(0.5)
            .apply(&mut values, 1, &mut random);
        let mean = values.iter().sum::<f32>() / 10_000.0;
        let square = values.iter().map(|value| value * value).sum::<f32>() / 10_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((square.sqrt() - 0.5).abs() < 0.02, "{square}");
    }
}
