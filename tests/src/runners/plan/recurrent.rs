//! Records of recurrent layers, and their kernels.

use bitneural_core::graph::Cell;
use bitneural_core::plan::{DenseKernel, Recurrent};
use bitneural_rt::private as rt;

use super::{leak, narrow, words};

pub(super) fn record(layer: &Recurrent) -> rt::Recurrent {
    let small = |value: u32| u8::try_from(value).expect("a small shift");
    let columns = layer.constants.columns.iter().map(|column| rt::GateColumn {
        input_multiplier: column.input_multiplier,
        state_multiplier: column.state_multiplier,
        bias: column.bias,
    });
    let biases = layer.constants.state_biases.iter();
    let biases = biases.map(|&bias| rt::StateBias { bias });
    rt::Recurrent {
        inputs: narrow(layer.inputs),
        units: narrow(layer.units),
        steps: narrow(layer.steps),
        kernel: words(&layer.kernel.weights),
        recurrent: words(&layer.recurrent.weights),
        columns: leak(columns.collect()),
        state_biases: leak(biases.collect()),
        int8_kernel: layer.kernel.kernel == DenseKernel::Int8,
        int8_recurrent: layer.recurrent.kernel == DenseKernel::Int8,
        sequences: layer.sequences,
        reads_backwards: layer.reads_backwards,
        writes_backwards: layer.writes_backwards,
        input_pre_shift: small(layer.constants.pre_shifts[0]),
        state_pre_shift: small(layer.constants.pre_shifts[1]),
        shift: small(layer.constants.shift),
        cell_shift: small(layer.constants.cell_shift),
    }
}

/// The kernel of a cell.
pub(super) fn run<I: rt::Code>(
    cell: Cell,
    layer: &rt::Recurrent,
    input: &[I],
    output: &mut [u8],
    scratch: &mut [u32],
) {
    match cell {
        Cell::Lstm => rt::recurrent::lstm(layer, input, output, scratch),
        Cell::Gru => rt::recurrent::gru(layer, input, output, scratch),
        Cell::GruResetBefore => rt::recurrent::gru_reset_before(layer, input, output, scratch),
        Cell::SimpleRnn => rt::recurrent::simple_rnn(layer, input, output, scratch),
    }
}
