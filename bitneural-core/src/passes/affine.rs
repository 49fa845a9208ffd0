//! Folds a batch norm into the weights before it, also through a concat (R32).

use std::ops::Range;

use crate::graph::{Affine, Clamp, Graph, NodeKind, Reads, Weights};
use crate::ids::ValueId;

/// An affine node that is the only reader of a node with quantized weights and no clamp joins it:
/// `a = s_w·A`, `b = β + (b0 − μ)·A`. Behind a concat along the channels it joins each branch, if all of
/// them are such nodes. Any other stays an op of its own (R19): one *before* a padded
/// layer would change what the padding stands for.
pub fn fold_affines(graph: &mut Graph) {
    let reads = Reads::of(graph);
    let mut index = 0;
    while index < graph.nodes.len() {
        if !(fold(graph, &reads, index) || fold_into_branches(graph, &reads, index)) {
            index += 1;
        }
    }
}

/// The node that yields a value for one reader alone, if a norm can join it.
fn joinable(graph: &Graph, reads: &Reads, value: ValueId) -> Option<usize> {
    let producer = graph
        .producer(value)
        .filter(|_| graph.may_vanish(reads, value))?;
    let linear = graph.nodes[producer].kind.linear()?;
    let is_quantized = matches!(linear.weights, Weights::Quantized(_));
    (is_quantized && linear.clamp == Clamp::NONE).then_some(producer)
}

fn fold(graph: &mut Graph, reads: &Reads, index: usize) -> bool {
    let node = &graph.nodes[index];
    let NodeKind::Affine(affine) = &node.kind else {
        return false;
    };
    let (affine, input, output) = (affine.clone(), node.input(), node.output);
    let Some(producer) = joinable(graph, reads, input) else {
        return false;
    };
    let channels = 0..affine.factor.len();
    let Some(found) = joint(graph, producer, &affine, channels.clone()) else {
        return false;
    };
    give(graph, producer, found, &affine.clamp, channels);
    graph.nodes[producer].output = output;
    graph.nodes.remove(index);
    true
}

/// What the scales and biases of a node with weights become, which are outputs `channels` of an affine node; `None` if a
/// number would be beyond those that there are: apart, each is refused by its own name.
fn joint(
    graph: &Graph,
    producer: usize,
    affine: &Affine,
    channels: Range<usize>,
) -> Option<(Vec<f64>, Vec<f64>)> {
    let linear = graph.nodes[producer].kind.linear()?;
    let Weights::Quantized(quantized) = &linear.weights else {
        return None;
    };
    let own = quantized.scales.iter().zip(&linear.bias);
    let (scales, biases): (Vec<f64>, Vec<f64>) = channels
        .zip(own)
        .map(|(channel, (scale, bias))| {
            let factor = affine.factor[channel];
            let bias = affine.offset[channel] + (bias - affine.mean[channel]) * factor;
            (scale * factor, bias)
        })
        .unzip();
    let is_finite = scales.iter().chain(&biases).all(|value| value.is_finite());
    is_finite.then_some((scales, biases))
}

/// Gives a node with weights new scales, biases and the clamp of its part of the channels.
fn give(
    graph: &mut Graph,
    producer: usize,
    (scales, biases): (Vec<f64>, Vec<f64>),
    clamp: &Clamp,
    channels: Range<usize>,
) {
    let Some((linear, _)) = graph.nodes[producer].kind.linear_mut() else {
        return;
    };
    if let Weights::Quantized(quantized) = &mut linear.weights {
        quantized.scales = scales;
    }
    linear.bias = biases;
    linear.clamp = match clamp {
        Clamp::Clip(low, high) => Clamp::Clip(*low, *high),
        Clamp::Leaky(slopes) => Clamp::Leaky(slopes[channels].to_vec()),
    };
}

/// Joins the branches of a concat channel by channel. What clamps the norm's values joins them too, for behind
/// a concat nothing could take it. The range of the norm's values is that of every branch: so they have one format, and
/// the concat copies (R15).
fn fold_into_branches(graph: &mut Graph, reads: &Reads, index: usize) -> bool {
    let node = &graph.nodes[index];
    let NodeKind::Affine(affine) = &node.kind else {
        return false;
    };
    let affine = affine.clone();
    let (joined, normalized) = (node.input(), node.output);
    let Some(concat) = graph
        .producer(joined)
        .filter(|_| graph.may_vanish(reads, joined))
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
    let producers = branches
        .iter()
        .map(|&branch| joinable(graph, reads, branch));
    let Some(producers) = producers.collect::<Option<Vec<usize>>>() else {
        return false;
    };
    let behind = clamp_behind(graph, reads, normalized).filter(|_| affine.clamp == Clamp::NONE);
    let (clamp, output) = match &behind {
        Some((reader, clamp)) => (clamp.clone(), graph.nodes[*reader].output),
        None => (affine.clamp.clone(), normalized),
    };
    let mut first = 0;
    let parts = branches.iter().map(|&branch| {
        let start = first;
        first += graph.value(branch).shape.channels();
        start..first
    });
    let parts: Vec<Range<usize>> = parts.collect();
    let found = producers.iter().zip(&parts);
    let found = found.map(|(&producer, part)| joint(graph, producer, &affine, part.clone()));
    let Some(found) = found.collect::<Option<Vec<_>>>() else {
        return false;
    };
    let nodes = branches.iter().zip(producers).zip(parts).zip(found);
    for (((&branch, producer), channels), found) in nodes {
        give(graph, producer, found, &clamp, channels);
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
fn clamp_behind(graph: &Graph, reads: &Reads, value: ValueId) -> Option<(usize, Clamp)> {
    if !graph.may_vanish(reads, value) {
        return None;
    }
    let reader = graph.nodes.iter().position(|node| node.reads(value))?;
    let NodeKind::Activation(functions) = &graph.nodes[reader].kind else {
        return None;
    };
    let clamp = functions.clamp(graph.value(value).shape.channels())?;
    Some((reader, clamp))
}
