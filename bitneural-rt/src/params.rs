//! The records that generated statics fill: one per kernel, with the constants of its rules.
//!
//! The fields are named after the symbols of `docs/arithmetic.md`; the compiler proves their obligations, kernels
//! trust them for meaning but never for memory safety.

pub(crate) mod float;

use crate::custom::CustomFormat;

/// The constants of one output channel (R7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// B_c: added to the sum after its shift by [`Requant::pre_shift`]; holds bias, zero points and the rounding half.
    pub bias: i32,
    /// m_c: multiplies the biased sum, `1..=i32::MAX`; in [`Leaky`] down to `-i32::MAX`.
    pub multiplier: i32,
}

/// The constants of a requantization that all channels of an op share (R7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Requant {
    /// P: the shift of the sum to the left, `0..=16`.
    pub pre_shift: u8,
    /// S: the shift of the high product to the right, `0..=31`.
    pub shift: u8,
    /// y_lo: the smallest output (R10, R12); within `0..=255` where the output is `u8`.
    pub low: i16,
    /// y_hi: the largest output (R10, R12); within `0..=255` where the output is `u8`.
    pub high: i16,
}

/// The second requantization of a leaky ReLU: of what comes out below the code of zero (R11).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leaky {
    /// B⁻ and m⁻ of each output channel.
    pub channels: &'static [Channel],
    /// S⁻: the shift of the high product to the right, `0..=31`; P is that of the first requantization.
    pub shift: u8,
    /// z_y: what is less, before the clamp, is requantized anew from the same sum.
    pub zero: i16,
}

/// A fully connected layer of ternary or `int8` weights (R6, R7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dense {
    /// Number of input codes.
    pub inputs: u32,
    /// Number of outputs.
    pub outputs: u32,
    /// The weights, in the encoding of the kernel that reads them (see [`crate::kernels::dense`]); words of a
    /// [`Blob`](crate::blob::Blob).
    pub weights: &'static [u32],
    /// One record per output.
    pub channels: &'static [Channel],
    /// Common to all outputs.
    pub requant: Requant,
    /// Of a leaky ReLU (R11).
    pub leaky: Option<&'static Leaky>,
}

/// The last frames of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Elements of a frame.
    pub width: u32,
    /// Number of frames.
    pub frames: u32,
}

/// A layer with a state that goes along time (R24 to R28).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recurrent {
    /// Features of a step of the input.
    pub inputs: u32,
    /// Width of the state.
    pub units: u32,
    /// Number of steps.
    pub steps: u32,
    /// Weights of the inputs, a row for each column: *int8* if `int8_kernel`, else *digits* (see
    /// [`crate::kernels::dense`]).
    pub kernel: &'static [u32],
    /// Weights of the state: *int8* if `int8_recurrent`, else *digits*. Where a reset comes before, the rows of the
    /// candidates are a blob of their own behind the others.
    pub recurrent: &'static [u32],
    /// The constants of each column: gate after gate, i, f, g, o or z, r, n.
    pub columns: &'static [GateColumn],
    /// B_h of the candidates of a GRU whose reset comes after; else empty.
    pub state_biases: &'static [StateBias],
    /// How `kernel` is encoded.
    pub int8_kernel: bool,
    /// How `recurrent` is encoded.
    pub int8_recurrent: bool,
    /// Whether the output of each step is written, not that of the last alone.
    pub sequences: bool,
    /// Whether the last step comes first.
    pub reads_backwards: bool,
    /// Whether what comes first lies last in the output.
    pub writes_backwards: bool,
    /// Px, `0..=16`.
    pub input_pre_shift: u8,
    /// Ph, `0..=16`.
    pub state_pre_shift: u8,
    /// S, `0..=15`.
    pub shift: u8,
    /// k of an LSTM, `8..=12`.
    pub cell_shift: u8,
}

/// The constants of a column of gates (R24).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GateColumn {
    /// mx
    pub input_multiplier: i32,
    /// mh
    pub state_multiplier: i32,
    /// B; B_x where the parts stand alone.
    pub bias: i32,
}

/// B_h where the parts of a gate stand alone (R26).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StateBias {
    /// B_h
    pub bias: i32,
}

/// Where a kernel lies over an image: output position (y, x) and tap (i, j) meet input row
/// y · stride_y + i · dilation_y − pad_top and input column x · stride_x + j · dilation_x − pad_left. Taps outside of
/// the image are padding; how far it reaches on the other two sides follows from the output's size.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct Window {
    pub input_height: u16,
    pub input_width: u16,
    pub output_height: u16,
    pub output_width: u16,
    /// Rows of taps.
    pub kernel_height: u16,
    /// Taps in a row.
    pub kernel_width: u16,
    pub stride_y: u16,
    pub stride_x: u16,
    /// Input rows from one row of taps to the next.
    pub dilation_y: u16,
    /// Input columns from one tap to the next.
    pub dilation_x: u16,
    /// Padded rows above the image.
    pub pad_top: u16,
    /// Padded columns left of the image.
    pub pad_left: u16,
}

/// A convolution of ternary or `int8` weights (R6, R7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conv {
    /// Where the kernel lies.
    pub window: Window,
    /// Input and output channels fall into so many groups, each with its own kernel; mostly 1.
    pub groups: u16,
    /// z_x: the code of a tap on padding.
    pub padding: u16,
    /// What one group does at one position. `inputs`: kernel_height · kernel_width · input channels of a group, in the
    /// order `[ky][kx][channel]`; `outputs`: output channels of a group; `weights`: of the groups, one after the other;
    /// `channels`, also of `leaky`: of all output channels.
    pub dense: Dense,
}

/// A depthwise convolution of ternary or `int8` weights: output channel c · multiplier + m sees input channel c alone
/// (R6, R7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Depthwise {
    /// Where the kernel lies.
    pub window: Window,
    /// Channels of the input.
    pub channels: u16,
    /// Output channels for each of them.
    pub multiplier: u16,
    /// z_x: the code of a tap on padding.
    pub padding: u16,
    /// The weights, in the encoding of the kernel that reads them (see [`crate::kernels::depthwise`]); words of a
    /// [`Blob`](crate::blob::Blob).
    pub weights: &'static [u32],
    /// One record per output channel.
    pub constants: &'static [Channel],
    /// Common to all outputs.
    pub requant: Requant,
    /// Of a leaky ReLU (R11).
    pub leaky: Option<&'static Leaky>,
}

/// Max pooling (R17).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaxPool {
    /// Where the window lies.
    pub window: Window,
    /// Channels of input and output.
    pub channels: u16,
}

/// Average pooling (R18).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AveragePool {
    /// Where the window lies.
    pub window: Window,
    /// Channels of input and output.
    pub channels: u16,
    /// z_x: the code of a tap on padding.
    pub padding: u8,
    /// Whether taps on padding count.
    pub count_padding: bool,
    /// n: the numbers of taps that count which occur, ascending.
    pub counts: &'static [u16],
    /// One record for each of [`counts`](Self::counts).
    pub constants: &'static [Channel],
    /// Common to all outputs.
    pub requant: Requant,
}

/// An image in another frame (R2): output position (y, x) shows input row (y − pad_top) / repeat_y + cut_top and input
/// column (x − pad_left) / repeat_x + cut_left; where there is none, it has the padding.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct Frame {
    pub input_height: u16,
    pub input_width: u16,
    pub output_height: u16,
    pub output_width: u16,
    /// Input rows that are not shown.
    pub cut_top: u16,
    /// Input columns that are not shown.
    pub cut_left: u16,
    /// Rows above the image.
    pub pad_top: u16,
    /// Columns left of the image.
    pub pad_left: u16,
    /// Output rows for each input row, at least 1.
    pub repeat_y: u16,
    /// Output columns for each input column, at least 1.
    pub repeat_x: u16,
    /// Channels of input and output.
    pub channels: u16,
    /// z_x: the code of the borders.
    pub padding: u8,
}

/// A layer norm (R22).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerNorm {
    /// n: `2..=512`.
    pub channels: u16,
    /// a: 0, 2, 4, 6 or 8.
    pub lift: u8,
    /// E: at least 1.
    pub epsilon: u32,
    /// σ of each channel: 1, −1, or 0 for one that is constant.
    pub signs: &'static [i8],
    /// One record per channel.
    pub constants: &'static [Channel],
    /// What becomes of the normalized values.
    pub requant: Requant,
}

/// Any function from code to code, tabulated (R13).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Table {
    /// The output code of each input code.
    pub entries: &'static [u8; 256],
}

/// A function at the end of a network, of values in units of 1/4096 (R23).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// The sigmoid, else the tangent.
    pub sigmoid: bool,
}

/// An input of a sum (R14).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// m_i.
    pub multiplier: i32,
    /// Whether it begins again after each run.
    pub repeated: bool,
}

/// A weighted sum (R14).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Add {
    /// One record per input.
    pub terms: &'static [Term],
    /// B.
    pub bias: i32,
    /// Elements after which inputs that are repeated begin again; all if there are none.
    pub run: u32,
    /// S: `0..=30`.
    pub shift: u8,
    /// y_lo (R10).
    pub low: u8,
    /// y_hi (R10).
    pub high: u8,
}

/// A product (R16).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Multiply {
    /// Elements after which an input that is repeated begins again.
    pub run: u32,
    /// z_1.
    pub first_zero: u8,
    /// z_2.
    pub second_zero: u8,
    /// Whether the first input begins again after each run.
    pub first_repeated: bool,
    /// Whether the second does.
    pub second_repeated: bool,
    /// B and m.
    pub channel: Channel,
    /// What becomes of the product.
    pub requant: Requant,
}

/// An input that comes into the format of the output (R14 with one input).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operand {
    /// m; with m = 1 and B = S = 0 codes stay as they are.
    pub multiplier: i32,
    /// B.
    pub bias: i32,
    /// S: `0..=30`.
    pub shift: u8,
    /// Whether it begins again after each run.
    pub repeated: bool,
}

/// The largest or the smallest of several codes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pick {
    /// One record per input.
    pub operands: &'static [Operand],
    /// Elements after which inputs that are repeated begin again.
    pub run: u32,
}

/// What one input gives to each round of a concat (R15).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// m; with m = 1 and B = S = 0 codes stay as they are.
    pub multiplier: i32,
    /// B.
    pub bias: i32,
    /// S: `0..=30`.
    pub shift: u8,
    /// Number of codes.
    pub len: u32,
}

/// Pieces of several inputs in turn (R15).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concat {
    /// One record per input.
    pub pieces: &'static [Piece],
    /// Number of codes of all of them together.
    pub round: u32,
}

/// A row of codes for each index (R33).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Embedding {
    /// Number of rows, at least 1: an index beyond the last has that one.
    pub rows: u32,
    /// Codes of a row.
    pub width: u32,
    /// The codes, row after row.
    pub table: &'static [u8],
}

/// A softmax over a whole vector (R20).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Softmax {
    /// k: turns a difference of inputs into 1/256 of a power of two, scaled by 2^[`shift`](Self::shift).
    pub multiplier: u32,
    /// sh: `0..=24`.
    pub shift: u8,
    /// g: guard bits of the summands, `0..=8`.
    pub guard: u8,
}

/// The step from `f32` inputs to codes, normalization included (R4).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantize {
    /// One record for all elements, or one per index of the last axis.
    pub channels: &'static [InputChannel],
}

/// What a layer of the user's is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Custom {
    /// What the codes of each input stand for.
    pub inputs: &'static [CustomFormat],
    /// What those of the output stand for.
    pub output: CustomFormat,
    /// Numbers of the model file.
    pub parameters: &'static [f32],
}

/// The constants of one input channel (R4).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InputChannel {
    /// k_c: 256 / (standard deviation · scale).
    pub factor: f32,
    /// b_c: 256 · zero point, less the mean, plus the rounding half; |b_c| < 2^30.
    pub offset: i32,
}

/// The step from codes to `f32` outputs (R5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dequantize {
    /// s: the value of one step of the code.
    pub scale: f32,
    /// z: the code of 0.0; zero for `i16`.
    pub zero_point: i32,
}
