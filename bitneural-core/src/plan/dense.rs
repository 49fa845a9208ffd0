//! Dense ops: the kernels that could run them, and the choice.

use super::{Candidate, Kernel, Optimize, encode};
use crate::network::{self, Element, Requant};
use crate::ternarize::Precision;

/// A dense layer as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense<E = Requant> {
    /// The kernel.
    pub kernel: DenseKernel,
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs.
    pub outputs: usize,
    /// Packed trits in the kernel's encoding, a multiple of 4 bytes.
    pub weights: Vec<u8>,
    /// The epilogue: a requantization but in f32 mode.
    pub requant: E,
}

impl<E> Dense<E> {
    /// Bytes of the blob, and of the one that its encoding takes.
    pub(super) fn blob(&self) -> (usize, usize) {
        let expected = self.kernel.blob_bytes(self.inputs, self.outputs);
        (self.weights.len(), expected)
    }

    /// Whether it reads and writes so many elements with constants for so many channels.
    pub(super) fn fits(&self, from: usize, to: usize, constants: usize) -> bool {
        from == self.inputs && to == self.outputs && constants == self.outputs
    }

    /// Multiply-accumulates.
    pub(super) fn macs(&self) -> u64 {
        self.inputs as u64 * self.outputs as u64
    }
}

/// The kernels for dense layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenseKernel {
    /// Sums of four inputs from tables, shared by all outputs.
    Tables,
    /// Two-bit digits, two outputs a multiplication, no tables.
    Digits,
    /// Weights of 8 bits, four outputs at a time.
    Int8,
}

impl DenseKernel {
    /// `family::kernel`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tables => "dense::tables",
            Self::Digits => "dense::digits",
            Self::Int8 => "dense::int8",
        }
    }
}

/// From so many outputs on the tables take fewer instructions than the digits (measured:
/// docs/decisions/0003-dense-kernels.md).
const TABLES_ARE_FASTER: usize = 48;

/// From so many outputs on they save a tenth or more, which a balanced choice pays 3 KB of RAM for.
const TABLES_SAVE_MUCH: usize = 96;

/// Working memory of the tables kernel: a table of 45 words for each of at most 16 groups, and a
/// sum for each output if the inputs take more than one block.
pub(super) fn tables_scratch_words(inputs: usize, outputs: usize) -> usize {
    let groups = inputs.div_ceil(4);
    45 * groups.min(16) + if groups > 16 { outputs } else { 0 }
}

pub(super) fn choose(dense: &network::Dense, input: Element, optimize: Optimize) -> Candidate {
    // The tables are made of bytes.
    let can_tabulate = input == Element::U8;
    let tables = match optimize {
        Optimize::Speed => dense.outputs >= TABLES_ARE_FASTER,
        Optimize::Balanced => dense.outputs >= TABLES_SAVE_MUCH,
        Optimize::Size => false,
    };
    let kernel = match dense.precision {
        Precision::Int8 => DenseKernel::Int8,
        Precision::Ternary if tables && can_tabulate => DenseKernel::Tables,
        Precision::Ternary => DenseKernel::Digits,
    };
    let scratch_words = match kernel {
        DenseKernel::Tables => tables_scratch_words(dense.inputs, dense.outputs),
        DenseKernel::Digits | DenseKernel::Int8 => 0,
    };
    let kernel = Kernel::Dense(Dense {
        kernel,
        inputs: dense.inputs,
        outputs: dense.outputs,
        weights: kernel.encode(&dense.weights, dense.inputs, dense.outputs),
        requant: dense.requant.clone(),
    });
    Candidate {
        kernel,
        scratch_words,
    }
}

impl DenseKernel {
    /// `[outputs][inputs]` weights as the kernel reads them.
    pub(super) fn encode(self, weights: &[i8], inputs: usize, outputs: usize) -> Vec<u8> {
        match self {
            Self::Tables => encode::tables(weights, inputs, outputs),
            Self::Digits => encode::digits(weights, inputs, outputs),
            Self::Int8 => encode::int8(weights, inputs, outputs),
        }
    }

    /// Bytes of that.
    pub(super) fn blob_bytes(self, inputs: usize, outputs: usize) -> usize {
        match self {
            Self::Tables => (inputs.div_ceil(4) * outputs).next_multiple_of(4),
            Self::Digits => outputs.div_ceil(16) * inputs * 4,
            Self::Int8 => outputs.div_ceil(4) * inputs * 4,
        }
    }
}
