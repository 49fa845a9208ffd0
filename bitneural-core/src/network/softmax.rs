//! Softmax.

/// The constants of R20.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Softmax {
    /// k.
    pub multiplier: u32,
    /// sh, 0..=24.
    pub shift: u32,
    /// g, 0..=8.
    pub guard: u32,
}
