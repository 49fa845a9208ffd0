//! Trains a convolutional network on 10,000 images of MNIST: 4,176 bytes of weights.
//!
//! ```text
//! cargo run --release -p bitneural-train --example mnist_cnn -- [--seed N] [--epochs N] [--float] [--output FILE]
//! ```
//!
//! `--float` also trains the float network of the same shape, to see what ternary weights cost.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bitneural_train::{
    Architecture, Augment, Conv2d, Dataset, Dense, Error, Fit, Input, Network, Weights,
};

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

struct Arguments {
    seed: u64,
    epochs: usize,
    float: bool,
    output: PathBuf,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            seed: 1,
            epochs: 60,
            float: false,
            output: Path::new(MODEL).to_owned(),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            let number = |text: String| {
                text.parse::<u64>()
                    .map_err(|_| format!("`{text}` is not a number"))
            };
            match word.as_str() {
                "--seed" => arguments.seed = number(value()?)?,
                "--epochs" => arguments.epochs = number(value()?)? as usize,
                "--output" => arguments.output = value()?.into(),
                "--float" => arguments.float = true,
                _ => {
                    return Err(format!(
                        "unknown argument {word}; known are --seed, --epochs, --output, --float"
                    ));
                }
            }
        }
        Ok(arguments)
    }
}

fn data(part: &str) -> Result<Dataset, Error> {
    let images = format!("{DATA}/{part}.idx3-ubyte.gz");
    let labels = images.replace("images", "labels").replace("idx3", "idx1");
    Dataset::read(images, labels, 28 * 28, 10)
}

fn train(weights: Weights, arguments: &Arguments, data: &Dataset) -> Result<Network, Error> {
    let mut network = Network::new(architecture().weights(weights), arguments.seed)?;
    let augment = Augment::new()
        .shift(2.0)
        .rotation(10.0)
        .scale(0.1)
        .shear(0.1)
        .elastic(6, 1.0);
    let fit = Fit::new()
        .epochs(arguments.epochs)
        .batch(64)
        .rate(5e-3)
        .seed(arguments.seed)
        .augment(augment)
        .progress(true);
    let start = Instant::now();
    let history = fit.run(&mut network, data)?;
    println!(
        "{weights:?}: {:.2} s an epoch, loss {:.4} in the last one",
        start.elapsed().as_secs_f64() / arguments.epochs as f64,
        history.last().map_or(0.0, |epoch| epoch.loss)
    );
    Ok(network)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let (training, test) = (data("train-images-10k")?, data("test-images-5k")?);
    let percent = |classes: &[usize]| test.accuracy(classes).map(|share| 100.0 * share);

    if arguments.float {
        let network = train(Weights::Float, &arguments, &training)?;
        println!(
            "float weights, f32:    {:.2} %",
            percent(&network.classify(&test)?)?
        );
    }
    let network = train(Weights::Ternary, &arguments, &training)?;
    println!("{} bytes of weights", network.architecture().weight_bytes());
    println!(
        "ternary weights, f32:  {:.2} %",
        percent(&network.classify(&test)?)?
    );
    let deployed = network.deploy()?;
    println!(
        "as deployed, integers: {:.2} %",
        percent(&deployed.classify(&test)?)?
    );
    let comparison = deployed.compare(&test)?;
    println!(
        "tensors with the deployed constants: {} of {} classes and {} of {} activations differ from the integers",
        comparison.other_classes,
        comparison.samples,
        comparison.other_activations,
        comparison.activations
    );
    let bytes = network.write(&arguments.output)?;
    println!("{}: {bytes} bytes", arguments.output.display());
    Ok(())
}
