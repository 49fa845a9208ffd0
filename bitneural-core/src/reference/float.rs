//! Runs a [`Graph`] in floating point: sums in `f64`, activations in `f32`.

use crate::graph::{Graph, Linear, NodeKind, Weights};

mod conv;
mod dense;
mod softmax;

/// All values of one inference, by [`ValueId`](crate::ids::ValueId); empty for values that no node
/// yields any more.
pub type Values = Vec<Vec<f32>>;

/// The input as the network sees it: `(x − mean) / std`, by channel.
pub fn normalize(graph: &Graph, input: &[f32]) -> Vec<f32> {
    let (mean, std) = (&graph.interface.mean, &graph.interface.std);
    let channels = mean.len().max(std.len()).max(1);
    let pick = |list: &[f64], channel: usize| list.get(channel).or(list.first()).copied();
    input
        .iter()
        .enumerate()
        .map(|(index, &x)| {
            let channel = index % channels;
            let (mean, std) = (
                pick(mean, channel).unwrap_or(0.0),
                pick(std, channel).unwrap_or(1.0),
            );
            ((f64::from(x) - mean) / std) as f32
        })
        .collect()
}

/// Runs the graph on `input` (one element for each element of the input's shape, channels last, not
/// normalized) and returns every value.
///
/// # Panics
/// If `input` has another length, or the weights are not ternary yet.
pub fn run(graph: &Graph, input: &[f32]) -> Values {
    assert_eq!(
        input.len(),
        graph.value(graph.input).shape.elements(),
        "length of the input"
    );
    let mut values = vec![Vec::new(); graph.values.len()];
    values[graph.input.index()] = normalize(graph, input);
    for node in &graph.nodes {
        let node_input = node.input;
        let input = &values[node_input.index()];
        values[node.output.index()] = match &node.kind {
            NodeKind::Dense(dense) => dense::run(dense, input),
            NodeKind::Conv(node) => conv::run(node, input),
            NodeKind::Pool(node) => {
                conv::pool(node, graph.value(node_input).shape.channels(), input)
            }
            NodeKind::Affine(affine) => conv::affine(affine, input),
            NodeKind::Activation(function) => input
                .iter()
                .map(|&x| function.apply(f64::from(x)) as f32)
                .collect(),
            NodeKind::Reshape => input.clone(),
            NodeKind::Softmax(_) => softmax::run(input),
        };
    }
    values
}

/// The output for `input`: see [`run`].
pub fn output(graph: &Graph, input: &[f32]) -> Vec<f32> {
    let mut values = run(graph, input);
    std::mem::take(&mut values[graph.output.index()])
}

/// A weight without its scale.
///
/// # Panics
/// If the passes have not run.
fn weight(linear: &Linear, index: usize) -> f64 {
    match &linear.weights {
        Weights::Quantized(quantized) => quantized.values[index].into(),
        Weights::Latent(_) => panic!("the passes have not run"),
    }
}

/// The output of channel `c` for a sum over weights without scales.
fn finish(linear: &Linear, c: usize, sum: f64) -> f32 {
    let Weights::Quantized(quantized) = &linear.weights else {
        panic!("the passes have not run")
    };
    linear
        .clamp
        .apply(c, sum * quantized.scales[c] + linear.bias[c]) as f32
}
