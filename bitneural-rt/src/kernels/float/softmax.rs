//! Softmax over a vector.

use super::CHUNK;
use super::functions::exp;

/// The probabilities of the inputs.
#[inline(never)]
pub fn softmax(input: &[f32], output: &mut [f32]) {
    let mut largest = f32::NEG_INFINITY;
    for &x in input {
        if x > largest {
            largest = x;
        }
    }
    let mut sum = 0.0_f32;
    for (xs, ys) in input.chunks(CHUNK).zip(output.chunks_mut(CHUNK)) {
        let mut part = 0.0_f32;
        for (&x, y) in xs.iter().zip(ys) {
            *y = exp(x - largest);
            part += *y;
        }
        sum += part;
    }
    let factor = 1.0 / sum;
    for y in output {
        *y *= factor;
    }
}
