//! Convolutions: the patch of each position, handed to the dense kernels.

use super::dense::{Dense, DenseKernel};
use super::{Candidate, Kernel};
use crate::network;
use crate::shape::Window;
use crate::ternarize::Precision;

/// A convolution as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// What slides over the image.
    pub window: Window,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// The code that stands for padding.
    pub padding: u8,
    /// Inputs and outputs of one group; the weights of all groups one after the other; an epilogue for
    /// all output channels.
    pub dense: Dense,
}

impl Conv {
    /// Words of the patch; none where the kernel reads the codes of a group where they are.
    pub(super) fn scratch_words(&self) -> usize {
        if self.window.is_pixelwise() {
            0
        } else {
            self.dense.inputs.div_ceil(4)
        }
    }

    /// Multiply-accumulates.
    pub(super) fn macs(&self) -> u64 {
        let outputs = self.dense.outputs * self.groups;
        self.window.positions() as u64 * outputs as u64 * self.dense.inputs as u64
    }
}

pub(super) fn candidate(conv: &network::Conv, padding: i32) -> Candidate {
    let kernel = match conv.precision {
        Precision::Ternary => DenseKernel::Digits,
        Precision::Int8 => DenseKernel::Int8,
    };
    let (inputs, outputs) = (conv.taps(), conv.outputs / conv.groups);
    let groups = conv.weights.chunks((inputs * outputs).max(1));
    let conv = Conv {
        window: conv.window,
        groups: conv.groups,
        // The zero point of a code is a code: `Network::verify`.
        padding: padding as u8,
        dense: Dense {
            kernel,
            inputs,
            outputs,
            weights: groups
                .flat_map(|group| kernel.encode(group, inputs, outputs))
                .collect(),
            requant: conv.requant.clone(),
        },
    };
    let scratch_words = conv.scratch_words();
    Candidate {
        kernel: Kernel::Conv(conv),
        scratch_words,
    }
}
