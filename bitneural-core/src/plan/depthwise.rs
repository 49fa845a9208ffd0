//! Depthwise convolutions: each output channel reads one channel of the input.

use super::{Candidate, Kernel, encode};
use crate::network::{self, Requant};
use crate::shape::Window;
use crate::ternarize::Precision;

/// A depthwise convolution as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Depthwise {
    /// What slides over the image.
    pub window: Window,
    /// Channels of the input.
    pub channels: usize,
    /// Output channels for each of them.
    pub multiplier: usize,
    /// The code that stands for padding.
    pub padding: u8,
    /// Whether the weights are digits or bytes.
    pub precision: Precision,
    /// Packed weights, a multiple of 4 bytes.
    pub weights: Vec<u8>,
    /// The epilogue.
    pub requant: Requant,
}

impl Depthwise {
    /// Words of the patch, all channels.
    pub(super) fn scratch_words(&self) -> usize {
        (self.window.taps() * self.channels).div_ceil(4)
    }

    /// Bytes of the weights.
    pub(super) fn blob_bytes(&self) -> usize {
        let (taps, outputs) = (self.window.taps(), self.channels * self.multiplier);
        match self.precision {
            Precision::Ternary => outputs * taps.div_ceil(16) * 4,
            Precision::Int8 => (outputs * taps).next_multiple_of(4),
        }
    }

    /// Multiply-accumulates.
    pub(super) fn macs(&self) -> u64 {
        let outputs = self.channels * self.multiplier;
        self.window.positions() as u64 * outputs as u64 * self.window.taps() as u64
    }
}

pub(super) fn candidate(conv: &network::Conv, padding: i32) -> Candidate {
    let depthwise = Depthwise {
        window: conv.window,
        channels: conv.channels,
        multiplier: conv.outputs / conv.channels,
        // The zero point of a code is a code: `Network::verify`.
        padding: padding as u8,
        precision: conv.precision,
        weights: match conv.precision {
            Precision::Ternary => encode::depthwise_digits(&conv.weights, conv.window.taps()),
            Precision::Int8 => encode::depthwise_int8(&conv.weights),
        },
        requant: conv.requant.clone(),
    };
    let scratch_words = depthwise.scratch_words();
    Candidate {
        kernel: Kernel::Depthwise(depthwise),
        scratch_words,
    }
}
