//! `bitneural calibrate`: records the ranges of activations in the model file.

use std::path::PathBuf;

use bitneural_core::graph::Graph;
use bitneural_core::measure::Meter;
use bitneural_core::options::Options;
use bitneural_core::source::{RangeKind, RecordedRange};
use bitneural_core::writer::{Observed, with_fidelity, with_ranges, write_atomically};

use crate::data;
use crate::model::Bytes;
use crate::problem::{Failure, Problem};
use crate::simulate;
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
    graph.check_ops().map_err(|errors| model.problems(errors))?;
    let data = args.data.read(&file, None, None)?;
    let observed = bitneural_core::calibrate::observe(&graph, data.iter());
    check_finite(&graph, &observed, &model.shown)?;
    let bytes = with_ranges(&model.bytes, &graph, &observed, data.samples())
        .map_err(|errors| model.problems(errors))?;
    let ranged = Bytes {
        bytes,
        shown: model.shown.clone(),
    };
    // What does not compile yet is written all the same: its ranges are right.
    let compiled = ranged.compile(&Options::default());
    let (bytes, fidelity) = match &compiled {
        Ok(compiled) => {
            let mut meter = Meter::new(&compiled.graph, &compiled.network);
            for input in data.iter().take(MEASURED) {
                meter.add(input, None);
            }
            let fidelity = meter.fidelity();
            let bytes =
                with_fidelity(&ranged.bytes, &fidelity).map_err(|errors| model.problems(errors))?;
            (bytes, Some(fidelity))
        }
        Err(_) => (ranged.bytes, None),
    };
    let to = args.output.as_ref().unwrap_or(&args.file);
    write_atomically(to, &bytes).map_err(|error| {
        vec![Problem::new(
            format!("the file cannot be written: {error}"),
            to.display().to_string(),
        )]
    })?;
    let mut text = format!(
        "{}\n{} samples, recorded in {}\n",
        table(&graph, &observed),
        data.samples(),
        to.display()
    );
    if let Some(fidelity) = &fidelity {
        let title = format!("Integers beside floats, {} samples", fidelity.samples);
        text += &text::heading(&title);
        text += &simulate::layers(fidelity);
    }
    match compiled {
        Ok(_) => Ok(text),
        Err(Failure { problems, .. }) => Err(Failure { text, problems }),
    }
}

/// The most samples that both networks are compared on: more change no digit that the card shows.
const MEASURED: usize = 256;

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
        .enumerate()
        .filter_map(|(index, (value, observed))| Some((index, value, (*observed)?)))
        .filter(|(_, _, Observed { low, high })| !(-LARGEST < *low && *high < LARGEST))
        .map(|(index, value, Observed { low, high })| {
            let place = match value.layer {
                Some(layer) => format!("{shown}, layer `{}`", graph.layer(layer).id),
                // The inputs are the first values, in the order of the file.
                None => format!("{shown}, input `{}`", graph.interface.inputs[index].id),
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
    let rows =
        graph
            .values
            .iter()
            .zip(observed)
            .enumerate()
            .filter_map(|(index, (value, observed))| {
                let Observed { low, high } = (*observed)?;
                let (name, kind) = match value.layer {
                    Some(layer) => (graph.layer(layer).id.clone(), graph.layer(layer).kind),
                    None => (graph.interface.inputs[index].id.clone(), "input"),
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
