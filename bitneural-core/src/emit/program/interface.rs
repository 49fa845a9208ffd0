//! What goes in and out, and the conversions between the user's floats and codes.

use super::{Builder, Conversion, Field, Port, Record, Value};
use crate::emit::names::snake;
use crate::network::Element;
use crate::plan::Endpoint;
use crate::shape::Shape;

/// What the printers call variables beside inputs and outputs, which cannot have these names.
pub(super) const VARIABLES: &[&str] =
    &["codes", "i", "input", "model", "output", "quantized", "rt"];

fn port(
    builder: &mut Builder<'_>,
    (name, doc): (String, &str),
    endpoint: &Endpoint,
    shape: &Shape,
    conversion: Option<(&'static str, Record)>,
) -> Port {
    let conversion = conversion.map(|(function, record)| Conversion {
        function,
        record: builder.constant(
            format!("{name}_{function}"),
            doc.to_owned(),
            Value::Record(record),
        ),
    });
    Port {
        name,
        slot: endpoint.slot,
        shape: shape.0.clone(),
        element: endpoint.element,
        scale: endpoint.scale as f32,
        zero_point: endpoint.zero_point,
        conversion,
    }
}

/// The inputs, with R4, or normalized.
pub(super) fn inputs(builder: &mut Builder<'_>) -> Vec<Port> {
    let plan = builder.plan;
    let alone = plan.inputs.len() == 1;
    let mut ports = Vec::with_capacity(plan.inputs.len());
    for (index, input) in plan.interface.inputs.iter().enumerate() {
        let name = if alone {
            "input".to_owned()
        } else {
            builder.ports.take(snake(&input.id, "input"))
        };
        // A function of C has that name, so no constant of a layer may.
        builder.names.take(format!("quantize_{name}"));
        let (what, function, record, doc, value) = match plan.normalize_inputs.get(index) {
            Some(channels) => (
                "From the user's floats to those of the network.",
                "normalize",
                "Normalize",
                "Mean and factor of each channel of the input.",
                Value::NormalChannels(channels.clone()),
            ),
            None => (
                "From the user's floats to codes.",
                "quantize",
                "Quantize",
                "Factor and offset of each channel of the input.",
                Value::InputChannels(plan.quantize_inputs[index].clone()),
            ),
        };
        let channels = builder.constant(format!("{name}_channels"), doc.to_owned(), value);
        let record = Record {
            name: record,
            fields: vec![("channels", Field::CountedList(channels))],
        };
        ports.push(port(
            builder,
            (name, what),
            &plan.inputs[index],
            &input.shape,
            Some((function, record)),
        ));
    }
    ports
}

/// The outputs, with R5.
pub(super) fn outputs(builder: &mut Builder<'_>) -> Vec<Port> {
    let plan = builder.plan;
    let alone = plan.outputs.len() == 1;
    let mut ports = Vec::with_capacity(plan.outputs.len());
    for (endpoint, output) in plan.outputs.iter().zip(&plan.interface.outputs) {
        let name = if alone {
            "output".to_owned()
        } else {
            builder.ports.take(snake(&output.id, "output"))
        };
        let record = Record {
            name: "Dequantize",
            fields: vec![
                ("scale", Field::Float(endpoint.scale as f32)),
                ("zero_point", Field::Integer(i64::from(endpoint.zero_point))),
            ],
        };
        let name = (name, "From codes to the user's floats.");
        let conversion = match endpoint.element {
            Element::U8 | Element::U16 | Element::I16 => Some(("dequantize", record)),
            Element::F32 => None,
        };
        ports.push(port(builder, name, endpoint, &output.shape, conversion));
    }
    ports
}
