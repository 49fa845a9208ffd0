//! Stage 2: the float network, shapes known, channels last.
//!
//! [`build`](build::build) turns a [`ModelFile`](crate::source::ModelFile) into a [`Graph`]; the
//! passes of [`crate::passes`] rewrite it.

use crate::ids::{LayerId, ValueId};
use crate::shape::Shape;
use crate::source::RecordedRange;

mod activation;
pub mod build;
mod dense;
mod layout;
mod shape;
mod softmax;
pub mod verify;

pub use activation::Activation;
pub use build::build;
pub(crate) use dense::reorder_inputs;
pub use dense::{Clamp, Dense, Latent, Weights};
pub(crate) use layout::{flatten_order, flatten_reorders};
pub(crate) use softmax::MOST_CLASSES;
pub use softmax::Softmax;

/// What the user sees of the network; travels unchanged to the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Interface {
    /// The name of the model in the file.
    pub name: String,
    /// The version of the model, in the user's words.
    pub model_version: String,
    /// The name of the input.
    pub input: String,
    /// The shape of the input, channels last.
    pub input_shape: Shape,
    /// The mean that is subtracted from the input, one or one a channel.
    pub mean: Vec<f64>,
    /// The standard deviation that the input is divided by, one or one a channel.
    pub std: Vec<f64>,
    /// The shape of the output.
    pub output_shape: Shape,
    /// One label for each element of the output, or none.
    pub labels: Vec<String>,
}

/// A layer of the file, as errors and reports name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerName {
    /// Its `id`.
    pub id: String,
    /// Its type.
    pub kind: &'static str,
}

/// The float network: nodes in the order in which they run.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// What the user sees.
    pub interface: Interface,
    /// The layers of the file, by [`LayerId`].
    pub layers: Vec<LayerName>,
    /// The values, by [`ValueId`].
    pub values: Vec<Value>,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The value that the user gives, after normalization.
    pub input: ValueId,
    /// The value that the user gets.
    pub output: ValueId,
}

/// An activation.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Its extents, channels last.
    pub shape: Shape,
    /// What is known of its values.
    pub range: Option<RecordedRange>,
    /// The layer that yields it, `None` for the input.
    pub layer: Option<LayerId>,
}

/// A piece of the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The layer it comes from.
    pub layer: LayerId,
    /// What it reads.
    pub input: ValueId,
    /// What it yields.
    pub output: ValueId,
    /// What it computes.
    pub kind: NodeKind,
}

/// What a node computes.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// A matrix times the input, plus a bias.
    Dense(Dense),
    /// An element-wise function.
    Activation(Activation),
    /// The same values in another shape.
    Reshape,
    /// Probabilities.
    Softmax(Softmax),
}

impl Graph {
    /// A value.
    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id.index()]
    }

    /// The name of a layer.
    pub fn layer(&self, id: LayerId) -> &LayerName {
        &self.layers[id.index()]
    }

    /// The nodes that read a value.
    pub fn readers(&self, id: ValueId) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.input == id)
    }

    /// The value whose range a value of no range of its own has: through reshapes.
    pub fn behind_reshapes(&self, mut id: ValueId) -> ValueId {
        while let Some(node) = self.nodes.iter().find(|node| node.output == id) {
            match node.kind {
                NodeKind::Reshape => id = node.input,
                NodeKind::Dense(_) | NodeKind::Activation(_) | NodeKind::Softmax(_) => break,
            }
        }
        id
    }

    /// Multiply-accumulates of one inference, zero weights included.
    pub fn macs(&self) -> u64 {
        self.nodes
            .iter()
            .map(|node| match &node.kind {
                NodeKind::Dense(dense) => dense.macs(),
                NodeKind::Activation(_) | NodeKind::Reshape | NodeKind::Softmax(_) => 0,
            })
            .sum()
    }
}

#[cfg(test)]
mod tests;
