//! `simulate` in f32 mode.

use serde_json::{Value, json};

mod fixtures;

use fixtures::{DIGITS, folder, metadata, model, out};

/// Without ranges: f32 mode needs none.
#[test]
fn simulate_runs_f32_mode() {
    let folder = folder("simulate_f32");
    model(&folder.join("m.safetensors"), &metadata());
    let data = [
        "--data",
        DIGITS,
        "--samples",
        "1297..",
        "--activations",
        "f32",
    ];
    let arguments = [&["simulate", "m.safetensors", "--json"], &data[..]].concat();
    let found: Value = serde_json::from_str(&out(&folder, &arguments)).unwrap();
    assert_eq!(found["samples"], json!(500));
    assert_eq!(found["float_accuracy"], found["f32_accuracy"]);
    assert!(found["f32_accuracy"].as_f64().unwrap() > 0.75, "{found}");
    assert_eq!(found["agree"], json!(1.0));
    assert_eq!(found.get("integer_accuracy"), None);
    assert!(found["sqnr_db"].is_null() || found["sqnr_db"].as_f64().unwrap() > 100.0);
    let human = out(
        &folder,
        &[&["simulate", "m.safetensors"], &data[..]].concat(),
    );
    assert!(human.contains("accuracy, f32"), "{human}");
}
