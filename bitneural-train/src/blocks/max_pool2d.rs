//! Max pooling.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;

use crate::architecture::Window;

/// The largest value of each window.
#[derive(Module, Debug)]
pub(crate) struct MaxPool2d {
    #[module(skip)]
    pub(super) window: Window,
}

impl MaxPool2d {
    /// `[batch, channels, height, width]`.
    pub(super) fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        pool(input, &self.window)
    }
}

/// The largest value of each window, which lies inside.
pub(crate) fn pool(input: Tensor<4>, window: &Window) -> Tensor<4> {
    let options = MaxPoolOptions {
        kernel_size: [window.kernel.height, window.kernel.width],
        stride: [window.stride.height, window.stride.width],
        padding: [(0, 0); 2],
        dilation: [1, 1],
        ceil_mode: false,
    };
    max_pool2d(input, options)
}
