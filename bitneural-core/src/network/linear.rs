//! What happens to a sum.

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
    /// What is done instead below zero, if anything (R11).
    pub leaky: Option<Leaky>,
}

/// The second requantization of R11, taken where the first gives less than `zero`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaky {
    /// S⁻, 0..=31.
    pub shift: u32,
    /// z_y.
    pub zero: i32,
    /// B⁻ and m⁻ of each output channel; m⁻ may be negative.
    pub channels: Vec<Channel>,
}

/// The constants of R7 for one output channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// B.
    pub bias: i32,
    /// m, at least 1 but in [`Leaky`].
    pub multiplier: i32,
}
