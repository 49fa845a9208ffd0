//! What `calibrate` measures stands in the model card, as long as the file is the same; what `simulate` says of networks
//! without classes.

use std::fs;

use bitneural_core::writer::model_bytes;
use serde_json::{Value, json};

mod fixtures;

use fixtures::{DIGITS, folder, metadata, model, out};

fn card(folder: &std::path::Path, more: &[&str]) -> String {
    out(folder, &[&["expand", "m.safetensors"], more].concat())
}

#[test]
fn the_card_says_what_was_measured_on_this_very_file() {
    let folder = folder("fidelity");
    let path = folder.join("m.safetensors");
    model(&path, &metadata());
    out(
        &folder,
        &[
            "calibrate",
            "m.safetensors",
            "--data",
            DIGITS,
            "--samples",
            "..100",
        ],
    );
    let said = "The integer network on 100 inputs beside the float network: the same class in";
    assert!(card(&folder, &[]).contains(said));
    assert!(card(&folder, &["--c"]).contains(said));

    // The record is about integers, and says nothing of the network in floats.
    let floats = card(&folder, &["--activations", "f32"]);
    assert!(floats.contains("pub struct Nearest") && !floats.contains("beside the float network"));

    // What `simulate` finds on the same inputs is what the card says.
    let arguments = [
        "simulate",
        "m.safetensors",
        "--data",
        DIGITS,
        "--samples",
        "..100",
        "--json",
    ];
    let found: Value = serde_json::from_str(&out(&folder, &arguments)).unwrap();
    let row = |value: &Value| {
        let tenths =
            |number: &Value, factor: f64| format!("{:.1}", number.as_f64().unwrap() * factor);
        format!(
            "| `{}` | {} | {} | {} |",
            value["id"].as_str().unwrap(),
            tenths(&value["sqnr_db"], 1.0),
            tenths(&value["saturated"], 100.0),
            tenths(&value["zeros"], 100.0)
        )
    };
    let card_now = card(&folder, &[]);
    for value in found["values"].as_array().unwrap() {
        assert!(card_now.contains(&row(value)), "{}\n{card_now}", row(value));
    }

    // Other weights: the record is about another network, and nobody is told of it.
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(!card(&folder, &[]).contains("beside the float network"));
}

/// The outputs of a network whose only layers are clips of its four inputs.
fn clipped(outputs: &[&str]) -> Value {
    let clip = |id: &str| json!({"id": id, "type": "relu6", "inputs": ["x"], "range": [0, 6], "samples": 64});
    let layers: Vec<Value> = outputs.iter().copied().map(clip).collect();
    json!({
        "version": 1, "name": "clipped", "layout": "keras", "outputs": outputs, "layers": layers,
        "inputs": [{"id": "x", "shape": [1], "range": [-1, 8], "range_kind": "declared"}],
    })
}

#[test]
fn nothing_is_said_of_classes_where_there_are_none() {
    let folder = folder("no_classes");
    fs::write(folder.join("x.csv"), "0.3\n1.1\n5.7\n").unwrap();
    for outputs in [&["one"][..], &["one", "two"]] {
        let bytes = model_bytes(&clipped(outputs), &[]).unwrap();
        fs::write(folder.join("m.safetensors"), bytes).unwrap();
        let simulate = ["simulate", "m.safetensors", "--data", "x.csv"];
        let human = out(&folder, &simulate);
        assert!(
            human.contains("no classes") && !human.contains("100.00 %"),
            "{human}"
        );
        assert!(human.contains("SQNR of the outputs"), "{human}");
        let json = out(&folder, &[&simulate[..], &["--json"]].concat());
        let found: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (&found["agree"], &found["samples"]),
            (&Value::Null, &json!(3))
        );
        assert!(
            found["sqnr_db"].as_f64().is_some_and(|db| db > 20.0),
            "{found}"
        );
    }
}
