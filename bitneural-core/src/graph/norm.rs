//! Batch norms in the graph: an affine function of each channel.

use super::NodeKind;
use super::build::Builder;
use super::linear::{Clamp, per_output};
use super::window::axes_fit;
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
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

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    norm: &source::BatchNorm,
) -> bool {
    let shape = builder.shape().clone();
    let channels = shape.channels();
    if builder.pending_flatten().is_some() {
        let kind = ErrorKind::Unsupported {
            option: "behind a channels-first flatten, a",
            value: "batch_norm".to_owned(),
            instead: "put it in front of the flatten".to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    if !axes_fit(builder, layer, &shape.0) {
        return false;
    }
    let mut read = |name: &str| per_output(builder, &layer.id, name, channels, false);
    let ones = || Some(vec![1.0; channels]);
    let zeros = || Some(vec![0.0; channels]);
    let gamma = norm.gamma.as_ref().map_or_else(ones, |name| read(name));
    let beta = norm.beta.as_ref().map_or_else(zeros, |name| read(name));
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
