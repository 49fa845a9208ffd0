//! Element-wise functions in the graph.

use super::build::Builder;
use super::linear::{Clamp, per_output};
use super::norm::Affine;
use super::window::axes_fit;
use super::{Graph, NodeKind, Softmax};
use crate::error::{ErrorKind, Location};
use crate::function::Function;
use crate::ids::LayerId;
use crate::shape::Shape;
use crate::source::RecordedRange;
use crate::source::layers::linear::{FusedActivation, Linear};
use crate::source::layers::{Layer, activation as source};

/// Element-wise functions, applied one after the other: never none.
#[derive(Debug, Clone, PartialEq)]
pub struct Activation(pub Vec<Function>);

impl Activation {
    /// The value at `x`.
    pub fn apply(&self, x: f64) -> f64 {
        self.0.iter().fold(x, |x, function| function.apply(x))
    }

    /// The clamp that is the same function, if there is one.
    pub fn clamp(&self, channels: usize) -> Option<Clamp> {
        match self.0.as_slice() {
            [function] => clamp(*function, channels),
            _ => None,
        }
    }

    /// The function that yields the values; the others only lead to it.
    pub fn last(&self) -> Option<Function> {
        self.0.last().copied()
    }

    /// Whether it is that function alone.
    pub fn is(&self, function: Function) -> bool {
        self.0 == [function]
    }
}

/// The clamp that is the same function, if there is one. A hard tangent stays a table, for its codes
/// have a format of their own (R2).
pub(super) fn clamp(function: Function, channels: usize) -> Option<Clamp> {
    let Function::Relu(relu) = function else {
        return None;
    };
    if relu.threshold != 0.0 {
        None
    } else if relu.slope == 0.0 {
        Some(Clamp::Clip(0.0, relu.max))
    } else if relu.max == f64::INFINITY {
        Some(Clamp::Leaky(vec![relu.slope; channels]))
    } else {
        None
    }
}

impl Graph {
    /// Whether the network has one output, which is that of a sigmoid (R21).
    pub fn ends_in_sigmoid(&self) -> bool {
        let &[output] = self.outputs.as_slice() else {
            return false;
        };
        let last = self.producer(self.behind_reshapes(output));
        last.is_some_and(|index| match &self.nodes[index].kind {
            NodeKind::Activation(activation) => activation.is(Function::Sigmoid),
            NodeKind::Dense(_)
            | NodeKind::Conv(_)
            | NodeKind::Pool(_)
            | NodeKind::Recurrent(_)
            | NodeKind::Affine(_)
            | NodeKind::Elementwise(_)
            | NodeKind::Embedding(_)
            | NodeKind::LayerNorm(_)
            | NodeKind::Concat(_)
            | NodeKind::Reshape
            | NodeKind::Frame(_)
            | NodeKind::Softmax(_)
            | NodeKind::Custom(_) => false,
        })
    }

    /// How many classes there are: one for each element of the outputs, but a sigmoid alone tells two apart
    /// (R21).
    pub fn classes(&self) -> usize {
        match self.interface.output_elements() {
            1 if self.ends_in_sigmoid() => 2,
            outputs => outputs,
        }
    }
}

/// Adds a node with weights, and what its layer applies to the sums.
pub(super) fn push_fused(
    builder: &mut Builder<'_>,
    id: LayerId,
    mut node: NodeKind,
    shape: Shape,
    fields: &Linear,
    range: Option<RecordedRange>,
) {
    let behind = match fields.activation {
        FusedActivation::Linear => None,
        // The range of the layer is that of the sums.
        FusedActivation::Softmax => {
            builder.push(id, node, shape.clone(), range);
            builder.push(id, NodeKind::Softmax(Softmax), shape, None);
            return;
        }
        FusedActivation::Function(function) => match clamp(function, shape.channels()) {
            Some(clamp) => {
                if let Some(fused) = node.clamp_mut() {
                    *fused = clamp;
                }
                None
            }
            None => Some(Activation(vec![function])),
        },
    };
    let Some(activation) = behind else {
        builder.push(id, node, shape, range);
        return;
    };
    builder.push(id, node, shape.clone(), fields.sums);
    builder.mark_inner("sum_range");
    builder.push(id, NodeKind::Activation(activation), shape, range);
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    kind: &source::Activation,
) -> bool {
    let shape = builder.shape().clone();
    let node = match kind {
        source::Activation::Function(function, _) => {
            NodeKind::Activation(Activation(vec![*function]))
        }
        source::Activation::Prelu(slope) => {
            let channels = shape.channels();
            if !axes_fit(builder, layer, &shape.0) {
                return false;
            }
            let Some(slopes) = slopes(builder, layer, slope, channels) else {
                return false;
            };
            NodeKind::Affine(Affine::identity(channels, Clamp::Leaky(slopes)))
        }
    };
    builder.push(id, node, shape, layer.range);
    true
}

/// The slope of each channel. Keras' default has one for each element: shared axes are asked for.
fn slopes(
    builder: &mut Builder<'_>,
    layer: &Layer,
    name: &str,
    channels: usize,
) -> Option<Vec<f64>> {
    let elements = builder
        .file
        .tensor(name)
        .map(|tensor| tensor.shape.elements());
    let shape = builder.shape().clone();
    let location = Location::layer(&layer.id).tensor(name);
    if elements == Some(shape.elements()) && elements != Some(channels) {
        let kind = ErrorKind::Unsupported {
            option: "a `prelu` with a slope for each",
            value: "element".to_owned(),
            instead: "share the slopes along height and width (Keras: `shared_axes=[1, 2]`)"
                .to_owned(),
        };
        builder.problems.push(kind, location);
        return None;
    }
    if builder.pending_flatten().is_some() && elements != Some(1) {
        let kind = ErrorKind::Unsupported {
            option: "behind a channels-first flatten, a",
            value: "prelu".to_owned(),
            instead: "put it in front of the flatten".to_owned(),
        };
        builder.problems.push(kind, location);
        return None;
    }
    let slopes = per_output(builder, &layer.id, name, channels, true)?;
    if let Some(index) = slopes.iter().position(|slope| slope.abs() > 1e6) {
        let kind = ErrorKind::InvalidField {
            field: "slope".to_owned(),
            expected: "numbers between -1e6 and 1e6".to_owned(),
            found: format!("{} at index {index}", slopes[index]),
        };
        builder.problems.push(kind, location);
        return None;
    }
    Some(match slopes.as_slice() {
        // PyTorch's default: one for all channels.
        [shared] => vec![*shared; channels],
        _ => slopes,
    })
}
