//! `batch_norm`, with the statistics of training, and `layer_norm`, with those of each position.

use super::{LayerKind, LayerType};
use crate::source::Object;

/// A batch norm of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm {
    /// What keeps the variance from 0; frameworks differ, so the file must say it.
    pub epsilon: f64,
    /// The factor of each channel; 1 if absent.
    pub gamma: Option<String>,
    /// The offset of each channel; 0 if absent.
    pub beta: Option<String>,
    /// The mean of each channel.
    pub mean: String,
    /// The variance of each channel.
    pub variance: String,
}

impl BatchNorm {
    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        [
            self.gamma.as_ref(),
            self.beta.as_ref(),
            Some(&self.mean),
            Some(&self.variance),
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
    }
}

/// A layer norm of the file, over the channels of each position.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNorm {
    /// What keeps the variance from 0; frameworks differ, so the file must say it.
    pub epsilon: f64,
    /// The factor of each channel; 1 if absent.
    pub gamma: Option<String>,
    /// The offset of each channel; 0 if absent.
    pub beta: Option<String>,
}

impl LayerNorm {
    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        let both = [self.gamma.as_ref(), self.beta.as_ref()];
        both.into_iter().flatten().map(String::as_str)
    }
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "batch_norm",
        parse: batch_norm,
    },
    LayerType {
        name: "layer_norm",
        parse: layer_norm,
    },
];

fn epsilon(object: &mut Object<'_>) -> Option<f64> {
    let epsilon = object.number("epsilon");
    let epsilon = object.required(
        "epsilon",
        "a number above 0 (Keras: 0.001, PyTorch: 0.00001)",
        epsilon,
    );
    if epsilon.is_some_and(|epsilon| !(f64::MIN_POSITIVE..1e6).contains(&epsilon)) {
        object.invalid("epsilon", "a number above 0 and below 1e6");
    }
    epsilon
}

fn layer_norm(object: &mut Object<'_>) -> Option<LayerKind> {
    let epsilon = epsilon(object);
    let tensors = object.object("tensors", |tensors| {
        (tensors.string("gamma"), tensors.string("beta"))
    });
    let (gamma, beta) = tensors.unwrap_or_default();
    Some(LayerKind::LayerNorm(LayerNorm {
        epsilon: epsilon?,
        gamma,
        beta,
    }))
}

fn batch_norm(object: &mut Object<'_>) -> Option<LayerKind> {
    let epsilon = epsilon(object);
    let tensors = object.object("tensors", |tensors| {
        let mean = tensors.string("mean");
        let mean = tensors.required("mean", "the name of the tensor of means", mean);
        let variance = tensors.string("variance");
        let variance =
            tensors.required("variance", "the name of the tensor of variances", variance);
        (
            tensors.string("gamma"),
            tensors.string("beta"),
            mean,
            variance,
        )
    });
    let expected = "the names of the layer's tensors, as {\"mean\": …, \"variance\": …}";
    let (gamma, beta, mean, variance) = object.required("tensors", expected, tensors)?;
    Some(LayerKind::BatchNorm(BatchNorm {
        epsilon: epsilon?,
        gamma,
        beta,
        mean: mean?,
        variance: variance?,
    }))
}
