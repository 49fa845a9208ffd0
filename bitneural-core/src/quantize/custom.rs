//! Custom nodes → custom ops, which know their formats.

use super::Format;
use crate::custom;
use crate::graph::{Custom as Layer, Graph, Node};
use crate::ids::ValueId;
use crate::network::Custom;

/// The op; `None` if the format of something that it reads or yields is not known.
pub(super) fn quantize(
    graph: &Graph,
    node: &Node,
    layer: &Layer,
    formats: &[Option<Format>],
) -> Option<Custom> {
    let format = |id: ValueId| {
        let format = formats[id.index()]?;
        Some(custom::Format {
            shape: graph.value(id).shape.clone(),
            scale: format.scale as f32,
            // A custom layer reads and yields codes, whose zero points are codes (R2).
            zero_point: u8::try_from(format.zero_point).ok()?,
        })
    };
    Some(Custom {
        name: layer.name.clone(),
        parameters: layer.parameters.clone(),
        inputs: node
            .inputs
            .iter()
            .map(|&id| format(id))
            .collect::<Option<_>>()?,
        output: format(node.output)?,
        op: layer.op.clone(),
        cost: layer.cost,
    })
}
