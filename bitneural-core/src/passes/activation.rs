//! Fuses a relu into the node before it.

use crate::graph::{Clamp, Graph, NodeKind};

/// A relu that is the only reader of a dense node joins it. The joint node yields the relu's value,
/// so the range of that value is the one that counts (R3: after the fused activation).
pub fn fuse_activations(graph: &mut Graph) {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        let fusible = matches!(
            node.kind,
            NodeKind::Activation(crate::graph::Activation::Relu)
        ) && node.input != graph.output
            && graph.readers(node.input).count() == 1;
        let producer = graph
            .nodes
            .iter()
            .position(|before| before.output == node.input);
        if let (true, Some(producer)) = (fusible, producer)
            && matches!(graph.nodes[producer].kind, NodeKind::Dense(_))
        {
            let relu = graph.nodes.remove(index);
            let producer = &mut graph.nodes[producer];
            producer.output = relu.output;
            if let NodeKind::Dense(dense) = &mut producer.kind {
                dense.clamp = Clamp::Relu;
            }
        } else {
            index += 1;
        }
    }
}
