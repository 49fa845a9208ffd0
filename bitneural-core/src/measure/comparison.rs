//! What a comparison of the scores of both networks adds up to.

/// Sums over inputs, of which each has the scores of the float network and those of the integer network.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    samples: usize,
    labelled: usize,
    float_right: usize,
    integer_right: usize,
    agree: usize,
    /// Σ ref², where there are classes the mean of each sample over them removed.
    signal: f64,
    /// Σ (ref − int)², likewise.
    noise: f64,
}

impl Comparison {
    /// An input: the scores of both networks, the integer network's class, and the right one if it is known.
    /// `is_binary` if a sigmoid of the one score tells two classes apart.
    pub fn add(
        &mut self,
        reference: &[f32],
        scores: &[f32],
        integer_class: usize,
        is_binary: bool,
        label: Option<usize>,
    ) {
        let float_class = if is_binary {
            usize::from(reference[0] > 0.0)
        } else {
            first_largest(reference)
        };
        self.samples += 1;
        self.agree += usize::from(float_class == integer_class);
        if let Some(label) = label {
            self.labelled += 1;
            self.float_right += usize::from(float_class == label);
            self.integer_right += usize::from(integer_class == label);
        }
        self.add_noise(&centred(reference), &centred(scores));
    }

    /// An input of which no class is told: each output of the float network, and what the integer network says.
    pub fn add_outputs<'a>(&mut self, outputs: impl IntoIterator<Item = (&'a [f32], Vec<f32>)>) {
        self.samples += 1;
        for (reference, found) in outputs {
            let values =
                |values: &[f32]| -> Vec<f64> { values.iter().copied().map(f64::from).collect() };
            self.add_noise(&values(reference), &values(&found));
        }
    }

    fn add_noise(&mut self, reference: &[f64], found: &[f64]) {
        for (reference, found) in reference.iter().zip(found) {
            self.signal += reference * reference;
            self.noise += (reference - found) * (reference - found);
        }
    }

    /// How many inputs there were.
    pub fn samples(&self) -> usize {
        self.samples
    }

    fn share(&self, right: usize) -> Option<f64> {
        (self.labelled > 0).then(|| right as f64 / self.labelled as f64)
    }

    /// Share of samples that the float network gets right.
    pub fn float_accuracy(&self) -> Option<f64> {
        self.share(self.float_right)
    }

    /// Share of samples that the integer network gets right.
    pub fn integer_accuracy(&self) -> Option<f64> {
        self.share(self.integer_right)
    }

    /// Share of samples of which both networks say the same.
    pub fn agree(&self) -> f64 {
        self.agree as f64 / self.samples.max(1) as f64
    }

    /// 10·log10(signal / noise); `None` where either is zero.
    pub fn sqnr_db(&self) -> Option<f64> {
        (self.signal > 0.0 && self.noise > 0.0).then(|| 10.0 * (self.signal / self.noise).log10())
    }
}

/// The index of the largest value, the lowest one on ties, as R21 has it for integers.
fn first_largest(values: &[f32]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}

/// Values without their mean, which decides no class; a single value stays as it is.
fn centred(values: &[f32]) -> Vec<f64> {
    let mean = if values.len() > 1 {
        values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64
    } else {
        0.0
    };
    values
        .iter()
        .map(|&value| f64::from(value) - mean)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_decibels() {
        let mut comparison = Comparison::default();
        // Signal 1 + 1, noise 0.01 + 0.01, whatever is added to all classes.
        comparison.add(&[1.0, -1.0], &[6.1, 3.9], 0, false, Some(0));
        assert!((comparison.sqnr_db().unwrap() - 20.0).abs() < 1e-5);
        comparison.add(&[-1.0, 1.0], &[-1.0, 1.0], 0, false, Some(1));
        assert_eq!(comparison.samples(), 2);
        assert_eq!(comparison.agree(), 0.5);
        assert_eq!(comparison.float_accuracy(), Some(1.0));
        assert_eq!(comparison.integer_accuracy(), Some(0.5));
    }

    #[test]
    fn nothing_is_claimed_without_labels_or_noise() {
        let mut comparison = Comparison::default();
        comparison.add(&[3.0, 3.0], &[3.0, 3.0], 0, false, None);
        assert_eq!(comparison.agree(), 1.0);
        assert_eq!(comparison.float_accuracy(), None);
        assert_eq!(comparison.sqnr_db(), None);
    }

    #[test]
    fn outputs_count_together() {
        let mut comparison = Comparison::default();
        // Signal 3² + 4² + 5², noise 0.5²: no output is left out, no mean removed.
        let (first, second) = ([3.0, 4.0], [5.0]);
        comparison.add_outputs([(&first[..], vec![3.0, 4.0]), (&second[..], vec![5.5])]);
        assert_eq!(comparison.samples(), 1);
        assert_eq!(comparison.float_accuracy(), None);
        assert!((comparison.sqnr_db().unwrap() - 10.0 * 200.0_f64.log10()).abs() < 1e-9);
    }

    #[test]
    fn a_sigmoid_of_one_logit_tells_two_classes_apart() {
        let mut comparison = Comparison::default();
        comparison.add(&[0.25], &[0.5], 1, true, Some(1));
        comparison.add(&[0.0], &[0.5], 1, true, Some(0));
        assert_eq!(comparison.agree(), 0.5);
        assert_eq!(comparison.float_accuracy(), Some(1.0));
        assert_eq!(comparison.integer_accuracy(), Some(0.5));
    }
}
