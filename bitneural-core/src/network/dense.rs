//! Dense ops.

use super::Requant;
use crate::ternarize::Precision;

/// `acc_c = Σ_j w_cj · x_j` (R6), then requantized (R7).
#[derive(Debug, Clone, PartialEq)]
pub struct Dense<E = Requant> {
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs.
    pub outputs: usize,
    /// Weights, `[outputs][inputs]`.
    pub weights: Vec<i8>,
    /// Whether they are trits.
    pub precision: Precision,
    /// The epilogue: a requantization but in f32 mode.
    pub requant: E,
}
