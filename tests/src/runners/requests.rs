//! Kernels that are asked in words: the same request goes to the Rust kernels (`host.rs`) and to the C
//! kernels (`c/answer.c`).
//!
//! A request is a number that names the function, then its record, then the lengths and the elements of
//! its slices, one element a word; floats are their bits. The answer is the elements that were written.

use super::implementation::{Answer, Implementation, Requantize};
use crate::encode;
use crate::spec::{Dense, Element, Op, Softmax};

/// Someone who answers requests.
pub trait Answerer {
    /// The words that the function wrote.
    fn answer(&mut self, request: &[u32]) -> Vec<u32>;
}

/// The Rust kernels, in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here;

impl Answerer for Here {
    fn answer(&mut self, request: &[u32]) -> Vec<u32> {
        super::host::answer(request)
    }
}

/// The Rust kernels.
#[must_use]
pub fn host() -> Kernels<Here> {
    Kernels {
        name: "Rust".to_owned(),
        answerer: Here,
        has_requantize: false,
    }
}

/// Kernels by requests.
#[derive(Debug)]
pub struct Kernels<A> {
    /// For messages.
    pub name: String,
    /// Who answers.
    pub answerer: A,
    /// Whether R7 can be asked for on its own; Rust's kernels keep it to themselves.
    pub has_requantize: bool,
}

impl<A: Answerer> Kernels<A> {
    fn integers(&mut self, request: &[u32]) -> Vec<i32> {
        let answer = self.answerer.answer(request);
        answer.into_iter().map(u32::cast_signed).collect()
    }
}

impl<A: Answerer> Implementation for Kernels<A> {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&mut self, op: &Op, input: &[i32]) -> Vec<Answer> {
        requests(op, input)
            .into_iter()
            .map(|(way, request)| Answer {
                way,
                output: self.integers(&request),
            })
            .collect()
    }

    fn codes(&mut self, channels: &[(f32, i32)], input: &[f32]) -> Vec<i32> {
        let mut request = vec![6, word(channels.len())];
        for (factor, offset) in channels {
            request.extend([factor.to_bits(), offset.cast_unsigned()]);
        }
        request.push(word(input.len()));
        request.extend(input.iter().map(|x| x.to_bits()));
        self.integers(&request)
    }

    fn reals(&mut self, element: Element, scale: f64, zero_point: i32, codes: &[i32]) -> Vec<f32> {
        // The record holds the scale as `f32`: the compiler's rounding, which `R5` has as `factor`.
        let scale = scale as f32;
        let mut request = vec![
            7,
            number(element),
            scale.to_bits(),
            zero_point.cast_unsigned(),
        ];
        list(&mut request, codes);
        let answer = self.answerer.answer(&request);
        answer.into_iter().map(f32::from_bits).collect()
    }

    fn class(&mut self, element: Element, scores: &[i32]) -> usize {
        let mut request = vec![8, number(element)];
        list(&mut request, scores);
        self.answerer.answer(&request)[0] as usize
    }

    fn exponentials(&mut self) -> Vec<i32> {
        self.integers(&[9])
    }

    fn requantize(&mut self, constants: &Requantize, accumulators: &[i64]) -> Option<Vec<i32>> {
        if !self.has_requantize {
            return None;
        }
        let Requantize {
            pre_shift,
            shift,
            low,
            high,
            bias,
            multiplier,
        } = *constants;
        let mut request = vec![10, pre_shift.into(), shift.into()];
        request.extend([low.into(), high.into(), bias, multiplier].map(i32::cast_unsigned));
        // Kernels know a sum modulo 2^32.
        let sums: Vec<i32> = accumulators.iter().map(|&sum| sum as i32).collect();
        list(&mut request, &sums);
        Some(self.integers(&request))
    }
}

/// An op as requests, one for each way to compute it.
fn requests(op: &Op, input: &[i32]) -> Vec<(&'static str, Vec<u32>)> {
    match op {
        Op::Dense(op) => {
            let trits = trits(op);
            let by_core = |encode: fn(&[i8], usize, usize) -> Vec<u8>| -> Vec<u32> {
                let bytes = encode(&trits, op.inputs, op.outputs);
                let words = bytes.as_chunks().0.iter();
                words.map(|&word| u32::from_le_bytes(word)).collect()
            };
            let scratch = Some(encode::tables_scratch(op));
            let core_digits = by_core(bitneural_core::plan::encode::digits);
            let core_tables = by_core(bitneural_core::plan::encode::tables);
            vec![
                ("digits", dense(1, op, &encode::digits(op), None, input)),
                (
                    "digits as core encodes them",
                    dense(1, op, &core_digits, None, input),
                ),
                ("tables", dense(2, op, &encode::tables(op), scratch, input)),
                (
                    "tables as core encodes them",
                    dense(2, op, &core_tables, scratch, input),
                ),
            ]
        }
        Op::Table(entries) => {
            let request = |kernel: u32| {
                let mut request = vec![kernel];
                request.extend(entries.iter().map(|&entry| u32::from(entry)));
                list(&mut request, input);
                request
            };
            vec![("table", request(3)), ("table in place", request(4))]
        }
        Op::Softmax(op) => vec![("", softmax(op, input))],
    }
}

fn dense(
    kernel: u32,
    op: &Dense,
    weights: &[u32],
    scratch: Option<usize>,
    input: &[i32],
) -> Vec<u32> {
    let mut request = vec![
        kernel,
        number(op.element),
        word(op.inputs),
        word(op.outputs),
    ];
    request.extend([op.pre_shift, op.shift].map(u32::from));
    request.extend([op.low, op.high].map(|bound| i32::from(bound).cast_unsigned()));
    for (bias, multiplier) in op.bias.iter().zip(&op.multiplier) {
        request.extend([bias.cast_unsigned(), multiplier.cast_unsigned()]);
    }
    request.push(word(weights.len()));
    request.extend(weights);
    request.extend(scratch.map(word));
    list(&mut request, input);
    request
}

fn softmax(op: &Softmax, input: &[i32]) -> Vec<u32> {
    let elements = [op.input_element, op.element].map(number);
    let mut request = vec![5, elements[0], elements[1], op.multiplier];
    request.extend([op.shift, op.guard].map(u32::from));
    list(&mut request, input);
    request
}

/// The trits of an op, as core has them.
#[must_use]
pub fn trits(op: &Dense) -> Vec<i8> {
    let pairs = (0..op.outputs).flat_map(|output| (0..op.inputs).map(move |input| (output, input)));
    pairs
        .map(|(output, input)| op.trit(output, input).expect("a trit for each weight"))
        .collect()
}

fn list(request: &mut Vec<u32>, values: &[i32]) {
    request.push(word(values.len()));
    request.extend(values.iter().map(|value| value.cast_unsigned()));
}

fn number(element: Element) -> u32 {
    u32::from(element == Element::I16)
}

fn word(count: usize) -> u32 {
    u32::try_from(count).expect("cases are small")
}
