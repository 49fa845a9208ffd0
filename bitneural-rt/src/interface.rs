//! The edge of a model: from `f32` to codes, and back; the class of an output.
//!
//! The only floats of a model in integer mode are here: one multiplication an element (R4, R5). In f32 mode inputs are
//! normalized, and outputs stay as they are.

use crate::kernels::{Code, Input};
use crate::params::float::Normalize;
use crate::params::{Dequantize, InputChannel, Quantize};

/// The codes of the inputs (R4): NaN counts as 0.0, infinities saturate.
///
/// The records of `layer` are used in turn: channels are the last axis.
pub fn quantize<T: Code>(layer: &Quantize, input: &[f32], output: &mut [T]) {
    let channels = layer.channels.iter().cycle();
    for ((u, &x), channel) in output.iter_mut().zip(input).zip(channels) {
        *u = T::from_clamped_code(code(channel, x, T::LARGEST));
    }
}

fn code(channel: &InputChannel, x: f32, largest: i32) -> i32 {
    const LIMIT: i32 = 1 << 30;
    // `as` truncates, saturates and makes NaN zero; clamping the integer is clamping the product, 2^30 being a float.
    let v = ((x * channel.factor) as i32).clamp(-LIMIT, LIMIT);
    // Not `clamp`, which may panic.
    (v.wrapping_add(channel.offset) >> 8).max(0).min(largest)
}

/// The real values of the outputs (R5).
pub fn dequantize<T: Input>(layer: &Dequantize, input: &[T], output: &mut [f32]) {
    for (y, &u) in output.iter_mut().zip(input) {
        let steps: i32 = u.into().wrapping_sub(layer.zero_point);
        *y = layer.scale * steps as f32;
    }
}

/// The inputs of a model in f32 mode, normalized; the records of `layer` are used in turn: channels are the last axis.
pub fn normalize(layer: &Normalize, input: &[f32], output: &mut [f32]) {
    let channels = layer.channels.iter().cycle();
    for ((y, &x), channel) in output.iter_mut().zip(input).zip(channels) {
        *y = (x - channel.mean) * channel.factor;
    }
}

/// Copies elements between the user's arrays and the arena; of slices of unequal length the shorter one counts.
pub fn copy<T: Copy>(from: &[T], to: &mut [T]) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = from;
    }
}

/// The index of the largest value, the lowest index if there are several (R21); 0 if there is none. A NaN is larger than
/// nothing, and nothing is larger than a NaN.
pub fn argmax<T: Copy + PartialOrd>(values: &[T]) -> usize {
    let mut best = 0;
    let mut largest = None;
    for (index, &value) in values.iter().enumerate() {
        if largest.is_none_or(|largest| value > largest) {
            best = index;
            largest = Some(value);
        }
    }
    best
}

/// The class of a single value in front of a sigmoid: 1 above the value that stands for 0, else 0 (R21).
pub fn above<T: Input>(values: &[T], threshold: i32) -> usize {
    let value = values.first().map(|&value| value.into());
    usize::from(value.is_some_and(|value: i32| value > threshold))
}

/// The same in f32 mode: 1 for a number above 0.
pub fn positive(values: &[f32]) -> usize {
    usize::from(values.first().is_some_and(|&value| value > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes<const N: usize>(channels: &'static [InputChannel], input: [f32; N]) -> [u8; N] {
        let mut output = [77; N];
        quantize(&Quantize { channels }, &input, &mut output);
        output
    }

    const UNIT: &[InputChannel] = &[InputChannel {
        factor: 65280.0,
        offset: 128,
    }];

    #[test]
    fn worked_examples_of_r4() {
        assert_eq!(codes(UNIT, [0.5, 1.2]), [128, 255]);
        let normalized = &[InputChannel {
            factor: 1280.0,
            offset: 23168,
        }];
        assert_eq!(codes(normalized, [3.0]), [105]);
    }

    #[test]
    fn images_in_0_to_1_keep_their_bytes() {
        for p in 0..=255_u8 {
            assert_eq!(codes(UNIT, [f32::from(p) / 255.0]), [p]);
        }
    }

    #[test]
    fn odd_floats() {
        let input = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            -0.0,
            3e38,
            -3e38,
        ];
        assert_eq!(codes(UNIT, input), [0, 255, 0, 0, 255, 0]);
        let shifted = &[InputChannel {
            factor: -256.0,
            offset: 100 * 256 + 128,
        }];
        assert_eq!(codes(shifted, input), [100, 0, 255, 100, 0, 255]);
        // The largest offsets do not overflow beside a saturated product.
        for (offset, expected) in [((1 << 30) - 1, [255, 0]), (1 - (1 << 30), [0, 0])] {
            let mut output = [9_u8; 2];
            let channels: &'static [InputChannel] = std::vec![InputChannel {
                factor: 1e30,
                offset
            }]
            .leak();
            quantize(&Quantize { channels }, &[1e30, -1e30], &mut output);
            assert_eq!(output, expected);
        }
    }

    #[test]
    fn truncates_toward_zero() {
        // v = -0.99 -> 0, not -1: (0 + 256) >> 8 = 1.
        let channels = &[InputChannel {
            factor: 1.0,
            offset: 256,
        }];
        assert_eq!(codes(channels, [-0.99, -1.0, 255.9, 256.0]), [1, 0, 1, 2]);
    }

    #[test]
    fn channels_take_turns() {
        let channels = &[
            InputChannel {
                factor: 256.0,
                offset: 128,
            },
            InputChannel {
                factor: 512.0,
                offset: 128,
            },
        ];
        assert_eq!(codes(channels, [1.0, 1.0, 3.0, 3.0, 5.0]), [1, 2, 3, 6, 5]);
        assert_eq!(codes(&[], [1.0]), [77]);
    }

    #[test]
    fn outputs_to_f32() {
        let mut output = [0.0; 3];
        let wide = Dequantize {
            scale: 0.000_689_718_3,
            zero_point: 0,
        };
        dequantize(&wide, &[673_i16, -32768, 0], &mut output);
        // 0.00068971831·673 and 0.00068971831·(−32768), by hand.
        assert!((output[0] - 0.464_180_4).abs() < 1e-7);
        assert!((output[1] + 22.600_69).abs() < 1e-5);
        assert_eq!(output[2], 0.0);
        // R2: s = 0.02, z = 10, u = 0 stands for −0.2.
        let code = Dequantize {
            scale: 0.02,
            zero_point: 10,
        };
        dequantize(&code, &[0_u8, 10, 255], &mut output);
        assert_eq!(output, [0.02 * -10.0, 0.0, 0.02 * 245.0]);
    }

    #[test]
    fn normalized_inputs() {
        use crate::params::float::NormalChannel;
        let channels = &[
            NormalChannel {
                mean: 2.0,
                factor: 0.25,
            },
            NormalChannel {
                mean: 0.0,
                factor: 1.0,
            },
        ];
        let mut output = [9.0; 3];
        normalize(&Normalize { channels }, &[3.0, 3.0, -2.0], &mut output);
        assert_eq!(output, [0.25, 3.0, -1.0]);
    }

    #[test]
    fn classes() {
        assert_eq!(argmax(&[5, 9, 9]), 1);
        assert_eq!(argmax(&[-5_i16]), 0);
        assert_eq!(argmax(&[-7_i16, -9, -3, -3]), 2);
        assert_eq!(argmax::<u8>(&[]), 0);
        assert_eq!(argmax(&[0_u8, 0, 0]), 0);
        assert_eq!([9_u8, 10, 11].map(|u| above(&[u], 10)), [0, 0, 1]);
        assert_eq!([-1_i16, 0, 1].map(|q| above(&[q], 0)), [0, 0, 1]);
        assert_eq!(above::<u8>(&[], -1), 0);
        let classes = [-1.0, 0.0, 1e-30, f32::NAN].map(|value| positive(&[value]));
        assert_eq!(classes, [0, 0, 1, 0]);
        assert_eq!(positive(&[]), 0);
        assert_eq!(argmax(&[-2.5_f32, f32::NAN, 1e-9, 1e-9]), 2);
        assert_eq!(argmax(&[f32::NAN, 1.0]), 0);
    }
}
