//! Frames.

use crate::shape;

/// The codes of an image in another frame; borders have the code of 0 (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// What is shown where.
    pub frame: shape::Frame,
    /// Channels of the image.
    pub channels: usize,
}
