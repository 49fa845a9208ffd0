//! The command on a network that reads letters as indices: words of a page, told apart by their vowels.

use std::fs;

use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use serde_json::{Value, json};

#[allow(dead_code, reason = "other tests need the rest of it")]
mod fixtures;

use fixtures::{folder, out};

/// Letters of a word that are looked at; a shorter one ends in index 0.
const LETTERS: usize = 8;

/// A model that gives vowels +1 and consonants −1, and knows a word with many vowels by the mean.
fn metadata() -> Value {
    json!({
        "version": 1, "name": "vowels", "layout": "keras",
        "inputs": [{"id": "letters", "shape": [LETTERS]}],
        "outputs": ["which"], "labels": ["consonants", "vowels"],
        "layers": [
            {"id": "vectors", "type": "embedding", "tensors": {"embedding": "table"}},
            {"id": "mean", "type": "global_average_pool1d"},
            {"id": "which", "type": "dense", "tensors": {"kernel": "kernel"}},
        ],
    })
}

fn is_vowel(letter: u8) -> bool {
    b"aeiouy".contains(&letter)
}

fn tensors() -> Vec<NamedTensor> {
    let rows = (b'a'..=b'z').flat_map(|letter| {
        let sign = if is_vowel(letter) { 1.0 } else { -0.5 };
        [sign, f32::from(letter - b'a') / 26.0]
    });
    let table: Vec<f32> = [0.0, 0.0].into_iter().chain(rows).collect();
    let tensor = |name: &str, shape: [usize; 2], values: Vec<f32>| NamedTensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        data: TensorData::F32(values),
    };
    vec![
        tensor("table", [27, 2], table),
        tensor("kernel", [2, 2], vec![-1.0, 1.0, 0.0, 0.0]),
    ]
}

/// The words of the page on the format as indices, a row each, and behind them whether vowels weigh more.
fn words() -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/format.md");
    let text = fs::read_to_string(page).unwrap().to_lowercase();
    let words = text.split(|letter: char| !letter.is_ascii_lowercase());
    let rows = words.filter(|word| word.len() > 2).map(|word| {
        let letters: Vec<u8> = word.bytes().take(LETTERS).collect();
        let weight = |&letter: &u8| if is_vowel(letter) { 1.0 } else { -0.5 };
        let weights: f64 = letters.iter().map(weight).sum();
        let mut row: Vec<u8> = letters.iter().map(|letter| letter - b'a' + 1).collect();
        row.resize(LETTERS, 0);
        row.push(u8::from(weights > 0.0));
        row.iter().map(u8::to_string).collect::<Vec<_>>().join(",") + "\n"
    });
    rows.take(600).collect()
}

#[test]
fn letters_are_calibrated_and_simulated() {
    let folder = folder("indices");
    let path = folder.join("m.safetensors");
    fs::write(&path, model_bytes(&metadata(), &tensors()).unwrap()).unwrap();
    fs::write(folder.join("words.csv"), words()).unwrap();
    out(
        &folder,
        &["calibrate", "m.safetensors", "--data", "words.csv"],
    );
    let bytes = fs::read(&path).unwrap();
    let file = bitneural_core::source::read(&bytes).unwrap();
    let found: Value = serde_json::from_str(&file.metadata_text).unwrap();
    // Indices and tables need no range; what is computed has one.
    assert_eq!(found["inputs"][0].get("range"), None, "{found}");
    assert_eq!(found["layers"][0].get("range"), None, "{found}");
    assert_eq!(found["layers"][1]["samples"], json!(600));

    let arguments = ["simulate", "m.safetensors", "--data", "words.csv", "--json"];
    let found: Value = serde_json::from_str(&out(&folder, &arguments)).unwrap();
    assert_eq!(found["float_accuracy"], json!(1.0), "{found}");
    assert!(found["agree"].as_f64().unwrap() > 0.97, "{found}");
    let card = out(&folder, &["inspect", "m.safetensors"]);
    // A byte for each of 27 rows of two, and their record.
    assert!(card.contains("embedding 27 → 2 each"), "{card}");
}
