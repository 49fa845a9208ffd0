//! Element-wise functions.

use super::{LayerKind, LayerType};
use crate::function::{Function, Relu};
use crate::source::Object;

/// An element-wise function.
#[derive(Debug, Clone, PartialEq)]
pub enum Activation {
    /// The same for every channel, with its word in the file.
    Function(Function, &'static str),
    /// Slopes below zero from a tensor, one for each channel.
    Prelu(String),
}

impl Activation {
    /// The word for it in the file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Function(_, name) => name,
            Self::Prelu(_) => "prelu",
        }
    }

    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::Function(_, _) => None,
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
    plain("relu6", |_| function(Function::Relu(Relu::SIX), "relu6")),
    LayerType {
        name: "leaky_relu",
        parse: leaky_relu,
    },
    LayerType {
        name: "prelu",
        parse: prelu,
    },
    LayerType {
        name: "elu",
        parse: elu,
    },
    plain("selu", |_| function(Function::Selu, "selu")),
    plain("sigmoid", |_| function(Function::Sigmoid, "sigmoid")),
    plain("tanh", |_| function(Function::Tanh, "tanh")),
    LayerType {
        name: "hard_sigmoid",
        parse: hard_sigmoid,
    },
    plain("hard_swish", |_| {
        function(Function::HardSwish, "hard_swish")
    }),
    plain("hard_tanh", |_| function(Function::HardTanh, "hard_tanh")),
    plain("swish", |_| function(Function::Swish, "swish")),
    plain("silu", |_| function(Function::Swish, "silu")),
    LayerType {
        name: "gelu",
        parse: gelu,
    },
    plain("softplus", |_| function(Function::Softplus, "softplus")),
    plain("softsign", |_| function(Function::Softsign, "softsign")),
    plain("exponential", |_| {
        function(Function::Exponential, "exponential")
    }),
];

/// A type without fields of its own.
const fn plain(name: &'static str, parse: fn(&mut Object<'_>) -> Option<LayerKind>) -> LayerType {
    LayerType { name, parse }
}

fn function(function: Function, name: &'static str) -> Option<LayerKind> {
    Some(LayerKind::Activation(Activation::Function(function, name)))
}

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
    let relu = Relu {
        max,
        slope,
        threshold,
    };
    function(Function::Relu(relu), "relu")
}

fn leaky_relu(object: &mut Object<'_>) -> Option<LayerKind> {
    let slope = object.number("slope");
    // Keras' default is 0.3, PyTorch's 0.01: a file that leaves it out has lost something.
    object.required("slope", "a number (Keras: 0.3, PyTorch: 0.01)", slope)?;
    let slope = moderate(object, "slope", 0.0);
    let relu = Relu {
        slope,
        ..Relu::PLAIN
    };
    function(Function::Relu(relu), "leaky_relu")
}

fn elu(object: &mut Object<'_>) -> Option<LayerKind> {
    // 1 in both frameworks.
    function(Function::Elu(moderate(object, "alpha", 1.0)), "elu")
}

fn hard_sigmoid(object: &mut Object<'_>) -> Option<LayerKind> {
    /// That of Keras before version 3, which a user may still have trained with.
    const OLDER: f64 = 0.2;
    let slope = object.number("slope");
    if slope.is_some_and(|slope| slope != OLDER) {
        object.invalid("slope", "0.2, as Keras had it, or nothing for 1/6");
    }
    let slope = slope.unwrap_or(1.0 / 6.0);
    function(Function::HardSigmoid(slope), "hard_sigmoid")
}

fn gelu(object: &mut Object<'_>) -> Option<LayerKind> {
    let words = [("none", Function::Gelu), ("tanh", Function::GeluTanh)];
    let chosen = object.choice("approximate", &words);
    function(chosen.unwrap_or(Function::Gelu), "gelu")
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
