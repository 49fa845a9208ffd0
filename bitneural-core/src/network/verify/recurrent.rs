//! The invariants of recurrent ops.

use super::weights_in_range;
use crate::graph::Cell;
use crate::network::float::FloatGates;
use crate::network::{Element, Recurrent, Tensor};

pub(super) fn verify(op: &Recurrent, input: &Tensor, output: &Tensor) -> Result<(), String> {
    let gates = &op.constants;
    let constants = [gates.columns.len(), gates.state_biases.len()];
    sizes(op, constants, input, output)?;
    let is_fixed =
        output.element == Element::U8 && (output.scale, output.zero_point) == (1.0 / 128.0, 128);
    if !is_fixed || input.element.bounds().0 != 0 || input.element == Element::F32 {
        return Err("a recurrent op between tensors of other formats".to_owned());
    }
    let k_fits = match op.cell {
        Cell::Lstm => (8..=12).contains(&op.constants.cell_shift),
        Cell::Gru | Cell::GruResetBefore | Cell::SimpleRnn => op.constants.cell_shift == 0,
    };
    if op.constants.shift > 15 || op.constants.pre_shifts.iter().any(|&shift| shift > 16) || !k_fits
    {
        return Err("a recurrent op with shifts out of the bounds of R24 or R25".to_owned());
    }
    for column in 0..gates.columns.len() {
        let row = |weights: &'_ [i8], taps: usize, top: i64| {
            let (mut low, mut high) = (0, 0);
            for &weight in &weights[column * taps..][..taps] {
                low += top * i64::from(weight.min(0));
                high += top * i64::from(weight.max(0));
            }
            [low, high]
        };
        let top = i64::from(input.element.bounds().1);
        let sums = [
            row(&op.kernel.weights, op.inputs, top),
            row(&op.recurrent.weights, op.units, 255),
        ];
        if !obligations(op, column, sums) {
            return Err(format!("column {column} breaks the obligation of R24"));
        }
    }
    Ok(())
}

/// One of f32 mode, between tensors of floats.
pub(super) fn verify_float(
    op: &Recurrent<FloatGates>,
    input: &Tensor,
    output: &Tensor,
) -> Result<(), String> {
    let gates = &op.constants;
    let constants = [gates.columns.len(), gates.state_biases.len()];
    sizes(op, constants, input, output)?;
    let columns = gates.columns.iter();
    let columns = columns.flat_map(|column| [column.input_scale, column.state_scale, column.bias]);
    let mut all = columns.chain(gates.state_biases.iter().copied());
    if all.all(f32::is_finite) {
        return Ok(());
    }
    Err("a recurrent op with constants that are no numbers".to_owned())
}

/// Whether tensors, weights, columns and state biases are as many as the shape says.
fn sizes<C>(
    op: &Recurrent<C>,
    constants: [usize; 2],
    input: &Tensor,
    output: &Tensor,
) -> Result<(), String> {
    let columns = op.cell.gates() * op.units;
    if op.keeps_state && (op.steps != 1 || op.reads_backwards || op.writes_backwards) {
        return Err("a recurrent op that keeps its state and takes no single step".to_owned());
    }
    let fits = op.steps > 0
        && op.inputs > 0
        && op.units > 0
        && input.elements == op.steps * op.inputs
        && output.elements == op.output_elements();
    if !fits {
        return Err("a recurrent op between tensors that do not fit".to_owned());
    }
    let apart = if op.cell == Cell::Gru { op.units } else { 0 };
    if op.kernel.weights.len() != columns * op.inputs
        || op.recurrent.weights.len() != columns * op.units
        || constants != [columns, apart]
    {
        return Err("a recurrent op with weights or columns that do not fit".to_owned());
    }
    weights_in_range(&op.kernel.weights, op.kernel.precision, op.inputs)?;
    weights_in_range(&op.recurrent.weights, op.recurrent.precision, op.units)
}

/// Whether nothing leaves 32 bits, whatever the sums within these bounds are.
fn obligations(op: &Recurrent, column: usize, sums: [[i64; 2]; 2]) -> bool {
    let constants = op.constants.columns[column];
    let multipliers = [constants.input_multiplier, constants.state_multiplier];
    let in_32_bits = |value: i64| i32::try_from(value).is_ok();
    let mut reach = [[0_i64; 2]; 2];
    for part in 0..2 {
        for end in 0..2 {
            let shifted = sums[part][end] << op.constants.pre_shifts[part];
            if !in_32_bits(shifted) || multipliers[part] < 0 {
                return false;
            }
            reach[part][end] = (shifted * i64::from(multipliers[part])) >> 32;
        }
    }
    let bias = i64::from(constants.bias);
    let first_apart = op.constants.columns.len() - op.constants.state_biases.len();
    match column.checked_sub(first_apart) {
        Some(unit) => {
            let state = i64::from(op.constants.state_biases[unit]);
            let ends = reach[0].map(|x| x + bias).into_iter();
            ends.chain(reach[1].map(|h| h + state)).all(in_32_bits)
        }
        None => (0..2).all(|end| {
            let sum = reach[0][end] + reach[1][end];
            // The input's part takes the bias first: the order of the kernels.
            in_32_bits(sum) && in_32_bits(reach[0][end] + bias) && in_32_bits(sum + bias)
        }),
    }
}
