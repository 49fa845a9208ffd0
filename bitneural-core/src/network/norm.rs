//! Layer norm.

use super::Requant;

/// Each position less its mean, over its deviation (R22); then requantized (R7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerNorm {
    /// n, the channels of a position.
    pub channels: usize,
    /// a: 0, 2, 4, 6 or 8.
    pub lift: u32,
    /// E, at least 1.
    pub epsilon: u32,
    /// σ of each channel: 1, −1, or 0 for one that is constant.
    pub signs: Vec<i8>,
    /// The epilogue.
    pub requant: Requant,
}
