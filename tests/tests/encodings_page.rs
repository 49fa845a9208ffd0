//! The byte examples of docs/encodings.md are what the compiler packs.

use std::collections::BTreeSet;

use bitneural_core::plan::encode;
use bitneural_tests::pages::{blocks, numbers, page};

#[test]
fn the_encodings_are_those_of_the_page() {
    let mut seen = BTreeSet::new();
    for block in blocks(&page("encodings.md"), "json encoding") {
        let name = block["encoding"].as_str().unwrap();
        let rows = block["weights"].as_array().unwrap();
        let weights: Vec<i8> = rows
            .iter()
            .flat_map(numbers)
            .map(|weight| weight as i8)
            .collect();
        let inputs = weights.len() / rows.len();
        let found = match name {
            "digits" => encode::digits(&weights, inputs, rows.len()),
            "tables" => encode::tables(&weights, inputs, rows.len()),
            "int8" => encode::int8(&weights, inputs, rows.len()),
            "conv digits" | "conv int8" => {
                // The groups one after the other.
                let outputs = rows.len() / block["groups"].as_u64().unwrap() as usize;
                let encode = if name == "conv digits" {
                    encode::digits
                } else {
                    encode::int8
                };
                let groups = weights.chunks(inputs * outputs);
                groups
                    .flat_map(|group| encode(group, inputs, outputs))
                    .collect()
            }
            "depthwise digits" => encode::depthwise_digits(&weights, inputs),
            "depthwise int8" => encode::depthwise_int8(&weights),
            other => panic!("no encoding `{other}`"),
        };
        let hex: Vec<String> = found.iter().map(|byte| format!("{byte:02x}")).collect();
        let expected: Vec<&str> = block["bytes"]
            .as_str()
            .unwrap()
            .split_whitespace()
            .collect();
        assert_eq!(hex, expected, "{name}");
        seen.insert(name.to_owned());
    }
    assert_eq!(
        seen,
        BTreeSet::from([
            "digits".to_owned(),
            "tables".to_owned(),
            "int8".to_owned(),
            "conv digits".to_owned(),
            "conv int8".to_owned(),
            "depthwise digits".to_owned(),
            "depthwise int8".to_owned(),
        ])
    );
}
