//! Depthwise convolutions: every output channel sees one input channel. The encodings are those of
//! [`crate::kernels::depthwise`].
//!
//! Scratch, in words: kernel_height · kernel_width · channels. None is needed if the kernel is 1×1 and nothing is padded
//! on any side.

use super::{CHUNK, Epilogue, products};
use crate::kernels::window::{Image, pixels};
use crate::params::float::FloatDepthwise;
use crate::requant::split_at_most;
use crate::slots::{view, view_mut};

/// Digits in a word.
const WORD_DIGITS: usize = 16;

/// For ternary weights: additions and subtractions alone.
#[inline(never)]
pub fn digits(layer: &FloatDepthwise, input: &[f32], output: &mut [f32], scratch: &mut [u32]) {
    let words = taps(layer).div_ceil(WORD_DIGITS);
    run(
        layer,
        (layer.weights, words),
        (input, output, scratch),
        digits_sum,
    );
}

/// For `int8` weights.
#[inline(never)]
pub fn int8(layer: &FloatDepthwise, input: &[f32], output: &mut [f32], scratch: &mut [u32]) {
    let weights: &[u8] = view(layer.weights, usize::MAX);
    run(
        layer,
        (weights, taps(layer)),
        (input, output, scratch),
        int8_sum,
    );
}

fn taps(layer: &FloatDepthwise) -> usize {
    let window = &layer.window;
    usize::from(window.kernel_height).wrapping_mul(window.kernel_width.into())
}

/// Calls `sum` for every position and output channel: of its weights, `each` a channel, and the values from the first tap
/// of its input channel on, of which every `layer.channels`th is one of its taps.
#[inline(always)]
fn run<W>(
    layer: &FloatDepthwise,
    (weights, each): (&[W], usize),
    (input, output, scratch): (&[f32], &mut [f32], &mut [u32]),
    sum: impl Fn(&[W], &[f32], usize) -> f32,
) {
    let channels = usize::from(layer.channels);
    let multiplier = usize::from(layer.multiplier);
    let image = Image {
        window: &layer.window,
        codes: input,
        channels,
        padding: 0.0,
    };
    let epilogue = Epilogue::new(&layer.epilogue);
    let scratch: &mut [f32] = view_mut(scratch, usize::MAX);
    for (origin, pixel) in pixels(&layer.window, channels.wrapping_mul(multiplier), output) {
        let Some(mut values) = image.patch(origin, 0, channels, scratch) else {
            return;
        };
        let mut weights = weights;
        let mut outputs = epilogue.into_outputs(pixel);
        while let Some((_, next)) = values.split_first()
            && !outputs.is_full()
        {
            for _ in 0..multiplier {
                let (of_channel, rest) = split_at_most(weights, each);
                weights = rest;
                outputs.put(sum(of_channel, values, channels));
            }
            values = next;
        }
    }
}

/// Σ w·x over a channel's taps, a word's taps at a time.
#[inline(always)]
fn digits_sum(words: &[u32], values: &[f32], channels: usize) -> f32 {
    let mut at = 0_usize;
    let mut sum = 0.0_f32;
    for &word in words {
        let mut digits = u32::from_le(word);
        let end = at.wrapping_add(channels.wrapping_mul(WORD_DIGITS));
        let values = values.get(..end).unwrap_or(values);
        let mut part = 0.0_f32;
        while let Some(&x) = values.get(at) {
            part += products(x)[digits as usize % 4];
            digits >>= 2;
            at = at.wrapping_add(channels);
        }
        sum += part;
    }
    sum
}

/// Σ w·x over a channel's taps.
#[inline(always)]
fn int8_sum(weights: &[u8], values: &[f32], channels: usize) -> f32 {
    let mut at = 0_usize;
    let mut sum = 0.0_f32;
    let mut left = weights;
    while !left.is_empty() {
        let (some, rest) = split_at_most(left, CHUNK);
        left = rest;
        let mut part = 0.0_f32;
        for &weight in some {
            let Some(&x) = values.get(at) else {
                break;
            };
            part += f32::from(weight as i8) * x;
            at = at.wrapping_add(channels);
        }
        sum += part;
    }
    sum
}
