//! The conversions between the user's floats and codes.

use super::{Builder, Field, Record, Value};
use crate::ids::ConstantId;

/// R4.
pub(super) fn quantize(builder: &mut Builder<'_>) -> ConstantId {
    let channels = Value::InputChannels(builder.plan.quantize_input.clone());
    let channels = builder.constant(
        "input_channels".to_owned(),
        "Factor and offset of each channel of the input.".to_owned(),
        channels,
    );
    let fields = vec![("channels", Field::CountedList(channels))];
    let doc = "From the user's floats to codes.".to_owned();
    builder.constant(
        "quantize".to_owned(),
        doc,
        Value::Record(Record {
            name: "Quantize",
            fields,
        }),
    )
}

/// R5.
pub(super) fn dequantize(builder: &mut Builder<'_>) -> ConstantId {
    let output = &builder.plan.output;
    let fields = vec![
        ("scale", Field::Float(output.scale as f32)),
        ("zero_point", Field::Integer(i64::from(output.zero_point))),
    ];
    let doc = "From codes to the user's floats.".to_owned();
    builder.constant(
        "dequantize".to_owned(),
        doc,
        Value::Record(Record {
            name: "Dequantize",
            fields,
        }),
    )
}
