//! Drops nodes that yield what they read, and borders that a convolution can see for itself.

use crate::graph::{Graph, Node, NodeKind, Reads};
use crate::ids::ValueId;

/// Drops every reshape to the shape that is there already, every frame that changes nothing, and the largest or
/// smallest of a value and itself.
pub fn drop_noops(graph: &mut Graph) {
    // What stands for each value: itself, or what a node that is dropped reads.
    let mut stands: Vec<ValueId> = (0..graph.values.len()).map(ValueId::from).collect();
    for mut node in std::mem::take(&mut graph.nodes) {
        for input in &mut node.inputs {
            *input = stands[input.index()];
        }
        // What is recorded of a value that is not there any more nobody would look at.
        if is_noop(graph, &node) && !graph.is_recorded(node.output) {
            stands[node.output.index()] = node.input();
        } else {
            graph.nodes.push(node);
        }
    }
    for output in &mut graph.outputs {
        *output = stands[output.index()];
    }
}

fn is_noop(graph: &Graph, node: &Node) -> bool {
    let same = graph.value(node.input()).shape == graph.value(node.output).shape;
    match node.kind {
        NodeKind::Reshape => same,
        NodeKind::Frame(frame) => frame.only_pads() && same,
        NodeKind::Elementwise(ref elementwise) => {
            let first = node.input();
            elementwise.function.picks() && node.inputs.iter().all(|&id| id == first)
        }
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Pool(_)
        | NodeKind::Recurrent(_)
        | NodeKind::Affine(_)
        | NodeKind::Activation(_)
        | NodeKind::Embedding(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Concat(_)
        | NodeKind::Softmax(_)
        | NodeKind::Custom(_) => false,
    }
}

/// Gives the zeros around an image to the convolution that is their only reader, as its padding: both stand
/// for 0 (R2, R6). A pool is another matter: its padding does not count, or not as zeros.
pub fn fold_borders(graph: &mut Graph) {
    let reads = Reads::of(graph);
    let mut index = 0;
    while index < graph.nodes.len() {
        if !fold(graph, &reads, index) {
            index += 1;
        }
    }
}

fn fold(graph: &mut Graph, reads: &Reads, index: usize) -> bool {
    let node = &graph.nodes[index];
    let NodeKind::Frame(frame) = node.kind else {
        return false;
    };
    let (input, output) = (node.input(), node.output);
    if !frame.only_pads() || !graph.may_vanish(reads, output) {
        return false;
    }
    let behind = graph.nodes[index..].iter_mut();
    let readers = behind.filter(|reader| reader.reads(output)).take(1);
    for reader in readers {
        let NodeKind::Conv(conv) = &mut reader.kind else {
            return false;
        };
        let Some(before) = joint(frame.before, conv.window.before) else {
            return false;
        };
        conv.window.input = frame.input;
        conv.window.before = before;
        reader.inputs = vec![input];
    }
    graph.nodes.remove(index);
    true
}

/// The positions in front of an image of two paddings, if the records of the runtime hold them.
fn joint(outer: [usize; 2], inner: [usize; 2]) -> Option<[usize; 2]> {
    let sum = [outer[0] + inner[0], outer[1] + inner[1]];
    let most = usize::from(u16::MAX);
    (sum[0] <= most && sum[1] <= most).then_some(sum)
}
