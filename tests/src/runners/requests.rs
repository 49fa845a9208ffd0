//! Kernels that are asked in words: the same request goes to the Rust kernels (`host.rs`) and to the C
//! kernels (`c/answer.c`).
//!
//! A request is a number that names the function, then its record, then the lengths and the elements of
//! its slices, one element a word; floats are their bits. The answer is the elements that were written.

use super::implementation::{Answer, Implementation, Negative, Requantize};
use super::records::{Call, calls};
use crate::spec::Element;
use crate::spec::op::Op;

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
    /// Whether R7 and R11 can be asked for on their own; Rust's kernels keep them to themselves.
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
        calls(op, input.len())
            .into_iter()
            .map(|call| Answer {
                way: call.way,
                output: self.integers(&request(&call, input)),
            })
            .collect()
    }

    fn codes(&mut self, element: Element, channels: &[(f32, i32)], input: &[f32]) -> Vec<i32> {
        let mut request = vec![6, number(element), word(channels.len())];
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

    fn above(&mut self, element: Element, score: i32, threshold: i32) -> usize {
        let mut request = vec![20, number(element), threshold.cast_unsigned()];
        list(&mut request, &[score]);
        self.answerer.answer(&request)[0] as usize
    }

    fn tangents(&mut self) -> Vec<i32> {
        self.integers(&[19])
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
            negative,
        } = *constants;
        let mut request = vec![10, pre_shift.into(), shift.into()];
        request.extend([low.into(), high.into(), bias, multiplier].map(i32::cast_unsigned));
        match negative {
            None => request.push(0),
            Some(Negative {
                shift,
                zero,
                bias,
                multiplier,
            }) => {
                request.extend([1, shift.into()]);
                request.extend([zero.into(), bias, multiplier].map(i32::cast_unsigned));
            }
        }
        // Kernels know a sum modulo 2^32.
        let sums: Vec<i32> = accumulators.iter().map(|&sum| sum as i32).collect();
        list(&mut request, &sums);
        Some(self.integers(&request))
    }
}

/// A call with its input.
fn request(call: &Call, input: &[i32]) -> Vec<u32> {
    let mut request = vec![call.kernel.numbers().0];
    request.extend(call.elements.iter().map(|&element| number(element)));
    request.extend(&call.record);
    list(&mut request, input);
    request
}

fn list(request: &mut Vec<u32>, values: &[i32]) {
    request.push(word(values.len()));
    request.extend(values.iter().map(|value| value.cast_unsigned()));
}

fn number(element: Element) -> u32 {
    match element {
        Element::U8 => 0,
        Element::I16 => 1,
        Element::U16 => 2,
    }
}

fn word(count: usize) -> u32 {
    u32::try_from(count).expect("cases are small")
}
