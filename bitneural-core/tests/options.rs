//! What the compiler says of each option that it does not compile: layer, option, value, what to do
//! instead. The messages are in snapshots/, to be read as a diff.

use bitneural_core::source::layers::type_names;
use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use bitneural_core::{Options, compile};
use serde_json::{Map, Value, json};

/// Layout, type, fields in place of those of [`valid`]. One problem each.
const CASES: &str = include_str!("options/cases.txt");

/// A layer without fault, on an image of 6×5 positions and 2 channels, or a sequence of 6 positions.
fn valid(layer_type: &str) -> Value {
    let fields = match layer_type {
        "dense" => json!({"tensors": {"kernel": "dense"}}),
        "conv2d" => json!({"kernel": 3, "tensors": {"kernel": "conv"}}),
        "depthwise_conv2d" => json!({"kernel": 3, "tensors": {"kernel": "deep"}}),
        "separable_conv2d" => json!({
            "kernel": 3, "depthwise_range": [-1, 1], "tensors": {"depthwise": "deep", "pointwise": "point"},
        }),
        "max_pool2d" | "average_pool2d" | "max_pool1d" | "average_pool1d" => json!({"pool": 2}),
        "conv1d" => json!({"kernel": 3, "tensors": {"kernel": "conv along time"}}),
        "depthwise_conv1d" => json!({"kernel": 3, "tensors": {"kernel": "deep along time"}}),
        "separable_conv1d" => json!({
            "kernel": 3, "depthwise_range": [-1, 1],
            "tensors": {"depthwise": "deep along time", "pointwise": "point along time"},
        }),
        "batch_norm" => json!({"epsilon": 0.001, "tensors": {"mean": "two", "variance": "two"}}),
        "normalization" => json!({"tensors": {"mean": "two", "variance": "two"}}),
        "rescaling" => json!({"scale": 0.5}),
        "embedding" => json!({"tensors": {"embedding": "table"}}),
        "layer_norm" => json!({"epsilon": 0.001}),
        "lstm" | "gru" | "simple_rnn" => json!({
            "units": 3,
            "tensors": {"kernel": layer_type, "recurrent_kernel": format!("{layer_type} of the state")},
        }),
        "leaky_relu" => json!({"slope": 0.1}),
        "reshape" => json!({"shape": [-1]}),
        "permute" => json!({"dims": [1, 2, 3]}),
        "zero_pad1d" | "zero_pad2d" => json!({"padding": 1}),
        "crop1d" | "crop2d" => json!({"cropping": 1}),
        "upsample1d" | "upsample2d" => json!({"size": 2}),
        "prelu" => json!({"tensors": {"slope": "two"}}),
        _ => json!({}),
    };
    let mut layer = json!({"id": "it", "type": layer_type});
    // What normalizes an input has no range of its own.
    if !["normalization", "rescaling"].contains(&layer_type) {
        layer["range"] = json!([-1, 1]);
        layer["samples"] = json!(64);
    }
    for (key, value) in fields.as_object().unwrap() {
        layer[key] = value.clone();
    }
    layer
}

/// The tensors that a layer may name: what they hold, and their axes in both layouts.
fn tensor(name: &str, layout: &str) -> Option<NamedTensor> {
    let (keras, torch, codes): (&[usize], &[usize], Option<i8>) = match name {
        "dense" => (&[60, 3], &[3, 60], None),
        "dense of one axis" => (&[60], &[60], None),
        "dense of no axis" => (&[], &[], None),
        "conv of no output" => (&[3, 3, 2, 0], &[0, 2, 3, 3], None),
        "deep of no output" => (&[3, 3, 2, 0], &[0, 1, 3, 3], None),
        "conv" => (&[3, 3, 2, 4], &[4, 2, 3, 3], None),
        "conv of codes" => (&[3, 3, 2, 4], &[4, 2, 3, 3], Some(-128)),
        "conv of twos" => (&[3, 3, 2, 4], &[4, 2, 3, 3], Some(2)),
        "conv of three axes" => (&[3, 2, 4], &[4, 2, 3], None),
        "deep" => (&[3, 3, 2, 1], &[2, 1, 3, 3], None),
        "deep of one channel" => (&[3, 3, 1, 1], &[1, 1, 3, 3], None),
        "point" => (&[1, 1, 2, 4], &[4, 2, 1, 1], None),
        "conv along time" => (&[3, 2, 4], &[4, 2, 3], None),
        "deep along time" => (&[3, 2, 1], &[2, 1, 3], None),
        "point along time" => (&[1, 2, 4], &[4, 2, 1], None),
        "table" => (&[9, 2], &[9, 2], None),
        "table of codes" => (&[9, 2], &[9, 2], Some(3)),
        "table of no row" => (&[0, 2], &[0, 2], None),
        "table of many rows" => (&[257, 1], &[257, 1], None),
        "lstm" => (&[2, 12], &[12, 2], None),
        "lstm of the state" => (&[3, 12], &[12, 3], None),
        "gru" => (&[2, 9], &[9, 2], None),
        "gru of the state" => (&[3, 9], &[9, 3], None),
        "simple_rnn" => (&[2, 3], &[3, 2], None),
        "simple_rnn of the state" => (&[3, 3], &[3, 3], None),
        "nine" => (&[9], &[9], None),
        "both rows" => (&[2, 9], &[2, 9], None),
        "one" => (&[1], &[1], None),
        "two" => (&[2], &[2], None),
        "three" => (&[3], &[3], None),
        "negative" => (&[2], &[2], None),
        "huge" => (&[2], &[2], None),
        "each" => (&[6, 5, 2], &[2, 6, 5], None),
        _ => return None,
    };
    let shape = if layout == "torch" { torch } else { keras };
    let count = shape.iter().product();
    let value = match name {
        "negative" => -0.5,
        "huge" => 1e7,
        _ => 0.25,
    };
    let data = match codes {
        Some(code) => TensorData::I8(vec![code; count]),
        None => TensorData::F32(vec![value; count]),
    };
    Some(NamedTensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        data,
    })
}

/// A file of this layer, behind a flatten if it reads a vector.
fn file(layout: &str, layer: &Value) -> Vec<u8> {
    let has_type = |of: fn(&str) -> bool| layer["type"].as_str().is_some_and(of);
    let is_recurrent = has_type(|name| ["lstm", "gru", "simple_rnn"].contains(&name));
    let is_along_time = has_type(|name| name.ends_with("1d"));
    let shape: &[usize] = match (layout, is_along_time) {
        _ if layer["type"] == "embedding" => &[6],
        _ if is_recurrent => &[6, 2],
        ("torch", true) => &[2, 6],
        ("torch", false) => &[2, 6, 5],
        (_, true) => &[6, 2],
        (_, false) => &[6, 5, 2],
    };
    let mut layers = vec![layer.clone()];
    if layer["type"] == "dense" || layer["type"] == "softmax" {
        layers.insert(0, json!({"id": "flat", "type": "flatten"}));
    }
    let mut input = json!({"id": "x", "shape": shape, "range": [-1, 1], "range_kind": "declared"});
    if is_recurrent {
        input["channels"] = json!("last");
    }
    let metadata = json!({
        "version": 1, "name": "options", "layout": layout, "inputs": [input],
        "outputs": ["it"], "layers": layers,
    });
    let mut names: Vec<&str> = layer["tensors"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .filter_map(Value::as_str)
        .collect();
    names.sort_unstable();
    names.dedup();
    let tensors: Vec<NamedTensor> = names
        .iter()
        .filter_map(|name| tensor(name, layout))
        .collect();
    model_bytes(&metadata, &tensors).unwrap()
}

/// The message about a row of the table.
///
/// # Errors
/// What the message lacks.
fn message(row: &str) -> Result<String, String> {
    let [layout, layer_type, fields] = row.splitn(3, ' ').collect::<Vec<_>>()[..] else {
        return Err("no layout, type and fields".to_owned());
    };
    let fields: Map<String, Value> = serde_json::from_str(fields).map_err(|e| e.to_string())?;
    let mut layer = valid(layer_type);
    for (key, value) in &fields {
        layer[key] = value.clone();
    }
    let Err(errors) = compile(&file(layout, &layer), &Options::default()) else {
        return Err("it compiles".to_owned());
    };
    let text = errors.to_string();
    let names = |key: &str, value: &Value| {
        let key = [format!("`{key}`"), format!(".{key}`"), format!("{key} ")];
        let value = value.to_string();
        let shown: String = value.trim_matches('"').chars().take(20).collect();
        // Another word for the same thing needs no value.
        let is_renamed = text.contains("did you mean");
        key.iter().any(|key| text.contains(key))
            && (value == "null" || is_renamed || text.contains(&shown))
    };
    // What a tensor is called is no option, what stands beside it makes room for it, and of a type that is not
    // known the options do not matter.
    let is_about_tensors = fields.is_empty() || fields.contains_key("tensors");
    let has_option = if type_names().contains(&layer_type) {
        is_about_tensors || fields.iter().any(|(key, value)| names(key, value))
    } else {
        text.contains(&format!("`{layer_type}`"))
    };
    let wanted = [
        ("one problem", errors.len() == 1),
        ("the layer", text.contains("layer `it`")),
        ("option and value", has_option),
        (
            "what to do instead",
            text.contains("= help: ") || text.contains("= expected: "),
        ),
    ];
    match wanted.iter().find(|(_, is_there)| !is_there) {
        Some((what, _)) => Err(format!("lacks {what}:\n{text}")),
        None => Ok(text),
    }
}

#[test]
fn the_layers_of_the_table_are_without_fault() {
    for layout in ["keras", "torch"] {
        let mut types: Vec<&str> = CASES
            .lines()
            .filter_map(|row| row.split(' ').nth(1))
            .filter(|name| type_names().contains(name))
            .collect();
        types.sort_unstable();
        types.dedup();
        assert!(types.len() > 12, "{types:?}");
        for layer_type in types {
            // A flatten of channels first may not be the last layer, and a softmax has no order of its own.
            let ends_in_flatten = ["flatten", "reshape", "softmax"].contains(&layer_type);
            if layout == "torch" && ends_in_flatten {
                continue;
            }
            let compiled = compile(&file(layout, &valid(layer_type)), &Options::default());
            assert!(
                compiled.is_ok(),
                "{layout} {layer_type}: {}",
                compiled.unwrap_err()
            );
        }
    }
}

/// A message without the names of all fields or types, which grow with the format.
fn without_lists(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once("one of `") {
        Some((before, _)) => format!("{before}one of …"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn each_option_is_named_with_its_value_and_what_to_do_instead() {
    let rows = CASES
        .lines()
        .filter(|row| !row.is_empty() && !row.starts_with('#'));
    let (mut all, mut faults) = (String::new(), String::new());
    for row in rows {
        match message(row) {
            Ok(text) => all.push_str(&format!("{row}\n{}\n\n", without_lists(&text))),
            Err(fault) => faults.push_str(&format!("{row}\n{fault}\n\n")),
        }
    }
    assert!(faults.is_empty(), "{faults}");
    insta::assert_snapshot!(all);
}
