//! Runs a [`Graph`] in floating point: sums in `f64`, activations in `f32`; with the weights of the
//! file where they are not quantized yet.

use crate::graph::{Graph, Input, Linear, NodeKind};

mod conv;
mod custom;
mod dense;
mod elementwise;
mod embedding;
mod norm;
mod recurrent;
mod shape;
mod softmax;

/// All values of one inference, by [`ValueId`](crate::ids::ValueId); empty for values that no node
/// yields any more.
pub type Values = Vec<Vec<f32>>;

/// An input as the network sees it: `(x − mean) / std`, by channel.
pub fn normalize(port: &Input, input: &[f32]) -> Vec<f32> {
    let (mean, std) = (&port.mean, &port.std);
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

/// Runs the graph on `input` (one element for each element of the inputs' shapes, an input after the
/// other, channels last, not normalized) and returns every value.
///
/// # Panics
/// If `input` has another length, or the graph has a custom layer whose op is not registered: see
/// [`Graph::check_ops`].
pub fn run(graph: &Graph, input: &[f32]) -> Values {
    assert_eq!(
        input.len(),
        graph.interface.input_elements(),
        "length of the inputs"
    );
    let mut values = vec![Vec::new(); graph.values.len()];
    let mut left = input;
    for (id, port) in graph.inputs.iter().zip(&graph.interface.inputs) {
        let (own, rest) = left.split_at(port.shape.elements());
        values[id.index()] = normalize(port, own);
        left = rest;
    }
    for node in &graph.nodes {
        let node_input = node.input();
        let input = &values[node_input.index()];
        values[node.output.index()] = match &node.kind {
            NodeKind::Dense(dense) => dense::run(dense, input),
            NodeKind::Conv(node) => conv::run(node, input),
            NodeKind::Pool(node) => {
                conv::pool(node, graph.value(node_input).shape.channels(), input)
            }
            NodeKind::Recurrent(node) => {
                let (output, cells) = recurrent::run(node, input);
                if let Some(id) = node.cell_value {
                    values[id.index()] = cells;
                }
                output
            }
            NodeKind::Affine(affine) => conv::affine(affine, input),
            NodeKind::LayerNorm(norm) => norm::run(norm, input),
            NodeKind::Activation(functions) => input
                .iter()
                .map(|&x| functions.apply(f64::from(x)) as f32)
                .collect(),
            NodeKind::Elementwise(elementwise) => {
                let read = node.inputs.iter().map(|id| values[id.index()].as_slice());
                elementwise::run(elementwise, &read.collect::<Vec<_>>())
            }
            NodeKind::Embedding(node) => embedding::run(node, input),
            NodeKind::Concat(concat) => {
                let read = node.inputs.iter().map(|id| values[id.index()].as_slice());
                elementwise::concat(concat.rounds, &read.collect::<Vec<_>>())
            }
            NodeKind::Reshape => input.clone(),
            NodeKind::Frame(frame) => {
                shape::run(*frame, graph.value(node_input).shape.channels(), input)
            }
            NodeKind::Softmax(_) => softmax::run(input),
            NodeKind::Custom(custom) => custom::run(graph, node, custom, &values),
        };
    }
    values
}

/// The outputs for `input`, one after the other: see [`run`].
pub fn output(graph: &Graph, input: &[f32]) -> Vec<f32> {
    let values = run(graph, input);
    let outputs = graph.outputs.iter().map(|id| values[id.index()].as_slice());
    outputs.collect::<Vec<_>>().concat()
}

/// The weights of a node, ready for sums.
struct Rows {
    /// Without scales: `[outputs][taps]`.
    weights: Vec<f64>,
    /// The scale of each output.
    scales: Vec<f64>,
}

impl Rows {
    fn new(linear: &Linear, outputs: usize) -> Self {
        let (weights, scales) = linear.weights.unscaled(outputs);
        Self { weights, scales }
    }

    /// The output of channel `c` for a sum over weights without scales.
    fn finish(&self, linear: &Linear, c: usize, sum: f64) -> f32 {
        linear.clamp.apply(c, sum * self.scales[c] + linear.bias[c]) as f32
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::writer::{NamedTensor, TensorData, model_bytes};
    use crate::{graph, passes, source};

    /// Trits times a half: quantized or not, the network is the same.
    fn kernel(name: &str, shape: &[usize]) -> NamedTensor {
        let weights = (0..shape.iter().product::<usize>()).map(|i| ((i * i + i / 3) % 3) as f32);
        NamedTensor {
            name: name.to_owned(),
            shape: shape.to_vec(),
            data: TensorData::F32(weights.map(|digit| (digit - 1.0) / 2.0).collect()),
        }
    }

    #[test]
    fn weights_of_the_file_run_as_they_are() {
        let metadata = json!({
            "version": 1, "name": "exact", "layout": "torch", "outputs": ["fc"],
            "inputs": [{"id": "x", "shape": [2, 3, 3]}],
            "layers": [
                {"id": "conv", "type": "conv2d", "kernel": 2, "tensors": {"kernel": "conv"}},
                {"id": "flatten", "type": "flatten"},
                {"id": "fc", "type": "dense", "tensors": {"kernel": "fc"}},
            ],
        });
        let tensors = [kernel("conv", &[3, 2, 2, 2]), kernel("fc", &[2, 12])];
        let bytes = model_bytes(&metadata, &tensors).unwrap();
        let mut graph = graph::build(&source::read(&bytes).unwrap()).unwrap();
        let input: Vec<f32> = (0..18).map(|i| (i * i % 11) as f32 / 8.0).collect();
        let latent = run(&graph, &input);
        passes::quantize_weights(&mut graph, None);
        assert_eq!(latent, run(&graph, &input));
        // The first sum by hand: channels, then positions, as the file has them.
        let seen = [0, 1, 3, 4, 9, 10, 12, 13].map(|i| [i / 9, i % 9]);
        let TensorData::F32(weights) = &tensors[0].data else {
            unreachable!("as made above")
        };
        let products = seen.iter().zip(weights);
        let sum: f32 = products
            .map(|([channel, position], weight)| weight * input[position * 2 + channel])
            .sum();
        assert_eq!(latent[1][0], sum);
    }
}
