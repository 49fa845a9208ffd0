//! A model whose input has 16 bits, as a user calibrates, inspects and simulates it.

use serde_json::{Value, json};

mod fixtures;

use fixtures::{DIGITS, folder, metadata, model, out};

#[test]
fn an_input_of_16_bits_is_calibrated_inspected_and_simulated() {
    let folder = folder("wide");
    let data = ["--data", DIGITS, "--samples", "..200"];
    let scores = [8, 16].map(|bits| {
        let mut metadata = metadata();
        metadata["inputs"][0]["bits"] = json!(bits);
        let name = format!("m{bits}.safetensors");
        model(&folder.join(&name), &metadata);
        out(&folder, &[&["calibrate", &name], &data[..]].concat());
        let inspected = out(&folder, &["inspect", &name]);
        let element = if bits == 16 { "u16" } else { "u8" };
        assert!(
            inspected.contains(&format!("64×{element} scale")),
            "{inspected}"
        );
        out(&folder, &[&["simulate", &name], &data[..]].concat());
        let json: Value =
            serde_json::from_str(&out(&folder, &["inspect", &name, "--json"])).unwrap();
        assert_eq!(json["metadata"]["inputs"][0]["bits"], json!(bits));
        // Calibration recorded how near the integers came.
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        let file = bitneural_core::source::read(&bytes).unwrap();
        let fidelity = file.fidelity.as_ref().expect("a record");
        fidelity.values[0].sqnr_db.unwrap_or(f64::INFINITY)
    });
    assert!(scores[1] >= scores[0], "{scores:?}");
}
