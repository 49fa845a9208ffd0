//! Random weights, in every form that a file may have them in.

use bitneural_core::writer::TensorData;
use serde_json::{Value, json};

use super::file::Builder;
use super::layers::Weights;

impl Builder<'_> {
    /// A layer with weights: a kernel of the given axes, scales and biases.
    pub(super) fn linear(
        &mut self,
        kind: &str,
        shape: Vec<usize>,
        outputs: usize,
        taps: usize,
        weights: &Weights,
    ) -> Value {
        let (data, scale) = self.kernel(outputs, taps, weights);
        let kernel = self.tensor("kernel", shape, data);
        let mut names = json!({ "kernel": kernel });
        if let Some(scale) = scale {
            names["scale"] = json!(self.tensor("scale", vec![outputs], TensorData::F32(scale)));
        }
        if let Some(bias) = weights.bias {
            let spread = 10_f64.powi(weights.magnitude) * (taps as f64).sqrt() * bias;
            let values = (0..outputs)
                .map(|_| (spread * self.random.symmetric()) as f32)
                .collect();
            names["bias"] = json!(self.tensor("bias", vec![outputs], TensorData::F32(values)));
        }
        let mut layer = json!({
            "type": kind, "activation": weights.activation, "tensors": names,
            "weights": if weights.int8 { "int8" } else { "ternary" },
        });
        if !weights.int8 {
            layer["quantizer"] = json!(weights.quantizer);
            layer["granularity"] = json!(weights.granularity);
        }
        layer
    }

    /// Weights in the order of the file, with their scales if they are integers.
    pub(super) fn kernel(
        &mut self,
        outputs: usize,
        taps: usize,
        weights: &Weights,
    ) -> (TensorData, Option<Vec<f32>>) {
        let torch = self.torch();
        let magnitude = 10_f64.powi(weights.magnitude);
        let odd = weights.odd_channels && outputs > 2;
        let random = &mut self.random;
        let dead = |flat: usize| odd && (if torch { flat / taps } else { flat % outputs }) == 1;
        let count = taps * outputs;
        if !weights.integers {
            let values = (0..count).map(|flat| {
                if dead(flat) {
                    0.0
                } else {
                    (magnitude * random.symmetric()) as f32
                }
            });
            return (TensorData::F32(values.collect()), None);
        }
        let values = (0..count).map(|flat| match (dead(flat), weights.int8) {
            (true, _) => 0,
            (false, false) => random.below(3) as i8 - 1,
            (false, true) => (random.below(255) as i16 - 127) as i8,
        });
        let values = TensorData::I8(values.collect());
        let step = if weights.int8 {
            magnitude / 127.0
        } else {
            magnitude
        };
        let scales = (0..outputs).map(|output| {
            let sign = if odd && output == 0 { -1.0 } else { 1.0 };
            (sign * step * (0.2 + random.unit())) as f32
        });
        (values, Some(scales.collect()))
    }
}
