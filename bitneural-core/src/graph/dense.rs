//! Dense layers in the graph.

use super::NodeKind;
use super::activation::push_fused;
use super::build::Builder;
use super::linear::{self, Layout, Linear, Taps};
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::shape::Shape;
use crate::source::layers::Layer;
use crate::source::layers::dense as source;
use crate::source::{self as file, limits};
use crate::ternarize::Order;

/// A matrix times the input, plus a bias, clamped.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs.
    pub outputs: usize,
    /// Weights `[outputs][inputs]`, biases and clamp.
    pub linear: Linear,
}

impl Dense {
    /// Multiply-accumulates, zero weights included.
    pub fn macs(&self) -> u64 {
        self.inputs as u64 * self.outputs as u64
    }
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
    let kernel = builder.file.tensor(&dense.linear.kernel);
    let (order, axis) = match builder.layout {
        file::Layout::Keras => (Order::InputsFirst, 1),
        file::Layout::Torch => (Order::OutputsFirst, 0),
    };
    let found = kernel.and_then(|kernel| kernel.shape.0.get(axis).copied());
    // Without units and without a kernel the number of outputs is unknown.
    let outputs = dense.units.or(found).unwrap_or(0);
    let (axes, words) = match order {
        Order::InputsFirst => (vec![inputs, outputs], "[inputs, outputs]"),
        Order::OutputsFirst => (vec![outputs, inputs], "[outputs, inputs]"),
    };
    let layout = Layout {
        axes,
        words: words.to_owned(),
        outputs,
        order,
        taps: match builder.pending_flatten() {
            Some(shape) => Taps::Flattened(shape.clone()),
            None => Taps::Same,
        },
    };
    let linear = linear::read(builder, &layer.id, &dense.linear, layout);
    let problem = if outputs > limits::ACTIVATION_ELEMENTS {
        Some(ErrorKind::TooLarge {
            what: "the output (in elements)",
            found: outputs,
            limit: limits::ACTIVATION_ELEMENTS,
        })
    } else if let (0, None, Some(kernel)) = (outputs, found, kernel) {
        let location = Location::layer(&layer.id).tensor(&dense.linear.kernel);
        let kind = ErrorKind::WrongShape {
            expected: format!("two axes, {words}"),
            found: kernel.shape.clone(),
        };
        builder.problems.push(kind, location);
        return false;
    } else if outputs == 0 && kernel.is_some() {
        Some(ErrorKind::InvalidField {
            field: "units".to_owned(),
            expected: "at least 1".to_owned(),
            found: "0".to_owned(),
        })
    } else {
        None
    };
    let known = problem.is_none() && outputs > 0;
    if let Some(kind) = problem {
        builder.problems.push(kind, Location::layer(&layer.id));
    }
    if !known {
        return false;
    }
    let linear = linear.unwrap_or_else(linear::placeholder);
    let node = Dense {
        inputs,
        outputs,
        linear,
    };
    let shape = Shape::flat(outputs);
    let node = NodeKind::Dense(node);
    push_fused(builder, id, node, shape, &dense.linear, layer.range);
    true
}
