//! Convolutions, depthwise ones among them.

use super::Requant;
use crate::shape::Window;
use crate::ternarize::Precision;

/// `acc_c = Σ w·x` over the taps of the window and the channels of the group (R6), a tap on padding
/// being the zero point of the input; then requantized (R7).
#[derive(Debug, Clone, PartialEq)]
pub struct Conv<E = Requant> {
    /// What slides over the image.
    pub window: Window,
    /// Channels of the input.
    pub channels: usize,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Weights, `[outputs][kernel height][kernel width][channels of a group]`.
    pub weights: Vec<i8>,
    /// Whether they are trits.
    pub precision: Precision,
    /// The epilogue: a requantization but in f32 mode.
    pub requant: E,
}

impl<E> Conv<E> {
    /// Weights of one output.
    pub fn taps(&self) -> usize {
        self.window.taps() * (self.channels / self.groups)
    }

    /// Multiply-accumulates, zero weights and padding included.
    pub fn macs(&self) -> u64 {
        self.window.positions() as u64 * self.outputs as u64 * self.taps() as u64
    }
}
