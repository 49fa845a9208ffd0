//! What a file records of codes is what the codes are (R3), or an error: a network that trained with them would else run
//! with others without a word.

use super::Format;
use crate::error::{ErrorKind, Errors, Location};
use crate::graph::{Graph, Node, NodeKind};
use crate::network::Element;

/// Notes each recorded scale and zero point that a value cannot have.
pub(super) fn check(graph: &Graph, formats: &[Option<Format>], problems: &mut Errors) {
    for node in &graph.nodes {
        let value = graph.value(node.output);
        let recorded = value.range.and_then(|range| range.fixed);
        let (Some((scale, zero_point)), Some(format)) = (recorded, formats[node.output.index()])
        else {
            continue;
        };
        if (scale, zero_point) == (format.scale, format.zero_point) || has_wide_step(node, format) {
            continue;
        }
        let layer = value.layer.unwrap_or(node.layer);
        let kind = ErrorKind::InvalidField {
            field: "scale".to_owned(),
            expected: format!(
                "none, or {} with `zero_point` {}: {}",
                format.scale,
                format.zero_point,
                reason(&node.kind)
            ),
            found: format!("{scale} with `zero_point` {zero_point}"),
        };
        let field = format!("layers[{}].scale", layer.index());
        let location = Location::layer(&graph.layer(layer).id).field(&field);
        problems.push(kind, location);
    }
}

/// Whether the step is one of R12, finer than any of codes, which what is recorded gives the range of.
fn has_wide_step(node: &Node, format: Format) -> bool {
    format.element == Element::I16 && node.kind.clamp().is_some()
}

/// Why a node yields the format that it does.
fn reason(kind: &NodeKind) -> &'static str {
    match kind {
        NodeKind::Pool(_) | NodeKind::Reshape | NodeKind::Frame(_) => {
            "the layer copies the codes that it reads (record these where they are computed)"
        }
        NodeKind::Recurrent(_) => "a state has a step of its own (R28)",
        NodeKind::Activation(_) | NodeKind::Softmax(_) => {
            "the values of this function have a step of their own (R2)"
        }
        // What computes or joins values writes what is recorded.
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Affine(_)
        | NodeKind::Elementwise(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Embedding(_)
        | NodeKind::Concat(_)
        | NodeKind::Custom(_) => "the step follows from another layer",
    }
}
