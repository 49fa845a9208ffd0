//! `dense`: a fully connected layer.

use super::{LayerKind, LayerType};
use crate::error::ErrorKind;
use crate::source::{Object, limits};
use crate::ternarize::{Granularity, Quantizer};

/// The activation that a layer applies to its own output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FusedActivation {
    /// None.
    Linear,
    /// max(0, x).
    Relu,
    /// Probabilities.
    Softmax,
}

/// A dense layer of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// The number of outputs, if the file says so.
    pub units: Option<usize>,
    /// What is applied to the output.
    pub activation: FusedActivation,
    /// How latent weights become trits.
    pub quantizer: Quantizer,
    /// What shares a threshold and a scale.
    pub granularity: Granularity,
    /// The tensor of weights: `F32` of any values, or `I8` trits.
    pub kernel: String,
    /// The scale of the trits, one for each output or one alone.
    pub scale: Option<String>,
    /// One value for each output.
    pub bias: Option<String>,
}

impl Dense {
    pub(super) fn tensors(&self) -> Vec<&str> {
        [Some(&self.kernel), self.scale.as_ref(), self.bias.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect()
    }
}

pub(super) const TYPES: &[LayerType] = &[LayerType {
    name: "dense",
    parse,
}];

fn parse(object: &mut Object<'_>) -> Option<LayerKind> {
    let units = object.count("units");
    let most = limits::ACTIVATION_ELEMENTS;
    if units.is_some_and(|units| !(1..=most).contains(&units)) {
        object.invalid("units", format!("1 to {most}"));
    }
    let activation = object
        .choice(
            "activation",
            &[
                ("linear", FusedActivation::Linear),
                ("relu", FusedActivation::Relu),
                ("softmax", FusedActivation::Softmax),
            ],
        )
        .unwrap_or(FusedActivation::Linear);
    if object.choice("weights", &[("ternary", true), ("int8", false)]) == Some(false) {
        let kind = ErrorKind::Unsupported {
            option: "a dense layer with weights",
            value: "int8".to_owned(),
            instead: "use ternary weights".to_owned(),
        };
        object.problem("weights", kind);
    }
    let quantizer = object
        .choice("quantizer", &Quantizer::WORDS)
        .unwrap_or_default();
    let granularity = object
        .choice("granularity", &Granularity::WORDS)
        .unwrap_or_default();
    let tensors = object.object("tensors", |tensors| {
        let kernel = tensors.string("kernel");
        let kernel = tensors.required("kernel", "the name of the tensor of weights", kernel);
        (kernel, tensors.string("scale"), tensors.string("bias"))
    });
    let (kernel, scale, bias) = object.required(
        "tensors",
        "the names of the layer's tensors, as {\"kernel\": …}",
        tensors,
    )?;
    Some(LayerKind::Dense(Dense {
        units,
        activation,
        quantizer,
        granularity,
        kernel: kernel?,
        scale,
        bias,
    }))
}
