//! Trains a convolutional network along time on 402 heartbeats of ECG5000: 576 bytes of weights.
//!
//! ```text
//! cargo run --release -p bitneural-train --example heartbeats -- [--seed N] [--epochs N] [--float] [--output FILE]
//! ```
//!
//! `--float` also trains the float network of the same shape, to see what ternary weights cost.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bitneural_train::{
    Architecture, AugmentSequence, Conv1d, Dataset, Dense, Error, Fit, Input, Network, Weights,
};

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
            epochs: 80,
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
    let tensor = |name: &str| format!("{DATA}:{part}.{name}");
    Dataset::read(tensor("input"), tensor("label"), 140, CLASSES.len())
}

fn train(weights: Weights, arguments: &Arguments, data: &Dataset) -> Result<Network, Error> {
    let mut network = Network::new(architecture().weights(weights), arguments.seed)?;
    let fit = Fit::new()
        .epochs(arguments.epochs)
        .batch(32)
        .rate(5e-3)
        .seed(arguments.seed)
        .augment_sequence(AugmentSequence::new().roll(4).gain(0.1).noise(0.05))
        .progress(true);
    let start = Instant::now();
    let history = fit.run(&mut network, data)?;
    println!(
        "{weights:?}: {:.3} s an epoch, loss {:.4} in the last one",
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
    let (training, test) = (data("train")?, data("test")?);
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
