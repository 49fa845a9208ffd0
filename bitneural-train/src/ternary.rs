//! Trits in the forward pass, latent floats in the backward pass.

use bitneural_core::ternarize::{Granularity, Order, Quantizer, Ternary};
use burn::tensor::{Tensor, TensorData};

/// The trits and scales of a latent kernel, `[inputs, outputs]`: threshold 0.7 of the mean magnitude of each output
/// channel. The other quantizers measured the same (within noise) or worse in training.
pub(crate) fn ternarize(kernel: Tensor<2>) -> Ternary {
    let outputs = kernel.dims()[1];
    let weights = floats(kernel);
    bitneural_core::ternarize::ternarize(
        &weights,
        outputs,
        Order::InputsFirst,
        Quantizer::Twn,
        Granularity::Channel,
    )
}

/// The kernel as the device will see it, with the gradient of the latent one (straight-through estimator, unclipped:
/// clipping measured no better).
///
/// The trits come from the quantizer that the exporter uses, in `f64` on the host, and not from tensor arithmetic in
/// `f32`: a weight near the threshold is then the same trit in both.
pub(crate) fn straight_through(kernel: Tensor<2>) -> Tensor<2> {
    let [inputs, outputs] = kernel.dims();
    let Ternary { trits, scales } = ternarize(kernel.clone());
    let rows = trits.chunks(inputs).zip(scales);
    let values: Vec<f32> = rows
        .flat_map(|(row, scale)| row.iter().map(move |trit| f32::from(*trit) * scale as f32))
        .collect();
    let ternary =
        Tensor::<2>::from_data(TensorData::new(values, [outputs, inputs]), &kernel.device())
            .transpose();
    // w + (q - w) would round q; this form keeps it exact: the bracket is 0.
    ternary.detach() + (kernel.clone() - kernel.detach())
}

/// The values of a tensor, row by row.
pub(crate) fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
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
        let ternary = straight_through(kernel.clone());
        assert_eq!(floats(ternary.clone()), [0.3, 0.0, 0.0, -0.5]);
        let gradients = (ternary * factors).sum().backward();
        let gradient = kernel.grad(&gradients).expect("the kernel takes part");
        assert_eq!(floats(gradient), [1.0, 2.0, 3.0, 4.0]);
    }
}
