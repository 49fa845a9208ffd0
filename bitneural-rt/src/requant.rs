//! The one rounding rule (R7), which every op with weights ends in.

use crate::params::{Channel, Requant};

/// From the sum of an output to its value within `low..=high` (R7).
///
/// Sums and constants that break the obligations of R7 wrap; nothing panics.
#[inline(always)]
pub(crate) fn requantize(sum: i32, channel: &Channel, requant: &Requant) -> i32 {
    let biased = sum
        .wrapping_shl(u32::from(requant.pre_shift))
        .wrapping_add(channel.bias);
    let scaled = high_product(biased, channel.multiplier).wrapping_shr(u32::from(requant.shift));
    // Not `clamp`, which panics if the bounds are exchanged.
    scaled
        .min(i32::from(requant.high))
        .max(i32::from(requant.low))
}

/// ⌊a·b / 2^32⌋ (`mulh` of R1): one instruction on RV32M, two on Armv7-M.
#[inline(always)]
fn high_product(a: i32, b: i32) -> i32 {
    // The product of two i32 fits i64, and its upper half fits i32.
    ((a as i64).wrapping_mul(b as i64) >> 32) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
