//! Frames in floating point: what is added is 0.

use crate::shape::Frame;

pub(super) fn run(frame: Frame, channels: usize, input: &[f32]) -> Vec<f32> {
    let values = |shown: Option<usize>| match shown {
        Some(position) => input[position * channels..(position + 1) * channels].to_vec(),
        None => vec![0.0; channels],
    };
    frame.shown().flat_map(values).collect()
}
