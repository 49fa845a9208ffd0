//! Element-wise functions: `relu` and its kin.

use super::{LayerKind, LayerType};
use crate::source::Object;

/// An element-wise function.
#[derive(Debug, Clone, PartialEq)]
pub enum Activation {
    /// Keras' general form.
    Relu(Relu),
    /// Slopes below zero from a tensor, one for each channel.
    Prelu(String),
}

/// `min(x, max)` above the threshold, `slope · (x − threshold)` up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relu {
    /// The largest output, infinite if there is none.
    pub max: f64,
    /// The slope up to the threshold.
    pub slope: f64,
    /// What the identity begins above.
    pub threshold: f64,
    /// The word in the file.
    name: &'static str,
}

impl Activation {
    /// The word for it in the file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Relu(relu) => relu.name,
            Self::Prelu(_) => "prelu",
        }
    }

    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::Relu(_) => None,
            Self::Prelu(slope) => Some(slope.as_str()),
        }
        .into_iter()
    }
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "relu",
        parse: relu,
    },
    LayerType {
        name: "relu6",
        parse: relu6,
    },
    LayerType {
        name: "leaky_relu",
        parse: leaky_relu,
    },
    LayerType {
        name: "prelu",
        parse: prelu,
    },
];

/// A number of moderate size: anything else is a mistake, and would overflow later.
fn moderate(object: &mut Object<'_>, key: &'static str, default: f64) -> f64 {
    let found = object.number(key).unwrap_or(default);
    if found.abs() > 1e6 && found != default {
        object.invalid(key, "a number between -1e6 and 1e6");
    }
    found
}

fn relu(object: &mut Object<'_>) -> Option<LayerKind> {
    let max = moderate(object, "max_value", f64::INFINITY);
    let slope = moderate(object, "slope", 0.0);
    let threshold = moderate(object, "threshold", 0.0);
    if max < threshold.max(0.0) {
        object.invalid("max_value", "at least 0, and at least the threshold");
    }
    Some(LayerKind::Activation(Activation::Relu(Relu {
        max,
        slope,
        threshold,
        name: "relu",
    })))
}

fn relu6(_: &mut Object<'_>) -> Option<LayerKind> {
    let relu = Relu {
        max: 6.0,
        slope: 0.0,
        threshold: 0.0,
        name: "relu6",
    };
    Some(LayerKind::Activation(Activation::Relu(relu)))
}

fn leaky_relu(object: &mut Object<'_>) -> Option<LayerKind> {
    let slope = object.number("slope");
    // Keras' default is 0.3, PyTorch's 0.01: a file that leaves it out has lost something.
    object.required("slope", "a number (Keras: 0.3, PyTorch: 0.01)", slope)?;
    let slope = moderate(object, "slope", 0.0);
    let relu = Relu {
        max: f64::INFINITY,
        slope,
        threshold: 0.0,
        name: "leaky_relu",
    };
    Some(LayerKind::Activation(Activation::Relu(relu)))
}

fn prelu(object: &mut Object<'_>) -> Option<LayerKind> {
    let tensors = object.object("tensors", |tensors| {
        let slope = tensors.string("slope");
        tensors.required("slope", "the name of the tensor of slopes", slope)
    });
    let slope = object.required(
        "tensors",
        "the name of the tensor, as {\"slope\": …}",
        tensors,
    )?;
    Some(LayerKind::Activation(Activation::Prelu(slope?)))
}
