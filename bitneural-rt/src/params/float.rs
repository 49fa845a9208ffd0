//! The records of f32 mode (docs/arithmetic.md, "f32 mode"). Weights are encoded as in integer mode.

use super::Window;
use crate::custom::CustomShape;

/// What becomes of a sum of f32 mode: y = sum · scale + bias; below 0 times a slope; then at least `low`, at most `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatEpilogue {
    /// One record per output channel.
    pub channels: &'static [FloatChannel],
    /// Of a leaky ReLU: one slope per output channel.
    pub slopes: Option<&'static [f32]>,
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

/// A fully connected layer of ternary or `int8` weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatDense {
    /// Number of inputs.
    pub inputs: u32,
    /// Number of outputs.
    pub outputs: u32,
    /// The weights, in the encoding of the kernel of that name in [`crate::kernels::dense`].
    pub weights: &'static [u32],
    /// What becomes of the sums.
    pub epilogue: FloatEpilogue,
}

/// A convolution of ternary or `int8` weights, padded with zeros.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatConv {
    /// Where the kernel lies.
    pub window: Window,
    /// Input and output channels fall into so many groups, each with its own kernel; mostly 1.
    pub groups: u16,
    /// What one group does at one position, as in [`Conv`](super::Conv).
    pub dense: FloatDense,
}

/// A depthwise convolution of ternary or `int8` weights, padded with zeros.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatDepthwise {
    /// Where the kernel lies.
    pub window: Window,
    /// Channels of the input.
    pub channels: u16,
    /// Output channels for each of them.
    pub multiplier: u16,
    /// The weights, in the encoding of the kernel of that name in [`crate::kernels::depthwise`].
    pub weights: &'static [u32],
    /// What becomes of the sums.
    pub epilogue: FloatEpilogue,
}

/// Average pooling over zeros around the image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatAveragePool {
    /// Where the window lies.
    pub window: Window,
    /// Channels of input and output.
    pub channels: u16,
    /// Whether taps on padding count.
    pub count_padding: bool,
    /// The smallest output; that of the type for none.
    pub low: f32,
    /// The largest output; that of the type for none.
    pub high: f32,
}

/// A layer norm over the channels of each position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatLayerNorm {
    /// γ and β of each channel.
    pub channels: &'static [FloatChannel],
    /// ε: a normal number above 0.
    pub epsilon: f32,
    /// The smallest output; that of the type for none.
    pub low: f32,
    /// The largest output; that of the type for none.
    pub high: f32,
}

/// A layer with a state that goes along time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatRecurrent {
    /// Features of a step.
    pub inputs: u32,
    /// The width of the state.
    pub units: u32,
    /// The number of steps.
    pub steps: u32,
    /// The weights of the inputs, a row for each column.
    pub kernel: &'static [u32],
    /// The weights of the state, a row for each column; where a reset comes before, the rows of the candidates are a blob
    /// of their own behind the others.
    pub recurrent: &'static [u32],
    /// Gate after gate: i, f, g, o or z, r, n.
    pub columns: &'static [FloatGateColumn],
    /// Of the candidates of a GRU whose reset comes after; else empty.
    pub state_biases: &'static [FloatStateBias],
    /// Whether the weights of the inputs are `int8`.
    pub int8_kernel: bool,
    /// Whether those of the state are.
    pub int8_recurrent: bool,
    /// Whether the state of each step is written, not that of the last alone.
    pub sequences: bool,
    /// Whether the last step comes first.
    pub reads_backwards: bool,
    /// Whether what comes first lies last in the output.
    pub writes_backwards: bool,
}

/// The constants of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatGateColumn {
    /// The real value of a weight of 1 beside the inputs.
    pub input_scale: f32,
    /// The real value of a weight of 1 beside the state.
    pub state_scale: f32,
    /// Added to both; where both halves stand alone, to that of the inputs.
    pub bias: f32,
}

/// The bias of a half that stands alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatStateBias {
    /// Added to the half of the state.
    pub bias: f32,
}

/// x, at most `max`, above the threshold; slope · (x − threshold) up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatRelu {
    /// The largest output; that of the type for none.
    pub max: f32,
    /// The slope up to the threshold.
    pub slope: f32,
    /// What the identity begins above.
    pub threshold: f32,
}

/// A row of values for each index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatEmbedding {
    /// Number of rows, at least 1: an index beyond the last has that one.
    pub rows: u32,
    /// Values of a row.
    pub width: u32,
    /// The values, row after row.
    pub table: &'static [f32],
}

/// factor · x above 0; alpha · (eˣ − 1) up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatElu {
    /// The slope above 0.
    pub factor: f32,
    /// What it goes to far below 0, with the other sign.
    pub alpha: f32,
}

/// slope · x + offset, at least `low`, at most `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatLine {
    /// The slope.
    pub slope: f32,
    /// The value at 0.
    pub offset: f32,
    /// The smallest output.
    pub low: f32,
    /// The largest output.
    pub high: f32,
}

/// A function of several inputs, element by element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatJoin {
    /// One record per input.
    pub operands: &'static [FloatOperand],
    /// Elements after which inputs that are repeated begin again; all if there are none.
    pub run: u32,
    /// The smallest output; that of the type for none.
    pub low: f32,
    /// The largest output; that of the type for none.
    pub high: f32,
}

/// An input that is joined with others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatOperand {
    /// Whether it begins again after each run.
    pub repeated: bool,
}

/// Pieces of several inputs in turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatConcat {
    /// One record per input.
    pub pieces: &'static [FloatPiece],
    /// Number of values of all of them together.
    pub round: u32,
}

/// What one input gives to each round of a concat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatPiece {
    /// Number of values.
    pub len: u32,
}

/// A layer of the user's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FloatCustom {
    /// The shapes of its inputs.
    pub inputs: &'static [CustomShape],
    /// The shape of its output.
    pub output: CustomShape,
    /// The parameters that the file has for it.
    pub parameters: &'static [f32],
}

/// The step from the user's floats to the network's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normalize {
    /// One record for all elements, or one per index of the last axis.
    pub channels: &'static [NormalChannel],
}

/// The constants of one input channel: y = (x − mean) · factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalChannel {
    /// The mean.
    pub mean: f32,
    /// 1 / standard deviation.
    pub factor: f32,
}
