//! Classifies real handwritten digits with ternary networks that are compiled into the program.
//!
//! ```text
//! cargo run --release -p digits
//! cargo run --release -p digits -- --model digits_mlp --images FILE --labels FILE --json
//! ```

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use bitneural_data::Dataset;
use clap::Parser;
use serde::Serialize;

mod draw;
mod models;

use models::{Entry, MODELS};

/// Classifies handwritten digits with ternary networks compiled into this program.
#[derive(Parser)]
struct Arguments {
    /// The network; all of them if not given.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(MODELS.iter().map(|model| model.name)))]
    model: Option<String>,
    /// Images to classify: IDX (gzipped or not), the digits CSV, .npy or safetensors; the committed
    /// test set if not given.
    #[arg(long)]
    images: Option<PathBuf>,
    /// Their labels, where they do not stand in the same file.
    #[arg(long, requires = "images")]
    labels: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// The figures of a network.
#[derive(Serialize)]
struct Figures {
    name: &'static str,
    images: usize,
    /// Share of the images whose class is right; `null` without labels.
    accuracy: Option<f64>,
    flash_bytes: usize,
    ram_bytes: usize,
    macs: u64,
}

#[derive(Serialize)]
struct Report {
    models: Vec<Figures>,
}

/// What a network made of a set of images.
struct Outcome {
    classes: Vec<usize>,
    accuracy: Option<f64>,
    seconds_each: f64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut figures = Vec::new();
    for model in MODELS {
        if arguments
            .model
            .as_ref()
            .is_some_and(|name| name != model.name)
        {
            continue;
        }
        let data = match &arguments.images {
            Some(file) => models::images(file, arguments.labels.as_deref(), model),
            None => (model.test_set)(),
        };
        let data = match data {
            Ok(data) => data,
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        };
        let outcome = classify(model, &data);
        if !arguments.json {
            show(model, &data, &outcome);
        }
        figures.push(Figures {
            name: model.name,
            images: data.samples(),
            accuracy: outcome.accuracy,
            flash_bytes: model.flash_bytes,
            ram_bytes: model.ram_bytes,
            macs: model.macs,
        });
    }
    if arguments.json {
        match serde_json::to_string(&Report { models: figures }) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn classify(model: &Entry, data: &Dataset) -> Outcome {
    let mut classifier = (model.classifier)();
    let start = Instant::now();
    let classes: Vec<usize> = data.iter().map(&mut classifier).collect();
    let seconds_each = start.elapsed().as_secs_f64() / classes.len() as f64;
    let accuracy = data.labels.as_ref().map(|labels| {
        let right = labels
            .iter()
            .zip(&classes)
            .filter(|(label, class)| label == class)
            .count();
        right as f64 / classes.len() as f64
    });
    Outcome {
        classes,
        accuracy,
        seconds_each,
    }
}

/// The figures, and a few images with their classes: the mistakes last.
fn show(model: &Entry, data: &Dataset, outcome: &Outcome) {
    println!("{}: {}", model.name, model.about);
    match outcome.accuracy {
        Some(accuracy) => println!(
            "  accuracy   {:.1} % of {} images",
            100.0 * accuracy,
            data.samples()
        ),
        None => println!("  images     {} (no labels)", data.samples()),
    }
    println!(
        "  flash      {} B of weights and constants",
        model.flash_bytes
    );
    println!("  RAM        {} B", model.ram_bytes);
    println!("  MACs       {}", model.macs);
    println!(
        "  time       {:.2} µs an image on this computer\n",
        1e6 * outcome.seconds_each
    );

    let wrong = |index: &usize| {
        data.labels
            .as_ref()
            .is_some_and(|labels| labels[*index] != outcome.classes[*index])
    };
    let few = 80 / (model.width.max(7) + 3);
    let mistakes: Vec<usize> = (0..data.samples()).filter(wrong).take(2).collect();
    let right = (0..data.samples())
        .filter(|index| !wrong(index))
        .take(few - mistakes.len());
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let images: Vec<&[f32]> = data.iter().collect();
    let pictures: Vec<(Vec<String>, String)> = right
        .chain(mistakes.iter().copied())
        .map(|index| {
            let class = outcome.classes[index];
            let caption = match &data.labels {
                Some(labels) if labels[index] != class => format!("{class} (a {})", labels[index]),
                _ => class.to_string(),
            };
            (
                draw::lines(images[index], model.width, model.brightest, colour),
                caption,
            )
        })
        .collect();
    println!("{}", draw::side_by_side(&pictures, model.width));
}
