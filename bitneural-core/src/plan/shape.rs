//! Frames: one kernel, which copies rows.

use super::{Candidate, Kernel};
use crate::network;
use crate::shape;

/// A frame as a kernel reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// What is shown where.
    pub frame: shape::Frame,
    /// Channels of the image.
    pub channels: usize,
    /// The code of borders.
    pub padding: u8,
}

pub(super) fn candidate(op: network::Frame, padding: i32) -> Candidate {
    Candidate {
        kernel: Kernel::Frame(Frame {
            frame: op.frame,
            channels: op.channels,
            // The zero point of a code is a code: `Network::verify`.
            padding: padding as u8,
        }),
        scratch_words: 0,
    }
}
