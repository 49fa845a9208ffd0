//! Runs a [`Graph`] in floating point: sums in `f64`, activations in `f32`.

use crate::graph::{Graph, NodeKind};

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
        let input = &values[node.input.index()];
        values[node.output.index()] = match &node.kind {
            NodeKind::Dense(dense) => dense::run(dense, input),
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
