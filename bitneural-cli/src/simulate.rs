//! `bitneural simulate`: the float network and what runs on the chip, side by side.

use std::path::PathBuf;

use bitneural_core::fidelity::Fidelity;
use bitneural_core::measure::{Comparison, Meter};
use bitneural_core::options::{Activations, Options};
use bitneural_data::Place;
use serde_json::json;

use crate::data;
use crate::model::Bytes;
use crate::problem::Failure;
use crate::text;
use crate::words::words;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    file: PathBuf,
    #[command(flatten)]
    data: data::Inputs,
    /// Class of each sample [default: tensor `label` or `labels` beside the inputs, last column of a CSV]
    #[arg(long, value_name = "FILE[:TENSOR]", value_parser = data::place)]
    labels: Option<Place>,
    /// How activations are stored
    #[arg(long, value_parser = words(&Activations::WORDS), default_value = "u8")]
    activations: Activations,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let model = Bytes::load(&args.file)?;
    let file = model.file()?;
    let options = Options {
        activations: args.activations,
        ..Options::default()
    };
    let compiled = model.compile(&options)?;
    let (graph, network) = (&compiled.graph, &compiled.network);
    graph.check_ops().map_err(|errors| model.problems(errors))?;
    // Labels are classes of the only output; without one there are none to read.
    let classes = network.scores.map(|_| graph.classes());
    let data = args.data.read(&file, args.labels.as_ref(), classes)?;

    let mut meter = Meter::new(graph, network);
    for (index, input) in data.iter().enumerate() {
        let label = data.labels.as_ref().map(|labels| labels[index]);
        meter.add(input, label);
    }
    let (scores, fidelity) = (meter.scores(), meter.fidelity());
    Ok(if args.json {
        json(scores, &fidelity, args.activations)
    } else {
        human(scores, &fidelity, args.activations, &model.shown)
    })
}

/// What the network on the chip computes with.
fn numbers(activations: Activations) -> &'static str {
    match activations {
        Activations::U8 => "integer",
        Activations::F32 => "f32",
    }
}

fn json(comparison: &Comparison, fidelity: &Fidelity, activations: Activations) -> String {
    let accuracy = format!("{}_accuracy", numbers(activations));
    let values = fidelity.values.iter().map(|value| {
        json!({
            "id": value.id,
            "sqnr_db": value.sqnr_db,
            "saturated": value.saturated,
            "zeros": value.zeros,
            "zero_weights": value.zero_weights,
        })
    });
    let object = json!({
        "samples": comparison.samples(),
        "float_accuracy": comparison.float_accuracy(),
        accuracy: comparison.integer_accuracy(),
        "agree": fidelity.agree,
        "sqnr_db": comparison.sqnr_db(),
        "values": values.collect::<Vec<_>>(),
    });
    format!("{object}\n")
}

fn human(
    comparison: &Comparison,
    fidelity: &Fidelity,
    activations: Activations,
    shown: &str,
) -> String {
    let accuracy = format!("accuracy, {}", numbers(activations));
    let percent = |share: Option<f64>, without: &str| match share {
        Some(share) => format!("{:.2} %", 100.0 * share),
        None => without.to_owned(),
    };
    let (no_labels, no_classes) = ("no labels", "no classes");
    let sqnr = match comparison.sqnr_db() {
        Some(decibels) => format!("{decibels:.1} dB"),
        None => "no difference, or no signal".to_owned(),
    };
    let samples = comparison.samples();
    let sqnr_of = format!("SQNR of the {}", fidelity.judged());
    let whole = text::pairs(&[
        ("model", shown.to_owned()),
        ("samples", samples.to_string()),
        (
            "accuracy, float",
            percent(comparison.float_accuracy(), no_labels),
        ),
        (
            accuracy.as_str(),
            percent(comparison.integer_accuracy(), no_labels),
        ),
        ("same class", percent(fidelity.agree, no_classes)),
        (&sqnr_of, sqnr),
    ]);
    format!("{whole}{}{}", text::heading("Layers"), layers(fidelity))
}

/// What integers cost, a row for each input and layer.
pub(crate) fn layers(fidelity: &Fidelity) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let rows = fidelity.values.iter().map(|value| {
        vec![
            value.id.clone(),
            value.sqnr_db.map_or(String::new(), |db| format!("{db:.1}")),
            percent(value.saturated),
            percent(value.zeros),
            value.zero_weights.map_or(String::new(), percent),
        ]
    });
    let headings = [
        "value",
        "SQNR dB>",
        "saturated %>",
        "zeros %>",
        "zero weights %>",
    ];
    text::table(&headings, rows)
}
