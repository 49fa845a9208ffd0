//! Trits in the forward pass, latent floats in the backward pass.

use burn::tensor::{Tensor, TensorData};

/// Ternary weights of a dense kernel: `kernel[i][o]` is `trits[i·outputs + o]` times `scales[o]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trits {
    pub(crate) trits: Vec<i8>,
    pub(crate) scales: Vec<f64>,
}

/// R30, `twn`, a group for each output channel; `weights` is `[inputs, outputs]`, row by row.
pub(crate) fn ternarize(weights: &[f32], outputs: usize) -> Trits {
    let magnitude = |weight: &f32| f64::from(weight.abs());
    let mut trits = vec![0; weights.len()];
    let scales = (0..outputs).map(|output| {
        let column = || weights.iter().skip(output).step_by(outputs);
        let mean = column().map(magnitude).sum::<f64>() / (weights.len() / outputs) as f64;
        let threshold = 0.7 * mean;
        let (mut sum, mut kept) = (0.0, 0_u32);
        for (trit, weight) in trits.iter_mut().skip(output).step_by(outputs).zip(column()) {
            if magnitude(weight) > threshold {
                *trit = if *weight < 0.0 { -1 } else { 1 };
                sum += magnitude(weight);
                kept += 1;
            }
        }
        if kept == 0 {
            0.0
        } else {
            sum / f64::from(kept)
        }
    });
    let scales = scales.collect();
    Trits { trits, scales }
}

/// The kernel as the device will see it, with the gradient of the latent one (straight-through estimator, unclipped:
/// clipping measured no better).
///
/// The trits come from the quantizer that the exporter uses, in `f64` on the host, and not from tensor arithmetic in
/// `f32`: a weight near the threshold is then the same trit in both.
pub(crate) fn straight_through(kernel: Tensor<2>) -> Tensor<2> {
    let [inputs, outputs] = kernel.dims();
    let Trits { trits, scales } = ternarize(&floats(kernel.clone()), outputs);
    let values: Vec<f32> = trits
        .iter()
        .zip(scales.iter().cycle())
        .map(|(trit, scale)| f32::from(*trit) * *scale as f32)
        .collect();
    let ternary =
        Tensor::<2>::from_data(TensorData::new(values, [inputs, outputs]), &kernel.device());
    // w + (q - w) would round q; this form keeps it exact: the bracket is 0.
    ternary.detach() + (kernel.clone() - kernel.detach())
}

/// The values of a tensor, row by row.
pub(crate) fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::*;

    #[test]
    fn the_example_of_r30_in_two_columns() {
        let column = [0.3, -0.1, 0.05, -0.5, 0.2, 0.1_f32];
        let weights: Vec<f32> = column
            .iter()
            .flat_map(|weight| [*weight, -2.0 * weight])
            .collect();
        let Trits { trits, scales } = ternarize(&weights, 2);
        assert_eq!(trits, [1, -1, 0, 0, 0, 0, -1, 1, 1, -1, 0, 0]);
        assert!((scales[0] - 1.0 / 3.0).abs() < 1e-7, "{scales:?}");
        assert!((scales[1] - 2.0 / 3.0).abs() < 1e-7, "{scales:?}");
    }

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
