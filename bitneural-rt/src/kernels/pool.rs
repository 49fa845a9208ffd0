//! Pooling: the largest code under a window, or their average, for each channel.
//!
//! Images are channels last: `[y][x][channel]`. No scratch.

use super::Output;
use super::window::{Image, pixels};
use crate::params::{AveragePool, MaxPool};
use crate::requant::requantize;

/// The largest code of the taps in the image (R17); 0 if there is none.
#[inline(never)]
pub fn max(layer: &MaxPool, input: &[u8], output: &mut [u8]) {
    let channels = usize::from(layer.channels);
    let image = Image {
        window: &layer.window,
        codes: input,
        channels,
        padding: 0,
    };
    for (origin, pixel) in pixels(&layer.window, channels, output) {
        pixel.fill(0);
        for tap in image.taps(origin) {
            for (y, &u) in pixel.iter_mut().zip(tap) {
                *y = u.max(*y);
            }
        }
    }
}

/// Channels whose sums are made at a time.
const BLOCK: usize = 16;

/// The average of the taps that count (R18). Outputs whose number of taps is not in the record stay as they are.
#[inline(never)]
pub fn average<O: Output>(layer: &AveragePool, input: &[u8], output: &mut [O]) {
    let window = &layer.window;
    let channels = usize::from(layer.channels);
    let image = Image {
        window,
        codes: input,
        channels,
        padding: layer.padding,
    };
    let all = u32::from(window.kernel_height).wrapping_mul(window.kernel_width.into());
    for (origin, pixel) in pixels(window, channels, output) {
        let inside = image.taps(origin).count() as u32;
        let (count, padded) = if layer.count_padding {
            (all, all.wrapping_sub(inside))
        } else {
            (inside, 0)
        };
        let padded = padded.wrapping_mul(layer.padding.into());
        let constants = layer.counts.iter().zip(layer.constants);
        let mut constants = constants.filter(|&(&n, _)| u32::from(n) == count);
        let Some((_, constants)) = constants.next() else {
            continue;
        };
        let mut from = 0_usize;
        let mut rest = pixel;
        while !rest.is_empty() {
            let len = rest.len().min(BLOCK);
            let Some((block, after)) = rest.split_at_mut_checked(len) else {
                return;
            };
            let mut sums = [padded; BLOCK];
            for tap in image.taps(origin) {
                let codes = tap.get(from..).unwrap_or(&[]);
                for (sum, &u) in sums.iter_mut().zip(codes) {
                    *sum = sum.wrapping_add(u.into());
                }
            }
            for (y, &sum) in block.iter_mut().zip(&sums) {
                *y = requantize(sum as i32, constants, &layer.requant);
            }
            (rest, from) = (after, from.wrapping_add(len));
        }
    }
}

#[cfg(test)]
mod tests;
