//! Layer norm: each position over its channels, by three steps of Newton for the root. No scratch.

use super::{CHUNK, clamped};
use crate::params::float::FloatLayerNorm;

/// Each position less its mean, over its deviation. A rest that is no whole position stays as it is.
#[inline(never)]
pub fn layer_norm(layer: &FloatLayerNorm, input: &[f32], output: &mut [f32]) {
    let channels = layer.channels.len();
    if channels == 0 {
        return;
    }
    let (mut input, mut output) = (input, output);
    while let (Some((values, after)), Some((outputs, rest))) = (
        input.split_at_checked(channels),
        output.split_at_mut_checked(channels),
    ) {
        let mean = mean(values, |x| x);
        let variance = self::mean(values, |x| (x - mean) * (x - mean));
        let factor = inverse_root(variance + layer.epsilon);
        for ((y, &x), channel) in outputs.iter_mut().zip(values).zip(layer.channels) {
            let z = (x - mean) * factor;
            *y = clamped(z * channel.scale + channel.bias, layer.low, layer.high);
        }
        (input, output) = (after, rest);
    }
}

/// The mean of a function of each value.
#[inline(always)]
fn mean(values: &[f32], function: impl Fn(f32) -> f32) -> f32 {
    let (mut sum, mut part) = (0.0_f32, 0.0_f32);
    let mut left = CHUNK;
    for &x in values {
        part += function(x);
        left = left.wrapping_sub(1);
        if left == 0 {
            sum += part;
            part = 0.0;
            left = CHUNK;
        }
    }
    (sum + part) / values.len() as f32
}

/// 1/√v of a normal v above 0: a guess by the exponent, which each step makes twice as exact.
#[inline(always)]
fn inverse_root(v: f32) -> f32 {
    let half = 0.5 * v;
    let mut guess = f32::from_bits(0x5f37_59df_u32.wrapping_sub(v.to_bits() >> 1));
    for _ in 0..3 {
        guess *= 1.5 - half * guess * guess;
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Normal numbers over the whole range, every mantissa in steps.
    #[test]
    fn inverse_roots_are_near() {
        for bits in (f32::MIN_POSITIVE.to_bits()..f32::MAX.to_bits()).step_by(99_991) {
            let v = f32::from_bits(bits);
            let expected = 1.0 / f64::from(v).sqrt();
            let off = (f64::from(inverse_root(v)) - expected).abs() / expected;
            assert!(off < 3e-7, "{v:e}: {off:e}");
        }
    }
}
