//! Small files of which much work could be made. Nothing here looks at a clock: where work grows with the square of what
//! is in the file, a test of these sizes takes minutes, and is noticed.

use bitneural_core::writer::model_bytes;
use serde_json::{Value, json};

use super::survives;

/// Layers on one input of `shape`; the `outputs` last ones are what the user gets.
fn file(shape: &[usize], layers: &[Value], outputs: usize) -> Vec<u8> {
    let last = &layers[layers.len() - outputs..];
    let outputs: Vec<&Value> = last.iter().map(|layer| &layer["id"]).collect();
    let metadata = json!({
        "version": 1, "name": "work", "layout": "keras",
        "inputs": [{"id": "x", "shape": shape, "range": [-1.0, 1.0], "range_kind": "declared"}],
        "outputs": outputs, "layers": layers,
    });
    model_bytes(&metadata, &[]).expect("no tensors")
}

fn ranged(mut layer: Value) -> Value {
    (layer["range"], layer["samples"]) = (json!([-1, 1]), json!(40));
    layer
}

/// 65,535 windows of as many taps, most of them half outside.
#[test]
fn the_longest_average_over_the_longest_sequence() {
    let pool = ranged(json!({
        "id": "p", "type": "average_pool1d", "pool": 65_535, "stride": 1, "padding": "same",
    }));
    let bytes = file(&[65_535, 1], &[pool], 1);
    assert!(bytes.len() < 1000, "{} bytes", bytes.len());
    survives(&bytes).unwrap();
}

/// Twelve million pairs of a height and a width, of which hardly two have the same product.
#[test]
fn the_largest_average_over_the_largest_image() {
    let pool = ranged(json!({
        "id": "p", "type": "average_pool2d", "pool": 4095, "stride": 1, "padding": "same",
    }));
    survives(&file(&[4095, 4095, 1], &[pool], 1)).unwrap();
}

/// A hundred thousand reads, each of which wants to know who yields the value and who else reads it.
#[test]
fn concats_of_as_many_values_as_there_may_be() {
    let relu =
        |index: usize| ranged(json!({"id": format!("r{index}"), "type": "relu", "inputs": ["x"]}));
    let read: Vec<String> = (0..64).map(|index| format!("r{index}")).collect();
    let concat =
        |index: usize| json!({"id": format!("c{index}"), "type": "concat", "inputs": read});
    let layers: Vec<Value> = (0..64).map(relu).chain((0..1500).map(concat)).collect();
    let bytes = file(&[1], &layers, 1500);
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    survives(&bytes).unwrap();
}

/// As many layers as there may be, each of which joins the one before it, or is nothing.
#[test]
fn layers_that_all_join() {
    let kinds = ["relu", "dropout", "relu6", "dropout"];
    let layer = |index: usize| {
        ranged(json!({"id": format!("l{index}"), "type": kinds[index % kinds.len()]}))
    };
    let layers: Vec<Value> = (0..4096).map(layer).collect();
    survives(&file(&[3], &layers, 1)).unwrap();
}
