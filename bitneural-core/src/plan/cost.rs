//! What a plan costs: bytes counted here, stack from measurements.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

use super::elementwise::Pick;
use super::memory::{Content, Memory};
use super::{DenseKernel, Endpoint, FloatJoin, Kernel, RuntimeTable, Step, float};
use crate::custom::Format;
use crate::graph::Cell;
use crate::network::float::{FloatChannel, FloatColumn, NormalChannel};
use crate::network::{
    Channel, Column, Custom, Element, InputChannel, Leaky, Network, Requant, Rescale,
};

/// Bytes and operations of a model on a 32-bit chip.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Multiply-accumulates of one inference, zero weights included.
    pub macs: u64,
    /// Bytes of read-only statics, and of the runtime's tables that kernels read.
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
    pub(super) const RECURRENT: usize = 56;
    pub(super) const GATE_COLUMN: usize = 12;
    pub(super) const STATE_BIAS: usize = 4;
    pub(super) const FRAME: usize = 24;
    pub(super) const LAYER_NORM: usize = 28;
    pub(super) const TABLE: usize = 4;
    pub(super) const GATE: usize = 1;
    pub(super) const ADD: usize = 20;
    pub(super) const TERM: usize = 8;
    pub(super) const MULTIPLY: usize = 24;
    pub(super) const PICK: usize = 12;
    pub(super) const OPERAND: usize = 12;
    pub(super) const EMBEDDING: usize = 16;
    pub(super) const CONCAT: usize = 12;
    pub(super) const PIECE: usize = 16;
    pub(super) const LINE: usize = 8;
    pub(super) const SOFTMAX: usize = 8;
    pub(super) const CUSTOM: usize = 36;
    pub(super) const CUSTOM_FORMAT: usize = 20;
    pub(super) const CUSTOM_SHAPE: usize = 12;
    pub(super) const QUANTIZE: usize = 8;
    pub(super) const INPUT_CHANNEL: usize = 8;
    pub(super) const DEQUANTIZE: usize = 8;
    pub(super) const NORMALIZE: usize = 8;
    pub(super) const NORMAL_CHANNEL: usize = 8;
    pub(super) const FLOAT_CHANNEL: usize = 8;
    pub(super) const FLOAT_PIECE: usize = 4;
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
    /// More for a kernel with weights that reads wide codes.
    pub(super) const WIDE: usize = 24;
    pub(super) const LAYER_NORM: usize = 36;
    pub(super) const MAX_POOL: usize = 196;
    pub(super) const AVERAGE_POOL: usize = 328;
    pub(super) const LSTM: usize = 456;
    /// The other cells: a GRU whose reset comes after was painted at 292.
    pub(super) const RECURRENT: usize = 320;
    pub(super) const FRAME: usize = 80;
    pub(super) const TABLE: usize = 16;
    pub(super) const GATE: usize = 16;
    pub(super) const ADD: usize = 216;
    pub(super) const MULTIPLY: usize = 148;
    pub(super) const PICK: usize = 200;
    pub(super) const EMBEDDING: usize = 32;
    pub(super) const CONCAT: usize = 44;
    pub(super) const LINE: usize = 32;
    /// For each input of the step that has most, if it has several: the lists of places and of slices lie in the
    /// function that calls all kernels.
    pub(super) const INPUT: usize = 16;
    pub(super) const SOFTMAX: usize = 32;
    /// The function that calls the user's.
    pub(super) const CUSTOM: usize = 16;
    /// In it for each input: what the user's function is given.
    pub(super) const CUSTOM_INPUT: usize = 12;
}

/// Inputs that the kernel `tables` takes at once: for more it needs a function between.
const TABLES_BLOCK_INPUTS: usize = 64;

/// The call of a user's function, and what its op says that it takes: nobody has measured that.
pub(super) fn custom_stack(custom: &Custom) -> usize {
    stack::CUSTOM + stack::CUSTOM_INPUT * custom.inputs.len() + custom.cost.stack_bytes
}

fn stack_bytes(kernel: &Kernel, reads: Content) -> usize {
    let wide = if reads == Content::Tensor(Element::U16) {
        stack::WIDE
    } else {
        0
    };
    wide + match kernel {
        Kernel::Dense(dense) => match dense.kernel {
            DenseKernel::Digits => stack::DIGITS,
            DenseKernel::Int8 => stack::INT8,
            DenseKernel::Tables if dense.inputs <= TABLES_BLOCK_INPUTS => stack::TABLES_ONE_BLOCK,
            DenseKernel::Tables => stack::TABLES,
        },
        Kernel::Conv(_) => stack::CONV,
        Kernel::Depthwise(_) => stack::DEPTHWISE,
        Kernel::MaxPool(_) => stack::MAX_POOL,
        Kernel::AveragePool(_) => stack::AVERAGE_POOL,
        Kernel::Recurrent(layer) => match layer.cell {
            Cell::Lstm => stack::LSTM,
            Cell::Gru | Cell::GruResetBefore | Cell::SimpleRnn => stack::RECURRENT,
        },
        Kernel::Frame(_) => stack::FRAME,
        Kernel::LayerNorm(_) => stack::LAYER_NORM,
        Kernel::Table(_) => stack::TABLE,
        Kernel::Gate(_) => stack::GATE,
        Kernel::Add(_) => stack::ADD,
        Kernel::Multiply(_) => stack::MULTIPLY,
        Kernel::Pick(_) => stack::PICK,
        Kernel::Embedding(_) => stack::EMBEDDING,
        Kernel::Concat(_) => stack::CONCAT,
        Kernel::Line(_) => stack::LINE,
        Kernel::Softmax(_) => stack::SOFTMAX,
        Kernel::Float(kernel) => kernel.stack_bytes(),
        Kernel::Custom(custom) => custom_stack(custom),
    }
}

/// What is emitted, each once however often it occurs.
#[derive(Default)]
pub(super) struct Flash<'a> {
    /// By kind and size.
    seen: HashMap<(Discriminant<Piece<'a>>, usize), Vec<Piece<'a>>>,
}

/// A constant of the program.
#[derive(PartialEq)]
pub(super) enum Piece<'a> {
    Blob(&'a [u8]),
    Table(&'a [u8; 256]),
    /// The rows of an embedding.
    Codes(&'a [u8]),
    /// Beside the statics of the model: a program of several models has it once for all.
    Runtime(RuntimeTable),
    Channels(&'a [Channel]),
    Signs(&'a [i8]),
    Counts(&'a [usize]),
    Columns(&'a [Column]),
    StateBiases(&'a [i32]),
    Terms(&'a [i32], &'a [bool]),
    Operands(&'a [Rescale], &'a [bool]),
    Pieces(&'a [(usize, Rescale)]),
    InputChannels(&'a [InputChannel]),
    Leaky(&'a Leaky),
    Formats(&'a [Format]),
    /// The shapes of formats.
    Shapes(&'a [Format]),
    Parameters(&'a [f32]),
    FloatChannels(&'a [FloatChannel]),
    FloatOperands(&'a [bool]),
    FloatColumns(&'a [FloatColumn]),
    FloatPieces(&'a [usize]),
    NormalChannels(&'a [NormalChannel]),
    /// The record of a function of several, which is the same for each function; its bytes.
    FloatJoin(&'a FloatJoin, usize),
    /// The record of a kernel; its bytes.
    Kernel(&'a Kernel, usize),
    /// The record of a pick, which is the same for largest and smallest.
    Pick(&'a Pick),
    Quantize(&'a [InputChannel]),
    Normalize(&'a [NormalChannel]),
    Dequantize(&'a Endpoint),
}

impl Piece<'_> {
    fn bytes(&self) -> usize {
        match self {
            Self::Blob(bytes) | Self::Codes(bytes) => bytes.len(),
            Self::Table(entries) => entries.len(),
            Self::Runtime(table) => table.bytes(),
            Self::Channels(channels) => record::CHANNEL * channels.len(),
            Self::Signs(signs) => signs.len(),
            Self::Counts(counts) => 2 * counts.len(),
            Self::Columns(columns) => record::GATE_COLUMN * columns.len(),
            Self::StateBiases(biases) => record::STATE_BIAS * biases.len(),
            Self::Terms(terms, _) => record::TERM * terms.len(),
            Self::Operands(operands, _) => record::OPERAND * operands.len(),
            Self::Pieces(pieces) => record::PIECE * pieces.len(),
            Self::InputChannels(channels) => record::INPUT_CHANNEL * channels.len(),
            Self::Leaky(_) => record::LEAKY,
            Self::Formats(formats) => record::CUSTOM_FORMAT * formats.len(),
            Self::Shapes(formats) => record::CUSTOM_SHAPE * formats.len(),
            Self::Parameters(values) => 4 * values.len(),
            Self::FloatChannels(channels) => record::FLOAT_CHANNEL * channels.len(),
            Self::FloatOperands(operands) => operands.len(),
            Self::FloatColumns(columns) => record::GATE_COLUMN * columns.len(),
            Self::FloatPieces(pieces) => record::FLOAT_PIECE * pieces.len(),
            Self::NormalChannels(channels) => record::NORMAL_CHANNEL * channels.len(),
            Self::FloatJoin(_, bytes) => *bytes,
            Self::Kernel(_, bytes) => *bytes,
            Self::Pick(_) => record::PICK,
            Self::Quantize(_) => record::QUANTIZE,
            Self::Normalize(_) => record::NORMALIZE,
            Self::Dequantize(_) => record::DEQUANTIZE,
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pick(one), Self::Pick(two)) => {
                (&one.walk, &one.operands) == (&two.walk, &two.operands)
            }
            (Self::FloatJoin(one, _), Self::FloatJoin(two, _)) => {
                (&one.walk, one.op.low, one.op.high) == (&two.walk, two.op.low, two.op.high)
            }
            (Self::Dequantize(one), Self::Dequantize(two)) => {
                (one.scale as f32, one.zero_point) == (two.scale as f32, two.zero_point)
            }
            (one, two) => one == two,
        }
    }
}

impl<'a> Flash<'a> {
    /// The bytes that a constant adds.
    pub(super) fn piece(&mut self, piece: Piece<'a>) -> usize {
        let bytes = piece.bytes();
        let alike = self.seen.entry((discriminant(&piece), bytes)).or_default();
        if alike.iter().any(|known| known.is(&piece)) {
            return 0;
        }
        alike.push(piece);
        bytes
    }

    /// The constants of an epilogue, its record apart.
    fn epilogue(&mut self, requant: &'a Requant) -> usize {
        let plain = self.piece(Piece::Channels(&requant.channels));
        let leaky = requant.leaky.as_ref().map_or(0, |leaky| {
            self.piece(Piece::Channels(&leaky.channels)) + self.piece(Piece::Leaky(leaky))
        });
        plain + leaky
    }

    fn kernel(&mut self, kernel: &'a Kernel) -> usize {
        let (lists, record) = match kernel {
            Kernel::Dense(dense) => (
                self.piece(Piece::Blob(&dense.weights)) + self.epilogue(&dense.requant),
                record::DENSE,
            ),
            Kernel::Conv(conv) => (
                self.piece(Piece::Blob(&conv.dense.weights)) + self.epilogue(&conv.dense.requant),
                record::CONV,
            ),
            Kernel::Depthwise(depthwise) => (
                self.piece(Piece::Blob(&depthwise.weights)) + self.epilogue(&depthwise.requant),
                record::DEPTHWISE,
            ),
            Kernel::MaxPool(_) => (0, record::MAX_POOL),
            Kernel::AveragePool(pool) => (
                self.piece(Piece::Counts(&pool.counts)) + self.epilogue(&pool.requant),
                record::AVERAGE_POOL,
            ),
            Kernel::Recurrent(layer) => (
                self.piece(Piece::Blob(&layer.kernel.weights))
                    + self.piece(Piece::Blob(&layer.recurrent.weights))
                    + self.piece(Piece::Columns(&layer.constants.columns))
                    + self.piece(Piece::StateBiases(&layer.constants.state_biases)),
                record::RECURRENT,
            ),
            Kernel::Frame(_) => (0, record::FRAME),
            Kernel::LayerNorm(norm) => (
                self.piece(Piece::Signs(&norm.signs)) + self.epilogue(&norm.requant),
                record::LAYER_NORM,
            ),
            Kernel::Table(entries) => (self.piece(Piece::Table(entries)), record::TABLE),
            Kernel::Gate(_) => (0, record::GATE),
            Kernel::Add(add) => {
                let terms = Piece::Terms(&add.op.multipliers, &add.walk.repeated);
                (self.piece(terms), record::ADD)
            }
            // Its one channel is in the record.
            Kernel::Multiply(_) => (0, record::MULTIPLY),
            Kernel::Pick(pick) => {
                let operands = Piece::Operands(&pick.operands, &pick.walk.repeated);
                return self.piece(operands) + self.piece(Piece::Pick(pick));
            }
            Kernel::Embedding(embedding) => (
                self.piece(Piece::Codes(&embedding.codes)),
                record::EMBEDDING,
            ),
            Kernel::Concat(concat) => (self.piece(Piece::Pieces(&concat.pieces)), record::CONCAT),
            Kernel::Line(_) => (0, record::LINE),
            Kernel::Softmax(_) => (0, record::SOFTMAX),
            Kernel::Custom(custom) => (
                self.piece(Piece::Formats(&custom.inputs))
                    + self.piece(Piece::Parameters(&custom.parameters))
                    + custom.cost.flash_bytes,
                record::CUSTOM,
            ),
            Kernel::Float(of_floats) => return float::flash_bytes(self, kernel, of_floats),
        };
        let table = RuntimeTable::of(kernel).map_or(0, |table| self.piece(Piece::Runtime(table)));
        lists + table + self.piece(Piece::Kernel(kernel, record))
    }
}

pub(super) fn of(network: &Network, steps: &[Step], outputs: &[Endpoint], memory: &Memory) -> Cost {
    let mut flash = Flash::default();
    let inputs = network.quantize_inputs.iter().map(|channels| {
        flash.piece(Piece::InputChannels(channels)) + flash.piece(Piece::Quantize(channels))
    });
    let inputs: usize = inputs.sum();
    let normalized = network.normalize_inputs.iter();
    let normalized = normalized.map(|channels| {
        flash.piece(Piece::NormalChannels(channels)) + flash.piece(Piece::Normalize(channels))
    });
    let inputs = inputs + normalized.sum::<usize>();
    let step_costs: Vec<StepCost> = steps
        .iter()
        .enumerate()
        .map(|(index, step)| StepCost {
            macs: match &step.kernel {
                Kernel::Dense(dense) => dense.macs(),
                Kernel::Conv(conv) => conv.macs(),
                Kernel::Depthwise(depthwise) => depthwise.macs(),
                Kernel::Recurrent(layer) => layer.macs(),
                Kernel::Float(kernel) => kernel.macs(),
                Kernel::MaxPool(_)
                | Kernel::AveragePool(_)
                | Kernel::Frame(_)
                | Kernel::LayerNorm(_)
                | Kernel::Table(_)
                | Kernel::Gate(_)
                | Kernel::Add(_)
                | Kernel::Multiply(_)
                | Kernel::Pick(_)
                | Kernel::Embedding(_)
                | Kernel::Concat(_)
                | Kernel::Line(_)
                | Kernel::Softmax(_) => 0,
                Kernel::Custom(custom) => custom.cost.macs,
            },
            flash_bytes: flash.kernel(&step.kernel),
            ram_bytes: memory
                .slots
                .iter()
                .filter(|slot| (slot.first..=slot.last).contains(&index))
                .map(|slot| slot.words * 4)
                .sum(),
        })
        .collect();
    let several = steps.iter().map(|step| step.inputs.len());
    let several = several.filter(|&inputs| inputs > 1).max().unwrap_or(0);
    let kernels = steps.iter().map(|step| {
        let reads = memory.slots[step.input().index()].content;
        stack_bytes(&step.kernel, reads)
    });
    let kernels = kernels.max();
    // Floats are handed out as they are.
    let outputs = outputs.iter();
    let outputs = outputs.filter(|endpoint| endpoint.element != Element::F32);
    let outputs = outputs.map(|endpoint| flash.piece(Piece::Dequantize(endpoint)));
    let outputs: usize = outputs.sum();
    Cost {
        macs: network.macs(),
        flash_bytes: inputs
            + outputs
            + step_costs
                .iter()
                .map(|step| step.flash_bytes)
                .sum::<usize>(),
        ram_bytes: memory.words * 4,
        ram_bound_bytes: memory.bound_words * 4,
        stack_bytes: stack::CALLS + stack::INPUT * several + kernels.unwrap_or(0),
        steps: step_costs,
    }
}
