//! R30 and R31: how weights become trits, or 8-bit codes.

use bitneural_core::error::ErrorKind;
use bitneural_core::shape::Shape;
use bitneural_core::source::{Dtype, Tensor};
use bitneural_core::ternarize::{Granularity, Order, Quantizer, int8, ternarize};
use serde::Deserialize;

use super::Session;
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
struct Int8 {
    layout: String,
    outputs: usize,
    inputs: usize,
    weights: Vec<f64>,
    codes: Option<Vec<Vec<i8>>>,
    scales: Option<Vec<f64>>,
    scale_bits: Option<Vec<u64>>,
    error: Option<String>,
}

impl Session {
    pub(super) fn ternarize(&mut self, case: &Raw) {
        let given: Weights = case.read();
        let read = match (
            read(case, &given.weights, given.outputs, given.inputs),
            &given.error,
        ) {
            (Ok(read), None) => read,
            (read, expected) => {
                self.compiler(case, "error", &[expected], &[&read.err()]);
                return;
            }
        };
        let order = order(case, &given.layout);
        let quantizer = word(case, &Quantizer::WORDS, &given.quantizer);
        let granularity = word(case, &Granularity::WORDS, &given.granularity);
        let found = ternarize(&read, given.outputs, order, quantizer, granularity);
        let rows: Vec<String> = found.trits.chunks(given.inputs).map(text).collect();
        self.compiler(case, "trits", &given.trits.expect("a result"), &rows);
        self.scales(case, given.scales, given.scale_bits, &found.scales);
        // An exactly ternary tensor comes out as it went in, by whichever quantizer.
        let again = |quantizer| ternarize(&read, given.outputs, order, quantizer, granularity);
        if given.exact.expect("a result") {
            let same = Quantizer::WORDS.map(|(_, quantizer)| again(quantizer) == found);
            self.compiler(case, "exact", &[true; 4], &same);
        }
    }

    pub(super) fn int8_weights(&mut self, case: &Raw) {
        let given: Int8 = case.read();
        let read = match (
            read(case, &given.weights, given.outputs, given.inputs),
            &given.error,
        ) {
            (Ok(read), None) => read,
            (read, expected) => {
                self.compiler(case, "error", &[expected], &[&read.err()]);
                return;
            }
        };
        let (codes, scales) = int8(&read, given.outputs, order(case, &given.layout));
        let rows: Vec<Vec<i8>> = codes.chunks(given.inputs).map(<[i8]>::to_vec).collect();
        self.compiler(case, "codes", &given.codes.expect("a result"), &rows);
        self.scales(case, given.scales, given.scale_bits, &scales);
    }

    fn scales(
        &mut self,
        case: &Raw,
        decimals: Option<Vec<f64>>,
        expected: Option<Vec<u64>>,
        found: &[f64],
    ) {
        let bits = |scales: &[f64]| scales.iter().map(|s| s.to_bits()).collect::<Vec<_>>();
        let expected = expected.expect("a result");
        let decimals = bits(&decimals.expect("a result"));
        assert_eq!(decimals, expected, "{}", case.name);
        self.compiler(case, "scales", &expected, &bits(found));
    }
}

/// The weights as the compiler reads them from a tensor of the file; those that are not finite do not
/// get past that. An error is in the words of R30.
fn read(case: &Raw, weights: &[f64], outputs: usize, inputs: usize) -> Result<Vec<f32>, String> {
    assert_eq!(weights.len(), outputs * inputs, "{}", case.name);
    // Decimals of the file are `f32`s.
    let bytes: Vec<u8> = weights
        .iter()
        .flat_map(|&w| (w as f32).to_le_bytes())
        .collect();
    let tensor = Tensor {
        dtype: Dtype::F32,
        shape: Shape(vec![outputs, inputs]),
        bytes: &bytes,
    };
    tensor.to_f32().map_err(refusal)
}

fn order(case: &Raw, layout: &str) -> Order {
    match layout {
        "torch" => Order::OutputsFirst,
        "keras" => Order::InputsFirst,
        other => panic!("{}: no layout {other}", case.name),
    }
}

/// Trits as a case has them.
pub(super) fn text(trits: &[i8]) -> String {
    let trits = trits.iter().map(|trit| match trit {
        -1 => '-',
        0 => '0',
        1 => '+',
        other => panic!("{other} is no trit"),
    });
    trits.collect()
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
