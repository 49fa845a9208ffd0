//! Folds a batch norm into the weights before it, also through a concat (R32).

use std::ops::Range;

use crate::graph::{Affine, Clamp, Graph, NodeKind, Weights};
use crate::ids::ValueId;

/// An affine node that is the only reader of a node with quantized weights and no clamp joins it:
/// `a = s_w·A`, `b = β + (b0 − μ)·A`. Behind a concat along the channels it joins each branch, if all of
/// them are such nodes. Any other stays an op of its own (R19): one *before* a padded
/// layer would change what the padding stands for.
pub fn fold_affines(graph: &mut Graph) {
    let mut index = 0;
    while index < graph.nodes.len() {
        if !(fold(graph, index) || fold_into_branches(graph, index)) {
            index += 1;
        }
    }
}

/// The node that yields a value for one reader alone, if a norm can join it.
fn joinable(graph: &Graph, value: ValueId) -> Option<usize> {
    let producer = graph
        .producer(value)
        .filter(|_| graph.has_one_reader(value))?;
    let linear = graph.nodes[producer].kind.linear()?;
    let is_quantized = matches!(linear.weights, Weights::Quantized(_));
    (is_quantized && linear.clamp == Clamp::NONE).then_some(producer)
}

fn fold(graph: &mut Graph, index: usize) -> bool {
    let node = &graph.nodes[index];
    let NodeKind::Affine(affine) = &node.kind else {
        return false;
    };
    let (affine, input, output) = (affine.clone(), node.input(), node.output);
    let Some(producer) = joinable(graph, input) else {
        return false;
    };
    let channels = 0..affine.factor.len();
    join(graph, producer, &affine, channels, &affine.clamp);
    graph.nodes[producer].output = output;
    graph.nodes.remove(index);
    true
}

/// Gives a node with weights the part of an affine node that its outputs are.
fn join(
    graph: &mut Graph,
    producer: usize,
    affine: &Affine,
    channels: Range<usize>,
    clamp: &Clamp,
) {
    let Some((linear, _)) = graph.nodes[producer].kind.linear_mut() else {
        return;
    };
    let Weights::Quantized(quantized) = &mut linear.weights else {
        return;
    };
    for (output, channel) in channels.clone().enumerate() {
        let factor = affine.factor[channel];
        quantized.scales[output] *= factor;
        let bias = &mut linear.bias[output];
        *bias = affine.offset[channel] + (*bias - affine.mean[channel]) * factor;
    }
    linear.clamp = match clamp {
        Clamp::Clip(low, high) => Clamp::Clip(*low, *high),
        Clamp::Leaky(slopes) => Clamp::Leaky(slopes[channels].to_vec()),
    };
}

/// Joins the branches of a concat channel by channel. What clamps the norm's values joins them too, for behind
/// a concat nothing could take it. The range of the norm's values is that of every branch: so they have one format, and
/// the concat copies (R15).
fn fold_into_branches(graph: &mut Graph, index: usize) -> bool {
    let node = &graph.nodes[index];
    let NodeKind::Affine(affine) = &node.kind else {
        return false;
    };
    let affine = affine.clone();
    let (joined, normalized) = (node.input(), node.output);
    let Some(concat) = graph
        .producer(joined)
        .filter(|_| graph.has_one_reader(joined))
    else {
        return false;
    };
    let NodeKind::Concat(along) = graph.nodes[concat].kind else {
        return false;
    };
    let shape = graph.value(joined).shape.clone();
    if along.rounds * shape.channels() != shape.elements() {
        return false;
    }
    let branches = graph.nodes[concat].inputs.clone();
    let producers = branches.iter().map(|&branch| joinable(graph, branch));
    let Some(producers) = producers.collect::<Option<Vec<usize>>>() else {
        return false;
    };
    let behind = clamp_behind(graph, normalized).filter(|_| affine.clamp == Clamp::NONE);
    let (clamp, output) = match &behind {
        Some((reader, clamp)) => (clamp.clone(), graph.nodes[*reader].output),
        None => (affine.clamp.clone(), normalized),
    };
    let mut first = 0;
    for (&branch, &producer) in branches.iter().zip(&producers) {
        let channels = first..first + graph.value(branch).shape.channels();
        first = channels.end;
        join(graph, producer, &affine, channels, &clamp);
        let seen = graph.value(output).clone();
        let value = &mut graph.values[branch.index()];
        (value.range, value.layer, value.range_field) = (seen.range, seen.layer, seen.range_field);
    }
    graph.nodes[concat].output = output;
    // The later node first.
    if let Some((reader, _)) = behind {
        graph.nodes.remove(reader);
    }
    graph.nodes.remove(index);
    true
}

/// The only reader of a value, if it is an activation that is a clamp.
fn clamp_behind(graph: &Graph, value: ValueId) -> Option<(usize, Clamp)> {
    if !graph.has_one_reader(value) {
        return None;
    }
    let reader = graph.nodes.iter().position(|node| node.reads(value))?;
    let NodeKind::Activation(functions) = &graph.nodes[reader].kind else {
        return None;
    };
    let clamp = functions.clamp(graph.value(value).shape.channels())?;
    Some((reader, clamp))
}
