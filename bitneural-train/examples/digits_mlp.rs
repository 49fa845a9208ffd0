//! Trains the network of the digits example, 64-64-32-10.
//!
//! ```text
//! cargo run --release -p bitneural-train --example digits_mlp -- [--seed N] [--epochs N] [--float] [--output FILE]
//! ```
//!
//! `--float` also trains the float network of the same shape, to see what ternary weights cost.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitneural_train::{Architecture, Dataset, Dense, Error, Fit, Input, Network, Weights};

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

fn train(weights: Weights, arguments: &Arguments, data: &Dataset) -> Result<Network, Error> {
    let mut network = Network::new(architecture().weights(weights), arguments.seed)?;
    let fit = Fit::new()
        .epochs(arguments.epochs)
        .batch(32)
        .rate(5e-3)
        .seed(arguments.seed)
        .progress(true);
    fit.run(&mut network, data)?;
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
    let (training, test) = Dataset::read_csv(DATA, 64, 10)?.split_at(1297)?;
    let percent = |classes: &[usize]| test.accuracy(classes).map(|share| 100.0 * share);

    if arguments.float {
        let network = train(Weights::Float, &arguments, &training)?;
        println!(
            "float weights, f32:    {:.1} %",
            percent(&network.classify(&test)?)?
        );
    }
    let network = train(Weights::Ternary, &arguments, &training)?;
    let deployed = network.deploy()?;
    println!(
        "ternary weights, f32:  {:.1} %",
        percent(&network.classify(&test)?)?
    );
    println!(
        "as deployed, integers: {:.1} %",
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
