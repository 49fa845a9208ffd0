//! Records of recurrent layers in words.

use bitneural_core::graph;
use bitneural_core::network::Column;
use bitneural_core::plan;

use super::{Kernel, list, word, words_of_bytes};
use crate::encode;
use crate::spec::op::Weights;
use crate::spec::op::recurrent::{Cell, Fields, Recurrent};

/// The kernel of a cell.
pub(super) fn kernel(cell: Cell) -> Kernel {
    match cell {
        Cell::Lstm => Kernel::RecurrentLstm,
        Cell::Gru => Kernel::RecurrentGru,
        Cell::GruResetBefore => Kernel::RecurrentGruResetBefore,
        Cell::SimpleRnn => Kernel::RecurrentSimpleRnn,
    }
}

/// The cell in core's words.
pub(in crate::runners) fn core_cell(cell: Cell) -> graph::Cell {
    match cell {
        Cell::Lstm => graph::Cell::Lstm,
        Cell::Gru => graph::Cell::Gru,
        Cell::GruResetBefore => graph::Cell::GruResetBefore,
        Cell::SimpleRnn => graph::Cell::SimpleRnn,
    }
}

/// The record of a case, with the tests' encoding.
pub(super) fn words(op: &Recurrent) -> Vec<u32> {
    let Fields {
        cell,
        inputs,
        units,
        ..
    } = op.fields;
    let encoded = |rows: &[Vec<i8>], is_int8: bool, taps: usize| {
        if is_int8 {
            encode::int8(rows, taps)
        } else {
            encode::digits(rows, taps)
        }
    };
    let one = |weights: &Weights, taps: usize| encoded(&weights.rows, weights.is_int8, taps);
    let mut state = one(&op.recurrent, units);
    if cell == Cell::GruResetBefore {
        let (gates, candidates) = op.recurrent.rows.split_at(2 * units);
        let is_int8 = op.recurrent.is_int8;
        state = encoded(gates, is_int8, units);
        state.extend(encoded(candidates, is_int8, units));
    }
    let codes = units.div_ceil(4);
    let scratch = op.fields.bias.len()
        + match cell {
            Cell::Lstm | Cell::Gru => codes + units.div_ceil(2),
            Cell::GruResetBefore => 2 * codes + units.div_ceil(2),
            Cell::SimpleRnn => codes,
        };
    let fields = &op.fields;
    let columns = (0..fields.bias.len()).flat_map(|column| {
        let lists = [&fields.multipliers_x, &fields.multipliers_h, &fields.bias];
        lists.map(|list| list[column])
    });
    record(
        fields,
        &columns.collect::<Vec<_>>(),
        (op.kernel.is_int8, one(&op.kernel, inputs)),
        (op.recurrent.is_int8, state),
        scratch,
    )
}

/// The record that the compiler plans for a case.
pub(super) fn planned(op: &Recurrent, layer: &plan::Recurrent, scratch: usize) -> Vec<u32> {
    let small = |value: u32| u8::try_from(value).expect("a small shift");
    let fields = Fields {
        inputs: layer.inputs,
        units: layer.units,
        steps: layer.steps,
        sequences: layer.sequences,
        reads_backwards: layer.reads_backwards,
        writes_backwards: layer.writes_backwards,
        pre_shifts: layer.constants.pre_shifts.map(small),
        shift: small(layer.constants.shift),
        bias_h: layer.constants.state_biases.clone(),
        cell_shift: small(layer.constants.cell_shift),
        ..op.fields.clone()
    };
    assert_eq!(core_cell(fields.cell), layer.cell);
    let of_column = |column: &Column| {
        [
            column.input_multiplier,
            column.state_multiplier,
            column.bias,
        ]
    };
    let columns: Vec<i32> = layer.constants.columns.iter().flat_map(of_column).collect();
    let packed = |packed: &plan::Packed| {
        let is_int8 = packed.kernel == plan::DenseKernel::Int8;
        (is_int8, words_of_bytes(&packed.weights))
    };
    record(
        &fields,
        &columns,
        packed(&layer.kernel),
        packed(&layer.recurrent),
        scratch,
    )
}

fn record(
    fields: &Fields,
    columns: &[i32],
    kernel: (bool, Vec<u32>),
    recurrent: (bool, Vec<u32>),
    scratch: usize,
) -> Vec<u32> {
    let mut words = [fields.inputs, fields.units, fields.steps]
        .map(word)
        .to_vec();
    let flags = [
        fields.sequences,
        fields.reads_backwards,
        fields.writes_backwards,
    ];
    words.extend(flags.map(u32::from));
    words.extend(fields.pre_shifts.map(u32::from));
    words.extend([fields.shift, fields.cell_shift].map(u32::from));
    words.push(word(columns.len() / 3));
    words.extend(columns.iter().map(|value| value.cast_unsigned()));
    words.push(word(fields.bias_h.len()));
    words.extend(fields.bias_h.iter().map(|value| value.cast_unsigned()));
    for (is_int8, blob) in [kernel, recurrent] {
        words.push(is_int8.into());
        list(&mut words, &blob);
    }
    words.push(word(scratch));
    words
}
