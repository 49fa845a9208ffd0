//! The records that generated statics fill: one per kernel, with the constants of its rules.
//!
//! The fields are named after the symbols of `docs/arithmetic.md`; the compiler proves their obligations, kernels
//! trust them for meaning but never for memory safety.

/// The constants of one output channel (R7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// B_c: added to the sum after its shift by [`Requant::pre_shift`]; holds bias, zero points and the rounding half.
    pub bias: i32,
    /// m_c: multiplies the biased sum, `1..=i32::MAX`.
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

/// A fully connected layer of ternary weights (R6, R7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dense {
    /// Number of input codes.
    pub inputs: u32,
    /// Number of outputs.
    pub outputs: u32,
    /// The trits, in the encoding of the kernel that reads them (see [`crate::kernels::dense`]); words of a
    /// [`Blob`](crate::blob::Blob).
    pub weights: &'static [u32],
    /// One record per output.
    pub channels: &'static [Channel],
    /// Common to all outputs.
    pub requant: Requant,
}

/// Any function from code to code, tabulated (R13).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Table {
    /// The output code of each input code.
    pub entries: &'static [u8; 256],
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
