//! The invariants of a [`Graph`]:
//!
//! 1. Nodes run in order: each reads inputs or what earlier nodes yield, as many values as its kind takes.
//! 2. No value is yielded twice, and what a node yields is read by a node or by the user.
//! 3. Shapes fit: a dense node reads `[inputs]` and yields `[outputs]`; a convolution and a pool read and
//!    yield what their windows say, a frame what it says, channels unchanged; element-wise nodes keep the shape, that of the largest value if they read
//!    several, of which the others have it too or one element a channel; a concat yields all elements that it
//!    reads, in whole rounds; a reshape keeps the number of elements.
//! 4. A node with weights has as many as its shape says, a bias and a scale for each output, all finite; slopes and
//!    constants of norms are there for each channel; a layer norm goes over 2 to 512 channels and has no slopes.
//! 5. A recurrent node reads `[steps, inputs]` and yields `[steps, units]` or `[units]`.
//! 6. There are inputs and outputs, and the interface's shapes are theirs.

use std::collections::HashSet;

use super::{
    Clamp, Function, Graph, Linear, MOST_CHANNELS, NodeKind, PoolMode, Recurrent, Weights,
};
use crate::ids::ValueId;
use crate::shape::{Shape, Window};

/// The first invariant that does not hold.
pub fn verify(graph: &Graph) -> Result<(), String> {
    let mut known = vec![false; graph.values.len()];
    for input in &graph.inputs {
        *known.get_mut(input.index()).ok_or("an input is no value")? = true;
    }
    let reads = graph.nodes.iter().flat_map(|node| &node.inputs);
    let read: HashSet<ValueId> = reads.chain(&graph.outputs).copied().collect();
    for (index, node) in graph.nodes.iter().enumerate() {
        let fail = |reason: &str| Err(format!("node {index}: {reason}"));
        if !node.kind.takes(node.inputs.len()) {
            return fail("reads another number of values than its kind does");
        }
        if node
            .inputs
            .iter()
            .any(|read| known.get(read.index()) != Some(&true))
        {
            return fail("reads a value that nothing yields before it");
        }
        match known.get_mut(node.output.index()) {
            Some(known) if !*known => *known = true,
            _ => return fail("yields no value, or one that exists"),
        }
        if graph.layers.get(node.layer.index()).is_none() {
            return fail("belongs to no layer");
        }
        if !read.contains(&node.output) {
            return fail("yields a value that nobody reads");
        }
        let output = &graph.value(node.output).shape;
        let inputs = node.inputs.iter().map(|&id| &graph.value(id).shape);
        let inputs: Vec<&Shape> = inputs.collect();
        if let Some(reason) = shapes(&node.kind, &inputs, output) {
            return fail(reason);
        }
        if let Some(reason) = constants(&node.kind, output.channels()) {
            return fail(reason);
        }
    }
    if graph.outputs.is_empty() || graph.inputs.is_empty() {
        return Err("there is no input or no output".to_owned());
    }
    if graph
        .outputs
        .iter()
        .any(|output| known.get(output.index()) != Some(&true))
    {
        return Err("nothing yields an output".to_owned());
    }
    let shape = |id: &ValueId| &graph.value(*id).shape;
    let interface = &graph.interface;
    if !graph
        .inputs
        .iter()
        .map(shape)
        .eq(interface.inputs.iter().map(|input| &input.shape))
        || !graph
            .outputs
            .iter()
            .map(shape)
            .eq(interface.outputs.iter().map(|output| &output.shape))
    {
        return Err("the interface has other shapes than the graph".to_owned());
    }
    Ok(())
}

fn shapes(kind: &NodeKind, inputs: &[&Shape], output: &Shape) -> Option<&'static str> {
    let input = inputs[0];
    let image = |shape: &Shape, positions: [usize; 2], channels: usize| {
        shape.elements() == positions[0] * positions[1] * channels && shape.channels() == channels
    };
    let windowed = |window: &Window, from: usize, to: usize| {
        image(input, window.input, from) && image(output, window.output, to)
    };
    match kind {
        NodeKind::Dense(dense) if input.0 != [dense.inputs] || output.0 != [dense.outputs] => {
            Some("a dense node between shapes that do not fit")
        }
        NodeKind::Conv(conv) if !windowed(&conv.window, conv.channels, conv.outputs) => {
            Some("a convolution between shapes that do not fit")
        }
        NodeKind::Conv(conv) if conv.groups == 0 || !conv.channels.is_multiple_of(conv.groups) => {
            Some("a convolution with groups that do not fit")
        }
        NodeKind::Pool(pool) if !windowed(&pool.window, input.channels(), input.channels()) => {
            Some("a pool between shapes that do not fit")
        }
        NodeKind::Recurrent(node) if !goes_along(node, input, output) => {
            Some("a recurrent node between shapes that do not fit")
        }
        NodeKind::Frame(frame)
            if !(image(input, frame.input, input.channels())
                && image(output, frame.output, input.channels())
                && !frame.repeat.contains(&0)) =>
        {
            Some("a frame between shapes that do not fit")
        }
        NodeKind::Affine(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Activation(_)
        | NodeKind::Softmax(_)
            if input != output =>
        {
            Some("an element-wise node that changes the shape")
        }
        NodeKind::Elementwise(elementwise) if !joins(elementwise.function, inputs, output) => {
            Some("an element-wise node between shapes that do not fit")
        }
        NodeKind::Concat(concat) if !is_whole(concat.rounds, inputs, output) => {
            Some("a concat between shapes that do not fit")
        }
        NodeKind::Embedding(embedding)
            if output.elements() != input.elements() * embedding.width
                || output.channels() != embedding.width =>
        {
            Some("an embedding between shapes that do not fit")
        }
        NodeKind::Reshape if input.elements() != output.elements() => {
            Some("a reshape that changes the number of elements")
        }
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Pool(_)
        | NodeKind::Recurrent(_)
        | NodeKind::Affine(_)
        | NodeKind::Activation(_)
        | NodeKind::Elementwise(_)
        | NodeKind::Embedding(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Concat(_)
        | NodeKind::Softmax(_)
        | NodeKind::Frame(_)
        | NodeKind::Custom(_)
        | NodeKind::Reshape => None,
    }
}

/// Whether a recurrent node can read and yield such shapes.
fn goes_along(node: &Recurrent, input: &Shape, output: &Shape) -> bool {
    let yielded = if node.sequences {
        vec![node.steps, node.units]
    } else {
        vec![node.units]
    };
    node.steps > 0 && input.0 == [node.steps, node.inputs] && output.0 == yielded
}

/// Whether an element-wise function of several values can read and yield such shapes.
fn joins(function: Function, inputs: &[&Shape], output: &Shape) -> bool {
    let repeats = function != Function::Average;
    let fits = |shape: &&Shape| {
        let of_channels = [shape.elements(), shape.channels()] == [output.channels(); 2];
        *shape == output || (repeats && of_channels)
    };
    inputs.contains(&output) && inputs.iter().all(fits)
}

/// Whether so many rounds of pieces of the inputs are the output.
fn is_whole(rounds: usize, inputs: &[&Shape], output: &Shape) -> bool {
    let elements: usize = inputs.iter().map(|shape| shape.elements()).sum();
    let whole = |shape: &&Shape| rounds > 0 && shape.elements().is_multiple_of(rounds);
    elements == output.elements() && inputs.iter().all(whole)
}

fn constants(kind: &NodeKind, channels: usize) -> Option<&'static str> {
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    let one_each = |values: &[f64]| values.len() == channels && finite(values);
    if let Some(Clamp::Leaky(slopes)) = kind.clamp()
        && !one_each(slopes)
    {
        return Some("slopes that do not fit");
    }
    match kind {
        NodeKind::Dense(dense) => weights(&dense.linear, dense.inputs, dense.outputs),
        NodeKind::Conv(conv) => weights(&conv.linear, conv.taps(), conv.outputs),
        NodeKind::Recurrent(node) => {
            let columns = node.columns();
            weights(&node.kernel, node.inputs, columns)
                .or_else(|| weights(&node.recurrent, node.units, columns))
        }
        NodeKind::Affine(affine)
            if ![&affine.factor, &affine.mean, &affine.offset]
                .iter()
                .all(|list| one_each(list)) =>
        {
            Some("affine constants that do not fit")
        }
        NodeKind::LayerNorm(norm)
            if [&norm.gamma, &norm.beta].iter().any(|list| !one_each(list))
                || !(2..=MOST_CHANNELS).contains(&channels)
                || matches!(norm.clamp, Clamp::Leaky(_)) =>
        {
            Some("a layer norm with constants that do not fit")
        }
        NodeKind::Pool(pool) => match &pool.mode {
            PoolMode::Average {
                clamp: Clamp::Leaky(_),
                ..
            } => Some("a leaky average pool"),
            PoolMode::Average { .. } | PoolMode::Max => None,
        },
        NodeKind::Activation(activation) if activation.0.is_empty() => {
            Some("an activation of no function")
        }
        NodeKind::Elementwise(elementwise)
            if matches!(elementwise.clamp, Clamp::Leaky(_))
                || (elementwise.function.picks() && elementwise.clamp != Clamp::NONE) =>
        {
            Some("an element-wise node with slopes, or with a clamp that it cannot have")
        }
        NodeKind::Custom(custom) if !custom.parameters.iter().all(|value| value.is_finite()) => {
            Some("a custom node with parameters that are not finite")
        }
        NodeKind::Embedding(embedding) => {
            let entries = embedding.entries();
            (entries.len() != embedding.rows * embedding.width || !finite(&entries))
                .then_some("a table that does not fit")
        }
        NodeKind::Affine(_)
        | NodeKind::Activation(_)
        | NodeKind::Elementwise(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Concat(_)
        | NodeKind::Reshape
        | NodeKind::Frame(_)
        | NodeKind::Custom(_)
        | NodeKind::Softmax(_) => None,
    }
}

fn weights(linear: &Linear, taps: usize, outputs: usize) -> Option<&'static str> {
    if linear.bias.len() != outputs || !linear.bias.iter().all(|bias| bias.is_finite()) {
        return Some("a node with biases that do not fit");
    }
    let (weights, values_fit) = match &linear.weights {
        Weights::Latent(latent) => (
            latent.values.len(),
            latent.values.iter().all(|weight| weight.is_finite()),
        ),
        Weights::Quantized(quantized) => {
            let largest = quantized.precision.largest();
            let values = &quantized.values;
            (
                values.len(),
                quantized.scales.len() == outputs
                    && quantized.scales.iter().all(|scale| scale.is_finite())
                    && values
                        .iter()
                        .all(|value| (-largest..=largest).contains(value)),
            )
        }
    };
    (weights != taps * outputs || !values_fit).then_some("a node with weights that do not fit")
}
