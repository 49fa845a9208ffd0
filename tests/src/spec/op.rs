//! The ops of `spec/ops`, with the constants that a kernel gets.

use serde::Deserialize;

pub mod recurrent;

use super::Element;

/// An op with its constants.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// A fully connected layer (R6, R7, R11).
    Dense(Dense),
    /// A convolution (R6, R7, R11).
    Conv(Conv),
    /// A convolution whose outputs see one channel each (R6, R7, R11, R19).
    Depthwise(Depthwise),
    /// R17.
    MaxPool(MaxPool),
    /// R18.
    AveragePool(AveragePool),
    /// R14.
    Add(Add),
    /// R16.
    Multiply(Multiply),
    /// The largest or the smallest, of R14 with one input each.
    Pick(Pick),
    /// R15.
    Concat(Concat),
    /// A row of a table for each index (R33).
    Embedding(Embedding),
    /// R22.
    LayerNorm(LayerNorm),
    /// R24 to R28.
    Recurrent(Box<recurrent::Recurrent>),
    /// An image in another frame (R2).
    Frame(Frame),
    /// Any function from code to code (R13).
    Table(Vec<u8>),
    /// A function of wide values (R23).
    Gate(Gate),
    /// R20.
    Softmax(Softmax),
}

/// What becomes of sums (R7, R11).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epilogue {
    /// What is written.
    pub element: Element,
    /// P
    pub pre_shift: u8,
    /// S
    pub shift: u8,
    /// y_lo
    pub low: i16,
    /// y_hi
    pub high: i16,
    /// m_c of each output.
    pub multiplier: Vec<i32>,
    /// B_c of each output.
    pub bias: Vec<i32>,
    /// What becomes of those below zero.
    pub leaky: Option<Leaky>,
}

impl Epilogue {
    pub(super) const FIELDS: [&'static str; 8] = [
        "element",
        "pre_shift",
        "shift",
        "low",
        "high",
        "multiplier",
        "bias",
        "leaky",
    ];
}

/// The second requantization of R11.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaky {
    /// S⁻
    pub shift: u8,
    /// z_y
    pub zero: i16,
    /// m⁻ of each output.
    pub multiplier: Vec<i32>,
    /// B⁻ of each output.
    pub bias: Vec<i32>,
}

/// Weights, a row for each output.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Trits, or −127..=127.
    pub rows: Vec<Vec<i8>>,
    /// Which of the two.
    pub is_int8: bool,
}

/// The two ways in which a case gives them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightFields {
    pub(super) trits: Option<Vec<String>>,
    pub(super) int8: Option<Vec<Vec<i8>>>,
}

impl WeightFields {
    pub(super) const NAMES: [&'static str; 2] = ["trits", "int8"];

    /// # Panics
    /// If there is not exactly one of them.
    pub(super) fn weights(self, case: &str) -> Weights {
        match (self.trits, self.int8) {
            (Some(rows), None) => Weights::trits(&rows),
            (None, Some(rows)) => Weights {
                rows,
                is_int8: true,
            },
            _ => panic!("{case}: either `trits` or `int8`"),
        }
    }
}

impl Weights {
    /// Rows of `-`, `0` and `+`.
    ///
    /// # Panics
    /// When there is another character than the three.
    #[must_use]
    pub fn trits<T: AsRef<str>>(rows: &[T]) -> Self {
        let trit = |character| match character {
            '-' => -1,
            '0' => 0,
            '+' => 1,
            other => panic!("{other:?} is no trit"),
        };
        Self {
            rows: rows
                .iter()
                .map(|row| row.as_ref().chars().map(trit).collect())
                .collect(),
            is_int8: false,
        }
    }

    /// All rows, one after the other.
    #[must_use]
    pub fn flat(&self) -> Vec<i8> {
        self.rows.concat()
    }
}

/// A fully connected layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// Codes or wide codes.
    pub reads: Element,
    /// Number of inputs.
    pub inputs: usize,
    /// A row of inputs for each output.
    pub weights: Weights,
    /// Of each output.
    pub epilogue: Epilogue,
}

impl Dense {
    /// Number of outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.weights.rows.len()
    }
}

/// Where a kernel lies over an image.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Window {
    pub input_height: u16,
    pub input_width: u16,
    pub output_height: u16,
    pub output_width: u16,
    pub kernel_height: u16,
    pub kernel_width: u16,
    pub stride_y: u16,
    pub stride_x: u16,
    pub dilation_y: u16,
    pub dilation_x: u16,
    pub pad_top: u16,
    pub pad_left: u16,
}

impl Window {
    /// One row of taps over one row of positions, at one output position.
    #[must_use]
    pub fn row(input: u16, kernel: u16, pad_left: u16) -> Self {
        Self {
            input_height: 1,
            input_width: input,
            output_height: 1,
            output_width: 1,
            kernel_height: 1,
            kernel_width: kernel,
            stride_y: 1,
            stride_x: 1,
            dilation_y: 1,
            dilation_x: 1,
            pad_top: 0,
            pad_left,
        }
    }

    /// The taps of one output position.
    #[must_use]
    pub fn taps(&self) -> usize {
        usize::from(self.kernel_height) * usize::from(self.kernel_width)
    }

    /// The positions of the output.
    #[must_use]
    pub fn positions(&self) -> usize {
        usize::from(self.output_height) * usize::from(self.output_width)
    }

    /// Whether one tap at each position sees the image, never its padding.
    #[must_use]
    pub fn is_pointwise(&self) -> bool {
        let inside = |output: u16, stride: u16, input: u16| {
            u32::from(output - 1) * u32::from(stride) < input.into()
        };
        self.taps() == 1
            && [self.pad_top, self.pad_left] == [0, 0]
            && inside(self.output_height, self.stride_y, self.input_height)
            && inside(self.output_width, self.stride_x, self.input_width)
    }
}

/// A convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// Codes or wide codes.
    pub reads: Element,
    /// Where the kernel lies.
    pub window: Window,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// Channels of the input.
    pub channels: usize,
    /// z_x: the code of a tap on padding.
    pub padding: u16,
    /// A row of taps, `[ky][kx][channel of the group]`, for each output.
    pub weights: Weights,
    /// Of each output.
    pub epilogue: Epilogue,
}

impl Conv {
    /// Weights of one output.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.window.taps() * self.channels / self.groups
    }

    /// Outputs of one group.
    #[must_use]
    pub fn outputs_of_a_group(&self) -> usize {
        self.weights.rows.len() / self.groups
    }
}

/// A convolution whose outputs see one channel each.
#[derive(Debug, Clone, PartialEq)]
pub struct Depthwise {
    /// Codes or wide codes.
    pub reads: Element,
    /// Where the kernel lies.
    pub window: Window,
    /// Channels of the input.
    pub channels: usize,
    /// Outputs for each of them.
    pub multiplier: usize,
    /// z_x: the code of a tap on padding.
    pub padding: u16,
    /// A row of taps, `[ky][kx]`, for each output.
    pub weights: Weights,
    /// Of each output.
    pub epilogue: Epilogue,
}

/// Max pooling (R17).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxPool {
    /// Where the window lies.
    pub window: Window,
    /// Channels of the image.
    pub channels: usize,
}

/// An image in another frame (R2), with the code of its borders.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Frame {
    pub input_height: u16,
    pub input_width: u16,
    pub output_height: u16,
    pub output_width: u16,
    pub cut_top: u16,
    pub cut_left: u16,
    pub pad_top: u16,
    pub pad_left: u16,
    pub repeat_y: u16,
    pub repeat_x: u16,
    pub channels: u16,
    pub padding: u8,
}

/// A row of a table for each index (R33).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embedding {
    /// Codes or wide codes.
    pub input_element: Element,
    /// Number of rows.
    pub rows: usize,
    /// Codes of a row.
    pub width: usize,
    /// The codes, row after row.
    pub table: Vec<u8>,
}

/// Average pooling (R18).
#[derive(Debug, Clone, PartialEq)]
pub struct AveragePool {
    /// Where the window lies.
    pub window: Window,
    /// Channels of the image.
    pub channels: usize,
    /// z_x: the code of a tap on padding.
    pub padding: u8,
    /// Whether taps on padding count.
    pub count_padding: bool,
    /// The numbers of taps that count.
    pub counts: Vec<u16>,
    /// Of each of them.
    pub epilogue: Epilogue,
}

/// A layer norm (R22).
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNorm {
    /// n
    pub channels: usize,
    /// a
    pub lift: u8,
    /// E
    pub epsilon: u32,
    /// σ of each channel.
    pub signs: Vec<i8>,
    /// Of each channel.
    pub epilogue: Epilogue,
}

/// The functions of R23.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Gate {
    Tanh,
    Sigmoid,
}

/// A weighted sum (R14). Inputs of fewer codes than the longest are repeated.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// Codes of each input.
    pub lengths: Vec<usize>,
    /// m of each input.
    pub multipliers: Vec<i32>,
    /// B
    pub bias: i32,
    /// S
    pub shift: u8,
    /// y_lo
    pub low: u8,
    /// y_hi
    pub high: u8,
}

/// A product (R16). An input of fewer codes than the other is repeated.
#[derive(Debug, Clone, PartialEq)]
pub struct Multiply {
    /// Codes of each input.
    pub lengths: Vec<usize>,
    /// z of each input.
    pub zero_points: [u8; 2],
    /// Of one channel.
    pub epilogue: Epilogue,
}

/// Which of several codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Picked {
    /// The largest.
    Largest,
    /// The smallest.
    Smallest,
}

/// The largest or the smallest of codes in the output's format. Inputs of fewer codes are repeated.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// Which.
    pub pick: Picked,
    /// Codes of each input.
    pub lengths: Vec<usize>,
    /// m of each input.
    pub multipliers: Vec<i32>,
    /// B of each input.
    pub biases: Vec<i32>,
    /// S of each input.
    pub shifts: Vec<u8>,
}

/// Pieces of each input in turn (R15).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concat {
    /// Codes of each input.
    pub lengths: Vec<usize>,
    /// How often each has its turn.
    pub rounds: usize,
    /// m of each input.
    pub multipliers: Vec<i32>,
    /// B of each input.
    pub biases: Vec<i32>,
    /// S of each input.
    pub shifts: Vec<u8>,
}

impl Op {
    /// The codes of each input, for an op of several.
    #[must_use]
    pub fn lengths(&self) -> Option<&[usize]> {
        match self {
            Self::Add(Add { lengths, .. })
            | Self::Multiply(Multiply { lengths, .. })
            | Self::Pick(Pick { lengths, .. })
            | Self::Concat(Concat { lengths, .. }) => Some(lengths),
            Self::Dense(_)
            | Self::Conv(_)
            | Self::Depthwise(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Recurrent(_)
            | Self::Table(_)
            | Self::Gate(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Frame(_)
            | Self::Softmax(_) => None,
        }
    }
}

/// The constants of a softmax (R20).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Softmax {
    /// What it reads.
    pub input_element: Element,
    /// What it writes.
    pub element: Element,
    /// k
    pub multiplier: u32,
    /// sh
    pub shift: u8,
    /// g
    pub guard: u8,
}
