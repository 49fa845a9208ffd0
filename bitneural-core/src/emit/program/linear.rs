//! What all steps with weights have: a blob, an epilogue, a call.

use super::{Builder, Call, Field, Places, Record, Value};
use crate::ids::ConstantId;
use crate::network::{Element, Requant};
use crate::plan::memory::Content;
use crate::plan::{Dense, Step};

/// The packed weights of a step.
pub(super) fn weights(builder: &mut Builder<'_>, step: &Step, bytes: &[u8]) -> ConstantId {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("Packed weights of `{id}` for `{}`.", step.kernel.name());
    builder.constant(format!("{layer}_weights"), doc, Value::Blob(bytes.to_vec()))
}

/// Bias and multiplier of each channel, and what is done instead below zero.
pub(super) fn epilogue(
    builder: &mut Builder<'_>,
    step: &Step,
    requant: &Requant,
) -> (ConstantId, Field) {
    let layer = builder.layer(step);
    let id = builder.plan.layer(step.layer).id.clone();
    let doc = format!("Bias and multiplier of each output of `{id}`.");
    let value = Value::Channels(requant.channels.clone());
    let channels = builder.constant(format!("{layer}_channels"), doc, value);
    let Some(leaky) = &requant.leaky else {
        return (channels, Field::None);
    };
    let doc = format!("Bias and multiplier of each output of `{id}` below zero.");
    let value = Value::Channels(leaky.channels.clone());
    let below = builder.constant(format!("{layer}_channels_below"), doc, value);
    let fields = vec![
        ("channels", Field::List(below)),
        ("shift", Field::Integer(leaky.shift.into())),
        ("zero", Field::Integer(leaky.zero.into())),
    ];
    let doc = format!("What `{id}` does below zero.");
    let record = Record {
        name: "Leaky",
        fields,
    };
    let leaky = builder.constant(format!("{layer}_below"), doc, Value::Record(record));
    (channels, Field::Some(leaky))
}

/// The record of the dense kernels.
pub(super) fn dense(builder: &mut Builder<'_>, step: &Step, dense: &Dense) -> Record {
    let weights = weights(builder, step, &dense.weights);
    let (channels, leaky) = epilogue(builder, step, &dense.requant);
    let fields = vec![
        ("inputs", Field::Integer(dense.inputs as i64)),
        ("outputs", Field::Integer(dense.outputs as i64)),
        ("weights", Field::Words(weights)),
        ("channels", Field::List(channels)),
        ("requant", Field::Requant(dense.requant.clone())),
        ("leaky", leaky),
    ];
    Record {
        name: "Dense",
        fields,
    }
}

/// The record as a constant under the layer's name, and the call of the step's kernel with it.
pub(super) fn call(builder: &mut Builder<'_>, step: &Step, what: &str, record: Record) -> Call {
    let layer = builder.layer(step);
    let doc = format!("`{}`: {what}.", builder.plan.layer(step.layer).id);
    let record = builder.constant(layer, doc.clone(), Value::Record(record));
    let (family, kernel) = step.kernel.name().split_once("::").unwrap_or_default();
    let places = match (step.scratch, step.state) {
        (Some(scratch), Some(state)) => Places::Four(step.input(), step.output, scratch, state),
        (scratch, _) if step.kernel.takes_scratch() => {
            Places::Three(step.input(), step.output, scratch)
        }
        _ => Places::Two(step.input(), step.output),
    };
    Call {
        doc,
        family,
        kernel,
        record: Some(record),
        places,
        counted: false,
        // Most read codes; the others say so.
        typed_input: builder.plan.slot(step.input()).content == Content::Tensor(Element::U16),
    }
}
