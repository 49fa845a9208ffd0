//! R20, step by step.

use super::depth;
use crate::network::{Element, Softmax};

/// rnd(32768·2^(−f/256)), computed here so that the runtime's committed table is checked against it.
fn exponential(f: i64) -> u64 {
    (32768.0 * (-(f as f64) / 256.0).exp2() + 0.5).floor() as u64
}

/// e_i of every value.
///
/// # Panics
/// If an obligation of R20 does not hold.
pub fn numerators(softmax: &Softmax, from: Element, q: &[i32]) -> Vec<u64> {
    let half = (1_i64 << softmax.shift) / 2;
    let largest = i64::from(q.iter().copied().max().unwrap_or(0));
    q.iter()
        .map(|&q_i| {
            let difference = largest - i64::from(q_i);
            assert!(difference <= depth(from), "R20: a difference beyond D");
            let product = difference * i64::from(softmax.multiplier) + half;
            assert!(product < 1 << 31, "R20: a product beyond 2^31");
            let t = product >> softmax.shift;
            (exponential(t % 256) << softmax.guard) >> (t >> 8).min(31)
        })
        .collect()
}

pub(super) fn run(softmax: &Softmax, from: Element, to: Element, q: &[i32]) -> Vec<i32> {
    let e = numerators(softmax, from, q);
    let sum: u64 = e.iter().sum();
    assert!(
        sum < 1 << 32 && sum >> softmax.guard >= 1 << 15,
        "R20: a sum out of bounds"
    );
    let r = (1_u64 << 31) / (sum >> softmax.guard);
    e.iter()
        .map(|e_i| {
            let p = (e_i >> softmax.guard) * r;
            assert!(p <= 1 << 31, "R20: a probability above 1");
            let y = match to {
                Element::U16 => panic!("a softmax yields wide codes"),
                Element::F32 => panic!("a softmax of codes yields floats"),
                Element::U8 => ((p + (1 << 22)) >> 23).min(255),
                Element::I16 => ((p + (1 << 15)) >> 16).min(32767),
            };
            y as i32
        })
        .collect()
}
