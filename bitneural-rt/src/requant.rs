//! The one rounding rule (R7), which every op with weights ends in, and its second branch (R11).

use core::slice;

use crate::kernels::Output;
use crate::params::{Channel, Leaky, Requant};

/// What turns sums into outputs, channel by channel (R7, R11).
#[derive(Clone, Copy)]
pub(crate) struct Epilogue<'a> {
    channels: &'a [Channel],
    /// Of a leaky ReLU; else empty.
    negative: &'a [Channel],
    requant: &'a Requant,
    negative_shift: u8,
    zero: i16,
}

impl<'a> Epilogue<'a> {
    #[inline(always)]
    pub(crate) fn new(
        channels: &'a [Channel],
        requant: &'a Requant,
        leaky: Option<&'a Leaky>,
    ) -> Self {
        let (negative, negative_shift, zero) = match leaky {
            Some(leaky) => (leaky.channels, leaky.shift, leaky.zero),
            None => (&[][..], 0, 0),
        };
        Self {
            channels,
            negative,
            requant,
            negative_shift,
            zero,
        }
    }

    /// That of the first `len` channels, and that of the others.
    #[inline(always)]
    pub(crate) fn split(self, len: usize) -> (Self, Self) {
        let (channels, channels_after) = split_at_most(self.channels, len);
        let (negative, negative_after) = split_at_most(self.negative, len);
        let first = Self {
            channels,
            negative,
            ..self
        };
        let others = Self {
            channels: channels_after,
            negative: negative_after,
            ..self
        };
        (first, others)
    }

    /// Where to put the sums.
    #[inline(always)]
    pub(crate) fn into_outputs<O>(self, output: &'a mut [O]) -> Outputs<'a, O> {
        Outputs {
            output: output.iter_mut(),
            channels: self.channels.iter(),
            negative: self.negative.iter(),
            // By value: writing outputs cannot change it, and it stays in registers.
            requant: *self.requant,
            negative_shift: self.negative_shift,
            zero: self.zero,
        }
    }
}

/// Outputs, each to be written once, in order.
pub(crate) struct Outputs<'a, O> {
    output: slice::IterMut<'a, O>,
    channels: slice::Iter<'a, Channel>,
    negative: slice::Iter<'a, Channel>,
    requant: Requant,
    negative_shift: u8,
    zero: i16,
}

impl<O: Output> Outputs<'_, O> {
    /// Whether all are written.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.output.len() == 0 || self.channels.len() == 0
    }

    /// Writes the next output; nothing if all are written.
    #[inline(always)]
    pub(crate) fn put(&mut self, sum: i32) {
        let (Some(output), Some(channel)) = (self.output.next(), self.channels.next()) else {
            return;
        };
        let mut y = scale(sum, channel, self.requant.pre_shift, self.requant.shift);
        if let Some(negative) = self.negative.next()
            && y < i32::from(self.zero)
        {
            y = scale(sum, negative, self.requant.pre_shift, self.negative_shift);
        }
        *output = clamped(y, &self.requant);
    }
}

/// The output for a sum, without a leaky ReLU (R7).
#[inline(always)]
pub(crate) fn requantize<O: Output>(sum: i32, channel: &Channel, requant: &Requant) -> O {
    clamped(
        scale(sum, channel, requant.pre_shift, requant.shift),
        requant,
    )
}

#[inline(always)]
fn clamped<O: Output>(y: i32, requant: &Requant) -> O {
    // Not `clamp`, which panics if the bounds are exchanged.
    O::from_clamped(y.min(requant.high.into()).max(requant.low.into()))
}

/// ((sum·2^P + B)·m) >> (32 + S): an output before its clamp.
///
/// Sums and constants that break the obligations of R7 wrap; nothing panics.
#[inline(always)]
fn scale(sum: i32, channel: &Channel, pre_shift: u8, shift: u8) -> i32 {
    let biased = sum
        .wrapping_shl(u32::from(pre_shift))
        .wrapping_add(channel.bias);
    high_product(biased, channel.multiplier).wrapping_shr(u32::from(shift))
}

/// Like `split_at`, but all elements are in the first part if there are fewer than `len`.
#[inline(always)]
pub(crate) fn split_at_most<T>(slice: &[T], len: usize) -> (&[T], &[T]) {
    slice.split_at_checked(len).unwrap_or((slice, &[]))
}

/// ⌊a·b / 2^32⌋ (`mulh` of R1): one instruction on RV32M, two on Armv7-M.
#[inline(always)]
pub(crate) fn high_product(a: i32, b: i32) -> i32 {
    // The product of two i32 fits i64, and its upper half fits i32.
    ((a as i64).wrapping_mul(b as i64) >> 32) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The wide output of one channel.
    fn finish(sum: i32, channel: &Channel, requant: &Requant, leaky: Option<&Leaky>) -> i32 {
        let mut output = [0_i16; 1];
        let epilogue = Epilogue::new(slice::from_ref(channel), requant, leaky);
        epilogue.into_outputs(&mut output).put(sum);
        output[0].into()
    }

    fn requantize(sum: i32, channel: &Channel, requant: &Requant) -> i32 {
        let got: i16 = super::requantize(sum, channel, requant);
        assert_eq!(finish(sum, channel, requant, None), got.into());
        got.into()
    }

    /// R11's constants: α = 0.1.
    const R11: Requant = Requant {
        pre_shift: 15,
        shift: 19,
        low: 0,
        high: 255,
    };

    static R11_NEGATIVE: [Channel; 1] = [Channel {
        bias: 1_227_079_680,
        multiplier: 1_759_218_604,
    }];

    #[test]
    fn worked_example_of_r11() {
        let positive = r11();
        let leaky = Leaky {
            channels: &R11_NEGATIVE,
            shift: 23,
            zero: 60,
        };
        assert_eq!(requantize(-300, &positive, &R11), 49);
        assert_eq!(finish(-300, &positive, &R11, Some(&leaky)), 59);
        // The clamp comes last: Y below z_y that is clamped up to it is scaled all the same.
        let high = Requant { low: 58, ..R11 };
        assert_eq!(finish(-300, &positive, &high, Some(&leaky)), 59);
        // At z_y and above the first holds.
        let at_zero = (0..400).find(|&sum| requantize(sum, &positive, &R11) >= 60);
        let sum = at_zero.unwrap();
        assert_eq!(finish(sum, &positive, &R11, Some(&leaky)), 60);
    }

    #[test]
    fn a_negative_slope_folds() {
        // Y = sum; below zero −sum + 10, less a rounding.
        let channel = Channel {
            bias: 1,
            multiplier: i32::MAX,
        };
        static NEGATIVE: [Channel; 1] = [Channel {
            bias: -20,
            multiplier: -i32::MAX,
        }];
        let leaky = Leaky {
            channels: &NEGATIVE,
            shift: 0,
            zero: 0,
        };
        let requant = Requant {
            pre_shift: 1,
            shift: 0,
            low: i16::MIN,
            high: 20,
        };
        for (sum, expected) in [(5, 5), (25, 20), (0, 0), (-1, 10), (-7, 16), (-99, 20)] {
            assert_eq!(
                finish(sum, &channel, &requant, Some(&leaky)),
                expected,
                "{sum}"
            );
        }
    }

    fn r11() -> Channel {
        Channel {
            bias: 111_943_680,
            multiplier: 1_099_511_628,
        }
    }

    fn r8(bias: i32) -> Channel {
        Channel {
            bias,
            multiplier: 1_099_511_628,
        }
    }

    const R8: Requant = Requant {
        pre_shift: 16,
        shift: 20,
        low: 0,
        high: 255,
    };

    /// The worked examples of R1, R7, R8, R9, R12, R16 and R18.
    #[test]
    fn worked_examples() {
        assert_eq!(high_product(-1, 1), -1);
        assert_eq!(high_product(40_058_880, 1_099_511_628), 10_255_073);
        assert_eq!(requantize(215, &r8(25_968_640), &R8), 9);
        assert_eq!(requantize(-215, &r8(27_279_360), &R8), 3);
        assert_eq!(requantize(0, &r8(26_624_000), &R8), 6);

        let wide = Requant {
            pre_shift: 16,
            shift: 14,
            low: i16::MIN,
            high: i16::MAX,
        };
        let logit = Channel {
            bias: 23_948_891,
            multiplier: 1_245_426_490,
        };
        assert_eq!(requantize(215, &logit, &wide), 673);

        let product = Channel {
            bias: 50_380_800,
            multiplier: 1_832_519_380,
        };
        let r16 = Requant {
            pre_shift: 14,
            shift: 20,
            low: 0,
            high: 255,
        };
        assert_eq!(requantize(-7600, &product, &r16), 0);
        let unclamped = Requant { low: -99, ..r16 };
        assert_eq!(requantize(-7600, &product, &unclamped), -31);

        let pool = Channel {
            bias: -838_861,
            multiplier: 1_342_177_280,
        };
        let r18 = Requant {
            pre_shift: 16,
            shift: 16,
            low: 0,
            high: 255,
        };
        assert_eq!(requantize(82, &pool, &r18), 21);
    }

    #[test]
    fn saturates_at_both_bounds() {
        let relu6 = Requant {
            low: 10,
            high: 160,
            ..R8
        };
        assert_eq!(requantize(20_000, &r8(0), &relu6), 160);
        assert_eq!(requantize(-20_000, &r8(0), &relu6), 10);
    }

    proptest! {
        /// R7 in its other form, ((acc·2^P + B)·m) >> (32 + S), over all constants that meet its obligations.
        #[test]
        fn equals_the_wide_form(
            sum in -32_768_i64..=32_767,
            bias: i32,
            multiplier in 1..=i32::MAX,
            pre_shift in 0_u8..=16,
            shift in 0_u8..=31,
            bounds in any::<(i16, i16)>(),
        ) {
            let biased = (sum << pre_shift) + i64::from(bias);
            prop_assume!(i32::try_from(biased).is_ok());
            let (low, high) = (bounds.0.min(bounds.1), bounds.0.max(bounds.1));
            let expected = ((i128::from(biased) * i128::from(multiplier)) >> (32 + shift))
                .clamp(i128::from(low), i128::from(high));
            let requant = Requant { pre_shift, shift, low, high };
            let got = requantize(sum as i32, &Channel { bias, multiplier }, &requant);
            prop_assert_eq!(i128::from(got), expected);
        }
    }
}
