//! Pooling: the largest value under a window, or their average, for each channel. Images are channels last. No scratch.

use super::{CHUNK, clamped};
use crate::kernels::window::{Image, pixels};
use crate::params::MaxPool;
use crate::params::float::FloatAveragePool;

/// The largest value of the taps in the image; −∞ if there is none.
#[inline(never)]
pub fn max(layer: &MaxPool, input: &[f32], output: &mut [f32]) {
    let channels = usize::from(layer.channels);
    let image = Image {
        window: &layer.window,
        codes: input,
        channels,
        padding: 0.0,
    };
    for (origin, pixel) in pixels(&layer.window, channels, output) {
        pixel.fill(f32::NEG_INFINITY);
        for tap in image.taps(origin) {
            for (y, &x) in pixel.iter_mut().zip(tap) {
                if x > *y {
                    *y = x;
                }
            }
        }
    }
}

/// Channels whose sums are made at a time.
const BLOCK: usize = 16;

/// The average of the taps that count.
#[inline(never)]
pub fn average(layer: &FloatAveragePool, input: &[f32], output: &mut [f32]) {
    let window = &layer.window;
    let channels = usize::from(layer.channels);
    let image = Image {
        window,
        codes: input,
        channels,
        padding: 0.0,
    };
    let all = u32::from(window.kernel_height).wrapping_mul(window.kernel_width.into());
    for (origin, pixel) in pixels(window, channels, output) {
        let count = if layer.count_padding {
            all
        } else {
            image.taps(origin).count() as u32
        };
        let count = count as f32;
        let mut from = 0_usize;
        let mut rest = pixel;
        while !rest.is_empty() {
            let len = rest.len().min(BLOCK);
            let Some((block, after)) = rest.split_at_mut_checked(len) else {
                return;
            };
            let mut sums = [0.0_f32; BLOCK];
            let mut parts = [0.0_f32; BLOCK];
            let mut left = CHUNK;
            for tap in image.taps(origin) {
                let values = tap.get(from..).unwrap_or(&[]);
                for (part, &x) in parts.iter_mut().zip(values) {
                    *part += x;
                }
                left = left.wrapping_sub(1);
                if left == 0 {
                    add(&mut sums, &parts);
                    parts = [0.0; BLOCK];
                    left = CHUNK;
                }
            }
            add(&mut sums, &parts);
            for (y, &sum) in block.iter_mut().zip(&sums) {
                *y = clamped(sum / count, layer.low, layer.high);
            }
            (rest, from) = (after, from.wrapping_add(len));
        }
    }
}

#[inline(always)]
fn add(sums: &mut [f32; BLOCK], parts: &[f32; BLOCK]) {
    for (sum, part) in sums.iter_mut().zip(parts) {
        *sum += part;
    }
}
