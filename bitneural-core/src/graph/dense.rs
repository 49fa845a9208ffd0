//! Dense layers in the graph.

use super::build::Builder;
use super::layout::flatten_order;
use super::{NodeKind, Softmax};
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::shape::Shape;
use crate::source::layers::Layer;
use crate::source::layers::dense::{self as source, FusedActivation};
use crate::source::{Dtype, Layout, Tensor, limits};
use crate::ternarize::{Granularity, Order, Quantizer, Ternary, outputs_first};

/// `output = weights · input + bias`, clamped.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs.
    pub outputs: usize,
    /// The weights.
    pub weights: Weights,
    /// The bias of each output.
    pub bias: Vec<f64>,
    /// What is fused behind the sum.
    pub clamp: Clamp,
}

/// The weights of a layer: as the file has them, then ternary.
#[derive(Debug, Clone, PartialEq)]
pub enum Weights {
    /// As the file has them.
    Latent(Latent),
    /// Trits `[outputs][inputs]` with a scale for each output.
    Ternary(Ternary),
}

/// Weights before ternarization.
#[derive(Debug, Clone, PartialEq)]
pub struct Latent {
    /// The weights, in the order of the file.
    pub values: Vec<f32>,
    /// That order.
    pub order: Order,
    /// How they become trits.
    pub quantizer: Quantizer,
    /// What shares a scale.
    pub granularity: Granularity,
    /// For each input of the layer, the input of the file that it is; `None` if they are the same.
    pub input_order: Option<Vec<u32>>,
}

/// A clamp that joins the epilogue of the node before it (R10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clamp {
    /// None.
    None,
    /// At least 0.
    Relu,
}

impl Dense {
    /// Multiply-accumulates, zero weights included.
    pub fn macs(&self) -> u64 {
        self.inputs as u64 * self.outputs as u64
    }
}

/// Puts the inputs of `[outputs][inputs]` trits into the order of the network.
pub(crate) fn reorder_inputs(trits: &[i8], inputs: usize, order: &[u32]) -> Vec<i8> {
    trits
        .chunks(inputs.max(1))
        .flat_map(|row| order.iter().map(|&from| row[from as usize]))
        .collect()
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    dense: &source::Dense,
) -> bool {
    let input = builder.shape().clone();
    if input.rank() != 1 {
        let kind = ErrorKind::DoesNotCompose {
            expected: "a vector, shape [features]".to_owned(),
            found: input,
            mend: "put a `flatten` layer in front of it".to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    let inputs = input.elements();
    let before = builder.problems.len();
    let kernel = tensor(builder, layer, &dense.kernel);
    let (order, axis) = match builder.layout {
        Layout::Keras => (Order::InputsFirst, 1),
        Layout::Torch => (Order::OutputsFirst, 0),
    };
    let found = kernel.and_then(|kernel| kernel.shape.0.get(axis).copied());
    let outputs = dense.units.or(found).unwrap_or(0);
    if let Some(kernel) = kernel {
        let (expected, words) = match order {
            Order::InputsFirst => ([inputs, outputs], "[inputs, outputs]"),
            Order::OutputsFirst => ([outputs, inputs], "[outputs, inputs]"),
        };
        if kernel.shape.0 != expected || outputs == 0 {
            let kind = ErrorKind::WrongShape {
                expected: format!("{expected:?} ({words})"),
                found: kernel.shape.clone(),
            };
            let location = Location::layer(&layer.id).tensor(&dense.kernel);
            builder.problems.push(kind, location);
        }
    }
    if outputs > limits::ACTIVATION_ELEMENTS {
        let (what, limit) = ("the output (in elements)", limits::ACTIVATION_ELEMENTS);
        builder.problems.push(
            ErrorKind::TooLarge {
                what,
                found: outputs,
                limit,
            },
            Location::layer(&layer.id),
        );
    }
    let kernel = kernel.filter(|_| builder.problems.len() == before);
    // What is wrong with the other tensors is said in any case.
    let scale = dense
        .scale
        .as_ref()
        .and_then(|name| per_output(builder, layer, name, outputs, true));
    let bias = dense
        .bias
        .as_ref()
        .and_then(|name| per_output(builder, layer, name, outputs, false));
    let flattened = builder.pending_flatten.take();
    let weights = kernel.and_then(|kernel| {
        // Only now is it known that the file has weights for so many outputs.
        let scale = scale.map(|scale| match scale.as_slice() {
            [shared] => vec![*shared; outputs],
            _ => scale,
        });
        let input_order = flattened.map(|shape| flatten_order(&shape));
        weights(builder, layer, dense, kernel, order, scale, input_order)
    });
    if outputs == 0 || outputs > limits::ACTIVATION_ELEMENTS {
        return false;
    }
    let (clamp, softmax) = match dense.activation {
        FusedActivation::Linear => (Clamp::None, false),
        FusedActivation::Relu => (Clamp::Relu, false),
        FusedActivation::Softmax => (Clamp::None, true),
    };
    // A layer that is incomplete still has a shape, so the layers behind it can be checked.
    let complete = builder.problems.len() == before;
    let (weights, bias) = match weights.filter(|_| complete) {
        Some(weights) => (weights, bias.unwrap_or_else(|| vec![0.0; outputs])),
        None => {
            let (trits, scales) = (Vec::new(), Vec::new());
            (Weights::Ternary(Ternary { trits, scales }), Vec::new())
        }
    };
    let node = Dense {
        inputs,
        outputs,
        weights,
        bias,
        clamp,
    };
    builder.push(id, NodeKind::Dense(node), Shape::flat(outputs), layer.range);
    if softmax {
        builder.push(id, NodeKind::Softmax(Softmax), Shape::flat(outputs), None);
    }
    true
}

/// A tensor that the layer names, noted if the file lacks it.
fn tensor<'a>(builder: &mut Builder<'a>, layer: &Layer, name: &str) -> Option<&'a Tensor<'a>> {
    let file = builder.file;
    let found = file.tensor(name);
    if found.is_none() {
        let near = crate::error::near(name, file.tensors().map(|(name, _)| name));
        builder.problems.push(
            ErrorKind::MissingTensor { near },
            Location::layer(&layer.id).tensor(name),
        );
    }
    found
}

fn weights(
    builder: &mut Builder<'_>,
    layer: &Layer,
    dense: &source::Dense,
    kernel: &Tensor<'_>,
    order: Order,
    scale: Option<Vec<f64>>,
    input_order: Option<Vec<u32>>,
) -> Option<Weights> {
    let location = Location::layer(&layer.id).tensor(&dense.kernel);
    let note = |builder: &mut Builder<'_>, kind| {
        builder.problems.push(kind, location.clone());
        None
    };
    if kernel.dtype != Dtype::I8 {
        if dense.scale.is_some() {
            let kind = ErrorKind::WrongDtype {
                expected: "I8 (trits), since the layer names a tensor of scales",
                found: kernel.dtype.name().to_owned(),
            };
            return note(builder, kind);
        }
        return match kernel.to_f32() {
            Ok(values) => Some(Weights::Latent(Latent {
                values,
                order,
                quantizer: dense.quantizer,
                granularity: dense.granularity,
                input_order,
            })),
            Err(kind) => note(builder, kind),
        };
    }
    if dense.scale.is_none() {
        let kind = ErrorKind::MissingField {
            field: "scale",
            expected: "the name of the tensor of scales that an I8 kernel needs".to_owned(),
        };
        return note(builder, kind);
    }
    let trits = match kernel.to_trits() {
        Ok(trits) => trits,
        Err(kind) => return note(builder, kind),
    };
    let scales = scale?;
    let mut trits = outputs_first(&trits, scales.len(), order);
    if let Some(input_order) = input_order {
        trits = reorder_inputs(&trits, input_order.len(), &input_order);
    }
    Some(Weights::Ternary(Ternary { trits, scales }))
}

/// The values of a tensor of one for each output; if `shared`, one alone may stand for all.
fn per_output(
    builder: &mut Builder<'_>,
    layer: &Layer,
    name: &str,
    outputs: usize,
    shared: bool,
) -> Option<Vec<f64>> {
    let tensor = tensor(builder, layer, name)?;
    let location = Location::layer(&layer.id).tensor(name);
    if tensor.dtype != Dtype::F32 {
        let kind = ErrorKind::WrongDtype {
            expected: "F32",
            found: tensor.dtype.name().to_owned(),
        };
        builder.problems.push(kind, location);
        return None;
    }
    let elements = tensor.shape.elements();
    if tensor.shape.rank() > 1 || !(elements == outputs || shared && elements == 1) {
        let expected = format!("[{outputs}]{}", if shared { " or [1]" } else { "" });
        builder.problems.push(
            ErrorKind::WrongShape {
                expected,
                found: tensor.shape.clone(),
            },
            location,
        );
        return None;
    }
    match tensor.to_f32() {
        Ok(values) => Some(values.into_iter().map(f64::from).collect()),
        Err(kind) => {
            builder.problems.push(kind, location);
            None
        }
    }
}
