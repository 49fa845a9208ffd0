//! Norms in the graph: a batch norm is an affine function of each channel, a layer norm looks at all channels of a
//! position.

use super::NodeKind;
use super::build::Builder;
use super::linear::{Clamp, per_output};
use super::window::axes_fit;
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::shape::Shape;
use crate::source::layers::Layer;
use crate::source::layers::norm as source;

/// `(x − mean) · factor + offset` for each channel, clamped.
#[derive(Debug, Clone, PartialEq)]
pub struct Affine {
    /// A of R32: γ / √(variance + ε).
    pub factor: Vec<f64>,
    /// μ of R32.
    pub mean: Vec<f64>,
    /// β of R32.
    pub offset: Vec<f64>,
    /// What is fused behind it.
    pub clamp: Clamp,
}

impl Affine {
    /// A batch norm of γ, β, μ, variance and ε, a channel after the other (R32).
    pub fn batch_norm(
        gamma: &[f64],
        beta: Vec<f64>,
        mean: Vec<f64>,
        variance: &[f64],
        epsilon: f64,
    ) -> Self {
        let factors = gamma.iter().zip(variance);
        let factor = factors.map(|(gamma, variance)| gamma / (variance.max(0.0) + epsilon).sqrt());
        Self {
            factor: factor.collect(),
            mean,
            offset: beta,
            clamp: Clamp::NONE,
        }
    }

    /// The identity with a clamp.
    pub fn identity(channels: usize, clamp: Clamp) -> Self {
        Self {
            factor: vec![1.0; channels],
            mean: vec![0.0; channels],
            offset: vec![0.0; channels],
            clamp,
        }
    }
}

/// `(x − mean) / √(variance + ε) · gamma + beta` with the mean and the variance over the channels of a position,
/// clamped.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNorm {
    /// ε.
    pub epsilon: f64,
    /// γ of each channel.
    pub gamma: Vec<f64>,
    /// β of each channel.
    pub beta: Vec<f64>,
    /// What is fused behind it; no slopes.
    pub clamp: Clamp,
}

/// The most channels of a layer norm: R22 keeps n²·16257 below 2^32.
pub(crate) const MOST_CHANNELS: usize = 512;

/// The shape that a norm reads, if one can be there.
fn readable(builder: &mut Builder<'_>, layer: &Layer) -> Option<Shape> {
    let shape = builder.shape().clone();
    if builder.pending_flatten().is_some() {
        let kind = ErrorKind::Unsupported {
            option: "behind a channels-first flatten, a",
            value: layer.kind.name().to_owned(),
            instead: "put it in front of the flatten".to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return None;
    }
    axes_fit(builder, layer, &shape.0).then_some(shape)
}

/// The factor and the offset of each channel: those of the file, else 1 and 0.
fn learned(
    builder: &mut Builder<'_>,
    layer: &Layer,
    channels: usize,
    (gamma, beta): (&Option<String>, &Option<String>),
) -> (Option<Vec<f64>>, Option<Vec<f64>>) {
    let mut read = |name: &Option<String>, absent: f64| match name {
        Some(name) => per_output(builder, &layer.id, name, channels, false),
        None => Some(vec![absent; channels]),
    };
    (read(gamma, 1.0), read(beta, 0.0))
}

pub(super) fn layer_norm(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    norm: &source::LayerNorm,
) -> bool {
    let Some(shape) = readable(builder, layer) else {
        return false;
    };
    let channels = shape.channels();
    if !(2..=MOST_CHANNELS).contains(&channels) {
        let kind = ErrorKind::DoesNotCompose {
            expected: format!("2 to {MOST_CHANNELS} channels, which are normalized together"),
            found: shape.clone(),
            mend:
                "give the layer before it another number of outputs, or normalize with `batch_norm`"
                    .to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
    }
    let (gamma, beta) = learned(builder, layer, channels, (&norm.gamma, &norm.beta));
    // Placeholders if something could not be read: its problem is noted.
    let node = LayerNorm {
        epsilon: norm.epsilon,
        gamma: gamma.unwrap_or_default(),
        beta: beta.unwrap_or_default(),
        clamp: Clamp::NONE,
    };
    builder.push(id, NodeKind::LayerNorm(node), shape, layer.range);
    true
}

pub(super) fn batch_norm(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    norm: &source::BatchNorm,
) -> bool {
    let Some(shape) = readable(builder, layer) else {
        return false;
    };
    let channels = shape.channels();
    let (gamma, beta) = learned(builder, layer, channels, (&norm.gamma, &norm.beta));
    let mut read = |name: &str| per_output(builder, &layer.id, name, channels, false);
    let mean = read(&norm.mean);
    let variance = read(&norm.variance);
    check_variances(builder, layer, &norm.variance, variance.as_deref());
    // Placeholders if something could not be read: its problem is noted.
    let identity = Affine::identity(channels, Clamp::NONE);
    let affine = match (gamma, beta, mean, variance) {
        (Some(gamma), Some(beta), Some(mean), Some(variance)) => {
            Affine::batch_norm(&gamma, beta, mean, &variance, norm.epsilon)
        }
        _ => identity,
    };
    builder.push(id, NodeKind::Affine(affine), shape, layer.range);
    true
}

/// Notes a variance below 0 in the tensor `name` of a layer, if it could be read.
pub(super) fn check_variances(
    builder: &mut Builder<'_>,
    layer: &Layer,
    name: &str,
    variances: Option<&[f64]>,
) {
    let mut variances = variances.unwrap_or_default().iter().enumerate();
    if let Some((index, value)) = variances.find(|(_, variance)| **variance < 0.0) {
        let kind = ErrorKind::InvalidField {
            field: "variance".to_owned(),
            expected: "numbers from 0".to_owned(),
            found: format!("{value} at index {index}"),
        };
        builder
            .problems
            .push(kind, Location::layer(&layer.id).tensor(name));
    }
}
