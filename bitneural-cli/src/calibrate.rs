//! `bitneural calibrate`: records the ranges of activations in the model file.

use std::path::PathBuf;

use bitneural_core::graph::Graph;
use bitneural_core::options::Options;
use bitneural_core::source::{RangeKind, RecordedRange};
use bitneural_core::writer::{Observed, with_ranges, write_atomically};

use crate::data;
use crate::model::Bytes;
use crate::problem::{Failure, Problem};
use crate::text;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    file: PathBuf,
    #[command(flatten)]
    data: data::Inputs,
    /// Write another file instead of FILE
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let model = Bytes::load(&args.file)?;
    let file = model.file()?;
    let graph = model.float_network(&file)?;
    let data = args.data.read(&file, None, None)?;
    let observed = bitneural_core::calibrate::observe(&graph, data.iter());
    check_finite(&graph, &observed, &model.shown)?;
    let bytes = with_ranges(&model.bytes, &graph, &observed, data.samples())
        .map_err(|errors| model.problems(errors))?;
    let to = args.output.as_ref().unwrap_or(&args.file);
    write_atomically(to, &bytes).map_err(|error| {
        vec![Problem::new(
            format!("the file cannot be written: {error}"),
            to.display().to_string(),
        )]
    })?;
    let text = format!(
        "{}\n{} samples, recorded in {}\n",
        table(&graph, &observed),
        data.samples(),
        to.display()
    );
    let written = Bytes {
        bytes,
        shown: to.display().to_string(),
    };
    match written.compile(&Options::default()) {
        Ok(_) => Ok(text),
        Err(Failure { problems, .. }) => Err(Failure { text, problems }),
    }
}

/// The format takes bounds below 1e30; a network that exceeds them on its own data is broken.
fn check_finite(
    graph: &Graph,
    observed: &[Option<Observed>],
    shown: &str,
) -> Result<(), Vec<Problem>> {
    const LARGEST: f32 = 1e30;
    let problems: Vec<Problem> = graph
        .values
        .iter()
        .zip(observed)
        .filter_map(|(value, observed)| Some((value, (*observed)?)))
        .filter(|(_, Observed { low, high })| !(-LARGEST < *low && *high < LARGEST))
        .map(|(value, Observed { low, high })| {
            let place = match value.layer {
                Some(layer) => format!("{shown}, layer `{}`", graph.layer(layer).id),
                None => format!("{shown}, input `{}`", graph.interface.inputs[0].id),
            };
            Problem::new("the activations are too large to be quantized", place)
                .expected("magnitudes below 1e30", format!("{low:e} to {high:e}"))
                .help("the training diverged, or the inputs are not those it was trained on")
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// What was recorded, a row an activation.
fn table(graph: &Graph, observed: &[Option<Observed>]) -> String {
    let rows = graph
        .values
        .iter()
        .zip(observed)
        .filter_map(|(value, observed)| {
            let Observed { low, high } = (*observed)?;
            let (name, kind) = match value.layer {
                Some(layer) => (graph.layer(layer).id.clone(), graph.layer(layer).kind),
                None => (graph.interface.inputs[0].id.clone(), "input"),
            };
            Some(vec![
                name,
                kind.to_owned(),
                text::number(f64::from(low)),
                text::number(f64::from(high)),
                before(value.range),
            ])
        });
    text::table(&["layer", "type", "low>", "high>", "before"], rows)
}

/// What the file recorded so far, and whether it still holds.
fn before(range: Option<RecordedRange>) -> String {
    let Some(range) = range else {
        return "none".to_owned();
    };
    let bounds = format!(
        "{} to {}",
        text::number(range.low),
        text::number(range.high)
    );
    match (range.kind, range.fixed) {
        (_, Some((scale, _))) => format!("scale {} as trained, which holds", text::number(scale)),
        (RangeKind::Declared, None) => format!("{bounds}, declared, which holds"),
        (RangeKind::Observed { samples }, None) => format!("{bounds}, {samples} samples"),
    }
}
