//! Frames: codes are copied (R2), so there is nothing to choose.

use crate::network::Frame;
use crate::shape;

pub(super) fn quantize(frame: shape::Frame, channels: usize) -> Frame {
    Frame { frame, channels }
}
