//! Recurrent ops over whole sequences (R24 to R28).

use serde::Deserialize;

use super::Weights;
use crate::spec::Element;

/// What carries the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Cell {
    Lstm,
    Gru,
    GruResetBefore,
    SimpleRnn,
}

/// A layer with a state; the first one is 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrent {
    /// All but the weights.
    pub fields: Fields,
    /// A row for each column: gate after gate, i, f, g, o or z, r, n.
    pub kernel: Weights,
    /// The same for the state.
    pub recurrent: Weights,
}

/// The fields of a case but for weights.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Fields {
    pub cell: Cell,
    /// Features of a step.
    pub inputs: usize,
    pub units: usize,
    pub steps: usize,
    pub input_element: Element,
    /// All steps are given out, not the last alone.
    pub sequences: bool,
    /// The last step comes first.
    pub reads_backwards: bool,
    /// The step that comes first lies last.
    pub writes_backwards: bool,
    /// Px and Ph
    pub pre_shifts: [u8; 2],
    /// S
    pub shift: u8,
    /// mx of each column.
    pub multipliers_x: Vec<i32>,
    /// mh of each column.
    pub multipliers_h: Vec<i32>,
    /// B, or B_x, of each column.
    pub bias: Vec<i32>,
    /// B_h of the candidates of a `gru`.
    #[serde(default)]
    pub bias_h: Vec<i32>,
    /// k of an LSTM.
    #[serde(default)]
    pub cell_shift: u8,
}

/// The two ways in which a case gives each matrix.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matrices {
    kernel_trits: Option<Vec<String>>,
    kernel_int8: Option<Vec<Vec<i8>>>,
    recurrent_trits: Option<Vec<String>>,
    recurrent_int8: Option<Vec<Vec<i8>>>,
}

impl Matrices {
    pub(crate) const NAMES: [&'static str; 4] = [
        "kernel_trits",
        "kernel_int8",
        "recurrent_trits",
        "recurrent_int8",
    ];
}

impl Recurrent {
    /// # Panics
    /// If the fields do not fit one another.
    pub(crate) fn new(case: &str, matrices: Matrices, fields: Fields) -> Self {
        let weights = |trits, int8| super::WeightFields { trits, int8 }.weights(case);
        let op = Self {
            kernel: weights(matrices.kernel_trits, matrices.kernel_int8),
            recurrent: weights(matrices.recurrent_trits, matrices.recurrent_int8),
            fields,
        };
        let gates = match op.fields.cell {
            Cell::Lstm => 4,
            Cell::Gru | Cell::GruResetBefore => 3,
            Cell::SimpleRnn => 1,
        };
        let columns = gates * op.fields.units;
        let lists = [
            &op.fields.multipliers_x,
            &op.fields.multipliers_h,
            &op.fields.bias,
        ];
        let fits = |weights: &Weights, taps: usize| {
            weights.rows.len() == columns && weights.rows.iter().all(|row| row.len() == taps)
        };
        assert!(
            fits(&op.kernel, op.fields.inputs)
                && fits(&op.recurrent, op.fields.units)
                && lists.iter().all(|list| list.len() == columns),
            "{case}: not {columns} columns"
        );
        op
    }

    /// Codes of the output.
    #[must_use]
    pub fn outputs(&self) -> usize {
        let Fields {
            units,
            steps,
            sequences,
            ..
        } = self.fields;
        units * if sequences { steps } else { 1 }
    }
}
