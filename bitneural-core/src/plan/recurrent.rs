//! Recurrent layers: one kernel a cell, each of its matrices in the encoding that its weights need.

use super::{Candidate, DenseKernel, Kernel};
use crate::graph::Cell;
use crate::network::float::FloatGates;
use crate::network::{self, Gates, Matrix};
use crate::ternarize::Precision;

/// A recurrent layer as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrent<C = Gates> {
    /// What carries the state.
    pub cell: Cell,
    /// Features of a step of the input.
    pub inputs: usize,
    /// The width of the state.
    pub units: usize,
    /// The number of steps.
    pub steps: usize,
    /// Whether the output of each step is given out.
    pub sequences: bool,
    /// Whether the last step comes first.
    pub reads_backwards: bool,
    /// Whether what comes first lies last in the output.
    pub writes_backwards: bool,
    /// Whether the state is that of the call before.
    pub keeps_state: bool,
    /// Packed weights of the inputs, and how they are packed.
    pub kernel: Packed,
    /// Packed weights of the state; where a reset comes before, those of the candidates after the others.
    pub recurrent: Packed,
    /// What makes gates of sums.
    pub constants: C,
}

/// Packed weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Their encoding: digits or bytes.
    pub kernel: DenseKernel,
    /// The blob.
    pub weights: Vec<u8>,
}

impl<C> Recurrent<C> {
    /// Columns of both matrices.
    fn columns(&self) -> usize {
        self.cell.gates() * self.units
    }

    /// Bytes of the blobs, and of those that their encodings take.
    pub(super) fn blobs(&self) -> (usize, usize) {
        let found = self.kernel.weights.len() + self.recurrent.weights.len();
        let kernel = self.kernel.kernel.blob_bytes(self.inputs, self.columns());
        let pieces = pieces(self.cell, self.units).into_iter();
        let state = pieces.map(|rows| self.recurrent.kernel.blob_bytes(self.units, rows));
        (found, kernel + state.sum::<usize>())
    }

    /// Multiply-accumulates.
    pub(super) fn macs(&self) -> u64 {
        let taps = self.inputs as u64 + self.units as u64;
        self.steps as u64 * self.columns() as u64 * taps
    }
}

/// What differs between the modes: how a state lies, and what makes gates of sums.
pub trait Constants {
    /// Words of a state.
    fn words_of_state(cell: Cell, units: usize) -> usize;

    /// Constants of columns, and biases beside the state.
    fn counts(&self) -> [usize; 2];
}

impl Constants for Gates {
    /// Codes (twice where the matrix sees another state), and what the cell keeps in 16 bits.
    fn words_of_state(cell: Cell, units: usize) -> usize {
        let codes = units.div_ceil(4);
        match cell {
            Cell::Lstm | Cell::Gru => codes + units.div_ceil(2),
            Cell::GruResetBefore => 2 * codes + units.div_ceil(2),
            Cell::SimpleRnn => codes,
        }
    }

    fn counts(&self) -> [usize; 2] {
        [self.columns.len(), self.state_biases.len()]
    }
}

impl Constants for FloatGates {
    /// The state, and what else the cell needs for each unit.
    fn words_of_state(cell: Cell, units: usize) -> usize {
        match cell {
            Cell::Lstm | Cell::Gru | Cell::GruResetBefore => 2 * units,
            Cell::SimpleRnn => units,
        }
    }

    fn counts(&self) -> [usize; 2] {
        [self.columns.len(), self.state_biases.len()]
    }
}

impl<C: Constants> Recurrent<C> {
    /// Words of a state that is kept.
    pub(super) fn state_words(&self) -> usize {
        match self.keeps_state {
            true => C::words_of_state(self.cell, self.units),
            false => 0,
        }
    }

    /// Words of working memory: a pre-activation for each column, and the state if it is not kept.
    pub(super) fn scratch_words(&self) -> usize {
        self.columns() + C::words_of_state(self.cell, self.units) - self.state_words()
    }

    /// Whether it reads and writes so many elements, and has its constants.
    pub(super) fn fits(&self, from: usize, to: usize) -> bool {
        let apart = match self.cell {
            Cell::Gru => self.units,
            Cell::Lstm | Cell::GruResetBefore | Cell::SimpleRnn => 0,
        };
        let written = if self.sequences { self.steps } else { 1 };
        from == self.steps * self.inputs
            && to == written * self.units
            && self.constants.counts() == [self.columns(), apart]
    }
}

impl Recurrent {
    /// Words of the codes, which come first in the state.
    pub(super) fn code_words(&self) -> usize {
        self.units.div_ceil(4)
    }
}

/// Rows of the recurrent matrix that see one state.
fn pieces(cell: Cell, units: usize) -> Vec<usize> {
    match cell {
        Cell::GruResetBefore => vec![2 * units, units],
        Cell::Lstm | Cell::Gru | Cell::SimpleRnn => vec![cell.gates() * units],
    }
}

fn packed(matrix: &Matrix, taps: usize, pieces: &[usize]) -> Packed {
    let kernel = match matrix.precision {
        Precision::Ternary => DenseKernel::Digits,
        Precision::Int8 => DenseKernel::Int8,
    };
    let mut left = matrix.weights.as_slice();
    let mut weights = Vec::new();
    for &rows in pieces {
        let (piece, rest) = left.split_at(rows * taps);
        weights.extend(kernel.encode(piece, taps, rows));
        left = rest;
    }
    Packed { kernel, weights }
}

pub(super) fn candidate(op: &network::Recurrent) -> Candidate {
    let kernel = encoded(op);
    Candidate {
        scratch_words: kernel.scratch_words(),
        kernel: Kernel::Recurrent(Box::new(kernel)),
    }
}

/// An op with its weights packed.
pub(super) fn encoded<C: Clone>(op: &network::Recurrent<C>) -> Recurrent<C> {
    let columns = op.cell.gates() * op.units;
    Recurrent {
        cell: op.cell,
        inputs: op.inputs,
        units: op.units,
        steps: op.steps,
        sequences: op.sequences,
        reads_backwards: op.reads_backwards,
        writes_backwards: op.writes_backwards,
        keeps_state: op.keeps_state,
        kernel: packed(&op.kernel, op.inputs, &[columns]),
        recurrent: packed(&op.recurrent, op.units, &pieces(op.cell, op.units)),
        constants: op.constants.clone(),
    }
}

/// The kernel of a cell, that of a step where the state is kept.
pub(super) fn name(layer: &Recurrent) -> &'static str {
    match (layer.cell, layer.keeps_state) {
        (Cell::Lstm, false) => "recurrent::lstm",
        (Cell::Gru, false) => "recurrent::gru",
        (Cell::GruResetBefore, false) => "recurrent::gru_reset_before",
        (Cell::SimpleRnn, false) => "recurrent::simple_rnn",
        (Cell::Lstm, true) => "recurrent::lstm_step",
        (Cell::Gru, true) => "recurrent::gru_step",
        (Cell::GruResetBefore, true) => "recurrent::gru_reset_before_step",
        (Cell::SimpleRnn, true) => "recurrent::simple_rnn_step",
    }
}

/// The same of f32 mode.
pub(super) fn float_name(layer: &Recurrent<FloatGates>) -> &'static str {
    match (layer.cell, layer.keeps_state) {
        (Cell::Lstm, false) => "float_recurrent::lstm",
        (Cell::Gru, false) => "float_recurrent::gru",
        (Cell::GruResetBefore, false) => "float_recurrent::gru_reset_before",
        (Cell::SimpleRnn, false) => "float_recurrent::simple_rnn",
        (Cell::Lstm, true) => "float_recurrent::lstm_step",
        (Cell::Gru, true) => "float_recurrent::gru_step",
        (Cell::GruResetBefore, true) => "float_recurrent::gru_reset_before_step",
        (Cell::SimpleRnn, true) => "float_recurrent::simple_rnn_step",
    }
}
