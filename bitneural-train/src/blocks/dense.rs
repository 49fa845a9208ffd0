//! The dense layer in training.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Weighted;

/// A dense layer.
#[derive(Module, Debug)]
pub(crate) struct Dense {
    pub(super) weighted: Weighted,
}

impl Dense {
    /// `[batch, inputs]` to `[batch, outputs]`, before any rounding of the result.
    pub(super) fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        self.weighted.finish(input.matmul(self.weighted.kernel()))
    }
}
