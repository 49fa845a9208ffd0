//! What all layers with weights share: latent kernel, integer weights or floats, batch norm or bias, activation.

use burn::module::{Module, Param};
use burn::nn::{BatchNorm, BatchNormConfig};
use burn::tensor::{Device, Tensor, TensorData, activation::relu};

use crate::architecture::{Encoding, Settings, Weights};
use crate::random::Random;
use crate::weights::{floats, quantize, straight_through};

/// A kernel, and what happens to each output channel.
#[derive(Module, Debug)]
pub(crate) struct Weighted {
    /// Latent weights, `[inputs, outputs]`.
    kernel: Param<Tensor<2>>,
    /// The learned factor of each output channel's scale.
    gain: Option<Param<Tensor<1>>>,
    /// Where no batch norm follows; that has a bias of its own.
    bias: Option<Param<Tensor<1>>>,
    norm: Option<BatchNorm>,
    #[module(skip)]
    relu: bool,
    #[module(skip)]
    encoding: Encoding,
    #[module(skip)]
    weights: Weights,
}

/// A layer as the device computes it: `relu?(scale[o]·Σ codes[i][o]·x[i] + bias[o])` (R32).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Folded {
    /// Trits, or -127..=127; `[inputs, outputs]`, row by row.
    pub(crate) codes: Vec<i8>,
    /// At least 0: a negative scale has flipped the codes.
    pub(crate) scale: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

impl Weighted {
    /// The uniform start of He et al. (2015), zero bias, unit gain.
    pub(crate) fn new(
        settings: Settings,
        [inputs, outputs]: [usize; 2],
        weights: Weights,
        random: &mut Random,
        device: &Device,
    ) -> Self {
        let limit = (6.0 / inputs as f64).sqrt();
        let kernel: Vec<f32> = (0..inputs * outputs)
            .map(|_| random.symmetric(limit))
            .collect();
        let has_gain = settings.learned_scale && weights == Weights::Ternary;
        Self {
            kernel: Param::from_data(TensorData::new(kernel, [inputs, outputs]), device),
            gain: has_gain.then(|| Param::from_tensor(Tensor::ones([outputs], device))),
            bias: (!settings.norm).then(|| Param::from_tensor(Tensor::zeros([outputs], device))),
            norm: settings
                .norm
                .then(|| BatchNormConfig::new(outputs).init(device)),
            relu: settings.relu,
            encoding: settings.encoding,
            weights,
        }
    }

    /// The kernel of the forward pass, `[inputs, outputs]`.
    pub(crate) fn kernel(&self) -> Tensor<2> {
        match self.weights {
            Weights::Ternary => straight_through(self.kernel.val(), self.encoding),
            Weights::Float => self.kernel.val(),
        }
    }

    /// From sums, `[batch, outputs, …]`, to the layer's output before any rounding of it.
    pub(crate) fn finish<const D: usize>(&self, sums: Tensor<D>) -> Tensor<D> {
        let mut shape = [1; D];
        shape[1] = sums.dims()[1];
        let mut output = sums;
        if let Some(gain) = &self.gain {
            output = output * gain.val().reshape(shape);
        }
        if let Some(bias) = &self.bias {
            output = output + bias.val().reshape(shape);
        }
        if let Some(norm) = &self.norm {
            output = norm.forward(output);
        }
        if self.relu { relu(output) } else { output }
    }

    /// One scale and one bias per output channel out of quantizer, gain and batch norm (R32). `input_factor` is what
    /// the network multiplies the layer's input by in training.
    pub(crate) fn fold(&self, input_factor: f64) -> Folded {
        let [inputs, outputs] = self.kernel.dims();
        let quantized = quantize(self.kernel.val(), self.encoding);
        let values = |tensor: &Option<Param<Tensor<1>>>, default: f32| {
            tensor
                .as_ref()
                .map_or(vec![default; outputs], |tensor| floats(tensor.val()))
        };
        let (gain, bias) = (values(&self.gain, 1.0), values(&self.bias, 0.0));
        let norm = self.norm.as_ref().map(Affine::of);
        let mut folded = Folded {
            codes: vec![0; inputs * outputs],
            scale: vec![],
            bias: vec![],
        };
        let rows = quantized.codes.chunks(inputs).zip(quantized.scales);
        for (channel, (row, scale)) in rows.enumerate() {
            let mut a = scale * f64::from(gain[channel]);
            let mut b = f64::from(bias[channel]);
            if let Some(norm) = &norm {
                a *= norm.factor[channel];
                b = norm.offset[channel] + (b - norm.mean[channel]) * norm.factor[channel];
            }
            let column = folded.codes.iter_mut().skip(channel).step_by(outputs);
            for (to, code) in column.zip(row) {
                *to = if a < 0.0 { -code } else { *code };
            }
            folded.scale.push((a.abs() * input_factor) as f32);
            folded.bias.push(b as f32);
        }
        folded
    }
}

/// A batch norm with frozen statistics: `offset + (x - mean)·factor`.
struct Affine {
    factor: Vec<f64>,
    mean: Vec<f64>,
    offset: Vec<f64>,
}

impl Affine {
    fn of(norm: &BatchNorm) -> Self {
        let wide =
            |tensor: Tensor<1>| -> Vec<f64> { floats(tensor).into_iter().map(f64::from).collect() };
        let variance = wide(norm.running_var.value_sync());
        let factor = wide(norm.gamma.val())
            .iter()
            .zip(variance)
            .map(|(gamma, variance)| gamma / (variance + norm.epsilon).sqrt())
            .collect();
        Self {
            factor,
            mean: wide(norm.running_mean.value_sync()),
            offset: wide(norm.beta.val()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::Dense;

    fn start(settings: Settings, shape: [usize; 2], seed: u64, device: &Device) -> Weighted {
        Weighted::new(
            settings,
            shape,
            Weights::Ternary,
            &mut Random::new(seed),
            device,
        )
    }

    fn forward(layer: &Weighted, input: Tensor<2>) -> Vec<f32> {
        floats(layer.finish(input.matmul(layer.kernel())))
    }

    fn vector(values: &[f32], device: &Device) -> Tensor<1> {
        Tensor::from_floats(values, device)
    }

    /// What a folded layer computes for one input.
    fn run(folded: &Folded, input: &[f32]) -> Vec<f32> {
        let outputs = folded.scale.len();
        let sum = |o: usize| -> f32 {
            let column = folded.codes.iter().skip(o).step_by(outputs);
            column
                .zip(input)
                .map(|(code, x)| f32::from(*code) * x)
                .sum()
        };
        (0..outputs)
            .map(|o| folded.scale[o] * sum(o) + folded.bias[o])
            .collect()
    }

    fn assert_close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        let close = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * (1.0 + b.abs());
        assert!(
            found.iter().zip(expected).all(close),
            "{found:?}, expected {expected:?}"
        );
    }

    #[test]
    fn batch_norm_folds_into_scale_and_bias_and_a_negative_gamma_flips_codes() {
        let device = Device::flex();
        let settings = Dense::new("norm", 3).batch_norm().settings;
        let mut dense = start(settings, [4, 3], 1, &device);
        let plain = dense.fold(1.0);
        let norm = dense.norm.as_mut().expect("it was asked for");
        norm.gamma = Param::from_tensor(vector(&[1.5, -0.5, 2.0], &device));
        norm.beta = Param::from_tensor(vector(&[0.2, 0.3, -1.0], &device));
        norm.running_mean.update(vector(&[0.4, -2.0, 0.1], &device));
        norm.running_var.update(vector(&[0.09, 4.0, 1.0], &device));
        let folded = dense.fold(0.25);
        for (index, (code, before)) in folded.codes.iter().zip(&plain.codes).enumerate() {
            assert_eq!(*code, if index % 3 == 1 { -before } else { *before });
        }
        assert!(
            folded.scale.iter().all(|scale| *scale > 0.0),
            "{:?}",
            folded.scale
        );
        let input = [16.0, -3.0, 5.5, 1.0];
        let scaled = Tensor::<1>::from_floats(input, &device).unsqueeze() * 0.25;
        let expected = forward(&dense.valid(), scaled);
        assert_close(&run(&folded, &input), &expected);
    }

    #[test]
    fn a_learned_gain_folds_into_the_scale() {
        let device = Device::flex();
        let settings = Dense::new("gain", 2).learned_scale().settings;
        let mut dense = start(settings, [3, 2], 2, &device);
        dense.gain = Some(Param::from_tensor(vector(&[-3.0, 0.5], &device)));
        dense.bias = Some(Param::from_tensor(vector(&[0.75, -0.25], &device)));
        let input = [1.0, 2.0, -4.0];
        let expected = forward(&dense, Tensor::<1>::from_floats(input, &device).unsqueeze());
        assert_close(&run(&dense.fold(1.0), &input), &expected);
    }
}
