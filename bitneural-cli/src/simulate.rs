//! `bitneural simulate`: the float and the integer network side by side.

use std::path::PathBuf;

use bitneural_core::options::Options;
use bitneural_core::reference::{float, integer};
use bitneural_data::Place;
use serde_json::json;

mod comparison;

use crate::data;
use crate::model::Bytes;
use crate::problem::Failure;
use crate::text;
use comparison::Comparison;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    file: PathBuf,
    #[command(flatten)]
    data: data::Inputs,
    /// Class of each sample [default: tensor `label` or `labels` beside the inputs, last column of a CSV]
    #[arg(long, value_name = "FILE[:TENSOR]", value_parser = data::place)]
    labels: Option<Place>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let model = Bytes::load(&args.file)?;
    let file = model.file()?;
    let compiled = model.compile(&Options::default())?;
    let (graph, network) = (&compiled.graph, &compiled.network);
    let classes = graph.classes();
    let data = args.data.read(&file, args.labels.as_ref(), Some(classes))?;

    let mut comparison = Comparison::default();
    for (index, input) in data.iter().enumerate() {
        let real = float::run(graph, input);
        let codes = integer::run(network, &integer::quantize_input(network, input));
        let class = integer::classify(network, &codes);
        let codes = &codes[network.scores.index()];
        // A tensor of the network has the index of the graph's value.
        let reference = &real[network.scores.index()];
        let scores = integer::dequantize(network, network.scores, codes);
        let label = data.labels.as_ref().map(|labels| labels[index]);
        comparison.add(
            reference,
            &scores,
            class,
            network.threshold.is_some(),
            label,
        );
    }
    Ok(if args.json {
        json(&comparison)
    } else {
        human(&comparison, &model.shown)
    })
}

fn json(comparison: &Comparison) -> String {
    let object = json!({
        "samples": comparison.samples(),
        "float_accuracy": comparison.float_accuracy(),
        "integer_accuracy": comparison.integer_accuracy(),
        "agree": comparison.agree(),
        "sqnr_db": comparison.sqnr_db(),
    });
    format!("{object}\n")
}

fn human(comparison: &Comparison, shown: &str) -> String {
    let percent = |share: Option<f64>| match share {
        Some(share) => format!("{:.2} %", 100.0 * share),
        None => "no labels".to_owned(),
    };
    let sqnr = match comparison.sqnr_db() {
        Some(decibels) => format!("{decibels:.1} dB"),
        None => "no difference, or no signal".to_owned(),
    };
    let samples = comparison.samples();
    text::pairs(&[
        ("model", shown.to_owned()),
        ("samples", samples.to_string()),
        ("accuracy, float", percent(comparison.float_accuracy())),
        ("accuracy, integer", percent(comparison.integer_accuracy())),
        ("same class", percent(Some(comparison.agree()))),
        ("SQNR of the logits", sqnr),
    ])
}
