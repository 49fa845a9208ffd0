//! Records of recurrent layers, and their kernels.

use bitneural_core::graph::Cell;
use bitneural_core::plan::{DenseKernel, Recurrent, Step};
use bitneural_rt::private as rt;

use super::{Host, Several, WORDS, leak, narrow, words as packed};

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
        kernel: packed(&layer.kernel.weights),
        recurrent: packed(&layer.recurrent.weights),
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

impl Host {
    /// Calls the kernel of a cell that reads `I`.
    pub(super) fn recurrent<I: rt::Code + rt::Element>(
        &self,
        arena: &mut rt::Arena<WORDS>,
        step: &Step,
        cell: Cell,
        record: &rt::Recurrent,
    ) {
        let Some(state) = step.state else {
            self.three(arena, step, &|input: &[I], output: &mut [u8], scratch| {
                run(cell, record, input, output, scratch);
            });
            return;
        };
        let place = |id| {
            let slot = self.plan().slot(id);
            (slot.word, slot.elements)
        };
        let words = |id| {
            let (word, len) = place(id);
            rt::slot::<u32>(word, len)
        };
        let scratch = step.scratch.expect("working memory of a cell");
        let ((from, inputs), (to, outputs)) = (place(step.input()), place(step.output));
        let (input, output, [scratch, state]) = arena.four(
            rt::slot::<I>(from, inputs),
            rt::slot::<u8>(to, outputs),
            [words(scratch), words(state)],
        );
        let kernel = match cell {
            Cell::Lstm => rt::recurrent::lstm_step,
            Cell::Gru => rt::recurrent::gru_step,
            Cell::GruResetBefore => rt::recurrent::gru_reset_before_step,
            Cell::SimpleRnn => rt::recurrent::simple_rnn_step,
        };
        kernel(record, input, output, scratch, state);
    }
}

/// The kernel of a cell.
fn run<I: rt::Code>(
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
