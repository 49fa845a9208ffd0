//! Trains the network of the digits example, 64-64-32-10.
//!
//! ```text
//! cargo run --release -p bitneural-train --example digits_mlp -- [--seed N] [--epochs N] [--float] [--output FILE]
//! ```
//!
//! `--float` also trains the float network of the same shape, to see what ternary weights cost.

use std::process::ExitCode;

use bitneural_train::{Architecture, Dataset, Dense, Error, Fit, Input};

mod shipped;

use shipped::Recipe;

/// 8×8 pixels in 0..=16; the first 1,297 rows train, the last 500, by other writers, test.
const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/data/digits/digits.csv.gz"
);
const MODEL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/digits/models/digits_mlp.safetensors"
);

fn architecture() -> Architecture {
    Architecture::new(
        "digits_mlp",
        Input::new("image", [8, 8]).declared(0.0, 16.0),
    )
    .labels((0..10).map(|digit| digit.to_string()))
    .flatten()
    .dense(Dense::new("fc1", 64).batch_norm().relu())
    .dense(Dense::new("fc2", 32).batch_norm().relu())
    .dense(Dense::new("fc3", 10).learned_scale())
    .softmax()
}

fn recipe() -> Result<Recipe, Error> {
    let (training, test) = Dataset::read_csv(DATA, 64, 10)?.split_at(1297)?;
    Ok(Recipe {
        architecture,
        fit: Fit::new().batch(32).rate(5e-3),
        epochs: 60,
        training,
        test,
        model: MODEL,
    })
}

fn main() -> ExitCode {
    shipped::main(recipe)
}
