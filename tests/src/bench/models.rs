//! The models that are measured: those of the examples and of `tests/data/models`, and some made up, of
//! which only the sizes matter.

use std::fs;
use std::path::{Path, PathBuf};

use bitneural_core::plan::{Kernel, Step};
use bitneural_core::writer::NamedTensor;
use bitneural_core::{Options, compile};
use bitneural_targets::root;
use serde_json::{Value, json};

use crate::fixtures::whole::{file, floats};
use crate::models::Random;
use crate::trained;

/// Names and model files, sorted by name.
///
/// # Panics
/// When the folder of the examples cannot be read.
#[must_use]
pub fn all() -> Vec<(String, Vec<u8>)> {
    let made_up: [(&str, &[usize], bool); 3] = [
        ("dense_256_16", &[256, 16], false),
        ("dense_256_24", &[256, 24], false),
        ("dense_784_64_10", &[784, 64, 10], true),
    ];
    let made_up =
        made_up.map(|(name, sizes, softmax)| (name.to_owned(), dense(name, sizes, softmax)));
    let mut models: Vec<(String, Vec<u8>)> = made_up.into();
    models.extend([
        ("add_16x16x32".to_owned(), joined("add", &[16, 16, 32], 2)),
        (
            "multiply_16x16x32".to_owned(),
            joined("multiply", &[16, 16, 32], 2),
        ),
        (
            "concat_16x16x16_16".to_owned(),
            joined("concat", &[16, 16, 16], 2),
        ),
        ("layer_norm_16x16x32".to_owned(), normalized(&[16, 16, 32])),
    ]);
    let trained = trained::names().into_iter();
    let trained = trained.map(|name| trained::folder().join(format!("{name}.safetensors")));
    for path in example_models().into_iter().chain(trained) {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        models.push((
            name,
            fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        ));
    }
    // The firmware's code of a custom layer is not here, nor has anybody measured it.
    models.retain(|(name, bytes)| {
        let compiled = compile(bytes, &Options::default());
        let compiled = compiled.unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let is_custom = |step: &Step| matches!(step.kernel, Kernel::Custom(_));
        !compiled.plan.steps.iter().any(is_custom)
    });
    models.sort();
    models
}

/// `examples/*/models/*.safetensors`
fn example_models() -> Vec<PathBuf> {
    let files = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect()
    };
    let models = files(&root().join("examples"))
        .into_iter()
        .flat_map(|example| files(&example.join("models")));
    models
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "safetensors")
        })
        .collect()
}

/// The bytes of a model file: dense layers of these sizes, input first, relu between them and, if
/// wanted, a softmax at the end. Its ranges come from inputs in the file.
///
/// # Panics
/// When there is no layer.
#[must_use]
pub fn dense(name: &str, sizes: &[usize], softmax: bool) -> Vec<u8> {
    let (first, last) = (sizes[0], sizes.len() - 2);
    let mut random = Random::new(sizes.iter().fold(1, |seed, &size| seed * 31 + size as u64));
    let mut tensors = vec![tensor(&mut random, "calibration.input", &[4, first])];
    let mut layers = Vec::new();
    for (index, pair) in sizes.windows(2).enumerate() {
        let (inputs, outputs) = (pair[0], pair[1]);
        let id = format!("fc{}", index + 1);
        let (kernel, bias) = (format!("{id}/kernel"), format!("{id}/bias"));
        tensors.push(tensor(&mut random, &kernel, &[inputs, outputs]));
        tensors.push(tensor(&mut random, &bias, &[outputs]));
        let mut layer =
            json!({ "id": id, "type": "dense", "tensors": { "kernel": kernel, "bias": bias } });
        if index < last {
            layer["activation"] = json!("relu");
        }
        layers.push(layer);
    }
    let mut output = format!("fc{}", last + 1);
    if softmax {
        output = "probabilities".to_owned();
        layers.push(json!({ "id": output, "type": "softmax" }));
    }
    let metadata = json!({
        "version": 1,
        "name": name,
        "layout": "keras",
        "inputs": [{ "id": "x", "shape": [first] }],
        "outputs": [output],
        "layers": layers,
    });
    file(&metadata, &tensors)
}

/// The bytes of a model file of a layer that reads its input so many times, and one of the same type behind it that
/// reads that twice: with one call alone, the compiler would make the kernel for its constants.
///
/// # Panics
/// When there is no such layer.
#[must_use]
pub fn joined(kind: &str, shape: &[usize], times: usize) -> Vec<u8> {
    // The largest of a value and itself is that value, which the compiler knows.
    let other = match kind {
        "maximum" | "minimum" => "other",
        _ => "x",
    };
    let mut first = vec!["x"; times];
    first[times - 1] = other;
    let mut second = ["first", "first"];
    if other != "x" {
        second[1] = other;
    }
    let mut metadata = json!({
        "version": 1,
        "name": kind,
        "layout": "keras",
        "inputs": [{ "id": "x", "shape": shape, "range": [-1.0, 1.0], "range_kind": "declared" }],
        "outputs": ["second"],
        "layers": [
            {
                "id": "first", "type": kind, "inputs": first, "range": [-1.5, 1.5],
                "samples": 64,
            },
            {
                "id": "second", "type": kind, "inputs": second, "range": [-3.0, 2.0],
                "samples": 64,
            },
        ],
    });
    if let (true, Some(layers)) = (other != "x", metadata["layers"].as_array_mut()) {
        let relu = json!({
            "id": other, "type": "relu", "inputs": ["x"], "range": [0.0, 1.0], "samples": 64,
        });
        layers.insert(0, relu);
    }
    file(&metadata, &[])
}

/// The bytes of a model file of two layer norms with learned factors: with one call alone, the compiler would make the
/// kernel for its constants.
///
/// # Panics
/// When there is no channel.
#[must_use]
pub fn normalized(shape: &[usize]) -> Vec<u8> {
    let channels = shape[shape.len() - 1];
    let mut random = Random::new(channels as u64);
    let names = ["first/gamma", "first/beta", "second/gamma"];
    let tensors = names.map(|name| tensor(&mut random, name, &[channels]));
    let metadata = json!({
        "version": 1,
        "name": "layer_norm",
        "layout": "keras",
        "inputs": [{ "id": "x", "shape": shape, "range": [-1.0, 1.0], "range_kind": "declared" }],
        "outputs": ["second"],
        "layers": [
            {
                "id": "first", "type": "layer_norm", "epsilon": 0.001, "range": [-3.0, 3.0], "samples": 64,
                "tensors": { "gamma": names[0], "beta": names[1] },
            },
            {
                "id": "second", "type": "layer_norm", "epsilon": 0.001, "range": [-3.0, 3.0], "samples": 64,
                "tensors": { "gamma": names[2] },
            },
        ],
    });
    file(&metadata, &tensors)
}

/// The bytes of a model file of nothing but layers that pad, cut and repeat.
#[must_use]
pub fn frames() -> Vec<u8> {
    image(&json!([
        {"id": "pad", "type": "zero_pad2d", "padding": [[1, 2], [2, 0]]},
        {"id": "crop", "type": "crop2d", "cropping": [[0, 1], [1, 1]]},
        {"id": "last", "type": "upsample2d", "size": [2, 3]},
    ]))
}

/// The bytes of a model file of nothing but average pools.
#[must_use]
pub fn average_pools() -> Vec<u8> {
    image(&json!([
        {"id": "first", "type": "average_pool2d", "pool": 2, "stride": 1, "range": [-1.0, 1.0], "samples": 64},
        {"id": "last", "type": "average_pool2d", "pool": [3, 2], "stride": 1, "padding": "same",
         "range": [-1.0, 1.0], "samples": 64},
    ]))
}

/// Layers without weights over an image; the output is `last`.
fn image(layers: &Value) -> Vec<u8> {
    let metadata = json!({
        "version": 1,
        "name": "image",
        "layout": "keras",
        "inputs": [{ "id": "x", "shape": [5, 4, 6], "range": [-1.0, 1.0], "range_kind": "declared" }],
        "outputs": ["last"],
        "layers": layers,
    });
    file(&metadata, &[])
}

fn tensor(random: &mut Random, name: &str, shape: &[usize]) -> NamedTensor {
    let elements = shape.iter().product();
    let values: Vec<f32> = (0..elements).map(|_| random.symmetric() as f32).collect();
    floats(name, shape, &values)
}

/// An input in codes, any.
#[must_use]
pub fn input(seed: u64, elements: usize) -> Vec<i32> {
    let mut random = Random::new(seed);
    (0..elements).map(|_| random.below(256) as i32).collect()
}
