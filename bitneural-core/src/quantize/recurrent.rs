//! Recurrent nodes → recurrent ops: the constants of R24 and R25.

use super::Format;
use super::bounds::{Bounds, of_weights};
use super::linear::quantized;
use super::ranges::rnd;
use super::requant::power;
use crate::error::ErrorKind;
use crate::graph::{Cell, Graph, Linear, Recurrent as Node};
use crate::network::{Column, Element, Gates, Matrix, Recurrent};
use crate::source::RecordedRange;

/// The fixed format of what recurrent layers yield (R2).
pub(super) const OUTPUT: Format = Format {
    element: Element::U8,
    scale: 1.0 / 128.0,
    zero_point: 128,
};

/// What R24 needs to know of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RealColumn {
    /// a_x and a_h, at least 0.
    pub scales: [f64; 2],
    /// The bounds of ax and of ah.
    pub bounds: [Bounds; 2],
    /// The biases beside the inputs and beside the state.
    pub biases: [f64; 2],
    /// Whether the parts stand alone (R26).
    pub apart: bool,
}

/// The constants of R24 for a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct GateConstants {
    /// Px and Ph.
    pub pre_shifts: [u32; 2],
    /// S.
    pub shift: u32,
    /// mx, mh and B (B_x where the parts stand alone) of each column.
    pub columns: Vec<Column>,
    /// B_h of the columns whose parts stand alone.
    pub state_biases: Vec<i32>,
}

pub(super) fn quantize(graph: &Graph, node: &Node, from: Format) -> Result<Recurrent, ErrorKind> {
    let (mut kernel, scales) = matrix(&node.kernel)?;
    let (mut recurrent, state_scales) = matrix(&node.recurrent)?;
    let flip = |matrix: &mut Matrix, taps: usize, column: usize, scale: f64| {
        let row = &mut matrix.weights[column * taps..][..taps];
        // R6: a negative scale flips the column's weights.
        if scale < 0.0 {
            row.iter_mut().for_each(|weight| *weight = -*weight);
        }
        row.to_vec()
    };
    let columns = (0..node.columns()).map(|column| {
        let scales = [scales[column], state_scales[column]];
        let inputs = flip(&mut kernel, node.inputs, column, scales[0]);
        let state = flip(&mut recurrent, node.units, column, scales[1]);
        RealColumn {
            scales: scales.map(f64::abs),
            bounds: [
                of_weights(&inputs, from.element),
                of_weights(&state, Element::U8),
            ],
            biases: [node.kernel.bias[column], node.recurrent.bias[column]],
            apart: node.cell == Cell::Gru && column >= 2 * node.units,
        }
    });
    let columns: Vec<RealColumn> = columns.collect();
    let constants = gate_constants(from.scale, from.zero_point, &columns)?;
    let range = node.cell_value.and_then(|id| graph.value(id).range);
    Ok(Recurrent {
        cell: node.cell,
        inputs: node.inputs,
        units: node.units,
        steps: node.steps,
        sequences: node.sequences,
        reads_backwards: node.reads_backwards,
        writes_backwards: node.writes_backwards,
        keeps_state: false,
        kernel,
        recurrent,
        constants: Gates {
            pre_shifts: constants.pre_shifts,
            shift: constants.shift,
            columns: constants.columns,
            state_biases: constants.state_biases,
            cell_shift: match node.cell {
                Cell::Lstm => cell_shift(range.as_ref()),
                Cell::Gru | Cell::GruResetBefore | Cell::SimpleRnn => 0,
            },
        },
    })
}

pub(super) fn matrix(linear: &Linear) -> Result<(Matrix, Vec<f64>), ErrorKind> {
    let found = quantized(linear)?;
    let matrix = Matrix {
        weights: found.values.clone(),
        precision: found.precision,
    };
    Ok((matrix, found.scales.clone()))
}

/// k of R25: the finest unit of the cell in which its range fits, a quarter more included.
pub fn cell_shift(range: Option<&RecordedRange>) -> u32 {
    let Some(range) = range else {
        return 11;
    };
    let largest = range.low.abs().max(range.high.abs());
    let fits = |shift: &u32| 1.25 * largest * power(*shift as i32) <= 32767.0;
    (8..=12).rev().find(fits).unwrap_or(8)
}

/// R24 for a layer whose input has the given scale and zero point.
///
/// # Errors
/// Sums, or gates, that do not fit 32 bits.
pub fn gate_constants(
    scale: f64,
    zero_point: i32,
    columns: &[RealColumn],
) -> Result<GateConstants, ErrorKind> {
    let pre_shift = |part: usize| {
        let fits = |shift: &u32| {
            columns.iter().all(|column| {
                let Bounds { low, high, .. } = column.bounds[part];
                low << shift >= i64::from(i32::MIN) && high << shift <= i64::from(i32::MAX)
            })
        };
        (0..=16).rev().find(fits).ok_or(ErrorKind::SumTooWide)
    };
    let pre_shifts = [pre_shift(0)?, pre_shift(1)?];
    let shift = (0..=15)
        .rev()
        .find(|&shift| {
            let mut columns = columns.iter();
            columns.all(|column| At::new(scale, zero_point, pre_shifts, shift, column).fits())
        })
        .ok_or(ErrorKind::GatesTooCoarse { scale })?;
    let found = columns
        .iter()
        .map(|column| At::new(scale, zero_point, pre_shifts, shift, column));
    let found: Vec<At> = found.collect();
    Ok(GateConstants {
        pre_shifts,
        shift,
        columns: found
            .iter()
            .map(|at| Column {
                input_multiplier: at.multipliers[0] as i32,
                state_multiplier: at.multipliers[1] as i32,
                bias: at.biases[0] as i32,
            })
            .collect(),
        state_biases: found
            .iter()
            .zip(columns)
            .filter(|(_, column)| column.apart)
            .map(|(at, _)| at.biases[1] as i32)
            .collect(),
    })
}

/// The constants of a column at some S, not yet proven to fit.
struct At {
    multipliers: [f64; 2],
    /// B and 0, or B_x and B_h.
    biases: [f64; 2],
    /// The most that a pre-activation can reach in size.
    reach: f64,
}

impl At {
    fn new(
        scale: f64,
        zero_point: i32,
        pre_shifts: [u32; 2],
        shift: u32,
        column: &RealColumn,
    ) -> Self {
        let [a_x, a_h] = column.scales;
        let real = [(a_x * scale) * 4096.0, a_h * 32.0];
        let zeros = [zero_point, 128].map(f64::from);
        let sums = column.bounds.map(|bounds| bounds.weight_sum as f64);
        let unit = power(shift as i32);
        let multipliers =
            [0, 1].map(|part| rnd(real[part] * power(32 + shift as i32 - pre_shifts[part] as i32)));
        let [b_x, b_h] = column.biases;
        let [zero_x, zero_h] = [0, 1].map(|part| real[part] * (zeros[part] * sums[part]));
        let biases = if column.apart {
            [b_x * 4096.0 - zero_x, b_h * 4096.0 - zero_h].map(|real| rnd((real + 0.5) * unit))
        } else {
            let joint = (b_x + b_h) * 4096.0 - zero_x - zero_h;
            [rnd((joint + 0.5) * unit), 0.0]
        };
        let most = |bounds: Bounds| (-bounds.low).max(bounds.high) as f64;
        let [x, h] = column.bounds.map(most);
        Self {
            multipliers,
            biases,
            reach: real[0] * unit * x + real[1] * unit * h + (biases[0].abs() + biases[1].abs()),
        }
    }

    fn fits(&self) -> bool {
        let largest = f64::from(i32::MAX);
        self.multipliers.iter().all(|&m| m <= largest) && self.reach <= power(31) - 4.0
    }
}
