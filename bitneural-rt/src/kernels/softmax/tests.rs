use super::*;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

/// The constants of R20 for scale `s`, largest difference `d` and `n` values, in the order that the rule states.
fn constants(s: f64, d: u32, n: usize) -> Softmax {
    let kappa = (s * std::f64::consts::LOG2_E) * 256.0;
    let multiplier = |sh: u32| (kappa * f64::from(1_u32 << sh) + 0.5).floor();
    let fits = |&sh: &u32| {
        multiplier(sh) * f64::from(d) + f64::from((1_u32 << sh) / 2) < f64::from(1_u32 << 31)
    };
    let sh = (0..=24).rev().find(fits).expect("a shift");
    let guard = (0..=8).rev().find(|g| (n as u64) << (15 + g) < 1 << 32);
    Softmax {
        multiplier: multiplier(sh) as u32,
        shift: sh as u8,
        guard: guard.expect("guard bits"),
    }
}

/// R20 in u64 and i64, with E from its formula.
fn plain<I: Into<i64> + Copy>(layer: &Softmax, input: &[I]) -> Vec<u64> {
    let largest = input.iter().map(|&q| q.into()).max().unwrap();
    let e: Vec<u64> = input
        .iter()
        .map(|&q| {
            let t = ((largest - q.into()) * i64::from(layer.multiplier)
                + (1_i64 << layer.shift) / 2)
                >> layer.shift;
            (power(t % 256) << layer.guard) >> (t >> 8).min(31)
        })
        .collect();
    let sum: u64 = e.iter().sum();
    assert!(sum < 1 << 32, "an obligation of R20");
    let r = (1_u64 << 31) / (sum >> layer.guard);
    e.iter().map(|e| (e >> layer.guard) * r).collect()
}

fn power(f: i64) -> u64 {
    (32768.0 * (-f as f64 / 256.0).exp2() + 0.5).floor() as u64
}

fn wide(p: u64) -> i16 {
    ((p + (1 << 15)) >> 16).min(32767) as i16
}

fn code(p: u64) -> u8 {
    ((p + (1 << 22)) >> 23).min(255) as u8
}

/// E is committed as data (R29); no entry is near enough to a half for a libm to decide.
#[test]
fn powers_of_two() {
    for (f, &e) in POWERS.iter().enumerate() {
        assert_eq!(u64::from(e), power(f as i64), "f = {f}");
        let fraction = (32768.0 * (-(f as f64) / 256.0).exp2()).fract();
        assert!((fraction - 0.5).abs() > 1e-4, "f = {f}");
    }
    assert_eq!(POWERS[..4], [32768, 32679, 32591, 32503]);
    assert_eq!(POWERS[255], 16428);
}

/// R20's example: q = (1000, 2000, 500), s = 2^-10.
#[test]
fn worked_example() {
    let layer = Softmax {
        multiplier: 23637,
        shift: 16,
        guard: 8,
    };
    assert_eq!(constants(1.0 / 1024.0, 65535, 3), layer);
    let input = [1000_i16, 2000, 500];
    assert_eq!(
        input.map(|q| summand(&layer, 2000, q.into())),
        [3_156_352, 8_388_608, 1_938_752]
    );
    let (mut codes, mut values) = ([0_u8; 3], [0_i16; 3]);
    softmax(&layer, &input, &mut codes);
    softmax(&layer, &input, &mut values);
    assert_eq!(codes, [60, 159, 37]);
    assert_eq!(values, [7670, 20386, 4711]);
}

#[test]
fn one_value_is_certain() {
    let layer = constants(0.01, 65535, 1);
    let (mut codes, mut values) = ([0_u8; 1], [0_i16; 1]);
    softmax(&layer, &[-32768_i16], &mut codes);
    softmax(&layer, &[-32768_i16], &mut values);
    assert_eq!((codes, values), ([255], [32767]));
}

#[test]
fn the_widest_difference() {
    for s in [1e-6, 1e-3, 1.0] {
        let layer = constants(s, 65535, 2);
        let input = [i16::MIN, i16::MAX];
        let mut output = [0_i16; 2];
        softmax(&layer, &input, &mut output);
        let expected = plain(&layer, &input);
        assert_eq!(output.as_slice(), [wide(expected[0]), wide(expected[1])]);
    }
}

#[test]
fn wrong_lengths_and_constants() {
    let layer = constants(0.01, 255, 4);
    let mut output = [7_u8; 3];
    softmax::<u8, u8>(&layer, &[], &mut output);
    assert_eq!(output, [7; 3]);
    softmax(&layer, &[1_u8, 1, 1, 1], &mut output);
    assert_eq!(output, [64; 3]);
    let hostile = Softmax {
        multiplier: u32::MAX,
        shift: 255,
        guard: 255,
    };
    softmax(&hostile, &[0_i16, i16::MIN, i16::MAX], &mut output);
}

fn check<I>(s: f64, input: &[I], d: u32) -> Result<(), TestCaseError>
where
    I: Input + Into<i64>,
{
    let layer = constants(s, d, input.len());
    let expected = plain(&layer, input);
    let mut codes = vec![0_u8; input.len()];
    softmax(&layer, input, &mut codes);
    prop_assert_eq!(codes, expected.iter().map(|&p| code(p)).collect::<Vec<_>>());
    let mut values = vec![0_i16; input.len()];
    softmax(&layer, input, &mut values);
    prop_assert_eq!(
        values,
        expected.iter().map(|&p| wide(p)).collect::<Vec<_>>()
    );
    // And R20 itself is a softmax: within 0.6/256 of the real one.
    let exp = |&q: &I| (Into::<i64>::into(q) as f64 * s).exp();
    let sum: f64 = input.iter().map(exp).sum();
    if sum.is_finite() && sum > 0.0 {
        for (q, p) in input.iter().zip(expected) {
            prop_assert!((exp(q) / sum - p as f64 / (1_u64 << 31) as f64).abs() < 0.6 / 256.0);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn wide_inputs(
        s in 1e-6_f64..0.01,
        input in prop::collection::vec(any::<i16>(), 1..100),
    ) {
        check(s, &input, 65535)?;
    }

    #[test]
    fn code_inputs(
        s in 1e-4_f64..0.3,
        input in prop::collection::vec(any::<u8>(), 1..100),
    ) {
        check(s, &input, 255)?;
    }
}
