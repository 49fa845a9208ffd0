//! Recurrent steps → constants and a call.

use super::{Builder, Call, Field, Record, Value, linear};
use crate::ids::ConstantId;
use crate::plan::{DenseKernel, Packed, Recurrent, Step};

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, layer: &Recurrent) -> Call {
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
    let columns = layer.columns.iter().map(|column| Record {
        name: "GateColumn",
        fields: vec![
            (
                "input_multiplier",
                Field::Integer(column.input_multiplier.into()),
            ),
            (
                "state_multiplier",
                Field::Integer(column.state_multiplier.into()),
            ),
            ("bias", Field::Integer(column.bias.into())),
        ],
    });
    let name = builder.layer(step);
    let id = builder.plan.layer(step.layer).id.clone();
    let doc = format!("The constants of each gate of `{id}`, unit by unit.");
    let columns = Value::Records(columns.collect());
    let columns = builder.constant(format!("{name}_columns"), doc, columns);
    let biases = layer.state_biases.iter().map(|&bias| Record {
        name: "StateBias",
        fields: vec![("bias", Field::Integer(bias.into()))],
    });
    let biases: Vec<Record> = biases.collect();
    // C has no array of no elements.
    let biases = (!biases.is_empty()).then(|| {
        let doc = format!("The biases beside the state of `{id}`.");
        builder.constant(format!("{name}_state_biases"), doc, Value::Records(biases))
    });
    let is_int8 = |packed: &Packed| Field::Boolean(packed.kernel == DenseKernel::Int8);
    let fields = vec![
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
        (
            "input_pre_shift",
            Field::Integer(layer.pre_shifts[0].into()),
        ),
        (
            "state_pre_shift",
            Field::Integer(layer.pre_shifts[1].into()),
        ),
        ("shift", Field::Integer(layer.shift.into())),
        ("cell_shift", Field::Integer(layer.cell_shift.into())),
    ];
    let name = "Recurrent";
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
