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
        let window = &self.window;
        let options = MaxPoolOptions::new([window.kernel.height, window.kernel.width])
            .with_stride([window.stride.height, window.stride.width]);
        max_pool2d(input, options)
    }
}
