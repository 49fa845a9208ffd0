//! Recurrent nodes of f32 mode: scales and biases, each rounded once.

use super::super::recurrent::matrix;
use super::narrow;
use crate::error::ErrorKind;
use crate::graph::{Cell, Recurrent as Node};
use crate::network::Recurrent;
use crate::network::float::{FloatColumn, FloatGates};

pub(super) fn quantize(node: &Node) -> Result<Recurrent<FloatGates>, ErrorKind> {
    let (kernel, scales) = matrix(&node.kernel)?;
    let (recurrent, state_scales) = matrix(&node.recurrent)?;
    let biases = [&node.kernel.bias, &node.recurrent.bias];
    let apart = |column: usize| node.cell == Cell::Gru && column >= 2 * node.units;
    let columns = (0..node.columns()).map(|column| {
        let [input, state] = biases.map(|bias| bias[column]);
        Ok(FloatColumn {
            input_scale: narrow(scales[column])?,
            state_scale: narrow(state_scales[column])?,
            bias: narrow(if apart(column) { input } else { input + state })?,
        })
    });
    let candidates = (0..node.columns()).filter(|&column| apart(column));
    let state_biases = candidates.map(|column| narrow(biases[1][column]));
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
        constants: FloatGates {
            columns: columns.collect::<Result<_, ErrorKind>>()?,
            state_biases: state_biases.collect::<Result<_, _>>()?,
        },
    })
}
