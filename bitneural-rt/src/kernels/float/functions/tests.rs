//! The stated errors, on `f32`s of every size.

use super::*;

/// Bit patterns from one that is looked at to the next: a prime, so that every exponent meets all kinds of mantissas.
const STRIDE: usize = 997;
/// Where there is more time; every `f32` would take half an hour.
const FINE_STRIDE: usize = 61;

/// A function with what it should be in `f64`, and the error that is stated for a value.
struct Case {
    name: &'static str,
    found: fn(f32) -> f32,
    expected: fn(f64) -> f64,
    /// From the argument and the expected value.
    bound: fn(f64, f64) -> f64,
    from: f32,
}

const CASES: [Case; 7] = [
    Case {
        name: "exp",
        found: exp,
        expected: f64::exp,
        bound: |_, y| 1.2e-7 * y,
        from: f32::NEG_INFINITY,
    },
    Case {
        name: "expm1",
        found: expm1,
        expected: f64::exp_m1,
        bound: |_, y| 1.5e-7 * y,
        from: f32::NEG_INFINITY,
    },
    Case {
        name: "log1p",
        found: log1p,
        expected: f64::ln_1p,
        bound: |_, y| 1.3e-7 * y,
        from: 0.0,
    },
    Case {
        name: "sigmoid",
        found: sigmoid,
        expected: |x| 1.0 / (1.0 + (-x).exp()),
        bound: |_, y| 2.5e-7 * y,
        from: f32::NEG_INFINITY,
    },
    Case {
        name: "tanh",
        found: tanh,
        expected: f64::tanh,
        bound: |_, y| 2.5e-7 * y,
        from: f32::NEG_INFINITY,
    },
    Case {
        name: "erf",
        found: erf,
        expected: error_function,
        bound: |_, y| 2e-7 * y,
        from: f32::NEG_INFINITY,
    },
    Case {
        name: "erfc",
        found: erfc,
        expected: complement,
        bound: |x, y| (5e-7 + 1.3e-7 * x * x) * y,
        from: f32::NEG_INFINITY,
    },
];

/// erf in `f64`: the series 2/√π·e^(−x²)·Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!.
fn error_function(x: f64) -> f64 {
    if x.abs() > 2.5 {
        return 1.0 - complement(x);
    }
    let (mut term, mut sum, mut n) = (x, x, 1.0);
    while term.abs() > 1e-18 * sum.abs() {
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
        n += 1.0;
    }
    core::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

/// erfc in `f64`: by Laplace's continued fraction where erf is near 1.
fn complement(x: f64) -> f64 {
    if x < -2.5 {
        return 2.0 - complement(-x);
    }
    if x < 2.5 {
        return 1.0 - error_function(x);
    }
    let fraction = (1..=60)
        .rev()
        .fold(0.0, |rest, n| f64::from(n) / 2.0 / (x + rest));
    (-x * x).exp() * core::f64::consts::FRAC_2_SQRT_PI / 2.0 / (x + fraction)
}

/// Checks every `stride`th `f32`; the largest error of a value as a part of what is stated.
fn check(case: &Case, stride: usize) -> f64 {
    let mut worst = 0.0_f64;
    for bits in (0..=u32::MAX).step_by(stride) {
        let x = f32::from_bits(bits);
        if x.is_nan() || x < case.from {
            continue;
        }
        let (found, expected) = ((case.found)(x), (case.expected)(x.into()));
        // What rounds to an infinity, and what underflows, has no relative error.
        if expected.abs() > f64::from(f32::MAX) {
            assert!(found.abs() >= f32::MAX, "{}({x:e}) = {found:e}", case.name);
            continue;
        }
        let bound = (case.bound)(x.into(), expected.abs())
            + 1.5e-45 * f64::from(u8::from(expected.abs() < 1e-37));
        let error = (f64::from(found) - expected).abs();
        assert!(
            error <= bound,
            "{}({x:e}) = {found:e}, not {expected:e}: {:e} of it",
            case.name,
            error / expected
        );
        if bound > 0.0 {
            worst = worst.max(error / bound);
        }
    }
    worst
}

#[test]
fn errors_are_as_stated() {
    for case in &CASES {
        let worst = check(case, STRIDE);
        // What is stated is not far from what is.
        assert!(worst > 0.5, "{}: {worst}", case.name);
    }
}

#[test]
#[ignore = "half a minute, optimized: the part `functions` of `cargo xtask test --thorough`"]
fn errors_are_as_stated_in_more_places() {
    for case in &CASES {
        let worst = check(case, FINE_STRIDE);
        std::println!("{}: {worst:.3} of what is stated", case.name);
    }
}

#[test]
fn the_ends() {
    for case in &CASES {
        assert!((case.found)(f32::NAN).is_nan(), "{}", case.name);
    }
    let infinity = f32::INFINITY;
    assert_eq!([exp(infinity), exp(-infinity)], [infinity, 0.0]);
    assert_eq!([expm1(infinity), expm1(-infinity)], [infinity, -1.0]);
    assert_eq!(log1p(infinity), infinity);
    assert_eq!([sigmoid(infinity), sigmoid(-infinity)], [1.0, 0.0]);
    assert_eq!([tanh(infinity), tanh(-infinity)], [1.0, -1.0]);
    assert_eq!([erf(infinity), erf(-infinity)], [1.0, -1.0]);
    assert_eq!([erfc(infinity), erfc(-infinity)], [0.0, 2.0]);
    assert_eq!(
        [exp(0.0), expm1(0.0), log1p(0.0), sigmoid(0.0)],
        [1.0, 0.0, 0.0, 0.5]
    );
    for odd in [tanh, erf] {
        assert_eq!(odd(-0.0).to_bits(), (-0.0_f32).to_bits());
    }
}
