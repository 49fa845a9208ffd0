//! Element-wise functions in the graph.

use super::NodeKind;
use super::build::Builder;
use crate::ids::LayerId;
use crate::source::layers::{Layer, activation as source};

/// An element-wise function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// max(0, x).
    Relu,
}

impl Activation {
    /// The function.
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Self::Relu => x.max(0.0),
        }
    }
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    kind: source::Activation,
) -> bool {
    let shape = builder.shape().clone();
    let function = match kind {
        source::Activation::Relu => Activation::Relu,
    };
    builder.push(id, NodeKind::Activation(function), shape, layer.range);
    true
}
