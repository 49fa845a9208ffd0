//! The pipeline, stage by stage, each result verified.

use std::path::Path;

use crate::calibrate;
use crate::emit::program::{self, Program};
use crate::error::{Error, ErrorKind, Errors, Location, near};
use crate::graph::{self, Graph};
use crate::network::{self, Network};
use crate::options::{Activations, Budget, Options};
use crate::passes;
use crate::plan::stream::StreamPlan;
use crate::plan::{self, Plan};
use crate::quantize;
use crate::report::{self, Report};
use crate::source::layers::{Layer, LayerKind};
use crate::source::{self, CALIBRATION_INPUT, ModelFile, RangeKind, RecordedRange, limits};
use crate::stream;
use crate::writer::Observed;

/// Everything that a compilation yields.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// The float network, ternary.
    pub graph: Graph,
    /// The integer network, or that of f32 mode.
    pub network: Network,
    /// What runs and where it lies.
    pub plan: Plan,
    /// What it costs.
    pub report: Report,
    /// What runs for a frame, if that is asked for.
    pub stream: Option<StreamPlan>,
    /// What is printed.
    pub program: Program,
}

/// The bytes of the file at `path`, which `shown` stands for in messages.
///
/// # Errors
/// No such file (with near names), a file that cannot be read, or one of another framework.
pub fn load(path: &Path, shown: &str) -> Result<Vec<u8>, Errors> {
    let fail = |kind| {
        Errors::from(Error {
            kind,
            location: Location::default(),
        })
        .in_file(shown)
    };
    let length = match std::fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(fail(ErrorKind::FileNotFound {
                near: near_files(path, shown),
            }));
        }
        Err(error) => {
            return Err(fail(ErrorKind::FileUnreadable {
                reason: error.to_string(),
            }));
        }
    };
    if length > limits::FILE_BYTES {
        return Err(fail(ErrorKind::FileTooLarge {
            bytes: length,
            limit: limits::FILE_BYTES,
        }));
    }
    let bytes = std::fs::read(path).map_err(|error| {
        fail(ErrorKind::FileUnreadable {
            reason: error.to_string(),
        })
    })?;
    match source::foreign::recognize(shown, &bytes) {
        Some(kind) => Err(fail(kind)),
        None => Ok(bytes),
    }
}

/// Files of a similar name in the same folder, as the user would write them.
fn near_files(path: &Path, shown: &str) -> Vec<String> {
    let (Some(folder), Some(wanted)) = (path.parent(), path.file_name()) else {
        return Vec::new();
    };
    // Without the extension, which would make any two models similar.
    let stem = |name: &str| {
        name.rsplit_once('.')
            .map_or(name, |(stem, _)| stem)
            .to_owned()
    };
    // The parent of a bare name is the empty path, which no system can list.
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    let prefix = shown.strip_suffix(&*wanted.to_string_lossy()).unwrap_or("");
    let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
    near(
        &stem(&wanted.to_string_lossy()),
        stems.iter().map(String::as_str),
    )
    .iter()
    .flat_map(|near| names.iter().filter(move |name| stem(name) == *near))
    .map(|name| format!("{prefix}{name}"))
    .collect()
}

fn internal(stage: &'static str, what: &'static str) -> impl FnOnce(String) -> Errors {
    move |reason| {
        Error {
            kind: ErrorKind::Internal {
                stage,
                what,
                reason,
            },
            location: Location::default(),
        }
        .into()
    }
}

/// The float network of a file, node by node as the file has it, its weights quantized.
///
/// # Errors
/// Everything that is wrong with the file but its ranges.
pub fn float_network(file: &ModelFile<'_>, options: &Options) -> Result<Graph, Errors> {
    let mut graph = graph::build(file)?;
    graph::verify::verify(&graph).map_err(internal("graph", "Graph"))?;
    graph.attach(&options.custom_ops)?;
    passes::quantize_weights(&mut graph, options.quantizer);
    graph::verify::verify(&graph).map_err(internal("passes", "Graph"))?;
    Ok(graph)
}

/// Compiles the bytes of a model file.
///
/// # Errors
/// Everything that is wrong with the file; [`Errors::in_file`] adds its name.
pub fn compile(bytes: &[u8], options: &Options) -> Result<Compiled, Errors> {
    let file = source::read(bytes)?;
    let mut problems = check_custom_types(&file, options);
    match compile_file(&file, options) {
        Ok(compiled) => problems.into_result(compiled),
        Err(others) => {
            problems.extend(others);
            Err(problems)
        }
    }
}

fn compile_file(file: &ModelFile<'_>, options: &Options) -> Result<Compiled, Errors> {
    let mut graph = float_network(file, options)?;
    if options.activations == Activations::U8 {
        calibrate_from_file(file, &mut graph);
    }
    passes::run(&mut graph).map_err(internal("passes", "Graph"))?;
    let network = match options.activations {
        Activations::U8 => quantize::quantize(&graph)?,
        Activations::F32 => quantize::float(&graph)?,
    };
    network::verify::verify(&network).map_err(internal("quantize", "Network"))?;
    let plan = plan::plan(&network, options.optimize);
    plan::verify::verify(&plan).map_err(internal("plan", "Plan"))?;
    // The record is about integers, and the weights as the file quantizes them.
    let is_recorded = options.quantizer.is_none() && options.activations == Activations::U8;
    let recorded = file.fidelity.as_ref();
    let stream = match options.streaming {
        true => Some(streamed(&network, options)?),
        false => None,
    };
    let report = report::report(&plan, stream.as_ref(), recorded.filter(|_| is_recorded));
    check_budget(&options.budget, &report)?;
    let program = program::program(&plan, stream.as_ref(), &report)?;
    Ok(Compiled {
        graph,
        network,
        plan,
        report,
        stream,
        program,
    })
}

/// The same network a frame at a time.
fn streamed(network: &Network, options: &Options) -> Result<StreamPlan, Errors> {
    let stream = stream::stream(network)?;
    network::verify::verify(&stream.network).map_err(internal("stream", "Network"))?;
    let planned = plan::stream::plan(&stream, options.optimize);
    plan::verify::verify(&planned.plan).map_err(internal("stream", "Plan"))?;
    Ok(planned)
}

/// The names of custom layers, where the user must name a type for each: those of the file and those that
/// the user gave are the same.
fn check_custom_types(file: &ModelFile<'_>, options: &Options) -> Errors {
    let mut problems = Errors::new();
    let Some(told) = &options.custom_types else {
        return problems;
    };
    let in_file = file.layers.iter().filter_map(|layer| match &layer.kind {
        LayerKind::Custom(custom) => Some((layer, custom.name.as_str())),
        LayerKind::Dense(_)
        | LayerKind::Conv(_)
        | LayerKind::Separable(_)
        | LayerKind::Pool(_)
        | LayerKind::Recurrent(_)
        | LayerKind::BatchNorm(_)
        | LayerKind::Normalize(_)
        | LayerKind::LayerNorm(_)
        | LayerKind::Activation(_)
        | LayerKind::Embedding(_)
        | LayerKind::Elementwise(_)
        | LayerKind::Shape(_)
        | LayerKind::Softmax(_) => None,
    });
    let in_file: Vec<(&Layer, &str)> = in_file.collect();
    for (layer, name) in in_file
        .iter()
        .filter(|(_, name)| told.iter().all(|known| known != name))
    {
        let kind = ErrorKind::CustomWithoutType {
            name: (*name).to_owned(),
        };
        problems.push(kind, Location::layer(&layer.id));
    }
    let known = || in_file.iter().map(|(_, name)| *name);
    for name in told
        .iter()
        .filter(|told| known().all(|name| name != **told))
    {
        let mut allowed: Vec<String> = known().map(str::to_owned).collect();
        allowed.dedup();
        let kind = ErrorKind::UnknownCustom {
            name: name.clone(),
            near: near(name, known()),
            allowed,
        };
        problems.push(kind, Location::default());
    }
    problems
}

/// Ranges that are missing are observed on the inputs that the file carries, if it carries any and
/// they are few.
fn calibrate_from_file(file: &ModelFile<'_>, graph: &mut Graph) {
    let missing = calibrate::needed(graph).any(|id| graph.value(id).range.is_none());
    let Some(inputs) = file.tensor(CALIBRATION_INPUT).filter(|_| missing) else {
        return;
    };
    let elements = graph.interface.input_elements();
    // A tensor of another type or length leaves the ranges missing, which is reported as such.
    let Ok(mut values) = inputs.to_f32() else {
        return;
    };
    let samples = values.len() / elements;
    if samples == 0
        || values.len() % elements != 0
        || graph.check_ops().is_err()
        || graph.macs().saturating_mul(samples as u64) > limits::CALIBRATION_MACS
    {
        return;
    }
    // The samples lie in the layout of the file, as its shapes do.
    for sample in values.chunks_exact_mut(elements) {
        let mut left = sample;
        for (port, in_file) in graph.interface.inputs.iter().zip(&file.metadata.inputs) {
            let (own, rest) = left.split_at_mut(port.shape.elements());
            left = rest;
            if !graph::flatten_reorders(&port.shape, in_file.layout) {
                continue;
            }
            let in_file = own.to_vec();
            for (value, from) in own.iter_mut().zip(graph::flatten_order(&port.shape)) {
                *value = in_file[from as usize];
            }
        }
    }
    let observed = calibrate::observe(graph, values.chunks_exact(elements));
    for (value, observed) in graph.values.iter_mut().zip(observed) {
        if let (None, Some(Observed { low, high })) = (value.range, observed) {
            let (low, high) = (f64::from(low), f64::from(high));
            value.range = Some(RecordedRange {
                low,
                high,
                kind: RangeKind::Observed { samples },
                fixed: None,
            });
        }
    }
}

fn check_budget(budget: &Budget, report: &Report) -> Result<(), Errors> {
    let over = |limit: Option<usize>, bytes: usize| limit.is_some_and(|limit| bytes > limit);
    if !over(budget.flash_bytes, report.flash_bytes) && !over(budget.ram_bytes, report.ram_bytes) {
        return Ok(());
    }
    let allowed = [("flash", budget.flash_bytes), ("RAM", budget.ram_bytes)]
        .iter()
        .filter_map(|(what, limit)| limit.map(|limit| format!("{limit} B of {what}")))
        .collect::<Vec<_>>()
        .join(", ");
    let kind = ErrorKind::BudgetExceeded {
        allowed: format!("at most {allowed}"),
        needed: format!(
            "{} B of flash, {} B of RAM",
            report.flash_bytes, report.ram_bytes
        ),
        breakdown: report.breakdown().join("\n"),
    };
    Err(Error {
        kind,
        location: Location::default(),
    }
    .into())
}

#[cfg(test)]
mod tests;
