//! Convolutions: at every position and for every group a fully connected layer of the codes under the kernel.
//!
//! Images are channels last: `[y][x][channel]`. Both kernels copy the codes under the window to the scratch, in the
//! order `[ky][kx][channel of the group]`, and run the dense kernel of the same name on them; see [`dense`] for the
//! encodings, in which the groups lie one after the other.
//!
//! Scratch, in words: ⌈dense.inputs / 4⌉, of wide codes ⌈dense.inputs / 2⌉. None is needed if the kernel is 1×1 and
//! nothing is padded on any side: the codes of each group are then read where they are, and the compiler plans none.

use super::window::{Image, pixels};
use super::{Code, Output, dense};
use crate::params::Conv;
use crate::requant::{Epilogue, split_at_most};
use crate::slots::view_mut;

/// For ternary weights.
#[inline(never)]
pub fn digits<I: Code, O: Output>(
    layer: &Conv,
    input: &[I],
    output: &mut [O],
    scratch: &mut [u32],
) {
    let words = dense::digits_words(&layer.dense);
    run(layer, words, input, output, scratch, dense::digits_of);
}

/// For `int8` weights.
#[inline(never)]
pub fn int8<I: Code, O: Output>(layer: &Conv, input: &[I], output: &mut [O], scratch: &mut [u32]) {
    let words = dense::int8_words(&layer.dense);
    run(layer, words, input, output, scratch, dense::int8_of);
}

/// Calls `kernel` for every position and group, whose weights take `words` words.
#[inline(always)]
fn run<I: Code, O: Output>(
    layer: &Conv,
    words: usize,
    input: &[I],
    output: &mut [O],
    scratch: &mut [u32],
    kernel: impl Fn(&[u32], &[I], Epilogue<'_>, &mut [O]),
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
        padding: I::from_clamped_code(layer.padding.into()),
    };
    let epilogue = Epilogue::new(dense.channels, &dense.requant, dense.leaky);
    let scratch = view_mut(scratch, usize::MAX);
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

#[cfg(test)]
mod tests;
