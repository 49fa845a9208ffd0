//! Dense nodes in floating point.

use super::Rows;
use crate::graph::Dense;

pub(super) fn run(dense: &Dense, input: &[f32]) -> Vec<f32> {
    let rows = Rows::new(&dense.linear, dense.outputs);
    (0..dense.outputs)
        .map(|c| {
            let row = &rows.weights[c * dense.inputs..(c + 1) * dense.inputs];
            let taps = row.iter().zip(input);
            let sum = taps.map(|(weight, &x)| weight * f64::from(x)).sum();
            rows.finish(&dense.linear, c, sum)
        })
        .collect()
}
