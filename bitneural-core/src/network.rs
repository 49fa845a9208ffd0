//! Stage 4: the integer network, or that of f32 mode. Nothing below it may change a result bit of integers.
//!
//! All constants are those of docs/arithmetic.md; weights are unpacked trits.

use crate::graph::{Interface, LayerName};
use crate::ids::{LayerId, TensorId};

mod activation;
mod conv;
mod custom;
mod dense;
mod elementwise;
mod embedding;
pub mod float;
mod line;
mod linear;
mod norm;
mod pool;
mod recurrent;
mod shape;
mod softmax;
pub mod text;
pub mod verify;

pub use activation::{Gate, Table};
pub use conv::Conv;
pub use custom::Custom;
pub use dense::Dense;
pub use elementwise::{Add, Concat, Multiply, Pick, Picked, Rescale};
pub use embedding::Embedding;
pub use float::Float;
pub use line::{Fill, Line};
pub use linear::{Channel, Leaky, Requant};
pub use norm::LayerNorm;
pub use pool::{AveragePool, MaxPool};
pub use recurrent::{Column, Gates, Matrix, Recurrent};
pub use shape::Frame;
pub use softmax::Softmax;

/// The integer network: ops in the order in which they run.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// What the user sees.
    pub interface: Interface,
    /// The layers of the file, by [`LayerId`].
    pub layers: Vec<LayerName>,
    /// The tensors, by [`TensorId`].
    pub tensors: Vec<Tensor>,
    /// The ops.
    pub ops: Vec<Op>,
    /// What the user gives.
    pub inputs: Vec<TensorId>,
    /// How the user's floats become codes (R4), for each input; nothing in f32 mode.
    pub quantize_inputs: Vec<Vec<InputChannel>>,
    /// How they are normalized in f32 mode, for each input; nothing in integer mode.
    pub normalize_inputs: Vec<Vec<float::NormalChannel>>,
    /// What the user gets.
    pub outputs: Vec<TensorId>,
    /// What `classify` looks at: the output, or what a final softmax or sigmoid reads (R21); `None` if there
    /// are several outputs.
    pub scores: Option<TensorId>,
    /// Of a single score in front of a sigmoid: class 1 is above it, class 0 is not (R21).
    pub threshold: Option<i32>,
}

/// How an element is stored (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element {
    /// A code, 0..=255.
    U8,
    /// A wide code, 0..=65535: only an input of the network, and what reshapes make of it.
    U16,
    /// A wide value, −32768..=32767, zero point 0.
    I16,
    /// A real number, in f32 mode: scale 1, zero point 0.
    F32,
}

impl Element {
    /// Bytes of one element.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::F32 => 4,
        }
    }

    /// The smallest and the largest code; floats have none but their zero point.
    pub fn bounds(self) -> (i32, i32) {
        match self {
            Self::U8 => (0, 255),
            Self::U16 => (0, 65535),
            Self::I16 => (-32768, 32767),
            Self::F32 => (0, 0),
        }
    }

    /// The Rust name of the type.
    pub fn rust(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::I16 => "i16",
            Self::F32 => "f32",
        }
    }
}

/// An activation: `scale · (value − zero_point)` is the real number.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// The number of elements.
    pub elements: usize,
    /// How they are stored.
    pub element: Element,
    /// The step, above 0.
    pub scale: f64,
    /// The value that stands for 0.
    pub zero_point: i32,
    /// The layer that yields it, `None` for the input.
    pub layer: Option<LayerId>,
}

/// Constants of R4 for one channel of the input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InputChannel {
    /// k_c.
    pub factor: f32,
    /// b_c.
    pub offset: i32,
}

/// A piece of the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Op {
    /// The layer it comes from.
    pub layer: LayerId,
    /// What it reads, at least one tensor.
    pub inputs: Vec<TensorId>,
    /// What it yields.
    pub output: TensorId,
    /// What it computes.
    pub kind: OpKind,
}

impl Op {
    /// The only tensor, or the first one, that it reads.
    pub fn input(&self) -> TensorId {
        self.inputs[0]
    }
}

/// What an op computes.
#[derive(Debug, Clone, PartialEq)]
pub enum OpKind {
    /// R6, R7.
    Dense(Dense),
    /// R6, R7, R19.
    Conv(Conv),
    /// R17.
    MaxPool(MaxPool),
    /// R18.
    AveragePool(AveragePool),
    /// R22.
    LayerNorm(LayerNorm),
    /// R24 to R28.
    Recurrent(Box<Recurrent>),
    /// R13.
    Table(Table),
    /// R23.
    Gate(Gate),
    /// R14.
    Add(Add),
    /// R16.
    Multiply(Multiply),
    /// The largest or the smallest of codes of one format.
    Pick(Pick),
    /// R33.
    Embedding(Embedding),
    /// R15.
    Concat(Concat),
    /// The last frames of a value, in a network of frames.
    Line(Line),
    /// The same codes in another shape.
    Reshape,
    /// The same codes in another frame (R2).
    Frame(Frame),
    /// R20.
    Softmax(Softmax),
    /// An op of f32 mode.
    Float(Float),
    /// What the user's own layer makes of its inputs.
    Custom(Custom),
}

impl OpKind {
    /// The weights, a matrix after the other; none if it has none.
    pub fn weights(&self) -> Vec<&[i8]> {
        match self {
            Self::Dense(dense) => vec![&dense.weights],
            Self::Conv(conv) => vec![&conv.weights],
            Self::Recurrent(op) => vec![&op.kernel.weights, &op.recurrent.weights],
            Self::Float(op) => op.weights(),
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::LayerNorm(_)
            | Self::Table(_)
            | Self::Gate(_)
            | Self::Add(_)
            | Self::Multiply(_)
            | Self::Pick(_)
            | Self::Embedding(_)
            | Self::Concat(_)
            | Self::Frame(_)
            | Self::Line(_)
            | Self::Reshape
            | Self::Softmax(_)
            | Self::Custom(_) => Vec::new(),
        }
    }

    /// Whether it reads several tensors.
    pub fn is_of_several(&self) -> bool {
        match self {
            Self::Add(_) | Self::Multiply(_) | Self::Pick(_) | Self::Concat(_) => true,
            Self::Custom(custom) => custom.inputs.len() != 1,
            Self::Dense(_)
            | Self::Conv(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::LayerNorm(_)
            | Self::Recurrent(_)
            | Self::Table(_)
            | Self::Gate(_)
            | Self::Embedding(_)
            | Self::Frame(_)
            | Self::Line(_)
            | Self::Reshape
            | Self::Softmax(_) => false,
            Self::Float(op) => op.is_of_several(),
        }
    }

    /// Multiply-accumulates, zero weights included.
    pub fn macs(&self) -> u64 {
        match self {
            Self::Dense(dense) => dense.inputs as u64 * dense.outputs as u64,
            Self::Conv(conv) => conv.macs(),
            Self::Recurrent(op) => op.macs(),
            Self::Float(op) => op.macs(),
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::LayerNorm(_)
            | Self::Table(_)
            | Self::Gate(_)
            | Self::Add(_)
            | Self::Multiply(_)
            | Self::Pick(_)
            | Self::Embedding(_)
            | Self::Concat(_)
            | Self::Reshape
            | Self::Line(_)
            | Self::Frame(_)
            | Self::Softmax(_) => 0,
            Self::Custom(custom) => custom.cost.macs,
        }
    }
}

impl Network {
    /// A tensor.
    pub fn tensor(&self, id: TensorId) -> &Tensor {
        &self.tensors[id.index()]
    }

    /// The `id` of a layer.
    pub fn layer(&self, id: LayerId) -> &str {
        &self.layers[id.index()].id
    }

    /// The tensor that says how well the network does: the scores, the first output if there are several.
    pub fn judged(&self) -> TensorId {
        self.scores.unwrap_or(self.outputs[0])
    }

    /// Whether there are scores, each of a class, or a threshold between two.
    pub fn has_classes(&self) -> bool {
        let scores = self.scores.map_or(0, |id| self.tensor(id).elements);
        self.threshold.is_some() || scores > 1
    }

    /// Whether activations are floats.
    pub fn is_float(&self) -> bool {
        self.tensors
            .iter()
            .any(|tensor| tensor.element == Element::F32)
    }

    /// Multiply-accumulates of one inference.
    pub fn macs(&self) -> u64 {
        self.ops.iter().map(|op| op.kind.macs()).sum()
    }
}

#[cfg(test)]
mod tests;
