//! Stage 4: the float [`Graph`] → the integer [`Network`], by the rules of docs/arithmetic.md.

use crate::error::{Error, ErrorKind, Errors, Location};
use crate::function::Function;
use crate::graph::{Clamp, Graph, Links, Node, NodeKind, PoolMode};
use crate::ids::{TensorId, ValueId};
use crate::network::{Element, Network, Op, OpKind, Tensor};
use crate::source::RecordedRange;

use ranges::Limits;

mod activation;
pub mod bounds;
mod conv;
mod custom;
mod dense;
pub mod elementwise;
pub mod embedding;
mod float;
mod input;
mod linear;
pub mod norm;
pub mod pool;
pub mod ranges;
mod recorded;
pub mod recurrent;
pub mod requant;
mod shape;
pub mod softmax;
pub mod tables;

/// Where trits come from: rule R30.
pub use crate::ternarize;
pub use float::float;

/// How a value is stored: what its tensor will be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Format {
    /// How an element is stored.
    pub element: Element,
    /// The step.
    pub scale: f64,
    /// The value that stands for 0.
    pub zero_point: i32,
}

/// Chooses formats and constants.
///
/// # Errors
/// A value without a recorded range, or obligations that cannot be met; each names its layer.
pub fn quantize(graph: &Graph) -> Result<Network, Errors> {
    let mut problems = Errors::new();
    let links = Links::of(graph);
    let formats: Vec<Option<Format>> = formats(&links, &mut problems);
    let format = |id: ValueId| formats[id.index()];
    let ports = graph.inputs.iter().zip(&graph.interface.inputs).enumerate();
    let quantize_inputs = ports
        .filter_map(|(index, (&id, port))| {
            Some(input::constants(index, port, format(id)?, &mut problems))
        })
        .collect();

    let mut ops = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let (Some(from), Some(to)) = (format(node.input()), format(node.output)) else {
            continue;
        };
        let kind = match &node.kind {
            NodeKind::Dense(dense) => dense::quantize(dense, from, to).map(OpKind::Dense),
            NodeKind::Conv(conv) => conv::quantize(conv, from, to).map(OpKind::Conv),
            NodeKind::Pool(pool) => {
                pool::quantize(pool, graph.value(node.input()).shape.channels(), from, to)
            }
            NodeKind::Recurrent(node) => {
                recurrent::quantize(graph, node, from).map(|op| OpKind::Recurrent(Box::new(op)))
            }
            NodeKind::Affine(affine) => {
                let shape = &graph.value(node.input()).shape;
                conv::quantize_affine(affine, shape, from, to).map(OpKind::Conv)
            }
            NodeKind::LayerNorm(norm) => norm::quantize(norm, from, to).map(OpKind::LayerNorm),
            NodeKind::Activation(functions) => Ok(activation::quantize(functions, from, to)),
            NodeKind::Elementwise(elementwise) => {
                let from: Option<Vec<Format>> = node.inputs.iter().map(|&id| format(id)).collect();
                // What lacks a format has its problem.
                let Some(from) = from else { continue };
                elementwise::quantize(elementwise, &from, to)
            }
            NodeKind::Embedding(embedding) => {
                Ok(OpKind::Embedding(embedding::quantize(embedding, to)))
            }
            NodeKind::Concat(concat) => {
                let from: Option<Vec<Format>> = node.inputs.iter().map(|&id| format(id)).collect();
                let Some(from) = from else { continue };
                elementwise::concat(concat.rounds, &from, to).map(OpKind::Concat)
            }
            NodeKind::Reshape => Ok(OpKind::Reshape),
            NodeKind::Frame(frame) => {
                let channels = graph.value(node.input()).shape.channels();
                Ok(OpKind::Frame(shape::quantize(*frame, channels)))
            }
            NodeKind::Softmax(_) => {
                let elements = graph.value(node.input()).shape.elements();
                softmax::quantize(from, elements).map(OpKind::Softmax)
            }
            NodeKind::Custom(custom) => {
                let Some(op) = custom::quantize(graph, node, custom, &formats) else {
                    continue;
                };
                Ok(OpKind::Custom(op))
            }
        };
        match kind {
            Ok(kind) => ops.push(Op {
                layer: node.layer,
                inputs: node.inputs.iter().map(|id| TensorId(id.0)).collect(),
                output: TensorId(node.output.0),
                kind,
            }),
            Err(kind) => problems.push(kind, Location::layer(&graph.layer(node.layer).id)),
        }
    }
    let tensors = graph.values.iter().zip(&formats).map(|(value, format)| {
        let format = format.unwrap_or(softmax::CODES);
        Tensor {
            elements: value.shape.elements(),
            element: format.element,
            scale: format.scale,
            zero_point: format.zero_point,
            layer: value.layer,
        }
    });
    let network = Network {
        interface: graph.interface.clone(),
        layers: graph.layers.clone(),
        tensors: tensors.collect(),
        inputs: graph.inputs.iter().map(|id| TensorId(id.0)).collect(),
        quantize_inputs,
        normalize_inputs: Vec::new(),
        outputs: graph.outputs.iter().map(|id| TensorId(id.0)).collect(),
        scores: scores(graph).map(|id| TensorId(id.0)),
        threshold: scores(graph)
            .filter(|_| graph.classes() > 1 && graph.interface.output_elements() == 1)
            .map(|id| format(id).map_or(0, |format| format.zero_point)),
        ops,
    };
    problems.into_result(network)
}

/// What `classify` looks at: what a final softmax or sigmoid reads, else the output, if there is only one
/// (R21).
fn scores(graph: &Graph) -> Option<ValueId> {
    let &[output] = graph.outputs.as_slice() else {
        return None;
    };
    let producer = graph.producer(graph.behind_reshapes(output));
    Some(match producer.map(|index| &graph.nodes[index]) {
        Some(node) if graph.ends_in_sigmoid() || matches!(node.kind, NodeKind::Softmax(_)) => {
            node.input()
        }
        _ => output,
    })
}

/// The format of every value that a node reads or yields (R2, R3, R12).
fn formats(graph: &Links<'_>, problems: &mut Errors) -> Vec<Option<Format>> {
    let mut formats = vec![None; graph.values.len()];
    let mut spans = elementwise::Spans::new(graph);
    for (index, id) in graph.inputs.iter().enumerate() {
        let format = input_format(graph, index, *id, problems);
        // What cannot read it is not asked what it would make of it.
        let is_readable = input::check_readers(graph, index, *id, problems);
        formats[id.index()] = format.filter(|_| is_readable);
        spans.add_input(graph, *id, formats[id.index()]);
    }
    for node in &graph.nodes {
        formats[node.output.index()] = match &node.kind {
            NodeKind::Dense(_) | NodeKind::Conv(_) | NodeKind::Affine(_) => {
                rescaled(graph, node, problems)
            }
            NodeKind::Pool(pool) => match pool.mode {
                PoolMode::Max => formats[node.input().index()],
                PoolMode::Average { .. } => rescaled(graph, node, problems),
            },
            NodeKind::Activation(_) => {
                let fixed = activation::fixed(graph, node, formats[node.input().index()]);
                fixed.or_else(|| observed(graph, node, false, problems))
            }
            NodeKind::LayerNorm(_)
            | NodeKind::Elementwise(_)
            | NodeKind::Embedding(_)
            | NodeKind::Custom(_) => observed(graph, node, false, problems),
            NodeKind::Recurrent(_) => Some(recurrent::OUTPUT),
            NodeKind::Concat(_) => spans.share(graph, node, &mut formats),
            NodeKind::Reshape | NodeKind::Frame(_) => formats[node.input().index()],
            NodeKind::Softmax(_) => Some(if graph.ends(node.output) {
                softmax::WIDE
            } else {
                softmax::CODES
            }),
        };
        spans.add(graph, node, formats[node.output.index()]);
    }
    recorded::check(graph, &formats, problems);
    formats
}

/// Whether a node with an epilogue writes `i16` (R12): it ends the network with a plain clamp, or its
/// only reader is a softmax.
fn is_wide(graph: &Links<'_>, node: &Node) -> bool {
    matches!(node.kind.clamp(), Some(Clamp::Clip(_, _))) && feeds_the_end(graph, node.output)
}

/// Whether nothing but the user, or one softmax, looks at a value.
fn feeds_the_end(graph: &Links<'_>, value: ValueId) -> bool {
    match graph.computing_readers(value).as_slice() {
        [] => true,
        [reader] => matches!(reader.kind, NodeKind::Softmax(_)),
        _ => false,
    }
}

/// The largest value that a node can yield, if something in it says so (R3: the cap of a range).
fn cap(kind: &NodeKind) -> Option<f64> {
    let high = match kind {
        NodeKind::Activation(functions) => match functions.last() {
            Some(Function::Relu(relu)) => relu.max,
            Some(
                Function::Sigmoid
                | Function::HardSigmoid(_)
                | Function::Tanh
                | Function::HardTanh
                | Function::Softsign
                | Function::Elu(_)
                | Function::Selu
                | Function::HardSwish
                | Function::Swish
                | Function::Gelu
                | Function::GeluTanh
                | Function::Softplus
                | Function::Exponential,
            )
            | None => f64::INFINITY,
        },
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Pool(_)
        | NodeKind::Recurrent(_)
        | NodeKind::Affine(_)
        | NodeKind::Elementwise(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Embedding(_)
        | NodeKind::Concat(_)
        | NodeKind::Reshape
        | NodeKind::Frame(_)
        | NodeKind::Softmax(_)
        | NodeKind::Custom(_) => match kind.clamp() {
            Some(Clamp::Clip(_, high)) => *high,
            Some(Clamp::Leaky(_)) | None => f64::INFINITY,
        },
    };
    (high < f64::INFINITY).then_some(high)
}

fn input_format(
    graph: &Links<'_>,
    index: usize,
    id: ValueId,
    problems: &mut Errors,
) -> Option<Format> {
    let element = if graph.interface.inputs[index].is_wide {
        Element::U16
    } else {
        Element::U8
    };
    if graph.is_indices(id) {
        return Some(embedding::indices(element));
    }
    let range = graph.value(id).range;
    let location = Location::default().field(&format!("inputs[{index}].range"));
    let recorded = Recorded {
        range: range.as_ref(),
        field: "range",
        of: "this input".to_owned(),
        location,
    };
    let limits = Limits {
        useful: activation::useful_interval(graph, id),
        cap: None,
    };
    format_of(recorded, element, limits, problems)
}

/// The format of sums behind an epilogue, which may be wide (R12); all else that has a range yields codes.
fn rescaled(graph: &Links<'_>, node: &Node, problems: &mut Errors) -> Option<Format> {
    activation::in_front_of_gate(graph, node)
        .or_else(|| observed(graph, node, is_wide(graph, node), problems))
}

fn observed(graph: &Links<'_>, node: &Node, wide: bool, problems: &mut Errors) -> Option<Format> {
    let value = graph.value(node.output);
    let layer = value.layer.unwrap_or(node.layer);
    let mut location = Location::layer(&graph.layer(layer).id);
    let field = value.range_field;
    let mut of = "this layer's output".to_owned();
    if field != "range" {
        location = location.field(&format!("layers[{}].{field}", layer.index()));
        of = format!("what is inside this layer, its `{field}`");
    }
    let recorded = Recorded {
        range: value.range.as_ref(),
        field,
        of,
        location,
    };
    let limits = Limits {
        useful: activation::useful_interval(graph, node.output),
        cap: cap(&node.kind),
    };
    let element = if wide { Element::I16 } else { Element::U8 };
    format_of(recorded, element, limits, problems)
}

/// What the file records of a value, or not, and where it would.
struct Recorded<'a> {
    range: Option<&'a RecordedRange>,
    field: &'static str,
    /// What has the range, as a user calls it.
    of: String,
    location: Location,
}

fn format_of(
    recorded: Recorded<'_>,
    element: Element,
    limits: Limits,
    problems: &mut Errors,
) -> Option<Format> {
    let Recorded {
        range,
        field,
        of,
        location,
    } = recorded;
    let Some(range) = range else {
        // The branches of a concat that a norm has joined share a range.
        let kind = ErrorKind::MissingRange { of };
        let known = |error: &Error| error.kind == kind && error.location == location;
        if !problems.iter().any(known) {
            problems.push(kind, location);
        }
        return None;
    };
    let format = match element {
        Element::I16 => ranges::wide(range),
        Element::U8 | Element::U16 | Element::F32 => ranges::code(range, limits, element),
    };
    // The device holds the scales of inputs, outputs and custom layers as `f32`.
    if !((format.scale as f32).is_normal() && format.scale > 0.0) {
        let kind = ErrorKind::InvalidField {
            field: field.to_owned(),
            expected: format!(
                "a range that is wide enough for a step of {:e}",
                f32::MIN_POSITIVE
            ),
            found: format!("[{}, {}]", range.low, range.high),
        };
        problems.push(kind, location);
        return None;
    }
    Some(format)
}

#[cfg(test)]
mod tests;
