//! Dense nodes in floating point.

use super::{finish, weight};
use crate::graph::Dense;

pub(super) fn run(dense: &Dense, input: &[f32]) -> Vec<f32> {
    (0..dense.outputs)
        .map(|c| {
            let taps = input.iter().enumerate();
            let sum = taps
                .map(|(k, &x)| weight(&dense.linear, c * dense.inputs + k) * f64::from(x))
                .sum();
            finish(&dense.linear, c, sum)
        })
        .collect()
}
