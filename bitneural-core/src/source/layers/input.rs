//! Layers right behind an input that say how its values are normalized.

use serde_json::Value;

use super::{LayerKind, LayerType};
use crate::source::Object;

/// A layer that makes the user's values those of the network.
#[derive(Debug, Clone, PartialEq)]
pub enum Normalize {
    /// `(x − mean) / √variance`, of tensors.
    Statistics {
        /// The mean of each channel.
        mean: String,
        /// The variance of each channel.
        variance: String,
    },
    /// `x · scale + offset`.
    Factors {
        /// One factor, or one a channel.
        scale: Vec<f64>,
        /// One offset, or one a channel.
        offset: Vec<f64>,
    },
}

impl Normalize {
    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::Statistics { mean, variance } => [Some(mean), Some(variance)],
            Self::Factors { .. } => [None, None],
        };
        names.into_iter().flatten().map(String::as_str)
    }

    /// The word for it in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Statistics { .. } => "normalization",
            Self::Factors { .. } => "rescaling",
        }
    }
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "normalization",
        parse: normalization,
    },
    LayerType {
        name: "rescaling",
        parse: rescaling,
    },
];

/// Whether a layer says by its `type` that it is one of these.
pub(super) fn is_type(word: &Value) -> bool {
    TYPES.iter().any(|own| word == own.name)
}

fn normalization(object: &mut Object<'_>) -> Option<LayerKind> {
    let tensors = object.object("tensors", |tensors| {
        let mean = tensors.string("mean");
        let mean = tensors.required("mean", "the name of the tensor of means", mean);
        let variance = tensors.string("variance");
        let variance =
            tensors.required("variance", "the name of the tensor of variances", variance);
        (mean, variance)
    });
    let expected = "the names of the layer's tensors, as {\"mean\": …, \"variance\": …}";
    let (mean, variance) = object.required("tensors", expected, tensors)?;
    Some(LayerKind::Normalize(Normalize::Statistics {
        mean: mean?,
        variance: variance?,
    }))
}

fn rescaling(object: &mut Object<'_>) -> Option<LayerKind> {
    let scale = object.numbers("scale");
    let scale = object.required("scale", "what the values are multiplied by", scale);
    let offset = object.numbers("offset").unwrap_or_else(|| vec![0.0]);
    let fits = |factor: &f64| (1e-29..=1e29).contains(&factor.abs());
    let refused = |scale: &Vec<f64>| scale.is_empty() || !scale.iter().all(fits);
    if scale.as_ref().is_some_and(refused) {
        object.invalid(
            "scale",
            "numbers from 1e-29 to 1e29 in size, none of them 0",
        );
    }
    if offset.is_empty() || !offset.iter().all(|offset| offset.abs() < 1e30) {
        object.invalid("offset", "numbers below 1e30 in size");
    }
    Some(LayerKind::Normalize(Normalize::Factors {
        scale: scale?,
        offset,
    }))
}
