//! Recurrent ops: a sequence through a cell (R24 to R28).

use crate::graph::Cell;
use crate::ternarize::Precision;

/// A state that goes along time, one direction; at first it is 0.
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
    /// Whether the output of each step is given out, not that of the last alone.
    pub sequences: bool,
    /// Whether the last step comes first.
    pub reads_backwards: bool,
    /// Whether what comes first lies last in the output.
    pub writes_backwards: bool,
    /// Whether the state is that of the call before, in a network of frames: there is one step then.
    pub keeps_state: bool,
    /// Rows of `inputs` weights, one for each column.
    pub kernel: Matrix,
    /// Rows of `units` weights, one for each column.
    pub recurrent: Matrix,
    /// What makes gates of sums.
    pub constants: C,
}

/// How sums become gates (R24), and the unit of a cell (R25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gates {
    /// Px and Ph, 0..=16.
    pub pre_shifts: [u32; 2],
    /// S, 0..=15.
    pub shift: u32,
    /// The constants of each column: gate after gate, i, f, g, o or z, r, n.
    pub columns: Vec<Column>,
    /// B_h of the candidates of a GRU whose reset comes after, their `bias` being B_x; else empty.
    pub state_biases: Vec<i32>,
    /// k of an LSTM, 8..=12; else 0.
    pub cell_shift: u32,
}

/// Weights of a recurrent op.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// Trits, or −127..=127: `[columns][taps]`.
    pub weights: Vec<i8>,
    /// Which of the two.
    pub precision: Precision,
}

/// The constants of R24 for one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// mx, at least 0.
    pub input_multiplier: i32,
    /// mh, at least 0.
    pub state_multiplier: i32,
    /// B, or B_x.
    pub bias: i32,
}

impl<C> Recurrent<C> {
    /// Multiply-accumulates, zero weights included.
    pub fn macs(&self) -> u64 {
        let taps = self.inputs as u64 + self.units as u64;
        let columns = self.cell.gates() * self.units;
        self.steps as u64 * columns as u64 * taps
    }

    /// Elements of the output.
    pub fn output_elements(&self) -> usize {
        self.units * if self.sequences { self.steps } else { 1 }
    }
}
