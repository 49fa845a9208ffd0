//! Element-wise nodes → tables (R13), and at the end of a network gates (R23); what they read and write.

use super::{Format, tables};
use crate::function::Function;
use crate::graph::{Activation, Clamp, Links, Node, NodeKind, Pool, PoolMode};
use crate::ids::ValueId;
use crate::network::{Element, Gate, OpKind, Table};

/// What a gate reads (R12).
const GATE_INPUT: Format = Format {
    element: Element::I16,
    scale: 1.0 / 4096.0,
    zero_point: 0,
};

/// What a gate writes (R23).
const GATE_OUTPUT: Format = Format {
    element: Element::I16,
    scale: 1.0 / 32768.0,
    zero_point: 0,
};

pub(super) fn quantize(activation: &Activation, from: Format, to: Format) -> OpKind {
    match (gate_of(activation), from.element) {
        (Some(gate), Element::I16) => OpKind::Gate(gate),
        (Some(_), Element::U8 | Element::U16 | Element::F32)
        | (None, Element::U8 | Element::U16 | Element::I16 | Element::F32) => {
            OpKind::Table(Table {
                entries: tables::table(|x| activation.apply(x), from, to),
            })
        }
    }
}

fn gate_of(activation: &Activation) -> Option<Gate> {
    if activation.is(Function::Sigmoid) {
        Some(Gate::Sigmoid)
    } else if activation.is(Function::Tanh) {
        Some(Gate::Tanh)
    } else {
        None
    }
}

/// Whether the node is a sigmoid or tanh that ends the network.
fn is_final_gate(graph: &Links<'_>, node: &Node) -> bool {
    let is_end = graph.ends(node.output);
    matches!(&node.kind, NodeKind::Activation(activation) if is_end && gate_of(activation).is_some())
}

/// What a node with an epilogue writes if its only reader is a gate (R12).
pub(super) fn in_front_of_gate(graph: &Links<'_>, node: &Node) -> Option<Format> {
    let is_clipped = matches!(node.kind.clamp(), Some(Clamp::Clip(_, _)));
    let reader = only_reader(graph, node.output, false)?;
    (is_clipped && is_final_gate(graph, reader)).then_some(GATE_INPUT)
}

/// The format of what an activation yields, if it needs no range (R2, R23).
pub(super) fn fixed(graph: &Links<'_>, node: &Node, from: Option<Format>) -> Option<Format> {
    let NodeKind::Activation(activation) = &node.kind else {
        return None;
    };
    let is_wide = from.is_some_and(|format| format.element == Element::I16);
    if is_wide && is_final_gate(graph, node) {
        return Some(GATE_OUTPUT);
    }
    let (scale, zero_point) = activation.last()?.fixed_format()?;
    Some(Format {
        element: Element::U8,
        scale,
        zero_point,
    })
}

/// The useful interval of the table that is the only reader of a value (R3).
pub(super) fn useful_interval(graph: &Links<'_>, id: ValueId) -> Option<(f64, f64)> {
    match &only_reader(graph, id, true)?.kind {
        NodeKind::Activation(activation) => activation.0.first()?.useful_interval(),
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Pool(_)
        | NodeKind::Recurrent(_)
        | NodeKind::Affine(_)
        | NodeKind::Elementwise(_)
        | NodeKind::Embedding(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Concat(_)
        | NodeKind::Reshape
        | NodeKind::Frame(_)
        | NodeKind::Softmax(_)
        | NodeKind::Custom(_) => None,
    }
}

/// The node that alone sees the codes of a value: behind reshapes and, if asked for, max pools and frames,
/// which copy them (R2).
fn only_reader<'a>(graph: &Links<'a>, id: ValueId, through_pools: bool) -> Option<&'a Node> {
    let reader = graph.only_reader(id)?;
    match &reader.kind {
        NodeKind::Reshape => only_reader(graph, reader.output, through_pools),
        NodeKind::Pool(Pool {
            mode: PoolMode::Max,
            ..
        })
        | NodeKind::Frame(_)
            if through_pools =>
        {
            only_reader(graph, reader.output, through_pools)
        }
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Pool(_)
        | NodeKind::Recurrent(_)
        | NodeKind::Affine(_)
        | NodeKind::Activation(_)
        | NodeKind::Elementwise(_)
        | NodeKind::Embedding(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Concat(_)
        | NodeKind::Frame(_)
        | NodeKind::Softmax(_)
        | NodeKind::Custom(_) => Some(reader),
    }
}
