//! What the examples of shipped networks have in common: arguments, training, judging, writing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bitneural_train::{Architecture, Dataset, Error, Fit, Network, Weights};

/// A network that is shipped.
pub(crate) struct Recipe {
    /// Its layers.
    pub(crate) architecture: fn() -> Architecture,
    /// How it is trained; seed and epochs are the user's.
    pub(crate) fit: Fit,
    /// So many epochs if the user says nothing.
    pub(crate) epochs: usize,
    /// What it is trained on.
    pub(crate) training: Dataset,
    /// What it is judged by.
    pub(crate) test: Dataset,
    /// The committed model file.
    pub(crate) model: &'static str,
}

/// Trains a network as the arguments of the program say, and tells how good it is.
pub(crate) fn main(recipe: fn() -> Result<Recipe, Error>) -> ExitCode {
    match run(recipe) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Arguments {
    seed: u64,
    epochs: Option<usize>,
    float: bool,
    output: Option<PathBuf>,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            seed: 1,
            epochs: None,
            float: false,
            output: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            let number = |text: String| {
                text.parse::<u64>()
                    .map_err(|_| format!("`{text}` is not a number"))
            };
            match word.as_str() {
                "--seed" => arguments.seed = number(value()?)?,
                "--epochs" => arguments.epochs = Some(number(value()?)? as usize),
                "--output" => arguments.output = Some(value()?.into()),
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

fn train(weights: Weights, arguments: &Arguments, recipe: &Recipe) -> Result<Network, Error> {
    let architecture = (recipe.architecture)().weights(weights);
    let mut network = Network::new(architecture, arguments.seed)?;
    let epochs = arguments.epochs.unwrap_or(recipe.epochs);
    let fit = recipe.fit.clone();
    let fit = fit.epochs(epochs).seed(arguments.seed).progress(true);
    let start = Instant::now();
    let history = fit.run(&mut network, &recipe.training)?;
    println!(
        "{weights:?}: {:.3} s an epoch, loss {:.4} in the last one",
        start.elapsed().as_secs_f64() / epochs as f64,
        history.last().map_or(0.0, |epoch| epoch.loss)
    );
    Ok(network)
}

fn run(recipe: fn() -> Result<Recipe, Error>) -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let recipe = recipe()?;
    let test = &recipe.test;
    let percent = |classes: &[usize]| test.accuracy(classes).map(|share| 100.0 * share);

    if arguments.float {
        let network = train(Weights::Float, &arguments, &recipe)?;
        println!(
            "float weights, f32:    {:.2} %",
            percent(&network.classify(test)?)?
        );
    }
    let network = train(Weights::Ternary, &arguments, &recipe)?;
    println!("{} bytes of weights", network.architecture().weight_bytes());
    println!(
        "ternary weights, f32:  {:.2} %",
        percent(&network.classify(test)?)?
    );
    let deployed = network.deploy()?;
    println!(
        "as deployed, integers: {:.2} %",
        percent(&deployed.classify(test)?)?
    );
    let comparison = deployed.compare(test)?;
    println!(
        "tensors with the deployed constants: {} of {} classes and {} of {} activations differ from the integers",
        comparison.other_classes,
        comparison.samples,
        comparison.other_activations,
        comparison.activations
    );
    let output = arguments.output.as_deref();
    let output = output.unwrap_or(Path::new(recipe.model));
    let bytes = network.write(output)?;
    println!("{}: {bytes} bytes", output.display());
    Ok(())
}
