//! Dense ops.

/// `acc_c = Σ_j w_cj · x_j` (R6), then requantized (R7).
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs.
    pub outputs: usize,
    /// Trits, `[outputs][inputs]`.
    pub trits: Vec<i8>,
    /// The epilogue.
    pub requant: Requant,
}

/// `y = clamp(((acc·2^P + B)·m) >> (32 + S), low, high)` (R7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requant {
    /// P, 0..=16.
    pub pre_shift: u32,
    /// S, 0..=31.
    pub shift: u32,
    /// The smallest output.
    pub low: i32,
    /// The largest output.
    pub high: i32,
    /// The constants of each output channel.
    pub channels: Vec<Channel>,
}

/// The constants of R7 for one output channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// B.
    pub bias: i32,
    /// m, at least 1.
    pub multiplier: i32,
}
