//! Ops of several tensors of codes. A tensor of fewer elements than the output is repeated from its
//! beginning: channels come last.

use super::Requant;

/// A weighted sum (R14): `clamp((bias + Σ multiplier · x) >> shift, low, high)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    /// m of each operand.
    pub multipliers: Vec<i32>,
    /// B.
    pub bias: i32,
    /// S, 0..=30.
    pub shift: u32,
    /// y_lo.
    pub low: i32,
    /// y_hi.
    pub high: i32,
}

/// The product of two differences from zero points (R16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multiply {
    /// The epilogue, of one channel.
    pub requant: Requant,
}

/// The largest or the smallest of operands in the output's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// Which.
    pub picked: Picked,
    /// How each operand comes into the output's format; `None` if it is in it.
    pub operands: Vec<Option<Rescale>>,
}

/// What is picked of several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picked {
    /// The largest.
    Largest,
    /// The smallest.
    Smallest,
}

/// Pieces of each operand in turn (R15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concat {
    /// How often each operand has its turn.
    pub rounds: usize,
    /// How each operand comes into the output's format; `None` if it is in it.
    pub operands: Vec<Option<Rescale>>,
}

/// Another format for the same values: R14 with one operand, no clamp but that of the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rescale {
    /// m.
    pub multiplier: i32,
    /// B.
    pub bias: i32,
    /// S, 0..=30.
    pub shift: u32,
}
