//! Trains a convolutional network on 10,000 images of MNIST: 4,176 bytes of weights.
//!
//! ```text
//! cargo run --release -p bitneural-train --example mnist_cnn -- [--seed N] [--epochs N] [--float] [--output FILE]
//! ```
//!
//! `--float` also trains the float network of the same shape, to see what ternary weights cost.

use std::process::ExitCode;

use bitneural_train::{Architecture, Augment, Conv2d, Dataset, Dense, Error, Fit, Input};

mod shipped;

use shipped::Recipe;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/mnist");
const MODEL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/digits/models/mnist_cnn.safetensors"
);

fn architecture() -> Architecture {
    let image = Input::new("image", [28, 28, 1]).declared(0.0, 255.0);
    Architecture::new("mnist_cnn", image)
        .labels((0..10).map(|digit| digit.to_string()))
        .conv2d(
            Conv2d::new("conv1", 16, 5)
                .stride(2)
                .same()
                .int8()
                .batch_norm()
                .relu(),
        )
        .conv2d(
            Conv2d::new("conv2", 32, 3)
                .stride(2)
                .same()
                .batch_norm()
                .relu(),
        )
        .conv2d(Conv2d::new("conv3", 32, 3).batch_norm().relu())
        .max_pool2d(2)
        .flatten()
        .dense(Dense::new("scores", 10).learned_scale())
        .softmax()
}

fn data(part: &str) -> Result<Dataset, Error> {
    let images = format!("{DATA}/{part}.idx3-ubyte.gz");
    let labels = images.replace("images", "labels").replace("idx3", "idx1");
    Dataset::read(images, labels, 28 * 28, 10)
}

fn recipe() -> Result<Recipe, Error> {
    let augment = Augment::new()
        .shift(2.0)
        .rotation(10.0)
        .scale(0.1)
        .shear(0.1)
        .elastic(6, 1.0);
    Ok(Recipe {
        architecture,
        fit: Fit::new().batch(64).rate(5e-3).augment(augment),
        epochs: 60,
        training: data("train-images-10k")?,
        test: data("test-images-5k")?,
        model: MODEL,
    })
}

fn main() -> ExitCode {
    shipped::main(recipe)
}
