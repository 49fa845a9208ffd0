//! Drops nodes that yield what they read, and borders that a convolution can see for itself.

use crate::graph::{Graph, NodeKind};

/// Drops every reshape to the shape that is there already, every frame that changes nothing, and the largest or
/// smallest of a value and itself.
pub fn drop_noops(graph: &mut Graph) {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        let same = graph.value(node.input()).shape == graph.value(node.output).shape;
        let noop = match node.kind {
            NodeKind::Reshape => same,
            NodeKind::Frame(frame) => frame.only_pads() && same,
            NodeKind::Elementwise(ref elementwise) => {
                let first = node.input();
                elementwise.function.picks() && node.inputs.iter().all(|&id| id == first)
            }
            NodeKind::Dense(_)
            | NodeKind::Conv(_)
            | NodeKind::Pool(_)
            | NodeKind::Affine(_)
            | NodeKind::Activation(_)
            | NodeKind::Concat(_)
            | NodeKind::Softmax(_)
            | NodeKind::Custom(_) => false,
        };
        // What is recorded of a value that is not there any more nobody would look at.
        if !noop || graph.is_recorded(node.output) {
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

/// Gives the zeros around an image to the convolution that is their only reader, as its padding: both stand
/// for 0 (R2, R6). A pool is another matter: its padding does not count, or not as zeros.
pub fn fold_borders(graph: &mut Graph) {
    let mut index = 0;
    while index < graph.nodes.len() {
        if !fold(graph, index) {
            index += 1;
        }
    }
}

fn fold(graph: &mut Graph, index: usize) -> bool {
    let node = &graph.nodes[index];
    let NodeKind::Frame(frame) = node.kind else {
        return false;
    };
    let (input, output) = (node.input(), node.output);
    if !frame.only_pads() || !graph.may_vanish(output) {
        return false;
    }
    let readers = graph.nodes.iter_mut().filter(|reader| reader.reads(output));
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
