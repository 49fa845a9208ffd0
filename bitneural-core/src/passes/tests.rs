use serde_json::json;

use super::*;
use crate::function::{Function, Relu};
use crate::graph::{Clamp, NodeKind, PoolMode, Quantized, Weights};
use crate::reference::float;
use crate::ternarize::Quantizer;
use crate::tests::{Model, bare, floats, mlp};

mod branches;
mod functions;
mod images;

/// The nodes in words.
fn words(graph: &Graph) -> Vec<&'static str> {
    graph
        .nodes
        .iter()
        .map(|node| match &node.kind {
            NodeKind::Dense(dense) => match &dense.linear.clamp {
                clamp if *clamp == Clamp::NONE => "dense",
                Clamp::Clip(0.0, f64::INFINITY) => "dense+relu",
                Clamp::Clip(..) => "dense+clip",
                Clamp::Leaky(_) => "dense+leaky",
            },
            NodeKind::Conv(conv) => match &conv.linear.clamp {
                clamp if *clamp == Clamp::NONE => "conv",
                Clamp::Clip(0.0, f64::INFINITY) => "conv+relu",
                Clamp::Clip(..) => "conv+clip",
                Clamp::Leaky(_) => "conv+leaky",
            },
            NodeKind::Pool(pool) => match &pool.mode {
                PoolMode::Max => "max",
                PoolMode::Average { clamp, .. } if *clamp == Clamp::NONE => "average",
                PoolMode::Average { .. } => "average+clip",
            },
            NodeKind::Recurrent(_) => "recurrent",
            NodeKind::Affine(affine) if affine.clamp == Clamp::NONE => "norm",
            NodeKind::Affine(_) => "norm+clamp",
            NodeKind::LayerNorm(norm) if norm.clamp == Clamp::NONE => "layer norm",
            NodeKind::LayerNorm(_) => "layer norm+clip",
            NodeKind::Activation(functions) if functions.is(Function::Relu(Relu::PLAIN)) => "relu",
            NodeKind::Activation(functions) if functions.is(Function::Sigmoid) => "sigmoid",
            NodeKind::Activation(functions) if functions.0.len() > 1 => "chain",
            NodeKind::Activation(_) => "activation",
            NodeKind::Elementwise(elementwise) if elementwise.clamp == Clamp::NONE => "elementwise",
            NodeKind::Elementwise(_) => "elementwise+clip",
            NodeKind::Embedding(_) => "embedding",
            NodeKind::Concat(_) => "concat",
            NodeKind::Reshape => "reshape",
            NodeKind::Frame(_) => "frame",
            NodeKind::Softmax(_) => "softmax",
            NodeKind::Custom(_) => "custom",
        })
        .collect()
}

/// The quantized weights of a node.
fn quantized(graph: &Graph, node: usize) -> &Quantized {
    match graph.nodes[node]
        .kind
        .linear()
        .map(|linear| &linear.weights)
    {
        Some(Weights::Quantized(quantized)) => quantized,
        other => panic!("{other:?}"),
    }
}

/// The graph behind each pass, in words; each is valid and computes what the one before it computed.
fn passes(model: &Model) -> [Vec<&'static str>; 3] {
    let mut graph = model.built().unwrap();
    quantize_weights(&mut graph, None);
    let elements = graph.interface.inputs[0].shape.elements();
    let inputs: Vec<Vec<f32>> = (0..8)
        .map(|seed| {
            (0..elements)
                .map(|at| ((at * 7 + seed * 5) % 11) as f32 / 5.0 - 1.0)
                .collect()
        })
        .collect();
    let run = |graph: &Graph| -> Vec<Vec<f32>> {
        verify::verify(graph).unwrap();
        inputs
            .iter()
            .map(|input| float::output(graph, input))
            .collect()
    };
    let expected = run(&graph);
    let ternary = words(&graph);
    drop_noops(&mut graph);
    assert_eq!(run(&graph), expected);
    let without_noops = words(&graph);
    fuse_activations(&mut graph);
    // What was rounded between two functions is not any more.
    let pairs = run(&graph).concat().into_iter().zip(expected.concat());
    pairs.for_each(|(found, expected)| assert!((found - expected).abs() <= expected.abs() * 1e-6));
    [ternary, without_noops, words(&graph)]
}

#[test]
fn a_relu_joins_the_dense_layer_before_it() {
    let [_, before, after] = passes(&mlp());
    assert_eq!(before, ["reshape", "dense", "relu", "dense", "softmax"]);
    assert_eq!(after, ["reshape", "dense+relu", "dense", "softmax"]);
}

#[test]
fn the_range_of_a_fused_relu_is_that_behind_it() {
    let mut graph = mlp()
        .with("/layers/2/range", json!([0.0, 1.25]))
        .built()
        .unwrap();
    quantize_weights(&mut graph, None);
    run(&mut graph).unwrap();
    let value = graph.value(graph.nodes[1].output);
    assert_eq!(value.range.unwrap().high, 1.25);
    // A problem of that value is one of the layer that the user gave the range.
    assert_eq!(graph.layer(value.layer.unwrap()).id, "act");
}

#[test]
fn a_flatten_of_a_vector_is_nothing_so_the_relu_behind_it_joins_too() {
    let fc1 = &mlp().metadata["layers"][1];
    let model = mlp()
        .with(
            "/layers",
            json!([
                {"id": "flatten", "type": "flatten"}, fc1, {"id": "again", "type": "flatten"},
                {"id": "act", "type": "relu", "range": [0, 2], "samples": 40},
                {"id": "act2", "type": "relu", "range": [0, 2], "samples": 40},
            ]),
        )
        .with("/outputs", json!(["act2"]))
        .without_tensor("fc2/kernel");
    let [ternary, without_noops, fused] = passes(&model);
    assert_eq!(ternary, ["reshape", "dense", "reshape", "relu", "relu"]);
    assert_eq!(without_noops, ["reshape", "dense", "relu", "relu"]);
    assert_eq!(fused, ["reshape", "dense+relu"]);
}

#[test]
fn a_relu_without_a_dense_layer_before_it_stays() {
    let relu = |id: &str| json!({"id": id, "type": "relu", "range": [0, 1], "samples": 40});
    let flatten = json!({"id": "f", "type": "flatten"});
    let first = bare("keras", &[2, 3], json!([relu("a"), flatten, relu("b")]));
    assert_eq!(passes(&first)[2], ["relu", "reshape", "relu"]);
    let behind_softmax = bare(
        "keras",
        &[3],
        json!([{"id": "p", "type": "softmax"}, relu("a")]),
    );
    assert_eq!(passes(&behind_softmax)[2], ["softmax", "relu"]);
}

#[test]
fn a_relu_does_not_join_a_layer_that_somebody_else_reads() {
    let mut graph = mlp().built().unwrap();
    quantize_weights(&mut graph, None);
    // No file has branches yet: the softmax reads the first dense layer too.
    graph.nodes[4].inputs = vec![graph.nodes[1].output];
    fuse_activations(&mut graph);
    assert_eq!(
        words(&graph),
        ["reshape", "dense", "relu", "dense", "softmax"]
    );
}

#[test]
fn a_network_of_nothing_yields_its_input() {
    let model = bare("keras", &[3], json!([{"id": "f", "type": "flatten"}]));
    assert_eq!(passes(&model), [vec!["reshape"], vec![], vec![]]);
}

#[test]
fn weights_become_trits_by_the_quantizer_of_the_file_or_that_of_the_options() {
    let trits = |model: &Model, quantizer| {
        let mut graph = model.built().unwrap();
        quantize_weights(&mut graph, quantizer);
        quantized(&graph, 3).clone()
    };
    // [inputs, outputs]: columns (0.9, 0.1, -0.9, 0.3) and (1, 1, -1, 1), by channel or together.
    let weights = [0.9, 1.0, 0.1, 1.0, -0.9, -1.0, 0.3, 1.0];
    let model = mlp()
        .with_tensor(floats("fc2/kernel", &[4, 2], &weights))
        .with("/layers/3/quantizer", json!("twn"));
    let by_channel = trits(&model, None);
    // 0.7 · mean(0.55) = 0.385 keeps the two of 0.9.
    assert_eq!(by_channel.values, [1, 0, -1, 0, 1, 1, -1, 1]);
    assert_eq!(by_channel.scales, [f64::from(0.9_f32), 1.0]);
    // 0.5 · 0.55 = 0.275 also keeps 0.3, and the scale is the mean of all.
    let absmean = trits(&model, Some(Quantizer::Absmean));
    assert_eq!(absmean.values, [1, 0, -1, 1, 1, 1, -1, 1]);
    assert!((absmean.scales[0] - 0.55).abs() < 1e-7);
    let together = trits(&model.with("/layers/3/granularity", json!("tensor")), None);
    // 0.7 · mean(0.775) = 0.5425.
    assert_eq!(together.values, [1, 0, -1, 0, 1, 1, -1, 1]);
    assert_eq!(together.scales[0], together.scales[1]);
}

#[test]
fn latent_weights_behind_a_channels_first_flatten_are_reordered_after_they_become_trits() {
    let mut model = bare(
        "torch",
        &[2, 2],
        json!([{"id": "flatten", "type": "flatten"}, {
            "id": "fc", "type": "dense", "range": [-1, 1], "samples": 1, "tensors": {"kernel": "w"},
        }]),
    );
    // a0 a1 b0 b1 of the file are a0 b0 a1 b1 on the device.
    model.tensors = vec![floats("w", &[1, 4], &[0.9, -0.8, 0.1, 0.7])];
    let mut graph = model.built().unwrap();
    quantize_weights(&mut graph, None);
    assert_eq!(quantized(&graph, 1).values, [1, 0, -1, 1]);
}
