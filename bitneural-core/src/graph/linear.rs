//! Weights, biases and clamps: what all nodes with weights have.

use super::build::Builder;
use super::layout::flatten_order;
use crate::error::{ErrorKind, Location};
use crate::shape::Shape;
use crate::source::layers::linear as source;
use crate::source::{Dtype, Tensor};
use crate::ternarize::{Granularity, Order, Precision, Quantizer, outputs_first};

/// `output = weights · taps + bias`, clamped.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// A row of taps for each output.
    pub weights: Weights,
    /// The bias of each output.
    pub bias: Vec<f64>,
    /// What is fused behind the sum.
    pub clamp: Clamp,
}

/// The weights of a node: as the file has them, then quantized.
#[derive(Debug, Clone, PartialEq)]
pub enum Weights {
    /// As the file has them.
    Latent(Latent),
    /// As the chip has them.
    Quantized(Quantized),
}

/// Weights as the chip has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantized {
    /// Trits, or -127..=127: `[outputs][taps]`.
    pub values: Vec<i8>,
    /// The real value of 1, for each output.
    pub scales: Vec<f64>,
    /// Which of the two.
    pub precision: Precision,
}

/// Weights before quantization.
#[derive(Debug, Clone, PartialEq)]
pub struct Latent {
    /// The weights, in the order of the file.
    pub values: Vec<f32>,
    /// That order.
    pub order: Order,
    /// What they become.
    pub precision: Precision,
    /// How they become trits.
    pub quantizer: Quantizer,
    /// What shares a scale.
    pub granularity: Granularity,
    /// For each tap of the node, the tap of the file that it is; `None` if they are the same.
    pub tap_order: Option<Vec<u32>>,
    /// For each output of the node, the output of the file that it is; `None` if they are the same.
    pub output_order: Option<Vec<u32>>,
}

impl Weights {
    /// The weights without their scales, `[outputs][taps]` in the order of the node, and the scale of
    /// each output: 1 for weights that are not quantized yet.
    pub fn unscaled(&self, outputs: usize) -> (Vec<f64>, Vec<f64>) {
        match self {
            Self::Quantized(quantized) => {
                let values = quantized.values.iter().map(|&value| value.into());
                (values.collect(), quantized.scales.clone())
            }
            Self::Latent(latent) => {
                let mut values = outputs_first(&latent.values, outputs, latent.order);
                if let Some(order) = &latent.tap_order {
                    values = reorder_taps(&values, order);
                }
                if let Some(order) = &latent.output_order {
                    values = reorder_rows(&values, order);
                }
                let values = values.into_iter().map(f64::from);
                (values.collect(), vec![1.0; outputs])
            }
        }
    }
}

/// What happens to a sum before it is stored (R10, R11).
#[derive(Debug, Clone, PartialEq)]
pub enum Clamp {
    /// At least the first, at most the second; infinite for no bound.
    Clip(f64, f64),
    /// Below 0, times the slope of the channel.
    Leaky(Vec<f64>),
}

impl Clamp {
    /// None at all.
    pub const NONE: Self = Self::Clip(f64::NEG_INFINITY, f64::INFINITY);

    /// The real value behind it, for an output of the given channel.
    pub fn apply(&self, channel: usize, x: f64) -> f64 {
        match self {
            Self::Clip(low, high) => x.max(*low).min(*high),
            Self::Leaky(slopes) if x < 0.0 => x * slopes[channel],
            Self::Leaky(_) => x,
        }
    }
}

/// Where a node's weights lie in the file.
pub(super) struct Layout {
    /// The axes that the tensor must have.
    pub(super) axes: Vec<usize>,
    /// Those axes in words.
    pub(super) words: String,
    /// The number of outputs.
    pub(super) outputs: usize,
    /// Whether the outputs come first or last.
    pub(super) order: Order,
    /// How the taps of the file become the taps of the network.
    pub(super) taps: Taps,
}

/// How the taps of the file become the taps of the network.
pub(super) enum Taps {
    /// They are the same.
    Same,
    /// The file's are those of an image of this shape, channels first.
    Flattened(Shape),
    /// The file's are those of a window of so many taps and channels, channels first.
    ChannelsFirst { taps: usize, channels: usize },
}

impl Taps {
    /// For each tap of the network, the tap of the file. Only for a kernel that the file has: the
    /// list is as long as a row of it.
    fn order(&self) -> Option<Vec<u32>> {
        match self {
            Self::Same => None,
            Self::Flattened(shape) => Some(flatten_order(shape)),
            Self::ChannelsFirst { taps, channels } => {
                Some(flatten_order(&Shape(vec![*taps, *channels])))
            }
        }
    }
}

/// Puts the taps of `[outputs][taps]` values into the order of the network.
pub(crate) fn reorder_taps<T: Copy>(values: &[T], order: &[u32]) -> Vec<T> {
    values
        .chunks(order.len().max(1))
        .flat_map(|row| order.iter().map(|&from| row[from as usize]))
        .collect()
}

/// Puts the rows of `[outputs][taps]` values into the order of the network.
pub(crate) fn reorder_rows<T: Copy>(values: &[T], order: &[u32]) -> Vec<T> {
    let taps = values.len() / order.len().max(1);
    let rows = order.iter().map(|&from| from as usize * taps);
    rows.flat_map(|at| values[at..at + taps].iter().copied())
        .collect()
}

/// Puts outputs into another order: for each, the place where it is now.
pub(super) fn reorder_outputs(linear: &mut Linear, order: &[u32]) {
    linear.bias = reorder_rows(&linear.bias, order);
    match &mut linear.weights {
        Weights::Latent(latent) => latent.output_order = Some(order.to_vec()),
        Weights::Quantized(quantized) => {
            quantized.values = reorder_rows(&quantized.values, order);
            quantized.scales = reorder_rows(&quantized.scales, order);
        }
    }
}

/// Reads the weights and biases of a layer, every problem noted. `None` if something is wrong; the
/// node then still has a shape, so the layers behind it can be checked ([`placeholder`]).
pub(super) fn read(
    builder: &mut Builder<'_>,
    layer: &str,
    fields: &source::Linear,
    layout: Layout,
) -> Option<Linear> {
    let before = builder.problems.len();
    let outputs = layout.outputs;
    let kernel = builder.tensor(layer, &fields.kernel).filter(|kernel| {
        // Without a known number of outputs there is no shape to compare with.
        outputs == 0 || kernel.shape.0 == layout.axes
    });
    if let (None, Some(kernel)) = (kernel, builder.file.tensor(&fields.kernel)) {
        let kind = ErrorKind::WrongShape {
            expected: format!("{:?} ({})", layout.axes, layout.words),
            found: kernel.shape.clone(),
        };
        let location = Location::layer(layer).tensor(&fields.kernel);
        builder.problems.push(kind, location);
    }
    // What is wrong with the other tensors is said in any case.
    let mut list = |name: &Option<String>, shared| {
        name.as_ref()
            .map(|name| per_output(builder, layer, name, outputs, shared))
    };
    let (scale, bias) = (list(&fields.scale, true), list(&fields.bias, false));
    let kernel = kernel?;
    // From here on it is known that the file has weights for so many outputs.
    let every = |values: Vec<f64>| match values.as_slice() {
        [shared] => vec![*shared; outputs],
        _ => values,
    };
    let scale = scale.flatten().map(every);
    let bias = bias.flatten().unwrap_or_else(|| vec![0.0; outputs]);
    match weights(fields, kernel, &layout, scale) {
        Ok(weights) => (builder.problems.len() == before).then_some(Linear {
            weights,
            bias,
            clamp: Clamp::NONE,
        }),
        Err(kind) => {
            let location = Location::layer(layer).tensor(&fields.kernel);
            builder.problems.push(kind, location);
            None
        }
    }
}

/// Weights in place of those that could not be read; never compiled, for the problem is noted.
pub(super) fn placeholder() -> Linear {
    Linear {
        weights: Weights::Quantized(Quantized {
            values: Vec::new(),
            scales: Vec::new(),
            precision: Precision::Ternary,
        }),
        bias: Vec::new(),
        clamp: Clamp::NONE,
    }
}

fn weights(
    fields: &source::Linear,
    kernel: &Tensor<'_>,
    layout: &Layout,
    scale: Option<Vec<f64>>,
) -> Result<Weights, ErrorKind> {
    if kernel.dtype != Dtype::I8 {
        if fields.scale.is_some() {
            return Err(ErrorKind::WrongDtype {
                expected: "I8 (trits or codes), since the layer names a tensor of scales",
                found: kernel.dtype.name().to_owned(),
            });
        }
        return Ok(Weights::Latent(Latent {
            values: kernel.to_f32()?,
            order: layout.order,
            precision: fields.precision,
            quantizer: fields.quantizer,
            granularity: fields.granularity,
            tap_order: layout.taps.order(),
            output_order: None,
        }));
    }
    if fields.scale.is_none() {
        return Err(ErrorKind::MissingField {
            field: "scale",
            expected: "the name of the tensor of scales that an I8 kernel needs".to_owned(),
        });
    }
    let values = match fields.precision {
        Precision::Ternary => kernel.to_trits()?,
        Precision::Int8 => kernel.to_codes()?,
    };
    let mut values = outputs_first(&values, layout.outputs, layout.order);
    if let Some(order) = layout.taps.order() {
        values = reorder_taps(&values, &order);
    }
    Ok(Weights::Quantized(Quantized {
        values,
        // A problem with the scales is noted already.
        scales: scale.unwrap_or_default(),
        precision: fields.precision,
    }))
}

/// The values of a tensor of one for each output; if `shared`, one alone may stand for all, and
/// axes of 1 may stand in front (Keras' shared axes).
pub(super) fn per_output(
    builder: &mut Builder<'_>,
    layer: &str,
    name: &str,
    outputs: usize,
    shared: bool,
) -> Option<Vec<f64>> {
    let tensor = builder.tensor(layer, name)?;
    let elements = tensor.shape.elements();
    let flat = tensor.shape.rank() <= 1 || shared && tensor.shape.channels() == elements;
    let fits = flat && (elements == outputs || shared && elements == 1);
    if tensor.dtype == Dtype::F32 && !fits {
        let kind = ErrorKind::WrongShape {
            expected: format!("[{outputs}]{}", if shared { " or [1]" } else { "" }),
            found: tensor.shape.clone(),
        };
        let location = Location::layer(layer).tensor(name);
        builder.problems.push(kind, location);
        return None;
    }
    reals(builder, layer, name)
}

/// The values of an `F32` tensor of any shape.
pub(super) fn reals(builder: &mut Builder<'_>, layer: &str, name: &str) -> Option<Vec<f64>> {
    let tensor = builder.tensor(layer, name)?;
    let values = match tensor.dtype {
        Dtype::F32 => tensor.to_f32(),
        Dtype::I8 | Dtype::Other(_) => Err(ErrorKind::WrongDtype {
            expected: "F32",
            found: tensor.dtype.name().to_owned(),
        }),
    };
    match values {
        Ok(values) => Some(values.into_iter().map(f64::from).collect()),
        Err(kind) => {
            let location = Location::layer(layer).tensor(name);
            builder.problems.push(kind, location);
            None
        }
    }
}
