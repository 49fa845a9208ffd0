//! Elementary functions of `f32`, without libm: the same on every chip that rounds as IEEE 754 says, soft float too.
//!
//! | function | error, of the value | |
//! |---|---|---|
//! | [`exp`] | 1.2 · 10⁻⁷ | denormal results: the last place |
//! | [`expm1`] | 1.5 · 10⁻⁷ | |
//! | [`log1p`] | 1.3 · 10⁻⁷ | from 0 up; not below |
//! | [`sigmoid`] | 2.5 · 10⁻⁷ | |
//! | [`tanh`] | 2.5 · 10⁻⁷ | |
//! | [`erf`] | 2 · 10⁻⁷ | |
//! | [`erfc`] | 5 · 10⁻⁷ + 1.3 · 10⁻⁷ · x² | |
//!
//! The tests hold these to `f64` on every 997th `f32` (every 61st if thorough). NaN gives NaN; infinities give the
//! limits.

/// 1 / ln 2.
const LOG2_E: f32 = core::f32::consts::LOG2_E;
/// ln 2, the upper part: nine bits, so that its product with a small integer is exact.
const LN_2_HIGH: f32 = 355.0 / 512.0;
/// ln 2, the rest.
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// eˣ.
pub fn exp(x: f32) -> f32 {
    if x > 89.0 {
        return f32::INFINITY;
    }
    if x < -104.0 {
        return 0.0;
    }
    let (power, rest) = reduced(x);
    scaled(1.0 + expm1_of_small(rest), power)
}

/// eˣ − 1, as exact near 0 as elsewhere.
pub fn expm1(x: f32) -> f32 {
    if x > 89.0 {
        return f32::INFINITY;
    }
    if x < -18.0 {
        return -1.0;
    }
    let (power, rest) = reduced(x);
    let small = expm1_of_small(rest);
    if power == 0 {
        return small;
    }
    if power > 30 {
        return scaled(1.0 + small, power);
    }
    let factor = two_to(power);
    factor * small + (factor - 1.0)
}

/// ln(1 + x) for x ≥ 0.
pub fn log1p(x: f32) -> f32 {
    let sum = 1.0 + x;
    if sum == f32::INFINITY {
        return sum;
    }
    // Of the powers of two that which leaves a factor from √½ to √2.
    const ROOT_HALF: u32 = 0x3f35_04f3;
    const ONE: u32 = 0x3f80_0000;
    let shifted = sum.to_bits().wrapping_add(ONE.wrapping_sub(ROOT_HALF));
    let power = (shifted >> 23) as i32 - 127;
    let factor = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(ROOT_HALF));
    // What the sum lost: ln(1 + x) = ln(sum) + lost / sum, near enough.
    let lost = if power >= 2 {
        1.0 - (sum - x)
    } else {
        x - (sum - 1.0)
    };
    let (f, correction) = if power == 0 {
        (x, 0.0)
    } else {
        (factor - 1.0, lost / sum)
    };
    // ln(1 + f) = 2·artanh(s), s = f / (2 + f): |s| < 0.172, so that what is left out is below 4 · 10⁻⁹.
    let s = f / (2.0 + f);
    let z = s * s;
    let series = z * (2.0 / 3.0 + z * (2.0 / 5.0 + z * (2.0 / 7.0 + z * (2.0 / 9.0))));
    let half = 0.5 * f * f;
    let steps = power as f32;
    // 2s + s·series = f − (half − s·(half + series)).
    let low = s * (half + series) + (steps * LN_2_LOW + correction);
    steps * LN_2_HIGH + (f - (half - low))
}

/// 1 / (1 + e⁻ˣ).
pub fn sigmoid(x: f32) -> f32 {
    let e = exp(-magnitude(x));
    let larger = 1.0 / (1.0 + e);
    if x < 0.0 { e * larger } else { larger }
}

/// The hyperbolic tangent.
pub fn tanh(x: f32) -> f32 {
    let x_magnitude = magnitude(x);
    // Beyond that it is 1 to the last place.
    let value = if x_magnitude > 9.1 {
        1.0
    } else {
        let e = expm1(2.0 * x_magnitude);
        e / (e + 2.0)
    };
    with_sign(value, x)
}

/// Where the series of the error function gives way to its tail.
const ERF_TAIL: f32 = 0.875;

/// The error function.
pub fn erf(x: f32) -> f32 {
    let x_magnitude = magnitude(x);
    if x_magnitude < ERF_TAIL {
        return erf_of_small(x);
    }
    // Beyond that it is 1 to the last place; a NaN goes on.
    let tail = if x_magnitude > 4.0 {
        0.0
    } else {
        erfc_of_large(x_magnitude)
    };
    with_sign(1.0 - tail, x)
}

/// 1 − erf(x), as exact where it is small.
pub fn erfc(x: f32) -> f32 {
    let x_magnitude = magnitude(x);
    if x_magnitude < ERF_TAIL {
        return 1.0 - erf_of_small(x);
    }
    let tail = if x_magnitude > 10.2 {
        0.0
    } else {
        erfc_of_large(x_magnitude)
    };
    if x < 0.0 { 2.0 - tail } else { tail }
}

/// 2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n!·(2n + 1)), up to n = 9: what is left out is below 10⁻⁹.
fn erf_of_small(x: f32) -> f32 {
    const SERIES: [f32; 10] = [
        core::f32::consts::FRAC_2_SQRT_PI,
        -0.376_126_4,
        0.112_837_92,
        -0.026_866_17,
        0.005_223_978,
        -8.548_327e-4,
        1.205_533e-4,
        -1.492_565e-5,
        1.646_211_4e-6,
        -1.636_584_5e-7,
    ];
    x * polynomial(&SERIES, x * x)
}

/// e^(−x²) · p(1 / (1 + x/2)), p being interpolated at Chebyshev's nodes between 0.875 and 9.3.
fn erfc_of_large(x: f32) -> f32 {
    const TAIL: [f32; 9] = [
        -1.230_243_9e-5,
        0.282_393_04,
        0.279_052_85,
        0.263_704_72,
        0.121_986_35,
        0.180_569_23,
        -0.070_319_88,
        -0.117_740_24,
        0.060_623_64,
    ];
    exp(-x * x) * polynomial(&TAIL, 1.0 / (1.0 + 0.5 * x))
}

#[inline(always)]
fn polynomial<const N: usize>(coefficients: &[f32; N], x: f32) -> f32 {
    let mut sum = 0.0;
    for &coefficient in coefficients.iter().rev() {
        sum = sum * x + coefficient;
    }
    sum
}

/// n and r with x = n·ln 2 + r, |r| ≤ ½·ln 2.
fn reduced(x: f32) -> (i32, f32) {
    let half = if x < 0.0 { -0.5 } else { 0.5 };
    let power = (x * LOG2_E + half) as i32;
    let steps = power as f32;
    (power, (x - steps * LN_2_HIGH) - steps * LN_2_LOW)
}

/// eʳ − 1 for |r| ≤ ½·ln 2, by Taylor's polynomial of degree 7: what is left out is below 6 · 10⁻⁹.
fn expm1_of_small(r: f32) -> f32 {
    const SERIES: [f32; 6] = [
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5040.0,
    ];
    r + r * r * polynomial(&SERIES, r)
}

/// x·2ⁿ for −152 ≤ n ≤ 130: in two steps, each of which is a power that an `f32` has.
fn scaled(x: f32, power: i32) -> f32 {
    let half = power >> 1;
    x * two_to(half) * two_to(power - half)
}

/// 2ⁿ for −127 < n < 128.
fn two_to(power: i32) -> f32 {
    f32::from_bits((power.wrapping_add(127) as u32) << 23)
}

#[inline(always)]
pub(super) fn magnitude(x: f32) -> f32 {
    f32::from_bits(x.to_bits() & 0x7fff_ffff)
}

/// A value from 0 up with the sign of `of`.
#[inline(always)]
pub(super) fn with_sign(value: f32, of: f32) -> f32 {
    f32::from_bits(value.to_bits() | (of.to_bits() & 0x8000_0000))
}

#[cfg(test)]
mod tests;
