//! Dense ops: the kernels that could run them, and the choice.

use super::{Candidate, Kernel, Optimize, encode};
use crate::network::{self, Requant};

/// A dense layer as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// The kernel.
    pub kernel: DenseKernel,
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs.
    pub outputs: usize,
    /// Packed trits in the kernel's encoding, a multiple of 4 bytes.
    pub weights: Vec<u8>,
    /// The epilogue.
    pub requant: Requant,
}

/// The kernels for dense layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenseKernel {
    /// Sums of four inputs from tables, shared by all outputs.
    Tables,
    /// Two-bit digits, two outputs a multiplication, no tables.
    Digits,
}

impl DenseKernel {
    /// `family::kernel`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tables => "dense::tables",
            Self::Digits => "dense::digits",
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

pub(super) fn choose(dense: &network::Dense, optimize: Optimize) -> Candidate {
    let tables = match optimize {
        Optimize::Speed => dense.outputs >= TABLES_ARE_FASTER,
        Optimize::Balanced => dense.outputs >= TABLES_SAVE_MUCH,
        Optimize::Size => false,
    };
    let kernel = if tables {
        DenseKernel::Tables
    } else {
        DenseKernel::Digits
    };
    let weights = match kernel {
        DenseKernel::Tables => encode::tables(&dense.trits, dense.inputs, dense.outputs),
        DenseKernel::Digits => encode::digits(&dense.trits, dense.inputs, dense.outputs),
    };
    let scratch_words = match kernel {
        DenseKernel::Tables => tables_scratch_words(dense.inputs, dense.outputs),
        DenseKernel::Digits => 0,
    };
    let kernel = Kernel::Dense(Dense {
        kernel,
        inputs: dense.inputs,
        outputs: dense.outputs,
        weights,
        requant: dense.requant.clone(),
    });
    Candidate {
        kernel,
        scratch_words,
    }
}
