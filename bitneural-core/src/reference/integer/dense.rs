//! R6 and R7, one sum at a time.

use super::linear::requantize;
use crate::network::Dense;

pub(super) fn run(dense: &Dense, input: &[i32]) -> Vec<i32> {
    (0..dense.outputs)
        .map(|c| {
            let row = &dense.weights[c * dense.inputs..(c + 1) * dense.inputs];
            let products = row
                .iter()
                .zip(input)
                .map(|(&w, &x)| i64::from(w) * i64::from(x));
            requantize(products.sum(), &dense.requant, c)
        })
        .collect()
}
