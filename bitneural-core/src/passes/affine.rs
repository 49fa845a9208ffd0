//! Folds a batch norm into the weights before it (R32).

use crate::graph::{Clamp, Graph, NodeKind, Weights};

/// An affine node that is the only reader of a node with quantized weights and no clamp joins it:
/// `a = s_w·A`, `b = β + (b0 − μ)·A`. Any other stays an op of its own (R19): one *before* a padded
/// layer would change what the padding stands for.
pub fn fold_affines(graph: &mut Graph) {
    let mut index = 0;
    while index < graph.nodes.len() {
        if !fold(graph, index) {
            index += 1;
        }
    }
}

fn fold(graph: &mut Graph, index: usize) -> bool {
    let node = &graph.nodes[index];
    let NodeKind::Affine(affine) = &node.kind else {
        return false;
    };
    let (affine, input, output) = (affine.clone(), node.input(), node.output);
    if !graph.may_vanish(input) {
        return false;
    }
    let Some(producer) = graph.producer(input).map(|at| &mut graph.nodes[at]) else {
        return false;
    };
    let Some((linear, _)) = producer.kind.linear_mut() else {
        return false;
    };
    let Weights::Quantized(quantized) = &mut linear.weights else {
        return false;
    };
    if linear.clamp != Clamp::NONE {
        return false;
    }
    for (channel, factor) in affine.factor.iter().enumerate() {
        quantized.scales[channel] *= factor;
        let bias = &mut linear.bias[channel];
        *bias = affine.offset[channel] + (*bias - affine.mean[channel]) * factor;
    }
    linear.clamp = affine.clamp;
    producer.output = output;
    graph.nodes.remove(index);
    true
}
