//! Trains a convolutional network along time on 402 heartbeats of ECG5000: 576 bytes of weights.
//!
//! ```text
//! cargo run --release -p bitneural-train --example heartbeats -- [--seed N] [--epochs N] [--float] [--output FILE]
//! ```
//!
//! `--float` also trains the float network of the same shape, to see what ternary weights cost.

use std::process::ExitCode;

use bitneural_train::{Architecture, AugmentSequence, Conv1d, Dataset, Dense, Error, Fit, Input};

mod shipped;

use shipped::Recipe;

/// One heartbeat in 140 steps, normalized to mean 0 and variance 1; 402 to train, 98 to test.
const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/data/ecg5000/ECG5000_train500.safetensors"
);
const MODEL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/data/models/heartbeats.safetensors"
);
const CLASSES: [&str; 5] = [
    "normal",
    "r_on_t_pvc",
    "pvc",
    "supraventricular",
    "unclassified",
];

fn architecture() -> Architecture {
    // The training data lies between -5.80 and 4.06.
    let beat = Input::new("beat", [140, 1]).declared(-6.0, 4.5);
    Architecture::new("heartbeats", beat)
        .labels(CLASSES)
        .conv1d(
            Conv1d::new("conv1", 8, 7)
                .stride(2)
                .same()
                .int8()
                .batch_norm()
                .relu(),
        )
        .max_pool1d(2)
        .conv1d(
            Conv1d::new("conv2", 16, 5)
                .stride(2)
                .same()
                .batch_norm()
                .relu(),
        )
        .flatten()
        .dense(Dense::new("scores", 5).learned_scale())
        .softmax()
}

fn data(part: &str) -> Result<Dataset, Error> {
    let tensor = |name: &str| format!("{DATA}:{part}.{name}");
    Dataset::read(tensor("input"), tensor("label"), 140, CLASSES.len())
}

fn recipe() -> Result<Recipe, Error> {
    let augment = AugmentSequence::new().roll(4).gain(0.1).noise(0.05);
    Ok(Recipe {
        architecture,
        fit: Fit::new().batch(32).rate(5e-3).augment_sequence(augment),
        epochs: 80,
        training: data("train")?,
        test: data("test")?,
        model: MODEL,
    })
}

fn main() -> ExitCode {
    shipped::main(recipe)
}
