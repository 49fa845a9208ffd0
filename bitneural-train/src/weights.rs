//! Weights as the device has them in the forward pass, latent floats in the backward pass.

use bitneural_core::ternarize::{Granularity, Order, Quantizer, Ternary, outputs_first, ternarize};
use burn::tensor::{Tensor, TensorData};

use crate::architecture::Encoding;

/// Integer weights with a scale per output channel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantized {
    /// Trits, or -127..=127; `[outputs][inputs]`.
    pub(crate) codes: Vec<i8>,
    /// Of each output channel.
    pub(crate) scales: Vec<f64>,
}

/// The integer form of a latent kernel, `[inputs, outputs]`.
///
/// Trits: threshold 0.7 of the mean magnitude of each output channel. The other quantizers measured the same (within
/// noise) or worse in training.
pub(crate) fn quantize(kernel: Tensor<2>, encoding: Encoding) -> Quantized {
    let outputs = kernel.dims()[1];
    let weights = floats(kernel);
    match encoding {
        Encoding::Ternary => {
            let Ternary { trits, scales } = ternarize(
                &weights,
                outputs,
                Order::InputsFirst,
                Quantizer::Twn,
                Granularity::Channel,
            );
            Quantized {
                codes: trits,
                scales,
            }
        }
        Encoding::Int8 => int8(&weights, outputs),
    }
}

/// R31, of `[inputs][outputs]`.
fn int8(weights: &[f32], outputs: usize) -> Quantized {
    let weights = outputs_first(weights, outputs, Order::InputsFirst);
    let mut quantized = Quantized {
        codes: Vec::with_capacity(weights.len()),
        scales: Vec::with_capacity(outputs),
    };
    for row in weights.chunks(weights.len() / outputs) {
        let largest = row
            .iter()
            .fold(0.0, |max: f64, w| max.max(f64::from(w.abs())));
        let scale = if largest == 0.0 { 1.0 } else { largest / 127.0 };
        let code = |w: &f32| (f64::from(*w) / scale + 0.5).floor().clamp(-127.0, 127.0) as i8;
        quantized.codes.extend(row.iter().map(code));
        quantized.scales.push(scale);
    }
    quantized
}

/// The kernel as the device will see it, with the gradient of the latent one (straight-through estimator, unclipped:
/// clipping measured no better).
///
/// The codes come from the quantizer that the exporter uses, in `f64` on the host, and not from tensor arithmetic in
/// `f32`: a weight near the threshold is then the same trit in both.
pub(crate) fn straight_through(kernel: Tensor<2>, encoding: Encoding) -> Tensor<2> {
    let [inputs, outputs] = kernel.dims();
    let Quantized { codes, scales } = quantize(kernel.clone(), encoding);
    let rows = codes.chunks(inputs).zip(scales);
    let values: Vec<f32> = rows
        .flat_map(|(row, scale)| row.iter().map(move |code| f32::from(*code) * scale as f32))
        .collect();
    let seen = Tensor::<2>::from_data(TensorData::new(values, [outputs, inputs]), &kernel.device())
        .transpose();
    // w + (q - w) would round q; this form keeps it exact: the bracket is 0.
    seen.detach() + (kernel.clone() - kernel.detach())
}

/// The values of a tensor, row by row.
pub(crate) fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = tensor.into_data();
    match data.as_slice::<f32>() {
        Ok(values) => values.to_vec(),
        Err(_) => data.iter::<f32>().collect(),
    }
}

/// The values of a tensor of doubles, row by row.
pub(crate) fn doubles<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::*;

    #[test]
    fn gradients_reach_the_latent_weights_as_if_there_were_no_quantizer() {
        let device = Device::default().autodiff();
        let kernel = Tensor::<2>::from_floats([[0.3, -0.1], [0.05, -0.5]], &device).require_grad();
        let factors = Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 4.0]], &device);
        let ternary = straight_through(kernel.clone(), Encoding::Ternary);
        assert_eq!(floats(ternary.clone()), [0.3, 0.0, 0.0, -0.5]);
        let gradients = (ternary * factors).sum().backward();
        let gradient = kernel.grad(&gradients).expect("the kernel takes part");
        assert_eq!(floats(gradient), [1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn eight_bits_by_r31_ties_up_and_a_channel_of_zeros() {
        let weights = [127.0, 0.0, -49.5, 0.0, 15.5, 0.0].map(|code| code / 512.0);
        let found = int8(&weights, 2);
        assert_eq!(found.codes, [127, -49, 16, 0, 0, 0]);
        assert_eq!(found.scales, [1.0 / 512.0, 1.0]);
    }
}
