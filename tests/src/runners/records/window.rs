//! Records of what slides over an image.

use bitneural_core::shape;

use super::{Kernel, word};
use crate::spec::op::Window;

pub(super) fn words_of_window(window: &Window) -> Vec<u32> {
    let Window {
        input_height,
        input_width,
        output_height,
        output_width,
        kernel_height,
        kernel_width,
        stride_y,
        stride_x,
        dilation_y,
        dilation_x,
        pad_top,
        pad_left,
    } = *window;
    let sizes = [input_height, input_width, output_height, output_width];
    let taps = [kernel_height, kernel_width, stride_y, stride_x];
    let rest = [dilation_y, dilation_x, pad_top, pad_left];
    [sizes, taps, rest]
        .concat()
        .into_iter()
        .map(u32::from)
        .collect()
}

pub(super) fn words_of_core_window(window: &shape::Window) -> Vec<u32> {
    let pairs = [
        window.input,
        window.output,
        window.kernel,
        window.stride,
        window.dilation,
        window.before,
    ];
    pairs.concat().into_iter().map(word).collect()
}

pub(super) fn max_pool(mut window: Vec<u32>, channels: usize) -> Vec<u32> {
    window.push(word(channels));
    window
}

pub(super) fn kernel_of_conv(is_int8: bool) -> Kernel {
    if is_int8 {
        Kernel::ConvInt8
    } else {
        Kernel::ConvDigits
    }
}

pub(super) fn kernel_of_depthwise(is_int8: bool) -> Kernel {
    if is_int8 {
        Kernel::DepthwiseInt8
    } else {
        Kernel::DepthwiseDigits
    }
}

pub(super) fn way(kernel: Kernel) -> &'static str {
    match kernel {
        Kernel::ConvInt8 | Kernel::DepthwiseInt8 => "int8",
        _ => "digits",
    }
}
