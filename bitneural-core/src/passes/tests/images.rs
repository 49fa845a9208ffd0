//! Norms, activations and pools find the layer that they join.

use serde_json::Value;

use super::*;
use crate::compile;
use crate::options::{Activations, Options};
use crate::tests::trits;

/// The graph behind all passes; it computes what the graph before them does.
pub(super) fn passed(model: &Model) -> Graph {
    let mut graph = model.built().unwrap();
    quantize_weights(&mut graph, None);
    let before = graph.clone();
    run(&mut graph).unwrap();
    let elements = graph.interface.inputs[0].shape.elements();
    for seed in 0..8 {
        let input: Vec<f32> = (0..elements)
            .map(|at| ((at * 7 + seed * 5) % 11) as f32 / 5.0 - 1.0)
            .collect();
        let (expected, found) = (
            float::output(&before, &input),
            float::output(&graph, &input),
        );
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-4 * a.abs().max(1.0);
        assert!(
            expected.len() == found.len() && expected.iter().zip(&found).all(near),
            "{expected:?} {found:?}"
        );
    }
    graph
}

pub(super) fn relu(id: &str) -> Value {
    json!({"id": id, "type": "relu", "range": [0, 2], "samples": 40})
}

fn leaky(id: &str) -> Value {
    json!({"id": id, "type": "leaky_relu", "slope": 0.25, "range": [-1, 2], "samples": 40})
}

pub(super) fn norm(id: &str) -> Value {
    json!({
        "id": id, "type": "batch_norm", "epsilon": 0.25, "range": [-2, 2], "samples": 40,
        "tensors": {"gamma": "gamma", "beta": "beta", "mean": "mean", "variance": "variance"},
    })
}

pub(super) fn conv(id: &str) -> Value {
    json!({
        "id": id, "type": "conv2d", "kernel": 2, "padding": "same", "range": [-3, 2.5], "samples": 40,
        "tensors": {"kernel": "kernel", "scale": "scale", "bias": "bias"},
    })
}

/// Layers on an image `[3, 3, 2]`, with what tensors they name: two channels throughout.
pub(super) fn on_image(layers: &[Value]) -> Model {
    let mut model = bare("keras", &[3, 3, 2], json!(layers));
    let named = |name: &str| {
        layers.iter().any(|layer| {
            layer["tensors"]
                .as_object()
                .is_some_and(|tensors| tensors.values().any(|n| n == name))
        })
    };
    let pair = |name: &str, values: [f32; 2]| floats(name, &[2], &values);
    let kernel = [1, 0, -1, 1, 0, 1, 1, -1, -1, -1, 0, 1, 1, 1, 0, 0];
    let all = [
        trits("kernel", &[2, 2, 2, 2], &kernel),
        pair("scale", [0.5, 0.25]),
        pair("bias", [0.125, 0.0]),
        pair("gamma", [2.0, -1.0]),
        pair("beta", [0.5, 0.0]),
        pair("mean", [0.125, 0.25]),
        pair("variance", [3.75, 0.75]),
        pair("slope", [0.5, -0.25]),
    ];
    model.tensors = all
        .into_iter()
        .filter(|tensor| named(&tensor.name))
        .collect();
    model
}

#[test]
fn a_norm_joins_the_convolution_before_it_also_with_a_negative_factor() {
    let graph = passed(&on_image(&[conv("c"), norm("n")]));
    assert_eq!(words(&graph), ["conv"]);
    let linear = graph.nodes[0].kind.linear().unwrap();
    // A = γ / √(variance + ε) = 2/2 and −1/1; a = s_w·A.
    assert_eq!(quantized(&graph, 0).scales, [0.5, -0.25]);
    // b = β + (b0 − μ)·A.
    assert_eq!(linear.bias, [0.5, 0.25]);
    // The trits stay as they were: the sign is the scale's.
    let mut before = on_image(&[conv("c"), norm("n")]).built().unwrap();
    quantize_weights(&mut before, None);
    assert_eq!(quantized(&graph, 0).values, quantized(&before, 0).values);
    // The range is that behind the norm.
    assert_eq!(graph.value(graph.outputs[0]).range.unwrap().low, -2.0);
    let twice = passed(&on_image(&[conv("c"), norm("n"), norm("again")]));
    assert_eq!(words(&twice), ["conv"]);
}

#[test]
fn a_norm_without_a_free_layer_right_before_it_stays() {
    let behind = |layers: &[Value]| words(&passed(&on_image(layers)));
    // In front of a padded layer it would change what the padding stands for.
    assert_eq!(behind(&[norm("n"), conv("c")]), ["norm", "conv"]);
    assert_eq!(
        behind(&[conv("c"), relu("r"), norm("n")]),
        ["conv+relu", "norm"]
    );
    let mut fused = conv("c");
    fused["activation"] = json!("relu");
    assert_eq!(behind(&[fused, norm("n")]), ["conv+relu", "norm"]);
    let pool = json!({"id": "p", "type": "max_pool2d", "pool": 2, "stride": 1});
    assert_eq!(
        behind(&[conv("c"), pool, norm("n")]),
        ["conv", "max", "norm"]
    );
}

#[test]
fn a_norm_does_not_join_a_layer_that_somebody_else_reads() {
    let mut graph = on_image(&[conv("c"), norm("n"), relu("r")])
        .built()
        .unwrap();
    quantize_weights(&mut graph, None);
    // No file has branches yet.
    graph.nodes[2].inputs = vec![graph.nodes[0].output];
    fold_affines(&mut graph);
    assert_eq!(words(&graph), ["conv", "norm", "relu"]);
}

/// Numbers of a file whose product is none: what is wrong is wrong with the file.
#[test]
fn a_norm_that_would_leave_no_number_stays_apart() {
    let steep = |id: &str| {
        let mut layer = norm(id);
        layer["epsilon"] = json!(1e-300);
        layer
    };
    let layers = [conv("c"), steep("a"), steep("b"), steep("d")];
    let model = on_image(&layers)
        .with_tensor(floats("scale", &[1], &[3e38]))
        .with_tensor(floats("gamma", &[2], &[3e38, 3e38]))
        .with_tensor(floats("variance", &[2], &[0.0, 0.0]));
    let mut graph = model.built().unwrap();
    quantize_weights(&mut graph, None);
    run(&mut graph).unwrap();
    assert_eq!(words(&graph), ["conv", "norm", "norm"]);
    for activations in [Activations::U8, Activations::F32] {
        let options = Options {
            activations,
            ..Options::default()
        };
        let errors = compile(&model.bytes(), &options).unwrap_err();
        let text = errors.to_string();
        assert!(
            !text.contains("a bug of the compiler") && text.contains("layer `"),
            "{text}"
        );
    }
}

#[test]
fn an_activation_behind_a_max_pool_moves_in_front_of_it() {
    let pool = json!({"id": "p", "type": "max_pool2d", "pool": 2, "stride": 1});
    let layers = [conv("c"), pool.clone(), relu("r")];
    let graph = passed(&on_image(&layers));
    assert_eq!(words(&graph), ["conv+relu", "max"]);
    // What is between them now has the range of the image, activated: [−3, 2.5] → [0, 2.5].
    let between = graph.value(graph.nodes[0].output);
    let range = between.range.unwrap();
    assert_eq!((range.low, range.high), (0.0, 2.5));
    assert_eq!(between.shape.0, [3, 3, 2]);
    assert_eq!(graph.layer(between.layer.unwrap()).id, "r");
    assert_eq!(graph.value(graph.outputs[0]).shape.0, [2, 2, 2]);
    // Where the file has no range of the image, that of the pooled values serves.
    let model = on_image(&layers)
        .without("/layers/0/range")
        .without("/layers/0/samples");
    let graph = passed(&model);
    let range = graph.value(graph.nodes[0].output).range.unwrap();
    assert_eq!((range.low, range.high), (0.0, 2.0));
    let with_slopes = passed(&on_image(&[conv("c"), pool.clone(), leaky("l")]));
    assert_eq!(words(&with_slopes), ["conv+leaky", "max"]);
    // A falling function turns the largest value into the smallest.
    let mut falling = leaky("l");
    falling["slope"] = json!(-0.5);
    let graph = passed(&on_image(&[conv("c"), pool.clone(), falling]));
    assert_eq!(words(&graph), ["conv", "max", "activation"]);
    // Without a layer to join there is nothing to gain.
    assert_eq!(
        words(&passed(&on_image(&[pool, relu("r")]))),
        ["max", "relu"]
    );
}

#[test]
fn an_average_pool_takes_a_clip_but_no_slopes() {
    let pool = json!({
        "id": "p", "type": "average_pool2d", "pool": 2, "stride": 1, "range": [-2, 2], "samples": 40,
    });
    let behind = |activation| words(&passed(&on_image(&[conv("c"), pool.clone(), activation])));
    assert_eq!(behind(relu("r")), ["conv", "average+clip"]);
    assert_eq!(behind(leaky("l")), ["conv", "average", "activation"]);
}

#[test]
fn slopes_join_a_layer_without_a_clamp() {
    let prelu = json!({
        "id": "p", "type": "prelu", "range": [-1, 2], "samples": 40, "tensors": {"slope": "slope"},
    });
    let behind = |layers: &[Value]| words(&passed(&on_image(layers)));
    assert_eq!(behind(&[conv("c"), leaky("l")]), ["conv+leaky"]);
    let graph = passed(&on_image(&[conv("c"), norm("n"), prelu.clone()]));
    assert_eq!(words(&graph), ["conv+leaky"]);
    assert_eq!(
        graph.nodes[0].kind.clamp(),
        Some(&Clamp::Leaky(vec![0.5, -0.25]))
    );
    // Alone it is a norm of factor 1.
    assert_eq!(behind(std::slice::from_ref(&prelu)), ["norm+clamp"]);
    assert_eq!(
        behind(&[conv("c"), relu("r"), prelu]),
        ["conv+relu", "norm+clamp"]
    );
    assert_eq!(
        behind(&[conv("c"), leaky("l"), relu("r")]),
        ["conv+leaky", "relu"]
    );
}

#[test]
fn clips_in_a_row_are_one() {
    let mut graph = passed(&on_image(&[
        conv("c"),
        relu("r"),
        json!({
            "id": "six", "type": "relu6", "range": [0, 2], "samples": 40,
        }),
    ]));
    assert_eq!(graph.nodes.len(), 1);
    assert_eq!(
        graph.nodes[0].kind.clamp_mut(),
        Some(&mut Clamp::Clip(0.0, 6.0))
    );
}

#[test]
fn the_largest_of_a_value_and_itself_is_dropped() {
    let join = |kind: &str, inputs: [&str; 2]| {
        let layer =
            json!({"id": "j", "type": kind, "inputs": inputs, "range": [0, 1], "samples": 40});
        let mut first = conv("c");
        first["inputs"] = json!(["x"]);
        words(&passed(&on_image(&[first, relu("r"), layer])))
    };
    assert_eq!(join("maximum", ["r", "r"]), ["conv+relu"]);
    assert_eq!(join("minimum", ["r", "r"]), ["conv+relu"]);
    assert_eq!(join("add", ["r", "r"]), ["conv+relu", "elementwise"]);
}
