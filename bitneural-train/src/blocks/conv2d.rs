//! The convolution in training.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;

use super::Weighted;
use crate::architecture::Window;

/// A convolution over height and width. Its kernel is a matrix with a row for each tap: `[height, width, channels]`
/// of the window, as in the model file.
#[derive(Module, Debug)]
pub(crate) struct Conv2d {
    pub(super) weighted: Weighted,
    #[module(skip)]
    pub(super) window: Window,
}

impl Conv2d {
    /// `[batch, channels, height, width]` to `[batch, filters, height, width]`, before any rounding of the result.
    pub(super) fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.weighted
            .finish(convolve(input, self.weighted.kernel(), &self.window))
    }
}

/// Sums over the taps; what lies outside counts as 0.
pub(crate) fn convolve(input: Tensor<4>, kernel: Tensor<2>, window: &Window) -> Tensor<4> {
    let channels = input.dims()[1];
    let filters = kernel.dims()[1];
    let [height, width] = [window.kernel.height, window.kernel.width];
    let kernel = kernel
        .reshape([height, width, channels, filters])
        .permute([3, 2, 0, 1]);
    let mut options = ConvOptions::new(
        [window.stride.height, window.stride.width],
        [0, 0],
        [1, 1],
        1,
    );
    let [top, bottom, left, right] = window.padding;
    options.padding = [(top, bottom), (left, right)];
    conv2d(input, kernel, None, options)
}
