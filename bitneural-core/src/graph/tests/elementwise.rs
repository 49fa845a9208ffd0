//! Layers of several inputs: which shapes go together, and in which order their elements lie.

use serde_json::{Value, json};

use crate::graph::{Clamp, Function, Graph, NodeKind};
use crate::tests::{bare, floats, problems};

fn two(kind: &str, inputs: [&str; 2]) -> Value {
    json!({"id": kind, "type": kind, "inputs": inputs, "range": [-1.0, 1.0], "samples": 40})
}

/// `x` → `means`, one a channel; `kind` of both, in the given order.
fn with_means(kind: &str, shape: &[usize], inputs: [&str; 2]) -> Result<Graph, Vec<String>> {
    let means =
        json!({"id": "means", "type": "global_average_pool2d", "range": [0, 1], "samples": 40});
    let model = bare("torch", shape, json!([means, two(kind, inputs)]));
    model.built().map_err(|errors| problems(&errors))
}

#[test]
fn a_value_of_one_element_a_channel_is_repeated() {
    for kind in ["add", "subtract", "multiply", "maximum", "minimum"] {
        for inputs in [["x", "means"], ["means", "x"]] {
            // Channels first in the file: the shape is that of the image all the same.
            let graph = with_means(kind, &[3, 4, 5], inputs).unwrap();
            let output = &graph.value(graph.outputs[0]).shape;
            assert_eq!(output.0, [4, 5, 3], "{kind} of {inputs:?}");
        }
    }
    let found = with_means("average", &[3, 4, 5], ["x", "means"]);
    let expected = "layer `average`: the inputs `x` and `means` do not fit together";
    assert_eq!(found, Err(vec![expected.to_owned()]));
}

#[test]
fn an_activation_of_a_sum_is_its_clamp() {
    let sum = json!({
        "id": "sum", "type": "add", "inputs": ["x", "x"], "activation": "relu6", "range": [0, 2],
        "samples": 40,
    });
    let graph = bare("keras", &[4], json!([sum])).built().unwrap();
    let NodeKind::Elementwise(node) = &graph.nodes[0].kind else {
        panic!("{:?}", graph.nodes[0].kind)
    };
    assert_eq!(node.function, Function::Add);
    assert_eq!(node.clamp, Clamp::Clip(0.0, 6.0));
}

#[test]
fn an_axis_is_that_of_the_file() {
    let joined = |layout: &str, axis: Value| -> Vec<usize> {
        let layer = json!({"id": "both", "type": "concat", "inputs": ["x", "x"], "axis": axis});
        let graph = bare(layout, &[2, 3, 5], json!([layer])).built().unwrap();
        let NodeKind::Concat(concat) = &graph.nodes[0].kind else {
            panic!("{:?}", graph.nodes[0].kind)
        };
        let mut found = graph.value(graph.outputs[0]).shape.0.clone();
        found.push(concat.rounds);
        found
    };
    // Channels last, and behind them how many pieces each value is cut into.
    assert_eq!(joined("keras", json!(null)), [2, 3, 10, 6]);
    assert_eq!(joined("keras", json!(-1)), [2, 3, 10, 6]);
    assert_eq!(joined("keras", json!(1)), [2, 6, 5, 2]);
    assert_eq!(joined("keras", json!(-3)), [4, 3, 5, 1]);
    assert_eq!(joined("torch", json!(null)), [3, 5, 4, 15]);
    assert_eq!(joined("torch", json!(0)), [3, 5, 4, 15]);
    assert_eq!(joined("torch", json!(1)), [6, 5, 2, 1]);
    assert_eq!(joined("torch", json!(-1)), [3, 10, 2, 3]);
}

#[test]
fn an_axis_beyond_those_of_the_inputs_is_refused() {
    let layer = json!({"id": "both", "type": "concat", "inputs": ["x", "x"], "axis": -2});
    let errors = bare("keras", &[4], json!([layer])).built().unwrap_err();
    let found = errors
        .iter()
        .next()
        .and_then(|error| error.kind.expected_and_found());
    let expected = "-1 to 0: its inputs have 1 axes, the batch apart".to_owned();
    assert_eq!(found, Some((expected, "-2".to_owned())));
}

/// Two flattens of images, the second as large as the first but for `shape`, and a layer of both.
fn behind_flattens(layer: Value, dense: bool) -> Result<Graph, Vec<String>> {
    let mut layers = vec![
        json!({"id": "flat", "type": "flatten", "inputs": ["x"]}),
        json!({"id": "relu", "type": "relu", "range": [0, 1], "samples": 40}),
        layer,
    ];
    if dense {
        layers.push(json!({
            "id": "fc", "type": "dense", "range": [0, 1], "samples": 40, "tensors": {"kernel": "k"},
        }));
    }
    let mut model = bare("torch", &[2, 2, 3], json!(layers));
    if dense {
        model = model.with_tensor(floats("k", &[1, 12], &[1.0; 12]));
    }
    model.built().map_err(|errors| problems(&errors))
}

#[test]
fn values_behind_a_flatten_join_in_its_order() {
    let sum = two("add", ["flat", "relu"]);
    assert!(behind_flattens(sum.clone(), true).is_ok());
    let found = behind_flattens(sum, false).unwrap_err();
    assert_eq!(
        found,
        ["layer `add`: a network that ends in a channels-first `flatten` is not supported"]
    );
    let both = json!({"id": "both", "type": "concat", "inputs": ["flat", "relu"]});
    assert_eq!(
        behind_flattens(both, false).unwrap_err(),
        ["layer `both`: behind a channels-first flatten, the layer type `concat` is not supported"]
    );
}

#[test]
fn values_of_different_orders_do_not_join() {
    let layers = json!([
        {"id": "flat", "type": "flatten", "inputs": ["x"]},
        {"id": "vector", "type": "flatten", "inputs": ["y"]},
        two("add", ["flat", "vector"]),
    ]);
    let mut model = bare("torch", &[2, 2, 3], layers);
    let inputs = model.metadata["inputs"].as_array_mut().unwrap();
    let mut second = inputs[0].clone();
    (second["id"], second["shape"]) = (json!("y"), json!([3, 2, 2]));
    inputs.push(second);
    assert_eq!(
        problems(&model.built().unwrap_err()),
        [
            "layer `add`: behind channels-first flattens of different shapes, the layer type `add` is not supported"
        ]
    );
}
