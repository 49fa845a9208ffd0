//! Fully connected layers, one vector at a time. The encodings are those of [`crate::kernels::dense`].

use super::{CHUNK, Epilogue, products};
use crate::params::float::FloatDense;
use crate::requant::split_at_most;
use crate::slots::view;

/// Outputs in a block of [`digits`].
pub(super) const BLOCK_OUTPUTS: usize = 16;
/// Outputs in a block of [`int8`].
pub(super) const INT8_OUTPUTS: usize = 4;

/// For ternary weights: additions and subtractions alone.
#[inline(never)]
pub fn digits(layer: &FloatDense, input: &[f32], output: &mut [f32]) {
    if let Some(input) = input.get(..layer.inputs as usize) {
        digits_of(layer.weights, input, Epilogue::new(&layer.epilogue), output);
    }
}

/// Words of the encoding.
pub(super) fn digits_words(layer: &FloatDense) -> usize {
    let blocks = (layer.outputs as usize).div_ceil(BLOCK_OUTPUTS);
    blocks.wrapping_mul(layer.inputs as usize)
}

/// [`digits`] of exactly these inputs.
pub(super) fn digits_of(
    weights: &[u32],
    input: &[f32],
    epilogue: Epilogue<'_>,
    output: &mut [f32],
) {
    let mut weights = weights;
    let mut outputs = epilogue.into_outputs(output);
    while let Some((block, rest)) = weights.split_at_checked(input.len())
        && !outputs.is_full()
    {
        weights = rest;
        let mut sums = [0.0; BLOCK_OUTPUTS];
        add_trits(block, input, &mut sums);
        for &sum in &sums {
            // After the last output there are sums left in the last block.
            outputs.put(sum);
        }
    }
}

/// Adds Σ w·x to the sums of a block's outputs.
#[inline(never)]
pub(super) fn add_trits(weights: &[u32], input: &[f32], sums: &mut [f32; BLOCK_OUTPUTS]) {
    let (mut weights, mut input) = (weights, input);
    while !input.is_empty() {
        let (some_weights, rest_weights) = split_at_most(weights, CHUNK);
        let (some_input, rest_input) = split_at_most(input, CHUNK);
        (weights, input) = (rest_weights, rest_input);
        let mut parts = [0.0_f32; BLOCK_OUTPUTS];
        for (&x, &word) in some_input.iter().zip(some_weights) {
            let word = u32::from_le(word);
            let products = products(x);
            // Written out: at opt-level "s" a loop would compute the shifts.
            macro_rules! add {
                ($($lane:literal)*) => { $(
                    parts[2 * $lane] += products[(word >> (2 * $lane)) as usize % 4];
                    parts[2 * $lane + 1] += products[(word >> (16 + 2 * $lane)) as usize % 4];
                )* };
            }
            add!(0 1 2 3 4 5 6 7);
        }
        for (sum, &part) in sums.iter_mut().zip(&parts) {
            *sum += part;
        }
    }
}

/// For `int8` weights.
#[inline(never)]
pub fn int8(layer: &FloatDense, input: &[f32], output: &mut [f32]) {
    if let Some(input) = input.get(..layer.inputs as usize) {
        int8_of(layer.weights, input, Epilogue::new(&layer.epilogue), output);
    }
}

/// Words of the encoding.
pub(super) fn int8_words(layer: &FloatDense) -> usize {
    let blocks = (layer.outputs as usize).div_ceil(INT8_OUTPUTS);
    blocks.wrapping_mul(layer.inputs as usize)
}

/// [`int8`] of exactly these inputs.
pub(super) fn int8_of(weights: &[u32], input: &[f32], epilogue: Epilogue<'_>, output: &mut [f32]) {
    let mut weights = weights;
    let mut outputs = epilogue.into_outputs(output);
    while let Some((block, rest)) = weights.split_at_checked(input.len())
        && !outputs.is_full()
    {
        weights = rest;
        for sum in int8_sums(block, input) {
            outputs.put(sum);
        }
    }
}

/// Σ w·x of a block's outputs.
#[inline(never)]
pub(super) fn int8_sums(block: &[u32], input: &[f32]) -> [f32; INT8_OUTPUTS] {
    let weights: &[u8] = view(block, usize::MAX);
    let mut weights = weights.as_chunks::<INT8_OUTPUTS>().0;
    let mut input = input;
    let mut sums = [0.0_f32; INT8_OUTPUTS];
    while !input.is_empty() {
        let (some_weights, rest_weights) = split_at_most(weights, CHUNK);
        let (some_input, rest_input) = split_at_most(input, CHUNK);
        (weights, input) = (rest_weights, rest_input);
        let [mut a, mut b, mut c, mut d] = [0.0_f32; INT8_OUTPUTS];
        for (&x, &[i, j, k, l]) in some_input.iter().zip(some_weights) {
            let product = |weight: u8| f32::from(weight as i8) * x;
            a += product(i);
            b += product(j);
            c += product(k);
            d += product(l);
        }
        for (sum, part) in sums.iter_mut().zip([a, b, c, d]) {
            *sum += part;
        }
    }
    sums
}
