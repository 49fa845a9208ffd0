//! Recurrent steps → constants and a call.

use super::{Builder, Call, Field, Record, Value, linear};
use crate::ids::ConstantId;
use crate::network::float::FloatGates;
use crate::plan::{DenseKernel, Packed, Recurrent, Step};

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, layer: &Recurrent) -> Call {
    let gates = &layer.constants;
    let columns = gates.columns.iter().map(|column| {
        let fields = [
            ("input_multiplier", column.input_multiplier),
            ("state_multiplier", column.state_multiplier),
            ("bias", column.bias),
        ];
        let fields = fields.map(|(name, value)| (name, Field::Integer(value.into())));
        ("GateColumn", fields.to_vec())
    });
    let biases = gates.state_biases.iter();
    let biases = biases.map(|&bias| ("StateBias", vec![("bias", Field::Integer(bias.into()))]));
    let shifts = [
        ("input_pre_shift", gates.pre_shifts[0]),
        ("state_pre_shift", gates.pre_shifts[1]),
        ("shift", gates.shift),
        ("cell_shift", gates.cell_shift),
    ];
    let shifts = shifts.map(|(name, value)| (name, Field::Integer(value.into())));
    let lists = [records(columns), records(biases)];
    with(builder, step, layer, "Recurrent", lists, &shifts)
}

pub(super) fn float_call(
    builder: &mut Builder<'_>,
    step: &Step,
    layer: &Recurrent<FloatGates>,
) -> Call {
    let columns = layer.constants.columns.iter().map(|column| {
        let fields = vec![
            ("input_scale", Field::Float(column.input_scale)),
            ("state_scale", Field::Float(column.state_scale)),
            ("bias", Field::Float(column.bias)),
        ];
        ("FloatGateColumn", fields)
    });
    let biases = layer.constants.state_biases.iter();
    let biases = biases.map(|&bias| ("FloatStateBias", vec![("bias", Field::Float(bias))]));
    let lists = [records(columns), records(biases)];
    with(builder, step, layer, "FloatRecurrent", lists, &[])
}

/// The name of a record and its fields.
type Named = (&'static str, Vec<(&'static str, Field)>);

fn records(all: impl Iterator<Item = Named>) -> Vec<Record> {
    all.map(|(name, fields)| Record { name, fields }).collect()
}

/// The record of a layer with the constants of its columns, those of its state biases, and more fields.
fn with<C>(
    builder: &mut Builder<'_>,
    step: &Step,
    layer: &Recurrent<C>,
    name: &'static str,
    [columns, biases]: [Vec<Record>; 2],
    more: &[(&'static str, Field)],
) -> Call {
    let bytes = layer.kernel.weights.len() + layer.recurrent.weights.len();
    let Recurrent {
        inputs,
        units,
        steps,
        ..
    } = *layer;
    let what = format!("{steps} steps of {inputs} → {units}, {bytes} B of weights");
    let kernel = blob(builder, step, &layer.kernel, "kernel", "inputs");
    let recurrent = blob(builder, step, &layer.recurrent, "recurrent", "state");
    let of = builder.layer(step);
    let id = builder.plan.layer(step.layer).id.clone();
    let doc = format!("The constants of each gate of `{id}`, unit by unit.");
    let columns = builder.constant(format!("{of}_columns"), doc, Value::Records(columns));
    // C has no array of no elements.
    let biases = (!biases.is_empty()).then(|| {
        let doc = format!("The biases beside the state of `{id}`.");
        builder.constant(format!("{of}_state_biases"), doc, Value::Records(biases))
    });
    let is_int8 = |packed: &Packed| Field::Boolean(packed.kernel == DenseKernel::Int8);
    let mut fields = vec![
        ("inputs", Field::Integer(inputs as i64)),
        ("units", Field::Integer(units as i64)),
        ("steps", Field::Integer(steps as i64)),
        ("kernel", Field::Words(kernel)),
        ("recurrent", Field::Words(recurrent)),
        ("columns", Field::CountedList(columns)),
        (
            "state_biases",
            biases.map_or(Field::EmptyList, Field::CountedList),
        ),
        ("int8_kernel", is_int8(&layer.kernel)),
        ("int8_recurrent", is_int8(&layer.recurrent)),
        ("sequences", Field::Boolean(layer.sequences)),
        ("reads_backwards", Field::Boolean(layer.reads_backwards)),
        ("writes_backwards", Field::Boolean(layer.writes_backwards)),
    ];
    fields.extend_from_slice(more);
    linear::call(builder, step, &what, Record { name, fields })
}

fn blob(
    builder: &mut Builder<'_>,
    step: &Step,
    packed: &Packed,
    suffix: &str,
    of: &str,
) -> ConstantId {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("The weights of the {of} of `{id}`.");
    let value = Value::Blob(packed.weights.clone());
    builder.constant(format!("{layer}_{suffix}"), doc, value)
}
