//! Pools in training.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions};

use crate::architecture::Window;

/// The largest value of each window.
#[derive(Module, Debug)]
pub(crate) struct MaxPool {
    #[module(skip)]
    pub(super) window: Window,
}

/// The mean of each window.
#[derive(Module, Debug)]
pub(crate) struct AveragePool {
    #[module(skip)]
    pub(super) window: Window,
}

impl MaxPool {
    /// `[batch, channels, height, width]`.
    pub(super) fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let window = &self.window;
        let options = MaxPoolOptions::new([window.kernel.height, window.kernel.width])
            .with_stride([window.stride.height, window.stride.width]);
        max_pool2d(input, options)
    }
}

impl AveragePool {
    /// `[batch, channels, height, width]`, before any rounding of the result.
    pub(super) fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let window = &self.window;
        let options = AvgPoolOptions::new([window.kernel.height, window.kernel.width])
            .with_stride([window.stride.height, window.stride.width]);
        avg_pool2d(input, options)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;
    use crate::architecture::Pool;
    use crate::weights::floats;

    #[test]
    fn pools_along_time_see_one_window_after_the_other() {
        let device = Device::flex();
        // Two channels over five positions.
        let values = vec![
            1.0_f32, 4.0, -2.0, 6.0, 9.0, //
            0.0, -1.0, -3.0, -5.0, 7.0,
        ];
        let values = TensorData::new(values, [1, 2, 1, 5]);
        let values = Tensor::from_data(values, &device);
        let window = |pool: Pool| pool.window(&[5, 2]).expect("it fits").0;
        let largest = MaxPool {
            window: window(Pool::Max1d(2)),
        };
        assert_eq!(
            floats(largest.forward(values.clone())),
            [4.0, 6.0, 0.0, -3.0]
        );
        let mean = AveragePool {
            window: window(Pool::Average1d(2)),
        };
        assert_eq!(floats(mean.forward(values.clone())), [2.5, 2.0, -0.5, -4.0]);
        let mean = AveragePool {
            window: window(Pool::GlobalAverage1d),
        };
        let (found, expected) = (floats(mean.forward(values)), [3.6, -0.4]);
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-6),
            "{found:?}"
        );
    }
}
