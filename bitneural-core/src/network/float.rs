//! Ops of f32 mode: the same weights, activations of `f32` (docs/arithmetic.md, "f32 mode").

use super::{Conv, Custom, Dense, Frame, MaxPool, Recurrent};
use crate::shape::Window;

/// What an op of f32 mode computes.
#[derive(Debug, Clone, PartialEq)]
pub enum Float {
    /// A matrix times the input.
    Dense(Dense<Epilogue>),
    /// A convolution, padded with zeros.
    Conv(Conv<Epilogue>),
    /// The largest value under a window.
    MaxPool(MaxPool),
    /// The mean of the values under a window.
    AveragePool(AveragePool),
    /// A state that goes along time.
    Recurrent(Box<Recurrent<FloatGates>>),
    /// A row of a table for each index.
    Embedding(Embedding),
    /// Each position over its channels.
    LayerNorm(LayerNorm),
    /// A function of single elements.
    Activation(Activation),
    /// The same values in another frame; borders are 0.
    Frame(Frame),
    /// A function of several values, element by element.
    Join(Join),
    /// Pieces of several values in turn, in so many rounds.
    Concat(usize),
    /// Probabilities.
    Softmax,
    /// What the user's own layer makes of its inputs; formats are those of floats.
    Custom(Custom),
}

impl Float {
    /// The weights, a matrix after the other; none if it has none.
    pub fn weights(&self) -> Vec<&[i8]> {
        match self {
            Self::Dense(dense) => vec![&dense.weights],
            Self::Conv(conv) => vec![&conv.weights],
            Self::Recurrent(op) => vec![&op.kernel.weights, &op.recurrent.weights],
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::Frame(_)
            | Self::Join(_)
            | Self::Concat(_)
            | Self::Softmax
            | Self::Custom(_) => Vec::new(),
        }
    }

    /// Whether it reads several tensors.
    pub fn is_of_several(&self) -> bool {
        match self {
            Self::Join(_) | Self::Concat(_) => true,
            Self::Custom(custom) => custom.inputs.len() != 1,
            Self::Dense(_)
            | Self::Conv(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Recurrent(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::Frame(_)
            | Self::Softmax => false,
        }
    }

    /// Multiply-accumulates, zero weights included.
    pub fn macs(&self) -> u64 {
        match self {
            Self::Dense(dense) => dense.inputs as u64 * dense.outputs as u64,
            Self::Conv(conv) => conv.macs(),
            Self::Recurrent(op) => op.macs(),
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::Frame(_)
            | Self::Join(_)
            | Self::Concat(_)
            | Self::Softmax => 0,
            Self::Custom(custom) => custom.cost.macs,
        }
    }
}

/// `y = sum · scale + bias`, below 0 times a slope, within `low..=high`.
#[derive(Debug, Clone, PartialEq)]
pub struct Epilogue {
    /// The constants of each output channel.
    pub channels: Vec<FloatChannel>,
    /// The slope of each output channel below 0, if there are slopes.
    pub slopes: Option<Vec<f32>>,
    /// The smallest output; that of the type for none.
    pub low: f32,
    /// The largest output; that of the type for none.
    pub high: f32,
}

/// The constants of one output channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatChannel {
    /// The real value of a weight of 1.
    pub scale: f32,
    /// Added to the scaled sum.
    pub bias: f32,
}

/// The mean of the values under a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AveragePool {
    /// What slides over the image.
    pub window: Window,
    /// Channels of the image.
    pub channels: usize,
    /// Whether padded taps count, as zeros.
    pub count_padding: bool,
    /// The smallest output; that of the type for none.
    pub low: f32,
    /// The largest output; that of the type for none.
    pub high: f32,
}

/// How scaled sums become gates.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatGates {
    /// The constants of each column: gate after gate, i, f, g, o or z, r, n.
    pub columns: Vec<FloatColumn>,
    /// The biases beside the state of the candidates of a GRU whose reset comes after; else empty.
    pub state_biases: Vec<f32>,
}

/// The constants of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatColumn {
    /// The real value of a weight of 1 beside the inputs.
    pub input_scale: f32,
    /// The real value of a weight of 1 beside the state.
    pub state_scale: f32,
    /// Added to both; where both halves stand alone, to the half of the inputs.
    pub bias: f32,
}

/// The row of each index, the last row for one beyond it.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// The number of rows, at least 1.
    pub rows: usize,
    /// Values of each.
    pub width: usize,
    /// The values, row after row.
    pub values: Vec<f32>,
}

impl Embedding {
    /// Whether it has all its values, reads so many indices and yields so many values.
    pub fn fits(&self, from: usize, to: usize) -> bool {
        self.rows > 0
            && self.width > 0
            && self.values.len() == self.rows.saturating_mul(self.width)
            && to == from.saturating_mul(self.width)
    }
}

/// `(x − mean) / √(variance + epsilon) · scale + bias` over the channels of a position.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNorm {
    /// ε.
    pub epsilon: f32,
    /// γ and β of each channel, at least one.
    pub channels: Vec<FloatChannel>,
    /// The smallest output; that of the type for none.
    pub low: f32,
    /// The largest output; that of the type for none.
    pub high: f32,
}

/// A function of single elements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// Keras' general ReLU.
    Relu(Relu),
    /// An ELU.
    Elu(Elu),
    /// A line between two bounds.
    Line(Line),
    /// A function without constants.
    Curve(Curve),
}

/// `factor · x` above 0, `alpha · (eˣ − 1)` up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elu {
    /// The slope above 0.
    pub factor: f32,
    /// What it goes to far below 0, with the other sign.
    pub alpha: f32,
}

/// `slope · x + offset`, within bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The slope.
    pub slope: f32,
    /// The value at 0.
    pub offset: f32,
    /// The smallest output.
    pub low: f32,
    /// The largest output.
    pub high: f32,
}

/// A function without constants, as `crate::function::Function` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// `1 / (1 + e⁻ˣ)`.
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// `x · relu6(x + 3) / 6`.
    HardSwish,
    /// `x · sigmoid(x)`.
    Swish,
    /// `x · Φ(x)`.
    Gelu,
    /// Its approximation by a tangent.
    GeluTanh,
    /// `ln(1 + eˣ)`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// `eˣ`.
    Exponential,
}

impl Curve {
    /// Its word, which is the name of its kernel.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::HardSwish => "hard_swish",
            Self::Swish => "swish",
            Self::Gelu => "gelu",
            Self::GeluTanh => "gelu_tanh",
            Self::Softplus => "softplus",
            Self::Softsign => "softsign",
            Self::Exponential => "exponential",
        }
    }
}

/// A function of several values, element by element, within bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Join {
    /// The function.
    pub function: JoinFunction,
    /// The smallest output; that of the type for none.
    pub low: f32,
    /// The largest output; that of the type for none.
    pub high: f32,
}

/// What becomes of several numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinFunction {
    /// Their sum.
    Add,
    /// The first of two without the second.
    Subtract,
    /// Their mean.
    Average,
    /// The product of two.
    Multiply,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
}

impl JoinFunction {
    /// Its word, which is the name of its kernel.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Average => "average",
            Self::Multiply => "multiply",
            Self::Maximum => "maximum",
            Self::Minimum => "minimum",
        }
    }

    /// Whether it takes two numbers alone.
    pub fn is_of_two(self) -> bool {
        match self {
            Self::Subtract | Self::Multiply => true,
            Self::Add | Self::Average | Self::Maximum | Self::Minimum => false,
        }
    }
}

/// `min(x, max)` above the threshold, `slope · (x − threshold)` up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relu {
    /// The largest output; that of the type for none.
    pub max: f32,
    /// The slope up to the threshold.
    pub slope: f32,
    /// What the identity begins above.
    pub threshold: f32,
}

/// The constants of one input channel: `y = (x − mean) · factor`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalChannel {
    /// The mean.
    pub mean: f32,
    /// 1 / standard deviation.
    pub factor: f32,
}
