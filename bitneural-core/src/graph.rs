//! Stage 2: the float network, shapes known, channels last.
//!
//! [`build`](build::build) turns a [`ModelFile`](crate::source::ModelFile) into a [`Graph`]; the
//! passes of [`crate::passes`] rewrite it.

use crate::ids::{LayerId, ValueId};
use crate::shape::{Frame, Shape};
use crate::source::RecordedRange;

mod activation;
pub mod build;
mod conv;
mod custom;
mod dense;
mod elementwise;
mod embedding;
mod input;
mod layout;
mod linear;
mod links;
mod norm;
mod pool;
mod recurrent;
mod shape;
mod softmax;
pub mod verify;
mod window;

pub use activation::Activation;
pub use build::build;
pub use conv::Conv;
pub use custom::Custom;
pub use dense::Dense;
pub use elementwise::{Concat, Elementwise, Function};
pub use embedding::{Embedding, Table};
pub(crate) use layout::{flatten_order, flatten_reorders};
pub use linear::{Clamp, Latent, Linear, Quantized, Weights};
pub(crate) use linear::{reorder_rows, reorder_taps};
pub use links::{Links, Reads};
pub(crate) use norm::MOST_CHANNELS;
pub use norm::{Affine, LayerNorm};
pub use pool::{Pool, PoolMode};
pub use recurrent::{Cell, Recurrent};
pub(crate) use softmax::MOST_CLASSES;
pub use softmax::Softmax;

/// What the user sees of the network; travels unchanged to the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Interface {
    /// The name of the model in the file.
    pub name: String,
    /// The version of the model, in the user's words.
    pub model_version: String,
    /// What goes in, at least one.
    pub inputs: Vec<Input>,
    /// What comes out, at least one.
    pub outputs: Vec<Output>,
    /// One label for each element of the only output, or none.
    pub labels: Vec<String>,
}

/// An input, as the user sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name.
    pub id: String,
    /// Its shape, channels last.
    pub shape: Shape,
    /// The mean that is subtracted, one or one a channel.
    pub mean: Vec<f64>,
    /// The standard deviation that is divided by, one or one a channel.
    pub std: Vec<f64>,
    /// Whether its codes have 16 bits, in integer mode (R2).
    pub is_wide: bool,
}

/// An output, as the user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The name of the layer that yields it.
    pub id: String,
    /// Its shape, channels last.
    pub shape: Shape,
}

impl Interface {
    /// The elements of all inputs together.
    pub fn input_elements(&self) -> usize {
        let elements = self.inputs.iter().map(|input| input.shape.elements());
        elements.fold(0, usize::saturating_add)
    }

    /// The elements of all outputs together.
    pub fn output_elements(&self) -> usize {
        let elements = self.outputs.iter().map(|output| output.shape.elements());
        elements.fold(0, usize::saturating_add)
    }
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
    /// The values that the user gives, after normalization.
    pub inputs: Vec<ValueId>,
    /// The values that the user gets.
    pub outputs: Vec<ValueId>,
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
    /// The field of the layer that has its range: `range`, but where the layer goes on behind it.
    pub range_field: &'static str,
}

/// A piece of the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The layer it comes from.
    pub layer: LayerId,
    /// What it reads, at least one value.
    pub inputs: Vec<ValueId>,
    /// What it yields.
    pub output: ValueId,
    /// What it computes.
    pub kind: NodeKind,
}

impl Node {
    /// The only value, or the first one, that it reads.
    pub fn input(&self) -> ValueId {
        self.inputs[0]
    }

    /// Whether it reads a value.
    pub fn reads(&self, id: ValueId) -> bool {
        self.inputs.contains(&id)
    }
}

/// What a node computes.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// A matrix times the input, plus a bias.
    Dense(Dense),
    /// A convolution.
    Conv(Conv),
    /// A pool.
    Pool(Pool),
    /// A state that goes along time.
    Recurrent(Box<Recurrent>),
    /// An affine function of each channel.
    Affine(Affine),
    /// A norm of each position over its channels.
    LayerNorm(LayerNorm),
    /// An element-wise function.
    Activation(Activation),
    /// A function of several values, element by element.
    Elementwise(Elementwise),
    /// A row of a table for each index.
    Embedding(Embedding),
    /// Several values, one after the other.
    Concat(Concat),
    /// The same values in another shape.
    Reshape,
    /// An image in another frame; what is added stands for 0.
    Frame(Frame),
    /// Probabilities.
    Softmax(Softmax),
    /// A layer of the user's own.
    Custom(Custom),
}

impl NodeKind {
    /// Whether it reads so many values.
    pub fn takes(&self, inputs: usize) -> bool {
        match self {
            Self::Elementwise(elementwise) if elementwise.function.is_of_two() => inputs == 2,
            Self::Elementwise(_) | Self::Concat(_) => inputs >= 2,
            Self::Dense(_)
            | Self::Conv(_)
            | Self::Pool(_)
            | Self::Recurrent(_)
            | Self::Affine(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::Embedding(_)
            | Self::Reshape
            | Self::Frame(_)
            | Self::Softmax(_) => inputs == 1,
            Self::Custom(custom) => inputs == custom.arity,
        }
    }

    /// The weights, if it has any.
    pub fn linear(&self) -> Option<&Linear> {
        match self {
            Self::Dense(dense) => Some(&dense.linear),
            Self::Conv(conv) => Some(&conv.linear),
            Self::Pool(_)
            | Self::Recurrent(_)
            | Self::Affine(_)
            | Self::Activation(_)
            | Self::Elementwise(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Concat(_)
            | Self::Reshape
            | Self::Frame(_)
            | Self::Softmax(_)
            | Self::Custom(_) => None,
        }
    }

    /// The weights, to be changed, and the number of outputs, if what the node yields is their sums.
    pub(crate) fn linear_mut(&mut self) -> Option<(&mut Linear, usize)> {
        match self {
            Self::Dense(dense) => Some((&mut dense.linear, dense.outputs)),
            Self::Conv(conv) => Some((&mut conv.linear, conv.outputs)),
            Self::Pool(_)
            | Self::Recurrent(_)
            | Self::Affine(_)
            | Self::Activation(_)
            | Self::Elementwise(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Concat(_)
            | Self::Reshape
            | Self::Frame(_)
            | Self::Softmax(_)
            | Self::Custom(_) => None,
        }
    }

    /// All weights of the node, to be quantized, each with its number of outputs.
    pub(crate) fn matrices_mut(&mut self) -> Vec<(&mut Linear, usize)> {
        match self {
            Self::Recurrent(recurrent) => {
                let columns = recurrent.columns();
                let Recurrent {
                    kernel, recurrent, ..
                } = &mut **recurrent;
                vec![(kernel, columns), (recurrent, columns)]
            }
            other => other.linear_mut().into_iter().collect(),
        }
    }

    /// What clamps its output, where something can.
    pub fn clamp(&self) -> Option<&Clamp> {
        match self {
            Self::Dense(dense) => Some(&dense.linear.clamp),
            Self::Conv(conv) => Some(&conv.linear.clamp),
            Self::Affine(affine) => Some(&affine.clamp),
            Self::LayerNorm(norm) => Some(&norm.clamp),
            Self::Pool(Pool {
                mode: PoolMode::Average { clamp, .. },
                ..
            }) => Some(clamp),
            Self::Elementwise(elementwise) if !elementwise.function.picks() => {
                Some(&elementwise.clamp)
            }
            Self::Pool(_)
            | Self::Recurrent(_)
            | Self::Activation(_)
            | Self::Elementwise(_)
            | Self::Embedding(_)
            | Self::Concat(_)
            | Self::Reshape
            | Self::Frame(_)
            | Self::Softmax(_)
            | Self::Custom(_) => None,
        }
    }

    /// Whether slopes below zero may join it: only weights and affine nodes have a second side (R11).
    pub(crate) fn takes_slopes(&self) -> bool {
        match self {
            Self::Dense(_) | Self::Conv(_) | Self::Affine(_) => true,
            Self::Pool(_)
            | Self::Recurrent(_)
            | Self::Activation(_)
            | Self::Elementwise(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Concat(_)
            | Self::Reshape
            | Self::Frame(_)
            | Self::Softmax(_)
            | Self::Custom(_) => false,
        }
    }

    /// The same, to be changed.
    pub(crate) fn clamp_mut(&mut self) -> Option<&mut Clamp> {
        match self {
            Self::Dense(dense) => Some(&mut dense.linear.clamp),
            Self::Conv(conv) => Some(&mut conv.linear.clamp),
            Self::Affine(affine) => Some(&mut affine.clamp),
            Self::LayerNorm(norm) => Some(&mut norm.clamp),
            Self::Pool(Pool {
                mode: PoolMode::Average { clamp, .. },
                ..
            }) => Some(clamp),
            Self::Elementwise(elementwise) if !elementwise.function.picks() => {
                Some(&mut elementwise.clamp)
            }
            Self::Pool(_)
            | Self::Recurrent(_)
            | Self::Activation(_)
            | Self::Elementwise(_)
            | Self::Embedding(_)
            | Self::Concat(_)
            | Self::Reshape
            | Self::Frame(_)
            | Self::Softmax(_)
            | Self::Custom(_) => None,
        }
    }
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
        self.nodes.iter().filter(move |node| node.reads(id))
    }

    /// The node that yields a value, if that is no input.
    pub fn producer(&self, id: ValueId) -> Option<usize> {
        self.nodes.iter().position(|node| node.output == id)
    }

    /// Whether the file says in which codes a value is held (R3).
    pub fn is_recorded(&self, id: ValueId) -> bool {
        let range = self.value(id).range;
        range.is_some_and(|range| range.fixed.is_some())
    }

    /// Whether the nodes that yield and read a value may become one: there is one reader, and the file does not
    /// want the value in codes of its own.
    pub fn may_vanish(&self, reads: &Reads, id: ValueId) -> bool {
        reads.has_one_reader(id) && !self.is_recorded(id)
    }

    /// The value whose range a value of no range of its own has: through reshapes.
    pub fn behind_reshapes(&self, mut id: ValueId) -> ValueId {
        while let Some(node) = self.producer(id).map(|index| &self.nodes[index]) {
            match node.kind {
                NodeKind::Reshape => id = node.input(),
                NodeKind::Dense(_)
                | NodeKind::Conv(_)
                | NodeKind::Pool(_)
                | NodeKind::Recurrent(_)
                | NodeKind::Affine(_)
                | NodeKind::Activation(_)
                | NodeKind::Elementwise(_)
                | NodeKind::Embedding(_)
                | NodeKind::LayerNorm(_)
                | NodeKind::Concat(_)
                | NodeKind::Frame(_)
                | NodeKind::Softmax(_)
                | NodeKind::Custom(_) => break,
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
                NodeKind::Conv(conv) => conv.macs(),
                NodeKind::Recurrent(recurrent) => recurrent.macs(),
                NodeKind::Pool(_)
                | NodeKind::Affine(_)
                | NodeKind::Activation(_)
                | NodeKind::Elementwise(_)
                | NodeKind::Embedding(_)
                | NodeKind::LayerNorm(_)
                | NodeKind::Concat(_)
                | NodeKind::Reshape
                | NodeKind::Frame(_)
                | NodeKind::Softmax(_) => 0,
                NodeKind::Custom(custom) => custom.cost.macs,
            })
            .sum()
    }
}

#[cfg(test)]
mod tests;
