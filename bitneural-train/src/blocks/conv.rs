//! The convolution in training.

use burn::module::Module;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Int, Tensor, TensorData};

use super::{Values, Weighted};
use crate::architecture::{Extent, Window};

/// A convolution over height and width; along time it is one over images of height 1. Its kernel is a matrix with a row for each tap: `[height, width, channels]`
/// of the window, as in the model file.
#[derive(Module, Debug)]
pub(crate) struct Conv {
    pub(super) weighted: Weighted,
    #[module(skip)]
    pub(super) window: Window,
}

impl Conv {
    /// Images to `[batch, filters, height, width]`, before any rounding of the result.
    pub(super) fn forward(&self, input: Values) -> Tensor<4> {
        let kernel = self.weighted.kernel();
        self.weighted.finish(match input {
            Values::Pixels(samples, _) => from_pixels(samples, kernel, &self.window),
            input => convolve(input.image(), kernel, &self.window),
        })
    }
}

/// [`convolve`] for samples in the order of the model file: one product of matrices. Without gradients of the samples,
/// this is the faster way: 2.7 ms instead of 7.0 for a batch of 28×28 pixels.
fn from_pixels(samples: Tensor<2>, kernel: Tensor<2>, window: &Window) -> Tensor<4> {
    let [batch, values] = samples.dims();
    let [taps, filters] = kernel.dims();
    let device = samples.device();
    let Extent { height, width } = window.output;
    // One more value, 0, is what taps on padding see.
    let padded = Tensor::cat(vec![samples, Tensor::zeros([batch, 1], &device)], 1);
    let places = places(window, values);
    let places = TensorData::new(places, [height * width * taps]);
    let columns = padded.select(1, Tensor::<1, Int>::from_data(places, &device));
    let sums = columns
        .reshape([batch * height * width, taps])
        .matmul(kernel);
    sums.reshape([batch, height, width, filters])
        .permute([0, 3, 1, 2])
}

/// Which of the `values` of an image each tap of each output sees; `values` itself for padding.
fn places(window: &Window, values: usize) -> Vec<i64> {
    let Extent { height, width } = window.input;
    let channels = values / (height * width);
    let [top, _, left, _] = window.padding;
    let mut places = Vec::new();
    for output in 0..window.output.height * window.output.width {
        let row = output / window.output.width * window.stride.height;
        let column = output % window.output.width * window.stride.width;
        for tap in 0..window.kernel.height * window.kernel.width {
            let down = tap / window.kernel.width * window.dilation.height;
            let right = tap % window.kernel.width * window.dilation.width;
            let (row, column) = (
                (row + down).wrapping_sub(top),
                (column + right).wrapping_sub(left),
            );
            let inside = row < height && column < width;
            places.extend((0..channels).map(|channel| {
                if inside {
                    ((row * width + column) * channels + channel) as i64
                } else {
                    values as i64
                }
            }));
        }
    }
    places
}

/// Sums over the taps; what lies outside counts as 0.
fn convolve(input: Tensor<4>, kernel: Tensor<2>, window: &Window) -> Tensor<4> {
    let channels = input.dims()[1];
    let filters = kernel.dims()[1];
    let [height, width] = [window.kernel.height, window.kernel.width];
    let kernel = kernel
        .reshape([height, width, channels, filters])
        .permute([3, 2, 0, 1]);
    let mut options = ConvOptions::new(
        [window.stride.height, window.stride.width],
        [0, 0],
        [window.dilation.height, window.dilation.width],
        1,
    );
    let [top, bottom, left, right] = window.padding;
    options.padding = [(top, bottom), (left, right)];
    conv2d(input, kernel, None, options)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::architecture::{Padding, Taps};
    use crate::random::Random;
    use crate::weights::floats;

    /// Numbers in -1..1.
    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..count).map(|_| random.symmetric(1.0)).collect()
    }

    /// Loops over everything: `[height, width, channels]` to `[filters, height, width]`.
    fn by_hand(image: &[f32], kernel: &[f32], filters: usize, window: &Window) -> Vec<f32> {
        let Extent { height, width } = window.input;
        let channels = image.len() / (height * width);
        let mut outputs = Vec::new();
        for filter in 0..filters {
            for row in 0..window.output.height {
                for column in 0..window.output.width {
                    let mut sum = 0.0;
                    for tap in 0..window.kernel.height * window.kernel.width {
                        let down = tap / window.kernel.width * window.dilation.height;
                        let right = tap % window.kernel.width * window.dilation.width;
                        let y = (row * window.stride.height + down).checked_sub(window.padding[0]);
                        let x =
                            (column * window.stride.width + right).checked_sub(window.padding[2]);
                        let (Some(y), Some(x)) = (y, x) else { continue };
                        if y >= height || x >= width {
                            continue;
                        }
                        for channel in 0..channels {
                            sum += image[(y * width + x) * channels + channel]
                                * kernel[(tap * channels + channel) * filters + filter];
                        }
                    }
                    outputs.push(sum);
                }
            }
        }
        outputs
    }

    #[test]
    fn both_ways_are_the_sums_over_the_taps() {
        let device = Device::flex();
        // Kernel, stride, dilation, padding, input, channels, filters.
        for (kernel, stride, dilation, padding, input, channels, filters) in [
            ([5, 5], [2, 2], [1, 1], Padding::Same, [8, 8], 1, 3),
            ([3, 3], [2, 2], [1, 1], Padding::Same, [6, 7], 4, 2),
            ([3, 3], [1, 1], [1, 1], Padding::Valid, [5, 4], 8, 9),
            ([1, 4], [1, 3], [1, 1], Padding::Same, [3, 8], 5, 20),
            ([2, 1], [2, 1], [1, 1], Padding::Valid, [5, 3], 2, 1),
            // Along time.
            ([1, 7], [1, 2], [1, 1], Padding::Same, [1, 20], 1, 8),
            ([1, 3], [1, 1], [1, 4], Padding::Causal, [1, 11], 3, 5),
            ([1, 3], [1, 2], [1, 2], Padding::Same, [1, 9], 2, 4),
            ([1, 3], [1, 2], [1, 3], Padding::Valid, [1, 12], 2, 4),
        ] {
            let taps = Taps {
                kernel: kernel.into(),
                stride: stride.into(),
                dilation: dilation.into(),
                padding,
            };
            let window = taps.on(input.into()).expect("the kernel fits");
            let values = input[0] * input[1] * channels;
            let samples = numbers(2 * values, 1);
            let taps = kernel[0] * kernel[1] * channels;
            let weights = numbers(taps * filters, 2);
            let expected: Vec<f32> = samples
                .chunks(values)
                .flat_map(|image| by_hand(image, &weights, filters, &window))
                .collect();
            let samples = Tensor::from_data(TensorData::new(samples, [2, values]), &device);
            let weights = Tensor::from_data(TensorData::new(weights, [taps, filters]), &device);
            let image = Values::Pixels(samples.clone(), input.into()).image();
            for found in [
                from_pixels(samples, weights.clone(), &window),
                convolve(image, weights, &window),
            ] {
                let found = floats(found);
                assert_eq!(found.len(), expected.len());
                let close = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-4;
                assert!(
                    found.iter().zip(&expected).all(close),
                    "{found:?}, {expected:?}"
                );
            }
        }
    }
}
