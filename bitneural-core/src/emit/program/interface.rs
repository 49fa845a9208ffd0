//! What goes in and out, and the conversions between the user's floats and codes.

use super::{Builder, Field, Port, Record, Value};
use crate::emit::names::snake;
use crate::ids::ConstantId;
use crate::network::InputChannel;
use crate::plan::Endpoint;
use crate::shape::Shape;

/// What inputs and outputs cannot be called: keywords of Rust, C and C++, and what the printers call
/// variables beside them.
#[rustfmt::skip]
pub(super) const RESERVED: &[&str] = &[
    "abstract", "alignas", "alignof", "and", "and_eq", "as", "asm", "async", "auto", "await", "become", "bitand",
    "bitor", "bool", "box", "break", "case", "catch", "char", "class", "compl", "const", "const_cast", "constexpr",
    "continue", "crate", "decltype", "default", "delete", "do", "double", "dyn", "dynamic_cast", "else", "enum",
    "explicit", "export", "extern", "false", "final", "float", "fn", "for", "friend", "gen", "goto", "i", "if", "impl",
    "in", "inline", "input", "int", "let", "long", "loop", "macro", "match", "mod", "model", "move", "mut",
    "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "output",
    "override", "priv", "private", "protected", "pub", "public", "quantized", "ref", "register",
    "reinterpret_cast", "restrict", "return", "rt", "self", "short", "signed", "sizeof", "static", "static_assert",
    "static_cast", "struct", "super", "switch", "template", "this", "thread_local", "throw", "trait", "true",
    "try", "type", "typedef", "typeid", "typename", "typeof", "union", "unsafe", "unsigned", "unsized", "use",
    "using", "virtual", "void", "volatile", "wchar_t", "where", "while", "xor", "xor_eq", "yield",
];

fn port(
    builder: &mut Builder<'_>,
    (name, doc): (String, &str),
    endpoint: &Endpoint,
    shape: &Shape,
    record: Record,
) -> Port {
    let kind = record.name.to_lowercase();
    let conversion = builder.constant(
        format!("{name}_{kind}"),
        doc.to_owned(),
        Value::Record(record),
    );
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

/// The inputs, with R4.
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
        let channels = channels(builder, &name, &plan.quantize_inputs[index]);
        let record = Record {
            name: "Quantize",
            fields: vec![("channels", Field::CountedList(channels))],
        };
        let name = (name, "From the user's floats to codes.");
        ports.push(port(
            builder,
            name,
            &plan.inputs[index],
            &input.shape,
            record,
        ));
    }
    ports
}

fn channels(builder: &mut Builder<'_>, name: &str, channels: &[InputChannel]) -> ConstantId {
    builder.constant(
        format!("{name}_channels"),
        "Factor and offset of each channel of the input.".to_owned(),
        Value::InputChannels(channels.to_vec()),
    )
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
        ports.push(port(builder, name, endpoint, &output.shape, record));
    }
    ports
}
