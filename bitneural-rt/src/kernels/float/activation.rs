//! Element-wise functions.

use super::clamped;
use super::functions::{
    erfc, exp, expm1, log1p, magnitude, sigmoid as sigmoid_of, tanh as tanh_of, with_sign,
};
use crate::params::float::{FloatElu, FloatLine, FloatRelu};

/// Keras' general ReLU.
#[inline(never)]
pub fn relu(layer: &FloatRelu, input: &[f32], output: &mut [f32]) {
    each(input, output, |x| relu_of(layer, x));
}

/// The same in place.
#[inline(never)]
pub fn relu_in_place(layer: &FloatRelu, data: &mut [f32]) {
    in_place(data, |x| relu_of(layer, x));
}

/// An ELU.
#[inline(never)]
pub fn elu(layer: &FloatElu, input: &[f32], output: &mut [f32]) {
    each(input, output, |x| elu_of(layer, x));
}

/// The same in place.
#[inline(never)]
pub fn elu_in_place(layer: &FloatElu, data: &mut [f32]) {
    in_place(data, |x| elu_of(layer, x));
}

/// A line between two bounds.
#[inline(never)]
pub fn line(layer: &FloatLine, input: &[f32], output: &mut [f32]) {
    each(input, output, |x| line_of(layer, x));
}

/// The same in place.
#[inline(never)]
pub fn line_in_place(layer: &FloatLine, data: &mut [f32]) {
    in_place(data, |x| line_of(layer, x));
}

/// Kernels of functions without constants.
macro_rules! curves {
    ($($doc:literal $name:ident, $in_place:ident = $function:path;)*) => { $(
        #[doc = $doc]
        #[inline(never)]
        pub fn $name(input: &[f32], output: &mut [f32]) {
            each(input, output, $function);
        }

        /// The same in place.
        #[inline(never)]
        pub fn $in_place(data: &mut [f32]) {
            in_place(data, $function);
        }
    )* };
}

curves! {
    "1 / (1 + e⁻ˣ)." sigmoid, sigmoid_in_place = sigmoid_of;
    "The hyperbolic tangent." tanh, tanh_in_place = tanh_of;
    "x · relu6(x + 3) / 6." hard_swish, hard_swish_in_place = hard_swish_of;
    "x · sigmoid(x)." swish, swish_in_place = swish_of;
    "x · Φ(x), by the error function." gelu, gelu_in_place = gelu_of;
    "The same by a tangent." gelu_tanh, gelu_tanh_in_place = gelu_tanh_of;
    "ln(1 + eˣ)." softplus, softplus_in_place = softplus_of;
    "x / (1 + |x|)." softsign, softsign_in_place = softsign_of;
    "eˣ." exponential, exponential_in_place = exp;
}

#[inline(always)]
fn each(input: &[f32], output: &mut [f32], function: impl Fn(f32) -> f32) {
    for (y, &x) in output.iter_mut().zip(input) {
        *y = function(x);
    }
}

#[inline(always)]
fn in_place(data: &mut [f32], function: impl Fn(f32) -> f32) {
    for x in data {
        *x = function(*x);
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

#[inline(always)]
fn elu_of(layer: &FloatElu, x: f32) -> f32 {
    if x > 0.0 {
        layer.factor * x
    } else {
        layer.alpha * expm1(x)
    }
}

#[inline(always)]
fn line_of(layer: &FloatLine, x: f32) -> f32 {
    clamped(layer.slope * x + layer.offset, layer.low, layer.high)
}

fn hard_swish_of(x: f32) -> f32 {
    // The bounded factor first: the product with x alone could be too large.
    x * (clamped(x + 3.0, 0.0, 6.0) * (1.0 / 6.0))
}

fn swish_of(x: f32) -> f32 {
    x * sigmoid_of(x)
}

fn gelu_of(x: f32) -> f32 {
    0.5 * x * erfc(-x * core::f32::consts::FRAC_1_SQRT_2)
}

fn gelu_tanh_of(x: f32) -> f32 {
    /// 2·√(2/π): (1 + tanh u) / 2 is sigmoid(2u), which loses no digits where the tangent is near −1.
    const FACTOR: f32 = 1.595_769;
    x * sigmoid_of(FACTOR * (x + 0.044_715 * x * x * x))
}

fn softplus_of(x: f32) -> f32 {
    let above = if x > 0.0 { x } else { 0.0 };
    above + log1p(exp(-magnitude(x)))
}

fn softsign_of(x: f32) -> f32 {
    let size = magnitude(x);
    // What is left of 1 there is no place for; and an infinity, which eˣ may be, would be divided by itself.
    if size > 1e9 {
        with_sign(1.0, x)
    } else {
        x / (1.0 + size)
    }
}
