use serde_json::json;

use super::*;
use crate::network::{Dense, text};
use crate::source::{RangeKind, RecordedRange};
use crate::tests::{Model, bare, floats, mlp, problems, trits};

mod activation;
mod recorded;
mod wide;

fn dense(network: &Network, op: usize) -> &Dense {
    match &network.ops[op].kind {
        OpKind::Dense(dense) => dense,
        other => panic!("{other:?}"),
    }
}

/// The element type of each tensor that an op yields.
fn elements(network: &Network) -> Vec<&'static str> {
    network
        .ops
        .iter()
        .map(|op| network.tensor(op.output).element.rust())
        .collect()
}

/// The layers of [`mlp`] in another order: `fc1`, then `behind`.
fn behind_fc1(behind: serde_json::Value) -> Model {
    let mut layers = vec![
        json!({"id": "flatten", "type": "flatten"}),
        mlp().metadata["layers"][1].clone(),
    ];
    layers.extend(behind.as_array().cloned().unwrap_or_default());
    let last = layers.last().map(|layer| layer["id"].clone());
    mlp()
        .without_tensor("fc2/kernel")
        .with("/layers", json!(layers))
        .with("/outputs", json!([last]))
}

#[test]
fn a_network_in_text() {
    insta::assert_snapshot!(text::print(&mlp().network().unwrap()));
}

#[test]
fn what_ends_the_network_or_feeds_a_softmax_is_wide() {
    let flatten = json!({"id": "again", "type": "flatten"});
    let softmax = json!({"id": "p", "type": "softmax"});
    let relu = json!({"id": "r", "type": "relu", "range": [0, 1], "samples": 40});
    let wide = |behind| elements(&behind_fc1(behind).network().unwrap());
    assert_eq!(wide(json!([])), ["u8", "i16"]);
    assert_eq!(wide(json!([flatten])), ["u8", "i16"]);
    assert_eq!(wide(json!([softmax])), ["u8", "i16", "i16"]);
    assert_eq!(wide(json!([flatten, softmax])), ["u8", "i16", "i16"]);
    // A relu that ends the network joins the layer, which stays wide; its low end is 0 (R12).
    let fused = behind_fc1(json!([relu])).network().unwrap();
    assert_eq!(elements(&fused), ["u8", "i16"]);
    assert_eq!(
        (dense(&fused, 1).requant.low, dense(&fused, 1).requant.high),
        (0, 32767)
    );
    // Behind a softmax come codes, and a softmax that does not end the network writes codes.
    assert_eq!(wide(json!([softmax, relu])), ["u8", "i16", "u8", "u8"]);
    // What another dense layer reads is codes.
    assert_eq!(
        elements(&mlp().network().unwrap()),
        ["u8", "u8", "i16", "i16"]
    );
}

#[test]
fn a_wide_output_through_a_reshape_that_is_none() {
    let mut graph = behind_fc1(json!([])).graph().unwrap();
    // No file has a reshape behind a dense layer that stays: a graph may.
    let output = graph.outputs[0];
    let value = graph.value(output).clone();
    graph.values.push(crate::graph::Value {
        shape: crate::shape::Shape(vec![2, 2]),
        range: None,
        ..value
    });
    let reshaped = ValueId::from(graph.values.len() - 1);
    graph.nodes.push(crate::graph::Node {
        layer: graph.nodes[1].layer,
        inputs: vec![output],
        output: reshaped,
        kind: NodeKind::Reshape,
    });
    graph.outputs[0] = reshaped;
    graph.interface.outputs[0].shape = crate::shape::Shape(vec![2, 2]);
    let network = quantize(&graph).unwrap();
    assert_eq!(elements(&network), ["u8", "i16", "i16"]);
    assert_eq!(
        (network.scores, network.outputs[0]),
        (Some(TensorId(reshaped.0)), TensorId(reshaped.0))
    );
    assert_eq!(
        network.tensors[reshaped.index()].scale,
        network.tensors[output.index()].scale
    );
}

#[test]
fn steps_are_numbers_of_the_device() {
    // 2^−126 is the least normal f32: the range of 255 such steps is about 3e−36.
    let ranged = |high: f64| {
        let layer = json!({"id": "r", "type": "relu", "range": [0, high], "samples": 40});
        bare("keras", &[3], json!([layer]))
    };
    assert!(ranged(1e-35).network().is_ok());
    assert_eq!(
        problems(&ranged(1e-38).network().unwrap_err()),
        ["layer `r`: the field `range` has a value that does not fit"]
    );
    let input = ranged(1.0).with("/inputs/0/range", json!([-1e-45, 1e-45]));
    assert_eq!(
        problems(&input.network().unwrap_err()),
        ["metadata field `inputs[0].range`: the field `range` has a value that does not fit"]
    );
}

#[test]
fn a_missing_range_says_whose_it_is() {
    let layer = json!({"id": "r", "type": "relu"});
    let model = bare("keras", &[3], json!([layer])).without("/inputs/0/range");
    assert_eq!(
        problems(&model.network().unwrap_err()),
        [
            "metadata field `inputs[0].range`: the file records no range for this input",
            "layer `r`: the file records no range for this layer's output"
        ]
    );
}

/// A product that never reaches half a step of its output is refused, but no sum is too wide.
#[test]
fn an_output_that_its_inputs_cannot_reach_is_named() {
    let wrong = ["layer `o`: the range of the output is far beyond what its inputs can give"];
    let of = |kind: &str, more: serde_json::Value| {
        let mut layer = json!({"id": "o", "type": kind, "range": [-1, 1], "samples": 40});
        for (key, value) in more.as_object().unwrap() {
            layer[key] = value.clone();
        }
        let model = bare("keras", &[2, 2, 1], json!([layer]));
        let model = model.with("/inputs/0/range", json!([0, 1e-6]));
        model.network().map_err(|errors| problems(&errors))
    };
    let product = of("multiply", json!({"inputs": ["x", "x"]}));
    assert_eq!(product.unwrap_err(), wrong);
    let mean = |low: f64| {
        let mean = of("average_pool2d", json!({"pool": 2, "range": [low, 10]}));
        mean.map(|_| ())
    };
    assert_eq!(mean(-1e6), Err(wrong.map(str::to_owned).to_vec()));
}

#[test]
fn formats_come_from_ranges_and_their_kind() {
    let network = mlp().network().unwrap();
    let format = |tensor: usize| {
        let tensor = &network.tensors[tensor];
        (tensor.scale, tensor.zero_point)
    };
    // Declared [-1, 1]; the flatten copies it.
    assert_eq!(format(0), (2.0 / 255.0, 128));
    assert_eq!(format(1), format(0));
    // Observed [0, 2] on 40 samples behind the relu: 9/8 of it.
    assert_eq!(format(3), (2.25 / 255.0, 0));
    // Wide, from the raw range [-3, 2] (R12).
    assert_eq!(format(4), (2.0 * 3.0 / 32767.0, 0));
    assert_eq!(format(5), (1.0 / 32768.0, 0));
    let range = |samples| RecordedRange {
        low: 1.0,
        high: 2.0,
        kind: RangeKind::Observed { samples },
        fixed: None,
    };
    // Zero is always in the range, and few samples widen it by a quarter.
    assert_eq!(
        ranges::code(&range(31), ranges::Limits::default(), Element::U8).scale,
        2.5 / 255.0
    );
    assert_eq!(
        ranges::code(&range(32), ranges::Limits::default(), Element::U8).scale,
        2.25 / 255.0
    );
    let fixed = RecordedRange {
        fixed: Some((0.5, 7)),
        ..range(1)
    };
    assert_eq!(
        (
            ranges::code(&fixed, ranges::Limits::default(), Element::U8).scale,
            ranges::code(&fixed, ranges::Limits::default(), Element::U8).zero_point
        ),
        (0.5, 7)
    );
    let nothing = RecordedRange {
        low: 0.0,
        high: 0.0,
        ..range(1)
    };
    assert_eq!(
        (
            ranges::code(&nothing, ranges::Limits::default(), Element::U8).scale,
            ranges::wide(&nothing).scale
        ),
        (1.0, 1.0)
    );
    let negative = RecordedRange {
        low: -2.0,
        high: -1.0,
        ..range(32)
    };
    assert_eq!(
        ranges::code(&negative, ranges::Limits::default(), Element::U8).zero_point,
        255
    );
}

#[test]
fn a_negative_scale_flips_the_trits_of_its_channel() {
    let positive = mlp().network().unwrap();
    let flipped = mlp()
        .with_tensor(floats("fc1/scale", &[4], &[0.5, -0.25, 0.75, 0.5]))
        .network()
        .unwrap();
    let (before, after) = (dense(&positive, 1), dense(&flipped, 1));
    let negated: Vec<i8> = before.weights[6..12].iter().map(|trit| -trit).collect();
    assert_eq!(after.weights[6..12], negated);
    assert_eq!(after.weights[..6], before.weights[..6]);
    assert_eq!(
        after.requant.channels[1].multiplier,
        before.requant.channels[1].multiplier
    );
}

#[test]
fn channels_without_weights_become_constants() {
    let mut kernel = [1_i8; 24];
    for row in kernel.chunks_mut(4) {
        row[1] = 0; // no weight
    }
    let model = mlp()
        .with_tensor(trits("fc1/kernel", &[6, 4], &kernel))
        .with_tensor(floats("fc1/scale", &[4], &[0.5, 0.5, 0.0, 1e-9]))
        .with_tensor(floats("fc1/bias", &[4], &[0.0, 1.0, 0.5, 0.25]));
    let network = model.network().unwrap();
    let layer = dense(&network, 1);
    assert!(layer.weights[..6].iter().all(|&trit| trit == 1));
    assert!(layer.weights[6..].iter().all(|&trit| trit == 0));
    // Each says its bias, whatever the input: in steps of 2.25/255.
    let mut inputs = vec![vec![0; 6], vec![255; 6]];
    for input in &mut inputs {
        let values = crate::reference::integer::run(&network, input);
        let codes = &values[network.ops[1].output.index()];
        assert_eq!(codes[1..], [113, 57, 28]);
    }
}

#[test]
fn every_value_without_a_range_is_reported() {
    let model = mlp()
        .without("/inputs/0/range")
        .without("/layers/2/range")
        .without("/layers/3/range");
    assert_eq!(
        problems(&model.network().unwrap_err()),
        [
            "metadata field `inputs[0].range`: the file records no range for this input",
            "layer `act`: the file records no range for this layer's output",
            "layer `fc2`: the file records no range for this layer's output",
        ]
    );
    // Behind the fusion nobody needs the range in front of a relu.
    assert!(mlp().without("/layers/1/range").network().is_ok());
}

#[test]
fn scales_that_r8_cannot_serve_are_refused_at_their_layer() {
    let one = |model: &Model| problems(&model.network().unwrap_err());
    let wide_sum = mlp().with_tensor(floats("fc1/bias", &[4], &[1e9, 0.0, 0.0, 0.0]));
    // A bias far above the range makes a constant channel, not a problem (R9).
    assert!(wide_sum.network().is_ok());
    let too_fine = mlp().with("/layers/2/range", json!([0.0, 1e-6]));
    assert_eq!(
        one(&too_fine),
        ["layer `fc1`: output scale too fine for its input"]
    );
    let coarse = mlp()
        .with("/layers/3/range", json!([-1e9, 1e9]))
        .with_tensor(floats("fc2/kernel", &[4, 2], &[1e9; 8]));
    assert_eq!(
        one(&coarse),
        ["layer `probabilities`: softmax input scale too coarse"]
    );
    let denormal = mlp().with("/inputs/0/range", json!([0.0, 1e-308]));
    assert!(
        one(&denormal)[0].starts_with("metadata field `inputs[0].range`: the field `range`"),
        "{:?}",
        one(&denormal)
    );
}

#[test]
fn constants_of_the_input_are_one_or_one_a_channel() {
    let constants = |model: crate::tests::Model| model.network().unwrap().quantize_inputs;
    let shared = constants(mlp()).concat();
    assert_eq!(shared.len(), 1);
    // 256 / (2/255) = 32640; 256·128 + 128.
    assert_eq!((shared[0].factor, shared[0].offset), (32640.0, 32896));
    let by_channel = mlp()
        .with("/inputs/0/mean", json!([1.0, 2.0, 3.0]))
        .with("/inputs/0/std", json!(2.0));
    let by_channel = constants(by_channel).concat();
    assert_eq!(by_channel.len(), 3);
    assert!(by_channel.iter().all(|channel| channel.factor == 16320.0));
    // 256·(128 − 1/(4/255)) + 128 = 32896 − 16320.
    assert_eq!(
        by_channel
            .iter()
            .map(|channel| channel.offset)
            .collect::<Vec<_>>(),
        [16576, 256, -16064]
    );
    let far = mlp().with("/inputs/0/mean", json!(1e12));
    assert_eq!(
        problems(&far.network().unwrap_err()),
        ["metadata field `inputs[0].mean`: the field `mean` has a value that does not fit"]
    );
}

#[test]
fn a_lone_relu_is_a_table() {
    let relu = json!([{"id": "r", "type": "relu", "range": [0, 1], "samples": 40}]);
    let network = bare("keras", &[3], relu).network().unwrap();
    let OpKind::Table(table) = &network.ops[0].kind else {
        panic!("{:?}", network.ops)
    };
    // Input codes from 128 on are above 0: 127/127.5·… in steps of 1.125/255.
    assert_eq!(table.entries[..129], [0; 129]);
    assert_eq!((table.entries[129], table.entries[255]), (2, 226));
    assert_eq!(network.scores, Some(network.outputs[0]));
}
