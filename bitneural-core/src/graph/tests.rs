use serde_json::json;

use super::verify::verify;
use super::*;
use crate::tests::{Model, bare, floats, mlp, problems, trits};

mod elementwise;
mod embedding;
mod images;
mod input;
mod recurrent;

/// The problems of a file whose graph cannot be built.
fn refused(model: &Model) -> Vec<String> {
    problems(&model.built().unwrap_err())
}

fn dense(graph: &Graph, node: usize) -> &Dense {
    match &graph.nodes[node].kind {
        NodeKind::Dense(dense) => dense,
        other => panic!("{other:?}"),
    }
}

fn quantized(dense: &Dense) -> &Quantized {
    match &dense.linear.weights {
        Weights::Quantized(quantized) => quantized,
        Weights::Latent(latent) => panic!("{latent:?}"),
    }
}

#[test]
fn layers_become_nodes_with_shapes() {
    let graph = mlp().built().unwrap();
    let shapes: Vec<_> = graph
        .nodes
        .iter()
        .map(|node| {
            let shape = |id| graph.value(id).shape.0.as_slice();
            (shape(node.input()), shape(node.output))
        })
        .collect();
    let expected: [(&[usize], &[usize]); 5] = [
        (&[2, 3], &[6]),
        (&[6], &[4]),
        (&[4], &[4]),
        (&[4], &[2]),
        (&[2], &[2]),
    ];
    assert_eq!(shapes, expected);
    assert_eq!(graph.macs(), 6 * 4 + 4 * 2);
    assert_eq!(graph.interface.outputs[0].shape.0, [2]);
    // Keras kernels are [inputs, outputs]; trits are [outputs][inputs].
    assert_eq!(quantized(dense(&graph, 1)).values[..6], [1, 0, 1, 0, -1, 1]);
    assert_eq!(dense(&graph, 1).linear.bias[1], f64::from(-0.1_f32));
    assert_eq!(dense(&graph, 3).linear.bias, [0.0, 0.0]);
}

#[test]
fn a_scale_may_stand_for_all_outputs_and_a_softmax_may_be_an_activation() {
    let model = mlp()
        .with_tensor(floats("fc1/scale", &[1], &[0.5]))
        .with("/layers/3/activation", json!("softmax"));
    let graph = model.built().unwrap();
    assert_eq!(quantized(dense(&graph, 1)).scales, [0.5; 4]);
    assert!(matches!(graph.nodes[4].kind, NodeKind::Softmax(_)));
    assert_eq!(graph.nodes[4].layer, graph.nodes[3].layer);
}

/// `[channels, positions…]` in the order of PyTorch, a dense layer behind its flatten whose one output
/// reads input `i` of the file with weight `weights[i]`.
fn channels_first(shape: &[usize], weights: &[i8]) -> Model {
    let mut model = bare(
        "torch",
        shape,
        json!([{"id": "flatten", "type": "flatten"}, {
            "id": "fc", "type": "dense", "range": [-1, 1], "samples": 1,
            "tensors": {"kernel": "fc.weight", "scale": "fc.scale"},
        }]),
    );
    model.tensors = vec![
        trits("fc.weight", &[1, weights.len()], weights),
        floats("fc.scale", &[1], &[1.0]),
    ];
    model
}

#[test]
fn a_channels_first_flatten_reorders_the_weights_behind_it() {
    // Two channels of three steps: the file has a0 a1 a2 b0 b1 b2, the device a0 b0 a1 b1 a2 b2.
    let graph = channels_first(&[2, 3], &[1, 0, -1, -1, 1, 0])
        .built()
        .unwrap();
    assert_eq!(graph.interface.inputs[0].shape.0, [3, 2]);
    assert_eq!(quantized(dense(&graph, 1)).values, [1, -1, 0, 1, -1, 0]);
    // Two channels of 1×2 pixels; the same, now with a height.
    let graph = channels_first(&[2, 1, 2], &[1, 0, -1, -1]).built().unwrap();
    assert_eq!(graph.interface.inputs[0].shape.0, [1, 2, 2]);
    assert_eq!(quantized(dense(&graph, 1)).values, [1, -1, 0, -1]);
    // One channel, or one position: nothing moves.
    for shape in [[1, 4], [4, 1]] {
        let graph = channels_first(&shape, &[1, 0, -1, -1]).built().unwrap();
        assert_eq!(quantized(dense(&graph, 1)).values, [1, 0, -1, -1]);
    }
}

#[test]
fn a_relu_or_a_second_flatten_does_not_lose_the_order() {
    let mut model = channels_first(&[2, 3], &[1, 0, -1, -1, 1, 0]);
    let fc = model.metadata["layers"][1].clone();
    model = model.with(
        "/layers",
        json!([
            {"id": "flatten", "type": "flatten"}, {"id": "again", "type": "flatten"},
            {"id": "relu", "type": "relu", "range": [0, 1], "samples": 1}, fc,
        ]),
    );
    let graph = model.built().unwrap();
    assert_eq!(quantized(dense(&graph, 3)).values, [1, -1, 0, 1, -1, 0]);
}

#[test]
fn a_channels_first_flatten_at_the_end_is_refused() {
    let end = bare(
        "torch",
        &[2, 3],
        json!([{"id": "flatten", "type": "flatten"}]),
    );
    assert_eq!(
        refused(&end),
        ["layer `flatten`: a network that ends in a channels-first `flatten` is not supported"]
    );
    assert!(
        bare("keras", &[2, 3], json!([{"id": "f", "type": "flatten"}]))
            .built()
            .is_ok()
    );
    // Where the layer behind it cannot be built, that alone is the problem.
    let broken = channels_first(&[2, 3], &[1, 0, -1, -1, 1, 0]).without_tensor("fc.weight");
    assert_eq!(
        refused(&broken),
        ["layer `fc`, tensor `fc.weight`: a tensor is missing"]
    );
}

#[test]
fn all_problems_of_all_layers_are_reported_at_once() {
    let model = mlp()
        .without_tensor("fc1/bias")
        .with_tensor(trits("fc1/kernel", &[6, 4], &[2; 24]))
        .with_tensor(floats("fc1/scale", &[2], &[1.0; 2]))
        .with_tensor(floats("fc2/kernel", &[4, 3], &[1.0; 12]));
    assert_eq!(
        refused(&model),
        [
            "layer `fc1`, tensor `fc1/scale`: the tensor has the wrong shape",
            "layer `fc1`, tensor `fc1/bias`: a tensor is missing",
            "layer `fc1`, tensor `fc1/kernel`: the tensor holds 2 at index 0, which is no trit",
            "layer `fc2`, tensor `fc2/kernel`: the tensor has the wrong shape",
        ]
    );
}

#[test]
fn each_wrong_tensor_is_found() {
    let nan = floats("fc2/kernel", &[4, 2], &[f32::NAN; 8]);
    let cases = [
        (
            mlp().with_tensor(nan),
            "layer `fc2`, tensor `fc2/kernel`: the tensor holds NaN at index 0",
        ),
        (
            mlp().with_tensor(trits("fc1/kernel", &[6, 4], &[2; 24])),
            "layer `fc1`, tensor `fc1/kernel`: the tensor holds 2 at index 0, which is no trit",
        ),
        (
            mlp().with_tensor(floats("fc1/kernel", &[6, 4], &[0.5; 24])),
            "layer `fc1`, tensor `fc1/kernel`: the tensor has the wrong element type",
        ),
        (
            mlp().with_tensor(trits("fc2/kernel", &[4, 2], &[1; 8])),
            "layer `fc2`, tensor `fc2/kernel`: the field `scale` is missing",
        ),
        (
            mlp().with_tensor(trits("fc1/bias", &[4], &[1; 4])),
            "layer `fc1`, tensor `fc1/bias`: the tensor has the wrong element type",
        ),
        (
            mlp().with_tensor(floats("fc1/bias", &[1], &[1.0])),
            "layer `fc1`, tensor `fc1/bias`: the tensor has the wrong shape",
        ),
        (
            mlp().with("/labels", json!(["one"])),
            "metadata field `labels`: the number of labels is not the number of outputs",
        ),
    ];
    for (model, expected) in cases {
        assert_eq!(refused(&model), [expected]);
    }
}

#[test]
fn units_or_a_layout_that_do_not_fit_the_tensors_are_found() {
    let wrong = |layer: &str, tensor: &str| {
        format!("layer `{layer}`, tensor `{layer}/{tensor}`: the tensor has the wrong shape")
    };
    // `units` is what the other tensors, and the layer behind, are held to.
    let units = mlp().with("/layers/1/units", json!(5));
    assert_eq!(
        refused(&units),
        [
            wrong("fc1", "kernel"),
            wrong("fc1", "scale"),
            wrong("fc1", "bias"),
            wrong("fc2", "kernel")
        ]
    );
    let layout = mlp().with("/layout", json!("torch"));
    assert_eq!(
        refused(&layout),
        [wrong("fc1", "kernel"), wrong("fc2", "kernel")]
    );
}

#[test]
fn an_unused_tensor_is_found_once_all_layers_are_read() {
    let stray = mlp().with_tensor(floats("stray", &[1], &[0.0]));
    assert_eq!(
        refused(&stray),
        ["tensor `stray`: no layer uses this tensor"]
    );
    let calibration = mlp().with_tensor(floats("calibration.input", &[6], &[0.0; 6]));
    assert!(calibration.built().is_ok());
}

#[test]
fn a_matrix_goes_through_a_flatten_first() {
    let fc = channels_first(&[1, 4], &[1, 0, -1, -1]);
    let layers = json!([fc.metadata["layers"][1]]);
    assert_eq!(
        refused(&fc.with("/layers", layers)),
        ["layer `fc`: the layer cannot read its input"]
    );
    let softmax = bare("keras", &[2, 2], json!([{"id": "p", "type": "softmax"}]));
    assert_eq!(
        refused(&softmax),
        ["layer `p`: the layer cannot read its input"]
    );
    let classes = bare(
        "keras",
        &[MOST_CLASSES + 1],
        json!([{"id": "p", "type": "softmax"}]),
    );
    assert_eq!(
        refused(&classes),
        ["layer `p`: the number of classes is too large"]
    );
}

#[test]
fn verify_finds_each_broken_invariant() {
    type Break = fn(&mut Graph);
    fn of(graph: &mut Graph, node: usize) -> &mut Dense {
        match &mut graph.nodes[node].kind {
            NodeKind::Dense(dense) => dense,
            other => panic!("{other:?}"),
        }
    }
    fn trits(graph: &mut Graph) -> &mut Quantized {
        match &mut of(graph, 1).linear.weights {
            Weights::Quantized(quantized) => quantized,
            Weights::Latent(_) => panic!("a layer of trits"),
        }
    }
    fn latent(graph: &mut Graph) -> &mut Latent {
        match &mut of(graph, 3).linear.weights {
            Weights::Latent(latent) => latent,
            Weights::Quantized(_) => panic!("a layer of floats"),
        }
    }
    let cases: &[(Break, &str)] = &[
        // 1
        (|g| g.nodes.swap(1, 2), "reads a value that nothing yields"),
        (
            |g| g.nodes[0].inputs = vec![ValueId(99)],
            "reads a value that nothing yields",
        ),
        (|g| g.inputs[0] = ValueId(99), "an input is no value"),
        // 2
        (
            |g| g.nodes[2].output = g.nodes[1].output,
            "yields no value, or one that exists",
        ),
        (
            |g| g.nodes[4].output = ValueId(99),
            "yields no value, or one that exists",
        ),
        (
            |g| g.nodes[3].inputs = vec![g.nodes[1].output],
            "yields a value that nobody reads",
        ),
        (
            |g| g.outputs[0] = ValueId(99),
            "yields a value that nobody reads",
        ),
        (
            |g| {
                g.nodes.truncate(3);
                g.outputs[0] = ValueId(4)
            },
            "yields a value that nobody reads",
        ),
        (
            |g| {
                g.nodes.clear();
            },
            "nothing yields an output",
        ),
        (|g| g.nodes[0].layer = LayerId(99), "belongs to no layer"),
        // 3
        (|g| of(g, 1).inputs = 5, "between shapes that do not fit"),
        (
            |g| g.values[2].shape = Shape(vec![2, 2]),
            "between shapes that do not fit",
        ),
        (
            |g| g.values[3].shape = Shape(vec![2, 2]),
            "element-wise node that changes the shape",
        ),
        (
            |g| g.values[5].shape = Shape(vec![1, 2]),
            "element-wise node that changes the shape",
        ),
        (
            |g| g.values[0].shape = Shape(vec![2, 4]),
            "reshape that changes the number",
        ),
        // 4
        (
            |g| {
                of(g, 1).linear.bias.pop();
            },
            "biases that do not fit",
        ),
        (
            |g| of(g, 1).linear.bias[0] = f64::INFINITY,
            "biases that do not fit",
        ),
        (
            |g| {
                trits(g).values.pop();
            },
            "weights that do not fit",
        ),
        (|g| trits(g).values[0] = 2, "weights that do not fit"),
        (
            |g| {
                trits(g).scales.pop();
            },
            "weights that do not fit",
        ),
        (|g| trits(g).scales[0] = f64::NAN, "weights that do not fit"),
        (
            |g| {
                latent(g).values.pop();
            },
            "weights that do not fit",
        ),
        (
            |g| latent(g).values[0] = f32::NAN,
            "weights that do not fit",
        ),
        // 5
        (
            |g| g.interface.inputs[0].shape = Shape(vec![3, 2]),
            "other shapes than the graph",
        ),
        (
            |g| g.interface.outputs[0].shape = Shape(vec![3]),
            "other shapes than the graph",
        ),
    ];
    let valid = mlp().built().unwrap();
    assert_eq!(verify(&valid), Ok(()));
    for (index, (break_it, expected)) in cases.iter().enumerate() {
        let mut graph = valid.clone();
        break_it(&mut graph);
        let found = verify(&graph).expect_err("a broken invariant");
        assert!(found.contains(expected), "case {index}: {found}");
    }
}
