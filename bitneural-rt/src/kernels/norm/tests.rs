use super::*;
use crate::params::{Channel, Requant};
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

/// With m = 2^30 an output is a quarter of t = 4·acc + B.
const PLAIN: Requant = Requant {
    pre_shift: 2,
    shift: 0,
    low: 0,
    high: 255,
};

fn leak<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

/// A layer whose outputs are 128 where the normalized values are the expected ones, of each sign; the quarter of
/// t = 4·ẑ + B is exact.
fn expecting(lift: u8, epsilon: u32, normalized: &[i64], sign: i8) -> LayerNorm {
    let channel = |&z: &i64| Channel {
        bias: (4 * (128 - i64::from(sign) * z)) as i32,
        multiplier: 1 << 30,
    };
    LayerNorm {
        channels: normalized.len() as u16,
        lift,
        epsilon,
        signs: leak(vec![sign; normalized.len()]),
        constants: leak(normalized.iter().map(channel).collect()),
        requant: PLAIN,
    }
}

/// R22 in i128, the root by trying.
fn plain(lift: u8, epsilon: u32, codes: &[u8]) -> Vec<i64> {
    let n = codes.len() as i128;
    let sum: i128 = codes.iter().map(|&x| i128::from(x)).sum();
    let squares: i128 = codes.iter().map(|&x| i128::from(x) * i128::from(x)).sum();
    let mut v = ((n * squares - sum * sum) << lift) + i128::from(epsilon);
    let mut j = 0;
    while v < 1 << 30 {
        v *= 4;
        j += 1;
    }
    assert!(v < 1 << 32, "an obligation of R22");
    let q = (0..17).rev().fold(0_i128, |q, bit| {
        let next = q + (1 << bit);
        if next * next <= v { next } else { q }
    });
    let r = (1_i128 << 31) / q;
    let normalized = codes.iter().map(|&x| {
        let z = ((n * i128::from(x) - sum) * r) >> (19 - j - i32::from(lift) / 2);
        z as i64
    });
    normalized.collect()
}

fn run(layer: &LayerNorm, input: &[u8]) -> Vec<u8> {
    let mut output = vec![0; input.len()];
    layer_norm(layer, input, &mut output);
    output
}

/// R22's example.
#[test]
fn worked_example() {
    let codes = [10, 20, 40, 90];
    let normalized = [-3987, -2658, 0, 6644];
    assert_eq!(plain(8, 16, &codes), normalized);
    for sign in [1, -1] {
        assert_eq!(run(&expecting(8, 16, &normalized, sign), &codes), [128; 4]);
    }
    // One that is constant is its bias alone.
    let constant = LayerNorm {
        signs: &[0; 4],
        ..expecting(8, 16, &[100, 28, 127, 1], 1)
    };
    assert_eq!(run(&constant, &codes), [28, 100, 1, 127]);
}

#[test]
fn roots_are_rounded_down() {
    for base in [0_u32, 1, 2, 3, 255, 256, 32768, 46340, 46341, 65535] {
        let square = base * base;
        assert_eq!(root(square), base);
        assert_eq!(root(square.saturating_sub(1)), base.saturating_sub(1));
        let next = u64::from(base + 1) * u64::from(base + 1) - 1;
        assert_eq!(
            u64::from(root(next.min(u32::MAX.into()) as u32)),
            u64::from(base)
        );
    }
    assert_eq!(root(u32::MAX), 65535);
}

/// Whatever the record says, nothing panics: what is no whole position is left.
#[test]
fn records_that_do_not_fit_do_less() {
    let layer = expecting(8, 16, &[0; 4], 1);
    let mut output = [7; 6];
    layer_norm(&layer, &[1; 6], &mut output);
    assert_eq!(output[4..], [7, 7]);
    assert_ne!(output[..4], [7; 4]);
    let none = LayerNorm {
        channels: 0,
        ..layer
    };
    let mut output = [7; 6];
    layer_norm(&none, &[1; 6], &mut output);
    assert_eq!(output, [7; 6]);
    // E = 0 and no spread: a root of 0.
    let flat = LayerNorm {
        epsilon: 0,
        lift: 255,
        ..layer
    };
    run(&flat, &[1; 8]);
}

proptest! {
    /// Each position on its own, by any constants that meet the bounds.
    #[test]
    fn equals_the_plain_rule(
        codes in (2..40_usize).prop_flat_map(|n| proptest::collection::vec(any::<u8>(), n)),
        wide in any::<bool>(),
        step in 0..5_u8,
        epsilon in 1..1_u32 << 20,
    ) {
        // A narrow spread too.
        let codes: Vec<u8> = codes.iter().map(|&x| if wide { x } else { 100 + x % 3 }).collect();
        let n = codes.len() as u64;
        let fits = |lift: &u8| ((n * n * 16257) << lift) + u64::from(epsilon) < 1 << 32;
        let lift = (0..=step).map(|step| 2 * step).rev().find(fits).unwrap();
        let normalized = plain(lift, epsilon, &codes);
        let found = run(&expecting(lift, epsilon, &normalized, 1), &codes.repeat(2));
        prop_assert_eq!(found, vec![128; 2 * codes.len()]);
    }
}
