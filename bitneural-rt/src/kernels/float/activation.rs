//! Element-wise functions.

use crate::params::float::FloatRelu;

/// Keras' general ReLU.
#[inline(never)]
pub fn relu(layer: &FloatRelu, input: &[f32], output: &mut [f32]) {
    for (y, &x) in output.iter_mut().zip(input) {
        *y = relu_of(layer, x);
    }
}

/// The same in place.
#[inline(never)]
pub fn relu_in_place(layer: &FloatRelu, data: &mut [f32]) {
    for x in data {
        *x = relu_of(layer, *x);
    }
}

#[inline(always)]
fn relu_of(layer: &FloatRelu, x: f32) -> f32 {
    if x > layer.threshold {
        if x > layer.max { layer.max } else { x }
    } else {
        layer.slope * (x - layer.threshold)
    }
}
