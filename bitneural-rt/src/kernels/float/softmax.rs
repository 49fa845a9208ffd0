//! Softmax over a vector.

use super::CHUNK;
use super::functions::exp;
use crate::requant::split_at_most;

/// The probabilities of the inputs.
#[inline(never)]
pub fn softmax(input: &[f32], output: &mut [f32]) {
    let mut largest = f32::NEG_INFINITY;
    for &x in input {
        if x > largest {
            largest = x;
        }
    }
    for (y, &x) in output.iter_mut().zip(input) {
        *y = exp(x - largest);
    }
    let mut sum = 0.0_f32;
    let mut left: &[f32] = output;
    while !left.is_empty() {
        // Not `chunks`, which at opt-level "z" divides, and so could panic.
        let (some, rest) = split_at_most(left, CHUNK);
        let mut part = 0.0_f32;
        for &y in some {
            part += y;
        }
        (sum, left) = (sum + part, rest);
    }
    let factor = 1.0 / sum;
    for y in output {
        *y *= factor;
    }
}
