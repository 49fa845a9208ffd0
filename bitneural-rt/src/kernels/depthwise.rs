//! Depthwise convolutions: every output channel sees one input channel.
//!
//! Images are channels last: `[y][x][channel]`. Both kernels copy the codes of all channels under the window to the
//! scratch, `[ky][kx][channel]`, and run through them channel by channel.
//!
//! Scratch, in words: ⌈kernel_height · kernel_width · channels / 4⌉, with 2 in place of 4 for wide codes. None is needed
//! if the kernel is 1×1 and nothing is padded on any side: the codes are then read where they are, and the compiler
//! plans none.
//!
//! # Encoding of [`digits`]
//!
//! `[output channel]`, each ⌈taps / 16⌉ little-endian words: digit w + 1 of tap t = ky · kernel_width + kx in bits
//! 2(t mod 16) and the next of word ⌊t / 16⌋. Taps that are not there have digit 1.
//!
//! # Encoding of [`int8`]
//!
//! `[output channel][tap]`, one signed byte each. At the end bytes up to a multiple of four.

use super::window::{Image, pixels};
use super::{Code, Output};
use crate::params::Depthwise;
use crate::requant::{Epilogue, split_at_most};
use crate::slots::{view, view_mut};

/// Digits in a word.
const WORD_DIGITS: usize = 16;

/// For ternary weights.
#[inline(never)]
pub fn digits<I: Code, O: Output>(
    layer: &Depthwise,
    input: &[I],
    output: &mut [O],
    scratch: &mut [u32],
) {
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
pub fn int8<I: Code, O: Output>(
    layer: &Depthwise,
    input: &[I],
    output: &mut [O],
    scratch: &mut [u32],
) {
    let weights: &[u8] = view(layer.weights, usize::MAX);
    run(
        layer,
        (weights, taps(layer)),
        (input, output, scratch),
        int8_sum,
    );
}

fn taps(layer: &Depthwise) -> usize {
    let window = &layer.window;
    usize::from(window.kernel_height).wrapping_mul(window.kernel_width.into())
}

/// Calls `sum` for every position and output channel: of its weights, `each` a channel, and the codes from the first
/// tap of its input channel on, of which every `layer.channels`th is one of its taps.
#[inline(always)]
fn run<W, I: Code, O: Output>(
    layer: &Depthwise,
    (weights, each): (&[W], usize),
    (input, output, scratch): (&[I], &mut [O], &mut [u32]),
    sum: impl Fn(&[W], &[I], usize) -> u32,
) {
    let channels = usize::from(layer.channels);
    let multiplier = usize::from(layer.multiplier);
    let image = Image {
        window: &layer.window,
        codes: input,
        channels,
        padding: I::from_clamped_code(layer.padding.into()),
    };
    let epilogue = Epilogue::new(layer.constants, &layer.requant, layer.leaky);
    let scratch = view_mut(scratch, usize::MAX);
    for (origin, pixel) in pixels(&layer.window, channels.wrapping_mul(multiplier), output) {
        let Some(mut codes) = image.patch(origin, 0, channels, scratch) else {
            return;
        };
        let mut weights = weights;
        let mut outputs = epilogue.into_outputs(pixel);
        while let Some((_, next)) = codes.split_first()
            && !outputs.is_full()
        {
            for _ in 0..multiplier {
                let (of_channel, rest) = split_at_most(weights, each);
                weights = rest;
                outputs.put(sum(of_channel, codes, channels) as i32);
            }
            codes = next;
        }
    }
}

/// Σ w·u over a channel's taps, as Σ d·u − Σ u (R6).
#[inline(always)]
fn digits_sum<I: Code>(words: &[u32], codes: &[I], channels: usize) -> u32 {
    let mut at = 0_usize;
    let (mut sum, mut total) = (0_u32, 0_u32);
    for &word in words {
        let mut digits = u32::from_le(word);
        let end = at.wrapping_add(channels.wrapping_mul(WORD_DIGITS));
        let codes = codes.get(..end).unwrap_or(codes);
        while let Some(&u) = codes.get(at) {
            let u: u32 = u.into();
            sum = sum.wrapping_add(u.wrapping_mul(digits & 3));
            total = total.wrapping_add(u);
            digits >>= 2;
            at = at.wrapping_add(channels);
        }
    }
    sum.wrapping_sub(total)
}

/// Σ w·u over a channel's taps (R6).
#[inline(always)]
fn int8_sum<I: Code>(weights: &[u8], codes: &[I], channels: usize) -> u32 {
    let mut at = 0_usize;
    let mut sum = 0_i32;
    for &weight in weights {
        let Some(&u) = codes.get(at) else {
            break;
        };
        sum = sum.wrapping_add(i32::from(weight as i8).wrapping_mul(u.into()));
        at = at.wrapping_add(channels);
    }
    sum as u32
}

#[cfg(test)]
mod tests;
