//! R30 and R32: how weights become trits, and what a batch norm does to their scale.

use bitneural_core::error::ErrorKind;
use bitneural_core::quantize::bounds::of_trits;
use bitneural_core::quantize::requant::{RealChannel, Shared, constants};
use bitneural_core::shape::Shape;
use bitneural_core::source::{Dtype, Tensor};
use bitneural_core::ternarize::{Granularity, Order, Quantizer, ternarize};
use serde::Deserialize;

use super::Session;
use super::formats::{DENSE_OP_SCALE, dense_op};
use crate::spec::raw::Raw;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    quantizer: String,
    granularity: String,
    layout: String,
    outputs: usize,
    inputs: usize,
    weights: Vec<f64>,
    exact: Option<bool>,
    trits: Option<Vec<String>>,
    scales: Option<Vec<f64>>,
    scale_bits: Option<Vec<u64>>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Composed {
    weight_scale: f64,
    layer_bias: f64,
    batch_norm: Option<BatchNorm>,
    a: f64,
    b: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct BatchNorm {
    gamma: f64,
    beta: f64,
    mean: f64,
    variance: f64,
    epsilon: f64,
}

impl Session {
    pub(super) fn ternarize(&mut self, case: &Raw) {
        let given: Weights = case.read();
        // Decimals of the file are `f32`s.
        let weights: Vec<f32> = given.weights.iter().map(|&w| w as f32).collect();
        assert_eq!(weights.len(), given.outputs * given.inputs, "{}", case.name);
        let bytes: Vec<u8> = weights.iter().flat_map(|w| w.to_le_bytes()).collect();
        let tensor = Tensor {
            dtype: Dtype::F32,
            shape: Shape(vec![given.outputs, given.inputs]),
            bytes: &bytes,
        };
        // Weights that are not finite do not get past the reading of their tensor.
        let read = match (tensor.to_f32(), &given.error) {
            (Ok(read), None) => read,
            (read, expected) => {
                let found = read.err().map(refusal);
                self.compiler(case, "error", &[expected], &[&found]);
                return;
            }
        };
        let order = match given.layout.as_str() {
            "torch" => Order::OutputsFirst,
            "keras" => Order::InputsFirst,
            other => panic!("{}: no layout {other}", case.name),
        };
        let quantizer = word(case, &Quantizer::WORDS, &given.quantizer);
        let granularity = word(case, &Granularity::WORDS, &given.granularity);
        let found = ternarize(&read, given.outputs, order, quantizer, granularity);
        let text = |row: &[i8]| -> String {
            let trits = row.iter().map(|trit| match trit {
                -1 => '-',
                0 => '0',
                1 => '+',
                other => panic!("{other} is no trit"),
            });
            trits.collect()
        };
        let rows: Vec<String> = found.trits.chunks(given.inputs).map(text).collect();
        let bits = |scales: &[f64]| {
            scales
                .iter()
                .map(|scale| scale.to_bits())
                .collect::<Vec<_>>()
        };
        self.compiler(case, "trits", &given.trits.expect("a result"), &rows);
        let scale_bits = given.scale_bits.expect("a result");
        assert_eq!(
            bits(&given.scales.expect("a result")),
            scale_bits,
            "{}",
            case.name
        );
        self.compiler(case, "scales", &scale_bits, &bits(&found.scales));
        // An exactly ternary tensor comes out as it went in, by whichever quantizer.
        let again = |quantizer| ternarize(&read, given.outputs, order, quantizer, granularity);
        if given.exact.expect("a result") {
            let same = Quantizer::WORDS.map(|(_, quantizer)| again(quantizer) == found);
            self.compiler(case, "exact", &[true; 4], &same);
        }
    }

    pub(super) fn compose(&mut self, case: &Raw) {
        let given: Composed = case.read();
        if given.batch_norm.is_some() {
            self.tally
                .excuse(&case.name, "the compiler has no batch norm yet");
            return;
        }
        let shared = Shared {
            input_scale: 1.0,
            input_zero_point: 0,
            output_scale: DENSE_OP_SCALE,
            output_zero_point: 0,
            low: -32768,
            high: 32767,
        };
        let channel = RealChannel {
            scale: given.a,
            bias: given.b,
            bounds: of_trits(&[1]),
        };
        let expected = constants(&shared, &[channel]).expect("constants").requant;
        let found = dense_op(&[1], given.weight_scale, given.layer_bias).requant;
        self.compiler(case, "constants of a and b", &[expected], &[found]);
    }
}

fn word<T: Copy>(case: &Raw, words: &[(&str, T)], wanted: &str) -> T {
    let found = words.iter().find(|(word, _)| *word == wanted);
    found
        .unwrap_or_else(|| panic!("{}: no {wanted}", case.name))
        .1
}

/// The words of R30 for its refusal.
fn refusal(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::NotFinite { index, .. } => format!("weight {index} is not finite"),
        other => other.to_string(),
    }
}
