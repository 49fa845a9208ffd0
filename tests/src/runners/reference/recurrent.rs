//! Recurrent ops as core has them.

use bitneural_core::network::{Column, Gates, Matrix, OpKind, Recurrent, Tensor};

use super::{precision, tensor};
use crate::runners::records::recurrent::core_cell;
use crate::spec::Element;
use crate::spec::op::Weights;
use crate::spec::op::recurrent::{self as op, Fields};

/// The op, its input and its output.
pub(super) fn parts(op: &op::Recurrent, inputs: usize) -> (OpKind, [Tensor; 2]) {
    let Fields {
        cell,
        units,
        steps,
        sequences,
        reads_backwards,
        writes_backwards,
        ..
    } = op.fields;
    let fields = &op.fields;
    let matrix = |weights: &Weights| Matrix {
        weights: weights.flat(),
        precision: precision(weights),
    };
    let columns = (0..fields.bias.len()).map(|column| Column {
        input_multiplier: fields.multipliers_x[column],
        state_multiplier: fields.multipliers_h[column],
        bias: fields.bias[column],
    });
    let recurrent = Recurrent {
        cell: core_cell(cell),
        inputs: fields.inputs,
        units,
        steps,
        sequences,
        reads_backwards,
        writes_backwards,
        keeps_state: false,
        kernel: matrix(&op.kernel),
        recurrent: matrix(&op.recurrent),
        constants: Gates {
            pre_shifts: fields.pre_shifts.map(u32::from),
            shift: fields.shift.into(),
            columns: columns.collect(),
            state_biases: fields.bias_h.clone(),
            cell_shift: fields.cell_shift.into(),
        },
    };
    let output = Tensor {
        scale: 1.0 / 128.0,
        zero_point: 128,
        ..tensor(Element::U8, op.outputs())
    };
    let input = tensor(fields.input_element, inputs);
    (OpKind::Recurrent(Box::new(recurrent)), [input, output])
}
