//! A batch norm behind a concat joins the branches (R32).

use serde_json::Value;

use super::images::{conv, norm, on_image, passed, relu};
use super::*;

fn of(mut layer: Value, id: &str, inputs: &[&str]) -> Value {
    layer["id"] = json!(id);
    layer["inputs"] = json!(inputs);
    layer
}

/// A norm of four channels.
fn wide_norm(inputs: &[&str]) -> Value {
    let mut layer = of(norm("norm"), "norm", inputs);
    for tensor in ["gamma", "beta", "mean", "variance"] {
        layer["tensors"][tensor] = json!(format!("wide {tensor}"));
    }
    layer
}

fn concat(inputs: &[&str]) -> Value {
    json!({"id": "all", "type": "concat", "inputs": inputs})
}

fn model(layers: &[Value]) -> Model {
    let mut model = on_image(layers);
    let four = |name: &str, values: [f32; 4]| floats(name, &[4], &values);
    model.tensors.extend([
        four("wide gamma", [2.0, -1.0, 0.5, 1.5]),
        four("wide beta", [0.5, 0.0, -0.25, 1.0]),
        four("wide mean", [0.125, 0.25, -0.5, 0.0]),
        four("wide variance", [3.75, 0.75, 0.0, 2.0]),
    ]);
    model
}

fn two_branches() -> Vec<Value> {
    vec![
        of(conv("a"), "a", &["x"]),
        of(conv("b"), "b", &["x"]),
        concat(&["a", "b"]),
    ]
}

#[test]
fn a_norm_joins_the_branches_of_a_concat() {
    let mut layers = two_branches();
    layers.push(wide_norm(&["all"]));
    let graph = passed(&model(&layers));
    assert_eq!(words(&graph), ["conv", "conv", "concat"]);
    // √(3.75 + 0.25) = 2 and √(0.75 + 0.25) = 1; then √0.25 and √2.25.
    assert_eq!(quantized(&graph, 0).scales, [0.5 * 2.0 / 2.0, -0.25]);
    assert_eq!(
        quantized(&graph, 1).scales,
        [0.5 * 0.5 / 0.5, 0.25 * 1.5 / 1.5]
    );
    let bias = &graph.nodes[1].kind.linear().unwrap().bias;
    assert_eq!(bias[..], [-0.25 + (0.125 + 0.5) * 1.0, 1.0]);
    // The norm's range is that of all; a problem of it is one of the norm.
    for node in &graph.nodes {
        let value = graph.value(node.output);
        assert_eq!(value.range.unwrap().high, 2.0);
    }
    for branch in &graph.nodes[..2] {
        let layer = graph.value(branch.output).layer.unwrap();
        assert_eq!(graph.layer(layer).id, "norm");
    }
}

#[test]
fn what_clamps_the_norm_joins_the_branches_too() {
    let mut layers = two_branches();
    layers.extend([wide_norm(&["all"]), relu("act")]);
    let graph = passed(&model(&layers));
    assert_eq!(words(&graph), ["conv+relu", "conv+relu", "concat"]);
    let value = graph.value(graph.nodes[0].output);
    assert_eq!(graph.layer(value.layer.unwrap()).id, "act");
    // Slopes are those of each branch.
    layers.truncate(3);
    layers.extend([
        wide_norm(&["all"]),
        json!({
            "id": "act", "type": "leaky_relu", "slope": 0.25, "range": [-1, 2], "samples": 40,
        }),
    ]);
    let graph = passed(&model(&layers));
    assert_eq!(words(&graph), ["conv+leaky", "conv+leaky", "concat"]);
    let clamp = graph.nodes[1].kind.clamp().unwrap();
    assert_eq!(*clamp, Clamp::Leaky(vec![0.25; 2]));
}

#[test]
fn a_missing_range_of_branches_is_one_problem() {
    let mut layers = two_branches();
    let mut norm = wide_norm(&["all"]);
    for field in ["range", "samples"] {
        norm.as_object_mut().unwrap().remove(field);
    }
    layers.push(norm);
    layers.push(json!({"id": "end", "type": "max_pool2d", "pool": 1}));
    let errors = model(&layers).network().unwrap_err();
    let texts: Vec<String> = errors.iter().map(|error| error.to_string()).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("layer `norm`"), "{texts:?}");
}

/// Every branch must be one of weights that the concat alone reads, and the concat one along the channels that
/// the norm alone reads.
#[test]
fn other_norms_behind_a_concat_stay() {
    // A branch with a clamp.
    let mut layers = two_branches();
    layers[1]["activation"] = json!("relu");
    layers.push(wide_norm(&["all"]));
    let graph = passed(&model(&layers));
    assert_eq!(words(&graph), ["conv", "conv+relu", "concat", "norm"]);
    // One without weights.
    let mut layers = vec![of(conv("a"), "a", &["x"]), concat(&["a", "x"])];
    layers.push(wide_norm(&["all"]));
    let graph = passed(&model(&layers));
    assert_eq!(words(&graph), ["conv", "concat", "norm"]);
    // One that is joined twice.
    let mut layers = vec![of(conv("a"), "a", &["x"]), concat(&["a", "a"])];
    layers.push(wide_norm(&["all"]));
    let graph = passed(&model(&layers));
    assert_eq!(words(&graph), ["conv", "concat", "norm"]);
    // One that is read by somebody else.
    let mut layers = two_branches();
    layers.extend([wide_norm(&["all"]), of(relu("r"), "r", &["b"])]);
    let mut read = model(&layers);
    read.metadata["outputs"] = json!(["norm", "r"]);
    let graph = passed(&read);
    assert!(words(&graph).contains(&"norm"), "{:?}", words(&graph));
    // A concat that is an output.
    let mut layers = two_branches();
    layers.push(wide_norm(&["all"]));
    let mut read = model(&layers);
    read.metadata["outputs"] = json!(["norm", "all"]);
    assert!(words(&passed(&read)).contains(&"norm"));
    // Another axis: two channels, not four.
    let mut layers = two_branches();
    layers[2]["axis"] = json!(0);
    layers.push(of(norm("norm"), "norm", &["all"]));
    let graph = passed(&on_image(&layers));
    assert_eq!(words(&graph), ["conv", "conv", "concat", "norm"]);
}
