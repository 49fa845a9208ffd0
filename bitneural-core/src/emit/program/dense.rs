//! Dense steps → constants and a call.

use super::{Builder, Call, Field, Places, Record, Value};
use crate::plan::{Dense, DenseKernel, Step};

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, dense: &Dense) -> Call {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let (inputs, outputs) = (dense.inputs, dense.outputs);
    let kernel = match dense.kernel {
        DenseKernel::Tables => "tables",
        DenseKernel::Digits => "digits",
    };
    let doc = format!(
        "`{id}`: dense {inputs} → {outputs}, {} B of weights.",
        dense.weights.len()
    );
    let weights_doc = format!("Packed trits of `{id}` ({kernel} encoding).");
    let weights = builder.constant(
        format!("{layer}_weights"),
        weights_doc,
        Value::Blob(dense.weights.clone()),
    );
    let channels_doc = format!("Bias and multiplier of each output of `{id}`.");
    let channels = builder.constant(
        format!("{layer}_channels"),
        channels_doc,
        Value::Channels(dense.requant.channels.clone()),
    );
    let fields = vec![
        ("inputs", Field::Integer(inputs as i64)),
        ("outputs", Field::Integer(outputs as i64)),
        ("weights", Field::Words(weights)),
        ("channels", Field::List(channels)),
        ("requant", Field::Requant(dense.requant.clone())),
        ("leaky", Field::None),
    ];
    let record = builder.constant(
        layer,
        doc.clone(),
        Value::Record(Record {
            name: "Dense",
            fields,
        }),
    );
    let places = match step.scratch {
        Some(scratch) => Places::Three(step.input, step.output, scratch),
        None => Places::Two(step.input, step.output),
    };
    Call {
        doc,
        family: "dense",
        kernel,
        record,
        places,
        counted: false,
        typed_input: false,
    }
}
