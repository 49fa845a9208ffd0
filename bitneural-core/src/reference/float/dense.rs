//! Dense nodes in floating point.

use crate::graph::{Clamp, Dense, Weights};

pub(super) fn run(dense: &Dense, input: &[f32]) -> Vec<f32> {
    let Weights::Ternary(ternary) = &dense.weights else {
        panic!("the passes have not run")
    };
    let rows = ternary.trits.chunks(dense.inputs.max(1));
    rows.zip(&ternary.scales)
        .zip(&dense.bias)
        .map(|((row, scale), bias)| {
            let sum: f64 = row
                .iter()
                .zip(input)
                .map(|(&trit, &x)| f64::from(trit) * f64::from(x))
                .sum();
            let y = (sum * scale + bias) as f32;
            match dense.clamp {
                Clamp::None => y,
                Clamp::Relu => y.max(0.0),
            }
        })
        .collect()
}
