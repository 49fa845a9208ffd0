//! Drops nodes that yield what they read.

use crate::graph::{Graph, NodeKind};

/// Drops every reshape to the shape that is there already.
pub fn drop_noops(graph: &mut Graph) {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        let same = graph.value(node.input()).shape == graph.value(node.output).shape;
        let noop = match node.kind {
            NodeKind::Reshape => same,
            NodeKind::Dense(_)
            | NodeKind::Conv(_)
            | NodeKind::Pool(_)
            | NodeKind::Affine(_)
            | NodeKind::Activation(_)
            | NodeKind::Softmax(_)
            | NodeKind::Custom(_) => false,
        };
        if !noop {
            index += 1;
            continue;
        }
        let node = graph.nodes.remove(index);
        let reads = graph.nodes.iter_mut().flat_map(|node| &mut node.inputs);
        for read in reads.chain(&mut graph.outputs) {
            if *read == node.output {
                *read = node.input();
            }
        }
    }
}
