//! What a plan costs: bytes counted here, stack from measurements.

use super::activation::first_with;
use super::memory::Memory;
use super::{DenseKernel, Kernel, Step};
use crate::network::{Network, Requant};

/// Bytes and operations of a model on a 32-bit chip.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Multiply-accumulates of one inference, zero weights included.
    pub macs: u64,
    /// Bytes of read-only statics.
    pub flash_bytes: usize,
    /// Bytes of the struct: the arena.
    pub ram_bytes: usize,
    /// The fewest bytes that any placement of the same activations needs.
    pub ram_bound_bytes: usize,
    /// An upper bound of the stack below `predict_quantized`, bytes.
    pub stack_bytes: usize,
    /// What each step costs.
    pub steps: Vec<StepCost>,
}

/// What a step costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepCost {
    /// Multiply-accumulates.
    pub macs: u64,
    /// Bytes of its constants.
    pub flash_bytes: usize,
    /// Bytes of the slots that are needed while it runs.
    pub ram_bytes: usize,
}

/// Bytes of the records of bitneural-rt on a 32-bit chip (`bitneural_rt::private`); a test
/// compares the sum with the symbols of a linked program.
mod record {
    pub(super) const CHANNEL: usize = 8;
    pub(super) const DENSE: usize = 36;
    pub(super) const LEAKY: usize = 12;
    pub(super) const CONV: usize = 64;
    pub(super) const DEPTHWISE: usize = 56;
    pub(super) const MAX_POOL: usize = 26;
    pub(super) const AVERAGE_POOL: usize = 52;
    pub(super) const TABLE: usize = 4;
    pub(super) const GATE: usize = 1;
    pub(super) const SOFTMAX: usize = 8;
    pub(super) const CUSTOM: usize = 36;
    pub(super) const CUSTOM_FORMAT: usize = 20;
    pub(super) const QUANTIZE: usize = 8;
    pub(super) const INPUT_CHANNEL: usize = 8;
    pub(super) const DEQUANTIZE: usize = 8;
}

/// Stack in bytes, as painted on rv32imc: the most at opt-levels 3, "s" and "z"
/// (docs/decisions/0005-stack-bound.md). A test holds the sums to paint.
mod stack {
    /// The generated functions between the user's call and a kernel.
    pub(super) const CALLS: usize = 80;
    pub(super) const DIGITS: usize = 272;
    pub(super) const TABLES: usize = 240;
    /// With at most [`super::TABLES_BLOCK_INPUTS`] inputs.
    pub(super) const TABLES_ONE_BLOCK: usize = 176;
    pub(super) const INT8: usize = 272;
    pub(super) const CONV: usize = 520;
    pub(super) const DEPTHWISE: usize = 320;
    pub(super) const POOL: usize = 240;
    pub(super) const TABLE: usize = 16;
    pub(super) const GATE: usize = 16;
    pub(super) const SOFTMAX: usize = 32;
    /// What lies between the calls and the user's function, for a few inputs: not painted, for it depends on that function.
    pub(super) const CUSTOM: usize = 64;
}

/// Inputs that the kernel `tables` takes at once: for more it needs a function between.
const TABLES_BLOCK_INPUTS: usize = 64;

fn stack_bytes(kernel: &Kernel) -> usize {
    match kernel {
        Kernel::Dense(dense) => match dense.kernel {
            DenseKernel::Digits => stack::DIGITS,
            DenseKernel::Int8 => stack::INT8,
            DenseKernel::Tables if dense.inputs <= TABLES_BLOCK_INPUTS => stack::TABLES_ONE_BLOCK,
            DenseKernel::Tables => stack::TABLES,
        },
        Kernel::Conv(_) => stack::CONV,
        Kernel::Depthwise(_) => stack::DEPTHWISE,
        Kernel::MaxPool(_) | Kernel::AveragePool(_) => stack::POOL,
        Kernel::Table(_) => stack::TABLE,
        Kernel::Gate(_) => stack::GATE,
        Kernel::Softmax(_) => stack::SOFTMAX,
        // What the user says of it: nobody has measured it.
        Kernel::Custom(custom) => stack::CUSTOM + custom.cost.stack_bytes,
    }
}

/// The constants of an epilogue, its record apart.
fn epilogue_bytes(requant: &Requant) -> usize {
    let leaky = requant.leaky.as_ref().map_or(0, |leaky| {
        record::CHANNEL * leaky.channels.len() + record::LEAKY
    });
    record::CHANNEL * requant.channels.len() + leaky
}

/// The bytes of a step's constants, but for a table that an earlier step has.
fn flash_bytes(steps: &[Step], index: usize) -> usize {
    match &steps[index].kernel {
        Kernel::Dense(dense) => {
            dense.weights.len() + epilogue_bytes(&dense.requant) + record::DENSE
        }
        Kernel::Conv(conv) => {
            conv.dense.weights.len() + epilogue_bytes(&conv.dense.requant) + record::CONV
        }
        Kernel::Depthwise(depthwise) => {
            depthwise.weights.len() + epilogue_bytes(&depthwise.requant) + record::DEPTHWISE
        }
        Kernel::MaxPool(_) => record::MAX_POOL,
        Kernel::AveragePool(pool) => {
            2 * pool.counts.len() + epilogue_bytes(&pool.requant) + record::AVERAGE_POOL
        }
        Kernel::Table(entries) if first_with(steps, entries) != Some(index) => record::TABLE,
        Kernel::Table(entries) => entries.len() + record::TABLE,
        Kernel::Gate(_) => record::GATE,
        Kernel::Softmax(_) => record::SOFTMAX,
        Kernel::Custom(custom) => {
            record::CUSTOM
                + record::CUSTOM_FORMAT * custom.inputs.len()
                + 4 * custom.parameters.len()
                + custom.cost.flash_bytes
        }
    }
}

pub(super) fn of(network: &Network, steps: &[Step], memory: &Memory) -> Cost {
    let inputs = network.quantize_inputs.iter();
    let inputs = inputs.map(|channels| record::QUANTIZE + record::INPUT_CHANNEL * channels.len());
    let interface = inputs.sum::<usize>() + record::DEQUANTIZE * network.outputs.len();
    let step_costs: Vec<StepCost> = steps
        .iter()
        .enumerate()
        .map(|(index, step)| StepCost {
            macs: match &step.kernel {
                Kernel::Dense(dense) => dense.inputs as u64 * dense.outputs as u64,
                Kernel::Conv(conv) => conv.macs(),
                Kernel::Depthwise(depthwise) => depthwise.macs(),
                Kernel::MaxPool(_)
                | Kernel::AveragePool(_)
                | Kernel::Table(_)
                | Kernel::Gate(_)
                | Kernel::Softmax(_) => 0,
                Kernel::Custom(custom) => custom.cost.macs,
            },
            flash_bytes: flash_bytes(steps, index),
            ram_bytes: memory
                .slots
                .iter()
                .filter(|slot| (slot.first..=slot.last).contains(&index))
                .map(|slot| slot.words * 4)
                .sum(),
        })
        .collect();
    Cost {
        macs: network.macs(),
        flash_bytes: interface
            + step_costs
                .iter()
                .map(|step| step.flash_bytes)
                .sum::<usize>(),
        ram_bytes: memory.words * 4,
        ram_bound_bytes: memory.bound_words * 4,
        stack_bytes: stack::CALLS
            + steps
                .iter()
                .map(|step| stack_bytes(&step.kernel))
                .max()
                .unwrap_or(0),
        steps: step_costs,
    }
}
