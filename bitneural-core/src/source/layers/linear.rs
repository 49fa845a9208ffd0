//! What all layers with weights have in common: the activation, the precision, the tensors.

use crate::function::Function;
use crate::source::ranges::inner_range;
use crate::source::{Object, RecordedRange};
use crate::ternarize::{Granularity, Precision, Quantizer};

/// The activation that a layer applies to its own output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FusedActivation {
    /// None.
    Linear,
    /// An element-wise function.
    Function(Function),
    /// Probabilities.
    Softmax,
}

/// The fields that all layers with weights have.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// What is applied to the output.
    pub activation: FusedActivation,
    /// The range of the sums in front of an activation that is a table.
    pub sums: Option<RecordedRange>,
    /// How the weights are stored.
    pub precision: Precision,
    /// How latent weights become trits.
    pub quantizer: Quantizer,
    /// What shares a threshold and a scale.
    pub granularity: Granularity,
    /// The tensor of weights: `F32` of any values, or `I8` trits or codes.
    pub kernel: String,
    /// The scale of `I8` weights, one for each output or one alone.
    pub scale: Option<String>,
    /// One value for each output.
    pub bias: Option<String>,
}

impl Linear {
    /// The names of the tensors.
    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        [Some(&self.kernel), self.scale.as_ref(), self.bias.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// Reads the fields.
pub(super) fn parse(object: &mut Object<'_>) -> Option<Linear> {
    let (activation, sums) = activation(object);
    let (precision, quantizer, granularity) = options(object);
    let tensors = object.object("tensors", |tensors| {
        let kernel = tensors.string("kernel");
        let kernel = tensors.required("kernel", "the name of the tensor of weights", kernel);
        (kernel, tensors.string("scale"), tensors.string("bias"))
    });
    let expected = "the names of the layer's tensors, as {\"kernel\": …}";
    let (kernel, scale, bias) = object.required("tensors", expected, tensors)?;
    Some(Linear {
        activation,
        sums,
        precision,
        quantizer,
        granularity,
        kernel: kernel?,
        scale,
        bias,
    })
}

/// `activation`, absent means `linear`, and the range in front of it.
pub(super) fn activation(object: &mut Object<'_>) -> (FusedActivation, Option<RecordedRange>) {
    let functions =
        Function::WORDS.map(|(word, function)| (word, FusedActivation::Function(function)));
    let mut words = vec![("linear", FusedActivation::Linear)];
    words.extend(functions);
    words.push(("softmax", FusedActivation::Softmax));
    let chosen = object.choice("activation", &words);
    let sums = inner_range(object, "sum_range");
    (chosen.unwrap_or(FusedActivation::Linear), sums)
}

/// `weights`, `quantizer` and `granularity`.
pub(super) fn options(object: &mut Object<'_>) -> (Precision, Quantizer, Granularity) {
    let precision = object
        .choice("weights", &Precision::WORDS)
        .unwrap_or(Precision::Ternary);
    let is_ternary = precision == Precision::Ternary;
    let quantizer = quantizer_of(object, is_ternary);
    (precision, quantizer, granularity_of(object, is_ternary))
}

/// `quantizer`, which only ternary weights have.
pub(super) fn quantizer_of(object: &mut Object<'_>, is_ternary: bool) -> Quantizer {
    let found = object.choice("quantizer", &Quantizer::WORDS);
    of_trits(object, "quantizer", found, is_ternary)
}

/// `granularity`, which only ternary weights have.
pub(super) fn granularity_of(object: &mut Object<'_>, is_ternary: bool) -> Granularity {
    let found = object.choice("granularity", &Granularity::WORDS);
    of_trits(object, "granularity", found, is_ternary)
}

fn of_trits<T: Default>(
    object: &mut Object<'_>,
    key: &'static str,
    found: Option<T>,
    is_ternary: bool,
) -> T {
    if found.is_some() && !is_ternary {
        object.invalid(key, "nothing: it belongs to ternary weights");
    }
    found.unwrap_or_default()
}
