//! Integer constants of dense layers (R3, R4, R8, R9, R12). Temporary: the compiler's own take their place.

use crate::architecture::Architecture;
use crate::dense::Folded;
use crate::network::Observed;

/// A dense layer in integers: `clamp(mulh(acc·2^P + B, m) >> S, low, high)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Constants {
    pub(crate) inputs: usize,
    /// `[inputs, outputs]`
    pub(crate) trits: Vec<i8>,
    pub(crate) bias: Vec<i32>,
    pub(crate) multiplier: Vec<i32>,
    pub(crate) pre_shift: u32,
    pub(crate) shift: u32,
    pub(crate) low: i32,
    pub(crate) high: i32,
}

fn rnd(x: f64) -> f64 {
    (x + 0.5).floor()
}

pub(crate) fn input_codes(architecture: &Architecture, values: &[f32]) -> Vec<i32> {
    let s = f64::from(architecture.input.range.1) / 255.0;
    let k = (256.0 / s) as f32;
    values
        .iter()
        .map(|x| (((x * k) as i32 + 128) >> 8).clamp(0, 255))
        .collect()
}

pub(crate) fn constants(
    architecture: &Architecture,
    folded: Vec<Folded>,
    observed: &Observed,
) -> Vec<Constants> {
    let count = folded.len();
    let mut s_x = f64::from(architecture.input.range.1) / 255.0;
    let mut result = Vec::new();
    for (index, (folded, range)) in folded.into_iter().zip(&observed.ranges).enumerate() {
        let outputs = folded.scale.len();
        let inputs = folded.trits.len() / outputs;
        let last = index + 1 == count;
        let (s_y, low, high) = if last {
            let largest = f64::from(range.low).abs().max(f64::from(range.high).abs());
            (2.0 * largest / 32767.0, -32768.0, 32767.0)
        } else {
            (range.observed(observed.samples).scale, 0.0, 255.0)
        };
        let mut trits = folded.trits;
        let mut rows = Vec::new();
        for c in 0..outputs {
            let column = || trits.iter().skip(c).step_by(outputs);
            let pos = column().filter(|t| **t > 0).count() as f64;
            let neg = column().filter(|t| **t < 0).count() as f64;
            let (lo, hi) = (-255.0 * neg, 255.0 * pos);
            let m = (f64::from(folded.scale[c]) * s_x) / s_y;
            let d = f64::from(folded.bias[c]) / s_y;
            let (v_lo, v_hi) = (m * lo + d, m * hi + d);
            let constant = if v_hi < low - 0.5 {
                Some(low)
            } else if v_lo >= high + 0.5 {
                Some(high)
            } else if hi == lo
                || m * (hi - lo) < 0.25
                || f64::from(folded.scale[c]) < 2f64.powi(-126)
            {
                Some(rnd(m * ((lo + hi) / 2.0) + d).clamp(low, high))
            } else {
                None
            };
            rows.push((m, d, lo, hi, constant));
        }
        let m_max = rows
            .iter()
            .filter(|r| r.4.is_none())
            .map(|r| r.0)
            .fold(0.0, f64::max);
        let m_max = if m_max == 0.0 { 1.0 } else { m_max };
        for (c, row) in rows.iter_mut().enumerate() {
            if let Some(value) = row.4 {
                *row = (m_max, value, 0.0, 0.0, Some(value));
                for trit in trits.iter_mut().skip(c).step_by(outputs) {
                    *trit = 0;
                }
            }
        }
        let b = |row: &(f64, f64, f64, f64, Option<f64>), p: i32| {
            rnd(((row.1 + 0.5) / row.0) * 2f64.powi(p))
        };
        let p = (0..=16).rev().find(|p| {
            rows.iter().all(|r| {
                let b = b(r, *p);
                r.2 * 2f64.powi(*p) + b >= -(2f64.powi(31))
                    && r.3 * 2f64.powi(*p) + b <= 2f64.powi(31) - 1.0
            })
        });
        let p = p.expect("sum fits");
        let s = (0..=31)
            .rev()
            .find(|s| rnd(m_max * 2f64.powi(32 + s - p)) <= 2f64.powi(31) - 1.0)
            .expect("scale fits");
        result.push(Constants {
            inputs,
            trits,
            bias: rows.iter().map(|r| b(r, p) as i32).collect(),
            multiplier: rows
                .iter()
                .map(|r| rnd(r.0 * 2f64.powi(32 + s - p)) as i32)
                .collect(),
            pre_shift: p as u32,
            shift: s as u32,
            low: low as i32,
            high: high as i32,
        });
        s_x = s_y;
    }
    result
}

/// One sample through all layers, in `i64`: the activations of each.
pub(crate) fn run(layers: &[Constants], codes: Vec<i32>) -> Vec<Vec<i32>> {
    let mut values = vec![codes];
    for layer in layers {
        let input = values.last().expect("the input is there");
        assert_eq!(input.len(), layer.inputs);
        let outputs = layer.bias.len();
        let output = (0..outputs).map(|c| {
            let acc: i64 = layer
                .trits
                .iter()
                .skip(c)
                .step_by(outputs)
                .zip(input)
                .map(|(w, x)| i64::from(*w) * i64::from(*x))
                .sum();
            let t = (acc << layer.pre_shift) + i64::from(layer.bias[c]);
            assert_eq!(t, i64::from(t as i32));
            let y = (t * i64::from(layer.multiplier[c])) >> (32 + layer.shift);
            y.clamp(i64::from(layer.low), i64::from(layer.high)) as i32
        });
        let output = output.collect();
        values.push(output);
    }
    values.remove(0);
    values
}

/// Temp.
pub fn integer_classes(network: &crate::Network, data: &crate::Dataset) -> Vec<usize> {
    let layers = constants(network.architecture(), network.fold(), network.observed());
    data.samples()
        .map(|s| {
            let out = run(&layers, input_codes(network.architecture(), s))
                .pop()
                .expect("layers");
            let mut best = 0;
            for (i, v) in out.iter().enumerate() {
                if *v > out[best] {
                    best = i
                }
            }
            best
        })
        .collect()
}
