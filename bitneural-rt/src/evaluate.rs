//! How often a model is right.

use crate::model::Model;

/// How many samples a model was given, and of how many it found the class.
///
/// ```
/// use bitneural_rt::Evaluation;
///
/// bitneural_rt::include_ternary_model!(struct Tilt = "models/tilt.safetensors");
///
/// let samples = [([0.0, 0.0, -1.0], 0), ([1.0, 0.0, 0.0], 1), ([0.1, 0.9, 0.1], 2)];
/// let found = Evaluation::of(&mut Tilt::new(), samples.iter().map(|(input, class)| (input, *class)));
/// assert_eq!(found.samples, 3);
/// assert!(found.accuracy() <= 1.0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Samples.
    pub samples: u32,
    /// Those of which the largest output is that of the class.
    pub right: u32,
}

impl Evaluation {
    /// Gives a model each sample and its class, the index of an output.
    pub fn of<'a, M>(
        model: &mut M,
        samples: impl IntoIterator<Item = (&'a M::Input, usize)>,
    ) -> Self
    where
        M: Model,
        M::Input: 'a,
        M::Output: AsRef<[f32]>,
    {
        let mut found = Self::default();
        for (input, class) in samples {
            found.count(&model.predict(input), class);
        }
        found
    }

    /// Counts one more output.
    pub fn count(&mut self, output: &impl AsRef<[f32]>, class: usize) {
        self.samples = self.samples.wrapping_add(1);
        if largest(output.as_ref()) == class {
            self.right = self.right.wrapping_add(1);
        }
    }

    /// The share that is right, from 0 to 1; 0 of no samples.
    pub fn accuracy(&self) -> f32 {
        match self.samples {
            0 => 0.0,
            samples => self.right as f32 / samples as f32,
        }
    }
}

/// The index of the largest number, the first one on ties; 0 of no numbers.
pub(crate) fn largest(scores: &[f32]) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for (index, &score) in scores.iter().enumerate() {
        if score > best.1 {
            best = (index, score);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says what it is given.
    struct Echo;

    impl Model for Echo {
        const INPUT_SHAPES: &'static [&'static [usize]] = &[&[3]];
        const OUTPUT_SHAPES: &'static [&'static [usize]] = &[&[3]];
        const MACS: u64 = 0;
        const FLASH_BYTES: usize = 0;
        const RAM_BYTES: usize = 0;
        type Input = [f32; 3];
        type Output = [f32; 3];

        fn predict(&mut self, input: &[f32; 3]) -> [f32; 3] {
            *input
        }
    }

    #[test]
    fn the_right_ones_are_counted() {
        let samples = [[0.1, 0.7, 0.2], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]];
        let classes = [1, 0, 1];
        let found = Evaluation::of(&mut Echo, samples.iter().zip(classes));
        assert_eq!((found.samples, found.right), (3, 2));
        assert!((found.accuracy() - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(Evaluation::default().accuracy(), 0.0);
    }

    #[test]
    fn nothing_is_larger_than_no_number() {
        assert_eq!(largest(&[f32::NAN, 1.0]), 1);
        assert_eq!(largest(&[]), 0);
    }
}
