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

impl Frame {
    /// Whether it reads and writes so many elements.
    pub(super) fn fits(&self, from: usize, to: usize) -> bool {
        let elements = |[height, width]: [usize; 2]| height * width * self.channels;
        from == elements(self.frame.input) && to == elements(self.frame.output)
    }
}

pub(super) fn candidate(op: network::Frame, padding: i32) -> Candidate {
    Candidate {
        // The zero point of a code is a code: `Network::verify`.
        kernel: Kernel::Frame(encoded(op, padding as u8)),
        scratch_words: 0,
    }
}

pub(super) fn encoded(op: network::Frame, padding: u8) -> Frame {
    Frame {
        frame: op.frame,
        channels: op.channels,
        padding,
    }
}
