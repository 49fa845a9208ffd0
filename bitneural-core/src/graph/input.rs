//! What normalizes an input becomes the mean and the deviation of the interface (R4).

use super::NodeKind;
use super::build::Builder;
use super::linear::per_output;
use super::norm::check_variances;
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::source::layers::input::Normalize;
use crate::source::layers::{Layer, LayerKind};
use crate::source::{ModelFile, Origin};

/// The least deviation of a normalization, as Keras has it.
const LEAST_DEVIATION: f64 = 1e-7;

/// The value of an input is the normalized one, so nothing is left to compute: the layer yields what it reads.
pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    normalize: &Normalize,
) -> bool {
    match port(builder.file, layer) {
        Ok(port) => {
            if let Some((mean, deviation)) = constants(builder, layer, normalize) {
                compose(builder, layer, port, &mean, &deviation);
            }
        }
        Err(kind) => builder.problems.push(kind, Location::layer(&layer.id)),
    }
    let shape = builder.shape().clone();
    builder.push(id, NodeKind::Reshape, shape, None);
    true
}

/// The input that a layer reads, through layers of its kind, if nobody else reads what it reads.
fn port(file: &ModelFile<'_>, layer: &Layer) -> Result<usize, ErrorKind> {
    let read = layer.inputs[0];
    let mut origin = read;
    let port = loop {
        match origin {
            Origin::Input(index) => break index,
            Origin::Layer(index) => {
                let before = &file.layers[index];
                if !matches!(before.kind, LayerKind::Normalize(_)) {
                    return Err(elsewhere(layer));
                }
                origin = before.inputs[0];
            }
        }
    };
    let reads = file.layers.iter().flat_map(|layer| &layer.inputs);
    let is_output = matches!(read, Origin::Layer(index) if file.metadata.outputs.contains(&index));
    if is_output || reads.filter(|&&other| other == read).count() > 1 {
        return Err(ErrorKind::Unsupported {
            option: "beside others that read the same values, a",
            value: layer.kind.name().to_owned(),
            instead: "let the others read what this layer yields, or write a `batch_norm`"
                .to_owned(),
        });
    }
    Ok(port)
}

fn elsewhere(layer: &Layer) -> ErrorKind {
    ErrorKind::Unsupported {
        option: "anywhere but right behind an input, a",
        value: layer.kind.name().to_owned(),
        instead:
            "write a `batch_norm`, whose `mean` and `variance`, `gamma` and `beta` say the same"
                .to_owned(),
    }
}

/// Means and deviations, each one alone or one a channel; nothing if they have a problem, which is noted.
fn constants(
    builder: &mut Builder<'_>,
    layer: &Layer,
    normalize: &Normalize,
) -> Option<(Vec<f64>, Vec<f64>)> {
    let channels = builder.shape().channels();
    match normalize {
        Normalize::Statistics { mean, variance } => {
            let means = per_output(builder, &layer.id, mean, channels, true);
            let variances = per_output(builder, &layer.id, variance, channels, true);
            check_variances(builder, layer, variance, variances.as_deref());
            let variances = variances?.into_iter();
            let deviations = variances.map(|variance| variance.sqrt().max(LEAST_DEVIATION));
            Some((means?, deviations.collect()))
        }
        Normalize::Factors { scale, offset } => {
            let lists = [("scale", scale), ("offset", offset)];
            let wrong = |list: &&Vec<f64>| list.len() != 1 && list.len() != channels;
            let before = builder.problems.len();
            for (field, list) in lists.into_iter().filter(|(_, list)| wrong(list)) {
                let kind = ErrorKind::InvalidField {
                    field: field.to_owned(),
                    expected: format!("one number, or one for each of {channels} channels"),
                    found: format!("{} numbers", list.len()),
                };
                builder.problems.push(kind, Location::layer(&layer.id));
            }
            (builder.problems.len() == before).then(|| {
                let means = zipped(offset, scale, |offset, scale| -offset / scale);
                (means, scale.iter().map(|scale| 1.0 / scale).collect())
            })
        }
    }
}

/// A function of two lists, of which one of one value stands for as many as the other has.
fn zipped(one: &[f64], two: &[f64], function: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let pick = |list: &[f64], channel: usize| list[channel % list.len()];
    let channels = 0..one.len().max(two.len());
    channels
        .map(|channel| function(pick(one, channel), pick(two, channel)))
        .collect()
}

/// Puts a normalization behind that of an input: `((x − m₀)/s₀ − m)/s = (x − (m₀ + s₀·m))/(s₀·s)`.
fn compose(
    builder: &mut Builder<'_>,
    layer: &Layer,
    port: usize,
    means: &[f64],
    deviations: &[f64],
) {
    let input = &mut builder.inputs[port];
    let shifts = zipped(&input.std, means, |deviation, mean| deviation * mean);
    input.mean = zipped(&input.mean, &shifts, |mean, shift| mean + shift);
    input.std = zipped(&input.std, deviations, |one, two| one * two);
    let fits = |deviation: &f64| (f64::from(f32::MIN_POSITIVE)..1e30).contains(&deviation.abs());
    if let Some(deviation) = input.std.iter().find(|deviation| !fits(deviation)) {
        let kind = ErrorKind::InvalidField {
            field: "std".to_owned(),
            expected:
                "a standard deviation from 2^-126 to 1e30 behind all normalizations of the input"
                    .to_owned(),
            found: format!("{deviation:e}"),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
    }
}
