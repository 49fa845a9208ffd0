//! Ops of f32 mode: the same weights, activations of `f32` (docs/arithmetic.md, "f32 mode").

use super::{Conv, Dense, MaxPool};
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
    /// A row of a table for each index.
    Embedding(Embedding),
    /// Each position over its channels.
    LayerNorm(LayerNorm),
    /// Keras' general ReLU.
    Relu(Relu),
    /// Probabilities.
    Softmax,
}

impl Float {
    /// The weights, if it has any.
    pub fn weights(&self) -> Option<&[i8]> {
        match self {
            Self::Dense(dense) => Some(&dense.weights),
            Self::Conv(conv) => Some(&conv.weights),
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Relu(_)
            | Self::Softmax => None,
        }
    }

    /// Multiply-accumulates, zero weights included.
    pub fn macs(&self) -> u64 {
        match self {
            Self::Dense(dense) => dense.inputs as u64 * dense.outputs as u64,
            Self::Conv(conv) => conv.macs(),
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Relu(_)
            | Self::Softmax => 0,
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
