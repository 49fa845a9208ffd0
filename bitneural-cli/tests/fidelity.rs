//! What `calibrate` measures stands in the model card, as long as the file is the same.

use std::fs;

use serde_json::Value;

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
