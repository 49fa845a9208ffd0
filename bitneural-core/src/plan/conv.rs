//! Convolutions: the patch of each position, handed to the dense kernels.

use super::dense::{Dense, DenseKernel};
use super::{Candidate, Kernel};
use crate::network::{self, Requant, Tensor};
use crate::shape::Window;
use crate::ternarize::Precision;

/// A convolution as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv<E = Requant> {
    /// What slides over the image.
    pub window: Window,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// The code that stands for padding; 0 in f32 mode.
    pub padding: u16,
    /// Inputs and outputs of one group; the weights of all groups one after the other; an epilogue for
    /// all output channels.
    pub dense: Dense<E>,
}

impl<E> Conv<E> {
    /// Elements of the patch; none where the kernel reads those of a group where they are.
    pub(super) fn patch(&self) -> usize {
        if self.window.is_pixelwise() {
            0
        } else {
            self.dense.inputs
        }
    }

    /// Bytes of the blob, and of the one that its encoding takes.
    pub(super) fn blob(&self) -> (usize, usize) {
        let (found, of_a_group) = self.dense.blob();
        (found, self.groups * of_a_group)
    }

    /// Whether it reads and writes so many elements with constants for so many channels.
    pub(super) fn fits(&self, from: usize, to: usize, constants: usize) -> bool {
        let outputs = self.dense.outputs * self.groups;
        let channels = self.dense.inputs / self.window.taps().max(1) * self.groups;
        self.window.fits(channels, outputs, from, to) && constants == outputs
    }

    /// Multiply-accumulates.
    pub(super) fn macs(&self) -> u64 {
        let outputs = self.dense.outputs * self.groups;
        self.window.positions() as u64 * outputs as u64 * self.dense.inputs as u64
    }
}

pub(super) fn candidate(conv: &network::Conv, input: &Tensor) -> Candidate {
    let conv = encoded(conv, input.zero_point);
    let scratch_words = (conv.patch() * input.element.bytes()).div_ceil(4);
    Candidate {
        kernel: Kernel::Conv(conv),
        scratch_words,
    }
}

/// The convolution as its kernel reads it.
pub(super) fn encoded<E: Clone>(conv: &network::Conv<E>, padding: i32) -> Conv<E> {
    let kernel = match conv.precision {
        Precision::Ternary => DenseKernel::Digits,
        Precision::Int8 => DenseKernel::Int8,
    };
    let (inputs, outputs) = (conv.taps(), conv.outputs / conv.groups);
    let groups = conv.weights.chunks((inputs * outputs).max(1));
    Conv {
        window: conv.window,
        groups: conv.groups,
        // The zero point of a code is a code: `Network::verify`.
        padding: padding as u16,
        dense: Dense {
            kernel,
            inputs,
            outputs,
            weights: groups
                .flat_map(|group| kernel.encode(group, inputs, outputs))
                .collect(),
            requant: conv.requant.clone(),
        },
    }
}
