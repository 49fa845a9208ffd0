//! The kernels of f32 mode, one file a family: the same networks and weights with activations of `f32`, for chips with an
//! FPU. They are as panic-free as the others; without an FPU they run by soft float, slowly.
//!
//! Sums of floats depend on their order. Here at most [`CHUNK`] terms follow one another; the sums of such chunks are
//! added up in turn. So n terms t are off by at most (68 + n/64) · 2⁻²⁴ · Σ|t|, and mostly by far less.

pub mod activation;
pub mod conv;
pub mod custom;
pub mod dense;
pub mod depthwise;
pub mod elementwise;
pub mod embedding;
pub mod functions;
pub mod norm;
pub mod pool;
pub mod recurrent;
pub mod shape;
pub mod softmax;

use core::slice;

use crate::params::float::{FloatChannel, FloatEpilogue};
use crate::requant::split_at_most;

/// Terms that are added up one after the other.
const CHUNK: usize = 64;

/// Within low..=high; a NaN stays.
#[inline(always)]
fn clamped(y: f32, low: f32, high: f32) -> f32 {
    // Not `clamp`, which panics if the bounds are exchanged, nor `min`, which soft float calls a function for.
    let y = if y < low { low } else { y };
    if y > high { high } else { y }
}

/// What turns sums into outputs, channel by channel.
#[derive(Clone, Copy)]
struct Epilogue<'a> {
    channels: &'a [FloatChannel],
    /// Of a leaky ReLU; else empty.
    slopes: &'a [f32],
    low: f32,
    high: f32,
}

impl<'a> Epilogue<'a> {
    #[inline(always)]
    fn new(record: &FloatEpilogue) -> Self {
        Self {
            channels: record.channels,
            slopes: record.slopes.unwrap_or(&[]),
            low: record.low,
            high: record.high,
        }
    }

    /// That of the first `len` channels, and that of the others.
    #[inline(always)]
    fn split(self, len: usize) -> (Self, Self) {
        let (channels, channels_after) = split_at_most(self.channels, len);
        let (slopes, slopes_after) = split_at_most(self.slopes, len);
        let first = Self {
            channels,
            slopes,
            ..self
        };
        let others = Self {
            channels: channels_after,
            slopes: slopes_after,
            ..self
        };
        (first, others)
    }

    /// Where to put the sums.
    #[inline(always)]
    fn into_outputs(self, output: &'a mut [f32]) -> Outputs<'a> {
        Outputs {
            output: output.iter_mut(),
            channels: self.channels.iter(),
            slopes: self.slopes.iter(),
            low: self.low,
            high: self.high,
        }
    }
}

/// Outputs, each to be written once, in order.
struct Outputs<'a> {
    output: slice::IterMut<'a, f32>,
    channels: slice::Iter<'a, FloatChannel>,
    slopes: slice::Iter<'a, f32>,
    low: f32,
    high: f32,
}

impl Outputs<'_> {
    /// Whether all are written.
    #[inline(always)]
    fn is_full(&self) -> bool {
        self.output.len() == 0 || self.channels.len() == 0
    }

    /// Writes the next output; nothing if all are written.
    #[inline(always)]
    fn put(&mut self, sum: f32) {
        let (Some(output), Some(channel)) = (self.output.next(), self.channels.next()) else {
            return;
        };
        let mut y = sum * channel.scale + channel.bias;
        if let Some(slope) = self.slopes.next()
            && y < 0.0
        {
            y *= slope;
        }
        *output = clamped(y, self.low, self.high);
    }
}

/// The products of a float and a digit's trit, by the digit: 0 stands for −1. A digit 3 there is not.
#[inline(always)]
fn products(x: f32) -> [f32; 4] {
    [-x, 0.0, x, 0.0]
}

#[cfg(test)]
mod tests;
