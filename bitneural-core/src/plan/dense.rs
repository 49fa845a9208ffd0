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

/// Below so many outputs the tables cost more than they save (crossover measured between 40 and 64:
/// docs/decisions/0003-dense-kernels.md).
const FEWEST_OUTPUTS_FOR_TABLES: usize = 48;

/// Scratch that a balanced choice does not pay for a layer, words.
const BALANCED_SCRATCH_WORDS: usize = 2048;

/// Working memory of the tables kernel: a table of 45 words for each of at most 16 groups, and a
/// sum for each output if the inputs take more than one block.
pub(super) fn tables_scratch_words(inputs: usize, outputs: usize) -> usize {
    let groups = inputs.div_ceil(4);
    45 * groups.min(16) + if groups > 16 { outputs } else { 0 }
}

pub(super) fn choose(dense: &network::Dense, optimize: Optimize) -> Candidate {
    let scratch_words = tables_scratch_words(dense.inputs, dense.outputs);
    let tables = match optimize {
        Optimize::Speed => dense.outputs >= FEWEST_OUTPUTS_FOR_TABLES,
        Optimize::Balanced => {
            dense.outputs >= FEWEST_OUTPUTS_FOR_TABLES && scratch_words <= BALANCED_SCRATCH_WORDS
        }
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
    let scratch_words = if tables { scratch_words } else { 0 };
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
