//! Records of frames in words.

use bitneural_core::plan;

use crate::spec::op::Frame;

/// The record of a case.
pub(super) fn words(frame: &Frame) -> Vec<u32> {
    let sizes = [
        frame.input_height,
        frame.input_width,
        frame.output_height,
        frame.output_width,
    ];
    let sides = [frame.cut_top, frame.cut_left, frame.pad_top, frame.pad_left];
    let rest = [frame.repeat_y, frame.repeat_x, frame.channels];
    let words = [&sizes[..], &sides, &rest].concat();
    let words = words.into_iter().map(u32::from);
    words.chain([frame.padding.into()]).collect()
}

/// The record that the compiler plans.
pub(super) fn planned(op: &plan::Frame) -> Vec<u32> {
    let frame = &op.frame;
    let pairs = [
        frame.input,
        frame.output,
        frame.cut,
        frame.before,
        frame.repeat,
    ];
    let sizes = pairs.concat().into_iter().chain([op.channels]);
    let sizes = sizes.map(|size| u32::try_from(size).expect("cases are small"));
    sizes.chain([op.padding.into()]).collect()
}
