//! Depthwise convolutions: each output channel reads one channel of the input.

use super::{Candidate, DenseKernel, Kernel, Optimize, encode};
use crate::network::{self, Requant, Tensor};
use crate::shape::Window;
use crate::ternarize::Precision;

/// A depthwise convolution as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Depthwise<E = Requant> {
    /// What slides over the image.
    pub window: Window,
    /// Channels of the input.
    pub channels: usize,
    /// Output channels for each of them.
    pub multiplier: usize,
    /// The code that stands for padding; 0 in f32 mode.
    pub padding: u16,
    /// Whether the weights are digits or bytes.
    pub precision: Precision,
    /// Packed weights, a multiple of 4 bytes.
    pub weights: Vec<u8>,
    /// The epilogue: a requantization but in f32 mode.
    pub requant: E,
}

impl<E> Depthwise<E> {
    /// Elements of the patch, all channels; none where the kernel reads them where they are.
    pub(super) fn patch(&self) -> usize {
        if self.window.is_pixelwise() {
            0
        } else {
            self.window.taps() * self.channels
        }
    }

    /// Bytes of the blob, and of the one that its encoding takes.
    pub(super) fn blob(&self) -> (usize, usize) {
        let outputs = self.channels * self.multiplier;
        let expected = blob_bytes(self.precision, self.window.taps(), outputs);
        (self.weights.len(), expected)
    }

    /// Whether it reads and writes so many elements with constants for so many channels.
    pub(super) fn fits(&self, from: usize, to: usize, constants: usize) -> bool {
        let outputs = self.channels * self.multiplier;
        self.window.fits(self.channels, outputs, from, to) && constants == outputs
    }

    /// Multiply-accumulates.
    pub(super) fn macs(&self) -> u64 {
        let outputs = self.channels * self.multiplier;
        self.window.positions() as u64 * outputs as u64 * self.window.taps() as u64
    }
}

/// From so many outputs of an image of one channel on the convolution's kernels, which look at a code for
/// 16 or 4 outputs at once, take fewer instructions (measured: docs/decisions/0006-one-channel.md).
const DIGITS_ARE_FASTER_IN_BLOCKS: usize = 6;
const INT8_IS_FASTER_IN_BLOCKS: usize = 2;

/// Whether a convolution goes to the depthwise kernels: each of its outputs reads one channel, and if that
/// is the same one for all, they are too few for the convolution's kernels to be better.
pub(super) fn is_chosen<E>(conv: &network::Conv<E>, optimize: Optimize) -> bool {
    let (taps, outputs) = (conv.window.taps(), conv.outputs);
    let (enough, blocks) = match conv.precision {
        Precision::Ternary => (DIGITS_ARE_FASTER_IN_BLOCKS, DenseKernel::Digits),
        Precision::Int8 => (INT8_IS_FASTER_IN_BLOCKS, DenseKernel::Int8),
    };
    let blocks_are_better = match optimize {
        Optimize::Speed | Optimize::Balanced => outputs >= enough,
        Optimize::Size => {
            blocks.blob_bytes(taps, outputs) < blob_bytes(conv.precision, taps, outputs)
        }
    };
    conv.channels == conv.groups && !(conv.channels == 1 && blocks_are_better)
}

/// Bytes of the packed weights.
fn blob_bytes(precision: Precision, taps: usize, outputs: usize) -> usize {
    match precision {
        Precision::Ternary => outputs * taps.div_ceil(16) * 4,
        Precision::Int8 => (outputs * taps).next_multiple_of(4),
    }
}

pub(super) fn candidate(conv: &network::Conv, input: &Tensor) -> Candidate {
    let depthwise = encoded(conv, input.zero_point);
    let scratch_words = (depthwise.patch() * input.element.bytes()).div_ceil(4);
    Candidate {
        kernel: Kernel::Depthwise(depthwise),
        scratch_words,
    }
}

/// The convolution as its kernel reads it.
pub(super) fn encoded<E: Clone>(conv: &network::Conv<E>, padding: i32) -> Depthwise<E> {
    Depthwise {
        window: conv.window,
        channels: conv.channels,
        multiplier: conv.outputs / conv.channels,
        // The zero point of a code is a code: `Network::verify`.
        padding: padding as u16,
        precision: conv.precision,
        weights: match conv.precision {
            Precision::Ternary => encode::depthwise_digits(&conv.weights, conv.window.taps()),
            Precision::Int8 => encode::depthwise_int8(&conv.weights),
        },
        requant: conv.requant.clone(),
    }
}
