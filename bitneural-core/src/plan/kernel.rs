//! Every kernel with its constants: what it is called and what it touches.

use super::{
    AveragePool, Conv, Dense, DenseKernel, Depthwise, FloatKernel, Frame, Recurrent, elementwise,
    recurrent,
};
use crate::network::{Custom, Embedding, Gate, LayerNorm, Line, MaxPool, Picked, Softmax};
use crate::ternarize::Precision;

/// A kernel with its constants.
#[derive(Debug, Clone, PartialEq)]
pub enum Kernel {
    /// A dense layer.
    Dense(Dense),
    /// A convolution.
    Conv(Conv),
    /// A convolution whose outputs read one channel each.
    Depthwise(Depthwise),
    /// The largest code under a window.
    MaxPool(MaxPool),
    /// The mean of the codes under a window.
    AveragePool(AveragePool),
    /// A state that goes along time.
    Recurrent(Box<Recurrent>),
    /// The same codes in another frame.
    Frame(Frame),
    /// Positions normalized over their channels.
    LayerNorm(LayerNorm),
    /// A table look-up.
    Table(Box<[u8; 256]>),
    /// A sigmoid or tanh of wide values.
    Gate(Gate),
    /// A weighted sum.
    Add(elementwise::Add),
    /// A product.
    Multiply(elementwise::Multiply),
    /// The largest or smallest of several codes.
    Pick(elementwise::Pick),
    /// A row of a table for each index.
    Embedding(Embedding),
    /// Pieces of several tensors in turn.
    Concat(elementwise::Concat),
    /// The last frames of a value.
    Line(Line),
    /// Probabilities.
    Softmax(Softmax),
    /// A kernel of f32 mode.
    Float(FloatKernel),
    /// A function of the user's.
    Custom(Custom),
}

impl Kernel {
    /// Whether the kernel is given working memory, if only an empty piece of it.
    pub fn takes_scratch(&self) -> bool {
        match self {
            Self::Dense(dense) => dense.kernel == DenseKernel::Tables,
            Self::Conv(_) | Self::Depthwise(_) | Self::Recurrent(_) => true,
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Frame(_)
            | Self::LayerNorm(_)
            | Self::Table(_)
            | Self::Gate(_)
            | Self::Add(_)
            | Self::Multiply(_)
            | Self::Pick(_)
            | Self::Embedding(_)
            | Self::Concat(_)
            | Self::Line(_)
            | Self::Softmax(_)
            | Self::Custom(_) => false,
            Self::Float(kernel) => kernel.takes_scratch(),
        }
    }

    /// Whether it may write over a tensor that it reads, of as many elements of the same type: it reads each
    /// element before it writes the one of the same index.
    pub fn works_in_place(&self) -> bool {
        match self {
            Self::Table(_) | Self::Add(_) | Self::Multiply(_) | Self::Pick(_) => true,
            Self::Float(kernel) => kernel.works_in_place(),
            Self::Dense(_)
            | Self::Conv(_)
            | Self::Depthwise(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Recurrent(_)
            | Self::Frame(_)
            | Self::LayerNorm(_)
            | Self::Gate(_)
            | Self::Embedding(_)
            | Self::Concat(_)
            | Self::Line(_)
            | Self::Softmax(_)
            | Self::Custom(_) => false,
        }
    }

    /// Words of what the kernel keeps from one frame to the next, beside lines.
    pub fn state_words(&self) -> usize {
        match self {
            Self::Recurrent(layer) => layer.state_words(),
            Self::Float(FloatKernel::Recurrent(layer)) => layer.state_words(),
            Self::Dense(_)
            | Self::Conv(_)
            | Self::Depthwise(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Frame(_)
            | Self::LayerNorm(_)
            | Self::Table(_)
            | Self::Gate(_)
            | Self::Add(_)
            | Self::Multiply(_)
            | Self::Pick(_)
            | Self::Embedding(_)
            | Self::Concat(_)
            | Self::Line(_)
            | Self::Softmax(_)
            | Self::Float(_)
            | Self::Custom(_) => 0,
        }
    }

    /// The name of the kernel, `family::kernel`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dense(dense) => dense.kernel.name(),
            Self::Conv(conv) => match conv.dense.kernel {
                DenseKernel::Tables | DenseKernel::Digits => "conv::digits",
                DenseKernel::Int8 => "conv::int8",
            },
            Self::Depthwise(depthwise) => match depthwise.precision {
                Precision::Ternary => "depthwise::digits",
                Precision::Int8 => "depthwise::int8",
            },
            Self::MaxPool(_) => "pool::max",
            Self::AveragePool(_) => "pool::average",
            Self::Recurrent(layer) => recurrent::name(layer),
            Self::Frame(_) => "shape::frame",
            Self::LayerNorm(_) => "norm::layer_norm",
            Self::Table(_) => "activation::table",
            Self::Gate(_) => "gate::gate",
            Self::Add(_) => "elementwise::add",
            Self::Multiply(_) => "elementwise::multiply",
            Self::Pick(pick) => match pick.picked {
                Picked::Largest => "elementwise::maximum",
                Picked::Smallest => "elementwise::minimum",
            },
            Self::Embedding(_) => "embedding::lookup",
            Self::Concat(_) => "elementwise::concat",
            Self::Line(_) => "stream::push",
            Self::Softmax(_) => "softmax::softmax",
            Self::Float(kernel) => kernel.name(),
            Self::Custom(_) => "custom",
        }
    }
}
