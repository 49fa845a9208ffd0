//! Convolutions: at every position and for every group a fully connected layer of the values under the kernel. Images are
//! channels last.
//!
//! Scratch, in words: `dense.inputs`. None is needed if the kernel is 1×1 and nothing is padded on any side.

use super::{Epilogue, dense};
use crate::kernels::window::{Image, pixels};
use crate::params::float::FloatConv;
use crate::requant::split_at_most;
use crate::slots::view_mut;

/// For ternary weights.
#[inline(never)]
pub fn digits(layer: &FloatConv, input: &[f32], output: &mut [f32], scratch: &mut [u32]) {
    let words = dense::digits_words(&layer.dense);
    run(layer, words, input, output, scratch, dense::digits_of);
}

/// For `int8` weights.
#[inline(never)]
pub fn int8(layer: &FloatConv, input: &[f32], output: &mut [f32], scratch: &mut [u32]) {
    let words = dense::int8_words(&layer.dense);
    run(layer, words, input, output, scratch, dense::int8_of);
}

/// Calls `kernel` for every position and group, whose weights take `words` words.
#[inline(always)]
fn run(
    layer: &FloatConv,
    words: usize,
    input: &[f32],
    output: &mut [f32],
    scratch: &mut [u32],
    kernel: impl Fn(&[u32], &[f32], Epilogue<'_>, &mut [f32]),
) {
    let (window, dense) = (&layer.window, &layer.dense);
    let groups = usize::from(layer.groups);
    let outputs = dense.outputs as usize;
    let taps = u32::from(window.kernel_height).wrapping_mul(window.kernel_width.into());
    let channels = dense.inputs.checked_div(taps).unwrap_or(0) as usize;
    let image = Image {
        window,
        codes: input,
        channels: groups.wrapping_mul(channels),
        padding: 0.0,
    };
    let epilogue = Epilogue::new(&dense.epilogue);
    let scratch: &mut [f32] = view_mut(scratch, usize::MAX);
    for (origin, mut pixel) in pixels(window, groups.wrapping_mul(outputs), output) {
        let (mut weights, mut epilogue) = (dense.weights, epilogue);
        for group in 0..groups {
            let from = group.wrapping_mul(channels);
            let Some(patch) = image.patch(origin, from, channels, scratch) else {
                return;
            };
            let of_group = split_at_most(weights, words);
            let ends = epilogue.split(outputs);
            let Some((to, rest)) = pixel.split_at_mut_checked(outputs) else {
                return;
            };
            kernel(of_group.0, patch, ends.0, to);
            (weights, epilogue, pixel) = (of_group.1, ends.1, rest);
        }
    }
}
