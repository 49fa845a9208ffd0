//! Fuses an activation into the epilogue of the node before it, or joins it to another.

use crate::function::{Function, Relu};
use crate::graph::{Clamp, Graph, NodeKind, Pool, PoolMode, Reads};
use crate::ids::ValueId;
use crate::source::RecordedRange;

/// An activation that is a clamp joins the node before it, if it is its only reader. The joint node
/// yields the activation's value, so the range of that value is the one that counts (R3: after the
/// fused activation). An activation behind a max pool first changes places with it, for both
/// frameworks' users write either order and a monotone function does not care. What is left of a
/// chain of functions becomes one (R13).
pub fn fuse_activations(graph: &mut Graph) {
    let reads = &Reads::of(graph);
    let mut index = 0;
    while index < graph.nodes.len() {
        if fuse(graph, reads, index) || join(graph, reads, index) {
            // The nodes behind have moved up by one.
            continue;
        }
        if !hoist(graph, reads, index) {
            index += 1;
        }
    }
}

fn producer(graph: &Graph, reads: &Reads, id: ValueId) -> Option<usize> {
    let vanishes = graph.may_vanish(reads, id);
    vanishes.then(|| graph.producer(id)).flatten()
}

/// The clamp that the node is, with the number of channels that it sees.
fn as_clamp(graph: &Graph, index: usize) -> Option<Clamp> {
    let node = &graph.nodes[index];
    match &node.kind {
        NodeKind::Activation(functions) => {
            functions.clamp(graph.value(node.input()).shape.channels())
        }
        // A prelu is an identity with slopes.
        NodeKind::Affine(affine)
            if affine.factor.iter().all(|&factor| factor == 1.0)
                && affine
                    .mean
                    .iter()
                    .chain(&affine.offset)
                    .all(|&value| value == 0.0) =>
        {
            Some(affine.clamp.clone())
        }
        NodeKind::Affine(_)
        | NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Pool(_)
        | NodeKind::Recurrent(_)
        | NodeKind::Elementwise(_)
        | NodeKind::Embedding(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Concat(_)
        | NodeKind::Reshape
        | NodeKind::Frame(_)
        | NodeKind::Softmax(_)
        | NodeKind::Custom(_) => None,
    }
}

fn fuse(graph: &mut Graph, reads: &Reads, index: usize) -> bool {
    let (input, output) = (graph.nodes[index].input(), graph.nodes[index].output);
    let Some(clamp) = as_clamp(graph, index) else {
        return false;
    };
    let Some(before) = producer(graph, reads, input) else {
        return false;
    };
    let takes_slopes = graph.nodes[before].kind.takes_slopes();
    let Some(fused) = graph.nodes[before].kind.clamp_mut() else {
        return false;
    };
    let joint = match (&*fused, &clamp) {
        // Only plain clamps follow an average pool or an addition (R12, R14, R18).
        (_, Clamp::Leaky(_)) if !takes_slopes => return false,
        (Clamp::Clip(low, high), Clamp::Clip(again_low, again_high)) => Clamp::Clip(
            low.max(*again_low).min(*again_high),
            high.min(*again_high).max(*again_low),
        ),
        (clip, Clamp::Leaky(_)) if *clip == Clamp::NONE => clamp,
        (Clamp::Leaky(_), Clamp::Clip(_, _)) | (_, Clamp::Leaky(_)) => return false,
    };
    *fused = joint;
    graph.nodes[before].output = output;
    graph.nodes.remove(index);
    true
}

/// Makes one function of two that follow one another. A sigmoid at the end stays on its own, for a
/// class is read in front of it (R21).
fn join(graph: &mut Graph, reads: &Reads, index: usize) -> bool {
    let (input, output) = (graph.nodes[index].input(), graph.nodes[index].output);
    let NodeKind::Activation(second) = &graph.nodes[index].kind else {
        return false;
    };
    let is_end = reads.ends(output);
    if is_end && second.is(Function::Sigmoid) {
        return false;
    }
    let (second, before) = (second.clone(), producer(graph, reads, input));
    let Some(before) = before.map(|before| &mut graph.nodes[before]) else {
        return false;
    };
    let NodeKind::Activation(first) = &mut before.kind else {
        return false;
    };
    first.0.extend(second.0);
    before.output = output;
    graph.nodes.remove(index);
    true
}

/// Moves a relu in front of a max pool.
fn hoist(graph: &mut Graph, reads: &Reads, index: usize) -> bool {
    let NodeKind::Activation(activation) = &graph.nodes[index].kind else {
        return false;
    };
    let [Function::Relu(function)] = *activation.0 else {
        return false;
    };
    let is_clamp = activation.clamp(1).is_some();
    let Some(pool) = producer(graph, reads, graph.nodes[index].input()) else {
        return false;
    };
    let is_max = matches!(
        &graph.nodes[pool].kind,
        NodeKind::Pool(Pool {
            mode: PoolMode::Max,
            ..
        })
    );
    let from = graph.nodes[pool].input();
    let fits = |graph: &Graph| {
        producer(graph, reads, from).is_some_and(|at| graph.nodes[at].kind.clamp().is_some())
    };
    if !is_max || !function.is_monotone() || !is_clamp || !fits(graph) {
        return false;
    }
    // The value between the two now is the activated image, whose range follows from that of the image.
    // If the file records only that of the pooled values, they are the same or fewer.
    let (between, output) = (graph.nodes[pool].output, graph.nodes[index].output);
    let (image, pooled) = (graph.value(from).clone(), graph.value(output).range);
    let layer = graph.nodes[index].layer;
    let moved = &mut graph.values[between.index()];
    moved.layer = Some(layer);
    moved.shape = image.shape;
    // The pool copies the codes that the file may record of what it yields now.
    let fixed = pooled.and_then(|range| range.fixed);
    moved.range = image
        .range
        .map(|range| RecordedRange {
            fixed,
            ..activated(range, function)
        })
        .or(pooled);
    graph.nodes[pool].inputs = vec![between];
    graph.nodes[pool].output = output;
    graph.nodes[index].inputs = vec![from];
    graph.nodes[index].output = between;
    // The activation comes first.
    let activation = graph.nodes.remove(index);
    graph.nodes.insert(pool, activation);
    // Whatever stands at `index` now is looked at next.
    fuse(graph, reads, pool);
    true
}

fn activated(range: RecordedRange, relu: Relu) -> RecordedRange {
    let function = Function::Relu(relu);
    let (a, b) = (function.apply(range.low), function.apply(range.high));
    RecordedRange {
        low: a.min(b),
        high: a.max(b),
        fixed: None,
        ..range
    }
}
