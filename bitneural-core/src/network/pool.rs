//! Pools.

use super::Requant;
use crate::shape::Window;

/// The largest code under the window, channel by channel; padding does not count (R17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxPool {
    /// What slides over the image.
    pub window: Window,
    /// Channels of the image.
    pub channels: usize,
}

/// The mean of the codes under the window, channel by channel (R18).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AveragePool {
    /// What slides over the image.
    pub window: Window,
    /// Channels of the image.
    pub channels: usize,
    /// Whether padded taps count, as the zero point.
    pub count_padding: bool,
    /// The numbers of taps that count, ascending: one for each channel of the epilogue.
    pub counts: Vec<usize>,
    /// The epilogue; its channels belong to `counts`.
    pub requant: Requant,
}
