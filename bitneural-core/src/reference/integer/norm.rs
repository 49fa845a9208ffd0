//! R22, step by step.

use super::linear::requantize;
use crate::network::LayerNorm;

/// What R22 makes of the codes of one position, by the names of the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// S1.
    pub sum: i64,
    /// S2.
    pub squares: i64,
    /// v, lifted to at least 2^30.
    pub v: i64,
    /// j.
    pub j: u32,
    /// q.
    pub root: i64,
    /// r.
    pub reciprocal: i64,
    /// ẑ of each channel.
    pub normalized: Vec<i64>,
}

/// The steps for one position.
///
/// # Panics
/// If an obligation of R22 does not hold.
pub fn steps(norm: &LayerNorm, position: &[i32]) -> Steps {
    let codes = || position.iter().map(|&x| i64::from(x));
    let n = norm.channels as i64;
    let sum: i64 = codes().sum();
    let squares: i64 = codes().map(|x| x * x).sum();
    let mut v = (n * squares - sum * sum) * (1 << norm.lift) + i64::from(norm.epsilon);
    assert!((1..1 << 32).contains(&v), "R22: v out of its bounds");
    let mut j = 0;
    while v < 1 << 30 {
        v *= 4;
        j += 1;
    }
    let root = v.isqrt();
    let reciprocal = (1 << 31) / root;
    let most = 4096 * (n.isqrt() + 1);
    let normalized = codes().map(|x| {
        let z = ((n * x - sum) * reciprocal) >> (19 - j - norm.lift / 2);
        assert!(z.abs() <= most, "R22: a normalized value beyond its bound");
        z
    });
    Steps {
        sum,
        squares,
        v,
        j,
        root,
        reciprocal,
        normalized: normalized.collect(),
    }
}

pub(super) fn run(norm: &LayerNorm, input: &[i32]) -> Vec<i32> {
    let positions = input.chunks(norm.channels).map(|position| {
        let normalized = steps(norm, position).normalized;
        let outputs = normalized.iter().zip(&norm.signs).enumerate();
        let outputs = outputs
            .map(|(channel, (z, &sign))| requantize(i64::from(sign) * z, &norm.requant, channel));
        outputs.collect::<Vec<i32>>()
    });
    positions.flatten().collect()
}
