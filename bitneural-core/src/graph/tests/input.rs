//! What normalizes an input: `normalization` and `rescaling`.

use serde_json::json;

use super::*;
use crate::network::{InputChannel, Network};

/// An input of two channels, not normalized by itself, in front of `layers` and a relu.
fn behind_input(layers: serde_json::Value) -> Model {
    let mut all = layers.as_array().unwrap().clone();
    all.push(json!({"id": "end", "type": "global_max_pool1d"}));
    let mut model = bare("keras", &[5, 2], all.into());
    model.tensors = vec![
        floats("mean", &[2], &[0.125, -0.3]),
        floats("variance", &[2], &[0.7, 2.0]),
    ];
    model
}

fn normalization() -> serde_json::Value {
    json!({"id": "norm", "type": "normalization", "tensors": {"mean": "mean", "variance": "variance"}})
}

fn rescaling(scale: serde_json::Value, offset: f64) -> serde_json::Value {
    json!({"id": "scaled", "type": "rescaling", "scale": scale, "offset": offset})
}

/// The constants of R4.
fn constants(model: &Model) -> Vec<InputChannel> {
    let network: Network = model.network().unwrap();
    assert_eq!(network.ops.len(), 1, "nothing is left to compute");
    network.quantize_inputs[0].clone()
}

#[test]
fn a_normalization_is_what_mean_and_std_say_by_hand() {
    let layers = behind_input(json!([normalization()]));
    let mut by_hand = behind_input(json!([]))
        .with("/inputs/0/mean", json!([0.125, f64::from(-0.3_f32)]))
        .with(
            "/inputs/0/std",
            json!([f64::from(0.7_f32).sqrt(), 2.0_f64.sqrt()]),
        );
    by_hand.tensors.clear();
    assert_eq!(constants(&layers), constants(&by_hand));
    // One value stands for all channels.
    let one = layers
        .with_tensor(floats("mean", &[1], &[0.5]))
        .with_tensor(floats("variance", &[], &[0.25]));
    let interface = one.built().unwrap().interface;
    assert_eq!(interface.inputs[0].mean, [0.5]);
    assert_eq!(interface.inputs[0].std, [0.5]);
    let least = one.with_tensor(floats("variance", &[1], &[0.0]));
    assert_eq!(least.built().unwrap().interface.inputs[0].std, [1e-7]);
}

#[test]
fn a_rescaling_is_what_mean_and_std_say_by_hand() {
    let mut layers = behind_input(json!([rescaling(json!([2.0, 0.1]), -1.0)]));
    let mut by_hand = behind_input(json!([]))
        .with("/inputs/0/mean", json!([0.5, 1.0 / 0.1]))
        .with("/inputs/0/std", json!([0.5, 1.0 / 0.1]));
    layers.tensors.clear();
    by_hand.tensors.clear();
    assert_eq!(constants(&layers), constants(&by_hand));
}

#[test]
fn several_in_a_row_compose_behind_what_the_input_says() {
    let mut second = rescaling(json!(0.25), 0.5);
    second["id"] = json!("again");
    let model = behind_input(json!([
        rescaling(json!([4.0, -4.0]), -1.0),
        normalization(),
        second
    ]))
    .with("/inputs/0/mean", json!(3.0))
    .with("/inputs/0/std", json!(2.0))
    .with_tensor(floats("mean", &[2], &[0.5, 0.5]))
    .with_tensor(floats("variance", &[2], &[0.25, 4.0]));
    let interface = model.built().unwrap().interface;
    // By hand: (x − 3)/2, times ±4 less 1, less ½, over ½ or 2, a quarter, and ½ more.
    let f = |x: f64, channel: usize| {
        let (factor, deviation) = [(4.0, 0.5), (-4.0, 2.0)][channel];
        ((((x - 3.0) / 2.0 * factor - 1.0) - 0.5) / deviation) * 0.25 + 0.5
    };
    let port = &interface.inputs[0];
    for channel in 0..2 {
        let (mean, std) = (port.mean[channel], port.std[channel]);
        for x in [-1.0, 0.0, 3.5, 7.0] {
            assert_eq!((x - mean) / std, f(x, channel), "{x} in channel {channel}");
        }
    }
}

#[test]
fn elsewhere_they_are_refused() {
    let relu = json!({"id": "relu", "type": "relu", "range": [0, 1], "samples": 64});
    let behind_relu = behind_input(json!([relu, normalization()]));
    assert_eq!(
        refused(&behind_relu),
        ["layer `norm`: anywhere but right behind an input, a `normalization` is not supported"]
    );
    let mut beside = behind_input(json!([rescaling(json!(2.0), 0.0)]));
    beside.tensors.clear();
    let beside = beside
        .with(
            "/layers/1",
            json!({"id": "end", "type": "add", "inputs": ["x", "scaled"]}),
        )
        .with("/outputs", json!(["end"]));
    let refusal = "beside others that read the same values, a `rescaling` is not supported";
    assert_eq!(refused(&beside), [format!("layer `scaled`: {refusal}")]);
    // What is an output is read by the user.
    let mut again = rescaling(json!(2.0), 0.0);
    again["id"] = json!("again");
    let mut output = behind_input(json!([rescaling(json!(2.0), 0.0), again]));
    output.tensors.clear();
    let output = output.with("/outputs", json!(["end", "scaled"]));
    assert_eq!(refused(&output), [format!("layer `again`: {refusal}")]);
}

#[test]
fn factors_fit_the_channels_and_leave_a_deviation() {
    let mut model = behind_input(json!([rescaling(json!([1.0, 2.0, 3.0]), 0.0)]));
    model.tensors.clear();
    assert_eq!(
        refused(&model),
        ["layer `scaled`: the field `scale` has a value that does not fit"]
    );
    let model = model
        .with("/layers/0/scale", json!(1e20))
        .with("/inputs/0/std", json!(1e-20));
    assert_eq!(
        refused(&model),
        ["layer `scaled`: the field `std` has a value that does not fit"]
    );
}
