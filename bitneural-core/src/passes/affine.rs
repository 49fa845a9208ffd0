//! Folds a batch norm into the weights before it (R32).

use crate::graph::{Clamp, Graph, NodeKind, Reads, Weights};

/// An affine node that is the only reader of a node with quantized weights and no clamp joins it:
/// `a = s_w·A`, `b = β + (b0 − μ)·A`. Any other stays an op of its own (R19): one *before* a padded
/// layer would change what the padding stands for.
pub fn fold_affines(graph: &mut Graph) {
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
    let NodeKind::Affine(affine) = &node.kind else {
        return false;
    };
    let (affine, input, output) = (affine.clone(), node.input(), node.output);
    if !graph.may_vanish(reads, input) {
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
    let channels = affine.factor.iter().zip(&affine.offset).zip(&affine.mean);
    let (scales, biases): (Vec<f64>, Vec<f64>) = channels
        .zip(quantized.scales.iter().zip(&linear.bias))
        .map(|(((factor, offset), mean), (scale, bias))| {
            (scale * factor, offset + (bias - mean) * factor)
        })
        .unzip();
    // Two numbers of the file may have a product beyond those that there are: apart, each is refused by its own name.
    if !scales.iter().chain(&biases).all(|value| value.is_finite()) {
        return false;
    }
    quantized.scales = scales;
    linear.bias = biases;
    linear.clamp = affine.clamp;
    producer.output = output;
    graph.nodes.remove(index);
    true
}
